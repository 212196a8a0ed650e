"""Checks for what h11's documentation promises, and for what its API shows in no conversation.

Owns how promises and groups of expressions become checks. What is promised is in contract.toml, and
what is asked in surface.txt.
"""

from __future__ import annotations

import re
from functools import partial
from itertools import groupby
from typing import TypedDict

from ...strategies.exhaustive import types
from ...strategies.programs import Program
from ..requirements import contract, surface
from ..requirements.contract import Promise
from .check import Check, Level
from .expression_check import ExpressionCheck
from .trace_check import TraceCheck

_SURFACE = ("h11 documentation, API",)
_EXECUTED = ("h11 0.16.0, by execution",)


class _Common(TypedDict):
    """What checks for promises have in common, however a promise is shown."""

    id: str
    level: Level
    role: str
    citations: tuple[str, ...]
    requirement: str
    covers: tuple[str, ...]
    h11: str
    note: str


def _only(program: Program) -> tuple[Program]:
    return (program,)


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
        asked = surface.Expression(promise.shown, promise.id, documented=True)
        return ExpressionCheck(**common, expressions=(asked,), promise=True)
    source = partial(_only, promise.program)
    return TraceCheck(**common, source=source, conditions=promise.conforms)


def _group(name: str, expressions: tuple[surface.Expression, ...]) -> Check:
    documented = expressions[0].documented
    slug = re.sub("[^a-z0-9]+", "-", name.lower()).strip("-")
    return ExpressionCheck(
        id=f"api/{slug}",
        level="CONTRACT" if documented else "BEHAVIOUR",
        role="both",
        citations=_SURFACE if documented else _EXECUTED,
        requirement=f"Asked outside of a conversation, the API answers as h11 does: {name}.",
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
            citations=_SURFACE,
            requirement="Each argument of each event is taken in every type that is documented.",
            source=lambda: types.documented(table),
        ),
        TraceCheck(
            id="types/undocumented",
            level="BEHAVIOUR",
            role="both",
            citations=_EXECUTED,
            requirement="Arguments of types that nobody documents are taken or refused as by h11.",
            source=lambda: types.undocumented(table),
            documented=False,
        ),
        *(_group(name, tuple(expressions)) for name, expressions in groups),
    )
