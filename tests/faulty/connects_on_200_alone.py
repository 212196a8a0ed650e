"""Planted fault: only 200 accepts a CONNECT, and no other 2xx."""

from functools import partial
from typing import Any

from faulty.copying import copied, replaces

copy = copied(__name__)


@replaces(copy, "connection.accepted")
def accepted(original: Any, event: Any, proposed: Any) -> Any:
    return None if getattr(event, "status_code", 101) > 200 else original(event, proposed)


# The rest of the namespace is the copy's.
__getattr__ = partial(getattr, copy)
