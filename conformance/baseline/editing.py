"""A baseline file, edited: what is new is added, what is stale removed, and all else stays.

Owns the text of the file, its comments included. What is accepted, and why, is for whoever asks.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from difflib import unified_diff
from typing import Any

import tomlkit

from ...strategies.programs import Json
from .file import BASELINE_VERSION

_FIRST_WORDS = (
    "Accepted findings of h11spec, each with a reason; h11spec baseline update adds and removes.",
    "An entry that nothing shows any more fails the gate, and so does what is in no entry.",
)


def edited(text: str, added: Sequence[tuple[Json, str]], removed: Collection[str]) -> str:
    """Returns the text of a baseline with entries added and removed.

    Args:
        text: of a baseline that can be read, or "" for a new one.
        added: findings as the record has them, each with the reason why it is accepted.
        removed: the ids of entries.
    """
    document: Any = tomlkit.parse(text) if text else _new()
    entries: Any = document.get("accepted")
    if entries is None:
        entries = document["accepted"] = tomlkit.aot()
    for at in reversed(range(len(entries))):
        if entries[at]["id"] in removed:
            del entries[at]
    for finding, reason in added:
        entries.append(_entry(finding, reason))
    if not len(entries):
        del document["accepted"]
    return tomlkit.dumps(document)


def difference(before: str, after: str, name: str) -> list[str]:
    """Returns the lines of a unified diff of two texts of the file of this name."""
    lines = before.splitlines(), after.splitlines()
    return list(unified_diff(*lines, name, name, lineterm=""))


def _new() -> Any:
    document = tomlkit.document()
    for words in _FIRST_WORDS:
        document.add(tomlkit.comment(words))
    document["version"] = BASELINE_VERSION
    document.add(tomlkit.nl())
    return document


def _entry(finding: Json, reason: str) -> Any:
    entry: Any = tomlkit.table()
    for name in ("id", "check", "difference"):
        entry[name] = finding[name]
    entry["reason"] = reason
    if finding["smuggling"]:
        entry["smuggling"] = True
    if "expression" in finding:
        entry["expression"] = finding["expression"]
    elif "program" in finding:
        program = json.dumps(finding["program"], separators=(",", ":"))
        entry["program"] = tomlkit.string(program, literal="'" not in program)
    else:
        entry["expression"] = finding["check"]
    entry.add(tomlkit.nl())
    return entry
