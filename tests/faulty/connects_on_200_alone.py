"""Planted fault: no other success than 200 accepts a CONNECT."""

from functools import partial
from typing import Any

from faulty.copying import copied, instead

copy = copied(__name__)


@instead(copy, "connection.accepted")
def accepted(original: Any, event: Any, proposed: Any) -> Any:
    return None if getattr(event, "status_code", 101) > 200 else original(event, proposed)


# The rest of the namespace is the copy's.
__getattr__ = partial(getattr, copy)
