"""What is known of the changes between releases of h11, a sentence each, written by hand.

Owns the form of docs/results/changes.toml, and which sentence is of which change.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...reports.analysis.release_changes import Shift

EXPLANATIONS = Path(__file__).parents[2] / "docs/results/changes.toml"


@dataclass(frozen=True)
class Explanation:
    """A sentence for all changes that came with a release, and are like this.

    ``about`` is a regular expression, sought in what the finding shows and in what either release
    does; without it, the sentence is of every change. ``cites`` has names and addresses.
    """

    release: str
    sentence: str
    cites: tuple[tuple[str, str], ...]
    about: str = ""

    def explains(self, release: str, shift: Shift) -> bool:
        """Whether it is of this change, which came with this release."""
        text = "\n".join((shift.finding["difference"], shift.old, shift.new))
        return release == self.release and bool(re.search(self.about, text, re.MULTILINE))


def explanations(path: Path = EXPLANATIONS) -> tuple[Explanation, ...]:
    """Returns what is known, in the order of the file: the first that fits is meant."""
    tables: list[dict[str, Any]] = tomllib.loads(path.read_text("utf-8"))["change"]
    return tuple(
        Explanation(
            release=each["release"],
            sentence=each["sentence"],
            cites=tuple((name, address) for name, address in each["cites"]),
            about=each.get("about", ""),
        )
        for each in tables
    )


def explained(
    release: str, shifts: Iterable[Shift], known: Sequence[Explanation]
) -> dict[Explanation | None, list[Shift]]:
    """Returns the changes that came with a release by what explains them, None for nothing."""
    by_explanation: dict[Explanation | None, list[Shift]] = {}
    for shift in shifts:
        found = next((each for each in known if each.explains(release, shift)), None)
        by_explanation.setdefault(found, []).append(shift)
    return by_explanation
