"""The exported files are complete without this package, and the same each time."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
from command_helper import h11spec
from hypothesis import given, settings
from jsonschema import Draft202012Validator
from programs_helper import programs_of_version_2

from h11spec import __version__, reference
from h11spec.conformance.vectors import corpus
from h11spec.conformance.vectors.export import files
from h11spec.conformance.vectors.reading import STATE_MEMBERS, read
from h11spec.reports.files import UnwritableFolder, write_folder
from h11spec.reports.findings.vector import Vector, vector_id
from h11spec.strategies.interpreter import EVENT_FIELDS, KINDS, STATES
from h11spec.strategies.program import (
    NEW_STEP_NAMES,
    SENDABLE,
    STEP_NAMES,
    Program,
    is_list,
    is_object,
)
from h11spec.strategies.traces import run

DOCUMENTATION = Path(__file__).parents[3] / "docs/reference"
FILES = files(corpus.load())
README = FILES["README.md"].decode("utf-8")
# Any: its methods have no complete types, and everything is a form here.
SCHEMA: Any = json.loads(FILES["schema.json"])
VALIDATOR: Any = Draft202012Validator(SCHEMA)
INDEX = json.loads(FILES["index.json"])
AREAS = {name: json.loads(FILES[name]) for name in INDEX["files"]}
FORMS = [form for forms in AREAS.values() for form in forms]


def test_the_schema_is_valid() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.slow
@pytest.mark.parametrize("name", AREAS)
def test_each_file_fits_the_schema(name: str) -> None:
    assert [error.message for error in VALIDATOR.iter_errors(AREAS[name])] == []


@pytest.mark.parametrize("name", ["program", "program-2"])
def test_the_schema_of_programs_is_the_published_one(name: str) -> None:
    published = json.loads((DOCUMENTATION / f"{name}.schema.json").read_text("utf-8"))
    assert SCHEMA["$defs"][name.replace("-", "_")] == published


@pytest.mark.parametrize("name", ["vector", "id", "check", "requirements", "program", "expected"])
def test_the_schema_rejects_a_vector_without_a_member(name: str) -> None:
    form = {key: value for key, value in FORMS[0].items() if key != name}
    assert not VALIDATOR.is_valid([form])


WRONG: list[dict[str, object]] = [
    {"vector": 2},
    {"id": "V-1"},
    {"check": "x"},
    {"requirements": [1]},
    {"expected": [{}]},
    {"x": 1},
]


@pytest.mark.parametrize("change", WRONG, ids=str)
def test_the_schema_rejects_a_wrong_member(change: dict[str, object]) -> None:
    assert VALIDATOR.is_valid([FORMS[0]])
    assert not VALIDATOR.is_valid([{**FORMS[0], **change}])


def test_every_vector_is_exported_and_can_be_read_back() -> None:
    assert [form["id"] for form in FORMS] == [each.id for each in sorted_by_area()]
    for form in FORMS[::20]:
        assert read(json.dumps(form).encode(), "").to_json() == form


@settings(max_examples=80, derandomize=True)
@given(programs_of_version_2())
def test_a_vector_may_have_a_program_of_version_2(program: Program) -> None:
    """It fits the schema, is read back, and survives the file that is shipped."""
    trace = run(reference, program).form
    vector = Vector(vector_id(program), "framing/x", (), program, trace)
    text = json.dumps(vector.to_json())
    assert [error.message for error in VALIDATOR.iter_errors([json.loads(text)])] == []
    assert read(text.encode(), "") == vector
    stored = corpus.content([vector]).splitlines()[1]
    assert msgspec.json.decode(stored, type=corpus.StoredVector).vector() == vector


def sorted_by_area() -> list[corpus.StoredVector]:
    return sorted(corpus.stored(), key=lambda each: each.check.partition("/")[0])


def test_the_index_counts_the_vectors_of_each_file() -> None:
    assert INDEX["vectors"] == 1
    assert INDEX["h11spec"] == __version__
    assert INDEX["h11"] == "0.16.0"
    assert {name: len(forms) for name, forms in AREAS.items()} == INDEX["files"]
    assert {*FILES} == {"README.md", "schema.json", "index.json", *AREAS}


def test_each_vector_has_its_own_line(tmp_path: Path) -> None:
    for name, forms in AREAS.items():
        first, *lines, last = FILES[name].decode("ascii").splitlines()
        assert (first, last) == ("[", "]")
        assert [json.loads(line.removesuffix(",")) for line in lines] == forms


def test_the_command_writes_the_files(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "vectors"
    result = h11spec("vectors", "export", folder)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == f"{len(FORMS):,} vectors in {len(FILES)} files in {folder}\n"
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == FILES


def test_the_files_are_the_same_each_time(tmp_path: Path) -> None:
    """Even in a process with another order of sets."""
    command = [sys.executable, "-m", "h11spec", "vectors", "export", str(tmp_path / "a")]
    subprocess.run(command, env={**os.environ, "PYTHONHASHSEED": "7"}, check=True)
    assert {path.name: path.read_bytes() for path in (tmp_path / "a").iterdir()} == FILES


def test_a_folder_that_is_not_empty_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("x")
    result = h11spec("vectors", "export", tmp_path)
    assert result.exit_code == 2
    assert result.stderr.splitlines()[-1] == (
        f"Error: {tmp_path} is not empty; name an empty folder or a new one"
    )
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_a_file_in_the_place_of_the_folder_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("x")
    with pytest.raises(UnwritableFolder, match="nothing can be written to"):
        write_folder(file, files(corpus.load()))
    assert file.read_text() == "x"


@pytest.mark.parametrize(
    "names",
    [STEP_NAMES + NEW_STEP_NAMES, KINDS, SENDABLE, tuple(EVENT_FIELDS), STATES, STATE_MEMBERS],
    ids=["steps", "types", "events that are sent", "events", "states", "observations"],
)
def test_the_readme_names_every_word_of_the_form(names: tuple[str, ...]) -> None:
    assert [name for name in names if not re.search(rf'[`"]{name}[`"]', README)] == []


def test_the_readme_names_every_attribute_of_an_event() -> None:
    for event, fields in EVENT_FIELDS.items():
        [row] = re.findall(rf"^\| (?:`\w+`, )?`{event}`.*\| (.*) \|$", README, re.MULTILINE) or [""]
        assert {*re.findall(r"`(\w+)`", row)} == {*fields}


def test_the_readme_names_every_member_that_is_used() -> None:
    """At any depth."""
    words = re.sub(r"^```.*?^```$", "", README, flags=re.MULTILINE | re.DOTALL)
    named = {*re.findall(r"\w+", " ".join(re.findall(r"`[^`]+`", words)))}
    assert {*_members([form["expected"] for form in FORMS])} <= named


def _members(value: Any) -> set[str]:
    if is_object(value):
        return {*value}.union(*map(_members, value.values()))
    return set[str]().union(*map(_members, value)) if is_list(value) else set()


def test_the_readme_names_every_family_and_place_of_an_error() -> None:
    raised = [each["raised"] for form in FORMS for each in form["expected"] if "raised" in each]
    for name in ("family", "by"):
        values = {each[name] for each in raised}
        [row] = re.findall(rf"^\| `{name}` \| (.*) \|$", README, re.MULTILINE)
        assert values <= {*re.findall(r"`(\w+)`", row)}


def test_the_example_of_the_readme_is_a_vector() -> None:
    [text] = re.findall(r"^```json\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    vector = read(text.encode(), "README.md")
    assert VALIDATOR.is_valid([json.loads(text)])
    assert vector.program.role == "server"
