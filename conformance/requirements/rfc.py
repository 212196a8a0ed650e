"""The requirements of RFC 9110 and RFC 9112, each with a program that shows what h11 does.

Owns the parsing of rfc.toml and the selection of requirements. It must not know how a program is
run, nor any verdict.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal

from ...strategies.program import Program
from .conditions import Conditions
from .entries import EntryError, check_word, parse_members

FILE = Path(__file__).with_name("rfc.toml")
SECTION = re.compile(r"RFC 911[02] (§(?:\d+|[A-Z])(?:\.\d+)*(?:, (?!$)|$))+")
# The level of each keyword in a verdict; sentences of the RFC without a keyword count as MUST.
LEVELS = {
    **dict.fromkeys(("MUST", "MUST NOT", "grammar", "declarative"), "MUST"),
    **dict.fromkeys(("SHOULD", "SHOULD NOT", "RECOMMENDED", "ought"), "SHOULD"),
    "MAY": "MAY",
}
ALLOWED = {
    "level": ("MUST", "SHOULD", "MAY"),
    "keyword": tuple(LEVELS),
    "role": ("client", "server", "sender", "recipient", "both"),
    "scope": ("connection", "application", "proxy-only", "cache-only"),
    "h11": ("conforms", "deviates", "application", "not-observable"),
}


class RequirementError(ValueError):
    """A requirement or a selection is malformed; the message says what is allowed."""


@dataclass(frozen=True)
class Requirement:
    """One requirement; the head of rfc.toml explains the fields."""

    id: str
    section: str
    level: Literal["MUST", "SHOULD", "MAY"]
    keyword: str
    role: str
    scope: str
    requirement: str
    h11: str
    program: Program | None = None
    conforms: Conditions | None = None
    note: str = ""

    @property
    def sections(self) -> tuple[str, ...]:
        """The cited sections, each with its RFC."""
        rfc, _, cited = self.section.partition(" §")
        return tuple(f"{rfc} §{section}" for section in cited.split(", §"))

    def programs(self) -> tuple[Program, ...]:
        """Returns the program, or nothing if the requirement has none."""
        return () if self.program is None else (self.program,)


@cache
def load() -> tuple[Requirement, ...]:
    """Returns all requirements, in the order of the file."""
    return read(FILE.read_text("utf-8"))


def read(text: str) -> tuple[Requirement, ...]:
    """Returns the requirements in a TOML document; raises RequirementError if one is malformed."""
    found: dict[str, Requirement] = {}
    for number, form in enumerate(tomllib.loads(text)["requirement"], 1):
        where = str(form.get("id", f"requirement {number}"))
        try:
            requirement = _parse(form)
        except EntryError as error:
            raise RequirementError(f"{where}: {error}") from error
        if where in found:
            raise RequirementError(f"{where}: the id is already taken")
        found[where] = requirement
    return tuple(found.values())


def _parse(form: Mapping[str, Any]) -> Requirement:
    requirement = Requirement(**parse_members(form, Requirement))
    for name in ("section", *ALLOWED):
        _check(name, form[name])
    if LEVELS[requirement.keyword] != requirement.level:
        raise EntryError(f"{requirement.keyword} is not of level {requirement.level}")
    for name, other in (("program", "conforms"), ("conforms", "program")):
        if name in form and other not in form:
            raise EntryError(f"{name} is given without {other}; they need each other")
    if requirement.conforms is None:
        return requirement
    return replace(requirement, conforms=replace(requirement.conforms, by_effect=True))


def _check(name: str, value: Any) -> None:
    if name != "section":
        check_word(name, value, ALLOWED[name])
    elif not SECTION.fullmatch(value):
        raise EntryError(f'section: {value!r} is not like "RFC 9112 §6.3"')


def select(
    prefix: str = "", *, level: str = "", section: str = "", scope: str = ""
) -> tuple[Requirement, ...]:
    """Returns the requirements whose id begins with ``prefix`` and that match all other arguments.

    Args:
        prefix: the beginning of an id.
        level: one of ``ALLOWED["level"]``.
        section: includes its subsections: "RFC 9112 §6" selects §6 to §6.3, but not §61.
        scope: one of ``ALLOWED["scope"]``.

    Raises:
        RequirementError: there is no such level, section or scope.
    """
    for name, value in {"level": level, "section": section, "scope": scope}.items():
        try:
            if value:
                _check(name, value)
        except EntryError as error:
            raise RequirementError(str(error)) from error
    return tuple(
        each
        for each in load()
        if each.id.startswith(prefix)
        and level in ("", each.level)
        and scope in ("", each.scope)
        and (not section or any(f"{at}.".startswith(f"{section}.") for at in each.sections))
    )
