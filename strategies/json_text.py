"""JSON values as text: in one line, compact, in ASCII.

Owns the one text that a value has: digests are of text, and a worker, which has only the standard
library, must write the same. It must not know what a value is.
"""

from __future__ import annotations

import json
from typing import Any

import msgspec

_ENCODER = json.JSONEncoder(separators=(",", ":"), check_circular=False)
# ``json`` escapes this character, and ``msgspec`` does not; otherwise they write the same ASCII.
_DELETE = b"\x7f"


def json_text(value: Any) -> str:
    """Returns the text of a JSON value, as ``json.dumps`` writes it without blanks.

    A number that is not finite must not be in it: see ``json_text_of_any``.
    """
    # A run writes half a million programs and traces, and ``msgspec`` takes an eighth of the time.
    try:
        encoded = msgspec.json.encode(value)
    except (UnicodeEncodeError, TypeError, ValueError, RecursionError):
        return _ENCODER.encode(value)
    if encoded.isascii() and _DELETE not in encoded:
        return encoded.decode("ascii")
    return _ENCODER.encode(value)


def json_text_of_any(value: Any) -> str:
    """Returns the text of a JSON value, with infinity as Python writes it."""
    text = json_text(value)
    return _ENCODER.encode(value) if "null" in text else text
