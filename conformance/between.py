"""Two releases beside each other: what they do otherwise in programs that tell of either.

Owns which programs are tried. Those of the findings of both are: what neither does otherwise than
the expected side, they do alike. An earlier difference from the expected side hides what comes
behind it, and a finding says nothing of the other release; so both are run.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from ..reports.divergence import SOFT_ASPECTS, Divergence
from ..reports.findings import Finding
from ..reports.records import Record
from ..strategies.programs import Json, Program
from .examination import minimal
from .outcome import Settings
from .runs import prepared
from .targets import Target

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
        return [
            line
            for pairs in shown.values()
            for line in _findings(
                minimal(ready.lockstep, min((each for each, _ in pairs), key=_length)),
                _by_check(finding for _, finding in pairs),
                ready.target.imports,
            )
        ]


def _programs(records: tuple[Record, Record]) -> Iterator[tuple[Program, Json]]:
    """Gives out the programs of findings that fail a run, each once for a check."""
    seen: set[str] = set()
    for finding in (each for record in records for each in record.findings):
        if finding["fails"] and "program" in finding and "other_program" not in finding:
            key = f"{finding['check']} {json.dumps(finding['program'])}"
            if key not in seen:
                seen.add(key)
                yield Program.from_json(finding["program"]), finding


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
    said = next((each["disagreement"] for each in by_check.values() if each["smuggling"]), "")
    for check, finding in by_check.items():
        found = Finding(check, divergence).to_json(imports=imports)
        disagreement = found["disagreement"] or said
        yield {
            **found,
            **{name: finding[name] for name in _OF_CHECK},
            "smuggling": bool(disagreement),
            "disagreement": disagreement,
            "side": "",
            "accepted": None,
            "prints": None,
            "reproduced": None,
        }
