"""The differences between two releases, from the programs of the findings of both."""

from __future__ import annotations

import pytest
from command_helper import faulty

from h11spec.conformance import check
from h11spec.conformance.runs.release_diff import diff_releases
from h11spec.conformance.targets.target import parse
from h11spec.reports.record.record import Record


def record(target: str) -> Record:
    report = check(
        target, in_process=True, phases=("vectors",), checks=("chunked/rfc9112-7.1-data",)
    )
    return Record.from_lines(report.lines)


def test_common_behaviour_of_both_releases_is_no_difference() -> None:
    """Even if both differ from the reference."""
    target = faulty("takes_any_footer")
    same = record(target)
    assert any(each["fails"] for each in same.findings)
    assert diff_releases(parse(target), parse(target), (same, same)) == []


@pytest.mark.unmeasured
def test_a_difference_has_the_behaviour_of_both_releases() -> None:
    old, new = faulty("takes_any_footer"), "h11spec.reference"
    found = diff_releases(parse(old), parse(new), (record(old), record(new)))
    assert found
    for each in found:
        assert each["fails"]
        assert each["check"].startswith("chunked/rfc9112-7.1-data")
        assert each["level"] == "MUST"
    assert any("got RemoteProtocolError 400" in each["difference"] for each in found)
    assert len({(each["check"], each["difference"]) for each in found}) == len(found)
