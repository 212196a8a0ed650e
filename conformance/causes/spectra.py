"""Spectra: the lines of the target's own source that a program executed, step by step.

Owns the places in a source, and how programs are traced. It must not know which places are
suspicious.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from ...strategies.program import Json, Program
from ..execution.executor import Executor


class Place(NamedTuple):
    """A line of the target's source.

    ``file`` is the path from the parent of the target's package, and ``function`` the qualified
    name of the function around the line.
    """

    file: str
    line: int
    function: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}, in {self.function.rpartition('.')[2]}"


class Edge(NamedTuple):
    """A line that was executed, and the line before it in the same function, 0 at its beginning.

    ``size`` is the number of expressions and statements that begin in the line.
    """

    place: Place
    before: int = 0
    size: int = 1


@dataclass(frozen=True)
class LineSet:
    """What a program executed: the edges of each step, in the order of their last execution.

    ``raised`` are the target's own frames of the exception that the last step raised, the innermost
    first. ``paths`` says where each of the files is.
    """

    steps: tuple[tuple[Edge, ...], ...]
    raised: tuple[Place, ...] = ()
    paths: Mapping[str, str] = field(default_factory=dict[str, str])

    @classmethod
    def from_json(cls, lines: Json) -> LineSet:
        """Returns the spectrum that ``executed_lines`` of an executor has for a program."""
        functions: list[tuple[str, str]] = lines["functions"]
        arcs: list[tuple[int, int, int, int]] = lines["arcs"]
        steps: list[list[int]] = lines["steps"]
        raised: list[list[tuple[int, int]]] = lines["raised"]

        def place(function: int, line: int) -> Place:
            file, name = functions[function]
            return Place(file, line, name)

        edges = [Edge(place(function, line), before, size) for function, before, line, size in arcs]
        return cls(
            tuple(tuple(edges[index] for index in step) for step in steps),
            tuple(place(*frame) for frames in raised[-1:] for frame in frames),
            lines.get("paths", {}),
        )


def traced(executor: Executor, programs: Sequence[Program]) -> list[LineSet | None]:
    """Returns what each program executes on a target; None for one that ends in a fault."""
    answers = executor.executed_lines(programs)
    return [LineSet.from_json(each["lines"]) if "lines" in each else None for each in answers]
