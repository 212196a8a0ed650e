"""Realistic mistakes, and which phase finds each: ``python benchmarks/mistakes --help``.

Owns the command line. The exit code says whether the deterministic phases find enough of them.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path

import click

from h11spec.benchmarks.mistakes import table
from h11spec.benchmarks.mistakes.examining import PHASES, Verdict, examined, task
from h11spec.benchmarks.mistakes.mistake import Mistake, stored
from h11spec.conformance.runs.settings import Settings, parse_phases


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--only", metavar="NAME", multiple=True, help="Only this mistake, or this kind.")
@click.option("--phases", default=",".join(PHASES), show_default=True, help="The phases to run.")
@click.option("--max-examples", default=1000, show_default=True, help="Programs of the search.")
@click.option(
    "-j", "--jobs", default=os.cpu_count() or 1, show_default=True, help="Mistakes at once."
)
@click.option(
    "--continue",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Go on from the verdicts in this file, and add to it.",
)
@click.option("--list", "only_list", is_flag=True, help="List the mistakes, and examine none.")
def main(
    only: tuple[str, ...],
    phases: str,
    max_examples: int,
    jobs: int,
    file: Path | None,
    only_list: bool,
) -> None:
    """Plant mistakes in copies of h11 and of the reference, and see which phase finds each."""
    try:
        settings = Settings(phases=parse_phases(phases), max_examples=max_examples)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    mistakes = [each for each in stored() if not only or {each.name, each.kind} & set(only)]
    if not mistakes:
        raise click.UsageError(f"no mistake and no kind is called {' or '.join(only)}")
    if only_list:
        for mistake in mistakes:
            click.echo(f"{mistake.kind}: {mistake.name} ({mistake.original}): {mistake.sentence}")
            click.echo(f"    {mistake.basis}; from {mistake.origin}")
        return
    verdicts = _verdicts(mistakes, settings, jobs, file)
    for line in table.lines(mistakes, verdicts):
        click.echo(line)
    missed = list(table.not_found(mistakes, verdicts))
    if missed:
        click.echo("\nnot found by the deterministic phases")
    for line in missed:
        click.echo(line)
    broken = any(each.broken for each in verdicts.values())
    sys.exit(broken or table.share(list(verdicts.values())) < table.BOUND)


def _verdicts(
    mistakes: list[Mistake], settings: Settings, jobs: int, file: Path | None
) -> dict[str, Verdict]:
    known = _stored_verdicts(file)
    tasks = [task(each, settings, known.get(each.name)) for each in mistakes]
    left = [each for each in tasks if each is not None]
    for count, verdict in enumerate(examined(left, jobs=jobs), 1):
        known[verdict.name] = verdict
        found = verdict.phase or ("broken" if verdict.broken else "not found")
        click.echo(
            f"{count}/{len(left)} {verdict.name}: {found}, {verdict.seconds:.0f} s", err=True
        )
        if file is not None:
            with file.open("a", encoding="utf-8") as lines:
                lines.write(json.dumps(asdict(verdict)) + "\n")
    return {each.name: known[each.name] for each in mistakes}


def _stored_verdicts(file: Path | None) -> dict[str, Verdict]:
    """The last verdict on each mistake in the file."""
    if file is None or not file.exists():
        return {}
    found = [Verdict.of(json.loads(line)) for line in file.read_text("utf-8").splitlines()]
    return {verdict.name: verdict for verdict in found}


if __name__ == "__main__":
    main()
