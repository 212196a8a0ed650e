"""Descriptions of checks, as plain data.

Owns how checks are found, and what is said about each. It must not know how that is presented, nor
run a check on anything but the reference.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ... import reference
from ...reports.findings.script import script
from ...strategies.program import Json
from ...strategies.traces import run
from ..checks.check import Check, matches
from ..checks.versions import CATALOGUE, belongs, since
from .selection import select
from .settings import PHASES, Settings

# The example is the first program that is not longer than this, if there is one.
_MAX_EXAMPLE_STEPS = 20


class NoCheckFound(ValueError):
    """No check meets the criteria; the message repeats them, and says what there is."""


def every_check() -> Iterator[tuple[str, Check]]:
    """Yields all checks, each with its phase, in the order of a run.

    The phase of the vectors is left out: each of its checks is in a later phase as well, with all
    of its programs.
    """
    return select(Settings(phases=PHASES[1:]))


def find_checks(
    prefixes: Sequence[str] = (),
    *,
    level: str = "",
    section: str = "",
    area: str = "",
    catalogue: str = CATALOGUE,
) -> list[tuple[str, Check]]:
    """Returns the checks that meet all criteria, each with its phase.

    Args:
        prefixes: the id begins with one of these; a whole id selects that check alone.
        section: such as "RFC 9112 §6", which includes its subsections, but not §61.
        catalogue: the version of the catalogue.

    Raises NoCheckFound if there are none.
    """
    section = re.sub(r"^(RFC \d+) (?=[0-9A-Z])", r"\1 §", section.strip())
    cites = re.compile(re.escape(section) + r"(?![0-9A-Za-z])")
    known = [each for each in every_check() if belongs(each[1].id, catalogue)]
    ids = {check.id for _, check in known}
    found = [
        (phase, check)
        for phase, check in known
        if (not prefixes or any(matches(check.id, prefix, ids) for prefix in prefixes))
        and level in ("", check.level)
        and (not section or any(map(cites.match, check.citations)))
        and area in ("", check.area)
    ]
    if not found:
        criteria = {
            f"begins with {' or '.join(map(repr, prefixes))}": prefixes,
            f"is of level {level}": level,
            f"cites {section}": section,
            f"is of area {area!r}": area,
        }
        what = " and ".join(words for words, given in criteria.items() if given)
        areas = ", ".join(sorted({check.area for _, check in known}))
        raise NoCheckFound(
            f"no check {what}; there are {len(known)} checks, of the areas {areas}: "
            "'h11spec checks' alone lists them"
        )
    return found


def summarise(check: Check) -> Json:
    """Returns the line of a check in a list."""
    return {"id": check.id, "level": check.level, "requirement": check.requirement}


def describe(phase: str, check: Check) -> Json:
    """Returns the full description of a check, with a script of one of its programs."""
    programs = list(check.programs())
    short = (program for program in programs if len(program.steps) <= _MAX_EXAMPLE_STEPS)
    example = next(short, programs[0] if programs else None)
    lines = script(example, run(reference, example), "") if example else []
    return {
        **summarise(check),
        "since": since().get(check.id, CATALOGUE),
        "phase": phase,
        "role": check.role,
        "citations": list(check.citations),
        "documented": check.documented,
        "judged": check.judged_by,
        **check.details(),
        "programs": len(programs),
        "steps": sum(len(program.steps) for program in programs),
        "script": ["import h11", *lines] if lines else [],
        "covers": list(check.covers),
        "h11": check.h11,
        "note": check.note,
    }
