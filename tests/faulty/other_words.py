"""Planted fault, in the texts of errors only."""

from functools import partial
from typing import Any

from h11spec import reference


class Connection(reference.Connection):
    def next_event(self) -> Any:
        try:
            return super().next_event()
        except reference.RemoteProtocolError as error:
            error.args = (error.args[0].upper(),)
            raise


# The rest of the namespace is the reference's.
__getattr__ = partial(getattr, reference)
