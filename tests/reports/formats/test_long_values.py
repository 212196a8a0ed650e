"""Where two long values differ is shown: the first difference, marked, with what is around it."""

from __future__ import annotations

import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from h11spec.reports.findings.divergence import Divergence
from h11spec.reports.findings.divergence import compare as compare_traces
from h11spec.reports.findings.finding import divergence_finding
from h11spec.reports.wording.finding_details import finding_details
from h11spec.reports.wording.long_values import abridge
from h11spec.reports.wording.steps import last_steps
from h11spec.reports.wording.values import format_value
from h11spec.strategies.program import Json, NextEvent, Program, Receive
from h11spec.strategies.traces import Trace

STATES = {"client": "DONE", "server": "SEND_RESPONSE"}


def shown(expected: Json, actual: Json) -> Json:
    """The finding that a read shows two values, as a record has it."""
    program = Program("server", (Receive(b"a"), NextEvent()))
    received = {**STATES, "returned": None}
    traces = (Trace([received, {**STATES, **each}]) for each in (expected, actual))
    one, other = traces
    divergence = compare_traces(program, one, other).divergence
    assert isinstance(divergence, Divergence)
    form = divergence_finding("a/check", divergence).to_json(imports=["import h11"])
    of_check = {"level": "BEHAVIOUR", "requirement": "", "note": "", "conforming": ""}
    return {**form, **of_check, "citations": [], "accepted": None}


def data(content: str) -> Json:
    return {"events": [{"type": "Data", "data": content}]}


def test_long_values_are_shown_around_their_first_difference() -> None:
    form = shown(data("a" * 4096 + "bc" * 500), data("a" * 4096 + "Xc" + "bc" * 499))
    details = dict(finding_details(form))
    begin = f"…b'{'a' * 30}' ▸ "
    end = "… (differs at 4,096 of 5,096 bytes)"
    assert details["expected"] == f"{begin}b'{'bc' * 25}'{end}"
    assert details["got"] == f"{begin}b'Xc{'bc' * 24}'{end}"


def test_a_value_that_ends_earlier_is_shown_with_its_end() -> None:
    details = dict(finding_details(shown(data("a" * 400), data("a" * 399))))
    assert details["expected"] == f"…b'{'a' * 30}' ▸ b'a' (differs at 399 of 400 bytes)"
    assert details["got"] == f"…b'{'a' * 30}' ▸ ends (differs at 399 of 399 bytes)"


def test_short_values_are_shown_whole() -> None:
    details = dict(finding_details(shown(data("hello"), data("hallo"))))
    assert (details["expected"], details["got"]) == ("b'hello'", "b'hallo'")


def test_the_last_step_shows_the_difference_and_shortens_other_long_values() -> None:
    def request(value: str) -> Json:
        fields = [["a", "x" * 500], ["b", "y" * 400 + value]]
        return {"events": [{"type": "Request", "target": "/", "headers": fields}]}

    *_, expected, got = last_steps(shown(request("one"), request("two")))
    alike = f"b'{'x' * 30}'… (500 bytes)"
    for line, value in ((expected, "one"), (got, "two")):
        around = f"…b'{'y' * 30}' ▸ b'{value}' (differs at 400 of 403 bytes)"
        fields = f"[[b'a', {alike}], [b'b', {around}]]"
        assert f"Request(target=b'/', headers={fields})" in line


def test_items_before_the_first_that_differs_are_counted() -> None:
    one: list[Any] = [["a", str(number)] for number in range(100)]
    other = [*one[:60], ["b", "60"], *one[61:]]
    assert format_value(abridge(one, other)[1]).startswith(
        "[… 60 that are the same …, [b'b', b'60'], [b'a', b'61'], "
    )


def test_texts_of_errors_are_shown_as_text() -> None:
    one, other = ({"text": "é" * 200 + end} for end in "ab")
    assert format_value(abridge(one, other)[0]) == (
        f"…'{'é' * 30}' ▸ 'a' (differs at 200 of 201 characters)"
    )


@pytest.mark.parametrize("form", ["terminal", "Markdown"])
def test_the_terminal_and_markdown_show_the_difference(form: str) -> None:
    from h11spec.reports.wording.terminal_safe import print_line, shorten

    details = dict(finding_details(shown(data("a" * 9999 + "b"), data("a" * 9999 + "c"))))
    limit = 600 if form == "Markdown" else 10_000
    output = io.StringIO()
    print_line(Console(file=output, width=1000), shorten(details["got"], limit))
    assert "▸ b'c' (differs at 9,999 of 10,000 bytes)" in output.getvalue()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=300),
    lambda inner: st.lists(inner, max_size=12) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=12,
)


@given(json_values, json_values)
def test_any_two_values_can_be_abridged(one: Any, other: Any) -> None:
    """And the two sides keep their order."""
    first, second = abridge(one, other)
    again = abridge(other, one)
    assert (format_value(first), format_value(second)) == tuple(map(format_value, reversed(again)))
