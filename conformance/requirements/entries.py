"""What the entries of rfc.toml and contract.toml have in common: members, words, conditions.

Owns the validation that both files share. It must not know what any member means.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields
from typing import Any

from ...strategies.program import Program, ProgramError, is_list
from .conditions import ConditionError, Conditions


class EntryError(ValueError):
    """An entry is malformed; the message says what is wrong, and what is allowed."""


def parse_members(form: Mapping[str, Any], entry: type[Any]) -> dict[str, Any]:
    """Returns the arguments for the constructor of an entry.

    Args:
        form: a table of the TOML file.
        entry: the dataclass that the table is to become; its fields are the allowed members, and
            those without a default are required.

    Raises:
        EntryError: a member is missing or unknown, or its program or condition is malformed.
    """
    known = [each.name for each in fields(entry)]
    for name in form:
        if name not in known:
            raise EntryError(f"{name!r} is not known; known are {', '.join(known)}")
    for each in fields(entry):
        if each.default is MISSING and each.name not in form:
            raise EntryError(f"{each.name!r} is missing")
    values = dict(form)
    try:
        if "program" in form:
            values["program"] = Program.from_json(json.loads(form["program"]))
        if "conforms" in form:
            values["conforms"] = Conditions(_texts(form["conforms"]))
    except json.JSONDecodeError as error:
        raise EntryError(f"program: {error}") from error
    except (ProgramError, ConditionError) as error:
        raise EntryError(str(error)) from error
    return values


def check_word(name: str, value: Any, allowed: Sequence[str]) -> None:
    """Raises EntryError unless the value is one of the words that a member may have."""
    if value not in allowed:
        raise EntryError(f"{name}: {value!r} is not one of {', '.join(allowed)}")


def _texts(value: Any) -> tuple[str, ...]:
    if not is_list(value) or not all(isinstance(each, str) for each in value):
        raise EntryError(f"conforms: {value!r} is not an array of strings")
    return tuple(map(str, value))
