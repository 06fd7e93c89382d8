"""From votes of visitors to what is set aside, and back: the job, its command, its pages in the admin, the receipt."""

import random
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.core.management import CommandError, call_command
from django.utils import timezone
from django.utils.translation import override

from arena import rights, standing, tasks
from arena.models import Comparison, Exclusion, Turn, Vote
from arena.tests import factories
from arena.watching import gathering, showing, watching

pytestmark = pytest.mark.django_db
LIST = "/admin/arena/exclusion/"


@pytest.fixture
def models():
    return [factories.language_model(f"model-{number}") for number in range(4)]


def voted(models, visitor="v", at=None, choice="a_better", prompt="Pourquoi ?", seconds=30, **fields):
    """A vote so many seconds after the end of answers that were written in ten."""
    at = at or timezone.now() - timedelta(hours=2)
    made = factories.comparison(visitor_key=visitor, model_a=models[0], model_b=models[1], **fields)
    times = {"started_at": at, "first_token_ms": 500, "finished_at": at + timedelta(seconds=10)}
    turn = factories.turn(made, choice=choice, prompt=prompt, text="x" * 1000, **times)
    Comparison.objects.filter(pk=made.pk).update(created_at=at)
    Vote.objects.filter(turn=turn).update(created_at=at + timedelta(seconds=10 + seconds))
    return turn


def repeat(models, count=22, **fields):
    """Two votes too many on the same question."""
    start = timezone.now() - timedelta(days=2)
    return [voted(models, at=start + timedelta(hours=place), **fields) for place in range(count)]


def test_what_is_gathered_is_what_happened_to_the_second(models):
    turn = voted(models, choice="b_better", seconds=4)
    comparison = Comparison.objects.get(pk=turn.comparison_id)
    [seen] = gathering.gathered(timezone.now() - timedelta(days=1))
    assert (seen.comparison, seen.visitor, seen.models) == (comparison.pk, "v", (models[0].pk, models[1].pk))
    assert (seen.result, seen.length, seen.reading, seen.deciding) == (0.0, 2000, 13.5, 4.0)
    assert (seen.at, seen.age) == (comparison.created_at.timestamp(), 0)
    assert "pourquoi" not in seen.question and len(seen.question) == 16


def test_the_first_vote_of_a_comparison_is_gathered_and_one_left_without_a_vote_too(models):
    turn = voted(models, choice="cannot_say")
    factories.turn(turn.comparison, 2, choice="b_better")
    factories.turn(turn.comparison, 3, choice="a_better")
    left = voted(models, choice=None)
    seen = {one.comparison: one for one in gathering.gathered(timezone.now() - timedelta(days=1))}
    assert (seen[turn.comparison_id].result, seen[left.comparison_id].result) == (0.0, None)


def test_the_age_of_a_visitor_is_since_their_first_question_ever(models):
    voted(models, at=timezone.now() - timedelta(days=40, hours=2))
    voted(models)
    [seen] = gathering.gathered(timezone.now() - timedelta(days=1))
    assert round(seen.age) == 40 * 24 * 3600


def test_only_what_visitors_asked_of_drawn_pairs_is_watched(models):
    voted(models)
    voted(models, mode="custom", drawn_a=False, drawn_b=False, chosen_models=[models[0].pk, models[1].pk])
    voted(models, cohorts=["study"])
    voted(models, withdrawn_at=timezone.now())
    voted(models, origin="imported")
    factories.turn(factories.comparison(), statuses=("complete", "failed"))
    assert Turn.objects.to_watch().count() == 1


def test_a_rule_sets_aside_in_shadow_with_its_numbers_and_twice_changes_nothing(models):
    repeat(models)
    tasks.watch_votes()
    found = Exclusion.objects.all()
    assert {(one.rule, one.scope, one.shadow) for one in found} == {("repeated-question", "everything", True)}
    assert [one.evidence for one in found] == [{"same_question": 22, "counted": 20}] * 2
    assert Turn.objects.for_ranking().count() == 20
    tasks.watch_votes()
    assert Exclusion.objects.count() == 2


def test_what_a_person_lifted_is_never_set_aside_again_by_any_rule(models, admin_user):
    turns = repeat(models)
    watching.watch()
    Exclusion.objects.update(lifted_at=timezone.now(), lifted_by=admin_user)
    Exclusion.objects.filter(comparison=turns[-1].comparison_id).update(rule="burst")
    counts = watching.watch()["repeated-question"]
    assert (counts["found"], counts["new"], counts["lifted"]) == (2, 0, 2)
    assert Turn.objects.for_ranking().count() == 22


def test_another_persons_exclusion_does_not_hide_a_vote_from_the_rules(models):
    turns = repeat(models)
    Exclusion.objects.create(comparison=turns[-1].comparison, rule="abuse", scope="everything")
    assert watching.watch()["repeated-question"]["new"] == 2


def test_the_command_counts_and_a_dry_run_writes_nothing(models, capsys):
    repeat(models)
    call_command("watch_votes", "--dry-run")
    told = capsys.readouterr().out
    assert "22 comparisons, 22 of them voted" in told
    assert "repeated-question: 2 found, 2 new, 0 left" in told and "2 votes would be set aside." in told
    assert not Exclusion.objects.exists()
    call_command("watch_votes", "--since", timezone.localdate().isoformat())
    assert "0 votes set aside." in capsys.readouterr().out
    with pytest.raises(CommandError, match="2026-01-31"):
        call_command("watch_votes", "--since", "2026-02-31")


def test_a_comparison_that_went_away_meanwhile_stops_nothing(models, monkeypatch):
    repeat(models)
    gathered = gathering.gathered

    def then_deleted(since):
        seen = gathered(since)
        Comparison.objects.all().delete()
        return seen

    monkeypatch.setattr(gathering, "gathered", then_deleted)
    assert watching.watch()["repeated-question"]["new"] == 0


def test_the_thresholds_are_settings(models, settings):
    settings.WATCH = settings.WATCH | {"repeats": 21}
    repeat(models)
    assert watching.watch()["repeated-question"]["new"] == 1


def test_a_receipt_says_which_rule_once_a_release_came_after_it(models):
    turns = repeat(models)
    watching.watch()
    receipt = turns[-1].comparison.receipt
    assert standing.standings(rights.by_receipt(receipt))[0].against_vote == []
    Comparison.objects.filter(pk=voted(models, at=timezone.now()).comparison_id).update(
        first_release="r", created_at=timezone.now() + timedelta(seconds=1)
    )
    [told] = standing.standings(rights.by_receipt(receipt))
    assert told.against_vote == [standing.RULES["repeated-question"]]


def test_every_rule_has_words_for_a_receipt_and_every_number_for_its_page():
    from arena.watching import rules

    assert set(rules.NAMES) <= set(standing.RULES)
    rng = random.Random(2)
    from arena.tests.test_watching import LIMITS, crowd, hasty, pushers, seen

    rows = [*crowd(), *pushers(100), *pushers(10, per_visitor=99, seed=3), *(hasty() for _vote in range(9))]
    rows += [seen("burst", second) for second in range(31)] + [seen("r", rng.random(), question="q")] * 21
    found = list(rules.found(rows, {}, LIMITS))
    assert {one.rule for one in found} == set(rules.NAMES)
    assert {name for one in found for name in one.evidence} <= set(showing.WORDS)


# --- The admin ----------------------------------------------------------------------------------------


@pytest.fixture
def ring(models):
    """Exclusions of one ring, as the job writes them, of two more by another rule, and one lifted."""
    evidence = {"model": "model-1", "votes": 100, "with_model": 40, "expected": 5.5, "group": "day-2026-11-24T00:00-7"}
    made = [voted(models, f"v{place}", prompt="Secret ?").comparison for place in range(5)]
    rows = [Exclusion(comparison=one, rule="vote-ring", scope="everything", shadow=True) for one in made[:3]]
    for row in rows:
        row.evidence = evidence
    rows += [Exclusion(comparison=one, rule="burst", scope="everything", shadow=True) for one in made[3:]]
    rows[-1].lifted_at = timezone.now()
    return Exclusion.objects.bulk_create(rows)


def page(client, address, **data):
    with override("en"):
        found = (client.post if data else client.get)(address, data or None, headers={"Accept-Language": "en"})
    return found.status_code, found.content.decode()


def test_the_page_of_one_shows_its_evidence_and_no_text(admin_client, ring):
    status, html = page(admin_client, f"{LIST}{ring[0].pk}/change/")
    assert status == 200
    for shown in ("model-1", "<td>40</td>", "<td>5.5</td>", "Lift the whole ring (3 votes)"):
        assert shown in html
    assert "Secret" not in html and "xxxx" not in html


def test_one_is_lifted_with_a_reason_and_never_without(admin_client, admin_user, ring):
    address = f"{LIST}{ring[0].pk}/change/"
    status, html = page(admin_client, address, why="", one="")
    assert status == 422 and not Exclusion.objects.filter(lifted_by=admin_user).exists()
    assert admin_client.post(address, {"why": "A class, I called them.", "one": ""}).status_code == 302
    lifted = Exclusion.objects.get(lifted_by=admin_user)
    assert (lifted.pk, lifted.why_lifted, lifted.shadow) == (ring[0].pk, "A class, I called them.", True)
    _status, html = page(admin_client, address)
    assert "A class, I called them." in html and "Lift this one" not in html


def test_a_ring_is_lifted_at_once_and_nothing_else_with_it(admin_client, admin_user, ring):
    admin_client.post(f"{LIST}{ring[1].pk}/change/", {"why": "Honest.", "ring": ""})
    assert set(Exclusion.objects.filter(lifted_by=admin_user)) == set(ring[:3])


def test_those_ticked_are_lifted_after_a_page_that_asks_why(admin_client, admin_user, ring):
    ticked = {"action": "lift", "_selected_action": [ring[0].pk, ring[3].pk, ring[4].pk]}
    status, html = page(admin_client, LIST, **ticked)
    assert status == 200 and html.count('name="_selected_action"') == 3
    assert not Exclusion.objects.filter(lifted_by=admin_user).exists()
    assert page(admin_client, LIST, **ticked, why=" ")[0] == 422
    assert admin_client.post(LIST, ticked | {"why": "Honest."}).status_code == 302
    assert set(Exclusion.objects.filter(lifted_by=admin_user)) == {ring[0], ring[3]}


def test_all_those_of_a_filtered_list_are_lifted_at_once(admin_client, admin_user, ring):
    ticked = {"action": "lift", "_selected_action": [ring[0].pk], "select_across": "1", "why": "Honest."}
    admin_client.post(f"{LIST}?rule=vote-ring", ticked)
    assert set(Exclusion.objects.filter(lifted_by=admin_user)) == set(ring[:3])


def test_the_list_is_filtered_by_rule_state_and_ring(admin_client, ring):
    def shown(query):
        return set(admin_client.get(f"{LIST}?{query}").context["cl"].queryset)

    assert '<td class="field-on_model">model-1</td>' in admin_client.get(LIST).content.decode()
    assert shown("rule=vote-ring") == set(ring[:3])
    assert shown("state=in-force") == set(ring[:4])
    assert shown("state=lifted") == {ring[4]}
    assert shown("q=day-2026-11-24T00:00-7") == set(ring[:3])


def test_who_may_only_look_lifts_nothing_and_others_see_nothing(client, django_user_model, ring):
    staff = django_user_model.objects.create_user("staff", is_staff=True)
    client.force_login(staff)
    address = f"{LIST}{ring[0].pk}/change/"
    assert client.get(address).status_code == 403
    staff.user_permissions.add(Permission.objects.get(codename="view_exclusion"))
    assert "Lift this one" not in page(client, address)[1]
    assert client.post(address, {"why": "Mine.", "one": ""}).status_code == 403
    client.post(LIST, {"action": "lift", "_selected_action": [ring[0].pk], "why": "Mine."})
    assert Exclusion.objects.filter(lifted_at=None).count() == 4


def test_erasing_a_comparison_takes_the_words_of_who_lifted_it(admin_user, ring):
    Exclusion.objects.update(why_lifted="They wrote so.")
    rights.erase(Comparison.objects.filter(pk=ring[0].comparison_id))
    assert Exclusion.objects.get(pk=ring[0].pk).why_lifted == ""


def test_the_list_asks_the_database_as_often_for_1_as_for_3(admin_client, ring, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    admin_client.get(LIST)  # what the process keeps is asked for once
    with CaptureQueriesContext(connection) as one:
        admin_client.get(f"{LIST}?rule=burst&state=in-force")
    with django_assert_num_queries(len(one)):
        admin_client.get(f"{LIST}?rule=vote-ring&state=in-force")
