"""A run as JUnit XML, the form in which CI systems read test results.

Owns what is a test case there, and what fails one: each result is a test case, and so are the run
as a whole and each entry of the baseline; accepted findings are skipped. It must not compute
anything that the record or its summary has.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from xml.etree import ElementTree

from ...strategies.program import Json
from ..analysis.summary import Summary, area, summary
from ..record.record import Record
from ..wording.finding_details import finding_details, title
from ..wording.steps import last_steps
from ..wording.terminal_safe import escape_unprintable, shorten

_SHORT = 300
_LONG = 2_000
# Characters of the text of one test case; CI systems store it for each of thousands.
_MAX_TEXT = 20_000
_Status = Literal["failure", "error", "skipped"]


@dataclass(frozen=True)
class _TestCase:
    """A test case; ``status`` is None if it passed, otherwise ``message`` and ``text`` say why."""

    area: str
    name: str
    status: _Status | None = None
    message: str = ""
    text: str = ""


def junit(record: Record) -> str:
    """Returns the report of a record in JUnit XML."""
    run = summary(record)
    suites = [("h11spec", [_whole_run(run)]), *_phases(record), *_findings_without_result(record)]
    if record.entries:
        suites.append(("baseline", [_entry(entry) for entry in record.entries]))
    counts = _counts([case for _, cases in suites for case in cases])
    del counts["skipped"]  # one of the schemas does not allow it here
    root = ElementTree.Element("testsuites", {"name": "h11spec", **counts})
    if record.footer is not None:
        root.set("time", f"{record.footer['seconds']:.3f}")
    root.extend(_suite(name, cases, run) for name, cases in suites)
    ElementTree.indent(root, " ")
    return ElementTree.tostring(root, "unicode", xml_declaration=False).join((_DECLARATION, "\n"))


_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'


def _whole_run(run: Summary) -> _TestCase:
    """The run as a whole, which is an error unless it is complete."""
    if run.end == "complete":
        return _TestCase("run", "complete")
    [why] = [each.text for each in run.statements if each.word in ("BROKE OFF", "INCOMPLETE")]
    return _TestCase("run", "complete", "error", f"{run.end}: {why}")


def _phases(record: Record) -> Iterator[tuple[str, list[_TestCase]]]:
    by_id = {finding["id"]: finding for finding in record.findings}
    phases: dict[str, list[_TestCase]] = {}
    for result in record.results:
        findings = [by_id[id] for id in result["findings"] if id in by_id]
        case = _check(result["check"], result["verdict"], findings)
        phases.setdefault(result["phase"], []).append(case)
    yield from phases.items()


def _findings_without_result(record: Record) -> Iterator[tuple[str, list[_TestCase]]]:
    """Findings of checks whose results are missing because the run broke off."""
    ids = {id for result in record.results for id in result["findings"]}
    by_check: dict[str, list[Json]] = {}
    for finding in record.findings:
        if finding["id"] not in ids:
            by_check.setdefault(finding["check"], []).append(finding)
    if by_check:
        yield "findings", [_check(check, "pass", findings) for check, findings in by_check.items()]


def _check(check: str, verdict: str, findings: list[Json]) -> _TestCase:
    place = area(check), check
    failing = [finding for finding in findings if finding["fails"]]
    unexpected = [finding for finding in failing if finding["accepted"] is None]
    if unexpected:
        more = f", and {len(unexpected) - 1} more" if len(unexpected) > 1 else ""
        text = "\n\n".join("\n".join(_lines(finding)) for finding in unexpected)
        return _TestCase(*place, "failure", title(unexpected[0]) + more, text)
    if failing:
        reasons = "; ".join(finding["accepted"] for finding in failing)
        return _TestCase(*place, "skipped", f"accepted: {reasons}")
    if verdict == "fail":
        return _TestCase(*place, "failure", "its findings are omitted from the record")
    if verdict == "inconclusive":
        return _TestCase(*place, "skipped", "inconclusive: the check was not run to its end")
    return _TestCase(*place)


def _lines(finding: Json) -> Iterator[str]:
    """A finding in full."""
    labelled = (f"  {label:<9} {text}" for label, text in finding_details(finding))
    script = (f"    {line}" for line in finding["script"])
    for line in (title(finding), *labelled, *last_steps(finding), "", *script):
        yield shorten(line, _LONG)


def _entry(entry: Json) -> _TestCase:
    name = f"{entry['id']} {entry['difference']}"
    if entry["state"] == "stale":
        return _TestCase("baseline", name, "failure", "stale: it no longer occurs; remove it")
    if entry["state"] == "used":
        return _TestCase("baseline", name)
    elsewhere = entry["state"] == "elsewhere"
    why = "it applies under other conditions" if elsewhere else "its check was not run"
    return _TestCase("baseline", name, "skipped", why)


def _suite(name: str, cases: list[_TestCase], run: Summary) -> ElementTree.Element:
    suite = ElementTree.Element("testsuite", {"name": _attribute(name), **_counts(cases)})
    timestamp = _timestamp(run.record.header["started"])
    if timestamp:
        suite.set("timestamp", timestamp)
    properties = ElementTree.SubElement(suite, "properties")
    for label, value in run.environment:
        pair = {"name": _attribute(label), "value": _attribute(value)}
        ElementTree.SubElement(properties, "property", pair)
    suite.extend(map(_element, cases))
    return suite


def _element(case: _TestCase) -> ElementTree.Element:
    # A record does not say how long a check took, but some readers require the attribute.
    attributes = {"classname": _attribute(case.area), "name": _attribute(case.name), "time": "0"}
    element = ElementTree.Element("testcase", attributes)
    if case.status is not None:
        why = ElementTree.SubElement(element, case.status, {"message": _attribute(case.message)})
        if case.status != "skipped":
            why.set("type", case.status)
        if case.text:
            why.text = shorten("\n".join(map(escape_unprintable, case.text.split("\n"))), _MAX_TEXT)
    return element


def _counts(cases: list[_TestCase]) -> dict[str, str]:
    statuses = [case.status for case in cases]
    return {
        "tests": str(len(statuses)),
        "failures": str(statuses.count("failure")),
        "errors": str(statuses.count("error")),
        "skipped": str(statuses.count("skipped")),
        "time": "0",
    }


def _timestamp(text: str) -> str:
    """A time without its zone, as the schemas require, or "" for text that is not a time."""
    try:
        return datetime.fromisoformat(text).strftime("%Y-%m-%dT%H:%M:%S")
    except ValueError:
        return ""


def _attribute(text: str) -> str:
    """A text that is valid in an attribute."""
    return shorten(escape_unprintable(text), _SHORT)
