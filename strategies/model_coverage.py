"""Model coverage: which states, transitions and errors of the reference the programs reach, and
which shapes of calls they have.

Owns the lists of what can be reached, taken from the reference itself, and the counts of what was
reached. Knows nothing of how programs are drawn.
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
from .call_shapes import CALL_SHAPES, shapes_of
from .internals import Internals, framing_of, internals
from .interpreter import CallRaised, MultiSession
from .messages import CORRUPTIONS, WireMessage
from .program import Json, Program, Send, is_tuple, step_on
from .traces import Trace

_ROLES = {"client": reference.CLIENT, "server": reference.SERVER}
_EVENTS = (
    reference.Request,
    reference.InformationalResponse,
    reference.Response,
    reference.Data,
    reference.EndOfMessage,
    reference.ConnectionClosed,
)
# The modules that raise errors which a program can cause.
_RAISING = (connection, events, headers, reading, states, writing)
# No program gets there: its role is always one of the two.
_UNREACHABLE = ((connection, "__init__"),)
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
    "call shape",
)
# The dimensions of which two thousand programs must reach every item. Refused events are enumerated
# by the sweeps, so a search may miss some.
REQUIRED = ("joint state", "transition", "error site", "framing", "corruption", "call shape")


@dataclass
class ModelCoverage:
    """How many programs and steps were counted, and how often they reached each item.

    ``counts`` has a counter for each of DIMENSIONS. Call shapes are counted once for each program,
    and ``roles`` has the number of programs of each role.
    """

    programs: int = 0
    steps: int = 0
    counts: dict[str, Counter[str]] = field(
        default_factory=lambda: {dimension: Counter[str]() for dimension in DIMENSIONS}
    )
    roles: Counter[str] = field(default_factory=Counter[str])

    def add(self, program: Program, messages: tuple[WireMessage, ...] = ()) -> None:
        """Runs the program on the reference and counts what it reaches.

        Args:
            messages: the peer's messages in it, for the names of corruptions.
        """
        self.programs += 1
        self.roles[program.role] += 1
        self.steps += len(program.steps)
        self.counts["corruption"].update(m.corruption for m in messages if m.corruption)
        session = _CountingSession(reference, program.to_json())
        session.sites = self.counts["error site"]
        observer = _observer(self.counts["transition"])
        observations: list[Json] = []
        for step in program.steps:
            on, single = step_on(step)
            form = step.to_json()
            used, role = session.connection_of(form), program.connections[on].role
            internals(used).states.observer = observer
            before = str(used.our_state)
            bodies = internals(used)
            observation = session.step(form)
            observations.append(observation)
            self.counts["step"][form["do"]] += 1
            if "client" in observation:
                joint = f"{observation['client']}/{observation['server']}"
                self.counts["joint state"][joint] += 1
            self._count_framings(role, bodies, internals(used))
            raised = observation.get("raised")
            if raised is None:
                continue
            self.counts["status hint"][str(raised.get("hint", "none"))] += 1
            if isinstance(single, Send) and raised["by"] == "send":
                self.counts["refused event"][f"{role} {before}: {single.event.type}"] += 1
        shapes = shapes_of(program, Trace(observations))
        self.counts["call shape"].update(f"{program.role}: {shape.name}" for shape in shapes)

    def _count_framings(self, role: str, before: Internals, after: Internals) -> None:
        """Counts the framing of each head of a step: it makes a new body reader or writer."""
        peer = "server" if role == "client" else "client"
        if after.body_reader is not before.body_reader:
            self.counts["framing"][f"{peer} {_framing_name(framing_of(after.body_reader))}"] += 1
        if after.body_writer is not before.body_writer:
            self.counts["framing"][f"{role} {_framing_name(framing_of(after.body_writer))}"] += 1

    def missed(self) -> Iterator[tuple[str, str]]:
        """Yields each item of REQUIRED that was not reached, with its dimension before it."""
        for dimension in REQUIRED:
            for item in coverage_items()[dimension]:
                if not self.counts[dimension][item]:
                    yield dimension, item

    def share(self, shape: str) -> float:
        """Returns the share of the programs of its role that have a call shape, from 0 to 1.

        Args:
            shape: the item of the dimension "call shape", such as "server: ends twice".
        """
        return self.counts["call shape"][shape] / max(self.roles[shape.partition(":")[0]], 1)

    def table(self) -> Iterator[tuple[str, str, int]]:
        """Yields dimension, item and count, the rarest items of each dimension first."""
        known = coverage_items()
        for dimension in DIMENSIONS:
            counts = self.counts[dimension]
            items = {*known.get(dimension, ()), *counts}
            for item in sorted(items, key=lambda item: (counts[item], item)):
                yield dimension, item, counts[item]


@cache
def coverage_items() -> dict[str, list[str]]:
    """Returns all items of each dimension that has a finite number of them."""
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
        "call shape": [f"{role}: {shape.name}" for shape in CALL_SHAPES for role in shape.roles],
    }


def _refusable(joint_states: set[str]) -> Iterator[str]:
    """The events that each role may not send in each of its states."""
    for number, role in enumerate(_ROLES):
        for state in {joint.split("/")[number] for joint in joint_states}:
            table = states.EVENT_TRIGGERED[_ROLES[role]][getattr(reference, state)]
            for event in _EVENTS:
                if event not in table:
                    yield f"{role} {state}: {event.__name__}"


def _explored() -> tuple[set[str], set[str]]:
    """Joint states and transitions, by exploring the reference's two machines breadth first."""
    transitions: Counter[str] = Counter()
    joint_states: set[str] = set()
    waiting = [states.States()]
    known = {_key(waiting[0])}
    while waiting:
        before = waiting.pop()
        joint_states.add("/".join(str(before.current[role]) for role in _ROLES.values()))
        for change in _changes():
            after = deepcopy(before)
            after.observer = _observer(transitions)
            try:
                change(after)
            except reference.LocalProtocolError:
                continue
            after.observer = None  # it is copied again
            if _key(after) not in known:
                known.add(_key(after))
                waiting.append(after)
    return joint_states, set(transitions)


def _key(machines: states.States) -> Hashable:
    current = tuple(machines.current[role] for role in _ROLES.values())
    return current, machines.keep_alive, frozenset(machines.proposals)


def _changes() -> Iterator[Callable[[states.States], None]]:
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


def _observer(counts: Counter[str]) -> Callable[[Any, Any, Any, Hashable], None]:
    """An observer of the reference's states that counts the entries of both transition tables."""

    def observe(role: Any, before: Any, after: Any, key: Hashable) -> None:
        if not is_tuple(key):
            if key is not None:
                counts[f"{role} {before} {_word(key)} -> {after}"] += 1
        elif role is reference.CLIENT:  # the entry of a joint state changes both roles in turn
            counts[f"{_joint(key)} -> {_joint(states.STATE_TRIGGERED[key])}"] += 1

    return observe


def _word(key: Hashable) -> str:
    return key.__name__ if isinstance(key, type) else str(key)


def _joint(pair: tuple[Any, ...]) -> str:
    return "/".join(map(str, pair))


def _framing_name(framing: Framing | int) -> str:
    if isinstance(framing, Framing):
        return framing.value
    return "length" if framing else "no body"


class _CountingSession(MultiSession):
    """A session that counts where the errors that come out of it were raised."""

    sites: Counter[str]

    def _call(self, by: str, method: str, *arguments: Any, **keywords: Any) -> Any:
        with self._counted():
            return super()._call(by, method, *arguments, **keywords)

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
    """The statement that raised the error first, before it was raised again as the peer's."""
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
    """The names of all statements that raise an error, by module and line."""
    named: Counter[str] = Counter()
    sites: dict[tuple[str, int], str] = {}
    for module in _RAISING:
        for function in ast.walk(ast.parse(inspect.getsource(module))):
            if not isinstance(function, ast.FunctionDef):
                continue
            if (module, function.name) in _UNREACHABLE:
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
