"""Planted fault: send_failed does not change the state of the peer."""

from functools import partial

from h11spec import reference


class Connection(reference.Connection):
    def send_failed(self) -> None:
        theirs = self.their_state
        super().send_failed()
        self._states.current[self.their_role] = theirs


# The rest of the namespace is the reference's.
__getattr__ = partial(getattr, reference)
