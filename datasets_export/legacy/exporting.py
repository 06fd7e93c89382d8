"""The rows of the three files of the existing site, from those of a release. Pure.

Texts come from the release's rows alone, redacted; what was kept of an imported row gives its other columns.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa

from .choices import thumbs_of
from .columns import CONVERSATIONS, OURS, REACTIONS, SCHEMAS, STRINGS, TAGS, VOTES
from .messages import Messages

Row = Any
"""releases.rows.Row: its type is made when it is imported."""
Size = tuple[float | None, float | None]
"""Parameters in all, and in use for each token, in billions."""

OF_CONVERSATION = (
    *(name for name in SCHEMAS[CONVERSATIONS].names if not name.startswith("conversation_")),
    "conversation_pair_id",
)
OF_VOTE = (
    *("id", "timestamp", "chosen_model_name", "both_equal", "selected_category", "is_unedited_prompt"),
    *("conv_comments_a", "conv_comments_b", *(f"conv_{tag}_{side}" for tag in TAGS for side in "ab")),
)
OF_REACTION = (
    *("id", "timestamp", "refers_to_model", "msg_index", "model_pos", "refers_to_conv_id", "response_content"),
    *("question_content", "liked", "disliked", "comment", *TAGS, "msg_rank", "question_id", "system_prompt"),
)
"""What each file says of its own: votes and reactions repeat the rest from their conversation."""


def tables(comparisons: Iterable[Sequence[Row]], sizes: Mapping[str, Size]) -> dict[str, pa.Table]:
    """{file: its rows} of some comparisons, each given as its turns in order; `sizes` is {model's slug: Size}.

    Give some thousands at once: the tables are whole in memory. The order is that of the comparisons.
    """
    sides = Messages(), Messages()
    conversations: list[tuple[Any, ...]] = []
    votes: list[tuple[Any, ...]] = []
    reactions: list[tuple[Any, ...]] = []
    of_votes: list[int] = []
    of_reactions: list[int] = []
    for place, rows in enumerate(comparisons):
        comparison = _Comparison(rows)
        conversations.append(comparison.conversation(sizes))
        comparison.tell(sides)
        before = len(votes), len(reactions)
        comparison.opinions(votes, reactions)
        of_votes += [place] * (len(votes) - before[0])
        of_reactions += [place] * (len(reactions) - before[1])
    columns = _columns(CONVERSATIONS, OF_CONVERSATION, conversations)
    columns |= {"conversation_a": sides[0].array(), "conversation_b": sides[1].array()}
    names = [name for row in conversations for name in (row[MODEL_A], row[MODEL_B])]
    offsets = pa.array(range(0, len(names) + 1, 2), pa.int32())
    pairs = pa.ListArray.from_arrays(offsets, pa.array(names, pa.string()), type=STRINGS)
    repeated = columns | {"model_pair_name": pairs}
    return {
        CONVERSATIONS: _table(CONVERSATIONS, columns),
        VOTES: _opinions(VOTES, OF_VOTE, votes, repeated, of_votes),
        REACTIONS: _opinions(REACTIONS, OF_REACTION, reactions, repeated, of_reactions),
    }


MODEL_A, MODEL_B = OF_CONVERSATION.index("model_a_name"), OF_CONVERSATION.index("model_b_name")
NOTHING: Mapping[str, Any] = {}


class _Comparison:
    """The turns of one, and what was kept of it if it was imported."""

    __slots__ = ("rows", "first", "legacy", "kept", "id", "pair", "ids", "names", "systems", "at")

    def __init__(self, rows: Sequence[Row]):
        self.rows, self.first = rows, rows[0]
        first = self.first
        self.legacy = first.legacy or NOTHING
        came = self.legacy.get(CONVERSATIONS)
        self.kept = kept = came[0]["data"] if came else NOTHING
        self.id = int(came[0]["key"]) if came else OURS | int(first.comparison[:15], 16)
        self.systems: list[str | None]
        if kept:
            self.at = kept["timestamp"]
            self.pair = kept["conversation_pair_id"]
            self.ids = kept.get("conv_a_id"), kept.get("conv_b_id")
            self.names = kept["model_a_name"], kept["model_b_name"]
            opens = kept["opens_with_system"]
            self.systems = [
                first.system_prompt_a if opens[0] else None,
                first.system_prompt_b if opens[1] else None,
            ]
        else:
            code = first.comparison
            self.at = _microseconds(first.timestamp)
            self.pair, self.ids = code, (f"{code}-a", f"{code}-b")
            self.names = first.model_a, first.model_b
            self.systems = [first.system_prompt_a or None, first.system_prompt_b or None]

    def conversation(self, sizes: Mapping[str, Size]) -> tuple[Any, ...]:
        """Values of OF_CONVERSATION."""
        first, kept = self.first, self.kept
        beginning = (
            *(self.id, self.at, *self.names, len(self.rows), *self.ids),
            *(kept.get("session_hash") if kept else self.pair, first.visitor or None),
        )
        prompts = first.prompt, first.system_prompt_a or None, first.system_prompt_b or None
        if not kept:
            a, b = sizes.get(first.model_a, (None, None)), sizes.get(first.model_b, (None, None))
            chosen = [name for name, drawn in zip(self.names, (first.drawn_a, first.drawn_b), strict=True) if not drawn]
            return (
                *(*beginning, json.dumps(self.names), *prompts, first.mode, chosen or None, *self.described()),
                *(_sum(row.output_tokens_a for row in self.rows), _sum(row.output_tokens_b for row in self.rows)),
                *(a[0], b[0], a[1], b[1], self.kwh("a"), self.kwh("b"), self.pair),
            )
        summary, keywords, topics, languages = self.described()
        if not any(row.is_redacted for row in self.rows):
            summary, keywords = kept.get("short_summary"), kept.get("keywords")
        return (
            *(*beginning, kept.get("model_pair_name"), *prompts, kept.get("mode"), kept.get("custom_models_selection")),
            *(summary, keywords, kept.get("categories", topics), kept.get("languages", languages)),
            *map(kept.get, AS_KEPT),
            self.pair,
        )

    def described(self) -> tuple[str | None, list[str] | None, list[str] | None, list[str] | None]:
        """Summary, keywords, topics, languages; None where unknown."""
        if len(self.rows) == 1:
            row = self.first
            language = [row.prompt_language] if row.prompt_language else None
            return row.summary or None, row.keywords or None, row.topics or None, language
        found = [
            list(dict.fromkeys(value for row in self.rows for value in values(row)))
            for values in (
                lambda row: row.keywords or (),
                lambda row: row.topics or (),
                lambda row: (row.prompt_language,) if row.prompt_language else (),
            )
        ]
        summary = next((row.summary for row in self.rows if row.summary), None)
        return summary, found[0] or None, found[1] or None, found[2] or None

    def kwh(self, side: str) -> float | None:
        """The middle of the estimates of its answers."""
        low, high = f"energy_wh_min_{side}", f"energy_wh_max_{side}"
        middle = _sum(
            None if getattr(row, low) is None else (getattr(row, low) + getattr(row, high)) / 2 for row in self.rows
        )
        return None if middle is None else middle / 1000

    def tell(self, sides: tuple[Messages, Messages]) -> None:
        a, b = sides
        a.open(self.systems[0])
        b.open(self.systems[1])
        for row in self.rows:
            prompt = row.prompt
            a.add(
                *(prompt, row.text_a, row.reasoning_a, row.generation_id_a, row.output_tokens_a, row.duration_ms_a),
            )
            b.add(
                *(prompt, row.text_b, row.reasoning_b, row.generation_id_b, row.output_tokens_b, row.duration_ms_b),
            )

    def opinions(self, votes: list[tuple[Any, ...]], reactions: list[tuple[Any, ...]]) -> None:
        """Add the values of OF_VOTE and OF_REACTION. Of a comparison that was not imported, the last turn's vote is its
        vote; those of other turns are reactions."""
        if self.kept:
            self.kept_opinions(votes, reactions)
            return
        for rank, row in enumerate(self.rows):
            if row.choice is None:
                continue
            tags = row.tags_a or (), row.tags_b or ()
            comments = row.comment_a or "", row.comment_b or ""
            at = _microseconds(row.timestamp)
            if rank == len(self.rows) - 1:
                category = row.topics[0] if row.topics else None
                unedited = bool(row.suggestion) and not row.is_prompt_edited
                votes.append(self.vote(self.id, at, row.choice, category, unedited, comments, tags))
                continue
            for place, thumb in enumerate(thumbs_of(row.choice)):
                if thumb or tags[place] or comments[place]:
                    id = OURS | int(self.pair[:13], 16) << 10 | (row.turn & 511) << 1 | place
                    about = (thumb, comments[place], tags[place], f"{self.pair}-{rank}")
                    reactions.append(self.reaction(id, at, rank, place, *about))

    def kept_opinions(self, votes: list[tuple[Any, ...]], reactions: list[tuple[Any, ...]]) -> None:
        places = {row.turn: place for place, row in enumerate(self.rows)}
        for came in self.legacy.get(VOTES, ()):
            data = came["data"]
            if data and data["turn"] in places:
                row = self.rows[places[data["turn"]]]
                comments = [
                    (comment or "") if was_given else ""
                    for comment, was_given in zip((row.comment_a, row.comment_b), data["commented"], strict=True)
                ]
                about = data.get("selected_category"), data.get("is_unedited_prompt")
                given = comments, (data["tags_a"], data["tags_b"])
                votes.append(self.vote(int(came["key"]), data["timestamp"], data["choice"], *about, *given))
        for came in self.legacy.get(REACTIONS, ()):
            data = came["data"]
            if data and data["turn"] in places:
                rank = places[data["turn"]]
                place = "ab".index(data["side"])
                row = self.rows[rank]
                comment = (row.comment_b if place else row.comment_a) if data["commented"] else ""
                said = data["thumb"], comment or "", data["tags"], data.get("question_id")
                reactions.append(self.reaction(int(came["key"]), data["timestamp"], rank, place, *said))

    def vote(
        self,
        id: int,
        at: int,
        choice: str,
        category: str | None,
        unedited: bool | None,
        comments: Sequence[str],
        tags: Sequence[Sequence[str]],
    ) -> tuple[Any, ...]:
        a, b = tags
        chosen = {"a_better": self.names[0], "b_better": self.names[1]}.get(choice)
        ticked = [tag in of_side for tag in TAGS for of_side in (a, b)] if a or b else NO_TAGS
        return (id, at, chosen, choice in ("both_good", "both_bad"), category, unedited, *comments, *ticked)

    def reaction(
        self,
        id: int,
        at: int,
        rank: int,
        place: int,
        thumb: int,
        comment: str,
        tags: Sequence[str],
        question: str | None,
    ) -> tuple[Any, ...]:
        row = self.rows[rank]
        return (
            *(id, at, self.names[place], 2 * rank + 1 + (self.systems[place] is not None), "ab"[place]),
            *(self.ids[place], row.text_b if place else row.text_a, row.prompt, thumb > 0, thumb < 0, comment),
            *(tag in tags for tag in TAGS),
            *(rank, question, (row.system_prompt_b if place else row.system_prompt_a) or None),
        )


AS_KEPT = OF_CONVERSATION[OF_CONVERSATION.index("total_conv_a_output_tokens") : -1]
NO_TAGS = (False,) * (2 * len(TAGS))


def _microseconds(moment: Any) -> int:
    return int(moment.timestamp()) * 1_000_000


def _sum(values: Iterable[Any]) -> Any:
    there = [value for value in values if value is not None]
    return sum(there) if there else None


def _columns(file: str, names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> dict[str, pa.Array]:
    values = zip(*rows, strict=True) if rows else ((),) * len(names)
    schema = SCHEMAS[file]
    return {name: pa.array(given, schema.field(name).type) for name, given in zip(names, values, strict=True)}


def _opinions(
    file: str,
    names: Sequence[str],
    rows: Sequence[tuple[Any, ...]],
    repeated: Mapping[str, pa.Array],
    places: Sequence[int],
) -> pa.Table:
    own = _columns(file, names, rows)
    take = pa.array(places, pa.int64())
    return _table(file, {n: own[n] if n in own else repeated[n].take(take) for n in SCHEMAS[file].names})


def _table(file: str, columns: Mapping[str, pa.Array]) -> pa.Table:
    schema = SCHEMAS[file]
    return pa.Table.from_arrays([columns[name] for name in schema.names], schema=schema)
