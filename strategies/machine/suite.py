"""The complete test suite of a machine: input words that distinguish it from all similar machines.

Owns the suite, that of the HSI method (harmonised state identifiers; Luo, Petrenko and von Bochmann
1994), a variant of the Wp-method with fewer words: the shortest word into each state, each input
symbol from there, and then the words that distinguish the state that should have been reached from
all others. States that differ in their visible status need no such words. Knows nothing of what
symbols and outputs stand for.

The suite is complete: a deterministic machine over the same symbols with at most ``extra`` more
states, when minimised, and with the same outputs to all these words is equal to this one. This
assumes that outputs determine the visible status of the state after them, that the status
determines which symbols are tried, and that the initial states have the same status. The last
assumption holds where one symbol distinguishes the initial state from every other, as in the
machines of connections.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise, product

from .mealy import Machine, Word, refined

# The words that distinguish a state from all others.
Identifier = tuple[Word, ...]


def words(machine: Machine, extra: int = 0, cover: Iterable[Word] = ()) -> list[Word]:
    """Returns the words of the complete suite, in order; none is a prefix of another.

    Args:
        machine: a minimised machine.
        extra: how many more states an implementation may have.
        cover: words into further states that are tested in the same way, although the machine
            does not distinguish them.
    """
    identifiers = state_identifiers(machine)
    symbols = range(len(machine.transitions[0]))
    found: set[bytes] = set()
    access = [(into, 1) for into in cover] + [(into, extra + 1) for into in machine.access]
    for into, max_length in access:
        for length in range(max_length + 1):
            for through in product(symbols, repeat=length):
                if _tried(machine, into, through):
                    word = (*into, *through)
                    behind = identifiers[machine.after(word)] or ((),)
                    found.update(bytes(machine.tried((*word, *each))) for each in behind)
    return [tuple(word) for word in _longest(sorted(found))]


def _tried(machine: Machine, into: Word, through: Word) -> bool:
    """Whether each symbol of ``through`` is tried in its state."""
    state = machine.after(into)
    for symbol in through:
        transition = machine.transitions[state][symbol]
        if transition is None:
            return False
        state = transition[0]
    return True


def _longest(found: Iterable[bytes]) -> Iterator[bytes]:
    """Yields the sorted words that are not a prefix of the next word."""
    for word, following in pairwise([*found, b""]):
        if not following.startswith(word):
            yield word


def state_identifiers(machine: Machine) -> list[Identifier]:
    """Returns the identifier of each state.

    For any two states with the same status, both identifiers have a word, or a prefix of a word,
    that distinguishes them.
    """
    levels = _levels(machine)
    alike: defaultdict[int, list[int]] = defaultdict(list)
    for state, seen in enumerate(machine.seen):
        alike[seen].append(state)
    identifiers: list[Identifier] = [()] * machine.size
    waiting: list[tuple[list[int], Identifier]] = [(block, ()) for block in alike.values()]
    while waiting:
        block, so_far = waiting.pop()
        if len(block) == 1:
            identifiers[block[0]] = _without_prefixes(so_far)
            continue
        word, parts = _best(machine, levels, block)
        waiting += ((part, (*so_far, word)) for part in parts)
    return identifiers


def _best(
    machine: Machine, levels: list[list[int]], block: list[int]
) -> tuple[Word, list[list[int]]]:
    """The word that splits the block best, and the parts that it splits the block into."""
    candidates = {_distinguishing(machine, levels, block[0], other): None for other in block[1:]}
    best: tuple[tuple[int, int], Word, list[list[int]]] | None = None
    for word in candidates:
        parts: defaultdict[tuple[int, ...], list[int]] = defaultdict(list)
        for state in block:
            parts[_shown(machine, state, word)].append(state)
        rank = max(map(len, parts.values())), len(word)
        if best is None or rank < best[0]:
            best = rank, word, list(parts.values())
    if best is None:
        raise ValueError("a block of one state needs no word")
    return best[1], best[2]


def _levels(machine: Machine) -> list[list[int]]:
    """The classes of states that no word of length 0, 1, … distinguishes."""
    levels = [list(machine.seen)]
    while len(set(levels[-1])) < machine.size:
        finer = refined(machine, levels[-1])
        if len(set(finer)) == len(set(levels[-1])):
            raise ValueError("the machine is not minimal")
        levels.append(finer)
    return levels


def _distinguishing(machine: Machine, levels: list[list[int]], one: int, other: int) -> Word:
    """A shortest word that distinguishes two states."""
    length = next(at for at, level in enumerate(levels) if level[one] != level[other])
    word: list[int] = []
    for left in range(length - 1, -1, -1):
        for symbol, (first, second) in enumerate(
            zip(machine.transitions[one], machine.transitions[other], strict=True)
        ):
            if first is None or second is None:
                continue
            if first[1] != second[1]:
                return (*word, symbol)
            if levels[left][first[0]] != levels[left][second[0]]:
                word.append(symbol)
                one, other = first[0], second[0]
                break
    return tuple(word)


def _shown(machine: Machine, state: int, word: Word) -> tuple[int, ...]:
    """The outputs to a word from a state on, and the status of each state on the way."""
    found: list[int] = []
    for symbol in word:
        transition = machine.transitions[state][symbol]
        if transition is not None:
            state = transition[0]
            found += transition[1], machine.seen[state]
    return tuple(found)


def _without_prefixes(found: Identifier) -> Identifier:
    return tuple(
        word
        for word in found
        if not any(other != word and other[: len(word)] == word for other in found)
    )
