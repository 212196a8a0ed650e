"""The names a connection speaks in: two roles, nine states, and two results other than events.

Owns nothing but identity. A sentinel is compared with ``is``, prints as its bare name, and is its
own type, so that ``type(conn.next_event())`` can be looked up in one table beside the event
classes.
"""

from typing import Any


class Sentinel(type):
    """A named object that is an instance of itself; copies and pickles are the same object."""

    def __new__(
        mcs, name: str, bases: tuple[type, ...], namespace: dict[str, Any], /, **kwargs: Any
    ) -> "Sentinel":
        assert bases == (Sentinel,)  # a sentinel is neither subclassed nor called
        sentinel = super().__new__(mcs, name, bases, namespace, **kwargs)
        # Only a subclass of ``type`` may become its own class: hence a metaclass of itself.
        sentinel.__class__ = sentinel  # type: ignore[assignment]  # its own type
        return sentinel

    def __repr__(self) -> str:
        return self.__name__


class CLIENT(Sentinel, metaclass=Sentinel):
    """The role that sends requests and receives responses."""


class SERVER(Sentinel, metaclass=Sentinel):
    """The role that receives requests and sends responses."""


class IDLE(Sentinel, metaclass=Sentinel):
    """Nothing of this cycle has been sent by this side."""


class SEND_RESPONSE(Sentinel, metaclass=Sentinel):
    """The server owes a response."""


class SEND_BODY(Sentinel, metaclass=Sentinel):
    """A head was sent; Data and EndOfMessage follow."""


class DONE(Sentinel, metaclass=Sentinel):
    """This side's message is complete, and the connection may be used again."""


class MUST_CLOSE(Sentinel, metaclass=Sentinel):
    """This side's message is complete, and it can only close."""


class CLOSED(Sentinel, metaclass=Sentinel):
    """This side has closed; the other may still be sending."""


class ERROR(Sentinel, metaclass=Sentinel):
    """This side broke the protocol, or we no longer know what it sent."""


class MIGHT_SWITCH_PROTOCOL(Sentinel, metaclass=Sentinel):
    """The client has asked for another protocol and waits for the answer."""


class SWITCHED_PROTOCOL(Sentinel, metaclass=Sentinel):
    """What follows on this connection is not HTTP/1.1 any more."""


class NEED_DATA(Sentinel, metaclass=Sentinel):
    """No event until more data is received."""


class PAUSED(Sentinel, metaclass=Sentinel):
    """No event until the connection goes on to its next cycle or protocol."""
