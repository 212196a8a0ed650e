"""The pages of docs/results.

Owns their text, but for that of ``findings_page``. It must not know how implementations are run, or
which causes are confidential.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from ...reports.analysis.disclosure import only_failing
from ...reports.analysis.matrix import Matrix, matrix
from ...reports.analysis.release_changes import BehaviourChange, CauseOfChanges, ReleaseChanges
from ...reports.analysis.summary import pluralise
from ...reports.formats.matrix_text import change_in_markdown, markdown_tables
from ...reports.html.matrix_page import matrix_page
from ...reports.wording.markdown_safe import escape_markdown
from ...reports.wording.terminal_safe import escape_unprintable, shorten
from .explanations import Explanation, explained
from .findings_page import SHORT, findings_page

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
step; the vectors are compared further, if an explanation fits that difference. Other programs that
differ early, as most do with releases before 0.11, whose events have no raw fields, may hide more.

The findings are put together by their *causes*: what one change of an implementation would repair.
The first table has the causes, with the number of their findings in each implementation, the
smuggling-relevant ones (🚨) first. [findings.md](findings.md) describes each cause for the
maintainers, with the clearest program that shows it.

Of current third-party implementations, causes that are smuggling-relevant or break a requirement
about where messages end, that kill, hang or flood a process, or that let a buffer, memory or time
grow are counted but not published, for the reasons in [SECURITY.md](../../SECURITY.md). The cells
of such an implementation are empty unless a published cause fails the same check.
"""
_CHANGES = """\
## Changes between releases

There is one entry for each cause: what a release does *no longer*, or does *now*. The program is
the shortest known one that shows the change; `h11` stands for either release. *was* and *is*
describe the step that differs.
"""


def pages(
    complete: Matrix, changes: Sequence[ReleaseChanges], explanations: Sequence[Explanation]
) -> tuple[dict[str, str], list[str]]:
    """Returns the pages by their file names, and a line for each problem.

    A problem is a change without a title or an explanation, or an explanation without a change.
    """
    shown = matrix(map(only_failing, complete.columns))
    texts = {
        "index.md": "\n".join([*_index(shown, changes, explanations)]),
        "findings.md": findings_page(complete),
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
    for cause in update.causes:
        yield from _cause(cause, release(complete, update.new), explanations)
    more = [
        f"{pluralise(update.soft, 'change')} of wording or types" if update.soft else "",
        f"{pluralise(update.not_compared, 'finding')} not compared" if update.not_compared else "",
    ]
    if any(more):
        yield f"\nNot shown: {', and '.join(filter(None, more))}.\n"
    else:
        yield ""


def _cause(
    cause: CauseOfChanges, version: str, explanations: Sequence[Explanation]
) -> Iterator[str]:
    """Yields what changed with a cause, the sentences that explain it, and its clearest program."""
    yield from change_in_markdown(cause)
    found = explained(version, cause.changes, explanations)
    if not cause.title and None in found:
        yield f"{_NO_SENTENCE}\n"
    for each in filter(None, found):
        cited = "; ".join(f"[{escape_markdown(name)}]({address})" for name, address in each.cites)
        yield f"- {each.sentence}{f' ({cited})' if cited else ''}"
    yield ""


def _as_json(complete: Matrix, changes: Sequence[ReleaseChanges]) -> str:
    """The changes, for the test that each of them is explained."""
    form = [
        {
            "release": release(complete, update.new),
            "kind": change.kind,
            "id": change.finding["id"],
            "cause": change.cause.id,
            "title": change.cause.title,
            "vulnerabilities": list(change.cause.vulnerabilities),
            "difference": change.finding["difference"],
            "checks": change.checks,
            "old": shorten(change.old, SHORT),
            "new": shorten(change.new, SHORT),
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
            if not change.cause.title:
                yield _unexplained(release(complete, update.new), change)
        used |= {each for each in found if each is not None}
    for each in explanations:
        if each not in used:
            yield f"{each.release}: no change is explained by: {each.sentence}"


def _unexplained(version: str, change: BehaviourChange) -> str:
    old, new = (shorten(escape_unprintable(each), SHORT) for each in (change.old, change.new))
    checks = ", ".join(change.checks[:3])
    return f"{version}: {change.finding['difference']} ({checks}): {old} -> {new}"
