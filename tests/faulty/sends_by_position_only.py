"""Planted fault: the argument of send has another name."""

from functools import partial
from typing import Any

from h11spec import reference


class Connection(reference.Connection):
    def send(self, sent: Any) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride] (the fault)
        return super().send(sent)


# The rest of the namespace is the reference's.
__getattr__ = partial(getattr, reference)
