"""Planted fault: a received transfer coding "identity" is passed over."""

import re
from functools import partial
from typing import Any

from h11spec import reference

_IDENTITY = re.compile(rb"(?i)transfer-encoding: identity\r\n")


class Connection(reference.Connection):
    def receive_data(self, data: Any) -> None:
        super().receive_data(_IDENTITY.sub(b"", data) if isinstance(data, bytes) else data)


# The rest of the namespace is the reference's.
__getattr__ = partial(getattr, reference)
