"""Edits a baseline file: adds and removes entries, and keeps everything else.

Owns the text of the file, including its comments. It must not decide what is accepted, or why.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from difflib import unified_diff
from typing import Any

import tomlkit

from ...reports.analysis.causes import ShownCause
from ...strategies.program import Json
from ..checks.catalogue import catalogue
from .file import BASELINE_VERSION

_HEADER = (
    "The accepted causes of h11spec, each with a reason. Maintained by h11spec baseline update.",
    "The gate fails on a cause without an entry, and on an entry whose program agrees.",
)


def edit(text: str, added: Sequence[tuple[ShownCause, str]], removed: Collection[str]) -> str:
    """Returns the text of a baseline with entries added and removed.

    Args:
        text: a valid baseline, or "" for a new one.
        added: causes, each with the reason why it is accepted.
        removed: ids of entries.
    """
    document: Any = tomlkit.parse(text) if text else _new()
    entries: Any = document.get("accepted")
    if entries is None:
        entries = document["accepted"] = tomlkit.aot()
    for at in reversed(range(len(entries))):
        if entries[at]["id"] in removed:
            del entries[at]
    for cause, reason in added:
        entries.append(_entry(cause, reason))
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


def _entry(cause: ShownCause, reason: str) -> Any:
    line, finding = cause.line, cause.clearest
    entry: Any = tomlkit.table()
    entry["id"] = line["id"]
    entry["title"] = line["title"]
    entry["requirement"] = line["requirement_id"]
    single = {check.id for check in catalogue() if check.has_one_cause}
    broken = {each["check"] for each in cause.findings if each["fails"]} & single
    entry["breaks"] = tomlkit.item(sorted(broken)).multiline(len(broken) > 1)
    for name in ("check", "difference"):
        entry[name] = finding[name]
    entry["reason"] = reason
    if line["smuggling"]:
        entry["smuggling"] = True
    if "expression" in finding:
        entry["expression"] = finding["expression"]
    elif "program" in finding:
        entry["program"] = _text(finding["program"])
    else:
        entry["expression"] = finding["check"]
    if "before" in finding:
        entry["before"] = [_text(each) for each in finding["before"]]
    entry.add(tomlkit.nl())
    return entry


def _text(program: Json) -> Any:
    text = json.dumps(program, separators=(",", ":"))
    return tomlkit.string(text, literal="'" not in text)
