"""The results of planted faults: the percentages, and the faults that show gaps in the sweeps.

Owns the claims of equivalence, and which faults count. Knows nothing of how a fault was examined.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from h11spec.benchmarks.power.killing import LOADING, Verdict
from h11spec.benchmarks.power.planting import Fault, Original
from h11spec.benchmarks.power.suite import SEARCH, SWEEPS

CLAIMS = Path(__file__).parent / "equivalent.toml"
# Bounds for the share of faults found, in per cent of those that are neither equivalent nor slow.
BY_SWEEPS, BY_ALL = 97.0, 99.0

# How many of the differences that do not fail a run are shown.
_SHOWN = 3

_KEY = ("file", "operator", "before", "after", "within", "occurrence")


@dataclass(frozen=True)
class Claim:
    """A reviewer's judgement that a fault is equivalent, or only costs time."""

    reason: str
    slow: bool = False


Claims = dict[tuple[Any, ...], Claim]


class ClaimError(ValueError):
    """An entry is not a valid claim; the message says which one, and why."""


def claims(text: str) -> Claims:
    """Returns the claims in a text; raises ClaimError for an invalid one."""
    found: Claims = {}
    for entry in tomllib.loads(text).get("fault", ()):
        key = (entry.get("original"), *(entry.get(name) for name in _KEY[:-1]))
        key += (entry.get("occurrence", 0),)
        extra = set(entry) - {*_KEY, "original", "reason", "slow"}
        if None in key or not entry.get("reason") or extra or key in found:
            raise ClaimError(f"incomplete, unknown or twice: {entry}")
        found[key] = Claim(entry["reason"], entry.get("slow", False))
    return found


@dataclass
class Report:
    """The verdicts on the faults of one original, by category.

    ``excluded`` has the checks that the original itself fails, each with its difference.
    """

    original: Original
    verdicts: Sequence[Verdict]
    claims: Claims
    excluded: dict[str, str] = field(default_factory=dict[str, str])

    def _claim(self, fault: Fault) -> Claim | None:
        return self.claims.get((self.original.name, *fault.key))

    def _in(self, *phases: str) -> list[Verdict]:
        return [each for each in self.verdicts if each.found and each.phase in phases]

    @property
    def loading(self) -> list[Verdict]:
        """The faults with which the package does not load, or fails the smoke test."""
        return self._in(LOADING)

    @property
    def swept(self) -> list[Verdict]:
        """The faults that the sweeps find."""
        return self._in(SWEEPS)

    @property
    def searched(self) -> list[Verdict]:
        """The faults that only the search finds."""
        return self._in(SEARCH)

    @property
    def survivors(self) -> list[Verdict]:
        """The faults that a user's run does not find."""
        found = {id(each) for each in (*self.loading, *self.swept, *self.searched)}
        return [each for each in self.verdicts if id(each) not in found]

    @property
    def equivalent(self) -> list[tuple[Verdict, Claim]]:
        """The survivors that are claimed to be equivalent, and showed no difference that counts."""
        return [(each, claim) for each, claim in self._claimed() if not claim.slow]

    @property
    def slow(self) -> list[tuple[Verdict, Claim]]:
        """The survivors that are claimed to cost only time, and show no difference that counts."""
        return [(each, claim) for each, claim in self._claimed() if claim.slow]

    def _claimed(self) -> Iterator[tuple[Verdict, Claim]]:
        for each in self.survivors:
            claim = self._claim(each.fault)
            if claim is not None and not each.found and not each.broken:
                yield each, claim

    @property
    def unjudged(self) -> list[Verdict]:
        """The survivors that count against the figures."""
        judged = {id(each) for each, _ in self._claimed()}
        return [each for each in self.survivors if id(each) not in judged]

    @property
    def seen(self) -> list[Verdict]:
        """Unjudged faults with differences that fail no run: text, type, undocumented behaviour."""
        return [each for each in self.unjudged if each.shown and not each.found]

    @property
    def unseen(self) -> list[Verdict]:
        """All other unjudged faults."""
        return [each for each in self.unjudged if not each.shown or each.found]

    @property
    def refuted(self) -> list[Verdict]:
        """The faults that were found although a claim calls them equivalent."""
        return [each for each in self.verdicts if each.found and self._claim(each.fault)]

    @property
    def counting(self) -> int:
        """The number of faults that count: one that does not load proves nothing."""
        judged = len(self.equivalent) + len(self.slow)
        return len(self.verdicts) - len(self.loading) - judged

    @property
    def by_sweeps(self) -> float:
        """The share of the faults that count that the sweeps show, in per cent.

        Some of these fail only strict runs.
        """
        return self._percent(len(self.swept) + len(self.seen))

    @property
    def by_all(self) -> float:
        """The share that the sweeps and the search show together, in per cent."""
        return self._percent(self.counting - len(self.unseen))

    def _percent(self, count: int) -> float:
        return 100 * count / self.counting if self.counting else 100.0

    @property
    def passed(self) -> bool:
        """Whether both bounds are met."""
        return self.by_sweeps >= BY_SWEEPS and self.by_all >= BY_ALL

    def to_json(self) -> dict[str, Any]:
        """Returns the figures, and every verdict."""
        return {
            "original": self.original.name,
            "planted": len(self.verdicts),
            "equivalent": len(self.equivalent),
            "slow": len(self.slow),
            "unjudged": len(self.unjudged),
            "by_sweeps": self.by_sweeps,
            "by_all": self.by_all,
            "passed": self.passed,
            "excluded": self.excluded,
            "verdicts": [asdict(each) for each in self.verdicts],
        }


def shown(report: Report) -> Iterator[str]:
    """Yields the lines of the report."""
    yield f"{report.original.name}: {len(report.verdicts)} faults planted"
    yield from _figures(report)
    yield from _times(report.verdicts)
    for check, shows in report.excluded.items():
        yield f"left out, as the original fails it itself: {check}: {shows}"
    yield from _listed("found by the search alone", report, report.searched)
    yield from _listed("not found", report, report.unseen)
    yield from _listed("shown by the sweeps, but fails only a strict run", report, report.seen)
    yield from _listed("claimed to be none, and found", report, report.refuted)
    for title, judged in ("equivalent", report.equivalent), ("only slow", report.slow):
        yield from _listed(title, report, [each for each, _ in judged])
    yield ""


def _figures(report: Report) -> Iterator[str]:
    areas = Counter(each.area for each in report.swept)
    rows = [
        ("does not load", len(report.loading)),
        ("found by the sweeps", len(report.swept)),
        *((f"  {area}", count) for area, count in areas.most_common()),
        ("added by the search", len(report.searched)),
        ("shown, and fails a strict run", len(report.seen)),
        ("not found: equivalent", len(report.equivalent)),
        ("not found: only slow", len(report.slow)),
        ("not found", len(report.unseen)),
    ]
    yield from (f"  {name:30}{count:>6}" for name, count in rows)
    for name, percent, bound in (
        ("sweeps alone", report.by_sweeps, BY_SWEEPS),
        ("sweeps and search", report.by_all, BY_ALL),
    ):
        verdict = "" if percent >= bound else ": MISSED"
        yield f"  {name:30}{percent:>6.1f} %  of {report.counting}, at least {bound:g} %{verdict}"


def _times(verdicts: Sequence[Verdict]) -> Iterator[str]:
    times = sorted(each.seconds for each in verdicts if each.found and each.seconds)
    if len(times) > 1:
        most = quantiles(times, n=10)[-1]
        yield (
            f"  seconds to find one: {median(times):.2f} median, {most:.2f} in nine of ten cases, "
            f"{times[-1]:.2f} at most"
        )


def _listed(title: str, report: Report, verdicts: Sequence[Verdict]) -> Iterator[str]:
    if not verdicts:
        return
    yield f"{title}:"
    for each in verdicts:
        yield f"  {each.fault}"
        yield f"      in {each.fault.within or 'the module'}: {_source_line(report, each.fault)}"
        # This function is part of the report.
        claim = report._claim(each.fault)  # pyright: ignore[reportPrivateUsage]
        yield from (f"      {text}" for text in _more(each, claim))


def _more(verdict: Verdict, claim: Claim | None) -> Iterator[str]:
    if verdict.found:
        yield f"{verdict.found} in {verdict.phase}: {verdict.shows}"
    if verdict.program:
        yield f"program: {verdict.program}"
    yield from (f"seen, and fails no run: {words}" for words in verdict.shown[:_SHOWN])
    if len(verdict.shown) > _SHOWN:
        yield f"and {len(verdict.shown) - _SHOWN} more"
    if claim is not None:
        yield f"because {claim.reason}"
    if verdict.broken:
        yield f"the suite broke: {verdict.broken}"


def _source_line(report: Report, fault: Fault) -> str:
    lines = (report.original.folder / fault.file).read_text("utf-8").splitlines()
    return lines[fault.line - 1].strip()
