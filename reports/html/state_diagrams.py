"""The state diagrams of a run, with the transitions that differ in a finding.

Owns which finding belongs to which transition. It must not know how a diagram is drawn.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from markupsafe import Markup

from ...strategies.program import Json
from ..analysis.totals import Totals
from ..diagrams.state_diagram import state_diagram
from ..diagrams.transitions import TransitionKey, path

_ROLES = ("client", "server")


@dataclass(frozen=True)
class StateDiagram:
    """The picture of one role's machine, and how many of its transitions differ."""

    role: str
    differing: int
    picture: Markup


def state_diagrams(findings: Iterable[Json], phases: Iterable[Totals]) -> list[StateDiagram]:
    """Returns the diagrams of the client and of the server.

    If the complete suite was run, they show how often it takes each transition.
    """
    taken = Counter[TransitionKey]()
    for suite in (suite for phase in phases for suite in phase.machines):
        taken.update(dict(suite.transitions))
    differing = {key for finding in findings for key in _differing(finding)}
    return [_diagram(role, taken, differing) for role in _ROLES]


def _diagram(
    role: str, taken: Counter[TransitionKey], differing: set[TransitionKey]
) -> StateDiagram:
    own = sorted(key for key in differing if key[0] == role.upper())
    picture = state_diagram(role.upper(), taken=taken or None, differing=own)
    return StateDiagram(role, len(own), Markup(picture))


def _differing(finding: Json) -> Iterator[TransitionKey]:
    """The last transition that the target should have made, if it ended in another state."""
    if finding["aspect"] != "state" or finding["field"] not in _ROLES:
        return
    if "states_before" not in finding:
        return
    role = finding["field"]
    before = dict(zip(_ROLES, finding["states_before"], strict=False)).get(role)
    try:
        transitions = path(role.upper(), str(before), str(finding["expected"]))
    except ValueError:
        return  # a step of several events, which are several paths in a row
    yield from transitions[-1:]
