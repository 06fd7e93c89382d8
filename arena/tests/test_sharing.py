"""Sharing a result: what its page, its picture and an old link show, and what they never do."""

import base64
import json
from io import BytesIO

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image

from arena import comparing, sharing, sharing_picture
from arena.models import Comparison, Vote
from arena.refusals import Refused
from arena.tests import factories
from portals.models import Portal

pytestmark = pytest.mark.django_db
SECRET = "une question que personne d’autre ne doit lire"
ENGLISH = {"accept-language": "en"}


@pytest.fixture(autouse=True)
def undrawn():
    yield
    cache.delete_pattern("shared-picture:*")


@pytest.fixture
def visitor(client):
    client.cookies["visitor"] = "k" * 32
    return client


def revealed(choice="a_better", **fields):
    small, large = (
        factories.language_model(slug, name=name, total_params=size)
        for slug, name, size in (("petit", "Petit modèle", 8), ("grand", "Grand modèle", 400))
    )
    fields = {"model_a": small, "model_b": large, "visitor_key": "k" * 32, "revealed_at": timezone.now()} | fields
    made = factories.comparison(**fields)
    turn = factories.turn(made, choice=choice, prompt=SECRET)
    for answer in turn.answers.all():
        answer.text = answer.reasoning = SECRET
        answer.output_tokens = 321
        for name, value in {"energy_wh": 0.2, "gco2": 0.01, "water_l": 0.001}.items():
            setattr(answer, f"{name}_min", value)
            setattr(answer, f"{name}_max", 2 * value)
        answer.save()
    return made


def old(**said):
    return base64.b64encode(json.dumps(said).encode()).decode()


def share_url(comparison):
    return f"{comparison.get_absolute_url()}share/"


# --- Sharing ----------------------------------------------------------------------------------------


def test_sharing_makes_one_token_however_often_it_is_asked(visitor):
    made = revealed()
    first = visitor.post(share_url(made))
    again = visitor.post(share_url(made))
    made.refresh_from_db()
    assert made.share_token
    assert first.url == again.url == f"/share/{made.share_token}/"


def test_only_its_owner_shares_a_comparison(client):
    made = revealed()
    client.cookies["visitor"] = "x" * 32
    assert client.post(share_url(made)).status_code == 404
    assert client.get(share_url(made)).status_code == 405
    assert Comparison.objects.filter(share_token=None).count() == 1


@pytest.mark.parametrize(
    "fields", [{"revealed_at": None}, {"withdrawn_at": timezone.now()}, {"erased_at": timezone.now()}]
)
def test_what_is_not_revealed_or_was_withdrawn_is_not_shared(visitor, fields):
    made = revealed(**fields)
    response = visitor.post(share_url(made))
    assert response.status_code == 409
    made.refresh_from_db()
    assert made.share_token is None
    with pytest.raises(Refused):
        sharing.share(made)


# --- The page ---------------------------------------------------------------------------------------


def test_the_page_shows_the_models_the_cost_and_the_choice(client):
    made = revealed()
    response = client.get(f"/share/{sharing.share(made)}/", headers=ENGLISH)
    page = response.content.decode()
    assert response.status_code == 200
    assert "<h1>Preferred: Petit modèle, over Grand modèle</h1>" in page
    assert "The smaller of the two was preferred" in page
    assert "0.2 to 0.4 Wh" in page
    assert 'href="/arene/?vs=petit,grand"' in page


def test_the_page_never_shows_the_conversation_nor_who_asked(client):
    made = revealed()
    response = client.get(f"/share/{sharing.share(made)}/")
    shown = response.content.decode() + str(response.headers)
    assert [word for word in (SECRET, str(made.pk), made.receipt, made.visitor_key) if word in shown] == []
    assert "visitor" not in response.cookies
    assert 'name="robots" content="noindex"' in shown


def test_networks_are_given_a_title_and_a_picture_with_its_words(client):
    made = revealed("b_better")
    token = sharing.share(made)
    page = client.get(f"/share/{token}/", headers=ENGLISH).content.decode()
    assert '<meta property="og:title" content="Preferred: Grand modèle, over Petit modèle">' in page
    assert f'<meta property="og:image" content="http://testserver/share/{token}.png">' in page
    assert '<meta property="og:image:alt" content="Preferred: Grand modèle, over Petit modèle">' in page
    assert '<meta name="twitter:card" content="summary_large_image">' in page


@pytest.mark.parametrize(
    ("choice", "headline"),
    [
        ("both_good", "Petit modèle and Grand modèle: both answers were good"),
        ("both_bad", "Petit modèle and Grand modèle: neither answer was good"),
        ("cannot_say", "Petit modèle and Grand modèle, compared"),
        (None, "Petit modèle and Grand modèle, compared"),
    ],
)
def test_a_tie_and_no_vote_are_told_as_such(client, choice, headline):
    page = client.get(f"/share/{sharing.share(revealed(choice))}/", headers=ENGLISH).content.decode()
    assert f"<h1>{headline}</h1>" in page
    assert "is-preferred" not in page


def test_models_that_cannot_be_drawn_are_not_offered(client):
    made = revealed()
    made.model_a.status = "archived"
    made.model_a.save()
    page = client.get(f"/share/{sharing.share(made)}/").content.decode()
    assert "?vs=" not in page
    assert 'href="/arene/"' in page


@pytest.mark.parametrize("moment", ["withdrawn_at", "erased_at"])
def test_a_comparison_withdrawn_or_erased_is_gone_at_once(client, moment):
    made = revealed()
    token = sharing.share(made)
    assert client.get(f"/share/{token}/").status_code == 200
    Comparison.objects.update(**{moment: timezone.now()})
    page = client.get(f"/share/{token}/", headers=ENGLISH)
    assert page.status_code == 410
    assert "This result is no longer shared" in page.content.decode()
    assert "Petit modèle" not in page.content.decode()
    assert client.get(f"/share/{token}.png").status_code == 404


def test_an_unknown_token_is_not_found(client):
    factories.portal()
    assert client.get("/share/nothing-here/").status_code == 404
    assert client.get("/share/nothing-here.png").status_code == 404


def test_the_page_asks_as_many_queries_for_three_turns_as_for_one(client, django_assert_num_queries):

    made = revealed()
    url = f"/share/{sharing.share(made)}/"
    client.get(url)
    with CaptureQueriesContext(connection) as one:
        client.get(url)
    for number in (2, 3):
        factories.turn(made, number, choice="a_better")
    with django_assert_num_queries(len(one)):
        client.get(url)


# --- The picture ------------------------------------------------------------------------------------


def test_the_picture_has_the_size_that_networks_ask_for(client):
    response = client.get(f"/share/{sharing.share(revealed())}.png")
    picture = Image.open(BytesIO(response.content))
    assert (response.headers["Content-Type"], picture.format, picture.size) == ("image/png", "PNG", (1200, 630))
    assert len(response.content) < 100_000


def test_the_picture_shows_which_side_was_preferred(client):
    pictures = {}
    made = revealed("a_better")
    url = f"/share/{sharing.share(made)}.png"
    for choice in ("a_better", "b_better"):
        Vote.objects.update(choice=choice)
        pictures[choice] = Image.open(BytesIO(client.get(url).content)).convert("RGB")
    left, right = (320, 240), (880, 240)
    tinted = {choice: [picture.getpixel(at)[2] < 250 for at in (left, right)] for choice, picture in pictures.items()}
    assert tinted["a_better"][0] and not tinted["a_better"][1]
    assert tinted["b_better"][1] and not tinted["b_better"][0]


def test_the_picture_is_drawn_once_and_not_sent_twice(client, monkeypatch):
    url = f"/share/{sharing.share(revealed())}.png"
    first = client.get(url)
    monkeypatch.setattr(sharing_picture.Card, "draw", None)
    assert client.get(url).content == first.content
    again = client.get(url, headers={"if-none-match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert first.headers["Cache-Control"] == "public, max-age=3600"


def test_the_picture_changes_its_mark_with_what_it_shows(client):
    made = revealed()
    url = f"/share/{sharing.share(made)}.png"
    before = client.get(url).headers["ETag"]
    made.model_a.name = "Autre nom"
    made.model_a.save()
    assert client.get(url).headers["ETag"] != before


def test_names_of_any_length_are_drawn():
    sides = tuple(sharing_picture.Side(side, "Un nom sans fin " * 20, "é" * 500, "?" * 200, True) for side in "ab")
    card = sharing_picture.Card("dsfr", "Q" * 300, "V" * 300, "P" * 3, sides, "I" * 300, "h" * 300)
    assert Image.open(BytesIO(card.draw())).size == (1200, 630)


@pytest.mark.parametrize("theme", Portal.Theme.values)
def test_each_theme_has_the_typeface_of_its_picture(theme):
    assert [sharing_picture.font(theme, bold, 20).getlength("Été") > 0 for bold in (False, True)] == [True, True]


def test_sharing_goes_on_without_a_cache(client, settings):
    made = revealed()
    token = sharing.share(made)
    settings.CACHES = settings.CACHES | {
        "default": {"BACKEND": "django_redis.cache.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    }
    assert client.get(f"/share/{token}.png").status_code == 200
    assert comparing.others(made.model_a, made.model_b).votes == 1


# --- Links of the former site -----------------------------------------------------------------------


@pytest.fixture
def known():
    factories.portal()
    factories.language_model("gemma-3-27b", name="Gemma 3 27B", total_params=27)
    factories.language_model("gpt-5.2", name="GPT 5.2", total_params=300, are_params_estimated=True)


GOOD = {"a": "gemma-3-27b", "b": "gpt-5.2", "ta": 512, "tb": 900, "c": "a"}


def test_an_old_link_shows_the_same_page(client, known):
    response = client.get("/share", {"i": old(**GOOD)}, headers=ENGLISH)
    page = response.content.decode()
    assert response.status_code == 200
    assert "<h1>Preferred: Gemma 3 27B, over GPT 5.2</h1>" in page
    assert "512 tokens" in page
    assert "Wh" in page


@pytest.mark.parametrize("said", [{"c": None}, {"c": "both_equal"}, {"ta": -1, "tb": 10**30}, {"ta": True, "tb": "x"}])
def test_an_old_link_may_lack_a_choice_or_tokens(client, known, said):
    response = client.get("/share", {"i": old(**GOOD | said)}, headers=ENGLISH)
    assert response.status_code == 200
    assert ("512 tokens" in response.content.decode()) == ("ta" not in said)


def test_an_old_link_survives_what_addresses_do_to_base64(client, known):
    encoded = old(**GOOD, x="???>>>~~~")
    assert "+" in encoded or "/" in encoded
    assert client.get(f"/share?i={encoded}").status_code == 200
    assert client.get(f"/share?i={encoded.rstrip('=')}").status_code == 200


HOSTILE = {
    "nothing": "",
    "not base64": "é%%%",
    "not JSON": base64.b64encode(b"\xff\xfe{").decode(),
    "a list": base64.b64encode(b"[]").decode(),
    "deep": base64.b64encode(b"[" * 700).decode(),
    "not a number": base64.b64encode(b'{"a": NaN, "b": 1e999}').decode(),
    "huge": old(**GOOD, x="y" * 2000),
    "one model": old(a="gpt-5.2", b="gpt-5.2"),
    "unknown": old(a="gpt-5.2", b="<script>alert(1)</script>"),
    "a zero byte": old(a="gpt-5.2", b="gemma\0"),
    "half a character": old(a="gpt-5.2", b="\ud800"),
    "lists": old(a=["gpt-5.2"], b={"x": 1}),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_link_that_means_nothing_is_not_found_in_words(client, known, name):
    response = client.get("/share", {"i": HOSTILE[name]}, headers=ENGLISH)
    page = response.content.decode()
    assert response.status_code == 404
    assert "This link leads nowhere" in page
    assert "alert(1)" not in page


def test_a_draft_is_not_shown_by_an_old_link(client, known):
    factories.language_model("secret-model", status="draft")
    assert client.get("/share", {"i": old(a="gpt-5.2", b="secret-model")}).status_code == 404


def test_nothing_of_an_old_link_but_names_and_figures_reaches_the_page_unescaped(client, known):
    response = client.get("/share", {"i": old(**GOOD), "x": '"><script>alert(1)</script>'})
    assert "<script>alert" not in response.content.decode()
