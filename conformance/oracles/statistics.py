"""The statistics of one check: what it ran and found so far.

Owns the counts. It must not know what counts as a divergence.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ...reports.findings.divergence import Divergence
from ...reports.findings.finding import difference_text
from ...strategies.program import Program
from ...strategies.simplicity import is_smaller


@dataclass(frozen=True)
class Occurrence:
    """A divergence that a run has shown, and the programs that ran before it in its batch."""

    divergence: Divergence
    batch: Sequence[Program]
    at: int

    @property
    def before(self) -> Sequence[Program]:
        """The programs that ran before it, in order; some of them in another process, maybe."""
        return self.batch[: self.at]


@dataclass
class Statistics:
    """What the check with this id ran and found in one phase of a run.

    ``programs`` counts what was drawn or enumerated; ``runs`` includes variants. ``deviations``
    counts the runs in which the target took an upstream deviation, by name; ``truncated`` the
    programs that were ended before a step at which the target had faulted too often;
    ``inapplicable`` those with a step that the target cannot express. ``out_of_time`` says that
    programs were left out because there was no time for them, ``cut_short`` that they were because
    the target hung too often. ``doing`` is what the check does beside running programs.

    ``divergences`` has the simplest one of each identity and cause, and ``occurrences`` where it
    and the first one were seen. ``unconfirmed`` are hangs and limits of memory that did not show
    again; ``unrepeated`` the identities of other divergences of which that is true.
    """

    check: str
    phase: str = ""
    programs: int = 0
    runs: int = 0
    steps: int = 0
    truncated: int = 0
    inapplicable: int = 0
    out_of_time: bool = False
    doing: str = ""
    deviations: Counter[str] = field(default_factory=Counter[str])
    cut_short: bool = False
    divergences: dict[str, Divergence] = field(default_factory=dict[str, Divergence])
    occurrences: dict[str, list[Occurrence]] = field(default_factory=dict[str, list[Occurrence]])
    unconfirmed: dict[str, Divergence] = field(default_factory=dict[str, Divergence])
    unrepeated: set[str] = field(default_factory=set[str])

    def note(self, divergence: Divergence, batch: Sequence[Program], at: int) -> None:
        """Notes a divergence, and where it was seen.

        Args:
            batch: the programs that it was run with, in order.
            at: how many of these were run before it.
        """
        identity = difference_text(divergence, with_cause=True)
        known = self.divergences.get(identity)
        if known is None or is_smaller(divergence.program, known.program):
            self.divergences[identity] = divergence
            seen = self.occurrences.setdefault(identity, [])
            # The simplest one comes first, and the first one, which the fewest came before, last.
            self.occurrences[identity] = [Occurrence(divergence, batch, at), *seen[-1:]]

    @property
    def complete(self) -> bool:
        """Whether every program was run to its end, and everything that was seen can be seen."""
        return not (self.truncated or self.cut_short or self.unrepeated)


# Is called with the statistics of a check whenever they have changed.
Progress = Callable[[Statistics], None]
