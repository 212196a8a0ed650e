"""What a faulty implementation shows beside the reference, as the tests ask for it.

Owns nothing of the judgement: it runs a program on both, and compares.
"""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from h11spec import reference
from h11spec.reports.findings.deviations import UPSTREAM_DEVIATIONS
from h11spec.reports.findings.divergence import Comparison, Divergence, compare
from h11spec.strategies.programs import Program
from h11spec.strategies.traces import run

FOLDER = Path(__file__).parent


def implementation(name: str) -> Any:
    """The faulty implementation of this name, as a module."""
    return import_module(f"faulty.{name}")


def comparison(actual: Any, program: Program) -> Comparison:
    """What comparing ``actual`` with the reference comes to."""
    return compare(program, run(reference, program), run(actual, program), UPSTREAM_DEVIATIONS)


def found(actual: Any, program: Program) -> list[Divergence]:
    """The divergences that the program shows, the one that ended the comparison first."""
    compared = comparison(actual, program)
    return [*filter(None, [compared.divergence]), *compared.soft]


def showing(actual: Any, identity: str) -> Callable[[Program], bool]:
    """Whether a program shows the divergence of this identity."""
    return lambda program: identity in {one.identity for one in found(actual, program)}
