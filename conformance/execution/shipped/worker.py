"""The worker process: loads the target, and answers batches of programs until the run ends.

Owns the messages. Its source is sent to the target's interpreter by execnet; the first message
brings the sources of the other shipped modules. It must not know how programs are isolated.

Messages are lines of JSON, both ways. The first one is the order: it names the target, and a file
for what the target prints. It is answered with the process id, and then with the provenance of the
target's code or with what is wrong with it. All others are batches: a line of terms, and one line
for each program, or in its place for an expression, a program to be timed or traced, or steps to
be repeated while memory is measured. The answer has a line for each: its trace; or null, if it was
not run because too many before it faulted; or the word golden, if its group has one of the golden
digests.
"""

from __future__ import annotations

import faulthandler
import json
import os
import signal
import sys
import types
from typing import Any

_PACKAGE = "h11spec_shipped"


def serve(channel: Any) -> None:
    """Answers the messages of one run, until the controller closes the channel."""
    os.setpgid(0, 0)  # Ctrl-C is for the controller, which then ends this process group
    # Some processes are started with SIGINT ignored, but execnet ends an orphaned worker with it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    order: dict[str, Any] = json.loads(channel.receive())
    shipped = _install(order["shipped"])
    output = shipped.output.Output(order["output"])
    output.redirect()
    faulthandler.enable(file=2)
    channel.send(os.getpid())
    target, answer = _load(order, shipped)
    channel.send(json.dumps(answer, default=str))
    output.take()  # no step is to blame for what was printed while loading
    sandbox = shipped.sandbox.Sandbox(_observer(target, shipped), output)
    for message in channel:
        terms, *programs = message.split("\n")
        traces = sandbox.run(programs, json.loads(terms))
        not_run = shipped.protocol.NOT_RUN
        channel.send("".join((not_run if each is None else each) + "\n" for each in traces))


def _install(sources: dict[str, str]) -> Any:
    """Returns a package of modules made from their sources, in which they import each other."""
    package: Any = types.ModuleType(_PACKAGE)
    package.__path__ = []
    sys.modules[_PACKAGE] = package
    for name, source in sources.items():
        module = types.ModuleType(_PACKAGE + "." + name)
        module.__package__ = _PACKAGE
        sys.modules[module.__name__] = module
        # Tracebacks name the module; the source is not a file there.
        code = compile(source, "h11spec/" + name + ".py", "exec")
        exec(code, module.__dict__)  # noqa: S102 (our own)
        setattr(package, name, module)
    return package


def _load(order: dict[str, Any], shipped: Any) -> tuple[Any, dict[str, Any]]:
    """Loads the target; returns it, and the answer to the order."""
    loading = shipped.loading
    target: Any = None
    unlimit_memory = shipped.resources.limit_memory(order["memory"])
    try:
        os.chdir(order["here"])
        target = loading.load(order["module"], order["folder"])
        missing = [name for name in order["needed"] if not hasattr(target, name)]
        answer = {"missing": missing} if missing else loading.provenance(target)
        answer["file"] = loading.file_of(target)
    except BaseException as error:
        answer = {"error": loading.import_error(order["module"], error)}
    unlimit_memory()
    return target, answer


def _observer(target: Any, shipped: Any) -> Any:
    """Returns a function that answers one line of a batch on the target."""
    interpreter, timing, expressions = shipped.interpreter, shipped.timing, shipped.expressions
    retention, lines, loading = shipped.retention, shipped.lines, shipped.loading
    editions = shipped.editing.Editions(interpreter, loading, target)
    # Only the target can interrupt a child: whatever comes out of a call is the target's doing.
    interpreter.CAUGHT = BaseException

    def observe(program: Any) -> Any:
        if "timed" in program:
            return [timing.cost(interpreter, target, program["timed"])]
        if "repeated" in program:
            return retention.live_memory(interpreter, target, program["repeated"])
        if "traced" in program:
            return lines.executed(interpreter, loading, target, program["traced"])
        if "edit" in program:
            return editions.observations(program["edit"], program["program"])
        if "expression" in program:
            return expressions.evaluate(target, [program["expression"]])
        return interpreter.observations(target, program)

    return observe


if __name__ == "__channelexec__":
    serve(channel)  # type: ignore[name-defined]  # noqa: F821 (execnet puts it there)
