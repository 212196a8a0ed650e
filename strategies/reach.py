"""What programs reach of everything there is to reach.

Owns the lists of what there is, taken from the reference itself, and the counts of what was met.
Knows nothing of how programs are drawn.

While it counts, it puts counting tables and functions into the reference's modules, so it belongs
into a process, or a thread's turn, of its own.
"""

from __future__ import annotations

import ast
import inspect
from collections import Counter
from collections.abc import Callable, Generator, Hashable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache, partial
from operator import methodcaller
from typing import Any

from .. import reference
from ..reference import connection, events, headers, reading, states, writing
from ..reference.framing import Framing
from .interpreter import CallRaised, Session
from .messages import CORRUPTIONS, WireMessage
from .programs import Program, Send, is_object, is_tuple, step_to_json

_ROLES = {"client": reference.CLIENT, "server": reference.SERVER}
_EVENTS = (
    reference.Request,
    reference.InformationalResponse,
    reference.Response,
    reference.Data,
    reference.EndOfMessage,
    reference.ConnectionClosed,
)
# Where an error can come from that a program can cause; constructing a Connection is no step.
_RAISING = (connection, events, headers, reading, states, writing)
# No step gets there: a program's roles are the two that there are.
_OUT_OF_REACH = ((connection, "__init__"),)
FRAMINGS = ("no body", "length", "chunked", "until close")
# Every dimension that is counted, in the order in which it is shown.
DIMENSIONS = (
    "joint state",
    "transition",
    "refused event",
    "error site",
    "framing",
    "corruption",
    "status hint",
    "step",
)
# What two thousand programs are to meet all of. Which events are refused in which state is also
# exhausted by other means, and left to luck here.
COMPLETE = ("joint state", "transition", "error site", "framing", "corruption")


@dataclass
class Reach:
    """How often each item of each of DIMENSIONS was met, and by how many programs and steps."""

    programs: int = 0
    steps: int = 0
    met: dict[str, Counter[str]] = field(
        default_factory=lambda: {dimension: Counter[str]() for dimension in DIMENSIONS}
    )

    def add(self, program: Program, messages: tuple[WireMessage, ...] = ()) -> None:
        """Runs the program on the reference and counts what it meets.

        Args:
            messages: what the peer said in it, for the names of corruptions.
        """
        self.programs += 1
        self.steps += len(program.steps)
        self.met["corruption"].update(m.corruption for m in messages if m.corruption)
        with _watched(self.met):
            session = _CountingSession(reference, program.role, program.limit)
            session.sites = self.met["error site"]
            for step in program.steps:
                form = step_to_json(step)
                before = str(session.connection.our_state)
                observation = session.step(form)
                self.met["step"][form["do"]] += 1
                self.met["joint state"][f"{observation['client']}/{observation['server']}"] += 1
                raised = observation.get("raised")
                if raised is None:
                    continue
                self.met["status hint"][str(raised.get("hint", "none"))] += 1
                if isinstance(step, Send) and raised["by"] == "send":
                    self.met["refused event"][f"{program.role} {before}: {step.event.type}"] += 1

    def never_met(self) -> Iterator[tuple[str, str]]:
        """Gives out what is in COMPLETE and was not met, each item with its dimension."""
        for dimension in COMPLETE:
            for item in everything()[dimension]:
                if not self.met[dimension][item]:
                    yield dimension, item

    def table(self) -> Iterator[tuple[str, str, int]]:
        """Gives out dimension, item and count, the items that are met least first."""
        known = everything()
        for dimension in DIMENSIONS:
            counts = self.met[dimension]
            items = {*known.get(dimension, ()), *counts}
            for item in sorted(items, key=lambda item: (counts[item], item)):
                yield dimension, item, counts[item]


@cache
def everything() -> dict[str, list[str]]:
    """Returns what there is to meet in each dimension, as far as it has an end."""
    joint_states, transitions = _explored()
    return {
        "joint state": sorted(joint_states),
        "transition": sorted(transitions),
        "refused event": sorted(_refusable(joint_states)),
        "error site": sorted(set(_all_sites().values())),
        "framing": [
            f"{role} {framing}"
            for role in _ROLES
            for framing in FRAMINGS
            if (role, framing) != ("client", "until close")
        ],
        "corruption": list(CORRUPTIONS),
    }


def _refusable(joint_states: set[str]) -> Iterator[str]:
    """What each side may not send in each of its states; in ERROR, it is not even looked at."""
    for number, role in enumerate(_ROLES):
        for state in {joint.split("/")[number] for joint in joint_states}:
            table = states.EVENT_TRIGGERED[_ROLES[role]][getattr(reference, state)]
            for event in _EVENTS:
                if event not in table:
                    yield f"{role} {state}: {event.__name__}"


def _explored() -> tuple[set[str], set[str]]:
    """Joint states and transitions, by exploring the reference's two machines breadth first."""
    met: dict[str, Counter[str]] = {"transition": Counter()}
    joint_states: set[str] = set()
    with _counting_tables(met["transition"]):
        waiting = [states.States()]
        known = {_key(waiting[0])}
        while waiting:
            before = waiting.pop()
            joint_states.add("/".join(str(before.current[role]) for role in _ROLES.values()))
            for move in _moves():
                after = deepcopy(before)
                try:
                    move(after)
                except reference.LocalProtocolError:
                    continue
                if _key(after) not in known:
                    known.add(_key(after))
                    waiting.append(after)
    return joint_states, set(met["transition"])


def _key(machines: states.States) -> Hashable:
    current = tuple(machines.current[role] for role in _ROLES.values())
    return current, machines.keep_alive, frozenset(machines.proposals)


def _moves() -> Iterator[Callable[[states.States], None]]:
    """Everything that can happen to the machines, as functions of them."""
    for proposals in ((), (states.UPGRADE,), (states.CONNECT,), (states.UPGRADE, states.CONNECT)):
        yield partial(_request, set(proposals))
    for role in _ROLES.values():
        yield methodcaller("fail", role)
        for event in _EVENTS[1:]:
            yield methodcaller("process", role, event)
    server = reference.SERVER
    yield methodcaller("process", server, reference.InformationalResponse, states.UPGRADE)
    yield methodcaller("process", server, reference.Response, states.CONNECT)
    yield methodcaller("disable_keep_alive")
    yield methodcaller("start_next_cycle")


def _request(proposals: set[str], machines: states.States) -> None:
    machines.propose(proposals)
    machines.process(reference.CLIENT, reference.Request)


class _CountingTable(dict[Any, Any]):
    """A table that counts the entries that are looked up."""

    def __init__(self, table: dict[Any, Any], name: str, counts: Counter[str]) -> None:
        super().__init__(
            (key, _CountingTable(value, f"{name}{_word(key)} ", counts))
            if is_object(value)
            else (key, value)
            for key, value in table.items()
        )
        self._name = name
        self._counts = counts

    def __getitem__(self, key: Any) -> Any:
        value = super().__getitem__(key)
        if not is_object(value):
            self._counts[f"{self._name}{_word(key)} -> {_word(value)}"] += 1
        return value


def _word(key: Any) -> str:
    if is_tuple(key):
        return "/".join(map(_word, key))
    return key.__name__ if isinstance(key, type) else str(key)


@contextmanager
def _counting_tables(counts: Counter[str]) -> Generator[None]:
    tables = states.EVENT_TRIGGERED, states.STATE_TRIGGERED
    states.EVENT_TRIGGERED = _CountingTable(tables[0], "", counts)
    states.STATE_TRIGGERED = _CountingTable(tables[1], "", counts)
    try:
        yield
    finally:
        states.EVENT_TRIGGERED, states.STATE_TRIGGERED = tables


@contextmanager
def _watched(met: dict[str, Counter[str]]) -> Generator[None]:
    """Counts transitions and framings while the block runs."""
    original = connection.__dict__["body_framing"]

    def body_framing(request_method: bytes | None, head: Any) -> Any:
        framing = original(request_method, head)
        kind = framing.value if isinstance(framing, Framing) else "length" if framing else "no body"
        role = "client" if type(head) is reference.Request else "server"
        met["framing"][f"{role} {kind}"] += 1
        return framing

    with _counting_tables(met["transition"]):
        connection.__dict__["body_framing"] = body_framing
        try:
            yield
        finally:
            connection.__dict__["body_framing"] = original


class _CountingSession(Session):
    """A session that counts where the errors that come out of it were raised."""

    sites: Counter[str]

    def _call(self, by: str, method: str, *arguments: Any) -> Any:
        with self._counted():
            return super()._call(by, method, *arguments)

    def make(self, spec: dict[str, Any]) -> Any:
        with self._counted():
            return super().make(spec)

    @contextmanager
    def _counted(self) -> Generator[None]:
        try:
            yield
        except CallRaised as raised:
            site = _site(raised.error)
            if site is not None:
                self.sites[site] += 1
            raise


def _site(error: BaseException | None) -> str | None:
    """The statement that an error comes from, before it was raised again as the peer's."""
    found = None
    while error is not None:
        traceback = error.__traceback__
        while traceback is not None:
            frame, line = traceback.tb_frame, traceback.tb_lineno
            found = _all_sites().get((frame.f_globals["__name__"], line), found)
            traceback = traceback.tb_next
        error = error.__context__
    return found


@cache
def _all_sites() -> dict[tuple[str, int], str]:
    """The names of all statements that raise an error, by the lines that they stand on."""
    named: Counter[str] = Counter()
    sites: dict[tuple[str, int], str] = {}
    for module in _RAISING:
        for function in ast.walk(ast.parse(inspect.getsource(module))):
            if not isinstance(function, ast.FunctionDef):
                continue
            if (module, function.name) in _OUT_OF_REACH:
                continue
            for statement in ast.walk(function):
                if isinstance(statement, ast.Raise) and isinstance(statement.exc, ast.Call):
                    words = ast.unparse(statement.exc.args[0]).strip("f'\"").partition("{")[0]
                    name = f"{module.__name__.rpartition('.')[2]}.{function.name}: {words.strip()}"
                    named[name] += 1
                    for line in range(statement.lineno, (statement.end_lineno or 0) + 1):
                        sites[module.__name__, line] = (
                            name if named[name] == 1 else f"{name} ({named[name]})"
                        )
    return sites
