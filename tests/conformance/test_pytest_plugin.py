"""``pytest --h11spec TARGET``: each check is a test, and pytest treats it as one."""

import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

import pytest
from faulty.showing import FOLDER

from h11spec.conformance.checks.catalogue import catalogue

# One program shows that it fails: a sweep would take some seconds for each run of pytest.
FAILING = "framing/rfc9112-6.3-5-invalid-cl-400"
CHECKS = ("--h11spec-checks=framing/rfc9110-8.6-a", f"--h11spec-checks={FAILING}")
IDS = [
    check.id
    for check in catalogue()
    if check.id.startswith("framing/rfc9110-8.6-a") or check.id == FAILING
]
FAULTY = f"{FOLDER}::takes_a_sign"


class Ran(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def outcomes(self) -> dict[str, int]:
        """How many tests ended how, as the last line says."""
        last = self.out.rstrip().splitlines()[-1]
        return {
            how: int(number) for number, how in re.findall(r"(\d+) (\w+)", last.split(" in ")[0])
        }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one test, and no configuration."""
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "test_own.py").write_text("def test_own():\n    pass\n")
    (tmp_path / "fasth11.py").write_text("from h11 import *\n")
    return tmp_path


def ran(folder: Path, *arguments: str) -> Ran:
    command = [sys.executable, "-m", "pytest", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return Ran(done.returncode, done.stdout, done.stderr)


@pytest.mark.slow
def test_each_check_is_a_test_with_its_id(folder: Path) -> None:
    """In addition to the tests of the folder."""
    listed = ran(folder, "--h11spec=h11", *CHECKS, "--collect-only", "-q")
    assert listed.out.split()[: len(IDS) + 1] == [
        "test_own.py::test_own",
        *(f"h11spec::{identity}" for identity in IDS),
    ]
    done = ran(folder, "--h11spec=h11", *CHECKS, "--strict-markers")
    assert (done.code, done.outcomes) == (0, {"passed": len(IDS) + 1})


@pytest.mark.slow
def test_the_phases_of_the_gate_are_the_default(folder: Path) -> None:
    listed = ran(folder, "--h11spec=h11", "--collect-only", "-q", "-m", "h11spec").out
    assert f"h11spec::{catalogue()[-1].id}\n" in listed
    assert "agreement/drawn-programs" not in listed
    drawn = ran(folder, "--h11spec=h11", "--h11spec-phases=search", "--collect-only", "-q")
    assert "h11spec::agreement/drawn-programs\n" in drawn.out


@pytest.mark.unmeasured
def test_a_check_that_fails_shows_its_causes_as_the_summary_does(folder: Path) -> None:
    """As the command prints them, without a traceback into h11spec."""
    done = ran(folder, f"--h11spec={FAULTY}", *CHECKS)
    assert done.code == 1
    assert done.outcomes == {"failed": 1, "passed": len(IDS)}
    assert f"FAILED h11spec::{FAILING}" in done.out
    [listed] = re.findall(r"^(C-[0-9a-f]{6}  .*): 1 test$", done.out, re.MULTILINE)
    assert f"\n{listed}\n" in done.out
    assert "    import takes_a_sign as h11\n" in done.out
    assert "Traceback" not in done.out
    assert "plugin.py" not in done.out


@pytest.mark.slow
def test_checks_are_selected_like_other_tests(folder: Path) -> None:
    """The options -k, -m, -x and --last-failed apply to them."""
    arguments = (f"--h11spec={FAULTY}", *CHECKS)
    by_name = ran(folder, *arguments, "-k", "invalid-cl-400")
    assert by_name.outcomes == {"failed": 1, "deselected": len(IDS)}
    marked = ran(folder, *arguments, "-m", "h11spec")
    assert marked.outcomes == {"failed": 1, "passed": len(IDS) - 1, "deselected": 1}
    again = ran(folder, *arguments, "--lf")
    assert again.outcomes["failed"] == 1
    assert "passed" not in again.outcomes
    first = ran(folder, *arguments, "-x", "-m", "h11spec")
    before = IDS.index(FAILING)
    assert first.outcomes["failed"] == 1
    assert first.outcomes.get("passed", 0) == before
    ignored = ran(folder, *arguments, f"--deselect=h11spec::{FAILING}")
    assert (ignored.code, ignored.outcomes["deselected"]) == (0, 1)


@pytest.mark.slow
def test_a_junit_report_has_the_checks(folder: Path) -> None:
    path = folder / "report.xml"
    ran(folder, f"--h11spec={FAULTY}", *CHECKS, f"--junitxml={path}")
    cases = {case.get("name"): case for case in ElementTree.parse(path).iter("testcase")}
    assert set(IDS) < set(cases)
    assert {case.get("classname") for name, case in cases.items() if name in IDS} == {"h11spec"}
    [failure] = cases[FAILING].iter("failure")
    assert "\nC-" in (failure.text or "")
    causes = {
        each.get("value")
        for each in cases[FAILING].iter("property")
        if each.get("name") == "h11spec_cause"
    }
    assert causes
    assert all(each and each.startswith("C-") for each in causes)


@pytest.mark.slow
def test_xdist_distributes_the_checks(folder: Path) -> None:
    """Each worker loads the target, and the results are the same."""
    done = ran(folder, f"--h11spec={FAULTY}", *CHECKS, "-n", "2")
    assert done.code == 1
    assert done.outcomes == {"failed": 1, "passed": len(IDS)}
    assert f"FAILED h11spec::{FAILING}" in done.out
    assert re.search(r"^C-[0-9a-f]{6}  .*: 1 test$", done.out, re.MULTILINE)


@pytest.mark.slow
def test_a_target_of_another_python_is_loaded_once(folder: Path) -> None:
    """Once for all tests: what the target prints on import occurs once."""
    (folder / "noted.py").write_text(
        f"open({str(folder / 'loads')!r}, 'a').write('x')\n"
        "from functools import partial\nfrom h11spec import reference\n"
        "__getattr__ = partial(getattr, reference)\n"
    )
    done = ran(folder, f"--h11spec={folder}::noted", "--h11spec-allow-reexport", *CHECKS)
    assert (done.code, (folder / "loads").read_text()) == (0, "x")
    other = ran(folder, f"--h11spec={sys.executable}::h11", *CHECKS)
    assert (other.code, other.outcomes) == (0, {"passed": len(IDS) + 1})


REFUSED: dict[str, tuple[list[str], str]] = {
    "no module": (["--h11spec=no_such_module"], "there is no module 'no_such_module'"),
    "no target": (["--h11spec=a b"], "'a b' names no target"),
    "no implementation": (["--h11spec=json"], "is not an implementation of the h11 API"),
    "no phase": (["--h11spec=h11", "--h11spec-phases=sweep"], "there is no phase 'sweep'"),
    "no check": (["--h11spec=h11", "--h11spec-checks=framnig/"], "begins with 'framnig/'"),
    "nothing to check": (["--h11spec-rfc"], "--h11spec-rfc needs --h11spec TARGET"),
    "nothing to allow": (
        ["--h11spec-allow-reexport"],
        "--h11spec-allow-reexport needs --h11spec TARGET",
    ),
    "another package's class": (["--h11spec=.::fasth11"], "is not checked: its Connection is"),
}


@pytest.mark.unmeasured
def test_an_option_allows_a_target_without_a_connection_of_its_own(folder: Path) -> None:
    checks = ("--h11spec-phases=vectors", "--h11spec-checks=chunked/rfc9112-7.1-data")
    done = ran(folder, "--h11spec=.::fasth11", "--h11spec-allow-reexport", *checks)
    assert (done.code, done.outcomes) == (0, {"passed": 3})


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "more"),
    # With workers, the same is refused at the same place: one of each kind is enough.
    [*((name, []) for name in REFUSED), ("no module", ["-n1"]), ("nothing to check", ["-n1"])],
)
def test_an_invalid_request_is_a_usage_error(folder: Path, name: str, more: list[str]) -> None:
    """pytest exits with 4 and prints one line, before anything is run."""
    arguments, part = REFUSED[name]
    done = ran(folder, *arguments, *more)
    assert done.code == pytest.ExitCode.USAGE_ERROR
    assert part in done.err
    assert "Traceback" not in done.out + done.err
    assert "INTERNALERROR" not in done.out + done.err


def test_an_unused_plugin_imports_nothing_else(folder: Path) -> None:
    """If it is installed but no target is named."""
    (folder / "test_own.py").write_text(
        "import sys\n"
        "def test_own():\n"
        "    ours = {name for name in sys.modules if name.partition('.')[0] == 'h11spec'}\n"
        "    package = 'h11spec.conformance'\n"
        "    assert ours == {'h11spec', package, package + '.pytest_plugin'}\n"
        "    assert not {'click', 'rich', 'hypothesis', 'msgspec'} & set(sys.modules)\n"
    )
    done = ran(folder, "-p", "no:hypothesispytest", "-p", "no:xdist", "-p", "no:anyio", "-q")
    assert done.code == 0, done.out


def accepted(folder: Path) -> str:
    """A baseline that accepts all findings of the faulty implementation."""
    file = folder / "accepted.toml"
    command = ["baseline", "update", FAULTY, f"--checks={FAILING}", f"--baseline={file}"]
    how = ["--reason=as ever", "--smuggling", "--yes", "--in-process"]
    subprocess.run([sys.executable, "-m", "h11spec", *command, *how], check=True)
    return f"--h11spec-baseline={file}"


@pytest.mark.slow
def test_accepted_findings_are_a_strict_expected_failure(folder: Path) -> None:
    baseline = accepted(folder)
    done = ran(folder, f"--h11spec={FAULTY}", baseline, *CHECKS[1:], "-rx")
    assert (done.code, done.outcomes) == (0, {"passed": 1, "xfailed": 1})
    assert "accepted: as ever" in done.out
    assert re.search(r"^C-[0-9a-f]{6}  .* \(accepted\): 1 test$", done.out, re.MULTILINE)
    mended = ran(folder, "--h11spec=h11", baseline, *CHECKS[1:])
    assert (mended.code, mended.outcomes) == (1, {"failed": 1, "passed": 1})
    assert "STALE C-" in mended.out


@pytest.mark.unmeasured
def test_an_invalid_baseline_is_a_usage_error(folder: Path) -> None:
    (folder / "b.toml").write_text("version = 3\n")
    done = ran(folder, "--h11spec=h11", "--h11spec-baseline=b.toml", *CHECKS)
    assert done.code == pytest.ExitCode.USAGE_ERROR
    assert "b.toml: version 3 is unknown" in done.err
