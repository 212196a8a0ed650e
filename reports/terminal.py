"""A run as text for a terminal, from its record alone.

Owns words and layout.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rich.console import Console

from ..strategies.programs import Json
from .printing import print_line, shortened
from .steps import last_steps
from .words import side_in_words

_SHORT = 300
_FEW = 3
_ALL = 10**9
_STATES = (
    ("used", "accepted and still so"),
    ("stale", "accepted and no longer so"),
    ("elsewhere", "for other conditions than these"),
    ("unselected", "of checks that were not run"),
)
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
    _show_entries([line for line in lines if line["kind"] == "entry"], console)
    for phase in dict.fromkeys(result["phase"] for result in results):
        _show_phase(phase, [each for each in results if each["phase"] == phase], header, console)
    _show_sides(results, header, console)
    breaches = sum(
        line["aspect"] == "rfc" and not line["accepted"]
        for same in findings.values()
        for line in same
    )
    _show_verdict(header, footer, breaches, console)


def show_in_full(finding: Json, header: Json, console: Console) -> None:
    """Prints all there is to say of one finding: each step, each reproduction, where it was."""
    _show_head(finding, console)
    print_line(console, "")
    for line in last_steps(finding, most=_ALL):
        print_line(console, f"  {line}")
    reproductions: Json = {"script": finding["script"], "test": finding.get("test")}
    for title, lines in reproductions.items():
        if lines:
            print_line(console, "")
            print_line(console, f"  as a {title}", "bold")
            for line in lines:
                print_line(console, f"    {line}")
    if finding.get("reproduced") is not None:
        print_line(console, "")
        _show_reproduction(finding, console)
    print_line(console, "")
    target = header["target"]
    print_line(console, f"  target    {_side(target)}")
    print_line(console, f"  expected  {_side(header['expected'])}")
    print_line(console, f"  made by   h11spec {header['h11spec']}, {header['python']}")
    print_line(console, f"            on {header['platform']}, {header['started']}")


def _show_finding(same: Sequence[Json], console: Console) -> None:
    """Prints what several checks may have found, as the first of them did."""
    finding = min(same, key=lambda each: len(str(each.get("program"))))
    _show_head(finding, console)
    others = [each["check"] for each in same if each is not finding]
    if others:
        more = f" and {len(others) - _FEW} more" if len(others) > _FEW else ""
        print_line(console, f"  {'also in':<9} {', '.join(others[:_FEW])}{more}")
    for line in last_steps(finding):
        print_line(console, f"  {shortened(line, _SHORT)}")
    print_line(console, "")
    for line in finding["script"]:
        print_line(console, f"    {line}")
    if finding["reproduced"] is not None:
        _show_reproduction(finding, console)
    print_line(console, "")


def _show_head(finding: Json, console: Console) -> None:
    style = "bold red" if finding["fails"] and not finding["accepted"] else "bold yellow"
    note = "" if finding["fails"] else " (shown, does not fail)"
    if finding["accepted"]:
        note = " (accepted)"
    print_line(console, f"{finding['id']}  {finding['identity']}{note}", style)
    if finding["level"] != "BEHAVIOUR":
        cited = ", ".join(finding["citations"])
        asked = f"{finding['level']}, {cited}: {finding['requirement']}"
        print_line(console, f"  required  {asked}")
    if finding["note"]:
        print_line(console, f"  of h11    {finding['note']}")
    if finding["side"] in _SIDES:
        print_line(console, f"  judged    {_SIDES[finding['side']]}")
    if finding["smuggling"]:
        print_line(console, f"  smuggling {finding['disagreement']}", "bold")
    if finding["accepted"]:
        print_line(console, f"  accepted  {finding['accepted']}")
    for side in ("expected", "actual"):
        words = side_in_words(finding, side)
        if len(words) > _SHORT:
            words = f"{words[:_SHORT]} … ({len(words)} characters; the record has them all)"
        print_line(console, f"  {'got' if side == 'actual' else side:<9} {words}")


def _show_reproduction(finding: Json, console: Console) -> None:
    """Prints what the script did when it was run."""
    if not finding["reproduced"]:
        why = "this was run by itself, and does not show it there: it needs what came before it"
        print_line(console, f"  ({why})", "bold yellow")
        return
    print_line(console, "  run by itself just now, it printed")
    for line in finding["prints"].splitlines():
        print_line(console, f"    {shortened(line, _SHORT)}")


def _show_entries(entries: Sequence[Json], console: Console) -> None:
    """Prints what became of the baseline, and which of its entries nothing shows any more."""
    if not entries:
        return
    states = Counter(entry["state"] for entry in entries)
    counted = ", ".join(f"{states[state]} {words}" for state, words in _STATES if states[state])
    print_line(console, f"baseline: {counted}")
    for entry in entries:
        if entry["state"] == "stale":
            what = f"  STALE {entry['id']}  {entry['shows']}: nothing shows this any more"
            print_line(console, f"{what}; remove it (h11spec baseline update)", "bold red")


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
    for each in (result for result in results if "machine" in result):
        print_line(console, f"  {machine_in_words(each)}")
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


def machine_in_words(result: Json) -> str:
    """Returns what a complete suite is of, and what it is complete for."""
    machine = result["machine"]
    most = machine["states"] + machine["extra_states"]
    return (
        f"{result['check'].partition('/')[2]}: {machine['states']:,} states, "
        f"{machine['letters']} letters, {result['programs']:,} sequences: no other machine of at "
        f"most {most:,} states passes them"
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


def _show_verdict(header: Json, footer: Json, breaches: int, console: Console) -> None:
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
    if footer["stale"]:
        print_line(console, f"STALE: {footer['stale']} of what was accepted is not so", "bold red")
    if footer["unexpected"] > breaches:
        findings = _counted(footer["unexpected"], "distinct finding")
        more = _and_more(footer)
        print_line(console, f"DIFFERS: {who} from {against}: {findings}{more}", "bold red")
    elif breaches:
        print_line(console, f"BREAKS: {who} does not keep each MUST of the RFCs", "bold red")
    elif footer["failing"]:
        findings = _counted(footer["failing"], "finding")
        words = f"{who} differs from {against} in {findings}, and in nothing else"
        print_line(console, f"ACCEPTED: {words}", "bold green")
    elif footer["verdict"] == "pass":
        print_line(console, f"AGREES: {who} with {against}", "bold green")
    if not footer["complete"]:
        why = "interrupted" if footer["interrupted"] else "programs were cut short"
        print_line(console, f"INCOMPLETE: {why}; {who} was not checked to the end", "bold yellow")
    if footer["out_of_time"]:
        print_line(console, "The search ended when its time was up.")


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _and_more(footer: Json) -> str:
    """What else there is beside the findings that fail the run unexpectedly."""
    accepted = footer["failing"] - footer["unexpected"]
    other = footer["findings"] - footer["failing"]
    more = f", and {accepted} that are accepted" if accepted else ""
    more += f", and {other} more that do not fail" if other else ""
    return more + (f", and {footer['left_out']:,} that are not shown" if footer["left_out"] else "")


def _side(side: Json) -> str:
    if "module" not in side:
        return f"{side['name']}, which is h11 {side['version']}"
    kind = "compiled, " if side["compiled"] else ""
    return (
        f"{side['name']} ({side['distribution'] or 'version ' + side['version']}, {kind}"
        f"{side['python']}, {side['connection_file'] or side['file']})"
    )
