"""``[tool.h11spec]`` of a pyproject.toml: the defaults it sets, and its errors."""

from pathlib import Path
from typing import Any

import pytest
from command_helper import CommandResult, h11spec
from faulty.showing import FOLDER
from records_helper import record_lines

from h11spec.conformance.cli.commands.check import command
from h11spec.conformance.cli.configuration import nearest, seen_from, settings_of

# What is quick, whatever else is settled.
QUICK = """
in-process = true
checks = ["framing/rfc9110-8.6"]
phases = "sweeps"
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, a subfolder of the project."""
    below = tmp_path / "some" / "where"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    return tmp_path


def settled(project: Path, text: str, head: str = "[tool.h11spec]\n") -> Path:
    path = project / "pyproject.toml"
    path.write_text(head + text, "utf-8")
    return path


def header(project: Path, *arguments: str) -> Any:
    """The settings in the record of a run."""
    record = project / "run.jsonl"
    done = h11spec("check", *arguments, "--record", record)
    assert done.exit_code == 0, done.stderr + done.stdout
    return record_lines(record)[0]


def refused(*arguments: str) -> str:
    done: CommandResult = h11spec("check", *arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.error.startswith("Error: ")
    assert len(done.error) < 500
    return done.error


def test_a_file_in_a_parent_folder_sets_defaults(project: Path) -> None:
    """The command line wins, flags included."""
    settled(project, f'{QUICK}target = "h11"\nseed = 5\nmax-time = "2m"\nstrict = true\n')
    settings = header(project)["settings"]
    assert settings["checks"] == ["framing/rfc9110-8.6"]
    assert [settings[key] for key in ("phases", "seed", "max_time")] == [["sweeps"], 5, 120.0]
    assert settings["strict"] is True
    other = header(project, "h11spec.reference", "--seed=6", "--no-strict", "--checks=chunked/")
    assert other["target"]["name"] == "h11spec.reference"
    assert [other["settings"][key] for key in ("seed", "strict")] == [6, False]
    assert other["settings"]["checks"] == ["chunked/"]


def test_only_the_nearest_file_counts_even_without_the_table(project: Path) -> None:
    settled(project, 'target = "no_such_module"\n')
    settled(project / "some", "", head="[project]\nname = 'x'\n")
    assert nearest(project / "some" / "where") == project / "some" / "pyproject.toml"
    assert "Missing argument 'TARGET'" in refused()


def test_without_a_file_the_defaults_apply(tmp_path: Path) -> None:
    assert nearest(tmp_path) is None


def test_a_file_can_be_named(project: Path) -> None:
    settled(project, 'target = "no_such_module"\n')
    path = project / "other.toml"
    path.write_text(f'[tool.h11spec]\ntarget = "h11"\n{QUICK}')
    assert header(project, "--config", str(path))["target"]["name"] == "h11"
    path.write_text("")
    assert f"{path} has no [tool.h11spec]" in refused("h11", "--config", str(path))
    assert f"{path}x cannot be read" in refused("h11", "--config", f"{path}x")
    assert f"{project} is not a file" in refused("h11", "--config", str(project))


def test_paths_are_relative_to_the_file(project: Path) -> None:
    """Whatever the current folder is."""
    (project / "src").symlink_to(FOLDER)
    settled(project, f'{QUICK}target = "src::copies_data"\nrecord = "run.jsonl"\n')
    assert h11spec("check").exit_code == 0
    assert record_lines(project / "run.jsonl")[0]["target"]["name"].endswith("/src::copies_data")


@pytest.mark.parametrize(
    ("target", "seen"),
    [
        ("h11", "h11"),
        ("src::h11", "{0}/src::h11"),
        ("./src::h11", "{0}/src::h11"),
        ("python3.12::h11", "python3.12::h11"),
        ("../missing::h11", "{0}/../missing::h11"),
        ("pip:h11==0.14.0", "pip:h11==0.14.0"),
        ("pip:src", "pip:src"),
        ("pip:./src", "pip:{0}/src"),
        ("pip:./src::h11", "pip:{0}/src::h11"),
        ("pip:git+https://example.org/a", "pip:git+https://example.org/a"),
        ("pip:h11::h11", "pip:h11::h11"),
    ],
)
def test_a_target_is_named_relative_to_the_file(project: Path, target: str, seen: str) -> None:
    (project / "src").mkdir()
    assert seen_from(project, target) == seen.format(project)
    assert seen_from(Path.cwd(), target) == target


WRONG: dict[str, tuple[str, str]] = {
    "an unknown key": (
        "max-example = 1",
        "unknown setting 'max-example'; did you mean 'max-examples'?",
    ),
    "the name in Python": ("max_examples = 1", "did you mean 'max-examples'?"),
    "nothing like any": (
        "xyzzy = 1",
        "unknown setting 'xyzzy'; known are against, allow-reexport, baseline, ",
    ),
    "a text for a number": ('max-examples = "many"', "max-examples = 'many' is not a whole number"),
    "a flag for a number": ("max-examples = true", "max-examples = True is not a whole number"),
    "a number that is too small": ("max-examples = 0", "max-examples: 0 is not in the range"),
    "a number for a flag": ("strict = 1", "strict = 1 is not true or false"),
    "a text for a list": ('checks = "chunked"', "checks = 'chunked' is not a list of strings"),
    "numbers in a list": ("checks = [1]", "checks = [1] is not a list of strings"),
    "a number for a name": ("target = 1", "target = 1 is not a string"),
    "an unknown phase": ('phases = ["sweep"]', "phases: there is no phase 'sweep'"),
    "no phase": ("phases = []", "phases: no phase is named"),
    "no time": ("max-time = 0", "max-time: 0 is not a duration greater than 0"),
    "an invalid time": ('max-time = "5 d"', "max-time: '5 d' is not a duration"),
    "a time in a list": ("max-time = [1]", "max-time = [1] is not a number of seconds"),
    "a seed in words": ('seed = "x"', "seed: 'x' is neither a whole number nor 'random'"),
    "a seed with a fraction": ("seed = 1.5", 'seed = 1.5 is not a whole number, or "random"'),
    "a table for a setting": ("[tool.h11spec.seed]", "seed = {} is not a whole number"),
    "an invalid path": ('record = "a\\u0000b"', "record = 'a\\x00b' is not a string"),
    "very much": (f"seed = [{'1,' * 1000}]", "seed = [1, 1, "),
}


@pytest.mark.parametrize("name", WRONG)
def test_an_invalid_setting_is_refused(project: Path, name: str) -> None:
    """The message names the file and the table."""
    text, part = WRONG[name]
    path = settled(project, text)
    error = refused("h11")
    assert error.startswith(f"Error: {path}, [tool.h11spec]: ")
    assert part in error


FILES: dict[str, tuple[bytes, str]] = {
    "no TOML": (b"a = 1\nb = = 2\n", "is not valid TOML: Invalid value (at line 2, column 5)"),
    "a key twice": (b"a = 1\na = 2\n", "is not valid TOML: Cannot overwrite a value (at line 2"),
    "a number of many digits": (b"a = " + b"1" * 5000, "is not valid TOML: Exceeds the limit"),
    "not UTF-8": (b"a = 1\nb = '\xff'\n", ", line 2: not UTF-8"),
    "nested without end": (b"a = " + b"[" * 100_000, "nested too deeply"),
    "huge": (b"# " + b"x" * 2**20, "is larger than 1,048,576 bytes"),
    "a list of tables": (b"[[tool.h11spec]]\n", "'h11spec' is not a table"),
    "an invalid tool": (b"tool = 1\n", "'tool' is not a table"),
}


@pytest.mark.parametrize("name", FILES)
def test_an_invalid_file_is_refused(project: Path, name: str) -> None:
    content, part = FILES[name]
    path = project / "pyproject.toml"
    path.write_bytes(content)
    error = refused("h11")
    assert error.startswith(f"Error: {path}")
    assert part in error


def test_help_does_not_need_the_file(project: Path) -> None:
    """Nor do commands that run nothing."""
    settled(project, "= =", head="")
    assert h11spec("check", "--help").exit_code == 0
    assert h11spec("checks", "chunked/").exit_code == 0


def test_every_option_is_a_setting_but_the_file_and_what_is_for_one_run() -> None:
    options = {option for each in command.params for option in each.opts if option[:2] == "--"}
    settings = {f"--{key}" for key in settings_of(command)}
    assert settings == (options | {"--target"}) - {"--config", "--exitfirst"}
