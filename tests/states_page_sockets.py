"""A socket that plays a script, for the page's samples.

Owns what a sample sees of the network, and makes visible what would otherwise hang: a read that
would block for ever, and a loop that goes on reading after the end. Knows nothing of HTTP.
"""

from collections.abc import Callable, Sequence

SPINNING = 20

Cut = Callable[..., Sequence[bytes]]


class WouldBlockError(Exception):
    """Nothing more is coming, and the sample waits for it: in life it would hang here."""


class WouldSpinError(Exception):
    """The sample keeps reading after end-of-file: in life it would use up a processor here."""


class ScriptedSocket:
    """Hands out the given pieces one per read; an empty piece is the end of what the peer sends."""

    def __init__(self, *pieces: bytes) -> None:
        self._pieces = list(pieces)
        self._reads_after_end = 0
        self.reads = 0
        self.sent = b""
        self.closed = False

    def recv(self, size: int) -> bytes:
        """The next piece; a longer one than `size` is a mistake in the test."""
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
        """Keep what was sent."""
        assert not self.closed, "writing to a closed socket"
        self.sent += data

    def close(self) -> None:
        """Remember that it was closed."""
        self.closed = True


def whole(*pieces: bytes) -> Sequence[bytes]:
    """The pieces as they are, one per read."""
    return pieces


def bytewise(*pieces: bytes) -> Sequence[bytes]:
    """The same bytes, one per read; an end-of-file stays where it is."""
    return [cut for piece in pieces for cut in ([bytes([b]) for b in piece] or [piece])]
