"""The JSON Schema of a row of `turns/`, as JSON writes it. Pure."""

from typing import Any

from datasets_export.columns import COLUMNS, FORMAT, VERSION, Column

TYPES: dict[str, dict[str, Any]] = {
    "string": {"type": "string"},
    "int16": {"type": "integer"},
    "int32": {"type": "integer"},
    "float64": {"type": "number"},
    "bool": {"type": "boolean"},
    "timestamp": {"type": "string", "format": "date-time"},
    "list<string>": {"type": "array", "items": {"type": "string"}},
}
STATUSES = ["complete", "stopped", "interrupted", "failed"]
NARROWER: dict[str, dict[str, Any]] = {
    "comparison": {"pattern": "^[0-9a-f]{20}$"},
    "visitor": {"pattern": "^[0-9a-f]{16}$"},
    "turn": {"minimum": 1},
    "origin": {"enum": ["live", "imported", "demo"]},
    "mode": {"enum": ["random", "custom", "small-models", "big-vs-small"]},
    "draw_probability": {"exclusiveMinimum": 0, "maximum": 1},
    "status_a": {"enum": STATUSES},
    "status_b": {"enum": STATUSES},
    "choice": {"enum": ["a_better", "b_better", "both_good", "both_bad", "cannot_say"]},
}
"""What the type alone does not say."""


def schema() -> dict[str, Any]:
    """JSON Schema 2020-12; every column is there in every row, null where nothing is known."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:comparia:{FORMAT.replace('/', ':')}:{VERSION}",
        "title": "A turn of compar:IA: a question, its two answers, and the vote if there was one",
        "type": "object",
        "properties": {column.name: of_column(column) for column in COLUMNS},
        "required": [column.name for column in COLUMNS],
        "additionalProperties": False,
    }


def of_column(column: Column) -> dict[str, Any]:
    found = TYPES[column.type] | NARROWER.get(column.name, {})
    if column.is_nullable:
        found = {"anyOf": [found, {"type": "null"}]}
    return {"description": column.about} | found
