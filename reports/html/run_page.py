"""The page itself: one text that has everything in it.

Owns how the parts are put together, and how large it may grow.
"""

from __future__ import annotations

from markupsafe import Markup

from ..analysis.summary import Summary, area, summary
from ..analysis.totals import machine_in_words
from ..record.record import Record
from .check_tables import bars, rows_by_area
from .finding_sections import KINDS, Limits, articles
from .state_diagrams import machines
from .template import environment, part, policy

# Tried in turn, until the findings have room. Most have it at once; of values of a megabyte, the
# last shows what a reader can still make sense of.
_LIMITS = (Limits(2_000, 1_000, 8_000), Limits(600, 400, 1_500), Limits(100, 100, 0))
# Of 100 findings; more may take more.
_ROOM = 800_000

# What has to be said first of a run that was not done to its end.
_ENDINGS = {
    "broke off": ("This run broke off.", "Its record has no footer: it tells of a part of it."),
    "interrupted": ("This run was interrupted.", "Its record tells of a part of it."),
    "cut short": ("This run was cut short.", "Its target died or hung too often to be run on."),
}


def page(record: Record) -> str:
    """Returns a record as HTML: one file, which needs no other. The same record, the same page."""
    said = summary(record)
    script = part("run_page.js")
    return (
        environment(_LIMITS[0].sentence)
        .get_template("run_page.html.jinja")
        .render(
            said=said,
            statements=_statements(said),
            ending=_ENDINGS.get(said.end),
            bands=articles(said.groups, _LIMITS[-1]),
            findings=_findings(said),
            machine_in_words=machine_in_words,
            machines=machines(record.findings, said.phases),
            choices=_choices(said),
            kinds=KINDS,
            phases=bars(said.phases),
            areas=bars(said.areas),
            rows=rows_by_area(record.results),
            known={finding["id"] for finding in record.findings},
            style=Markup(part("page.css")),
            script=Markup(script),
            policy=policy(script),
        )
    )


def _statements(said: Summary) -> list[tuple[str, str, str]]:
    """The verdict as it reads below the name of the target, which says where it comes from."""
    target, expected = said.target, said.expected
    return [
        (
            each.tone,
            each.word,
            each.text.replace(str(target), target.name).replace(str(expected), expected.name),
        )
        for each in said.statements
    ]


def _findings(said: Summary) -> Markup:
    room = _ROOM * max(1, len(said.record.findings) / 100)
    made = ""
    for limits in _LIMITS:
        template = environment(limits.sentence).get_template("finding_sections.html.jinja")
        made = template.render(bands=articles(said.groups, limits), kinds=KINDS)
        if len(made.encode("utf-8")) <= room:
            break
    return Markup(made)


def _choices(said: Summary) -> dict[str, list[str]]:
    """What there is to choose from, for each of the lists that a reader can choose by."""
    findings = said.record.findings
    return {
        "level": sorted({each["level"] for each in findings}),
        "aspect": sorted({each["aspect"] for each in findings}),
        "area": sorted({area(each["check"]) for each in findings}),
    }
