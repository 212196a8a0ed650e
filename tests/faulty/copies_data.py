"""Planted fault: data that is passed through is returned as a copy."""

from functools import partial
from typing import Any

from h11spec import reference


class Connection(reference.Connection):
    def send_with_data_passthrough(self, event: Any) -> Any:
        parts = super().send_with_data_passthrough(event)
        return parts and [bytes(bytearray(part)) for part in parts]


# The rest of the namespace is the reference's.
__getattr__ = partial(getattr, reference)
