"""The worker runs on other versions and implementations of Python, with the same traces."""

import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from processes_helper import Place

pytestmark = pytest.mark.slow

PYTHONS = ("pypy3", "python3.8", "python3.9", "python3.12", "python3.13", "python3.14")


@pytest.mark.parametrize("name", PYTHONS)
def test_h11_agrees_on_another_python(place: Place, name: str) -> None:
    """h11 behaves on it as the reference does on this one."""
    python = shutil.which(name)
    if (
        python is None
        or subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode
    ):
        pytest.skip(f"there is no {name} here")
    spec = find_spec("h11")
    assert spec is not None
    assert spec.origin is not None
    library = place.folder / "library"
    library.mkdir()
    (library / "h11").symlink_to(Path(spec.origin).parent)
    run = place.check(f"{python}::h11", "--max-examples", "40", PYTHONPATH=str(library))
    assert run.code == 0, run.out + run.err
    expected = "PyPy 3" if name == "pypy3" else f"CPython {name.removeprefix('python')}"
    assert run.record[0]["target"]["python"].startswith(expected)
    assert place.left_behind() == []


def test_without_fork_a_target_is_checked_in_process(place: Place) -> None:
    """As on Windows, which has neither fork nor the module that sets limits."""
    program = (
        "import os, sys; sys.modules['resource'] = None; del os.fork\n"
        "from h11spec.conformance.cli.main import main\n"
        "main(['check', 'h11', '--phases=search', '--max-examples', '5', *sys.argv[1:]])"
    )
    for options, code in ((["--in-process"], 0), ([], 3)):
        command = [sys.executable, "-c", program, *options]
        done = subprocess.run(
            command, cwd=place.folder, capture_output=True, text=True, check=False
        )
        assert done.returncode == code, done.stderr
    assert "check it with --in-process" in done.stderr
