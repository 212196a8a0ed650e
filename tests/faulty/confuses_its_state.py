"""Planted fault: our_state is that of the client, in either role."""

from functools import partial
from typing import Any

from h11spec import reference


class Connection(reference.Connection):
    @property
    def our_state(self) -> Any:
        return self.states[reference.CLIENT]


# The rest of the namespace is the reference's.
__getattr__ = partial(getattr, reference)
