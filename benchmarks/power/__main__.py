"""Mutation testing of the suite: ``python benchmarks/power --help``.

Owns the command line. The exit code says whether each original meets both bounds.
"""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from typing import TextIO

import click

from h11spec.benchmarks.power import by_vectors
from h11spec.benchmarks.power import report as reports
from h11spec.benchmarks.power.holding import held_back
from h11spec.benchmarks.power.killing import Verdict, failing, verdicts
from h11spec.benchmarks.power.planting import Fault, Original, draw, faults_of
from h11spec.benchmarks.power.suite import Suite, distilled, prepared

# A copy of the reference is imported under another name; h11 imports itself by its own name.
_MODULES = {"reference": ("h11spec.reference", "planted"), "h11": ("h11", "h11")}


def originals(name: str) -> list[Original]:
    """Returns the packages to plant faults in."""
    found: list[Original] = []
    for each in _MODULES if name == "both" else (name,):
        module, copied = _MODULES[each]
        file = importlib.import_module(module).__file__
        assert file is not None
        found.append(Original(each, Path(file).parent, copied))
    return found


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--original", type=click.Choice([*_MODULES, "both"]), default="both")
@click.option("--count", default=400, show_default=True, help="Faults to plant in each.")
@click.option("--seed", default=0, show_default=True, help="What they are drawn by.")
@click.option("-j", "jobs", default=2, show_default=True, help="Faults to examine at once.")
@click.option("--only", metavar="FILE:LINE", help="All faults of this line instead.")
@click.option("--vectors", is_flag=True, help="Only the vectors, and faults held back from them.")
@click.option("--json", "file", type=click.File("w", encoding="utf-8"), help="Write all of it.")
def main(
    original: str,
    count: int,
    seed: int,
    jobs: int,
    only: str | None,
    vectors: bool,
    file: TextIO | None,
) -> None:
    """Plant faults in copies of the reference and of h11, and see which of them are found."""
    claims = reports.claims(reports.CLAIMS.read_text("utf-8"))
    chosen = {each: _chosen(each, count, seed, only, vectors) for each in originals(original)}
    if not any(chosen.values()):
        raise click.UsageError(f"there are no faults to plant at {only}")
    click.echo("making and running the programs once, for about a minute", err=True)
    suite = distilled() if vectors else prepared()
    done = [
        _examine(each, faults, suite, claims, jobs) for each, faults in chosen.items() if faults
    ]
    if file is not None:
        json.dump({"seed": seed, "reports": [each.to_json() for each in done]}, file, indent=1)
    if vectors:
        for line in by_vectors.shown(done):
            click.echo(line)
        sys.exit(by_vectors.share(done) < by_vectors.BOUND)
    for each in done:
        for line in reports.shown(each):
            click.echo(line)
    sys.exit(not all(each.passed for each in done))


def _chosen(
    original: Original, count: int, seed: int, only: str | None, vectors: bool
) -> list[Fault]:
    faults = faults_of(original)
    if vectors:
        faults = [fault for fault in faults if held_back(original.name, fault)]
    if only is not None:
        return [fault for fault in faults if f"{fault.file}:{fault.line}" == only]
    return draw(faults, count, seed)


def _examine(
    original: Original, faults: list[Fault], suite: Suite, claims: reports.Claims, jobs: int
) -> reports.Report:
    excluded = failing(original, suite)
    fitting = suite.without(excluded)
    done: list[Verdict] = []
    with click.progressbar(length=len(faults), label=original.name, file=sys.stderr) as bar:
        for verdict in verdicts(original, faults, fitting, jobs=jobs):
            done.append(verdict)
            if not verdict.found:  # survivors are the result of a run of half an hour
                click.echo(f"\nnot found: {verdict.fault}", err=True)
            bar.update(1)
    order = {fault: at for at, fault in enumerate(faults)}
    done.sort(key=lambda verdict: order[verdict.fault])
    return reports.Report(original, done, claims, excluded)


if __name__ == "__main__":
    main()
