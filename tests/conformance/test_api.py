"""``h11spec.conformance.check``: a run from Python, and its report."""

import gc
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from command_helper import faulty, h11spec
from faulty.showing import implementation
from records_helper import record_lines

from h11spec import conformance, reference
from h11spec.conformance import Report, TargetError, check
from h11spec.conformance.baseline.file import BaselineError

PAGE = Path(__file__).parents[2] / "docs/how-to/use-in-a-program.md"
TEXT = PAGE.read_text("utf-8")
FEW: dict[str, Any] = {"phases": ["sweeps"], "checks": ["framing/rfc9110-8.6"]}
DIFFERING = "framing/requests-received"


def recorder(calls: list[str], name: str) -> Callable[..., None]:
    """A function that does nothing but note that it was called, by its name."""

    def record(*arguments: object) -> None:
        calls.append(name)

    return record


@pytest.mark.unmeasured
def test_a_report_equals_the_output_of_the_command(tmp_path: Path) -> None:
    """The same record, text and exit code, for a target in a process of its own.

    The command also prints each cause as soon as it is known.
    """
    target, path = faulty("takes_a_sign"), tmp_path / "run.jsonl"
    report = check(target, phases=["sweeps"], checks=[DIFFERING], record=tmp_path / "own.jsonl")
    result = h11spec("check", target, "--phases=sweeps", "--checks", DIFFERING, "--record", path)
    header, *lines, footer = record_lines(path)
    assert list(report.lines[1:-1]) == lines
    assert report.lines[0]["settings"] == header["settings"]
    assert report.findings == [line for line in lines if line["kind"] == "finding"] != []
    assert [line["check"] for line in report.results] == [DIFFERING]
    assert (
        (report.verdict, report.exit_code) == (footer["verdict"], result.exit_code) == ("fail", 1)
    )
    [known] = [line for line in lines if line["kind"] == "cause" and line["fails"]]
    early = f"{known['id']}  {known['title']}\n\n"
    assert result.stdout.count(early) == 1
    assert str(report) == result.stdout.replace(early, "")
    assert record_lines(tmp_path / "own.jsonl") == list(report.lines)


@pytest.mark.unmeasured
def test_a_module_is_checked_in_process() -> None:
    """Whether or not its name can be imported."""
    module = ModuleType("no_such_module")
    original: ModuleType = implementation("takes_a_sign")
    vars(module).update({**vars(original), "__name__": "no_such_module"})
    report = check(module, phases=["sweeps"], checks=[DIFFERING], allow_reexport=True)
    assert report.verdict == "fail"
    assert report.findings[0]["script"][0] == "import no_such_module as h11"
    assert check(reference, **FEW).verdict == "pass"
    same = check(module, against=module, phases="sweeps", checks=DIFFERING, allow_reexport=True)
    assert same.verdict == "pass"


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "an unknown phase": ({"phases": ["sweep"]}, "there is no phase 'sweep'; phases are "),
    "no phase": ({"phases": []}, "no phase is named; phases are "),
    "no examples": ({"max_examples": 0}, "max_examples is 0; it must be 1 or more"),
    "no time": ({"max_time": 0}, "max_time is 0; it must be greater than 0"),
    "a negative number of jobs": ({"jobs": -1}, "jobs is -1; it must be from 0 to "),
    "jobs here": ({"jobs": 2, "in_process": True}, "a run in this process has only one"),
    "another Python here": (
        {"target": "python::h11", "in_process": True},
        "needs a target that is a module",
    ),
    "an unknown catalogue": ({"catalogue": "0.1"}, "there is no catalogue '0.1'; versions"),
    "an unknown prefix": ({"checks": ["framnig/"]}, "begins with 'framnig/'"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_invalid_arguments_are_refused_with_a_value_error(name: str) -> None:
    arguments, part = REFUSED[name]
    given: dict[str, Any] = {"target": "h11", **arguments}
    with pytest.raises(ValueError, match=re.escape(part)):
        check(**given)


def test_a_check_leaves_the_garbage_collector_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """It runs in the process of its caller, who may have frozen objects."""
    thresholds: set[tuple[int, int, int]] = set()
    changes: list[str] = []

    class Observing(reference.Connection):
        def next_event(self) -> Any:
            thresholds.add(gc.get_threshold())
            return super().next_event()

    module = ModuleType("observing")
    vars(module).update(vars(reference) | {"Connection": Observing})
    gc.freeze()
    try:
        before = gc.get_threshold()
        frozen = gc.get_freeze_count()
        for name in ("freeze", "unfreeze", "set_threshold", "disable"):
            monkeypatch.setattr(gc, name, recorder(changes, name))
        check(module, **FEW)
        assert thresholds == {before}
        assert changes == []
        # Objects that nothing refers to any more leave it one by one.
        assert 0.9 * frozen < gc.get_freeze_count() <= frozen
    finally:
        monkeypatch.undo()
        gc.unfreeze()


def test_a_target_that_cannot_be_loaded_raises() -> None:
    with pytest.raises(TargetError, match="there is no module 'no_such_module'"):
        check("no_such_module")
    with pytest.raises(TargetError, match="is not an implementation of the h11 API"):
        check(re)


def test_an_interrupt_is_not_swallowed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The user wants to end the program, not one check."""

    class Interrupting(reference.Connection):
        def next_event(self) -> Any:
            if self.their_state is reference.DONE:
                raise KeyboardInterrupt
            return super().next_event()

    module = ModuleType("interrupting")
    vars(module).update(vars(reference) | {"Connection": Interrupting})
    monkeypatch.setattr("h11spec.conformance.execution.smoke.check", print)
    with pytest.raises(KeyboardInterrupt):
        check(module, phases=["sweeps"], checks=["octets/received"])


def test_importing_the_package_imports_nothing_else() -> None:
    """The public names are imported when they are used."""
    script = (
        "import sys; before = set(sys.modules); import h11spec.conformance as c;"
        "print(*sorted(set(sys.modules) - before))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert [name for name in done.stdout.split() if "." in name and "h11spec" in name] == [
        "h11spec.conformance"
    ]
    assert not {"click", "rich", "hypothesis"} & set(done.stdout.split())


def test_the_package_exports_the_public_names() -> None:
    assert {getattr(conformance, name) for name in conformance.__all__} == {
        BaselineError,
        Report,
        TargetError,
        check,
    }
    with pytest.raises(AttributeError, match="has no attribute 'chekc'"):
        _ = conformance.chekc


def test_the_examples_of_the_page_run(capsys: pytest.CaptureFixture[str]) -> None:
    names: dict[str, Any] = {}
    for example in re.findall(r"^```python\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL):
        exec(example, names)  # noqa: S102 (our own page)
    verdict, *findings = capsys.readouterr().out.splitlines()
    assert verdict == "pass"
    assert all(": the requirement is not kept" in line for line in findings)
    assert len(findings) == len(names["report"].findings) > 0
    assert names["report"].verdict == "fail"  # h11 breaks a MUST, and so does what follows it


def test_the_page_lists_the_members_of_a_report() -> None:
    [*rows] = re.findall(r"^\| (`.*?`) \|", TEXT, re.MULTILINE)
    named = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    public = {name for name in dir(Report(())) if not name.startswith("_")}
    assert named == public
