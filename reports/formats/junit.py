"""A run as JUnit XML, the form in which CI systems read test results.

Owns what is a test case there, and what fails one: each result is a test case, and so are the run
as a whole and each entry of the baseline; accepted findings are skipped. A failure names the causes
of its findings, and the test case of the run lists all of them. It must not compute anything that
the record or its summary has.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from xml.etree import ElementTree

from ...strategies.program import Json
from ..analysis.causes import ShownCause, shown_causes
from ..analysis.groups import area
from ..analysis.summary import Counts, Summary, pluralise, summary
from ..record.record import Record
from ..wording.finding_details import finding_details, title
from ..wording.steps import last_steps
from ..wording.terminal_safe import escape_unprintable, shorten
from .cause_lines import cause_heading

_SHORT = 300
_LONG = 2_000
# Characters of the text of one test case; CI systems store it for each of thousands.
_MAX_TEXT = 20_000
_Status = Literal["failure", "error", "skipped"]


@dataclass(frozen=True)
class _TestCase:
    """A test case; ``status`` is None if it passed, otherwise ``message`` and ``text`` say why.

    ``output`` is what there is to read whether it passed or not.
    """

    area: str
    name: str
    status: _Status | None = None
    message: str = ""
    text: str = ""
    output: str = ""


def junit(record: Record) -> str:
    """Returns the report of a record in JUnit XML."""
    run, causes = summary(record), shown_causes(record)
    suites = [
        ("h11spec", [_whole_run(run, causes)]),
        *_phases(record, causes),
        *_findings_without_result(record, causes),
    ]
    if record.entries:
        suites.append(("baseline", [_entry(entry) for entry in record.entries]))
    counts = _counts([case for _, cases in suites for case in cases])
    del counts["skipped"]  # one of the schemas does not allow it here
    root = ElementTree.Element("testsuites", {"name": "h11spec", **counts})
    if record.footer is not None:
        root.set("time", f"{record.footer['seconds']:.3f}")
    root.extend(_suite(name, cases, run) for name, cases in suites)
    _add_counts(root[0], run.counts)
    ElementTree.indent(root, " ")
    return ElementTree.tostring(root, "unicode", xml_declaration=False).join((_DECLARATION, "\n"))


_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'


def _whole_run(run: Summary, causes: Sequence[ShownCause]) -> _TestCase:
    """The run as a whole, which is an error unless it is complete."""
    output = "\n".join(map(_listed, causes))
    if run.end == "complete":
        return _TestCase("run", "complete", output=output)
    [why] = [each.text for each in run.statements if each.word in ("BROKE OFF", "INCOMPLETE")]
    return _TestCase("run", "complete", "error", f"{run.end}: {why}", output=output)


def _listed(cause: ShownCause) -> str:
    mark = "smuggling-relevant: " if cause.line["smuggling"] else ""
    findings = pluralise(len(cause.findings), "finding")
    return shorten(f"{mark}{cause_heading(cause)}: {findings}", _LONG)


def _phases(record: Record, causes: Sequence[ShownCause]) -> Iterator[tuple[str, list[_TestCase]]]:
    by_id = {finding["id"]: finding for finding in record.findings}
    cause_of = _by_finding(causes)
    phases: dict[str, list[_TestCase]] = {}
    for result in record.results:
        findings = [by_id[id] for id in result["findings"] if id in by_id]
        case = _check(result["check"], result["verdict"], findings, cause_of)
        phases.setdefault(result["phase"], []).append(case)
    yield from phases.items()


def _by_finding(causes: Sequence[ShownCause]) -> dict[str, ShownCause]:
    """The cause of each finding, by the id of the finding."""
    return {finding["id"]: cause for cause in causes for finding in cause.findings}


def _findings_without_result(
    record: Record, causes: Sequence[ShownCause]
) -> Iterator[tuple[str, list[_TestCase]]]:
    """Findings of checks whose results are missing because the run broke off."""
    ids = {id for result in record.results for id in result["findings"]}
    by_check: dict[str, list[Json]] = {}
    for finding in record.findings:
        if finding["id"] not in ids:
            by_check.setdefault(finding["check"], []).append(finding)
    if by_check:
        cause_of = _by_finding(causes)
        yield (
            "findings",
            [_check(check, "pass", found, cause_of) for check, found in by_check.items()],
        )


def _check(
    check: str, verdict: str, findings: list[Json], cause_of: Mapping[str, ShownCause]
) -> _TestCase:
    place = area(check), check
    failing = [finding for finding in findings if finding["fails"]]
    unexpected = [finding for finding in failing if finding["accepted"] is None]
    if unexpected:
        by_cause: dict[str, list[Json]] = {}
        for finding in unexpected:
            by_cause.setdefault(cause_heading(cause_of[finding["id"]]), []).append(finding)
        first, *others = by_cause
        more = f", and {pluralise(len(others), 'more cause')}" if others else ""
        text = "\n\n".join(_failure(heading, found) for heading, found in by_cause.items())
        return _TestCase(*place, "failure", first + more, text)
    if failing:
        reasons = "; ".join(finding["accepted"] for finding in failing)
        return _TestCase(*place, "skipped", f"accepted: {reasons}")
    if verdict == "fail":
        return _TestCase(*place, "failure", "its findings are omitted from the record")
    if verdict == "inconclusive":
        return _TestCase(*place, "skipped", "inconclusive: the check was not run to its end")
    return _TestCase(*place)


def _failure(heading: str, findings: list[Json]) -> str:
    """A cause, and those of its findings that a check has, in full."""
    return "\n\n".join((heading, *("\n".join(_lines(finding)) for finding in findings)))


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


def _add_counts(suite: ElementTree.Element, counts: Counts) -> None:
    """Adds the counts of causes to the properties of a suite."""
    properties = suite.find("properties")
    assert properties is not None
    for name, value in (("causes", counts.causes), ("unexpected causes", counts.unexpected_causes)):
        ElementTree.SubElement(properties, "property", {"name": name, "value": str(value)})


def _element(case: _TestCase) -> ElementTree.Element:
    # A record does not say how long a check took, but some readers require the attribute.
    attributes = {"classname": _attribute(case.area), "name": _attribute(case.name), "time": "0"}
    element = ElementTree.Element("testcase", attributes)
    if case.status is not None:
        why = ElementTree.SubElement(element, case.status, {"message": _attribute(case.message)})
        if case.status != "skipped":
            why.set("type", case.status)
        if case.text:
            why.text = _content(case.text)
    if case.output:
        ElementTree.SubElement(element, "system-out").text = _content(case.output)
    return element


def _content(text: str) -> str:
    """A text that is valid in an element, its lines unchanged."""
    return shorten("\n".join(map(escape_unprintable, text.split("\n"))), _MAX_TEXT)


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
