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
from ....strategies.program import Json
from ...baseline.editing import diff_lines, edit
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
    """Maintain the accepted findings, each with a reason.

    \b
        h11spec baseline update my_fork/src::h11
    """


@command.command("update")
@run_options(GATE_PHASES)
@click.option("--reason", metavar="TEXT", help="Why the new findings are accepted; do not ask.")
@click.option("--smuggling", is_flag=True, help="Accept smuggling-relevant findings as well.")
@click.option("--yes", is_flag=True, help="Write the file without asking.")
def update(reason: str | None, *, smuggling: bool, yes: bool, **options: Any) -> None:
    """Check TARGET as the gate does, and update the baseline.

    Adds the failing findings that have no entry, each with a reason, and removes the stale entries.
    Shows the changes, and asks before it writes the file. Keeps the comments of the file. Exits
    with 0 if the gate accepts the new baseline, and with 1 if findings were left out.

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
            click.echo("the run was not completed; the baseline is unchanged", err=True)
            sys.exit(outcome.exit_code)
        after, left_out = _update(before, outcome, lines, reason, smuggling=smuggling)
        if after == before:
            click.echo(f"{path}: nothing to change")
        else:
            _write(path, before, after, yes=yes)
    if left_out:
        click.echo(f"{left_out} smuggling-relevant findings left out; --smuggling accepts them")
    sys.exit(FAILED if left_out else CONFORMS)


def _update(
    before: str, outcome: Outcome, lines: Sequence[Json], reason: str | None, *, smuggling: bool
) -> tuple[str, int]:
    """The new text of the file, and the number of findings that were left out."""
    new = [line for line in lines if line["kind"] == "finding" and line["fails"]]
    new = [line for line in new if line["accepted"] is None]
    accepted = [line for line in new if smuggling or not line["smuggling"]]
    reasons: dict[str, str] = {}
    for line in accepted:
        if line["difference"] not in reasons:
            reasons[line["difference"]] = _reason(line) if reason is None else reason
    stale = {entry.id for entry in outcome.stale}
    replaced = {line["id"] for line in accepted}
    after = edit(
        before, [(line, reasons[line["difference"]]) for line in accepted], stale | replaced
    )
    read(after.encode(), "the new baseline")
    return after, len(new) - len(accepted)


def is_interactive() -> bool:
    """Whether the user can be asked."""
    return sys.stdin.isatty()


def _reason(finding: Json) -> str:
    """Asks the user why a finding is accepted."""
    if not is_interactive():
        raise click.UsageError(
            f"{finding['id']} needs a reason; the terminal is not interactive, so give "
            "--reason TEXT"
        )
    print_line(Console(), f"{finding['id']}  {finding['identity']}")
    reason: str = click.prompt("Why is it accepted")
    return reason


def _write(path: Path, before: str, after: str, *, yes: bool) -> None:
    console = Console()
    for line in diff_lines(before, after, str(path)):
        print_line(console, line)
    if not yes:
        if not is_interactive():
            raise click.UsageError("the terminal is not interactive; give --yes to write the file")
        if not click.confirm("Write the file"):
            raise click.UsageError(f"{path} was not changed")
    try:
        write_atomically(path, after)
    except OSError as error:
        raise click.UsageError(f"{path} cannot be written: {error.strerror}") from None
