"""Planted fault: while a switch is proposed, next_event returns NEED_DATA in place of PAUSED."""

from functools import partial
from typing import Any

from h11spec import reference


class Connection(reference.Connection):
    def next_event(self) -> Any:
        if self.their_state is reference.MIGHT_SWITCH_PROTOCOL:
            return reference.NEED_DATA
        return super().next_event()


# The rest of the namespace is the reference's.
__getattr__ = partial(getattr, reference)
