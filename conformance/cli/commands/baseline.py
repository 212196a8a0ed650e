"""The command ``baseline update``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from ....reports.files import write_atomically
from ....reports.wording.terminal_safe import print_line
from ....strategies.programs import Json
from ...baseline.editing import difference, edited
from ...baseline.file import Baseline, read
from ...baseline.file import load as load_baseline
from ...runs.exit_codes import CONFORMS, FAILED
from ...runs.outcome import Outcome
from ...runs.settings import GATE_PHASES
from ..errors import reported_errors
from ..run_command import execute
from ..run_options import run_options

DEFAULT = "h11spec-baseline.toml"


@click.group("baseline")
def command() -> None:
    """The findings that were accepted, each with a reason.

    \b
        h11spec baseline update my_fork/src::h11
    """


@command.command("update")
@run_options(GATE_PHASES)
@click.option("--reason", metavar="TEXT", help="Why all that is new is accepted; do not ask.")
@click.option(
    "--smuggling",
    is_flag=True,
    help="Accept smuggling-relevant findings as well; without it, they are left out.",
)
@click.option("--yes", is_flag=True, help="Write the file without asking.")
def update(reason: str | None, *, smuggling: bool, yes: bool, **options: Any) -> None:
    """Check TARGET as the gate does, and bring the baseline up to date.

    Adds what fails and is in no entry, for the reason that is asked for; removes what nothing shows
    any more; shows the difference, and asks before it writes. Comments in the file are kept. Exits
    with 0 when the file is what the gate will accept, and with 1 when something was left out.

    \b
        h11spec baseline update my_fork/src::h11
        h11spec baseline update my_fork --reason "as in 0.15, see issue 7" --yes
    """
    path = options["baseline"] or Path(DEFAULT)
    with reported_errors(options["verbose"]):
        known = load_baseline(path) if path.exists() else Baseline()
        before = path.read_text("utf-8") if path.exists() else ""
        lines: list[Json] = []
        outcome = execute(options, known, lines.extend)
        if not outcome.complete:
            click.echo("the run did not get to its end, and nothing is changed", err=True)
            sys.exit(outcome.exit_code)
        after, left = _after(before, outcome, lines, reason, smuggling=smuggling)
        if after == before:
            click.echo(f"{path}: nothing to change")
        else:
            _write(path, before, after, yes=yes)
    if left:
        click.echo(f"{left} smuggling-relevant left out; --smuggling accepts them as well")
    sys.exit(FAILED if left else CONFORMS)


def _after(
    before: str, outcome: Outcome, lines: Sequence[Json], reason: str | None, *, smuggling: bool
) -> tuple[str, int]:
    """The text of the file, and how many findings are not in it."""
    new = [line for line in lines if line["kind"] == "finding" and line["fails"]]
    new = [line for line in new if line["accepted"] is None]
    some = [line for line in new if smuggling or not line["smuggling"]]
    reasons: dict[str, str] = {}
    for line in some:
        if line["difference"] not in reasons:
            reasons[line["difference"]] = _reason(line) if reason is None else reason
    stale = {entry.id for entry in outcome.stale}
    replaced = {line["id"] for line in some}
    after = edited(before, [(line, reasons[line["difference"]]) for line in some], stale | replaced)
    read(after.encode(), "the new baseline")
    return after, len(new) - len(some)


def is_there() -> bool:
    """Whether somebody can be asked."""
    return sys.stdin.isatty()


def _reason(finding: Json) -> str:
    """Asks the user why a finding is accepted."""
    if not is_there():
        raise click.UsageError(
            f"{finding['id']} needs a reason, and nobody is there to be asked; give --reason TEXT"
        )
    print_line(Console(), f"{finding['id']}  {finding['identity']}")
    said: str = click.prompt("Why is it accepted")
    return said


def _write(path: Path, before: str, after: str, *, yes: bool) -> None:
    console = Console()
    for line in difference(before, after, str(path)):
        print_line(console, line)
    if not yes:
        if not is_there():
            raise click.UsageError("nobody is there to be asked; give --yes to write the file")
        if not click.confirm("Write this"):
            raise click.UsageError(f"{path} is left as it is")
    try:
        write_atomically(path, after)
    except OSError as error:
        raise click.UsageError(f"{path} cannot be written: {error.strerror}") from None
