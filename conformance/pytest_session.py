"""One check at a time on a target that stays loaded, as a test runner asks for them.

Owns the loaded target. What a test runner is, is for ``plugin``.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from .api import Report
from .baseline.file import Baseline, BaselineError, load
from .runs.run import Session, open_session
from .runs.selection import select
from .runs.settings import GATE_PHASES, Settings, parse_phases
from .runs.validation import require_valid
from .targets.target import Target, TargetError, parse


class Examined:
    """A target, and the checks that it is to be examined by.

    Args:
        target: as on the command line, and so is ``against``.
        phases: with commas between them; "" for those of a gate.
        baseline: the file of the findings that are accepted; None for none of them.

    Raises ValueError when this cannot be asked for, TargetError when a target has no known form.
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
    ) -> None:
        self._settings = Settings(
            phases=parse_phases(phases or GATE_PHASES), checks=checks, strict=strict, rfc=rfc
        )
        try:
            self._baseline = Baseline() if baseline is None else load(Path(baseline))
        except BaselineError as error:
            raise ValueError(str(error)) from None
        self._target: Target = parse(target)
        self._against = None if against is None else parse(against)
        require_valid(self._settings, self._target, self._against)
        self._ready: Session | None = None
        self._stack = ExitStack()

    @property
    def ids(self) -> list[str]:
        """The ids of the checks, in their order."""
        found = select(self._settings, against=self._against is not None)
        return list(dict.fromkeys(check.id for _, check in found))

    def load(self) -> Session:
        """Loads the target, unless it is loaded; raises TargetError when it cannot be."""
        if self._ready is None:
            with ExitStack() as stack:
                loading = open_session(self._target, self._settings, against=self._against)
                self._ready = stack.enter_context(loading)
                self._stack = stack.pop_all()
        return self._ready

    def examine(self, identity: str) -> tuple[str, str]:
        """Returns what is wrong with the target by the check of this id, or "" if nothing is; and
        why what differs is accepted, or "" if nothing does.

        Raises KeyboardInterrupt when it was interrupted.
        """
        try:
            ready = self.load()
        except TargetError as error:
            return str(error), ""
        settings = replace(self._settings, checks=(identity,))
        outcome = ready.run(settings, baseline=self._baseline)
        if outcome.interrupted:
            raise KeyboardInterrupt
        if outcome.exit_code:
            lines = ready.header(settings), *outcome.lines(ready.target.imports)
            return str(Report(lines)), ""
        accepted = (outcome.accepted(finding) for _, finding in outcome.findings)
        return "", "; ".join(dict.fromkeys(entry.reason for entry in accepted if entry))

    def close(self) -> None:
        """Ends the processes of the target; it is loaded again if it is needed."""
        self._ready = None
        self._stack.close()
