"""Machines as JSON, DOT and pictures are readable, whatever texts they contain."""

import json
import re
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest
from machines_helper import SMALL_ALPHABET, alphabet_of

from h11spec.reports.diagrams.machine_diagram import LabelledMachine, as_dot, as_json, as_svg
from h11spec.strategies.machine import stored
from h11spec.strategies.machine.alphabet import alphabet
from h11spec.strategies.machine.mealy import Machine

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = '<b>"&\\'


def small(*differing: tuple[int, int]) -> LabelledMachine:
    """Two states: symbol 0 leads to the second, which has a hostile name, and back; symbol 1 stays,
    and symbol 2 ends the machine. The other symbols are not applied.
    """
    rest = (None,) * (len(alphabet("client")) - 3)
    rows = (((1, 0), (0, 1), (2, 2), *rest), ((0, 1), (1, 0), (2, 2), *rest), ((2, -2),) * 3 + rest)
    outputs = (
        ({"returned": HOSTILE, "client": HOSTILE, "server": "IDLE"},),
        ({"raised": {"class": HOSTILE, "hint": 400}, "client": "IDLE", "server": "IDLE"},),
        ({"fault": "exit"},),
    )
    return LabelledMachine("client", Machine(rows, (0, 1, 2)), outputs, frozenset(differing))


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> LabelledMachine:
    with alphabet_of(tmp_path_factory.mktemp("alphabet"), SMALL_ALPHABET):
        found = stored.machine("server")
    return LabelledMachine("server", found.machine, found.outputs)


def groups(picture: str) -> list[Element]:
    return list(ElementTree.fromstring(picture).iter(f"{SVG}g"))


def titles(picture: str, kind: str | None = None) -> list[str]:
    """The titles of the groups of a class, or of those without a class."""
    return [
        each.findtext(f"{SVG}title", "") for each in groups(picture) if each.get("class") == kind
    ]


def test_a_joint_state_is_named_by_what_is_observed() -> None:
    named = small()
    assert [named.joint_state(state) for state in range(3)] == [
        "IDLE/IDLE",
        f"{HOSTILE}/IDLE",
        "ended",
    ]


def test_the_json_form_is_complete() -> None:
    named = small((1, 0), (0, 2))
    read = json.loads(json.dumps(as_json(named)))
    assert [state["access_sequence"] for state in read["states"]] == [[], ["read"], ["EOF"]]
    assert read["states"][1]["joint_state"] == f"{HOSTILE}/IDLE"
    assert read["transitions"][0][:4] == [[1, 0], [0, 1], [2, 2], None]
    assert read["outputs"][2] == [{"fault": "exit"}]
    assert read["differing"] == [[0, 2], [1, 0]]
    assert [each["name"] for each in read["input_symbols"]] == [
        symbol.name for symbol in alphabet("client")
    ]


DOT_LINE = re.compile(
    r'  (\d+)(?: -> (\d+))? \[label=("(?:[^"\\\n]|\\["\\n])*")(, color=red, penwidth=2)?\];'
)


def test_dot_has_every_state_and_edge_and_quotes_their_labels() -> None:
    named = small((1, 0))
    first, *lines, last = as_dot(named).splitlines()
    assert (first, last) == ("digraph machine {", "}")
    matches = [DOT_LINE.fullmatch(line) for line in lines[2:]]
    found = [match.groups() for match in matches if match]
    assert len(found) == len(matches)
    labels = {each[:2]: json.loads(each[2]) for each in found}
    assert labels["1", None] == f"1 {HOSTILE}/IDLE"
    assert labels["0", "0"] == f"next event / {HOSTILE} 400"
    assert labels["2", "2"] == "read / ended\nnext event / ended\nEOF / ended"
    assert {each[:2] for each in found if each[3]} == {("1", "0")}
    assert len(labels) == 3 + 7


def test_every_joint_state_has_a_box_with_the_number_of_its_states(few: LabelledMachine) -> None:
    joint = [few.joint_state(state) for state in range(few.machine.size)]
    picture = as_svg(few, "h11")
    described = [title for title in titles(picture) if re.search(r": [\d,]+ states?$", title)]
    assert sorted(described) == sorted(
        f"{each}: {joint.count(each)} state{'s' * (joint.count(each) > 1)}" for each in set(joint)
    )
    places = [
        (each.attrib["x"], each.attrib["y"])
        for each in ElementTree.fromstring(picture).iter(f"{SVG}rect")
        if each.get("class") == "node"
    ]
    assert len(set(places)) == len(places) == len(described)


def test_every_box_is_inside_the_picture(few: LabelledMachine) -> None:
    root = ElementTree.fromstring(as_svg(few, "h11"))
    _, _, width, height = map(float, root.attrib["viewBox"].split())
    for each in root.iter(f"{SVG}rect"):
        x, y = float(each.get("x", 0)), float(each.get("y", 0))
        assert 0 <= x <= x + float(each.attrib["width"]) <= width
        assert 0 <= y <= y + float(each.attrib["height"]) <= height


def test_differing_transitions_are_described_and_drawn_thicker() -> None:
    """(1, 1) keeps the joint state, so its box has a frame; (0, 0) changes it and has an edge."""
    picture = as_svg(small((1, 1), (0, 0)), "h11")
    symbols = [symbol.name for symbol in alphabet("client")]
    assert titles(picture, "differs") == [
        f"{HOSTILE}/IDLE to {HOSTILE}/IDLE: {symbols[1]}. Differs: {symbols[1]}",
        f"IDLE/IDLE to {HOSTILE}/IDLE: {symbols[0]}. Differs: {symbols[0]}",
    ]
    for part in ("edge", "node"):
        [width] = re.findall(rf"\.differs \.{part} {{[^}}]*stroke-width: ([\d.]+)", picture)
        assert float(width) > 1
    assert "2 transitions differ" in picture
    assert titles(as_svg(small(), "h11"), "differs") == []


def test_a_hostile_name_stays_text() -> None:
    picture = as_svg(small((1, 1)), f"{HOSTILE}</title><script>alert(1)</script>")
    root = ElementTree.fromstring(picture)
    assert not list(root.iter(f"{SVG}script"))
    title = root.findtext(f"{SVG}title")
    assert title == f"The joint states of {HOSTILE}</title><script>alert(1)</script> as a client"
    axes = {each.text for each in root.iter(f"{SVG}text") if each.get("class") == "axis"}
    assert HOSTILE in axes
