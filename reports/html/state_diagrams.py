"""The two state machines, with the arrows on which something else came of it than expected.

Owns which finding speaks of which arrow. The drawing is that of ``diagram``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from markupsafe import Markup

from ...strategies.programs import Json
from ..analysis.totals import Phase
from ..diagrams.state_diagram import diagram
from ..diagrams.transitions import Key, path

_SIDES = ("client", "server")


@dataclass(frozen=True)
class Machine:
    """The picture of one side's machine, and how many of its arrows differ."""

    side: str
    differing: int
    drawing: Markup


def machines(findings: Iterable[Json], phases: Iterable[Phase]) -> list[Machine]:
    """Returns the machine of the client, and that of the server.

    Where the complete suite was run, they say how often it takes each arrow.
    """
    taken = Counter[Key]()
    for suite in (suite for phase in phases for suite in phase.machines):
        taken.update(dict(suite.taken))
    keys = {key for finding in findings for key in _arrows(finding)}
    return [
        Machine(
            side, len(own), Markup(diagram(side.upper(), exercised=taken or None, differing=own))
        )
        for side in _SIDES
        for own in [sorted(key for key in keys if key[0] == side.upper())]
    ]


def _arrows(finding: Json) -> Iterator[Key]:
    """The arrow that the target should have taken at last, if it ended in another state."""
    if finding["aspect"] != "state" or finding["field"] not in _SIDES or "states_before" not in finding:
        return
    side = finding["field"]
    before = dict(zip(_SIDES, finding["states_before"], strict=False)).get(side)
    try:
        taken = path(side.upper(), str(before), str(finding["expected"]))
    except ValueError:
        return  # a step of several events, which are several arrows in a row
    yield from taken[-1:]
