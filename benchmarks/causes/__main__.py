"""The command: how many causes one fault has, and two independent ones, and which places it has."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from random import Random

import click

from h11spec.benchmarks.causes.places import Whereabouts, whereabouts
from h11spec.benchmarks.causes.runs import Causes, run_all
from h11spec.benchmarks.power.__main__ import originals
from h11spec.benchmarks.power.planting import Fault, Original, draw, faults_of

# What is required: of the faults that are found, how many have one cause, and how many they have on
# average; of the pairs, how many have two causes with no finding under the wrong one.
_ONE, _MEAN, _PURE = 0.90, 1.2, 0.85
# Of those in functions, for how many the line and the function are among the places of the cause.
_LINE, _FUNCTION = 0.70, 0.90


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--original", type=click.Choice(["reference", "h11", "both"]), default="both")
@click.option("--count", default=200, show_default=True, help="Faults to plant in each.")
@click.option("--pairs", default=100, show_default=True, help="Copies with two faults, of each.")
@click.option("--seed", default=0, show_default=True, help="What they are drawn by.")
@click.option("--phases", default="vectors,sweeps,machine", show_default=True)
@click.option("-j", "jobs", default=2, show_default=True, help="Copies to check at once.")
def main(original: str, count: int, pairs: int, seed: int, phases: str, jobs: int) -> None:
    """Plant faults, one and two at a time, and count the causes that a run reports."""
    passed = True
    for each in originals(original):
        singles = draw(faults_of(each), count, seed)
        found = [
            causes
            for causes in run_all(each, [(fault,) for fault in singles], phases, jobs)
            if causes.count
        ]
        passed &= _show_singles(each, found, len(singles))
        passed &= _show_places(each, found)
        chosen = _pairs(found, pairs, seed)
        both = list(run_all(each, chosen, phases, jobs))
        passed &= _show_pairs(each, found, both)
    sys.exit(not passed)


def _show_singles(original: Original, found: Sequence[Causes], planted: int) -> bool:
    """Prints the table of single faults; returns whether what is required holds."""
    one = sum(causes.count == 1 for causes in found)
    mean = sum(causes.count for causes in found) / max(len(found), 1)
    findings = sum(len(causes.findings) for causes in found) / max(len(found), 1)
    click.echo(
        f"{original.name}: {len(found)} of {planted} faults found; one cause for {one} "
        f"({one / max(len(found), 1):.1%}), {mean:.2f} causes and {findings:.1f} findings on "
        "average"
    )
    for causes in found:
        if causes.count > 1:
            sizes = ", ".join(str(len(each)) for each in causes.causes or ())
            click.echo(f"  {causes.count} causes of {sizes} findings: {causes.faults[0]}")
    return one >= _ONE * len(found) and mean <= _MEAN


def _show_places(original: Original, found: Sequence[Causes]) -> bool:
    """Prints whether the first places are those of the fault; returns whether they mostly are."""
    counted = [(where, causes) for causes in found if (where := _where(original, causes))]
    lines = sum(where.named_line(causes.places) for where, causes in counted)
    functions = sum(where.named_function(causes.places) for where, causes in counted)
    number = max(len(counted), 1)
    click.echo(
        f"{original.name}: {len(counted)} of them in functions; the line is named for {lines} "
        f"({lines / number:.1%}), the function for {functions} ({functions / number:.1%})"
    )
    for where, causes in counted:
        if not where.named_line(causes.places):
            click.echo(f"  {causes.faults[0]}: {'; '.join(causes.places)}")
    return lines >= _LINE * len(counted) and functions >= _FUNCTION * len(counted)


def _where(original: Original, causes: Causes) -> Whereabouts | None:
    return whereabouts(original, causes.faults[0])


def _pairs(found: Sequence[Causes], count: int, seed: int) -> list[tuple[Fault, ...]]:
    """Pairs of faults in different files, each of which is found by itself."""
    random = Random(seed)
    faults = [causes.faults[0] for causes in found]
    if len({fault.file for fault in faults}) < 2:
        return []
    pairs: list[tuple[Fault, ...]] = []
    while len(pairs) < count:
        pair = tuple(random.sample(faults, 2))
        if pair[0].file != pair[1].file:
            pairs.append(pair)
    return pairs


def _show_pairs(original: Original, found: Sequence[Causes], both: Sequence[Causes]) -> bool:
    """Prints the table of pairs; returns whether what is required holds."""
    alone = {causes.faults[0]: causes.findings for causes in found}
    judged = pure = merged = split = masked = 0
    for causes in both:
        one, two = (alone[fault] for fault in causes.faults)
        # What both show by themselves says nothing about which of them a finding is of.
        only = one - two, two - one
        if not all(each & causes.findings for each in only):
            masked += 1
            continue
        judged += 1
        mixed = any(all(each & cause for each in only) for cause in causes.causes or ())
        merged += mixed
        split += not mixed and causes.count > 2
        pure += not mixed and causes.count == 2
    click.echo(
        f"{original.name}: of {judged} pairs, two causes for {pure} ({pure / max(judged, 1):.1%}); "
        f"{merged} with findings of both faults in one cause, {split} with more causes; {masked} "
        "pairs in which one fault hides the other are not counted"
    )
    return pure >= _PURE * judged


if __name__ == "__main__":
    main()
