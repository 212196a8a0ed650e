"""The causes of a record, in the order in which they are shown."""

from h11spec.reports.analysis.causes import shown_causes
from h11spec.tests.reports_helper import of_kind, real, record


def test_every_finding_is_of_one_cause_with_its_clearest_finding_first() -> None:
    lines = real()
    causes = shown_causes(record(lines))
    assert [each.line["id"] for each in causes] != []
    shown = [finding["id"] for cause in causes for finding in cause.findings]
    assert sorted(shown) == sorted(finding["id"] for finding in of_kind(lines, "finding"))
    for cause in causes:
        assert cause.line["findings"][0] == cause.clearest["id"]


def test_smuggling_relevant_causes_come_first_and_accepted_ones_after_the_unexpected() -> None:
    lines = real()
    found = of_kind(lines, "cause")
    for cause in found:
        cause |= {"fails": True, "accepted": None, "smuggling": False}
    found[0] |= {"accepted": "as in 0.15", "smuggling": True}
    found[-1] |= {"smuggling": True}
    causes = shown_causes(record(lines))
    assert len(causes) >= 2
    assert causes[0].line["id"] == found[-1]["id"]
    assert causes[-1].line["id"] == found[0]["id"]
    assert [each.unexpected for each in causes] == [True] * (len(causes) - 1) + [False]


def test_a_record_without_causes_shows_each_difference_as_one() -> None:
    lines = [line for line in real() if line["kind"] != "cause"]
    causes = shown_causes(record(lines))
    assert {each.line["id"] for each in causes} <= {
        each["id"] for each in of_kind(lines, "finding")
    }
    assert sum(len(each.findings) for each in causes) == len(of_kind(lines, "finding"))
