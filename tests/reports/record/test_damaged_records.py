"""Tests records with an absurd value: each is refused in a sentence, or every view can show it."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any

import pytest
from reports_helper import of_kind, real, record, written
from rich.console import Console

from h11spec.reports.analysis.diff import diff
from h11spec.reports.formats.badge import badge
from h11spec.reports.formats.diff_text import diff_as_json, diff_in_markdown
from h11spec.reports.formats.json_document import json_document
from h11spec.reports.formats.junit import junit
from h11spec.reports.formats.markdown import markdown
from h11spec.reports.formats.terminal import show_finding, show_report
from h11spec.reports.html.run_page import run_page
from h11spec.reports.record.record import Record, RecordError, parse_record
from h11spec.reports.wording.values import format_value
from h11spec.strategies.program import Json, is_list, is_object

Path = tuple[str | int, ...]
ABSURD: tuple[Any, ...] = (
    *(None, True, -1, 1.5, 2**70, "", "x", "\ud800", [], [1], [[]], {}, {"a": 1, "b": 2}),
    *({"raised": {}}, {"kind": 1, "text": 2}, {"type": 1}, {"returned": {}}, {"text": {}}),
)


def few() -> list[Json]:
    """A line of each kind except the footer, which would contradict the changes."""
    lines, entry = real(), {"kind": "entry", "id": "D-000000", "difference": "a", "state": "used"}
    finding = of_kind(lines, "finding")[0]
    cause = {**of_kind(lines, "cause")[0], "findings": [finding["id"]]}
    return [lines[0], finding, cause, of_kind(lines, "result")[0], entry]


def places(value: Any, path: Path = ()) -> Iterator[Path]:
    yield path
    inside: list[Any] = []
    if is_object(value):
        inside = list(value.items())
    elif is_list(value):
        inside = list(enumerate(value))
    for key, each in inside:
        yield from places(each, (*path, key))


def damaged(number: int) -> Iterator[tuple[Path, Any, bytes]]:
    """Yields records with an absurd value in one place each, the same ones every time."""
    chance = random.Random(0)
    paths = [path for path in places(few()) if len(path) > 1]
    for _ in range(number):
        lines, path, value = few(), chance.choice(paths), chance.choice(ABSURD)
        inner: Any = lines
        for key in path[:-1]:
            inner = inner[key]
        inner[path[-1]] = value
        yield path, value, written(lines)


def in_terminal(read: Record) -> None:
    console = Console(file=StringIO())
    show_report(read, console)
    for finding in read.findings:
        show_finding(finding, read.header, console)


def compared(read: Record) -> None:
    diff_in_markdown(diff(record(few()), read))
    diff_as_json(diff(read, record(few())))


VIEWS: tuple[Callable[[Record], object], ...] = (
    *(in_terminal, junit, markdown, json_document, badge, run_page, compared),
)


def test_a_damaged_record_is_refused_or_shown() -> None:
    shown = refused = 0
    for path, value, content in damaged(160):
        try:
            read = parse_record(content, "run.jsonl")
        except RecordError:
            refused += 1
            continue
        shown += 1
        for view in VIEWS:
            try:
                view(read)
            except Exception as error:
                pytest.fail(f"{view.__name__} of {value!r} at {path}: {error!r}")
    assert min(shown, refused) > 30


@pytest.mark.parametrize("value", ABSURD, ids=json.dumps)
def test_every_value_can_be_formatted(value: Any) -> None:
    assert format_value(value)
    assert format_value([{"type": "Request", "method": value}])
