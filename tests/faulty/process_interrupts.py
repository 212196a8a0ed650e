"""Planted fault: sending empty data raises KeyboardInterrupt, as Ctrl-C would."""

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
