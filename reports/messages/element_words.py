"""What can be unusual about a part of a message, as words with the test for each.

Owns the words about single values. It must not know where in a message a value was.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

TOKEN = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
KNOWN_FIELDS = (
    b"host",
    b"connection",
    b"content-length",
    b"transfer-encoding",
    b"expect",
    b"upgrade",
    b"te",
    b"trailer",
)
STATUSES = (b"100", b"101", b"204", b"205", b"304", b"200")
_USUAL_DIGITS = 9
LONG_DIGITS = 20
LONG_LINE = 1_000
WIDE = 2**31
CHUNK_LINE = re.compile(rb"([ \t]*)([^;\r\n]*?)([ \t]*)(;.*?)?(\r?)", re.DOTALL)

Test = tuple[str, Callable[[bytes], bool]]


def _has(pattern: bytes) -> Callable[[bytes], bool]:
    compiled = re.compile(pattern)
    return lambda content: compiled.search(content) is not None


def _codings(value: bytes) -> set[bytes]:
    return {item.partition(b";")[0].strip().lower() for item in value.split(b",")}


VALUE_TESTS: tuple[Test, ...] = (
    ("NUL in a value", _has(rb"\0")),
    ("CR in a value", _has(rb"\r")),
    ("line break in a value", _has(rb"\n")),
    ("control in a value", _has(rb"[\x01-\x08\x0e-\x1f\x7f]")),
    ("blank of another kind in a value", _has(rb"[\x0b\x0c]")),
    ("obs-text in a value", _has(rb"[\x80-\xff]")),
    ("blanks around a value", _has(rb"\A[ \t]{2}|\A\t|[ \t]\Z")),
)
_LENGTH_TESTS: tuple[Test, ...] = (
    ("empty length", lambda value: not value),
    ("length with a sign", _has(rb"\A[+-]")),
    ("length that is not a number", _has(rb"[^0-9, \t]")),
    ("length with leading zeros", _has(rb"\A0[0-9]")),
    ("list of lengths", _has(rb",")),
    ("long length", lambda value: len(value) > LONG_DIGITS),
    ("great length", lambda value: _USUAL_DIGITS < len(value) <= LONG_DIGITS),
)
_CODING_TESTS: tuple[Test, ...] = (
    ("chunked", lambda value: value.lower() == b"chunked"),
    ("coding in another case", lambda value: value != value.lower()),
    ("list of codings", _has(rb",")),
    ("empty element", _has(rb"\A[ \t]*,|,[ \t]*(?:,|\Z)")),
    ("parameters", _has(rb";")),
    ("unknown coding", lambda value: bool(_codings(value) - {b"chunked", b""})),
    ("chunked is not last", _has(rb"(?i)chunked[ \t]*,[ \t]*[a-z]")),
    ("no coding", lambda value: not value),
)
_OPTION_TESTS: tuple[Test, ...] = (
    ("close", _has(rb"(?i)\bclose\b")),
    ("keep-alive", _has(rb"(?i)\bkeep-alive\b")),
    ("list of options", _has(rb",")),
    ("option in another case", lambda value: value != value.lower()),
    ("empty element", _has(rb"\A[ \t]*,|,[ \t]*(?:,|\Z)")),
)
_EXPECT_TESTS: tuple[Test, ...] = (
    ("100-continue", _has(rb"(?i)100-continue")),
    ("expectation in another case", lambda value: value != value.lower()),
    ("list of expectations", _has(rb",")),
    ("parameters", _has(rb"[;=]")),
)
FIELD_TESTS: dict[bytes, tuple[Test, ...]] = {
    b"content-length": _LENGTH_TESTS,
    b"transfer-encoding": _CODING_TESTS,
    b"connection": _OPTION_TESTS,
    b"expect": _EXPECT_TESTS,
    b"host": (("empty host", lambda value: not value), ("host of two parts", _has(rb"[ /?#@]"))),
}
LINE_TESTS: tuple[Test, ...] = (
    ("continuation line", _has(rb"\A[ \t]")),
    ("line without a colon", lambda line: b":" not in line),
    ("empty field name", _has(rb"\A:")),
    ("blank before the colon", _has(rb"\A[^: \t]+[ \t]+:")),
    ("blank in a field name", _has(rb"\A[^: \t]+[ \t]+[^: \t]+[ \t]*:")),
)
METHOD_TESTS: tuple[Test, ...] = (
    ("method that is not a token", lambda method: TOKEN.fullmatch(method) is None),
    ("method in lower case", _has(rb"[a-z]")),
    ("HEAD", lambda method: method == b"HEAD"),
    ("CONNECT", lambda method: method == b"CONNECT"),
)
TARGET_TESTS: tuple[Test, ...] = (
    ("empty target", lambda target: not target),
    ("target beyond ASCII", _has(rb"[\x80-\xff]")),
    ("control in a target", _has(rb"[\0-\x1f\x7f]")),
    ("blank in a target", _has(rb" ")),
    ("absolute target", _has(rb"\A[a-z]+://")),
    ("target that is not a path", lambda target: target[:1] not in (b"/", b"")),
)
VERSION_TESTS: tuple[Test, ...] = (
    ("HTTP/1.0", _has(rb"\AHTTP/1\.0\Z")),
    ("version below 1.0", _has(rb"\AHTTP/0\.[0-9]\Z")),
    ("version beyond 1.1", _has(rb"\AHTTP/(?:1\.[2-9]|[2-9]\.[0-9])\Z")),
    ("protocol in another case", _has(rb"\A(?!HTTP/)(?i:http/)")),
    ("malformed version", lambda version: not re.fullmatch(rb"(?i:HTTP)/[0-9]\.[0-9]", version)),
)
STATUS_TESTS: tuple[Test, ...] = (
    ("status that is not three digits", lambda code: not re.fullmatch(rb"[0-9]{3}", code)),
    ("interim status", _has(rb"\A1[0-9]{2}\Z")),
    ("success", _has(rb"\A2[0-9]{2}\Z")),
    ("status from 600", _has(rb"\A[6-9][0-9]{2}\Z")),
    ("status below 100", _has(rb"\A0[0-9]{2}\Z")),
)
SIZE_TESTS: tuple[Test, ...] = (
    ("no chunk size", lambda size: not size),
    ("chunk size with a sign", _has(rb"\A[+-]")),
    ("chunk size that is not a number", _has(rb"[^0-9A-Fa-f+\-]")),
    ("last chunk of several zeros", _has(rb"\A00+\Z")),
    ("chunk size with leading zeros", _has(rb"\A0[0-9A-Fa-f]")),
    ("many digits in a chunk size", lambda size: len(size) > LONG_DIGITS),
)


def failing(tests: Sequence[Test], content: bytes) -> Iterator[str]:
    """Yields the words whose tests say so of the content."""
    return (word for word, test in tests if test(content))
