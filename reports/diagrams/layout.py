"""The layout of the state diagrams: hand-made coordinates of states and transitions.

Owns the coordinates, in units of the SVG. Every line is horizontal or vertical, and no two of them
cross. It must not know what is drawn there; a state or a transition without a place raises
KeyError.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .transitions import ANY

WIDTH, HEIGHT = 1250, 890
# Half the height of a state's box, and the height of a line of text.
HALF = 26
LINE = 19

Point = tuple[int, int]


@dataclass(frozen=True)
class Box:
    """The box of a state: its centre and its width."""

    x: int
    y: int
    width: int


@dataclass(frozen=True)
class Label:
    """A block of text: ``y`` is the baseline of its last line, or of the first if it grows down."""

    x: int
    y: int
    anchor: Literal["start", "middle", "end"] = "middle"
    grows: Literal["up", "down"] = "up"
    # The maximum number of characters in a line.
    width: int = 50


@dataclass(frozen=True)
class Route:
    """A transition: the corners of its line, from the edge of one state to that of the other."""

    points: tuple[Point, ...]
    label: Label


@dataclass(frozen=True)
class Layout:
    """The layout of one picture; the keys of routes are a state before and a state after."""

    boxes: dict[str, Box]
    routes: dict[tuple[str, str], Route]


_BOXES = {
    "IDLE": Box(120, 290, 130),
    "SEND_BODY": Box(760, 290, 150),
    "DONE": Box(1080, 290, 150),
    "MUST_CLOSE": Box(600, 590, 160),
    "CLOSED": Box(600, 720, 130),
    ANY: Box(120, 840, 130),
    "ERROR": Box(470, 840, 130),
}
_ROUTES = {
    ("SEND_BODY", "DONE"): Route(((835, 290), (1005, 290)), Label(917, 281)),
    ("SEND_BODY", "SEND_BODY"): Route(
        ((708, 316), (708, 348), (752, 348), (752, 316)), Label(764, 341, "start", "down")
    ),
    ("DONE", "MUST_CLOSE"): Route(((1105, 316), (1105, 590), (680, 590)), Label(790, 581)),
    ("DONE", "CLOSED"): Route(((1135, 316), (1135, 720), (665, 720)), Label(900, 711)),
    ("IDLE", "MUST_CLOSE"): Route(((140, 316), (140, 590), (520, 590)), Label(330, 581)),
    ("IDLE", "CLOSED"): Route(((100, 316), (100, 720), (535, 720)), Label(330, 711)),
    ("MUST_CLOSE", "CLOSED"): Route(((600, 616), (600, 694)), Label(612, 645, "start", "down")),
    ("CLOSED", "CLOSED"): Route(
        ((578, 746), (578, 778), (622, 778), (622, 746)), Label(634, 766, "start", "down")
    ),
    (ANY, "ERROR"): Route(((185, 840), (405, 840)), Label(291, 831)),
}
LAYOUTS = {
    "CLIENT": Layout(
        {
            **_BOXES,
            "MIGHT_SWITCH_PROTOCOL": Box(740, 440, 270),
            "SWITCHED_PROTOCOL": Box(280, 440, 230),
        },
        {
            **_ROUTES,
            ("DONE", "IDLE"): Route(
                ((1080, 264), (1080, 160), (105, 160), (105, 264)), Label(592, 151)
            ),
            ("IDLE", "SEND_BODY"): Route(((185, 290), (685, 290)), Label(435, 281)),
            ("DONE", "MIGHT_SWITCH_PROTOCOL"): Route(
                ((1028, 316), (1028, 428), (875, 428)), Label(953, 419, width=19)
            ),
            ("MIGHT_SWITCH_PROTOCOL", "DONE"): Route(
                ((875, 452), (1060, 452), (1060, 316)), Label(965, 471, grows="down", width=14)
            ),
            ("MIGHT_SWITCH_PROTOCOL", "SWITCHED_PROTOCOL"): Route(
                ((605, 440), (395, 440)), Label(500, 431, width=20)
            ),
        },
    ),
    "SERVER": Layout(
        {**_BOXES, "SEND_RESPONSE": Box(440, 290, 190), "SWITCHED_PROTOCOL": Box(440, 440, 230)},
        {
            **_ROUTES,
            ("DONE", "IDLE"): Route(
                ((1080, 264), (1080, 130), (105, 130), (105, 264)), Label(592, 121)
            ),
            ("IDLE", "SEND_RESPONSE"): Route(((185, 290), (345, 290)), Label(263, 281, width=15)),
            ("IDLE", "SEND_BODY"): Route(
                ((140, 264), (140, 200), (760, 200), (760, 264)), Label(450, 191)
            ),
            ("SEND_RESPONSE", "SEND_RESPONSE"): Route(
                ((406, 316), (406, 348), (362, 348), (362, 316)), Label(350, 341, "end", "down")
            ),
            ("SEND_RESPONSE", "SEND_BODY"): Route(((535, 290), (685, 290)), Label(607, 281)),
            ("SEND_RESPONSE", "SWITCHED_PROTOCOL"): Route(
                ((440, 316), (440, 414)), Label(452, 343, "start", "down")
            ),
        },
    ),
}
# The start: a dot, and the end of the line from there to IDLE.
START: tuple[Point, Point] = ((26, 290), (55, 290))
TITLE: Point = (40, 50)
# The left end of the first line of the legend.
LEGEND: Point = (800, 776)


def text_width(text: str, size: float) -> float:
    """Returns an upper estimate of the width of a text in a sans serif font of this size."""
    return size * sum(
        0.78
        if letter.isupper() or letter in "_\N{MULTIPLICATION SIGN}"
        else 0.35
        if letter in " .,()iIjl'"
        else 0.58
        for letter in text
    )
