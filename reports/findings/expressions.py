"""Arguments and events as Python expressions.

Owns how a value that a program passes is written in a script. It must not know steps.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...strategies.program import EventSpec, Typed, is_tuple


def event_expression(event: EventSpec) -> str:
    """Returns the Python expression that constructs the event."""
    arguments: list[str] = []
    for name, value in event.arguments:
        if name == "*":
            arguments += (expression(each) for each in value)
        else:
            arguments.append(f"{name}={expression(value)}")
    return f"h11.{event.type}({', '.join(arguments)})"


def expression(value: Any, *, outermost: bool = True) -> str:
    """Returns the Python expression for an argument; a tuple is a list where it is outermost."""
    if is_tuple(value):
        items = [expression(item, outermost=False) for item in value]
        if outermost:
            return f"[{', '.join(items)}]"
        return f"({', '.join(items)}{',' if len(items) == 1 else ''})"
    if isinstance(value, Typed):
        return _TYPED[value.kind](value.content)
    return repr(value)


def _of_bytes(kind: str) -> Callable[[Any], str]:
    return lambda content: f"{kind}({str(content).encode('latin-1')!r})"


_TYPED: dict[str, Callable[[Any], str]] = {
    "name": str,
    "api": lambda name: f"h11.{name}",
    "event": lambda event: event_expression(event),
    "text": repr,
    "bytearray": _of_bytes("bytearray"),
    "memoryview": _of_bytes("memoryview"),
    "memoryview_of_bytearray": lambda text: f"memoryview(bytearray({text.encode('latin-1')!r}))",
    "items": lambda content: f"dict({expression(content)}).items()",
    "tuple": lambda content: f"tuple({expression(content)})",
    "iterator": lambda content: f"iter({expression(content)})",
    "opaque": lambda length: f"range({length})",
    "array": lambda content: f"__import__('array').array('B', {content.encode('latin-1')!r})",
    "bytes_subclass": lambda text: f"type('Own', (bytes,), {{}})({text.encode('latin-1')!r})",
    "text_subclass": lambda text: f"type('Own', (str,), {{}})({text!r})",
    "int_subclass": lambda number: f"type('Own', (int,), {{}})({number})",
    "convertible": lambda text: (
        f"type('Own', (), {{'__bytes__': lambda _: {text.encode('latin-1')!r}}})()"
    ),
}
