"""docs/reference/sweeps.md: its tables are current, and its claims about classes hold.

One member may represent a class of messages only if all members are treated alike. Here other
members replace it, and must have the same traces.
"""

import json
import re
from collections.abc import Callable, Iterator
from math import prod
from pathlib import Path
from typing import NamedTuple

import h11
import pytest

from h11spec.conformance.checks import resources
from h11spec.conformance.checks.check import Check
from h11spec.strategies.exhaustive import cuts, framing
from h11spec.strategies.program import Program, Receive
from h11spec.strategies.traces import run
from h11spec.tools.docs.make import with_parts
from h11spec.tools.docs.sweep_factors import TERMS, product
from h11spec.tools.docs.sweeps_page import PARTS, sweeping

TEXT = (Path(__file__).parents[2] / "docs/reference/sweeps.md").read_text("utf-8")


@pytest.mark.unmeasured
def test_the_page_is_current() -> None:
    """If not, run make docs."""
    assert with_parts(TEXT, PARTS) == TEXT
    assert re.findall(r"<!-- make docs: (\w+) -->", TEXT) == list(PARTS)


def test_the_page_describes_every_sweep_and_no_other() -> None:
    """In the table and in the text, which describes the invariants together."""
    ids = [check.id for check in sweeping()]
    assert set(TERMS) == set(ids)
    written = set(re.findall(r"^- `([\w-]+/[\w-]+)`", TEXT, re.MULTILINE))
    repeated = {check.id for check in resources.CHECKS}
    assert {
        each for each in ids if not each.startswith(("rules/", "states/"))
    } | repeated == written


@pytest.mark.slow
@pytest.mark.parametrize("check", sweeping(), ids=lambda check: check.id)
def test_the_factors_give_the_number_of_programs(check: Check) -> None:
    """As a sum of products, with each factor counted at its source."""
    terms = TERMS[check.id]()
    count = sum(1 for _ in check.programs())
    assert sum(prod(number for number, _ in term) for term in terms) == count
    words = product(check.id)
    assert all(f"{number:,} {what}" in words for term in terms for number, what in term)


def test_a_short_conversation_is_short() -> None:
    for program in cuts.short():
        received = [step.data for step in program.steps if isinstance(step, Receive)]
        assert len(received[-1]) <= cuts.SHORT == 60
    assert cuts.LONGEST == 250
    assert len(cuts.short()) == 30


class Exchange(NamedTuple):
    """A member of a class in programs whose text matches ``among``, and other members."""

    programs: Callable[[], Iterator[Program]]
    among: str
    member: str
    others: tuple[str, ...]


EXCHANGES = [
    Exchange(framing.requests_received, '"GET ', "GET", ("POST", "OPTIONS")),
    Exchange(framing.requests_received, '"GET .*HTTP/1.1', "HTTP/1.1", ("HTTP/1.2", "HTTP/9.9")),
    Exchange(framing.requests_received, '"HEAD ', "HEAD", ("GET",)),
    Exchange(framing.requests_received, "HTTP/1.0", "HTTP/1.0", ("HTTP/0.9",)),
    Exchange(framing.requests_sent, '"GET"', "GET", ("HEAD", "A")),
    *(
        Exchange(source, among, member, others)
        for source in (framing.responses_received, framing.responses_sent)
        for among, member, others in (
            ("GET", "GET", ("OPTIONS",)),
            (" 200 |: 200,", "200", ("299",)),
            ("(GET|HEAD).*( 200 |: 200,)", "200", ("404", "599")),
            (" 407 |: 407,", "407", ("300", "599")),
            (" 100 |: 100,", "100", ("102", "199")),
        )
    ),
]


@pytest.mark.slow
@pytest.mark.parametrize(
    "exchange", EXCHANGES, ids=lambda each: f"{each.programs.__name__}, {each.among}"
)
def test_other_members_of_a_class_have_the_same_trace(exchange: Exchange) -> None:
    """Checked with each field and with pairs of fields; the traces differ only in the member."""
    tried = 0
    for program in exchange.programs():
        form = json.dumps(program.to_json())
        if not re.search(exchange.among, form):
            continue
        shown = trace(form)
        for other in exchange.others:
            tried += 1
            changed = trace(swap(form, exchange.member, other))
            assert swap(changed, other, exchange.member) == shown, form
    choices = sum(1 for _ in framing.pairs(in_one_order=True))
    assert tried >= len(exchange.others) * choices


def trace(form: str) -> str:
    return json.dumps(run(h11, Program.from_json(json.loads(form))).form)


def swap(text: str, old: str, new: str) -> str:
    """Replaces a word where it stands alone, and not in 100-continue."""
    number = old.removeprefix("HTTP/")
    if number != old:
        text = re.sub(rf'"{re.escape(number)}"', f'"{new.removeprefix("HTTP/")}"', text)
    return re.sub(rf"(?<![\w.]){re.escape(old)}(?![\w.-])", new, text)
