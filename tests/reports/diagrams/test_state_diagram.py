"""The state diagrams are complete and accessible, and nothing in them overlaps.

Positions are read from the SVG, as a browser would. Widths of text are estimated; in a browser, the
estimate was at least eight per cent too large.
"""

import re
from collections.abc import Iterator
from itertools import combinations, pairwise
from typing import NamedTuple
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest

from h11spec.reports.diagrams import transitions as source
from h11spec.reports.diagrams.layout import HEIGHT, LAYOUTS, WIDTH, text_width
from h11spec.reports.diagrams.state_diagram import state_diagram
from h11spec.reports.diagrams.transitions import ANY, Transition, TransitionKey, states, transitions

ROLES = ("CLIENT", "SERVER")
SVG = "{http://www.w3.org/2000/svg}"
SIZES = {"title": 26, "name": 16, "cause": 15, "count": 14, "marked": 14}
# The widest counts.
MANY = {each.key: 12_345_678 for role in ROLES for each in transitions(role)}
PICTURES = {
    **{f"{role} alone": state_diagram(role) for role in ROLES},
    **{f"{role} counted": state_diagram(role, taken=MANY) for role in ROLES},
    **{f"{role} in full": state_diagram(role, taken=MANY, differing=MANY) for role in ROLES},
}


class Area(NamedTuple):
    """A rectangle and its content."""

    left: float
    top: float
    right: float
    bottom: float
    what: str

    def meets(self, other: "Area") -> bool:
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom

    def holds(self, other: "Area") -> bool:
        across = self.left <= other.left and other.right <= self.right
        return across and self.top <= other.top and other.bottom <= self.bottom


def with_class(picture: str, name: str) -> list[Element]:
    found = ElementTree.fromstring(picture).iter()
    return [each for each in found if f"h11spec-{name}" in each.get("class", "").split()]


def texts(picture: str, *names: str) -> Iterator[Area]:
    for name in names:
        for each in with_class(picture, name):
            x, y, size = float(each.attrib["x"]), float(each.attrib["y"]), SIZES[name]
            width = text_width(each.text or "", size)
            left = x - {"start": 0, "middle": width / 2, "end": width}[each.attrib["text-anchor"]]
            what = each.text or ""
            yield Area(left, y - 0.72 * size, left + width, y + 0.22 * size, what)


def rectangles(picture: str, name: str) -> Iterator[Area]:
    for each in with_class(picture, name):
        x, y, width, height = (float(each.get(key, 0)) for key in ("x", "y", "width", "height"))
        yield Area(x, y, x + width, y + height, name)


def lines(picture: str) -> Iterator[list[Area]]:
    """The straight segments of each line, as rectangles of the greatest thickness of a line."""
    for each in with_class(picture, "line"):
        numbers = [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", each.attrib["d"])]
        points = list(zip(numbers[::2], numbers[1::2], strict=True))
        for (x, y), (right, bottom) in pairwise(points):
            assert x == right or y == bottom  # level or upright
        yield [
            Area(min(x, x2) - 2, min(y, y2) - 2, max(x, x2) + 2, max(y, y2) + 2, "line")
            for (x, y), (x2, y2) in pairwise(points)
        ]


def meeting(areas: list[Area]) -> list[tuple[Area, Area]]:
    return [(one, other) for one, other in combinations(areas, 2) if one.meets(other)]


@pytest.mark.parametrize("role", ROLES)
def test_the_layout_has_exactly_the_states_and_transitions(role: str) -> None:
    assert set(LAYOUTS[role].boxes) == {*states(role), ANY}
    assert set(LAYOUTS[role].routes) == {(each.before, each.after) for each in transitions(role)}


@pytest.mark.parametrize("role", ROLES)
def test_each_state_and_each_cause_is_readable(role: str) -> None:
    """In the picture, and as a sentence for screen readers and tooltips."""
    picture = state_diagram(role)
    assert sorted(text.what for text in texts(picture, "name")) == sorted([*states(role), ANY])
    [description] = ElementTree.fromstring(picture).iter(f"{SVG}desc")
    drawn = with_class(picture, "arrow")
    assert len(drawn) == len(transitions(role))
    for transition, group in zip(transitions(role), drawn, strict=True):
        label = " ".join(each.text or "" for each in group.iter(f"{SVG}text"))
        assert label == " ".join(transition.causes)
        sentence = (
            f"{transition.before} \N{RIGHTWARDS ARROW} {transition.after}: "
            f"{' or '.join(transition.causes)}."
        )
        assert group.findtext(f"{SVG}title") == sentence
        assert sentence in (description.text or "").splitlines()


@pytest.mark.parametrize("picture", PICTURES.values(), ids=PICTURES)
def test_nothing_overlaps(picture: str) -> None:
    """Texts, labels, states and lines; names are inside their boxes, all inside the picture."""
    boxes = list(rectangles(picture, "box"))
    names = list(texts(picture, "name"))
    assert all(box.holds(name) for box, name in zip(boxes, names, strict=True))
    marks, marked = list(rectangles(picture, "mark")), list(texts(picture, "marked"))
    assert all(mark.holds(text) for mark, text in zip(marks, marked, strict=True))
    apart = [*texts(picture, "title", "cause", "count"), *marks, *boxes]
    assert meeting(apart) == []
    written = [area for area in apart if area.what != "box"]
    drawn = [piece for pieces in lines(picture) for piece in pieces]
    assert [(text, line) for text in written for line in drawn if text.meets(line)] == []
    assert all(Area(0, 0, WIDTH, HEIGHT, "picture").holds(area) for area in (*apart, *drawn))


@pytest.mark.parametrize("role", ROLES)
def test_no_two_lines_cross(role: str) -> None:
    drawn = list(lines(state_diagram(role)))
    assert len(drawn) == len(transitions(role)) + 4  # the start, and three in the legend
    crossing = [
        (one, other)
        for some, others in combinations(drawn, 2)
        for one in some
        for other in others
        if one.meets(other)
    ]
    assert crossing == []


@pytest.mark.parametrize("role", ROLES)
def test_a_line_connects_the_edges_of_its_two_states(role: str) -> None:
    """It crosses no third state: only its ends touch a box."""
    layout = LAYOUTS[role]
    [*boxes] = rectangles(state_diagram(role), "box")
    places = dict(zip((*states(role), ANY), boxes, strict=True))
    for (before, after), route in layout.routes.items():
        for state, (x, y) in ((before, route.points[0]), (after, route.points[-1])):
            box = places[state]
            level = x in (box.left, box.right) and box.top < y < box.bottom
            upright = y in (box.top, box.bottom) and box.left < x < box.right
            assert level or upright, (before, after)
        pieces = [
            Area(min(x, x2), min(y, y2), max(x, x2), max(y, y2), "line")
            for (x, y), (x2, y2) in pairwise(route.points)
        ]
        assert not [piece for piece in pieces for box in boxes if piece.meets(box)]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("place", ["routes", "boxes"])
def test_a_missing_place_in_the_layout_is_an_error(
    role: str, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A picture without a transition or a state would look complete."""
    if place == "routes":
        more = (
            *source.NOT_IN_TABLES[role],
            Transition(role, "CLOSED", "IDLE", ("unknown",), "other"),
        )
        monkeypatch.setitem(source.NOT_IN_TABLES, role, more)
        missing = r"\('CLOSED', 'IDLE'\)"
    else:
        monkeypatch.delitem(LAYOUTS[role].boxes, "MUST_CLOSE")
        missing = "MUST_CLOSE"
    with pytest.raises(KeyError, match=missing):
        state_diagram(role)


def groups(role: str, picture: str) -> dict[TransitionKey, Element]:
    drawn = with_class(picture, "arrow")
    return {each.key: group for each, group in zip(transitions(role), drawn, strict=True)}


def words(group: Element) -> str:
    return " ".join(each.text or "" for each in group.iter(f"{SVG}text"))


def test_each_transition_has_its_count() -> None:
    """Zero is drawn as a dashed line and in words; counts of the other role are ignored."""
    taken = {("CLIENT", "IDLE", "SEND_BODY"): 38_214, ("SERVER", "DONE", "CLOSED"): 7}
    counted = groups("CLIENT", state_diagram("CLIENT", taken=taken))
    for key, group in counted.items():
        often = "38,214\N{MULTIPLICATION SIGN}" if key in taken else "never taken"
        assert words(group).endswith(f" {often}")
        assert (group.findtext(f"{SVG}title") or "").endswith(f"; {often}.")
        assert ("h11spec-never" in group.attrib["class"]) == (key not in taken)
    assert "dashed: never taken" in state_diagram("CLIENT", taken={})


def test_without_counts_none_are_drawn() -> None:
    for role in ROLES:
        assert (
            with_class(state_diagram(role), "never")
            == with_class(state_diagram(role), "count")
            == []
        )
        assert "never taken" not in state_diagram(role)


@pytest.mark.parametrize("exercised", [None, MANY], ids=["alone", "counted"])
def test_a_differing_transition_is_marked_by_more_than_a_colour(
    exercised: dict[TransitionKey, int] | None,
) -> None:
    """Its class makes it red and thick, and words say so in the picture and to screen readers."""
    key = ("SERVER", "SEND_RESPONSE", "SWITCHED_PROTOCOL")
    picture = state_diagram("SERVER", taken=exercised, differing=[key])
    for each, group in groups("SERVER", picture).items():
        assert ("h11spec-differs" in group.attrib["class"]) == (each == key)
        assert words(group).endswith(" \N{NOT EQUAL TO} differs") == (each == key)
        assert (group.findtext(f"{SVG}title") or "").endswith("; differs.") == (each == key)
    assert re.search(r"\.h11spec-differs \.h11spec-line \{[^}]*stroke-width: 4", picture)
    assert "thick: the target differs" in picture
    assert "thick: the target differs" not in state_diagram("CLIENT", differing=[key])


def test_all_transitions_to_error_are_counted_as_one() -> None:
    taken = {("SERVER", state, "ERROR"): 1_000 for state in states("SERVER")}
    picture = state_diagram("SERVER", taken=taken, differing=[("SERVER", "IDLE", "ERROR")])
    group = groups("SERVER", picture)["SERVER", ANY, "ERROR"]
    assert words(group).endswith(
        "send_failed() 8,000\N{MULTIPLICATION SIGN} \N{NOT EQUAL TO} differs"
    )


@pytest.mark.parametrize("key", [("CLIENT", "IDLE", "DONE"), ("CLIENT", "<b>", "ERROR")], ids=str)
def test_an_unknown_transition_is_refused(key: TransitionKey) -> None:
    """Its count would be missing from the picture."""
    with pytest.raises(ValueError, match=f"CLIENT has no transition from {key[1]} to {key[2]}"):
        state_diagram("CLIENT", taken={key: 1})
    with pytest.raises(ValueError, match=f"CLIENT has no transition from {key[1]} to {key[2]}"):
        state_diagram("CLIENT", differing=[key])


def test_hostile_text_stays_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the picture and in the sentences."""
    hostile = '</title></svg><script>alert("1")</script>&\''
    rule = Transition("", "DONE", "MUST_CLOSE", (hostile,), "state")
    monkeypatch.setitem(source.NOT_IN_TABLES, "SERVER", (*source.NOT_IN_TABLES["SERVER"], rule))
    picture = state_diagram("SERVER")
    assert "<script" not in picture
    group = groups("SERVER", picture)["SERVER", "DONE", "MUST_CLOSE"]
    assert words(group).endswith(hostile)


@pytest.mark.parametrize("picture", PICTURES.values(), ids=PICTURES)
def test_a_picture_is_self_contained(picture: str) -> None:
    """It loads nothing, scales, has light and dark colours, and has a title and a description."""
    root = ElementTree.fromstring(picture)
    assert root.tag == f"{SVG}svg"
    assert root.get("viewBox") == f"0 0 {WIDTH} {HEIGHT}"
    assert root.get("role") == "img"
    ids = {each.get("id"): each for each in root if each.get("id")}
    for attribute in ("aria-labelledby", "aria-describedby"):
        assert (ids[root.get(attribute)].text or "").strip()
    assert "@media (prefers-color-scheme: dark)" in picture
    assert "sans-serif" in picture
    assert not re.search(r"href|url\(|@import|<image|<script", picture)
    assert picture.count("http") == 1  # the name of the namespace


def test_two_pictures_can_share_a_page() -> None:
    """They share no id, and both have the same style sheet, which only has h11spec's classes."""
    both = [ElementTree.fromstring(state_diagram(role)) for role in ROLES]
    ids = [{each.get("id") for each in root.iter() if each.get("id")} for root in both]
    assert not ids[0] & ids[1]
    [style], [other] = (list(root.iter(f"{SVG}style")) for root in both)
    assert style.text == other.text
    selectors = re.findall(r"(?:^|[{}])\s*([^{}@]+?)\s*\{", style.text or "")
    assert len(selectors) > 20
    assert all(part.startswith(".h11spec-") for each in selectors for part in each.split(", "))


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2."""

    def light(colour: str) -> float:
        digits = colour if len(colour) == 7 else "#" + "".join(2 * digit for digit in colour[1:])
        parts = [int(digits[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
        )
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    dark, bright = sorted((light(one), light(other)))
    return (bright + 0.05) / (dark + 0.05)


def test_the_colours_have_enough_contrast() -> None:
    """4.5 to 1, which WCAG 2 requires of text (success criterion 1.4.3)."""
    declared = re.findall(r"\{ (--h11spec-paper[^}]*)\}", state_diagram("CLIENT"))
    assert len(declared) == 2
    for each in declared:
        colours = dict(re.findall(r"--h11spec-([\w-]+): (#\w+);", each))
        pairs = [("ink", "box"), ("on-differs", "differs")]
        pairs += [(name, "paper") for name in ("ink", "muted", "state", "differs")]
        for front, ground in pairs:
            assert contrast(colours[front], colours[ground]) >= 4.5, (front, ground)
