"""Planted fault: sending ConnectionClosed returns b"" in place of None."""

from functools import partial
from typing import Any

from h11spec import reference


class Connection(reference.Connection):
    def send(self, event: Any) -> bytes | None:
        return super().send(event) or b""


# The rest of the namespace is the reference's.
__getattr__ = partial(getattr, reference)
