"""What can be said of a check without running it on anything but the reference.

Owns how checks are asked for, and what of them is told as plain data. How that is shown is for the
reports.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ... import reference
from ...reports.findings.script import script
from ...strategies.programs import Json
from ...strategies.traces import run
from ..checks.check import Check, matches
from ..checks.versions import CATALOGUE, belongs, since
from .selection import selected
from .settings import PHASES, Settings

# An example has no more steps than this, if there is one.
_READABLE = 20


class NothingSelected(ValueError):
    """There is no check like that; the message says what was asked, and what there is."""


def every_check() -> Iterator[tuple[str, Check]]:
    """Gives out all checks there are, each with its phase, in their order.

    Those that vectors were taken from are all in a later phase, with all of their programs.
    """
    return selected(Settings(phases=PHASES[1:]))


def chosen(
    prefixes: Sequence[str] = (),
    *,
    level: str = "",
    section: str = "",
    area: str = "",
    catalogue: str = CATALOGUE,
) -> list[tuple[str, Check]]:
    """Returns the checks that fit all that is given, each with its phase.

    Args:
        prefixes: beginnings of ids, one of which is enough; a whole id means that check alone.
        section: such as "RFC 9112 §6", which includes the sections below it, and not §61.
        catalogue: the version of the catalogue that they belong to.

    Raises NothingSelected if there are none.
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
        asked = {
            f"begins with {' or '.join(map(repr, prefixes))}": prefixes,
            f"is of level {level}": level,
            f"cites {section}": section,
            f"is of area {area!r}": area,
        }
        what = " and ".join(words for words, given in asked.items() if given)
        areas = ", ".join(sorted({check.area for _, check in known}))
        raise NothingSelected(
            f"no check {what}; there are {len(known)} checks, of the areas {areas}: "
            "'h11spec checks' alone lists them"
        )
    return found


def in_short(check: Check) -> Json:
    """Returns what a list has of a check."""
    return {"id": check.id, "level": check.level, "requirement": check.requirement}


def in_full(phase: str, check: Check) -> Json:
    """Returns all there is to be said of a check, with a program as it goes on the reference."""
    programs = list(check.programs())
    shortish = (program for program in programs if len(program.steps) <= _READABLE)
    example = next(shortish, programs[0] if programs else None)
    lines = script(example, run(reference, example), "") if example else []
    return {
        **in_short(check),
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
