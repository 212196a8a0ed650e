"""Planted fault: a client still counts as waiting after 100 (Continue)."""

from functools import partial
from typing import Any

from h11spec import reference


class Connection(reference.Connection):
    def send_with_data_passthrough(self, event: Any) -> Any:
        waiting = self.client_is_waiting_for_100_continue
        parts = super().send_with_data_passthrough(event)
        if isinstance(event, reference.InformationalResponse):
            self.client_is_waiting_for_100_continue = waiting
        return parts


# The rest of the namespace is the reference's.
__getattr__ = partial(getattr, reference)
