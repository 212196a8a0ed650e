"""Planted fault: the third cycle of a connection begins in the ERROR state."""

from functools import partial
from typing import Any

from h11spec import reference


class Connection(reference.Connection):
    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.used = False

    def start_next_cycle(self) -> None:
        super().start_next_cycle()
        if self.used:
            self.send_failed()
        self.used = True


# The rest of the namespace is the reference's.
__getattr__ = partial(getattr, reference)
