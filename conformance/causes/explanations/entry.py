"""The format of an explanation, and the files that have all of them.

Owns the TOML files beside it and their validation. It must not know how the reference is changed.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

from packaging.version import InvalidVersion, Version

from ....strategies.program import Program, is_list, is_object
from ...requirements.entries import EntryError, parse_members

FOLDER = Path(__file__).parent
MAX_SENTENCE = 100
_is_name = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*").fullmatch
# The verb comes first, so that "the target" can stand before it.
_is_sentence = re.compile(r"[a-z][^\n]*[^\n.]").fullmatch


class ExplanationError(ValueError):
    """An explanation is malformed; the message says which, what is wrong, and what is allowed."""


@dataclass(frozen=True)
class Change:
    """A text that occurs exactly once in a file of the reference, and its replacement."""

    file: str
    before: str
    after: str


@dataclass(frozen=True)
class Explanation:
    """What a target does, and the change that makes the reference do the same.

    Args:
        name: in kebab case; no two explanations share one.
        sentence: what the target does, in words that follow "the target".
        change: the replacements in the sources of the reference.
        program: shows a trace other than that of the reference.
        releases: the releases of h11 that do this: one, or the first and the last with a hyphen
            between them; empty if no release does.
        requirement: the id of the check that the change breaks, where a comparison of programs
            does not say it best; empty otherwise.
    """

    name: str
    sentence: str
    change: tuple[Change, ...]
    program: Program
    releases: str = ""
    requirement: str = ""

    def applies_to(self, release: str) -> bool:
        """Returns whether this release of h11 does what the sentence says."""
        if not self.releases:
            return False
        first, _, last = self.releases.partition("-")
        return Version(first) <= Version(release) <= Version(last or first)


@cache
def load() -> tuple[Explanation, ...]:
    """Returns all explanations, file by file.

    Raises ExplanationError if one is malformed, or if two have the same name.
    """
    found = [
        each
        for path in sorted(FOLDER.glob("*.toml"))
        for each in parse(path.read_text(encoding="utf-8"))
    ]
    names: set[str] = set()
    for each in found:
        if each.name in names:
            raise ExplanationError(f"{each.name}: two explanations have this name")
        names.add(each.name)
    return tuple(found)


def parse(text: str) -> Iterator[Explanation]:
    """Yields the explanations of a file, given its TOML text.

    Raises ExplanationError if the text is not TOML, or if one of them is malformed.
    """
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ExplanationError(f"not TOML: {error}") from error
    if set(content) != {"explanation"} or not is_list(content["explanation"]):
        raise ExplanationError("an array of tables called 'explanation' is expected, and no more")
    for form in content["explanation"]:
        if not is_object(form):
            raise ExplanationError(f"{form!r} is not a table")
        yield _explanation(form)


def _explanation(form: Mapping[str, Any]) -> Explanation:
    name = form.get("name")
    try:
        for member in ("name", "sentence", "program", "releases", "requirement"):
            _check_text(member, form.get(member, ""))
        members = parse_members(form, Explanation)
        members["change"] = _changes(form["change"])
        explanation = Explanation(**members)
        _check_members(explanation)
    except EntryError as error:
        raise ExplanationError(f"{name}: {error}") from error
    return explanation


def _check_text(member: str, value: Any) -> None:
    if not isinstance(value, str):
        raise EntryError(f"{member}: {value!r} is not a string")


def _check_members(explanation: Explanation) -> None:
    if not _is_name(explanation.name):
        raise EntryError("a name is in kebab case: lower-case letters, digits, single hyphens")
    sentence = explanation.sentence
    if not _is_sentence(sentence) or len(sentence) > MAX_SENTENCE:
        raise EntryError(
            "a sentence begins with a verb in lower case, has no full stop at its end,"
            f" and at most {MAX_SENTENCE} characters; this one has {len(sentence)}"
        )
    try:
        explanation.applies_to("0")
    except InvalidVersion as error:
        raise EntryError(f"releases: {error}; expected is one, or two with a hyphen") from error


def _changes(tables: Any) -> tuple[Change, ...]:
    if not is_list(tables) or not tables:
        raise EntryError("change: an array of at least one table is expected")
    return tuple(map(_change, tables))


def _change(table: Any) -> Change:
    members = [each.name for each in fields(Change)]
    if not is_object(table) or sorted(table) != sorted(members):
        raise EntryError(f"change: a table has {', '.join(members)}, and no more")
    for member in members:
        _check_text(f"change: {member}", table[member])
    change = Change(**table)
    if not change.before or change.before == change.after:
        raise EntryError("change: 'before' is empty, or the same as 'after'")
    return change
