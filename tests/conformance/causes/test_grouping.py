"""Which findings are of one cause, by which evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from h11spec.conformance.causes.cause import Cause
from h11spec.conformance.causes.evidence import MIXED, parts_behind
from h11spec.conformance.causes.grouping import cause_of, group
from h11spec.reports.findings.finding import Finding, Severity
from h11spec.strategies.program import Drain, EventSpec, Json, Program, Send


def nothing(finding: Finding, imports: Sequence[str]) -> Json:
    return {}


def finding(check: str, difference: str = "", **members: Any) -> Finding:
    """Returns a finding that is like no other, unless its members say so."""
    usual: dict[str, Any] = {
        "kind": "divergence",
        "severity": Severity.DOCUMENTED,
        "difference": difference or f"of {check}",
        "aspect": "event",
        "field": check,
        "expected": None,
        "actual": None,
        "reproduction": nothing,
        "program": Program("server", ()),
    }
    return Finding(check, **{**usual, **members})


def grouped(
    findings: Sequence[Finding],
    explanations: Mapping[str, str] | None = None,
    parts: Mapping[str, int] | None = None,
) -> list[list[str]]:
    """The checks of the findings of each cause."""
    causes = group(
        findings,
        requirement=lambda finding: finding.check,
        explanations=explanations or {},
        parts=parts or {},
    )
    return [[each.check for each in cause.findings] for cause in causes]


ONE, TWO, THREE = (finding(check) for check in ("a/1", "a/2", "a/3"))


def test_without_evidence_each_finding_is_a_cause() -> None:
    assert grouped([ONE, TWO]) == [["a/1"], ["a/2"]]


def test_findings_of_one_part_are_one_cause() -> None:
    parts = {ONE.id: 0, TWO.id: 1, THREE.id: 0}
    assert grouped([ONE, TWO, THREE], parts=parts) == [["a/1", "a/3"], ["a/2"]]


def test_what_no_change_fits_is_divided_by_explanations_and_by_what_differs() -> None:
    findings = [
        finding("a/1", field="trailing", aspect="attribute"),
        finding("a/2", field="client", aspect="state"),
        finding("a/3", field="trailing", aspect="attribute"),
        finding("a/4", field="client", aspect="state"),
    ]
    mixed = dict.fromkeys([each.id for each in findings], MIXED)
    explained = {findings[1].id: "takes more"}
    assert grouped(findings, explained, mixed) == [["a/1", "a/3"], ["a/2"], ["a/4"]]


def test_a_part_in_which_two_explanations_fit_several_findings_each_is_divided() -> None:
    findings = [finding(f"a/{at}", field="client", aspect="state") for at in range(7)]
    parts = dict.fromkeys([each.id for each in findings], 0)
    explained = {each.id: "takes more" for each in findings[:3]}
    explained |= {each.id: "takes less" for each in findings[3:6]}
    assert grouped(findings, explained, parts) == [
        ["a/0", "a/1", "a/2"],
        ["a/3", "a/4", "a/5"],
        ["a/6"],
    ]


def test_an_explained_finding_joins_no_cause_with_another_explanation() -> None:
    """Not even where the same difference was found by a check of that cause."""
    one = finding("a/1", "the same")
    other = finding("a/2", "the same")
    explained = {one.id: "takes more", other.id: "takes less"}
    assert grouped([one, other], explained, {one.id: 0}) == [["a/1"], ["a/2"]]


@pytest.mark.parametrize(
    ("explained", "shown"), [((0, 1), "takes more"), ((1, 2), "takes more"), ((0,), ""), ((), "")]
)
def test_an_explanation_is_shown_if_it_fits_most_findings(
    explained: tuple[int, ...], shown: str
) -> None:
    findings = (ONE, TWO, THREE)
    cause = cause_of(
        findings,
        requirement=lambda finding: finding.check,
        explanations={findings[at].id: "takes more" for at in explained},
    )
    assert cause.explanation == shown


def test_a_cause_does_not_take_the_explanation_of_one_that_joins_it() -> None:
    """Its clearest program is shown, which that explanation need not fit."""
    unexplained, explained = Cause("one", (ONE,)), Cause("other", (TWO,), "takes less")
    assert unexplained.joined(explained) == Cause("one", (ONE, TWO))
    assert explained.joined(unexplained) == Cause("other", (TWO, ONE), "takes less")


def answer(expression: str, *, raises: bool = False) -> Finding:
    """A finding that an expression over the API has another answer, or that it raises."""
    actual: Json = {"raised": "TypeError"} if raises else {"value": 1}
    return finding("api/a", expression, kind="api", actual=actual, program=None)


def test_other_answers_about_the_same_are_one_cause() -> None:
    same = [answer("headers((1, 2)) == []"), answer("len(request().headers)")]
    assert len(grouped(same)) == 1
    assert len(grouped([*same, answer("h11.PRODUCT_ID")])) == 2


def test_an_answer_that_is_explained_is_no_cause_of_others_about_the_same() -> None:
    other, explained = answer("headers((1, 2))"), answer("headers((1, 3))")
    assert len(grouped([other, explained], {explained.id: "takes more"})) == 2


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("h11.PRODUCT_ID.isascii()", "len(constants()) == 13 and hasattr(h11, 'PRODUCT_ID')"),
        ("kinds(server(None))", "[refusal(server().receive_data, given) for given in (b'', None)]"),
        ("refusal(h11.ProtocolError, 'a')", "refusal(h11.ProtocolError, 'a') == 'TypeError'"),
    ],
)
def test_what_is_missing_is_one_cause_whether_or_not_it_raises(one: str, other: str) -> None:
    assert len(grouped([answer(one, raises=True), answer(other)])) == 1


def test_an_error_is_another_cause_than_another_answer() -> None:
    assert len(grouped([answer("headers((1, 2))"), answer("headers((1, 3))", raises=True)])) == 2


def test_one_explanation_joins_parts() -> None:
    explanations = dict.fromkeys((ONE.id, TWO.id), "does this")
    assert grouped([ONE, TWO], explanations, {ONE.id: 0, TWO.id: 1}) == [["a/1", "a/2"]]


def test_another_explanation_leaves_a_part_that_has_one() -> None:
    explanations = {ONE.id: "does this", TWO.id: "does this", THREE.id: "does that"}
    parts = dict.fromkeys((ONE.id, TWO.id, THREE.id), 0)
    assert grouped([ONE, TWO, THREE], explanations, parts) == [["a/1", "a/2"], ["a/3"]]


def test_an_explanation_of_few_does_not_leave_a_part_without_one() -> None:
    parts = dict.fromkeys((ONE.id, TWO.id, THREE.id), 0)
    assert grouped([ONE, TWO, THREE], {ONE.id: "does this"}, parts) == [["a/1", "a/2", "a/3"]]


def test_the_same_difference_joins_a_finding_without_vectors() -> None:
    same = finding("b/1", ONE.difference)
    assert grouped([ONE, TWO, same], parts={ONE.id: 0, TWO.id: 1}) == [["a/1", "b/1"], ["a/2"]]


def test_the_same_check_joins_a_finding_without_vectors() -> None:
    same = finding("a/1", "another difference", field="another")
    assert grouped([ONE, TWO, same], parts={ONE.id: 0, TWO.id: 1}) == [["a/1", "a/1"], ["a/2"]]


def test_the_same_step_with_the_same_classes_counts_more_than_the_same_check() -> None:
    """A check has programs that show several mistakes, one after the other."""
    ends, drains = (
        Program("server", (step,)) for step in (Send(EventSpec("EndOfMessage")), Drain())
    )
    one = finding("a/1", field="hint", program=drains)
    two = finding("a/2", field="outcome", aspect="error", program=ends)
    later = finding("a/1", "of both", field="outcome", aspect="error", program=ends)
    found = grouped([one, two, later], parts={one.id: 0, two.id: 1})
    assert found == [["a/1"], ["a/2", "a/1"]]


HIDDEN = finding("a/1", "of both", field="client", aspect="state")


@pytest.mark.parametrize(
    ("field", "part"),
    [("client", 1), ("server", 0)],
    ids=["others-show-the-same", "nothing-else-shows-it"],
)
def test_what_is_behind_is_of_the_part_that_shows_the_same_or_of_what_is_in_front(
    field: str, part: int
) -> None:
    two = finding("a/2", field=field, aspect="state")
    numbers = {ONE.id: 0, two.id: 1}
    in_front = {HIDDEN.id: ONE.id}
    assert parts_behind([HIDDEN], in_front, [ONE, two, HIDDEN], numbers) == {HIDDEN.id: part}


def test_what_is_behind_something_without_a_part_has_none() -> None:
    assert parts_behind([HIDDEN], {HIDDEN.id: ONE.id}, [ONE, HIDDEN], {}) == {}


def test_outcomes_of_the_same_classes_join_a_finding_without_vectors() -> None:
    same = finding("b/1", field=ONE.field)
    assert grouped([ONE, TWO, same], parts={ONE.id: 0, TWO.id: 1}) == [["a/1", "b/1"], ["a/2"]]


def test_the_clearest_finding_and_its_cause_come_first() -> None:
    parts = {ONE.id: 1, TWO.id: 0, THREE.id: 1}
    assert grouped([THREE, TWO, ONE], parts=parts) == [["a/3", "a/1"], ["a/2"]]
