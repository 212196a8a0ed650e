"""Planted fault: a second Cookie of a request is dropped."""

from functools import partial

from h11spec import reference


class Connection(reference.Connection):
    def receive_data(self, data: bytes) -> None:
        before, name, after = data.partition(b"\r\nCookie: a\r\n")
        super().receive_data(before + name + after.removeprefix(b"Cookie: b\r\n"))


# The rest of the namespace is the reference's.
__getattr__ = partial(getattr, reference)
