"""Bytes received and not yet read.

Owns the bytes and how far they have been searched, so that input that comes in small pieces costs
no more than one search of the whole. Knows line ends, and nothing of what is between them.
"""

from .grammar import find_blank_line


class ReceiveBuffer:
    """A queue of bytes that lines and blocks are taken from, or None where they are incomplete."""

    def __init__(self) -> None:
        self.data = bytearray()
        self._searched = 0

    def take(self, limit: int) -> bytearray:
        """Returns what there is, at most ``limit`` bytes."""
        if limit >= len(self.data):
            return self.take_all()
        taken = self.data[:limit]
        self._drop(limit)
        return taken

    def take_all(self) -> bytearray:
        """Returns what there is, without copying it."""
        taken, self.data = self.data, bytearray()
        self._searched = 0
        return taken

    def take_line(self) -> bytearray | None:
        """Returns the bytes up to and including the next CR LF."""
        end = self.data.find(b"\r\n", self._searched)
        if end < 0:
            # The CR of a line end may be the last byte so far.
            self._searched = max(0, len(self.data) - 1)
            return None
        return self.take(end + 2)

    def take_lines(self) -> bytes | None:
        """Returns the lines up to and without the next empty one, which goes with them.

        They end in LF or CR LF, as the sender likes. No lines (b"") when the empty one comes first.
        """
        for empty in (b"\n", b"\r\n"):
            if self.data.startswith(empty):
                self._drop(len(empty))
                return b""
        blank = find_blank_line(self.data, self._searched)
        if blank is None:
            # At most LF CR of an empty line have been seen.
            self._searched = max(0, len(self.data) - 2)
            return None
        start, end = blank.span()
        lines = bytes(self.data[: start + 1])
        self._drop(end)
        return lines

    def _drop(self, size: int) -> None:
        del self.data[:size]
        self._searched = 0
