"""Planted fault: the peer's HTTP version is reset when the next cycle starts."""

from functools import partial

from h11spec import reference


class Connection(reference.Connection):
    def start_next_cycle(self) -> None:
        super().start_next_cycle()
        self.their_http_version = None


# The rest of the namespace is the reference's.
__getattr__ = partial(getattr, reference)
