"""The command ``checks``."""

from __future__ import annotations

import click
from rich.console import Console

from ....reports.formats.check_listing import show_check, show_checks
from ...checks.check import LEVELS
from ...checks.versions import CATALOGUE
from ...runs.check_listing import NoCheckFound, describe, find_checks, summarise
from ..option_types import CheckIds, Version


@click.command("checks")
@click.argument("prefixes", nargs=-1, type=CheckIds(), metavar="[PREFIX]...")
@click.option("--level", type=click.Choice(LEVELS), help="Only those of this level.")
@click.option(
    "--section",
    metavar="SECTION",
    help='Only those that cite this, such as "RFC 9112 §6", or a section below it.',
)
@click.option("--area", metavar="AREA", help="Only those of this area, such as framing.")
@click.option(
    "--catalogue",
    type=Version(),
    metavar="VERSION",
    default=CATALOGUE,
    show_default=True,
    help="Only those of this version of the catalogue.",
)
def command(
    prefixes: tuple[str, ...],
    level: str | None,
    section: str | None,
    area: str | None,
    catalogue: str,
) -> None:
    """List the checks, or explain one.

    Lists those whose id begins with one of the PREFIXes, or all. The whole id of a check explains
    it: what is required and where, how that is judged, and by which programs.

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
