"""The command ``replay``."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import click
from rich.console import Console

from .... import reference
from ....reports.analysis.summary import pluralise
from ....reports.findings.deviations import UPSTREAM_DEVIATIONS
from ....reports.wording.terminal_safe import print_line
from ...execution.executor import InProcessExecutor
from ...execution.opening import opened
from ...oracles.lockstep import Lockstep
from ...reruns.replay import (
    ReplayCase,
    ReplayedCause,
    ReplayError,
    ReplayState,
    by_cause,
    load_cases,
    recorded_target,
    replay,
    selected,
)
from ...runs.exit_codes import CONFORMS, FAILED
from ...targets.target import parse
from ..errors import reported_errors
from ..run_options import some_options

_is_id = re.compile(r"[CD]-[0-9a-f]{6}|V-[0-9a-f]{8}").fullmatch


@click.command("replay")
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("target_and_ids", nargs=-1, metavar="[TARGET] [ID]...")
@click.option("--in-process", is_flag=True, help="Run the target in this process.")
@some_options("allow-reexport")
@click.option("--verbose", is_flag=True, help="Show each finding, and the output of a failed tool.")
def command(
    file: Path,
    target_and_ids: tuple[str, ...],
    *,
    in_process: bool,
    allow_reexport: bool,
    verbose: bool,
) -> None:
    """Run the vectors or findings of FILE again, on TARGET.

    FILE is a vector, a run record, or a folder of these. Without TARGET, those of a record are run
    on the target that it is of. With an ID of a cause, such as C-5b3843, or of a finding, such as
    D-3f9a1c, nothing else is run, and each finding is shown.

    Prints for each cause or vector STILL DIFFERS, AGREES, or OTHER DIFFERENCE if it differs in
    another way than recorded. NOT REPLAYED is growth, which needs a run of its own. Exits with 0 if
    all agree, and with 1 otherwise.

    \b
        h11spec replay run.jsonl my_fork/src::h11
        h11spec replay run.jsonl C-5b3843
        h11spec replay vectors/ pip:h11==0.14.0
    """
    target, ids = _divided(target_and_ids)
    with reported_errors(verbose):
        try:
            found = selected(load_cases(file), ids)
            target = target or recorded_target(file)
        except ReplayError as error:
            raise click.UsageError(str(error)) from None
        with opened(parse(target), in_process=in_process, allow_reexport=allow_reexport) as (
            _,
            executor,
            _origin,
        ):
            lockstep = Lockstep(InProcessExecutor(reference), executor, UPSTREAM_DEVIATIONS)
            try:
                replayed: list[tuple[ReplayCase, ReplayState]] = [
                    (each, replay(each, lockstep)) for each in found
                ]
            except ReplayError as error:
                raise click.UsageError(str(error)) from None
    causes = by_cause(replayed)
    for cause in causes:
        for line in _lines(cause, in_full=verbose or bool(ids)):
            print_line(Console(), line)
    print_line(Console(), f"agree: {', '.join(_counts(causes))}")
    sys.exit(CONFORMS if all(state == "AGREES" for _, state in replayed) else FAILED)


def _divided(names: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """The target, or "", and the ids; raises UsageError for a second target."""
    targets = [each for each in names if not _is_id(each)]
    if len(targets) > 1:
        raise click.UsageError(
            f"{targets[1]!r} is a second target; name one, and any ids such as C-5b3843"
        )
    return "".join(targets), tuple(filter(_is_id, names))


def _lines(cause: ReplayedCause, *, in_full: bool) -> Iterator[str]:
    number = len(cause.cases)
    part = "" if cause.is_vector else f" ({cause.agreeing} of {pluralise(number, 'finding')} agree)"
    yield f"{cause.state:<17} {cause.id}  {cause.title}{part if number > 1 else ''}"
    if in_full and not cause.is_vector:
        yield from (f"  {state:<17} {_of_finding(case)}" for case, state in cause.cases)


def _of_finding(case: ReplayCase) -> str:
    return f"{case.id}  {case.check}{': ' if case.difference else ''}{case.difference}"


def _counts(causes: Sequence[ReplayedCause]) -> Iterator[str]:
    """How many causes, findings and vectors agree, of those that there are."""
    vectors = [each for each in causes if each.is_vector]
    found = [each for each in causes if not each.is_vector]
    if found or not vectors:
        yield _part(sum(each.state == "AGREES" for each in found), len(found), "cause")
        number = sum(len(each.cases) for each in found)
        yield _part(sum(each.agreeing for each in found), number, "finding")
    if vectors:
        yield _part(sum(each.agreeing for each in vectors), len(vectors), "vector")


def _part(agreeing: int, all: int, noun: str) -> str:
    return f"{agreeing:,} of {pluralise(all, noun)}"
