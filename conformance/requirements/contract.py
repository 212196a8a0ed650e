"""What h11's documentation promises, each promise with what shows whether it is kept.

Owns the reading of contract.toml, and with it the answer to what documented input is. Knows nothing
of how programs or expressions are run, nor of verdicts.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from ...strategies.programs import Program
from .conditions import Conditions

ALLOWED = {"role": ("client", "server", "both"), "h11": ("conforms", "deviates")}
# How a promise is shown; "program" goes with "conforms".
WAYS = ("program", "shown", "reason")
# The types that a parameter may have, by the words that contract.toml has for them.
TYPES = {
    **{word: word for word in ("bytes", "bytearray", "memoryview", "int", "bool", "None")},
    **{word: f"a {word} of pairs, or a pair" for word in ("list", "tuple")},
    "text": "a str of ASCII characters",
    "array": "an array.array of bytes: bytes-like, and none of the three",
    "bytes_subclass": "an instance of a class derived from bytes",
    "int_subclass": "an instance of a class derived from int, as HTTPStatus is",
    "iterator": "an iterable that can be gone through once",
    "sentinel": "one of h11's constants",
    "event": "an instance of one of the six event classes",
    "object": "an object of which only the length is known",
}


class ContractError(ValueError):
    """What was asked for or read is no part of the contract; the message says what is allowed."""


@dataclass(frozen=True)
class Promise:
    """One promise; contract.toml says what the fields mean."""

    id: str
    section: str
    role: str
    promise: str
    h11: str
    program: Program | None = None
    conforms: Conditions | None = None
    shown: str = ""
    reason: str = ""
    note: str = ""


@dataclass(frozen=True)
class Parameter:
    """One parameter of a constructor or method, and the types that are documented for it."""

    of: str
    name: str
    documented: tuple[str, ...]
    section: str
    note: str = ""


@dataclass(frozen=True)
class Contract:
    """All promises and all parameters, in the order of the file."""

    promises: tuple[Promise, ...]
    parameters: tuple[Parameter, ...]

    @property
    def table(self) -> dict[tuple[str, str], tuple[str, ...]]:
        """The documented types of every parameter, by whose it is and its name."""
        return {(each.of, each.name): each.documented for each in self.parameters}


@cache
def load() -> Contract:
    """Returns the whole contract."""
    return read(files(__package__).joinpath("contract.toml").read_text("utf-8"))


def documented(of: str, name: str) -> tuple[str, ...]:
    """Returns the documented types of a parameter; raises ContractError for one there is not."""
    table = load().table
    if (of, name) not in table:
        known = ", ".join(sorted(each for owner, each in table if owner == of)) or "none"
        raise ContractError(f"{of}: there is no parameter {name!r}; its parameters are: {known}")
    return table[of, name]


def read(text: str) -> Contract:
    """Returns the contract in a TOML document; raises ContractError if an entry is none."""
    document = tomllib.loads(text)
    promises: dict[str, Promise] = {}
    for number, form in enumerate(document.get("promise", ()), 1):
        where = str(form.get("id", f"promise {number}"))
        if where in promises:
            raise ContractError(f"{where}: the id is taken already")
        promises[where] = _promise(form, where)
    parameters: dict[str, Parameter] = {}
    for number, form in enumerate(document.get("parameter", ()), 1):
        where = " ".join(str(form.get(key, f"parameter {number}")) for key in ("of", "name"))
        if where in parameters:
            raise ContractError(f"{where}: the parameter is there already")
        parameters[where] = _parameter(form, where)
    return Contract(tuple(promises.values()), tuple(parameters.values()))


def _promise(form: Mapping[str, Any], where: str) -> Promise:
    for name, allowed in ALLOWED.items():
        if form.get(name, "") not in allowed:
            one_of = ", ".join(allowed)
            raise ContractError(
                f"{where}: {name} {form.get(name)!r} is none; it is one of {one_of}"
            )
    if sum(way in form for way in WAYS) != 1 or ("program" in form) != ("conforms" in form):
        raise ContractError(f"{where}: has one of program (with conforms), shown and reason")
    values: dict[str, Any] = dict(form)
    try:
        if "program" in form:
            values["program"] = Program.from_json(json.loads(form["program"]))
            values["conforms"] = Conditions(tuple(form["conforms"]))
        if "shown" in form:
            compile(form["shown"], where, "eval")
        return Promise(**values)
    except (TypeError, ValueError, SyntaxError) as error:  # ProgramError, ConditionError and JSON's
        raise ContractError(f"{where}: {error}") from error


def _parameter(form: Mapping[str, Any], where: str) -> Parameter:
    values: dict[str, Any] = dict(form)
    types = values["documented"] = tuple(form.get("documented", ()))
    unknown = [word for word in types if word not in TYPES]
    if unknown:
        one_of = ", ".join(TYPES)
        raise ContractError(f"{where}: there is no type {unknown[0]!r}; types are {one_of}")
    try:
        return Parameter(**values)
    except TypeError as error:
        raise ContractError(f"{where}: {error}") from error
