"""The pages of the staff: who may do what, what is refused, and a key that is never shown again."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override
from kombu.exceptions import OperationalError

from arena.tests.factories import portal
from datasets_export import tasks
from datasets_export.models import Destination, Publication
from datasets_export.publication import publishing, scheduling
from models_catalog.tests.editing import data_of, person

from .conftest import ALL, SERVED, built, row, to

pytestmark = pytest.mark.django_db(transaction=True)
LIST = "/admin/datasets_export/destination/"


@pytest.fixture
def groups(db):
    """The portal and the groups that migrations make: a test that ran before has emptied the tables."""
    portal()
    import_module("models_catalog.migrations.0004_staff_groups").create(apps, None)
    import_module("datasets_export.migrations.0003_publication_rights").grant(apps, None)


@pytest.fixture
def publisher(client, groups):
    client.force_login(person("publisher", "Publishers"))
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


HUB = {"name": "Hub", "kind": "hub", "place": "acme/arena", "every_days": "7", "is_active": "on"}


def errors(client, **typed):
    page = client.post(f"{LIST}add/", HUB | typed)
    return dict(page.context["adminform"].form.errors) if page.status_code == 200 else {}


def test_destination_is_added_with_its_key_and_the_key_is_nowhere(publisher, caplog):
    assert errors(publisher, new_secret="hf_planted") == {}
    made = Destination.objects.get()
    assert made.secret() == "hf_planted"
    assert b"hf_planted" not in bytes(made.encrypted_secret)
    address = reverse("admin:datasets_export_destination_change", args=[made.pk])
    page = publisher.get(address)
    assert "stored, never shown" in page.content.decode()
    assert "hf_planted" not in page.content.decode() + publisher.get(LIST).content.decode() + caplog.text
    publisher.post(address, data_of(page) | {"every_days": "30"})
    made.refresh_from_db()
    assert (made.every_days, made.secret()) == (30, "hf_planted")


@pytest.mark.parametrize(
    "moved", [{"address": "https://example.org"}, {"account": "other"}, {"kind": "datagouv", "place": ""}]
)
def test_key_is_forgotten_when_it_would_go_elsewhere(publisher, moved):
    errors(publisher, new_secret="hf_planted")
    made = Destination.objects.get()
    address = reverse("admin:datasets_export_destination_change", args=[made.pk])
    assert publisher.post(address, HUB | moved).status_code == 302
    made.refresh_from_db()
    assert (made.encrypted_secret, made.secret()) == (None, "")


REFUSED = [
    ({"address": "http://example.org"}, "address"),
    ({"address": "https://user:secret@example.org"}, "address"),
    ({"place": "no-owner"}, "place"),
    ({"place": "acme/arena/../x"}, "place"),
    ({"kind": "datagouv", "place": "../users"}, "place"),
    ({"kind": "s3", "place": "bucket", "account": "id"}, "address"),
    ({"kind": "s3", "place": "bucket", "address": "https://s3.example.org"}, "account"),
    ({"kind": "s3", "place": "Bucket!", "address": "https://s3.example.org", "account": "id"}, "place"),
    ({"kind": "folder", "place": "/etc"}, "place"),
    ({"kind": "folder", "place": "../x"}, "place"),
    ({"kind": "folder", "place": "a/../../x"}, "place"),
]


@pytest.mark.parametrize(("typed", "field"), REFUSED)
def test_what_is_refused_is_told_beside_the_field(publisher, typed, field):
    assert list(errors(publisher, **typed)) == [field]
    assert Destination.objects.count() == 0


def test_folder_needs_the_setting(publisher, settings):
    settings.PUBLICATION_FOLDER = ""
    assert list(errors(publisher, kind="folder", place="public")) == ["kind"]


def test_key_is_refused_when_none_can_be_stored(publisher, monkeypatch):
    monkeypatch.delenv("FIELD_KEYS")
    assert list(errors(publisher, new_secret="hf_planted")) == ["new_secret"]


def test_who_may_do_what(client, groups):
    made = Destination.objects.create(name="Hub", kind="hub", place="acme/arena")
    change = reverse("admin:datasets_export_destination_change", args=[made.pk])
    ladder = [(None, 403, False), ("Editors", 200, False), ("Publishers", 200, True), ("Administrators", 200, True)]
    for group, status, may_change in ladder:
        client.force_login(person(f"{group}", group))
        page = client.get(change)
        assert page.status_code == status
        if status == 200:
            assert (b"new_secret" in page.content) is may_change
        assert (client.get(f"{LIST}add/").status_code == 200) is may_change
        act = client.post(LIST, {"action": "publish_now", "_selected_action": [made.pk]})
        assert act.status_code in ((302, 200) if status == 200 else (403,))
        assert Publication.objects.count() == 0
        delete = reverse("admin:datasets_export_destination_delete", args=[made.pk])
        assert (client.get(delete).status_code == 200) is (group == "Administrators")


def act(client, action, *destinations):
    page = client.post(LIST, {"action": action, "_selected_action": [one.pk for one in destinations]}, follow=True)
    return [str(message) for message in page.context["messages"]]


@ALL
def test_publish_now_and_its_outcome(place, machine, publisher, monkeypatch):
    """The worker of the test works at once."""
    monkeypatch.setattr(tasks.publish, "delay", tasks.publish)
    destination = to(place)
    assert act(publisher, "publish_now", destination) == ["No release was built yet."]
    _release, whole = built(machine, "2026-11-01")
    assert act(publisher, "publish_now", destination) == [f"{place.kind}: the publication of 2026-11-01 has begun."]
    assert place.seen() == whole
    assert act(publisher, "publish_now", destination) == [f"{place.kind}: 2026-11-01 is there already."]
    page = publisher.get(reverse("admin:datasets_export_destination_change", args=[destination.pk]))
    assert "published</span>" in page.content.decode()
    assert "8/8" in publisher.get("/admin/datasets_export/publication/").content.decode()


@SERVED
def test_publish_now_without_a_worker_waits_for_the_hourly_job(place, machine, publisher, monkeypatch):
    def no_broker(pk):
        raise OperationalError

    monkeypatch.setattr(tasks.publish, "delay", no_broker)
    built(machine, "2026-11-01")
    assert "within the hour" in act(publisher, "publish_now", to(place))[0]
    assert [row.status for row in scheduling.due()] == ["pending"]


@SERVED
def test_connection_is_tested(place, publisher):
    good = to(place)
    bad = to(place, name="bad", key="wrong-planted")
    with override("en"):
        said = act(publisher, "test_connection", good, bad)
    assert sorted(said) == sorted(
        [
            f"{place.kind}: the service answers and accepts the key. Nothing was written.",
            "bad: The service refuses the key, or does not know the place: check both, then publish again.",
        ]
    )
    assert [call for call in place.calls if call.method not in ("GET", "HEAD")] == []


@pytest.mark.parametrize("place", ["hub"], indirect=True)
def test_failure_is_told_in_words(place, machine, publisher):
    release, _whole = built(machine, "2026-11-01")
    destination = to(place)
    place.fail(status=413)
    publishing.publish(row(release, destination).pk)
    assert "The service finds a file too large" in publisher.get(LIST).content.decode()
    assert "The service finds a file too large" in publisher.get("/admin/datasets_export/publication/").content.decode()


@pytest.mark.parametrize("place", ["folder"], indirect=True)
def test_list_asks_as_much_for_one_as_for_three(place, machine, publisher):
    release, _whole = built(machine, "2026-11-01")

    def queries():
        with CaptureQueriesContext(connection) as asked:
            publisher.get(LIST)
        return len(asked)

    row(release, to(place))
    queries()
    one = queries()
    for name in ("b", "c"):
        row(release, to(place, name=name))
    assert queries() == one
