"""Planted fault: the texts of errors cannot be encoded, and contain terminal sequences."""

from functools import partial
from typing import Any

from h11spec import reference


class Connection(reference.Connection):
    def next_event(self) -> Any:
        try:
            return super().next_event()
        except reference.RemoteProtocolError as error:
            error.args = ("lone \udc80, [bold]markup[/] and \x1b[31mred",)
            raise


# The rest of the namespace is the reference's.
__getattr__ = partial(getattr, reference)
