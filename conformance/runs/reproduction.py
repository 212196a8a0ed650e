"""Whether the scripts that a run shows do show it, on their own.

Owns who runs them, and what it means that a script reproduces a finding: its test fails on the
target and passes on the expected side; or, where there is no test, the two print other things.
Scripts run in a fresh interpreter, which is what the reader of a report has.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from ...strategies.programs import Json
from ..targets.target import Target
from .outcome import Outcome, Reproductions

_SOURCE = Path(__file__).with_name("script_runner.py")
_REFERENCE = ("from h11spec import reference as h11",)
# So many scripts are run by one interpreter, each in a child of it.
_PATIENCE = 600


def reproduced(outcome: Outcome, target: Target, against: Target | None) -> Reproductions:
    """Returns, by its lines, what each script of the findings printed, and whether it reproduces.

    Args:
        against: the target on the expected side; None for the reference.
    """
    scripts: dict[tuple[str, ...], list[str]] = {}
    for result, finding in outcome.findings:
        # What grows would take its time again, and what nobody has to act on can wait for them.
        if outcome.fails(result, finding) and finding.kind != "complexity":
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
    """The lines with other imports in the place of those that they begin with."""
    return (*others, *lines[len(imports) :]) if lines else ()


def _run(python: str | None, scripts: Iterable[Sequence[Sequence[str]]]) -> list[Json]:
    """Runs scripts and their tests by a fresh interpreter; what it did not get to is no answer."""
    pairs = [["\n".join(script), "\n".join(test)] for script, test in scripts]
    if not pairs:
        return []
    done = subprocess.run(
        [python or sys.executable, "-c", _SOURCE.read_text("utf-8")],
        input=json.dumps(pairs),
        capture_output=True,
        text=True,
        check=False,
        timeout=_PATIENCE,
    )
    answers: list[Json] = [json.loads(line) for line in done.stdout.splitlines()]
    left: Json = {"printed": "", "passed": None}
    return [*answers, *(left for _ in pairs[len(answers) :])]
