"""A run as JUnit XML, which machines read that show how tests went.

Owns what is a test there, and what fails one: each result is one, beside the run as a whole and the
entries of the baseline; what is accepted is skipped. Everything is taken from the record.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from xml.etree import ElementTree

from ...strategies.programs import Json
from ..analysis.summary import Summary, area, summary
from ..record.record import Record
from ..wording.facts import facts, title
from ..wording.steps import last_steps
from ..wording.terminal_safe import shortened, visible

_SHORT = 300
_LONG = 2_000
# Characters of what is said of one test: a machine keeps it for each of thousands.
_MOST = 20_000
_End = Literal["failure", "error", "skipped"]


@dataclass(frozen=True)
class _Case:
    """A test; ``message`` and ``text`` say why it did not pass."""

    area: str
    name: str
    end: _End | None = None
    message: str = ""
    text: str = ""


def junit(record: Record) -> str:
    """Returns the report of a record in JUnit XML."""
    said = summary(record)
    suites = [("h11spec", [_run(said)]), *_phases(record), *_found(record)]
    if record.entries:
        suites.append(("baseline", [_entry(entry) for entry in record.entries]))
    counts = _counts([case for _, cases in suites for case in cases])
    del counts["skipped"]  # one schema does not know it of all suites together
    root = ElementTree.Element("testsuites", {"name": "h11spec", **counts})
    if record.footer is not None:
        root.set("time", f"{record.footer['seconds']:.3f}")
    root.extend(_suite(name, cases, said) for name, cases in suites)
    ElementTree.indent(root, " ")
    return ElementTree.tostring(root, "unicode", xml_declaration=False).join((_DECLARATION, "\n"))


_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'


def _run(said: Summary) -> _Case:
    """The run as a whole, which is an error unless it got to its end."""
    if said.end == "complete":
        return _Case("run", "complete")
    [why] = [each.text for each in said.statements if each.word in ("BROKE OFF", "INCOMPLETE")]
    return _Case("run", "complete", "error", f"{said.end}: {why}")


def _phases(record: Record) -> Iterator[tuple[str, list[_Case]]]:
    found = {finding["id"]: finding for finding in record.findings}
    phases: dict[str, list[_Case]] = {}
    for result in record.results:
        findings = [found[each] for each in result["findings"] if each in found]
        case = _judged(result["check"], result["verdict"], findings)
        phases.setdefault(result["phase"], []).append(case)
    yield from phases.items()


def _found(record: Record) -> Iterator[tuple[str, list[_Case]]]:
    """What no result has, as the run broke off before that was written down."""
    named = {id for result in record.results for id in result["findings"]}
    left: dict[str, list[Json]] = {}
    for finding in record.findings:
        if finding["id"] not in named:
            left.setdefault(finding["check"], []).append(finding)
    if left:
        yield "findings", [_judged(check, "pass", findings) for check, findings in left.items()]


def _judged(check: str, verdict: str, findings: list[Json]) -> _Case:
    place = area(check), check
    failing = [finding for finding in findings if finding["fails"]]
    new = [finding for finding in failing if finding["accepted"] is None]
    if new:
        more = f", and {len(new) - 1} more" if len(new) > 1 else ""
        text = "\n\n".join("\n".join(_lines(finding)) for finding in new)
        return _Case(*place, "failure", title(new[0]) + more, text)
    if failing:
        reasons = "; ".join(finding["accepted"] for finding in failing)
        return _Case(*place, "skipped", f"accepted: {reasons}")
    if verdict == "fail":
        return _Case(*place, "failure", "it fails by findings that are not in the record")
    if verdict == "inconclusive":
        return _Case(*place, "skipped", "inconclusive: not everything of it was run")
    return _Case(*place)


def _lines(finding: Json) -> Iterator[str]:
    """A finding in full: a machine has room for it."""
    told = (f"  {label:<9} {text}" for label, text in facts(finding))
    script = (f"    {line}" for line in finding["script"])
    for line in (title(finding), *told, *last_steps(finding), "", *script):
        yield shortened(line, _LONG)


def _entry(entry: Json) -> _Case:
    name = f"{entry['id']} {entry['difference']}"
    if entry["state"] == "stale":
        return _Case("baseline", name, "failure", "stale: nothing shows this any more; remove it")
    if entry["state"] == "used":
        return _Case("baseline", name)
    why = "it is for other conditions" if entry["state"] == "elsewhere" else "its check was not run"
    return _Case("baseline", name, "skipped", why)


def _suite(name: str, cases: list[_Case], said: Summary) -> ElementTree.Element:
    suite = ElementTree.Element("testsuite", {"name": _legal(name), **_counts(cases)})
    started = _moment(said.record.header["started"])
    if started:
        suite.set("timestamp", started)
    properties = ElementTree.SubElement(suite, "properties")
    for label, value in said.environment:
        pair = {"name": _legal(label), "value": _legal(value)}
        ElementTree.SubElement(properties, "property", pair)
    suite.extend(map(_element, cases))
    return suite


def _element(case: _Case) -> ElementTree.Element:
    # How long a check took is not in a record, and some want to have it.
    named = {"classname": _legal(case.area), "name": _legal(case.name), "time": "0"}
    element = ElementTree.Element("testcase", named)
    if case.end is not None:
        why = ElementTree.SubElement(element, case.end, {"message": _legal(case.message)})
        if case.end != "skipped":
            why.set("type", case.end)
        if case.text:
            shown = "\n".join(map(visible, case.text.split("\n")))
            why.text = shortened(shown, _MOST)
    return element


def _counts(cases: list[_Case]) -> dict[str, str]:
    ends = [case.end for case in cases]
    return {
        "tests": str(len(ends)),
        "failures": str(ends.count("failure")),
        "errors": str(ends.count("error")),
        "skipped": str(ends.count("skipped")),
        "time": "0",
    }


def _moment(text: str) -> str:
    """A time as the schemas have it, without its zone; "" for what is none."""
    try:
        return datetime.fromisoformat(text).strftime("%Y-%m-%dT%H:%M:%S")
    except ValueError:
        return ""


def _legal(text: str) -> str:
    """A text that may stand in an attribute."""
    return shortened(visible(text), _SHORT)
