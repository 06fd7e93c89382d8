"""One visitor's site with something on every page: what the tests that go through all pages walk on."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from arena.models import Room, RoomMember
from arena.tests import factories
from datasets_export.models import Audit, AuditedRow, Destination, Publication, Release, Reuse
from datasets_export.tests import folders
from leaderboard.tests import factories as boards
from models_catalog.models import FactSource, LanguageModel
from portals.models import LegalVersion, NewsItem

KEY = "v" * 32
"""The value of the visitor's cookie."""

NOT_PAGES = {
    *("set_language", "portal-colours", "picture", "shared-picture", "ranking-energy-picture"),
    *("security-txt", "oidc_authentication_init", "oidc_authentication_callback"),
    *("sitemap", "robots", "news-feed", "ranking-export", "dataset-file", "copy", "shared-before"),
    *("api-models", "api-model", "api-events", "api-boards", "api-board", "api-board-history", "api-board-trust"),
    *("api-datasets", "api-dataset", "api-description", "room-live", "room-screen-live", "turn"),
    *("follow-up", "vote", "stop", "retry-both", "retry", "reveal", "share"),  # forms are sent to these
    *("room-join", "room-vote", "room-ask", "room-reveal", "room-stop", "room-retry", "room-prolong", "room-close"),
}
"""Addresses that answer with a file, data, a fragment, or only take a form."""


def furnish():
    """Rows of every part, of `KEY` where they are a visitor's; the pages, as {name of the route: [addresses]}."""
    outside = {"mailing_list_url": "https://list.test/", "statistics_url": "https://figures.test/"}
    portal = factories.portal(contact_email="contact@compar-ia.test", **outside)
    table = "| what | why | how long |\n|---|---|---|\n| bekvemmelighed | sammenligninger | medmindre tilbage |"
    for kind in ("legal-notice", "personal-data"):
        text = {"kind": kind, "text": f"## A part\n\nSome words.\n\n{table}", "published_at": timezone.now()}
        LegalVersion.objects.create(portal=portal, language="fr", **text)
    ant, bee, cat = (
        factories.language_model(slug, name=name, total_params=size)
        for slug, name, size in (("ant", "Ant 3", 3), ("bee", "Bee 70", 70), ("cat", "Cat 400", 400))
    )
    LanguageModel.objects.filter(pk=ant.pk).update(description_fr="Un modèle.", context_window=128_000)
    FactSource.objects.create(model=ant, field="total_params", url="https://acme.test/card", date="2026-01-02")
    dog = factories.language_model("dog", name="Dog")
    for days in (1, 0):
        at = timezone.now() - timedelta(days=days)
        boards.board([ant, bee, cat], [(dog, "few_votes")], at=at, trust=boards.trust([ant, bee, cat]))
    boards.board([cat, ant], at=at, board="topic:Sports")
    for slug, kind in (("open", "release"), ("study", "study"), ("event", "event")):
        item = {"link": "https://example.org/", "published_at": timezone.now()} | written("title", "summary", "body")
        NewsItem.objects.create(slug=slug, kind=kind, is_pinned=kind == "study", **item).portals.set([portal])
    release(portal)
    revealed, open_one, in_room = (uuid.UUID(int=number) for number in (1, 2, 3))
    told = factories.comparison(
        id=revealed,
        visitor_key=KEY,
        model_a=ant,
        model_b=bee,
        revealed_at=timezone.now(),
        receipt="abcde23456fghjk34567",
        share_token="s" * 22,
    )
    factories.turn(
        told, choice="a_better", text="## Titre\n\nUne *réponse*.\n\n* un\n* deux\n\n| a | b |\n|---|---|\n| 1 | 2 |"
    )
    factories.turn(factories.comparison(id=open_one, visitor_key=KEY, model_a=bee, model_b=cat))
    room = {"portal": portal, "expires_at": timezone.now() + timedelta(hours=1), "kind": Room.Kind.SHARED}
    led = Room.objects.create(code="CADEB", owner_key=KEY, link="k" * 32, **room)
    joined = Room.objects.create(code="CADEF", owner_key="other", link="l" * 32, **room)
    RoomMember.objects.create(room=joined, visitor_key=KEY, consent=factories.terms(portal))
    shared = factories.comparison(id=in_room, visitor_key="other", model_a=ant, model_b=cat, room=joined)
    factories.turn(shared)
    Room.objects.filter(pk=joined.pk).update(comparison=shared)
    return {
        "home": ["/"],
        "arena": ["/arene/"],
        "comparison": [f"/arene/{revealed}/", f"/arene/{open_one}/"],
        "publication": [f"/arene/{open_one}/publication/"],
        "shared": [f"/share/{told.share_token}/"],
        "find-receipt": ["/recu/"],
        "receipt": [told.receipt_url],
        "withdrawal": [f"{told.receipt_url}retrait/"],
        "my-comparisons": ["/mes-comparaisons/"],
        "erasure": ["/mes-comparaisons/effacer/"],
        "rooms": ["/salle/"],
        "room-guide": ["/salle/guide/"],
        "room-link": [f"/salle/cle/{led.link}/"],
        "room": [f"/salle/{led.code}/", f"/salle/{joined.code}/"],
        "room-screen": [f"/salle/{led.code}/ecran/"],
        "room-sheet": [f"/salle/{led.code}/fiche/"],
        "models": ["/modeles/"],
        "compare-models": ["/modeles/comparer/", "/modeles/comparer/?a=ant&b=bee"],
        "register": ["/modeles/journal/"],
        "model": ["/modeles/ant/"],
        "ranking": ["/ranking/"],
        "ranking-energy": ["/ranking/energie/"],
        "ranking-compare": ["/ranking/comparer/"],
        "ranking-pair": ["/ranking/ant/bee/"],
        "ranking-preferences": ["/ranking/preferences/"],
        "ranking-method": ["/ranking/methode/"],
        "ranking-trust": ["/ranking/confiance/"],
        "ranking-history": ["/ranking/historique/"],
        "datasets": ["/datasets/"],
        "dataset": ["/datasets/2026-02-10/"],
        "news": ["/news/"],
        "news-item": ["/news/open/"],
        "product": [f"/product/{tab}/" for tab in ("comparator", "problem", "history", "faq", "partners", "community")],
        "duel": ["/duel/"],
        "duel-sheet": ["/duel/fiche/"],
        "contact": ["/contact/"],
        "terms": ["/modalites/"],
        "legal-notice": ["/mentions-legales/"],
        "personal-data": ["/donnees-personnelles/"],
        "accessibility": ["/accessibilite/"],
        "eco-design": ["/ecoconception/"],
        "site-map": ["/plan-du-site/"],
        "no such page": ["/rien/"],
    }


def release(portal):
    """One that is published, read again by a person, and that someone made something of."""
    file = {"path": "turns/fr-fr/part-00000.parquet", "kind": "turns", "portal": "fr", "language": "fr", "revision": 0}
    file |= {"rows": 9, "bytes": 12_345_678, "sha256": "0" * 64}
    made = Release.objects.create(
        **{"name": "2026-02-10", "status": "built", "until": timezone.now(), "encrypted_key": b"-"},
        manifest=folders.manifest(files=[file]),
    )
    hub = Destination.objects.create(name="Hugging Face", kind="hub", place="comparia/turns")
    Publication.objects.create(release=made, destination=hub, status="done", url="https://hub.test/x")
    Reuse.objects.create(title="A study", url="https://study.test/", author="Someone", description_fr="Des sujets.")
    audit = Audit.objects.create(release=made, seed=1)
    read = factories.turn(factories.comparison(portal=portal))
    AuditedRow.objects.create(audit=audit, turn=read, place=1, verdict="clean", judged_at=timezone.now())


def written(*fields):
    return {f"{field}_{code}": "Des mots" for field in fields for code in ("fr", "en")}


def cookie(site):
    """The visitor's, for a context of the browser."""
    return {"name": settings.VISITOR_COOKIE, "value": KEY, "url": site.url}
