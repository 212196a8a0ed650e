"""The command ``replay``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from .... import reference
from ....reports.findings.deviations import UPSTREAM_DEVIATIONS
from ...execution.executor import InProcessExecutor
from ...execution.opening import opened
from ...oracles.lockstep import Lockstep
from ...runs.exit_codes import CONFORMS, FAILED
from ...runs.replay import ReplayError, load_cases, replay
from ...targets.target import parse
from ..errors import reported_errors
from ..run_options import some_options


@click.command("replay")
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("target")
@click.option("--in-process", is_flag=True, help="Run the target in this process.")
@some_options("allow-reexport")
@click.option("--verbose", is_flag=True, help="Show the output of a tool that failed.")
def command(
    file: Path, target: str, *, in_process: bool, allow_reexport: bool, verbose: bool
) -> None:
    """Run the vectors or findings of FILE again, on TARGET.

    FILE is a vector, a run record, or a folder of these. Prints for each vector or finding STILL
    DIFFERS, AGREES, or OTHER DIFFERENCE if it differs in another way than recorded. Exits with 0 if
    all agree, and with 1 otherwise.

    \b
        h11spec replay run.jsonl my_fork/src::h11
        h11spec replay vectors/ pip:h11==0.14.0
    """
    with reported_errors(verbose):
        try:
            found = load_cases(file)
        except ReplayError as error:
            raise click.UsageError(str(error)) from None
        with opened(parse(target), in_process=in_process, allow_reexport=allow_reexport) as (
            _,
            executor,
            _origin,
        ):
            lockstep = Lockstep(InProcessExecutor(reference), executor, UPSTREAM_DEVIATIONS)
            try:
                states = [replay(each, lockstep) for each in found]
            except ReplayError as error:
                raise click.UsageError(str(error)) from None
    for case, state in zip(found, states, strict=True):
        click.echo(
            f"{state:<17} {case.id}  {case.check}{': ' if case.difference else ''}{case.difference}"
        )
    agree = states.count("AGREES")
    click.echo(f"{agree} of {len(states)} agree")
    sys.exit(CONFORMS if agree == len(states) else FAILED)
