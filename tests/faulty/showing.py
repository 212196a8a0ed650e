"""Runs programs on a faulty implementation and on the reference, and compares them.

Owns no judgement.
"""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from h11spec import reference
from h11spec.reports.findings.deviations import UPSTREAM_DEVIATIONS
from h11spec.reports.findings.divergence import Comparison, Divergence, compare
from h11spec.strategies.program import Program
from h11spec.strategies.traces import run

FOLDER = Path(__file__).parent


def implementation(name: str) -> Any:
    """Returns the faulty implementation of this name, as a module."""
    return import_module(f"faulty.{name}")


def comparison(actual: Any, program: Program) -> Comparison:
    """Compares ``actual`` with the reference on this program."""
    return compare(program, run(reference, program), run(actual, program), UPSTREAM_DEVIATIONS)


def found(actual: Any, program: Program) -> list[Divergence]:
    """The divergences of the program, starting with the one that ended the comparison."""
    compared = comparison(actual, program)
    return [*filter(None, [compared.divergence]), *compared.later, *compared.soft]


def showing(actual: Any, identity: str) -> Callable[[Program], bool]:
    """Returns a predicate: does a program show the divergence with this identity?"""
    return lambda program: identity in {one.identity for one in found(actual, program)}
