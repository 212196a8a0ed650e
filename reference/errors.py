"""Whose fault it was, and which status code an answer to it would carry.

Owns the exception classes of the public API. Knows nothing of what is an error, or when.
"""


class ProtocolError(Exception):
    """What the two protocol errors have in common; never raised itself.

    ``error_status_hint`` is the status code a server would answer with: 431 for a head over the
    buffer limit (RFC 6585 section 5), 501 for a transfer coding that is not supported (RFC 9112
    section 6.1), 400 for everything else.
    """

    def __init__(self, msg: str, error_status_hint: int = 400) -> None:
        if type(self) is ProtocolError:
            raise TypeError("tried to directly instantiate ProtocolError")
        super().__init__(msg)
        self.error_status_hint = error_status_hint


class LocalProtocolError(ProtocolError):
    """We asked for something that HTTP/1.1 does not allow; nothing was sent."""


class RemoteProtocolError(ProtocolError):
    """The peer sent something that HTTP/1.1 does not allow."""
