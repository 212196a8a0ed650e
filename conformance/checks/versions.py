"""Which version of the catalogue each check came with.

Owns the list, which only grows: an upgrade of h11spec must not turn anybody's gate red that has
asked for the checks as of a version. What the checks are is for the catalogue.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

# The version of all checks that there are. New ones come with a greater minor one.
CATALOGUE = "1.0"
FILE = Path(__file__).with_name("versions.toml")


@cache
def since() -> dict[str, str]:
    """Returns the version that each check came with, by its id."""
    return since_by(FILE.read_text("utf-8"))


def since_by(text: str) -> dict[str, str]:
    """Returns the version that each check came with, by what such a file says."""
    versions: dict[str, list[str]] = tomllib.loads(text)
    return {identity: version for version, ids in versions.items() for identity in ids}


def is_known(version: str) -> bool:
    """Whether there is such a version of the catalogue."""
    return version in known()


def known() -> list[str]:
    """Returns the versions that there are, the first one first."""
    return sorted({*since().values(), CATALOGUE}, key=number)


def belongs(identity: str, version: str) -> bool:
    """Whether the check of this id is one of that version of the catalogue."""
    return version == CATALOGUE or number(since().get(identity, CATALOGUE)) <= number(version)


def number(version: str) -> tuple[int, ...]:
    """Returns a version as numbers, by which versions are ordered."""
    return tuple(map(int, version.split(".")))
