"""Planted fault: receiving data in a new connection sleeps with all signals but SIGKILL blocked."""

import signal
import time
from functools import partial
from typing import Any

from h11spec import reference

_IDLE = {reference.CLIENT: reference.IDLE, reference.SERVER: reference.IDLE}


class Connection(reference.Connection):
    def receive_data(self, data: Any) -> None:
        super().receive_data(data)
        if self.states == _IDLE and data and data[:1] != b"G":
            signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
            time.sleep(10_000)


# The rest of the namespace is the reference's.
__getattr__ = partial(getattr, reference)
