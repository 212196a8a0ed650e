"""Planted fault: a head that is too long gets the status hint of any other error."""

from functools import partial
from typing import Any

from h11spec import reference


class Connection(reference.Connection):
    def next_event(self) -> Any:
        try:
            return super().next_event()
        except reference.RemoteProtocolError as error:
            error.error_status_hint = 400
            raise


# The rest of the namespace is the reference's.
__getattr__ = partial(getattr, reference)
