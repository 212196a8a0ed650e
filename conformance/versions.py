"""Which version of the catalogue each check came with; as a command, this module notes new ones.

Owns the list, which only grows: an upgrade of h11spec must not turn anybody's gate red that has
asked for the checks as of a version. What the checks are is for the catalogue.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import click

# The version of all checks that there are. New ones come with a greater minor one.
CATALOGUE = "1.0"
FILE = Path(__file__).with_name("versions.toml")
_HEAD = """\
# The version of the catalogue that each check came with: `make docs` adds those that are new, and
# nothing is ever taken out.
"""


@cache
def since() -> dict[str, str]:
    """Returns the version that each check came with, by its id."""
    return since_by(FILE.read_text("utf-8"))


def since_by(text: str) -> dict[str, str]:
    """Returns the version that each check came with, by what such a file says."""
    versions: dict[str, list[str]] = tomllib.loads(text)
    return {identity: version for version, ids in versions.items() for identity in ids}


def known() -> list[str]:
    """Returns the versions that there are, the first one first."""
    return sorted({*since().values(), CATALOGUE}, key=_number)


def belongs(identity: str, version: str) -> bool:
    """Whether the check of this id is one of that version of the catalogue."""
    return version == CATALOGUE or _number(since().get(identity, CATALOGUE)) <= _number(version)


def with_new(text: str, ids: Iterable[str]) -> str:
    """Returns what such a file says, with the ids that it does not have in the newest version."""
    found = since_by(text)
    found |= {identity: CATALOGUE for identity in sorted(ids) if identity not in found}
    lines = [_HEAD]
    for version in sorted(set(found.values()), key=_number):
        lines += [f'"{version}" = [', *(f'  "{each}",' for each in found if found[each] == version)]
        lines += ["]", ""]
    return "\n".join(lines)


def _number(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


@click.command()
def main() -> None:
    """Adds the checks that are new to the list."""
    from .runs import all_ids

    before = FILE.read_text("utf-8") if FILE.exists() else ""
    after = with_new(before, all_ids())
    if after != before:
        FILE.write_text(after, "utf-8")
        click.echo(f"made {FILE.name}: {len(since_by(after))} checks")


if __name__ == "__main__":
    main()
