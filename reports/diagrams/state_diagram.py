"""State diagrams: one machine as an SVG, alone or with the results of a run.

Owns the drawing. It must not know any run. A transition or a state without a place in the layout is
an error, so the picture is always complete.
"""

from __future__ import annotations

import textwrap
from collections.abc import Collection, Iterator, Mapping
from html import escape

from .layout import (
    HALF,
    HEIGHT,
    LAYOUTS,
    LEGEND,
    LINE,
    START,
    TITLE,
    WIDTH,
    Box,
    Label,
    Point,
    text_width,
)
from .transitions import ANY, Transition, TransitionKey, states, transitions

_DIFFERS = "\N{NOT EQUAL TO} differs"
_NEVER = "never taken"
_TIMES = "\N{MULTIPLICATION SIGN}"
_TO = " \N{RIGHTWARDS ARROW} "
_KINDS = {
    "event": "event-triggered: something is sent or received",
    "state": "state-triggered: as soon as it holds",
    "other": "other: a method call, or an error",
}
_SMALL = 14
# Colours also differ in lightness, and colour is never the only sign: state-triggered arrows have
# hollow heads, "other" arrows open heads, and arrows that differ are thick and labelled. The
# pictures of both roles have the same style sheet, so one page can contain both.
_COLOURS = {
    "light": ("#fff", "#f3f5f8", "#1b2129", "#59636f", "#0a5cad", "#b3270c", "#fff"),
    "dark": ("#12161c", "#1f2630", "#e9edf2", "#a6b0bc", "#7fb9ff", "#ff9068", "#1c0b04"),
}
_TOKENS = ("paper", "box", "ink", "muted", "state", "differs", "on-differs")
_STYLE = """
.h11spec-machine { max-width: 100%; height: auto; font: 15px Helvetica, Arial, sans-serif; }
.h11spec-machine text { fill: var(--h11spec-ink); }
.h11spec-paper { fill: var(--h11spec-paper); }
.h11spec-box { fill: var(--h11spec-box); stroke: var(--h11spec-ink); stroke-width: 1.5; }
.h11spec-any { fill: none; stroke: var(--h11spec-muted); }
.h11spec-machine .h11spec-name { font-size: 16px; font-weight: bold; text-anchor: middle; }
.h11spec-machine .h11spec-title { font-size: 26px; font-weight: bold; }
.h11spec-machine .h11spec-count { font-size: 14px; fill: var(--h11spec-muted); }
.h11spec-dot { fill: var(--h11spec-ink); }
.h11spec-line, .h11spec-head { fill: none; stroke: var(--h11spec-ink); stroke-width: 1.5; }
.h11spec-head { stroke-linejoin: round; }
.h11spec-event .h11spec-head { fill: var(--h11spec-ink); }
.h11spec-state .h11spec-line, .h11spec-state .h11spec-head { stroke: var(--h11spec-state); }
.h11spec-state .h11spec-head { fill: var(--h11spec-paper); }
.h11spec-machine .h11spec-state .h11spec-cause { fill: var(--h11spec-state); font-style: italic; }
.h11spec-other .h11spec-line, .h11spec-other .h11spec-head { stroke: var(--h11spec-muted); }
.h11spec-machine .h11spec-other .h11spec-cause { fill: var(--h11spec-muted); }
.h11spec-never .h11spec-line { stroke-dasharray: 3 5; }
.h11spec-differs .h11spec-line { stroke: var(--h11spec-differs); stroke-width: 4; }
.h11spec-differs .h11spec-head { stroke: var(--h11spec-differs); stroke-width: 3; }
.h11spec-event.h11spec-differs .h11spec-head { fill: var(--h11spec-differs); }
.h11spec-mark { fill: var(--h11spec-differs); }
.h11spec-machine .h11spec-marked { fill: var(--h11spec-on-differs); font-weight: bold;
  font-size: 14px; }
"""


def state_diagram(
    role: str,
    *,
    taken: Mapping[TransitionKey, int] | None = None,
    differing: Collection[TransitionKey] = (),
) -> str:
    """Returns the SVG of one role's machine, "CLIENT" or "SERVER".

    A key is the role, the state before and the state after. All transitions to ERROR are drawn as
    one, and those of the other role are ignored.

    Args:
        taken: how often a run took each transition; with None, no counts are drawn.
        differing: the transitions that lead elsewhere in the target.

    Raises ValueError for a key that is not a transition.
    """
    counts = None if taken is None else _counts(role, taken)
    marked = set(_counts(role, dict.fromkeys(differing, 1)))
    layout = LAYOUTS[role]
    name = role.lower()
    title = f"The {name}'s state machine in h11"
    lines = [
        '<svg xmlns="http://www.w3.org/2000/svg" class="h11spec-machine" role="img"',
        f'viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"',
        f'aria-labelledby="h11spec-{name}-title" aria-describedby="h11spec-{name}-desc">',
        f'<title id="h11spec-{name}-title">{title}</title>',
        f'<desc id="h11spec-{name}-desc">',
        *(escape(_sentence(each, counts, marked)) for each in transitions(role)),
        "</desc>",
        f"<style>{_tokens()}{_STYLE}</style>",
        f'<rect class="h11spec-paper" width="{WIDTH}" height="{HEIGHT}" rx="12"/>',
        _text(TITLE, title, "h11spec-title"),
    ]
    for each in transitions(role):
        route = layout.routes[each.before, each.after]
        classes = ["h11spec-arrow", f"h11spec-{each.kind}"]
        classes += ["h11spec-never"] if counts is not None and not counts.get(each.key) else []
        classes += ["h11spec-differs"] if each.key in marked else []
        lines += [
            f'<g class="{" ".join(classes)}">',
            f"<title>{escape(_sentence(each, counts, marked))}</title>",
            *_line(route.points, each.kind),
            *_label(each, route.label, counts, each.key in marked),
            "</g>",
        ]
    lines += _start()
    for state in (*states(role), ANY):
        lines += _box(state, layout.boxes[state])
    lines += _legend(counts is not None, bool(marked))
    return "\n".join((*lines, "</svg>", ""))


def _counts(role: str, taken: Mapping[TransitionKey, int]) -> dict[TransitionKey, int]:
    """How often each transition of this role was taken; those to ERROR are counted as one."""
    keys = {each.key for each in transitions(role)}
    counts: dict[TransitionKey, int] = {}
    for key, count in taken.items():
        if key[0] != role:
            continue
        drawn = (role, ANY, "ERROR") if key[2] == "ERROR" and key[1] in states(role) else key
        if drawn not in keys:
            raise ValueError(f"the {role} has no transition from {key[1]} to {key[2]}")
        counts[drawn] = counts.get(drawn, 0) + count
    return counts


def _sentence(
    transition: Transition,
    counts: Mapping[TransitionKey, int] | None,
    marked: Collection[TransitionKey],
) -> str:
    text = f"{transition.before}{_TO}{transition.after}: {' or '.join(transition.causes)}"
    text += f"; {_times(counts.get(transition.key, 0))}" if counts is not None else ""
    return f"{text}; differs." if transition.key in marked else f"{text}."


def _times(count: int) -> str:
    return f"{count:,}{_TIMES}" if count else _NEVER


def _tokens() -> str:
    """Declares the colours; a page that contains the picture may override them."""
    light, dark = (
        " ".join(f"--h11spec-{token}: {value};" for token, value in zip(_TOKENS, each, strict=True))
        for each in _COLOURS.values()
    )
    return (
        f"\n.h11spec-machine {{ {light} }}"
        f"\n@media (prefers-color-scheme: dark) {{ .h11spec-machine {{ {dark} }} }}"
    )


def _text(at: Point, text: str, name: str, anchor: str = "start") -> str:
    attributes = f'class="{name}" x="{at[0]}" y="{at[1]}" text-anchor="{anchor}"'
    return f"<text {attributes}>{escape(text)}</text>"


def _box(state: str, box: Box) -> Iterator[str]:
    left, top = box.x - box.width // 2, box.y - HALF
    name = "h11spec-box h11spec-any" if state == ANY else "h11spec-box"
    size = f'width="{box.width}" height="{2 * HALF}" rx="12"'
    yield f'<rect class="{name}" x="{left}" y="{top}" {size}/>'
    yield _text((box.x, box.y + 5), state, "h11spec-name", "middle")


def _start() -> Iterator[str]:
    (x, y), end = START
    yield '<g class="h11spec-event">'
    yield "<title>Every connection begins here.</title>"
    yield f'<circle class="h11spec-dot" cx="{x}" cy="{y}" r="6"/>'
    yield from _line(((x, y), end), "event")
    yield "</g>"


def _line(points: tuple[Point, ...], kind: str) -> Iterator[str]:
    """An arrow: a line with rounded corners, and its head."""
    (x, y), end = points[-2], points[-1]
    right, down = _direction((x, y), end)
    neck = (end[0] - 11 * right, end[1] - 11 * down)
    path = f"M{points[0][0]} {points[0][1]}"
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        into, out = _direction(before, corner), _direction(corner, after)
        path += (
            f" L{corner[0] - 10 * into[0]} {corner[1] - 10 * into[1]}"
            f" Q{corner[0]} {corner[1]} {corner[0] + 10 * out[0]} {corner[1] + 10 * out[1]}"
        )
    last = end if kind == "other" else neck
    yield f'<path class="h11spec-line" d="{path} L{last[0]} {last[1]}"/>'
    sides = [(neck[0] + sign * 5 * down, neck[1] + sign * 5 * right) for sign in (1, -1)]
    head = " L".join(f"{x} {y}" for x, y in (sides[0], end, sides[1]))
    yield f'<path class="h11spec-head" d="M{head}{"" if kind == "other" else " Z"}"/>'


def _direction(start: Point, end: Point) -> Point:
    """The unit vector of a horizontal or vertical line."""
    right, down = end[0] - start[0], end[1] - start[1]
    return (right > 0) - (right < 0), (down > 0) - (down < 0)


def _label(
    transition: Transition, label: Label, counts: Mapping[TransitionKey, int] | None, differs: bool
) -> Iterator[str]:
    lines = [line for cause in transition.causes for line in textwrap.wrap(cause, label.width)]
    texts = [(line, "h11spec-cause") for line in lines]
    count = "" if counts is None else _times(counts.get(transition.key, 0))
    if count:
        texts.append((count, "h11spec-count"))
    if differs:
        texts.append((_DIFFERS, "h11spec-marked"))
    top = label.y if label.grows == "down" else label.y - LINE * (len(texts) - 1)
    for number, (text, name) in enumerate(texts):
        at = label.x, top + LINE * number
        if name == "h11spec-marked":
            yield from _mark(text, at, label.anchor)
        else:
            yield _text(at, text, name, label.anchor)


def _mark(text: str, at: Point, anchor: str) -> Iterator[str]:
    width = round(text_width(text, _SMALL)) + 12
    left = at[0] - {"start": 0, "middle": width // 2, "end": width}[anchor]
    size = f'width="{width}" height="17" rx="8"'
    yield f'<rect class="h11spec-mark" x="{left}" y="{at[1] - 13}" {size}/>'
    yield _text((left + width // 2, at[1]), text, "h11spec-marked", "middle")


def _legend(counted: bool, differing: bool) -> Iterator[str]:
    """The legend: what each kind of arrow means."""
    rows = [(kind, kind, text) for kind, text in _KINDS.items()]
    rows += [("event h11spec-never", "event", f"dashed: {_NEVER}")] if counted else []
    rows += [("event h11spec-differs", "event", "thick: the target differs")] if differing else []
    for number, (name, kind, text) in enumerate(rows):
        x, y = LEGEND[0], LEGEND[1] + 22 * number
        yield f'<g class="h11spec-{name}">'
        yield from _line(((x, y), (x + 56, y)), kind)
        yield _text((x + 70, y + 4), text, "h11spec-cause")
        yield "</g>"
