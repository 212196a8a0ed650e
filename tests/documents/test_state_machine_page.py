"""docs/reference/state-machine.md: its pictures are those that are made, and it tells of all."""

import re
from pathlib import Path

import pytest

from h11spec.conformance.checks.machine import transition_coverage
from h11spec.reports.diagrams.state_diagram import state_diagram
from h11spec.reports.diagrams.transitions import transitions, states

FOLDER = Path(__file__).parents[2] / "docs/reference"
TEXT = (FOLDER / "state-machine.md").read_text("utf-8")
PICTURES = {"CLIENT": "client-states.svg", "SERVER": "server-states.svg"}


@pytest.mark.parametrize(("role", "name"), PICTURES.items())
def test_the_pictures_are_the_ones_that_are_made(role: str, name: str) -> None:
    """Otherwise: make docs."""
    counts = transition_coverage("client") + transition_coverage("server")
    assert (FOLDER / name).read_text("utf-8") == state_diagram(role, taken=counts)


def test_the_page_shows_both_and_every_link_leads_somewhere() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", TEXT)
    assert [link for link in links if not (FOLDER / link).exists()] == []
    assert re.findall(r"!\[[^\]]+\]\(([^)]+)\)", TEXT) == list(PICTURES.values())


def test_who_cannot_see_a_picture_is_told_of_its_states() -> None:
    """All of them, and of none that this role has not."""
    told = re.findall(r"!\[([^\]]+)\]", TEXT)
    for role, text in zip(PICTURES, told, strict=True):
        assert set(re.findall(r"\b[A-Z]{2,}(?:_[A-Z]+)*\b", text)) == set(states(role))


def test_the_key_of_an_arrow_is_one() -> None:
    written = re.search(r'\("(CLIENT|SERVER)", "(\w+)", "(\w+)"\)', TEXT)
    assert written
    assert written.groups() in {arrow.key for arrow in transitions(written[1])}
