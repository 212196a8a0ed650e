"""Planted fault: an error of the peer is raised as a LocalProtocolError."""

from functools import partial
from typing import Any

from h11spec import reference


class Connection(reference.Connection):
    def next_event(self) -> Any:
        try:
            return super().next_event()
        except reference.RemoteProtocolError as error:
            raise reference.LocalProtocolError(str(error), error.error_status_hint) from error


# The rest of the namespace is the reference's.
__getattr__ = partial(getattr, reference)
