"""Planted fault: next_event returns ConnectionClosed once, and NEED_DATA after it."""

from functools import partial
from typing import Any

from h11spec import reference


class Connection(reference.Connection):
    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.reported = False

    def next_event(self) -> Any:
        event = super().next_event()
        if not isinstance(event, reference.ConnectionClosed):
            return event
        reported, self.reported = self.reported, True
        return reference.NEED_DATA if reported else event


# The rest of the namespace is the reference's.
__getattr__ = partial(getattr, reference)
