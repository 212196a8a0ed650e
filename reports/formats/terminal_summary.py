"""The end of a report in a terminal: what is remarkable about a run, and a summary in few lines.

Owns what is worth a line besides the unexpected causes. It must not know where the lines go.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...strategies.program import Json
from ..analysis.causes import ShownCause
from ..analysis.summary import Summary, pluralise
from ..analysis.totals import Document
from ..wording.terminal_safe import shorten
from ..wording.wrapping import end_of_path, one_line, wrap
from .cause_block import Line
from .phrases import limits, phase_notes

STYLES = {"good": "bold green", "bad": "bold red", "unclear": "bold yellow"}
OUT_OF_TIME = "The search stopped at its time limit."
_MAX_TEXT = 2_000
_HANGING = "  "


def checked(run: Summary, width: int) -> Iterator[Line]:
    """Yields what was checked, and where its code is."""
    target = run.target
    what = f"checked: {', '.join(filter(None, (target.brief, target.python)))}"
    where = end_of_path(target.origin, width - len(what) - len(", "))
    yield from _wrapped(f"{what}, {where}" if where else what, width)


def remarks(run: Summary, width: int) -> Iterator[Line]:
    """Yields what limits the verdict, and a line for each accepted difference."""
    for text in run.target.remarks:
        yield from _wrapped(text, width, "bold yellow")
    for cause in run.causes:
        if not cause.line["fails"] and _is_notable(cause):
            what = f"{cause.line['id']}  {shorten(cause.line['title'], _MAX_TEXT)}"
            yield from _wrapped(what, width, "bold yellow")
    for each in run.baseline:
        for entry in each.entries:
            yield from _entry(run, each.state, entry, width)
        if each.state not in ("used", "stale"):
            yield f"baseline: {len(each.entries)} {each.description}", ""
    nothing_differs = not run.counts.unexpected_causes
    for phase in run.phases:
        for note in phase_notes(phase) if nothing_differs else limits(phase):
            yield from _wrapped(f"{phase.name}: {note}", width)
    footer = run.record.footer
    if footer is not None and footer["out_of_time"]:
        yield OUT_OF_TIME, ""


def summary_lines(run: Summary, width: int) -> Iterator[Line]:
    """Yields what was run, how the target conforms to each document, and the verdict."""
    yield from _wrapped(_what_was_run(run), width)
    for document in run.documents:
        yield from _wrapped(_satisfied(document), width)
    for statement in run.statements:
        style = STYLES[statement.tone]
        yield from _wrapped(f"{statement.word}: {statement.text}", width, style)


def _is_notable(cause: ShownCause) -> bool:
    """Whether a cause that does not fail is worth a line: nothing else tells of it."""
    return bool(cause.clearest.get("unconfirmed")) or cause.clearest["aspect"] == "cost"


def _entry(run: Summary, state: str, entry: Json, width: int) -> Iterator[Line]:
    if state == "used":
        yield _accepted(run.causes, entry, width), "bold yellow"
    if state == "stale":
        what = f"STALE {entry['id']}  {shorten(entry['difference'], _MAX_TEXT)}: no longer occurs"
        yield from _wrapped(f"{what}; remove it (h11spec baseline update)", width, "bold red")


def _accepted(causes: Iterable[ShownCause], entry: Json, width: int) -> str:
    """What an entry accepts, and the reason, in one line that has room for both."""
    title, reason = _used(causes, entry)
    start = f"accepted: {entry['id']}  "
    short = one_line(reason, max(width // 3, width - len(start) - len(title) - 2))
    room = width - len(start) - len(short) - len(": ")
    return f"{start}{one_line(title, room)}{short and f': {short}'}"


def _used(causes: Iterable[ShownCause], entry: Json) -> tuple[str, str]:
    """The title of what an entry accepts, and the reason."""
    for cause in causes:
        if entry["id"] == cause.line["id"]:
            number = pluralise(len(cause.findings), "finding")
            return f"{cause.line['title']} ({number})", str(cause.line["accepted"] or "")
        for finding in cause.findings:
            if entry["id"] == finding["id"]:
                return str(cause.line["title"]), str(finding["accepted"] or "")
    return str(entry["difference"]), ""


def _what_was_run(run: Summary) -> str:
    names = [phase.name for phase in run.phases]
    checks = pluralise(sum(phase.results for phase in run.phases), "check")
    programs = pluralise(sum(phase.programs for phase in run.phases), "program")
    seed = f", seed {run.record.header['settings']['seed']}" if "search" in names else ""
    return f"{', '.join(names) or 'nothing was run'}: {checks}, {programs}{seed}"


def _satisfied(document: Document) -> str:
    musts = f" ({document.broken_musts} MUST)" if document.broken_musts else ""
    satisfied = document.judged - document.broken
    return (
        f"{document.name}: satisfies {satisfied} of {pluralise(document.judged, 'requirement')}"
        f" and breaks {document.broken}{musts}"
    )


def _wrapped(text: str, width: int, style: str = "") -> Iterator[Line]:
    """Yields the lines of a text, of which the later ones are indented."""
    first, *rest = wrap("", shorten(text, _MAX_TEXT), width, 99)
    yield first, style
    if rest:
        below = " ".join(rest)
        yield from ((line, style) for line in wrap(_HANGING, below, width, 99))
