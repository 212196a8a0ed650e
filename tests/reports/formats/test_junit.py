"""JUnit XML is valid, and has a test case for each result that says why it failed."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest
from reports_helper import (
    UNSEEN,
    agreeing,
    broken_off,
    hostile,
    huge,
    interrupted,
    of_kind,
    real,
    record,
    with_footer,
)
from xmlschema import XMLSchema

from h11spec.reports.formats.junit import junit
from h11spec.strategies.program import Json


@cache
def schema() -> XMLSchema:
    return XMLSchema(Path(__file__).with_name("junit.xsd"))


def parsed(lines: list[Json]) -> Element:
    return ElementTree.fromstring(junit(record(lines)))


def statuses(root: Element, suite: str) -> dict[str, str]:
    """The status of each test case of a suite, by its name."""
    cases = root.findall(f"testsuite[@name='{suite}']/testcase")
    return {case.get("name", ""): next((child.tag for child in case), "passed") for case in cases}


@pytest.mark.parametrize(
    "lines",
    [real, agreeing, broken_off, interrupted, hostile, huge],
    ids=lambda each: each.__name__,
)
def test_it_is_valid(lines: Any) -> None:
    text = junit(record(lines()))
    schema().validate(text.encode())
    assert text.startswith('<?xml version="1.0" encoding="UTF-8"?>\n<testsuites ')


def test_the_schema_rejects_invalid_documents() -> None:
    text = junit(record())
    for old, new in (
        ("classname=", "class="),
        ("failure", "broken"),
        ('time="0"', 'time="x"'),
        ('tests="', 'test="'),
        ("properties", "settings"),
    ):
        assert not schema().is_valid(text.replace(old, new).encode())


def test_each_result_is_a_test_case_of_its_area() -> None:
    root, results = parsed(real()), of_kind(real(), "result")
    found = statuses(root, "vectors")
    assert found == {
        each["check"]: "failure" if each["verdict"] == "fail" else "passed" for each in results
    }
    for case in root.findall("testsuite[@name='vectors']/testcase"):
        assert case.get("name", "").startswith(f"{case.get('classname')}/")


def test_the_counts_match_the_test_cases() -> None:
    root = parsed(real())
    for element in (root, *root.findall("testsuite")):
        assert element.get("tests") == str(len(element.findall(".//testcase")))
        assert element.get("failures") == str(len(element.findall(".//failure")))


def test_a_failure_names_the_cause_and_describes_the_finding() -> None:
    root = parsed(real())
    finding = of_kind(real(), "finding")[0]
    [cause] = [each for each in of_kind(real(), "cause") if finding["id"] in each["findings"]]
    [failure] = root.findall(f".//testcase[@name='{finding['check']}']/failure")
    assert failure.get("message") == f"{cause['id']}  {cause['title']}"
    assert failure.text is not None
    assert failure.text.startswith(f"{cause['id']}  {cause['title']}\n\n{finding['id']}  ")
    assert finding["requirement"] in failure.text
    assert finding["script"][-1] in failure.text


def test_a_failure_counts_the_other_causes_of_its_check() -> None:
    """Its text has the findings of each cause under the title of the cause."""
    lines = real()
    cause, other = of_kind(lines, "cause")
    finding, last = (
        next(each for each in lines if each.get("id") == id["findings"][0]) for id in (cause, other)
    )
    last |= {"fails": True, "check": finding["check"]}
    other["fails"] = True
    [result] = [each for each in of_kind(lines, "result") if each["check"] == finding["check"]]
    result["findings"] = [finding["id"], last["id"]]
    root = parsed(with_footer(lines))
    [failure] = root.findall(f".//testcase[@name='{finding['check']}']/failure")
    assert (failure.get("message") or "").endswith(", and 1 more cause")
    assert failure.text is not None
    places = [failure.text.index(f"{each['id']}  ") for each in (cause, finding, other, last)]
    assert places == sorted(places)


def test_the_test_case_of_the_run_lists_the_causes_and_its_properties_count_them() -> None:
    [suite] = [each for each in parsed(real()) if each.get("name") == "h11spec"]
    listed = (suite.findtext("testcase/system-out") or "").splitlines()
    first, second = of_kind(real(), "cause")
    assert listed == [
        f"smuggling-relevant: {first['id']}  {first['title']}: 2 findings",
        f"{second['id']}  {second['title']} (shown, does not fail): 1 finding",
    ]
    properties = {each.get("name"): each.get("value") for each in suite.iter("property")}
    assert (properties["causes"], properties["unexpected causes"]) == ("2", "1")


def test_accepted_findings_are_skipped_with_their_reason() -> None:
    lines = real()
    for finding in of_kind(lines, "finding"):
        finding["accepted"] = "a reason"
    root = parsed(with_footer(lines))
    assert root.get("failures") == "0"
    messages = {each.get("message") for each in root.findall(".//skipped")}
    assert messages
    assert all(each and each.startswith("accepted: a reason") for each in messages)


def test_an_inconclusive_check_is_skipped() -> None:
    lines = agreeing(complete=False)
    first = of_kind(lines, "result")[0]
    first |= {"verdict": "inconclusive", "truncated": 1}
    assert statuses(parsed(lines), "vectors")[first["check"]] == "skipped"


def test_a_stale_entry_fails() -> None:
    lines = agreeing()
    states = ("used", "stale", "elsewhere", "unselected")
    entries = [
        {"kind": "entry", "id": f"D-00000{at}", "difference": state, "state": state}
        for at, state in enumerate(states)
    ]
    root = parsed(with_footer([*lines[:-1], *entries, lines[-1]]))
    assert list(statuses(root, "baseline").values()) == ["passed", "failure", "skipped", "skipped"]


@pytest.mark.parametrize(
    ("lines", "says"), [(broken_off, "broke off: "), (interrupted, "interrupted: ")]
)
def test_an_incomplete_run_is_an_error(lines: Any, says: str) -> None:
    root = parsed(lines())
    assert statuses(root, "h11spec") == {"complete": "error"}
    [error] = root.findall(".//error")
    assert error.get("message", "").startswith(says)
    assert root.get("errors") == "1"


def test_findings_without_results_are_reported() -> None:
    """A run that breaks off has written findings before their results."""
    lines = [line for line in real() if line["kind"] in ("header", "finding")]
    failing = {line["check"] for line in lines[1:] if line["fails"]}
    found = statuses(parsed(lines), "findings")
    assert {name for name, end in found.items() if end == "failure"} == failing


def test_the_environment_is_in_the_properties() -> None:
    root = parsed(real())
    for suite in root.findall("testsuite"):
        properties = {each.get("name"): each.get("value") for each in suite.iter("property")}
        assert properties["platform"] == real()[0]["platform"]
        assert properties["phases"] == "vectors"


def test_hostile_text_stays_text() -> None:
    """The elements are those of harmless text, and no control character is left."""
    text = junit(record(hostile()))
    assert [each.tag for each in ElementTree.fromstring(text).iter()] == [
        each.tag for each in parsed(hostile("tame")).iter()
    ]
    assert not set(text) & {*UNSEEN, "\r", "\t"}
    assert r"\x1b[31m" in text
    assert r"\u202e" in text


def test_a_value_of_a_megabyte_is_shortened_with_a_note() -> None:
    text = junit(record(huge()))
    assert len(text) < 500_000
    assert re.search(r"x … \(10000\d\d characters\)", text)
