"""Observes which lines of the target's own source a program executes, step by step.

Owns the tracing, and which files are the target's own. It must not know what is concluded from the
lines.
"""

# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false
# Everything comes from an implementation whose types are under test.

from __future__ import annotations

import contextlib
import functools
import os
import sys
from typing import Any, Dict, Generator, Iterator, NamedTuple, Tuple

# A line that was executed: the file, the line executed before it in the same function (0 at its
# beginning), and the line itself. The values of a step are in the order of their last execution.
_Arc = Tuple[str, int, int]
_Step = Dict[_Arc, None]
_Function = Tuple[int, int, str]
_OUTSIDE = "<module>"


def executed(
    interpreter: Any, loading: Any, h11: Any, program: dict[str, Any]
) -> Iterator[dict[str, Any]]:
    """Runs a program, and yields an empty observation for each step, and one with its lines.

    Args:
        interpreter: the step interpreter's module.
        loading: the module that knows where a target comes from.
        h11: the implementation's namespace.
        program: the program in its JSON form.

    The last observation is ``{"lines": found}``. In it are ``functions``, each with the path of its
    file from the parent of the target's package, and its qualified name; ``arcs``, each with the
    index of a function, the line executed before in it (0 at its beginning), the line, and the
    number of expressions and statements that begin in the line; ``steps``, each with the indices of
    the arcs that it executed, in the order of their last execution; and ``raised``, for each step
    the index of a function and the line of each own frame of the exception that it raised, the
    innermost first. A step that raises nothing has no frames. ``paths`` says where each file is. A
    target without source in Python has no arcs.
    """
    own = OwnFiles(loading.adapted(h11), loading)
    steps: list[_Step] = []
    raised: list[list[tuple[str, int]]] = []
    with _errors_kept(interpreter) as errors:
        observations = iter(interpreter.observations(h11, program))
        while True:
            step: _Step = {}
            del errors[:]
            with _traced(own, step):
                observation = next(observations, None)
            if observation is None:
                break
            steps.append(step)
            raised.append(own.frames(errors[-1]) if errors else [])
            yield {}
    yield {"lines": _answer(own, steps, raised)}


def _answer(
    own: OwnFiles, steps: list[_Step], raised: list[list[tuple[str, int]]]
) -> dict[str, Any]:
    functions: dict[tuple[str, str], int] = {}
    arcs: dict[_Arc, int] = {}

    def function(path: str, line: int) -> int:
        return functions.setdefault((own.names[path], own.function(path, line)), len(functions))

    for step in steps:
        for arc in step:
            arcs.setdefault(arc, len(arcs))
    return {
        "arcs": [
            [function(path, line), before, line, own.source(path).sizes.get(line, 0)]
            for path, before, line in arcs
        ],
        "steps": [[arcs[arc] for arc in step] for step in steps],
        "raised": [[[function(path, line), line] for path, line in frames] for frames in raised],
        "functions": [list(each) for each in functions],
        "paths": {name: path for path, name in own.names.items()},
    }


class OwnFiles:
    """The source files of the target's package, and the functions in them.

    Args:
        module: the target; in place of an adapter, what it adapts.
        loading: the module that knows where a target comes from.
    """

    def __init__(self, module: Any, loading: Any) -> None:
        file = loading.file_of(module)
        # A module that was made in memory has no files: the current folder's are not its own.
        self._has_files = file is not None
        path = os.path.realpath(file or "")
        # A module in a package belongs to all of it; "" means that it stands alone.
        # A module may have a __getattr__ that answers for another one.
        named = getattr(module, "__dict__", {})
        alone = not named.get("__package__") and "__path__" not in named and os.path.isfile(path)
        folder = path if os.path.isdir(path) else os.path.dirname(path)
        self._only = path if alone else ""
        self._folder = os.path.join(folder, "")
        self._parent = folder if alone else os.path.dirname(folder)
        self._known: dict[str, str | None] = {}
        self._sources: dict[str, _Source] = {}
        # The path of each file that code was executed of, from the parent of the package.
        self.names: dict[str, str] = {}

    def path(self, code: Any) -> str | None:
        """Returns the path of the file that code comes from; None if it is not the target's."""
        file = code.co_filename
        if file not in self._known:
            self._known[file] = self._own(file)
        return self._known[file]

    def has(self, file: str | None) -> bool:
        """Whether a file is source of the target."""
        return bool(file) and self._own(str(file)) is not None

    def _own(self, file: str) -> str | None:
        path = os.path.realpath(file)
        inside = self._has_files and (
            path == self._only if self._only else path.startswith(self._folder)
        )
        if not inside or not path.endswith(".py") or not os.path.isfile(path):
            return None
        self.names[path] = os.path.relpath(path, self._parent).replace(os.sep, "/")
        return path

    def frames(self, error: BaseException) -> list[tuple[str, int]]:
        """Returns the path and the line of each own frame of an exception, the innermost first."""
        found: list[tuple[str, int]] = []
        traceback = error.__traceback__
        while traceback is not None:
            path = self.path(traceback.tb_frame.f_code)
            if path is not None:
                found.append((path, traceback.tb_lineno))
            traceback = traceback.tb_next
        return found[::-1]

    def function(self, path: str, line: int) -> str:
        """Returns the qualified name of the innermost function with a name around a line."""
        around = [each for each in self.source(path).functions if each[0] <= line <= each[1]]
        return max(around)[2] if around else _OUTSIDE

    def source(self, path: str) -> _Source:
        """Returns what is in a file."""
        if path not in self._sources:
            self._sources[path] = _source(path, os.path.getmtime(path))
        return self._sources[path]


class _Source(NamedTuple):
    """The functions of a file, and the number of nodes that begin in each line.

    Of a function, there are the first and the last line, and the qualified name: not all versions
    of Python know the qualified name of code.
    """

    functions: list[_Function]
    sizes: dict[int, int]


@functools.lru_cache(maxsize=None)  # parsing takes longer than running a program
def _source(path: str, modified: float) -> _Source:
    # Most workers never look for lines: they start sooner, and leave the target more memory.
    import ast

    functions: list[_Function] = []
    sizes: dict[int, int] = {}
    try:
        with open(path, "rb") as file:
            left: list[tuple[Any, str]] = [(ast.parse(file.read()), "")]
    except (SyntaxError, ValueError):  # the file has changed since it was imported
        left = []
    while left:
        node, prefix = left.pop()
        for child in ast.iter_child_nodes(node):
            inner = prefix
            if isinstance(child, (ast.expr, ast.stmt)):
                sizes[child.lineno] = sizes.get(child.lineno, 0) + 1
            if isinstance(child, ast.ClassDef):
                inner = prefix + child.name + "."
            elif isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)):
                first = min([child.lineno, *(each.lineno for each in child.decorator_list)])
                # It is there since Python 3.8, whose type stubs do not promise it.
                end: Any = child.end_lineno
                functions.append((first, end, prefix + child.name))
                inner = prefix + child.name + ".<locals>."
            left.append((child, inner))
    return _Source(functions, sizes)


@contextlib.contextmanager
def _errors_kept(interpreter: Any) -> Generator[list[BaseException], None, None]:
    """Yields a list that gets each exception which the interpreter catches from a call."""
    kept: list[BaseException] = []
    original = interpreter.CallRaised

    def keep(self: Any, by: str, error: BaseException) -> None:
        kept.append(error)
        original.__init__(self, by, error)

    interpreter.CallRaised = type("CallRaised", (original,), {"__init__": keep})
    try:
        yield kept
    finally:
        interpreter.CallRaised = original
        kept.clear()


@contextlib.contextmanager
def _traced(own: OwnFiles, step: _Step) -> Generator[None, None, None]:
    """Adds the lines of the target that are executed in the block to a step."""
    monitoring: Any = getattr(sys, "monitoring", None)  # Python 3.12 and later
    tool = None if monitoring is None else _free_tool(monitoring)
    with _settrace(own, step) if tool is None else _monitored(own, step, monitoring, tool):
        yield


def _free_tool(monitoring: Any) -> int | None:
    """Returns the number of a tool that nothing else uses, such as the coverage of this process."""
    return next((each for each in range(6) if monitoring.get_tool(each) is None), None)


@contextlib.contextmanager
def _monitored(
    own: OwnFiles, step: _Step, monitoring: Any, tool: int
) -> Generator[None, None, None]:
    last: dict[Any, int] = {}

    def start(code: Any, offset: int) -> Any:
        last[code] = 0
        return monitoring.DISABLE if own.path(code) is None else None

    def line(code: Any, number: int) -> Any:
        path = own.path(code)
        if path is None:
            return monitoring.DISABLE
        arc = path, last.get(code, 0), number
        step.pop(arc, None)
        step[arc] = None
        last[code] = number
        return None

    events = monitoring.events
    monitoring.use_tool_id(tool, "h11spec")
    try:
        monitoring.register_callback(tool, events.PY_START, start)
        monitoring.register_callback(tool, events.LINE, line)
        monitoring.restart_events()
        monitoring.set_events(tool, events.PY_START | events.LINE)
        yield
    finally:
        monitoring.set_events(tool, 0)
        monitoring.register_callback(tool, events.PY_START, None)
        monitoring.register_callback(tool, events.LINE, None)
        monitoring.free_tool_id(tool)


@contextlib.contextmanager
def _settrace(own: OwnFiles, step: _Step) -> Generator[None, None, None]:
    def enter(frame: Any, event: str, argument: Any) -> Any:
        path = own.path(frame.f_code)
        if path is None:
            return None
        last = 0

        def follow(frame: Any, event: str, argument: Any) -> Any:
            nonlocal last
            if event == "line":
                number: int = frame.f_lineno
                arc = path, last, number
                step.pop(arc, None)
                step[arc] = None
                last = number
            return follow

        return follow

    before = sys.gettrace()
    sys.settrace(enter)
    try:
        yield
    finally:
        sys.settrace(before)
