"""Faults of a single cell in the state machine, and whether the machine phase detects each of them.

Owns the list of faults. In the two transition tables, every cell is removed, changed to every other
state, or added where there is none. In the rules for keep-alive, proposals and the next cycle, each
part is omitted or inverted. If the complete suite does not detect a fault, the faulty machine is
explored and compared with the original state by state: either they are equivalent, or the suite is
wrong.
"""

from __future__ import annotations

import inspect
import sys
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Generator, Hashable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from functools import cache, partial
from itertools import product
from typing import Any, NamedTuple
from unittest.mock import patch

import click

from h11spec import reference
from h11spec.conformance.checks import machine
from h11spec.reference import connection, states
from h11spec.reference.sentinels import CLIENT, MUST_CLOSE, SERVER
from h11spec.reference.states import CONNECTED, REQUESTED, UPGRADED
from h11spec.strategies import interpreter
from h11spec.strategies.machine import stored
from h11spec.strategies.machine.alphabet import ROLES, InputSymbol, Output, alphabet, to_program
from h11spec.strategies.machine.exploration import ReferenceMachine, apply, explore, state_key
from h11spec.strategies.machine.mealy import Machine, differences
from h11spec.strategies.program import Role
from h11spec.strategies.traces import run

Name = states.Name
_EVENTS = (
    reference.Request,
    reference.InformationalResponse,
    reference.Response,
    reference.Data,
    reference.EndOfMessage,
    reference.ConnectionClosed,
)
_WORDS: dict[Name, tuple[Any, ...]] = {
    CLIENT: _EVENTS,
    SERVER: (REQUESTED, *_EVENTS[1:], UPGRADED, CONNECTED),
}


# A role, a state and a word; or the states of both roles.
Cell = tuple[Any, ...]


@dataclass(frozen=True)
class Fault:
    """A fault: its name, a context manager within which it is planted, and its cell, if any."""

    name: str
    plant: Callable[[], Any]
    cell: Cell | None = None


@cache
def faults() -> tuple[Fault, ...]:
    """Returns all faults, in an order that never changes."""
    return (*_event_triggered(), *_state_triggered(), *_rules())


def _event_triggered() -> Iterator[Fault]:
    for role, table in states.EVENT_TRIGGERED.items():
        for before, row in table.items():
            for word in _WORDS[role]:
                wrong = [state for state in table if state is not row.get(word)]
                if word in row:
                    yield _cell(role, before, word, None)
                for after in wrong:
                    yield _cell(role, before, word, after)


def _cell(role: Name, before: Name, word: Any, after: Name | None) -> Fault:
    table = deepcopy(states.EVENT_TRIGGERED)
    if after is None:
        del table[role][before][word]
    else:
        table[role][before][word] = after
    event = word.__name__ if isinstance(word, type) else word
    name = f"{role} {before}: {event} -> {'nothing' if after is None else after}"
    cell = (role, before, word)
    return Fault(name, partial(patch.object, states, "EVENT_TRIGGERED", table), cell)


def _state_triggered() -> Iterator[Fault]:
    for pair, after in states.STATE_TRIGGERED.items():
        yield _pair(pair, None)
        for other in _neighbours(after):
            yield _pair(pair, other)
    for pair in product(states.EVENT_TRIGGERED[CLIENT], states.EVENT_TRIGGERED[SERVER]):
        if pair not in states.STATE_TRIGGERED:
            for own, role in enumerate((CLIENT, SERVER)):
                after = (MUST_CLOSE, pair[1]) if own == 0 else (pair[0], MUST_CLOSE)
                if pair[own] is not MUST_CLOSE and MUST_CLOSE in states.EVENT_TRIGGERED[role]:
                    yield _pair(pair, after)


def _neighbours(pair: tuple[Name, Name]) -> Iterator[tuple[Name, Name]]:
    """The pairs that differ in one state."""
    for state in states.EVENT_TRIGGERED[CLIENT]:
        if state is not pair[0]:
            yield state, pair[1]
    for state in states.EVENT_TRIGGERED[SERVER]:
        if state is not pair[1]:
            yield pair[0], state


def _pair(pair: tuple[Name, Name], after: tuple[Name, Name] | None) -> Fault:
    table = {**states.STATE_TRIGGERED}
    if after is None:
        del table[pair]
        name = f"{pair[0]}/{pair[1]} -> nothing"
    else:
        table[pair] = after
        name = f"{pair[0]}/{pair[1]} -> {after[0]}/{after[1]}"
    return Fault(name, partial(patch.object, states, "STATE_TRIGGERED", table), pair)


# For each fault: a module, a text that occurs in it exactly once, and the replacement.
_RULES: dict[str, tuple[Any, str, str]] = {
    "keep-alive: never off": (states, "self.keep_alive = False", "pass"),
    "keep-alive: off at once": (states, "self.keep_alive = True", "self.keep_alive = False"),
    "keep-alive: off, but states do not change": (states, "False\n        self._settle()", "False"),
    "keep-alive: inverted": (states, "if not self.keep_alive", "if self.keep_alive"),
    "keep-alive: the client's DONE stays": (
        states,
        "if state is DONE:\n                    ",
        "if state is DONE and role is not CLIENT:\n                    ",
    ),
    "keep-alive: the server's DONE stays": (
        states,
        "if state is DONE:\n                    ",
        "if state is DONE and role is not SERVER:\n                    ",
    ),
    "keep-alive: IDLE must close, too": (
        states,
        "if state is DONE:\n                    ",
        "if state in (DONE, IDLE):\n                    ",
    ),
    "keep-alive: DONE becomes CLOSED": (
        states,
        "self._enter(role, MUST_CLOSE)",
        "self._enter(role, CLOSED)",
    ),
    "keep-alive: nothing turns it off": (connection, "if not keeps_alive(head):", "if False:"),
    "keep-alive: everything turns it off": (connection, "if not keeps_alive(head):", "if True:"),
    "keep-alive: requests are ignored": (
        connection,
        "if not keeps_alive(head):",
        "if is_final and not keeps_alive(head):",
    ),
    "keep-alive: responses are ignored": (
        connection,
        "if not keeps_alive(head):",
        "if is_request and not keeps_alive(head):",
    ),
    "keep-alive: the peer's heads are ignored": (
        connection,
        "if not keeps_alive(head):",
        "if role is self.our_role and not keeps_alive(head):",
    ),
    "keep-alive: our own heads are ignored": (
        connection,
        "if not keeps_alive(head):",
        "if role is self.their_role and not keeps_alive(head):",
    ),
    "keep-alive: interim responses count, too": (
        connection,
        "            return  # an interim",
        "            pass  # an interim",
    ),
    "proposals: none are recorded": (states, "self.proposals |= proposals", "pass"),
    "proposals: only those of the last request": (
        states,
        "self.proposals |= proposals",
        "self.proposals = set(proposals)",
    ),
    "proposals: Upgrade is ignored": (
        states,
        "self.proposals |= proposals",
        "self.proposals |= proposals - {UPGRADE}",
    ),
    "proposals: CONNECT is ignored": (
        states,
        "self.proposals |= proposals",
        "self.proposals |= proposals - {CONNECT}",
    ),
    "proposals: recorded, but states do not change": (
        states,
        "proposals\n        self._settle()",
        "proposals",
    ),
    "proposals: not passed on": (connection, "elif type(event) is Request:", "elif False:"),
    "proposals: inverted": (states, "if self.proposals:", "if not self.proposals:"),
    "proposals: the client waits even without one": (states, "if self.proposals:", "if True:"),
    "proposals: a client that is DONE does not wait": (
        states,
        "self._enter(CLIENT, MIGHT_SWITCH_PROTOCOL)",
        "pass",
    ),
    "proposals: refused, but the client still waits": (states, "self._enter(CLIENT, DONE)", "pass"),
    "proposals: refused, and the client is IDLE": (
        states,
        "self._enter(CLIENT, DONE)",
        "self._enter(CLIENT, IDLE)",
    ),
    "proposals: accepted even without one": (states, "accepts not in self.proposals", "False"),
    "proposals: never accepted": (states, "accepts not in self.proposals", "True"),
    "proposals: accepted by the wrong kind of response": (
        states,
        "accepts not in self.proposals",
        "not self.proposals",
    ),
    "proposals: accepted, but there is no switch": (states, "word = _ACCEPTED[accepts]", "pass"),
    "proposals: discarded when accepted": (
        states,
        "word = _ACCEPTED[accepts]",
        "word = _ACCEPTED[accepts]; self.proposals.clear()",
    ),
    "proposals: not refused": (states, "self.proposals.clear()", "pass"),
    "proposals: Upgrade is not refused": (
        states,
        "self.proposals.clear()",
        "self.proposals.discard(CONNECT)",
    ),
    "proposals: CONNECT is not refused": (
        states,
        "self.proposals.clear()",
        "self.proposals.discard(UPGRADE)",
    ),
    "proposals: refused by interim responses, too": (
        states,
        "elif event_type is Response:",
        "elif event_type in (Response, InformationalResponse):",
    ),
    "proposals: refused by EndOfMessage only": (
        states,
        "elif event_type is Response:",
        "elif event_type is EndOfMessage:",
    ),
    "proposals: accepted by events of the client, too": (
        connection,
        "if role is SERVER:",
        "if role is not None:",
    ),
    "next cycle: whatever the client's state": (
        states,
        "self.current != {CLIENT: DONE, SERVER: DONE}",
        "self.current[SERVER] is not DONE",
    ),
    "next cycle: whatever the server's state": (
        states,
        "self.current != {CLIENT: DONE, SERVER: DONE}",
        "self.current[CLIENT] is not DONE",
    ),
    "next cycle: always": (states, "self.current != {CLIENT: DONE, SERVER: DONE}", "False"),
    "next cycle: never": (states, "self.current != {CLIENT: DONE, SERVER: DONE}", "True"),
    "next cycle: after MUST_CLOSE, too": (
        states,
        "self.current != {CLIENT: DONE, SERVER: DONE}",
        "not set(self.current.values()) <= {DONE, MUST_CLOSE}",
    ),
    "next cycle: the client stays": (states, "self._enter(CLIENT, IDLE)", "pass"),
    "next cycle: the server stays": (states, "self._enter(SERVER, IDLE)", "pass"),
    "next cycle: proposals are discarded": (
        states,
        "self._enter(SERVER, IDLE)",
        "self._enter(SERVER, IDLE); self.proposals.clear()",
    ),
    "next cycle: keep-alive is on again": (
        states,
        "self._enter(SERVER, IDLE)",
        "self._enter(SERVER, IDLE); self.keep_alive = True",
    ),
    "next cycle: the method stays": (
        connection,
        "start_next_cycle()\n        self._request_method = None",
        "start_next_cycle()",
    ),
    "next cycle: the peer's version is discarded": (
        connection,
        "        self._request_method = None\n\n    def",
        "        self._request_method = self.their_http_version = None\n\n    def",
    ),
    "next cycle: received bytes are discarded": (
        connection,
        "        self._request_method = None\n\n    def",
        "        self._request_method = None; self._buffer.data.clear()\n\n    def",
    ),
    "an error: other states do not change": (states, "ERROR)\n        self._settle()", "ERROR)"),
    "an error: of the other role": (
        states,
        "self._enter(role, ERROR)",
        "self._enter(SERVER if role is CLIENT else CLIENT, ERROR)",
    ),
    "an error: of both roles": (
        states,
        "self._enter(role, ERROR)",
        "self._enter(CLIENT, ERROR); self._enter(SERVER, ERROR)",
    ),
    "a request: the server need not respond": (states, "if event_type is Request:", "if False:"),
    "an event: other states do not change": (
        states,
        "REQUESTED)\n        self._settle()",
        "REQUESTED)",
    ),
}


def _rules() -> Iterator[Fault]:
    for name, (module, old, new) in _RULES.items():
        yield Fault(name, partial(_edited, module, old, new))


@contextmanager
def _edited(module: Any, old: str, new: str) -> Generator[None]:
    """Replaces the class with one that the edited source of its module defines."""
    source = inspect.getsource(module)
    if source.count(old) != 1:
        raise ValueError(f"{old!r} occurs {source.count(old)} times in {module.__name__}")
    names = {"__name__": module.__name__, "__package__": module.__package__}
    altered = compile(source.replace(old, new), module.__file__, "exec")
    exec(altered, names)  # noqa: S102 (our own source, edited in one place)
    owner, name = (connection, "States") if module is states else (reference, "Connection")
    with patch.object(owner, name, names[name]):
        yield


class _LookupTable(dict[Any, Any]):
    """A table that records which cells are looked up, whether or not they exist."""

    def __init__(self, table: dict[Any, Any], cells: set[Cell], *above: Any) -> None:
        super().__init__(table)
        self._cells = cells
        self._above = above

    def __getitem__(self, key: Any) -> Any:
        self._cells.add((*self._above, key))
        return super().__getitem__(key)

    def __contains__(self, key: Any) -> bool:
        self._cells.add(key)
        return super().__contains__(key)


class Application(NamedTuple):
    """An input symbol that was applied to a connection without a fault, and its result."""

    role: Role
    connection: Any
    symbol: InputSymbol
    output: Output
    after: Hashable


@cache
def applications() -> dict[Cell, list[Application]]:
    """Applies every symbol in every state; returns, by cell, the applications that look it up."""
    cells: set[Cell] = set()
    events = {
        role: {state: _LookupTable(row, cells, role, state) for state, row in table.items()}
        for role, table in states.EVENT_TRIGGERED.items()
    }
    pairs = _LookupTable(states.STATE_TRIGGERED, cells)
    found: defaultdict[Cell, list[Application]] = defaultdict(list)
    with (
        patch.object(states, "EVENT_TRIGGERED", events),
        patch.object(states, "STATE_TRIGGERED", pairs),
    ):
        for role in ROLES:
            for application in _everywhere(role, cells):
                for cell in cells:
                    found[cell].append(application)
    return dict(found)


def _everywhere(role: Role, cells: set[Cell]) -> Iterator[Application]:
    """Applies each symbol in each state; ``cells`` then has the cells that were looked up."""
    first = interpreter.Session(reference, role).connection
    known, waiting = {state_key(first)}, deque([first])
    while waiting:
        connection = waiting.popleft()
        for symbol in alphabet(role):
            cells.clear()
            applied = apply(role, connection, symbol)
            if applied is not None:
                key = state_key(applied.connection)
                yield Application(role, connection, symbol, applied.output, key)
                if key not in known:
                    known.add(key)
                    waiting.append(applied.connection)


def found(fault: Fault) -> str | None:
    """Returns the first input word of the machine phase that detects the fault, or None."""
    with fault.plant():
        for role in ROLES:
            for word in machine.suite(role):
                program = to_program(role, word)
                if not machine.agrees_with_machine(program, run(reference, program)):
                    return f"{role} {len(word)} symbols"
    return None


def ineffective(fault: Fault) -> bool:
    """Whether the fault changes neither output nor state in any application that looks up its cell.

    The machines are then equal, since the fault affects nothing else.
    """
    if fault.cell is None:
        return False
    with fault.plant():
        return all(map(_unchanged, applications().get(fault.cell, ())))


def equivalent(fault: Fault) -> bool:
    """Whether the machines with the fault, fully explored, equal those without it."""
    with fault.plant():
        broken = {role: explore(role) for role in ROLES}
    return all(_same(stored.machine(role), broken[role]) for role in ROLES)


def _unchanged(before: Application) -> bool:
    after = apply(before.role, before.connection, before.symbol)
    return (
        after is not None
        and after.output == before.output
        and state_key(after.connection) == before.after
    )


def _same(one: ReferenceMachine, other: ReferenceMachine) -> bool:
    """Whether two machines are the same except for the numbers of their outputs."""
    numbers = {repr(output): at for at, output in enumerate(one.outputs)}
    known = [numbers.setdefault(repr(each), len(numbers)) for each in other.outputs]
    rows = tuple(
        tuple(None if each is None else (each[0], known[each[1]]) for each in row)
        for row in other.machine.transitions
    )
    return next(differences(one.machine, Machine(rows, other.machine.seen)), None) is None


def classify(number: int) -> tuple[str, str]:
    """Returns the verdict on a fault, and the input word that detects it."""
    fault = faults()[number]
    if ineffective(fault):
        return "equivalent", ""
    word = found(fault)
    if word is not None:
        return "found", word
    return ("equivalent" if equivalent(fault) else "missed"), ""


@click.command()
@click.option("-j", "jobs", default=2, show_default=True, help="Faults to examine at once.")
@click.option("--every", default=1, show_default=True, help="Examine only every N-th fault.")
def main(jobs: int, every: int) -> None:
    """Plants each single-cell fault, and reports which the machine phase detects."""
    numbers = range(0, len(faults()), every)
    counts: Counter[str] = Counter()
    applications()  # before the processes start, so that they share it
    with ProcessPoolExecutor(jobs) as pool:
        for number, (verdict, _) in zip(numbers, pool.map(classify, numbers), strict=True):
            counts[verdict] += 1
            if verdict != "found":
                click.echo(f"{verdict}: {faults()[number].name}")
    summary = ", ".join(f"{counts[each]:,} {each}" for each in ("found", "equivalent", "missed"))
    click.echo(f"{counts.total():,} faults: {summary}")
    sys.exit(1 if counts["missed"] else 0)


if __name__ == "__main__":
    main()
