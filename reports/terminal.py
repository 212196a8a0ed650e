"""A run as text for a terminal, from its record alone.

Owns words and layout.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rich.console import Console

from ..strategies.programs import Json
from .printing import print_line
from .words import side_in_words

_SHORT = 300
_FEW = 3
_SIDES = {
    "both": "it is kept either way",
    "target": "the target keeps it, and what was expected does not",
    "expected": "the target breaks it",
    "neither": "it is broken either way",
}


def show(lines: Sequence[Json], console: Console) -> None:
    """Prints the findings of a record, and then its verdict."""
    header, footer = lines[0], lines[-1]
    results = [line for line in lines if line["kind"] == "result"]
    findings: dict[tuple[str, bool], list[Json]] = {}
    for finding in (line for line in lines if line["kind"] == "finding"):
        findings.setdefault((finding["shows"], finding["fails"]), []).append(finding)
    for same in findings.values():
        _show_finding(same, console)
    for phase in dict.fromkeys(result["phase"] for result in results):
        _show_phase(phase, [each for each in results if each["phase"] == phase], header, console)
    _show_sides(results, header, console)
    _show_verdict(header, footer, console)


def _show_finding(same: Sequence[Json], console: Console) -> None:
    """Prints what several checks may have found, as the first of them did."""
    finding = min(same, key=lambda each: len(str(each.get("program"))))
    style = "bold red" if finding["fails"] else "bold yellow"
    note = "" if finding["fails"] else " (shown, does not fail)"
    print_line(console, f"{finding['id']}  {finding['identity']}{note}", style)
    if finding["level"] != "BEHAVIOUR":
        cited = ", ".join(finding["citations"])
        asked = f"{finding['level']}, {cited}: {finding['requirement']}"
        print_line(console, f"  required  {asked}")
    if finding["side"] in _SIDES:
        print_line(console, f"  judged    {_SIDES[finding['side']]}")
    for side in ("expected", "actual"):
        words = side_in_words(finding, side)
        if len(words) > _SHORT:
            words = f"{words[:_SHORT]} … ({len(words)} characters; the record has them all)"
        print_line(console, f"  {'got' if side == 'actual' else side:<9} {words}")
    others = [each["check"] for each in same if each is not finding]
    if others:
        more = f" and {len(others) - _FEW} more" if len(others) > _FEW else ""
        print_line(console, f"  {'also in':<9} {', '.join(others[:_FEW])}{more}")
    print_line(console, "")
    for line in finding["script"]:
        print_line(console, f"    {line}")
    print_line(console, "")


def _show_phase(phase: str, results: Sequence[Json], header: Json, console: Console) -> None:
    def total(name: str) -> str:
        return f"{sum(result[name] for result in results):,}"

    if phase == "search":
        seed = header["settings"]["seed"]
        what = f"{total('programs')} programs in {total('runs')} variations"
        print_line(console, f"{phase}: {what}, {total('steps')} steps, seed {seed}")
    else:
        differ = sum(result["verdict"] == "fail" for result in results)
        checks = f"{len(results):,} checks" if len(results) != 1 else "1 check"
        what = f"{checks}, {total('programs')} programs, {total('steps')} steps"
        print_line(console, f"{phase}: {what}; {differ} differ" if differ else f"{phase}: {what}")
    deviations = Counter[str]()
    for result in results:
        deviations.update(result["deviations"])
    for name, count in sorted(deviations.items()):
        print_line(console, f"  upstream deviation, allowed: {name} ({count:,} times)")
    many = [f"{each['left_out']:,} of {each['check']}" for each in results if each["left_out"]]
    if many:
        why = "not shown, as there are too many (--max-findings)"
        print_line(console, f"  {why}: {', '.join(many)}")
    if any(result["inapplicable"] for result in results):
        ended = total("inapplicable")
        print_line(
            console, f"  inapplicable: {ended} ended at a step that the target cannot express"
        )
    if any(result["cut"] for result in results):
        ended = total("cut")
        print_line(
            console, f"  cut: {ended} ended before a step at which it died or hung too often"
        )


def _show_sides(results: Sequence[Json], header: Json, console: Console) -> None:
    """Prints what the RFCs and the documentation say, whether or not anything differs."""
    judged = [result for result in results if result["keeps"] is not None]
    for document, promised in (("RFC 9110 and 9112", False), ("h11's documentation", True)):
        some = [result for result in judged if (result["level"] == "CONTRACT") is promised]
        if some:
            _show_document(document, some, header, console)


def _show_document(document: str, judged: Sequence[Json], header: Json, console: Console) -> None:
    broken = [result for result in judged if not result["keeps"]]
    musts = sum(result["level"] == "MUST" for result in broken)
    more = f", {musts} of them of level MUST" if musts else ""
    target, expected = header["target"]["name"], header["expected"]["name"]
    print_line(
        console,
        f"{document}: {target} keeps {len(judged) - len(broken)} of {len(judged)} requirements, "
        f"and breaks {len(broken)}{more}",
    )
    for words, keeps in (("keeps, unlike", True), ("breaks, unlike", False)):
        ids = [
            result["check"]
            for result in judged
            if result["keeps"] is keeps and result["expected_keeps"] is not keeps
        ]
        if ids:
            print_line(console, f"  {words} {expected}: {', '.join(ids)}")


def _show_verdict(header: Json, footer: Json, console: Console) -> None:
    target, expected = header["target"], header["expected"]
    who, against = _side(target), _side(expected)
    if target["borrowed_from"]:
        print_line(
            console,
            f"{target['module']} has no Connection of its own: it hands out the one of "
            f"{target['borrowed_from']}, which is what was checked",
            "bold yellow",
        )
    if target["added"]:
        print_line(
            console,
            f"{target['module']} imports h11 without saying that it needs it; {target['added']} "
            "was installed beside it",
            "bold yellow",
        )
    failing, other = footer["failing"], footer["findings"] - footer["failing"]
    findings = "1 distinct finding" if failing == 1 else f"{failing} distinct findings"
    more = f", and {other} more that do not fail" if other else ""
    if footer["left_out"]:
        more += f", and {footer['left_out']:,} that are not shown"
    if failing:
        print_line(console, f"DIFFERS: {who} from {against}: {findings}{more}", "bold red")
    elif footer["verdict"] == "fail":
        print_line(console, f"BREAKS: {who} does not keep each MUST of the RFCs", "bold red")
    elif footer["verdict"] == "pass":
        print_line(console, f"AGREES: {who} with {against}", "bold green")
    if not footer["complete"]:
        why = "interrupted" if footer["interrupted"] else "programs were cut short"
        print_line(console, f"INCOMPLETE: {why}; {who} was not checked to the end", "bold yellow")
    if footer["out_of_time"]:
        print_line(console, "The search ended when its time was up.")


def _side(side: Json) -> str:
    if "module" not in side:
        return f"{side['name']}, which is h11 {side['version']}"
    kind = "compiled, " if side["compiled"] else ""
    return (
        f"{side['name']} ({side['distribution'] or 'version ' + side['version']}, {kind}"
        f"{side['python']}, {side['connection_file'] or side['file']})"
    )
