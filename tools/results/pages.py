"""What the pages of docs/results say.

Owns their text. What is compared, and what of it may be told, is settled before.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from ...reports.analysis.implementations import Implementation
from ...reports.analysis.matrix import Matrix, matrix, only_failing
from ...reports.analysis.release_changes import BehaviourChange, ReleaseChanges
from ...reports.analysis.summary import Group, pluralise, summary
from ...reports.formats.matrix_text import change_in_markdown, markdown_tables
from ...reports.html.citations import citation
from ...reports.html.matrix_page import matrix_page
from ...reports.wording.markdown_safe import code_block, code_span, escape_markdown
from ...reports.wording.terminal_safe import escape_unprintable, shorten
from ...reports.wording.values import format_side
from ...strategies.programs import Json
from .explanations import Explanation, explained

_SHORT = 300
# Programs that are shown of what one sentence explains; the page for a browser has them all.
_SHOWN = 3
_LEVELS = ("MUST", "SHOULD", "MAY", "CONTRACT", "BEHAVIOUR")
_NO_SENTENCE = "Nobody has explained this yet."

_INDEX = """\
# Results

<!-- made by `make results`; do not edit -->

Every release of h11 that can be installed, its forks, and implementations with another surface,
beside [the reference](../explanation/upstream-deviations.md), which is what h11 0.16.0 does. Each
was run with `h11spec gate`: the same programs for all, in the same order. [The matrix
itself](matrix.html) is a page for a browser: download it, and open it from the disk.

A check *fails* where an implementation differs from the reference in a way that fails a gate. That
is no judgement of an older release: what has changed since counts as a difference, for better or
worse. Differences of wording and types are left out here. A program is compared up to the first
step that differs; where nearly each program differs early, as in releases before 0.11, whose
events have no raw fields, what comes behind is not seen.

What current implementations of others do is written up for their maintainers in
[findings.md](findings.md). Of what touches where a message ends, and of what kills or hangs a
process, only the number is published: [SECURITY.md](../../SECURITY.md) says why, and their cells
in the matrix are empty unless something fails that is shown.
"""
_CHANGES = """\
## What changed between releases

Each change once, with a sentence about its cause. A program is the shortest that was found to show
it, where `h11` is either release; *was* and *is* tell what it does in the step that differs.
"""
_FINDINGS = """\
# Findings in current implementations

<!-- made by `make results`; do not edit -->

What `h11spec gate` finds in current implementations that are not h11, for their maintainers: the
shortest program that shows it, what h11 0.16.0 does, what this implementation does, and what says
so. Where a requirement of the RFCs or a promise of h11's documentation is broken, that is the
source, and stands first; elsewhere it is what h11 does, and a difference is for the maintainer to
judge. Where h11 itself departs from its documentation, either outcome is taken for right
([upstream deviations](../explanation/upstream-deviations.md)).

Findings that touch where a message ends, those that kill, hang or flood a process, and those that
let a buffer grow beyond its limit are counted here and not shown: their maintainers are told first,
as [SECURITY.md](../../SECURITY.md) says. `h11spec gate` on the implementation shows them all.
"""


def pages(
    made: Matrix, changes: Sequence[ReleaseChanges], known: Sequence[Explanation]
) -> tuple[dict[str, str], list[str]]:
    """Returns the pages by the names of their files; and in lines the changes without a sentence,
    and the sentences without a change.
    """
    shown = matrix(map(only_failing, made.columns))
    texts = {
        "index.md": "\n".join([*_index(shown, changes, known)]),
        "findings.md": "\n".join([*_findings(made)]),
        "matrix.html": matrix_page(shown, changes),
        "changes.json": _as_data(made, changes),
    }
    return texts, [*_problems(made, changes, known)]


def release(made: Matrix, at: int) -> str:
    """Returns the version of the release in a column."""
    distribution = made.columns[at].distribution
    return "" if distribution is None else str(distribution[1])


def _name(made: Matrix, at: int) -> str:
    distribution = made.columns[at].distribution
    return "" if distribution is None else distribution[0]


def _index(
    made: Matrix, changes: Sequence[ReleaseChanges], known: Sequence[Explanation]
) -> Iterator[str]:
    yield _INDEX
    yield "".join(markdown_tables(made))
    yield _CHANGES
    for update in changes:
        yield from _update(made, update, known)


def _update(made: Matrix, update: ReleaseChanges, known: Sequence[Explanation]) -> Iterator[str]:
    name, versions = _name(made, update.new), [release(made, at) for at in (update.old, update.new)]
    title = f"{name} {' to '.join(versions)}"
    yield f"### {escape_markdown(title)}\n"
    if not update.changes:
        yield "Nothing that fails a gate."
    for explanation, shifts in explained(release(made, update.new), update.changes, known).items():
        sentence = explanation.sentence if explanation else _NO_SENTENCE
        cites = explanation.cites if explanation else ()
        cited = "; ".join(f"[{escape_markdown(name)}]({address})" for name, address in cites)
        yield f"- **{sentence}**{f' ({cited})' if cited else ''}\n"
        for shift in shifts[:_SHOWN]:
            yield from (f"  {line}".rstrip() for line in change_in_markdown(shift))
        if len(shifts) > _SHOWN:
            yield f"  …and {pluralise(len(shifts) - _SHOWN, 'more change')} like these.\n"
    also = [
        f"{pluralise(update.soft, 'change')} of wording or types" if update.soft else "",
        f"{pluralise(update.not_compared, 'finding')} that cannot be compared"
        if update.not_compared
        else "",
    ]
    if any(also):
        yield f"\nBesides: {', and '.join(filter(None, also))}.\n"
    else:
        yield ""


def _findings(made: Matrix) -> Iterator[str]:
    yield _FINDINGS
    others = [at for at, column in enumerate(made.columns) if column.third_party]
    for at in others:
        yield from _of(made, at)


def _of(made: Matrix, at: int) -> Iterator[str]:
    column = made.columns[at]
    yield f"## {escape_markdown(made.titles[at])}\n"
    if column.record is None:
        yield f"Not run: {escape_markdown(column.problem)}.\n"
        return
    side = Implementation.from_json(column.record.header["target"])
    for remark in side.remarks:
        yield f"{escape_markdown(remark[:1].upper() + remark[1:])}.\n"
    found = [each for each in made.differences if at in each.groups and each.groups[at].fails]
    said = summary(column.record).counts
    soft = pluralise(said.non_failing, "finding")
    lines = [
        f"- {pluralise(len(found), 'difference')} that would fail a gate, shown below",
        f"- {soft} of wording or types, or beyond documented input, not shown",
        f"- {pluralise(column.redacted, 'finding')} that maintainers are told first, not shown",
    ]
    if said.omitted:
        lines.append(f"- {pluralise(said.omitted, 'finding')} of checks that have too many")
    yield "\n".join(lines) + "\n"
    not_kept = {each["check"] for each in column.record.results if each["conforms"] is False}
    groups = [(each.groups[at], _broken(each.groups[at], not_kept)) for each in found]
    for group, broken in sorted(groups, key=lambda each: _order(*each)):
        yield from _finding(group, broken)


def _broken(group: Group, not_kept: set[str]) -> list[Json]:
    """The findings of requirements that this implementation alone breaks, the strictest first.

    A sweep requires nothing that is broken or kept: it only finds what others require.
    """
    found = [
        each
        for each in group.findings
        if each["conforming"] == "expected" and each["check"] in not_kept
    ]
    return sorted(found, key=lambda each: _LEVELS.index(each["level"]))


def _order(group: Group, broken: Sequence[Json]) -> tuple[int, str]:
    levels = [_LEVELS.index(each["level"]) for each in broken]
    return min(levels, default=len(_LEVELS)), group.simplest["difference"]


def _finding(group: Group, broken: Sequence[Json]) -> Iterator[str]:
    shown = group.simplest
    yield f"### {shown['id']}: {_prose(shown['difference'])}\n"
    yield "\n".join([*code_block(shown["script"], "python"), ""])
    for label, name in ("expected", "expected"), ("actual", "actual"):
        words = code_span(shorten(escape_unprintable(format_side(shown, name)), _SHORT))
        yield f"- {label}: {words}"
    for each in broken[:1]:
        yield f"- source: {each['level']}, broken: {_asked(each)}"
    if not broken:
        yield f"- source: h11 0.16.0 itself; found by a check of: {_asked(shown)}"
    others = len({each["check"] for each in group.findings}) - 1
    more = f" and {pluralise(others, 'other check')}" if others else ""
    yield f"- found by: {code_span(shown['check'])}{more}\n"


def _asked(finding: Json) -> str:
    """What a check asks for, and where that stands."""
    cited = ", ".join(
        f"[{escape_markdown(each.name)}]({each.address})"
        if each.address
        else escape_markdown(each.name)
        for each in map(citation, finding["citations"])
    )
    return f"{_prose(finding['requirement'])}{f' ({cited})' if cited else ''}"


def _prose(text: str) -> str:
    return escape_markdown(shorten(escape_unprintable(text), _SHORT))


def _as_data(made: Matrix, changes: Sequence[ReleaseChanges]) -> str:
    """What changed, for the test that each change has its sentence."""
    form = [
        {
            "release": release(made, update.new),
            "kind": shift.kind,
            "id": shift.finding["id"],
            "shows": shift.finding["difference"],
            "checks": shift.checks,
            "old": shorten(shift.old, _SHORT),
            "new": shorten(shift.new, _SHORT),
        }
        for update in changes
        for shift in update.changes
    ]
    return json.dumps(form, indent=1) + "\n"


def _problems(
    made: Matrix, changes: Sequence[ReleaseChanges], known: Sequence[Explanation]
) -> Iterator[str]:
    used: set[Explanation] = set()
    for update in changes:
        found = explained(release(made, update.new), update.changes, known)
        for shift in found.pop(None, []):
            yield _unexplained(release(made, update.new), shift)
        used |= {each for each in found if each is not None}
    for each in known:
        if each not in used:
            yield f"{each.release}: this explains no change: {each.sentence}"


def _unexplained(version: str, shift: BehaviourChange) -> str:
    old, new = (shorten(escape_unprintable(each), _SHORT) for each in (shift.old, shift.new))
    return (
        f"{version}: {shift.finding['difference']} ({', '.join(shift.checks[:3])}): {old} -> {new}"
    )
