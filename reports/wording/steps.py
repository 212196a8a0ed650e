"""The last steps of a finding as text, with what both sides showed.

Owns the selection: an observation that is the same on both sides is shown once, and a difference is
marked. Everything comes from the record. It must not know any layout but lines.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...strategies.program import Json
from .long_values import abridge
from .values import format_changes, format_value

_MARK = "▸"
# What both sides showed in a step is abridged from this length on.
_LONG = 280
_STATES = ("client", "server")
# The attributes of a connection, with the values that are not worth showing.
_DEFAULTS = {
    "trailing": ["", False],
    "version": None,
    "client_waits": False,
    "they_wait": False,
    "blind": None,
}
_STEPS = {
    "eof": "receive the end of input",
    "next": "next event",
    "drain": "next event, until there is nothing more",
    "fail": "send failed",
    "cycle": "start next cycle",
    "again": "look again at what was handed out",
}


def last_steps(finding: Json, *, max_steps: int = 3) -> list[str]:
    """Returns lines that show the last steps of a finding; none for one without a program.

    Args:
        max_steps: the number of steps to show; both sides showed the same in the earlier ones.
    """
    if "program" not in finding:
        return []
    steps = finding["program"]["steps"]
    expected: list[Json] = finding.get("expected_trace") or []
    actual: list[Json] = finding.get("actual_trace") or []
    lines: list[str] = []
    omitted = max(0, len(steps) - max_steps)
    if omitted:
        lines.append(f"({omitted} {'steps' if omitted > 1 else 'step'} before these)")
    for at in range(omitted, len(steps)):
        lines.append(f"{at + 1}. {format_step(steps[at])}")
        lines += _observations(
            steps[at]["do"] == "again",
            *(trace[at] if at < len(trace) else None for trace in (expected, actual)),
        )
    return lines


def format_step(step: Json) -> str:
    """Returns what a step, given in its JSON form, does."""
    where = f" on connection {step['on']}" if "on" in step else ""
    return f"{_action(step)}{where}"


def _action(step: Json) -> str:
    name: str = step["do"]
    if name == "receive":
        return f"receive {format_value(step['data'])}"
    if name == "send":
        how = " with its data passed through" if step.get("passthrough") else ""
        return f"send {format_value(step['event'])}{how}"
    if name == "call":
        arguments = [*map(format_value, step.get("arguments", ()))]
        named = step.get("keywords", {}).items()
        arguments += (f"{key}={format_value(value)}" for key, value in named)
        return f"call {step['method']}({', '.join(arguments)})"
    if name == "read":
        return f"read {step['name']}"
    if name == "change":
        handed = "in" if step["what"] == "arguments" else "out"
        return f"change what was handed {handed}"
    return _STEPS[name]


def _observations(again: bool, expected: Json | None, actual: Json | None) -> Iterator[str]:
    if expected is None or actual is None or expected == actual:
        only = expected or actual
        label = "" if expected is not None and actual is not None else "got "
        if only is not None:
            yield f"   {label}{_observation(only, again)}"
        return
    texts = _observation(expected, again), _observation(actual, again)
    if max(map(len, texts)) > _LONG and not again:
        one, other = abridge(expected, actual)
        texts = _observation(one, again), _observation(other, again)
    yield f"     expected  {texts[0]}"
    yield f"   {_MARK} got       {texts[1]}"


def _observation(form: Json, again: bool) -> str:
    outcome = [format_value(event) for event in form.get("events", ())]
    if "raised" in form:
        outcome.append(format_value({"raised": form["raised"]}))
    elif again and "returned" in form:
        outcome.append(format_changes(form["returned"]))
    elif form.get("returned") is not None:
        outcome.append(format_value({"returned": form["returned"]}))
    if "fault" in form:
        outcome.append(format_value(form["fault"]))
    states = [f"{form[role]}" for role in _STATES if role in form]
    return " · ".join([*outcome, "/".join(states), *_unusual_attributes(form)]).strip(" ·")


def _unusual_attributes(form: Json) -> Iterator[str]:
    for name, default in _DEFAULTS.items():
        value: Any = form.get(name, default)
        if value != default:
            yield f"{name.replace('_', ' ')} {format_value(value)}"
