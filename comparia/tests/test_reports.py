"""A report of an error is made anew from what may be told: nothing else passes, wherever it was put."""

import json

from comparia import reports

SECRET = "zanzibar"


def event():
    """Everything that the library may gather, with the secret in each place that a person could have filled."""
    frame = {"filename": "arena/views.py", "function": "vote", "lineno": 12, "vars": {"prompt": SECRET}}
    frame |= {"pre_context": [SECRET], "context_line": SECRET, "post_context": [SECRET]}
    error = {"type": "ValueError", "module": "builtins", "value": SECRET, "stacktrace": {"frames": [frame]}}
    error["mechanism"] = {"type": "django", "handled": False, "data": {"a": SECRET}}
    return {
        "event_id": "1" * 32,
        "level": "error",
        "platform": "python",
        "logger": "django.request",
        "transaction": f"/recu/{SECRET}/",
        "transaction_info": {"source": "url"},
        "message": SECRET,
        "logentry": {"message": SECRET, "formatted": SECRET, "params": [SECRET]},
        "exception": {"values": [error]},
        "request": {"url": SECRET, "query_string": SECRET, "cookies": SECRET, "headers": {"A": SECRET}, "data": SECRET},
        "user": {"email": SECRET, "ip_address": SECRET},
        "breadcrumbs": {"values": [{"message": SECRET}]},
        "extra": {"celery-job": {"args": [SECRET]}, "sys.argv": [SECRET]},
        "contexts": {"trace": {"trace_id": "2" * 32, "data": {"q": SECRET}}, "reply": {"a": SECRET}},
        "tags": {"q": SECRET},
        "spans": [{"description": SECRET}],
        "threads": {"values": [{"stacktrace": {"frames": [frame]}}]},
        "fingerprint": [SECRET],
        SECRET: SECRET,
    }


def test_a_report_holds_the_class_and_the_places_of_an_error_and_nothing_that_was_written():
    told = reports.told(event(), {})
    assert SECRET not in json.dumps(told)
    [error] = told["exception"]["values"]
    assert (error["type"], error["mechanism"]) == ("ValueError", {"type": "django", "handled": False})
    assert error["stacktrace"]["frames"] == [{"filename": "arena/views.py", "function": "vote", "lineno": 12}]
    assert told["contexts"]["trace"] == {"trace_id": "2" * 32}


def test_a_line_of_the_log_is_reported_as_its_template_if_it_is_ours_and_as_its_logger_otherwise():
    lines = {"message": "answer %s: not saved", "formatted": f"answer {SECRET}: not saved", "params": [SECRET]}
    ours = reports.told({"logger": "arena.answering", "logentry": lines}, {})
    assert ours["logentry"] == {"message": "answer %s: not saved"}
    others = reports.told({"logger": "asyncio", "logentry": {"message": f"never retrieved {SECRET}"}}, {})
    assert others["logentry"] == {"message": "an error told by asyncio"}
