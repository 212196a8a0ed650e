"""The model coverage of drawn programs, and the command that shows it."""

import re

import pytest
from command_helper import h11spec

from h11spec.conformance.phases.model_coverage import measure_coverage
from h11spec.strategies.model_coverage import coverage_items
from h11spec.strategies.registry import STRATEGIES, name_of


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_two_thousand_programs_cover_everything(seed: int) -> None:
    """Joint states, transitions, error sites, framings, corruptions and call shapes, with any seed.

    At least one program in two hundred of a role has each shape that its role can have.
    """
    reach = measure_coverage(programs=2000, seed=seed)
    assert list(reach.missed()) == []
    assert reach.programs == 2000
    shares = {shape: reach.share(shape) for shape in coverage_items()["call shape"]}
    assert min(shares.values()) >= 0.005, shares


@pytest.mark.unmeasured
def test_no_class_dominates() -> None:
    """Half of all steps succeed, and no state, step or framing has almost half of them."""
    reach = measure_coverage(programs=400, seed=0)
    errors = sum(reach.counts["status hint"].values())
    assert errors < reach.steps / 2
    for dimension in ("joint state", "step", "framing"):
        counts = reach.counts[dimension]
        assert max(counts.values()) < 0.45 * counts.total(), dimension


@pytest.mark.unmeasured
def test_the_same_seed_has_the_same_coverage() -> None:
    assert (
        measure_coverage(programs=30, seed=4).counts == measure_coverage(programs=30, seed=4).counts
    )
    assert (
        measure_coverage(programs=30, seed=4).counts != measure_coverage(programs=30, seed=5).counts
    )


def test_the_command_shows_what_is_covered_and_missed() -> None:
    """A few programs do not cover everything, and the exit code says so."""
    done = h11spec("strategies", "--stats", "--max-examples=20", "--seed=1", "--seed=2")
    assert (done.exit_code, done.stderr) == (1, "")
    assert "20 programs of seed 1 without variants, " in done.stdout
    assert "20 programs of seed 2 without variants, " in done.stdout
    assert " of 36 covered" in done.stdout
    assert re.search(
        r"^ +[\d,]+ +\d+\.\d% +server: receives twice before a read +$", done.stdout, re.MULTILINE
    )
    assert re.search(r"^call shape: \d+ of \d+ covered$", done.stdout, re.MULTILINE)
    assert "reading.read_request: illegal request line:" in done.stdout


def test_the_command_lists_the_strategies() -> None:
    """It shows the import name of each strategy, and what it can produce."""
    done = h11spec("strategies")
    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert lines[::2] == [name_of(strategy) for strategy in STRATEGIES]
    assert all(line.startswith("    ") and line.endswith(".") for line in lines[1::2])
