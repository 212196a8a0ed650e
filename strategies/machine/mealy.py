"""Mealy machines whose states can be told apart in part by looking.

Owns the value and what follows from it alone: running words, minimising, and where two machines
differ. Letters, outputs and what is seen are numbers here; what they stand for is not known.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from functools import cached_property

# The state after a letter, and the output; None where the letter is not tried.
Transition = tuple[int, int] | None
Word = tuple[int, ...]


@dataclass(frozen=True)
class Machine:
    """A deterministic machine; state 0 is the initial one.

    ``transitions`` has a row for each state, with an entry for each letter; ``seen`` says what can
    be seen of each state without a letter.
    """

    transitions: tuple[tuple[Transition, ...], ...]
    seen: tuple[int, ...]

    @property
    def size(self) -> int:
        """The number of states."""
        return len(self.transitions)

    @cached_property
    def access(self) -> tuple[Word, ...]:
        """The shortest word that leads into each state; all can be reached."""
        words: dict[int, Word] = {0: ()}
        waiting = deque([0])
        while waiting:
            state = waiting.popleft()
            for letter, transition in enumerate(self.transitions[state]):
                if transition is not None and transition[0] not in words:
                    words[transition[0]] = (*words[state], letter)
                    waiting.append(transition[0])
        return tuple(words[state] for state in range(self.size))

    def after(self, word: Word, state: int = 0) -> int:
        """Returns the state that the word leads to; letters that are not tried change nothing."""
        for letter in word:
            transition = self.transitions[state][letter]
            if transition is not None:
                state = transition[0]
        return state

    def tried(self, word: Word) -> Word:
        """Returns the word without the letters that are not tried where it comes to them."""
        state, letters = 0, list[int]()
        for letter in word:
            transition = self.transitions[state][letter]
            if transition is not None:
                letters.append(letter)
                state = transition[0]
        return tuple(letters)

    def outputs(self, word: Word) -> Iterator[int]:
        """Gives out the output of each letter of a word that has none that is not tried."""
        state = 0
        for letter in word:
            transition = self.transitions[state][letter]
            if transition is None:
                raise ValueError(f"letter {letter} is not tried in state {state}")
            state, output = transition
            yield output

    def minimised(self) -> Machine:
        """Returns the machine that shows the same with the fewest states, nearest states first."""
        classes = self._classes()
        numbers: dict[int, int] = {classes[0]: 0}
        rows: list[tuple[Transition, ...]] = []
        waiting = deque([0])
        chosen: list[int] = []
        while waiting:
            state = waiting.popleft()
            chosen.append(state)
            row: list[Transition] = []
            for transition in self.transitions[state]:
                if transition is None:
                    row.append(None)
                    continue
                into = classes[transition[0]]
                if into not in numbers:
                    numbers[into] = len(numbers)
                    waiting.append(transition[0])
                row.append((numbers[into], transition[1]))
            rows.append(tuple(row))
        return Machine(tuple(rows), tuple(self.seen[state] for state in chosen))

    def _classes(self) -> list[int]:
        """The class of each state, of those that no word tells apart (Moore's refinement)."""
        classes = list(self.seen)
        count = len(set(classes))
        while True:
            classes = refined(self, classes)
            if len(set(classes)) == count:
                return classes
            count = len(set(classes))


def refined(machine: Machine, classes: list[int]) -> list[int]:
    """Returns finer classes: of states that were in one, and go on into the same ones."""
    numbers: dict[Hashable, int] = {}
    return [
        numbers.setdefault((classes[state], tuple(_seen_of(row, classes))), len(numbers))
        for state, row in enumerate(machine.transitions)
    ]


def _seen_of(row: tuple[Transition, ...], classes: list[int]) -> Iterator[Hashable]:
    for transition in row:
        yield None if transition is None else (classes[transition[0]], transition[1])


@dataclass(frozen=True)
class Difference:
    """A shortest word at whose last letter two machines differ, and their states before it."""

    word: Word
    states: tuple[int, int]


def differences(
    one: Machine, other: Machine, *, follow: Callable[[int, int], bool] = lambda one, other: False
) -> Iterator[Difference]:
    """Gives out each letter at which the machines differ in each pair of states, nearest first.

    Args:
        follow: whether to look behind a difference, too, by the two outputs that differ there.
    """
    words: dict[tuple[int, int], Word] = {(0, 0): ()}
    waiting = deque(words)
    while waiting:
        pair = waiting.popleft()
        rows = one.transitions[pair[0]], other.transitions[pair[1]]
        for letter, (left, right) in enumerate(zip(*rows, strict=True)):
            if left is None and right is None:
                continue
            word = (*words[pair], letter)
            if left is None or right is None or left[1] != right[1]:
                yield Difference(word, pair)
                if left is None or right is None or not follow(left[1], right[1]):
                    continue
            into = (left[0], right[0])
            if into not in words:
                words[into] = word
                waiting.append(into)
