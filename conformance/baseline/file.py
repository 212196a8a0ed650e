"""The baseline: findings that were reviewed and accepted, with a reason each.

Owns the file, who an entry is for, and what it covers. It never changes a verdict; what a run makes
of it is for ``outcome``, and how the file is edited for ``baselining``.
"""

from __future__ import annotations

import json
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from ...reports.files import UnreadableFile, read_file
from ...strategies.programs import Json, Program, ProgramError, is_list, is_object

BASELINE_VERSION = 2
# Thousands of entries; whoever has more has no baseline but another implementation.
MOST = 16 * 2**20
_KEYS = (
    "id",
    "check",
    "difference",
    "reason",
    "link",
    "smuggling",
    "when",
    "program",
    "expression",
)
_CONDITIONS = ("python", "implementation", "platform", "target")

# What became of an entry: it covers what was found; nothing shows it any more; its ``when`` is not
# this run's; what it is of was not run.
EntryState = Literal["used", "stale", "elsewhere", "unselected"]


class BaselineError(Exception):
    """The baseline cannot be used; the message says where, why, and what to do."""


@dataclass(frozen=True)
class RunEnvironment:
    """What a run is of: the Python that the target runs on, the platform, the target's version."""

    python: str = ""
    implementation: str = ""
    platform: str = ""
    target: str = ""

    @classmethod
    def of(cls, python: str, target: str) -> RunEnvironment:
        """Returns it for a Python such as "CPython 3.11.7", here, and a target of this version."""
        implementation, _, version = python.partition(" ")
        return cls(version, implementation, sys.platform, target)


@dataclass(frozen=True)
class Entry:
    """One accepted finding.

    ``difference`` says what differs, in words, and ``program`` or ``expression`` reproduces it. ``smuggling``
    says that it is accepted although it changes where messages begin and end. ``when`` limits it:
    to versions of ``python`` and of the ``target``, as in ">=3.12", to an ``implementation`` such
    as "PyPy", to a ``platform`` such as "linux".
    """

    id: str
    check: str
    difference: str
    reason: str
    link: str = ""
    smuggling: bool = False
    when: Mapping[str, str] = field(default_factory=dict[str, str])
    program: Program | None = None
    expression: str = ""

    def applies(self, environment: RunEnvironment) -> bool:
        """Whether this run is one that the entry is for."""
        return all(
            _fits(name, asked, getattr(environment, name)) for name, asked in self.when.items()
        )


@dataclass(frozen=True)
class Baseline:
    """The entries, in the order of the file."""

    entries: tuple[Entry, ...] = ()

    def covering(
        self, identity: str, *, smuggling: bool, environment: RunEnvironment
    ) -> Entry | None:
        """Returns the entry that accepts a finding of this id in such a run, or None."""
        for entry in self.entries:
            if (
                entry.id == identity
                and entry.applies(environment)
                and (entry.smuggling or not smuggling)
            ):
                return entry
        return None


def load(path: Path) -> Baseline:
    """Returns the baseline in a file; raises BaselineError when it cannot be used."""
    try:
        content = read_file(path, MOST)
    except UnreadableFile as error:
        raise BaselineError(
            f"{error}; h11spec baseline update TARGET --baseline {path} makes one"
        ) from None
    return read(content, str(path))


def read(content: bytes, where: str) -> Baseline:
    """Returns the baseline that the content of a file is.

    Args:
        where: what the content is called in messages.

    Raises BaselineError, which names the first thing that is wrong.
    """
    try:
        form = tomllib.loads(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise BaselineError(f"{where}: byte {error.start} is not UTF-8; save it as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise BaselineError(f"{where}: this is no TOML: {error}") from None
    _known(form, ("version", "accepted"), where)
    if form.get("version") == 1 and form["version"] is not True:
        raise BaselineError(
            f"{where}: this is version 1 of the format, which this release does not read; remove "
            "the file and write it anew with h11spec baseline update"
        )
    if form.get("version") != BASELINE_VERSION or form["version"] is True:
        raise BaselineError(
            f"{where}: version {form.get('version')!r} is not known; it must say version = "
            f"{BASELINE_VERSION}"
        )
    entries = form.get("accepted", [])
    if not is_list(entries):
        raise BaselineError(f"{where}: accepted is no list; each entry begins with [[accepted]]")
    found = [_entry(each, f"{where}: entry {at}") for at, each in enumerate(entries, 1)]
    for at, entry in enumerate(found):
        if any(other.id == entry.id and other.when == entry.when for other in found[:at]):
            raise BaselineError(f"{where}: {entry.id} stands there twice; remove one of the two")
    return Baseline(tuple(found))


def _entry(form: Any, where: str) -> Entry:
    if not is_object(form):
        raise BaselineError(f"{where}: this is no table; each entry begins with [[accepted]]")
    if isinstance(form.get("id"), str):
        where = f"{where} ({form['id']})"
    _known(form, _KEYS, where)
    for name in ("id", "check", "difference", "reason"):
        if not isinstance(form.get(name), str) or not form[name].strip():
            raise BaselineError(f"{where}: {name} is missing, or no text; each entry needs {name}")
    for name in ("link", "expression"):
        if not isinstance(form.get(name, ""), str):
            raise BaselineError(f"{where}: {name} is {form[name]!r}; it is a text")
    if not isinstance(form.get("smuggling", False), bool):
        raise BaselineError(f"{where}: smuggling is {form['smuggling']!r}; it is true or false")
    if ("program" in form) is ("expression" in form):
        raise BaselineError(
            f"{where}: it needs one of program and expression, to be looked at again"
        )
    program = _program(form["program"], where) if "program" in form else None
    return Entry(
        id=form["id"],
        check=form["check"],
        difference=form["difference"],
        reason=form["reason"],
        link=form.get("link", ""),
        smuggling=form.get("smuggling", False),
        when=_when(form.get("when", {}), where),
        program=program,
        expression=form.get("expression", ""),
    )


def _program(text: Any, where: str) -> Program:
    try:
        return Program.from_json(json.loads(text) if isinstance(text, str) else text)
    except (ProgramError, ValueError, RecursionError) as error:
        raise BaselineError(
            f"{where}: program is none: {error}; copy it from the finding"
        ) from None


def _when(form: Any, where: str) -> Mapping[str, str]:
    if not is_object(form):
        raise BaselineError(f"{where}: when is {form!r}; it is a table of {', '.join(_CONDITIONS)}")
    _known(form, _CONDITIONS, f"{where}: when")
    for name, asked in form.items():
        if not isinstance(asked, str):
            raise BaselineError(f"{where}: when: {name} is {asked!r}; it is a text")
        if name in ("python", "target"):
            try:
                SpecifierSet(asked)
            except InvalidSpecifier:
                raise BaselineError(
                    f"{where}: when: {name} is {asked!r}; it says which versions, as in '>=3.12'"
                ) from None
    return form


def _fits(name: str, asked: str, given: str) -> bool:
    if name in ("implementation", "platform"):
        return asked == given
    try:
        return SpecifierSet(asked).contains(Version(given), prereleases=True)
    except InvalidVersion:
        return False


def _known(form: Json, allowed: tuple[str, ...], where: str) -> None:
    for key in form:
        if key not in allowed:
            [*near] = get_close_matches(key, allowed, 1)
            meant = f"; {near[0]!r} may be meant" if near else ""
            raise BaselineError(
                f"{where}: {key!r} is not known{meant}; allowed are {', '.join(allowed)}"
            )
