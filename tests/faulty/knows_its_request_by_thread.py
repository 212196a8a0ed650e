"""Planted fault: what was requested is known only to the thread that has read the request."""

import threading
from functools import partial
from typing import Any

from h11spec import reference


class Connection(reference.Connection):
    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self._local = threading.local()

    def next_event(self) -> Any:
        event = super().next_event()
        self._local.method = self._request_method
        return event

    def send(self, event: Any) -> Any:
        self._request_method = getattr(self._local, "method", None)
        sent = super().send(event)
        self._local.method = self._request_method
        return sent


__getattr__ = partial(getattr, reference)
