"""Planted fault: the part of a body that waits is lost when more arrives before it is read."""

from functools import partial
from typing import Any

from h11spec import reference


class Connection(reference.Connection):
    _unread = False

    def receive_data(self, data: Any) -> None:
        if data and self._unread and self.their_state is reference.SEND_BODY:
            self._buffer.take_all()
        super().receive_data(data)
        self._unread = True

    def next_event(self) -> Any:
        self._unread = False
        return super().next_event()


# The rest of the namespace is the reference's.
__getattr__ = partial(getattr, reference)
