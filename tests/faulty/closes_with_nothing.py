"""Planted fault: closing has nothing to send, and says so as if there were more to come."""

from functools import partial
from typing import Any

from h11spec import reference


class Connection(reference.Connection):
    def send(self, event: Any) -> bytes | None:
        return super().send(event) or b""


# The rest of the namespace is the reference's.
__getattr__ = partial(getattr, reference)
