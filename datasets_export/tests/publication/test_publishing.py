"""What the visitor of a place sees is a whole release, old or new, whatever happens on the way."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from datasets_export.models import Publication
from datasets_export.publication import publishing, scheduling

from . import folders
from .conftest import ALL, SERVED, built, row, to

pytestmark = pytest.mark.django_db(transaction=True)


def publish(release, destination):
    """Once, by hand; gives the row."""
    publishing.publish(scheduling.asked(release, destination).pk)
    return row(release, destination)


@ALL
def test_first_release_is_seen_whole_and_nothing_else_is_sent(place, machine, caplog, capsys):
    release, whole = built(machine, "2026-11-01")
    folders.write(machine / "releases/2026-11-01/raw.parquet", b"never sent")
    destination = to(place)
    done = publish(release, destination)
    assert (done.status, done.error_code, done.tries) == ("done", "", 1)
    assert place.seen() == whole
    assert b"never sent" not in place.everything()
    assert done.claim_token is None and done.finished_at
    if place.key:
        assert_secret_is_nowhere(place, caplog, capsys)


@ALL
def test_next_release_takes_its_place_at_once(place, machine):
    first, old = built(machine, "2026-11-01")
    destination = to(place)
    publish(first, destination)
    second, new = built(machine, "2026-11-08", boards=False)  # what it has no more goes
    place.watch = lambda: whole_is_seen(place, old, new)
    destination.refresh_from_db()
    assert publish(second, destination).status == "done"
    assert place.seen() == new


def whole_is_seen(place, *releases):
    assert place.seen() in releases


@SERVED
def test_nothing_is_sent_twice_even_if_the_row_is_lost(place, machine):
    release, whole = built(machine, "2026-11-01")
    destination = to(place)
    publish(release, destination)
    destination.refresh_from_db()
    uploads, tags = len(place.uploads), getattr(place, "commits", {}).copy()
    assert publishing.publish(row(release, destination).pk) is None
    assert len(place.uploads) == uploads
    Publication.objects.all().delete()
    assert publish(release, destination).status == "done"
    again = place.uploads[uploads:]
    assert [name for name in again if not name.endswith("latest.json")] == []
    assert getattr(place, "commits", {}) == tags
    assert place.seen() == whole


@SERVED
def test_every_cut_leaves_a_whole_release_and_is_resumed(place, machine):
    """The first call is cut in one try, the second in the next…: before it reaches the service, then after."""
    first, old = built(machine, "2026-11-01")
    destination = to(place)
    publish(first, destination)
    destination.refresh_from_db()
    second, new = built(machine, "2026-11-08")
    place.watch = lambda: whole_is_seen(place, old, new)
    uploads, cuts, done = len(place.uploads), 0, None
    tries = 3 if place.kind == "s3" else 1  # of each call, by the client itself
    for number in range(80):
        place.fail(cut=True, after=number // 2, times=tries, happens_first=number % 2 == 0)
        done = publish(second, destination)
        fault = place.faults.pop()
        whole_is_seen(place, old, new)
        if done.status == "done":
            break
        assert (done.error_code, bool(done.next_try_at)) == ("cut", True)
        cuts += 1
        assert fault.times == 0
    assert done.status == "done" and cuts > 10
    assert place.seen() == new
    assert b"2026-11-01" not in b"".join(place.seen().values())
    for dataset in getattr(place, "datasets", {}).values():
        assert len(dataset["resources"]) == len(new)  # nothing half sent is left
    sent = place.uploads[uploads:]
    assert len(sent) <= 2 * len(new) + cuts


@SERVED
def test_cut_half_way_sends_only_the_rest_the_second_time(place, machine):
    release, whole = built(machine, "2026-11-01")
    destination = to(place)
    uploads = {"hub": "PUT /lfs/", "datagouv": "upload/", "s3": "PUT .*parquet"}[place.kind]
    place.fail(uploads, cut=True, after=2)
    stopped = publish(release, destination)
    assert (stopped.status, stopped.error_code) == ("failed", "cut")
    assert place.seen() is None
    place.faults.clear()
    before = list(place.uploads)
    assert len(before) == 2
    assert publish(release, destination).status == "done"
    assert len(set(place.uploads)) == len([name for name in place.uploads if not name.endswith("latest.json")]) + (
        place.kind == "s3"
    )
    assert place.seen() == whole


REFUSALS = [
    (401, {}, "misconfigured", None),
    (403, {}, "misconfigured", None),
    (413, {}, "too_large", None),
    (422, {}, "invalid", None),
    (429, {"Retry-After": "7200"}, "busy", 7200),
    (503, {}, "unavailable", 300),
]


@SERVED
@pytest.mark.parametrize(("status", "headers", "code", "wait"), REFUSALS, ids=[str(one[0]) for one in REFUSALS])
def test_refusal_has_its_code_and_the_old_release_stays(place, machine, status, headers, code, wait, caplog, capsys):
    first, old = built(machine, "2026-11-01")
    destination = to(place)
    publish(first, destination)
    destination.refresh_from_db()
    second, _new = built(machine, "2026-11-08")
    place.fail(
        {"hub": "PUT /lfs/|POST .*/commit", "datagouv": "upload/", "s3": "PUT "}[place.kind],
        status=status,
        headers=headers,
    )
    stopped = publish(second, destination)
    assert (stopped.status, stopped.error_code) == ("failed", code)
    assert place.seen() == old
    if wait is None:
        assert stopped.next_try_at is None
    else:
        wait = 300 if place.kind == "s3" else wait  # obstore does not give the header
        assert stopped.next_try_at - stopped.finished_at == pytest.approx(
            timedelta(seconds=wait), abs=timedelta(seconds=5)
        )
    assert_secret_is_nowhere(place, caplog, capsys)


def assert_secret_is_nowhere(place, caplog, capsys):
    rows = str(list(Publication.objects.values()))
    said = capsys.readouterr()
    for text in (rows, caplog.text, said.out, said.err):
        assert place.key not in text


@SERVED
def test_wrong_key_is_not_tried_again(place, machine, caplog, capsys):
    release, _whole = built(machine, "2026-11-01")
    place.key = "the-wrong-planted-key"
    destination = to(place)
    stopped = publish(release, destination)
    assert (stopped.error_code, stopped.next_try_at) == ("misconfigured", None)
    assert place.seen() is None
    calls = len(place.calls)
    assert publishing.publish(stopped.pk) is None
    assert len(place.calls) == calls
    assert publishing.check(destination) == "misconfigured"
    assert_secret_is_nowhere(place, caplog, capsys)


@ALL
def test_check_of_a_good_destination_writes_nothing(place):
    assert publishing.check(to(place)) == ""
    assert [call for call in place.calls if call.method not in ("GET", "HEAD")] == []


@SERVED
def test_service_that_is_not_there_is_tried_later(place, machine):
    release, _whole = built(machine, "2026-11-01")
    destination = to(place)
    place.close()
    stopped = publish(release, destination)
    assert (stopped.error_code, bool(stopped.next_try_at)) == ("cut", True)


@SERVED
def test_redirection_takes_the_key_nowhere(place, machine):
    other = type(place)()
    try:
        release, _whole = built(machine, "2026-11-01")
        place.fail(status=307, headers={"Location": f"http://localhost:{other.server.server_port}/elsewhere"})
        assert publish(release, to(place)).status == "failed"
        assert [call.headers for call in other.calls if place.key in str(call.headers)] == []
    finally:
        other.close()


@SERVED
def test_two_workers_at_once_send_each_file_once(place, machine):
    release, whole = built(machine, "2026-11-01")
    destination = to(place)
    pk = row(release, destination).pk
    results, start = [], threading.Barrier(2)

    def work():
        try:
            start.wait()
            results.append(publishing.publish(pk))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(result is None for result in results) == [False, True]
    assert len(place.uploads) == len(set(place.uploads))
    assert place.seen() == whole


@SERVED
def test_place_takes_one_release_at_a_time(place, machine):
    destination = to(place)
    first, second = (row(built(machine, name)[0], destination) for name in ("2026-11-01", "2026-11-08"))
    assert publishing.claim(first.pk).pk == first.pk
    assert publishing.claim(second.pk) is None
    assert publishing.claim(first.pk) is None


@SERVED
def test_worker_that_dies_is_taken_over_when_its_lease_ends(place, machine):
    release, whole = built(machine, "2026-11-01")
    destination = to(place)
    dead = publishing.claim(row(release, destination).pk)
    assert publishing.publish(dead.pk) is None
    Publication.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    publication, _files = publishing.publish(dead.pk)
    assert (publication.status, place.seen()) == ("done", whole)
    assert not dead.extend()  # if it wakes up, the row is no longer its own
    publishing.finish(dead, status="failed", error_code="cut")
    assert row(release, destination).status == "done"


def test_worker_that_lost_its_lease_stops(machine, monkeypatch):
    from .places.hub import Hub

    place = Hub()
    try:
        release, _whole = built(machine, "2026-11-01")
        destination = to(place)
        pk = row(release, destination).pk
        stolen = Publication.objects.filter(pk=pk)

        def steal():
            if place.uploads:
                stolen.update(claim_token="00000000-0000-4000-8000-000000000000")
            connection.close()  # of the server's thread

        place.watch = steal
        publishing.publish(pk)
        left = row(release, destination)
        assert (left.status, str(left.claim_token)) == ("under-way", "00000000-0000-4000-8000-000000000000")
        assert place.seen() is None
    finally:
        place.close()
