"""Planted fault: the states are handed out in the dictionary that the connection keeps."""

from functools import partial
from typing import Any

from h11spec import reference


class Connection(reference.Connection):
    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._handed_out: Any = super().states

    @property
    def states(self) -> Any:
        return self._handed_out

    def next_event(self) -> Any:
        try:
            return super().next_event()
        finally:
            self._handed_out.update(super().states)


# The rest of the namespace is the reference's.
__getattr__ = partial(getattr, reference)
