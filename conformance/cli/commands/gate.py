"""The command ``gate``: the same answer every time, for a workflow to rely on."""

from __future__ import annotations

from typing import Any

import click

from ...runs.settings import GATE_PHASES
from ..run_command import run_and_show
from ..run_options import run_options


@click.command("gate")
@run_options(GATE_PHASES)
def command(**options: Any) -> None:
    """Check TARGET in the same way every time, and let accepted findings pass.

    Runs all that does not depend on chance. Exits with 0 when everything that fails is in the
    baseline, and all of the baseline is still so; with 1 for a finding that is in no entry, for an
    entry that nothing shows any more, and for a run that did not get to its end.

    \b
        h11spec gate my_fork/src::h11
        h11spec gate my_fork --baseline h11spec-baseline.toml --record run.jsonl
    """
    run_and_show(**options)
