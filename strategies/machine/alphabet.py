"""What the state machine is told, and how much of what it shows counts.

Owns the abstraction between conversations and the letters of a finite machine. A letter is a few
steps, kept in ``alphabet.toml``; an output is what they showed, without the words of errors and
without the content of what is unread, which are no part of any state. Knows nothing of states.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ..programs import Json, Program, Receive, Role, Step

FILE = Path(__file__).with_name("alphabet.toml")
ROLES: tuple[Role, ...] = ("client", "server")
# What can be seen of a connection at any time, whatever it was told last.
STATUS = ("client", "server", "trailing", "version", "client_waits", "they_wait", "blind")
# A word is a string of letters, by their numbers.
Word = tuple[int, ...]
# What a letter shows: what counts of the observation of each of its steps.
Output = tuple[Json, ...]


@dataclass(frozen=True)
class Letter:
    """One thing that can be said to a connection, with its name and its steps."""

    name: str
    steps: tuple[Step, ...]

    @property
    def receives(self) -> bool:
        """Whether it makes more bytes arrive; it is not tried while some are unread."""
        return any(isinstance(step, Receive) for step in self.steps)


@dataclass(frozen=True, eq=False)
class Spelt(Program):
    """A program that spells a word: the letters it is made of are known."""

    word: Word = ()


@cache
def alphabet(role: Role) -> tuple[Letter, ...]:
    """Returns the letters of a role; their numbers are their places."""
    letters = tomllib.loads(FILE.read_text("utf-8"))["letter"]
    return tuple(
        Letter(letter["name"], _steps(role, letter["steps"]))
        for letter in letters
        if role in letter["roles"]
    )


def _steps(role: Role, steps: Sequence[Json]) -> tuple[Step, ...]:
    form = {"program": 1, "role": role, "steps": list(steps)}
    return Program.from_json(form).steps


def spelt(role: Role, word: Word) -> Spelt:
    """Returns the program that spells ``word``."""
    letters = alphabet(role)
    steps = tuple(step for number in word for step in letters[number].steps)
    return Spelt(role, steps, word=word)


def shown(observation: Json) -> Json:
    """Returns what counts of an observation: neither the words of an error nor unread bytes."""
    form = dict(observation)
    if "raised" in form:
        form["raised"] = {name: each for name, each in form["raised"].items() if name != "text"}
    trailing = form.get("trailing")
    if trailing is not None:
        form["trailing"] = [bool(trailing[0]), trailing[1]]
    return form


def status(output: Output) -> Json:
    """Returns what can be seen of the connection after a letter that shows this."""
    last = output[-1]
    return {name: last[name] for name in STATUS if name in last}


def unread(seen: Json) -> bool:
    """Whether a status has unread bytes, so that no letter is tried that receives more."""
    trailing = seen.get("trailing")
    return bool(trailing and trailing[0])
