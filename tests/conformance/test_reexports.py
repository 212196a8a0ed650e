"""A target that only hands out another package's classes is not checked, unless it is allowed."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import h11
import pytest
from command_helper import CommandResult, faulty, h11spec, module
from records_helper import record_lines

from h11spec import reference
from h11spec.conformance import check
from h11spec.conformance.cli.commands.baseline import DEFAULT
from h11spec.conformance.pytest_session import CheckedTarget, CheckRun
from h11spec.conformance.runs.exit_codes import BROKEN, CONFORMS
from h11spec.conformance.targets.loading import provenance
from h11spec.conformance.targets.target import Provenance, TargetError

CHECK = "chunked/rfc9112-7.1-data"
SELECTED = ("--phases=vectors", f"--checks={CHECK}")
FOUND = (
    f"is not checked: its Connection is the one of h11 ({sys.modules['h11._connection'].__file__})"
)
IN = pytest.mark.parametrize("where", [(), ("--in-process",)], ids=["in a worker", "in process"])


@pytest.fixture
def fork(tmp_path: Path) -> str:
    """A fork whose ``__init__`` imports from the installed h11."""
    package = tmp_path / "fasth11"
    package.mkdir()
    (package / "__init__.py").write_text(
        "from h11 import *\n"
        "from h11._connection import Connection\n"
        "from h11._state import MIGHT_SWITCH_PROTOCOL, SWITCHED_PROTOCOL\n"
    )
    (package / "_connection.py").write_text("class Connection: ...\n")
    return f"{tmp_path}::fasth11"


def is_refused(done: CommandResult, fork: str) -> None:
    """The only output is one sentence: what was found, what is allowed, and what to do."""
    [line] = done.stderr.splitlines()
    assert line.startswith(f"h11spec: {fork} {FOUND}, not its own; correct its imports, ")
    assert "ADAPTS = h11 " in line
    assert "--allow-reexport" in line
    assert (done.exit_code, done.stdout) == (BROKEN, "")


@IN
@pytest.mark.parametrize("command", ["check", "gate"])
def test_a_run_is_refused_unless_it_is_allowed(
    fork: str, tmp_path: Path, command: str, where: tuple[str, ...]
) -> None:
    record = tmp_path / "run.jsonl"
    arguments = (command, fork, *SELECTED, *where, "--record", str(record))
    is_refused(h11spec(*arguments), fork)
    done = h11spec(*arguments, "--allow-reexport")
    assert (done.exit_code, done.stderr) == (CONFORMS, "")
    assert "it hands out the one of h11" in done.stdout
    header = record_lines(record)[0]
    assert header["settings"]["allow_reexport"] is True
    assert (header["target"]["borrowed_from"], header["target"]["adapts"]) == ("h11", None)


@IN
def test_the_expected_side_is_refused(fork: str, where: tuple[str, ...]) -> None:
    arguments = ("gate", "h11", "--against", fork, *SELECTED, *where)
    is_refused(h11spec(*arguments), fork)
    assert h11spec(*arguments, "--allow-reexport").exit_code == CONFORMS


@IN
def test_a_baseline_is_not_updated(
    fork: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    arguments = ("baseline", "update", fork, *SELECTED, *where, "--yes")
    is_refused(h11spec(*arguments), fork)
    assert not Path(DEFAULT).exists()
    assert h11spec(*arguments, "--allow-reexport").exit_code == CONFORMS


@IN
def test_a_comparison_has_a_column_that_says_so(fork: str, where: tuple[str, ...]) -> None:
    arguments = ("compare", fork, "h11", *SELECTED, *where)
    done = h11spec(*arguments)
    assert done.exit_code == BROKEN
    assert f"  1  {fork}: not compared: {fork} {FOUND}" in done.stdout
    assert "  2  h11 0.16.0: 0 of 2 checks fail" in done.stdout
    done = h11spec(*arguments, "--allow-reexport")
    assert (done.exit_code, done.stderr) == (CONFORMS, "")
    assert f"  1  {fork}: 0 of 2 checks fail" in done.stdout


@pytest.mark.unmeasured
@IN
def test_replaying_is_refused(fork: str, tmp_path: Path, where: tuple[str, ...]) -> None:
    record = tmp_path / "run.jsonl"
    h11spec("gate", faulty("takes_any_footer"), *SELECTED, "--in-process", "--record", record)
    is_refused(h11spec("replay", record, fork, *where), fork)
    done = h11spec("replay", record, fork, *where, "--allow-reexport")
    assert (done.exit_code, done.stderr) == (CONFORMS, "")


@IN
def test_a_machine_is_not_learned(fork: str, where: tuple[str, ...]) -> None:
    is_refused(h11spec("machine", fork, *where), fork)


def test_a_machine_may_be_learned_if_it_is_allowed(tmp_path: Path) -> None:
    """The class of the other package is then what does not get through one exchange."""
    (tmp_path / "lender.py").write_text("class Connection:\n    def __init__(self): pass\n")
    target = module(tmp_path, "from h11 import *\nfrom lender import Connection\n")
    done = h11spec("machine", target)
    assert f"{target} is not checked: its Connection is the one of lender" in done.stderr
    done = h11spec("machine", target, "--allow-reexport")
    assert f"{target} does not get through one exchange as client" in done.stderr


@IN
def test_a_setting_allows_it(
    fork: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: tuple[str, ...]
) -> None:
    """The command line wins over the setting."""
    monkeypatch.chdir(tmp_path)
    settings = tmp_path / "pyproject.toml"
    settings.write_text('[tool.h11spec]\ntarget = ".::fasth11"\nallow-reexport = false\n')
    is_refused(h11spec("gate", *SELECTED, *where), ".::fasth11")
    settings.write_text(settings.read_text().replace("false", "true"))
    assert h11spec("gate", *SELECTED, *where).exit_code == CONFORMS
    is_refused(h11spec("gate", *SELECTED, *where, "--no-allow-reexport"), ".::fasth11")


@pytest.mark.parametrize("in_process", [False, True])
def test_a_program_gets_an_error(fork: str, in_process: bool) -> None:
    def checked(*, allowed: bool) -> str:
        return check(
            fork, phases=["vectors"], checks=[CHECK], in_process=in_process, allow_reexport=allowed
        ).verdict

    with pytest.raises(TargetError, match="is not checked: its Connection is the one of h11"):
        checked(allowed=False)
    assert checked(allowed=True) == "pass"


def test_a_module_that_the_caller_has_imported_is_refused() -> None:
    """A star import, as a module made by hand, or by another name, changes nothing."""
    again = ModuleType("again")
    vars(again).update({name: each for name, each in vars(h11).items() if name[:2] != "__"})
    with pytest.raises(TargetError, match="again is not checked"):
        check(again, phases=["vectors"], checks=[CHECK])
    with pytest.raises(TargetError, match="again is not checked"):
        check(reference, against=again, phases=["vectors"], checks=[CHECK])


def test_pytest_does_not_load_it(fork: str) -> None:
    with pytest.raises(TargetError, match="--h11spec-allow-reexport"):
        CheckedTarget(fork, checks=(CHECK,)).load()
    allowed = CheckedTarget(fork, checks=(CHECK,), allow_reexport=True)
    try:
        assert allowed.run_check(CHECK) == CheckRun("", "")
    finally:
        allowed.close()


ADAPTER = """
import h11
from h11 import *
ADAPTS = {adapts}
"""


@IN
def test_an_adapter_may_hand_out_the_class_that_it_adapts(
    tmp_path: Path, where: tuple[str, ...]
) -> None:
    """But not that of a third package, nor with anything but a module."""
    target = module(tmp_path, ADAPTER.format(adapts="h11"))
    assert h11spec("gate", target, *SELECTED, *where).exit_code == CONFORMS
    for number, adapts in enumerate(["__import__('json')", "None", "'h11'"]):
        (tmp_path / f"other{number}").mkdir()
        target = module(tmp_path / f"other{number}", ADAPTER.format(adapts=adapts))
        is_refused(h11spec("gate", target, *SELECTED, *where), target)


@IN
def test_a_subclass_is_an_implementation(tmp_path: Path, where: tuple[str, ...]) -> None:
    source = "import h11\nfrom h11 import *\nclass Connection(h11.Connection): pass\n"
    done = h11spec("gate", module(tmp_path, source), *SELECTED, *where)
    assert (done.exit_code, done.stderr) == (CONFORMS, "")


def test_the_reference_and_h11_have_their_own() -> None:
    for each in (reference, h11):
        assert Provenance(**provenance(each)).borrowed_from(each.__name__) is None


def _builtin() -> Any:
    """As a compiled class that says nothing of its module."""
    return type("Connection", (), {"__module__": "builtins"})


def _callable() -> Any:
    """As an instance, whose ``__module__`` is that of its class."""
    return import_module("functools").partial(h11.Connection)


@pytest.mark.parametrize("make", [_builtin, _callable])
def test_a_module_that_does_not_have_the_class_does_not_define_it(make: Callable[[], Any]) -> None:
    target = ModuleType("compiled")
    vars(target)["Connection"] = make()
    found = Provenance(**provenance(target))
    assert (found.connection, found.connection_file) == (None, None)
    assert found.borrowed_from("compiled") is None
