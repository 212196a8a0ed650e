"""State machines for other programs and for the eye: as JSON, as DOT, and as a picture.

Owns the three forms. JSON and DOT have every state; the picture has the joint states only, on a
grid: the client's state across, the server's down.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from html import escape

from ...strategies.machine.alphabet import Output, alphabet, status
from ...strategies.machine.mealy import Machine
from ...strategies.programs import Json, Role
from ..wording.values import format_value

MACHINE_VERSION = 1
# Across and down, each in the order in which a message goes through them.
_STATES = (
    *("IDLE", "SEND_RESPONSE", "SEND_BODY", "DONE", "MIGHT_SWITCH_PROTOCOL"),
    *("SWITCHED_PROTOCOL", "MUST_CLOSE", "CLOSED", "ERROR"),
)
# What a state without any sight of the connection is called: the target ended before.
_NOWHERE = "ended"
_WIDE, _HIGH, _BOX, _BAR = 172, 84, 118, 34
_LEFT, _TOP, _MARGIN = 190, 120, 24
_STYLE = """
.h11spec-joint { font: 13px Helvetica, Arial, sans-serif; max-width: 100%; height: auto;
  --paper: #fff; --box: #f3f5f8; --ink: #1b2129; --muted: #59636f; --differs: #b3270c; }
@media (prefers-color-scheme: dark) { .h11spec-joint {
  --paper: #12161c; --box: #1f2630; --ink: #e9edf2; --muted: #a6b0bc; --differs: #ff9068; } }
.h11spec-joint .paper { fill: var(--paper); }
.h11spec-joint text { fill: var(--ink); text-anchor: middle; }
.h11spec-joint .axis { fill: var(--muted); font-size: 12px; }
.h11spec-joint .side { text-anchor: end; }
.h11spec-joint .title { font-size: 22px; font-weight: bold; text-anchor: start; }
.h11spec-joint .sub { fill: var(--muted); text-anchor: start; }
.h11spec-joint .node { fill: var(--box); stroke: var(--ink); }
.h11spec-joint .edge { fill: none; stroke: var(--muted); stroke-opacity: .55; }
.h11spec-joint .head { fill: var(--muted); }
.h11spec-joint .differs .edge { stroke: var(--differs); stroke-width: 2.5; stroke-opacity: 1; }
.h11spec-joint .differs .node { stroke: var(--differs); stroke-width: 3; }
"""


@dataclass(frozen=True)
class Named:
    """A machine, what its outputs stand for, and where it is another's machine no more.

    ``differing`` has pairs of a state and a letter.
    """

    role: Role
    machine: Machine
    outputs: tuple[Output, ...]
    differing: frozenset[tuple[int, int]] = frozenset()

    @cached_property
    def looks(self) -> list[Json]:
        """What can be seen of the connection in each state."""
        looks: list[Json] = [{} for _ in range(self.machine.size)]
        for row in self.machine.transitions:
            for into, output in filter(None, row):
                if output >= 0 and not looks[into]:
                    looks[into] = status(self.outputs[output])
        return looks

    def joint(self, state: int) -> str:
        """Returns the joint state of a state, the client's first."""
        looks = self.looks[state]
        return f"{looks['client']}/{looks['server']}" if "client" in looks else _NOWHERE

    def behind(self, state: int, letter: int) -> str | None:
        """Returns the joint state that a letter leads to, or None where it is not tried."""
        transition = self.machine.transitions[state][letter]
        return None if transition is None else self.joint(transition[0])


def as_json(named: Named) -> Json:
    """Returns the whole machine as data.

    A transition is the number of the state behind it and of its output, or null where the letter is
    not tried; an output has an observation for each step of the letter.
    """
    access = named.machine.access
    letters = alphabet(named.role)
    return {
        "machine": MACHINE_VERSION,
        "role": named.role,
        "letters": [
            {"name": letter.name, "steps": [step.to_json() for step in letter.steps]}
            for letter in letters
        ],
        "states": [
            {
                "joint": named.joint(state),
                "seen": named.looks[state],
                "access": [letters[letter].name for letter in access[state]],
            }
            for state in range(named.machine.size)
        ],
        "outputs": named.outputs,
        "transitions": named.machine.transitions,
        "differing": sorted(named.differing),
    }


def as_dot(named: Named) -> str:
    """Returns the whole machine for Graphviz; letters that share both ends share an arrow."""
    lines = ["digraph machine {", "  rankdir=LR;", "  node [shape=box, fontname=Helvetica];"]
    for state in range(named.machine.size):
        lines.append(f"  {state} [label={_quoted(f'{state} {named.joint(state)}')}];")
    letters = alphabet(named.role)
    for state, row in enumerate(named.machine.transitions):
        ways: defaultdict[int, list[str]] = defaultdict(list)
        differs: set[int] = set()
        for letter, transition in enumerate(row):
            if transition is not None:
                into, output = transition
                ways[into].append(f"{letters[letter].name} / {_outcome(named, output)}")
                if (state, letter) in named.differing:
                    differs.add(into)
        for into, labels in ways.items():
            colour = ", color=red, penwidth=2" if into in differs else ""
            lines.append(f"  {state} -> {into} [label={_quoted(chr(10).join(labels))}{colour}];")
    return "\n".join([*lines, "}", ""])


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _outcome(named: Named, output: int) -> str:
    """What a letter led to, in a few words."""
    if output < 0:
        return _NOWHERE
    words: list[str] = []
    for observation in named.outputs[output]:
        raised = observation.get("raised")
        words += (event["type"] for event in observation.get("events", ()))
        if raised is not None:
            words.append(f"{raised['class']} {raised.get('hint') or ''}".strip())
        elif observation.get("returned") is not None:
            words.append(format_value(observation["returned"]))
        if "fault" in observation:
            words.append(format_value(observation["fault"]))
    return ", ".join(words) or "nothing"


def as_svg(named: Named, of: str) -> str:
    """Returns the picture of the joint states, and of the letters that lead from one to another.

    Args:
        of: whose machine it is.
    """
    ways = _ways(named)
    counts: defaultdict[str, int] = defaultdict(int)
    for state in range(named.machine.size):
        counts[named.joint(state)] += 1
    places = _places(counts)
    width = max(x for x, _ in places.values()) + _BOX / 2 + _MARGIN
    height = max(y for _, y in places.values()) + _BAR / 2 + _MARGIN
    title = f"The joint states of {of} as a {named.role}"
    sub = (
        f"{named.machine.size:,} states, each box as many as it says; "
        f"{len(named.differing):,} transitions differ from the reference's"
    )
    size = f'viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" height="{height:.0f}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="h11spec-joint" role="img" {size}>',
        f"<title>{escape(title)}</title><desc>{escape(sub)}</desc><style>{_STYLE}</style>",
        f'<rect class="paper" width="{width:.0f}" height="{height:.0f}"/>',
        f'<text class="title" x="{_MARGIN}" y="40">{escape(title)}</text>',
        f'<text class="sub" x="{_MARGIN}" y="64">{escape(sub)}; client across, server down</text>',
        *_axes(places),
        *(_edge(ends, letters, places) for ends, letters in sorted(ways.items())),
        *(_box(joint, place, counts[joint]) for joint, place in places.items()),
        "</svg>",
    ]
    return "\n".join([*parts, ""])


def _ways(named: Named) -> dict[tuple[str, str], dict[str, bool]]:
    """From each joint state to each other: the letters, and whether one of them differs there."""
    letters = alphabet(named.role)
    ways: defaultdict[tuple[str, str], dict[str, bool]] = defaultdict(dict)
    for state, row in enumerate(named.machine.transitions):
        for letter, transition in enumerate(row):
            if transition is not None:
                ends = named.joint(state), named.joint(transition[0])
                name = letters[letter].name
                differs = (state, letter) in named.differing
                ways[ends][name] = ways[ends].get(name, False) or differs
    return dict(ways)


def _places(joints: Iterator[str] | dict[str, int]) -> dict[str, tuple[float, float]]:
    """The middle of each box, columns and rows without any left out."""
    pairs = {joint: joint.partition("/")[::2] for joint in joints}
    across = [*_STATES, *sorted({pair[0] for pair in pairs.values()} - {*_STATES})]
    down = [*_STATES, "", *sorted({pair[1] for pair in pairs.values()} - {*_STATES, ""})]
    columns = [name for name in across if any(pair[0] == name for pair in pairs.values())]
    rows = [name for name in down if any(pair[1] == name for pair in pairs.values())]
    return {
        joint: (
            _LEFT + _WIDE * columns.index(pair[0]) + _BOX / 2,
            _TOP + _HIGH * rows.index(pair[1]) + _BAR / 2,
        )
        for joint, pair in sorted(pairs.items())
    }


def _axes(places: dict[str, tuple[float, float]]) -> Iterator[str]:
    columns = {joint.partition("/")[0]: x for joint, (x, _) in places.items()}
    rows = {joint.partition("/")[2]: y for joint, (_, y) in places.items()}
    for name, x in columns.items():
        yield f'<text class="axis" x="{x:.0f}" y="{_TOP - 18}">{escape(name)}</text>'
    for name, y in rows.items():
        yield f'<text class="axis side" x="{_LEFT - 22}" y="{y + 4:.0f}">{escape(name)}</text>'


def _box(joint: str, place: tuple[float, float], count: int) -> str:
    x, y = place
    states = f"{count:,} state{'s' if count != 1 else ''}"
    return (
        f"<g><title>{escape(joint)}: {states}</title>"
        f'<rect class="node" x="{x - _BOX / 2:.0f}" y="{y - _BAR / 2:.0f}" width="{_BOX}" '
        f'height="{_BAR}" rx="6"/><text x="{x:.0f}" y="{y + 4:.0f}">{states}</text></g>'
    )


def _edge(
    ends: tuple[str, str], letters: dict[str, bool], places: dict[str, tuple[float, float]]
) -> str:
    """An arrow that bends to its left, so that there and back are two; none from a box to itself.

    What differs and changes no joint state is shown by a frame around the box.
    """
    (x, y), (u, v) = places[ends[0]], places[ends[1]]
    differs = [name for name, each in letters.items() if each]
    told = f"{ends[0]} to {ends[1]}: {', '.join(letters)}"
    if differs:
        told += f". Differs: {', '.join(differs)}"
    mark = ' class="differs"' if differs else ""
    title = f"<title>{escape(told)}</title>"
    if ends[0] == ends[1]:
        if not differs:
            return ""
        frame = f'x="{x - _BOX / 2 - 4:.0f}" y="{y - _BAR / 2 - 4:.0f}" rx="9"'
        size = f'width="{_BOX + 8}" height="{_BAR + 8}"'
        return f'<g{mark}>{title}<rect class="node" {frame} {size}/></g>'
    length = max(((u - x) ** 2 + (v - y) ** 2) ** 0.5, 1)
    bend = 14 + length / 14
    middle = ((x + u) / 2 + bend * (v - y) / length, (y + v) / 2 - bend * (u - x) / length)
    begin, end = _border((x, y), middle), _border((u, v), middle)
    return (
        f'<g{mark}>{title}<path class="edge" d="M{begin[0]:.1f},{begin[1]:.1f} '
        f'Q{middle[0]:.1f},{middle[1]:.1f} {end[0]:.1f},{end[1]:.1f}"/>'
        f'<circle class="head" cx="{end[0]:.1f}" cy="{end[1]:.1f}" r="3.5"/></g>'
    )


def _border(box: tuple[float, float], towards: tuple[float, float]) -> tuple[float, float]:
    """Where a line from the middle of a box leaves it."""
    across, down = towards[0] - box[0], towards[1] - box[1]
    scale = min(
        _BOX / 2 / abs(across) if across else float("inf"),
        _BAR / 2 / abs(down) if down else float("inf"),
    )
    return box[0] + across * scale, box[1] + down * scale
