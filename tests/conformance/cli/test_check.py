"""``h11spec check``: its output and its exit code."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from itertools import takewhile
from pathlib import Path

import h11
import pytest
from command_helper import CommandResult, faulty, findings, h11spec, module, shell
from processes_helper import SEARCH, unmeasured, until
from records_helper import record_lines

from h11spec.conformance.execution.opening import opened
from h11spec.conformance.targets.target import parse
from h11spec.strategies.program import Json, Program

FEW = "--max-examples=40"
# Minimising takes most of the time of a run that finds something.
ONE, THREE = "--max-findings=1", "--max-findings=3"


def checked(*arguments: str | Path) -> CommandResult:
    """Runs it in this process, which is enough for most of these tests."""
    return h11spec("check", SEARCH, FEW, "--in-process", *arguments)


@pytest.mark.parametrize("target", ["h11", "h11spec.reference"])
def test_an_implementation_that_agrees_conforms(target: str) -> None:
    done = h11spec("check", SEARCH, target, FEW)
    assert (done.exit_code, done.stderr) == (0, "")
    text = " ".join(done.stdout.split())
    assert f" AGREES: {target} " in text
    assert text.endswith(" with h11spec.reference, which is h11 0.16.0")
    assert "search: 1 check, 40 programs, seed 0" in text


@pytest.mark.slow
@pytest.mark.parametrize("where", [[], ["--in-process"]], ids=["of its own", "this"])
def test_an_implementation_that_differs_does_not_conform(where: list[str]) -> None:
    """In either process, the difference is shown, with a script that reproduces it."""
    done = h11spec("check", SEARCH, faulty("blames_us"), "--max-examples=20", THREE, *where)
    assert (done.exit_code, done.stderr) == (1, "")
    lines = done.stdout.splitlines()
    title, expected, got = lines[1], *labelled(lines)
    assert re.fullmatch(
        "C-[0-9a-f]{6}  raises LocalProtocolError for what the peer did wrong", title
    )
    assert expected.startswith("  expected  next raises RemoteProtocolError: ")
    assert got == expected.replace("expected ", "got      ").replace("Remote", "Local")
    assert "    import blames_us as h11" in lines
    verdict = done.stdout.partition("DIFFERS: ")[2]
    assert " ".join(verdict.split()).startswith(f"{faulty('blames_us')} from h11spec.reference")
    assert re.search(r": \d+ causes? \(\d+ findings?\)", " ".join(verdict.split()))


def labelled(lines: list[str]) -> list[str]:
    """The first lines with what is expected and what the target shows, each as one line."""
    found: list[str] = []
    for label in ("  expected ", "  got "):
        at = next(at for at, line in enumerate(lines) if line.startswith(label))
        rest = takewhile(lambda line: line.startswith(" " * 12), lines[at + 1 :])
        found.append(" ".join([lines[at], *map(str.strip, rest)]))
    return found


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["copies_data", "forgets_failure", "forgets_the_end", "no_connection"]
)
def test_planted_faults_are_found_by_a_few_programs(name: str) -> None:
    """They are shallow; deeper faults need more programs, or other phases."""
    done = checked(faulty(name), ONE)
    assert done.exit_code == 1
    assert "DIFFERS: " in done.stdout


@pytest.mark.slow
def test_differences_in_text_and_type_fail_only_a_strict_run() -> None:
    """Both runs show them if asked; one that is not strict notes that they do not count."""
    target = faulty("gives_bytearrays")
    lax, strict = checked(target, "--verbose"), checked(target, "--strict", "--verbose")
    assert (lax.exit_code, strict.exit_code) == (0, 1)
    assert "(shown, does not fail)" in lax.stdout
    assert "(shown, does not fail)" not in strict.stdout
    assert "AGREES: " in lax.stdout
    assert "DIFFERS: " in strict.stdout


@pytest.mark.slow
def test_another_target_can_be_the_expected_side() -> None:
    """A fault on both sides is not a difference; a correct target differs from a faulty one."""
    options = ("--against", faulty("copies_data"))
    assert checked(faulty("copies_data"), *options).exit_code == 0
    other = h11spec("check", SEARCH, "h11spec.reference", FEW, ONE, *options)
    assert other.exit_code == 1
    assert f" from {faulty('copies_data')}: " in " ".join(other.stdout.split())


@pytest.mark.unmeasured
def test_two_versions_of_a_module_are_distinguished_in_process(tmp_path: Path) -> None:
    """Modules of the same name in two folders are two implementations."""
    for name in ("sound", "shouting"):
        (tmp_path / name).mkdir()
    (tmp_path / "sound" / "twice.py").write_text("from h11spec.reference import *\n")
    (tmp_path / "shouting" / "twice.py").write_text(SHOUTING)
    targets = [f"{tmp_path / name}::twice" for name in ("sound", "shouting")]
    options = ("--against", targets[1], "--allow-reexport", ONE)
    assert checked(targets[0], *options).exit_code == 1


def test_the_record_describes_the_run_from_header_to_footer(tmp_path: Path) -> None:
    """One JSON line each: target and settings, findings, results, verdict."""
    path = tmp_path / "run.jsonl"
    done = checked(faulty("forgets_failure"), "--seed=5", "--verbose", "--record", path)
    header, *lines, result, footer = record_lines(path)
    assert [header["kind"], result["kind"], footer["kind"]] == ["header", "result", "footer"]
    lines = [line for line in lines if line["kind"] != "cause"]
    assert {line["kind"] for line in lines} == {"finding"}
    assert header["target"]["name"] == faulty("forgets_failure")
    assert header["settings"]["max_examples"] == 40
    assert header["settings"]["seed"] == 5
    assert header["expected"] == {"name": "h11spec.reference", "version": "0.16.0"}
    assert {"record", "h11spec", "hypothesis", "python", "platform", "started"} <= set(header)
    assert result["findings"] == [line["id"] for line in lines]
    assert (result["verdict"], result["programs"]) == ("fail", 40)
    assert result["runs"] >= result["programs"]
    assert (footer["verdict"], footer["exit"], footer["findings"]) == ("fail", 1, len(lines))
    assert (footer["interrupted"], footer["out_of_time"]) == (False, False)
    assert [path.name for path in tmp_path.iterdir()] == ["run.jsonl"]
    for line in lines:
        shown = line.get("requirement_id") or line["check"]
        assert f"{line['id']}  {shown}: {line['difference']}" in done.stdout
        assert Program.from_json(line["program"]).to_json() == line["program"]


def test_a_record_replaces_an_earlier_one(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    path.write_text("old")
    assert checked("h11spec.reference", "--record", path).exit_code == 0
    assert record_lines(path)[-1]["verdict"] == "pass"


def test_a_time_limit_ends_the_search_but_not_the_run(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    done = h11spec(
        *("check", SEARCH, "h11spec.reference", "--in-process", "--max-examples=1000000"),
        *("--max-time=0.3", "--record", path),
    )
    assert done.exit_code == 0
    assert "\nThe search stopped at its time limit.\n" in done.stdout
    footer = record_lines(path)[-1]
    assert (footer["out_of_time"], footer["verdict"]) == (True, "pass")


@pytest.mark.slow
@pytest.mark.parametrize("where", [[], ["--in-process"]], ids=["of its own", "this"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_an_interrupted_run_leaves_a_record_that_says_so(
    tmp_path: Path, number: signal.Signals, where: list[str]
) -> None:
    """Ctrl-C while programs are drawn: exit code 130, and all findings until then."""
    path = tmp_path / "run.jsonl"
    command = [sys.executable, "-m", "h11spec", "check", SEARCH, faulty("forgets_failure")]
    with subprocess.Popen(
        [*command, "--max-examples=1000000", "--record", str(path), *where],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env=unmeasured(),
    ) as process:
        try:
            until(lambda: any(file.stat().st_size for file in tmp_path.iterdir()))
            time.sleep(0.5)
            os.killpg(process.pid, number)
            stdout, stderr = process.communicate(timeout=60)
        finally:
            process.kill()
    assert (process.returncode, stderr) == (130, "")
    header, *_, footer = record_lines(path)
    assert header["kind"] == "header"
    assert (footer["kind"], footer["interrupted"], footer["exit"]) == ("footer", True, 130)
    assert "INCOMPLETE: interrupted" in stdout


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], []], ids=str)
def test_help_lists_the_commands_and_exit_codes(arguments: list[str]) -> None:
    done = h11spec(*arguments)
    text = done.stdout + done.stderr
    assert "check " in text
    codes = "0 conforms", "1 an unexpected finding", "2 wrong usage", "3 the target"
    for code in (*codes, "130 interrupted"):
        assert code in " ".join(text.split())


def test_help_shows_valid_examples() -> None:
    done = h11spec("check", "--help")
    assert done.exit_code == 0
    for example in (
        "h11spec check h11\n",
        "h11spec check my_fork/src::h11\n",
        "h11spec check h11 --max-examples 20000 --seed random --record run.jsonl\n",
    ):
        assert f"    {example}" in done.stdout


def test_the_package_can_be_run_as_the_command(tmp_path: Path) -> None:
    """``python -m h11spec``, from any folder."""
    done = shell("check", SEARCH, "h11", "--max-examples=3", "--in-process", folder=tmp_path)
    assert (done.exit_code, done.stderr) == (0, "")
    assert "AGREES: h11 (" in done.stdout
    assert shell("--version", folder=tmp_path).stdout.startswith("h11spec, version ")


@pytest.mark.unmeasured
def test_a_run_leaves_no_files_behind(tmp_path: Path) -> None:
    """The current folder may be a repository."""
    shell("check", SEARCH, "h11spec.reference", "--max-examples=3", folder=tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.unmeasured
def test_states_are_shown_by_their_names() -> None:
    """Only bytes are written as bytes."""
    lines = checked(faulty("forgets_failure"), "--verbose", ONE).stdout.splitlines()
    identity = lines[0]
    expected, got = labelled(lines)
    states = identity.partition(": state ")[2].partition(": expected ")[2].split(", got ")
    assert [expected, got] == [f"  expected  {states[0]}", f"  got       {states[1]}"]


SHOUTING = """
from functools import partial
from h11spec import reference

class Connection(reference.Connection):
    def next_event(self):
        try:
            return super().next_event()
        except reference.RemoteProtocolError:
            raise ValueError("\\udc80 [bold]\\x1b[31m\\n\\u20ac") from None

__getattr__ = partial(getattr, reference)
"""


@pytest.mark.unmeasured
def test_text_from_a_target_cannot_break_the_report(tmp_path: Path) -> None:
    """It is quoted, with escapes for characters that cannot be printed."""
    target = module(tmp_path, SHOUTING)
    done = shell(
        *("check", SEARCH, target, "--max-examples=8", ONE, "--in-process"),
        PYTHONIOENCODING="ascii",
    )
    assert (done.exit_code, done.stderr) == (1, "")
    assert "\x1b" not in done.stdout
    assert "[bold]" in done.stdout


@pytest.mark.unmeasured
def test_the_same_seed_gives_the_same_record(tmp_path: Path) -> None:
    """Apart from the time of day and the duration."""
    records: list[str] = []
    for name in ("first", "second"):
        path = tmp_path / name
        checked(faulty("copies_data"), THREE, "--seed=0", "--record", path)
        header, *lines, footer = record_lines(path)
        del header["started"], footer["seconds"]
        records.append(json.dumps([header, *lines, footer]))
    assert records[0] == records[1]


@pytest.mark.unmeasured
def test_another_seed_draws_different_programs(tmp_path: Path) -> None:
    """A random one is in the record, so that the run can be repeated."""
    steps: list[int] = []
    header: Json = {}
    for seed in ("1", "random"):
        path = tmp_path / seed
        h11spec(
            "check",
            SEARCH,
            "h11spec.reference",
            "--max-examples=20",
            "--seed",
            seed,
            "--record",
            path,
        )
        header, result, _ = record_lines(path)
        steps.append(result["steps"])
    assert steps[0] != steps[1]
    again = str(header["settings"]["seed"])
    path = tmp_path / "again"
    h11spec(
        "check", SEARCH, "h11spec.reference", "--max-examples=20", "--seed", again, "--record", path
    )
    assert record_lines(path)[1]["steps"] == steps[1]


@pytest.mark.unmeasured
def test_the_same_seed_draws_the_same_programs_for_every_target(tmp_path: Path) -> None:
    """The constants in the target's source do not matter, so two runs can be compared."""
    other = SHOUTING.replace("raise ValueError", "raise  # ").replace("from None", "")
    other += "WORDS = ['wxyz', b'abc-def', 98765, 'Q-q', 12345]\n"
    runs: list[list[int]] = []
    for target in ("h11spec.reference", module(tmp_path, other)):
        done = shell("check", SEARCH, target, FEW, "--record", tmp_path / "run.jsonl")
        assert done.exit_code == 0, done.stdout + done.stderr
        result = record_lines(tmp_path / "run.jsonl")[-2]
        runs.append([result[key] for key in ("programs", "runs", "steps")])
    assert runs[0] == runs[1]


@pytest.mark.slow
def test_findings_are_the_same_in_both_kinds_of_process(tmp_path: Path) -> None:
    """Ids, programs and values are the same, but a run in a separate process may find more."""
    found: list[list[tuple[str, object]]] = []
    for where in ([], ["--in-process"]):
        path = tmp_path / "run.jsonl"
        h11spec("check", SEARCH, faulty("copies_data"), FEW, THREE, *where, "--record", path)
        found.append([(one["id"], one["program"]) for one in findings(path)])
    assert found[0] == found[1]
    assert found[0]


def test_a_whole_id_selects_that_check_alone(tmp_path: Path) -> None:
    """Even if other ids begin with it."""
    path = tmp_path / "run.jsonl"
    h11spec("check", "h11", "--checks=contract/request-host-old", "--in-process", "--record", path)
    results = [line["check"] for line in record_lines(path) if line["kind"] == "result"]
    assert results == ["contract/request-host-old"]


def test_invariants_are_not_checked_against_another_target(tmp_path: Path) -> None:
    """A target compared with itself agrees, even if it breaks invariants."""
    path = tmp_path / "run.jsonl"
    name = faulty("keeps_old_peers")
    done = h11spec(
        *("check", name, "--against", name, "--in-process"),
        *("--checks=rules/keep-alive", "--checks=persistence/", "--record", path),
    )
    assert done.exit_code == 0
    checks = [line["check"] for line in record_lines(path) if line["kind"] == "result"]
    assert not any(check.startswith("rules/") for check in checks)


def test_a_module_from_a_folder_does_not_replace_an_imported_one(tmp_path: Path) -> None:
    """A later import of the other module must return the same module as before the run."""
    (tmp_path / "h11.py").write_text("from h11spec.reference import *\n")
    target = parse(f"{tmp_path}::h11")
    with opened(target, in_process=True, allow_reexport=True) as (_, _, origin):
        assert sys.modules["h11"] is not h11
        assert origin.file == str(tmp_path / "h11.py")
    assert sys.modules["h11"] is h11
    assert sys.modules["h11._connection"].Connection is h11.Connection


@pytest.mark.unmeasured
def test_findings_beyond_the_maximum_are_counted(tmp_path: Path) -> None:
    """Failing findings with short programs come first; the number of the omitted ones is shown."""
    records: list[list[Json]] = []
    outputs: list[str] = []
    for most in ("2", "1000"):
        path = tmp_path / most
        target = faulty("forgets_failure")
        done = h11spec(
            *(
                "check",
                target,
                "--checks=numbers/content-length-sent",
                "--phases=sweeps",
                "--in-process",
            ),
            *("--max-findings", most, "--record", path, "--verbose"),
        )
        assert done.exit_code == 1
        records.append(record_lines(path))
        outputs.append(done.stdout)
    (*few, result, footer), (*many, _, whole) = records
    assert whole["omitted"] == 0
    assert footer["findings"] == 2
    assert footer["omitted"] == result["omitted"] == whole["findings"] - 2 > 0
    kept, found = (
        {line["id"] for line in lines if line["kind"] == "finding"} for lines in (few, many)
    )
    assert kept < found
    left = footer["omitted"]
    many_more = (
        f"omitted from the record (--max-findings): {left} findings of numbers/content-length-sent"
    )
    assert f"  {many_more}" in outputs[0].splitlines()
    assert outputs[0].endswith(f"; {left:,} findings omitted\n")
    assert "omitted" not in outputs[1]
