"""Edits a baseline file: adds and removes entries, and keeps everything else.

Owns the text of the file, including its comments. It must not decide what is accepted, or why.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from difflib import unified_diff
from typing import Any

import tomlkit

from ...strategies.program import Json
from .file import BASELINE_VERSION

_HEADER = (
    "The accepted findings of h11spec, each with a reason. Maintained by h11spec baseline update.",
    "The gate fails on a finding without an entry, and on an entry without a finding.",
)


def edit(text: str, added: Sequence[tuple[Json, str]], removed: Collection[str]) -> str:
    """Returns the text of a baseline with entries added and removed.

    Args:
        text: a valid baseline, or "" for a new one.
        added: findings as in the run record, each with the reason why it is accepted.
        removed: ids of entries.
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


def diff_lines(before: str, after: str, name: str) -> list[str]:
    """Returns the lines of a unified diff of two texts of the named file."""
    lines = before.splitlines(), after.splitlines()
    return list(unified_diff(*lines, name, name, lineterm=""))


def _new() -> Any:
    document = tomlkit.document()
    for line in _HEADER:
        document.add(tomlkit.comment(line))
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
