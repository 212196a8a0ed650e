"""The baseline file: valid contents, and the one-line error for any other."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from h11spec.conformance.baseline.file import (
    MAX_BYTES,
    Baseline,
    BaselineError,
    RunEnvironment,
    load,
    read,
)

PROGRAM = json.dumps({"program": 1, "role": "server", "steps": [{"do": "drain"}]})
ENTRY = f"""
[[accepted]]
id = "D-000001"
check = "octets/received"
difference = "drain in IDLE/IDLE: state client"
reason = "as in 0.15"
program = '{PROGRAM}'
"""
WHOLE = f"version = 2\n{ENTRY}"
HERE = RunEnvironment("3.11.7", "CPython", "linux", "0.16.0")


def one(more: str = "") -> Baseline:
    return read(f"{WHOLE}{more}".encode(), "b.toml")


def test_an_entry_has_the_members_of_its_table() -> None:
    [entry] = one('link = "https://example.org/7"\nsmuggling = true\n').entries
    assert (entry.id, entry.check, entry.reason) == ("D-000001", "octets/received", "as in 0.15")
    assert (entry.link, entry.smuggling) == ("https://example.org/7", True)
    assert entry.program is not None
    assert entry.program.role == "server"


def test_an_empty_baseline_accepts_nothing() -> None:
    assert (
        read(b"version = 2\n", "b.toml").covering("D-000001", smuggling=False, environment=HERE)
        is None
    )


@pytest.mark.parametrize(
    ("when", "applies"),
    [
        ("", True),
        ('python = ">=3.11"', True),
        ('python = ">=3.12"', False),
        ('implementation = "CPython"', True),
        ('implementation = "PyPy"', False),
        ('platform = "linux"', True),
        ('platform = "win32"', False),
        ('target = "<0.17"', True),
        ('target = "<0.16"', False),
        ('target = ">=0.16.dev0", python = ">=3"', True),
        ('target = "<0.17", python = "<3"', False),
    ],
)
def test_an_entry_applies_in_the_environments_it_names(when: str, applies: bool) -> None:
    [entry] = one(f"when = {{ {when} }}\n").entries
    assert entry.applies(HERE) is applies


def test_an_invalid_version_matches_no_specifier() -> None:
    [entry] = one('when = { target = ">=0" }\n').entries
    assert not entry.applies(RunEnvironment("3.11.7", "CPython", "linux", "unknown"))


@pytest.mark.parametrize(
    ("entry", "smuggling", "covered"),
    [
        ("", False, True),
        ("", True, False),
        ("smuggling = true\n", True, True),
        ("smuggling = true\n", False, True),
        ('when = { platform = "win32" }\n', False, False),
    ],
)
def test_a_smuggling_relevant_finding_needs_an_entry_that_says_so(
    entry: str, smuggling: bool, covered: bool
) -> None:
    found = one(entry).covering("D-000001", smuggling=smuggling, environment=HERE)
    assert (found is not None) is covered


def test_another_finding_is_not_covered() -> None:
    assert one().covering("D-000002", smuggling=False, environment=HERE) is None


def changed(old: str, new: str) -> bytes:
    assert old in WHOLE
    return WHOLE.replace(old, new).encode()


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "no TOML": (lambda: b"version = ", "not valid TOML"),
    "truncated": (lambda: WHOLE.encode()[:-30], "not valid TOML"),
    "not UTF-8": (lambda: b"version = 1 # \xff\n", "byte 14 is not UTF-8"),
    "no version": (lambda: ENTRY.encode(), "version None is unknown; write version = 2"),
    "another version": (lambda: changed("version = 2", "version = 3"), "version 3 is unknown"),
    "an older version": (lambda: changed("version = 2", "version = 1"), "h11spec baseline update"),
    "a true version": (lambda: changed("version = 2", "version = true"), "version True"),
    "an unknown key": (lambda: b"version = 2\nignored = 1\n", "unknown key 'ignored'"),
    "an entry's": (lambda: f"{WHOLE}reasons = 1\n".encode(), "did you mean 'reason'?"),
    "no list": (lambda: b"version = 2\naccepted = 1\n", "accepted must be a list"),
    "no table": (lambda: b"version = 2\naccepted = [1]\n", "entry 1: an entry must be a table"),
    "no id": (lambda: changed('id = "D-000001"', ""), "entry 1: id is missing"),
    "no reason": (lambda: changed('reason = "as in 0.15"', ""), "entry 1 (D-000001): reason"),
    "an empty reason": (lambda: changed("as in 0.15", " "), "reason is missing or not a text"),
    "a link": (lambda: f"{WHOLE}link = 1\n".encode(), "link is 1; it must be a text"),
    "smuggling": (lambda: f"{WHOLE}smuggling = 1\n".encode(), "it must be true or false"),
    "breaks": (lambda: f"{WHOLE}breaks = [1]\n".encode(), "must be a list of ids of checks"),
    "before": (lambda: f"{WHOLE}before = 1\n".encode(), "must be a list of programs"),
    "no program": (lambda: changed(f"program = '{PROGRAM}'", ""), "needs either a program or an"),
    "both": (lambda: f'{WHOLE}expression = "1"\n'.encode(), "needs either a program or an"),
    "a broken program": (lambda: changed('"steps": [', '"steps": {'), "program is invalid"),
    "another program": (lambda: changed('"program": 1', '"program": 2'), "program is invalid"),
    "when": (lambda: f"{WHOLE}when = 1\n".encode(), "when is 1; it must be a table of"),
    "when what": (lambda: f'{WHOLE}when = {{ os = "a" }}\n'.encode(), "unknown key 'os'"),
    "when a number": (lambda: f"{WHOLE}when = {{ python = 3 }}\n".encode(), "python is 3"),
    "when no version": (
        lambda: f'{WHOLE}when = {{ python = "3" }}\n'.encode(),
        "version specifier",
    ),
    "twice": (lambda: f"{WHOLE}{ENTRY}".encode(), "D-000001 occurs twice"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_an_invalid_baseline_is_refused_in_one_line(name: str) -> None:
    content, says = REFUSED[name]
    with pytest.raises(BaselineError) as refused:
        read(content(), "b.toml")
    assert str(refused.value).startswith("b.toml: ")
    assert says in str(refused.value)
    assert "\n" not in str(refused.value).strip()


def test_a_finding_can_be_accepted_in_several_environments() -> None:
    other = ENTRY + 'when = { platform = "win32" }\n'
    assert len(read(f"{WHOLE}{other}".encode(), "b.toml").entries) == 2


def test_an_unreadable_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BaselineError, match=r"No such file.*h11spec baseline update"):
        load(tmp_path / "none.toml")
    huge = tmp_path / "huge.toml"
    with huge.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(BaselineError, match="at most"):
        load(huge)
    with pytest.raises(BaselineError):
        load(tmp_path)
