"""The types of option values.

Owns how a value is parsed, completed and refused. It must not know which command has which option.
"""

from __future__ import annotations

import math
import random

import click
from click.shell_completion import CompletionItem

from ..checks.versions import all_versions, is_known
from ..runs.settings import PHASES, parse_phases

# The units of a duration, in seconds.
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


class Seed(click.ParamType[int]):
    """A number, or ``random`` for a random one."""

    name = "seed"

    def convert(
        self, value: str | int, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        """Returns the number."""
        if value == "random":
            return random.SystemRandom().randrange(2**32)
        try:
            return int(value)
        except ValueError:
            self.fail(f"{value!r} is neither a whole number nor 'random'", param, ctx)


class Duration(click.ParamType[float]):
    """A positive, finite duration; a number without a unit is in seconds."""

    name = "duration"

    def convert(
        self, value: str | float, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Returns the number of seconds."""
        number, unit = str(value).strip(), "s"
        for each in sorted(_UNITS, key=len, reverse=True):
            if number.endswith(each):
                number, unit = number.removesuffix(each), each
                break
        try:
            seconds = float(number) * _UNITS[unit]
        except ValueError:
            seconds = math.nan
        if not 0 < seconds < math.inf:
            self.fail(
                f"{value!r} is not a duration greater than 0; give seconds, or a number with "
                f"a unit ({', '.join(_UNITS)}), such as 5m",
                param,
                ctx,
            )
        return seconds


class Phases(click.ParamType[tuple[str, ...]]):
    """Names of phases with commas between them, in any order."""

    name = "phases"

    def convert(
        self, value: str | tuple[str, ...], param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, ...]:
        """Returns the names in the order in which the phases are run."""
        try:
            return parse_phases(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Returns the completions with the phases that are not named yet."""
        before, comma, begun = incomplete.rpartition(",")
        return [
            CompletionItem(f"{before}{comma}{name}")
            for name in PHASES
            if name.startswith(begun) and name not in before.split(",")
        ]


class CatalogueVersion(click.ParamType[str]):
    """A version of the catalogue."""

    name = "version"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Returns the version."""
        if not is_known(value):
            versions = ", ".join(all_versions())
            self.fail(f"there is no catalogue {value!r}; versions are {versions}", param, ctx)
        return value

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Returns the versions with this prefix."""
        return [CompletionItem(each) for each in all_versions() if each.startswith(incomplete)]


class CheckPrefix(click.ParamType[str]):
    """The id of a check, or a prefix of ids."""

    name = "prefix"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Returns the value unchanged: whether it selects a check depends on the phases."""
        return value

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Returns the ids with this prefix, each with its requirement."""
        # Making all checks takes time that nothing else needs.
        from ..runs.check_listing import every_check

        return [
            CompletionItem(check.id, help=check.requirement)
            for _, check in every_check()
            if check.id.startswith(incomplete)
        ]
