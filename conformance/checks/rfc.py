"""One check for each requirement of the RFCs that a program shows.

Owns the areas that the checks are in. What is required, and what keeps it, is in
rfc.toml.
"""

from __future__ import annotations

from functools import partial

from ...strategies.programs import Program
from ..requirements.rfc import Requirement, load
from .check import Check

# The area of a section: that of the longest number here which it begins with.
_AREAS = {
    "RFC 9112 §2": "message",
    "RFC 9112 §3": "request",
    "RFC 9112 §4": "response",
    "RFC 9112 §5": "fields",
    "RFC 9112 §6": "framing",
    "RFC 9112 §7": "chunked",
    "RFC 9112 §8": "framing",
    "RFC 9112 §9": "persistence",
    "RFC 9112": "message",
    "RFC 9110 §5": "fields",
    "RFC 9110 §5.4": "limits",
    "RFC 9110 §6.4": "framing",
    "RFC 9110 §6.5": "chunked",
    "RFC 9110 §7.2": "request",
    "RFC 9110 §7.6": "persistence",
    "RFC 9110 §7.8": "switching",
    "RFC 9110 §8.6": "framing",
    "RFC 9110 §9": "request",
    "RFC 9110 §9.3.6": "switching",
    "RFC 9110 §10.1.1": "expect",
    "RFC 9110 §15": "response",
    "RFC 9110 §15.2.2": "switching",
    "RFC 9110 §17": "limits",
    "RFC 9110": "message",
}


def area(section: str) -> str:
    """Returns the area of a section such as "RFC 9112 §6.3"."""
    whole = f"{section}."
    parts = (part for part in _AREAS if whole.startswith((f"{part}.", f"{part} §")))
    return _AREAS[max(parts, key=len)]


def _only(program: Program) -> tuple[Program]:
    return (program,)


def _check(requirement: Requirement, program: Program) -> Check:
    return Check(
        id=f"{area(requirement.sections[0])}/{requirement.id}",
        level=requirement.level,
        role=requirement.role,
        citations=requirement.sections,
        requirement=requirement.requirement,
        programs=partial(_only, program),
        conforms=requirement.conforms,
        covers=(requirement.id,),
        h11=requirement.h11,
        note=requirement.note,
    )


def checks() -> tuple[Check, ...]:
    """Returns the checks, in the order of the requirements."""
    return tuple(
        _check(requirement, requirement.program)
        for requirement in load()
        if requirement.program is not None
    )
