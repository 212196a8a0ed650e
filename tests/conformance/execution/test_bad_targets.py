"""Targets that cannot be loaded: one clear message, exit code 3, and details with --verbose."""

import sys
from contextlib import closing
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

import pytest
from processes_helper import Place

from h11spec.conformance.execution.limits import Limits
from h11spec.conformance.execution.process import Worker
from h11spec.conformance.targets import loading
from h11spec.conformance.targets.target import TargetError, parse


class Bad(NamedTuple):
    """The source of a module, the message about it, and what --verbose adds."""

    source: str
    message: str
    details: str = ""


MODULES = {
    "raises": Bad(
        "raise ValueError('no')", "importing 'target' raises ValueError: no", "Traceback"
    ),
    "imports a missing module": Bad(
        "import nonesuch", "raises ModuleNotFoundError: No module named 'nonesuch'", "Traceback"
    ),
    "is not Python": Bad("def (:", "raises SyntaxError: invalid syntax", "def (:"),
    "exits": Bad("raise SystemExit('no')", "importing 'target' raises SystemExit: no"),
    "raises an error whose text raises": Bad(
        "class E(Exception):\n    def __str__(self): raise E\nraise E", "raises E: (no text"
    ),
    "raises a long text": Bad(
        "raise ValueError('one\\n\\n  two' + ' more' * 1000)",
        "raises ValueError: one two more more",
        "more more more",
    ),
    "raises an error without text": Bad("raise ValueError", "raises ValueError; fix that first"),
    "interrupts": Bad("raise KeyboardInterrupt", "importing 'target' raises KeyboardInterrupt"),
    "ends the process": Bad("import os\nos._exit(0)", "importing 'target' ends the process"),
    "crashes": Bad(
        "import ctypes\nctypes.string_at(0)", "importing 'target' ends the process", "target.py"
    ),
    "hangs": Bad(
        "import time\nwhile True: time.sleep(1)",
        "importing 'target' takes more than 2 seconds",
        "target.py",
    ),
    "allocates without end": Bad(
        "some = []\nwhile True: some.append(bytearray(1 << 20))", "raises MemoryError"
    ),
    "lacks names": Bad(
        "from h11spec.reference import *\ndel Connection, Data", "it lacks Connection, Data"
    ),
    "makes no connection": Bad(
        "from h11spec.reference import *\n"
        "class Connection(Connection):\n    def __init__(self): pass",
        "does not get through one exchange as client: making the connection: TypeError",
    ),
}


@pytest.mark.parametrize("name", MODULES)
def test_a_module_that_cannot_be_checked_is_reported(place: Place, name: str) -> None:
    """One sentence says what is wrong; --verbose adds Python's output; nothing remains."""
    bad = MODULES[name]
    (place.folder / "target.py").write_text(bad.source)
    limits = ["--load-time", "2" if name == "hangs" else "60"]
    limits += ["--step-time", "0.5", "--memory", "200"]
    run = place.check(f"{place.folder}::target", *limits, "--verbose")
    assert run.code == 3
    *details, message = run.err.splitlines()
    assert message.startswith("h11spec: ")
    assert bad.message in message
    assert len(message) < 500
    assert bad.details in "\n".join(details)
    assert run.out == ""
    assert place.left_behind() == []


def test_details_are_shown_only_on_request(place: Place) -> None:
    """Without --verbose, the message is one line, which names the option."""
    (place.folder / "target.py").write_text("raise ValueError('no')")
    run = place.check(f"{place.folder}::target")
    assert run.code == 3
    [line] = run.err.splitlines()
    assert line.endswith("fix that first (--verbose shows more)")


NAMES = {
    "nonesuch": "there is no module 'nonesuch' for this Python; install it (pip:nonesuch does it ",
    "h11.nonesuch": "there is no module 'h11.nonesuch' for this Python; install it",
    "h 11": "'h 11' names no target",
    "::h11": "'::h11' names no target",
    "pip:": "'pip:' names no target",
    "nowhere::h11": "'nowhere' is neither a folder nor a Python that can be run",
    "empty::h11": "there is no module 'h11' in ",
    "empty::json": "there is no module 'json' in ",
    "~no-such-user::h11": "'~no-such-user' is neither a folder nor a Python",
    "{}/old-python::h11": "is Python 3.7; a target needs 3.8 or newer",
    "{}/no-python::h11": "is not a Python that can be run",
    "{}/silent::h11": "is not a Python that can be run",
}


@pytest.mark.parametrize("name", NAMES)
def test_a_name_without_a_module_is_reported(place: Place, name: str) -> None:
    """The message says what is wrong with the name, and how to fix it."""
    (place.folder / "empty").mkdir()
    for program, line in {
        "old-python": "echo 3 7",
        "no-python": "echo 'no such option' >&2; exit 2",
        "silent": "true",
    }.items():
        (place.folder / program).write_text(f"#!/bin/sh\n{line}\n")
        (place.folder / program).chmod(0o755)
    run = place.check(name.format(place.folder))
    assert run.code == 3, run.err
    assert NAMES[name] in run.err
    assert len(run.err.splitlines()) == 1
    assert place.left_behind() == []


def test_output_while_loading_is_not_a_fault(place: Place) -> None:
    """Output is a fault only while a step runs."""
    # Like h11, the reference leaves a state out of ``__all__``.
    names = ("*", "MIGHT_SWITCH_PROTOCOL")
    source = "".join(f"from h11spec.reference import {name}\n" for name in names)
    (place.folder / "target.py").write_text(f"{source}print('loaded')\n")
    run = place.check(f"{place.folder}::target", "--max-examples", "5", "--allow-reexport")
    assert run.code == 0, run.out


def test_a_relative_python_is_not_searched_for_on_the_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``./python3`` is the file in the current folder; ``python3`` is searched for on the PATH."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(TargetError, match=r"'\./python3' is neither a folder nor a Python"):
        parse("./python3::h11")
    here = tmp_path / "python3"
    here.symlink_to(sys.executable)
    assert parse("./python3::h11").python == str(here)
    assert parse("python3::h11").python != str(here)


@pytest.mark.parametrize("name", ["enum", "json", "types"])
def test_a_module_in_this_folder_does_not_replace_the_standard_library(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """A target can be checked from, and may itself be in, a folder with an ``enum.py``."""
    (tmp_path / f"{name}.py").write_text("raise RuntimeError('not meant')")
    (tmp_path / "target.py").write_text(
        "import os\nfrom h11spec.reference import *\nos.stat('target.py')"
    )
    monkeypatch.chdir(tmp_path)
    with closing(Worker(parse("target"), Limits())) as started:
        assert started.provenance.file == str(tmp_path / "target.py")


def test_a_namespace_package_is_found_in_its_folder(tmp_path: Path) -> None:
    """It has no file. The message says that it is empty, not that it is in another folder."""
    (tmp_path / "bare").mkdir()
    with pytest.raises(TargetError, match="it lacks Connection"):
        Worker(parse(f"{tmp_path}::bare"), Limits())


def test_line_breaks_in_a_message_become_spaces() -> None:
    assert str(TargetError("one\r\ntwo\u2028three")) == "one two three"


def test_the_distribution_of_a_target_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """The distribution is looked up by name: resolving every installed file would take a second."""

    def refused(path: str) -> str:
        raise AssertionError(path)

    with closing(Worker(parse("h11"), Limits())) as started:
        assert started.provenance.distribution == f"h11 {metadata.version('h11')}"
        file = started.provenance.file
    monkeypatch.setattr("os.path.realpath", refused)
    found = loading.provenance(pytest.importorskip("h11"))
    assert found["file"] == file
    assert found["distribution"] == f"h11 {metadata.version('h11')}"
    assert loading.provenance(sys.modules["h11spec.reference"])["distribution"] is None
