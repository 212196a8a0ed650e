"""What changed from one record to another, for a reviewer: for a terminal, in Markdown, or as JSON.

Owns layout and labels. It must not know how changes are found.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Console

from ...strategies.program import Json
from ..analysis.diff import Diff, NotCompared
from ..analysis.summary import pluralise
from ..wording.finding_details import title
from ..wording.markdown_safe import escape_markdown
from ..wording.terminal_safe import escape_unprintable, print_line, shorten
from .json_document import dump_json
from .markdown import MAX_LENGTH

DIFF_VERSION = 2
_SHORT = 300
_FEW = 5
# Reserved for the line that counts what does not fit.
_RESERVE = 300
_STYLES = {"NEW": "bold red", "CHANGED": "bold yellow", "FIXED": "bold green"}


def show_diff(diff: Diff, console: Console) -> None:
    """Prints what changed, the new findings first."""
    for heading, lines in _sections(diff):
        print_line(console, heading, _STYLES.get(heading.partition(":")[0], "bold"))
        for line in lines:
            print_line(console, f"  {shorten(line, _SHORT)}")
    print_line(console, _totals(diff))


def diff_in_markdown(diff: Diff, *, max_length: int = MAX_LENGTH) -> str:
    """Returns what changed in Markdown, in at most ``max_length`` characters."""
    text = f"## h11spec: {escape_markdown(_totals(diff))}\n\n"
    not_shown = 0
    for heading, lines in _sections(diff):
        for line in (
            f"### {escape_markdown(heading)}\n\n",
            *(f"- {_prose(line)}\n" for line in lines),
            "\n",
        ):
            if len(text) + len(line) > max_length - _RESERVE:
                not_shown += 1
            else:
                text += line
    if not_shown:
        text += f"\n**{pluralise(not_shown, 'line')} did not fit.**\n"
    return text


def diff_as_json(diff: Diff) -> str:
    """Returns what changed as one JSON document."""
    pairs = [
        {"old": each.old, "new": each.new, "changes": list(each.details)} for each in diff.changed
    ]
    return dump_json(
        {
            "diff": DIFF_VERSION,
            "old": _run(diff.old.header),
            "new": _run(diff.new.header),
            "run_differences": list(diff.run_differences),
            "new_findings": list(diff.introduced),
            "changed": pairs,
            "fixed": list(diff.fixed),
            "unchanged": diff.unchanged,
            "not_compared": {
                "old": [_not_compared(each) for each in diff.missing_in_new],
                "new": [_not_compared(each) for each in diff.missing_in_old],
                "checks_of_old": list(diff.checks_only_in_old),
                "checks_of_new": list(diff.checks_only_in_new),
            },
        }
    )


def _run(header: Json) -> Json:
    return {name: header[name] for name in ("target", "expected", "h11spec", "started")}


def _not_compared(each: NotCompared) -> Json:
    return {"finding": each.finding, "reason": each.reason}


def _sections(diff: Diff) -> Iterator[tuple[str, list[str]]]:
    """Yields headings with their lines, what matters most first."""
    if diff.run_differences:
        yield "The two runs differ in their conditions", list(diff.run_differences)
    if diff.introduced:
        yield f"NEW: {_count(diff.introduced)}", [_named(each) for each in diff.introduced]
    if diff.changed:
        lines = [f"{_named(each.new)}: {'; '.join(each.details)}" for each in diff.changed]
        yield f"CHANGED: {_count(diff.changed)}", lines
    if diff.fixed:
        yield f"FIXED: {_count(diff.fixed)}", [_named(each) for each in diff.fixed]
    not_compared = [
        *(f"{_named(each.finding)}: in the new run {each.reason}" for each in diff.missing_in_new),
        *(f"{_named(each.finding)}: in the old run {each.reason}" for each in diff.missing_in_old),
    ]
    for checks, which in (diff.checks_only_in_old, "old"), (diff.checks_only_in_new, "new"):
        if checks:
            first = ", ".join(checks[:_FEW])
            more = f" and {len(checks) - _FEW:,} more" if len(checks) > _FEW else ""
            number = pluralise(len(checks), "check")
            not_compared.append(f"{number} only in the {which} run: {first}{more}")
    if not_compared:
        yield "Not compared", not_compared


def _named(finding: Json) -> str:
    mark = "smuggling-relevant: " if finding["smuggling"] else ""
    return mark + title(finding)


def _totals(diff: Diff) -> str:
    not_compared = len(diff.missing_in_new) + len(diff.missing_in_old)
    more = f", {not_compared:,} not compared" if not_compared else ""
    return (
        f"{len(diff.introduced):,} new, {len(diff.changed):,} changed, "
        f"{len(diff.fixed):,} fixed, {diff.unchanged:,} unchanged{more}"
    )


def _count(findings: Sequence[object]) -> str:
    return pluralise(len(findings), "finding")


def _prose(line: str) -> str:
    return escape_markdown(shorten(escape_unprintable(line), _SHORT))
