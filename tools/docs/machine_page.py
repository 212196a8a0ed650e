"""The parts of docs/reference/state-machine.md that follow from the alphabet and the machines.

Owns the table of letters and the sizes. The rest of the page is written by hand; ``pages`` puts the
parts into it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from ...conformance.checks.machine import checks, sizes, suite
from ...reports.wording.steps import step_in_words
from ...strategies.machine.alphabet import ROLES, Letter, alphabet
from .markdown import table


def letters() -> Iterator[str]:
    """The letters of both roles, with their steps."""
    roles: dict[Letter, list[str]] = {}
    for role in ROLES:
        for letter in alphabet(role):
            roles.setdefault(letter, []).append(role)
    rows = [
        (letter.name, " and ".join(of), "; ".join(_steps(letter))) for letter, of in roles.items()
    ]
    yield from table(("letter", "of the", "steps"), rows)


def _steps(letter: Letter) -> Iterator[str]:
    for step in letter.steps:
        words = step_in_words(step.to_json())
        yield f"`{words}`" if "'" in words else words


def machine_sizes() -> Iterator[str]:
    """The sizes of the machines and of their suites."""
    rows: list[tuple[object, ...]] = []
    for check, role in zip(checks(), ROLES, strict=True):
        size = sizes(check, 0)
        told = sum(map(len, suite(role)))
        row = (f"`{check.id}`", size["input_symbols"], size["states"], size["sequences"], told)
        rows.append(row)
    head = ("check", "letters", "states", "sequences", "letters in them")
    yield from table(head, rows)


PARTS: dict[str, Callable[[], Iterable[str]]] = {"letters": letters, "machine_sizes": machine_sizes}
