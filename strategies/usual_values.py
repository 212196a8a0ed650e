"""Usual values: what a reader expects in a message, and how far a value is from it.

Owns the values and the weights. It must not know where in a message a value was found, nor what a
program is.
"""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus

METHOD, METHOD_WITH_BODY = b"GET", b"POST"
TARGET, AUTHORITY = b"/", b"example.com:443"
VERSION, OLD_VERSION = b"HTTP/1.1", b"HTTP/1.0"
HOST = b"example.com"
BODY = b"hello"
NAME, VALUE = b"Name", b"value"
EXTENSION = b";name=value"
LENGTH_FIELD, CODING_FIELD = b"content-length", b"transfer-encoding"

REQUEST_LINE = b"%s %s %s" % (METHOD, TARGET, VERSION)
HOST_LINE = b"Host: %s\r\n" % HOST
STATUS_LINE = b"HTTP/1.1 200 OK"
REQUEST = b"%s\r\n%s\r\n" % (REQUEST_LINE, HOST_LINE)
RESPONSE = b"%s\r\n\r\n" % STATUS_LINE
CHUNK = b"%x\r\n%s\r\n" % (len(BODY), BODY)
LAST_CHUNK = b"0\r\n\r\n"

CODINGS = (b"gzip",)
# The fields that mean something to a connection: how they are written, their usual value, and
# other values that a reader knows.
_FIELDS: dict[bytes, tuple[bytes, bytes, tuple[bytes, ...]]] = {
    b"host": (b"Host", HOST, ()),
    LENGTH_FIELD: (b"Content-Length", b"%d" % len(BODY), ()),
    CODING_FIELD: (b"Transfer-Encoding", b"chunked", CODINGS),
    b"connection": (b"Connection", b"close", (b"keep-alive", b"close, keep-alive")),
    b"upgrade": (b"Upgrade", b"websocket", ()),
    b"expect": (b"Expect", b"100-continue", ()),
}
_METHODS = (b"HEAD", b"CONNECT", b"PUT", b"DELETE", b"OPTIONS")
_STATUSES = (204, 304, 404, 100, 101)
# Values that no reader takes for something else: unusual, but well known.
_KNOWN, _NEAR, _ODD = 1, 2, 3


def is_near(text: bytes, usual: bytes) -> bool:
    """Whether a text is a usual one with something inserted at one place, or nothing at all."""
    if not text:
        return True
    start = 0
    while start < len(usual) and text[start : start + 1] == usual[start : start + 1]:
        start += 1
    return len(text) > len(usual) and text.endswith(usual[start:])


def near(text: bytes, usual: bytes) -> Iterator[bytes]:
    """Yields the usual text, and then with what is odd about another text inserted into it."""
    yield usual
    if usual.lower() in text.lower():
        yield usual.upper()
    odd = dict.fromkeys(
        text[at : at + 1]
        for at in range(min(len(text), 100))
        if not text[at : at + 1].isalnum() and text[at] not in usual
    )
    middle = (len(usual) + 1) // 2
    for byte in list(odd)[:2]:
        for at in (0, middle, len(usual)):
            yield usual[:at] + byte + usual[at:]


def body(length: int) -> bytes:
    """Returns the usual body of this length."""
    return (BODY * (length // len(BODY) + 1))[:length]


def body_weight(text: bytes) -> int:
    """Returns how unusual a body is, or a part of one; any part of the usual one is usual."""
    if len(text) <= len(BODY):
        return 0 if BODY.startswith(text) else _NEAR
    return _KNOWN if text == body(len(text)) else _NEAR


def whole_body_weight(text: bytes) -> int:
    """Returns how unusual a whole body is, of which a part alone is not usual."""
    return 0 if text == BODY else max(body_weight(text), _KNOWN) + (not text)


def _weight(text: bytes, usual: bytes, known: tuple[bytes, ...] = ()) -> int:
    if text == usual:
        return 0
    if text in known or text.lower() == usual.lower():
        return _KNOWN
    return _NEAR if is_near(text, usual) else _ODD


def usual_method(*, framed: bool) -> bytes:
    """Returns the usual method of a request; ``framed`` if fields announce a body."""
    return METHOD_WITH_BODY if framed else METHOD


def method_weight(method: bytes, *, framed: bool) -> int:
    """Returns how unusual a method is, in a request with or without a framing field."""
    usual = usual_method(framed=framed)
    return _weight(method, usual, (METHOD, METHOD_WITH_BODY, *_METHODS))


def methods(method: bytes, *, framed: bool) -> Iterator[bytes]:
    """Yields methods that may take the place of one, the most usual one first."""
    yield from near(method, usual_method(framed=framed))
    yield from _METHODS[:3]


def target_weight(target: bytes, method: bytes) -> int:
    """Returns how unusual a target is, in a request with this method."""
    return _weight(target, AUTHORITY if method == b"CONNECT" else TARGET, (TARGET, b"*"))


def targets(target: bytes, method: bytes) -> Iterator[bytes]:
    """Yields targets that may take the place of one, the most usual one first."""
    if method == b"CONNECT":
        yield AUTHORITY
    yield from near(target, TARGET)


def version_weight(version: bytes) -> int:
    """Returns how unusual a version is."""
    return _weight(version, VERSION, (OLD_VERSION,))


def versions(version: bytes) -> Iterator[bytes]:
    """Yields versions that may take the place of one, the most usual one first."""
    yield from near(version, VERSION)
    yield OLD_VERSION


def reason_of(status: int) -> bytes:
    """Returns the usual reason of a status code."""
    try:
        return HTTPStatus(status).phrase.encode()
    except ValueError:
        return b"OK"


def status_weight(status: int | bytes, usual: int = 200) -> int:
    """Returns how unusual a status code is, as a number or as it was received."""
    text = b"%d" % status if isinstance(status, int) else status
    return _weight(text, b"%d" % usual, tuple(b"%d" % each for each in (200, *_STATUSES)))


def statuses(usual: int = 200) -> Iterator[int]:
    """Yields status codes that may take the place of another one, the most usual one first."""
    yield usual
    yield from _STATUSES


def has_framing(names: Iterator[bytes]) -> bool:
    """Whether one of some field names announces a body."""
    return any(name.strip().lower() in (LENGTH_FIELD, CODING_FIELD) for name in names)


def name_weight(name: bytes) -> int:
    """Returns how unusual a field name is, and how it is written."""
    known = _FIELDS.get(name.strip().lower())
    return _weight(name, NAME if known is None else known[0])


def names(name: bytes) -> Iterator[bytes]:
    """Yields field names that may take the place of one, the most usual one first."""
    known = _FIELDS.get(name.strip().lower())
    if known is not None:
        yield from near(name, known[0])
    yield from near(name, NAME)


def value_weight(name: bytes, value: bytes) -> int:
    """Returns how unusual a value is for a field of this name."""
    key = name.strip().lower()
    if key == LENGTH_FIELD and value.isdigit() and (value[:1] != b"0" or value == b"0"):
        return 0 if value == _FIELDS[key][1] else _KNOWN
    _, usual, known = _FIELDS.get(key, (NAME, VALUE, ()))
    return _weight(value, usual, known)


def values(name: bytes, value: bytes) -> Iterator[bytes]:
    """Yields values that may take the place of one, the most usual one first."""
    _, usual, known = _FIELDS.get(name.strip().lower(), (NAME, VALUE, ()))
    yield from near(value, usual)
    yield from known


def text_weight(text: bytes, usual: bytes) -> int:
    """Returns how far a text is from the only usual one."""
    return _weight(text, usual)
