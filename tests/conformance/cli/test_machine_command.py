"""The command ``machine``: its output, its files, and its exit code.

Uses a few input symbols; with all of them, learning takes minutes.
"""

import json
from collections.abc import Generator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from command_helper import CommandResult, faulty, findings, h11spec, module
from machines_helper import SMALL_ALPHABET, alphabet_of
from records_helper import record_lines

from h11spec.reports.record.record import Record
from h11spec.strategies.machine import stored

FORMS = {f"{role}{end}" for role in ("client", "server") for end in (".json", ".dot", ".svg")}
PICTURES = {"client-states.svg", "server-states.svg"}


@pytest.fixture(scope="module", autouse=True)
def _few_letters(tmp_path_factory: pytest.TempPathFactory) -> Generator[None]:
    with alphabet_of(tmp_path_factory.mktemp("letters"), SMALL_ALPHABET):
        yield


def machine(*arguments: str | Path) -> CommandResult:
    return h11spec("machine", "--in-process", *arguments)


def written(folder: Path) -> dict[str, str]:
    """The files of a folder; every JSON and SVG file is valid."""
    files = {each.name: each.read_text("utf-8") for each in folder.iterdir()}
    for name, text in files.items():
        if name.endswith(".svg"):
            ElementTree.fromstring(text)
        elif name.endswith(".json"):
            json.loads(text)
    return files


def test_the_same_machine_is_reported_and_exported(tmp_path: Path) -> None:
    folder, record = tmp_path / "new" / "folder", tmp_path / "run.jsonl"
    done = machine("h11", "--export", folder, "--record", record)
    assert done.exit_code == 0
    for role in ("client", "server"):
        assert f"{role}: the same machine as the reference's" in done.stdout
    assert "written to" in done.stdout
    files = written(folder)
    assert files.keys() == FORMS | PICTURES
    for role in ("client", "server"):
        read = json.loads(files[f"{role}.json"])
        assert (read["role"], read["differing"]) == (role, [])
        found = stored.machine("client" if role == "client" else "server")
        assert len(read["states"]) == found.machine.size
    lines = record_lines(record)
    results = [line for line in lines if line["kind"] == "result"]
    assert [line["check"] for line in results] == ["machine/client", "machine/server"]
    assert all(line["machine"]["extra_states"] == 0 for line in results)
    assert Record.from_lines(lines)
    assert h11spec("report", record).exit_code == 0


@pytest.mark.slow
def test_another_machine_is_learned_and_each_difference_is_a_finding(tmp_path: Path) -> None:
    folder, record = tmp_path / "machines", tmp_path / "run.jsonl"
    done = machine(faulty("cycles_early"), "--export", folder, "--record", record)
    assert done.exit_code == 1
    assert "client: another machine, of " in done.stdout
    assert "\n  next cycle\n" in done.stdout
    # The cause that the report above has of it.
    lines = done.stdout.splitlines()
    named = lines[lines.index("  next cycle") + 1].strip()
    causes = [line for line in record_lines(record) if line["kind"] == "cause"]
    assert named in [f"{each['id']}  {each['title']}" for each in causes]
    assert findings(record)
    files = written(folder)
    assert files.keys() == FORMS | PICTURES
    read = json.loads(files["client.json"])
    nearest = [
        (read["states"][state]["access_sequence"], read["input_symbols"][letter]["name"])
        for state, letter in read["differing"]
    ]
    assert ([], "next cycle") in nearest
    assert 'class="differs"' in files["client.svg"]
    assert "color=red" in files["client.dot"]


@pytest.mark.unmeasured
def test_without_time_to_learn_a_machine_the_difference_is_still_found(tmp_path: Path) -> None:
    folder = tmp_path / "machines"
    done = machine(faulty("cycles_early"), "--max-time", "1ms", "--export", folder)
    assert done.exit_code == 1
    assert "client: another machine; --max-time ended the learning" in " ".join(done.stdout.split())
    assert written(folder).keys() == PICTURES


FICKLE = """
from functools import partial
from h11spec import reference

told = 0


class Connection(reference.Connection):
    def start_next_cycle(self):
        global told
        told += 1
        if told % 2:
            super().start_next_cycle()


__getattr__ = partial(getattr, reference)
"""


@pytest.mark.unmeasured
def test_a_nondeterministic_target_has_no_machine_and_fails(tmp_path: Path) -> None:
    done = machine(module(tmp_path, FICKLE))
    assert done.exit_code == 1
    text = " ".join(done.stdout.split())
    assert "client: no machine, as the target is nondeterministic: " in text
    assert "symbols had two outputs: " in text


def test_a_folder_that_is_not_empty_is_refused_before_the_run(tmp_path: Path) -> None:
    (tmp_path / "client.json").write_text("mine")
    for target in ("h11", "no_such_module"):
        done = machine(target, "--export", tmp_path)
        assert done.exit_code == 2
        assert "is not empty" in done.stderr
        assert done.stdout == ""
    assert (tmp_path / "client.json").read_text() == "mine"
    assert [each.name for each in tmp_path.iterdir()] == ["client.json"]


def test_a_file_is_refused_as_a_folder(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("mine")
    done = machine("no_such_module", "--export", file)
    assert done.exit_code == 2
    assert "nothing can be written to" in done.stderr
    assert file.read_text() == "mine"


def test_too_many_extra_states_are_refused() -> None:
    done = machine("h11", "--extra-states", "2")
    assert done.exit_code == 2
    assert "0<=x<=1" in done.stderr


def test_an_unknown_target_is_reported() -> None:
    done = machine("no_such_module")
    assert done.exit_code == 3
    assert "no_such_module" in done.stderr
