"""Enumerates what is smaller than the minimised program of a planted fault.

Owns the enumeration and its execution. ``python -m faulty.enumeration [FAULT ...]``, with ``tests``
on the path, runs all of it. For each fault, that is:

- every program with fewer steps, with the default limit and the program's own: of up to three steps
  over the wide alphabet (up to 89 steps: the bare ones, each event in legal and nearly legal forms,
  and everything that minimised programs of the role send, or receive up to the end of a line), of
  four over the middle one (up to 54, with its own received pieces and four others), and of more
  over the narrow one (up to 23, with one form of each event, and its own);
- every program of as many steps that costs less: of one or two over the wide alphabet, of up to
  four over the middle one, of five or six over the narrow one;
- every program that costs less and is one or two edits away. An edit removes a byte, a field or an
  argument, or replaces it by a simple one.

Both implementations are restored to snapshots, rather than run again, and each snapshot is
continued only once: 351 million programs of 55 faults took 6.3 million steps and 384 seconds of
processor time. None of them shows its fault.
"""

import math
import pickle
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain, product
from typing import Any, NamedTuple

from h11spec import reference
from h11spec.conformance.execution.executor import InProcessExecutor, same_trace
from h11spec.conformance.oracles.lockstep import Lockstep
from h11spec.conformance.oracles.oracle import compare as examined
from h11spec.conformance.oracles.oracle import divergences
from h11spec.reports.findings.deviations import UPSTREAM_DEVIATIONS
from h11spec.reports.findings.divergence import AGREES, Comparison, compare
from h11spec.strategies.interpreter import Session
from h11spec.strategies.program import (
    Drain,
    Json,
    NextEvent,
    Program,
    Receive,
    ReceiveEOF,
    Role,
    Send,
    SendFailed,
    Step,
    Typed,
    is_tuple,
)
from h11spec.strategies.simplicity import cost
from h11spec.strategies.traces import Trace

from .conversing import (
    CLOSE,
    CYCLE,
    END,
    SHORT_GET,
    data,
    receive,
    send,
    short_request,
    short_response,
)
from .minimal import MINIMAL
from .showing import found, implementation

BARE: tuple[Step, ...] = (ReceiveEOF(), NextEvent(), Drain(), SendFailed(), CYCLE)
# One of each event, and a head that fails while it is sent.
SENT: tuple[Step, ...] = (
    short_request(),
    send("Request", method=b"0", target=b"0", headers=[], http_version=b""),
    send("InformationalResponse", status_code=100, headers=[]),
    short_response(),
    data(b"0"),
    END,
    CLOSE,
)
RECEIVED: tuple[Step, ...] = (
    Receive(b"0"),
    Receive(b"\r\n"),
    SHORT_GET,
    receive(b"HTTP/1.1 200 \nContent-Length: 0\n\n"),
)
FIELDS = (
    (b"Content-Length", b"0"),
    (b"Content-Length", b"1"),
    (b"Transfer-Encoding", b"chunked"),
    (b"Connection", b"close"),
)
# Each event in other forms, some of them invalid.
ALSO_SENT: tuple[Step, ...] = (
    *(short_request(method) for method in (b"GET", b"HEAD", b"CONNECT", b"")),
    *(short_request(b"0", b"0", field) for field in FIELDS),
    short_request(b"0", b"0", (b"Upgrade", b"0")),
    short_request(b"0", b"0", (b"Expect", b"100-continue")),
    short_request(b"0", b"0", (b"Host", b"")),
    send("Request", method=b"0", target=b"0", headers=[]),
    send("Request", method=b"0", target=b"0", headers=[(b"Host", b"")], http_version=b"1.0"),
    *(send("InformationalResponse", status_code=code, headers=[]) for code in (101, 200)),
    *(short_response(field) for field in FIELDS),
    *(send("Response", status_code=code, headers=[]) for code in (100, 101, 204, 304, 400)),
    send("Response", status_code=200, headers=[], http_version=b"1.0"),
    data(b""),
    send("Data", data=b"", passthrough=True),
    send("Data", data=b"0", passthrough=True),
    send("Data", data=Typed("opaque", 1), passthrough=True),
    send("EndOfMessage", headers=[(b"0", b"")]),
    send("EndOfMessage", headers=[(b"", b"")]),
)
SIMPLE_BYTES = (b"a", b"0", b" ", b"\r\n")
# The maximum number of steps over the wide and the middle alphabet; the narrow one has no maximum.
# Programs with as many steps as the minimised one are only enumerated up to LONGEST.
WIDE, MIDDLE, LONGEST = 3, 4, 6

# The pickled connections of both implementations.
_Snapshot = tuple[bytes, ...]


class _Reached(NamedTuple):
    """The steps that led to a snapshot, their cost, and the last observation of the reference."""

    steps: tuple[Step, ...]
    cost: int
    observed: Json


@dataclass
class Counts:
    """The number of programs enumerated, and the number of steps taken for them."""

    programs: int = 0
    steps: int = 0


class Enumeration:
    """Enumerates every program that is smaller than the minimised program of one fault.

    Yields those that show the fault all the same.
    """

    def __init__(self, name: str) -> None:
        _, self.minimal = MINIMAL[name]
        self.counts = Counts()
        self._faulty = implementation(name)
        self._identity = found(self._faulty, self.minimal)[0].identity
        self._lockstep = Lockstep(
            InProcessExecutor(reference), InProcessExecutor(self._faulty), UPSTREAM_DEVIATIONS
        )

    def in_fewer_steps(self) -> Iterator[Program]:
        """All programs with fewer steps, over an alphabet that gets narrower as they get longer."""
        max_steps = len(self.minimal.steps) - 1
        yield from self.of_steps(self.wide, min(max_steps, WIDE))
        if max_steps > WIDE:
            yield from self.of_steps(self.middle, min(max_steps, MIDDLE))
        if max_steps > MIDDLE:
            yield from self.of_steps(self.narrow, max_steps)

    def of_steps(self, alphabet: Iterable[Step], max_steps: int) -> Iterator[Program]:
        """All programs of up to this many steps."""
        for start in self._starts():
            yield from self._tested([start])
            if max_steps:
                yield from self._extended(start, alphabet, max_steps, math.inf)

    def in_as_many_steps(self) -> Iterator[Program]:
        """All programs of as many steps that cost less, over an alphabet that narrows likewise."""
        size = len(self.minimal.steps)
        if size > LONGEST:
            return
        alphabet = self.wide if size < WIDE else self.middle if size <= MIDDLE else self.narrow
        for start in self._starts():
            if size == 1:
                yield from self._tested(replace(start, steps=(step,)) for step in alphabet)
            else:
                yield from self._extended(start, alphabet, size, cost(self.minimal)[1])

    def _starts(self) -> Iterator[Program]:
        for limit in dict.fromkeys([None, self.minimal.limit]):
            yield Program(self.minimal.role, (), limit)

    def _extended(
        self, start: Program, alphabet: Iterable[Step], max_steps: int, max_cost: float
    ) -> Iterator[Program]:
        """Breadth first; each snapshot is continued only once.

        Nothing is lost, since it was first reached in fewer steps or at a lower cost, and the
        continuations are the same.
        """
        sizes = {step: cost(replace(start, steps=(step,)))[1] for step in alphabet}
        none = cost(start)[1]
        self.counts.programs += sum(len(sizes) ** steps for steps in range(1, max_steps + 1))
        pair = _Pair(self._faulty, start)
        ends: dict[_Snapshot, _Reached] = {
            pair.snapshot(): _Reached((), none, {"client": "IDLE", "server": "IDLE"})
        }
        seen = set(ends)
        for left in range(max_steps - 1, -1, -1):
            before, ends = ends, {}
            for (snapshot, end), (step, size) in product(before.items(), sizes.items()):
                spent = end.cost + size - none
                if spent >= max_cost:
                    continue
                comparison, after = pair.take(step, snapshot, end.observed)
                self.counts.steps += 1
                if self._same(comparison):
                    yield replace(start, steps=(*end.steps, step))
                if left and comparison.divergence is None:
                    where = pair.snapshot()
                    if where not in seen and (where not in ends or spent < ends[where].cost):
                        ends[where] = _Reached((*end.steps, step), spent, after)
            seen.update(ends)

    def with_one_edit(self) -> Iterator[Program]:
        """All programs with as many steps that cost less and are one edit away."""
        yield from self._tested(dict.fromkeys(_edited(self.minimal)))

    def with_two_edits(self) -> Iterator[Program]:
        """All programs with as many steps that cost less and are two edits away."""
        once = dict.fromkeys(_edited(self.minimal))
        twice = dict.fromkeys(chain.from_iterable(map(_edited, once)))
        yield from self._tested(program for program in twice if program not in once)

    def _tested(self, programs: Iterable[Program]) -> Iterator[Program]:
        measure = cost(self.minimal)[:2]
        for program in programs:
            if cost(program)[:2] < measure:
                self.counts.programs += 1
                self.counts.steps += len(program.steps)
                if self._same(examined(self._lockstep, program)):
                    yield program

    def _same(self, comparison: Comparison) -> bool:
        return any(one.identity == self._identity for one in divergences(comparison))

    @cached_property
    def narrow(self) -> list[Step]:
        """The bare steps, one of each event, and the pieces of the minimised program."""
        return [*BARE, *SENT, *RECEIVED, *_pieces([self.minimal])]

    @cached_property
    def middle(self) -> list[Step]:
        """The narrow alphabet, with the events in all their forms."""
        return [*self.narrow, *ALSO_SENT]

    @cached_property
    def wide(self) -> list[Step]:
        """The middle alphabet, with the pieces of all minimised programs of the role."""
        others = (minimal for _, minimal in MINIMAL.values() if minimal.role == self.minimal.role)
        return [*self.middle, *_pieces(others)]


class _Pair:
    """The reference and a faulty implementation, both of which can be restored to a snapshot."""

    def __init__(self, faulty: Any, start: Program) -> None:
        self._sessions = [Session(side, start.role, start.limit) for side in (reference, faulty)]
        self._role: Role = start.role

    def snapshot(self) -> _Snapshot:
        """The state of both, which determines everything that they do next."""
        return tuple(pickle.dumps(session.connection) for session in self._sessions)

    def take(self, step: Step, snapshot: _Snapshot, observed: Json) -> tuple[Comparison, Json]:
        """Takes a step from a snapshot; returns the comparison and the expected observation."""
        for session, connection in zip(self._sessions, snapshot, strict=True):
            session.connection = pickle.loads(connection)
        one, other = (session.step(step.to_json()) for session in self._sessions)
        if same_trace([one], [other]):
            return AGREES, one
        # The previous observation is compared as well: it is equal on both and only gives the
        # states.
        program = Program(self._role, (step, step))
        traces = Trace([observed, one]), Trace([observed, other])
        return compare(program, *traces, UPSTREAM_DEVIATIONS), one


def _pieces(programs: Iterable[Program]) -> Iterator[Step]:
    """What programs send, and what they receive, complete and up to the end of each line."""
    for step in chain.from_iterable(program.steps for program in programs):
        if isinstance(step, Receive):
            lines = step.data.splitlines(keepends=True)
            yield from (Receive(b"".join(lines[:end])) for end in range(1, len(lines) + 1))
        elif isinstance(step, Send):
            yield step


def _edited(program: Program) -> Iterator[Program]:
    """Every program in which one thing is removed, or replaced by a simple one."""
    if program.limit is not None:
        yield replace(program, limit=None)
        yield from (replace(program, limit=limit) for limit in {0, max(0, program.limit - 1)})
    for at, step in enumerate(program.steps):
        for other in _edited_step(step):
            yield replace(program, steps=(*program.steps[:at], other, *program.steps[at + 1 :]))


def _edited_step(step: Step) -> Iterator[Step]:
    if isinstance(step, Receive):
        yield from (Receive(data) for data in _edited_value(step.data) if data)
    elif isinstance(step, Drain):
        yield NextEvent()
    elif isinstance(step, Send):
        event, arguments = step.event, step.event.arguments
        yield replace(step, passthrough=False)
        for at, (name, value) in enumerate(arguments):
            before, behind = arguments[:at], arguments[at + 1 :]
            yield replace(step, event=replace(event, arguments=(*before, *behind)))
            for other in _edited_value(value):
                changed = (*before, (name, other), *behind)
                yield replace(step, event=replace(event, arguments=changed))


def _edited_value(value: Any) -> Iterator[Any]:
    if isinstance(value, bytes):
        for at in range(len(value)):
            for other in (b"", *SIMPLE_BYTES):
                yield value[:at] + other + value[at + 1 :]
    elif is_tuple(value):
        for at, item in enumerate(value):
            yield (*value[:at], *value[at + 1 :])
            for other in _edited_value(item):
                yield (*value[:at], other, *value[at + 1 :])
    elif type(value) is int:
        yield from (0, 100, 200)


def main(names: list[str]) -> int:
    """Enumerates everything for these faults, or for all; returns how many programs show one."""
    shorter = programs = steps = 0
    for name in names or MINIMAL:
        start = time.process_time()
        enumeration = Enumeration(name)
        for program in chain(
            enumeration.in_fewer_steps(),
            enumeration.in_as_many_steps(),
            enumeration.with_one_edit(),
            enumeration.with_two_edits(),
        ):
            shorter += 1
            print(f"{name} shows in a smaller program: {program}")
        counts = enumeration.counts
        programs, steps = programs + counts.programs, steps + counts.steps
        print(f"{name}: {counts.programs} programs, {counts.steps} steps", end=", ")
        print(f"{time.process_time() - start:.1f} s", flush=True)
    print(
        f"{programs} programs, {steps} steps, {time.process_time():.0f} s; {shorter} smaller ones"
    )
    return shorter


if __name__ == "__main__":
    sys.exit(bool(main(sys.argv[1:])))
