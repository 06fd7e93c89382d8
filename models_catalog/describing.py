"""What a view of the read interface says of itself: JSON Schema in few words. `openapi` makes the description of it."""

from typing import Any

TEXT: dict[str, Any] = {"type": "string"}
NUMBER: dict[str, Any] = {"type": "number"}
COUNT: dict[str, Any] = {"type": "integer", "minimum": 0}
PLACE: dict[str, Any] = {"type": "integer", "minimum": 1}
SHARE: dict[str, Any] = {"type": "number", "minimum": 0, "maximum": 1}
FLAG: dict[str, Any] = {"type": "boolean"}
DAY: dict[str, Any] = {"type": "string", "format": "date"}
TIME: dict[str, Any] = {"type": "string", "format": "date-time"}
ADDRESS: dict[str, Any] = {"type": "string", "format": "uri"}
ANY: dict[str, Any] = {}


def maybe(schema):
    """Or null: not known."""
    return {"anyOf": [schema, {"type": "null"}]}


def each(schema):
    return {"type": "array", "items": schema}


def mapping(schema):
    """An object whose keys are names."""
    return {"type": "object", "additionalProperties": schema}


def fields(**named):
    """An object of these fields, all there, and no other."""
    return {"type": "object", "properties": named, "required": list(named), "additionalProperties": False}


def paged(name, item):
    return fields(count=COUNT, page=PLACE, pages=PLACE, **{name: each(item)})


PAGE = {"page": ("The page, from 1; a number that is none leads to the nearest that is.", COUNT)}


def answers(summary, schema, query=None):
    """Say of a view what it gives, the JSON Schema of that, and its parameters: {name: (what it is, its schema)}."""

    def saying(view):
        view.described = {"summary": summary, "schema": schema, "query": query or {}}
        return view

    return saying
