"""Whether a planted fault shows in less than its minimal program: by trying what is less.

Owns what is tried, and how so many programs can be. ``python -m faulty.enumeration [FAULT ...]``
tries all of it, with ``tests`` on the path. Of each fault, that is:

- every program with fewer steps, with the default limit and the program's own: of up to three steps
  over the wide alphabet (up to 89 steps: the bare ones, each event in legal and nearly legal forms,
  and whatever minimal programs of the role send, or receive up to the end of some line), of four
  over the middle one (up to 54, of received pieces only its own and four others), and of more over
  the narrow one (up to 23, with each event in one form beside its own);
- every program of as many steps that costs less: of one or two over the wide alphabet, of up to
  four over the middle one, of five or six over the narrow one;
- every program that costs less and is one or two edits away, an edit being the removal of a byte, a
  field or an argument, or a simple one in its place.

Both sides are put where they were before, rather than run again, and are gone on from once wherever
they have been together. So 351 million programs of 55 faults took 6.3 million steps and 384 seconds
of processor time. None of them shows its fault.
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
from h11spec.strategies.programs import (
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
from h11spec.strategies.reduction import cost
from h11spec.strategies.traces import Trace

from .conversing import CLOSE, CYCLE, END, SHORT_GET, answer, ask, data, hear, send
from .minimal import MINIMAL
from .showing import found, implementation

BARE: tuple[Step, ...] = (ReceiveEOF(), NextEvent(), Drain(), SendFailed(), CYCLE)
# One of each event, and a head that fails on its way.
SENT: tuple[Step, ...] = (
    ask(),
    send("Request", method=b"0", target=b"0", headers=[], http_version=b""),
    send("InformationalResponse", status_code=100, headers=[]),
    answer(),
    data(b"0"),
    END,
    CLOSE,
)
HEARD: tuple[Step, ...] = (
    Receive(b"0"),
    Receive(b"\r\n"),
    SHORT_GET,
    hear(b"HTTP/1.1 200 \nContent-Length: 0\n\n"),
)
FIELDS = (
    (b"Content-Length", b"0"),
    (b"Content-Length", b"1"),
    (b"Transfer-Encoding", b"chunked"),
    (b"Connection", b"close"),
)
# Each event in other forms, and some that are none.
ALSO_SENT: tuple[Step, ...] = (
    *(ask(method) for method in (b"GET", b"HEAD", b"CONNECT", b"")),
    *(ask(b"0", b"0", field) for field in FIELDS),
    ask(b"0", b"0", (b"Upgrade", b"0")),
    ask(b"0", b"0", (b"Expect", b"100-continue")),
    ask(b"0", b"0", (b"Host", b"")),
    send("Request", method=b"0", target=b"0", headers=[]),
    send("Request", method=b"0", target=b"0", headers=[(b"Host", b"")], http_version=b"1.0"),
    *(send("InformationalResponse", status_code=code, headers=[]) for code in (101, 200)),
    *(answer(field) for field in FIELDS),
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
# Up to so many steps of each alphabet; the narrow one goes on to any number of them, but for those
# programs that are as long as the minimal one.
WIDE, MIDDLE, LONGEST = 3, 4, 6

# Where both sides are.
_Kept = tuple[bytes, ...]


class _End(NamedTuple):
    """How both sides came to where they are, at what cost, and what the reference showed last."""

    steps: tuple[Step, ...]
    cost: int
    observed: Json


@dataclass
class Tried:
    """How many programs were enumerated, and how many steps were taken for it."""

    programs: int = 0
    steps: int = 0


class Enumeration:
    """Everything that is less than the minimal program of one fault.

    A program that is found to show the fault all the same is given out.
    """

    def __init__(self, name: str) -> None:
        _, self.minimal = MINIMAL[name]
        self.tried = Tried()
        self._faulty = implementation(name)
        self._identity = found(self._faulty, self.minimal)[0].identity
        self._lockstep = Lockstep(
            InProcessExecutor(reference), InProcessExecutor(self._faulty), UPSTREAM_DEVIATIONS
        )

    def in_fewer_steps(self) -> Iterator[Program]:
        """All programs with fewer steps, over an alphabet that narrows as they get longer."""
        most = len(self.minimal.steps) - 1
        yield from self.of_steps(self.wide, min(most, WIDE))
        if most > WIDE:
            yield from self.of_steps(self.middle, min(most, MIDDLE))
        if most > MIDDLE:
            yield from self.of_steps(self.narrow, most)

    def of_steps(self, alphabet: Iterable[Step], most: int) -> Iterator[Program]:
        """All programs of up to so many steps."""
        for start in self._starts():
            yield from self._shown([start])
            if most:
                yield from self._grown(start, alphabet, most, math.inf)

    def in_as_many_steps(self) -> Iterator[Program]:
        """All programs of as many steps that cost less, over an alphabet that narrows likewise."""
        many = len(self.minimal.steps)
        if many > LONGEST:
            return
        alphabet = self.wide if many < WIDE else self.middle if many <= MIDDLE else self.narrow
        for start in self._starts():
            if many == 1:
                yield from self._shown(replace(start, steps=(step,)) for step in alphabet)
            else:
                yield from self._grown(start, alphabet, many, cost(self.minimal)[1])

    def _starts(self) -> Iterator[Program]:
        for limit in dict.fromkeys([None, self.minimal.limit]):
            yield Program(self.minimal.role, (), limit)

    def _grown(
        self, start: Program, alphabet: Iterable[Step], most: int, below: float
    ) -> Iterator[Program]:
        """Breadth first, and from where both sides have been together it goes on only once.

        Nothing is lost by that: they came there in fewer steps, or at a lower cost, and all that
        follows is the same.
        """
        sizes = {step: cost(replace(start, steps=(step,)))[1] for step in alphabet}
        none = cost(start)[1]
        self.tried.programs += sum(len(sizes) ** steps for steps in range(1, most + 1))
        pair = _Pair(self._faulty, start)
        ends: dict[_Kept, _End] = {
            pair.kept(): _End((), none, {"client": "IDLE", "server": "IDLE"})
        }
        seen = set(ends)
        for left in range(most - 1, -1, -1):
            before, ends = ends, {}
            for (kept, end), (step, size) in product(before.items(), sizes.items()):
                spent = end.cost + size - none
                if spent >= below:
                    continue
                comparison, after = pair.take(step, kept, end.observed)
                self.tried.steps += 1
                if self._same(comparison):
                    yield replace(start, steps=(*end.steps, step))
                if left and comparison.divergence is None:
                    where = pair.kept()
                    if where not in seen and (where not in ends or spent < ends[where].cost):
                        ends[where] = _End((*end.steps, step), spent, after)
            seen.update(ends)

    def with_one_edit(self) -> Iterator[Program]:
        """All programs of as many steps that cost less and are one edit away."""
        yield from self._shown(dict.fromkeys(_edited(self.minimal)))

    def with_two_edits(self) -> Iterator[Program]:
        """All programs of as many steps that cost less and are two edits away."""
        once = dict.fromkeys(_edited(self.minimal))
        twice = dict.fromkeys(chain.from_iterable(map(_edited, once)))
        yield from self._shown(program for program in twice if program not in once)

    def _shown(self, programs: Iterable[Program]) -> Iterator[Program]:
        measure = cost(self.minimal)[:2]
        for program in programs:
            if cost(program)[:2] < measure:
                self.tried.programs += 1
                self.tried.steps += len(program.steps)
                if self._same(examined(self._lockstep, program)):
                    yield program

    def _same(self, comparison: Comparison) -> bool:
        return any(one.identity == self._identity for one in divergences(comparison))

    @cached_property
    def narrow(self) -> list[Step]:
        """The bare steps, one of each event, and what the minimal program itself is made of."""
        return [*BARE, *SENT, *HEARD, *_pieces([self.minimal])]

    @cached_property
    def middle(self) -> list[Step]:
        """As the narrow one, with the events in all their forms."""
        return [*self.narrow, *ALSO_SENT]

    @cached_property
    def wide(self) -> list[Step]:
        """As the middle one, with what all minimal programs of the role are made of."""
        others = (minimal for _, minimal in MINIMAL.values() if minimal.role == self.minimal.role)
        return [*self.middle, *_pieces(others)]


class _Pair:
    """The reference and a faulty implementation, to be put wherever they were before."""

    def __init__(self, faulty: Any, start: Program) -> None:
        self._sessions = [Session(side, start.role, start.limit) for side in (reference, faulty)]
        self._role: Role = start.role

    def kept(self) -> _Kept:
        """Where both are: everything that what they do next depends on."""
        return tuple(pickle.dumps(session.connection) for session in self._sessions)

    def take(self, step: Step, kept: _Kept, observed: Json) -> tuple[Comparison, Json]:
        """Takes a step from there; returns the comparison, and what was expected to be observed."""
        for session, connection in zip(self._sessions, kept, strict=True):
            session.connection = pickle.loads(connection)
        one, other = (session.step(step.to_json()) for session in self._sessions)
        if same_trace([one], [other]):
            return AGREES, one
        # What came before is compared as well: the same on both sides, it only tells the states.
        program = Program(self._role, (step, step))
        traces = Trace([observed, one]), Trace([observed, other])
        return compare(program, *traces, UPSTREAM_DEVIATIONS), one


def _pieces(programs: Iterable[Program]) -> Iterator[Step]:
    """What programs send, and what they receive, whole and up to the end of each line."""
    for step in chain.from_iterable(program.steps for program in programs):
        if isinstance(step, Receive):
            lines = step.data.splitlines(keepends=True)
            yield from (Receive(b"".join(lines[:end])) for end in range(1, len(lines) + 1))
        elif isinstance(step, Send):
            yield step


def _edited(program: Program) -> Iterator[Program]:
    """Every program in which one thing is left out, or is another simple one."""
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
    """Tries everything for these faults, or for all; returns how many programs show one."""
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
            print(f"{name} shows in less: {program}")
        tried = enumeration.tried
        programs, steps = programs + tried.programs, steps + tried.steps
        print(f"{name}: {tried.programs} programs, {tried.steps} steps", end=", ")
        print(f"{time.process_time() - start:.1f} s", flush=True)
    print(
        f"{programs} programs, {steps} steps, {time.process_time():.0f} s; {shorter} show in less"
    )
    return shorter


if __name__ == "__main__":
    sys.exit(bool(main(sys.argv[1:])))
