"""What has changed after it was handed out is said in words, with the numbers of steps as shown."""

from __future__ import annotations

from faulty.showing import found, implementation

from h11spec.reports.findings.finding import divergence_finding
from h11spec.reports.html.conversation import conversations
from h11spec.reports.wording.finding_details import finding_details
from h11spec.reports.wording.steps import last_steps
from h11spec.reports.wording.values import format_changes
from h11spec.strategies.program import Again, Change, Json, NextEvent, Program, Receive

GET = Receive(b"GET / HTTP/1.1\r\nA: b\r\nHost: a\r\n\r\n")
CHANGE = (
    "step 2 gave Request(method=b'GET', target=b'/', headers=[[b'a', b'b'], [b'host', b'a']], "
    "raw_headers=[[b'A', b'b'], [b'Host', b'a']], http_version=b'1.1'), which is now "
    "Request(method=b'GET', target=b'/', headers=[[b'a', b'b'], [b'host', b'a']], "
    "raw_headers=[], http_version=b'1.1')"
)


def finding() -> Json:
    program = Program("server", (GET, NextEvent(), Change("results"), Again()))
    divergence = found(implementation("shares_its_raw_fields"), program)[0]
    form = divergence_finding("aliasing/results", divergence).to_json(imports=["import h11"])
    of_check = {"level": "", "requirement": "", "note": "", "conforming": ""}
    return {**form, **of_check, "citations": [], "accepted": None}


def test_the_details_of_a_finding_say_what_has_changed() -> None:
    details = dict(finding_details(finding()))
    assert details["expected"] == "nothing has changed"
    assert details["got"] == CHANGE


def test_the_last_step_says_what_has_changed() -> None:
    *_, looks, expected, got = last_steps(finding())
    assert looks == "4. look again at what was handed out"
    assert expected.startswith("     expected  nothing has changed · ")
    assert got.startswith(f"   ▸ got       {CHANGE} · ")


def test_the_page_says_what_has_changed() -> None:
    [shown] = conversations(finding(), 1000)
    [expected, *_], [got, *_] = shown.steps[-1].expected, shown.steps[-1].actual
    assert (expected.label, str(expected.value)) == ("changed", "nothing has changed")
    assert (got.label, got.differs) == ("changed", True)


def test_changes_of_a_record_that_was_edited_are_shown_as_they_are() -> None:
    assert format_changes("a") == "b'a'"
    assert format_changes([[0, "a", "b", "argument"]]) == "step 1 was given b'a', which is now b'b'"
    assert format_changes([[0, "a", "b"], [1, 2]]) == "step 1 gave b'a', which is now b'b'; [1, 2]"
