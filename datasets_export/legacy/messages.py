"""A column of conversations, built flat: Arrow would take ten times longer over lists of dictionaries. Pure."""

import pyarrow as pa

from .columns import MESSAGE, MESSAGES, METADATA


class Messages:
    """Both sides' messages are put in with `open`, then `add` a turn; `array` gives the column."""

    def __init__(self) -> None:
        self.starts: list[int] = []
        self.roles: list[str] = []
        self.contents: list[str] = []
        self.reasonings: list[str | None] = []
        self.generation_ids: list[str | None] = []
        self.tokens: list[int | None] = []
        self.durations: list[float | None] = []
        self.is_bare: list[bool] = []

    def open(self, system: str | None) -> None:
        """A new conversation, that a system message opens unless it is None."""
        self.starts.append(len(self.roles))
        if system is not None:
            self._put("system", system)

    def add(
        self,
        question: str,
        text: str,
        reasoning: str,
        generation_id: str,
        tokens: int | None,
        milliseconds: int | None,
    ) -> None:
        self.roles += "user", "assistant"
        self.contents += question, text
        self.reasonings += None, reasoning or None
        self.generation_ids += None, generation_id or None
        self.tokens += None, tokens
        self.durations += None, None if milliseconds is None else milliseconds / 1000
        self.is_bare += True, not generation_id and tokens is None and milliseconds is None

    def array(self) -> pa.ListArray:
        metadata = pa.StructArray.from_arrays(
            [
                pa.array(self.generation_ids, pa.string()),
                pa.array(self.tokens, pa.int64()),
                pa.array(self.durations, pa.float64()),
            ],
            fields=list(METADATA),
            mask=pa.array(self.is_bare, pa.bool_()),
        )
        messages = pa.StructArray.from_arrays(
            [
                pa.array(self.roles, pa.string()),
                pa.array(self.contents, pa.string()),
                pa.array(self.reasonings, pa.string()),
                metadata,
            ],
            fields=list(MESSAGE),
        )
        offsets = pa.array([*self.starts, len(self.roles)], pa.int32())
        return pa.ListArray.from_arrays(offsets, messages, type=MESSAGES)

    def _put(self, role: str, content: str) -> None:
        self.roles.append(role)
        self.contents.append(content)
        self.reasonings.append(None)
        self.generation_ids.append(None)
        self.tokens.append(None)
        self.durations.append(None)
        self.is_bare.append(True)
