"""Planted fault: 101 (Switching Protocols) is an ordinary interim response."""

from functools import partial
from typing import Any

from faulty.copying import copied, replaces

copy = copied(__name__)


@replaces(copy, "connection.accepted")
def accepted(original: Any, event: Any, proposed: Any) -> Any:
    return None if getattr(event, "status_code", None) == 101 else original(event, proposed)


# The rest of the namespace is the copy's.
__getattr__ = partial(getattr, copy)
