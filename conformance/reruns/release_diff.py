"""The differences between two releases, from the findings of both.

Owns which programs and expressions are run on both releases: those of their findings, as the
releases agree wherever neither differs from the expected side. Running them is necessary because a
finding says nothing about the other release, and hides the steps after it. Owns also when an
explanation says what one of the releases does: a changed reference shows in the step in which they
differ what that one does, and the reference what the other does. It must not know how the
differences are presented.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from types import ModuleType

from ... import reference
from ...reports.analysis.change_causes import ReleaseExplanation
from ...reports.analysis.release_changes import ReleaseDifference
from ...reports.findings.deviations import UPSTREAM_DEVIATIONS
from ...reports.findings.difference import Difference
from ...reports.findings.divergence import SOFT_ASPECTS, Divergence, compare
from ...reports.findings.finding import Finding, api_finding, divergence_finding
from ...reports.record.record import Record
from ...strategies.program import Json, Program
from ...strategies.traces import run
from ..causes.cause import Cause, cause_identity
from ..causes.explanations import Explanation, changed_reference, load
from ..execution import expression_scripts
from ..oracles.lockstep import Lockstep
from ..oracles.oracle import minimise_divergence
from ..requirements import surface
from ..runs.run import open_session
from ..runs.settings import Settings
from ..targets.target import Target

# The members of a finding that describe its check.
_OF_CHECK = ("level", "citations", "requirement", "note")


def diff_releases(
    old: Target, new: Target, records: tuple[Record, Record]
) -> list[ReleaseDifference]:
    """Returns the differences of the newer release from the older one.

    There is one for every check whose program shows the difference, with one program for all of
    them.

    Args:
        records: the run records of the older and the newer release.

    Raises TargetError when a release cannot be loaded.
    """
    found = list(_programs(records))
    # The runs that made the records decided whether a release may hand out another package's code.
    with open_session(new, Settings(allow_reexport=True), against=old) as session:
        comparisons = session.lockstep.submit([program for program, _ in found])()
        shown: dict[str, list[tuple[Divergence, Json]]] = {}
        for comparison, (_, finding) in zip(comparisons, found, strict=True):
            divergence = comparison.divergence if comparison is not None else None
            if divergence is not None and finding.get("behind"):
                divergence = _about(session.lockstep, divergence, finding)
            if divergence is not None and divergence.difference.aspect not in SOFT_ASPECTS:
                shown.setdefault(divergence.identity, []).append((divergence, finding))
        imports = session.target.imports
        minimal = {
            identity: _minimised(session.lockstep, min((each for each, _ in pairs), key=_length))
            for identity, pairs in shown.items()
        }
        explained = _explained(minimal)
        differences = [
            each
            for identity, pairs in shown.items()
            for each in _differences(minimal[identity], pairs, explained[identity], imports)
        ]
        return [*differences, *_answers(session.lockstep, _expressions(records), imports)]


def _about(lockstep: Lockstep, first: Divergence, finding: Json) -> Divergence:
    """The difference that a finding is about, if it lies behind the first one."""
    found = lockstep.all_divergences(first.program)
    return next((each for each in found if _is_the_same(each, finding)), first)


def _minimised(lockstep: Lockstep, divergence: Divergence) -> Divergence:
    return minimise_divergence(lockstep, divergence) or divergence


def _programs(records: tuple[Record, Record]) -> Iterator[tuple[Program, Json]]:
    """Yields the programs of findings that fail a run."""
    seen: set[str] = set()
    for finding in (each for record in records for each in record.findings):
        if finding["fails"] and "program" in finding and "other_program" not in finding:
            key = f"{finding['id']} {json.dumps(finding['program'])}"
            if key not in seen:
                seen.add(key)
                yield Program.from_json(finding["program"]), finding


def _expressions(records: tuple[Record, Record]) -> dict[str, list[Json]]:
    """The expressions of findings that fail a run, each with these findings."""
    found: dict[str, list[Json]] = {}
    for finding in (each for record in records for each in record.findings):
        if finding["fails"] and "expression" in finding:
            found.setdefault(finding["expression"], []).append(finding)
    return found


def _answers(
    lockstep: Lockstep, findings: dict[str, list[Json]], imports: list[str]
) -> Iterator[ReleaseDifference]:
    """Yields each expression that the releases answer differently."""
    texts = list(findings)
    expected, actual = (
        executor.evaluate(texts) if texts else []
        for executor in (lockstep.expected, lockstep.actual)
    )
    expressions = tuple(surface.Expression(text, "", documented=True) for text in texts)
    for each in surface.differences(expected, actual, expressions):
        text = each.expression.text
        lines = expression_scripts.script(text)
        sources = findings[text]
        check = sources[-1]["check"]
        found = api_finding(check, text, each.expected, each.actual, lines=lines)
        yield ReleaseDifference(
            _with_check(found.to_json(imports=imports), sources[-1]),
            _ids(sources),
            cause_id=_cause_id(found),
        )


def _by_check(findings: Iterable[Json]) -> dict[str, Json]:
    """One finding of each check: a smuggling-relevant one if there is one."""
    ordered = sorted(findings, key=lambda each: bool(each["smuggling"]))
    return {finding["check"]: finding for finding in ordered}


def _length(divergence: Divergence) -> int:
    return len(json.dumps(divergence.program.to_json()))


def _ids(findings: Iterable[Json]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each["id"] for each in findings))


def _is_the_same(divergence: Divergence, finding: Json) -> bool:
    """Whether the releases differ in what the finding is about, and not before it."""
    place = divergence.step, divergence.difference.field
    return place == (finding.get("step"), finding["field"])


def _cause_id(finding: Finding) -> str:
    """The id of a cause that has nothing but this finding."""
    return Cause(cause_identity(finding.check, finding), (finding,)).id


def _differences(
    divergence: Divergence,
    pairs: Sequence[tuple[Divergence, Json]],
    explanations: tuple[ReleaseExplanation, ...],
    imports: list[str],
) -> Iterator[ReleaseDifference]:
    """Yields a difference for each check.

    A divergence is smuggling-relevant if it is so in either direction.
    """
    by_check = _by_check(finding for _, finding in pairs)
    ids = _ids(finding for shown, finding in pairs if _is_the_same(shown, finding))
    risk_of_either = next(
        (each["smuggling_risk"] for each in by_check.values() if each["smuggling"]), ""
    )
    for check, finding in by_check.items():
        found = divergence_finding(check, divergence)
        line = _with_check(found.to_json(imports=imports), finding)
        risk = line["smuggling_risk"] or risk_of_either
        line |= {"smuggling": bool(risk), "smuggling_risk": risk}
        yield ReleaseDifference(line, ids, explanations, _cause_id(found))


def _with_check(found: Json, finding: Json) -> Json:
    """A finding with the members that another finding of the same check has from the check."""
    of_check = {name: finding[name] for name in _OF_CHECK}
    return {
        **found,
        **of_check,
        "conforming": "",
        "accepted": None,
        "output": None,
        "reproduced": None,
    }


def _explained(differences: Mapping[str, Divergence]) -> dict[str, tuple[ReleaseExplanation, ...]]:
    """The explanations that fit each difference, those first that fit most of all differences."""
    fitting: dict[ReleaseExplanation, list[str]] = {}
    for key, divergence in differences.items():
        for each in load():
            found = _difference(each, divergence.program)
            if found is None or found[0] != divergence.step:
                continue
            if _same(found[1], divergence.difference):
                fitting.setdefault((each.sentence, "newer"), []).append(key)
            if _same(found[1], _swapped(divergence.difference)):
                fitting.setdefault((each.sentence, "older"), []).append(key)
    order = sorted(fitting, key=lambda each: -len(fitting[each]))
    return {key: tuple(each for each in order if key in fitting[each]) for key in differences}


def _difference(each: Explanation, program: Program) -> tuple[int, Difference] | None:
    """The first step in which a changed reference differs from the reference, and how."""
    expected, actual = run(reference, program), run(_changed(each), program)
    found = compare(program, expected, actual, UPSTREAM_DEVIATIONS).divergence
    return None if found is None else (found.step, found.difference)


@cache
def _changed(each: Explanation) -> ModuleType:
    return changed_reference([each])


def _swapped(difference: Difference) -> Difference:
    return Difference(
        difference.aspect,
        difference.field,
        difference.actual,
        difference.expected,
        difference.actual_kind,
        difference.expected_kind,
        difference.at,
    )


def _same(one: Difference, other: Difference) -> bool:
    """Whether two differences are equal; the content of values counts if nothing else differs."""
    kinds = one.expected_kind, one.actual_kind
    if (one.field, kinds) != (other.field, (other.expected_kind, other.actual_kind)):
        return False
    return kinds[0] != kinds[1] or (one.expected, one.actual) == (other.expected, other.actual)
