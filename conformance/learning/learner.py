"""Active automata learning of a target's state machine.

Owns the teacher, which answers output queries by running programs on the target, and the
equivalence oracle. The learning algorithm is AALpy's (KV; Kearns and Vazirani 1994). It must not
know what a difference from the reference means.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# AALpy is only partly typed.

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from aalpy.base import SUL, Oracle  # type: ignore[import-untyped]  # it has no types
from aalpy.learning_algs import run_KV  # type: ignore[import-untyped]  # it has no types

from ... import reference
from ...reports.findings.deviations import UPSTREAM_DEVIATIONS
from ...reports.findings.divergence import compare
from ...strategies.machine import stored
from ...strategies.machine.alphabet import (
    Output,
    Word,
    abstracted,
    alphabet,
    has_unread,
    status,
    to_program,
)
from ...strategies.machine.mealy import Machine, Transition, differences
from ...strategies.machine.suite import words
from ...strategies.program import Json, Program, Role
from ...strategies.traces import Trace, run
from ..execution.executor import Executor, InProcessExecutor, parse_observations

# Pseudo-outputs without an observation. The symbol is not applied in this state:
_NOT_APPLIED = -1
# The target ended at an earlier symbol:
_ENDED = -2
# The largest batch of words in an equivalence query.
_MAX_BATCH = 400


class OutOfTime(Exception):
    """Learning took longer than allowed."""


class Nondeterministic(Exception):
    """The target showed different outputs for the same word.

    ``outputs`` has two outputs of the last input symbol: the first one, and one that differs.
    """

    def __init__(self, role: Role, word: Word, outputs: tuple[Output, Output]) -> None:
        super().__init__(word)
        self.role: Role = role
        self.word = word
        self.outputs = outputs


@dataclass(frozen=True)
class LearnedMachine:
    """A target's machine, its outputs by number, and how many queries were needed to learn it."""

    role: Role
    machine: Machine
    outputs: tuple[Output, ...]
    queries: int


# Is called with the number of states and of queries after each round.
Progress = Callable[[int, int], None]


def learn(
    executor: Executor,
    role: Role,
    *,
    max_time: float | None = None,
    progress: Progress = lambda states, queries: None,
) -> LearnedMachine:
    """Returns the target's machine in one role.

    The machine agrees with the target on its own complete suite, and on every word that was found
    to distinguish it from the reference's machine.

    Args:
        executor: runs the target.
        role: the role of the connection.
        max_time: the time limit in seconds; None for no limit.
        progress: is called with the number of states and of queries after each round.

    Raises:
        OutOfTime: learning took longer than ``max_time``.
        Nondeterministic: the target shows different outputs for the same word.
    """
    deadline = None if max_time is None else time.monotonic() + max_time
    teacher = Teacher(executor, role, deadline)
    symbols = list(range(len(alphabet(role))))
    oracle = _EquivalenceOracle(symbols, teacher, progress)
    learned = run_KV(
        symbols, teacher, oracle, "mealy", cache_and_non_det_check=False, print_level=0
    )
    machine = _machine(learned, teacher).minimised()
    return LearnedMachine(role, machine, tuple(teacher.outputs), teacher.queries)


class _Node:
    """A node of the query tree: the output and the next node of each input symbol.

    ``unread`` is whether the target has unread bytes at this node, and ``ended`` whether it has
    ended, so that no further symbol can be applied.
    """

    __slots__ = ("ended", "next", "unread")

    def __init__(self, *, unread: bool = False, ended: bool = False) -> None:
        self.next: dict[int, tuple[int, _Node]] = {}
        self.unread = unread
        self.ended = ended


class Teacher(SUL):  # type: ignore[misc]  # AALpy has no types
    """Answers output queries by running the target, and stores the answers in a tree."""

    def __init__(self, executor: Executor, role: Role, deadline: float | None = None) -> None:
        super().__init__()
        self.outputs: list[Output] = list(stored.machine(role).outputs)
        self.queries = 0
        # The access words of the hypothesis; most queries extend one of them by a symbol.
        self.access_words: set[Word] = {()}
        # A process runs a batch of words nearly as fast as one word.
        self._prefetches = not isinstance(executor, InProcessExecutor)
        self._executor = executor
        self.role: Role = role
        self._deadline = deadline
        self._symbols = alphabet(role)
        self._numbers = {repr(output): at for at, output in enumerate(self.outputs)}
        self._root = _Node()

    def pre(self) -> None:
        """Does nothing: AALpy calls it before a word that is run step by step."""

    def post(self) -> None:
        """Does nothing, like ``pre``."""

    def step(self, letter: Any) -> Any:
        """Not supported: ``query`` runs a whole word."""
        raise NotImplementedError("query() runs a whole word")

    def query(self, word: Sequence[int]) -> list[int]:
        """Returns the number of the output of each symbol of the word."""
        word = tuple(word)
        if self._known(word) is None:
            self.run(self._neighbours(word) if self._prefetches else [word])
        answer = self._known(word)
        if answer is None:
            raise RuntimeError(f"no answer to {word}")
        return answer

    def status_after(self, output: int) -> Json | None:
        """Returns the status of the target after an output; None if there is no observation."""
        return status(self.outputs[output]) if output >= 0 else None

    def run(self, queries: Iterable[Word]) -> None:
        """Runs on the target the words whose outputs are not known yet."""
        left: list[Word] = [word for word in dict.fromkeys(queries) if self._known(word) is None]
        while left:
            if self._deadline is not None and time.monotonic() > self._deadline:
                raise OutOfTime
            self.queries += len(left)
            positions = [list(self._applied(word)) for word in left]
            programs = [
                to_program(self.role, tuple(word[at] for at in applied))
                for word, applied in zip(left, positions, strict=True)
            ]
            traces = self._executor.submit(programs)()
            for word, applied, program, each in zip(left, positions, programs, traces, strict=True):
                trace = parse_observations(each)
                if trace is not None:
                    self._store(word, set(applied), _without_upstream_bugs(program, trace))
            left = [word for word in left if self._known(word) is None]

    def _neighbours(self, word: Word) -> Iterator[Word]:
        """The word, and words that are likely to be queried next."""
        yield word
        at = next(at for at in range(len(word) - 1, -1, -1) if word[:at] in self.access_words)
        for symbol in range(len(self._symbols)):
            yield (*word[:at], symbol, *word[at + 1 :])

    def _known(self, word: Word) -> list[int] | None:
        node = self._root
        outputs: list[int] = []
        for symbol in word:
            known = node.next.get(symbol)
            if known is None:
                if not node.ended:
                    return None
                known = _ENDED, node
            outputs.append(known[0])
            node = known[1]
        return outputs

    def _applied(self, word: Word) -> Iterator[int]:
        """Yields the positions of the symbols to apply: all except those known not to be."""
        node: _Node | None = self._root
        for at, symbol in enumerate(word):
            if node is not None and node.unread and self._symbols[symbol].receives:
                continue
            yield at
            known = None if node is None else node.next.get(symbol)
            node = None if known is None else known[1]

    def _store(self, word: Word, applied: set[int], trace: list[Json]) -> None:
        """Stores the outputs of a word up to the first symbol that should not have been applied."""
        node, begin, prefix = self._root, 0, list[int]()
        for at, symbol in enumerate(word):
            if node.ended:
                return
            if node.unread and self._symbols[symbol].receives:
                node.next[symbol] = _NOT_APPLIED, node
                if at in applied:
                    return
                continue
            prefix.append(symbol)
            end = begin + len(self._symbols[symbol].steps)
            node = self._next(node, symbol, trace[begin:end], end - begin, tuple(prefix))
            begin = end

    def _next(
        self, node: _Node, symbol: int, observations: list[Json], steps: int, word: Word
    ) -> _Node:
        """Returns the node after a symbol, created if it is new; another output is an error."""
        output = tuple(map(abstracted, observations))
        number = self._numbers.setdefault(repr(output), len(self.outputs))
        if number == len(self.outputs):
            self.outputs.append(output)
        known = node.next.get(symbol)
        if known is None:
            ended = len(observations) < steps or "fault" in observations[-1]
            after = _Node(ended=ended, unread=not ended and has_unread(status(output)))
            known = node.next[symbol] = number, after
        elif known[0] != number:
            raise Nondeterministic(self.role, word, (self.outputs[known[0]], output))
        return known[1]


def _without_upstream_bugs(program: Program, trace: list[Json]) -> list[Json]:
    """Returns the trace with upstream deviations replaced by the reference's observations.

    Nothing is replaced after the first other difference, since the expected observations are
    unknown from there on.
    """
    bugs = [at for at, form in enumerate(trace) if "AttributeError" in str(form.get("raised"))]
    if not bugs:
        return trace
    expected = run(reference, program)
    found = compare(program, expected, Trace(trace), UPSTREAM_DEVIATIONS).divergence
    end = len(trace) if found is None else found.step
    return [expected.form[at] if at in bugs and at < end else form for at, form in enumerate(trace)]


class _EquivalenceOracle(Oracle):  # type: ignore[misc]  # AALpy has no types
    """Searches for a word on which the target and the hypothesis differ."""

    def __init__(self, symbols: list[int], teacher: Teacher, progress: Progress) -> None:
        super().__init__(symbols, teacher)
        self._teacher = teacher
        self._progress = progress
        self._reference = stored.machine(teacher.role).machine

    def find_cex(self, hypothesis: Any) -> Word | None:
        """Returns a counterexample, or None."""
        teacher = self._teacher
        teacher.access_words = {tuple(state.prefix) for state in hypothesis.states}
        machine = _machine(hypothesis, teacher)
        self._progress(machine.size, teacher.queries)
        # A hypothesis that differs from the reference is usually just incomplete there.
        nearest = (each.word for each in differences(self._reference, machine, follow=_always))
        suite = words(machine.minimised())
        return self._counterexample(machine, nearest) or self._counterexample(machine, suite)

    def _counterexample(self, machine: Machine, candidates: Iterable[Word]) -> Word | None:
        """Returns the shortest differing prefix of the first candidate that differs, or None."""
        rest, size = iter(candidates), 1
        while batch := list(islice(rest, size)):
            # Batches grow, as the first word may already be a counterexample.
            size = min(2 * size, _MAX_BATCH)
            self._teacher.run(batch)
            for word in batch:
                outputs = zip(self._teacher.query(word), _outputs(machine, word), strict=True)
                for at, (actual, learned) in enumerate(outputs):
                    if actual != learned:
                        return word[: at + 1]
        return None


def _always(one: int, other: int) -> bool:
    return True


def _outputs(machine: Machine, word: Word) -> Iterator[int]:
    state = 0
    for symbol in word:
        transition = machine.transitions[state][symbol]
        if transition is None:
            yield _NOT_APPLIED
        else:
            state, output = transition
            yield output


def _machine(hypothesis: Any, teacher: Teacher) -> Machine:
    """AALpy's machine as a ``Machine``."""
    states: list[Any] = [
        hypothesis.initial_state,
        *(state for state in hypothesis.states if state is not hypothesis.initial_state),
    ]
    numbers = {id(state): at for at, state in enumerate(states)}
    rows: list[tuple[Transition, ...]] = []
    kinds: dict[str, int] = {}
    seen: dict[int, int] = {}
    for state in states:
        row: list[Transition] = []
        for symbol in range(len(state.transitions)):
            into, output = numbers[id(state.transitions[symbol])], state.output_fun[symbol]
            row.append(None if output == _NOT_APPLIED else (into, output))
            if output != _NOT_APPLIED:
                status_text = repr(teacher.status_after(output))
                seen.setdefault(into, kinds.setdefault(status_text, len(kinds)))
        rows.append(tuple(row))
    return Machine(tuple(rows), tuple(seen.get(state, -1) for state in range(len(states))))
