"""A scripted socket for the page's samples.

Owns the network that a sample sees, and reports what would otherwise hang: a read that would block
without end, and a loop that continues to read after the end. Knows nothing of HTTP.
"""

from collections.abc import Callable, Sequence

SPINNING = 20

Cut = Callable[..., Sequence[bytes]]


class WouldBlockError(Exception):
    """The sample waits for data that never arrives; on a real socket it would hang."""


class WouldSpinError(Exception):
    """The sample keeps reading after the end of input; on a real socket it would spin."""


class ScriptedSocket:
    """Returns the given pieces, one per read; an empty piece is the end of input."""

    def __init__(self, *pieces: bytes) -> None:
        self._pieces = list(pieces)
        self._reads_after_end = 0
        self.reads = 0
        self.sent = b""
        self.closed = False

    def recv(self, size: int) -> bytes:
        """Returns the next piece, which must not be longer than `size`."""
        assert not self.closed, "reading from a closed socket"
        if not self._pieces:
            raise WouldBlockError
        self.reads += 1
        piece = self._pieces[0]
        assert len(piece) <= size
        if piece:
            del self._pieces[0]
        else:
            self._reads_after_end += 1
            if self._reads_after_end > SPINNING:
                raise WouldSpinError
        return piece

    def sendall(self, data: bytes) -> None:
        """Records the data."""
        assert not self.closed, "writing to a closed socket"
        self.sent += data

    def close(self) -> None:
        """Records the call."""
        self.closed = True


def whole(*pieces: bytes) -> Sequence[bytes]:
    """The pieces as they are, one per read."""
    return pieces


def bytewise(*pieces: bytes) -> Sequence[bytes]:
    """The same bytes, one per read; the end of input keeps its place."""
    return [cut for piece in pieces for cut in ([bytes([b]) for b in piece] or [piece])]
