"""What RFC 9110 and RFC 9112 require, each requirement with the program that shows what h11 does.

Owns the reading of rfc.toml, and the ways to ask for a part of it. Knows nothing of how a
program is run, nor of verdicts.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from ...strategies.programs import Program, ProgramError
from .conditions import ConditionError, Conditions

SECTION = re.compile(r"RFC 911[02] (§(?:\d+|[A-Z])(?:\.\d+)*(?:, (?!$)|$))+")
# How a verdict counts what the RFC says; its rules without a keyword bind like those with MUST.
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
    """What was asked for or read is no requirement; the message says what is allowed."""


@dataclass(frozen=True)
class Requirement:
    """One requirement; rfc.toml says what the fields mean."""

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
        """Each section that is cited, in full."""
        rfc, _, cited = self.section.partition(" §")
        return tuple(f"{rfc} §{section}" for section in cited.split(", §"))


@cache
def load() -> tuple[Requirement, ...]:
    """Returns all requirements, in the order of the file."""
    return read(files(__package__).joinpath("rfc.toml").read_text("utf-8"))


def read(text: str) -> tuple[Requirement, ...]:
    """Returns the requirements in a TOML document; raises RequirementError if one is none."""
    found: dict[str, Requirement] = {}
    for number, form in enumerate(tomllib.loads(text)["requirement"], 1):
        where = str(form.get("id", f"requirement {number}"))
        if where in found:
            raise RequirementError(f"{where}: the id is taken already")
        found[where] = _read(form, where)
    return tuple(found.values())


def _read(form: Mapping[str, Any], where: str) -> Requirement:
    for name in ("section", *ALLOWED):
        _check(name, form.get(name, ""), where)
    if LEVELS[form["keyword"]] != form["level"]:
        raise RequirementError(f"{where}: {form['keyword']} is not of level {form['level']}")
    for name, other in (("program", "conforms"), ("conforms", "program")):
        if name in form and other not in form:
            raise RequirementError(
                f"{where}: {name} is given without {other}; they need each other"
            )
    values: dict[str, Any] = dict(form)
    try:
        if "program" in values:
            values["program"] = Program.from_json(json.loads(values["program"]))
        if "conforms" in values:
            values["conforms"] = Conditions(tuple(values["conforms"]))
        return Requirement(**values)
    except (TypeError, KeyError, json.JSONDecodeError, ProgramError, ConditionError) as error:
        raise RequirementError(f"{where}: {error}") from error


def _check(name: str, value: Any, where: str) -> None:
    if name == "section":
        if not SECTION.fullmatch(value):
            raise RequirementError(f'{where}: section {value!r} is not like "RFC 9112 §6.3"')
    elif value not in ALLOWED[name]:
        allowed = ", ".join(ALLOWED[name])
        raise RequirementError(f"{where}: {name} {value!r} is none; it is one of {allowed}")


def select(
    prefix: str = "", *, level: str = "", section: str = "", scope: str = ""
) -> tuple[Requirement, ...]:
    """Returns the requirements whose id begins with ``prefix`` and that fit all else that is given.

    A section includes the ones below it: "RFC 9112 §6" has all from §6 to §6.3, and not §61.
    """
    for name, value in {"level": level, "section": section, "scope": scope}.items():
        if value:
            _check(name, value, "select")
    return tuple(
        each
        for each in load()
        if each.id.startswith(prefix)
        and level in ("", each.level)
        and scope in ("", each.scope)
        and (not section or any(f"{at}.".startswith(f"{section}.") for at in each.sections))
    )
