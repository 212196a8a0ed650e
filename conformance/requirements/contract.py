"""The promises of h11's documentation, the documented types of every parameter, and decisions.

Owns the parsing of contract.toml, which alone decides what documented input is. It must not know
how programs or expressions are run, nor any verdict.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ...strategies.program import Program
from .conditions import Conditions
from .entries import EntryError, check_word, parse_members

FILE = Path(__file__).with_name("contract.toml")
ALLOWED = {"role": ("client", "server", "both"), "h11": ("conforms", "deviates")}
# The members that show a promise, or say why nothing can; "program" goes with "conforms".
WAYS = ("program", "shown", "reason")
# What a decision is about; the head of contract.toml explains the words.
DIFFERS = ("answer", "type", "text", "check")
# The types of parameters: the words of contract.toml, with their meanings.
TYPES = {
    **{word: word for word in ("bytes", "bytearray", "memoryview", "int", "bool", "None")},
    **{word: f"a {word} of pairs, or a pair" for word in ("list", "tuple")},
    "text": "a str of ASCII characters",
    "array": "an array.array of bytes: bytes-like, but none of the three",
    "bytes_subclass": "an instance of a class derived from bytes",
    "int_subclass": "an instance of a class derived from int, as HTTPStatus is",
    "iterator": "an iterable that can be iterated over once",
    "sentinel": "one of h11's constants",
    "event": "an instance of one of the six event classes",
    "object": "an object that has a length and nothing else",
}


class ContractError(ValueError):
    """An entry is malformed, or not in the contract; the message says what is allowed."""


@dataclass(frozen=True)
class Promise:
    """One promise; the head of contract.toml explains the fields."""

    id: str
    section: str
    role: str
    promise: str
    h11: str
    program: Program | None = None
    conforms: Conditions | None = None
    shown: str = ""
    reason: str = ""
    because: str = ""
    note: str = ""

    def programs(self) -> tuple[Program, ...]:
        """Returns the program, or nothing if the promise has none."""
        return () if self.program is None else (self.program,)


@dataclass(frozen=True)
class Parameter:
    """One parameter of a constructor or method, with its documented types."""

    of: str
    name: str
    documented: tuple[str, ...]
    section: str
    note: str = ""


@dataclass(frozen=True)
class Decision:
    """Which promise decides some differences beyond documented input, or why none does.

    The head of contract.toml explains the fields.
    """

    differs: str
    what: tuple[str, ...]
    promise: str = ""
    since: str = ""
    reason: str = ""
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Contract:
    """All promises, parameters and decisions, in the order of the file."""

    promises: tuple[Promise, ...]
    parameters: tuple[Parameter, ...]
    decisions: tuple[Decision, ...] = ()

    @property
    def table(self) -> dict[tuple[str, str], tuple[str, ...]]:
        """The documented types of every parameter, by its constructor or method and its name."""
        return {(each.of, each.name): each.documented for each in self.parameters}


@cache
def load() -> Contract:
    """Returns the whole contract."""
    return read(FILE.read_text("utf-8"))


def documented(of: str, name: str) -> tuple[str, ...]:
    """Returns the documented types of a parameter; raises ContractError if there is none."""
    table = load().table
    if (of, name) not in table:
        known = ", ".join(sorted(each for owner, each in table if owner == of)) or "none"
        raise ContractError(f"{of}: there is no parameter {name!r}; its parameters are: {known}")
    return table[of, name]


def read(text: str) -> Contract:
    """Returns the contract in a TOML document; raises ContractError if an entry is malformed."""
    document = tomllib.loads(text)
    promises: dict[str, Promise] = {}
    for number, form in enumerate(document.get("promise", ()), 1):
        where = str(form.get("id", f"promise {number}"))
        try:
            promise = _promise(form)
        except EntryError as error:
            raise ContractError(f"{where}: {error}") from error
        if where in promises:
            raise ContractError(f"{where}: the id is already taken")
        promises[where] = promise
    parameters: dict[str, Parameter] = {}
    for number, form in enumerate(document.get("parameter", ()), 1):
        where = " ".join(str(form.get(key, f"parameter {number}")) for key in ("of", "name"))
        try:
            parameter = _parameter(form)
        except EntryError as error:
            raise ContractError(f"{where}: {error}") from error
        if where in parameters:
            raise ContractError(f"{where}: the parameter is already listed")
        parameters[where] = parameter
    return Contract(
        tuple(promises.values()),
        tuple(parameters.values()),
        _decisions(document.get("decision", ()), promises),
    )


def _promise(form: Mapping[str, Any]) -> Promise:
    promise = Promise(**parse_members(form, Promise))
    for name, allowed in ALLOWED.items():
        check_word(name, form[name], allowed)
    if sum(way in form for way in WAYS) != 1 or ("program" in form) != ("conforms" in form):
        raise EntryError("needs exactly one of program (with conforms), shown and reason")
    if promise.shown:
        try:
            compile(promise.shown, promise.id, "eval")
        except SyntaxError as error:
            raise EntryError(str(error)) from error
    return promise


def _parameter(form: Mapping[str, Any]) -> Parameter:
    values = parse_members(form, Parameter)
    types = values["documented"] = tuple(form["documented"])
    for word in types:
        check_word("documented", word, tuple(TYPES))
    return Parameter(**values)


def _decisions(
    forms: Sequence[Mapping[str, Any]], promises: Mapping[str, Promise]
) -> tuple[Decision, ...]:
    decisions: list[Decision] = []
    for number, form in enumerate(forms, 1):
        try:
            decisions.append(_decision(form, promises))
        except EntryError as error:
            raise ContractError(f"decision {number}: {error}") from error
    decided = Counter((each.differs, what) for each in decisions for what in each.what)
    for (differs, what), times in decided.items():
        if times > 1:
            raise ContractError(f"{differs} {what}: it is decided {times} times")
    return tuple(decisions)


def _decision(form: Mapping[str, Any], promises: Mapping[str, Promise]) -> Decision:
    values = parse_members(form, Decision)
    values["what"], values["allowed"] = tuple(form["what"]), tuple(form.get("allowed", ()))
    check_word("differs", form["differs"], DIFFERS)
    if ("promise" in form) == ("reason" in form) or ("promise" in form) != ("since" in form):
        raise EntryError("needs exactly one of promise (with since) and reason")
    if "promise" in form:
        check_word("promise", form["promise"], tuple(promises))
    return Decision(**values)
