"""Mealy machines as JSON, as DOT, and as a picture.

Owns the three forms. JSON and DOT have every state; the picture has the joint states only, on a
grid: the client's state across, the server's down. It must not know how a machine was learned.
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
from ...strategies.program import Json, Role
from ..wording.values import format_value

MACHINE_VERSION = 2
# The order of columns and rows, which is that of a message.
_STATES = (
    *("IDLE", "SEND_RESPONSE", "SEND_BODY", "DONE", "MIGHT_SWITCH_PROTOCOL"),
    *("SWITCHED_PROTOCOL", "MUST_CLOSE", "CLOSED", "ERROR"),
)
# The joint state in which nothing is observed, because the target ended.
_ENDED = "ended"
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
class LabelledMachine:
    """A machine, its outputs by their numbers, and the transitions that differ from the reference.

    ``differing`` has pairs of a state and an input symbol.
    """

    role: Role
    machine: Machine
    outputs: tuple[Output, ...]
    differing: frozenset[tuple[int, int]] = frozenset()

    @cached_property
    def statuses(self) -> list[Json]:
        """The observable attributes of the connection in each state."""
        statuses: list[Json] = [{} for _ in range(self.machine.size)]
        for row in self.machine.transitions:
            for into, output in filter(None, row):
                if output >= 0 and not statuses[into]:
                    statuses[into] = status(self.outputs[output])
        return statuses

    def joint_state(self, state: int) -> str:
        """Returns the joint state of a state, such as "SEND_BODY/IDLE", the client's first."""
        seen = self.statuses[state]
        return f"{seen['client']}/{seen['server']}" if "client" in seen else _ENDED

    def next_joint_state(self, state: int, symbol: int) -> str | None:
        """Returns the joint state that an input symbol leads to, or None if it was not applied."""
        transition = self.machine.transitions[state][symbol]
        return None if transition is None else self.joint_state(transition[0])


def as_json(labelled: LabelledMachine) -> Json:
    """Returns the whole machine as data.

    A transition is the number of its next state and that of its output, or null if the input symbol
    was not applied; an output has an observation for each step of the symbol.
    """
    access = labelled.machine.access
    symbols = alphabet(labelled.role)
    return {
        "machine": MACHINE_VERSION,
        "role": labelled.role,
        "input_symbols": [
            {"name": symbol.name, "steps": [step.to_json() for step in symbol.steps]}
            for symbol in symbols
        ],
        "states": [
            {
                "joint_state": labelled.joint_state(state),
                "status": labelled.statuses[state],
                "access_sequence": [symbols[symbol].name for symbol in access[state]],
            }
            for state in range(labelled.machine.size)
        ],
        "outputs": labelled.outputs,
        "transitions": labelled.machine.transitions,
        "differing": sorted(labelled.differing),
    }


def as_dot(labelled: LabelledMachine) -> str:
    """Returns the whole machine for Graphviz, with one edge for each pair of states."""
    lines = ["digraph machine {", "  rankdir=LR;", "  node [shape=box, fontname=Helvetica];"]
    for state in range(labelled.machine.size):
        lines.append(f"  {state} [label={_quoted(f'{state} {labelled.joint_state(state)}')}];")
    symbols = alphabet(labelled.role)
    for state, row in enumerate(labelled.machine.transitions):
        edges: defaultdict[int, list[str]] = defaultdict(list)
        differs: set[int] = set()
        for symbol, transition in enumerate(row):
            if transition is not None:
                into, output = transition
                edges[into].append(f"{symbols[symbol].name} / {_outcome(labelled, output)}")
                if (state, symbol) in labelled.differing:
                    differs.add(into)
        for into, labels in edges.items():
            colour = ", color=red, penwidth=2" if into in differs else ""
            lines.append(f"  {state} -> {into} [label={_quoted(chr(10).join(labels))}{colour}];")
    return "\n".join([*lines, "}", ""])


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _outcome(labelled: LabelledMachine, output: int) -> str:
    """What was observed, in a few words."""
    if output < 0:
        return _ENDED
    words: list[str] = []
    for observation in labelled.outputs[output]:
        raised = observation.get("raised")
        words += (event["type"] for event in observation.get("events", ()))
        if raised is not None:
            words.append(f"{raised['class']} {raised.get('hint') or ''}".strip())
        elif observation.get("returned") is not None:
            words.append(format_value(observation["returned"]))
        if "fault" in observation:
            words.append(format_value(observation["fault"]))
    return ", ".join(words) or "nothing"


def as_svg(labelled: LabelledMachine, target: str) -> str:
    """Returns the picture of the joint states and the input symbols that lead from one to another.

    Args:
        target: the name of the implementation in the title.
    """
    edges = _edges(labelled)
    counts: defaultdict[str, int] = defaultdict(int)
    for state in range(labelled.machine.size):
        counts[labelled.joint_state(state)] += 1
    places = _places(counts)
    width = max(x for x, _ in places.values()) + _BOX / 2 + _MARGIN
    height = max(y for _, y in places.values()) + _BAR / 2 + _MARGIN
    title = f"The joint states of {target} as a {labelled.role}"
    sub = (
        f"{labelled.machine.size:,} states, each box with its number of them; "
        f"{len(labelled.differing):,} transitions differ from the reference's"
    )
    size = f'viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" height="{height:.0f}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="h11spec-joint" role="img" {size}>',
        f"<title>{escape(title)}</title><desc>{escape(sub)}</desc><style>{_STYLE}</style>",
        f'<rect class="paper" width="{width:.0f}" height="{height:.0f}"/>',
        f'<text class="title" x="{_MARGIN}" y="40">{escape(title)}</text>',
        f'<text class="sub" x="{_MARGIN}" y="64">{escape(sub)}; client across, server down</text>',
        *_axes(places),
        *(_edge(ends, symbols, places) for ends, symbols in sorted(edges.items())),
        *(_box(joint, place, counts[joint]) for joint, place in places.items()),
        "</svg>",
    ]
    return "\n".join([*parts, ""])


def _edges(labelled: LabelledMachine) -> dict[tuple[str, str], dict[str, bool]]:
    """The input symbols of each edge between joint states, and whether they differ there."""
    symbols = alphabet(labelled.role)
    edges: defaultdict[tuple[str, str], dict[str, bool]] = defaultdict(dict)
    for state, row in enumerate(labelled.machine.transitions):
        for symbol, transition in enumerate(row):
            if transition is not None:
                ends = labelled.joint_state(state), labelled.joint_state(transition[0])
                name = symbols[symbol].name
                differs = (state, symbol) in labelled.differing
                edges[ends][name] = edges[ends].get(name, False) or differs
    return dict(edges)


def _places(joints: Iterator[str] | dict[str, int]) -> dict[str, tuple[float, float]]:
    """The centre of each box; the grid has no empty columns and rows."""
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
    ends: tuple[str, str], symbols: dict[str, bool], places: dict[str, tuple[float, float]]
) -> str:
    """A curve that bends to its left, so that the edges there and back are apart.

    Symbols that do not change the joint state have no edge; if one differs, its box has a frame.
    """
    (x, y), (u, v) = places[ends[0]], places[ends[1]]
    differs = [name for name, each in symbols.items() if each]
    description = f"{ends[0]} to {ends[1]}: {', '.join(symbols)}"
    if differs:
        description += f". Differs: {', '.join(differs)}"
    mark = ' class="differs"' if differs else ""
    title = f"<title>{escape(description)}</title>"
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
    """Where a line from the centre of a box leaves it."""
    across, down = towards[0] - box[0], towards[1] - box[1]
    scale = min(
        _BOX / 2 / abs(across) if across else float("inf"),
        _BAR / 2 / abs(down) if down else float("inf"),
    )
    return box[0] + across * scale, box[1] + down * scale
