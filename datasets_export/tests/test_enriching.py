"""What is found in the texts of turns, and when: batches, leases, changes, withdrawals."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from arena import excluding, rights, standing
from arena.models import Answer, Exclusion, Turn, Vote
from arena.tests import factories
from datasets_export import enrichment
from datasets_export.enrichment import claiming, enriching
from datasets_export.models import Analysis, Span

pytestmark = pytest.mark.django_db

SECRET = "paul.durand@orange-mail.fr"


def asked(prompt, number=1, of=None, **answers):
    return factories.turn(of or factories.comparison(), number, prompt=prompt, choice="a_better", **answers)


def run(**options):
    out = StringIO()
    call_command("enrich_conversations", stdout=out, **options)
    return out.getvalue().splitlines()


def kept(turn):
    """Its published texts, as a release would hold them."""
    analysis = turn.analysis
    texts = {"prompt": turn.prompt} | {f"text_{answer.side}": answer.text for answer in turn.answers.all()}
    return {
        field: enrichment.redacted(
            text, analysis.spans.filter(field=field, is_kept=False).values_list("start", "end", "kind")
        )
        for field, text in texts.items()
    }


def test_certain_data_is_redacted_in_the_question_and_where_answers_repeat_it():
    turn = asked(
        f"Bonjour, je m'appelle paul durand, écrivez à {SECRET} ou au 06 39 98 12 34.",
        text=f"Bonjour Paul, j'écris à {SECRET}. Paul Durand, c'est noté : 06 39 98 12 34.",
    )
    assert run()[-1].startswith("1 turns analysed: 11 passages of personal data, 0 turns to review;")
    assert kept(turn) == {
        "prompt": "Bonjour, je m'appelle [name], écrivez à [e-mail] ou au [phone].",
        "text_a": "Bonjour [name], j'écris à [e-mail]. [name], c'est noté : [phone].",
        "text_b": "Bonjour [name], j'écris à [e-mail]. [name], c'est noté : [phone].",
    }
    analysis = turn.analysis
    assert (analysis.status, analysis.review, analysis.method) == ("done", "", "rules/1")
    assert analysis.texts_digest == enrichment.digest({"prompt": turn.prompt} | {
        f"text_{answer.side}": answer.text for answer in turn.answers.all()
    })  # fmt: skip
    assert Turn.objects.publishable().get() == turn


def test_what_an_earlier_question_told_is_redacted_in_later_turns():
    first = asked(f"Mon adresse est {SECRET}, retiens-la bien s'il te plaît.")
    second = asked("Rappelle-la-moi.", 2, first.comparison, text=f"C'est {SECRET}.")
    run()
    assert kept(second)["text_a"] == "C'est [e-mail]."


def test_something_uncertain_keeps_the_text_here_until_a_person_has_looked():
    turn = asked("Écris à M. Berthelot pour décliner son invitation à dîner.")
    assert "1 turns to review" in run()[-1]
    assert turn.analysis.review == "waiting"
    assert not Turn.objects.publishable().exists()
    assert Turn.objects.with_outcome().get() == turn
    told = standing.standings(turn.comparison)[0].against_text
    assert told == [standing.RULES["personal-data-review"]]


def test_only_finished_turns_that_could_leave_the_site_are_analysed():
    asked("Fini ?")
    asked("De la démonstration.", of=factories.comparison(origin="demo"))
    factories.turn(factories.comparison(), statuses=("complete", "streaming"))
    for fields in ({"cohorts": ["pix"]}, {"withdrawn_at": timezone.now()}, {"erased_at": timezone.now()}):
        asked("Rien.", of=factories.comparison(**fields))
    assert run(dry_run=True) == ["2 new, 0 waiting, 0 changed, 0 to forget. Nothing was done."]
    assert not Analysis.objects.exists()
    assert run()[-1].startswith("2 turns analysed")
    assert run()[-1].startswith("0 turns analysed")


def test_an_excluded_turn_is_analysed_too_and_its_other_exclusions_stand():
    turn = asked("Rien de personnel ici, vraiment.")
    excluding.exclude(turn.comparison_id, "abuse", "everything", turn_id=turn.pk)
    run()
    assert turn.analysis.status == "done"
    assert not Turn.objects.publishable().exists()


@pytest.mark.parametrize("change", ["answer", "comment"])
def test_a_turn_whose_texts_changed_is_analysed_again(change):
    turn = asked("Quelle heure est-il à Paris en ce moment ?")
    run()
    if change == "answer":
        Answer.objects.filter(turn=turn, side="a").update(text=f"Écrivez à {SECRET}", finished_at=timezone.now())
    else:
        Vote.objects.filter(turn=turn).update(comment_a=f"écrire à {SECRET}", updated_at=timezone.now())
    assert run()[-1].startswith("1 turns analysed: 1 passages")
    assert run()[-1].startswith("0 turns analysed")


def test_a_change_without_a_date_is_found_by_reading_all_again():
    turn = asked("Quelle heure est-il à Paris en ce moment ?")
    run()
    Turn.objects.filter(pk=turn.pk).update(prompt=f"Écrivez à {SECRET}")
    assert run()[-1].startswith("0 turns analysed")
    assert run(dry_run=True, check=True) == ["0 new, 0 waiting, 1 changed, 0 to forget. Nothing was done."]
    assert run(check=True)[-1].startswith("1 turns analysed: 1 passages")


def test_what_was_decided_on_the_same_texts_stands_and_falls_with_them():
    turn = asked("Écris à M. Berthelot pour décliner son invitation à dîner.")
    run()
    analysis = Analysis.objects.get()
    analysis.spans.update(is_kept=True)
    Analysis.objects.update(review="accepted", reviewed_at=timezone.now(), method="rules/0")
    excluding.lift(turn.comparison_id, "personal-data-review", turn_id=turn.pk)
    assert run(again=True)[-1].startswith("1 turns analysed: 0 passages")
    assert Turn.objects.publishable().get() == turn
    Answer.objects.filter(turn=turn, side="a").update(text="Cher Monsieur Berthelot,", finished_at=timezone.now())
    run()
    analysis.refresh_from_db()
    assert (analysis.review, analysis.reviewed_at) == ("waiting", None)
    assert not Turn.objects.publishable().exists()


def test_a_doubt_that_goes_away_takes_its_exclusion_with_it():
    turn = asked("Quelle heure est-il ?", text="Bonjour.")
    Vote.objects.filter(turn=turn).update(comment_a="M. Berthelot le dit.", updated_at=timezone.now())
    run()
    assert turn.analysis.review == "waiting"
    Vote.objects.filter(turn=turn).update(comment_a="", updated_at=timezone.now())
    run()
    assert Turn.objects.publishable().get() == turn
    assert Exclusion.objects.get().lifted_at


@pytest.mark.parametrize("way", ["withdrawn", "erased"])
def test_what_was_found_is_forgotten_when_the_texts_go(way):
    turn = asked(f"Écris à M. Berthelot, {SECRET}, pour décliner.")
    run()
    Analysis.objects.update(summary="Un refus.", keywords=["refus"], reason="M. Berthelot est connu")
    if way == "withdrawn":
        rights.withdraw(turn.comparison)
    else:
        rights.erase_all(turn.comparison.visitor_key)
    assert "1 to forget" in run(dry_run=True)[0]
    assert run()[-1].endswith("1 forgotten.")
    analysis = Analysis.objects.get()
    assert not Span.objects.exists()
    assert (analysis.summary, analysis.keywords, analysis.reason, analysis.review) == ("", [], "", "")
    assert run()[-1].endswith("0 forgotten.")


def test_two_workers_take_different_turns_and_a_lost_lease_is_taken_up():
    for number in range(3):
        asked(f"Question {number}")
    claiming.open_new()
    first, ids = claiming.claim(2)
    _second, others = claiming.claim(5)
    assert (len(ids), len(others)) == (2, 1)
    assert claiming.claim(5)[1] == []
    Analysis.objects.filter(pk__in=ids).update(lease_until=timezone.now() - timedelta(seconds=1))
    outcomes = list(enriching.analysed(Analysis.objects.filter(pk__in=ids)))
    _third, again = claiming.claim(5)
    assert set(again) == set(ids)
    assert enriching.save(first, outcomes) == {"lost": 2}
    assert Analysis.objects.filter(status="done").count() == 0


@pytest.mark.django_db(transaction=True)
def test_a_worker_does_not_wait_for_turns_that_another_is_taking():
    for number in range(3):
        asked(f"Question {number}")
    claiming.open_new()

    def claim():
        try:
            return claiming.claim(5)[1]
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as other, transaction.atomic():
        _token, ids = claiming.claim(2)
        others = other.submit(claim).result(timeout=20)
    assert (len(ids), len(others)) == (2, 1)
    assert set(ids).isdisjoint(others)


def test_a_text_that_breaks_a_rule_fails_alone_and_its_words_are_in_no_log(monkeypatch, caplog):
    bad, good = asked(f"{SECRET} fait tout échouer"), asked("Tout va bien ici, merci.")
    real = enriching.look

    def look(texts, *rest):
        if "échouer" in texts["prompt"]:
            raise ValueError(texts["prompt"])
        return real(texts, *rest)

    monkeypatch.setattr(enriching, "look", look)
    assert "1 failed" in run()[-1]
    assert (bad.analysis.status, bad.analysis.error_code, good.analysis.status) == ("failed", "ValueError", "done")
    assert SECRET not in caplog.text
    for _try in range(5):
        Analysis.objects.filter(turn=bad).update(lease_until=timezone.now() - timedelta(seconds=1))
        run()
    bad.analysis.refresh_from_db()
    assert bad.analysis.tries == claiming.TRIES


def test_a_process_that_dies_each_time_is_given_up():
    asked("Bonjour")
    claiming.open_new()
    Analysis.objects.update(status="claimed", tries=claiming.TRIES, lease_until=timezone.now() - timedelta(seconds=1))
    assert "1 given up" in run()[-1]
    assert Analysis.objects.get().error_code == "interrupted"


def test_the_language_is_told_to_a_question_that_has_none():
    turn = asked("Hvordan laver man en god rugbrødsdej derhjemme uden surdej?")
    run()
    turn.refresh_from_db()
    assert turn.prompt_language == "da"


def test_reading_a_batch_costs_the_same_queries_for_one_turn_as_for_three(django_assert_num_queries):
    def read():
        return list(enriching.analysed(Analysis.objects.order_by("pk")))

    asked("Un")
    claiming.open_new()
    with django_assert_num_queries(4):
        assert len(read()) == 1
    asked("Deux")
    asked("Trois")
    claiming.open_new()
    with django_assert_num_queries(4):
        assert len(read()) == 3
