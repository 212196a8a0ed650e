"""Where a message's body ends: RFC 9112 section 6.3, in its own order.

Owns that decision for messages read and written, and the fields that tell it to a recipient. What
is in those fields is in normal form already: a single "chunked", a single number.
"""

from dataclasses import replace
from enum import Enum

from .events import Request, Response
from .headers import field, replaced, tokens


class Framing(Enum):
    """The two framings besides a length."""

    CHUNKED = "chunked"
    UNTIL_CLOSE = "until close"


def body_framing(request_method: bytes | None, head: Request | Response) -> Framing | int:
    """Returns how the body after ``head`` is framed: a Framing, or its length in bytes.

    Args:
        request_method: of the request that ``head`` is, or answers; None if it answers none.
    """
    if type(head) is Response:  # rules 1 and 2, whatever the fields say
        if head.status_code in (204, 304) or request_method == b"HEAD":
            return 0
        if request_method == b"CONNECT" and head.status_code < 300:
            return 0
    if field(head.headers, b"transfer-encoding"):
        return Framing.CHUNKED  # rules 3 and 4: it overrides a Content-Length
    length = field(head.headers, b"content-length")
    if length is not None:
        return int(length)  # rules 5 and 6: an invalid one has been refused with the head
    return 0 if type(head) is Request else Framing.UNTIL_CLOSE  # rules 7 and 8


def framed_response(
    response: Response,
    request_method: bytes | None,
    their_http_version: bytes | None,
    keep_alive: bool,
) -> Response:
    """Returns the response with the fields that tell this very peer where its body ends.

    RFC 9112 section 6.1: no Transfer-Encoding for a client that is not known to speak 1.1; its body
    lasts until the connection closes. Section 9.6: who is going to close says so.
    """
    headers = response.headers
    close = not keep_alive
    # A response to HEAD has the fields of one to GET (RFC 9110 section 9.3.2).
    method = b"GET" if request_method == b"HEAD" else request_method
    if isinstance(body_framing(method, response), Framing):
        chunked = their_http_version is not None and their_http_version >= b"1.1"
        close = close or not chunked
        headers = replaced(headers, b"content-length", [])
        headers = replaced(headers, b"transfer-encoding", [b"chunked"] if chunked else [])
    if close:
        options = {*tokens(headers, b"connection"), b"close"} - {b"keep-alive"}
        headers = replaced(headers, b"connection", sorted(options))
    return replace(response, headers=headers)
