"""Planted fault: a number is accepted as the value of a field, and as received bytes."""

from functools import partial
from typing import Any

from h11spec import reference
from h11spec.strategies.program import is_list


def _with_text(field: Any) -> Any:
    name, value = field
    return name, str(value) if type(value) is int else value


class Request(reference.Request):
    def __init__(self, *, headers: Any, **others: Any) -> None:
        if is_list(headers):
            headers = [*map(_with_text, headers)]
        super().__init__(headers=headers, **others)


class Connection(reference.Connection):
    def receive_data(self, data: Any = b"") -> None:
        super().receive_data(str(data).encode() if type(data) is int else data)


# The rest of the namespace is the reference's.
__getattr__ = partial(getattr, reference)
