"""What changed from one record to another, as a reviewer reads it: for a terminal, in Markdown, or
as data.

Owns words and layout; what changed is for ``diff``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Console

from ...strategies.programs import Json
from ..analysis.diff import Diff, Unknown
from ..analysis.summary import counted
from ..wording.facts import title
from ..wording.markdown_safe import prose
from ..wording.terminal_safe import print_line, shortened, visible
from .json_document import in_json
from .markdown import MOST

DIFF_VERSION = 2
_SHORT = 300
_FEW = 5
# Kept for the line that counts what is left out.
_RESERVE = 300
_STYLES = {"NEW": "bold red", "CHANGED": "bold yellow", "FIXED": "bold green"}


def show_changes(changes: Diff, console: Console) -> None:
    """Prints what changed, the new findings first."""
    for head, lines in _sections(changes):
        print_line(console, head, _STYLES.get(head.partition(":")[0], "bold"))
        for line in lines:
            print_line(console, f"  {shortened(line, _SHORT)}")
    print_line(console, _verdict(changes))


def changes_in_markdown(changes: Diff, *, most: int = MOST) -> str:
    """Returns what changed in Markdown, in at most so many characters."""
    text = f"## h11spec: {prose(_verdict(changes))}\n\n"
    omitted = 0
    for head, lines in _sections(changes):
        for line in f"### {prose(head)}\n\n", *(f"- {_inert(line)}\n" for line in lines), "\n":
            if len(text) + len(line) > most - _RESERVE:
                omitted += 1
            else:
                text += line
    if omitted:
        text += f"\n**{counted(omitted, 'line')} found no room here.**\n"
    return text


def changes_as_data(changes: Diff) -> str:
    """Returns what changed as one JSON document."""
    pairs = [
        {"old": each.old, "new": each.new, "what": list(each.what)} for each in changes.changed
    ]
    return in_json(
        {
            "diff": DIFF_VERSION,
            "old": _run(changes.old.header),
            "new": _run(changes.new.header),
            "unlike": list(changes.unlike),
            "new_findings": list(changes.appeared),
            "changed": pairs,
            "fixed": list(changes.fixed),
            "same": changes.same,
            "not_compared": {
                "old": [_unknown(each) for each in changes.gone],
                "new": [_unknown(each) for each in changes.came],
                "checks_of_old": list(changes.only_old),
                "checks_of_new": list(changes.only_new),
            },
        }
    )


def _run(header: Json) -> Json:
    return {name: header[name] for name in ("target", "expected", "h11spec", "started")}


def _unknown(each: Unknown) -> Json:
    return {"finding": each.finding, "why": each.why}


def _sections(changes: Diff) -> Iterator[tuple[str, list[str]]]:
    """Gives out what there is to tell, what matters most first: a head, and lines."""
    if changes.unlike:
        yield "The two runs are not alike", list(changes.unlike)
    for head, findings in ("NEW", changes.appeared), ("FIXED", changes.fixed):
        if findings:
            yield f"{head}: {_count(findings)}", [_named(each) for each in findings]
        if head == "NEW" and changes.changed:
            lines = [f"{_named(each.new)}: {'; '.join(each.what)}" for each in changes.changed]
            yield f"CHANGED: {_count(changes.changed)}", lines
    unknown = [
        *(f"{_named(each.finding)}: in the new run {each.why}" for each in changes.gone),
        *(f"{_named(each.finding)}: in the old run {each.why}" for each in changes.came),
    ]
    for checks, which in (changes.only_old, "old"), (changes.only_new, "new"):
        if checks:
            some = ", ".join(checks[:_FEW])
            more = f" and {len(checks) - _FEW:,} more" if len(checks) > _FEW else ""
            many = counted(len(checks), "check")
            unknown.append(f"{many} of the {which} run alone: {some}{more}")
    if unknown:
        yield "Not compared", unknown


def _named(finding: Json) -> str:
    mark = "smuggling-relevant: " if finding["smuggling"] else ""
    return mark + title(finding)


def _verdict(changes: Diff) -> str:
    """All of it in a line."""
    unknown = len(changes.gone) + len(changes.came)
    more = f", {unknown:,} not compared" if unknown else ""
    return (
        f"{len(changes.appeared):,} new, {len(changes.changed):,} changed, "
        f"{len(changes.fixed):,} fixed, {changes.same:,} as before{more}"
    )


def _count(findings: Sequence[object]) -> str:
    return counted(len(findings), "finding")


def _inert(line: str) -> str:
    return prose(shortened(visible(line), _SHORT))
