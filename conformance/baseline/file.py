"""The baseline file: the causes that were reviewed and accepted, each with a reason.

Owns the format of the file. Files that accept single findings are read as well. It must not know
how a run is done, nor how it is decided that a cause is the one of an entry; a baseline never
changes a verdict.
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
from ...reports.findings.finding import finding_identity, short_id
from ...strategies.program import Json, Program, ProgramError, is_list, is_object

BASELINE_VERSION = 2
# In bytes: enough for thousands of entries. A target with more is a different implementation.
MAX_BYTES = 16 * 2**20
_KEYS = (
    "id",
    "title",
    "requirement",
    "breaks",
    "check",
    "difference",
    "reason",
    "link",
    "smuggling",
    "when",
    "program",
    "before",
    "expression",
)
_OPTIONAL_TEXTS = ("title", "requirement", "link", "expression")
_CONDITIONS = ("python", "implementation", "platform", "target")

# It still occurs; it no longer occurs; ``when`` excludes this run; the check was not run.
EntryState = Literal["used", "stale", "elsewhere", "unselected"]


class BaselineError(Exception):
    """The baseline cannot be used; the message says where, why, and how to correct it."""


@dataclass(frozen=True)
class RunEnvironment:
    """The environment of a run: the target's Python, the platform, the version of the target.

    Entries of a baseline can be limited to some environments.
    """

    python: str = ""
    implementation: str = ""
    platform: str = ""
    target: str = ""

    @classmethod
    def of(cls, python: str, target: str) -> RunEnvironment:
        """Returns the environment on this platform.

        Args:
            python: implementation and version, such as "CPython 3.11.7".
            target: the version of the target.
        """
        implementation, _, version = python.partition(" ")
        return cls(version, implementation, sys.platform, target)


@dataclass(frozen=True)
class Entry:
    """One accepted cause, or one accepted finding.

    ``title`` and ``requirement`` say for a reader what the cause is. ``breaks`` has the checks of a
    single requirement that fail with it, None for any: a cause that breaks more is not covered. Of
    the finding, or of the clearest one of the cause, there are ``check``, ``difference``, which is
    the identity of the difference, and ``program`` or ``expression``, which reproduces it; the
    programs of ``before`` must run first. ``smuggling`` accepts it although it is
    smuggling-relevant. ``when`` limits it to versions of ``python`` and of the ``target``, such as
    ">=3.12", to an ``implementation`` such as "PyPy", or to a ``platform`` such as "linux".
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
    title: str = ""
    requirement: str = ""
    breaks: frozenset[str] | None = None
    before: tuple[Program, ...] = ()

    @property
    def of_cause(self) -> bool:
        """Whether it accepts a cause; otherwise it accepts a single finding."""
        return self.id.startswith("C-")

    @property
    def finding_id(self) -> str:
        """The id of the finding that shows what is accepted."""
        return short_id(finding_identity(self.check, self.difference))

    def applies(self, environment: RunEnvironment) -> bool:
        """Whether the entry applies in this environment."""
        return all(
            _fits(name, wanted, getattr(environment, name)) for name, wanted in self.when.items()
        )


@dataclass(frozen=True)
class Baseline:
    """The entries of a baseline file, in its order."""

    entries: tuple[Entry, ...] = ()

    def covering(
        self, identity: str, *, smuggling: bool, environment: RunEnvironment
    ) -> Entry | None:
        """Returns the entry with an id that accepts what has the id, or None.

        Args:
            identity: the id of a finding or of a cause.
            smuggling: whether that is smuggling-relevant.
        """
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
        content = read_file(path, MAX_BYTES)
    except UnreadableFile as error:
        raise BaselineError(
            f"{error}; 'h11spec baseline update TARGET --baseline {path}' creates it"
        ) from None
    return read(content, str(path))


def read(content: bytes, where: str) -> Baseline:
    """Returns the baseline with this content.

    Args:
        where: the name of the content in messages.

    Raises BaselineError for the first mistake.
    """
    try:
        form = tomllib.loads(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise BaselineError(f"{where}: byte {error.start} is not UTF-8; save it as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise BaselineError(f"{where}: not valid TOML: {error}") from None
    _reject_unknown_keys(form, ("version", "accepted"), where)
    if form.get("version") == 1 and form["version"] is not True:
        raise BaselineError(
            f"{where}: format version 1 is no longer supported; remove the file, and run "
            "'h11spec baseline update' to write it again"
        )
    if form.get("version") != BASELINE_VERSION or form["version"] is True:
        raise BaselineError(
            f"{where}: version {form.get('version')!r} is unknown; write version = "
            f"{BASELINE_VERSION}"
        )
    entries = form.get("accepted", [])
    if not is_list(entries):
        raise BaselineError(
            f"{where}: accepted must be a list of tables; begin each entry with [[accepted]]"
        )
    found = [_entry(each, f"{where}: entry {at}") for at, each in enumerate(entries, 1)]
    for at, entry in enumerate(found):
        if any(other.id == entry.id and other.when == entry.when for other in found[:at]):
            raise BaselineError(f"{where}: {entry.id} occurs twice; remove one of the entries")
    return Baseline(tuple(found))


def _entry(form: Any, where: str) -> Entry:
    if not is_object(form):
        raise BaselineError(f"{where}: an entry must be a table; begin it with [[accepted]]")
    if isinstance(form.get("id"), str):
        where = f"{where} ({form['id']})"
    _reject_unknown_keys(form, _KEYS, where)
    for name in ("id", "check", "difference", "reason"):
        if not isinstance(form.get(name), str) or not form[name].strip():
            raise BaselineError(f"{where}: {name} is missing or not a text; each entry needs one")
    for name in _OPTIONAL_TEXTS:
        if not isinstance(form.get(name, ""), str):
            raise BaselineError(f"{where}: {name} is {form[name]!r}; it must be a text")
    if not isinstance(form.get("smuggling", False), bool):
        raise BaselineError(
            f"{where}: smuggling is {form['smuggling']!r}; it must be true or false"
        )
    if ("program" in form) is ("expression" in form):
        raise BaselineError(f"{where}: it needs either a program or an expression, to run it again")
    program = _program(form["program"], where) if "program" in form else None
    before = form.get("before", [])
    if not is_list(before):
        raise BaselineError(f"{where}: before is {before!r}; it must be a list of programs")
    breaks = form.get("breaks")
    if breaks is not None and not (
        is_list(breaks) and all(isinstance(each, str) for each in breaks)
    ):
        raise BaselineError(f"{where}: breaks is {breaks!r}; it must be a list of ids of checks")
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
        title=form.get("title", ""),
        requirement=form.get("requirement", ""),
        breaks=None if breaks is None else frozenset(breaks),
        before=tuple(_program(each, where) for each in before),
    )


def _program(text: Any, where: str) -> Program:
    try:
        return Program.from_json(json.loads(text) if isinstance(text, str) else text)
    except (ProgramError, ValueError, RecursionError) as error:
        raise BaselineError(
            f"{where}: program is invalid: {error}; copy it from the finding"
        ) from None


def _when(form: Any, where: str) -> Mapping[str, str]:
    if not is_object(form):
        raise BaselineError(
            f"{where}: when is {form!r}; it must be a table of {', '.join(_CONDITIONS)}"
        )
    _reject_unknown_keys(form, _CONDITIONS, f"{where}: when")
    for name, wanted in form.items():
        if not isinstance(wanted, str):
            raise BaselineError(f"{where}: when: {name} is {wanted!r}; it must be a text")
        if name in ("python", "target"):
            try:
                SpecifierSet(wanted)
            except InvalidSpecifier:
                raise BaselineError(
                    f"{where}: when: {name} is {wanted!r}; it must be a version specifier, such as "
                    "'>=3.12'"
                ) from None
    return form


def _fits(name: str, wanted: str, given: str) -> bool:
    if name in ("implementation", "platform"):
        return wanted == given
    try:
        return SpecifierSet(wanted).contains(Version(given), prereleases=True)
    except InvalidVersion:
        return False


def _reject_unknown_keys(form: Json, allowed: tuple[str, ...], where: str) -> None:
    for key in form:
        if key not in allowed:
            [*near] = get_close_matches(key, allowed, 1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise BaselineError(
                f"{where}: unknown key {key!r}{hint}; known keys are {', '.join(allowed)}"
            )
