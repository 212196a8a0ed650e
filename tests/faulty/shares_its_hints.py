"""Planted fault: all errors have the status hint of the last one."""

from functools import partial
from typing import Any

from h11spec import reference

_raised: list[Any] = []


class Connection(reference.Connection):
    def next_event(self) -> Any:
        try:
            return super().next_event()
        except reference.ProtocolError as error:
            _raised.append(error)
            for each in _raised:
                each.error_status_hint = error.error_status_hint
            raise


# The rest of the namespace is the reference's.
__getattr__ = partial(getattr, reference)
