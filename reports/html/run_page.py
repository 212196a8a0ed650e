"""The page of a run: one text that contains everything.

Owns how the sections are put together, and how long the page may become. It must not compute
anything that the record or its summary has.
"""

from __future__ import annotations

from markupsafe import Markup

from ..analysis.summary import Summary, area, pluralise, summary
from ..formats.phrases import (
    omitted,
    phase_notes,
    requirements_of_target_only,
    requirements_satisfied,
)
from ..record.record import Record
from .check_tables import bars, rows_by_area
from .finding_sections import TAGS, Limits, finding_sections
from .state_diagrams import state_diagrams
from .template import asset, content_security_policy, environment

# Tried in turn until the findings fit. Most fit at once; of values of a megabyte, the last shows
# what a reader can still make sense of.
_LIMITS = (Limits(2_000, 1_000, 8_000), Limits(600, 400, 1_500), Limits(100, 100, 0))
# Bytes for 100 findings; more findings may take more.
_SPACE = 800_000

# The first thing to read about an incomplete run.
_NOTICES = {
    "broke off": ("This run broke off.", "Its record has no footer and is incomplete."),
    "interrupted": ("This run was interrupted.", "Its record is incomplete."),
    "cut short": ("This run was cut short.", "Its target died or hung too often."),
}


def run_page(record: Record) -> str:
    """Returns a record as one HTML file; the same record always gives the same page."""
    run = summary(record)
    script = asset("run_page.js")
    return (
        environment(_LIMITS[0].sentence)
        .get_template("run_page.html.jinja")
        .render(
            run=run,
            statements=_statements(run),
            notice=_NOTICES.get(run.end),
            sections=finding_sections(run.groups, _LIMITS[-1]),
            findings=_findings(run),
            state_diagrams=state_diagrams(record.findings, run.phases),
            choices=_choices(run),
            tags=TAGS,
            phases=bars(run.phases),
            areas=bars(run.areas),
            rows=rows_by_area(record.results),
            ids={finding["id"] for finding in record.findings},
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


def _findings(run: Summary) -> Markup:
    space = _SPACE * max(1, len(run.record.findings) / 100)
    html = ""
    for limits in _LIMITS:
        template = environment(limits.sentence).get_template("finding_sections.html.jinja")
        html = template.render(
            sections=finding_sections(run.groups, limits), tags=TAGS, pluralise=pluralise
        )
        if len(html.encode("utf-8")) <= space:
            break
    return Markup(html)


def _choices(run: Summary) -> dict[str, list[str]]:
    """The values that a reader can filter by, for each list of the form."""
    findings = run.record.findings
    return {
        "level": sorted({each["level"] for each in findings}),
        "aspect": sorted({each["aspect"] for each in findings}),
        "area": sorted({area(each["check"]) for each in findings}),
    }
