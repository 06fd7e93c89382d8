"""What a visitor chooses before asking: the mode, the models, a suggestion; and the cohort they came with."""

import pytest
from django.conf import settings
from django.core.cache import caches
from django.utils import timezone

from arena import pairing
from arena.models import Comparison, PairWeight, Suggestion, Turn
from portals.models import LegalVersion

from . import factories

pytestmark = pytest.mark.django_db
SIZES = {"tiny": 1, "small": 60, "middle": 80, "big": 100, "huge": 400, "unknown": None}


@pytest.fixture
def sized():
    factories.terms()
    return {name: factories.language_model(name, total_params=size) for name, size in SIZES.items()}


def ask(client, **fields):
    sent = {"prompt": "Pourquoi ?", "consent": "on"} | fields
    response = client.post("/arene/", sent)
    assert response.status_code == 302, response.content.decode()
    return Comparison.objects.get(pk=response["Location"].split("/")[2])


@pytest.mark.parametrize(
    ("mode", "pairs"),
    [
        ("small-models", {("small", "tiny")}),
        ("big-vs-small", {("big", "small"), ("big", "tiny"), ("huge", "small"), ("huge", "tiny")}),
    ],
)
def test_a_mode_draws_among_its_sizes_and_stores_how_likely_the_pair_was(client, sized, mode, pairs):
    made = ask(client, mode=mode)
    assert tuple(sorted((made.model_a.slug, made.model_b.slug))) in pairs
    assert made.mode == mode
    assert made.draw_probability == pytest.approx(1 / len(pairs))
    names = {slug for pair in pairs for slug in pair}
    assert set(made.pool.model_ids) == {sized[name].pk for name in names}


def test_a_mode_that_has_no_pair_is_not_offered(client):
    factories.terms()
    factories.language_model(total_params=1), factories.language_model(total_params=2)
    page = client.get("/arene/").content.decode()
    assert 'value="small-models"' in page
    assert 'value="big-vs-small"' not in page
    refused = client.post("/arene/", {"prompt": "Pourquoi ?", "consent": "on", "mode": "big-vs-small"})
    assert refused.status_code == 422
    assert not Comparison.objects.exists()


def test_the_needs_of_the_ranking_weigh_the_draw(client, sized):
    tiny, small, big = (sized[name].pk for name in ("tiny", "small", "big"))
    for pair, weight in (((tiny, small), 8.0), ((tiny, big), 1.0)):
        PairWeight.objects.create(
            model_1_id=min(pair), model_2_id=max(pair), weight=weight, computed_at="2026-01-01T00:00Z"
        )
    made = ask(client)
    pair = tuple(sorted((made.model_a_id, made.model_b_id)))
    pool = {model.pk: model.total_params for model in sized.values()}
    pairs = pairing.possible_pairs(pool)
    weights = pairing.BALANCED.weights(pairs, {(tiny, small): 8.0, (tiny, big): 1.0})
    assert made.draw_policy == "balanced/1"
    assert made.draw_probability == pytest.approx(weights[pairs.index(pair)] / sum(weights))


def test_the_mode_and_the_models_are_remembered_in_the_browser(client, sized):
    ask(client, mode="custom", models=["tiny", "huge"])
    form = client.get("/arene/").context["form"]
    assert (form["mode"].value(), form["models"].value()) == ("custom", ["tiny", "huge"])
    ask(client, mode="small-models")
    assert client.get("/arene/").context["form"]["mode"].value() == "small-models"


def test_an_address_with_vs_opens_the_choice_of_models(client, sized):
    form = client.get("/arene/?vs=tiny,huge").context["form"]
    assert (form["mode"].value(), form["models"].value()) == ("custom", ["tiny", "huge"])
    page = client.get("/arene/?vs=tiny,nobody").content.decode()
    assert '<option value="tiny" selected>' in page
    assert 'value="nobody"' not in page


def test_who_comes_with_a_cohort_is_marked_until_the_browser_closes_and_is_published_nowhere(client, sized):
    client.get("/?c=pix&c=<script>")
    made = ask(client)
    assert made.cohorts == ["pix"]
    factories.turn(made, 2, choice="a_better")
    assert not Turn.objects.publishable().exists()
    assert client.cookies["cohorts"]["max-age"] == ""


@pytest.mark.parametrize("later", ["/?c=", "/?c=%00", "/arene/?c=other"])
def test_no_later_link_takes_a_cohort_back(client, sized, later):
    client.get("/?c=study")
    client.get(later)
    assert "study" in ask(client).cohorts


def test_suggestions_are_of_several_categories_and_others_come_on_demand(client, sized):
    first = client.get("/arene/").context["suggestions"]
    others = client.get("/arene/?idees=1").context["suggestions"]
    assert len(first) == len({suggestion.category for suggestion in first}) == 4
    assert {suggestion.code for suggestion in others} != {suggestion.code for suggestion in first}
    writing = client.get("/arene/?categorie=write").context["suggestions"]
    assert {suggestion.category for suggestion in writing} == {"write"}
    assert client.get("/arene/?idees=1e9&categorie=nothing").context["suggestions"] == []


@pytest.mark.parametrize("language", dict(settings.LANGUAGES))
def test_each_language_has_questions_to_start_from_of_every_category(language):
    assert {suggestion.category for suggestion in Suggestion.offered(language)} == set(Suggestion.Category.values)


def test_a_question_remembers_the_suggestion_it_started_from_and_whether_it_was_edited(client, sized):
    suggestion = Suggestion.objects.get(code="marees")
    form = client.get("/arene/?suggestion=marees").context["form"]
    assert form["prompt"].value() == suggestion.prompt == suggestion.text.replace("[", "").replace("]", "")
    as_it_is = ask(client, prompt=suggestion.prompt, suggestion="marees").turns.get()
    edited = ask(client, prompt=suggestion.prompt.replace("huit", "dix"), suggestion="marees").turns.get()
    own = ask(client, suggestion="not-a-suggestion").turns.get()
    assert [(turn.suggestion, turn.is_prompt_edited) for turn in (as_it_is, edited, own)] == [
        ("marees", False),
        ("marees", True),
        ("", False),
    ]


def test_a_consent_is_to_the_version_of_the_terms_that_was_shown(client, sized):
    shown = factories.terms()
    page = client.get("/arene/").content.decode()
    assert f'name="terms" value="{shown.pk}"' in page
    newer = LegalVersion.objects.create(
        portal=shown.portal, kind="terms", language="fr", text="Autres", published_at=timezone.now()
    )
    caches["process"].clear()
    sent = {"prompt": "Pourquoi ?", "consent": "on"}
    refused = client.post("/arene/", sent | {"terms": shown.pk})
    assert refused.status_code == 422
    assert "Pourquoi ?" in refused.content.decode()
    assert f'name="terms" value="{newer.pk}"' in refused.content.decode()
    assert not Comparison.objects.exists()
    assert ask(client, terms=newer.pk).consent == newer
