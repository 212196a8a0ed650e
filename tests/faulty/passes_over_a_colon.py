"""Planted fault: a received line of a colon alone is passed over."""

from functools import partial
from typing import Any

from h11spec import reference


class Connection(reference.Connection):
    def receive_data(self, data: Any) -> None:
        super().receive_data(
            data.replace(b"\r\n:\r\n", b"\r\n") if isinstance(data, bytes) else data
        )


# The rest of the namespace is the reference's.
__getattr__ = partial(getattr, reference)
