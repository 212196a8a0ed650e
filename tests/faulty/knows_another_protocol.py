"""Planted fault: a status line of another protocol counts as one of HTTP/1.0."""

from functools import partial

from h11spec import reference


class Connection(reference.Connection):
    def receive_data(self, data: bytes) -> None:
        super().receive_data(data.replace(b"ICY 200", b"HTTP/1.0 200"))


# The rest of the namespace is the reference's.
__getattr__ = partial(getattr, reference)
