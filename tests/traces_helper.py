"""Hand-written observations, and the divergence of two of them.

Owns the shorthand of the tests of comparison.
"""

from typing import Any

from h11spec.reports.findings.difference import Difference
from h11spec.reports.findings.divergence import Divergence, compare
from h11spec.strategies.program import Json, NextEvent, Program, Step
from h11spec.strategies.traces import Trace

SEEN: Json = {
    "client": "IDLE",
    "server": "IDLE",
    "trailing": ["", False],
    "version": None,
    "client_waits": False,
    "they_wait": False,
}
NEED_DATA: Json = {"type": "NEED_DATA"}
DATA: Json = {"type": "Data", "data": {"bytearray": "abc"}, "chunk_start": True, "chunk_end": False}
RAISED: Json = {
    "by": "next",
    "family": "RemoteProtocolError",
    "class": "RemoteProtocolError",
    "text": "illegal request line",
    "hint": 400,
}


def seen(**others: Any) -> Json:
    return {**SEEN, **others}


def divergence(one: Json, other: Json, step: Step | None = None) -> Divergence | None:
    """Returns the divergence of two traces of one step."""
    program = Program("server", (step or NextEvent(),))
    return compare(program, Trace([one]), Trace([other])).divergence


def difference(one: Json, other: Json) -> Difference:
    found = divergence(one, other)
    assert found is not None
    return found.difference


def raising(**changes: Any) -> Json:
    return seen(events=[], raised={**RAISED, **changes})


def reading(**changes: Any) -> Json:
    return seen(events=[{**DATA, **changes}])
