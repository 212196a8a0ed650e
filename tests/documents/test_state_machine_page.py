"""docs/reference/state-machine.md: its pictures are current, and their alt texts complete."""

import re
from pathlib import Path

import pytest

from h11spec.conformance.checks.machine import transition_coverage
from h11spec.reports.diagrams.state_diagram import state_diagram
from h11spec.reports.diagrams.transitions import states, transitions

FOLDER = Path(__file__).parents[2] / "docs/reference"
TEXT = (FOLDER / "state-machine.md").read_text("utf-8")
PICTURES = {"CLIENT": "client-states.svg", "SERVER": "server-states.svg"}


@pytest.mark.parametrize(("role", "name"), PICTURES.items())
def test_the_diagrams_are_current(role: str, name: str) -> None:
    """If not, run make docs."""
    counts = transition_coverage("client") + transition_coverage("server")
    assert (FOLDER / name).read_text("utf-8") == state_diagram(role, taken=counts)


def test_the_page_shows_both_diagrams_and_every_link_works() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", TEXT)
    assert [link for link in links if not (FOLDER / link).exists()] == []
    assert re.findall(r"!\[[^\]]+\]\(([^)]+)\)", TEXT) == list(PICTURES.values())


def test_the_alt_text_of_a_picture_names_its_states() -> None:
    """All states of the role, and no others."""
    alt_texts = re.findall(r"!\[([^\]]+)\]", TEXT)
    for role, text in zip(PICTURES, alt_texts, strict=True):
        assert set(re.findall(r"\b[A-Z]{2,}(?:_[A-Z]+)*\b", text)) == set(states(role))


def test_the_example_of_a_key_belongs_to_a_transition() -> None:
    written = re.search(r'\("(CLIENT|SERVER)", "(\w+)", "(\w+)"\)', TEXT)
    assert written
    assert written.groups() in {arrow.key for arrow in transitions(written[1])}
