"""Planted fault: an empty piece of data that is sent raises KeyboardInterrupt, as a user would."""

from functools import partial
from typing import Any

from h11spec import reference


class Connection(reference.Connection):
    def send_with_data_passthrough(self, event: Any) -> Any:
        if isinstance(event, reference.Data) and not len(event.data):
            raise KeyboardInterrupt
        return super().send_with_data_passthrough(event)


# The rest of the namespace is the reference's.
__getattr__ = partial(getattr, reference)
