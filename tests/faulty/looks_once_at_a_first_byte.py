"""Planted fault: only the first head that is incomplete is looked at for a wrong first byte."""

from functools import partial
from typing import Any

from h11spec import reference

_HEADS = (reference.IDLE, reference.SEND_RESPONSE)


class Connection(reference.Connection):
    _looked = False

    def next_event(self) -> Any:
        data, ended = self.trailing_data
        waits = self.their_state in _HEADS and data and b"\n" not in data and not ended
        if waits and self._looked and data[0] < 0x21:
            return reference.NEED_DATA
        self._looked = self._looked or bool(waits)
        return super().next_event()


__getattr__ = partial(getattr, reference)
