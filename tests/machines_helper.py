"""Small machines for tests, the implementations that pass a suite, and small alphabets.

Owns machines as numbers. As with machines of connections, each output that leads into a state
determines what is observable of it, and that determines which input symbols are applied.
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

# The known transitions of an implementation, by state and input symbol.
Behaviour = dict[tuple[int, int], tuple[int, int]]

# A complete cycle and what disturbs it, for tests that are too slow with the whole alphabet.
SMALL_ALPHABET = (
    *("read", "EOF", "next cycle", "send failed", "send EndOfMessage", "receive a byte"),
    *("send GET", "receive 200 of 2 bytes", "receive GET", "send 204"),
)
# For tests that run a process.
TINY_ALPHABET = (
    *("read", "EOF", "next cycle", "receive a byte", "send GET", "receive 200 of 2 bytes"),
)


def every_machine(states: int, symbols: int, outputs: int) -> Iterator[Machine]:
    """Yields every machine of this size, with states that look alike."""
    cells: list[Transition] = list(product(range(states), range(outputs)))
    rows = list(product(cells, repeat=symbols))
    for transitions in product(rows, repeat=states):
        yield Machine(transitions, (0,) * states)


def random_machine(random: Random, states: int, symbols: int = 2) -> Machine:
    """Draws a machine whose states look different; symbol 1 is not applied in some of them."""
    seen = [random.randrange(3) for _ in range(states)]

    def transition() -> Transition:
        into = random.randrange(states)
        return into, 2 * seen[into] + random.randrange(2)

    return Machine(
        tuple(
            tuple(None if symbol == 1 and looks == 2 else transition() for symbol in range(symbols))
            for looks in seen
        ),
        tuple(seen),
    )


def passing_implementations(
    machine: Machine, suite: Sequence[Word], max_states: int
) -> Iterator[Behaviour]:
    """Yields the implementations of at most ``max_states`` states that pass the suite.

    Their first state looks like that of the machine. Transitions that no word of the suite reaches
    stay undefined; states are numbered in the order in which the words reach them.
    """
    queue: list[tuple[Behaviour, tuple[int, ...]]] = [({}, (machine.seen[0],))]
    while queue:
        behaviour, seen = queue.pop()
        undefined = _first_undefined(machine, suite, behaviour)
        if undefined is None:
            continue
        state, symbol, output, looks = undefined
        if state < 0:
            yield behaviour
            continue
        into = [number for number, each in enumerate(seen) if each == looks]
        for number in into + [len(seen)] * (len(seen) < max_states):
            more = (*seen, looks) if number == len(seen) else seen
            queue.append(({**behaviour, (state, symbol): (number, output)}, more))


def _first_undefined(
    machine: Machine, suite: Sequence[Word], behaviour: Behaviour
) -> tuple[int, int, int, int] | None:
    """The state and symbol of the first undefined transition that a word reaches, with the output
    and the look that the machine has there.

    None if an output contradicts the machine; the state is -1 if nothing is undefined.
    """
    for word in suite:
        expected, state = 0, 0
        for symbol, output in zip(word, machine.outputs(word), strict=True):
            expected = machine.after((symbol,), expected)
            known = behaviour.get((state, symbol))
            if known is None:
                return state, symbol, output, machine.seen[expected]
            state, actual = known
            if actual != output:
                return None
    return -1, -1, -1, -1


def is_equivalent(machine: Machine, behaviour: Behaviour) -> bool:
    """Whether the behaviour is completely defined and has the machine's outputs for all words."""
    visited = {(0, 0)}
    queue = deque(visited)
    while queue:
        state, actual = queue.popleft()
        for symbol, transition in enumerate(machine.transitions[state]):
            if transition is None:
                continue
            known = behaviour.get((actual, symbol))
            if known is None or known[1] != transition[1]:
                return False
            pair = transition[0], known[0]
            if pair not in visited:
                visited.add(pair)
                queue.append(pair)
    return True


@contextmanager
def alphabet_of(folder: Path, names: Collection[str]) -> Generator[None]:
    """Restricts the alphabets to these input symbols within the block.

    The stored machines are ignored there, as they are those of the whole alphabets.
    """
    head, *symbols = alphabet.FILE.read_text("utf-8").split("[[symbol]]")
    chosen = [each for each in symbols if any(f'name = "{name}"\n' in each for name in names)]
    assert {name for name in names if not any(f'"{name}"\n' in each for each in chosen)} == set()
    small = folder / "small.toml"
    small.write_text("[[symbol]]".join([head, *chosen]), "utf-8")
    try:
        with patch.object(alphabet, "FILE", small):
            _clear_caches()
            yield
    finally:
        _clear_caches()


def _clear_caches() -> None:
    """Clears every cache that depends on the alphabets."""
    for module in (alphabet, stored, checks):
        for each in vars(module).values():
            if hasattr(each, "cache_clear"):
                each.cache_clear()
