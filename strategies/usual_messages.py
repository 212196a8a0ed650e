"""What is unusual about received bytes, and how it can be made usual.

Owns where a message has which parts; ``usual_values`` has the values. It must not know what a
program is, nor what an implementation makes of the bytes: these are read as they are meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from . import usual_values as usual
from .edits import Edit, Span

_INCOMPLETE, _MISSING = 1, 1
# No more than this is added to a body that is cut.
_MORE = 20
_NO_BODY = (b"1", b"204", b"304")
_SIZE = re.compile(rb"[0-9A-Fa-f]{1,8}")
_SIZE_LINE = re.compile(rb"[0-9A-Fa-f]{1,8}\r\n")
# Two bytes in the place of the line end after a chunk.
_FOOTER = b"xx"
_DIGITS = re.compile(rb"[0-9]{1,40}")


@dataclass(frozen=True)
class Oddity:
    """Something unusual in received bytes: how unusual it is, and what may come in its place."""

    weight: int
    edits: tuple[Edit, ...]


@lru_cache(maxsize=256)
def oddities(data: bytes, *, requests: bool) -> tuple[Oddity, ...]:
    """Returns what is unusual about received bytes, in order.

    Those without a weight are usual, and may be left out.

    Args:
        data: all that a connection receives.
        requests: whether it receives requests; otherwise it receives responses.
    """
    return tuple(_Reader(data, requests=requests).read())


# A reduction asks for the same bytes many times.
@lru_cache(maxsize=16_384)
def weight(data: bytes, *, requests: bool) -> int:
    """Returns how unusual received bytes are; 0 stands for usual messages, or for none."""
    return sum(each.weight for each in _Weigher(data, requests=requests).read())


@dataclass
class _Head:
    """Where a head has what, as far as its body depends on it."""

    start: int
    method: Span | None = None
    status: bytes = b""
    framing: list[tuple[bytes, bytes, int, int]] = field(
        default_factory=list[tuple[bytes, bytes, int, int]]
    )
    complete: bool = False


class _Reader:
    def __init__(self, data: bytes, *, requests: bool) -> None:
        self._data = data
        self._requests = requests
        self._found: list[Oddity] = []

    def read(self) -> list[Oddity]:
        at = 0
        while at < len(self._data):
            at = self._message(at)
        return self._found

    def _add(self, weight: int, *edits: Edit) -> None:
        self._found.append(Oddity(weight, edits))

    def _token(self, weight: int, start: int, end: int, texts: Iterable[bytes]) -> None:
        if weight:
            now = self._data[start:end]
            self._add(weight, *(((start, end, text),) for text in texts if text != now))

    def _line(self, at: int) -> tuple[int, int] | None:
        """Where the content of a line ends, and where the next one begins; None if it is cut."""
        end = self._data.find(b"\n", at)
        if end < 0:
            return None
        content = end - 1 if end > at and self._data[end - 1] == ord("\r") else end
        if content == end:
            self._add(1, ((end, end, b"\r"),))
        return content, end + 1

    def _message(self, start: int) -> int:
        at = start
        while self._data[at : at + 1] in (b"\r", b"\n"):
            is_line_end = self._data[at : at + 2] == b"\r\n"
            end = at + 1 + is_line_end
            self._add(1 if is_line_end else 2, ((at, end, b""),))
            at = end
        whole = usual.REQUEST if self._requests else usual.RESPONSE
        if at == len(self._data):
            self._add(_MISSING, ((at, at, whole),))
            return at
        head = _Head(at)
        end = self._body(head, self._head(head))
        self._add(0, ((at, end, b""),))
        if self._data[at:end] != whole:
            self._add(0, ((at, end, whole),))
        return end

    def _head(self, head: _Head) -> int:
        whole, first = (
            (usual.REQUEST, usual.REQUEST_LINE)
            if self._requests
            else (usual.RESPONSE, usual.STATUS_LINE)
        )
        line = self._line(head.start)
        if line is None:
            return self._cut(head.start, whole, first + b"\r\n", first)
        content, at = line
        self._add(0, ((head.start, content, first),))
        fields_from = at
        has_host = False
        start_line_at = len(self._found)
        while at < len(self._data):
            line = self._line(at)
            if line is None:
                self._cut(at, usual.HOST_LINE, usual.HOST_LINE[:-2])
                at = len(self._data)
                break
            end, after = line
            if end == at:
                head.complete = True
                at = after
                break
            text = self._data[at:end]
            if text.partition(b":")[0].lower() == b"host" and self._requests and not has_host:
                has_host = True
                expected = usual.HOST_LINE[:-2]
                weight = usual.name_weight(text.partition(b":")[0])
                weight += usual.value_weight(b"host", text.partition(b":")[2][1:])
                self._token(weight or int(text != expected), at, end, (expected,))
                if at > fields_from:
                    first_line = (fields_from, fields_from, self._data[at:after])
                    self._add(1, (first_line, (at, after, b"")))
            else:
                self._field(at, end, after, head, fields_from)
            at = after
        if not head.complete:
            self._add(_INCOMPLETE, ((at, at, b"\r\n"),))
        elif self._requests and not has_host:
            self._add(_MISSING, ((fields_from, fields_from, usual.HOST_LINE),))
        found, self._found = self._found[start_line_at:], self._found[:start_line_at]
        self._start_line(head, content)
        self._found += found
        return at

    def _cut(self, at: int, *wholes: bytes) -> int:
        """A line without an end."""
        rest = self._data[at:]
        end = len(self._data)
        near = any(text.startswith(rest) for text in wholes)
        texts = dict.fromkeys((*wholes, *(text[: len(rest)] for text in wholes[-1:])))
        self._add(2 if near else 4, *(((at, end, text),) for text in texts if text != rest))
        return end

    def _start_line(self, head: _Head, content: int) -> None:
        at, data = head.start, self._data
        text = data[at:content]
        if not self._requests:
            self._status_line(head, text)
            return
        first, last = text.find(b" "), text.rfind(b" ")
        framed = bool(head.framing)
        if first < 0:
            self._token(4, at, content, usual.near(text, usual.REQUEST_LINE))
            return
        method = text[:first]
        head.method = (at, at + first, usual.usual_method(framed=False))
        weight = usual.method_weight(method, framed=framed)
        self._token(weight, at, at + first, usual.methods(method, framed=framed))
        if first == last:
            self._add(2, ((content, content, b" " + usual.VERSION),))
            last = len(text)
        else:
            version = text[last + 1 :]
            weight = usual.version_weight(version)
            self._token(weight, at + last + 1, content, usual.versions(version))
        target = text[first + 1 : last]
        weight = usual.target_weight(target, method)
        if weight:
            span = at + first + 1, at + last
            edits = [((*span, each),) for each in usual.targets(target, method) if each != target]
            # Another method comes with its own target.
            both = ((at, at + last, usual.usual_method(framed=framed) + b" " + usual.TARGET),)
            self._add(weight, both, *edits)

    def _status_line(self, head: _Head, text: bytes) -> None:
        at = head.start
        version, space, rest = text.partition(b" ")
        self._token(usual.version_weight(version), at, at + len(version), usual.versions(version))
        at += len(version) + 1
        end = head.start + len(text)
        code, reason_space, reason = rest.partition(b" ")
        head.status = code
        if not space:
            self._add(3, ((end, end, b" 200 OK"),))
            return
        texts = [b"%d %s" % (each, usual.reason_of(each)) for each in usual.statuses()]
        codes = [each for near in usual.near(code, b"200") for each in (near + b" OK",)]
        self._token(usual.status_weight(code), at, end, dict.fromkeys((*codes, *texts)))
        number = int(code) if re.fullmatch(rb"[0-9]{3}", code) else 0
        phrase = usual.reason_of(number)
        start = at + len(code)
        expected = b" " + phrase
        if reason_space + reason != expected:
            near = (b" " + each for each in usual.near(reason, phrase))
            weight = usual.text_weight(reason, phrase) or 1
            self._token(weight, start, end, near)

    def _field(self, at: int, end: int, after: int, head: _Head | None, first: int) -> None:
        """A line that could be left out, or be a usual one."""
        text = self._data[at:end]
        name, colon, value = text.partition(b":")
        without: Edit = ((at, after, b""),)
        plain = b"%s: %s" % (usual.NAME, usual.VALUE)
        self._add(1, without, *([((at, end, plain),)] if text != plain else []))
        if not colon:
            self._token(1 + usual.text_weight(text, usual.VALUE), at, end, _lines(text))
            return
        key = name.strip().lower()
        if head is not None and key in (usual.LENGTH_FIELD, usual.CODING_FIELD):
            head.framing.append((key, value, at, after))
        weight = usual.name_weight(name)
        if weight:
            edits: list[Edit] = [((at, at + len(name), each),) for each in usual.names(name)]
            if key == b"host" and name != key and head is not None:
                edits = [(*each, (first, first, usual.HOST_LINE)) for each in edits] + edits
            self._add(weight, *edits)
        # An odd name or value may need no value or name of its own, but a usual one.
        start = at + len(name) + 1
        blank, content = value[:1], value[1:]
        weight = usual.value_weight(key, value if blank != b" " else content) + (blank != b" ")
        if weight:
            texts = [b" " + each for each in usual.values(key, value.removeprefix(b" "))]
            self._token(weight, start, end, texts)

    def _body(self, head: _Head, at: int) -> int:
        end = self._read_body(head, at)
        if head.framing:
            lines: Edit = tuple((start, after, b"") for _, _, start, after in head.framing)
            body: Edit = ((at, end, b""),) if end > at else ()
            method: Edit = () if head.method is None else (head.method,)
            self._add(0, (*lines, *body, *method))
            for key, value, start, after in head.framing:
                if key == usual.LENGTH_FIELD:
                    for each in usual.values(key, value.removeprefix(b" ")):
                        line = b"Content-Length: %s\r\n" % each
                        self._add(0, ((start, after, line), (at, end, usual.BODY)))
                else:
                    line = b"Content-Length: 5\r\n"
                    self._add(0, ((start, after, line), (at, end, usual.BODY)))
                    for each in usual.CODINGS:
                        line = b"Transfer-Encoding: %s\r\n" % each
                        self._add(0, ((start, after, line), (at, end, b"")))
                self._add(
                    0,
                    (
                        (start, after, b"Transfer-Encoding: chunked\r\n"),
                        (at, end, usual.CHUNK + usual.LAST_CHUNK),
                    ),
                )
        return end

    def _read_body(self, head: _Head, at: int) -> int:
        bodiless = head.status.startswith(_NO_BODY[0]) or head.status in _NO_BODY
        if not head.complete or bodiless:
            return at
        framing = {key: value for key, value, *_ in reversed(head.framing)}
        if b"chunked" in framing.get(usual.CODING_FIELD, b"").lower():
            return self._chunks(at)
        length = _DIGITS.search(framing.get(usual.LENGTH_FIELD, b""))
        if length is None:
            if self._requests:
                return at
            self._content(at, len(self._data), whole=True)
            return len(self._data)
        end = at + int(length[0])
        if end > len(self._data):
            left = end - len(self._data)
            end = len(self._data)
            more = usual.body(int(length[0]))[end - at :] if left <= _MORE else b""
            self._add(_INCOMPLETE, *([((end, end, more),)] if more else []))
        self._content(at, end)
        return end

    def _content(self, at: int, end: int, *, whole: bool = False) -> None:
        text = self._data[at:end]
        is_part = whole and text and text != usual.BODY
        weight = usual.whole_body_weight(text) if is_part else usual.body_weight(text)
        if weight:
            self._add(weight, ((at, end, usual.body(len(text))),))
        if text:
            self._add(0, ((at, end, b""),), ((at, end, usual.BODY),))

    def _chunks(self, at: int) -> int:
        """A chunk after the other, and the trailers."""
        start, size = at, -1
        while size and at < len(self._data):
            line = self._line(at)
            if line is None:
                self._cut(at, usual.CHUNK, usual.LAST_CHUNK)
                return len(self._data)
            end, after = line
            number, semicolon, rest = self._data[at:end].partition(b";")
            found = _SIZE.search(number)
            size = int(found[0], 16) if found else 0
            expected = b"%x" % size
            if number != expected:
                weight = usual.text_weight(number, expected)
                edits: Iterator[bytes] = usual.near(number, expected)
                self._token(weight, at, at + len(number), edits)
            if semicolon:
                extension = semicolon + rest
                weight = 1 + usual.text_weight(extension, usual.EXTENSION)
                texts = (b"", *usual.near(extension, usual.EXTENSION))
                self._token(weight, at + len(number), end, texts)
            if not size:
                at = after
                break
            last = min(after + size, len(self._data))
            content = self._data[after:last]
            weight = usual.body_weight(content) + (size != len(usual.BODY))
            if weight:
                both = ((at, at + len(number), b"5"), (after, last, usual.BODY))
                self._add(weight, both, ((after, last, usual.body(len(content))),))
            foot = self._footer(last, whole=after + size <= len(self._data))
            self._add(0, ((at, foot, b""),))
            at = foot
        return self._trailers(start, at, whole=not size)

    def _footer(self, at: int, *, whole: bool) -> int:
        """What follows the data of a chunk: a line end, or two other bytes, or more of them."""
        data = self._data
        end = data.find(b"\n", at) + 1
        if not whole or not end:
            end = len(data)
        if data[at:end] == b"\r\n":
            return end
        two = at + len(_FOOTER)
        if b"\n" not in data[at:two] and _SIZE_LINE.match(data, two):
            weight = 1 + (data[at:two] != _FOOTER)
            self._token(weight, at, two, (b"\r\n", _FOOTER))
            return two
        weight = 2 if end > at else _INCOMPLETE
        self._token(weight, at, end, (b"\r\n", _FOOTER + usual.LAST_CHUNK))
        return end

    def _trailers(self, start: int, at: int, *, whole: bool) -> int:
        if not whole:
            self._add(_INCOMPLETE, ((at, at, usual.LAST_CHUNK),))
            return at
        while at < len(self._data):
            line = self._line(at)
            if line is None:
                return self._cut(at, b"\r\n", b"")
            end, after = line
            if end == at:
                return after
            self._field(at, end, after, None, at)
            at = after
        self._add(_INCOMPLETE, ((at, at, b"\r\n"),))
        return at


class _Weigher(_Reader):
    """Finds what is unusual, and not what may come in its place."""

    def _add(self, weight: int, *edits: Edit) -> None:
        super()._add(weight)

    def _token(self, weight: int, start: int, end: int, texts: Iterable[bytes]) -> None:
        if weight:
            super()._add(weight)


def _lines(text: bytes) -> Iterator[bytes]:
    """Usual texts in the place of a line without a colon."""
    yield usual.NAME + b": " + usual.VALUE
    yield from usual.near(text, usual.VALUE)
