"""The editors' pages: what they show, what they change, what they refuse, and to whom."""

import pytest
from cryptography.fernet import Fernet
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from models_catalog.models import Endpoint, LanguageModel
from portals.models import Portal

from . import factories
from .editing import complete_model, data_of, person

pytestmark = pytest.mark.django_db

LIST = "admin:models_catalog_languagemodel_changelist"
FORM = "admin:models_catalog_languagemodel_change"
REASON = "Its makers published it."


@pytest.fixture(autouse=True)
def english():
    """Errors are put into words when they are read, here."""
    with translation.override("en"):
        yield


@pytest.fixture
def publisher(client):
    client.force_login(person("publisher", "Publishers"))
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


@pytest.fixture
def editor(client):
    client.force_login(person("editor", "Editors"))
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def make(number):
    model = factories.model(
        f"m{number}",
        organisation=factories.organisation(f"Organisation {number}"),
        licence=factories.licence(f"Licence {number}"),
    )
    model.sources.create(field="licence", url="https://acme.test/", date="2026-01-02")
    return model


def form_of(model):
    return reverse(FORM, args=[model.pk])


def submit(client, model, **changes):
    """Send the form of a model back, with some changes; returns the response."""
    address = form_of(model)
    return client.post(address, data_of(client.get(address)) | changes)


def fresh(model):
    return LanguageModel.objects.get(pk=model.pk)


def told(page):
    """All the errors that a form shows."""
    forms = [page.context["adminform"].form]
    forms += [form for inline in page.context["inline_admin_formsets"] for form in inline.formset.forms]
    formsets = [inline.formset for inline in page.context["inline_admin_formsets"]]
    errors = [error for form in forms for errors in form.errors.values() for error in errors]
    return errors + [error for formset in formsets for error in formset.non_form_errors()]


# --- Lists --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", ["languagemodel", "endpoint", "organisation", "licence"])
def test_list_costs_as_many_queries_for_3_rows_as_for_1(admin_client, table):
    address = reverse(f"admin:models_catalog_{table}_changelist")
    make(1)
    admin_client.get(address)
    with CaptureQueriesContext(connection) as one:
        assert admin_client.get(address).context["cl"].result_count == 1
    make(2), make(3)
    with CaptureQueriesContext(connection) as three:
        assert admin_client.get(address).context["cl"].result_count == 3
    assert len(three) == len(one)


def test_list_finds_a_model_by_its_endpoint(admin_client):
    make(1), make(2)
    page = admin_client.get(reverse(LIST), {"q": "m2"})
    assert [row.slug for row in page.context["cl"].result_list] == ["m2"]


@pytest.mark.parametrize(
    ("lens", "found"),
    [
        ({"without_text": "fr"}, ["bare"]),
        ({"without_text": "da"}, ["bare", "full"]),
        ({"without_source": "licence"}, ["bare"]),
        ({"without_source": "total_params"}, []),
        ({"without_text": "xx"}, ["bare", "full"]),
    ],
)
def test_list_finds_the_models_that_wait_for_words_or_sources(admin_client, lens, found):
    complete_model("full"), factories.model("bare")
    page = admin_client.get(reverse(LIST), lens)
    assert sorted(row.slug for row in page.context["cl"].result_list) == found


def test_list_tells_what_is_missing_who_answers_and_what_is_in_review(publisher):
    factories.model("bare", served=False, status="review", total_params=8.0)
    page = publisher.get(reverse(LIST)).content.decode()
    assert "4 texts, 2 sources" in page
    assert "no endpoint" in page
    assert "Needs someone" in page


# --- The form -----------------------------------------------------------------------------------------


def test_model_is_edited_with_its_endpoint(publisher):
    model = make(1)
    saved = submit(publisher, model, **{"total_params": "8", "endpoints-0-electricity_zone": "swe"})
    assert saved.status_code == 302
    model = fresh(model)
    assert (model.total_params, model.endpoints.get().electricity_zone) == (8, "SWE")


def test_form_marks_the_missing_texts_and_says_what_publication_lacks(editor):
    page = editor.get(form_of(factories.model("m", status="draft", description_fr="Là."))).content.decode()
    assert "Missing text: Known biases and limits (Français)" in page
    assert page.count('placeholder="missing"') == 20
    assert 'lang="lt"' in page


def test_what_is_missing_follows_the_form_and_nothing_is_saved(publisher):
    model = complete_model(known_limits_fr="")
    data = data_of(publisher.get(form_of(model))) | {"known_limits_fr": "Elle se trompe.", "name": "Other"}
    versions = LanguageModel.history.count()
    address = reverse("admin:models_catalog_languagemodel_missing", args=[model.pk])
    assert "Nothing is missing" in publisher.post(address, data).content.decode()
    assert "Known biases" in publisher.post(address, data | {"known_limits_fr": ""}).content.decode()
    assert "A field is not filled in" in publisher.post(address, data | {"total_params": "big"}).content.decode()
    assert (fresh(model).name, fresh(model).known_limits_fr) == (model.name, "")
    assert (LanguageModel.history.count(), LogEntry.objects.count()) == (versions, 0)
    assert publisher.get(address).status_code == 404


def test_a_complete_model_is_published_and_the_register_says_why_at_once(publisher):
    model = complete_model()
    assert submit(publisher, model, status="enabled", reason=REASON).status_code == 302
    event = model.events.first()
    assert (fresh(model).status, event.kind, event.reason) == ("enabled", "enabled", REASON)
    assert fresh(model).history.first().history_change_reason == REASON


def test_sources_and_texts_given_with_the_publication_count(publisher):
    model = complete_model(known_limits_fr="")
    assert submit(publisher, model, status="enabled", reason=REASON, known_limits_fr="Là.").status_code == 302
    assert fresh(model).status == "enabled"


def test_removing_a_source_while_publishing_is_refused(publisher):
    model = complete_model()
    page = submit(publisher, model, **{"status": "enabled", "reason": REASON, "sources-0-DELETE": "on"})
    assert [error.split(":")[0] for error in told(page)] == ["Missing source"]
    assert (fresh(model).status, model.sources.count()) == ("review", 3)


def test_publication_that_lacks_something_names_each_thing_and_changes_nothing(publisher):
    model = factories.model("m", status="review", total_params=8.0)
    page = submit(publisher, model, status="enabled", reason=REASON, name="Other")
    assert told(page) == [
        "Missing source: Size",
        "Missing source: Licence",
        "No endpoint in use has answered a test",
        "Missing text: Description (Français)",
        "Missing text: What its size asks for (Français)",
        "Missing text: Did you know? (Français)",
        "Missing text: Known biases and limits (Français)",
    ]
    assert page.context["adminform"].form["name"].value() == "Other"
    assert (fresh(model).status, fresh(model).name) == ("review", "m")
    assert [event.kind for event in model.events.all()] == ["endpoint_added", "added"]


REFUSALS = {
    "accents in the identifier": ({"slug": "modèle/é"}, "Only letters without accents"),
    "identifier of another page": ({"slug": "journal"}, "the address of another page"),
    "identifier of another model": ({"slug": "TAKEN"}, "Another model has this identifier"),
    "more active than total": ({"total_params": "8", "active_params": "9"}, "More than the size"),
    "status without a reason": ({"status": "enabled"}, "Say why the status changes"),
    "status out of reach": ({"status": "archived"}, "Select a valid choice"),
    "unknown zone": ({"endpoints-0-electricity_zone": "ZZZ"}, "Not a zone that EcoLogits knows"),
    "key without FIELD_KEYS": ({"endpoints-0-new_api_key": "sk-1"}, "FIELD_KEYS is missing"),
    "key as the name of a variable": ({"endpoints-0-api_key_variable": "sk-123"}, "never the key itself"),
    "secret of the site as a key": ({"endpoints-0-api_key_variable": "SECRET_KEY"}, "never the key itself"),
    "secret of the site as an address": ({"endpoints-0-base_url": "$DATABASE_URL"}, "An address that starts with"),
    "password in an address": ({"endpoints-0-base_url": "https://me:pw@acme.test/v1"}, "An address that starts with"),
    "endpoints alike": ({"endpoints-1-api_model_id": "m"}, "already exists"),
}


@pytest.mark.parametrize(("changes", "sentence"), REFUSALS.values(), ids=REFUSALS)
def test_a_mistake_is_told_and_changes_nothing(publisher, monkeypatch, changes, sentence):
    monkeypatch.delenv("FIELD_KEYS", raising=False)
    factories.model("taken")
    model = factories.model("m", status="draft")
    factories.endpoint(model, api_model_id="m-2")
    before = LanguageModel.objects.filter(pk=model.pk).values().get(), list(model.endpoints.values())
    page = submit(publisher, model, **changes)
    assert any(sentence in error for error in told(page)), told(page)
    assert (LanguageModel.objects.filter(pk=model.pk).values().get(), list(model.endpoints.values())) == before


def test_a_form_sent_twice_adds_its_rows_once(publisher):
    model = factories.model("m", served=False)
    new = {"endpoints-0-provider": "acme", "endpoints-0-api_model_id": "m", "endpoints-TOTAL_FORMS": "1"}
    new |= {"endpoints-0-protocol": "openai", "endpoints-0-position": "0", "endpoints-0-extra": "{}"}
    new |= {"endpoints-0-temperature": "0.7", "endpoints-0-max_tokens": "100"}
    new |= {"sources-0-field": "licence", "sources-0-url": "https://acme.test/", "sources-0-date": "2026-01-02"}
    data = data_of(publisher.get(form_of(model))) | new | {"sources-TOTAL_FORMS": "1"}
    assert publisher.post(form_of(model), data).status_code == 302
    assert len(told(publisher.post(form_of(model), data))) == 2
    assert (model.endpoints.count(), model.sources.count()) == (1, 1)


def test_the_identifier_of_a_model_once_shown_stays(publisher):
    model = factories.model("shown")
    assert submit(publisher, model, slug="other", name="Other").status_code == 302
    assert (fresh(model).slug, fresh(model).name) == ("shown", "Other")


def test_an_enabled_model_that_lacks_something_can_still_be_edited(editor):
    model = factories.model("m")
    assert submit(editor, model, description_fr="Mieux.").status_code == 302
    assert (fresh(model).description_fr, fresh(model).status) == ("Mieux.", "enabled")


def test_a_key_is_written_nowhere_in_clear(publisher, monkeypatch):
    monkeypatch.setenv("FIELD_KEYS", Fernet.generate_key().decode())
    model = factories.model("m")
    assert submit(publisher, model, **{"endpoints-0-new_api_key": "sk-very-secret"}).status_code == 302
    endpoint = model.endpoints.get()
    assert endpoint.api_key() == "sk-very-secret"
    pages = [
        form_of(model),
        reverse("admin:models_catalog_languagemodel_history", args=[model.pk]),
        reverse("admin:models_catalog_endpoint_history", args=[endpoint.pk]),
        reverse("admin:models_catalog_endpoint_change", args=[endpoint.pk]),
        reverse("admin:index"),
    ]
    token = bytes(endpoint.encrypted_api_key).decode()
    for page in pages:
        text = publisher.get(page).content.decode()
        assert ("sk-very-secret" in text, token in text) == (False, False), page
    versions = [str(vars(version)) for version in Endpoint.history.all()]
    assert [text for text in versions if "secret" in text or token in text] == []
    assert "secret" not in "".join(entry.get_change_message() for entry in LogEntry.objects.all())


# --- Moving several models ----------------------------------------------------------------------------


def act(client, action, *models, **data):
    return client.post(reverse(LIST), {"action": action, "_selected_action": [model.pk for model in models]} | data)


def test_an_action_asks_for_a_reason_first(publisher):
    models = complete_model("a"), complete_model("b")
    page = act(publisher, "publish", *models)
    assert "Reason for the change" in page.content.decode()
    page = act(publisher, "publish", *models, reason="")
    assert page.context["form"].errors["reason"] == ["This field is required."]
    assert [fresh(model).status for model in models] == ["review", "review"]


@pytest.mark.parametrize(
    ("action", "before", "after"),
    [
        ("send_to_review", "draft", "review"),
        ("publish", "review", "enabled"),
        ("pause", "enabled", "paused"),
        ("archive", "paused", "archived"),
    ],
)
def test_an_action_moves_all_its_models_and_says_why(publisher, action, before, after):
    models = complete_model("a", status=before), complete_model("b", status=before)
    assert act(publisher, action, *models, reason=REASON).status_code == 302
    for model in models:
        last = model.history.first()
        assert (fresh(model).status, last.history_user.username) == (after, "publisher")
        assert last.history_change_reason == REASON
        if after != "review":
            assert (model.events.first().kind, model.events.first().reason) == (after, REASON)


def test_an_action_moves_none_of_its_models_if_one_may_not(publisher):
    good, bare, draft = complete_model("good"), factories.model("bare", status="review"), complete_model("draft")
    page = act(publisher, "publish", good, bare, reason=REASON)
    assert [problem.split(":")[0] for problem in page.context["problems"]] == ["bare"]
    assert "Nothing was changed" in page.content.decode()
    page = act(publisher, "archive", draft, reason=REASON)
    assert page.context["problems"] == ["draft: from “in review” it cannot become “archived”."]
    assert {fresh(model).status for model in (good, bare, draft)} == {"review"}
    assert LogEntry.objects.count() == 0


# --- History ------------------------------------------------------------------------------------------


def version(client, row, number):
    """The address of a version of a row, 0 being the newest."""
    table = row._meta.model_name
    return reverse(f"admin:models_catalog_{table}_simple_history", args=[row.pk, row.history.all()[number].pk])


def test_history_tells_each_difference_once_and_who_made_it(editor):
    model = complete_model(description_fr="Avant.")
    submit(editor, model, description_fr="Après.", reasoning="hybrid")
    page = editor.get(reverse("admin:models_catalog_languagemodel_history", args=[model.pk]))
    newest = page.context["page_obj"].object_list[0]
    assert newest.history_user.username == "editor"
    assert sorted(
        (str(change["field"]), str(change["old"]), str(change["new"])) for change in newest.history_delta_changes
    ) == [
        ("Description [fr]", "Avant.", "Après."),
        ("Reasoning", "no", "on demand"),
    ]


def test_a_restored_version_brings_back_words_and_facts_and_is_itself_in_history(editor):
    model = complete_model(description_fr="Avant.")
    submit(editor, model, description_fr="Après.")
    address = version(editor, model, 1)
    assert editor.post(address, data_of(editor.get(address))).status_code == 302
    assert fresh(model).description_fr == "Avant."
    assert [row.description_fr for row in model.history.all()] == ["Avant.", "Après.", "Avant."]
    assert model.history.first().history_user.username == "editor"


def test_a_restored_version_brings_back_neither_status_nor_identifier_nor_portals(publisher):
    model = complete_model("old", status="enabled")
    model.portals.add(Portal.objects.get(is_default=True))
    LanguageModel.objects.filter(pk=model.pk).update(status="draft")
    address = version(publisher, model, 0)
    data = data_of(publisher.get(address)) | {"status": "enabled", "reason": REASON, "slug": "forged", "portals": []}
    assert publisher.post(address, data).status_code == 302
    assert (fresh(model).status, fresh(model).slug, fresh(model).portals.count()) == ("draft", "old", 1)


def test_an_endpoint_changed_with_its_model_has_its_author_in_history_and_is_restored(publisher):
    model = factories.model("m")
    submit(publisher, model, **{"endpoints-0-system_prompt": "Be brief."})
    endpoint = model.endpoints.get()
    assert endpoint.history.first().history_user.username == "publisher"
    Endpoint.objects.filter(pk=endpoint.pk).update(encrypted_api_key=b"kept")
    address = version(publisher, endpoint, 1)
    assert publisher.post(address, data_of(publisher.get(address))).status_code == 302
    endpoint.refresh_from_db()
    assert (endpoint.system_prompt, bytes(endpoint.encrypted_api_key)) == ("", b"kept")
    assert [row.system_prompt for row in endpoint.history.all()] == ["", "Be brief.", ""]


def test_a_removed_endpoint_has_its_author_in_history(publisher):
    model = factories.model("m")
    submit(publisher, model, **{"endpoints-0-DELETE": "on"})
    last = Endpoint.history.first()
    assert (last.history_type, last.history_user.username) == ("-", "publisher")


# --- Clones and previews ------------------------------------------------------------------------------


def test_a_clone_by_an_editor_leaves_the_endpoints_to_a_publisher(editor):
    original = complete_model()
    address = reverse("admin:models_catalog_languagemodel_clone", args=[original.pk])
    proposed = editor.get(address).context["form"].initial
    assert str(proposed["name"]) == "m (copy)"
    assert editor.post(address, proposed | {"slug": "m"}).context["form"].errors == {
        "slug": ["Another model has this identifier."]
    }
    assert editor.post(address, proposed).status_code == 302
    copy = LanguageModel.objects.get(slug="m-copy")
    assert (copy.status, copy.sources.count(), copy.endpoints.count()) == ("draft", 3, 0)
    assert copy.history.first().history_user.username == "editor"


def test_a_draft_is_previewed_by_staff_alone(editor):
    model = complete_model(status="draft")
    assert (
        "description en français."
        in editor.get(
            reverse("admin:models_catalog_languagemodel_preview", args=[model.pk]), headers={"accept-language": "fr"}
        ).content.decode()
    )
    assert Client().get(model.get_absolute_url()).status_code == 404


# --- The ladder ---------------------------------------------------------------------------------------

RUNGS = ["anonymous", "visitor", "staff", "editor", "publisher", "administrator"]


def climb(rung):
    client = Client()
    groups = {"editor": "Editors", "publisher": "Publishers", "administrator": "Administrators"}
    if rung != "anonymous":
        client.force_login(person(rung, groups.get(rung), is_staff=rung != "visitor"))
    return client


def posted(address, changes=None):
    """Post the form of a page as a superuser sees it, whole: what a forger would send."""

    def attempt(client, model):
        root = Client()
        root.force_login(User.objects.get(username="root"))
        where = address(model)
        client.post(where, data_of(root.get(where)) | (changes or {}))

    return attempt


def moved(action):
    return lambda client, model: act(client, action, model, reason=REASON)


def opened(address):
    """Whether a page opens: kept on the client, since nothing changes."""

    def attempt(client, model):
        client.is_open = client.get(address(model)).status_code == 200

    return attempt


def page_of(name):
    return lambda model: reverse(f"admin:models_catalog_languagemodel_{name}", args=[model.pk])


def oldest_version(model):
    endpoint = model.endpoints.get()
    row = endpoint if endpoint.history.count() > 1 else model
    return reverse(
        f"admin:models_catalog_{row._meta.model_name}_simple_history", args=[row.pk, row.history.earliest().pk]
    )


def is_open(client, model):
    return client.is_open


ACTS = {
    "open the list": ("editor", {}, opened(lambda model: reverse(LIST)), is_open),
    "open the form": ("editor", {}, opened(form_of), is_open),
    "open the preview": ("editor", {}, opened(page_of("preview")), is_open),
    "open the history": ("editor", {}, opened(page_of("history")), is_open),
    "export": ("publisher", {}, opened(lambda model: reverse("admin:models_catalog_export")), is_open),
    "open the import": ("publisher", {}, opened(lambda model: reverse("admin:models_catalog_import")), is_open),
    "open the accounts": ("administrator", {}, opened(lambda model: reverse("admin:auth_user_changelist")), is_open),
    "change a text": (
        "editor",
        {"status": "enabled"},
        posted(form_of, {"description_fr": "Autre."}),
        lambda client, model: fresh(model).description_fr == "Autre.",
    ),
    "send to review": (
        "editor",
        {"status": "draft"},
        posted(form_of, {"status": "review"}),
        lambda client, model: fresh(model).status == "review",
    ),
    "send several to review": (
        "editor",
        {"status": "draft"},
        moved("send_to_review"),
        lambda client, model: fresh(model).status == "review",
    ),
    "withdraw to review": (
        "publisher",
        {"status": "enabled"},
        moved("send_to_review"),
        lambda client, model: fresh(model).status == "review",
    ),
    "publish": (
        "publisher",
        {"status": "review"},
        posted(form_of, {"status": "enabled", "reason": REASON}),
        lambda client, model: fresh(model).status == "enabled",
    ),
    "publish several": (
        "publisher",
        {"status": "review"},
        moved("publish"),
        lambda client, model: fresh(model).status == "enabled",
    ),
    "pause": (
        "publisher",
        {"status": "enabled"},
        posted(form_of, {"status": "paused", "reason": REASON}),
        lambda client, model: fresh(model).status == "paused",
    ),
    "archive several": (
        "publisher",
        {"status": "enabled"},
        moved("archive"),
        lambda client, model: fresh(model).status == "archived",
    ),
    "choose the portals of a shown model": (
        "publisher",
        {"status": "enabled"},
        lambda client, model: posted(form_of, {"portals": [Portal.objects.get(code="fr").pk]})(client, model),
        lambda client, model: model.portals.exists(),
    ),
    "change an endpoint": (
        "publisher",
        {},
        posted(form_of, {"endpoints-0-system_prompt": "Lie."}),
        lambda client, model: model.endpoints.get().system_prompt == "Lie.",
    ),
    "remove an endpoint": (
        "publisher",
        {},
        posted(form_of, {"endpoints-0-DELETE": "on"}),
        lambda client, model: not model.endpoints.exists(),
    ),
    "restore a text": (
        "editor",
        {"description_fr": "Ancien."},
        lambda client, model: (
            LanguageModel.objects.filter(pk=model.pk).update(description_fr="Nouveau."),
            posted(oldest_version)(client, model),
        ),
        lambda client, model: fresh(model).description_fr == "Ancien.",
    ),
    "restore an endpoint": (
        "publisher",
        {},
        lambda client, model: (rewrite_endpoint(model), posted(oldest_version)(client, model)),
        lambda client, model: model.endpoints.get().system_prompt == "",
    ),
    "clone": (
        "editor",
        {},
        lambda client, model: client.post(page_of("clone")(model), {"name": "Copy", "slug": "copy"}),
        lambda client, model: LanguageModel.objects.filter(slug="copy").exists(),
    ),
    "remove": (
        "administrator",
        {},
        lambda client, model: client.post(page_of("delete")(model), {"post": "yes"}),
        lambda client, model: not LanguageModel.objects.filter(pk=model.pk).exists(),
    ),
}


def rewrite_endpoint(model):
    endpoint = model.endpoints.get()
    endpoint.system_prompt = "New."
    endpoint.save()


@pytest.mark.parametrize("rung", RUNGS)
@pytest.mark.parametrize("name", ACTS)
def test_each_rung_of_the_ladder_does_its_acts_and_no_more(rung, name):
    lowest, fields, attempt, happened = ACTS[name]
    person("root", is_superuser=True)
    model = complete_model(**fields)
    client = climb(rung)
    attempt(client, model)
    assert bool(happened(client, model)) is (RUNGS.index(rung) >= RUNGS.index(lowest))
