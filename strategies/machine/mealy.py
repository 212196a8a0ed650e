"""Mealy machines whose states have a visible status.

Owns the value and its algorithms: running words, minimising, and comparing two machines. Input
symbols, outputs and statuses are numbers here; their meaning is not known.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from functools import cached_property

# The state after an input symbol, and the output; None where the symbol is not tried.
Transition = tuple[int, int] | None
Word = tuple[int, ...]


@dataclass(frozen=True)
class Machine:
    """A deterministic machine; state 0 is the initial one.

    ``transitions`` has a row for each state, with an entry for each input symbol; ``seen`` has the
    visible status of each state.
    """

    transitions: tuple[tuple[Transition, ...], ...]
    seen: tuple[int, ...]

    @property
    def size(self) -> int:
        """The number of states."""
        return len(self.transitions)

    @cached_property
    def access(self) -> tuple[Word, ...]:
        """The shortest word into each state; all states are reachable."""
        words: dict[int, Word] = {0: ()}
        waiting = deque([0])
        while waiting:
            state = waiting.popleft()
            for symbol, transition in enumerate(self.transitions[state]):
                if transition is not None and transition[0] not in words:
                    words[transition[0]] = (*words[state], symbol)
                    waiting.append(transition[0])
        return tuple(words[state] for state in range(self.size))

    def after(self, word: Word, state: int = 0) -> int:
        """Returns the state after a word; symbols that are not tried change nothing."""
        for symbol in word:
            transition = self.transitions[state][symbol]
            if transition is not None:
                state = transition[0]
        return state

    def tried(self, word: Word) -> Word:
        """Returns the word without the symbols that are not tried in its states."""
        state, symbols = 0, list[int]()
        for symbol in word:
            transition = self.transitions[state][symbol]
            if transition is not None:
                symbols.append(symbol)
                state = transition[0]
        return tuple(symbols)

    def outputs(self, word: Word) -> Iterator[int]:
        """Yields the output to each symbol; raises ValueError for one that is not tried."""
        state = 0
        for symbol in word:
            transition = self.transitions[state][symbol]
            if transition is None:
                raise ValueError(f"symbol {symbol} is not tried in state {state}")
            state, output = transition
            yield output

    def minimised(self) -> Machine:
        """Returns the smallest machine with the same outputs, its nearest states first."""
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
        """The class of each state; no word distinguishes states of a class (Moore's refinement)."""
        classes = list(self.seen)
        count = len(set(classes))
        while True:
            classes = refined(self, classes)
            if len(set(classes)) == count:
                return classes
            count = len(set(classes))


def refined(machine: Machine, classes: list[int]) -> list[int]:
    """Returns finer classes: states stay together if their transitions lead to the same classes."""
    numbers: dict[Hashable, int] = {}
    return [
        numbers.setdefault((classes[state], tuple(_row_classes(row, classes))), len(numbers))
        for state, row in enumerate(machine.transitions)
    ]


def _row_classes(row: tuple[Transition, ...], classes: list[int]) -> Iterator[Hashable]:
    for transition in row:
        yield None if transition is None else (classes[transition[0]], transition[1])


@dataclass(frozen=True)
class Difference:
    """A shortest word at whose last symbol two machines differ, and their states before it."""

    word: Word
    states: tuple[int, int]


def differences(
    one: Machine, other: Machine, *, follow: Callable[[int, int], bool] = lambda one, other: False
) -> Iterator[Difference]:
    """Yields each symbol at which the machines differ in each pair of states, nearest first.

    Args:
        follow: whether to continue after a difference, given the two outputs.
    """
    words: dict[tuple[int, int], Word] = {(0, 0): ()}
    waiting = deque(words)
    while waiting:
        pair = waiting.popleft()
        rows = one.transitions[pair[0]], other.transitions[pair[1]]
        for symbol, (left, right) in enumerate(zip(*rows, strict=True)):
            if left is None and right is None:
                continue
            word = (*words[pair], symbol)
            if left is None or right is None or left[1] != right[1]:
                yield Difference(word, pair)
                if left is None or right is None or not follow(left[1], right[1]):
                    continue
            into = (left[0], right[0])
            if into not in words:
                words[into] = word
                waiting.append(into)
