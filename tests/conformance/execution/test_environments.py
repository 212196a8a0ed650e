"""Environments of targets are made once, found again without a network, and removed."""

import base64
import hashlib
import json
import os
import signal
import sys
import zipfile
from pathlib import Path

import pytest
from processes_helper import SEARCH, Place, until

from h11spec.conformance.execution import environments

# No package index can be reached, so whatever works here works without a network.
OFFLINE = {"PIP_INDEX_URL": "http://127.0.0.1:9/", "PIP_NO_INDEX": "1"}
SOURCE = "from h11spec.reference import *\n__version__ = '1'\n"


def wheel(folder: Path) -> Path:
    """A wheel of a package ``tiny``, made by hand: nothing has to be built or downloaded."""
    info = "tiny-1.dist-info"
    files = {
        "tiny.py": "raise ImportError('only installed')\n",
        f"{info}/METADATA": "Metadata-Version: 2.1\nName: tiny\nVersion: 1\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{name},sha256={_digest(text)},{len(text)}\n" for name, text in files.items())
    path = folder / "tiny-1-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in {**files, f"{info}/RECORD": f"{record}{info}/RECORD,,\n"}.items():
            archive.writestr(name, text)
    return path


def _digest(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


def kept(place: Place) -> list[Path]:
    """What is in the folder of environments, finished or not."""
    return sorted(place.cache.glob("h11spec/targets/*"))


@pytest.mark.slow
def test_an_environment_is_made_once_found_again_listed_and_cleared(place: Place) -> None:
    """All in one test, because making one takes seconds."""
    target = f"pip:{wheel(place.folder)}"
    # Of two runs at the same time, the second one uses what the first one has made.
    with (
        place.started("check", SEARCH, target, **OFFLINE) as one,
        place.started("check", SEARCH, target, **OFFLINE) as other,
    ):
        ends = [place.ended(one), place.ended(other)]
    assert [end.code for end in ends] == [3, 3]
    assert ends[0].err == ends[1].err
    assert "importing 'tiny' raises ImportError: only installed" in ends[0].err
    [made] = kept(place)
    label = made / "h11spec.json"
    assert json.loads(label.read_text())["module"] == "tiny"
    time_made = label.stat().st_mtime_ns
    # Folders of that name, here and on the PYTHONPATH, must not be used instead.
    (place.folder / "enum.py").write_text("raise SystemError")
    (place.folder / "tiny").mkdir()
    (place.folder / "tiny" / "__init__.py").write_text(SOURCE)
    again = place.check(target, **OFFLINE, PYTHONPATH=str(place.folder))
    assert again.err == ends[0].err
    absent = place.check(f"{target}::absent", **OFFLINE, PYTHONPATH=str(place.folder))
    assert "there is no module 'absent' for " in absent.err
    assert label.stat().st_mtime_ns == time_made
    listed = place.run("targets", "list")
    assert target in listed.out
    assert str(made) in listed.out
    assert place.run("targets", "clear").out.startswith("1 environment removed from ")
    assert place.run("targets", "list").out == ""
    assert kept(place) == []
    assert place.left_behind() == []


@pytest.mark.slow
def test_a_failed_installation_is_one_sentence(place: Place) -> None:
    """Without the package or the network; nothing remains, and --verbose shows pip's output."""
    run = place.check("pip:h11==0.14.0", "--verbose", **OFFLINE)
    assert run.code == 3
    *details, message = run.err.splitlines()
    assert message.startswith("h11spec: pip cannot install 'h11==0.14.0': No matching distribution")
    assert message.endswith("correct the name, or check the network")
    assert any("Could not find a version" in line for line in details)
    assert kept(place) == []
    assert place.left_behind() == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_an_interrupted_installation_leaves_nothing_behind(place: Place, number: int) -> None:
    """Neither a folder nor a process."""
    with place.started("check", SEARCH, f"pip:{wheel(place.folder)}", **OFFLINE) as process:
        until(lambda: kept(place))
        process.send_signal(number)
        run = place.ended(process)
    assert run.code == 130, run.err
    assert kept(place) == []
    assert place.left_behind() == []


def test_a_cache_that_cannot_be_written(place: Place) -> None:
    """The message says how to fix it."""
    run = place.check("pip:h11==0.14.0", XDG_CACHE_HOME="/dev/null/nowhere", **OFFLINE)
    assert run.code == 3
    assert "cannot make an environment in /dev/null/nowhere" in run.err


@pytest.mark.slow
def test_a_release_needs_the_network_once(place: Place) -> None:
    """It is downloaded, then found in the cache, and is the release that was asked for."""
    impatient = {"PIP_RETRIES": "0", "PIP_DEFAULT_TIMEOUT": "15"}
    cold = place.check("pip:h11==0.14.0", "--max-examples", "2", "--verbose", **impatient)
    if "pip cannot install" in cold.err:
        pytest.skip(f"no package index can be reached: {cold.err.splitlines()[-1]}")
    warm = place.check("pip:h11==0.14.0", "--max-examples", "2", **OFFLINE)
    assert warm.code == cold.code
    assert warm.record[0]["target"]["distribution"] == "h11 0.14.0"


# Behaves like a Python whose venv and pip have nothing to do, which saves seconds.
IDLE_PYTHON = """#!/bin/sh
case "$1 $2" in
    "-m venv") mkdir "$3/bin" && cp "$0" "$3/bin/python" ;;
    "-m pip") echo '{"install": []}' > "$7" ;;  # after --report
esac
"""


def test_an_edited_local_project_is_installed_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If any of its files was edited, in whatever folder; otherwise it is installed once."""
    python = tmp_path / "python"
    python.write_text(IDLE_PYTHON)
    python.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(python))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    project = tmp_path / "project"
    module = project / "src" / "package" / "module.py"
    module.parent.mkdir(parents=True)
    for file in (project / "pyproject.toml", module):
        file.touch()
    first = environments.environment(str(project))
    assert environments.environment(str(project)) == first
    later = module.stat().st_mtime + 60
    os.utime(module, (later, later))
    assert environments.environment(str(project)).folder != first.folder
    assert len(list(environments.environments())) == 2
