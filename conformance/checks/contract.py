"""Checks for what h11's documentation promises, and for what its API shows in no conversation.

Owns how promises and groups of expressions become checks. What is promised is in contract.toml, and
what is asked in surface.txt.
"""

from __future__ import annotations

import re
from functools import partial
from itertools import groupby

from ...strategies.exhaustive import types
from ...strategies.programs import Program
from ..requirements import contract, surface
from ..requirements.contract import Promise
from .check import Check

_SURFACE = ("h11 documentation, API",)
_EXECUTED = ("h11 0.16.0, by execution",)


def _only(program: Program) -> tuple[Program]:
    return (program,)


def _promise(promise: Promise) -> Check:
    asked = surface.Expression(promise.shown, promise.id, promised=True)
    return Check(
        id=f"contract/{promise.id}",
        level="CONTRACT",
        role=promise.role,
        citations=(promise.section,),
        requirement=promise.promise,
        programs=tuple if promise.program is None else partial(_only, promise.program),
        expressions=(asked,) if promise.shown else (),
        conforms=promise.conforms,
        promise=bool(promise.shown),
        covers=(promise.id,),
        h11=promise.h11,
        note=promise.note,
    )


def _group(name: str, expressions: tuple[surface.Expression, ...]) -> Check:
    promised = expressions[0].promised
    slug = re.sub("[^a-z0-9]+", "-", name.lower()).strip("-")
    return Check(
        id=f"api/{slug}",
        level="CONTRACT" if promised else "BEHAVIOUR",
        role="both",
        citations=_SURFACE if promised else _EXECUTED,
        requirement=f"Asked outside of a conversation, the API answers as h11 does: {name}.",
        expressions=expressions,
        documented=promised,
    )


def checks() -> tuple[Check, ...]:
    """Returns the checks: promises, argument types, and the surface of the API."""
    promises = contract.load().promises
    groups = groupby(surface.load(), key=lambda each: each.group)
    table = contract.load().table
    return (
        *(_promise(promise) for promise in promises if not promise.reason),
        Check(
            id="types/documented",
            level="CONTRACT",
            role="both",
            citations=_SURFACE,
            requirement="Each argument of each event is taken in every type that is documented.",
            programs=lambda: types.documented(table),
        ),
        Check(
            id="types/undocumented",
            level="BEHAVIOUR",
            role="both",
            citations=_EXECUTED,
            requirement="Arguments of types that nobody documents are taken or refused as by h11.",
            programs=lambda: types.undocumented(table),
            documented=False,
        ),
        *(_group(name, tuple(expressions)) for name, expressions in groups),
    )
