"""The command that adds new checks to versions.toml, under the current version of the catalogue.

Owns the writing of that file; ``conformance.checks.versions`` reads it. It must not know how checks
are run.
"""

from __future__ import annotations

from collections.abc import Iterable

import click

from ..conformance.checks.versions import CATALOGUE, FILE, number, parse_versions
from ..conformance.runs.selection import all_ids

_HEAD = """\
# The version of the catalogue that added each check. `make docs` adds new checks; none is ever
# removed.
"""


def with_new_checks(text: str, ids: Iterable[str]) -> str:
    """Returns the text of versions.toml with new ids added under the newest version.

    Args:
        text: the current text.
        ids: the ids of all checks.
    """
    found = parse_versions(text)
    found |= {identity: CATALOGUE for identity in sorted(ids) if identity not in found}
    lines = [_HEAD]
    for version in sorted(set(found.values()), key=number):
        lines += [f'"{version}" = [', *(f'  "{each}",' for each in found if found[each] == version)]
        lines += ["]", ""]
    return "\n".join(lines)


@click.command()
def main() -> None:
    """Adds new checks to versions.toml."""
    before = FILE.read_text("utf-8") if FILE.exists() else ""
    after = with_new_checks(before, all_ids())
    if after != before:
        FILE.write_text(after, "utf-8")
        click.echo(f"made {FILE.name}: {len(parse_versions(after))} checks")


if __name__ == "__main__":
    main()
