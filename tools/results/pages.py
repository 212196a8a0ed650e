"""The pages of docs/results.

Owns their text. It must not know how implementations are run, or which findings are confidential.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from ...reports.analysis.groups import Group
from ...reports.analysis.implementations import Implementation
from ...reports.analysis.matrix import Matrix, matrix, only_failing
from ...reports.analysis.release_changes import BehaviourChange, ReleaseChanges
from ...reports.analysis.summary import pluralise, summary
from ...reports.formats.matrix_text import change_in_markdown, markdown_tables
from ...reports.formats.phrases import omitted
from ...reports.html.citations import citation
from ...reports.html.matrix_page import matrix_page
from ...reports.wording.markdown_safe import code_block, code_span, escape_markdown
from ...reports.wording.terminal_safe import escape_unprintable, shorten
from ...reports.wording.values import format_side
from ...strategies.program import Json
from .explanations import Explanation, explained

_SHORT = 300
# The number of changes shown below one sentence; the page for a browser has all of them.
_MAX_SHOWN = 3
_LEVELS = ("MUST", "SHOULD", "MAY", "CONTRACT", "BEHAVIOUR")
_NO_SENTENCE = "This has no explanation yet."

_INDEX = """\
# Results

<!-- made by `make results`; do not edit -->

Every installable release of h11, its forks, and implementations with another API, compared with
[the reference](../explanation/upstream-deviations.md), which behaves like h11 0.16.0. All of them
ran the same programs in the same order (`h11spec gate`). [The matrix itself](matrix.html) is a page
for a browser: download it and open the file.

A check *fails* if an implementation differs from the reference in a way that fails a gate. This is
no judgement of older releases: whatever has changed since counts as a difference, for better or
worse. Differences of wording and types are omitted. A program is compared up to its first differing
step. If most programs differ early, as in releases before 0.11, whose events have no raw fields,
later differences are not visible.

The differences of current third-party implementations are described for their maintainers in
[findings.md](findings.md). Findings that are smuggling-relevant, or that kill or hang a process,
are counted but not published, for the reasons in [SECURITY.md](../../SECURITY.md). Their cells in
the matrix are empty unless a published finding fails the same check.
"""
_CHANGES = """\
## Changes between releases

Every change is listed once, with a sentence about its cause. The program is the shortest known one
that shows the change; `h11` stands for either release. *was* and *is* describe the step that
differs.
"""
_FINDINGS = """\
# Findings in current implementations

<!-- made by `make results`; do not edit -->

What `h11spec gate` finds in current implementations other than h11, for their maintainers: the
shortest known program, what h11 0.16.0 does, what the implementation does, and the source of the
requirement. Findings that break a requirement of the RFCs or a promise of h11's documentation come
first, and have it as their source. The source of the others is the behaviour of h11, and the
maintainers decide whether the difference matters. Where h11 itself breaks its documentation, both
outcomes are allowed ([upstream deviations](../explanation/upstream-deviations.md)).

Findings that are smuggling-relevant, that kill, hang or flood a process, or that let a buffer grow
beyond its limit are counted here but not shown: their maintainers are informed first, as
[SECURITY.md](../../SECURITY.md) says. `h11spec gate` on the implementation shows all of them.
"""


def pages(
    complete: Matrix, changes: Sequence[ReleaseChanges], explanations: Sequence[Explanation]
) -> tuple[dict[str, str], list[str]]:
    """Returns the pages by their file names, and a line for each problem.

    A problem is a change without an explanation, or an explanation without a change.
    """
    shown = matrix(map(only_failing, complete.columns))
    texts = {
        "index.md": "\n".join([*_index(shown, changes, explanations)]),
        "findings.md": "\n".join([*_findings(complete)]),
        "matrix.html": matrix_page(shown, changes),
        "changes.json": _as_json(complete, changes),
    }
    return texts, [*_problems(complete, changes, explanations)]


def release(complete: Matrix, index: int) -> str:
    """Returns the version of the release in a column, or "" if it is unknown."""
    distribution = complete.columns[index].distribution
    return "" if distribution is None else str(distribution[1])


def _name(complete: Matrix, index: int) -> str:
    distribution = complete.columns[index].distribution
    return "" if distribution is None else distribution[0]


def _index(
    complete: Matrix, changes: Sequence[ReleaseChanges], explanations: Sequence[Explanation]
) -> Iterator[str]:
    yield _INDEX
    yield "".join(markdown_tables(complete))
    yield _CHANGES
    for update in changes:
        yield from _release(complete, update, explanations)


def _release(
    complete: Matrix, update: ReleaseChanges, explanations: Sequence[Explanation]
) -> Iterator[str]:
    name, versions = (
        _name(complete, update.new),
        [release(complete, each) for each in (update.old, update.new)],
    )
    title = f"{name} {' to '.join(versions)}"
    yield f"### {escape_markdown(title)}\n"
    if not update.changes:
        yield "No change that fails a gate."
    for explanation, explained_changes in explained(
        release(complete, update.new), update.changes, explanations
    ).items():
        sentence = explanation.sentence if explanation else _NO_SENTENCE
        cites = explanation.cites if explanation else ()
        cited = "; ".join(f"[{escape_markdown(name)}]({address})" for name, address in cites)
        yield f"- **{sentence}**{f' ({cited})' if cited else ''}\n"
        for change in explained_changes[:_MAX_SHOWN]:
            yield from (f"  {line}".rstrip() for line in change_in_markdown(change))
        hidden = len(explained_changes) - _MAX_SHOWN
        if hidden > 0:
            yield f"  …and {pluralise(hidden, 'more change')} like these.\n"
    more = [
        f"{pluralise(update.soft, 'change')} of wording or types" if update.soft else "",
        f"{pluralise(update.not_compared, 'finding')} not compared" if update.not_compared else "",
    ]
    if any(more):
        yield f"\nNot shown: {', and '.join(filter(None, more))}.\n"
    else:
        yield ""


def _findings(complete: Matrix) -> Iterator[str]:
    yield _FINDINGS
    for index, column in enumerate(complete.columns):
        if column.external:
            yield from _column(complete, index)


def _column(complete: Matrix, index: int) -> Iterator[str]:
    column = complete.columns[index]
    yield f"## {escape_markdown(complete.titles[index])}\n"
    if column.record is None:
        yield f"Not run: {escape_markdown(column.problem)}.\n"
        return
    target = Implementation.from_json(column.record.header["target"])
    for remark in target.remarks:
        yield f"{escape_markdown(remark[:1].upper() + remark[1:])}.\n"
    groups = [each.groups[index] for each in complete.differences if index in each.groups]
    failing = [group for group in groups if group.fails]
    counts = summary(column.record).counts
    soft = pluralise(counts.non_failing, "finding")
    lines = [
        f"- {pluralise(len(failing), 'difference')} that would fail a gate, shown below",
        f"- {soft} of wording or types, or beyond documented input, not shown",
        f"- {pluralise(column.redacted, 'finding')} not disclosed: maintainers are informed first",
    ]
    if counts.omitted:
        lines.append(f"- {omitted(counts.omitted)}")
    yield "\n".join(lines) + "\n"
    broken = {each["check"] for each in column.record.results if each["conforms"] is False}
    pairs = [(group, _broken_requirements(group, broken)) for group in failing]
    for group, findings in sorted(pairs, key=lambda pair: _order(*pair)):
        yield from _difference(group, findings)


def _broken_requirements(group: Group, broken: set[str]) -> list[Json]:
    """The findings of requirements that only this implementation breaks, the strictest first.

    A sweep has no requirement of its own to break; it finds differences that other checks require.
    """
    found = [
        each
        for each in group.findings
        if each["conforming"] == "expected" and each["check"] in broken
    ]
    return sorted(found, key=lambda each: _LEVELS.index(each["level"]))


def _order(group: Group, broken: Sequence[Json]) -> tuple[int, str]:
    levels = [_LEVELS.index(each["level"]) for each in broken]
    return min(levels, default=len(_LEVELS)), group.simplest["difference"]


def _difference(group: Group, broken: Sequence[Json]) -> Iterator[str]:
    shown = group.simplest
    yield f"### {shown['id']}: {_prose(shown['difference'])}\n"
    yield "\n".join([*code_block(shown["script"], "python"), ""])
    for label, side in ("expected", "expected"), ("got", "actual"):
        words = code_span(shorten(escape_unprintable(format_side(shown, side)), _SHORT))
        yield f"- {label}: {words}"
    for each in broken[:1]:
        yield f"- source: {each['level']}, broken: {_requirement(each)}"
    if not broken:
        yield f"- source: h11 0.16.0 itself; found by a check of: {_requirement(shown)}"
    others = len({each["check"] for each in group.findings}) - 1
    more = f" and {pluralise(others, 'other check')}" if others else ""
    yield f"- found by: {code_span(shown['check'])}{more}\n"


def _requirement(finding: Json) -> str:
    """The requirement of a check, with its citations."""
    cited = ", ".join(
        f"[{escape_markdown(each.name)}]({each.address})"
        if each.address
        else escape_markdown(each.name)
        for each in map(citation, finding["citations"])
    )
    return f"{_prose(finding['requirement'])}{f' ({cited})' if cited else ''}"


def _prose(text: str) -> str:
    return escape_markdown(shorten(escape_unprintable(text), _SHORT))


def _as_json(complete: Matrix, changes: Sequence[ReleaseChanges]) -> str:
    """The changes, for the test that each of them is explained."""
    form = [
        {
            "release": release(complete, update.new),
            "kind": change.kind,
            "id": change.finding["id"],
            "difference": change.finding["difference"],
            "checks": change.checks,
            "old": shorten(change.old, _SHORT),
            "new": shorten(change.new, _SHORT),
        }
        for update in changes
        for change in update.changes
    ]
    return json.dumps(form, indent=1) + "\n"


def _problems(
    complete: Matrix, changes: Sequence[ReleaseChanges], explanations: Sequence[Explanation]
) -> Iterator[str]:
    used: set[Explanation] = set()
    for update in changes:
        found = explained(release(complete, update.new), update.changes, explanations)
        for change in found.pop(None, []):
            yield _unexplained(release(complete, update.new), change)
        used |= {each for each in found if each is not None}
    for each in explanations:
        if each not in used:
            yield f"{each.release}: no change is explained by: {each.sentence}"


def _unexplained(version: str, change: BehaviourChange) -> str:
    old, new = (shorten(escape_unprintable(each), _SHORT) for each in (change.old, change.new))
    checks = ", ".join(change.checks[:3])
    return f"{version}: {change.finding['difference']} ({checks}): {old} -> {new}"
