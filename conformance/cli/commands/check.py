"""The command ``check``."""

from __future__ import annotations

from typing import Any

import click

from ...runs.settings import DEFAULT_PHASES
from ..run_command import run_and_show
from ..run_options import exitfirst_option, run_options


@click.command("check")
@run_options(DEFAULT_PHASES)
@exitfirst_option
def command(**options: Any) -> None:
    """Check TARGET against the reference.

    TARGET is a module that can be imported here; a folder or a Python interpreter, and a module in
    it; or a requirement, which is installed into an environment of its own, kept for later runs.
    The target runs in a process of its own. [tool.h11spec] in pyproject.toml sets defaults for the
    arguments and options.

    \b
        h11spec check h11
        h11spec check my_fork/src::h11
        h11spec check /usr/bin/pypy3::h11
        h11spec check pip:h11==0.14.0 --against pip:h11==0.15.0
        h11spec check h11 --max-examples 20000 --seed random --record run.jsonl
    """
    run_and_show(**options)
