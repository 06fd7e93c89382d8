"""From the database to rows, in one pass: what a release takes of each turn, redacted and under its codes."""

from array import array
from collections import Counter

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, FilteredRelation, IntegerField, JSONField, OuterRef, Q, Value
from django.db.models.functions import Cast, Extract, Floor, JSONObject

from arena import codes, outcomes
from arena.database import ahead
from arena.models import DrawPool, Turn
from datasets_export import enrichment
from datasets_export.columns import NAMES, OF_ANSWER, TEXTS
from datasets_export.models import LegacyRow, Span
from models_catalog.models import LanguageModel

from .rows import BESIDE, Row

AT_ONCE = 500

OF_COMPARISON = {
    **{"comparison": "code", "turn": "number", "visitor": "comparison__visitor_key", "timestamp": "created_at"},
    **{"portal": "comparison__portal__code", "pool": "comparison__pool_id", "in_room": "comparison__room_id"},
    **{name: f"comparison__{name}" for name in ("origin", "language", "mode", "drawn_a", "drawn_b", "is_replaced")},
    **{name: f"comparison__{name}" for name in ("draw_policy", "draw_probability")},
}
OF_ANALYSIS = {name: f"analysis__{name}" for name in ("topics_source", "keywords", "summary")}
OF_ANSWERS = {f"{column.name}_{side}": f"{side}__{column.name}" for side in "ab" for column in OF_ANSWER} | {
    f"{name}_{side}": path.format(side=side)
    for side in "ab"
    for name, path in {"model": "{side}__model__slug", "duration_ms": "took_{side}"}.items()
}
OF_VOTE = {
    name: f"vote__{name}" for name in ("choice", "tags_a", "tags_b", "seconds_to_vote", "comment_a", "comment_b")
}
OF_LEGACY = {f"generation_id_{side}": f"{side}__generation_id" for side in "ab"}
SOURCES = OF_COMPARISON | OF_ANALYSIS | OF_ANSWERS | OF_VOTE | OF_LEGACY | {"is_redacted": "spans"}
"""Where each field of Row comes from, if not from the turn's column of its name."""

FIELDS = (*NAMES, *BESIDE)
ASKED = (*(SOURCES.get(name, name) for name in FIELDS), "comparison_id", "pk", "analysis__texts_digest")


class Gathering:
    """Iterate over it for the rows, in canonical order (comparison's code, turn); then read what it met."""

    def __init__(self, turns, key):
        self.turns, self.key = turns, key
        self.redacted = Counter()
        """{kind: spans}"""
        self.changed = 0
        """Turns left out because their texts are not those that were analysed."""
        self.styles = outcomes.Styles()
        """Of the answers as visitors saw them."""

    def __iter__(self):
        pools = slugs_of_pools()
        for *values, comparison, turn, texts_digest in self.found():
            row = Row(*values)
            if enrichment.digest({name: getattr(row, name) for name in TEXTS}) != texts_digest:
                self.changed += 1
                continue
            self.styles.add(turn, row.text_a, row.text_b)
            self.finish(row, comparison, pools)
            yield row

    def found(self):
        """The values of ASKED, some turns at a time: put in order whole, long texts would be written to the disk and
        read again."""
        code = codes.comparison_code_in_sql(self.key)
        ordered = self.turns.annotate(code=code).order_by("code", "number").values_list("pk", flat=True)
        keys = array("q", ordered.iterator())
        asked = Turn.objects.annotate(
            code=code,
            a=FilteredRelation("answers", condition=Q(answers__side="a")),
            b=FilteredRelation("answers", condition=Q(answers__side="b")),
            took_a=milliseconds("a"),
            took_b=milliseconds("b"),
            spans=spans(),
            legacy=legacy() if LegacyRow.objects.exists() else Value(None, JSONField()),
        )
        asked = asked.order_by("code", "number").values_list(*ASKED)
        starts = range(0, len(keys), AT_ONCE)
        batches = (list(asked.filter(pk__in=keys[start : start + AT_ONCE].tolist())) for start in starts)
        for batch in ahead(batches):
            yield from batch

    def finish(self, row, comparison, pools):
        """The row as it is published."""
        row.visitor = codes.visitor_code(self.key, row.visitor, comparison)
        row.timestamp = row.timestamp.replace(microsecond=0)
        row.pool = pools.get(row.pool)
        row.in_room = row.in_room is not None
        row.legacy = by_file(row.legacy)
        found = row.is_redacted
        row.is_redacted = bool(found)
        if found:
            self.redact(row, found)

    def redact(self, row, found):
        pieces = {}
        for span in found:
            pieces.setdefault(span["field"], []).append((span["start"], span["end"], span["kind"]))
            self.redacted[span["kind"]] += 1
        for name, of_text in pieces.items():
            setattr(row, name, enrichment.redacted(getattr(row, name) or "", of_text))


def slugs_of_pools():
    slugs = dict(LanguageModel.objects.values_list("pk", "slug"))
    pools = DrawPool.objects.values_list("pk", "model_ids")
    return {pool: sorted(slugs[model] for model in models if model in slugs) for pool, models in pools}


def milliseconds(side):
    took = Extract(F(f"{side}__finished_at") - F(f"{side}__started_at"), "epoch")
    return Cast(Floor(took * 1000), IntegerField())


def spans():
    """Personal data to replace: all that was found, but what a person said is none."""
    found = Span.objects.filter(analysis__turn=OuterRef("pk"), is_kept=False).order_by("field", "start", "pk")
    return ArraySubquery(found.values(data=JSONObject(field="field", start="start", end="end", kind="kind")))


def legacy():
    found = LegacyRow.objects.filter(comparison=OuterRef("comparison")).order_by("file", "key")
    return ArraySubquery(found.values(row=JSONObject(file="file", key="key", data="data")))


def by_file(found):
    if not found:
        return None
    files = {}
    for row in found:
        files.setdefault(row["file"], []).append({"key": row["key"], "data": row["data"]})
    return files
