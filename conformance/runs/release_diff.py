"""The differences between two releases, from the findings of both.

Owns which programs and expressions are run on both releases: those of their findings, as the
releases agree wherever neither differs from the expected side. Running them is necessary because a
finding says nothing about the other release, and hides the steps after it. It must not know how the
differences are presented.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from ...reports.findings.divergence import SOFT_ASPECTS, Divergence
from ...reports.findings.finding import api_finding, divergence_finding
from ...reports.record.record import Record
from ...strategies.program import Json, Program
from ..execution import expression_scripts
from ..oracles.lockstep import Lockstep
from ..oracles.oracle import minimise_divergence
from ..requirements import surface
from ..targets.target import Target
from .run import open_session
from .settings import Settings

# The members of a finding that describe its check.
_OF_CHECK = ("level", "citations", "requirement", "note")


def diff_releases(old: Target, new: Target, records: tuple[Record, Record]) -> list[Json]:
    """Returns the differences of the newer release from the older one, as findings.

    There is one finding for every check whose program shows the difference, with one program for
    all of them.

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
            if divergence is not None and divergence.difference.aspect not in SOFT_ASPECTS:
                shown.setdefault(divergence.identity, []).append((divergence, finding))
        imports = session.target.imports
        lines = [
            line
            for pairs in shown.values()
            for line in _findings(
                _minimised(session.lockstep, min((each for each, _ in pairs), key=_length)),
                _by_check(finding for _, finding in pairs),
                imports,
            )
        ]
        return [*lines, *_answers(session.lockstep, _expressions(records), imports)]


def _minimised(lockstep: Lockstep, divergence: Divergence) -> Divergence:
    return minimise_divergence(lockstep, divergence) or divergence


def _programs(records: tuple[Record, Record]) -> Iterator[tuple[Program, Json]]:
    """Yields the programs of findings that fail a run, each once per check."""
    seen: set[str] = set()
    for finding in (each for record in records for each in record.findings):
        if finding["fails"] and "program" in finding and "other_program" not in finding:
            key = f"{finding['check']} {json.dumps(finding['program'])}"
            if key not in seen:
                seen.add(key)
                yield Program.from_json(finding["program"]), finding


def _expressions(records: tuple[Record, Record]) -> dict[str, Json]:
    """The expressions of findings that fail a run, each with such a finding."""
    return {
        finding["expression"]: finding
        for record in records
        for finding in record.findings
        if finding["fails"] and "expression" in finding
    }


def _answers(lockstep: Lockstep, findings: dict[str, Json], imports: list[str]) -> Iterator[Json]:
    """Yields a finding for each expression that the releases answer differently."""
    texts = list(findings)
    expected, actual = (
        executor.evaluate(texts) if texts else []
        for executor in (lockstep.expected, lockstep.actual)
    )
    expressions = tuple(surface.Expression(text, "", documented=True) for text in texts)
    for each in surface.differences(expected, actual, expressions):
        text = each.expression.text
        lines = expression_scripts.script(text)
        found = api_finding(findings[text]["check"], text, each.expected, each.actual, lines=lines)
        yield _with_check(found.to_json(imports=imports), findings[text])


def _by_check(findings: Iterable[Json]) -> dict[str, Json]:
    """One finding of each check: a smuggling-relevant one if there is one."""
    ordered = sorted(findings, key=lambda each: bool(each["smuggling"]))
    return {finding["check"]: finding for finding in ordered}


def _length(divergence: Divergence) -> int:
    return len(json.dumps(divergence.program.to_json()))


def _findings(
    divergence: Divergence, by_check: dict[str, Json], imports: list[str]
) -> Iterator[Json]:
    """Yields a finding for each check.

    A divergence is smuggling-relevant if it is so in either direction.
    """
    risk_of_either = next(
        (each["smuggling_risk"] for each in by_check.values() if each["smuggling"]), ""
    )
    for check, finding in by_check.items():
        found = _with_check(divergence_finding(check, divergence).to_json(imports=imports), finding)
        risk = found["smuggling_risk"] or risk_of_either
        yield {**found, "smuggling": bool(risk), "smuggling_risk": risk}


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
