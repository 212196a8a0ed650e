"""The reference's own machine: every state it can be brought into, and what each letter does there.

Owns the search for states, and the note of what the two inner machines did on the way. Two
connections are in the same state when nothing that either remembers can make a difference later;
what is told apart without need is put together by minimising.
"""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false
# What the reference remembers has no public face.

from __future__ import annotations

import json
from collections.abc import Hashable, Iterable
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from ... import reference
from ...reference.sentinels import IDLE
from ...reference.states import Name, States
from ..interpreter import Session
from ..programs import Role, step_to_json
from .alphabet import Letter, Output, alphabet, shown, status
from .mealy import Machine, Transition, Word

# The role, and its state before and after.
Arrow = tuple[str, str, str]


@dataclass(frozen=True)
class Explored:
    """A machine, and what its numbers stand for.

    ``outputs`` has the observations of each output; ``moves`` says, for each state and letter,
    which of ``arrows`` the inner machines went. ``cover`` has a way into everything that the
    reference remembers, even where no letter tells it from something else: an implementation with
    a fault may.
    """

    role: Role
    machine: Machine
    outputs: tuple[Output, ...]
    arrows: tuple[Arrow, ...]
    moves: tuple[tuple[tuple[int, ...], ...], ...]
    cover: tuple[Word, ...]


def explored(role: Role, *, arrows: bool = True) -> Explored:
    """Returns the reference's machine in one role, minimised.

    Args:
        arrows: note what the inner machines did.
    """
    search = _Search(role, arrows=arrows)
    machine = search.machine()
    smallest = machine.minimised()
    # Of the states that are the same, any one says which way it went.
    chosen = [machine.after(word) for word in smallest.access]
    used = sorted({each[1] for row in smallest.transitions for each in row if each is not None})
    outputs = tuple(tuple(json.loads(search.outputs[number])) for number in used)
    numbers = {number: at for at, number in enumerate(used)}
    rows = tuple(
        tuple(None if each is None else (each[0], numbers[each[1]]) for each in row)
        for row in smallest.transitions
    )
    taken = tuple(
        sorted({arrow for state in chosen for went in search.moves[state] for arrow in went})
    )
    places = {arrow: at for at, arrow in enumerate(taken)}
    moves = tuple(
        tuple(tuple(places[arrow] for arrow in went) for went in search.moves[state])
        for state in chosen
    )
    cover = Machine(machine.transitions, search.configurations()).minimised().access
    return Explored(role, Machine(rows, smallest.seen), outputs, taken, moves, cover)


class _Search:
    """Tries each letter in each state, the nearest states first."""

    def __init__(self, role: Role, *, arrows: bool) -> None:
        self.letters = alphabet(role)
        self.outputs: list[str] = []
        self.moves: list[list[tuple[Arrow, ...]]] = []
        self._rows: list[list[Transition]] = []
        self._role: Role = role
        first = Session(reference, role).connection
        if arrows:
            vars(first)["_states"] = _WatchedStates()
        self._found: list[Any] = []
        self._numbers: dict[Hashable, int] = {}
        self._output_numbers: dict[str, int] = {}
        self._number(first)

    def machine(self) -> Machine:
        """Returns the machine that was found."""
        for connection in self._found:
            row: list[Transition] = []
            went: list[tuple[Arrow, ...]] = []
            for letter in self.letters:
                after = told(self._role, connection, letter)
                row.append(
                    None if after is None else (self._number(after[0]), self._output(after[1]))
                )
                went.append(() if after is None else tuple(_arrows(after[0])))
            self._rows.append(row)
            self.moves.append(went)
        return Machine(tuple(map(tuple, self._rows)), tuple(self._seen()))

    def _output(self, output: Output) -> int:
        form = json.dumps(output)
        number = self._output_numbers.setdefault(form, len(self.outputs))
        if number == len(self.outputs):
            self.outputs.append(form)
        return number

    def _number(self, connection: Any) -> int:
        key = remembered(connection)
        if key not in self._numbers:
            self._numbers[key] = len(self._found)
            self._found.append(connection)
        return self._numbers[key]

    def configurations(self) -> tuple[int, ...]:
        """What the reference remembers in each state, but for which bytes are unread."""
        kinds: dict[Hashable, int] = {}
        return tuple(
            kinds.setdefault((seen, configuration(connection)), len(kinds))
            for seen, connection in zip(self._seen(), self._found, strict=True)
        )

    def _seen(self) -> Iterable[int]:
        """What can be seen of each state: the same after every letter that leads into it."""
        kinds: dict[str, int] = {}
        seen: dict[int, int] = {}
        for row in self._rows:
            for into, output in filter(None, row):
                if into not in seen:
                    looks = json.dumps(status(tuple(json.loads(self.outputs[output]))))
                    seen[into] = kinds.setdefault(looks, len(kinds))
        return [seen[state] for state in range(len(self._rows))]


def told(role: Role, connection: Any, letter: Letter) -> tuple[Any, Output] | None:
    """Returns a copy of a connection that was told a letter, and what that showed.

    None where the letter is not tried.
    """
    if letter.receives and connection.trailing_data[0]:
        return None
    session = Session(reference, role)
    session.connection = deepcopy(connection)
    _arrows(session.connection).clear()
    output = tuple(shown(session.step(step_to_json(step))) for step in letter.steps)
    return session.connection, output


def remembered(connection: Any) -> Hashable:
    """Returns what of a connection can make a difference later.

    A framing counts while there is a body to come, the method until it is answered, and unread
    bytes where they may yet be read: not when the peer erred, or said goodbye to HTTP.
    """
    theirs = connection.their_state
    trailing, _ = connection.trailing_data
    lost = theirs in (reference.ERROR, reference.SWITCHED_PROTOCOL)
    return configuration(connection), bool(trailing) if lost else trailing


def configuration(connection: Any) -> Hashable:
    """Returns the same without the unread bytes, but for whether there are any."""
    inside = vars(connection)
    machines: States = inside["_states"]
    reading = connection.their_state is reference.SEND_BODY
    writing = connection.our_state is reference.SEND_BODY
    answered = machines.current[reference.SERVER] not in (reference.IDLE, reference.SEND_RESPONSE)
    trailing, ended = connection.trailing_data
    return (
        *machines.current.values(),
        machines.keep_alive,
        frozenset(machines.proposals),
        _content(inside["_body_reader"]) if reading else None,
        _content(inside["_body_writer"]) if writing else None,
        None if answered else inside["_request_method"],
        bool(trailing),
        ended,
        connection.their_http_version,
        connection.client_is_waiting_for_100_continue,
    )


def _content(thing: Any) -> Hashable:
    names = [*getattr(thing, "__dict__", ()), *getattr(thing, "__slots__", ())]
    return type(thing), tuple(sorted((name, repr(getattr(thing, name))) for name in names))


class _WatchedStates(States):
    """The inner machines, and a note of each arrow that they go."""

    def __init__(self) -> None:
        super().__init__()
        self.arrows: list[Arrow] = []
        self.current = _Noting(self.current, self.arrows)

    def start_next_cycle(self) -> None:
        before = dict(self.current)
        super().start_next_cycle()
        self.arrows += ((str(role), str(state), str(IDLE)) for role, state in before.items())
        self.current = _Noting(self.current, self.arrows)

    def _move(self, role: Name, event_type: type, word: Hashable) -> None:
        before = self.current[role]
        super()._move(role, event_type, word)
        if self.current[role] is before:
            self.arrows.append((str(role), str(before), str(before)))


class _Noting(dict[Name, Name]):
    """States by their roles; a change of one is noted."""

    def __init__(self, states: dict[Name, Name], arrows: list[Arrow]) -> None:
        super().__init__(states)
        self._arrows = arrows

    def __setitem__(self, role: Name, state: Name) -> None:
        if state is not self[role]:
            self._arrows.append((str(role), str(self[role]), str(state)))
        super().__setitem__(role, state)

    def __deepcopy__(self, memo: dict[int, Any]) -> _Noting:
        return _Noting(self, deepcopy(self._arrows, memo))


def _arrows(connection: Any) -> list[Arrow]:
    """What was noted of a connection's machines, if they are watched."""
    machines: States = vars(connection)["_states"]
    return machines.arrows if isinstance(machines, _WatchedStates) else []
