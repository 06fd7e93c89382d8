"""A board as a table that anyone takes away: CSV, JSON, Parquet, with the same columns."""

import csv
import io
import json
from dataclasses import asdict

from models_catalog.impact import METHOD

from .words import shares

PLACE = ("rank", "tier", "score", "low", "high", "rank_low", "rank_high", "p_best", "style_score")
TALLY = ("votes", "visitors", "wins", "ties", "losses", "both_bad", "win_rate", "decided_win_rate", "both_bad_rate")
WORDS = (
    *("useful", "complete", "creative", "clear_formatting"),
    *("incorrect", "superficial", "instructions_not_followed"),
)
"""Of the published votes: a column each."""
COLUMNS = {
    **dict.fromkeys(("model", "name", "organisation"), str),
    **dict.fromkeys(("rank", "tier"), int),
    **dict.fromkeys(("score", "low", "high"), float),
    **dict.fromkeys(("rank_low", "rank_high"), int),
    **dict.fromkeys(("p_best", "style_score"), float),
    "not_ranked": str,
    **dict.fromkeys(("votes", "visitors", "wins", "ties", "losses", "both_bad"), int),
    **dict.fromkeys(("win_rate", "decided_win_rate", "both_bad_rate"), float),
    **dict.fromkeys(("ticked", *(f"ticked_{word}" for word in WORDS)), int),
    **dict.fromkeys(("licence", "distribution"), str),
    "total_params": float,
    **dict.fromkeys(("size_class", "energy_class"), str),
    **dict.fromkeys(("energy_wh_min", "energy_wh_max"), float),
    **dict.fromkeys(("energy_method", "release_date", "board", "computed_at", "digest", "demo"), str),
}
"""Of the exported table, with the type of each. A public contract: docs/api.md."""
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the start of a formula."""
CSV, JSON, PARQUET = "text/csv; charset=utf-8", "application/json", "application/vnd.apache.parquet"


def lines(board, ratings):
    """A dict for each model; None: not known. Numbers are as they were computed."""
    return [
        {
            "model": rating.model.slug,
            "name": rating.model.name,
            "organisation": rating.model.organisation.name,
            **{name: getattr(rating, name) for name in PLACE},
            "not_ranked": rating.not_ranked or None,
            **{name: getattr(rating, name) for name in TALLY},
            **_ticked(rating),
            "licence": rating.model.licence.name,
            "distribution": rating.model.licence.distribution,
            "total_params": rating.model.total_params,
            "size_class": rating.model.size_class and str(rating.model.size_class.value),
            **_energy(rating.model),
            "release_date": rating.model.release_date and rating.model.release_date.isoformat(),
            "board": board.board,
            "computed_at": board.created_at.isoformat(),
            "digest": board.digest,
            "demo": "DEMO" if board.is_demo else None,
        }
        for rating in ratings
    ]


def _ticked(rating):
    found = rating.words or {"ticked": None, "votes": dict.fromkeys(WORDS)}
    return {"ticked": found["ticked"]} | {f"ticked_{word}": found["votes"].get(word, 0) for word in WORDS}


def words(rating):
    """The share of each word with its interval; None where too few votes ticked any."""
    found = shares(rating.words, WORDS)
    return found and {word: asdict(share) for word, share in found.items()}


def _energy(model):
    found = model.impact_of_1000_tokens()
    return {
        "energy_class": model.energy_class,
        "energy_wh_min": found and found.energy_wh.min,
        "energy_wh_max": found and found.energy_wh.max,
        "energy_method": METHOD if found else None,
    }


def as_csv(board, ratings):
    """Every text between quotes; one that a spreadsheet would run as a formula starts with an apostrophe."""
    held = lines(board, ratings)
    page = io.StringIO()
    writer = csv.writer(page, quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow(COLUMNS)
    for line in held:
        writer.writerow([_cell(line[column]) for column in COLUMNS])
    return page.getvalue().encode()


def _cell(value):
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def as_json(board, ratings):
    return json.dumps(lines(board, ratings), ensure_ascii=False, indent=1).encode()


def as_parquet(board, ratings):
    import pyarrow as arrow
    from pyarrow import parquet

    types = {str: arrow.string(), int: arrow.int32(), float: arrow.float64()}
    schema = arrow.schema([(column, types[kind]) for column, kind in COLUMNS.items()])
    page = io.BytesIO()
    parquet.write_table(arrow.Table.from_pylist(lines(board, ratings), schema), page)
    return page.getvalue()
