"""Explanations of the changes between releases of h11, written by hand.

Owns the form of docs/results/changes.toml, and which explanation belongs to which change. It must
not know how changes are found.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...reports.analysis.release_changes import BehaviourChange

EXPLANATIONS = Path(__file__).parents[2] / "docs/results/changes.toml"


@dataclass(frozen=True)
class Explanation:
    """A sentence that explains changes of one release.

    ``about`` is a regular expression that is searched in the title of the cause, in the difference
    of a finding and in what the two releases do; an empty one matches every change. ``cites`` has
    names and addresses.
    """

    release: str
    sentence: str
    cites: tuple[tuple[str, str], ...]
    about: str = ""

    def explains(self, release: str, change: BehaviourChange) -> bool:
        """Whether it explains this change of this release."""
        what = change.cause.title, change.finding["difference"], change.old, change.new
        text = "\n".join(what)
        return release == self.release and bool(re.search(self.about, text, re.MULTILINE))


def explanations(path: Path = EXPLANATIONS) -> tuple[Explanation, ...]:
    """Returns the explanations in the order of the file; the first that matches counts."""
    entries: list[dict[str, Any]] = tomllib.loads(path.read_text("utf-8"))["change"]
    return tuple(
        Explanation(
            release=each["release"],
            sentence=each["sentence"],
            cites=tuple((name, address) for name, address in each["cites"]),
            about=each.get("about", ""),
        )
        for each in entries
    )


def explained(
    release: str, changes: Iterable[BehaviourChange], explanations: Sequence[Explanation]
) -> dict[Explanation | None, list[BehaviourChange]]:
    """Returns the changes of a release by their explanations; None is for changes without one."""
    by_explanation: dict[Explanation | None, list[BehaviourChange]] = {}
    for change in changes:
        found = next((each for each in explanations if each.explains(release, change)), None)
        by_explanation.setdefault(found, []).append(change)
    return by_explanation
