"""Planted fault: how long sent data was is asked when the next event is sent."""

from functools import partial
from typing import Any

from h11spec import reference


class Connection(reference.Connection):
    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self._sent: Any = b""
        self._length = 0

    def send(self, event: Any) -> Any:
        if len(self._sent) != self._length:
            self.send_failed()
        self._sent, self._length = b"", 0
        sent = super().send(event)
        if isinstance(event, reference.Data):
            self._sent, self._length = event.data, len(event.data)
        return sent


__getattr__ = partial(getattr, reference)
