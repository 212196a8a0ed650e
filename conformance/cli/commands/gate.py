"""The command ``gate``."""

from __future__ import annotations

from typing import Any

import click

from ...runs.settings import GATE_PHASES
from ..run_command import run_and_show
from ..run_options import exitfirst_option, run_options


@click.command("gate")
@run_options(GATE_PHASES)
@exitfirst_option
def command(**options: Any) -> None:
    """Check TARGET with a deterministic result, and accept the causes in the baseline.

    Runs the phases that do not depend on chance. Exits with 0 if every failing cause is in the
    baseline and no entry is stale; with 1 for a cause that is not in the baseline, for an entry
    whose difference no longer occurs, and for an incomplete run.

    \b
        h11spec gate my_fork/src::h11
        h11spec gate my_fork --baseline h11spec-baseline.toml --record run.jsonl
    """
    run_and_show(**options)
