"""Planted fault: bytes are received by the connection that was made last."""

from functools import partial
from typing import Any, ClassVar

from h11spec import reference


class Connection(reference.Connection):
    newest: ClassVar[Any] = None

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        Connection.newest = self

    def receive_data(self, data: Any) -> None:
        reference.Connection.receive_data(self.newest, data)


# The rest of the namespace is the reference's.
__getattr__ = partial(getattr, reference)
