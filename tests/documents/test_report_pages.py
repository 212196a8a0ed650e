"""docs/how-to/read-a-report.md and docs/reference/record.md agree with the code."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from h11spec.conformance.cli.commands.report import command
from h11spec.reports.analysis import summary
from h11spec.reports.formats.markdown import MAX_LENGTH
from h11spec.reports.record.line_types import KINDS
from h11spec.reports.record.record import RECORD_VERSION

DOCS = Path(__file__).parents[2] / "docs"
REPORT = (DOCS / "how-to/read-a-report.md").read_text("utf-8")
RECORD = (DOCS / "reference/record.md").read_text("utf-8")


def first_cells(page: str, pattern: str) -> list[str]:
    return re.findall(rf"^\| {pattern} \|", page, re.MULTILINE)


def test_every_format_is_on_the_page() -> None:
    options = {option for parameter in command.params for option in parameter.opts}
    forms = options - {"record", "--diff", "--verbose", "--help"}
    assert {*first_cells(REPORT, "`(--[a-z]+) FILE`")} == forms
    assert f"at most {MAX_LENGTH:,} characters" in REPORT


def test_the_verdicts_are_on_the_page_in_order() -> None:
    source = Path(summary.__file__).read_text("utf-8")
    verdicts = set(re.findall(r'Statement\(\s*"([A-Z ]+)"', source))
    words = first_cells(REPORT, "([A-Z ]{5,})")
    assert {*words} == verdicts
    [order] = re.findall(r"^_BY_IMPORTANCE = \((.*)\)$", source, re.MULTILINE)
    assert words == re.findall(r'"([A-Z ]+)"', order)


def test_every_kind_of_line_is_on_the_page_in_order() -> None:
    assert first_cells(RECORD, "`([a-z]+)`") == [*KINDS]
    assert f"which is **{RECORD_VERSION}**" in RECORD


def test_the_schema_is_found_as_on_the_page() -> None:
    [code] = re.findall(r"^```python\n(.*?)^```$", RECORD, re.MULTILINE | re.DOTALL)
    names: dict[str, Any] = {}
    exec(code, names)  # noqa: S102 (the code on the page)
    schema = json.loads(names["schema"])
    assert f"`{schema['$id']}`" in RECORD
