"""A run as text for a terminal, from its record alone.

Owns layout, and the text that no other format has. It must not compute anything itself.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console

from ...strategies.program import Json
from ..analysis.causes import ShownCause
from ..analysis.groups import Group, group_findings
from ..analysis.implementations import Implementation
from ..analysis.summary import Entries, Summary, pluralise, summary
from ..analysis.totals import Document, Totals
from ..record.record import Record
from ..wording.finding_details import (
    MAX_VALUE,
    finding_details,
    heading_check,
    other_checks,
    reproduction_status,
    title,
)
from ..wording.steps import last_steps
from ..wording.terminal_safe import print_line, shorten
from .cause_block import cause_block, cause_line
from .early_causes import EarlyCauses
from .phrases import phase_notes, requirements_of_target_only, requirements_satisfied
from .terminal_summary import OUT_OF_TIME, STYLES, checked, remarks, summary_lines

_FEW = 3
_ALL = 10**9
_MAX_TITLE = 2_000
# The causes that are printed in full; of the others, one line each.
_MAX_BLOCKS = 20


def show_report(
    record: Record, console: Console, *, verbose: bool = False, early: EarlyCauses | None = None
) -> None:
    """Prints the causes of a record, then what was run, then the verdict.

    Args:
        verbose: whether to print all findings, in full, and everything that was run.
        early: what was printed while the run went on, if anything.
    """
    run = summary(record)
    if early is not None:
        for line, style in early.what_became(run):
            print_line(console, line, style)
    if verbose:
        _show_findings(run, console)
    else:
        _show_causes(run, console, begun=early is not None and early.has_begun)


def _show_findings(run: Summary, console: Console) -> None:
    """Prints every difference, and the totals of each phase."""
    for group in group_findings(run.record.findings):
        _show_group(group, console)
    _show_baseline(run.baseline, console)
    for phase in run.phases:
        _show_phase(phase, run.record.header, console)
    for document in run.documents:
        _show_document(document, run, console)
    for remark in run.target.remarks:
        print_line(console, remark, "bold yellow")
    print_line(console, f"target: {run.target}")
    _show_verdict(run, console)


def _show_causes(run: Summary, console: Console, *, begun: bool) -> None:
    """Prints the unexpected causes, one line for each of the others, and a summary.

    Args:
        begun: whether it was printed before what is checked.
    """
    width = console.width
    unexpected = [cause for cause in run.causes if cause.unexpected]
    lines = [] if begun else [*checked(run, width)]
    for cause in unexpected[:_MAX_BLOCKS]:
        lines += cause_block(cause, width, alone=len(unexpected) == 1)
    lines += ((cause_line(cause, width), "bold red") for cause in unexpected[_MAX_BLOCKS:])
    for line, style in (*lines, *remarks(run, width), *summary_lines(run, width)):
        print_line(console, line, style)


def show_cause(cause: ShownCause, header: Json, console: Console) -> None:
    """Prints the clearest finding of a cause in full, then the differences of the others."""
    title = f"{cause.line['id']}  {shorten(cause.line['title'], _MAX_TITLE)}"
    print_line(console, title, "bold red" if cause.unexpected else "bold yellow")
    for place in cause.line["places"]:
        print_line(console, f"  {'place':<9} {place}")
    if cause.line.get("edit"):
        print_line(console, f"  {'edit':<9} {cause.line['edit']}")
    print_line(console, "")
    show_finding(cause.clearest, header, console)
    others = cause.findings[1:]
    if others:
        print_line(console, "")
        print_line(console, f"and {pluralise(len(others), 'finding')} more", "bold")
    for finding in others:
        what = f"{heading_check(finding)}: {finding['difference']}"
        print_line(console, f"  {finding['id']}  {shorten(what, _MAX_TITLE)}")


def show_finding(finding: Json, header: Json, console: Console) -> None:
    """Prints one finding in full: every step, every reproduction, and the run that it is from."""
    _show_head(finding, console)
    print_line(console, "")
    for line in last_steps(finding, max_steps=_ALL):
        print_line(console, f"  {line}")
    reproductions: Json = {"script": finding["script"], "test": finding.get("test")}
    for form, lines in reproductions.items():
        if lines:
            print_line(console, "")
            print_line(console, f"  as a {form}", "bold")
            for line in lines:
                print_line(console, f"    {line}")
    if reproduction_status(finding):
        print_line(console, "")
        _show_reproduction(finding, console)
    print_line(console, "")
    print_line(console, f"  target    {Implementation.from_json(header['target'])}")
    print_line(console, f"  expected  {Implementation.from_json(header['expected'])}")
    print_line(console, f"  made by   h11spec {header['h11spec']}, {header['python']}")
    print_line(console, f"            on {header['platform']}, {header['started']}")


def _show_group(group: Group, console: Console) -> None:
    """Prints the simplest finding of a group, and which other checks found the same."""
    finding = group.simplest
    _show_head(finding, console)
    others = other_checks(group.findings, finding)
    if others:
        more = f" and {len(others) - _FEW} more" if len(others) > _FEW else ""
        print_line(console, f"  {'also in':<9} {', '.join(others[:_FEW])}{more}")
    for line in last_steps(finding):
        print_line(console, f"  {shorten(line, MAX_VALUE)}")
    print_line(console, "")
    for line in finding["script"]:
        print_line(console, f"    {line}")
    if reproduction_status(finding):
        _show_reproduction(finding, console)
    print_line(console, "")


def _show_head(finding: Json, console: Console) -> None:
    style = "bold red" if finding["fails"] and not finding["accepted"] else "bold yellow"
    print_line(console, title(finding), style)
    for label, text in finding_details(finding):
        print_line(console, f"  {label:<9} {text}", "bold" if label == "smuggling" else "")


def _show_reproduction(finding: Json, console: Console) -> None:
    """Prints what the script printed when it was run on its own."""
    result = reproduction_status(finding)
    if not finding["reproduced"]:
        print_line(console, f"  ({result})", "bold yellow")
        return
    print_line(console, f"  {result}")
    for line in (finding["output"] or "").splitlines():
        print_line(console, f"    {shorten(line, MAX_VALUE)}")


def _show_baseline(baseline: Sequence[Entries], console: Console) -> None:
    """Prints how many entries of the baseline are in each state, and which are stale."""
    if not baseline:
        return
    states = ", ".join(f"{len(each.entries)} {each.description}" for each in baseline)
    print_line(console, f"baseline: {states}")
    for entry in (entry for each in baseline if each.state == "stale" for entry in each.entries):
        what = f"  STALE {entry['id']}  {entry['difference']}: it no longer occurs"
        print_line(console, f"{what}; remove it (h11spec baseline update)", "bold red")


def _show_phase(phase: Totals, header: Json, console: Console) -> None:
    if phase.name == "search":
        seed = header["settings"]["seed"]
        what = f"{phase.programs:,} programs in {phase.runs:,} variants"
        print_line(console, f"{phase.name}: {what}, {phase.steps:,} steps, seed {seed}")
    else:
        checks = pluralise(phase.results, "check")
        what = f"{phase.name}: {checks}, {phase.programs:,} programs, {phase.steps:,} steps"
        failing = f"; {phase.failed:,} failing" if phase.failed else ""
        print_line(console, f"{what}{failing}")
    for note in phase_notes(phase):
        print_line(console, f"  {note}")


def _show_document(document: Document, run: Summary, console: Console) -> None:
    """Prints the RFC verdict or that of the documentation, whether or not anything differs."""
    print_line(console, requirements_satisfied(document, run.target))
    for line in requirements_of_target_only(document):
        print_line(console, f"  {line}")


def _show_verdict(run: Summary, console: Console) -> None:
    for statement in run.statements:
        print_line(console, f"{statement.word}: {statement.text}", STYLES[statement.tone])
    footer = run.record.footer
    if footer is not None and footer["out_of_time"]:
        print_line(console, OUT_OF_TIME)
