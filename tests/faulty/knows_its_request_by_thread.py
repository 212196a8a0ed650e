"""Planted fault: what was requested is known only to the thread that has read the request."""

import threading
from functools import partial
from typing import Any

from h11spec import reference


class Connection(reference.Connection):
    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        self._local = threading.local()
        super().__init__(*arguments, **keywords)

    @property
    def _request_method(self) -> Any:
        return getattr(self._local, "method", None)

    @_request_method.setter
    def _request_method(self, method: Any) -> None:
        self._local.method = method


__getattr__ = partial(getattr, reference)
