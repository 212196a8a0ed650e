"""A program of version 2 has the same trace on other Pythons that workers run on."""

import json
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

import pytest

from h11spec import reference
from h11spec.strategies import interpreter
from h11spec.strategies.program import (
    Again,
    Call,
    Change,
    Connection,
    Drain,
    EventSpec,
    On,
    Program,
    Read,
    Typed,
)
from h11spec.strategies.traces import run

CHUNKS = b"PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n1\r\nb\r\n"
REQUEST = EventSpec.of("Request", method=b"GET", target=b"/", headers=[(b"Host", b"a")])
EVERYTHING = Program(
    "server",
    (
        Call("receive_data", (), (("data", Typed("memoryview_of_bytearray", CHUNKS.decode())),)),
        Change("arguments"),
        Drain(),
        On(1, Call("send", (Typed("event", REQUEST),))),
        On(1, Call("send", (Typed("items", ((b"a", b"b"),)),))),
        On(1, Read("states")),
        Call("receive_data", (Typed("api", "PAUSED"),)),
        Again(),
        Change("results"),
        Again(),
    ),
    1000,
    (Connection("client"),),
)
# Runs the interpreter from its source, as a worker does.
RUNNER = """
import json, sys, types
import h11
module = types.ModuleType("interpreter")
exec(compile(open(sys.argv[1], encoding="utf-8").read(), "interpreter", "exec"), vars(module))
print(json.dumps(module.run(h11, json.loads(sys.argv[2]))))
"""


@pytest.mark.slow
@pytest.mark.parametrize("name", ["pypy3", "python3.8"])
def test_a_program_runs_on_another_python(name: str) -> None:
    """With the same trace, except for the texts of errors that Python raises."""
    python = shutil.which(name)
    if (
        python is None
        or subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode
    ):
        pytest.skip(f"there is no {name} here")
    spec = find_spec("h11")
    assert spec is not None
    assert spec.origin is not None
    done = subprocess.run(
        [python, "-c", RUNNER, interpreter.__file__, EVERYTHING.to_text()],
        env={"PYTHONPATH": str(Path(spec.origin).parents[1])},
        capture_output=True,
        text=True,
        check=True,
    )
    seen, expected = json.loads(done.stdout), run(reference, EVERYTHING).form
    for form in (*seen, *expected):
        form.get("raised", {}).pop("text", None)
    assert seen == expected
