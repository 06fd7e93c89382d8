import json
import logging
import re
import sys

import pytest

from arena.tests import factories
from comparia.logs import JSONLines, WithoutCodes

SECRET = "zanzibar"


def test_a_receipt_and_a_shared_token_are_not_written():
    receipts = ("/recu/abcde-23456/retrait/", "/share/Tok3n_x.png", "/recu/?code=abcde-23456&x=1")
    for path in (*receipts, "/salle/cle/abcde-Tok3n/", "/salle/abcde/"):
        record = logging.LogRecord("django.request", logging.WARNING, "", 0, "Not Found: %s", (path,), None)
        assert WithoutCodes().filter(record)
        assert "abcde" not in record.getMessage() and "Tok3n" not in record.getMessage()
    record = logging.LogRecord("django.request", logging.WARNING, "", 0, "Not Found: %s", ("/modeles/share/",), None)
    WithoutCodes().filter(record)
    assert record.getMessage() == "Not Found: /modeles/share/"


def line(name, message, *args, error=None):
    """The JSON that is written of a record."""
    exc_info = None
    if error is not None:
        try:
            raise error
        except type(error):
            exc_info = sys.exc_info()
    record = logging.LogRecord(name, logging.ERROR, "", 0, message, args, exc_info)
    return json.loads(JSONLines().format(record))


def test_a_message_of_ours_is_written_whole_and_another_s_is_not_filled_in():
    assert line("arena.answering", "answer %s: %s", 12, "timeout")["message"] == "answer 12: timeout"
    assert line("aiohttp.client", "sent %s to %s", SECRET, SECRET)["message"] == "sent %s to %s"
    found = line("asyncio", f"Task exception was never retrieved\nfuture: <Task exception=ValueError('{SECRET}')>")
    assert found["message"] == "Task exception was never retrieved"
    assert line("warnings", f"A prompt: {SECRET}")["message"] == "A prompt"
    assert line("django.request", "%s: %s", "Not Found", f"/{SECRET}/")["message"] == "Not Found"


def test_a_job_is_named_and_its_arguments_and_its_error_are_not():
    context = {"id": "12", "name": "arena.count_votes", "description": "raised unexpected", "exc": SECRET}
    found = line("celery.app.trace", "Task %(name)s[%(id)s] %(description)s: %(exc)s", context | {"args": SECRET})
    assert found["message"] == "Task arena.count_votes[12] raised unexpected: …"


def test_of_an_exception_its_class_and_where_it_was_raised_are_written():
    error = ValueError(SECRET)
    error.__cause__ = KeyError(SECRET)
    found = line("arena.answering", "it failed", error=error)
    assert [each["class"] for each in found["exceptions"]] == ["builtins.ValueError", "builtins.KeyError"]
    assert found["exceptions"][0]["frames"][-1].endswith(" line")
    assert SECRET not in json.dumps(found)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("proxies", "named", "is_kept"),
    [(1, "0123456789abcdef0123", True), (1, "x\r\nforged", False), (1, "me@example.org", False), (0, "a" * 32, False)],
)
def test_a_request_has_the_name_that_our_proxy_gave_it_else_one_of_ours(client, settings, proxies, named, is_kept):
    settings.TRUSTED_PROXIES = proxies
    factories.portal()
    given = client.get("/recu/", headers={"X-Request-Id": named})["X-Request-Id"]
    assert (given == named) == is_kept
    assert re.fullmatch(r"[0-9a-f]{20,32}", given)
