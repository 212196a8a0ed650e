"""JUnit XML: valid for the machines that read it, and each result a test that tells why."""

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
from h11spec.strategies.programs import Json


@cache
def schema() -> XMLSchema:
    return XMLSchema(Path(__file__).with_name("junit.xsd"))


def made(lines: list[Json]) -> Element:
    return ElementTree.fromstring(junit(record(lines)))


def ends(root: Element, suite: str) -> dict[str, str]:
    """How the tests of a suite ended, by name."""
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


def test_what_is_not_valid_is_noticed() -> None:
    text = junit(record())
    for old, new in (
        ("classname=", "class="),
        ("failure", "broken"),
        ('time="0"', 'time="x"'),
        ('tests="', 'test="'),
        ("properties", "settings"),
    ):
        assert not schema().is_valid(text.replace(old, new).encode())


def test_each_result_is_a_test_of_its_area() -> None:
    root, results = made(real()), of_kind(real(), "result")
    found = ends(root, "vectors")
    assert found == {
        each["check"]: "failure" if each["verdict"] == "fail" else "passed" for each in results
    }
    for case in root.findall("testsuite[@name='vectors']/testcase"):
        assert case.get("name", "").startswith(f"{case.get('classname')}/")


def test_the_counts_are_those_of_the_tests() -> None:
    root = made(real())
    for element in (root, *root.findall("testsuite")):
        assert element.get("tests") == str(len(element.findall(".//testcase")))
        assert element.get("failures") == str(len(element.findall(".//failure")))


def test_a_failure_tells_what_was_found() -> None:
    root = made(real())
    finding = of_kind(real(), "finding")[0]
    [failure] = root.findall(f".//testcase[@name='{finding['check']}']/failure")
    assert finding["id"] in failure.get("message", "")
    assert failure.text is not None
    assert finding["requirement"] in failure.text
    assert finding["script"][-1] in failure.text


def test_what_is_accepted_is_skipped_for_its_reason() -> None:
    lines = real()
    for finding in of_kind(lines, "finding"):
        finding["accepted"] = "a reason"
    root = made(with_footer(lines))
    assert root.get("failures") == "0"
    messages = {each.get("message") for each in root.findall(".//skipped")}
    assert messages
    assert all(each and each.startswith("accepted: a reason") for each in messages)


def test_what_was_not_run_to_the_end_is_skipped() -> None:
    lines = agreeing(complete=False)
    first = of_kind(lines, "result")[0]
    first |= {"verdict": "inconclusive", "truncated": 1}
    assert ends(made(lines), "vectors")[first["check"]] == "skipped"


def test_a_stale_entry_fails() -> None:
    lines = agreeing()
    states = ("used", "stale", "elsewhere", "unselected")
    entries = [
        {"kind": "entry", "id": f"D-00000{at}", "difference": state, "state": state}
        for at, state in enumerate(states)
    ]
    root = made(with_footer([*lines[:-1], *entries, lines[-1]]))
    assert list(ends(root, "baseline").values()) == ["passed", "failure", "skipped", "skipped"]


@pytest.mark.parametrize(
    ("lines", "says"), [(broken_off, "broke off: "), (interrupted, "interrupted: ")]
)
def test_a_run_that_did_not_end_is_an_error(lines: Any, says: str) -> None:
    root = made(lines())
    assert ends(root, "h11spec") == {"complete": "error"}
    [error] = root.findall(".//error")
    assert error.get("message", "").startswith(says)
    assert root.get("errors") == "1"


def test_findings_are_told_before_there_are_results() -> None:
    """A run writes them down first."""
    lines = [line for line in real() if line["kind"] in ("header", "finding")]
    failing = {line["check"] for line in lines[1:] if line["fails"]}
    found = ends(made(lines), "findings")
    assert {name for name, end in found.items() if end == "failure"} == failing


def test_what_an_environment_was_is_in_the_properties() -> None:
    root = made(real())
    for suite in root.findall("testsuite"):
        properties = {each.get("name"): each.get("value") for each in suite.iter("property")}
        assert properties["platform"] == real()[0]["platform"]
        assert properties["phases"] == "vectors"


def test_hostile_text_is_text() -> None:
    """As many elements as with tame text; and nothing that XML or a terminal takes for an order."""
    text = junit(record(hostile()))
    assert [each.tag for each in ElementTree.fromstring(text).iter()] == [
        each.tag for each in made(hostile("tame")).iter()
    ]
    assert not set(text) & {*UNSEEN, "\r", "\t"}
    assert r"\x1b[31m" in text
    assert r"\u202e" in text


def test_a_value_of_a_megabyte_is_shortened_and_said_to_be() -> None:
    text = junit(record(huge()))
    assert len(text) < 500_000
    assert re.search(r"x … \(10000\d\d characters\)", text)
