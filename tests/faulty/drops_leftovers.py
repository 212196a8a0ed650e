"""Planted fault: bytes received before their cycle are lost when the cycle begins."""

from functools import partial

from h11spec import reference


class Connection(reference.Connection):
    def start_next_cycle(self) -> None:
        super().start_next_cycle()
        self._buffer.take_all()


# The rest of the namespace is the reference's.
__getattr__ = partial(getattr, reference)
