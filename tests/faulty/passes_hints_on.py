"""Planted fault: the fields of a 103 (Early Hints) response are added to the next response."""

from functools import partial
from typing import Any

from h11spec import reference


class Connection(reference.Connection):
    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self._hints: list[Any] = []

    def next_event(self) -> Any:
        event = super().next_event()
        if isinstance(event, reference.InformationalResponse) and event.status_code == 103:
            self._hints = [field for field in event.headers if field[0] == b"link"]
        elif isinstance(event, reference.Response) and self._hints:
            return reference.Response(
                status_code=event.status_code,
                headers=[*event.headers.raw_items(), *self._hints],
                reason=event.reason,
                http_version=event.http_version,
            )
        return event


__getattr__ = partial(getattr, reference)
