"""Server-sent events, as language models send them: one line of data an event."""

MAX_LINE_BYTES = 1024 * 1024


class LineTooLong(Exception):
    """A line went past `MAX_LINE_BYTES` without an end."""


class DataLines:
    """Cuts a stream of bytes into the values of its `data:` lines, wherever the reads fall."""

    __slots__ = ("_pieces", "_size")

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._size = 0

    def feed(self, data: bytes) -> list[bytes]:
        """The values that this read completes. Comments and other fields are skipped. Raises LineTooLong."""
        lines = data.split(b"\n")
        rest = lines.pop()
        if lines and self._pieces:
            lines[0] = b"".join((*self._pieces, lines[0]))
            self._pieces.clear()
            self._size = 0
        if rest:
            self._keep(rest)
        return [line[5:].strip() for line in lines if line.startswith(b"data:")]

    def _keep(self, rest: bytes) -> None:
        self._pieces.append(rest)
        self._size += len(rest)
        if self._size > MAX_LINE_BYTES:
            raise LineTooLong
