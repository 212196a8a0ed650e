"""Planted fault: a Content-Length may have a sign before it, as int() likes to read it."""

import re
from functools import partial
from typing import Any

from h11spec import reference


class Connection(reference.Connection):
    def receive_data(self, data: Any) -> None:
        super().receive_data(re.sub(rb"(?i)(content-length: *)\+", rb"\1", bytes(data)))


# The rest of the namespace is the reference's.
__getattr__ = partial(getattr, reference)
