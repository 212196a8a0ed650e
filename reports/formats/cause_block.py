"""A cause as the lines of a block, for a terminal.

Owns how much of a cause is shown, and in which order. It must not know where the lines go.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from ...strategies.program import Json
from ..analysis.causes import ShownCause
from ..analysis.summary import pluralise
from ..wording.finding_details import MAX_VALUE, needs, reproduction_status
from ..wording.steps import format_step
from ..wording.terminal_safe import shorten
from ..wording.values import CONFORMING, format_sides
from ..wording.wrapping import one_line, wrap

# The lines of a block, with the empty one that ends it; and of one of several, unless its script
# needs more.
MAX_LINES, _SHORT = 25, 17
_MAX_PLACES = 3
_MAX_STEPS = 4
# With the line that says what they are.
_MIN_PRINTED, _MAX_PRINTED = 2, 4
# Of a value whose first lines are the same on both sides.
_MAX_VALUE_LINES = 4
_MAX_TEXT = 2_000
_FEW = 3
# Of a line of a script, or of what it printed: no screen shows more.
_MAX_SCRIPT_LINE = 2_000

Line = tuple[str, str]


def cause_block(cause: ShownCause, width: int, *, alone: bool = True) -> list[Line]:
    """Returns the lines of a cause, each with its style.

    No line but those of the script is longer than the width.

    Args:
        alone: whether no other block is shown, so that there is room for more.
    """
    style = "bold red" if cause.unexpected else "bold yellow"
    head = [(line, style) for line in wrap(f"{cause.line['id']}  ", _heading(cause), width, 3)]
    head += _details(cause, width, alone=alone)
    folded = [(line, "") for line in _folded(cause, width, 2 if alone else 1)]
    used = len(head) + len(folded) + 1
    rooms = MAX_LINES - used, (MAX_LINES if alone else _SHORT) - used
    return [*head, *_program(cause.clearest, width, *rooms), *folded, ("", "")]


def cause_line(cause: ShownCause, width: int) -> str:
    """Returns a cause in one line: its id, its title, and the number of its findings."""
    number = f" ({pluralise(len(cause.findings), 'finding')})"
    text = one_line(f"{cause.line['title']}", width - len(cause.line["id"]) - 2 - len(number))
    return f"{cause.line['id']}  {text}{number}"


def _heading(cause: ShownCause) -> str:
    note = "" if cause.line["fails"] else " (does not fail)"
    if cause.clearest.get("unconfirmed"):
        note = " (seen once, and not again; does not fail)"
    if cause.line["accepted"]:
        note = " (accepted)"
    return f"{shorten(cause.line['title'], _MAX_TEXT)}{note}"


def _details(cause: ShownCause, width: int, *, alone: bool) -> Iterator[Line]:
    line, finding = cause.line, cause.clearest
    few, many = (2, 3) if alone else (1, 2)

    def labelled(label: str, text: str, max_lines: int, style: str = "") -> Iterator[Line]:
        for each in wrap(f"  {label:<9} ", shorten(text, _MAX_TEXT), width, max_lines):
            yield each, style

    if line["level"] != "BEHAVIOUR":
        citations = ", ".join(line["citations"])
        yield from labelled(
            "required", f"{line['level']}, {citations}: {line['requirement']}", many
        )
    if finding["note"] and alone:
        yield from labelled("of h11", finding["note"], few)
    # That the target breaks it goes without saying.
    if line["conforming"] in CONFORMING and line["conforming"] != "expected":
        yield from labelled("judged", CONFORMING[line["conforming"]], 1)
    for at, place in enumerate(line["places"][: _MAX_PLACES if alone else 1]):
        yield from labelled("" if at else "place", place, 1)
    if line.get("edit"):
        yield from labelled("edit", line["edit"], 2)
    if line["smuggling"]:
        yield from labelled("smuggling", line["smuggling_risk"], many, "bold")
    if line["accepted"]:
        yield from labelled("accepted", line["accepted"], few)
    if needs(finding):
        yield from labelled("needs", needs(finding), few)
    expected, got = format_sides(finding, MAX_VALUE)
    lines = _enough_lines(expected, got, few, lambda value: wrap(" " * 12, value, width, few))
    yield from labelled("expected", expected, lines)
    yield from labelled("got", got, lines)


def _enough_lines(one: str, other: str, lines: int, cut: Callable[[str], list[str]]) -> int:
    """The number of lines in which two values differ where they are shown."""
    return _MAX_VALUE_LINES if one != other and cut(one) == cut(other) else lines


def _program(finding: Json, width: int, most: int, room: int) -> list[Line]:
    """The script, and as much of its output and of the steps as there is room for.

    The script is shown as a whole, so that it can be copied, or not at all.

    Args:
        most: the number of lines that a script may have.
        room: the number of lines of everything together, unless the script has more.
    """
    script = [f"    {shorten(line, _MAX_SCRIPT_LINE)}" for line in finding["script"]]
    if len(script) > most:
        how = f"a script of {len(script):,} lines: h11spec show {finding['id']} RECORD --as script"
        script = wrap("    ", f"({how})", width, 2)
    printed = _printed(finding, width, min(_MAX_PRINTED, room - len(script)))
    steps = _last_steps(finding, width, min(_MAX_STEPS, room - len(script) - len(printed)))
    return [*((line, "") for line in (*steps, *script)), *printed]


def _printed(finding: Json, width: int, most: int) -> list[Line]:
    """The last lines that the script printed, or why there is none."""
    status = reproduction_status(finding)
    if not status:
        return []
    if not finding["reproduced"]:
        return [(line, "bold yellow") for line in wrap("  ", f"({status})", width, 2)]
    if most < _MIN_PRINTED:
        return []
    lines = (finding["output"] or "").splitlines()
    left = max(0, len(lines) - most + 1)
    before = f", after {pluralise(left, 'line')}" if left else ""
    shown = [f"    {one_line(line, width - 4)}" for line in lines[left:]]
    return [(line, "") for line in (f"  {status}{before}", *shown)]


def _last_steps(finding: Json, width: int, most: int) -> list[str]:
    """The last steps of the program of a finding, one line for each."""
    steps: Sequence[Json] = finding.get("program", {}).get("steps", ())
    if len(steps) > most:
        most -= 1
    if most < 1:
        return []
    omitted = max(0, len(steps) - most)
    lines = [f"  ({pluralise(omitted, 'step')} before these)"] if omitted else []
    for at, step in enumerate(steps[omitted:], omitted + 1):
        lines += wrap(f"  {at}. ", shorten(format_step(step), _MAX_TEXT), width, 1)
    return lines


def _folded(cause: ShownCause, width: int, max_lines: int) -> list[str]:
    """How many more findings the cause has, and of which checks they are."""
    others = cause.findings[1:]
    if not others:
        return []
    checks = list(dict.fromkeys(each["check"] for each in others))
    more = f" and {pluralise(len(checks) - _FEW, 'other check')}" if len(checks) > _FEW else ""
    found = f"and {pluralise(len(others), 'finding')} more"
    return wrap("  ", f"{found}, of {', '.join(checks[:_FEW])}{more}", width, max_lines)
