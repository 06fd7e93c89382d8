import pytest
from django.conf import settings
from django.core.cache import caches
from django.db import IntegrityError, transaction

from arena import asking, refusals, voting
from arena.models import Answer, Comparison, Vote, VoteTag
from arena.refusals import Refused
from arena.tests import factories

pytestmark = pytest.mark.django_db


def answered(*statuses, choice=None):
    comparison = factories.comparison()
    factories.turn(comparison, statuses=statuses or ("complete", "complete"), choice=choice)
    return comparison


def refusal(act, *args, **kwargs):
    with pytest.raises(Refused) as caught:
        act(*args, **kwargs)
    return caught.value.message


def test_a_vote_sent_twice_is_one_row_and_the_last_choice_stands():
    comparison = answered()
    voting.cast(comparison, 1, choice="a_better", tags_a=["useful"])
    voting.cast(comparison, 1, choice="both_bad", comment_b="non")
    vote = Vote.objects.get()
    assert (vote.choice, vote.tags_a, vote.comment_b) == ("both_bad", [], "non")


def test_each_tag_has_its_own_label_in_each_language():
    english, *others = sorted((code for code, _name in settings.LANGUAGES), key=lambda code: code != "en")
    labels = {code: list(VoteTag.objects.values_list(f"label_{code}", flat=True)) for code in (english, *others)}
    assert {code: len(list(filter(None, found))) for code, found in labels.items()} == dict.fromkeys(labels, 7)
    assert [code for code in others if set(labels[code]) & set(labels[english])] == []


def test_the_time_to_vote_is_that_of_the_first_vote():
    comparison = answered()
    first = voting.cast(comparison, 1, choice="a_better").seconds_to_vote
    assert first >= 0
    assert voting.cast(comparison, 1, choice="b_better").seconds_to_vote == first


def test_the_portal_counts_a_vote_once():
    comparison = answered()
    before = comparison.portal.votes()
    voting.cast(comparison, 1, choice="a_better")
    voting.cast(comparison, 1, choice="b_better")
    caches["process"].clear()
    assert comparison.portal.votes() == before + 1


@pytest.mark.parametrize("unfinished", [("streaming", "complete"), ("complete", "streaming"), ("complete", "pending")])
def test_a_vote_waits_for_both_sides(unfinished):
    comparison = answered(*unfinished)
    assert refusal(voting.cast, comparison, 1, choice="a_better") == refusals.NOT_FINISHED
    assert not Vote.objects.exists()


@pytest.mark.parametrize("broken", [("failed", "complete"), ("complete", "failed"), ("complete", "interrupted")])
def test_a_turn_with_a_broken_side_cannot_be_voted_but_can_be_revealed(broken):
    comparison = answered(*broken)
    assert refusal(voting.cast, comparison, 1, choice="a_better") == refusals.SIDE_FAILED
    assert voting.reveal(comparison).revealed_at


def test_a_stopped_answer_can_be_voted():
    assert voting.cast(answered("stopped", "complete"), 1, choice="b_better").choice == "b_better"


def test_the_reveal_asks_for_a_vote_first_and_then_closes_everything():
    comparison = answered()
    assert refusal(voting.reveal, comparison) == refusals.VOTE_FIRST
    voting.cast(comparison, 1, choice="a_better")
    revealed = voting.reveal(comparison)
    assert voting.reveal(comparison).revealed_at == revealed.revealed_at
    for act, arguments in [
        (voting.cast, (1,)),
        (asking.follow_up, (2, "Et la mer ?")),
        (asking.retry, (1, "a")),
    ]:
        extra = {"choice": "b_better"} if act is voting.cast else {}
        assert refusal(act, comparison, *arguments, **extra) == refusals.REVEALED
    assert Vote.objects.get().choice == "a_better"
    assert comparison.turns.count() == 1


def test_a_vote_on_the_first_turn_can_change_while_the_second_is_written():
    comparison = answered(choice="a_better")
    factories.turn(comparison, 2, statuses=("streaming", "pending"))
    assert voting.cast(comparison, 1, choice="both_good").choice == "both_good"
    assert refusal(voting.reveal, comparison) == refusals.NOT_FINISHED


def test_a_follow_up_sent_twice_makes_one_turn():
    comparison = answered()
    first = asking.follow_up(comparison, 2, "Et la mer ?")
    assert asking.follow_up(comparison, 2, "Et la mer ?") == first
    assert refusal(asking.follow_up, comparison, 2, "Autre chose") == refusals.ANOTHER_QUESTION
    assert refusal(asking.follow_up, comparison, 4, "Trop loin") == refusals.ANOTHER_QUESTION
    assert [turn.answers.count() for turn in comparison.turns.all()] == [2, 2]


@pytest.mark.parametrize(
    ("statuses", "message"),
    [(("complete", "streaming"), refusals.NOT_FINISHED), (("failed", "complete"), refusals.SIDE_FAILED)],
)
def test_a_follow_up_waits_for_two_finished_answers(statuses, message):
    assert refusal(asking.follow_up, answered(*statuses), 2, "Et la mer ?") == message


def test_a_retry_keeps_the_failed_try_and_leaves_the_other_side_alone():
    comparison = answered("failed", "complete")
    Answer.objects.filter(side="a").update(text="Un déb", provider="scripted", stop_requested_at="2026-01-01T00:00Z")
    asking.retry(comparison, 1, "a")
    a, b = comparison.turns.get().answers.all()
    assert (a.status, a.text, a.error_code, a.stop_requested_at, a.finished_at) == ("pending", "", "", None, None)
    attempt = a.attempts.get()
    assert (attempt.number, attempt.status, attempt.error_code, attempt.text) == (1, "failed", "timeout", "Un déb")
    assert (attempt.provider, attempt.model_id) == ("scripted", comparison.model_a_id)
    assert (b.status, b.text) == ("complete", "Réponse B.")
    asking.retry(comparison, 1, "a")
    assert a.attempts.count() == 1


def test_a_voted_turn_or_a_complete_answer_cannot_be_asked_again():
    assert refusal(asking.retry, answered(choice="a_better"), 1, "a") == refusals.ALREADY_VOTED
    assert refusal(asking.retry, answered(), 1, "a") == refusals.NOTHING_TO_RETRY


def test_the_same_model_on_both_sides_is_refused_by_the_database():
    model = factories.language_model()
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.comparison(model_a=model, model_b=model)
    assert not Comparison.objects.exists()


def begin(models=(), **fields):
    portal = factories.portal()
    arguments = {
        "portal": portal,
        "language": "fr",
        "visitor_key": "v" * 32,
        "consent": factories.terms(portal),
        "submission_key": "5b3a4d3e-93a6-4e5b-9b2f-0d3cf3c3f3a1",
        "mode": "custom" if models else "random",
        "chosen": [model.pk for model in models],
        "prompt": "Pourquoi le ciel est-il bleu le jour et noir la nuit ?",
    }
    return asking.begin(**arguments | fields)


def test_a_submission_sent_twice_makes_one_comparison():
    factories.language_model()
    factories.language_model()
    assert begin() == begin()
    comparison = Comparison.objects.get()
    assert (comparison.draw_probability, comparison.drawn_a, comparison.drawn_b) == (1.0, True, True)
    assert comparison.pool.model_ids == sorted([comparison.model_a_id, comparison.model_b_id])
    assert comparison.turns.get().prompt_language == "fr"
    assert Answer.objects.filter(status="pending").count() == 2


def test_a_submission_key_of_another_visitor_shows_nothing_of_theirs():
    factories.language_model()
    factories.language_model()
    begin()
    assert refusal(begin, visitor_key="w" * 32) == refusals.SENT_ELSEWHERE


def test_two_chosen_models_are_compared_and_one_is_completed():
    chosen = [factories.language_model() for _ in range(2)]
    both = begin(chosen)
    assert {both.model_a, both.model_b} == set(chosen)
    assert (both.drawn_a, both.drawn_b, both.draw_probability, both.pool) == (False, False, None, None)
    one = begin(chosen[:1], submission_key="5b3a4d3e-93a6-4e5b-9b2f-0d3cf3c3f3a2")
    assert one.chosen_models == [chosen[0].pk]
    assert one.draw_probability == 1.0
    assert {one.drawn_a, one.drawn_b} == {True, False}


def test_without_two_models_that_can_answer_nothing_is_written():
    factories.language_model()
    assert refusal(begin) == refusals.NO_MODELS
    assert not Comparison.objects.exists()
