import pytest
from django.core.cache import caches
from django.test import RequestFactory
from django.utils.translation import ngettext, override

from arena.tests import factories
from portals.middleware import language_for
from portals.models import LegalVersion, Portal, host_of
from portals.templatetags.wording import grouped

pytestmark = pytest.mark.django_db


def test_the_portal_is_that_of_the_host_else_the_default(django_assert_num_queries):
    french = factories.portal()
    danish = Portal.objects.create(
        code="dk", name="AI-arena", hosts=["ai-arena.example"], languages=["da"], objective=1
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
    assert LegalVersion.objects.current(Portal(pk=0), "terms", "fr") is None


def test_votes_since_the_night_are_added_without_a_query(django_assert_num_queries):
    from django.core.cache import cache

    portal = factories.portal(vote_count=100)
    cache.delete(portal.votes_key)
    with django_assert_num_queries(0):
        portal.count_vote()
        portal.count_vote()
        assert portal.votes() == 102


@pytest.mark.parametrize("code", ["fr", "da", "sv", "lt", "en"])
def test_the_five_countries_are_there_with_their_terms(code):
    portal = Portal.objects.get(code=code)
    assert portal.default_language == code
    assert portal.theme == ("dsfr" if code == "fr" else "neutral")
    for kind in LegalVersion.Kind.values:
        assert LegalVersion.objects.current(portal, kind, code) is not None


@pytest.mark.parametrize("code", ["da", "sv", "lt", "en"])
def test_a_country_answers_on_its_host_in_its_language_with_its_counter_and_theme(client, settings, code):
    settings.ALLOWED_HOSTS = [".localhost"]
    Portal.objects.filter(code=code).update(objective=54_321)
    page = client.get("/", headers={"Host": f"{code}.localhost"})
    assert page.headers["Content-Language"] == code
    assert 'max="54321"' in page.text
    assert "République" not in page.text


def test_a_host_of_no_portal_gets_a_clear_answer_and_the_admin(client, settings):
    settings.LOCAL, settings.ALLOWED_HOSTS = False, ["*"]
    factories.portal(hosts=["comparia.beta.gouv.fr"])
    page = client.get("/", headers={"Host": "autre.example", "Accept-Language": "en"})
    assert page.status_code == 404
    assert "none of its sites answers on autre.example" in page.text
    assert client.get("/", headers={"Host": "comparia.beta.gouv.fr"}).status_code == 200
    assert client.get("/admin/login/", headers={"Host": "autre.example"}).status_code == 200


def test_a_host_that_the_server_does_not_accept_is_refused(client, settings):
    settings.ALLOWED_HOSTS = ["comparia.beta.gouv.fr"]
    factories.portal()
    assert client.get("/", headers={"Host": "evil.example"}).status_code == 400


def test_a_portal_that_is_not_open_answers_on_a_local_machine_alone(settings):
    factories.portal(hosts=["comparia.beta.gouv.fr"])
    danish = Portal.objects.get(code="da")
    assert not danish.is_open
    assert Portal.objects.for_host("da.localhost") == danish
    settings.LOCAL = False
    with pytest.raises(Portal.DoesNotExist):
        Portal.objects.for_host("da.localhost")


def test_a_public_page_names_itself_on_the_open_portals_and_a_private_one_does_not(client):
    factories.portal(hosts=["comparia.beta.gouv.fr"])
    assert "hreflang" not in client.get("/modeles/").text
    caches["process"].clear()
    Portal.objects.filter(code="da").update(is_open=True, hosts=["arena.example"])
    page = client.get("/modeles/").text
    assert '<link rel="alternate" hreflang="fr" href="http://comparia.beta.gouv.fr/modeles/">' in page
    assert '<link rel="alternate" hreflang="da" href="http://arena.example/modeles/">' in page
    assert "hreflang" not in client.get("/mes-comparaisons/").text


def test_a_page_has_a_picture_for_social_networks(client):
    factories.portal()
    assert 'property="og:image" content="http://testserver/static/comparia/card.png"' in client.get("/").text


def test_lithuanian_counts_and_writes_numbers_as_lithuanians_do():
    with override("lt"):
        told = [ngettext("%(shown)s question", "%(shown)s questions", n) % {"shown": n} for n in (0, 1, 2, 11, 21)]
        assert told == ["0 klausimų", "1 klausimas", "2 klausimai", "11 klausimų", "21 klausimas"]
        assert grouped(10_000) == "10\xa0000"


@pytest.mark.parametrize("theme", Portal.Theme.values)
@pytest.mark.parametrize("page", ["/", "/plan-du-site/"])
def test_the_links_that_editors_gave_are_at_the_bottom_and_on_the_site_map(client, theme, page):
    given = {"mailing_list_url": "https://list.test/", "statistics_url": "https://figures.test/"}
    factories.portal(theme=theme, **given)
    shown = client.get(page).text
    assert {name: shown.count(f'href="{address}"') for name, address in given.items()} == dict.fromkeys(
        given, 1 if page == "/" else 2
    )
    factories.portal(**dict.fromkeys(given, ""))
    caches["process"].clear()
    assert [address for address in given.values() if address in client.get(page).text] == []


def test_a_portal_bears_its_own_name_in_titles_header_footer_and_cards(client):
    factories.portal(name="AI-arena", theme="neutral")
    text = client.get("/contact/").text
    assert text.count("<title>") == 1
    assert "— AI-arena</title>" in text
    assert '<meta property="og:site_name" content="AI-arena">' in text
    assert ("<b>AI-arena</b>" in text, '<p class="bottom-name">AI-arena</p>' in text) == (True, True)


def test_portals_of_the_same_name_are_told_apart_in_the_admin():
    assert str(Portal(name="compar:IA", code="da")) == "compar:IA (da)"
