"""The reference's own machine: every state that it can reach, and its answer to each input symbol.

Owns the search for states, and the record of the transitions of the two inner machines, one for
each role. Two connections are in the same state when nothing that either remembers can make a
difference later; states that this tells apart without need are merged by minimising.
"""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false
# The values that the reference remembers are of any type here.

from __future__ import annotations

import json
from collections.abc import Hashable, Iterable, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, NamedTuple

from ... import reference
from ...reference.states import Name
from ..internals import internals
from ..interpreter import Session
from ..program import Role
from .alphabet import InputSymbol, Output, abstracted, alphabet, status
from .mealy import Machine, Transition, Word

# A transition of one of the inner machines: the role, its state before and after.
StateTransition = tuple[str, str, str]


@dataclass(frozen=True)
class ReferenceMachine:
    """A machine, and what its numbers stand for.

    ``outputs`` has the observations of each output. ``state_transitions`` has all transitions of
    the inner machines, and ``traversed`` says by their numbers which of them happen in each state
    at each input symbol. ``cover`` has a word into each configuration of the reference, even where
    no input symbol tells it from another: a faulty implementation may tell them apart.
    """

    role: Role
    machine: Machine
    outputs: tuple[Output, ...]
    state_transitions: tuple[StateTransition, ...]
    traversed: tuple[tuple[tuple[int, ...], ...], ...]
    cover: tuple[Word, ...]


def explore(role: Role) -> ReferenceMachine:
    """Returns the reference's machine in one role, minimised."""
    search = _Search(role)
    found = search.run()
    minimised = found.minimised()
    # Any one of the states that were merged represents them all.
    representatives = [found.after(word) for word in minimised.access]
    machine, outputs = _renumbered(minimised, search.outputs)
    state_transitions, traversed = _numbered([search.traversed[each] for each in representatives])
    cover = Machine(found.transitions, search.configurations()).minimised().access
    return ReferenceMachine(role, machine, outputs, state_transitions, traversed, cover)


def _renumbered(machine: Machine, outputs: Sequence[str]) -> tuple[Machine, tuple[Output, ...]]:
    """The machine with only the outputs that it uses, and these outputs in their new order."""
    used = sorted({each[1] for row in machine.transitions for each in row if each is not None})
    numbers = {number: at for at, number in enumerate(used)}
    rows = tuple(
        tuple(None if each is None else (each[0], numbers[each[1]]) for each in row)
        for row in machine.transitions
    )
    return Machine(rows, machine.seen), tuple(tuple(json.loads(outputs[each])) for each in used)


def _numbered(
    rows: Sequence[Sequence[tuple[StateTransition, ...]]],
) -> tuple[tuple[StateTransition, ...], tuple[tuple[tuple[int, ...], ...], ...]]:
    """All state transitions in the rows, in order, and the rows with their numbers instead."""
    found = tuple(sorted({each for row in rows for cell in row for each in cell}))
    numbers = {transition: at for at, transition in enumerate(found)}
    return found, tuple(
        tuple(tuple(numbers[each] for each in cell) for cell in row) for row in rows
    )


class _Search:
    """Applies each input symbol in each state, the nearest states first."""

    def __init__(self, role: Role) -> None:
        self.outputs: list[str] = []
        self.traversed: list[list[tuple[StateTransition, ...]]] = []
        self._role: Role = role
        self._rows: list[list[Transition]] = []
        self._connections: list[Any] = []
        self._numbers: dict[Hashable, int] = {}
        self._output_numbers: dict[str, int] = {}
        self._number(Session(reference, role).connection)

    def run(self) -> Machine:
        """Returns the machine that was found."""
        for connection in self._connections:
            results = [apply(self._role, connection, symbol) for symbol in alphabet(self._role)]
            self._rows.append(
                [None if each is None else self._transition(each) for each in results]
            )
            self.traversed.append([() if each is None else each.traversed for each in results])
        return Machine(tuple(map(tuple, self._rows)), tuple(self._seen()))

    def _transition(self, applied: Applied) -> Transition:
        return self._number(applied.connection), self._output(applied.output)

    def _output(self, output: Output) -> int:
        form = json.dumps(output)
        number = self._output_numbers.setdefault(form, len(self.outputs))
        if number == len(self.outputs):
            self.outputs.append(form)
        return number

    def _number(self, connection: Any) -> int:
        key = state_key(connection)
        if key not in self._numbers:
            self._numbers[key] = len(self._connections)
            self._connections.append(connection)
        return self._numbers[key]

    def configurations(self) -> tuple[int, ...]:
        """The configuration of each state together with its visible status, as a number."""
        kinds: dict[Hashable, int] = {}
        return tuple(
            kinds.setdefault((seen, configuration(connection)), len(kinds))
            for seen, connection in zip(self._seen(), self._connections, strict=True)
        )

    def _seen(self) -> Iterable[int]:
        """The visible status of each state: the same after every symbol that leads into it."""
        kinds: dict[str, int] = {}
        seen: dict[int, int] = {}
        for row in self._rows:
            for into, output in filter(None, row):
                if into not in seen:
                    visible = json.dumps(status(tuple(json.loads(self.outputs[output]))))
                    seen[into] = kinds.setdefault(visible, len(kinds))
        return [seen[state] for state in range(len(self._rows))]


class Applied(NamedTuple):
    """The result of an input symbol: the connection after it, the output, the inner transitions."""

    connection: Any
    output: Output
    traversed: tuple[StateTransition, ...]


def apply(role: Role, connection: Any, symbol: InputSymbol) -> Applied | None:
    """Applies an input symbol to a copy of a connection; None where the symbol is not tried."""
    if symbol.receives and connection.trailing_data[0]:
        return None
    traversed: list[StateTransition] = []

    def observe(changed: Name, before: Name, after: Name, key: Hashable) -> None:
        # An event may lead back into the same state; all else counts only if it changes the state.
        if before is not after or isinstance(key, type | str):
            traversed.append((str(changed), str(before), str(after)))

    session = Session(reference, role)
    session.connection = deepcopy(connection)
    states = internals(session.connection).states
    states.observer = observe
    output = tuple(abstracted(session.step(step.to_json())) for step in symbol.steps)
    states.observer = None  # the connection is copied again
    return Applied(session.connection, output, tuple(traversed))


def state_key(connection: Any) -> Hashable:
    """Returns everything about a connection that can make a difference later.

    Unread bytes count where they may yet be read: not after an error of the peer, and not after a
    switch of protocols.
    """
    trailing, _ = connection.trailing_data
    never_read = connection.their_state in (reference.ERROR, reference.SWITCHED_PROTOCOL)
    return configuration(connection), bool(trailing) if never_read else trailing


def configuration(connection: Any) -> Hashable:
    """Returns the same, but of the unread bytes only whether there are any.

    A framing counts while there is a body to come, and the method until it is answered.
    """
    states, body_reader, body_writer, request_method = internals(connection)
    reading = connection.their_state is reference.SEND_BODY
    writing = connection.our_state is reference.SEND_BODY
    answered = states.current[reference.SERVER] not in (reference.IDLE, reference.SEND_RESPONSE)
    trailing, ended = connection.trailing_data
    return (
        *states.current.values(),
        states.keep_alive,
        frozenset(states.proposals),
        _content(body_reader) if reading else None,
        _content(body_writer) if writing else None,
        None if answered else request_method,
        bool(trailing),
        ended,
        connection.their_http_version,
        connection.client_is_waiting_for_100_continue,
    )


def _content(body: object) -> Hashable:
    """The type of a body reader or writer, and the values of its attributes."""
    return type(body), tuple(sorted((name, repr(value)) for name, value in vars(body).items()))
