"""The state of a connection that the public API of the reference does not show.

Owns the access to private attributes of the reference: no other module of the strategies reads
them. Does not know what the values are used for.
"""

from __future__ import annotations

from typing import Any, NamedTuple, cast

from ..reference.framing import Framing
from ..reference.reading import BodyReader, ChunkedReader, LengthReader
from ..reference.states import States
from ..reference.writing import BodyWriter, ChunkedWriter, LengthWriter


class Internals(NamedTuple):
    """The private state of a connection."""

    states: States
    body_reader: BodyReader
    body_writer: BodyWriter
    request_method: bytes | None


def internals(connection: Any) -> Internals:
    """Returns the private state of a connection of the reference; the objects are its own."""
    attributes = cast("dict[str, Any]", vars(connection))
    return Internals(
        attributes["_states"],
        attributes["_body_reader"],
        attributes["_body_writer"],
        attributes["_request_method"],
    )


def framing_of(body: BodyReader | BodyWriter) -> Framing | int:
    """Returns the framing that a body reader or writer is for: a Framing, or the length in bytes.

    Args:
        body: a reader, or a writer that no data was written to yet.
    """
    if isinstance(body, LengthReader | LengthWriter):
        attributes = vars(body)
        length: int = attributes.get("_length", attributes["_remaining"])
        return length
    chunked = isinstance(body, ChunkedReader | ChunkedWriter)
    return Framing.CHUNKED if chunked else Framing.UNTIL_CLOSE
