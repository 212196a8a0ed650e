"""What of a run may be published: the causes that the maintainers of the target do not get first.

Owns which causes are sensitive. It must not know which implementations have other maintainers, nor
any layout.

A cause is withheld as a whole: what else it does would tell what its sensitive findings are about.
So is each finding of another cause whose program shows a withheld one as well.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from ...strategies.program import Json, is_object
from ..record.record import Record
from .causes import ShownCause, shown_causes
from .groups import area
from .matrix import Column

# What is expected of a head that is too long: an implementation that goes on grows without bound.
_TOO_LONG = ": expected RemoteProtocolError 431, "
# A process ends or hangs, memory or time grows.
_ASPECTS = ("fault", "cost", "memory")
# The areas of checks about where messages and heads end; of the sections of RFC 9112, those about
# bodies, transfer codings, and attacks that need two parties to see different messages.
_FRAMING_AREAS = ("chunked", "framing", "limits")
_is_about_framing = re.compile(r"RFC 9112 §(6|7|11)(\.|$)").match


def redact(column: Column) -> Column:
    """Returns the column of a third party without the causes that its maintainers get first.

    These are the causes with a finding that is smuggling-relevant, that kills, hangs or floods a
    process, that lets a buffer, memory or time grow, or that breaks a requirement about where
    messages end. They are counted.
    """
    if column.record is None:
        return replace(column, external=True)
    causes = shown_causes(column.record)
    withheld = [each for each in causes if is_sensitive(each)]
    hidden = {finding["id"] for cause in withheld for finding in cause.findings}
    titles = {str(cause.line["title"]) for cause in withheld}
    hidden |= {
        finding["id"]
        for finding in column.record.findings
        if not titles.isdisjoint(finding.get("behind", ()))
    }
    return replace(
        column,
        record=_with_findings(column.record, lambda finding: finding["id"] not in hidden),
        external=True,
        redacted=len(hidden),
        redacted_causes=len(withheld),
    )


def is_sensitive(cause: ShownCause) -> bool:
    """Returns whether the maintainers of a target get a cause before it is published."""
    return bool(cause.line["smuggling"]) or any(map(_is_sensitive, cause.findings))


def _is_sensitive(finding: Json) -> bool:
    if finding["smuggling"] or finding["aspect"] in _ASPECTS or _TOO_LONG in finding["difference"]:
        return True
    if finding["conforming"] == "expected" and _cites_framing(finding["citations"]):
        return True
    # To refuse a message that others accept does no harm.
    accepts = finding["field"] == "outcome" and not _is_refusal(finding["actual"])
    return accepts and area(finding["check"]) in _FRAMING_AREAS


def _cites_framing(citations: Sequence[str]) -> bool:
    return any(map(_is_about_framing, citations))


def _is_refusal(outcome: Any) -> bool:
    return is_object(outcome) and "raised" in outcome


def only_failing(column: Column) -> Column:
    """Returns a column with only the findings that fail a run."""
    if column.record is None:
        return column
    return replace(column, record=_with_findings(column.record, lambda each: each["fails"]))


def _with_findings(record: Record, keep: Callable[[Json], bool]) -> Record:
    """The record with some of its findings, and the causes that have any of these."""
    findings = [each for each in record.findings if keep(each)]
    ids = {each["id"] for each in findings}
    causes = [
        {**each, "findings": [id for id in each["findings"] if id in ids]} for each in record.causes
    ]
    return replace(record, findings=findings, causes=[each for each in causes if each["findings"]])
