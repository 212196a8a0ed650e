"""What changed from one record to another, for a reviewer: for a terminal, in Markdown, or as JSON.

Owns layout and labels. It must not know how changes are found.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Console

from ...strategies.program import Json
from ..analysis.cause_diff import CauseChange, CauseDiff, cause_diff
from ..analysis.causes import ShownCause
from ..analysis.diff import Diff, NotCompared
from ..analysis.summary import pluralise
from ..wording.finding_details import title
from ..wording.markdown_safe import escape_markdown
from ..wording.terminal_safe import escape_unprintable, print_line, shorten
from .cause_lines import cause_heading, more_findings
from .json_document import cause_in_full, dump_json
from .markdown import MAX_LENGTH

DIFF_VERSION = 2
_SHORT = 300
_FEW = 5
# Reserved for the line that counts what does not fit.
_RESERVE = 300
_STYLES = {"NEW": "bold red", "CHANGED": "bold yellow", "FIXED": "bold green"}


def show_diff(diff: Diff, console: Console) -> None:
    """Prints what changed, the new findings first."""
    causes = cause_diff(diff)
    for heading, lines in _sections(diff, causes):
        print_line(console, heading, _STYLES.get(heading.partition(":")[0], "bold"))
        for line in lines:
            print_line(console, f"  {shorten(line, _SHORT)}")
    print_line(console, _totals(diff, causes))


def diff_in_markdown(diff: Diff, *, max_length: int = MAX_LENGTH) -> str:
    """Returns what changed in Markdown, in at most ``max_length`` characters."""
    causes = cause_diff(diff)
    text = f"## h11spec: {escape_markdown(_totals(diff, causes))}\n\n"
    not_shown = 0
    for heading, lines in _sections(diff, causes):
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
    """Returns what changed as one JSON document: in causes, then in findings."""
    causes = cause_diff(diff)
    pairs = [
        {"old": each.old, "new": each.new, "changes": list(each.details)} for each in diff.changed
    ]
    return dump_json(
        {
            "diff": DIFF_VERSION,
            "old": _run(diff.old.header),
            "new": _run(diff.new.header),
            "run_differences": list(diff.run_differences),
            "new_causes": [cause_in_full(each) for each in causes.introduced],
            "changed_causes": [_cause_change(each) for each in causes.changed],
            "fixed_causes": [cause_in_full(each) for each in causes.fixed],
            "unchanged_causes": causes.unchanged,
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


def _cause_change(each: CauseChange) -> Json:
    return {
        "id": each.cause.line["id"],
        "title": each.cause.line["title"],
        "new_findings": list(each.more),
        "fixed_findings": list(each.fewer),
        "changed_findings": [change.new["id"] for change in each.changed],
    }


def _run(header: Json) -> Json:
    return {name: header[name] for name in ("target", "expected", "h11spec", "started")}


def _not_compared(each: NotCompared) -> Json:
    return {"finding": each.finding, "reason": each.reason}


def _sections(diff: Diff, causes: CauseDiff) -> Iterator[tuple[str, list[str]]]:
    """Yields headings with their lines, what matters most first."""
    if diff.run_differences:
        yield "The two runs differ in their conditions", list(diff.run_differences)
    if causes.introduced:
        yield f"NEW: {_count(causes.introduced)}", list(map(_of_one_record, causes.introduced))
    if causes.changed:
        lines = [line for each in causes.changed for line in _change(each)]
        yield f"CHANGED: {_count(causes.changed)}", lines
    if causes.fixed:
        yield f"FIXED: {_count(causes.fixed)}", list(map(_of_one_record, causes.fixed))
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


def _of_one_record(cause: ShownCause) -> str:
    more = more_findings(cause, _FEW)
    return f"{_heading(cause)}: {cause.clearest['id']}{f' {more}' if more else ''}"


def _change(change: CauseChange) -> Iterator[str]:
    """Yields the heading of a cause, with what has changed about its findings."""
    numbers = [
        f"{pluralise(len(ids), f'{word} finding')}: {_few(ids)}"
        for word, ids in (("new", change.more), ("fixed", change.fewer))
        if ids
    ]
    yield ": ".join([_heading(change.cause), *(["; ".join(numbers)] if numbers else [])])
    for each in change.changed[:_FEW]:
        yield f"{_named(each.new)}: {'; '.join(each.details)}"
    if len(change.changed) > _FEW:
        yield f"and {pluralise(len(change.changed) - _FEW, 'finding')} more that changed"


def _few(ids: Sequence[str]) -> str:
    more = f" and {len(ids) - _FEW:,} more" if len(ids) > _FEW else ""
    return f"{', '.join(ids[:_FEW])}{more}"


def _heading(cause: ShownCause) -> str:
    mark = "smuggling-relevant: " if cause.line["smuggling"] else ""
    return mark + cause_heading(cause)


def _named(finding: Json) -> str:
    mark = "smuggling-relevant: " if finding["smuggling"] else ""
    return mark + title(finding)


def _totals(diff: Diff, causes: CauseDiff) -> str:
    not_compared = len(diff.missing_in_new) + len(diff.missing_in_old)
    more = f", {pluralise(not_compared, 'finding')} not compared" if not_compared else ""
    return (
        f"{pluralise(len(causes.introduced), 'new cause')}, {len(causes.changed):,} changed, "
        f"{len(causes.fixed):,} fixed, {causes.unchanged:,} unchanged{more}"
    )


def _count(causes: Sequence[object]) -> str:
    return pluralise(len(causes), "cause")


def _prose(line: str) -> str:
    return escape_markdown(shorten(escape_unprintable(line), _SHORT))
