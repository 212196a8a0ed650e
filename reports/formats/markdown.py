"""A run as Markdown: for a comment on a pull request, or the summary of a job.

Owns layout and length: what matters most comes first, and what does not fit is counted. It must not
compute anything that is not about length; every text of the record is escaped.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate

from ..analysis.causes import ShownCause, shown_causes
from ..analysis.summary import Summary, pluralise, summary
from ..record.record import Record
from ..wording.finding_details import reproduction_status
from ..wording.markdown_safe import code_block, code_span, escape_markdown
from ..wording.steps import last_steps
from ..wording.terminal_safe import escape_unprintable, shorten
from .cause_lines import cause_details, cause_heading, more_findings
from .phrases import CUT_SHORT, inapplicable, omitted, requirements_satisfied, truncated, unrepeated

# GitHub takes 65,536 characters for a comment.
MAX_LENGTH = 60_000
# The share of the space that causes in full may take; the rest is for causes in brief.
_IN_FULL = 0.75
# Reserved for the line that counts what does not fit, and for the end of the report.
_RESERVE = 1_500
_SHORT = 300
# Characters of a block of code, and items of a list.
_BLOCK = 2_500
_FEW = 10
_MARKS = {"good": "✅", "bad": "❌", "unclear": "⚠️"}
# The facts whose values are shown as code.
_CODE = ("place", "expected", "got")


def markdown(record: Record, *, max_length: int = MAX_LENGTH) -> str:
    """Returns the report of a record in Markdown, of at most ``max_length`` characters."""
    run = summary(record)
    head = f"## {_MARKS[run.verdict.tone]} h11spec: {run.verdict.word}\n\n"
    space = max_length - len(head) - _RESERVE
    sections: list[str] = []
    for section in *_statements(run), *_phases(run), *_baseline(run):
        if len(section) < space:
            sections.append(section)
            space -= len(section)
    end = _environment(run)
    end = end if len(end) < space * (1 - _IN_FULL) else ""
    return "".join((head, *sections, *_causes(shown_causes(record), space - len(end)), end))


def _statements(run: Summary) -> Iterator[str]:
    for statement in run.statements:
        yield f"**{statement.word}**: {_prose(statement.text, 3 * _SHORT)}\n\n"
    for remark in run.target.remarks:
        yield f"⚠️ {_prose(remark)}\n\n"


def _phases(run: Summary) -> Iterator[str]:
    if not run.phases:
        return
    lines = ["| phase | checks | programs | steps | failing |", "|---|--:|--:|--:|--:|"]
    for phase in run.phases[:_FEW]:
        numbers = phase.results, phase.programs, phase.steps, phase.failed
        cells = " | ".join(f"{number:,}" for number in numbers)
        lines.append(f"| {_prose(phase.name)} | {cells} |")
    lines.append("")
    for document in run.documents:
        lines.append(f"- {_prose(requirements_satisfied(document, run.target))}")
    programs_truncated = sum(phase.truncated for phase in run.phases)
    programs_inapplicable = sum(phase.inapplicable for phase in run.phases)
    if programs_truncated:
        lines.append(f"- {truncated(programs_truncated)}")
    if any(phase.cut_short for phase in run.phases):
        lines.append(f"- {CUT_SHORT}")
    differences = sum(phase.unrepeated for phase in run.phases)
    if differences:
        lines.append(f"- {unrepeated(differences)}")
    if programs_inapplicable:
        lines.append(f"- {inapplicable(programs_inapplicable)}")
    if run.counts.omitted:
        lines.append(f"- {omitted(run.counts.omitted)}")
    yield _joined([*lines, ""])


def _baseline(run: Summary) -> Iterator[str]:
    if not run.baseline:
        return
    states = ", ".join(f"{len(each.entries)} {each.description}" for each in run.baseline)
    lines = [f"Baseline: {states}", ""]
    stale = [entry for each in run.baseline if each.state == "stale" for entry in each.entries]
    for entry in stale[:_FEW]:
        what = _prose(f"{entry['id']}  {entry['difference']}")
        lines.append(f"- **stale**: {what}: it no longer occurs")
    if len(stale) > _FEW:
        lines.append(f"- and {len(stale) - _FEW} more stale entries")
    yield _joined([*lines, ""])


def _causes(causes: Sequence[ShownCause], space: float) -> Iterator[str]:
    """Yields as many causes as fit: in full, then in brief, then the number of the others."""
    if not causes:
        return
    yield f"### {_count(causes)}\n\n"
    space_for_briefs = space * (1 - _IN_FULL)
    in_full = True
    for index, cause in enumerate(causes):
        text = _in_full(cause) if in_full else ""
        # Nothing needs to be done about what is accepted or does not fail.
        if in_full and (not cause.unexpected or space - len(text) < space_for_briefs):
            in_full = False
            yield "#### In brief\n\n"
        if not in_full:
            text = f"- {_in_brief(cause)}\n"
        if space < len(text):
            yield f"\n{_not_shown(causes[index:])}\n\n"
            return
        space -= len(text)
        yield text
    yield "\n"


def _count(causes: Sequence[ShownCause]) -> str:
    findings = sum(len(cause.findings) for cause in causes)
    return f"{pluralise(len(causes), 'cause')} of {pluralise(findings, 'finding')}"


def _not_shown(causes: Sequence[ShownCause]) -> str:
    unexpected = sum(cause.unexpected for cause in causes)
    findings = sum(len(cause.findings) for cause in causes)
    return (
        f"**{pluralise(len(causes), 'more cause')}** ({unexpected} of them fail the run; "
        f"{pluralise(findings, 'finding')}) did not fit; the record has them all."
    )


def _in_brief(cause: ShownCause) -> str:
    mark = "**smuggling-relevant**: " if cause.line["smuggling"] else ""
    number = len(cause.findings)
    findings = f", {pluralise(number, 'finding')}" if number > 1 else ""
    return f"{mark}{_prose(cause_heading(cause))}{findings}"


def _in_full(cause: ShownCause) -> str:
    finding = cause.clearest
    mark = "🚨 " if cause.line["smuggling"] and cause.unexpected else ""
    lines = [f"#### {mark}{_prose(cause_heading(cause))}", ""]
    for label, text in cause_details(cause):
        short = shorten(escape_unprintable(text), 2 * _SHORT)
        lines.append(f"- {label}: {code_span(short) if label in _CODE else escape_markdown(short)}")
    if more_findings(cause):
        lines.append(f"- {_prose(more_findings(cause))}")
    lines += ["", "<details><summary>Reproduce it</summary>", ""]
    steps = list(last_steps(finding))
    if steps:
        lines += [*code_block(_fitting(steps)), ""]
    if finding["script"]:
        lines += [*code_block(_fitting(finding["script"]), "python"), ""]
    result = reproduction_status(finding)
    if result:
        lines += [escape_markdown(result), ""]
        if finding["reproduced"]:
            lines += [*code_block(_fitting((finding["output"] or "").splitlines())), ""]
    return _joined([*lines, "</details>", "", ""])


def _fitting(lines: Iterable[str]) -> list[str]:
    """The first lines, each shortened, as far as they fit into a block of code."""
    short = [shorten(escape_unprintable(line), _SHORT) for line in lines]
    ends = accumulate(len(line) + 1 for line in short)
    fitting = [line for line, end in zip(short, ends, strict=True) if end <= _BLOCK]
    more = len(short) - len(fitting)
    return [*fitting, f"… ({pluralise(more, 'more line')})"] if more else fitting


def _environment(run: Summary) -> str:
    lines = ["<details><summary>Environment</summary>", ""]
    for label, text in run.environment[: 3 * _FEW]:
        lines.append(f"- {_prose(label)}: {_prose(text)}")
    return _joined([*lines, "", "</details>", ""])


def _prose(text: str, max_length: int = _SHORT) -> str:
    return escape_markdown(shorten(escape_unprintable(text), max_length))


def _joined(lines: Sequence[str]) -> str:
    return "\n".join(lines) + "\n"
