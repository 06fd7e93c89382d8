"""Legal texts: visitors read the published version, editors see their drafts as pages, nothing published changes."""

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from arena.tests import factories
from portals.models import Feedback, LegalVersion, Portal
from portals.prose import as_html

pytestmark = pytest.mark.django_db
ENGLISH = {"Accept-Language": "en"}
HOSTILE = """# Title

<script>alert(1)</script> [x](javascript:alert(1)) <img src=x onerror=alert(1)> [site](https://example.org "t")

| a | b |
|---|---|
| 1 | 2 |
"""


def version(text="## Point\n\nText", published=True, kind="terms", language="en"):
    when = timezone.now() if published else None
    return LegalVersion.objects.create(
        portal=factories.portal(), kind=kind, language=language, text=text, published_at=when
    )


@pytest.fixture
def editor(client):
    factories.portal()
    client.force_login(User.objects.create_superuser("editor"))
    return client


def test_prose_keeps_what_editors_write_and_nothing_that_runs():
    html = as_html(HOSTILE)
    assert "<h2>Title</h2>" in html
    assert "<td>1</td>" in html
    assert 'href="https://example.org"' in html
    assert "<script" not in html
    assert "<img" not in html
    assert 'href="javascript' not in html


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/modalites/", "terms"), ("/mentions-legales/", "legal-notice"), ("/donnees-personnelles/", "personal-data")],
)
def test_the_page_is_the_last_published_version_in_the_visitors_language(client, path, kind):
    version("Old words", kind=kind)
    version("New words", kind=kind)
    version("Draft words", kind=kind, published=False)
    version("Des mots", kind=kind, language="fr")
    page = client.get(path, headers=ENGLISH).text
    assert "New words" in page
    assert "Old words" not in page
    assert "Draft words" not in page
    assert "Des mots" in client.get(path, headers={"Accept-Language": "fr"}).text


def test_an_older_version_keeps_its_address_and_a_draft_has_none(client):
    old, _new, draft = version("Old words"), version("New words"), version("Draft", published=False)
    assert "Old words" in client.get(f"/modalites/?version={old.pk}").text
    for wanted in (draft.pk, "x", "99999999999999999999", version(kind="legal-notice").pk):
        assert client.get(f"/modalites/?version={wanted}").status_code == 404


def test_another_portals_version_is_not_found(client):
    factories.portal()
    other = Portal.objects.create(code="dk", name="DK", languages=["da"], default_language="da", objective=1)
    theirs = LegalVersion.objects.create(
        portal=other, kind="terms", language="da", text="Vilkår", published_at=timezone.now()
    )
    assert client.get(f"/modalites/?version={theirs.pk}").status_code == 404


def test_an_editor_sees_a_draft_as_a_page_then_publishes_it_for_good(editor):
    draft = version("## Draft words", published=False)
    preview = editor.get(reverse("admin:preview_legal", args=[draft.pk])).text
    assert "<h2>Draft words</h2>" in preview
    assert "They do not see it yet" in preview
    assert "Draft words" not in editor.get("/modalites/", headers=ENGLISH).text
    assert editor.get(reverse("admin:publish_legal", args=[draft.pk])).status_code == 405
    editor.post(reverse("admin:publish_legal", args=[draft.pk]))
    assert "<h2>Draft words</h2>" in editor.get("/modalites/", headers=ENGLISH).text
    published_at = LegalVersion.objects.get(pk=draft.pk).published_at
    assert editor.post(reverse("admin:publish_legal", args=[draft.pk])).status_code == 404
    change = reverse("admin:portals_legalversion_change", args=[draft.pk])
    assert (
        editor.post(change, {"portal": draft.portal_id, "kind": "terms", "language": "en", "text": "x"}).status_code
        == 403
    )
    kept = LegalVersion.objects.get(pk=draft.pk)
    assert (kept.text, kept.published_at) == ("## Draft words", published_at)


def test_a_message_reaches_the_admin_and_the_mailbox(client):
    factories.portal(contact_email="contact@example.org")
    answer = client.post("/contact/", {"message": "It is <b>slow</b>", "email": "me@example.org"})
    assert answer.status_code == 302
    kept = Feedback.objects.get()
    assert (kept.message, kept.email, kept.language) == ("It is <b>slow</b>", "me@example.org", "fr")
    [sent] = mail.outbox
    assert (sent.to, sent.reply_to, sent.body) == (["contact@example.org"], ["me@example.org"], "It is <b>slow</b>")


def test_a_message_is_kept_when_the_mail_cannot_leave(client, settings, caplog):
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = (
        "django.core.mail.backends.smtp.EmailBackend",
        "127.0.0.1",
        9,
    )
    factories.portal(contact_email="contact@example.org")
    assert client.post("/contact/", {"message": "secret words"}).status_code == 302
    assert Feedback.objects.get().message == "secret words"
    assert "secret words" not in caplog.text
    assert "not sent by mail" in caplog.text


@pytest.mark.parametrize(
    "sent", [{}, {"message": "x" * 4001}, {"message": "Hello", "email": "nobody"}, {"message": " "}]
)
def test_a_message_that_cannot_be_read_is_refused_and_given_back(client, sent):
    factories.portal()
    answer = client.post("/contact/", sent)
    assert answer.status_code == 422
    assert sent.get("message", "") in answer.text
    assert not Feedback.objects.exists()


def test_what_a_robot_fills_in_is_not_kept(client):
    factories.portal()
    assert client.post("/contact/", {"message": "Buy", "website": "x"}).status_code == 302
    assert not Feedback.objects.exists()
