"""Planted fault: pages of memory are never returned, as by an allocator of a module's own."""

import mmap
from functools import partial
from typing import Any

from h11spec import reference


class Pages:
    """Memory from the system, given out in small parts."""

    def __init__(self) -> None:
        self._all: list[mmap.mmap] = []
        self._left = 0

    def take(self, size: int) -> None:
        if self._left < size:
            private = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS
            self._all.append(mmap.mmap(-1, 2**20, private))
            self._left = 2**20
        at = 2**20 - self._left
        self._all[-1][at : at + size] = b"a" * size
        self._left -= size


_PAGES = Pages()


class Connection(reference.Connection):
    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        _PAGES.take(2048)


__getattr__ = partial(getattr, reference)
