"""What was run in all, and what is kept of the RFCs and of the documentation.

Owns the sums over the results of a record.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ...strategies.programs import Json

_DOCUMENTS = (("RFC 9110 and 9112", False), ("h11's documentation", True))


@dataclass(frozen=True)
class Suite:
    """The complete suite of a state machine, and what it is complete for.

    ``sequences`` tell the reference's machine, of so many ``states`` and ``letters``, from every
    other one of at most ``most`` states. ``taken`` has the arrows of the two inner machines, and
    how often the suite goes each of them.
    """

    role: str
    states: int
    letters: int
    sequences: int
    most: int
    taken: tuple[tuple[tuple[str, str, str], int], ...]


@dataclass(frozen=True)
class Phase:
    """What was run in a phase, or in an area of the checks, and what came of it.

    ``omitted`` has each check with findings that are too many to be shown, and how many those are;
    ``deviations`` how often the target took the other of two right outcomes.
    """

    name: str
    results: int
    programs: int
    runs: int
    steps: int
    failed: int
    inconclusive: int
    cut: int
    inapplicable: int
    omitted: tuple[tuple[str, int], ...]
    deviations: tuple[tuple[str, int], ...]
    machines: tuple[Suite, ...] = ()


@dataclass(frozen=True)
class Document:
    """How many requirements of a document the target keeps, of those that anybody judged.

    ``musts`` counts the broken ones of level MUST; ``keeps_unlike`` and ``breaks_unlike`` are the
    checks in which the expected side is on the other side.
    """

    name: str
    judged: int
    broken: int
    musts: int
    keeps_unlike: tuple[str, ...]
    breaks_unlike: tuple[str, ...]


def totals(results: Sequence[Json], key: str) -> tuple[Phase, ...]:
    """Returns what was run in each part: results that have the same in this member are of one."""
    parts: dict[str, list[Json]] = {}
    for result in results:
        parts.setdefault(result[key], []).append(result)
    return tuple(_total(name, part) for name, part in parts.items())


def _total(name: str, results: Sequence[Json]) -> Phase:
    def total(member: str) -> int:
        return sum(result[member] for result in results)

    verdicts = Counter(result["verdict"] for result in results)
    deviations = Counter[str]()
    for result in results:
        deviations.update(result["deviations"])
    return Phase(
        name=name,
        results=len(results),
        programs=total("programs"),
        runs=total("runs"),
        steps=total("steps"),
        failed=verdicts["fail"],
        inconclusive=verdicts["inconclusive"],
        cut=total("truncated"),
        inapplicable=total("inapplicable"),
        omitted=tuple((each["check"], each["omitted"]) for each in results if each["omitted"]),
        deviations=tuple(sorted(deviations.items())),
        machines=tuple(_suite(each) for each in results if "machine" in each),
    )


def _suite(result: Json) -> Suite:
    machine = result["machine"]
    taken = tuple(
        ((role, before, after), count) for role, before, after, count in machine["transitions"]
    )
    return Suite(
        role=result["check"].partition("/")[2],
        states=machine["states"],
        letters=machine["input_symbols"],
        sequences=machine["sequences"],
        most=machine["states"] + machine["extra_states"],
        taken=taken,
    )


def documents(results: Sequence[Json]) -> tuple[Document, ...]:
    """Returns what the target keeps of each document, as far as anybody judged."""
    judged = [result for result in results if result["conforms"] is not None]
    named = [
        (name, [each for each in judged if (each["level"] == "CONTRACT") is promised])
        for name, promised in _DOCUMENTS
    ]
    return tuple(_document(name, some) for name, some in named if some)


def _document(name: str, judged: Sequence[Json]) -> Document:
    def unlike(keeps: bool) -> tuple[str, ...]:
        return tuple(
            result["check"]
            for result in judged
            if result["conforms"] is keeps and result["expected_conforms"] is not keeps
        )

    broken = [result for result in judged if not result["conforms"]]
    musts = sum(result["level"] == "MUST" for result in broken)
    return Document(name, len(judged), len(broken), musts, unlike(True), unlike(False))


def machine_in_words(suite: Suite) -> str:
    """Returns what a complete suite is of, and what it is complete for."""
    return (
        f"{suite.states:,} states, {suite.letters} letters, {suite.sequences:,} sequences, which "
        f"no other machine of at most {suite.most:,} states passes"
    )
