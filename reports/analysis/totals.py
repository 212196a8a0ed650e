"""Totals over the results of a record: by phase, by area, and by document.

Owns the sums. It must not know which check is about what; a result says it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ...strategies.program import Json

# The sweeps that cover what a complete suite cannot: states that the reference does not have.
FLAG_SWEEPS = ("sequences/*", "calls/*")
_DOCUMENTS = (("RFC 9110 and 9112", False), ("h11's documentation", True))


@dataclass(frozen=True)
class Suite:
    """The complete test suite of a state machine.

    Its ``sequences`` distinguish the reference's machine, which has ``states`` and
    ``input_symbols``, from every other machine of at most ``max_states`` states. ``transitions``
    has the role, the old and the new state of each transition of the two inner machines, and how
    often the suite traverses it.
    """

    role: str
    states: int
    input_symbols: int
    sequences: int
    max_states: int
    transitions: tuple[tuple[tuple[str, str, str], int], ...]


@dataclass(frozen=True)
class Totals:
    """What was run in a phase or in an area of the checks, and the verdicts.

    ``omitted`` has the checks with more findings than the record shows, and how many more;
    ``deviations`` says how often the target took an upstream deviation. ``cut_short`` says that
    programs were not run because the target hung too often; ``unrepeated`` counts the differences
    that were seen and not seen again.
    """

    name: str
    results: int
    programs: int
    runs: int
    steps: int
    failed: int
    inconclusive: int
    truncated: int
    inapplicable: int
    omitted: tuple[tuple[str, int], ...]
    deviations: tuple[tuple[str, int], ...]
    machines: tuple[Suite, ...] = ()
    cut_short: bool = False
    unrepeated: int = 0


@dataclass(frozen=True)
class Document:
    """How many judged requirements of a document the target breaks.

    ``broken_musts`` counts those of level MUST. The tuples have the checks in which only the
    target, or only the expected side, conforms; those that h11 0.16.0 is known to break are apart.
    """

    name: str
    judged: int
    broken: int
    broken_musts: int
    only_target_conforms: tuple[str, ...]
    only_target_breaks: tuple[str, ...]
    broken_as_by_h11: tuple[str, ...] = ()


def totals(results: Sequence[Json], key: str) -> tuple[Totals, ...]:
    """Returns the totals of the results that have the same value of a member."""
    parts: dict[str, list[Json]] = {}
    for result in results:
        parts.setdefault(result[key], []).append(result)
    return tuple(_totals(name, part) for name, part in parts.items())


def _totals(name: str, results: Sequence[Json]) -> Totals:
    def total(member: str) -> int:
        return sum(result[member] for result in results)

    verdicts = Counter(result["verdict"] for result in results)
    deviations = Counter[str]()
    for result in results:
        deviations.update(result["deviations"])
    return Totals(
        name=name,
        results=len(results),
        programs=total("programs"),
        runs=total("runs"),
        steps=total("steps"),
        failed=verdicts["fail"],
        inconclusive=verdicts["inconclusive"],
        truncated=total("truncated"),
        inapplicable=total("inapplicable"),
        omitted=tuple((each["check"], each["omitted"]) for each in results if each["omitted"]),
        deviations=tuple(sorted(deviations.items())),
        machines=tuple(_suite(each) for each in results if "machine" in each),
        cut_short=any(each.get("cut_short") for each in results),
        unrepeated=sum(len(each.get("unrepeated", ())) for each in results),
    )


def _suite(result: Json) -> Suite:
    machine = result["machine"]
    return Suite(
        role=result["check"].partition("/")[2],
        states=machine["states"],
        input_symbols=machine["input_symbols"],
        sequences=machine["sequences"],
        max_states=machine["states"] + machine["extra_states"],
        transitions=tuple(
            ((role, before, after), count) for role, before, after, count in machine["transitions"]
        ),
    )


def documents(results: Sequence[Json]) -> tuple[Document, ...]:
    """Returns how the target conforms to each document of which any requirement was judged."""
    judged = [result for result in results if result["conforms"] is not None]
    by_document = [
        (name, [each for each in judged if (each["level"] == "CONTRACT") is contract])
        for name, contract in _DOCUMENTS
    ]
    return tuple(_document(name, some) for name, some in by_document if some)


def _document(name: str, judged: Sequence[Json]) -> Document:
    def only_target(*, conforms: bool) -> list[Json]:
        return [
            result
            for result in judged
            if result["conforms"] is conforms and result["expected_conforms"] is not conforms
        ]

    def ids(results: Iterable[Json]) -> tuple[str, ...]:
        return tuple(result["check"] for result in results)

    broken = [result for result in judged if not result["conforms"]]
    broken_alone = only_target(conforms=False)
    as_by_h11 = [result for result in broken_alone if result.get("h11") == "deviates"]
    regressions = [result for result in broken_alone if result not in as_by_h11]
    return Document(
        name=name,
        judged=len(judged),
        broken=len(broken),
        broken_musts=sum(result["level"] == "MUST" for result in broken),
        only_target_conforms=ids(only_target(conforms=True)),
        only_target_breaks=ids(regressions),
        broken_as_by_h11=ids(as_by_h11),
    )


def describe_suite(suite: Suite) -> str:
    """Returns the sizes of a complete suite and what it is complete for, as a phrase."""
    return (
        f"{suite.states:,} states, {suite.input_symbols} input symbols, {suite.sequences:,} "
        f"sequences, which no other machine of at most {suite.max_states:,} states passes"
    )


def describe_assumption(suite: Suite) -> str:
    """Returns what a complete suite assumes of the target, and what covers the rest."""
    extra = suite.max_states - suite.states
    more = (
        f"at most {extra:,} more {'state' if extra == 1 else 'states'}"
        if extra
        else "no more states"
    )
    return (
        f"this assumes that the target has {more} than the reference remembers; a flag that "
        f"survives a cycle adds states, and the sweeps {' and '.join(FLAG_SWEEPS)} cover such flags"
    )
