import pytest
from django.test import RequestFactory

from arena.tests import factories
from portals.middleware import language_for
from portals.models import LegalVersion, Portal, host_of

pytestmark = pytest.mark.django_db


def test_the_portal_is_that_of_the_host_else_the_default(django_assert_num_queries):
    french = factories.portal()
    danish = Portal.objects.create(
        code="da", name="AI-arena", hosts=["ai-arena.example"], languages=["da"], objective=1
    )
    with django_assert_num_queries(1):
        assert Portal.objects.for_host("AI-arena.example:443") == danish
        assert Portal.objects.for_host("autre.example") == french


def test_there_is_one_default_portal_at_most():
    from django.db import IntegrityError

    factories.portal()
    with pytest.raises(IntegrityError):
        Portal.objects.create(code="x", name="x", languages=["fr"], objective=1, is_default=True)


@pytest.mark.parametrize(
    ("header", "host"),
    [("A.example:80", "a.example"), ("a.example", "a.example"), ("[::1]:8000", "::1"), ("[::1]", "::1")],
)
def test_the_host_is_without_its_port(header, host):
    assert host_of(header) == host


@pytest.mark.parametrize(
    ("cookie", "accepted", "language"),
    [
        ("en", "fr", "en"),
        ("da", "en-GB,en;q=0.8", "en"),
        (None, "da,sv;q=0.9,en;q=0.1", "en"),
        (None, "ja", "fr"),
        (None, "", "fr"),
        ("<script>", "*", "fr"),
    ],
)
def test_the_language_is_the_visitors_choice_then_the_browsers_then_the_portals(cookie, accepted, language):
    portal = Portal(languages=["fr", "en"], default_language="fr")
    request = RequestFactory().get("/", headers={"Accept-Language": accepted})
    if cookie:
        request.COOKIES["django_language"] = cookie
    assert language_for(portal, request) == language


def test_the_legal_text_in_force_is_the_last_published_in_the_language_or_in_the_portals():
    from django.utils import timezone

    portal = factories.portal()
    first = factories.terms(portal)
    second = LegalVersion.objects.create(
        portal=portal, kind="terms", language="fr", text="2", published_at=timezone.now()
    )
    LegalVersion.objects.create(portal=portal, kind="terms", language="fr", text="draft")
    assert first != second
    assert LegalVersion.objects.current(portal, "terms", "fr") == second
    assert LegalVersion.objects.current(portal, "terms", "en").language == "en"
    assert LegalVersion.objects.current(portal, "terms", "da") == second
    assert LegalVersion.objects.current(portal, "legal-notice", "fr") is None


def test_votes_since_the_night_are_added_without_a_query(django_assert_num_queries):
    from django.core.cache import cache

    portal = factories.portal(vote_count=100)
    cache.delete(portal.votes_key)
    with django_assert_num_queries(0):
        portal.count_vote()
        portal.count_vote()
        assert portal.votes() == 102
