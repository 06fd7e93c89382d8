"""What `make run` makes of the database."""

import pytest
from django.conf import settings

from arena.tests import factories
from deploy.local.prepare import speak_every_language
from portals.models import LegalVersion

pytestmark = pytest.mark.django_db
LANGUAGES = [code for code, _name in settings.LANGUAGES]


def texts(portal):
    return {
        (version.kind, version.language): version.text
        for version in LegalVersion.objects.filter(portal=portal, published_at__isnull=False)
    }


def test_the_portal_of_a_local_machine_speaks_every_language_with_its_legal_texts(client):
    portal = factories.portal()
    factories.terms(portal, "fr")
    before = texts(portal)
    speak_every_language()
    portal.refresh_from_db()
    assert portal.languages == LANGUAGES
    after = texts(portal)
    assert set(after) == {(kind, language) for kind in LegalVersion.Kind.values for language in LANGUAGES}
    assert after | before == after
    assert 'lang="lt"' in client.get("/modalites/", headers={"Accept-Language": "lt"}).text
    speak_every_language()
    assert texts(portal) == after
    assert LegalVersion.objects.filter(portal=portal).count() == len(after)


def test_languages_that_someone_chose_stay():
    portal = factories.portal(languages=["fr"])
    speak_every_language()
    portal.refresh_from_db()
    assert portal.languages == ["fr"]
