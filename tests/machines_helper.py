"""Small machines for tests, every implementation that a suite lets pass, and small alphabets.

Owns machines as numbers. What can be seen of a state follows from each output that leads into it,
and which letters are tried from what can be seen, as it is with those of connections.
"""

from collections import deque
from collections.abc import Collection, Generator, Iterator, Sequence
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from random import Random
from unittest.mock import patch

from h11spec.conformance.checks import machine as checks
from h11spec.strategies.machine import alphabet, stored
from h11spec.strategies.machine.mealy import Machine, Transition, Word

# What an implementation does, as far as it is known: by a state and a letter.
Behaviour = dict[tuple[int, int], tuple[int, int]]

# A cycle that ends well, and what disturbs it: for tests that cannot wait for all letters.
FEW = (
    *("read", "EOF", "next cycle", "send failed", "send EndOfMessage", "receive a byte"),
    *("send GET", "receive 200 of 2 bytes", "receive GET", "send 204"),
)
# What even a process is asked in no time.
FEWER = (*("read", "EOF", "next cycle", "receive a byte", "send GET", "receive 200 of 2 bytes"),)


def every_machine(states: int, letters: int, outputs: int) -> Iterator[Machine]:
    """Gives out each machine, of all states that look the same."""
    cells: list[Transition] = list(product(range(states), range(outputs)))
    rows = list(product(cells, repeat=letters))
    for transitions in product(rows, repeat=states):
        yield Machine(transitions, (0,) * states)


def drawn(random: Random, states: int, letters: int = 2) -> Machine:
    """Draws a machine whose states look different ways; in some of them letter 1 is not tried."""
    seen = [random.randrange(3) for _ in range(states)]

    def transition() -> Transition:
        into = random.randrange(states)
        return into, 2 * seen[into] + random.randrange(2)

    return Machine(
        tuple(
            tuple(None if letter == 1 and looks == 2 else transition() for letter in range(letters))
            for looks in seen
        ),
        tuple(seen),
    )


def implementations(machine: Machine, suite: Sequence[Word], most: int) -> Iterator[Behaviour]:
    """Gives out all with at most so many states that show what the machine does to the suite.

    They look at first as it does. What no word comes to is left open; states have the numbers in
    which the words come to them.
    """
    waiting: list[tuple[Behaviour, tuple[int, ...]]] = [({}, (machine.seen[0],))]
    while waiting:
        behaviour, seen = waiting.pop()
        place = _open(machine, suite, behaviour)
        if place is None:
            continue
        state, letter, output, looks = place
        if state < 0:
            yield behaviour
            continue
        into = [number for number, each in enumerate(seen) if each == looks]
        for number in into + [len(seen)] * (len(seen) < most):
            more = (*seen, looks) if number == len(seen) else seen
            waiting.append(({**behaviour, (state, letter): (number, output)}, more))


def _open(
    machine: Machine, suite: Sequence[Word], behaviour: Behaviour
) -> tuple[int, int, int, int] | None:
    """The first place that words come to and that is open: its state and letter, and what the
    letter has to show there. None where another output is known; no state where none is open.
    """
    for word in suite:
        should, state = 0, 0
        for letter, output in zip(word, machine.outputs(word), strict=True):
            should = machine.after((letter,), should)
            known = behaviour.get((state, letter))
            if known is None:
                return state, letter, output, machine.seen[should]
            state, actual = known
            if actual != output:
                return None
    return -1, -1, -1, -1


def does_the_same(machine: Machine, behaviour: Behaviour) -> bool:
    """Whether to all words the behaviour shows what the machine does, and nothing of it is open."""
    met = {(0, 0)}
    waiting = deque(met)
    while waiting:
        state, actual = waiting.popleft()
        for letter, transition in enumerate(machine.transitions[state]):
            if transition is None:
                continue
            known = behaviour.get((actual, letter))
            if known is None or known[1] != transition[1]:
                return False
            pair = transition[0], known[0]
            if pair not in met:
                met.add(pair)
                waiting.append(pair)
    return True


@contextmanager
def alphabet_of(folder: Path, names: Collection[str]) -> Generator[None]:
    """Has the alphabets be these letters alone, for the block; all that follows from them follows.

    The machines that are kept are those of other letters then, and void.
    """
    head, *letters = alphabet.FILE.read_text("utf-8").split("[[symbol]]")
    chosen = [each for each in letters if any(f'name = "{name}"\n' in each for name in names)]
    assert {name for name in names if not any(f'"{name}"\n' in each for each in chosen)} == set()
    few = folder / "few.toml"
    few.write_text("[[symbol]]".join([head, *chosen]), "utf-8")
    try:
        with patch.object(alphabet, "FILE", few):
            _forget()
            yield
    finally:
        _forget()


def _forget() -> None:
    """Has all be computed anew that is computed once."""
    for module in (alphabet, stored, checks):
        for each in vars(module).values():
            if hasattr(each, "cache_clear"):
                each.cache_clear()
