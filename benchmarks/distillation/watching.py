"""What a program covers in the reference: pairs of consecutive lines, and items of model coverage.

Owns the tracing; meanwhile, nothing else may trace this process.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

from h11spec import reference
from h11spec.benchmarks.distillation.pool import Feature
from h11spec.strategies import interpreter
from h11spec.strategies.model_coverage import ModelCoverage
from h11spec.strategies.program import Program

_FOLDER = str(Path(reference.__file__).parent)
# The dimensions of model coverage that are finite and that traces do not show completely.
_DIMENSIONS = ("joint state", "transition", "refused event", "error site", "framing", "status hint")

Trace = Callable[[FrameType, str, Any], Any]


def watched(program: Program) -> Iterator[Feature]:
    """Yields the features that the program covers."""
    for arc in arcs(program):
        yield "arc", *arc
    reach = ModelCoverage()
    reach.add(program)
    for dimension in _DIMENSIONS:
        for item in reach.counts[dimension]:
            yield "cell", dimension, item


def arcs(program: Program) -> set[tuple[str, int, int]]:
    """Returns the pairs of consecutively executed lines of the reference: file and line numbers.

    Line 0 precedes the first line of a function and follows its last.
    """
    found: set[tuple[str, int, int]] = set()

    def enter(frame: FrameType, event: str, argument: Any) -> Trace | None:
        file = frame.f_code.co_filename
        if not file.startswith(_FOLDER):
            return None
        last = 0

        def follow(frame: FrameType, event: str, argument: Any) -> Trace:
            nonlocal last
            if event in ("line", "return"):
                now = frame.f_lineno if event == "line" else 0
                found.add((file, last, now))
                last = now
            return follow

        return follow

    tracing = sys.gettrace()
    sys.settrace(enter)
    try:
        interpreter.run(reference, program.to_json())
    finally:
        sys.settrace(tracing)
    return {(Path(file).name, before, after) for file, before, after in found}
