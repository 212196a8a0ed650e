"""Planted fault: an error of the peer is raised once, and then next_event returns NEED_DATA."""

from functools import partial
from typing import Any

from h11spec import reference


class Connection(reference.Connection):
    def next_event(self) -> Any:
        return reference.NEED_DATA if self.their_state is reference.ERROR else super().next_event()


# The rest of the namespace is the reference's.
__getattr__ = partial(getattr, reference)
