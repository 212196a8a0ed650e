"""A run as Markdown: for a comment on a pull request, or the summary of a job.

Owns layout, and how much is told: what matters most comes first, and what there is no room for is
counted. Everything is taken from the record, and made inert.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate

from ..analysis.summary import Group, Summary, counted, summary
from ..record.record import Record
from ..wording.facts import facts, reproduction, title
from ..wording.markdown_safe import block, code, prose
from ..wording.steps import last_steps
from ..wording.terminal_safe import shortened, visible

# GitHub takes 65,536 characters for a comment.
MOST = 60_000
# What is told in full takes this part of the room; the rest is for a line each.
_IN_FULL = 0.75
# Kept for the line that counts what is left out, and for what ends a report.
_RESERVE = 1_500
_SHORT = 300
# Characters of a block of code, and texts in a list.
_BLOCK = 2_500
_FEW = 10
_MARKS = {"good": "✅", "bad": "❌", "unclear": "⚠️"}
_ENDS = ("cut", "inapplicable")
# Their values are code, or as good as that.
_CODE = ("expected", "got")


def markdown(record: Record, *, most: int = MOST) -> str:
    """Returns the report of a record in Markdown, of at most so many characters."""
    said = summary(record)
    head = f"## {_MARKS[said.verdict.tone]} h11spec: {said.verdict.word}\n\n"
    room = most - len(head) - _RESERVE
    pieces: list[str] = []
    for piece in *_statements(said), *_phases(said), *_baseline(said):
        if len(piece) < room:
            pieces.append(piece)
            room -= len(piece)
    end = _environment(said)
    end = end if len(end) < room * (1 - _IN_FULL) else ""
    return "".join((head, *pieces, *_findings(said.groups, room - len(end)), end))


def _statements(said: Summary) -> Iterator[str]:
    for statement in said.statements:
        yield f"**{statement.word}**: {_prose(statement.text, 3 * _SHORT)}\n\n"
    for remark in said.target.remarks:
        yield f"⚠️ {_prose(remark)}\n\n"


def _phases(said: Summary) -> Iterator[str]:
    if not said.phases:
        return
    lines = ["| phase | checks | programs | steps | differ |", "|---|--:|--:|--:|--:|"]
    for phase in said.phases[:_FEW]:
        numbers = phase.results, phase.programs, phase.steps, phase.failed
        cells = " | ".join(f"{number:,}" for number in numbers)
        lines.append(f"| {_prose(phase.name)} | {cells} |")
    lines.append("")
    for document in said.documents:
        kept = document.judged - document.broken
        musts = f", {document.musts} of them of level MUST" if document.musts else ""
        lines.append(
            f"- {document.name}: keeps {kept} of {document.judged} requirements, and breaks "
            f"{document.broken}{musts}"
        )
    cut, inapplicable = (sum(getattr(each, name) for each in said.phases) for name in _ENDS)
    if cut:
        what = counted(cut, "program")
        lines.append(f"- cut: {what} ended before a step at which it died or hung too often")
    if inapplicable:
        what = counted(inapplicable, "program")
        lines.append(f"- inapplicable: {what} ended at a step that the target cannot express")
    if said.counts.omitted:
        what = counted(said.counts.omitted, "distinct finding")
        lines.append(f"- left out of the record, as there are too many: {what}")
    yield _joined([*lines, ""])


def _baseline(said: Summary) -> Iterator[str]:
    if not said.baseline:
        return
    states = ", ".join(f"{len(each.entries)} {each.words}" for each in said.baseline)
    lines = [f"Baseline: {states}", ""]
    stale = [entry for each in said.baseline if each.state == "stale" for entry in each.entries]
    for entry in stale[:_FEW]:
        what = _prose(f"{entry['id']}  {entry['difference']}")
        lines.append(f"- **stale**: {what}: nothing shows this any more")
    if len(stale) > _FEW:
        lines.append(f"- and {len(stale) - _FEW} more that are stale")
    yield _joined([*lines, ""])


def _findings(groups: Sequence[Group], room: int) -> Iterator[str]:
    """Gives out what there is room for: in full, then a line each, then how many there are more."""
    if not groups:
        return
    yield "### Findings\n\n"
    left, full = float(room), room * (1 - _IN_FULL)
    in_full = True
    for at, group in enumerate(groups):
        piece = _group(group) if in_full else ""
        # Nobody has to act on what is accepted, or does not fail.
        done = group.accepted or not group.fails
        if in_full and (done or left - len(piece) < full):
            in_full = False
            yield "#### In a line each\n\n"
        if not in_full:
            piece = f"- {_line(group)}\n"
        if left < len(piece):
            yield f"\n{_omitted(groups[at:])}\n\n"
            return
        left -= len(piece)
        yield piece
    yield "\n"


def _omitted(groups: Sequence[Group]) -> str:
    findings = sum(len(group.findings) for group in groups)
    failing = sum(group.fails and not group.accepted for group in groups)
    return (
        f"**{counted(len(groups), 'more difference')}** ({failing} of them fail the run; "
        f"{counted(findings, 'finding')}) found no room here; the record has all."
    )


def _line(group: Group) -> str:
    mark = "**smuggling-relevant**: " if group.smuggling else ""
    return f"{mark}{_prose(title(group.simplest))}"


def _group(group: Group) -> str:
    finding = group.simplest
    mark = "🚨 " if group.smuggling and not group.accepted else ""
    lines = [f"#### {mark}{_prose(title(finding))}", ""]
    for label, text in facts(finding):
        short = shortened(visible(text), 2 * _SHORT)
        lines.append(f"- {label}: {code(short) if label in _CODE else prose(short)}")
    others = [_prose(each["check"]) for each in group.others]
    if others:
        more = f" and {len(others) - _FEW} more" if len(others) > _FEW else ""
        lines.append(f"- also in: {', '.join(others[:_FEW])}{more}")
    lines += ["", "<details><summary>How to see it</summary>", ""]
    steps = list(last_steps(finding))
    if steps:
        lines += [*block(_few(steps)), ""]
    lines += [*block(_few(finding["script"]), "python"), ""]
    said = reproduction(finding)
    if said:
        lines += [prose(said), ""]
        if finding["reproduced"]:
            lines += [*block(_few((finding["output"] or "").splitlines())), ""]
    return _joined([*lines, "</details>", "", ""])


def _few(lines: Iterable[str]) -> list[str]:
    """The first of the lines, each in short, and how many more there are."""
    all = [shortened(visible(line), _SHORT) for line in lines]
    ends = accumulate(len(line) + 1 for line in all)
    few = [line for line, end in zip(all, ends, strict=True) if end <= _BLOCK]
    more = len(all) - len(few)
    return [*few, f"… ({counted(more, 'more line')})"] if more else few


def _environment(said: Summary) -> str:
    lines = ["<details><summary>Environment</summary>", ""]
    for label, text in said.environment[: 3 * _FEW]:
        lines.append(f"- {_prose(label)}: {_prose(text)}")
    return _joined([*lines, "", "</details>", ""])


def _prose(text: str, most: int = _SHORT) -> str:
    return prose(shortened(visible(text), most))


def _joined(lines: Sequence[str]) -> str:
    return "\n".join(lines) + "\n"
