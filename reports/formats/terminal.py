"""A run as text for a terminal, from its record alone.

Owns words and layout.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console

from ...strategies.programs import Json
from ..analysis.implementations import Side
from ..analysis.summary import Entries, Group, Summary, counted, grouped, summary
from ..analysis.totals import Document, Phase, machine_in_words
from ..record.record import Record
from ..wording.facts import SHORT, facts, reproduction, title
from ..wording.steps import last_steps
from ..wording.terminal_safe import print_line, shortened

_FEW = 3
_ALL = 10**9
_TONES = {"good": "bold green", "bad": "bold red", "unclear": "bold yellow"}


def show(record: Record, console: Console) -> None:
    """Prints the findings of a record, and then its verdict."""
    said = summary(record)
    for group in grouped(record.findings):
        _show_group(group, console)
    _show_entries(said.baseline, console)
    for phase in said.phases:
        _show_phase(phase, record.header, console)
    for document in said.documents:
        _show_document(document, said, console)
    _show_verdict(said, console)


def show_in_full(finding: Json, header: Json, console: Console) -> None:
    """Prints all there is to say of one finding: each step, each reproduction, where it was."""
    _show_head(finding, console)
    print_line(console, "")
    for line in last_steps(finding, most=_ALL):
        print_line(console, f"  {line}")
    reproductions: Json = {"script": finding["script"], "test": finding.get("test")}
    for form, lines in reproductions.items():
        if lines:
            print_line(console, "")
            print_line(console, f"  as a {form}", "bold")
            for line in lines:
                print_line(console, f"    {line}")
    if finding.get("reproduced") is not None:
        print_line(console, "")
        _show_reproduction(finding, console)
    print_line(console, "")
    print_line(console, f"  target    {Side.of(header['target'])}")
    print_line(console, f"  expected  {Side.of(header['expected'])}")
    print_line(console, f"  made by   h11spec {header['h11spec']}, {header['python']}")
    print_line(console, f"            on {header['platform']}, {header['started']}")


def _show_group(group: Group, console: Console) -> None:
    """Prints what several checks may have found, as the simplest of them shows it."""
    finding = group.simplest
    _show_head(finding, console)
    others = [each["check"] for each in group.others]
    if others:
        more = f" and {len(others) - _FEW} more" if len(others) > _FEW else ""
        print_line(console, f"  {'also in':<9} {', '.join(others[:_FEW])}{more}")
    for line in last_steps(finding):
        print_line(console, f"  {shortened(line, SHORT)}")
    print_line(console, "")
    for line in finding["script"]:
        print_line(console, f"    {line}")
    if finding["reproduced"] is not None:
        _show_reproduction(finding, console)
    print_line(console, "")


def _show_head(finding: Json, console: Console) -> None:
    style = "bold red" if finding["fails"] and not finding["accepted"] else "bold yellow"
    print_line(console, title(finding), style)
    for label, text in facts(finding):
        print_line(console, f"  {label:<9} {text}", "bold" if label == "smuggling" else "")


def _show_reproduction(finding: Json, console: Console) -> None:
    """Prints what the script did when it was run."""
    said = reproduction(finding)
    if not finding["reproduced"]:
        print_line(console, f"  ({said})", "bold yellow")
        return
    print_line(console, f"  {said}")
    for line in (finding["output"] or "").splitlines():
        print_line(console, f"    {shortened(line, SHORT)}")


def _show_entries(baseline: Sequence[Entries], console: Console) -> None:
    """Prints what became of the baseline, and which of its entries nothing shows any more."""
    if not baseline:
        return
    states = ", ".join(f"{len(each.entries)} {each.words}" for each in baseline)
    print_line(console, f"baseline: {states}")
    for entry in (entry for each in baseline if each.state == "stale" for entry in each.entries):
        what = f"  STALE {entry['id']}  {entry['difference']}: nothing shows this any more"
        print_line(console, f"{what}; remove it (h11spec baseline update)", "bold red")


def _show_phase(phase: Phase, header: Json, console: Console) -> None:
    if phase.name == "search":
        seed = header["settings"]["seed"]
        what = f"{phase.programs:,} programs in {phase.runs:,} variations"
        print_line(console, f"{phase.name}: {what}, {phase.steps:,} steps, seed {seed}")
    else:
        checks = counted(phase.results, "check")
        what = f"{phase.name}: {checks}, {phase.programs:,} programs, {phase.steps:,} steps"
        differ = f"; {phase.failed} differ" if phase.failed else ""
        print_line(console, f"{what}{differ}")
    for each in phase.machines:
        print_line(console, f"  {each.role}: {machine_in_words(each)}")
    for name, count in phase.deviations:
        print_line(console, f"  upstream deviation, allowed: {name} ({count:,} times)")
    if phase.omitted:
        many = ", ".join(f"{count:,} of {check}" for check, count in phase.omitted)
        print_line(console, f"  not shown, as there are too many (--max-findings): {many}")
    if phase.inapplicable:
        why = "ended at a step that the target cannot express"
        print_line(console, f"  inapplicable: {phase.inapplicable:,} {why}")
    if phase.cut:
        why = "ended before a step at which it died or hung too often"
        print_line(console, f"  cut: {phase.cut:,} {why}")


def _show_document(document: Document, said: Summary, console: Console) -> None:
    """Prints what a document says, whether or not anything differs."""
    more = f", {document.musts} of them of level MUST" if document.musts else ""
    print_line(
        console,
        f"{document.name}: {said.target.name} keeps {document.judged - document.broken} of "
        f"{document.judged} requirements, and breaks {document.broken}{more}",
    )
    for words, ids in ("keeps", document.keeps_unlike), ("breaks", document.breaks_unlike):
        if ids:
            print_line(console, f"  {words}, unlike {said.expected.name}: {', '.join(ids)}")


def _show_verdict(said: Summary, console: Console) -> None:
    for remark in said.target.remarks:
        print_line(console, remark, "bold yellow")
    for statement in said.statements:
        print_line(console, f"{statement.word}: {statement.text}", _TONES[statement.tone])
    footer = said.record.footer
    if footer is not None and footer["out_of_time"]:
        print_line(console, "The search ended when its time was up.")
