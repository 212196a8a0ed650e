"""The page docs/results/findings.md: the causes of implementations, for their maintainers.

Owns its text, and the order of the causes. It must not know how implementations are run, or which
causes are confidential.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...reports.analysis.causes import ShownCause, shown_causes
from ...reports.analysis.implementations import Implementation
from ...reports.analysis.matrix import Column, Matrix
from ...reports.analysis.shared_causes import SharedCause, named_vulnerabilities, shared_causes
from ...reports.analysis.summary import pluralise, summary
from ...reports.formats.cause_lines import shown_difference
from ...reports.formats.matrix_text import titled
from ...reports.formats.phrases import omitted
from ...reports.html.citations import citation
from ...reports.wording.markdown_safe import code_block, code_span, escape_markdown
from ...reports.wording.terminal_safe import escape_unprintable, shorten
from ...reports.wording.values import format_sides

SHORT = 300
_MAX_PLACES = 3
# The number of findings that are listed below a cause.
_MANY = 20
_LEVELS = ("MUST", "SHOULD", "MAY", "CONTRACT", "BEHAVIOUR")

_PAGE = """\
# Findings, by their causes

<!-- made by `make results`; do not edit -->

What `h11spec gate` finds, for the maintainers of each implementation. A *cause* is what one change
of the implementation would repair: what it does, in one sentence, who requires something else, the
places in its source that are most suspicious (for Python with its source), and the clearest program
that shows it. The other findings of the cause are folded below. `h11spec show ID RECORD` shows more
of any id here, after `h11spec gate TARGET --record RECORD`.
"""
_CURRENT = """\
Causes that break a requirement of the RFCs or a promise of h11's documentation come first. What
the others differ from is the behaviour of h11 0.16.0, and the maintainers decide whether it
matters. Where h11 itself breaks its documentation, both outcomes are allowed
([upstream deviations](../explanation/upstream-deviations.md)).

Of these implementations, causes are counted but not shown that are smuggling-relevant or break a
requirement about where messages end, that kill, hang or flood a process, or that let a buffer,
memory or time grow: their maintainers are informed first, as
[SECURITY.md](../../SECURITY.md) says. `h11spec gate` on the implementation shows all of them.
"""
_OLDER = """\
## Earlier releases of h11

What these releases did otherwise than h11 0.16.0, for better or worse; smuggling-relevant causes
come first. [Changes between releases](index.md#changes-between-releases) says when each of them
ended.
"""


def findings_page(complete: Matrix) -> str:
    """Returns the page: the causes of each external implementation, then those of all others."""
    external = [at for at, column in enumerate(complete.columns) if column.external]
    lines = [_PAGE, _CURRENT]
    for at in external:
        lines += _implementation(complete.titles[at], complete.columns[at])
    lines += _others(complete)
    return "\n".join(lines)


def _implementation(title: str, column: Column) -> Iterator[str]:
    yield f"## {escape_markdown(title)}\n"
    if column.record is None:
        yield f"Not run: {escape_markdown(column.problem)}.\n"
        return
    target = Implementation.from_json(column.record.header["target"])
    for remark in target.remarks:
        yield f"{escape_markdown(remark[:1].upper() + remark[1:])}.\n"
    causes = shown_causes(column.record)
    failing = sorted((each for each in causes if each.line["fails"]), key=_order)
    soft = [each for each in causes if not each.line["fails"]]
    withheld = pluralise(column.redacted_causes, "cause")
    withheld += f" of {pluralise(column.redacted, 'finding')}"
    counts = [
        f"- {_counted(failing)} that would fail a gate, shown below",
        f"- {_counted(soft)} of wording or types, or beyond documented input, not shown",
        f"- {withheld} not disclosed: maintainers are informed first",
    ]
    left_out = summary(column.record).counts.omitted
    if left_out:
        counts.append(f"- {omitted(left_out)}")
    yield "\n".join(counts) + "\n"
    if failing:
        rows = (
            f"| {each.line['id']} | {_prose(each.line['title'])} | {len(each.findings)} |"
            for each in failing
        )
        yield "\n".join(("| cause | what it does | findings |", "|---|---|--:|", *rows, ""))
    for each in failing:
        yield from _cause(each, _heading(each), ())


def _counted(causes: Sequence[ShownCause]) -> str:
    findings = sum(len(each.findings) for each in causes)
    return f"{pluralise(len(causes), 'cause')} of {pluralise(findings, 'finding')}"


def _order(cause: ShownCause) -> tuple[bool, int, str]:
    """Smuggling-relevant causes first, then by the level of the requirement that is broken."""
    level = _LEVELS.index(cause.line["level"]) if _breaks(cause) else len(_LEVELS)
    return not cause.line["smuggling"], level, str(cause.line["title"])


def _breaks(cause: ShownCause) -> bool:
    """Whether the target breaks the requirement that is shown, and h11 keeps it."""
    return bool(cause.line["conforming"] == "expected")


def _heading(cause: ShownCause) -> str:
    names = ", ".join(named_vulnerabilities([cause.clearest]))
    return f"{cause.line['title']}{f' ({names})' if names else ''}"


def _others(complete: Matrix) -> Iterator[str]:
    """The causes of the implementations without other maintainers, each once."""
    records = [None if column.external else column.record for column in complete.columns]
    shared = [each for each in shared_causes(records) if each.fails]
    if not shared:
        return
    yield _OLDER
    for each in shared:
        # The newest release that has it is the last one.
        at = max(each.causes)
        yield from _cause(each.causes[at], titled(each), _columns(complete, each))


def _columns(complete: Matrix, cause: SharedCause) -> tuple[str, ...]:
    return tuple(complete.titles[at] for at in sorted(cause.causes))


def _cause(cause: ShownCause, title: str, columns: Sequence[str]) -> Iterator[str]:
    """Yields a heading and what a maintainer needs below it.

    Args:
        columns: the implementations that have the cause, if there may be several.
    """
    line, finding = cause.line, cause.clearest
    mark = "🚨 " if line["smuggling"] else ""
    yield f"### {line['id']}: {mark}{_prose(title)}\n"
    facts = [f"- in: {_prose(', '.join(columns))}"] if columns else []
    facts.append(f"- {_requirement(cause)}")
    if finding["note"]:
        facts.append(f"- of h11: {_prose(finding['note'])}")
    facts += [f"- place: {code_span(place)}" for place in line["places"][:_MAX_PLACES]]
    if line["smuggling"]:
        facts.append(f"- smuggling: {_prose(line['smuggling_risk'])}")
    for label, words in zip(("expected", "got"), format_sides(finding, SHORT), strict=True):
        facts.append(f"- {label}: {code_span(shorten(escape_unprintable(words), SHORT))}")
    facts.append(f"- found by: {code_span(finding['check'])}")
    yield "\n".join([*facts, ""])
    if finding["script"]:
        yield "\n".join([*code_block(finding["script"], "python"), ""])
    yield from _folded(cause)


def _requirement(cause: ShownCause) -> str:
    """The requirement, with its citations: a broken one, or the one that comes closest."""
    line = cause.line
    names = map(citation, line["citations"])
    cited = ", ".join(
        f"[{escape_markdown(each.name)}]({each.address})"
        if each.address
        else escape_markdown(each.name)
        for each in names
    )
    what = f"{_prose(line['requirement'])}{f' ({cited})' if cited else ''}"
    if _breaks(cause):
        return f"required: {line['level']}, broken: {what}"
    return f"required: h11 0.16.0 does otherwise; found by a check of: {what}"


def _folded(cause: ShownCause) -> Iterator[str]:
    """The other findings, folded."""
    others = cause.findings[1:]
    if not others:
        return
    lines = [f"<details><summary>and {pluralise(len(others), 'finding')} more</summary>", ""]
    for each in others[:_MANY]:
        lines.append(f"- {each['id']}: {_prose(shown_difference(each))}")
    if len(others) > _MANY:
        lines.append(f"- and {len(others) - _MANY:,} more")
    yield "\n".join([*lines, "", "</details>", ""])


def _prose(text: str) -> str:
    return escape_markdown(shorten(escape_unprintable(" ".join(text.split())), SHORT))
