"""Two releases beside each other: what they do otherwise where either was found to differ.

Owns what is tried: the programs and the expressions of the findings of both. What neither does
otherwise than the expected side, they do alike. An earlier difference from the expected side hides
what comes behind it, and a finding says nothing of the other release; so both are run.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from ...reports.findings.divergence import SOFT_ASPECTS, Divergence
from ...reports.findings.finding import api_finding, divergence_finding
from ...reports.record.record import Record
from ...strategies.programs import Json, Program
from ..execution import expression_scripts
from ..oracles.lockstep import Lockstep
from ..oracles.oracle import minimise_divergence
from ..requirements import surface
from ..targets.target import Target
from .run import prepared
from .settings import Settings

# What a finding has from its check.
_OF_CHECK = ("level", "citations", "requirement", "note")


def between(old: Target, new: Target, records: tuple[Record, Record]) -> list[Json]:
    """Returns what the newer does otherwise than the older, as findings of the newer against it.

    Each is there once for every check whose program shows it, with one program for all.

    Raises TargetError when one of them cannot be loaded.
    """
    found = list(_programs(records))
    with prepared(new, Settings(), against=old) as ready:
        comparisons = ready.lockstep.submit([program for program, _ in found])()
        shown: dict[str, list[tuple[Divergence, Json]]] = {}
        for comparison, (_, finding) in zip(comparisons, found, strict=True):
            divergence = comparison.divergence if comparison is not None else None
            if divergence is not None and divergence.difference.aspect not in SOFT_ASPECTS:
                shown.setdefault(divergence.identity, []).append((divergence, finding))
        imports = ready.target.imports
        lines = [
            line
            for pairs in shown.values()
            for line in _findings(
                minimise_divergence(ready.lockstep, min((each for each, _ in pairs), key=_length)),
                _by_check(finding for _, finding in pairs),
                imports,
            )
        ]
        return [*lines, *_answers(ready.lockstep, _expressions(records), imports)]


def _programs(records: tuple[Record, Record]) -> Iterator[tuple[Program, Json]]:
    """Gives out the programs of findings that fail a run, each once for a check."""
    seen: set[str] = set()
    for finding in (each for record in records for each in record.findings):
        if finding["fails"] and "program" in finding and "other_program" not in finding:
            key = f"{finding['check']} {json.dumps(finding['program'])}"
            if key not in seen:
                seen.add(key)
                yield Program.from_json(finding["program"]), finding


def _expressions(records: tuple[Record, Record]) -> dict[str, Json]:
    """The expressions over the API that fail a run, each with a finding of it."""
    return {
        finding["expression"]: finding
        for record in records
        for finding in record.findings
        if finding["fails"] and "expression" in finding
    }


def _answers(lockstep: Lockstep, asked: dict[str, Json], imports: list[str]) -> Iterator[Json]:
    """What the newer answers otherwise than the older."""
    texts = list(asked)
    expected, actual = (
        side.evaluate(texts) if texts else [] for side in (lockstep.expected, lockstep.actual)
    )
    expressions = tuple(surface.Expression(text, "", documented=True) for text in texts)
    for each in surface.differences(expected, actual, expressions):
        text = each.expression.text
        lines = expression_scripts.script(text)
        found = api_finding(asked[text]["check"], text, each.expected, each.actual, lines=lines)
        yield _told(found.to_json(imports=imports), asked[text])


def _by_check(findings: Iterable[Json]) -> dict[str, Json]:
    """One finding of each check, one that touches where messages end where there is any."""
    ordered = sorted(findings, key=lambda each: bool(each["smuggling"]))
    return {finding["check"]: finding for finding in ordered}


def _length(divergence: Divergence) -> int:
    return len(json.dumps(divergence.program.to_json()))


def _findings(
    divergence: Divergence, by_check: dict[str, Json], imports: list[str]
) -> Iterator[Json]:
    """What the older takes and the newer refuses matters as much as the other way round."""
    said = next((each["smuggling_risk"] for each in by_check.values() if each["smuggling"]), "")
    for check, finding in by_check.items():
        found = _told(divergence_finding(check, divergence).to_json(imports=imports), finding)
        disagreement = found["smuggling_risk"] or said
        yield {**found, "smuggling": bool(disagreement), "smuggling_risk": disagreement}


def _told(found: Json, finding: Json) -> Json:
    """What was found, with what another finding of the same check has from it."""
    of_check = {name: finding[name] for name in _OF_CHECK}
    return {
        **found,
        **of_check,
        "conforming": "",
        "accepted": None,
        "output": None,
        "reproduced": None,
    }
