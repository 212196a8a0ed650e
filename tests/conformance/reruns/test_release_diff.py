"""The differences between two releases, from the programs of the findings of both."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from command_helper import faulty, module

from h11spec.conformance import check
from h11spec.conformance.reruns.release_diff import diff_releases
from h11spec.conformance.targets.target import parse
from h11spec.reports.analysis.change_causes import CauseFinder
from h11spec.reports.analysis.matrix import Column, matrix
from h11spec.reports.analysis.release_changes import release_changes
from h11spec.reports.record.record import Record


def record(target: str) -> Record:
    report = check(
        target,
        in_process=True,
        allow_reexport=True,
        phases=("vectors",),
        checks=("chunked/rfc9112-7.1-data",),
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
    for each in (difference.finding for difference in found):
        assert each["fails"]
        assert each["check"].startswith("chunked/rfc9112-7.1-data")
        assert each["level"] == "MUST"
    texts = [(each.finding["check"], each.finding["difference"]) for each in found]
    assert any("got RemoteProtocolError 400" in difference for _, difference in texts)
    assert len(set(texts)) == len(texts)


TITLE = "takes any two bytes for the CRLF after a chunk"


def test_a_difference_has_the_findings_that_are_about_it_and_what_explains_it() -> None:
    """The older release has them; it does what the explanation says."""
    old, new = faulty("takes_any_footer"), "h11spec.reference"
    records = record(old), record(new)
    found = diff_releases(parse(old), parse(new), records)
    ids = {each["id"] for each in records[0].findings}
    for each in found:
        assert each.sources
        assert ids.issuperset(each.sources)
        assert (TITLE, "older") in each.explanations
        assert re.fullmatch(r"C-[0-9a-f]{6}", each.cause_id)
    back = diff_releases(parse(new), parse(old), (records[1], records[0]))
    assert back
    assert all((TITLE, "newer") in each.explanations for each in back)


def test_a_change_has_the_title_and_the_vulnerability_of_its_cause() -> None:
    old, new = faulty("takes_any_footer"), "h11spec.reference"
    records = record(old), record(new)
    made = matrix([Column(name, each) for name, each in zip((old, new), records, strict=True)])
    [changes] = release_changes(
        made,
        consecutive=True,
        run_both=lambda _old, _new: diff_releases(parse(old), parse(new), records),
    )
    [cause] = changes.causes
    [line] = [each for each in records[0].causes if each["fails"]]
    assert (cause.id, cause.kind) == (line["id"], "resolved")
    assert (cause.title, cause.vulnerabilities) == (TITLE, ("CVE-2025-43859",))


# Hands out fields in another way, in the event before the chunk that it ends in another way.
BOTH = """
from functools import partial
from h11spec.conformance.causes.explanations import changed_reference, load

names = "no-raw-items", "any-two-bytes-after-chunk"
__getattr__ = partial(getattr, changed_reference([each for each in load() if each.name in names]))
"""


def test_what_lies_behind_another_change_is_a_change_as_well(tmp_path: Path) -> None:
    old, new = module(tmp_path, BOTH), "h11spec.reference"
    records = record(old), record(new)
    assert any(each.get("behind") for each in records[0].findings)
    finder = CauseFinder(*records)
    causes = [
        finder.of_difference(each.sources, each.explanations, each.cause_id)
        for each in diff_releases(parse(old), parse(new), records)
    ]
    assert {(each.title, each.direction) for each in causes} == {
        ("hands out fields as a list, without the names as they were written", "resolved"),
        (TITLE, "resolved"),
    }
