"""Short lines of few kinds of bytes in every place of a line, and usual values in every spelling.

Owns the lines, the values of the fields that HTTP/1.1 acts on, and the spellings of tokens. The
sweeps of octets change one byte of a valid message; a line of two delimiters alone, another coding
or a whole word in another case is further away than that.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from ..program import Drain, EventSpec, Program, Receive, ReceiveEOF, Role, Send, Step

_END = Send(EventSpec("EndOfMessage"))
_GET = Send(EventSpec.of("Request", method=b"GET", target=b"/", headers=[(b"Host", b"a")]))
_ASKED: tuple[Step, ...] = (_GET, _END)
# Of these, lines are made: delimiters, blanks, parts of a line end, what is a name or a number.
SYMBOLS = (b":", b" ", b"\t", b"a", b"1", b",", b";", b"=", b'"', b"\r", b"\x00", b"\x80")
# Of these, lines of three are made as well.
FEW_SYMBOLS = SYMBOLS[:5]
# Messages with a place for a line, which is marked.
PLACES: tuple[tuple[Role, tuple[Step, ...], bytes], ...] = (
    ("server", (), b"@\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"),
    ("server", (), b"P / HTTP/1.1\r\nHost: a\r\n@\r\nContent-Length: 2\r\n\r\nabc"),
    (
        "server",
        (Receive(b"P / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"), Drain()),
        b"1\r\na\r\n0\r\nX: y\r\n@\r\nZ: z\r\n\r\nb",
    ),
    (
        "server",
        (Receive(b"P / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"), Drain()),
        b"@\r\na\r\n0\r\n\r\nb",
    ),
    ("client", _ASKED, b"@\r\nContent-Length: 2\r\n\r\nabc"),
    ("client", _ASKED, b"HTTP/1.1 200 OK\r\n@\r\nContent-Length: 2\r\n\r\nabc"),
)


def short_lines() -> list[bytes]:
    """Returns all lines of up to two symbols, and those of three of the few symbols."""
    made = [b"", *SYMBOLS]
    made += (b"".join(each) for each in product(SYMBOLS, repeat=2))
    made += (b"".join(each) for each in product(FEW_SYMBOLS, repeat=3))
    return made


def short() -> Iterator[Program]:
    """Yields each short line in each place."""
    for role, before, message in PLACES:
        for line in short_lines():
            received = Receive(message.replace(b"@", line))
            yield Program(role, (*before, received, ReceiveEOF(), Drain()))


# Codings in a list, and how they may be written.
CODINGS = (b"chunked", b"identity", b"gzip", b"deflate", b"x-chunked", b"chunked;a=b", b"")
# Values of fields that decide about bodies and connections, beside the lists of codings.
VALUES: dict[bytes, tuple[bytes, ...]] = {
    b"Content-Length": (
        *(
            b"2",
            b"2,",
            b",2",
            b"2 , 2",
            b"2;2",
            b"2.0",
            b"2e0",
            b"-2",
            b"+2",
            b'"2"',
            b"0x2",
            b"2_0",
        ),
        *(b" 2", b"2\t", b"two", b"2\x0b", b"\xb2", b"2\xa0", b"00000000000000000002", b"2, 2, 2"),
    ),
    b"Connection": (
        *(b"close", b"close,", b",close", b"x,close", b"close;a", b'"close"', b"close x"),
        *(b"keep-alive", b"keep-alive, close", b"closed", b"upgrade", b"upgrade, close", b""),
    ),
    b"Expect": (b"100-continue", b"100-continue,", b"100-continue, x", b"x", b"100", b""),
    b"Upgrade": (b"a", b"a, b", b"", b","),
    b"Host": (b"", b"b", b"b:1", b"b, c", b"[::1]", b"b c"),
}
_CHUNKS = b"2\r\nab\r\n0\r\n\r\n"
# Words that have a meaning, each in a message, in the place of the mark.
WORDS: tuple[tuple[Role, tuple[Step, ...], bytes, bytes], ...] = (
    ("server", (), b"@ a:1 HTTP/1.1\r\nHost: a\r\n\r\nabc", b"CONNECT"),
    ("server", (), b"@ / HTTP/1.1\r\nHost: a\r\n\r\nabc", b"HEAD"),
    ("server", (), b"GET / @/1.1\r\nHost: a\r\n\r\n", b"HTTP"),
    ("server", (), b"GET / HTTP/1.1\r\n@: a\r\n\r\n", b"Host"),
    ("server", (), b"P / HTTP/1.1\r\nHost: a\r\n@: 2\r\n\r\nabc", b"Content-Length"),
    (
        "server",
        (),
        b"P / HTTP/1.1\r\nHost: a\r\n@: chunked\r\n\r\n" + _CHUNKS,
        b"Transfer-Encoding",
    ),
    (
        "server",
        (),
        b"P / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: @\r\n\r\n" + _CHUNKS,
        b"chunked",
    ),
    ("server", (), b"GET / HTTP/1.1\r\nHost: a\r\n@: close\r\n\r\n", b"Connection"),
    ("server", (), b"GET / HTTP/1.1\r\nHost: a\r\nConnection: @\r\n\r\n", b"close"),
    ("server", (), b"GET / HTTP/1.1\r\nHost: a\r\nConnection: x, @\r\n\r\n", b"close"),
    (
        "server",
        (),
        b"P / HTTP/1.1\r\nHost: a\r\n@: 100-continue\r\nContent-Length: 2\r\n\r\n",
        b"Expect",
    ),
    (
        "server",
        (),
        b"P / HTTP/1.1\r\nHost: a\r\nExpect: @\r\nContent-Length: 2\r\n\r\n",
        b"100-continue",
    ),
    ("server", (), b"GET / HTTP/1.1\r\nHost: a\r\n@: b\r\n\r\nabc", b"Upgrade"),
    ("client", _ASKED, b"@/1.1 200 OK\r\nContent-Length: 2\r\n\r\nabc", b"HTTP"),
    ("client", _ASKED, b"HTTP/1.1 200 OK\r\n@: 2\r\n\r\nabc", b"Content-Length"),
    ("client", _ASKED, b"HTTP/1.1 200 OK\r\n@: chunked\r\n\r\n" + _CHUNKS, b"Transfer-Encoding"),
    ("client", _ASKED, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: @\r\n\r\n" + _CHUNKS, b"chunked"),
    ("client", _ASKED, b"HTTP/1.1 204 \r\nConnection: @\r\n\r\n", b"close"),
)
# Words that have a meaning in what is sent: the method, a field's name, or its value.
SENT_WORDS: tuple[tuple[str, bytes], ...] = (
    ("method", b"CONNECT"),
    ("method", b"HEAD"),
    ("name", b"Content-Length"),
    ("name", b"Transfer-Encoding"),
    ("name", b"Connection"),
    ("name", b"Host"),
    ("name", b"Expect"),
    ("name", b"Upgrade"),
    ("value", b"chunked"),
    ("value", b"close"),
    ("value", b"100-continue"),
)
_VALUE_OF = {
    b"content-length": b"2",
    b"transfer-encoding": b"chunked",
    b"connection": b"close",
    b"host": b"b",
    b"expect": b"100-continue",
    b"upgrade": b"b",
}
_FRAMING = (b"content-length", b"transfer-encoding")
_NAME_OF = {b"chunked": b"Transfer-Encoding", b"close": b"Connection", b"100-continue": b"Expect"}


# Requests, and fields of the responses to them.
ANSWERED = (
    b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    b"GET / HTTP/1.0\r\n\r\n",
    b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
    b"\x00\r\n\r\n",
)
ANSWERS = (
    (b"Content-Length", b"2"),
    (b"Transfer-Encoding", b"chunked"),
    (b"Connection", b"close"),
    (b"Connection", b"keep-alive"),
    (b"Connection", b"x"),
)


def spellings(word: bytes) -> list[bytes]:
    """Returns a word in lower, upper, title and swapped case, and with one letter in other case."""
    some = [word, word.lower(), word.upper(), word.title(), word.swapcase(), word.capitalize()]
    for at in (0, len(word) - 1):
        some.append(word[:at] + word[at : at + 1].swapcase() + word[at + 1 :])
    return list(dict.fromkeys(some))


def codings() -> list[bytes]:
    """Returns lists of up to two codings, and some of three."""
    lists = [*CODINGS, *(b", ".join(pair) for pair in product(CODINGS, repeat=2))]
    lists += (
        b"gzip, identity, chunked",
        b"chunked, chunked, chunked",
        b"chunked,,",
        b"gzip,chunked",
    )
    return list(dict.fromkeys(lists))


def field_values() -> list[tuple[bytes, bytes]]:
    """Returns fields with the values that decide about bodies and connections."""
    fields = [(b"Transfer-Encoding", value) for value in codings()]
    fields += ((name, value) for name, values in VALUES.items() for value in values)
    return fields


_BODIES = ((), ((b"Content-Length", b"2"),), ((b"Transfer-Encoding", b"chunked"),))


def values() -> Iterator[Program]:
    """Yields each value of such a field beside each framing, received by either role, and sent."""
    for (name, value), body in product(field_values(), _BODIES):
        lines = b"".join(b"%b: %b\r\n" % each for each in ((name, value), *body))
        host = b"" if name == b"Host" else b"Host: a\r\n"
        request = b"P / HTTP/1.1\r\n%b%b\r\n" % (host, lines) + _CHUNKS
        response = b"HTTP/1.1 200 OK\r\n%b\r\n" % lines + _CHUNKS
        yield Program("server", (Receive(request), ReceiveEOF(), Drain()))
        yield Program("client", (*_ASKED, Receive(response), ReceiveEOF(), Drain()))
        if not body:
            fields = [(name, value), *([] if name == b"Host" else [(b"Host", b"a")])]
            yield Program("client", _sent(b"P", fields))


def _sent(method: bytes, fields: list[tuple[bytes, bytes]]) -> tuple[Step, ...]:
    spec = EventSpec.of("Request", method=method, target=b"/", headers=fields)
    # Without such a field Data is refused, and what follows happens in ERROR.
    framed = any(name.lower() in _FRAMING for name, _ in fields)
    body = (Send(EventSpec.of("Data", data=b"ab")),) if framed else ()
    return Send(spec), *body, _END


def words() -> Iterator[Program]:
    """Yields each word that has a meaning in each spelling, received and sent; no program twice."""
    yield from dict.fromkeys(_words())


def _words() -> Iterator[Program]:
    answer = Receive(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nabc")
    for role, before, message, word in WORDS:
        for spelling in spellings(word):
            received = Receive(message.replace(b"@", spelling))
            yield Program(role, (*before, received, Drain(), ReceiveEOF(), Drain()))
    for place, word in SENT_WORDS:
        for spelling in spellings(word):
            method = spelling if place == "method" else b"P"
            field = None
            if place == "name":
                field = spelling, _VALUE_OF[word.lower()]
            elif place == "value":
                field = _NAME_OF[word], spelling
            fields = [field] if field else []
            if field is None or field[0].lower() != b"host":
                fields.append((b"Host", b"a"))
            yield Program("client", (*_sent(method, fields), answer, Drain()))
    for request, (name, value) in product(ANSWERED, ANSWERS):
        for spelling in spellings(name):
            response = EventSpec.of("Response", status_code=200, headers=[(spelling, value)])
            body = Send(EventSpec.of("Data", data=b"ab"))
            yield Program("server", (Receive(request), Drain(), Send(response), body, _END))
