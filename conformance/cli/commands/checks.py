"""The command ``checks``."""

from __future__ import annotations

import click
from rich.console import Console

from ....reports.formats.check_listing import show_check, show_checks
from ...checks.check import LEVELS
from ...checks.versions import CATALOGUE
from ...runs.check_listing import NoCheckFound, describe, find_checks, summarise
from ..option_types import CatalogueVersion, CheckPrefix


@click.command("checks")
@click.argument("prefixes", nargs=-1, type=CheckPrefix(), metavar="[PREFIX]...")
@click.option("--level", type=click.Choice(LEVELS), help="Only checks of this level.")
@click.option(
    "--section",
    metavar="SECTION",
    help='Only checks that cite this section or a subsection, such as "RFC 9112 §6".',
)
@click.option("--area", metavar="AREA", help="Only checks of this area, such as framing.")
@click.option(
    "--catalogue",
    type=CatalogueVersion(),
    metavar="VERSION",
    default=CATALOGUE,
    show_default=True,
    help="Only checks of this version of the catalogue.",
)
def command(
    prefixes: tuple[str, ...],
    level: str | None,
    section: str | None,
    area: str | None,
    catalogue: str,
) -> None:
    """List the checks, or explain one.

    Lists all checks, or those whose id begins with one of the PREFIXes. Given the whole id of one
    check, explains it: its requirement and the source of that, its oracle, and its programs.

    \b
        h11spec checks --level MUST --section "RFC 9112 §6"
        h11spec checks framing/ chunked/ --catalogue 1.0
        h11spec checks numbers/chunk-size-received
    """
    try:
        found = find_checks(
            prefixes, level=level or "", section=section or "", area=area or "", catalogue=catalogue
        )
    except NoCheckFound as error:
        raise click.UsageError(str(error)) from None
    if prefixes == (found[0][1].id,):
        show_check(describe(*found[0]), Console())
    else:
        show_checks([summarise(check) for _, check in found], Console())
