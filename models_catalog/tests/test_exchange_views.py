"""Those who publish send a file, see what it would change, and only then is it applied, whole and as it was shown."""

import json
import re

import pytest
from django.contrib.auth.models import Permission, User
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse, reverse_lazy

from models_catalog import exchange_views
from models_catalog.exchange_file import export
from models_catalog.models import Endpoint, Event, LanguageModel
from models_catalog.reading import LARGEST

from . import factories

pytestmark = pytest.mark.django_db
EXPORT, IMPORT = reverse_lazy("admin:models_catalog_export"), reverse_lazy("admin:models_catalog_import")


@pytest.fixture(autouse=True)
def english(client, settings):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"


@pytest.fixture
def publisher(client):
    user = User.objects.create_user("publisher", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="publish_languagemodel"))
    client.force_login(user)
    return user


@pytest.fixture
def model():
    return factories.model("m", status="paused", total_params=7, description_fr="Un modèle.")


def send(client, content):
    content = content if isinstance(content, bytes) else content.encode()
    return client.post(IMPORT, {"file": SimpleUploadedFile("new.json", content)})


def accept(client, page, **fields):
    token = re.search(r'name="token" value="([^"]+)"', page.content.decode()).group(1)
    return client.post(IMPORT, {"token": token, "reason": "The maker corrected it."} | fields)


def corrected(old='"total_params": 7.0', new='"total_params": 8.0'):
    text = export()
    assert old in text
    return text.replace(old, new)


@pytest.mark.parametrize("address", [EXPORT, IMPORT])
def test_only_those_who_publish_may(client, admin_client, publisher, address):
    assert client.get(address).status_code == 200
    assert admin_client.get(address).status_code == 200
    client.force_login(User.objects.create_user("editor", is_staff=True))
    assert client.get(address).status_code == 403
    assert client.post(address).status_code in (403, 405)
    client.force_login(User.objects.create_user("visitor"))
    assert client.get(address)["Location"].startswith(reverse("admin:login"))
    client.logout()
    assert client.get(address)["Location"].startswith(reverse("admin:login"))


def test_the_export_is_a_download_of_the_file(client, publisher, model):
    page = client.get(EXPORT)
    assert page.content.decode() == export()
    assert re.fullmatch(r'attachment; filename="catalogue-\d{4}-\d\d-\d\d\.json"', page["Content-Disposition"])
    assert page["Content-Type"] == "application/json"


def test_a_file_is_shown_and_writes_nothing(client, publisher, model):
    page = send(client, corrected())
    assert page.status_code == 200
    [[about, [(change, label, before, after)]]] = page.context["groups"]
    assert (about, label, before, after, change.is_editors) == ("m", "Size", 7, 8, True)
    model.refresh_from_db()
    assert (model.total_params, model.history.count()) == (7, 1)


def test_an_accepted_file_is_applied_and_told(client, publisher, model):
    done = accept(client, send(client, corrected('"status": "paused"', '"status": "archived"')))
    assert done["Location"] == reverse("admin:models_catalog_languagemodel_changelist")
    model.refresh_from_db()
    assert model.status == "archived"
    assert (model.history.first().history_user, model.history.first().history_change_reason) == (publisher, "import")
    event = Event.objects.first()
    assert (event.kind, event.reason) == ("archived", "The maker corrected it.")


def test_what_is_applied_is_the_file_that_was_shown(client, publisher, model):
    page = send(client, corrected())
    send(client, corrected(new='"total_params": 9.0'))
    accept(client, page)
    model.refresh_from_db()
    assert model.total_params == 8


def test_a_file_is_accepted_once_and_by_who_sent_it(client, publisher, model):
    page = send(client, corrected())
    client.force_login(User.objects.create_superuser("other"))
    assert accept(client, page).status_code == 422
    client.force_login(publisher)
    assert accept(client, page).status_code == 302
    LanguageModel.objects.update(total_params=7)
    assert accept(client, page).status_code == 422
    model.refresh_from_db()
    assert model.total_params == 7


def test_a_file_is_kept_for_some_minutes_only(client, publisher, model):
    page = send(client, corrected())
    cache.clear()
    refused = accept(client, page)
    assert refused.status_code == 422
    assert "it was kept for ten minutes only" in refused.content.decode()


def test_a_reason_is_asked_for(client, publisher, model):
    page = accept(client, send(client, corrected()), reason=" ")
    assert page.status_code == 422
    assert page.context["form"].errors.as_data()["reason"][0].code == "required"
    model.refresh_from_db()
    assert model.total_params == 7
    assert accept(client, page).status_code == 302


def test_a_file_that_changes_nothing_has_nothing_to_accept(client, publisher, model):
    page = send(client, export())
    assert page.status_code == 200
    assert 'name="token"' not in page.content.decode()


def test_a_bad_file_is_refused_with_its_lines_and_fields(client, publisher, model):
    text = corrected().replace('"status": "paused"', '"status": "on"').replace('"inputs": []', '"inputs": 3')
    page = send(client, text)
    assert page.status_code == 422
    found = [(text.splitlines()[problem.line - 1].strip(), problem.field) for problem in page.context["problems"]]
    assert found == [('"status": "on",', "models[0].status"), ('"inputs": 3,', "models[0].inputs")]
    assert "Value &#x27;on&#x27; is not a valid choice." in page.content.decode()
    model.refresh_from_db()
    assert model.total_params == 7


@pytest.mark.parametrize("content", [b"", b"\x00\xff", b"[" * 50_000, b'{"format": NaN}', b" " * (LARGEST + 1), b"{}"])
def test_what_is_no_catalogue_is_refused(client, publisher, content):
    assert send(client, content).status_code == 422


def test_no_file_or_no_such_token_is_refused(client, publisher):
    assert client.post(IMPORT).status_code == 422
    assert client.post(IMPORT, {"token": "x\0"}).status_code == 422


def test_what_the_database_refuses_is_told(client, publisher, model):
    data = json.loads(export())
    data["organisations"][0]["slug"] = data["models"][0]["organisation"] = "other"
    page = send(client, json.dumps(data))
    assert page.status_code == 422
    assert "the database refuses it beside what is there" in page.content.decode()


def test_a_file_publishes_no_model_that_the_rule_of_publication_refuses(client, publisher, model):
    page = send(client, corrected('"status": "paused"', '"status": "enabled"'))
    assert page.status_code == 422
    assert "<code>m.status</code>" in page.content.decode()
    model.refresh_from_db()
    assert model.status == "paused"


@pytest.mark.parametrize("status", ["draft", "review"])
@pytest.mark.parametrize("shown", ["paused", "archived", "enabled"])
def test_a_file_shows_no_draft_without_what_publication_asks_for(client, publisher, model, status, shown):
    LanguageModel.objects.update(status=status)
    assert send(client, corrected(f'"status": "{status}"', f'"status": "{shown}"')).status_code == 422


@pytest.mark.parametrize(
    ("field", "value"),
    [("api_key_variable", "SECRET_KEY"), ("base_url", "$DATABASE_URL"), ("base_url", "ftp://a.b/v1")],
)
def test_a_file_names_no_other_secret_of_the_site(client, publisher, model, field, value):
    data = json.loads(export())
    data["models"][0]["endpoints"][0][field] = value
    page = send(client, json.dumps(data))
    assert page.status_code == 422
    assert f"models[0].endpoints[0].{field}" in page.content.decode()


def test_a_stored_key_is_forgotten_when_a_file_sends_its_endpoint_elsewhere(client, publisher, model):
    Endpoint.objects.update(encrypted_api_key=b"kept")
    accept(client, send(client, corrected("https://acme.test/v1", "https://elsewhere.test/v1")))
    endpoint = model.endpoints.get()
    assert (endpoint.base_url, endpoint.encrypted_api_key) == ("https://elsewhere.test/v1", None)


def test_what_a_published_model_lacks_is_told_and_stops_nothing(client, publisher, model):
    LanguageModel.objects.update(status="enabled")
    page = send(client, corrected())
    assert list(page.context["lacking"]) == ["m"]


def test_what_somebody_else_changed_meanwhile_is_shown_before_it_is_replaced(client, publisher, model):
    page = send(client, corrected())
    LanguageModel.objects.update(context_window=4096)
    again = accept(client, page)
    assert again.status_code == 409
    assert LanguageModel.objects.get().context_window == 4096
    accept(client, again)
    model.refresh_from_db()
    assert (model.total_params, model.context_window) == (8, None)


def test_a_new_model_comes_with_all_it_has(client, publisher, model):
    data = json.loads(export())
    data["models"].append(data["models"][0] | {"slug": "n", "name": "N", "status": "draft"})
    page = send(client, json.dumps(data))
    assert (page.context["added"], page.context["groups"]) == (["n"], [])
    accept(client, page)
    made = LanguageModel.objects.get(slug="n")
    assert (made.description_fr, made.endpoints.get().api_model_id) == ("Un modèle.", "m")


def test_the_whole_catalogue_is_imported_on_an_empty_site(client, publisher):
    call_command("load_catalog")
    LanguageModel.objects.update(status="draft")  # a file sent here publishes nothing that lacks something
    exported = export()
    for table in reversed(exchange_views.TABLES.values()):
        table.objects.all().delete()
    accept(client, send(client, exported))
    assert export() == exported
