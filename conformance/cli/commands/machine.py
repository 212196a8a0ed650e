"""The command ``machine``."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from ....reports.analysis.causes import ShownCause, shown_causes
from ....reports.diagrams.machine_diagram import LabelledMachine, as_dot, as_json, as_svg
from ....reports.diagrams.state_diagram import state_diagram
from ....reports.files import make_empty_folder, write_folder
from ....reports.formats.terminal import show_report
from ....reports.record.record import Record
from ....reports.wording.terminal_safe import print_line
from ....strategies.machine.alphabet import ROLES, Word
from ....strategies.program import Json, Role
from ...checks.machine import transition_coverage
from ...learning.diagnosis import (
    Machines,
    output_differences,
    shown_differences,
    state_differences,
    symbol_names,
    transitions_left,
)
from ...learning.learner import LearnedMachine
from ...runs.exit_codes import CONFORMS, FAILED
from ..errors import reported_errors
from ..run_command import execute
from ..run_options import target_and_options

_USED = (
    *("extra-states", "max-time", "record", "jobs", "in-process"),
    *(
        "allow-reexport",
        "step-time",
        "load-time",
        "memory",
        "max-faults",
        "max-findings",
        "verbose",
        "config",
    ),
)


@click.command("machine")
@target_and_options(*_USED)
@click.option(
    "--export",
    "folder",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Write the machines to this folder, as JSON, DOT and SVG.",
)
def command(*, target: str, folder: Path | None, max_time: float | None, **options: Any) -> None:
    """Compare TARGET's state machine with the reference's, completely.

    Runs the complete test suite of the reference's machine, which assumes that TARGET has no more
    states than the reference remembers (plus --extra-states): a flag that survives a cycle adds
    some, and is for the sweeps sequences/* and calls/*. If a test fails, learns TARGET's own
    machine (within --max-time), and reports the shortest input words that show a difference, each
    with its cause.
    Exits with 0 if TARGET has the same machine, and with 1 if it has another one, or none because
    it is nondeterministic.

    \b
        h11spec machine my_fork/src::h11
        h11spec machine pip:h11==0.11.0 --max-time 5m --export ./machines
    """
    machines = Machines(max_time)
    found: list[ShownCause] = []

    def show(lines: list[Json]) -> None:
        record = Record.from_lines(lines)
        found.extend(shown_causes(record))
        show_report(record, Console(), verbose=options["verbose"])

    with reported_errors(options["verbose"]):
        if folder is not None:
            make_empty_folder(folder)
        options |= {"target": target, "phases": ("machine",), "checks": (), "max_time": max_time}
        outcome = execute(options, None, show, machines.follow_up)
        for line in _summary(machines, found):
            print_line(Console(), line)
        if folder is not None:
            write_folder(folder, _files(machines, target, options["extra_states"]))
            print_line(Console(), f"written to {folder}")
    code = outcome.exit_code
    sys.exit(FAILED if code == CONFORMS and machines.nondeterministic else code)


def _summary(machines: Machines, causes: Sequence[ShownCause]) -> Iterator[str]:
    """Yields the result for the machine of each role."""
    for role in ROLES:
        found = machines.learned.get(role)
        if role not in machines.differs:
            yield f"{role}: the same machine as the reference's"
        elif found is not None:
            yield from _differences(found, machines, causes)
    for error in machines.nondeterministic:
        yield (
            f"{error.role}: no machine, as the target is nondeterministic: the last of these input "
            f"symbols had two outputs: {symbol_names(error.role, error.word)}"
        )
        for output in error.outputs:
            yield f"  {json.dumps(output)}"
    nondeterministic = {error.role for error in machines.nondeterministic}
    for role in machines.differs:
        if role not in machines.learned and role not in nondeterministic:
            yield (
                f"{role}: another machine; --max-time ended the learning with "
                f"{machines.states:,} states known"
            )


def _differences(
    found: LearnedMachine, machines: Machines, causes: Sequence[ShownCause]
) -> Iterator[str]:
    """Yields how a learned machine differs, and the shortest input words that show it.

    Each is followed by its cause, if the run has found one.
    """
    everywhere, left = output_differences(found), state_differences(found)
    yield (
        f"{found.role}: another machine, of {found.machine.size:,} states, learned with "
        f"{found.queries:,} queries: {len(everywhere):,} transitions have other outputs, and "
        f"{len(left):,} of them lead to other states"
    )
    shown = shown_differences(found)
    for each in shown:
        yield f"  {symbol_names(found.role, each.word)}"
        cause = _cause(machines, found.role, each.word, causes)
        if cause is not None:
            yield f"    {cause.line['id']}  {cause.line['title']}"
    more = len(left or everywhere) - len(shown)
    if more > 0:
        yield f"  and {more:,} more, with at least as many input symbols"


def _cause(
    machines: Machines, role: Role, word: Word, causes: Sequence[ShownCause]
) -> ShownCause | None:
    """The cause of what a word shows, or None if none of the findings is about it."""
    what = f"machine/{role}", machines.texts[role, word]
    return next(
        (
            cause
            for cause in causes
            if any((each["check"], each["difference"]) == what for each in cause.findings)
        ),
        None,
    )


def _files(machines: Machines, target: str, extra_states: int) -> dict[str, bytes]:
    """The files of all machines, by name."""
    files: dict[str, str] = {}
    counts = transition_coverage("client", extra_states) + transition_coverage(
        "server", extra_states
    )
    differing = {arrow for found in machines.learned.values() for arrow in transitions_left(found)}
    for role in ("CLIENT", "SERVER"):
        picture = state_diagram(role, taken=counts, differing=differing)
        files[f"{role.lower()}-states.svg"] = picture
    for role in ROLES:
        named = machines.named(role)
        if named is not None:
            files |= _forms(named, target)
    return {name: text.encode() for name, text in files.items()}


def _forms(named: LabelledMachine, target: str) -> dict[str, str]:
    return {
        f"{named.role}.json": json.dumps(as_json(named), separators=(",", ":")) + "\n",
        f"{named.role}.dot": as_dot(named),
        f"{named.role}.svg": as_svg(named, target),
    }
