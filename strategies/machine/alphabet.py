"""The input alphabet of the state machine, and which part of an observation is its output.

Owns the abstraction between conversations and a finite machine. An input symbol is a few steps,
defined in ``alphabet.toml``; an output is what they show, without the texts of errors and without
the content of unread bytes, which are not part of any state. Knows nothing of states.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ..program import Json, Program, Receive, Role, Step

FILE = Path(__file__).with_name("alphabet.toml")
ROLES: tuple[Role, ...] = ("client", "server")
# What can be seen of a connection at any time, whatever the last input symbol was.
STATUS = ("client", "server", "trailing", "version", "client_waits", "they_wait", "blind")
# A string of input symbols, by their numbers.
Word = tuple[int, ...]
# The abstracted observation of each step of an input symbol.
Output = tuple[Json, ...]


@dataclass(frozen=True)
class InputSymbol:
    """One input of the machine: its name, and the steps that it stands for."""

    name: str
    steps: tuple[Step, ...]

    @property
    def receives(self) -> bool:
        """Whether it makes more bytes arrive; it is not tried while some are unread."""
        return any(isinstance(step, Receive) for step in self.steps)


@dataclass(frozen=True, eq=False)
class SymbolProgram(Program):
    """The program of an input word, which it keeps."""

    word: Word = ()


@cache
def alphabet(role: Role) -> tuple[InputSymbol, ...]:
    """Returns the input symbols of a role; a symbol's number is its index."""
    symbols = tomllib.loads(FILE.read_text("utf-8"))["symbol"]
    return tuple(
        InputSymbol(symbol["name"], _steps(role, symbol["steps"]))
        for symbol in symbols
        if role in symbol["roles"]
    )


def _steps(role: Role, steps: Sequence[Json]) -> tuple[Step, ...]:
    form = {"program": 1, "role": role, "steps": list(steps)}
    return Program.from_json(form).steps


def to_program(role: Role, word: Word) -> SymbolProgram:
    """Returns the program of an input word: the steps of its symbols, one after the other."""
    symbols = alphabet(role)
    steps = tuple(step for number in word for step in symbols[number].steps)
    return SymbolProgram(role, steps, word=word)


def abstracted(observation: Json) -> Json:
    """Returns an observation without the text of an error and the content of unread bytes."""
    form = dict(observation)
    if "raised" in form:
        form["raised"] = {name: each for name, each in form["raised"].items() if name != "text"}
    trailing = form.get("trailing")
    if trailing is not None:
        form["trailing"] = [bool(trailing[0]), trailing[1]]
    return form


def status(output: Output) -> Json:
    """Returns what is visible of a connection after an input symbol with this output."""
    last = output[-1]
    return {name: last[name] for name in STATUS if name in last}


def has_unread(seen: Json) -> bool:
    """Whether a status has unread bytes: symbols that receive more are not tried then."""
    trailing = seen.get("trailing")
    return bool(trailing and trailing[0])
