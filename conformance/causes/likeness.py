"""How much two conversations have in common, and what checks and divergences are about.

Owns the weights of elements and the topics. It must not know which side conforms to what.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from functools import cache

from ...reports.findings.divergence import Divergence
from ...reports.messages.elements import elements
from ..checks.catalogue import catalogue
from ..checks.check import Check
from ..checks.trace_check import TraceCheck

# What the finding's program has in addition matters less than what the requirement's has.
_EXTRA = 0.5
# Most conversations have these whatever they are about, or got them when they were minimised.
SCAFFOLD = frozenset(
    (
        *(f"role {role}" for role in ("client", "server")),
        *("ends with reading", "host", "no Host", "empty host", "another field", "body"),
        *("status 200", "success", "status line", "another status", "reason", "no reason"),
        *("target that is not a path", "version below 1.0", "several messages received"),
        *("field", "no framing field", "chunk", "transfer-encoding", "content-length"),
        *(f"ends with sending {kind}" for kind in ("Request", "Response", "EndOfMessage", "Data")),
        "ends with sending InformationalResponse",
        *(f"sends {kind}" for kind in ("Request", "Response", "EndOfMessage", "Data")),
        *("sends host", "sends no Host", "sends empty host", "sends another field", "sends field"),
        *("sends InformationalResponse", "interim status", "sends interim status"),
        *("sends no framing field", "sends status 200", "sends success", "sends reason"),
        *("sends target that is not a path", "sends content-length", "sends transfer-encoding"),
    )
)
_SCAFFOLD_WEIGHT = 0.2
# What the requirements of an area are about, and the promises whose ids begin so.
_AREAS = {
    "framing": "framing",
    "chunked": "framing",
    "persistence": "persistence",
    "persistence/rfc9112-9.3.2": "pipelining",
    "switching": "switching",
    "expect": "waiting",
    "contract/framing": "framing",
    "contract/keep-alive": "persistence",
    "contract/switch": "switching",
    "contract/waiting": "waiting",
    "contract/states-error": "errors",
    "contract/fail": "errors",
    "contract/pipelining": "pipelining",
}


def topics_of_check(check: Check) -> frozenset[str]:
    """Returns what a requirement is about, as its area or the begin of its id says."""
    return frozenset(
        topic for begin, topic in _AREAS.items() if check.id.startswith((f"{begin}/", f"{begin}-"))
    )


def topics_of_divergence(divergence: Divergence | None) -> frozenset[str]:
    """Returns what a divergence is about: where bodies end, or which state is entered."""
    if divergence is None:
        return frozenset()
    difference = divergence.difference
    kinds = {difference.expected_kind, difference.actual_kind}
    found: set[str] = set()
    if difference.aspect == "event" and kinds & {"Data", "EndOfMessage"}:
        found.add("framing")
    if "PAUSED" in kinds:
        found.add("pipelining")
    if difference.field in ("client_waits", "they_wait"):
        found.add("waiting")
    if difference.aspect == "state":
        if "MUST_CLOSE" in kinds:
            found.add("persistence")
        if kinds & {"SWITCHED_PROTOCOL", "MIGHT_SWITCH_PROTOCOL"}:
            found.add("switching")
        if "ERROR" in kinds:
            found.add("errors")
    return frozenset(found)


@cache
def requirements() -> tuple[TraceCheck, ...]:
    """Returns the checks of the catalogue that judge a trace by conditions of their own."""
    return tuple(
        check
        for check in catalogue()
        if isinstance(check, TraceCheck) and check.conditions is not None
    )


@cache
def _weights() -> dict[str, float]:
    """The weight of each element: the fewer requirements are about it, the more it counts."""
    programs = [next(iter(check.programs())) for check in requirements()]
    counts = Counter(word for program in programs for word in elements(program))
    return {word: math.log((1 + len(programs)) / count) for word, count in counts.items()}


def _weight(words: Iterable[str]) -> float:
    weights = _weights()
    rare = math.log(1 + len(requirements()))
    return sum(_SCAFFOLD_WEIGHT if word in SCAFFOLD else weights.get(word, rare) for word in words)


def likeness(finding: frozenset[str], requirement: frozenset[str]) -> float:
    """Returns how much the programs of a finding and of a requirement have in common, from 0 to 1.

    Args:
        finding: the elements of the finding's program.
        requirement: the elements of the requirement's program.
    """
    common = _weight(finding & requirement)
    whole = common + _weight(requirement - finding) + _EXTRA * _weight(finding - requirement)
    return common / whole if whole else 0.0
