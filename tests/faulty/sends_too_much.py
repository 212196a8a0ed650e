"""Planted fault: a body may be longer than its announced length."""

from functools import partial
from typing import Any

from faulty.copying import copied, replaces

copy = copied(__name__)


@replaces(copy, "writing.LengthWriter.write_data")
def write_data(original: Any, writer: Any, event: Any) -> Any:
    size = min(len(event.data), writer._remaining)
    original(writer, copy.Data(event.data[:size]))
    return [event.data]


# The rest of the namespace is the copy's.
__getattr__ = partial(getattr, copy)
