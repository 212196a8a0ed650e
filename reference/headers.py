"""The fields of a message: their normal form, and the sequence that users see.

Owns what makes a list of fields acceptable (RFC 9110 section 5, RFC 9112 section 6). Does not know
which message they belong to, except for the two fields that every recipient must read alike because
they frame the message: Content-Length and Transfer-Encoding.
"""

# pyright: reportPrivateUsage=false
# The functions below Headers are methods in all but name: the class shows users what h11's shows.

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, overload

from .errors import LocalProtocolError
from .grammar import field_lines, is_content_length, is_field_line, is_field_value, is_token, unfold

Field = tuple[bytes, bytes]


def as_bytes(value: Any) -> bytes:
    """Returns ``value`` as bytes: ASCII for str, the content of anything bytes-like.

    Raises UnicodeEncodeError (a ValueError) for other text, TypeError for an int, of which bytes()
    would make that many NULs, and for whatever bytes() refuses.
    """
    if type(value) is bytes:
        return value
    if isinstance(value, str):
        return value.encode("ascii")
    if isinstance(value, int):
        raise TypeError("expected bytes-like object, not int")
    return bytes(value)


class Headers(Sequence[Field]):
    """An immutable sequence of ``(name, value)``, names in lower case, in the order of the message.

    ``raw_items()`` has the names as they were written. Made from fields that are already in normal
    form; ``normalise`` and ``read_fields`` are the ways to get there.
    """

    __slots__ = ("_items", "_last_values", "_raw_items")
    __hash__ = None  # type: ignore[assignment]  # equal to lists, which have no hash either

    def __init__(self, raw_items: list[Field]) -> None:
        self._raw_items = raw_items
        self._items = [(name.lower(), value) for name, value in raw_items]
        # One look-up instead of one search for each of the fields that a connection asks for.
        self._last_values = dict(self._items)

    @overload
    def __getitem__(self, index: int) -> Field: ...
    @overload
    def __getitem__(self, index: slice) -> "Headers": ...
    def __getitem__(self, index: int | slice) -> "Field | Headers":
        if isinstance(index, slice):
            return Headers(self._raw_items[index])
        return self._items[index]

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[Field]:
        return iter(self._items)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Headers):
            return self._items == other._items
        if isinstance(other, (list, tuple)):
            return self._items == list(other)  # pyright: ignore[reportUnknownArgumentType]  # any list
        return NotImplemented

    def __repr__(self) -> str:
        return f"<Headers({self._items!r})>"

    def __reduce__(self) -> tuple[type, tuple[list[Field]]]:
        return Headers, (self._raw_items,)

    def raw_items(self) -> list[Field]:
        """Returns the fields as a list, with the names in their original case."""
        return list(self._raw_items)


def field(headers: Headers, name: bytes) -> bytes | None:
    """Returns the value of the (last) field called ``name``, given in lower case, or None."""
    return headers._last_values.get(name)


def count(headers: Headers, name: bytes) -> int:
    """Returns how many fields are called ``name``, given in lower case."""
    if name not in headers._last_values:
        return 0
    if len(headers._last_values) == len(headers):
        return 1
    return sum(field_name == name for field_name, _ in headers)


def tokens(headers: Headers, name: bytes) -> list[bytes]:
    """Returns the elements of a list-valued field, lower-cased (RFC 9110 section 5.6.1)."""
    if name not in headers._last_values:
        return []
    found: list[bytes] = []
    for field_name, value in headers:
        if field_name == name:
            elements = (element.strip() for element in value.lower().split(b","))
            found.extend(element for element in elements if element)
    return found


def replaced(headers: Headers, name: bytes, values: Iterable[bytes]) -> Headers:
    """Returns the fields without those called ``name``, and a line for each value at the end."""
    kept = [item for item in headers.raw_items() if item[0].lower() != name]
    return Headers([*kept, *((name.title(), value) for value in values)])


def _content_length(value: bytes, earlier: bytes | None) -> bytes:
    """A repeated length is accepted when each repetition is the same text (RFC 9112 6.3)."""
    lengths = {length.strip() for length in value.split(b",")}
    if len(lengths) != 1:
        raise LocalProtocolError("conflicting Content-Length headers")
    length = lengths.pop()
    if not is_content_length(length):
        raise LocalProtocolError("bad Content-Length")
    if earlier is not None and length != earlier:
        raise LocalProtocolError("conflicting Content-Length headers")
    return length


def _transfer_encoding(value: bytes, earlier: bytes | None) -> bytes:
    """Only the one coding that every recipient knows is supported (RFC 9112 section 6.1)."""
    if earlier is not None:
        raise LocalProtocolError("multiple Transfer-Encoding headers", 501)
    if value.lower() != b"chunked":
        raise LocalProtocolError("Only Transfer-Encoding: chunked is supported", 501)
    return b"chunked"


# The fields that frame a message; each rule returns the value's one normal form, or raises.
_FRAMING: dict[bytes, Callable[[bytes, bytes | None], bytes]] = {
    b"content-length": _content_length,
    b"transfer-encoding": _transfer_encoding,
}


def _with_one_framing(fields: Iterable[Field]) -> list[Field]:
    """Checks the fields in their order, so that the first invalid one is reported."""
    accepted: list[Field] = []
    seen: dict[bytes, bytes] = {}
    for name, value in fields:
        key = name.lower()
        if key in _FRAMING:
            earlier = seen.get(key)
            value = seen[key] = _FRAMING[key](value, earlier)
            if earlier is not None:
                continue
        accepted.append((name, value))
    return accepted


def _valid(pairs: Iterable[Any]) -> Iterator[Field]:
    for name, value in pairs:
        name, value = as_bytes(name), as_bytes(value)
        if not is_token(name):
            raise LocalProtocolError(f"Illegal header name {name!r}")
        if not is_field_value(value):
            raise LocalProtocolError(f"Illegal header value {value!r}")
        yield name, value


def normalise(pairs: Any) -> Headers:
    """Returns the fields that a caller passed, as Headers; Headers are taken as they are.

    Args:
        pairs: any iterable of name and value, each bytes-like or ASCII text.

    Raises:
        LocalProtocolError: a name is not a token, a value could end its line or is padded with
            blanks, Content-Length is not a number or contradicts itself, or Transfer-Encoding is
            anything but one "chunked" (hint 501).
        TypeError, ValueError: ``pairs`` or an element of it is of another shape.
    """
    if isinstance(pairs, Headers):
        return pairs
    return Headers(_with_one_framing(_valid(pairs)))


def read_fields(block: bytes) -> Headers:
    """Returns the fields of a head or trailer section.

    Args:
        block: the field lines, each with its line end, without the empty line after them.

    Raises:
        LocalProtocolError: a line is not a field line, or as for ``normalise``.
    """
    if b"\n " in block or b"\n\t" in block or block[:1] in (b" ", b"\t"):
        if block[:1] in (b" ", b"\t"):
            raise LocalProtocolError("continuation line at start of headers")
        block = unfold(b" ", block)
    raw_items = [(name, value.rstrip(b" \t")) for name, value in field_lines(block)]
    if len(raw_items) != block.count(b"\n"):
        line = next(line for line in block.split(b"\n") if not is_field_line(line + b"\n"))
        shown = bytearray(line.removesuffix(b"\r"))
        raise LocalProtocolError(f"illegal header line: {shown!r}")
    headers = Headers(raw_items)
    if _FRAMING.keys().isdisjoint(headers._last_values):
        return headers
    return Headers(_with_one_framing(raw_items))
