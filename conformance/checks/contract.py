"""Checks for the promises of h11's documentation, and for its API outside of a conversation.

Owns how promises and groups of expressions become checks. The promises are in contract.toml, the
expressions in surface.txt. It must not know how a check is run.
"""

from __future__ import annotations

from itertools import groupby
from typing import TypedDict

from ...strategies.exhaustive import types
from ..requirements import contract, surface
from ..requirements.contract import Promise
from .check import Check, Level
from .citations import BY_EXECUTION, H11_API
from .expression_check import ExpressionCheck
from .trace_check import TraceCheck

_DOCUMENTED = (H11_API,)


class _Common(TypedDict):
    """The arguments that the checks of promises have in common."""

    id: str
    level: Level
    role: str
    citations: tuple[str, ...]
    requirement: str
    covers: tuple[str, ...]
    h11: str
    note: str


def _promise(promise: Promise) -> Check:
    common: _Common = {
        "id": f"contract/{promise.id}",
        "level": "CONTRACT",
        "role": promise.role,
        "citations": (promise.section,),
        "requirement": promise.promise,
        "covers": (promise.id,),
        "h11": promise.h11,
        "note": promise.note,
    }
    if promise.program is None:
        expression = surface.Expression(promise.shown, promise.id, documented=True)
        return ExpressionCheck(**common, expressions=(expression,), promise=True)
    return TraceCheck(**common, source=promise.programs, conditions=promise.conforms)


def _group(name: str, expressions: tuple[surface.Expression, ...]) -> Check:
    documented = expressions[0].documented
    return ExpressionCheck(
        id=surface.check_id(name),
        level="CONTRACT" if documented else "BEHAVIOUR",
        role="both",
        citations=_DOCUMENTED if documented else BY_EXECUTION,
        requirement=f"Outside of a conversation, the API behaves as h11's does: {name}.",
        expressions=expressions,
        documented=documented,
    )


def checks() -> tuple[Check, ...]:
    """Returns the checks: promises, argument types, and the surface of the API."""
    promises = contract.load().promises
    groups = groupby(surface.load(), key=lambda each: each.group)
    table = contract.load().table
    return (
        *(_promise(promise) for promise in promises if not promise.reason),
        TraceCheck(
            id="types/documented",
            level="CONTRACT",
            role="both",
            citations=_DOCUMENTED,
            requirement="Each argument of each event is accepted in every documented type.",
            source=lambda: types.documented(table),
        ),
        TraceCheck(
            id="types/undocumented",
            level="BEHAVIOUR",
            role="both",
            citations=BY_EXECUTION,
            requirement="Arguments of undocumented types are accepted or refused as by h11.",
            source=lambda: types.undocumented(table),
            documented=False,
        ),
        *(_group(name, tuple(expressions)) for name, expressions in groups),
    )
