"""Measures what the causes cost: the processor time of a gate that finds them, and of one without.

Owns how a gate runs without causes, which no user can ask for. Both run by turns, A B B A, each in
a process of its own, and the ratio is that of the medians. Takes some minutes for each target.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import click

from h11spec.benchmarks.mistakes.mistake import plant, stored

TARGETS = ("pip:h11==0.14.0", "pip:h11-mypyc")
MISTAKES = 5
MOST = 1.15
# Runs a gate in which nothing looks for causes, nor goes on after explained differences.
_WITHOUT = """
from h11spec.conformance.cli.main import main
from h11spec.conformance.runs import run
from h11spec.conformance.runs.finding_causes import CauseFinder
CauseFinder.find = lambda self, outcome: None
run.look_behind = lambda *arguments: None
main()
"""
_WITH = "from h11spec.conformance.cli.main import main; main()"


def seconds(code: str, target: str, phases: str) -> float:
    """Returns the processor time of a gate, the target's included.

    Args:
        code: runs the command line.
    """
    before = _of_children()
    command = [sys.executable, "-c", code, "gate", target, "--phases", phases]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    # A traceback exits with 1, too.
    if done.returncode not in (0, 1) or done.stderr:
        raise click.ClickException(f"{target}: {done.stderr}")
    return _of_children() - before


def _of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def ratio(target: str, phases: str, rounds: int) -> tuple[float, float]:
    """Returns the median times with causes and without."""
    times: dict[str, list[float]] = {_WITH: [], _WITHOUT: []}
    for at in range(rounds):
        order = (_WITH, _WITHOUT, _WITHOUT, _WITH)
        for code in order if at % 2 == 0 else reversed(order):
            times[code].append(seconds(code, target, phases))
    return median(times[_WITH]), median(times[_WITHOUT])


def planted(folder: Path) -> list[str]:
    """Plants mistakes of different kinds, one of each, and returns the targets."""
    of_kinds = {each.kind: each for each in stored() if each.original == "h11"}
    targets: list[str] = []
    for mistake in list(of_kinds.values())[:MISTAKES]:
        plant(mistake, folder / mistake.name)
        targets.append(f"{folder / mistake.name}::{mistake.module}")
    return targets


@click.command(help=__doc__)
@click.argument("targets", nargs=-1)
@click.option("--phases", default="vectors,sweeps,machine", show_default=True)
@click.option("--rounds", default=1, show_default=True, help="Each runs both gates twice.")
def main(targets: Sequence[str], phases: str, rounds: int) -> None:
    """Prints the ratio for each target, and exits with 1 if one is too great."""
    ratios: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        for target in targets or [*TARGETS, *planted(Path(folder))]:
            found, plain = ratio(target, phases, rounds)
            ratios.append(found / plain)
            name = target.removeprefix(f"{folder}/")
            print(f"{found / plain:5.2f}x  {found:6.1f} s / {plain:6.1f} s  {name}", flush=True)
    sys.exit(max(ratios) > MOST)


if __name__ == "__main__":
    main()
