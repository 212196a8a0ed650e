"""A target's own state machine, learnt by asking it.

Owns the teacher, which answers what the target shows to a word, and the questions that a machine
that was learnt has to stand up to. The learning itself is AALpy's (KV; Kearns and Vazirani 1994).
Knows nothing of what a difference means.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# AALpy's types say little.

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
from ...strategies.machine import kept
from ...strategies.machine.alphabet import Output, Word, alphabet, shown, spelt, status, unread
from ...strategies.machine.mealy import Machine, Transition, differences
from ...strategies.machine.suite import words
from ...strategies.programs import Json, Program, Role
from ...strategies.traces import Trace, run
from ..execution.executor import InProcess, Side, unpacked

# Outputs that no step shows: the letter is not tried here; the target ended before.
_NOT_TRIED, _ENDED = -1, -2
# So many words are asked at once where the answers are not needed one by one.
_AT_ONCE = 400


class OutOfTime(Exception):
    """There is no time left to learn more."""


class Undetermined(Exception):
    """The target showed different outputs to the same letters, from the same beginning."""

    def __init__(self, role: Role, word: Word, outputs: tuple[Output, Output]) -> None:
        super().__init__(word)
        self.role: Role = role
        self.word = word
        self.outputs = outputs


@dataclass(frozen=True)
class Learnt:
    """A target's machine, what its outputs stand for, and the questions that it took."""

    role: Role
    machine: Machine
    outputs: tuple[Output, ...]
    questions: int


# Told of the states and the questions, again and again.
Progress = Callable[[int, int], None]


def learn(
    side: Side,
    role: Role,
    *,
    max_time: float | None = None,
    progress: Progress = lambda states, questions: None,
) -> Learnt:
    """Returns the machine of the target in one role.

    What was learnt has shown the same as the target in all words that tell it from the reference's
    machine, and in its own complete suite.

    Raises OutOfTime when that takes longer than ``max_time`` seconds, and Undetermined when there
    is no such machine.
    """
    deadline = None if max_time is None else time.monotonic() + max_time
    teacher = Teacher(side, role, deadline)
    letters = list(range(len(alphabet(role))))
    oracle = _Questions(letters, teacher, progress)
    found = run_KV(letters, teacher, oracle, "mealy", cache_and_non_det_check=False, print_level=0)
    machine = _machine(found, teacher).minimised()
    return Learnt(role, machine, tuple(teacher.outputs), teacher.asked)


class _Node:
    """What a target has been told so far, and what each further letter shows."""

    __slots__ = ("ended", "into", "unread")

    def __init__(self, *, unread: bool = False, ended: bool = False) -> None:
        self.into: dict[int, tuple[int, _Node]] = {}
        self.unread = unread
        self.ended = ended


class Teacher(SUL):  # type: ignore[misc]  # AALpy has no types
    """Answers what a target shows to words, and remembers it."""

    def __init__(self, side: Side, role: Role, deadline: float | None = None) -> None:
        super().__init__()
        self.outputs: list[Output] = list(kept.machine(role).outputs)
        self.asked = 0
        # What questions are mostly about: what one more letter shows behind one of these.
        self.bases: set[Word] = {()}
        # A process takes many words as soon as one.
        self._ahead = not isinstance(side, InProcess)
        self._side = side
        self.role: Role = role
        self._deadline = deadline
        self._letters = alphabet(role)
        self._numbers = {repr(output): at for at, output in enumerate(self.outputs)}
        self._root = _Node()

    def pre(self) -> None:
        """Begins nothing: words are told whole."""

    def post(self) -> None:
        """Ends nothing."""

    def step(self, letter: Any) -> Any:
        """Is not how this is asked."""
        raise NotImplementedError("a word is told whole, to query()")

    def query(self, word: Sequence[int]) -> list[int]:
        """Returns the output of each letter of the word."""
        word = tuple(word)
        if self._known(word) is None:
            self.ask(self._beside(word) if self._ahead else [word])
        answer = self._known(word)
        if answer is None:
            raise RuntimeError(f"no answer to {word}")
        return answer

    def seen(self, output: int) -> Json | None:
        """Returns what can be seen of the target behind an output."""
        return status(self.outputs[output]) if output >= 0 else None

    def ask(self, asked: Iterable[Word]) -> None:
        """Tells the target those of the words whose answer is not known."""
        left: list[Word] = [word for word in dict.fromkeys(asked) if self._known(word) is None]
        while left:
            if self._deadline is not None and time.monotonic() > self._deadline:
                raise OutOfTime
            self.asked += len(left)
            tried = [list(self._tried(word)) for word in left]
            programs = [
                spelt(self.role, tuple(word[at] for at in told))
                for word, told in zip(left, tried, strict=True)
            ]
            traces = self._side.submit(programs)()
            for word, told, program, each in zip(left, tried, programs, traces, strict=True):
                trace = unpacked(each)
                if trace is not None:
                    self._note(word, set(told), _forgiven(program, trace))
            left = [word for word in left if self._known(word) is None]

    def _beside(self, word: Word) -> Iterator[Word]:
        """The word, and those that are likely to be asked next."""
        yield word
        at = next(at for at in range(len(word) - 1, -1, -1) if word[:at] in self.bases)
        for letter in range(len(self._letters)):
            yield (*word[:at], letter, *word[at + 1 :])

    def _known(self, word: Word) -> list[int] | None:
        node = self._root
        outputs: list[int] = []
        for letter in word:
            known = node.into.get(letter)
            if known is None:
                if not node.ended:
                    return None
                known = _ENDED, node
            outputs.append(known[0])
            node = known[1]
        return outputs

    def _tried(self, word: Word) -> Iterator[int]:
        """The places of the letters to tell, as far as it is known which are not tried."""
        node: _Node | None = self._root
        for at, letter in enumerate(word):
            if node is not None and node.unread and self._letters[letter].receives:
                continue
            yield at
            known = None if node is None else node.into.get(letter)
            node = None if known is None else known[1]

    def _note(self, word: Word, told: set[int], trace: list[Json]) -> None:
        """Takes the answer in, up to a letter that should not have been told."""
        node, begin, so_far = self._root, 0, list[int]()
        for at, letter in enumerate(word):
            if node.ended:
                return
            if node.unread and self._letters[letter].receives:
                node.into[letter] = _NOT_TRIED, node
                if at in told:
                    return
                continue
            so_far.append(letter)
            end = begin + len(self._letters[letter].steps)
            node = self._into(node, letter, trace[begin:end], end - begin, tuple(so_far))
            begin = end

    def _into(
        self, node: _Node, letter: int, observations: list[Json], steps: int, word: Word
    ) -> _Node:
        output = tuple(map(shown, observations))
        number = self._numbers.setdefault(repr(output), len(self.outputs))
        if number == len(self.outputs):
            self.outputs.append(output)
        known = node.into.get(letter)
        if known is None:
            ended = len(observations) < steps or "fault" in observations[-1]
            after = _Node(ended=ended, unread=not ended and unread(status(output)))
            known = node.into[letter] = number, after
        elif known[0] != number:
            raise Undetermined(self.role, word, (self.outputs[known[0]], output))
        return known[1]


def _forgiven(program: Program, trace: list[Json]) -> list[Json]:
    """The trace as it would be without upstream deviations, which make no other machine.

    Behind a difference that is none of them, nobody can say which step should have shown what.
    """
    stumbled = [at for at, form in enumerate(trace) if "AttributeError" in str(form.get("raised"))]
    if not stumbled:
        return trace
    expected = run(reference, program)
    found = compare(program, expected, Trace(trace), UPSTREAM_DEVIATIONS).divergence
    end = len(trace) if found is None else found.step
    return [
        expected.form[at] if at in stumbled and at < end else form for at, form in enumerate(trace)
    ]


class _Questions(Oracle):  # type: ignore[misc]  # AALpy has no types
    """Looks for a word to which the target shows something else than what was learnt."""

    def __init__(self, letters: list[int], teacher: Teacher, progress: Progress) -> None:
        super().__init__(letters, teacher)
        self._teacher = teacher
        self._progress = progress
        self._reference = kept.machine(teacher.role).machine

    def find_cex(self, hypothesis: Any) -> Word | None:
        """Returns such a word, or None."""
        teacher = self._teacher
        teacher.bases = {tuple(state.prefix) for state in hypothesis.states}
        machine = _machine(hypothesis, teacher)
        self._progress(machine.size, teacher.asked)
        # Where the machine that was learnt so far is not the reference's, mostly more is to learn.
        nearest = (each.word for each in differences(self._reference, machine, follow=_any))
        return self._wrong(machine, nearest) or self._wrong(machine, words(machine.minimised()))

    def _wrong(self, machine: Machine, asked: Iterable[Word]) -> Word | None:
        rest, size = iter(asked), 1
        while some := list(islice(rest, size)):
            # The first may be wrong: then the others were asked for nothing.
            size = min(2 * size, _AT_ONCE)
            self._teacher.ask(some)
            for word in some:
                outputs = zip(self._teacher.query(word), _outputs(machine, word), strict=True)
                for at, (actual, learnt) in enumerate(outputs):
                    if actual != learnt:
                        return word[: at + 1]
        return None


def _any(one: int, other: int) -> bool:
    return True


def _outputs(machine: Machine, word: Word) -> Iterator[int]:
    state = 0
    for letter in word:
        transition = machine.transitions[state][letter]
        if transition is None:
            yield _NOT_TRIED
        else:
            state, output = transition
            yield output


def _machine(hypothesis: Any, teacher: Teacher) -> Machine:
    """AALpy's machine as one of ours."""
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
        for letter in range(len(state.transitions)):
            into, output = numbers[id(state.transitions[letter])], state.output_fun[letter]
            row.append(None if output == _NOT_TRIED else (into, output))
            if output != _NOT_TRIED:
                looks = repr(teacher.seen(output))
                seen.setdefault(into, kinds.setdefault(looks, len(kinds)))
        rows.append(tuple(row))
    return Machine(tuple(rows), tuple(seen.get(state, -1) for state in range(len(states))))
