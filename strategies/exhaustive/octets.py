"""Each kind of byte at every position class of every grammar production, received and sent.

Owns the positions, which templates mark: each of ``BYTES`` replaces the byte after ``@``, and is
inserted at ``|``, between two classes of positions. An insertion inside a run of one class, or at
its edge, would hardly differ from a replacement there, unless the run has one byte or is a word
that means something.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import combinations
from typing import NamedTuple

from ..program import Drain, EventSpec, Program, Receive, ReceiveEOF, Role, Send, Step

_MARK = re.compile(rb"([@|])")


# Controls between two others that are no blanks and no line ends either.
_LIKE_THEIR_NEIGHBOURS = (range(0x02, 0x08), range(0x0F, 0x1B))
# Letters that are no digits in any base, begin no prefix of a number, and have no special case.
_LIKE_OTHER_LETTERS = b"jlmnpqruvJLMNPQRUV"


def _class_of(value: int) -> tuple[object, ...]:
    """What Unicode says of the character with this code: string methods tell apart no more."""
    one = chr(value)
    parts = unicodedata.normalize("NFKD", one)
    return (
        *(unicodedata.category(one), one.isdigit(), one.isnumeric(), one.isspace(), one.isalpha()),
        *(len(one.upper()), len(one.casefold()), len(parts), parts.isascii()),
    )


def _representatives() -> Iterator[bytes]:
    """Yields all bytes of ASCII but some controls and letters, and a few of the others.

    Of the controls that no method of str tells apart, the first and the last of each run are
    yielded. Letters are left out that mean nothing but themselves, as most do. All bytes above
    ASCII are obs-text to HTTP (RFC 9110 §5.5). An implementation that tells some of them apart does
    so with the methods of str on ISO 8859-1: the first and the last one of each class are yielded.
    """
    classes: dict[tuple[object, ...], list[int]] = {}
    for value in range(128, 256):
        classes.setdefault(_class_of(value), []).append(value)
    others = {value for members in classes.values() for value in (members[0], members[-1])}
    ascii_bytes = set(range(128)).difference(*_LIKE_THEIR_NEIGHBOURS, _LIKE_OTHER_LETTERS)
    for value in (*sorted(ascii_bytes), *sorted(others)):
        yield bytes([value])


BYTES = tuple(_representatives())
GET = Send(EventSpec.of("Request", method=b"GET", target=b"/", headers=[(b"Host", b"a")]))
END = Send(EventSpec("EndOfMessage"))
OK = Send(EventSpec.of("Response", status_code=200, headers=[]))
ASKED: tuple[Step, ...] = (GET, END)
_CHUNKED_POST = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"


class Template(NamedTuple):
    """A message with marks, the steps before it, and the production that the marks are in."""

    production: str
    role: Role
    before: tuple[Step, ...]
    message: bytes


def _to_client(production: str, *messages: bytes) -> tuple[Template, ...]:
    return tuple(Template(production, "client", ASKED, message) for message in messages)


def _to_server(production: str, *messages: bytes) -> tuple[Template, ...]:
    return tuple(Template(production, "server", (), message) for message in messages)


def _chunks_to_server(production: str, *messages: bytes) -> tuple[Template, ...]:
    before: tuple[Step, ...] = (Receive(_CHUNKED_POST), Drain())
    return tuple(Template(production, "server", before, message) for message in messages)


RECEIVED: tuple[Template, ...] = (
    *_to_server(
        "request-line",
        b"@G@E@T@ |@/@a@b@ |@HTT@P@/@1@.@1|@\r|@\nHost: a\r\n\r\n",
        b"GET / HTTP/1@.@0|\r\n\r\n",
    ),
    *_to_server(
        "field-line",
        b"GET / HTTP/1.1\r\n@H@os@t@:@ @a@b@c@\r|@\n|X: y\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\n@ @y\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX: y@\r@\n@ |@z|@ |@\r@\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX:|y|@ \r\nX:|\r\n\r\n",
    ),
    *_to_server(
        "end of the header section", b"GET / HTTP/1.1\r\nHost: a\r\n|@\r|@\n|@GET / HTTP/1.1"
    ),
    *_to_server(
        "framing fields",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: |@1@2|\r\n\r\n0123456789ab",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2|@,|@ 2\r\n\r\nhi",
        b"P / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:|@c@hunke@d|\r\n\r\n1\r\nh\r\n0\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nConnection: |@c@los@e|\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nConnection: a|@,|@ close\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nExpect: |@1@00-continu@e|\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: |@b|\r\n\r\nc",
        b"GET / HTTP/1.1\r\nHost: |@a|\r\n\r\n",
    ),
    *_chunks_to_server("chunk", b"|@2|@\r|@\n@h@i|@\r|@\n|@0|@\r|@\n|@\r|@\n|@GET"),
    *_chunks_to_server(
        "chunk", b"2@ |@;|@ @a|@=|@b|\r\nhi\r\n0\r\n\r\n", b"@0@a\r\n0123456789\r\n0\r\n\r\n"
    ),
    *_chunks_to_server("chunk", b'2;a="|@b@"|\r\nhi\r\n0|;@a|\r\n\r\n'),
    *_chunks_to_server("trailer", b"0\r\n@X@y@:@ |@z|@\r|@\n@ @w@\r@\n|@\r|@\n"),
    *_to_client(
        "status-line",
        b"|@HTT@P@/@1@.@1|@ |@2@0@0|@ @O@K@\r|@\n\r\n",
        b"HTTP/1.1 204|@\r\n\r\n",
        b"HTTP/1.0 200 @\r@\n\r\nbody",
    ),
    *_to_client(
        "field-line",
        b"HTTP/1.1 200 OK\r\n@X@y@:@z@w@\r@\n@\r@\n@a",
        b"HTTP/1.1 200 OK\r\nContent-Length: @1|\r\n\r\na",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: @c@hunked|\r\n\r\n1\r\na\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: @c@lose|\r\n\r\n",
    ),
    *_to_client(
        "chunk", b"HTTP/1.1 200 \r\nTransfer-Encoding: chunked\r\n\r\n@1\r\na@\r@\n@0\r\n\r\n@H"
    ),
)
# Positions at which a wrong byte can be refused at once.
ARRIVING: tuple[Template, ...] = (
    *_to_server("request-line", b"@G@ET @/ @HTTP/1.@1@\r@\n@H"),
    *_to_server("end of the header section", b"GET / HTTP/1.1\r\nHost: a\r\n@\r@\n"),
    *_chunks_to_server("chunk", b"@1@\r@\n@a@\r@\n@0\r@\n@\r@\n"),
    *_to_client("status-line", b"@H@TTP/1.1@ 200 OK@\r@\n"),
)


def _marked(template: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yields the part before each mark, and the part after the byte to be placed there."""
    pieces = _MARK.split(template)
    for at in range(1, len(pieces), 2):
        rest = b"".join(pieces[at + 1 :: 2])
        yield b"".join(pieces[:at:2]), rest[1:] if pieces[at] == b"@" else rest


def _with_each_byte(templates: tuple[Template, ...]) -> Iterator[tuple[Template, bytes, bytes]]:
    """Yields the message up to each marked position with each byte in it, and the rest."""
    for template in templates:
        for start, rest in _marked(template.message):
            for byte in BYTES:
                yield template, start + byte, rest


def left_out() -> Iterator[Program]:
    """Yields each message of RECEIVED without the part between two of its marks.

    A mark at a byte counts on both sides of it, so that single bytes are omitted as well.
    """
    for template in RECEIVED:
        for message in parts_left_out(template.message):
            end = (Receive(message), ReceiveEOF(), Drain())
            yield Program(template.role, (*template.before, *end))


def parts_left_out(template: bytes) -> list[bytes]:
    """Returns the message without each part that begins and ends at a side of a mark."""
    whole = _MARK.sub(b"", template)
    sides: set[int] = set()
    for start, rest in _marked(template):
        sides |= {len(start), len(whole) - len(rest)}
    pairs = combinations(sorted(sides), 2)
    return list(dict.fromkeys(whole[:start] + whole[end:] for start, end in pairs))


def received() -> Iterator[Program]:
    """Yields each marked position of RECEIVED with each byte.

    The end of input follows, so that a message that is still incomplete shows as well.
    """
    for template, start, rest in _with_each_byte(RECEIVED):
        end = (Receive(start + rest), ReceiveEOF(), Drain())
        yield Program(template.role, (*template.before, *end))


def arriving() -> Iterator[Program]:
    """Yields each marked position of ARRIVING with each byte, and nothing after it.

    A message that can no longer become valid may be refused at once; one that can must not be.
    """
    for template, start, _ in _with_each_byte(ARRIVING):
        yield Program(template.role, (*template.before, Receive(start), Drain()))


class _Argument(NamedTuple):
    """The steps before, an event, and which of its arguments has the marks."""

    role: Role
    before: tuple[Step, ...]
    event: str
    others: tuple[tuple[str, object], ...]
    name: str
    template: bytes
    field: bytes = b""


_HOST = (b"Host", b"a")
_LINE = (("method", b"GET"), ("target", b"/"), ("headers", (_HOST,)))
_RECEIVED_GET: tuple[Step, ...] = (Receive(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"), Drain())
_CHUNKED = Send(
    EventSpec.of(
        "Request", method=b"POST", target=b"/", headers=[_HOST, (b"Transfer-Encoding", b"chunked")]
    )
)

SENT: tuple[_Argument, ...] = (
    _Argument("client", (), "Request", _LINE, "method", b"@G@E@T"),
    _Argument("client", (), "Request", _LINE, "target", b"|@/@a@b"),
    _Argument("client", (), "Request", _LINE, "http_version", b"@1@.@1"),
    _Argument("client", (), "Request", _LINE, "headers", b"@X@y@z", b"name"),
    _Argument("client", (), "Request", _LINE, "headers", b"@a@b@c", b"X"),
    _Argument("client", (), "Request", _LINE, "headers", b"@a@b@c", b"Host"),
    _Argument("client", (), "Request", _LINE, "headers", b"|@1@2|", b"Content-Length"),
    _Argument("client", (), "Request", _LINE, "headers", b"|@c@hunke@d|", b"Transfer-Encoding"),
    _Argument("client", (), "Request", _LINE, "headers", b"|@c@los@e|", b"Connection"),
    _Argument("client", (), "Request", _LINE, "headers", b"|@1@00-continu@e|", b"Expect"),
    _Argument("client", (), "Request", _LINE, "headers", b"|@a|", b"Upgrade"),
    _Argument("client", (_CHUNKED,), "EndOfMessage", (), "headers", b"@X@y", b"name"),
    _Argument("client", (_CHUNKED,), "EndOfMessage", (), "headers", b"@a@b", b"X"),
    _Argument("client", (_CHUNKED,), "Data", (), "data", b"@a@b"),
    *(
        _Argument("server", _RECEIVED_GET, event, (("status_code", status),), name, template, field)
        for event, status in (("Response", 200), ("InformationalResponse", 103))
        for name, template, field in (
            ("reason", b"@a@b@c", b""),
            ("http_version", b"@1@.@1", b""),
            ("headers", b"@X@y", b"name"),
            ("headers", b"@a@b", b"X"),
        )
    ),
    _Argument("server", (*_RECEIVED_GET, OK), "EndOfMessage", (), "headers", b"@X@y", b"name"),
    _Argument("server", (*_RECEIVED_GET, OK), "EndOfMessage", (), "headers", b"@a@b", b"X"),
    *(
        _Argument(
            "server", _RECEIVED_GET, "Response", (("status_code", 200),), "headers", value, name
        )
        for name, value in (
            (b"Content-Length", b"|@1@2|"),
            (b"Transfer-Encoding", b"@c@hunked|"),
            (b"Connection", b"|@c@los@e|"),
        )
    ),
)


def sent() -> Iterator[Program]:
    """Yields each marked position of an argument of SENT with each byte.

    The message continues after it, so that its framing shows as well.
    """
    for argument in SENT:
        for start, rest in _marked(argument.template):
            for byte in BYTES:
                yield _with(argument, start + byte + rest)


def _with(argument: _Argument, value: bytes) -> Program:
    arguments = dict(argument.others)
    if argument.name == "headers":
        field = (value, b"a") if argument.field == b"name" else (argument.field, value)
        # A Host with marks replaces the one that every request needs.
        needed = argument.event == "Request" and argument.field != b"Host"
        arguments["headers"] = (*([_HOST] if needed else []), field)
    else:
        arguments[argument.name] = value
    if argument.event not in ("Data", "EndOfMessage"):
        arguments.setdefault("headers", ())
    event = EventSpec(argument.event, tuple(arguments.items()))
    return Program(argument.role, (*argument.before, Send(event), END))
