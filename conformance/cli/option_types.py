"""What an option of the command line may be, and what is said of anything else.

Owns the types of values. Which command takes which of them is for the command line.
"""

from __future__ import annotations

import math
import random

import click
from click.shell_completion import CompletionItem

from ..checks.versions import known
from ..runs.settings import PHASES, parse_phases

# What may stand behind the number of a duration, in seconds.
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


class Seed(click.ParamType[int]):
    """A number, or ``random`` for one that nobody chose."""

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
            self.fail(f"{value!r} is neither a number nor 'random'", param, ctx)


class Seconds(click.ParamType[float]):
    """A duration: more than none, and not for ever. A number alone is of seconds."""

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
                f"{value!r} is no duration greater than 0; give seconds, or a number with "
                f"{', '.join(_UNITS)} behind it, such as 5m",
                param,
                ctx,
            )
        return seconds


class Phases(click.ParamType[tuple[str, ...]]):
    """Names of phases, with commas between them; they are run in their own order."""

    name = "phases"

    def convert(
        self, value: str | tuple[str, ...], param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, ...]:
        """Returns the names."""
        try:
            return parse_phases(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Returns the phases that may come behind those that stand there."""
        before, comma, begun = incomplete.rpartition(",")
        return [
            CompletionItem(f"{before}{comma}{name}")
            for name in PHASES
            if name.startswith(begun) and name not in before.split(",")
        ]


class Version(click.ParamType[str]):
    """A version of the catalogue."""

    name = "version"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Returns the version."""
        if value not in known():
            there = ", ".join(known())
            self.fail(f"there is no catalogue {value!r}; versions are {there}", param, ctx)
        return value

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Returns the versions that begin so."""
        return [CompletionItem(each) for each in known() if each.startswith(incomplete)]


class CheckIds(click.ParamType[str]):
    """The id of a check, or how some of them begin."""

    name = "prefix"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Returns it as it is: whether it selects any check depends on the phases."""
        return value

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Returns the ids that begin so, with what is required."""
        from ..runs.check_listing import every_check  # has all checks made, which only this needs

        return [
            CompletionItem(check.id, help=check.requirement)
            for _, check in every_check()
            if check.id.startswith(incomplete)
        ]
