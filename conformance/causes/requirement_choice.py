"""The requirement that a finding breaks: the most specific one whose own condition fails.

Owns the candidates and their order. It must not know how findings are shown.

A requirement is a candidate if its conditions hold on the expected side and not on the target, for
its own program or for that of the finding; or if only the target conforms to it, which then is what
the finding shows. The most specific candidate is the one whose program has most in common with the
finding's, where what few requirements are about counts for more than what many are about.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from ...reports.findings.cause import telling_words
from ...reports.findings.divergence import SOFT_ASPECTS, Divergence, compare
from ...reports.findings.finding import Finding
from ...reports.messages.elements import elements
from ...strategies.program import Again, Call, Change, Program, Receive, Send, Step, step_on
from ...strategies.projection import plain_step
from ...strategies.traces import Trace
from ..checks.catalogue import catalogue
from ..checks.check import LEVELS, Result, ShownRequirement, conforming
from ..checks.trace_check import TraceCheck, holds, run_one
from ..checks.versions import belongs
from ..execution.executor import CachingExecutor, Executor, parse_trace
from ..oracles.lockstep import Lockstep
from .likeness import SCAFFOLD, likeness, requirements, topics_of_check, topics_of_divergence

# Below these, a requirement is about something else than the finding: one whose own program shows
# the same about the same, one whose own program shows that it is broken, and any other.
_ENOUGH_SAME, _ENOUGH_BROKEN, _ENOUGH = 0.02, 0.1, 0.25
# How much more a requirement counts that is about what differs, one of an RFC, and one with a
# condition on the aspect that differs.
_ABOUT, _OF_RFC, _OF_ASPECT = 0.6, 0.1, 0.1
# The expected side refuses what the target accepts.
_ACCEPTED = "(True, False)"
_INDEPENDENCE = "connections/independent"
_OLD_VERSION = re.compile(rb"HTTP/0\.[0-9]")
# How much less a requirement counts whose own program the target handles, as only the finding's
# shows that it is broken; and one whose program the target handles differently in another way.
_NOT_BY_ITSELF, _OTHERWISE = 0.7, 0.6


@dataclass(frozen=True)
class _Judged:
    """A requirement, and whether its own program shows that both sides conform to it.

    ``rank`` is that among equals: a requirement of the RFCs, and of a high level, comes first.
    """

    check: TraceCheck
    rank: tuple[int, int]
    alternatives: tuple[frozenset[str], ...]
    target: bool | None
    expected: bool | None
    shape: str
    topics: frozenset[str]

    @property
    def is_exceeded(self) -> bool:
        """Whether only the target conforms."""
        return bool(self.target) and self.expected is False

    @property
    def conforming(self) -> str:
        """Which side conforms."""
        return conforming(self.target, self.expected)


@dataclass(frozen=True)
class _Found:
    """What was found: the program of a finding, what both sides show, and what it is about."""

    program: Program
    expected: Trace
    actual: Trace
    words: frozenset[str]
    shape: str
    topics: frozenset[str]


class RequirementChoice:
    """Chooses the requirement for each finding of a run.

    It remembers what it has run and compared, as many findings have the same program.

    Args:
        lockstep: both sides.
        version: the version of the catalogue.
    """

    def __init__(self, lockstep: Lockstep, version: str) -> None:
        self._lockstep = replace(
            lockstep,
            actual=CachingExecutor(lockstep.actual),
            expected=CachingExecutor(lockstep.expected),
        )
        self._compared: dict[str, tuple[_Found, list[tuple[float, _Judged]]]] = {}
        self._requirements = [check for check in requirements() if belongs(check.id, version)]
        self._judged: list[_Judged] | None = None
        # What a connection shows only after others is broken by these, and not by its messages.
        self._independence = next(
            (
                ShownRequirement(check, "expected")
                for check in catalogue()
                if check.id == _INDEPENDENCE and belongs(check.id, version)
            ),
            None,
        )

    def choose(self, result: Result, finding: Finding) -> ShownRequirement:
        """Returns the requirement to show for a finding of a result."""
        own = ShownRequirement(result.check, result.conforming)
        program = finding.program
        if program is None or not _is_compared(finding):
            return own
        if finding.before:
            return own if self._independence is None else self._independence
        judged = self._all()
        for each in judged:
            if each.check is own.check and each.is_exceeded:
                return ShownRequirement(own.check, each.conforming)
        found, scored = self._compare(program)
        best = max(
            scored,
            key=lambda pair: (round(pair[0], 2), *pair[1].rank, pair[1].check is own.check),
            default=None,
        )
        if best is not None:
            return ShownRequirement(best[1].check, "expected")
        exceeded = [
            (likeness(found.words, each.alternatives[0]), each)
            for each in judged
            if each.is_exceeded and each.shape == found.shape
        ]
        if not exceeded:
            return own
        score, most = max(exceeded, key=lambda pair: pair[0])
        return ShownRequirement(most.check, most.conforming) if score >= _ENOUGH else own

    def _compare(self, program: Program) -> tuple[_Found, list[tuple[float, _Judged]]]:
        """What a program shows, and the requirements that may be meant with their scores."""
        text = program.to_text()
        if text not in self._compared:
            actual, expected = _traces(self._lockstep, program)
            divergence = _divergence(self._lockstep, program, expected, actual)
            shape, topics = _shape(divergence), topics_of_divergence(divergence)
            words = self._without_chance(program, shape)
            found = _Found(program, expected, actual, words, shape, topics)
            scored = [(_score(each, found), each) for each in self._all() if not each.is_exceeded]
            self._compared[text] = found, [pair for pair in scored if pair[0] > 0]
        return self._compared[text]

    def _without_chance(self, program: Program, shape: str) -> frozenset[str]:
        """The elements of a program, without the old version that makes a program shorter."""
        words = elements(program)
        if "version below 1.0" not in words:
            return words
        newer = _with_version(program)
        actual, expected = _traces(self._lockstep, newer)
        still = _shape(_divergence(self._lockstep, newer, expected, actual)) == shape
        return words if still else words | {"HTTP/1.0"}

    def _all(self) -> list[_Judged]:
        """All requirements, judged on both sides; they are run when the first finding needs it."""
        if self._judged is None:
            programs = [next(iter(each.programs())) for each in self._requirements]
            actual = _run_all(self._lockstep.actual, programs)
            expected = _run_all(self._lockstep.expected, programs)
            self._judged = [
                _Judged(
                    check,
                    (-LEVELS.index(check.level), -len(elements(program))),
                    _alternatives(program),
                    holds(check, program, mine),
                    holds(check, program, other),
                    _shape(_divergence(self._lockstep, program, other, mine)),
                    topics_of_check(check),
                )
                for check, program, mine, other in zip(
                    self._requirements, programs, actual, expected, strict=True
                )
            ]
        return self._judged


def _score(judged: _Judged, found: _Found) -> float:
    """How much a requirement is about what was found, from 0; 0 if it is no candidate."""
    is_broken = judged.expected and judged.target is False
    score = max(likeness(found.words, each) for each in judged.alternatives)
    is_about = not found.topics.isdisjoint(judged.topics)
    # What is refused matters less where both are about the state after an error.
    is_same = is_broken and "errors" in found.topics & judged.topics and judged.shape == found.shape
    if score < (_ENOUGH_SAME if is_same else _ENOUGH_BROKEN if is_broken else _ENOUGH):
        return 0.0
    if is_about:
        score += _ABOUT
    if judged.check.level in ("MUST", "SHOULD"):
        score += _OF_RFC
    if is_broken and judged.shape == found.shape:
        return score + (_OF_ASPECT if _names_aspect(judged.check, found.shape) else 0.0)
    if is_broken:
        # What h11 itself deviates from says little about a target that differs in another way.
        return 0.0 if judged.check.h11 == "deviates" else score * _OTHERWISE
    in_common = found.words & judged.alternatives[0]
    if not found.shape.endswith(_ACCEPTED) or not in_common - SCAFFOLD:
        return 0.0
    telling = set(telling_words(found.words))
    if telling and telling.isdisjoint(telling_words(judged.alternatives[0])):
        return 0.0
    here = [holds(judged.check, found.program, trace) for trace in (found.expected, found.actual)]
    return score * _NOT_BY_ITSELF if here == [True, False] else 0.0


def _is_compared(finding: Finding) -> bool:
    """Whether a finding may break another requirement than its own.

    Neither the type of bytes nor the text of an error breaks one.
    """
    if finding.kind != "divergence" or finding.program is None:
        return False
    return finding.aspect not in SOFT_ASPECTS and not _has_no_plain_step(finding.program)


def _has_no_plain_step(program: Program) -> bool:
    """Whether the last step is one that the programs of requirements have not.

    It is about its arguments, or about who may change what, and not about the messages before it.
    """
    _, step = step_on(program.steps[-1])
    if isinstance(step, Call):
        return plain_step(step) is None
    return isinstance(step, (Again, Change))


def _names_aspect(check: TraceCheck, shape: str) -> bool:
    """Whether a condition of the requirement is about what differs: states, or bytes sent."""
    assert check.conditions is not None
    verb = "ends " if ": state " in shape else "sends " if ": bytes " in shape else ""
    return bool(verb) and any(text.startswith(verb) for text in check.conditions.texts)


def _run_all(executor: Executor, programs: Sequence[Program]) -> list[Trace]:
    """Runs programs, those that a faulty one prevented as well."""
    caching = CachingExecutor(executor)
    caching.prefetch(programs)
    return [parse_trace(raw) for raw in caching.submit(programs)()]


def _with_version(program: Program) -> Program:
    """The program with the current version in what is received."""
    steps = [
        Receive(_OLD_VERSION.sub(b"HTTP/1.1", step.data)) if isinstance(step, Receive) else step
        for step in program.steps
    ]
    return replace(program, steps=tuple(steps))


def _alternatives(program: Program) -> tuple[frozenset[str], ...]:
    """The elements of a program, and of each head that it sends in turn."""
    sends = [at for at, step in enumerate(program.steps) if _sends_head(step)]
    if len(sends) < 2:
        return (elements(program),)
    before = program.steps[: sends[0]]
    parts = [replace(program, steps=(*before, program.steps[at])) for at in sends]
    return (elements(program), *map(elements, parts))


def _sends_head(step: Step) -> bool:
    return isinstance(step, Send) and step.event.type in ("Request", "Response")


def _traces(lockstep: Lockstep, program: Program) -> tuple[Trace, Trace]:
    return run_one(lockstep.actual, program), run_one(lockstep.expected, program)


def _divergence(
    lockstep: Lockstep, program: Program, expected: Trace, actual: Trace
) -> Divergence | None:
    return compare(program, iter(expected), actual, lockstep.deviations).divergence


def _shape(divergence: Divergence | None) -> str:
    """In which way both sides differ: who refuses, or which field differs."""
    if divergence is None:
        return ""
    difference = divergence.difference
    # To read one event, and to read all of them, shows the same.
    kind = "drain" if divergence.step_kind == "next" else divergence.step_kind
    if difference.field == "outcome":
        raised = (_refuses(difference.expected), _refuses(difference.actual))
        return f"{kind}: {raised}"
    return f"{kind}: {difference.aspect} {difference.field}"


def _refuses(outcome: object) -> bool:
    return isinstance(outcome, dict) and "raised" in outcome


def choose_requirements(
    results: Sequence[Result], choose: Callable[[Result, Finding], ShownRequirement]
) -> dict[str, ShownRequirement]:
    """Returns the requirement to show for each finding, by the id of the finding.

    Where only the target conforms to it, the finding is no risk of the target: the results get it
    without one.
    """
    found: dict[str, ShownRequirement] = {}
    for result in results:
        for at, finding in enumerate(result.findings):
            shown = found[finding.id] = choose(result, finding)
            if shown.conforming == "target" and finding.smuggling_risk:
                result.findings[at] = replace(finding, smuggling_risk="")
    return found
