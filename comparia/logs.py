"""What a log may hold: what happened, where in the code, to which request; no text of anybody, no address, no code.

In production each line is a JSON object. A message of ours is written whole; of another's library only its template
is, since what is filled in may quote a question; of an exception, its class and where it was raised, since its message
may too (PostgreSQL quotes the row that it refuses).
"""

import json
import logging
import re
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime

CODES = re.compile(r"(/(?:recu|share|salle/cle|salle)/|[?&]code=)[^/\s?&]+")
OURS = ("arena", "comparia", "datasets_export", "deploy", "leaderboard", "models_catalog", "portals")
WHOLE = (*OURS, "psycopg.pool", "celery.beat")
"""Loggers whose messages quote nothing that a visitor wrote."""
FIELDS = ("method", "route", "status", "ms", "portal", "task", "outcome", "seconds")
"""What a line may be given by `extra`."""

request_id = ContextVar("request_id", default="")
"""Of the request that this thread answers."""


class WithoutCodes(logging.Filter):
    """Hides receipts, with which a comparison can be withdrawn, and what opens shared pages and class rooms."""

    def filter(self, record):
        message = record.getMessage()
        hidden = CODES.sub(r"\1…", message)
        if hidden != message:
            record.msg, record.args = hidden, ()
        return True


class JSONLines(logging.Formatter):
    def format(self, record):
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": message_of(record),
            "request_id": request_id.get(),
        }
        line |= {name: getattr(record, name) for name in FIELDS if hasattr(record, name)}
        if record.exc_info and record.exc_info[1]:
            line["exceptions"] = [told(exception) for exception in chain(record.exc_info[1])]
        return json.dumps({name: value for name, value in line.items() if value != ""}, ensure_ascii=False)


def message_of(record):
    """What may be written of a message."""
    if record.name.startswith(WHOLE):
        return CODES.sub(r"\1…", record.getMessage())
    template = str(record.msg)
    if not record.args:  # filled in already: what was quoted comes after a line, a colon, an equals sign or a quote
        return re.split(r"[\n:='\"]", template, maxsplit=1)[0][:100]
    if template == "%s: %s" and record.name == "django.request":  # the reason of a status, then an address
        return str(record.args[0])[:100]
    if isinstance(record.args, dict):  # Celery's
        return template % Named(record.args)
    return template.partition("\n")[0][:300]


class Named(dict):
    """What fills in a message about a job: its name, never its arguments, its result, nor its error."""

    def __getitem__(self, name):
        return self.get(name, "…") if name in ("name", "id", "description", "runtime") else "…"


def chain(exception):
    """The exception, then what it came from."""
    seen = []
    while exception is not None and exception not in seen and len(seen) < 5:
        seen.append(exception)
        exception = exception.__cause__ or (None if exception.__suppress_context__ else exception.__context__)
    return seen


def told(exception):
    """Its class, the places of the code that it went through, and what a database says that quotes no value."""
    frames = traceback.extract_tb(exception.__traceback__, limit=-12)
    about = {
        "class": f"{type(exception).__module__}.{type(exception).__qualname__}",
        "frames": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
        "sqlstate": getattr(exception, "sqlstate", None),
        "constraint": getattr(getattr(exception, "diag", None), "constraint_name", None),
    }
    return {name: value for name, value in about.items() if value}
