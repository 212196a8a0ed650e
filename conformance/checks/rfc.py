"""One check for each requirement of the RFCs that has a program.

Owns the areas that the checks are in. The requirements and their conditions are in rfc.toml. It
must not know how a check is run.
"""

from __future__ import annotations

from ..requirements.rfc import Requirement, load
from .trace_check import TraceCheck

# The area of a section is that of the longest entry that it begins with.
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


def _check(requirement: Requirement) -> TraceCheck:
    return TraceCheck(
        id=f"{area(requirement.sections[0])}/{requirement.id}",
        level=requirement.level,
        role=requirement.role,
        citations=requirement.sections,
        requirement=requirement.requirement,
        source=requirement.programs,
        conditions=requirement.conforms,
        covers=(requirement.id,),
        h11=requirement.h11,
        note=requirement.note,
    )


def checks() -> tuple[TraceCheck, ...]:
    """Returns the checks, in the order of the requirements."""
    return tuple(_check(each) for each in load() if each.program is not None)
