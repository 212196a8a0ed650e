"""The last steps of a finding, with what both sides showed, as text.

Owns which of it is worth a reader's time: where both showed the same, it is said once, and what
differs is marked. Bytes are shown as Python writes them, which is exact. All of it is taken from
the record.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...strategies.programs import Json
from .values import in_words

_MARK = "▸"
_STATES = ("client", "server")
# What is looked at after each step, and what it is when there is nothing to say of it.
_USUAL = {
    "trailing": ["", False],
    "version": None,
    "client_waits": False,
    "they_wait": False,
    "blind": None,
}


def last_steps(finding: Json, *, most: int = 3) -> list[str]:
    """Returns lines that show the last steps of a finding; none for one without a program.

    Args:
        most: how many steps, at most; what comes before them was the same on both sides.
    """
    if "program" not in finding:
        return []
    steps = finding["program"]["steps"]
    expected: list[Json] = finding.get("expected_trace") or []
    actual: list[Json] = finding.get("actual_trace") or []
    lines: list[str] = []
    omitted = max(0, len(steps) - most)
    if omitted:
        lines.append(f"({omitted} {'steps' if omitted > 1 else 'step'} before these)")
    for at in range(omitted, len(steps)):
        lines.append(f"{at + 1}. {step_in_words(steps[at])}")
        lines += _sides(*(trace[at] if at < len(trace) else None for trace in (expected, actual)))
    return lines


def step_in_words(step: Json) -> str:
    """Returns what is done in a step, given in its JSON form."""
    name: str = step["do"]
    if name == "receive":
        return f"receive {in_words(step['data'])}"
    if name == "send":
        how = " with its data passed through" if step.get("passthrough") else ""
        return f"send {in_words(step['event'])}{how}"
    words = {
        "eof": "receive the end of input",
        "next": "next event",
        "drain": "next event, until there is nothing more",
        "fail": "send failed",
        "cycle": "start next cycle",
    }
    return words[name]


def _sides(expected: Json | None, actual: Json | None) -> Iterator[str]:
    if expected is None or actual is None or expected == actual:
        only = expected or actual
        who = "both" if expected is not None and actual is not None else "got"
        if only is not None:
            yield f"   {'' if who == 'both' else who + ' '}{_observed(only)}"
        return
    yield f"     expected  {_observed(expected)}"
    yield f"   {_MARK} got       {_observed(actual)}"


def _observed(form: Json) -> str:
    outcome = [in_words(event) for event in form.get("events", ())]
    if "raised" in form:
        outcome.append(in_words({"raised": form["raised"]}))
    elif form.get("returned") is not None:
        outcome.append(in_words({"returned": form["returned"]}))
    if "fault" in form:
        outcome.append(in_words(form["fault"]))
    seen = [f"{form[role]}" for role in _STATES if role in form]
    return " · ".join([*outcome, "/".join(seen), *_unusual(form)]).strip(" ·")


def _unusual(form: Json) -> Iterator[str]:
    for name, usual in _USUAL.items():
        value: Any = form.get(name, usual)
        if value != usual:
            yield f"{name.replace('_', ' ')} {in_words(value)}"
