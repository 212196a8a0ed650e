"""A target that stays loaded while pytest runs its checks one at a time.

Owns the loaded target. It must not import pytest.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from ..reports.analysis.causes import shown_causes
from ..reports.formats.cause_lines import cause_heading
from ..reports.record.record import Record
from ..reports.wording.terminal_safe import escape_unprintable
from .api import Report
from .baseline.file import Baseline, BaselineError, load
from .runs.run import Session, open_session, require_valid
from .runs.selection import select
from .runs.settings import GATE_PHASES, Settings, parse_phases
from .targets.target import Target, TargetError, parse


class CheckRun(NamedTuple):
    """How a check ended.

    ``failure`` is the report of its failure, and "" if it passes. ``accepted`` says why its
    findings are accepted, and is "" if none are. ``causes`` are the headings of the causes that
    fail, accepted or not.
    """

    failure: str
    accepted: str
    causes: tuple[str, ...] = ()


class CheckedTarget:
    """A target and the checks to run on it.

    Args:
        target: as on the command line, like ``against``.
        phases: names with commas between them; "" for the phases of the gate.
        baseline: the file with the accepted findings; None for none.

    Raises ValueError when the arguments make no valid run, TargetError when a target has no known
    form.
    """

    def __init__(
        self,
        target: str,
        *,
        against: str | None = None,
        phases: str = "",
        checks: tuple[str, ...] = (),
        baseline: str | None = None,
        strict: bool = False,
        rfc: bool = False,
        allow_reexport: bool = False,
    ) -> None:
        self._settings = Settings(
            phases=parse_phases(phases or GATE_PHASES),
            checks=checks,
            strict=strict,
            rfc=rfc,
            allow_reexport=allow_reexport,
        )
        try:
            self._baseline = Baseline() if baseline is None else load(Path(baseline))
        except BaselineError as error:
            raise ValueError(str(error)) from None
        self._target: Target = parse(target)
        self._against = None if against is None else parse(against)
        require_valid(self._settings, self._target, self._against)
        self._session: Session | None = None
        self._stack = ExitStack()

    @property
    def ids(self) -> list[str]:
        """The ids of the checks, in the order of a run."""
        found = select(self._settings, against=self._against is not None)
        return list(dict.fromkeys(check.id for _, check in found))

    def load(self) -> Session:
        """Loads the target if it is not loaded; raises TargetError when that fails."""
        if self._session is None:
            with ExitStack() as stack:
                loading = open_session(self._target, self._settings, against=self._against)
                self._session = stack.enter_context(loading)
                self._stack = stack.pop_all()
        return self._session

    def run_check(self, identity: str) -> CheckRun:
        """Runs a check, and returns how it ended.

        Raises KeyboardInterrupt when the run was interrupted.
        """
        try:
            session = self.load()
        except TargetError as error:
            return CheckRun(str(error), "")
        settings = replace(self._settings, checks=(identity,))
        outcome = session.run(settings, baseline=self._baseline)
        if outcome.interrupted:
            raise KeyboardInterrupt
        if not outcome.findings and not outcome.exit_code:
            return CheckRun("", "")
        lines = session.header(settings), *outcome.lines(session.target.imports)
        shown = shown_causes(Record.from_lines(lines))
        causes = tuple(
            escape_unprintable(cause_heading(each)) for each in shown if each.line["fails"]
        )
        if outcome.exit_code:
            return CheckRun(str(Report(lines)), "", causes)
        accepted = (outcome.accepted(finding) for _, finding in outcome.findings)
        reasons = dict.fromkeys(entry.reason for entry in accepted if entry)
        return CheckRun("", "; ".join(reasons), causes)

    def close(self) -> None:
        """Ends the processes of the target; ``load`` starts them again."""
        self._session = None
        self._stack.close()
