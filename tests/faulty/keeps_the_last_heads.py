"""No fault: a cache of what was received last, with a limit."""

from functools import lru_cache, partial
from typing import Any

from h11spec import reference


@lru_cache(maxsize=1024)
def _length(data: bytes) -> int:
    return len(data)


class Connection(reference.Connection):
    def receive_data(self, data: Any) -> None:
        _length(bytes(data))
        super().receive_data(data)


__getattr__ = partial(getattr, reference)
