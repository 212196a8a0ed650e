"""The table of mistakes: which phase found each, and the shares by kind.

Owns the order of the rows, and what counts as found. Knows nothing of how a mistake is examined.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from h11spec.benchmarks.mistakes.examining import DETERMINISTIC, PHASES, SMOKE, Verdict
from h11spec.benchmarks.mistakes.mistake import Mistake

# The share of the mistakes that the deterministic phases are to find, in per cent.
BOUND = 97.0
_UP_TO = {"vectors": DETERMINISTIC[:2], "deterministic": DETERMINISTIC, "all": (SMOKE, *PHASES)}


def lines(mistakes: Sequence[Mistake], verdicts: Mapping[str, Verdict]) -> Iterator[str]:
    """Yields the table: a row for each mistake, then the totals."""
    width = max(len(each.name) for each in mistakes)
    kinds = list(dict.fromkeys(each.kind for each in mistakes))
    yield f"{'mistake':{width}}  {'in':9}  " + "  ".join((SMOKE, *PHASES))
    for kind in kinds:
        yield kind
        for mistake in mistakes:
            if mistake.kind == kind:
                yield _row(mistake, verdicts[mistake.name], width)
    yield ""
    yield f"{'found, per cent, by':{width}}  {'mistakes':9}  " + "  ".join(_UP_TO)
    for kind in kinds:
        yield _totals(kind, [each for each in mistakes if each.kind == kind], verdicts, width)
    for title, held_out in ("to choose sweeps by", False), ("held out", True):
        some = [each for each in mistakes if each.held_out == held_out]
        if some:
            yield _totals(title, some, verdicts, width)
    yield _totals("all", mistakes, verdicts, width)


def _row(mistake: Mistake, verdict: Verdict, width: int) -> str:
    cells = "  ".join(f"{_cell(verdict, phase):{len(phase)}}" for phase in (SMOKE, *PHASES))
    note = verdict.check if verdict.phase else verdict.broken.strip().rpartition("\n")[2]
    return f"{mistake.name:{width}}  {mistake.original:9}  {cells}  {note}".rstrip()


def _cell(verdict: Verdict, phase: str) -> str:
    if phase not in verdict.run:
        return ""
    return "found" if verdict.phase == phase else "-"


def _totals(
    title: str, mistakes: Sequence[Mistake], verdicts: Mapping[str, Verdict], width: int
) -> str:
    shares = "  ".join(
        f"{share([verdicts[each.name] for each in mistakes], phases):{len(name)}.1f}"
        for name, phases in _UP_TO.items()
    )
    return f"{title:{width}}  {len(mistakes):<9}  {shares}"


def share(verdicts: Sequence[Verdict], phases: Sequence[str] = DETERMINISTIC) -> float:
    """Returns which share of the mistakes these phases find, in per cent."""
    return 100 * sum(each.phase in phases for each in verdicts) / len(verdicts)


def not_found(mistakes: Sequence[Mistake], verdicts: Mapping[str, Verdict]) -> Iterator[str]:
    """Yields a line for each mistake that the deterministic phases do not find.

    A mistake that is held out is given by its kind alone.
    """
    for mistake in mistakes:
        if verdicts[mistake.name].phase not in DETERMINISTIC:
            if mistake.held_out:
                yield f"held out: {mistake.kind}"
            else:
                yield f"{mistake.name} ({mistake.kind}, {mistake.original}): {mistake.sentence}"
