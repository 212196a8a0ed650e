"""Planted fault: send_failed does not change our state."""

from functools import partial

from h11spec import reference


class Connection(reference.Connection):
    def send_failed(self) -> None:
        pass


# The rest of the namespace is the reference's.
__getattr__ = partial(getattr, reference)
