"""Which promise decides a difference that would fail a strict run only.

Owns how a difference is matched with the decisions of contract.toml. It must not know the version
of the catalogue that a run uses, nor what fails a run.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from ...reports.findings.divergence import SOFT_ASPECTS
from ...strategies.program import is_list, is_object
from .contract import Decision, Promise, load


def decision_on_answer(expression: str) -> Decision | None:
    """Returns the decision by a promise on another answer to an undocumented expression."""
    return _by_promise("answer", expression)


def decision_on_aspect(aspect: str, field: str, actual: Any) -> Decision | None:
    """Returns the decision by a promise on a difference of two traces in type or text.

    Args:
        aspect: of the difference; the result is None for one that fails every run.
        field: the field of an event, or the attribute of a connection, that differs.
        actual: the value on the target, as JSON.
    """
    decision = _by_promise(aspect, field) if aspect in SOFT_ASPECTS else None
    if decision is None or (aspect == "type" and {*_types(actual)} <= {*decision.allowed}):
        return None
    return decision


@cache
def promise(decision: Decision) -> Promise:
    """Returns the promise of a decision by one."""
    return next(each for each in load().promises if each.id == decision.promise)


@cache
def _by_promise(differs: str, what: str) -> Decision | None:
    decided = (each for each in load().decisions if each.promise and each.differs == differs)
    return next((each for each in decided if what in each.what), None)


def _types(value: Any) -> Iterator[str]:
    """Yields the types of the bytes and text in a value."""
    if isinstance(value, str):
        yield "bytes"
    elif is_list(value):
        for item in value:
            yield from _types(item)
    elif is_object(value):
        yield from value
