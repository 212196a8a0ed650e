"""Machines as JSON, DOT and pictures can be read, whatever is in them."""

import json
import re
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest
from machines_helper import FEW, alphabet_of

from h11spec.reports.diagrams.machine_diagram import Named, as_dot, as_json, as_svg
from h11spec.strategies.machine import stored
from h11spec.strategies.machine.alphabet import alphabet
from h11spec.strategies.machine.mealy import Machine

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = '<b>"&\\'


def small(*differing: tuple[int, int]) -> Named:
    """Two states: letter 0 leads to the second, which looks strange, and from there back; letter 1
    leads nowhere else, and letter 2 ends it. The other letters are not tried.
    """
    rest = (None,) * (len(alphabet("client")) - 3)
    rows = (((1, 0), (0, 1), (2, 2), *rest), ((0, 1), (1, 0), (2, 2), *rest), ((2, -2),) * 3 + rest)
    outputs = (
        ({"returned": HOSTILE, "client": HOSTILE, "server": "IDLE"},),
        ({"raised": {"class": HOSTILE, "hint": 400}, "client": "IDLE", "server": "IDLE"},),
        ({"fault": "exit"},),
    )
    return Named("client", Machine(rows, (0, 1, 2)), outputs, frozenset(differing))


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Named:
    with alphabet_of(tmp_path_factory.mktemp("letters"), FEW):
        found = stored.machine("server")
    return Named("server", found.machine, found.outputs)


def groups(picture: str) -> list[Element]:
    return list(ElementTree.fromstring(picture).iter(f"{SVG}g"))


def titles(picture: str, kind: str | None = None) -> list[str]:
    """The titles of what is drawn: of the groups of a class, or of those without."""
    return [
        each.findtext(f"{SVG}title", "") for each in groups(picture) if each.get("class") == kind
    ]


def test_a_state_is_called_by_what_is_seen_of_it() -> None:
    named = small()
    assert [named.joint(state) for state in range(3)] == ["IDLE/IDLE", f"{HOSTILE}/IDLE", "ended"]


def test_all_of_a_machine_is_in_its_json() -> None:
    named = small((1, 0), (0, 2))
    read = json.loads(json.dumps(as_json(named)))
    assert [state["access"] for state in read["states"]] == [[], ["read"], ["EOF"]]
    assert read["states"][1]["joint"] == f"{HOSTILE}/IDLE"
    assert read["transitions"][0][:4] == [[1, 0], [0, 1], [2, 2], None]
    assert read["outputs"][2] == [{"fault": "exit"}]
    assert read["differing"] == [[0, 2], [1, 0]]
    assert [each["name"] for each in read["letters"]] == [
        letter.name for letter in alphabet("client")
    ]


DOT_LINE = re.compile(
    r'  (\d+)(?: -> (\d+))? \[label=("(?:[^"\\\n]|\\["\\n])*")(, color=red, penwidth=2)?\];'
)


def test_dot_has_every_state_and_every_way_and_quotes_what_it_has_to() -> None:
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


def test_every_joint_state_has_a_box_with_the_number_of_its_states(few: Named) -> None:
    joint = [few.joint(state) for state in range(few.machine.size)]
    picture = as_svg(few, "h11")
    told = [title for title in titles(picture) if re.search(r": [\d,]+ states?$", title)]
    assert sorted(told) == sorted(
        f"{each}: {joint.count(each)} state{'s' * (joint.count(each) > 1)}" for each in set(joint)
    )
    places = [
        (each.attrib["x"], each.attrib["y"])
        for each in ElementTree.fromstring(picture).iter(f"{SVG}rect")
        if each.get("class") == "node"
    ]
    assert len(set(places)) == len(places) == len(told)


def test_all_is_within_the_picture(few: Named) -> None:
    root = ElementTree.fromstring(as_svg(few, "h11"))
    _, _, width, height = map(float, root.attrib["viewBox"].split())
    for each in root.iter(f"{SVG}rect"):
        x, y = float(each.get("x", 0)), float(each.get("y", 0))
        assert 0 <= x <= x + float(each.attrib["width"]) <= width
        assert 0 <= y <= y + float(each.attrib["height"]) <= height


def test_what_differs_is_told_and_has_a_thicker_frame_and_not_a_colour_alone() -> None:
    """Of (1, 1) the joint state does not change: its box is framed. Of (0, 0) it does: an arrow."""
    picture = as_svg(small((1, 1), (0, 0)), "h11")
    letters = [letter.name for letter in alphabet("client")]
    assert titles(picture, "differs") == [
        f"{HOSTILE}/IDLE to {HOSTILE}/IDLE: {letters[1]}. Differs: {letters[1]}",
        f"IDLE/IDLE to {HOSTILE}/IDLE: {letters[0]}. Differs: {letters[0]}",
    ]
    for part in ("edge", "node"):
        [width] = re.findall(rf"\.differs \.{part} {{[^}}]*stroke-width: ([\d.]+)", picture)
        assert float(width) > 1
    assert "2 transitions differ" in picture
    assert titles(as_svg(small(), "h11"), "differs") == []


def test_a_hostile_name_is_text_and_nothing_else() -> None:
    picture = as_svg(small((1, 1)), f"{HOSTILE}</title><script>alert(1)</script>")
    root = ElementTree.fromstring(picture)
    assert not list(root.iter(f"{SVG}script"))
    title = root.findtext(f"{SVG}title")
    assert title == f"The joint states of {HOSTILE}</title><script>alert(1)</script> as a client"
    axes = {each.text for each in root.iter(f"{SVG}text") if each.get("class") == "axis"}
    assert HOSTILE in axes
