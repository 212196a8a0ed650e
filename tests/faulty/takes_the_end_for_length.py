"""Planted fault: an incomplete head gets the status hint of one that is too long."""

from functools import partial
from typing import Any

from h11spec import reference


class Connection(reference.Connection):
    def next_event(self) -> Any:
        try:
            return super().next_event()
        except reference.RemoteProtocolError as error:
            if "closed" in str(error):
                error.error_status_hint = 431
            raise


# The rest of the namespace is the reference's.
__getattr__ = partial(getattr, reference)
