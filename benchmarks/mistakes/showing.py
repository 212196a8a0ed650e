"""Runs the short program that shows a mistake, with the names that such programs may use.

Owns how events are written in the values of programs. Knows nothing of any mistake.
"""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable
from functools import partial
from typing import Any

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
CHUNKED = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"


def show(program: str, h11: Any) -> Any:
    """Returns the value of ``shown`` after the program.

    The program has ``h11``; ``server`` and ``client``, which make a connection; ``read`` and
    ``attempt``, and ``answer``, ``ask`` and ``growth`` below; and the requests GET and CHUNKED.
    """
    names: dict[str, Any] = {
        "h11": h11,
        "server": partial(h11.Connection, h11.SERVER),
        "client": partial(h11.Connection, h11.CLIENT),
        "read": read,
        "attempt": attempt,
        "answer": partial(answer, h11),
        "ask": partial(ask, h11),
        "growth": growth,
        "GET": GET,
        "CHUNKED": CHUNKED,
    }
    # The programs are files of this repository.
    exec(compile(program, "<program>", "exec"), names)  # noqa: S102  # our own program
    return names["shown"]


def read(connection: Any, *received: Any) -> list[str]:
    """Receives each argument, then returns the next events in words, up to one without a message.

    The last one is NEED_DATA, PAUSED, ConnectionClosed or the class of an error.
    """
    for data in received:
        connection.receive_data(data)
    shown: list[str] = []
    while True:
        try:
            event = connection.next_event()
        except Exception as error:
            return [*shown, _error(error)]
        shown.append(_words(event))
        if shown[-1] in ("NEED_DATA", "PAUSED", "ConnectionClosed"):
            return shown


def _error(error: Exception) -> str:
    hint = getattr(error, "error_status_hint", "")
    return f"{type(error).__name__} {hint}".rstrip()


def _words(event: Any) -> str:
    name = getattr(event, "__name__", type(event).__name__)
    values = [getattr(event, field, None) for field in ("method", "target", "status_code", "data")]
    parts = [_text(value) for value in values if value is not None]
    if name == "EndOfMessage":
        parts = [f"{_text(field)}: {_text(value)}" for field, value in event.headers]
    return " ".join([name, *parts])


def _text(value: Any) -> str:
    return str(value) if isinstance(value, int) else bytes(value).decode("latin-1")


def attempt(call: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    """Returns what the call returns, or the class of its error with the status code hint."""
    try:
        return call(*arguments, **named)
    except Exception as error:
        return _error(error)


def answer(h11: Any, connection: Any, body: bytes = b"", status_code: int = 200) -> bytes:
    """Sends a whole response with a length, and returns its bytes."""
    fields = [("Content-Length", str(len(body)))]
    sent = connection.send(h11.Response(status_code=status_code, headers=fields))
    if body:
        sent += connection.send(h11.Data(data=body))
    return bytes(sent + connection.send(h11.EndOfMessage()))


def ask(h11: Any, connection: Any, method: str = "GET", *fields: tuple[str, str]) -> bytes:
    """Sends a whole request without a body, and returns its bytes."""
    headers = [("Host", "a"), *fields]
    sent = connection.send(h11.Request(method=method, target="/", headers=headers))
    return bytes(sent + connection.send(h11.EndOfMessage()))


def growth(step: Callable[[], object], count: int = 200, rounds: int = 3) -> bool:
    """Returns whether repeating the step keeps at least eight bytes more each time, in each round.

    Another thread of the process may allocate as well, but not so much in every round.
    """
    for _ in range(10):
        step()
    tracemalloc.start()
    try:
        return all(_kept(step, count) >= 8 * count for _ in range(rounds))
    finally:
        tracemalloc.stop()


def _kept(step: Callable[[], object], count: int) -> int:
    """How many bytes more are allocated after as many steps."""
    gc.collect()
    before = tracemalloc.get_traced_memory()[0]
    for _ in range(count):
        step()
    gc.collect()
    return tracemalloc.get_traced_memory()[0] - before
