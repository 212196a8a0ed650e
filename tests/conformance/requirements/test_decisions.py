"""Each difference that only a strict run fails has a decision: a promise, or a reason for none.

The totals are written down here, so that no decision can get lost.
"""

from collections import Counter

import pytest

from h11spec.conformance.checks.versions import all_versions
from h11spec.conformance.requirements import surface
from h11spec.conformance.requirements.contract import ContractError, load, read
from h11spec.conformance.requirements.decisions import (
    decision_on_answer,
    decision_on_aspect,
    promise,
)
from h11spec.conformance.runs.check_listing import every_check
from h11spec.reports.findings.divergence import SOFT_ASPECTS
from h11spec.strategies.interpreter import EVENT_FIELDS

DECISIONS = load().decisions
UNDOCUMENTED = [each for each in surface.load() if not each.documented]
# Numbers and truth values; a difference in their type is a difference in the event.
NO_BYTES = {"status_code", "chunk_start", "chunk_end"}

PROMISE = """
[[promise]]
id = "example-given"
section = "h11 documentation, API: Examples"
role = "both"
promise = "An example is given."
h11 = "conforms"
shown = "True"
"""
DECISION = """
[[decision]]
promise = "example-given"
since = "1.1"
differs = "answer"
what = ["1 + 1"]
"""


def decided(differs: str) -> Counter[str]:
    return Counter(what for each in DECISIONS if each.differs == differs for what in each.what)


def test_every_undocumented_expression_has_a_decision() -> None:
    """If this fails, an expression is new: decide it in contract.toml."""
    assert decided("answer") == Counter(each.text for each in UNDOCUMENTED)


def test_every_field_with_bytes_has_a_decision_on_its_type() -> None:
    """The fields of events, the attributes of a connection, and what a call returns."""
    fields = {field for names in EVENT_FIELDS.values() for field in names} - NO_BYTES
    expected = {*fields, "raw_headers", "trailing", "version", "returned"}
    assert decided("type") == Counter(expected)


def test_every_other_check_of_undocumented_input_has_a_decision() -> None:
    undocumented = {check.id for _, check in every_check() if not check.documented}
    groups = {surface.check_id(each.group) for each in UNDOCUMENTED}
    assert decided("check") == Counter(undocumented - groups)


def test_every_aspect_that_only_strict_runs_fail_has_decisions() -> None:
    assert {each.differs for each in DECISIONS} == {"answer", "check", *SOFT_ASPECTS}


def test_no_decision_is_lost() -> None:
    totals = Counter((each.differs, bool(each.promise)) for each in DECISIONS for _ in each.what)
    assert totals == {
        ("answer", True): 46,
        ("answer", False): 168,
        ("type", True): 10,
        ("text", True): 1,
        ("text", False): 1,
        ("check", False): 3,
    }


def test_a_decision_comes_with_a_version_of_the_catalogue() -> None:
    assert {each.since for each in DECISIONS if each.promise} <= {*all_versions()}


def test_h11_keeps_the_promises_that_decide() -> None:
    """Otherwise either side could be right, and a difference would be no mistake."""
    assert {promise(each).h11 for each in DECISIONS if each.promise} == {"conforms"}


def test_a_reason_is_a_sentence() -> None:
    assert [each.reason for each in DECISIONS if each.reason and each.reason[-1] != "."] == []


def test_a_decision_on_an_answer_is_found_by_its_expression() -> None:
    found = decision_on_answer("refusal(hash, headers())")
    assert found is not None
    assert promise(found).id == "headers-unhashable"
    assert decision_on_answer('repr(headers(("A", "b")))') is None
    assert decision_on_answer("unknown") is None


@pytest.mark.parametrize(
    ("aspect", "field", "actual", "expected"),
    [
        ("type", "method", {"bytearray": "GET"}, "request-method-bytes"),
        ("type", "headers", [["host", {"text": "a"}]], "history-header-bytes"),
        ("type", "trailing", [{"bytearray": "a"}, False], "trailing-bytes"),
        ("type", "data", {"bytearray": "a"}, ""),
        ("type", "data", {"text": "a"}, "data-bytes-like"),
        ("type", "returned", ["a", {"memoryview": "b"}], ""),
        ("type", "returned", {"text": "a"}, "send-bytes"),
        ("text", "message", {"text": ""}, "error-message"),
        ("text", "text", {"text": "other words"}, ""),
        ("event", "method", {"bytearray": "PUT"}, ""),
    ],
)
def test_a_decision_on_an_aspect_depends_on_the_field_and_the_type(
    aspect: str, field: str, actual: object, expected: str
) -> None:
    found = decision_on_aspect(aspect, field, actual)
    assert (promise(found).id if found else "") == expected


def test_a_decision_is_parsed() -> None:
    [decision] = read(PROMISE + DECISION).decisions
    assert (decision.promise, decision.since) == ("example-given", "1.1")
    assert (decision.differs, decision.what) == ("answer", ("1 + 1",))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"example-given"', '"example-lost"', "promise: 'example-lost' is not one of"),
        ('since = "1.1"', "", "needs exactly one of promise (with since) and reason"),
        ('since = "1.1"', 'reason = "There is none."', "needs exactly one of promise"),
        ('"answer"', '"question"', "differs: 'question' is not one of answer, type, text, check"),
        ("what =", "which =", "'which' is not known; known are differs, what"),
    ],
)
def test_a_malformed_decision_is_rejected_by_its_number(old: str, new: str, message: str) -> None:
    with pytest.raises(ContractError, match=r"^decision 1: ") as caught:
        read(PROMISE + DECISION.replace(old, new, 1))
    assert message in str(caught.value)


def test_nothing_is_decided_twice() -> None:
    with pytest.raises(ContractError, match=r"^answer 1 \+ 1: it is decided 2 times$"):
        read(PROMISE + DECISION + DECISION)
