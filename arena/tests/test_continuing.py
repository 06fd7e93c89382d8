"""How long a conversation may be, what its end offers, and both sides asked again at once."""

import pytest
from django.conf import settings as site_settings

from arena import asking, continuing, refusals
from arena.models import Answer, Attempt, Comparison, Turn
from arena.refusals import Refused
from arena.tests import factories

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def nothing_kept(settings):
    settings.CACHES = settings.CACHES | {"process": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}


@pytest.fixture
def owner(client):
    """Make a comparison of the client's, with as many voted turns; fields are those of an answer."""

    def make(turns=1, statuses=("complete", "complete"), windows=(None, None), **fields):
        factories.tags()
        models = {
            f"model_{side}": factories.language_model(context_window=window)
            for side, window in zip("ab", windows, strict=True)
        }
        comparison = factories.comparison(visitor_key="v" * 32, **models)
        for number in range(1, turns):
            factories.turn(comparison, number)
        factories.turn(comparison, turns, statuses=statuses, **fields)
        client.cookies[site_settings.VISITOR_COOKIE] = "v" * 32
        return comparison

    return make


def page(client, comparison):
    return client.get(comparison.get_absolute_url()).content.decode()


def test_the_last_question_of_a_comparison_is_announced_and_the_next_one_starts_another(client, owner, settings):
    settings.ARENA_MOST_TURNS = 5
    comparison = owner(turns=1)
    assert "follow-up-left" not in page(client, comparison)
    factories.turn(comparison, 2)
    assert "Encore 3" in page(client, comparison) or "3 more questions" in page(client, comparison)
    for number in (3, 4, 5):
        factories.turn(comparison, number)
    html = page(client, comparison)
    assert f'action="/arene/{comparison.pk}/questions/"' not in html
    form = html.partition('id="follow-up"')[2].partition("</form>")[0]
    assert 'action="/arene/"' in form
    assert f'data-comparia-prompt="{comparison.pk}-6"' in form  # what was being written is kept under this name


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_a_question_after_the_last_is_refused_and_can_be_asked_elsewhere_as_it_is(client, owner, settings, headers):
    settings.ARENA_MOST_TURNS = 2
    comparison = owner(turns=2)
    sent = {"number": 3, "prompt": "Et « la mer » ?\nLa nuit ?"}
    response = client.post(f"{comparison.get_absolute_url()}questions/", sent, headers=headers)
    assert response.status_code == 409
    html = response.content.decode()
    assert 'name="prompt" value="Et « la mer » ?\nLa nuit ?"' in html
    assert 'action="/arene/"' in html
    assert comparison.turns.count() == 2
    key = html.partition('name="submission_key" value="')[2][:36]
    again = {"prompt": sent["prompt"], "submission_key": key}
    assert [client.post("/arene/", again).status_code for _time in range(2)] == [302, 302]
    assert [turn.prompt for turn in Turn.objects.exclude(comparison=comparison)] == [sent["prompt"]]


def test_the_model_that_reads_less_bounds_the_conversation(owner):
    comparison = owner(windows=(1_000, 100_000), text="x" * 1_000)
    with pytest.raises(Refused) as refused:
        asking.follow_up(comparison, 2, "y" * 1_300)
    assert (refused.value.message, refused.value.prompt) == (refusals.TOO_LONG_TO_GO_ON, "y" * 1_300)
    assert comparison.turns.count() == 1
    assert asking.follow_up(comparison, 2, "y" * 1_100).number == 2


def test_a_conversation_that_gets_long_says_so_and_one_that_is_too_long_starts_another(client, owner):
    comparison = owner(windows=(4_000, 4_000), text="x" * 1_000)
    assert "follow-up-left" not in page(client, comparison)
    Answer.objects.update(text="x" * 7_500)
    html = page(client, comparison)
    assert "follow-up-left" in html
    assert f'action="/arene/{comparison.pk}/questions/"' in html
    Answer.objects.filter(side="b").update(text="x" * 9_000)
    assert f'action="/arene/{comparison.pk}/questions/"' not in page(client, comparison)


def test_a_model_whose_window_is_not_known_reads_as_much_as_most(owner):
    comparison = owner()
    ids = [comparison.model_a_id, comparison.model_b_id]
    left = continuing.left(1, continuing.used(comparison), ids)
    assert (left.turns, left.room) == (site_settings.ARENA_MOST_TURNS - 1, 36_864)
    assert left.characters == left.room - len(comparison.turns.get().prompt) - len("Réponse A.")


def test_a_side_that_cannot_read_so_much_offers_the_same_question_to_two_others(client, owner):
    comparison = owner(statuses=("failed", "complete"))
    Answer.objects.filter(side="a").update(error_code="context_too_long")
    html = page(client, comparison)
    form = html.partition('class="anew"')[2].partition("</form>")[0]
    assert f'name="prompt" value="{comparison.turns.get().prompt}"' in form
    assert f"{comparison.get_absolute_url()}questions/1/a/retry/" not in html
    Comparison.objects.update(revealed_at="2026-01-01T00:00Z")
    assert 'class="anew"' not in page(client, comparison)


def both_again(client, comparison, **options):
    return client.post(f"{comparison.get_absolute_url()}questions/1/retry/", **options)


@pytest.mark.parametrize("statuses", [("failed", "failed"), ("stopped", "interrupted"), ("stopped", "stopped")])
def test_both_sides_that_broke_off_are_asked_again_by_one_button(client, owner, statuses):
    comparison = owner(statuses=statuses)
    assert f"{comparison.get_absolute_url()}questions/1/retry/" in page(client, comparison)
    assert both_again(client, comparison).status_code == 302
    assert both_again(client, comparison, headers=HTMX).status_code == 200
    assert [answer.status for answer in Answer.objects.all()] == ["pending", "pending"]
    assert [attempt.status for attempt in Attempt.objects.order_by("answer__side")] == list(statuses)
    assert f"{comparison.get_absolute_url()}questions/1/retry/" not in page(client, comparison)


def test_a_side_that_is_complete_is_left_alone_when_both_are_asked_again(client, owner):
    comparison = owner(statuses=("complete", "failed"))
    assert f"{comparison.get_absolute_url()}questions/1/retry/" not in page(client, comparison)
    assert both_again(client, comparison).status_code == 302
    assert [answer.status for answer in Answer.objects.order_by("side")] == ["complete", "pending"]


def test_both_sides_are_not_asked_again_when_complete_voted_or_of_another_visitor(client, owner):
    assert both_again(client, owner()).status_code == 409
    voted = owner(statuses=("stopped", "stopped"), choice="a_better")
    assert both_again(client, voted).status_code == 409
    client.cookies[site_settings.VISITOR_COOKIE] = "w" * 32
    assert both_again(client, voted).status_code == 404
    assert not Attempt.objects.exists()


NAMED = "Je suis ChatGPT, un modèle développé par OpenAI. Le mistral souffle."


def test_a_finished_answer_hides_a_name_until_the_reveal_and_its_row_keeps_it(client, owner):
    comparison = owner(text=NAMED, reasoning="Je suis Gemma, de Google.", choice="a_better")
    html = page(client, comparison)
    assert html.count("Je suis █████, un modèle développé par █████. Le mistral souffle.") == 2
    assert html.count("Je suis █████, de █████.") == 2
    assert not [name for name in ("ChatGPT", "OpenAI", "Gemma", "Google") if name in html]
    assert html.count('class="masked"') == 2
    assert {answer.text for answer in Answer.objects.all()} == {NAMED}
    client.post(f"{comparison.get_absolute_url()}reveal/")
    html = page(client, comparison)
    assert html.count(NAMED) == 2
    assert html.count("Je suis Gemma, de Google.") == 2
    assert "█████" not in html


def test_the_names_that_are_hidden_are_those_of_the_catalogue_too(client, owner):
    factories.language_model(slug="zephyrine-7b", name="Zéphyrine 7B")
    comparison = owner(text="Je m’appelle ZEPHYRINE 7b.")
    assert page(client, comparison).count("Je m’appelle █████.") == 2
