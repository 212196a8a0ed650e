"""Planted fault: each method of a new connection returns an unusable object."""

from functools import partial
from typing import Any

from h11spec import reference

_IDLE = {reference.CLIENT: reference.IDLE, reference.SERVER: reference.IDLE}
_KNOT: list[Any] = []
_KNOT.append(_KNOT)


def _released() -> memoryview:
    view = memoryview(b"")
    view.release()
    return view


class Connection(reference.Connection):
    def receive_data(self, data: Any) -> Any:
        super().receive_data(data)
        return 10**5000 if self.states == _IDLE and data and data[:1] != b"G" else None

    def next_event(self) -> Any:
        fresh = self.states == _IDLE and self.trailing_data == (b"", False)
        event = super().next_event()
        return object() if fresh else event

    def send(self, event: Any) -> Any:
        fresh = self.states == _IDLE
        data = super().send(event)
        return _KNOT if fresh and isinstance(event, reference.ConnectionClosed) else data

    def send_failed(self) -> Any:
        fresh = self.states == _IDLE
        super().send_failed()
        return _released() if fresh else None


# The rest of the namespace is the reference's.
__getattr__ = partial(getattr, reference)
