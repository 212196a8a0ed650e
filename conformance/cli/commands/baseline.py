"""The command ``baseline update``."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from ....reports.analysis.causes import ShownCause, shown_causes
from ....reports.analysis.summary import pluralise
from ....reports.files import write_atomically
from ....reports.record.record import Record
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


# The answer that leaves a cause out.
SKIP = "-"


@click.group("baseline")
def command() -> None:
    """Maintain the accepted causes, each with a reason.

    \b
        h11spec baseline update my_fork/src::h11
    """


@command.command("update")
@run_options(GATE_PHASES)
@click.option("--reason", metavar="TEXT", help="Why the new causes are accepted; do not ask.")
@click.option("--smuggling", is_flag=True, help="Accept smuggling-relevant causes as well.")
@click.option("--yes", is_flag=True, help="Write the file without asking.")
def update(reason: str | None, *, smuggling: bool, yes: bool, **options: Any) -> None:
    """Check TARGET as the gate does, and update the baseline.

    Shows each failing cause that is not accepted, and asks why it is: Enter repeats the last
    reason, and - leaves the cause out. Adds an entry for each, and removes the stale entries. Shows
    the changes, and asks before it writes the file. Keeps the comments of the file. Exits with 0 if
    the gate accepts the new baseline, and with 1 if causes were left out.

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
        causes = shown_causes(Record.from_lines(lines))
        new = [cause for cause in causes if cause.unexpected]
        relevant = [cause for cause in new if cause.line["smuggling"] and not smuggling]
        asked = [cause for cause in new if cause not in relevant]
        accepted = list(_with_reasons(asked, reason))
        after = edit(before, accepted, _replaced(outcome, [cause for cause, _ in accepted]))
        read(after.encode(), "the new baseline")
        if after == before:
            click.echo(f"{path}: nothing to change")
        else:
            _write(path, before, after, yes=yes)
    if relevant:
        what = pluralise(len(relevant), "smuggling-relevant cause")
        click.echo(f"left out {what}: {_ids(relevant)}; --smuggling accepts them")
    skipped = [cause for cause in asked if all(cause is not each for each, _ in accepted)]
    if skipped:
        click.echo(f"left out {pluralise(len(skipped), 'cause')}, as you said: {_ids(skipped)}")
    sys.exit(FAILED if relevant or skipped else CONFORMS)


def _with_reasons(
    causes: Sequence[ShownCause], reason: str | None
) -> Iterator[tuple[ShownCause, str]]:
    """Yields the causes that are accepted, each with its reason; the user may be asked for it."""
    last: str | None = None
    for at, cause in enumerate(causes, 1):
        if reason is not None:
            yield cause, reason
            continue
        answer = _reason(cause, last, f"{at} of {len(causes)}")
        if answer != SKIP:
            last = answer
            yield cause, answer


def _replaced(outcome: Outcome, accepted: Sequence[ShownCause]) -> set[str]:
    """The ids of the entries that are stale, or whose finding a new entry accepts."""
    findings = {finding["id"] for cause in accepted for finding in cause.findings}
    causes = {cause.line["id"] for cause in accepted}
    return {
        entry.id
        for entry, state in outcome.entries
        if state == "stale"
        or entry.id in causes
        or (state == "used" and entry.finding_id in findings)
    }


def _ids(causes: Iterable[ShownCause]) -> str:
    return ", ".join(cause.line["id"] for cause in causes)


def is_interactive() -> bool:
    """Whether the user can be asked."""
    return sys.stdin.isatty()


def _reason(cause: ShownCause, last: str | None, which: str) -> str:
    """Shows a cause, and asks the user why it is accepted.

    Args:
        last: the last reason that was given, which is offered again.
        which: which of the causes it is, in words.
    """
    line = cause.line
    if not is_interactive():
        raise click.UsageError(
            f"{line['id']} needs a reason; the terminal is not interactive, so give --reason TEXT"
        )
    console = Console()
    print_line(console, f"{line['id']}  {line['title']}  ({which})", "bold")
    print_line(console, f"  requirement  {line['requirement_id']}: {line['requirement']}")
    print_line(console, f"  findings     {len(cause.findings)}")
    if line["smuggling"]:
        print_line(console, f"  smuggling    {line['smuggling_risk']}", "bold red")
    answer = ""
    while not answer:
        question = f"Why is it accepted ({SKIP} leaves it out)"
        answer = click.prompt(question, default=last, type=str).strip()
    return answer


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
