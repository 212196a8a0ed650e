"""Planted fault: the constructor of Request replaces spaces in the target with plus signs."""

from functools import partial
from typing import Any

from h11spec import reference


class Request(reference.Request):
    def __init__(self, *, target: Any, **others: Any) -> None:
        target = target.encode() if isinstance(target, str) else bytes(target)
        super().__init__(target=target.replace(b" ", b"+"), **others)


def _as(cls: Any, request: reference.Request) -> Any:
    return cls(
        method=request.method,
        target=request.target,
        headers=request.headers,
        http_version=request.http_version,
    )


class Connection(reference.Connection):
    """Converts events, since the reference recognises them by their exact class."""

    def next_event(self) -> Any:
        event = super().next_event()
        return _as(Request, event) if isinstance(event, reference.Request) else event

    def send_with_data_passthrough(self, event: Any) -> Any:
        if isinstance(event, Request):
            event = _as(reference.Request, event)
        return super().send_with_data_passthrough(event)


# The rest of the namespace is the reference's.
__getattr__ = partial(getattr, reference)
