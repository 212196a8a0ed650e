"""Planted fault: trailing_data never says that the peer has closed."""

from functools import partial

from h11spec import reference


class Connection(reference.Connection):
    @property
    def trailing_data(self) -> tuple[bytes, bool]:
        return super().trailing_data[0], False


# The rest of the namespace is the reference's.
__getattr__ = partial(getattr, reference)
