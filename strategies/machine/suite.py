"""The words that tell a machine from every other one that is not much larger.

Owns the test suite. It is the one of the HSI method (harmonised state identifiers; Luo, Petrenko
and von Bochmann 1994), a Wp-method with fewer words: into each state by its shortest word, from
there by each letter, and behind that the words that tell the state which should have been reached
from all others. What can be seen of a state need not be told by any word.

It is complete: a deterministic machine over the same letters with at most ``extra`` states more
than this one, minimised, that gives the same outputs to all these words is equal to this one. That
takes for granted that outputs say what can be seen of the state behind them, that this says which
letters are tried, and that the initial states look alike. The last of these follows where one
letter tells the initial state from every other, as with the machines of connections.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise, product

from .mealy import Machine, Word, refined

# What a state is told from all others by.
Identifier = tuple[Word, ...]


def words(machine: Machine, extra: int = 0, cover: Iterable[Word] = ()) -> list[Word]:
    """Returns the words of the complete suite, in order, none the beginning of another.

    Args:
        machine: a minimised machine.
        extra: how many states more than it an implementation may have.
        cover: words into states that are to be tested like those that their shortest words lead
            into, although nothing tells them apart.
    """
    identifiers = identified(machine)
    letters = range(len(machine.transitions[0]))
    found: set[bytes] = set()
    ways = [(into, 1) for into in cover] + [(into, extra + 1) for into in machine.access]
    for into, most in ways:
        for length in range(most + 1):
            for through in product(letters, repeat=length):
                if _tried(machine, into, through):
                    word = (*into, *through)
                    behind = identifiers[machine.after(word)] or ((),)
                    found.update(bytes(machine.tried((*word, *each))) for each in behind)
    return [tuple(word) for word in _longest(sorted(found))]


def _tried(machine: Machine, into: Word, through: Word) -> bool:
    """Whether each letter of ``through`` is tried where it comes."""
    state = machine.after(into)
    for letter in through:
        transition = machine.transitions[state][letter]
        if transition is None:
            return False
        state = transition[0]
    return True


def _longest(found: Iterable[bytes]) -> Iterator[bytes]:
    """Gives out those, of words in order, that the next one does not begin with."""
    for word, following in pairwise([*found, b""]):
        if not following.startswith(word):
            yield word


def identified(machine: Machine) -> list[Identifier]:
    """Returns the identifier of each state.

    For any two states that look alike, both identifiers have a word, or the beginning of one, that
    tells them apart.
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
            identifiers[block[0]] = _without_beginnings(so_far)
            continue
        word, parts = _best(machine, levels, block)
        waiting += ((part, (*so_far, word)) for part in parts)
    return identifiers


def _best(
    machine: Machine, levels: list[list[int]], block: list[int]
) -> tuple[Word, list[list[int]]]:
    """The word that leaves the fewest states of the block together, and what it leaves together."""
    candidates = {_apart(machine, levels, block[0], other): None for other in block[1:]}
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
    """The classes of states that words of length 0, 1, … do not tell apart."""
    levels = [list(machine.seen)]
    while len(set(levels[-1])) < machine.size:
        finer = refined(machine, levels[-1])
        if len(set(finer)) == len(set(levels[-1])):
            raise ValueError("the machine is not minimal")
        levels.append(finer)
    return levels


def _apart(machine: Machine, levels: list[list[int]], one: int, other: int) -> Word:
    """A shortest word that tells two states apart."""
    length = next(at for at, level in enumerate(levels) if level[one] != level[other])
    word: list[int] = []
    for left in range(length - 1, -1, -1):
        for letter, (first, second) in enumerate(
            zip(machine.transitions[one], machine.transitions[other], strict=True)
        ):
            if first is None or second is None:
                continue
            if first[1] != second[1]:
                return (*word, letter)
            if levels[left][first[0]] != levels[left][second[0]]:
                word.append(letter)
                one, other = first[0], second[0]
                break
    return tuple(word)


def _shown(machine: Machine, state: int, word: Word) -> tuple[int, ...]:
    """What a word shows from a state on: outputs, and what can be seen of the states."""
    found: list[int] = []
    for letter in word:
        transition = machine.transitions[state][letter]
        if transition is not None:
            state = transition[0]
            found += transition[1], machine.seen[state]
    return tuple(found)


def _without_beginnings(found: Identifier) -> Identifier:
    return tuple(
        word
        for word in found
        if not any(other != word and other[: len(word)] == word for other in found)
    )
