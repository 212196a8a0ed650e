"""Which checks a run has, by phase and by the prefixes of their ids.

Owns the order of phases and checks. How a check is run is not its business.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from ..checks import machine
from ..checks.catalogue import DRAWN, catalogue
from ..checks.check import Check, matches
from ..checks.versions import belongs
from ..phases import cost
from ..vectors import corpus
from .settings import PHASES, Settings


def selected(settings: Settings, *, against: bool = False) -> Iterator[tuple[str, Check]]:
    """Gives out the checks that were asked for, each with its phase, in their order.

    Args:
        against: leave out what has no expected side: a target on it is not to blame for a rule.
    """
    for phase, check in _all(settings):
        wanted = not settings.checks or any(
            matches(check.id, prefix, all_ids()) for prefix in settings.checks
        )
        if wanted and not (against and not check.differential):
            yield phase, check


def _all(settings: Settings) -> Iterator[tuple[str, Check]]:
    vectors = corpus.stored() if "vectors" in settings.phases else ()
    kept = {vector.check for vector in vectors}
    shown = tuple(check for check in catalogue() if check.id in kept)
    phases = {
        "vectors": shown,
        "sweeps": catalogue(),
        "machine": machine.checks(settings.extra_states),
        "search": (DRAWN,),
        "cost": cost.CHECKS,
    }
    for phase, checks in phases.items():
        if phase in settings.phases:
            for check in checks:
                if belongs(check.id, settings.catalogue):
                    yield phase, check


@cache
def all_ids() -> frozenset[str]:
    """Returns the ids of all checks, of whichever phase."""
    return frozenset(check.id for _, check in _all(Settings(phases=PHASES)))


def selecting_nothing(settings: Settings) -> list[str]:
    """Returns the beginnings of ids that were asked for and select no check of the phases."""
    ids = [check.id for _, check in _all(settings)]
    return [
        prefix
        for prefix in settings.checks
        if not any(matches(identity, prefix, all_ids()) for identity in ids)
    ]
