"""What a head says about the connection it travels on.

Owns the reading of the fields that are options of the connection rather than of the message. The
state machine decides what follows from them.
"""

from collections.abc import Set as AbstractSet

from .events import Event, InformationalResponse, Request, Response
from .headers import tokens
from .states import CONNECT, UPGRADE


def keeps_alive(head: Request | Response) -> bool:
    """Whether the connection may be used again after this message.

    RFC 9112 section 9.3, without its exception for a keep-alive in HTTP/1.0: h11 makes none.
    """
    return head.http_version >= b"1.1" and b"close" not in tokens(head.headers, b"connection")


def expects_continue(request: Request) -> bool:
    """Whether the client waits for 100 (Continue) before it sends the body.

    RFC 9110 section 10.1.1: a client of an older version cannot.
    """
    return request.http_version >= b"1.1" and b"100-continue" in tokens(request.headers, b"expect")


def proposals(request: Request) -> set[str]:
    """Returns what the request proposes to switch to.

    h11 takes Upgrade at its word even without the connection option of RFC 9110 section 7.8.
    """
    proposed = {CONNECT} if request.method == b"CONNECT" else set[str]()
    return proposed | {UPGRADE} if tokens(request.headers, b"upgrade") else proposed


def accepted(event: Event, proposed: AbstractSet[str]) -> str | None:
    """Returns which proposal a server accepts by saying ``event``, or None.

    A 101 always accepts an upgrade, proposed or not (RFC 9110 section 15.2.2): to say it unasked is
    an error. A 2xx accepts nothing unless a CONNECT was proposed (section 9.3.6).
    """
    if type(event) is InformationalResponse:
        return UPGRADE if event.status_code == 101 else None
    if type(event) is Response and event.status_code < 300 and CONNECT in proposed:
        return CONNECT
    return None
