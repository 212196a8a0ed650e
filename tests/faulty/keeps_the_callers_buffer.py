"""Planted fault: received bytes are not copied before they are read."""

from functools import partial
from typing import Any

from h11spec import reference


class Connection(reference.Connection):
    _received: Any = None

    def receive_data(self, data: Any) -> None:
        self._deliver()
        self._received = data

    def next_event(self) -> Any:
        self._deliver()
        return super().next_event()

    @property
    def trailing_data(self) -> tuple[bytes, bool]:
        unread, ended = super().trailing_data
        received = self._received
        return unread + bytes(received or b""), ended or received == b""

    def _deliver(self) -> None:
        received, self._received = self._received, None
        if received is not None:
            super().receive_data(received)


# The rest of the namespace is the reference's.
__getattr__ = partial(getattr, reference)
