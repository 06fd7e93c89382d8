"""Reading JSON that people write: each value is asked for by name and kind, each mistake is noted with its line.

The file comes from outside: whatever is in it, it is read or refused, and never more than LARGEST of it.
"""

import json
import re
import reprlib
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from json.decoder import JSONArray, JSONObject  # type: ignore[attr-defined]
from json.scanner import py_make_scanner  # type: ignore[attr-defined]
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

LARGEST = 5_000_000
DEEPEST = 20
HIGHEST = 1e15
MOST_VALUES = 300_000  # over twenty times the catalogue of today
MOST_PROBLEMS = 1000

_quoting = reprlib.Repr()
_quoting.maxstring = _quoting.maxother = _quoting.maxlong = 80


def quoted(value: Any) -> str:
    """The value as the refusal shows it: enough to find it."""
    return _quoting.repr(value)


class Problem(NamedTuple):
    """A mistake: where in the file (line 0: nowhere in particular), and why it cannot be kept."""

    line: int
    field: str
    reason: str

    def __str__(self) -> str:
        place = ", ".join(filter(None, [_("line %d") % self.line if self.line else "", self.field]))
        return f"{place}: {self.reason}" if place else self.reason


class FileRefused(Exception):
    """The file cannot be used, for all of these problems."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = sorted(problems, key=lambda problem: problem.line)
        super().__init__("\n".join(map(str, self.problems)))


class Document:
    """What was read so far: the line of each value, and what is wrong."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.lines: dict[int, dict[str | int, int]] = {}
        """{id of an object or a list: {key or index: line of the value}}; the document outlives neither."""

    def line(self, container: Any, key: str | int) -> int | None:
        return self.lines.get(id(container), {}).get(key)

    def note(self, problem: Problem) -> None:
        self.problems.append(problem)
        if len(self.problems) == MOST_PROBLEMS:  # a file of nothing else would fill the memory
            raise FileRefused(self.problems)

    def check(self) -> None:
        """Raise FileRefused if anything is wrong."""
        if self.problems:
            raise FileRefused(self.problems)


class _Decoder(json.JSONDecoder):
    """The standard decoder, in its Python form, that remembers where each value begins."""

    def __init__(self, text: str, document: Document) -> None:
        super().__init__(object_pairs_hook=self._object, parse_int=_integer)
        self._document = document
        self._newlines = [match.start() for match in re.finditer("\n", text)]
        self._begun: list[int] = []  # the lines of the values that no object or list has taken yet
        self._depth = self._values = 0
        self.parse_object = lambda at, strict, scan, *rest: JSONObject(at, strict, self._scan, *rest)
        self.parse_array = lambda at, scan: JSONArray(at, self._scan)
        self._scan_plainly = py_make_scanner(self)
        self.scan_once = self._scan

    def _scan(self, text: str, start: int) -> tuple[Any, int]:
        if self._depth > DEEPEST:
            raise json.JSONDecodeError(_("nested too deep"), text, start)
        if self._values > MOST_VALUES:
            raise json.JSONDecodeError(_("too many values"), text, start)
        self._depth, self._values = self._depth + 1, self._values + 1
        value, end = self._scan_plainly(text, start)
        self._depth -= 1
        if isinstance(value, list):
            self._document.lines[id(value)] = dict(enumerate(self._take(len(value))))
        self._begun.append(bisect_left(self._newlines, start) + 1)
        return value, end

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        value = dict(pairs)
        places = list(zip((key for key, _value in pairs), self._take(len(pairs)), strict=True))
        self._document.lines[id(value)] = lines = {}
        for key, line in places:
            if key in lines:
                self._document.note(Problem(line, quoted(key), _("is there twice in the same object")))
            lines[key] = line
        return value

    def _take(self, number: int) -> list[int]:
        taken = self._begun[len(self._begun) - number :]
        del self._begun[len(self._begun) - number :]
        return taken


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) < 20 else float("inf")


def decode(content: bytes) -> "Node":
    """The object that this JSON is. Raises FileRefused if it is not one, or larger than LARGEST bytes."""
    document = Document()
    if len(content) > LARGEST:
        raise FileRefused([Problem(0, "", _("larger than %d bytes") % LARGEST)])
    try:
        text = content.decode("utf-8-sig")
        value = _Decoder(text, document).decode(text)
    except json.JSONDecodeError as error:
        raise FileRefused([Problem(error.lineno, "", _("not JSON (%s)") % error.msg)]) from None
    except UnicodeDecodeError:
        raise FileRefused([Problem(0, "", _("not a text in UTF-8"))]) from None
    return Node(value, "", document, 1)


def unfit(value: Any) -> str | None:
    """Why no table can hold this value, whatever the column; None if one can."""
    if isinstance(value, str):
        if "\0" in value or any("\ud800" <= sign <= "\udfff" for sign in value):
            return _("a sign that cannot be kept")
    elif isinstance(value, int | float) and not abs(value) < HIGHEST:
        return _("not a number that can be kept")
    elif isinstance(value, dict):
        return next(filter(None, (unfit(part) for pair in value.items() for part in pair)), None)
    elif isinstance(value, list):
        return next(filter(None, map(unfit, value)), None)
    return None


class Node:
    """An object of the file. What is wrong goes to the document, and reading goes on: all of it is told at once.

    The readers below return None for a value that is absent, null or wrong.
    """

    def __init__(self, value: Any, path: str, document: Document, line: int) -> None:
        self.path = path
        self.document = document
        self.line = line
        self._asked: set[str] = set()
        self._value: dict[str, Any] = value if isinstance(value, dict) else {}
        if not isinstance(value, dict):
            document.note(Problem(line, path or _("the file"), _("not an object")))

    def __contains__(self, key: str) -> bool:
        return key in self._value

    def where(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def refuse(self, key: str, reason: str) -> None:
        self.document.note(Problem(self.document.line(self._value, key) or self.line, self.where(key), reason))

    def refuse_whole(self, reason: str) -> None:
        self.document.note(Problem(self.line, self.path, reason))

    def raw(self, key: str, required: bool = False) -> Any:
        self._asked.add(key)
        value = self._value.get(key)
        if value is None and required:
            self.refuse(key, _("missing"))
        return value

    def fit(self, key: str, required: bool = False) -> Any:
        """A value whatever its kind, that some table can hold."""
        value = self.raw(key, required)
        reason = unfit(value)
        if reason:
            self.refuse(key, reason)
            return None
        return value

    def text(self, key: str, required: bool = False, longest: int = 100) -> str | None:
        value = self.fit(key, required)
        if value is None:
            return None
        if not isinstance(value, str) or (required and not value.strip()):
            self.refuse(key, _("%s is not a text") % quoted(value))
            return None
        if len(value) > longest:
            self.refuse(key, _("longer than %d characters") % longest)
            return None
        return value

    def url(self, key: str, required: bool = False, longest: int = 500) -> str | None:
        value = self.text(key, required, longest)
        if value and not value.startswith(("https://", "http://")):
            self.refuse(key, _("%s is not a web address") % quoted(value))
            return None
        return value

    def boolean(self, key: str) -> bool | None:
        value = self.raw(key)
        if value is not None and not isinstance(value, bool):
            self.refuse(key, _("%s is neither true nor false") % quoted(value))
            return None
        return value

    def positive(self, key: str) -> float | None:
        value = self.raw(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < HIGHEST:
            self.refuse(key, _("%s is not a number above zero") % quoted(value))
            return None
        return float(value)

    def one_of(self, key: str, allowed: Sequence[str], required: bool = False) -> str | None:
        value = self.text(key, required)
        if value is not None and value not in allowed:
            self.refuse(
                key, _("%(value)s is none of %(allowed)s") % {"value": quoted(value), "allowed": ", ".join(allowed)}
            )
            return None
        return value

    def moment(self, key: str, form: str, named: str, required: bool = False) -> date | None:
        """A date written as ``form`` (of strptime), which a person calls ``named``."""
        value = self.text(key, required)
        if value is None:
            return None
        try:
            return datetime.strptime(value, form).date()
        except ValueError:
            self.refuse(key, _("%(value)s is not %(form)s") % {"value": quoted(value), "form": named})
            return None

    def child(self, key: str) -> "Node | None":
        value = self.raw(key)
        return None if value is None else self._node(value, key, self.where(key))

    def children(self, key: str) -> Iterator["Node"]:
        values = self.raw(key, required=True)
        if values is not None and not isinstance(values, list):
            self.refuse(key, _("not a list"))
        for index, value in enumerate(values if isinstance(values, list) else []):
            line = self.document.line(values, index) or self.line
            yield Node(value, f"{self.where(key)}[{index}]", self.document, line)

    def named_children(self, key: str) -> Iterator[tuple[str, "Node"]]:
        values = self.raw(key, required=True)
        if values is not None and not isinstance(values, dict):
            self.refuse(key, _("not an object"))
        for name, value in (values if isinstance(values, dict) else {}).items():
            line = self.document.line(values, name) or self.line
            yield name, Node(value, f"{self.where(key)}.{name}", self.document, line)

    def _node(self, value: Any, key: str, path: str) -> "Node":
        return Node(value, path, self.document, self.document.line(self._value, key) or self.line)

    def close(self) -> None:
        """Once everything is read: what nobody asked for is a mistake, often of spelling."""
        for key in self._value:
            if key not in self._asked:
                self.refuse(key, _("unknown field"))


def once(key: str, entries: Iterator[tuple[Any, Node]]) -> None:
    """Refuse each value of ``key`` that an earlier node has already."""
    seen = set()
    for value, node in entries:
        if value and value in seen:
            node.refuse(key, _("%s is there twice") % quoted(value))
        seen.add(value)
