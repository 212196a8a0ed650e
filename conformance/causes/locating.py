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
from .cause import Cause, outcome_classes
from .places import rank_places
from .repairing import AGREES, Effect, Repair, Workshop
from .spectra import LineSet, Place, traced

# More programs take more time, and hardly change what is joined or named.
MAX_CAUSES, MAX_FAILING, MAX_PASSING = 40, 20, 150
_NAMED = 3
# Edits are looked for this often for the findings of one cause, once if it has an explanation, and
# for this many causes.
_ROUNDS, _REPAIRED = 3, 12
# If no edit repairs this share of the findings that show the same, they stay with the others.
_FEW = 0.2
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
    programs = {
        text: each for cause in first for text, each in _some(_programs(cause.findings)).items()
    }
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
    divided = [cause_of(findings) for findings in _divided(first, repairs)]
    joined = _joined(divided, repairs, failing, passing)
    return [*(_placed(cause, repairs, failing, passing) for cause in joined), *others]


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
        self._findings = [each for cause in causes for each in cause.findings if _is_traced(each)]
        self._failing = dict(failing)
        self._passing = passing
        # Edits that repair the same, with the effect of the first on each finding, by its id.
        self._found: list[tuple[list[Repair], dict[str, Effect]]] = []
        # The ids of findings that edits were looked for together.
        self._searched: set[frozenset[str]] = set()

    def look_for(self, cause: Cause) -> None:
        """Looks for edits that repair the findings of a cause which no other edit repairs.

        Findings that show the same are tried together, as they may be those of one of two causes.
        """
        for _ in range(1 if cause.explanation else _ROUNDS):
            left = [each for each in cause.findings if _is_traced(each) and not self.edits(each)]
            groups: dict[str, list[Finding]] = {}
            for finding in left:
                groups.setdefault(outcome_classes(finding), []).append(finding)
            new = [each for each in groups.values() if _ids(each) not in self._searched]
            if not new:
                return
            most = max(new, key=len)
            self._searched.add(_ids(most))
            self._look_for(_spread(most))

    def _look_for(self, findings: Sequence[Finding]) -> None:
        lines = self._lines(_programs(findings))
        paths = {name: path for each in lines for name, path in each.paths.items()}
        places = rank_places(lines, self._passing)
        found = self._workshop.repairs(findings, places, paths)
        if not found:
            return
        effects = self._workshop.effects(found, self._findings)
        # The one that repairs most of all findings comes first.
        pairs = sorted(zip(found, effects, strict=True), key=lambda pair: -pair[1].count(AGREES))
        ids = (finding.id for finding in self._findings)
        effect = dict(zip(ids, pairs[0][1], strict=True))
        self._found.append(([repair for repair, _ in pairs], effect))

    def _lines(self, programs: Mapping[str, Program]) -> list[LineSet]:
        """What programs execute; those are traced that were not."""
        new = {text: each for text, each in programs.items() if text not in self._failing}
        if new:
            sets = zip(new, traced(self._executor, [*new.values()]), strict=True)
            self._failing.update((text, lines) for text, lines in sets if lines and lines.steps)
        return [self._failing[text] for text in programs if text in self._failing]

    def edits(self, finding: Finding) -> list[int]:
        """The numbers of the edits that have an effect on a finding, the best one first.

        That is one that repairs it, and most others. If none does, several mistakes may show in
        its program: then it is one with which the program differs in another way.
        """
        order = {AGREES: 0, "other": 1}
        effects = [each.get(finding.id, "nothing") for _, each in self._found]
        numbers = [at for at, effect in enumerate(effects) if effect in order]
        return sorted(numbers, key=lambda at: (order[effects[at]], -self._size(at)))

    def _size(self, number: int) -> int:
        return [*self._found[number][1].values()].count(AGREES)

    def repairs(self, number: int, finding: Finding) -> bool:
        """Whether an edit makes the program of a finding agree."""
        return self._found[number][1].get(finding.id) == AGREES

    def of(self, findings: Sequence[Finding]) -> int | None:
        """The number of the edits that repair most of the findings; None if none repairs any."""
        best = (self.edits(finding)[:1] for finding in findings)
        counts = Counter(number for numbers in best for number in numbers)
        return counts.most_common(1)[0][0] if counts else None

    def found(self, number: int) -> list[Repair]:
        """The edits of a number, each of which repairs the same; the best one first."""
        return self._found[number][0]


def _spread(findings: Sequence[Finding]) -> list[Finding]:
    """Some of the findings, evenly spread, as neighbours resemble each other."""
    return [*findings[:: max(1, len(findings) // MAX_FAILING)]][:MAX_FAILING]


def _ids(findings: Iterable[Finding]) -> frozenset[str]:
    return frozenset(finding.id for finding in findings)


def _divided(causes: Sequence[Cause], repairs: _Repairs) -> list[list[Finding]]:
    """The findings of each cause, by the edits that repair them.

    What is not run with edits stays with most of the other findings of its cause. So do a single
    one that no edit repairs, and a few that show the same as many that one repairs.
    """
    groups: dict[tuple[str, int], list[Finding]] = {}
    for at, cause in enumerate(causes):
        most = repairs.of(cause.findings)
        best = {each.id: next(iter(repairs.edits(each)), None) for each in cause.findings}
        left = [each for each in cause.findings if best[each.id] is None and _is_traced(each)]
        alike = _alike(cause.findings, left, repairs)
        for finding in cause.findings:
            own = best[finding.id]
            if own is None and (len(left) == 1 or finding not in left):
                own = most
            elif own is None:
                own = alike.get(outcome_classes(finding))
            key = ("cause", at) if own is None else ("repair", own)
            groups.setdefault(key, []).append(finding)
    return list(groups.values())


def _alike(
    findings: Sequence[Finding], left: Sequence[Finding], repairs: _Repairs
) -> dict[str, int]:
    """By what a few findings show that no edit repairs: the edit that repairs most others of it."""
    few = Counter(map(outcome_classes, left))
    others = {shown: [each for each in findings if outcome_classes(each) == shown] for shown in few}
    numbers = {shown: repairs.of(each) for shown, each in others.items()}
    return {
        shown: number
        for shown, number in numbers.items()
        if number is not None and few[shown] <= _FEW * len(others[shown])
    }


def _placed(
    cause: Cause, repairs: _Repairs, failing: Mapping[str, LineSet], passing: Sequence[LineSet]
) -> Cause:
    """The cause with its places: those first in which an edit repairs it."""
    ranked = rank_places(_lines(cause, failing), passing)
    number = repairs.of(cause.findings)
    if number is None:
        return replace(cause, places=tuple(map(str, ranked[:_NAMED])))
    found = repairs.found(number)
    places = dict.fromkeys([*(each.place for each in found), *ranked])
    tried = [each for each in cause.findings if _is_traced(each)]
    agree = sum(repairs.repairs(number, each) for each in tried)
    line = " ".join(found[0].line.split())
    edit = f"with `{line}` there, {agree} of {len(tried)} findings agree"
    return replace(cause, places=tuple(map(str, [*places][:_NAMED])), edit=edit)


def _lines(cause: Cause, failing: Mapping[str, LineSet]) -> list[LineSet]:
    return [failing[text] for text in _programs(cause.findings) if text in failing][:MAX_FAILING]


def _agreeing_vectors(executor: Executor, vectors: Sequence[StoredVector]) -> list[StoredVector]:
    """Some vectors that agree; a run without that phase has not looked."""
    some = vectors[:: max(1, len(vectors) // MAX_PASSING)][:MAX_PASSING]
    shown = executor.submit([each.program for each in some])()
    return [
        each
        for each, trace in zip(some, shown, strict=True)
        if trace is not None and digest_of(trace) == each.digest
    ]


def _programs(findings: Iterable[Finding]) -> dict[str, Program]:
    """The programs of findings that a single run shows, by their texts."""
    return {
        finding.program.to_text(): finding.program
        for finding in findings
        if finding.program is not None and _is_traced(finding)
    }


def _some(programs: Mapping[str, Program]) -> dict[str, Program]:
    return dict(islice(programs.items(), MAX_FAILING))


def _is_traced(finding: Finding) -> bool:
    return (
        finding.kind == "divergence"
        and finding.program is not None
        and not finding.before
        and finding.aspect != "fault"
    )


def _places(lines: LineSet) -> Places:
    return frozenset(edge.place for step in lines.steps for edge in step)


def _agreeing(failing: Iterable[LineSet], passing: Sequence[LineSet]) -> list[Places]:
    """What programs that agree execute: passing ones, and the steps before the one that differs."""
    earlier = [LineSet(lines.steps[:-1]) for lines in failing if len(lines.steps) > 1]
    return list(dict.fromkeys(map(_places, (*passing, *earlier))))


def _joined(
    causes: Sequence[Cause],
    repairs: _Repairs,
    failing: Mapping[str, LineSet],
    passing: Sequence[LineSet],
) -> list[Cause]:
    """Joins each cause to the first one before it that has the same place.

    Two that different edits repair have two places.
    """
    agreeing = _agreeing(failing.values(), passing)
    counts = Counter(place for each in agreeing for place in each)
    joined: list[Cause] = []
    for cause in causes:
        lines, edited = _lines(cause, failing), repairs.of(cause.findings) is not None
        at = next(
            (
                at
                for at, other in enumerate(joined)
                if _may_join(cause, other)
                and not (edited and repairs.of(other.findings) is not None)
                and _have_one_place(lines, _lines(other, failing), counts)
            ),
            None,
        )
        if at is None:
            joined.append(cause)
        else:
            joined[at] = joined[at].joined(cause)
    return joined


def _may_join(cause: Cause, other: Cause) -> bool:
    """Whether no two different explanations speak against it."""
    return "" in (cause.explanation, other.explanation) or cause.explanation == other.explanation


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
