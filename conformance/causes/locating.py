"""Joins causes that were decided at one place of the target's source, and names the place of each.

Owns when causes have one place: if an edit of a line repairs the findings of both, or if no edit
says the contrary and some line is as suspicious for the programs of both as the most suspicious one
is for either. Findings of one cause that different edits repair are divided. It must not know how
lines are traced, which edits are tried, nor how suspicious each place of a cause is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from math import sqrt

from ...reports.findings.finding import Finding
from ...strategies.program import Program
from ..execution.executor import Executor
from ..oracles.lockstep import Lockstep
from ..vectors.corpus import StoredVector, digest_of
from .cause import Cause
from .places import rank_places
from .repairing import Repair, Workshop
from .spectra import LineSet, Place, traced

# More programs take more time, and hardly change what is joined or named.
MAX_CAUSES, MAX_FAILING, MAX_PASSING = 40, 20, 150
_NAMED = 3
# Edits are looked for this often for the findings of one cause, and for this many causes.
_ROUNDS, _REPAIRED = 2, 12
# How much less suspicious a line may be for two causes than one of them is for either.
_TOLERANCE = 0.02
_DIGITS = 9

Places = frozenset[Place]


def located(
    lockstep: Lockstep,
    causes: Sequence[Cause],
    vectors: Sequence[StoredVector],
    cause_of: Callable[[Sequence[Finding]], Cause],
) -> list[Cause]:
    """Returns the causes with their places, those that have one place joined.

    A target without source in Python has no lines: its causes are returned as they are.

    Args:
        lockstep: the target, and the reference as the expected side.
        causes: in the order in which they are shown; the first MAX_CAUSES are looked at.
        vectors: MAX_PASSING of these are run, evenly spread; those that agree are compared with.
        cause_of: makes a cause of findings, the clearest first.
    """
    first, others = causes[:MAX_CAUSES], causes[MAX_CAUSES:]
    programs = {text: each for cause in first for text, each in _some(_programs(cause)).items()}
    if not programs:
        return list(causes)
    agreeing = _agreeing_vectors(lockstep.actual, vectors)
    sets = traced(lockstep.actual, [*programs.values(), *(each.program for each in agreeing)])
    failing = {
        text: lines
        for text, lines in zip(programs, sets, strict=False)
        if lines is not None and lines.steps
    }
    passing = [lines for lines in sets[len(programs) :] if lines is not None]
    if not any(map(_places, failing.values())):
        return list(causes)
    repairs = _Repairs(lockstep, first, agreeing, failing, passing)
    for cause in first[:_REPAIRED]:
        repairs.look_for(cause)
    divided = [(cause_of(findings), repairs.of(findings)) for findings in _divided(first, repairs)]
    joined = _joined(divided, failing, passing)
    return [*(_placed(cause, found, repairs, failing, passing) for cause, found in joined), *others]


class _Repairs:
    """The edits that repair findings, and what each repairs.

    Args:
        lockstep: the target, and the reference as the expected side.
        causes: those with the findings.
        agreeing: vectors that agree, which no edit may break.
        failing: what some programs of the findings execute, by their texts.
        passing: what programs execute that agree.
    """

    def __init__(
        self,
        lockstep: Lockstep,
        causes: Sequence[Cause],
        agreeing: Sequence[StoredVector],
        failing: Mapping[str, LineSet],
        passing: Sequence[LineSet],
    ) -> None:
        self._executor = lockstep.actual
        self._workshop = Workshop(lockstep, agreeing)
        self._programs = {text: each for cause in causes for text, each in _programs(cause).items()}
        self._failing = dict(failing)
        self._passing = passing
        # Those that repair the same, with the texts of the programs that the first of them repairs.
        self._found: list[tuple[list[Repair], frozenset[str]]] = []

    def look_for(self, cause: Cause) -> None:
        """Looks for edits that repair the findings of a cause which no other edit repairs."""
        for _ in range(_ROUNDS):
            known = frozenset[str]().union(*(texts for _, texts in self._found))
            programs = {text: each for text, each in _programs(cause).items() if text not in known}
            left = _some(programs)
            lines = self._lines(left)
            if not lines:
                return
            paths = {name: path for each in lines for name, path in each.paths.items()}
            places = rank_places(lines, self._passing)
            found = self._workshop.repairs([*left.values()], places, paths)
            if not found:
                return
            repaired = self._workshop.repaired(found, list(self._programs.values()))
            # The one that repairs most of all findings comes first.
            pairs = sorted(zip(found, repaired, strict=True), key=lambda pair: -sum(pair[1]))
            agree = zip(self._programs, pairs[0][1], strict=True)
            texts = frozenset(text for text, agrees in agree if agrees)
            self._found.append(([repair for repair, _ in pairs], texts))

    def _lines(self, programs: Mapping[str, Program]) -> list[LineSet]:
        """What programs execute; those are traced that were not."""
        new = {text: each for text, each in programs.items() if text not in self._failing}
        if new:
            sets = zip(new, traced(self._executor, [*new.values()]), strict=True)
            self._failing.update((text, lines) for text, lines in sets if lines and lines.steps)
        return [self._failing[text] for text in programs if text in self._failing]

    def has_tried(self, finding: Finding) -> bool:
        """Whether the program of a finding was run with edits."""
        return finding.program is not None and finding.program.to_text() in self._programs

    def number(self, finding: Finding) -> int | None:
        """The number of the edits that repair a finding, of those that repair most; or None."""
        if finding.program is None or not _is_traced(finding):
            return None
        text = finding.program.to_text()
        numbers = [at for at, (_, texts) in enumerate(self._found) if text in texts]
        return max(numbers, key=lambda at: len(self._found[at][1]), default=None)

    def of(self, findings: Sequence[Finding]) -> list[Repair]:
        """The edits that repair most of the findings, the one first that repairs most."""
        numbers = (self.number(finding) for finding in findings)
        counts = Counter(number for number in numbers if number is not None)
        return self._found[counts.most_common(1)[0][0]][0] if counts else []


def _divided(causes: Sequence[Cause], repairs: _Repairs) -> list[list[Finding]]:
    """The findings of each cause, by the edits that repair them.

    What no edit repairs stays with most of the other findings of its cause.
    """
    groups: dict[tuple[str, int], list[Finding]] = {}
    for at, cause in enumerate(causes):
        numbers = [repairs.number(finding) for finding in cause.findings]
        counts = Counter(number for number in numbers if number is not None)
        most = counts.most_common(1)[0][0] if counts else None
        for finding, number in zip(cause.findings, numbers, strict=True):
            own = most if number is None else number
            key = ("cause", at) if own is None else ("repair", own)
            groups.setdefault(key, []).append(finding)
    return list(groups.values())


def _placed(
    cause: Cause,
    found: Sequence[Repair],
    repairs: _Repairs,
    failing: Mapping[str, LineSet],
    passing: Sequence[LineSet],
) -> Cause:
    """The cause with its places: those first in which an edit repairs it."""
    ranked = rank_places(_lines(cause, failing), passing)
    places = dict.fromkeys([*(each.place for each in found), *ranked])
    edit = ""
    if found:
        tried = [each for each in cause.findings if repairs.has_tried(each)]
        agree = sum(repairs.number(each) is not None for each in tried)
        line = " ".join(found[0].line.split())
        edit = f"with `{line}` there, {agree} of {len(tried)} findings agree"
    return replace(cause, places=tuple(map(str, [*places][:_NAMED])), edit=edit)


def _lines(cause: Cause, failing: Mapping[str, LineSet]) -> list[LineSet]:
    return [failing[text] for text in _programs(cause) if text in failing][:MAX_FAILING]


def _agreeing_vectors(executor: Executor, vectors: Sequence[StoredVector]) -> list[StoredVector]:
    """Some vectors that agree; a run without that phase has not looked."""
    some = vectors[:: max(1, len(vectors) // MAX_PASSING)][:MAX_PASSING]
    shown = executor.submit([each.program for each in some])()
    return [
        each
        for each, trace in zip(some, shown, strict=True)
        if trace is not None and digest_of(trace) == each.digest
    ]


def _programs(cause: Cause) -> dict[str, Program]:
    """The programs of findings that a single run shows, by their texts."""
    return {
        finding.program.to_text(): finding.program
        for finding in cause.findings
        if finding.program is not None and _is_traced(finding)
    }


def _some(programs: Mapping[str, Program]) -> dict[str, Program]:
    return dict(islice(programs.items(), MAX_FAILING))


def _is_traced(finding: Finding) -> bool:
    return finding.kind == "divergence" and not finding.before and finding.aspect != "fault"


def _places(lines: LineSet) -> Places:
    return frozenset(edge.place for step in lines.steps for edge in step)


def _agreeing(failing: Iterable[LineSet], passing: Sequence[LineSet]) -> list[Places]:
    """What programs that agree execute: passing ones, and the steps before the one that differs."""
    earlier = [LineSet(lines.steps[:-1]) for lines in failing if len(lines.steps) > 1]
    return list(dict.fromkeys(map(_places, (*passing, *earlier))))


def _joined(
    pairs: Sequence[tuple[Cause, list[Repair]]],
    failing: Mapping[str, LineSet],
    passing: Sequence[LineSet],
) -> list[tuple[Cause, list[Repair]]]:
    """Joins each cause to the first one before it that has the same place."""
    agreeing = _agreeing(failing.values(), passing)
    counts = Counter(place for each in agreeing for place in each)
    joined: list[tuple[Cause, list[Repair]]] = []
    for cause, repairs in pairs:
        lines = _lines(cause, failing)
        at = next(
            (
                at
                for at, (other, others) in enumerate(joined)
                if _may_join(cause, other)
                and not (repairs and others)
                and _have_one_place(lines, _lines(other, failing), counts)
            ),
            None,
        )
        if at is None:
            joined.append((cause, repairs))
        else:
            other, others = joined[at]
            joined[at] = other.joined(cause), others or repairs
    return joined


def _may_join(cause: Cause, other: Cause) -> bool:
    """Whether no two different explanations speak against it."""
    return not cause.explanation or not other.explanation


def _have_one_place(
    one: Sequence[LineSet], other: Sequence[LineSet], agreeing: Counter[Place]
) -> bool:
    """Whether a line is as suspicious for both as the most suspicious one is for either."""
    if not one or not other:
        return False
    sides = [list(map(_places, each)) for each in (one, other)]
    # Of two causes, the one with fewer programs counts as much.
    least = min(map(len, sides))
    both = [*sides[0][:least], *sides[1][:least]]
    apart = max(_suspicion(each, agreeing) for each in sides)
    return _suspicion(both, agreeing) >= apart - _TOLERANCE


def _suspicion(failing: Sequence[Places], agreeing: Counter[Place]) -> float:
    """How suspicious the most suspicious line is: Ochiai, where all programs should execute it."""
    counts = Counter(place for each in failing for place in each)
    number = len(failing)
    return round(
        max(
            (
                count / sqrt(number * (count + agreeing[place])) * (count / number) ** 2
                for place, count in counts.items()
            ),
            default=0.0,
        ),
        _DIGITS,
    )
