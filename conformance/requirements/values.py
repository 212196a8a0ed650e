"""Values of observations and arguments without their types: what they say, and in which bytes.

Owns this reduction. It must not know what a value is compared with. Bytes are a str throughout, a
character for each byte (ISO 8859-1).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...strategies.program import Json, Typed, is_list, is_object, is_tuple


def plain(value: Any) -> Any:
    """Returns a value of an observation, or an argument, without the types of the bytes in it."""
    if isinstance(value, Typed):
        return plain(value.content)
    if isinstance(value, bytes):
        return value.decode("latin-1")
    if is_object(value):
        return plain(next(iter(value.values()), None))
    if is_list(value) or is_tuple(value):
        return [plain(item) for item in value]
    return value


def octets(value: Any) -> str:
    """Returns the bytes in a value, those of a list in their order; "" if it has none."""
    content = plain(value)
    if is_list(content):
        return "".join(map(octets, content))
    return content if isinstance(content, str) else ""


def fields(event: Json) -> Iterator[tuple[str, str]]:
    """Yields the name and value of each field of an observed event."""
    headers = event.get("headers")
    for name, value in headers if is_list(headers) else ():
        yield octets(name), octets(value)
