"""Planted fault: one step of each kind gives out what no caller can do anything with."""

from functools import partial
from typing import Any

from h11spec import reference

_KNOT: list[Any] = []
_KNOT.append(_KNOT)


def _released() -> memoryview:
    view = memoryview(b"")
    view.release()
    return view


class Connection(reference.Connection):
    def next_event(self) -> Any:
        event = super().next_event()
        return _KNOT if isinstance(event, reference.ConnectionClosed) else event

    def send(self, event: Any) -> Any:
        data = super().send(event)
        return _KNOT if isinstance(event, reference.ConnectionClosed) else data

    def send_failed(self) -> Any:
        super().send_failed()
        return _released()

    def start_next_cycle(self) -> Any:
        super().start_next_cycle()
        return 10**5000


# The rest of the namespace is the reference's.
__getattr__ = partial(getattr, reference)
