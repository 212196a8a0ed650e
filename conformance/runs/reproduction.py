"""Whether the scripts of the findings reproduce them.

Owns what that means: the test of a script fails on the target and passes on the expected side; or,
without a test, the script prints something else on the two. Scripts run in a fresh interpreter, as
the reader of a report runs them. It must not know how a script is written.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from ...strategies.program import Json
from ..targets.target import Target
from .outcome import Outcome, Reproductions

_SOURCE = Path(__file__).with_name("script_runner.py")
_REFERENCE = ("from h11spec import reference as h11",)
# In seconds, for all scripts of an implementation together.
_TIMEOUT = 600


def run_scripts(outcome: Outcome, target: Target, against: Target | None) -> Reproductions:
    """Returns for the lines of each script what it printed, and whether it reproduces its finding.

    Args:
        against: the target on the expected side; None for the reference.
    """
    scripts: dict[tuple[str, ...], list[str]] = {}
    for _, finding in outcome.findings:
        # Measuring growth takes long.
        if finding.kind != "complexity" and not finding.unconfirmed:
            form = finding.to_json(imports=target.imports)
            scripts.setdefault(tuple(form["script"]), form.get("test") or [])
    imports = _REFERENCE if against is None else tuple(against.imports)
    on_target = _run(target.python, scripts.items())
    others = [
        tuple(_with_imports(lines, target.imports, imports) for lines in pair)
        for pair in scripts.items()
    ]
    on_expected = _run(None if against is None else against.python, others)
    pairs = zip(on_target, on_expected, strict=True)
    return {
        script: {"output": mine["printed"], "reproduced": _differ(mine, other)}
        for script, (mine, other) in zip(scripts, pairs, strict=True)
    }


def _differ(mine: Json, other: Json) -> bool:
    if mine["passed"] is None:
        return bool(mine["printed"] != other["printed"])
    return bool(other["passed"] and not mine["passed"])


def _with_imports(
    lines: Sequence[str], imports: Sequence[str], others: Sequence[str]
) -> tuple[str, ...]:
    """Replaces the imports that the lines begin with."""
    return (*others, *lines[len(imports) :]) if lines else ()


def _run(python: str | None, scripts: Iterable[Sequence[Sequence[str]]]) -> list[Json]:
    """Runs scripts and their tests in a fresh interpreter, each in a child process of it.

    A script that is not run, because the interpreter ended, has no output and no verdict.
    """
    pairs = [["\n".join(script), "\n".join(test)] for script, test in scripts]
    if not pairs:
        return []
    done = subprocess.run(
        [python or sys.executable, "-c", _SOURCE.read_text("utf-8")],
        input=json.dumps(pairs),
        capture_output=True,
        text=True,
        check=False,
        timeout=_TIMEOUT,
    )
    answers: list[Json] = [json.loads(line) for line in done.stdout.splitlines()]
    not_run: Json = {"printed": "", "passed": None}
    return [*answers, *(not_run for _ in pairs[len(answers) :])]
