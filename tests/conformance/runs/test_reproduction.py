"""Scripts and tests of findings: they reproduce the finding in a fresh interpreter."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from command_helper import faulty, h11spec
from records_helper import record_lines

from h11spec.conformance.execution import expression_scripts
from h11spec.conformance.execution.shipped import expressions
from h11spec.conformance.requirements.surface import load
from h11spec.conformance.runs import script_runner

# Several kinds of difference each, from small checks.
FAULTY = {
    "drops_trailers": "chunked/",
    "takes_any_footer": "chunked/",
    "forgets_failure": "contract/",
    "closes_after_failure": "contract/",
    "lower_case_host": "contract/",
    "lowers_raw_names": "contract/",
    "keeps_old_peers": "persistence/",
    "never_pauses": "contract/",
}


def findings(target: str, check: str, folder: Path) -> list[dict[str, Any]]:
    record = folder / "run.jsonl"
    arguments = f"--checks={check}", "--phases=sweeps", "--in-process"
    h11spec("gate", target, *arguments, "--record", record)
    return [line for line in record_lines(record) if line["kind"] == "finding" and line["fails"]]


@pytest.mark.slow
@pytest.mark.parametrize("name", FAULTY)
def test_each_script_reproduces_its_finding(name: str, tmp_path: Path) -> None:
    found = findings(faulty(name), FAULTY[name], tmp_path)
    assert found
    assert [each["identity"] for each in found if not each["reproduced"]] == []


@pytest.mark.unmeasured
@pytest.mark.parametrize("name", ["takes_any_footer", "never_pauses"])
def test_a_script_needs_only_the_target(name: str, tmp_path: Path) -> None:
    """It is saved to a file, and run by a Python that need not have this package."""
    found = findings(faulty(name), FAULTY[name], tmp_path)[0]
    file = tmp_path / "script.py"
    file.write_text("\n".join(found["script"]) + "\n")
    done = subprocess.run([sys.executable, str(file)], capture_output=True, text=True, check=False)
    assert done.stdout.splitlines() == [
        line for line in found["output"].splitlines() if line in done.stdout
    ]
    assert done.stdout
    assert "h11spec" not in "".join(found["script"]).replace(str(Path(__file__).parents[3]), "")


def test_every_expression_has_a_standalone_script() -> None:
    """It prints the same answer, and defines all functions that it uses."""
    import h11

    plain = (bool, int, str, type(None))
    tried = 0
    for expression in load()[::7]:
        [answer] = expressions.evaluate(h11, [expression.text])
        script = "\n".join(["import h11", *expression_scripts.script(expression.text)])
        printed = script_runner.run(script, "")["printed"]
        if "raised" in answer:
            assert printed.startswith(answer["raised"] + ":")
        elif type(answer["value"]) in plain:
            assert printed == f"{answer['value']}\n"
        tried += 1
    assert tried > 20


@pytest.mark.parametrize(
    ("script", "printed"),
    [
        ("print(1)", "1\n"),
        ("raise ValueError('a')", "ValueError: a\n"),
        ("print(1)\nimport os; os.abort()", "the interpreter died of signal 6\n"),
        ("import os; os._exit(7)", "the interpreter exited with code 7\n"),
        ("import sys; sys.exit(3)", "SystemExit: 3\n"),
        ("while True: pass", "the interpreter took too long\n"),
        ("import os\nif not os.fork():\n    import time; time.sleep(60)\nprint(4)", "4\n"),
        ("import signal\nsignal.pthread_sigmask(0, range(1, 32))\nprint(5)", "5\n"),
        ("bytes(1 << 40)", "MemoryError: \n"),
    ],
)
def test_every_end_of_a_script_is_reported(script: str, printed: str) -> None:
    pairs = json.dumps([[script, ""], ["print(2)", "def test_a():\n    assert False"]])
    source = Path(script_runner.__file__).read_text()
    done = subprocess.run(
        [sys.executable, "-c", source], input=pairs, capture_output=True, text=True, check=True
    )
    first, second = map(json.loads, done.stdout.splitlines())
    assert first == {"printed": printed, "passed": None}
    assert second == {"printed": "2\n", "passed": False}


def test_a_passing_test_is_reported_as_passed() -> None:
    assert script_runner.run("", "def test_a():\n    assert True")["passed"] is True
