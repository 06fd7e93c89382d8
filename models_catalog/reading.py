"""Reading JSON that people write: each value is asked for by name and kind, each mistake is noted with its path."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any


class Node:
    """An object of the file. What is wrong goes to ``problems``, and reading goes on: all of it is told at once.

    The readers below return None for a value that is absent, null or wrong.
    """

    def __init__(self, value: Any, path: str, problems: list[str]) -> None:
        self.path = path
        self.problems = problems
        self._asked: set[str] = set()
        self._value: dict[str, Any] = value if isinstance(value, dict) else {}
        if not isinstance(value, dict):
            problems.append(f"{path or 'the file'}: not an object")

    def where(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def refuse(self, key: str, reason: str) -> None:
        self.problems.append(f"{self.where(key)}: {reason}")

    def raw(self, key: str, required: bool = False) -> Any:
        self._asked.add(key)
        value = self._value.get(key)
        if value is None and required:
            self.refuse(key, "missing")
        return value

    def text(self, key: str, required: bool = False, longest: int = 100) -> str | None:
        value = self.raw(key, required)
        if value is None:
            return None
        if not isinstance(value, str) or (required and not value.strip()):
            self.refuse(key, f"{value!r} is not a text")
            return None
        if len(value) > longest:
            self.refuse(key, f"longer than {longest} characters")
            return None
        return value

    def url(self, key: str, required: bool = False, longest: int = 500) -> str | None:
        value = self.text(key, required, longest)
        if value and not value.startswith(("https://", "http://")):
            self.refuse(key, f"{value!r} is not a web address")
            return None
        return value

    def boolean(self, key: str) -> bool | None:
        value = self.raw(key)
        if value is not None and not isinstance(value, bool):
            self.refuse(key, f"{value!r} is neither true nor false")
            return None
        return value

    def positive(self, key: str) -> float | None:
        value = self.raw(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < float("inf"):
            self.refuse(key, f"{value!r} is not a number above zero")
            return None
        return float(value)

    def one_of(self, key: str, allowed: Sequence[str], required: bool = False) -> str | None:
        value = self.text(key, required)
        if value is not None and value not in allowed:
            self.refuse(key, f"{value!r} is none of {', '.join(allowed)}")
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
            self.refuse(key, f"{value!r} is not {named}")
            return None

    def child(self, key: str) -> "Node | None":
        return Node(self.raw(key), self.where(key), self.problems) if self.raw(key) is not None else None

    def children(self, key: str) -> Iterator["Node"]:
        values = self.raw(key, required=True)
        if values is not None and not isinstance(values, list):
            self.refuse(key, "not a list")
        for index, value in enumerate(values if isinstance(values, list) else []):
            yield Node(value, f"{self.where(key)}[{index}]", self.problems)

    def named_children(self, key: str) -> Iterator[tuple[str, "Node"]]:
        values = self.raw(key, required=True)
        if values is not None and not isinstance(values, dict):
            self.refuse(key, "not an object")
        for name, value in (values if isinstance(values, dict) else {}).items():
            yield name, Node(value, f"{self.where(key)}.{name}", self.problems)

    def close(self) -> None:
        """Once everything is read: what nobody asked for is a mistake, often of spelling."""
        for key in self._value:
            if key not in self._asked:
                self.refuse(key, "unknown field")
