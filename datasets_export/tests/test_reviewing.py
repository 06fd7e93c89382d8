"""The queue of doubts: who sees it, what each decision does, down to the files of a release."""

import re

import pytest
from cryptography.fernet import Fernet
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from arena import rights
from arena.models import Answer, Exclusion, Turn
from arena.tests import factories
from datasets_export.enrichment import enriching
from datasets_export.enrichment.showing import cut
from datasets_export.models import Analysis, Span
from datasets_export.releases import building, folders, shards

pytestmark = pytest.mark.django_db

LIST = "admin:datasets_export_analysis_changelist"
PAGE = "admin:datasets_export_analysis_change"
PROMPT = "Écris à M. Berthelot que Zinedine, z@petit-mail.fr, ne viendra pas <script>alert(1)</script> demain soir."


@pytest.fixture
def reviewer(client):
    return enter(client, "Reviewers")


def enter(client, *groups, is_staff=True):
    user = User.objects.create_user("-".join(groups) or "nobody", is_staff=is_staff)
    user.groups.add(*Group.objects.filter(name__in=groups))
    client.force_login(user)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def waiting(prompt=PROMPT, **answers):
    turn = factories.turn(factories.comparison(), prompt=prompt, choice="a_better", **answers)
    enriching.run()
    return Analysis.objects.get(turn=turn)


def page_of(analysis):
    return reverse(PAGE, args=[analysis.pk])


def send(client, analysis, how, ticked=None, passages=(), **changes):
    """What a browser sends: the page's own stamp, its ticked boxes, and what was typed."""
    shown = client.get(page_of(analysis))
    if ticked is None:
        ticked = [span.pk for span in analysis.spans.all() if not span.is_kept]
    data = {
        "seen": shown.context["form"]["seen"].value(),
        "decision": how,
        "reason": "Looked at it.",
        "spans": ticked,
        "added-TOTAL_FORMS": "3",
        "added-INITIAL_FORMS": "0",
    }
    for place in range(3):
        passage, kind = passages[place] if place < len(passages) else ("", "name")
        data |= {f"added-{place}-passage": passage, f"added-{place}-kind": kind}
    return client.post(page_of(analysis), data | changes)


@pytest.fixture
def released(settings, tmp_path, monkeypatch):
    """The questions in a release built now."""
    monkeypatch.setenv("FIELD_KEYS", Fernet.generate_key().decode())
    settings.RELEASES_DIR = tmp_path / "releases"
    settings.RELEASE_DELAY_DAYS = 0

    def build():
        name = f"r{len(list(tmp_path.glob('releases/*')))}"
        building.build(name, say=lambda line: None)
        paths = folders.place(name).glob("turns/*/*.parquet")
        tables = (table for path in paths for table in shards.read(path, ["prompt"]))
        return [row["prompt"] for table in tables for row in table.to_pylist()]

    return build


def state(analysis):
    analysis.refresh_from_db()
    in_force = set(Exclusion.objects.filter(lifted_at=None).values_list("rule", flat=True))
    return analysis.review, in_force, Turn.objects.publishable().filter(pk=analysis.turn_id).exists()


@pytest.mark.parametrize(
    ("groups", "is_staff", "status"),
    [
        ([], True, 403),
        (["Editors"], True, 403),
        (["Publishers"], True, 403),
        (["Reviewers"], True, 200),
        (["Administrators"], True, 200),
        (["Reviewers"], False, 302),
    ],
)
def test_only_staff_who_may_review_see_the_queue_and_the_texts(client, groups, is_staff, status):
    analysis = waiting()
    enter(client, *groups, is_staff=is_staff)
    assert client.get(reverse(LIST)).status_code == status
    response = client.get(page_of(analysis))
    assert response.status_code == status
    assert ("Berthelot" in response.text) == (status == 200)
    if status != 200:
        assert client.post(page_of(analysis), {"decision": "accept", "reason": "x"}).status_code == status
        assert state(analysis)[0] == "waiting"


def test_who_may_only_look_at_the_list_reads_no_text(client):
    analysis = waiting()
    enter(client)
    User.objects.get().user_permissions.add(*permissions("view_analysis"))
    assert client.get(reverse(LIST)).status_code == 200
    assert client.get(page_of(analysis)).status_code == 403


def permissions(*names):
    from django.contrib.auth.models import Permission

    return Permission.objects.filter(codename__in=names)


def test_accepting_publishes_what_was_uncertain_and_keeps_the_certain_redacted(reviewer, released):
    analysis = waiting()
    assert state(analysis) == ("waiting", {"personal-data-review"}, False)
    assert released() == []
    assert send(reviewer, analysis, "accept").status_code == 302
    assert state(analysis) == ("accepted", set(), True)
    assert released() == [PROMPT.replace("z@petit-mail.fr", "[e-mail]")]


def test_redacting_takes_what_is_ticked_and_what_was_added_wherever_it_stands(reviewer, released):
    analysis = waiting(text="Cher Zinedine,")
    assert send(reviewer, analysis, "redact", passages=[("Zinedine", "name")]).status_code == 302
    assert state(analysis) == ("redacted", set(), True)
    assert released() == [PROMPT.replace("z@petit-mail.fr", "[e-mail]").replace("Berthelot", "[name]").replace(
        "Zinedine", "[name]")]  # fmt: skip
    assert set(Span.objects.filter(source="person").values_list("field", flat=True)) == {"prompt", "text_a", "text_b"}


def test_a_summary_made_before_a_person_saw_more_is_not_published(reviewer, released):
    analysis = waiting(text="Cher Zinedine,")
    Analysis.objects.filter(pk=analysis.pk).update(summary="Zinedine ne vient pas.", keywords=["Zinedine"])
    send(reviewer, analysis, "redact", passages=[("Zinedine", "name")])
    analysis.refresh_from_db()
    assert (analysis.summary, analysis.keywords) == ("", [])


def test_what_is_not_ticked_is_published(reviewer, released):
    analysis = waiting()
    name = analysis.spans.get(kind="name")
    send(reviewer, analysis, "redact", ticked=[name.pk])
    assert released() == [PROMPT.replace("Berthelot", "[name]")]


def test_excluding_keeps_the_text_out_for_good_and_can_be_taken_back(reviewer, released):
    analysis = waiting()
    send(reviewer, analysis, "exclude", reason="Too much of it.")
    assert state(analysis) == ("excluded", {"personal-data"}, False)
    assert Turn.objects.with_outcome().filter(pk=analysis.turn_id).exists()
    assert released() == []
    Answer.objects.filter(turn=analysis.turn, side="a").update(text="Autre chose.", finished_at=timezone.now())
    enriching.run()
    assert state(analysis) == ("excluded", {"personal-data"}, False)
    send(reviewer, analysis, "accept")
    assert state(analysis) == ("accepted", set(), True)
    assert len(released()) == 1


def test_a_decision_says_who_took_it_when_and_why_and_its_log_holds_no_text(reviewer):
    analysis = waiting()
    send(reviewer, analysis, "exclude", reason="A private dispute.")
    analysis.refresh_from_db()
    user = User.objects.get()
    assert (analysis.reviewed_by, analysis.reason) == (user, "A private dispute.")
    assert analysis.reviewed_at
    exclusion = Exclusion.objects.get(rule="personal-data")
    assert (exclusion.by, exclusion.reason, exclusion.scope, exclusion.turn) == (
        user, "A private dispute.", "text", analysis.turn)  # fmt: skip
    entry = LogEntry.objects.get()
    assert "Berthelot" not in entry.object_repr + entry.change_message
    assert "dispute" not in entry.object_repr + entry.change_message


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"reason": ""}, 422),
        ({"reason": "x" * 501}, 422),
        ({"decision": "publish"}, 422),
        ({"seen": ""}, 422),
        ({"seen": "0" * 64}, 409),
        ({"spans": ["999999"]}, 422),
        ({"spans": []}, 422),
        ({"added-0-passage": "nowhere in it"}, 422),
        ({"added-0-passage": "Zinedine", "added-0-kind": "?"}, 422),
        ({"added-TOTAL_FORMS": "5000"}, 422),
        ({"added-TOTAL_FORMS": "x"}, 422),
    ],
)
def test_bad_input_says_so_and_changes_nothing(reviewer, changes, status):
    analysis = waiting()
    before = list(analysis.spans.values())
    response = send(reviewer, analysis, "redact", **changes)
    assert response.status_code == status
    assert "Nothing was changed" in response.text
    assert state(analysis) == ("waiting", {"personal-data-review"}, False)
    assert list(analysis.spans.values()) == before
    assert not LogEntry.objects.exists()


def test_of_two_reviewers_of_the_same_page_the_second_is_told(reviewer):
    analysis = waiting()
    seen = reviewer.get(page_of(analysis)).context["form"]["seen"].value()
    send(reviewer, analysis, "exclude")
    assert send(reviewer, analysis, "accept", seen=seen).status_code == 409
    assert state(analysis)[0] == "excluded"


def test_texts_that_changed_since_the_page_was_shown_are_not_judged(reviewer):
    analysis = waiting()
    seen = reviewer.get(page_of(analysis)).context["form"]["seen"].value()
    Answer.objects.filter(turn=analysis.turn, side="a").update(text="Appelez le 06 39 98 12 34.")
    assert send(reviewer, analysis, "accept", seen=seen).status_code == 409
    assert state(analysis)[0] == "waiting"


def test_hostile_texts_are_shown_as_words(reviewer):
    hostile = 'M. <img/src=x onerror=alert(1)> M. Berthelot" autofocus onfocus=alert(2) \u202e</div><form action=//x>'
    analysis = waiting(hostile, text='"><script>alert(3)</script>')
    page = reviewer.get(page_of(analysis)).text
    assert "<img/src" not in page
    assert "<script>alert" not in page
    assert "</div><form" not in page
    assert "&lt;script&gt;alert(3)&lt;/script&gt;" in page
    assert re.sub(r"<sup>\d+</sup>|<[^>]*>", "", page.split("review-words")[1]).count("onfocus=alert(2)") == 1


def test_the_queue_is_oldest_first_and_filtered(reviewer):
    older, newer = waiting(), waiting("Livre au 12 rue des Lilas, à Nantes, pour demain matin sans faute.")
    Turn.objects.filter(pk=newer.turn_id).update(prompt_language="da")
    Analysis.objects.filter(pk=newer.pk).update(finished_at=older.finished_at + timezone.timedelta(minutes=1))
    waiting("Rien de personnel dans cette question.")

    def shown(**query):
        return [analysis.pk for analysis in reviewer.get(reverse(LIST), query).context["cl"].result_list]

    assert shown() == [older.pk, newer.pk]
    assert shown(kind="address") == [newer.pk]
    assert shown(language="da") == [newer.pk]
    assert "Berthelot" not in reviewer.get(reverse(LIST)).text
    assert send(reviewer, older, "accept").url == page_of(newer)
    assert shown() == [newer.pk]
    assert shown(decision="accepted") == [older.pk]
    assert send(reviewer, newer, "accept").url == reverse(LIST)


def test_what_was_withdrawn_is_no_longer_to_be_read(reviewer):
    analysis = waiting()
    rights.withdraw(analysis.turn.comparison)
    assert reviewer.get(page_of(analysis)).status_code == 404
    assert reviewer.get(reverse(LIST)).context["cl"].result_count == 0


def test_the_list_costs_the_same_queries_for_one_turn_as_for_three(reviewer):
    def queries():
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert reviewer.get(reverse(LIST)).status_code == 200
        return len(captured)

    waiting()
    queries()
    one = queries()
    waiting()
    waiting()
    assert queries() == one


def test_a_text_is_cut_where_its_spans_begin_and_end():
    spans = [Span(start=2, end=6, is_certain=True), Span(start=4, end=8, is_certain=False)]
    pieces = cut("abcdefghij", spans, first=7)
    assert [(piece.text, piece.tone, piece.ends) for piece in pieces] == [
        ("ab", "", ()),
        ("cd", "certain", ()),
        ("ef", "certain", (7,)),
        ("gh", "uncertain", (8,)),
        ("ij", "", ()),
    ]
    assert [piece.text for piece in cut("ab", [Span(start=0, end=99)])] == ["ab"]
    assert cut("", []) == []
