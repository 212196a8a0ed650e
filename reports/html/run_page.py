"""The page of a run: one text that contains everything.

Owns how the sections are put together, and how long the page may become. It must not compute
anything that the record or its summary has.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from markupsafe import Markup

from ..analysis.causes import ShownCause, shown_causes
from ..analysis.groups import area
from ..analysis.summary import Summary, pluralise, summary
from ..formats.phrases import (
    omitted,
    phase_notes,
    requirements_of_target_only,
    requirements_satisfied,
)
from ..record.record import Record
from .cause_sections import TAGS, Limits, cause_sections
from .check_tables import bars, rows_by_area
from .state_diagrams import state_diagrams
from .template import asset, content_security_policy, environment

# Tried in turn until the causes fit. Most fit at once; of values of a megabyte, the last shows
# what a reader can still make sense of.
_LIMITS = (Limits(2_000, 1_000, 8_000), Limits(600, 400, 1_500), Limits(60, 60, 0))
# Bytes for 100 findings; more of them may take more.
_SPACE = 850_000

# The first thing to read about an incomplete run.
_NOTICES = {
    "broke off": ("This run broke off.", "Its record has no footer and is incomplete."),
    "interrupted": ("This run was interrupted.", "Its record is incomplete."),
    "ended early": (
        "This run ended early.",
        "The checks after the first failing one were left out (-x).",
    ),
    "cut short": ("This run was cut short.", "Its target died or hung too often."),
}


def run_page(record: Record) -> str:
    """Returns a record as one HTML file; the same record always gives the same page."""
    run, causes = summary(record), shown_causes(record)
    script = asset("run_page.js")
    ids = _causes_by_id(causes)

    def causes_of(findings: Iterable[str]) -> list[str]:
        return list(dict.fromkeys(ids.get(id, id) for id in findings))

    return (
        environment(_LIMITS[0].sentence)
        .get_template("run_page.html.jinja")
        .render(
            run=run,
            statements=_statements(run),
            notice=_NOTICES.get(run.end),
            sections=cause_sections(causes, _LIMITS[-1]),
            causes=_causes(causes),
            counts=run.counts,
            state_diagrams=state_diagrams(record.findings, run.phases),
            choices=_choices(run),
            tags=TAGS,
            phases=bars(run.phases),
            areas=bars(run.areas),
            rows=rows_by_area(record.results),
            ids=ids,
            causes_of=causes_of,
            omitted=omitted,
            phase_notes=phase_notes,
            pluralise=pluralise,
            requirements_satisfied=requirements_satisfied,
            requirements_of_target_only=requirements_of_target_only,
            style=Markup(asset("page.css")),
            script=Markup(script),
            policy=content_security_policy(script),
        )
    )


def _statements(run: Summary) -> list[tuple[str, str, str]]:
    """The tones, words and texts of the verdict.

    The texts name the target and the expected side only, as the page already says where their code
    is from.
    """
    target, expected = run.target, run.expected
    return [
        (
            each.tone,
            each.word,
            each.text.replace(str(target), target.name).replace(str(expected), expected.name),
        )
        for each in run.statements
    ]


def _causes(causes: Sequence[ShownCause]) -> Markup:
    findings = sum(len(cause.findings) for cause in causes)
    space = _SPACE * max(1, findings / 100)
    html = ""
    for limits in _LIMITS:
        template = environment(limits.sentence).get_template("cause_sections.html.jinja")
        html = template.render(
            sections=cause_sections(causes, limits),
            tags=TAGS,
            pluralise=pluralise,
            alone=len(causes) == 1,
        )
        if len(html.encode("utf-8")) <= space:
            break
    return Markup(html)


def _causes_by_id(causes: Iterable[ShownCause]) -> dict[str, str]:
    """The id of the cause for the id of each finding, and for its own."""
    found: dict[str, str] = {}
    for cause in causes:
        ids = cause.line["id"], *(finding["id"] for finding in cause.findings)
        found |= dict.fromkeys(ids, cause.line["id"])
    return found


def _choices(run: Summary) -> dict[str, list[str]]:
    """The values that a reader can filter by, for each list of the form."""
    findings = run.record.findings
    return {
        "level": sorted({each["level"] for each in findings}),
        "aspect": sorted({each["aspect"] for each in findings}),
        "area": sorted({area(each["check"]) for each in findings}),
    }
