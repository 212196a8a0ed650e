"""The forms of a run for machines: one JSON document, and the message of a badge."""

from __future__ import annotations

import json
from typing import Any

import pytest
from reports_helper import (
    agreeing,
    broken_off,
    hostile,
    huge,
    interrupted,
    real,
    record,
    with_footer,
)

from h11spec.reports.formats.badge import badge
from h11spec.reports.formats.json_document import json_document
from h11spec.strategies.program import Json


def of(lines: list[Json]) -> Any:
    return json.loads(json_document(record(lines)))


def accepted() -> list[Json]:
    return with_footer({**line, "accepted": "a reason"} for line in real())


def test_it_has_the_summary_and_every_finding() -> None:
    form, read = of(real()), record()
    assert form["verdict"]["word"] == "DIFFERS"
    assert (form["findings"], form["results"]) == (read.findings, read.results)
    assert form["counts"]["findings"] == len(read.findings)
    assert form["target"]["module"] == "takes_any_footer"
    assert {id for each in form["differences"] for id in each["findings"]} == {
        finding["id"] for finding in read.findings
    }


def test_each_cause_has_its_findings_as_a_whole_the_clearest_first() -> None:
    form, found = of(real()), {each["id"]: each for each in record().findings}
    assert form["causes"] == [
        {**cause, "findings": [found[id] for id in cause["findings"]]} for cause in record().causes
    ]


@pytest.mark.parametrize(
    ("lines", "end"), [(real, "complete"), (broken_off, "broke off"), (interrupted, "interrupted")]
)
def test_it_has_the_end_of_the_run(lines: Any, end: str) -> None:
    assert of(lines())["end"] == end


def test_hostile_text_is_escaped_and_reads_back_unchanged() -> None:
    lines = hostile()
    text = json_document(record(lines))
    assert text.isascii()
    assert not {each for each in text if not each.isprintable()} - {"\n"}
    assert json.loads(text)["findings"][0]["note"] == lines[1]["note"]


def test_a_value_of_a_megabyte_is_shortened_with_a_note() -> None:
    form = of(huge())
    assert form["findings"][0]["note"].endswith(" … (1000000 characters)")
    assert len(form["findings"][0]["note"]) < 11_000


@pytest.mark.parametrize(
    ("lines", "message", "colour"),
    [
        (agreeing, "conforms", "brightgreen"),
        (accepted, "conforms, 1 accepted", "brightgreen"),
        (real, "1 cause", "red"),
        (interrupted, "interrupted", "yellow"),
        (lambda: agreeing(complete=False), "incomplete", "yellow"),
        (broken_off, "broke off", "yellow"),
    ],
)
def test_the_message_of_a_badge_follows_from_the_verdict(
    lines: Any, message: str, colour: str
) -> None:
    form = json.loads(badge(record(lines())))
    assert form == {"schemaVersion": 1, "label": "h11spec", "message": message, "color": colour}


def test_a_badge_counts_stale_entries() -> None:
    lines = agreeing()
    entry = {"kind": "entry", "id": "D-000000", "difference": "a", "state": "stale"}
    form = json.loads(badge(record(with_footer([*lines[:-1], entry, lines[-1]]))))
    assert (form["message"], form["color"]) == ("1 stale", "red")
