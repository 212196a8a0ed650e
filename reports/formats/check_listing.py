"""Checks as text for a terminal, from their descriptions as plain data.

Owns the labels and the layout. It must not know the catalogue.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from rich.console import Console

from ...strategies.program import Json
from ..analysis.summary import pluralise
from ..wording.terminal_safe import print_line, shorten

_SHORT = 300
_LABEL = 14


def show_checks(checks: Sequence[Json], console: Console) -> None:
    """Prints a line for each check, then how many there are."""
    ids, levels = (max(len(check[name]) for check in checks) for name in ("id", "level"))
    for check in checks:
        line = f"{check['id']:<{ids}}  {check['level']:<{levels}}  {check['requirement']}"
        print_line(console, line)
    print_line(console, pluralise(len(checks), "check"))


def show_check(check: Json, console: Console) -> None:
    """Prints the whole description of a check."""
    print_line(console, check["id"], "bold")
    for label, texts in _paragraphs(check):
        for text in texts:
            print_line(console, f"  {label:<{_LABEL}}{text}")
            label = ""
    if check["script"]:
        print_line(console, "")
        for line in check["script"]:
            print_line(console, f"    {shorten(line, _SHORT)}")


def _paragraphs(check: Json) -> Iterator[tuple[str, Sequence[str]]]:
    """Each label with its lines; a label without lines is not shown."""
    yield "requirement", [check["requirement"]]
    yield "level", [check["level"]]
    yield "applies to", ["both roles" if check["role"] == "both" else f"the {check['role']}"]
    yield "source", check["citations"]
    yield "covers", check["covers"]
    yield "since", [f"catalogue {check['since']}"]
    yield "judged", [check["judged"], *_further_verdicts(check)]
    yield "conforms if", check["conditions"]
    label = "conforms if" if check["promise"] else "evaluates"
    yield label, [line for each in check["expressions"] for line in _expression(each)]
    if check["h11"]:
        note = f": {check['note']}" if check["note"] else ""
        yield "h11 0.16.0", [f"{check['h11']}{note}"]
    if check["programs"]:
        programs, steps = pluralise(check["programs"], "program"), pluralise(check["steps"], "step")
        example = "; one of them:" if check["programs"] > 1 else ":"
        yield "runs", [f"{programs}, {steps}, in the phase {check['phase']}{example}"]
    else:
        yield "runs", [f"in the phase {check['phase']}"]


def _further_verdicts(check: Json) -> Iterator[str]:
    document = "the documentation" if check["level"] == "CONTRACT" else "the RFC"
    if check["conditions"]:
        yield f"and by {document} alone: all conditions must hold"
    if check["promise"]:
        yield f"and by {document} alone: the expression must be true"
    if check["expressions"]:
        yield "h11spec.conformance.requirements.surface explains the names in expressions"
    if not check["documented"]:
        decided = any(each["decided"] for each in check["expressions"])
        where = ", where no promise decides" if decided else ""
        yield f"beyond documented input: differences fail strict runs only{where}"


def _expression(expression: Json) -> Iterator[str]:
    yield expression["text"]
    if expression["decided"]:
        yield f"    fails every run: {expression['decided']}"
    for outcome in expression["also"]:
        yield f"    or {json.dumps(outcome)}: {expression['because']}"
