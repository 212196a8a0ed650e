"""Checks as text for a terminal, from what is told of them as plain data.

Owns words and layout.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from rich.console import Console

from ...strategies.programs import Json
from ..wording.terminal_safe import print_line, shortened

_SHORT = 300
_LABEL = 14


def show_checks(checks: Sequence[Json], console: Console) -> None:
    """Prints a line for each check, and how many they are."""
    ids, levels = (max(len(check[name]) for check in checks) for name in ("id", "level"))
    for check in checks:
        line = f"{check['id']:<{ids}}  {check['level']:<{levels}}  {check['requirement']}"
        print_line(console, line)
    print_line(console, _count(len(checks), "check"))


def show_check(check: Json, console: Console) -> None:
    """Prints all that is told of a check."""
    print_line(console, check["id"], "bold")
    for label, texts in _lines(check):
        for text in texts:
            print_line(console, f"  {label:<{_LABEL}}{text}")
            label = ""
    if check["script"]:
        print_line(console, "")
        for line in check["script"]:
            print_line(console, f"    {shortened(line, _SHORT)}")


def _lines(check: Json) -> Iterator[tuple[str, Sequence[str]]]:
    """Each label with the lines that belong to it."""
    yield "requires", [check["requirement"]]
    yield "level", [check["level"]]
    yield "binds", ["both sides" if check["role"] == "both" else f"the {check['role']}"]
    yield "cites", check["citations"]
    yield "covers", check["covers"]
    yield "since", [f"catalogue {check['since']}"]
    yield "judged", [check["judged"], *_judged(check)]
    yield "kept where", check["conditions"]
    label = "kept if true" if check["promise"] else "asks"
    yield label, [line for each in check["expressions"] for line in _expression(each)]
    if check["h11"]:
        note = f": {check['note']}" if check["note"] else ""
        yield "h11 0.16.0", [f"{check['h11']}{note}"]
    if check["programs"]:
        programs, steps = _count(check["programs"], "program"), _count(check["steps"], "step")
        first = "; one of them:" if check["programs"] > 1 else ":"
        yield "runs", [f"{programs}, {steps}, in the phase {check['phase']}{first}"]
    else:
        yield "runs", [f"in the phase {check['phase']}"]


def _judged(check: Json) -> Iterator[str]:
    document = "the documentation" if check["level"] == "CONTRACT" else "the RFC"
    if check["conditions"]:
        yield f"and by {document} alone, in the conditions that must all hold"
    if check["promise"]:
        yield f"and by {document} alone, in an expression"
    if check["expressions"]:
        yield "h11spec.conformance.requirements.surface says what the names in expressions mean"
    if not check["documented"]:
        yield "goes beyond documented input: what differs fails a strict run only"


def _expression(expression: Json) -> Iterator[str]:
    yield expression["text"]
    for outcome in expression["also"]:
        yield f"    or {json.dumps(outcome)}: {expression['because']}"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
