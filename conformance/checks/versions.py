"""The versions of the catalogue, and which of them added each check.

Owns the list, which only grows: upgrading h11spec must not fail a gate that runs the checks as of a
version. It must not know the checks.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

# The current version. New checks need a greater minor version.
CATALOGUE = "1.1"
FILE = Path(__file__).with_name("versions.toml")


@cache
def since() -> dict[str, str]:
    """Returns, by id, the version that added each check."""
    return parse_versions(FILE.read_text("utf-8"))


def parse_versions(text: str) -> dict[str, str]:
    """Returns, by id, the version that added each check, from the text of versions.toml."""
    versions: dict[str, list[str]] = tomllib.loads(text)
    return {identity: version for version, ids in versions.items() for identity in ids}


def is_known(version: str) -> bool:
    """Whether there is such a version of the catalogue."""
    return version in all_versions()


def all_versions() -> list[str]:
    """Returns all versions, the oldest first."""
    return sorted({*since().values(), CATALOGUE}, key=number)


def belongs(identity: str, version: str) -> bool:
    """Whether a version of the catalogue has the check of this id."""
    return version == CATALOGUE or includes(version, since().get(identity, CATALOGUE))


def includes(version: str, since: str) -> bool:
    """Whether a version of the catalogue has what was added since another one."""
    return number(since) <= number(version)


def number(version: str) -> tuple[int, ...]:
    """Returns the numbers of a version, by which versions are ordered."""
    return tuple(map(int, version.split(".")))
