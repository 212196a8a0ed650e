"""Adds new checks to versions.toml, each under the version of the catalogue that it came with.

Owns the writing of that file; ``conformance.checks.versions`` reads it.
"""

from __future__ import annotations

from collections.abc import Iterable

import click

from ..conformance.checks.versions import CATALOGUE, FILE, number, since_by
from ..conformance.runs.selection import all_ids

_HEAD = """\
# The version of the catalogue that each check came with: `make docs` adds those that are new, and
# nothing is ever taken out.
"""


def with_new(text: str, ids: Iterable[str]) -> str:
    """Returns what such a file says, with the ids that it does not have in the newest version."""
    found = since_by(text)
    found |= {identity: CATALOGUE for identity in sorted(ids) if identity not in found}
    lines = [_HEAD]
    for version in sorted(set(found.values()), key=number):
        lines += [f'"{version}" = [', *(f'  "{each}",' for each in found if found[each] == version)]
        lines += ["]", ""]
    return "\n".join(lines)


@click.command()
def main() -> None:
    """Adds the checks that are new to the list."""
    before = FILE.read_text("utf-8") if FILE.exists() else ""
    after = with_new(before, all_ids())
    if after != before:
        FILE.write_text(after, "utf-8")
        click.echo(f"made {FILE.name}: {len(since_by(after))} checks")


if __name__ == "__main__":
    main()
