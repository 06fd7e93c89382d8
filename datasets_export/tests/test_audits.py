"""The sample of a release that a person judges, and what it lets one say."""

import shutil

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import reverse
from scipy.stats import binomtest

from arena.models import Exclusion, Turn
from datasets_export import audits
from datasets_export.bounds import upper_bound
from datasets_export.models import Audit, AuditedRow, Release
from datasets_export.releases import building
from models_catalog.tests.editing import person

from . import factories

pytestmark = pytest.mark.django_db
Verdict = AuditedRow.Verdict


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    monkeypatch.setenv("FIELD_KEYS", Fernet.generate_key().decode())
    with override_settings(RELEASES_DIR=tmp_path, RELEASE_DELAY_DAYS=-1):
        yield tmp_path


def built(turns=6):
    """A release of that many turns; each prompt has an address that is replaced."""
    made = [
        factories.turn(("prompt", "a@b.fr", "email"), texts={"prompt": f"Écrire à a@b.fr, {number}", "text_b": ""})
        for number in range(turns)
    ]
    return building.build("2026-01-01", say=lambda text: None), made


@pytest.mark.parametrize(("found", "judged"), [(0, 200), (1, 200), (5, 200), (100, 200), (200, 200), (0, 1), (3, 7)])
def test_the_bound_is_the_one_that_scipy_gives(found, judged):
    known = binomtest(found, judged, alternative="less").proportion_ci(0.95, method="wilson").high
    assert upper_bound(found, judged) == pytest.approx(known, abs=1e-12)


def test_the_bound_of_a_clean_sample_of_200_is_one_in_75_and_of_none_all():
    assert upper_bound(0, 200) == pytest.approx(0.013347, abs=1e-6)
    assert upper_bound(0, 0) == 1.0


def test_the_bound_refuses_more_found_than_judged():
    with pytest.raises(ValueError, match="More rows"):
        upper_bound(3, 2)


def test_the_bound_solves_the_equation_that_defines_it():
    """The share p for which the sample is 1.645 standard errors of p below it."""
    for found, judged in [(0, 50), (3, 100), (17, 400)]:
        bound = upper_bound(found, judged)
        below = (bound - found / judged) / (bound * (1 - bound) / judged) ** 0.5
        assert below == pytest.approx(1.6448536, abs=1e-6)


def test_a_sample_is_drawn_once_for_a_seed_and_always_the_same():
    release, _turns = built()
    audit, is_new = audits.draw(release, rows=4, seed=7)
    again, is_new_again = audits.draw(release, rows=4, seed=7)
    assert (is_new, is_new_again, again) == (True, False, audit)
    drawn = list(audit.rows.values_list("turn", flat=True))
    audit.delete()
    assert list(audits.draw(release, rows=4, seed=7)[0].rows.values_list("turn", flat=True)) == drawn
    assert list(audits.draw(release, rows=4, seed=8)[0].rows.values_list("turn", flat=True)) != drawn


def test_a_sample_has_each_row_once_and_no_more_than_there_are():
    release, turns = built()
    audit, _new = audits.draw(release, rows=200)
    assert sorted(audit.rows.values_list("turn", flat=True)) == sorted(turn.pk for turn in turns)
    assert list(audit.rows.values_list("place", flat=True)) == [1, 2, 3, 4, 5, 6]


def test_each_row_has_the_same_chance():
    release, turns = built(5)
    met = {turn.pk: 0 for turn in turns}
    for seed in range(100):
        for _path, key in audits.pick(release, 1, seed):
            met[audits.turns_of(release, [key])[key]] += 1
    assert min(met.values()) >= 8  # 20 expected of 100; less than 8 has one chance in 2,000, and seeds are fixed


def test_the_text_to_judge_is_the_one_that_is_published():
    release, _turns = built()
    audit, _new = audits.draw(release)
    row = audit.rows.first()
    texts = audits.published(row)
    number = row.turn.prompt.rpartition(" ")[2]
    assert texts["prompt"] == f"Écrire à [e-mail], {number}"
    assert set(texts) == {"prompt", "text_a"}  # nothing else was written


def test_a_row_withdrawn_since_is_no_longer_there_to_judge():
    release, _turns = built()
    audit, _new = audits.draw(release)
    row = audit.rows.first()
    shutil.rmtree(building.folders.place(release.name) / "turns")
    assert audits.published(row) is None


def judge_all(audit, personal=0, by=None):
    for row in audit.rows.all():
        audits.judge(row, Verdict.PERSONAL if row.place <= personal else Verdict.CLEAN, by)


def test_only_a_sample_judged_whole_gives_a_result():
    release, _turns = built()
    audit, _new = audits.draw(release)
    assert audits.results([release]) == {}
    for row in audit.rows.all()[:5]:
        audits.judge(row, Verdict.CLEAN, None)
    assert audits.results([release]) == {}
    judge_all(audit, personal=1)
    expected = {"rows": 6, "found": 1, "upper_bound": round(upper_bound(1, 6), 5)}
    assert audits.results([release]) == {release.pk: expected}
    assert audits.result(release) == expected | {"release": "2026-01-01"}


def test_a_release_without_an_audit_gives_that_of_the_one_before_with_its_name():
    release, _turns = built()
    judge_all(audits.draw(release)[0])
    later = Release.objects.create(name="later", until=release.until, encrypted_key=b"-", previous=release)
    assert audits.result(later)["release"] == "2026-01-01"
    alone = Release.objects.create(name="alone", until=release.until, encrypted_key=b"-")
    assert audits.result(alone) is None


def test_the_command_draws_says_how_many_and_does_it_once(capsys):
    release, _turns = built()
    call_command("audit_release", release.name, "--rows", "4", "--dry-run")
    assert Audit.objects.count() == 0
    call_command("audit_release", release.name, "--rows", "4")
    call_command("audit_release", release.name, "--rows", "4")
    seed = audits.seed_of(release)
    pk = Audit.objects.get().pk
    assert capsys.readouterr().out.splitlines() == [
        f"Would draw 4 of 6 rows with the seed {seed}.",
        f"Drawn: 4 rows to judge in the admin, seed {seed} (audit {pk}).",
        f"Drawn already: 4 rows to judge in the admin, seed {seed} (audit {pk}).",
    ]


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["nothing"], "No release that is built has the name nothing."),
        (["2026-01-01", "--rows", "0"], "A sample has one row at least."),
        (["2026-01-01", "--seed", "-1"], "The seed is a whole number"),
    ],
)
def test_the_command_refuses_what_cannot_be_drawn(arguments, why):
    built(1)
    with pytest.raises(CommandError, match=why):
        call_command("audit_release", *arguments)


def test_the_command_says_that_the_folder_or_the_key_is_elsewhere(monkeypatch, place):
    release, _turns = built(1)
    monkeypatch.setenv("FIELD_KEYS", Fernet.generate_key().decode())
    with pytest.raises(CommandError, match="FIELD_KEYS"):
        call_command("audit_release", release.name)
    shutil.rmtree(place / release.name)
    with pytest.raises(CommandError, match="not on this machine"):
        call_command("audit_release", release.name)
    assert Audit.objects.count() == 0


@pytest.fixture
def admin(client):
    client.force_login(person("root", is_superuser=True))
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def test_a_person_judges_row_after_row_as_published_and_sees_the_bound(admin):
    release, _turns = built(2)
    audit, _new = audits.draw(release)
    first = admin.get(reverse("admin:datasets_export_audit_judge", args=[audit.pk]), follow=True)
    page = first.content.decode()
    assert "[e-mail]" in page and "a@b.fr" not in page
    assert "Row 1 of 2" in page
    address = first.redirect_chain[-1][0]
    second = admin.post(address, {"verdict": "clean"}, follow=True)
    assert "Row 2 of 2" in second.content.decode()
    last = admin.post(second.redirect_chain[-1][0], {"verdict": "personal"}, follow=True)
    assert "1 row of 2 holds personal data" in last.content.decode()
    verdicts = list(audit.rows.values_list("verdict", "judged_by__username"))
    assert verdicts == [("clean", "root"), ("personal", "root")]
    assert Exclusion.objects.count() == 0  # the box was not ticked


def test_a_row_found_personal_leaves_what_is_published_if_the_person_says_so(admin):
    release, _turns = built(1)
    audit, _new = audits.draw(release)
    admin.post(reverse("admin:datasets_export_audit_row", args=[audit.pk, 1]), {"verdict": "personal", "exclude": "1"})
    row = audit.rows.get()
    exclusion = Exclusion.objects.get()
    assert (exclusion.rule, exclusion.scope, exclusion.turn) == ("personal-data", "text", row.turn)
    assert exclusion.by.username == "root"
    assert list(Turn.objects.publishable()) == []
    assert list(Turn.objects.with_outcome()) == [row.turn]  # the vote says nothing personal


def test_a_verdict_that_is_none_changes_nothing(admin):
    release, _turns = built(1)
    audit, _new = audits.draw(release)
    response = admin.post(reverse("admin:datasets_export_audit_row", args=[audit.pk, 1]), {"verdict": "maybe"})
    assert response.status_code == 400
    assert audit.rows.get().verdict == Verdict.TO_JUDGE


def test_a_row_that_is_gone_can_be_taken_out_of_the_sample(admin, place):
    release, _turns = built(2)
    audit, _new = audits.draw(release)
    shutil.rmtree(place / release.name)
    address = reverse("admin:datasets_export_audit_row", args=[audit.pk, 1])
    assert "no longer in the release" in admin.get(address).content.decode()
    admin.post(address, {"verdict": "gone"})
    assert list(audit.rows.values_list("place", flat=True)) == [2]


def test_a_row_that_is_still_published_or_was_judged_stays_in_the_sample(admin, place):
    release, _turns = built()
    audit, _new = audits.draw(release)
    address = reverse("admin:datasets_export_audit_row", args=[audit.pk, 1])
    assert admin.post(address, {"verdict": "gone"}).status_code == 409
    admin.post(address, {"verdict": "personal"})
    shutil.rmtree(building.folders.place(release.name) / "turns")
    assert b"Take it out of the sample" not in admin.get(address).content
    assert admin.post(address, {"verdict": "gone"}).status_code == 409
    assert audit.rows.get(place=1).verdict == Verdict.PERSONAL


def test_who_may_not_judge_reads_nothing(client):
    release, _turns = built(1)
    audit, _new = audits.draw(release)
    address = reverse("admin:datasets_export_audit_row", args=[audit.pk, 1])
    assert client.get(address).status_code == 302
    client.force_login(person("plain"))
    assert client.get(address).status_code == 403
    assert client.post(address, {"verdict": "clean"}).status_code == 403
    assert audit.rows.get().verdict == Verdict.TO_JUDGE


def test_the_list_of_audits_asks_as_much_for_three_as_for_one(admin):
    release, _turns = built(3)
    admin.get(reverse("admin:datasets_export_audit_changelist"))  # what a process asks once
    counts = []
    for seeds in ([1], [2, 3]):
        for seed in seeds:
            audits.draw(release, seed=seed)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            page = admin.get(reverse("admin:datasets_export_audit_changelist"))
        counts.append(len(queries))
    assert page.status_code == 200 and page.content.decode().count("0 / 3") == 3
    assert counts[0] == counts[1]


def test_publishers_judge_and_editors_do_not(client):
    release, _turns = built(1)
    audit, _new = audits.draw(release)
    address = reverse("admin:datasets_export_audit_row", args=[audit.pk, 1])
    client.force_login(person("editor", "Editors"))
    assert client.get(address).status_code == 403
    client.force_login(person("publisher", "Publishers"))
    assert client.get(address).status_code == 200
