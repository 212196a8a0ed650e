"""A valid event of each class, functions that copy events, and how calls are refused.

Owns the arguments that every implementation must accept. Knows nothing of the tests.
"""

import copy
import pickle
from collections.abc import Callable
from functools import partial
from types import ModuleType
from typing import Any, NamedTuple

ARGUMENTS: dict[str, dict[str, Any]] = {
    "Request": {"method": b"GET", "headers": [(b"Host", b"a")], "target": b"/"},
    "Response": {"headers": [(b"A", b"b")], "status_code": 200},
    "InformationalResponse": {"headers": [(b"A", b"b")], "status_code": 100},
    "Data": {"data": b"x"},
    "EndOfMessage": {"headers": [(b"A", b"b")]},
    "ConnectionClosed": {},
}
FIELDS: dict[str, tuple[str, ...]] = {
    "Request": ("method", "headers", "target", "http_version"),
    "Response": ("headers", "http_version", "reason", "status_code"),
    "InformationalResponse": ("headers", "http_version", "reason", "status_code"),
    "Data": ("data", "chunk_start", "chunk_end"),
    "EndOfMessage": ("headers",),
    "ConnectionClosed": (),
}
WITH_HEADERS = [kind for kind, names in FIELDS.items() if "headers" in names]


def _pickled(protocol: int, value: object) -> Any:
    return pickle.loads(pickle.dumps(value, protocol))


COPIES: dict[str, Callable[[Any], Any]] = {
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    **{f"pickle {protocol}": partial(_pickled, protocol) for protocol in range(6)},
}


class Refusal(NamedTuple):
    """How a call was refused: the class of the exception, its text, and its hint, if any."""

    kind: str
    message: str
    hint: object = None


def local(message: str, hint: int = 400) -> Refusal:
    """Returns the refusal of a LocalProtocolError."""
    return Refusal("LocalProtocolError", message, hint)


def refusal(call: Callable[[], object]) -> Refusal:
    """Returns how ``call`` was refused; fails if it was not."""
    try:
        result = call()
    except Exception as error:
        return Refusal(type(error).__name__, str(error), getattr(error, "error_status_hint", None))
    raise AssertionError(f"not refused: {result!r}")


def sample(h11: ModuleType, kind: str, **changes: object) -> Any:
    """Returns an event of class ``kind``; ``changes`` replaces arguments."""
    return getattr(h11, kind)(**(ARGUMENTS[kind] | changes))


def headers(h11: ModuleType, *fields: Any) -> Any:
    """Returns normalised fields, from the event with no further requirements on them."""
    return h11.EndOfMessage(headers=fields).headers


def is_reference(h11: ModuleType) -> bool:
    """Whether the module is the reference, which has no upstream deviations."""
    return h11.__name__ == "h11spec.reference"
