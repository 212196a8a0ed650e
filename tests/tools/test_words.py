"""tools/words: every pattern finds its own example, and ordinary English passes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from h11spec.tools import words
from h11spec.tools.words import Idiom, hits, idioms

IDIOMS = idioms(words.FILE.read_text("utf-8"))
ORDINARY = """\
from typing import Any

# Reads each line of data; both sides are known by then.
def read_lines(data: bytes, side: str) -> list[str]:
    \"\"\"Returns the lines of the given side; raises ValueError if there are none.\"\"\"
    raise ValueError(f"{side!r} is not known; known sides are client and server")
"""


@pytest.mark.parametrize("idiom", IDIOMS, ids=lambda idiom: idiom.pattern)
def test_a_pattern_finds_its_example_and_nothing_ordinary(idiom: Idiom) -> None:
    assert idiom.found_in(idiom.hit)
    assert idiom.use
    assert not idiom.found_in(idiom.ordinary)


def test_there_are_patterns_of_both_kinds() -> None:
    assert len(IDIOMS) >= 60
    assert {idiom.kind for idiom in IDIOMS} == {"identifier", "prose"}


def test_ordinary_code_passes() -> None:
    assert list(hits("a.py", ORDINARY, IDIOMS)) == []


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("x = 1\ntally = 2\n", 2),
        ("class Remembering: ...\n", 1),
        ("# fine\nx = 1\n# so\n# many\n", 3),
        ('"""Fine.\n\nAnd nobody reads it."""\n', 3),
        ("raise ValueError('this is none')\n", 1),
    ],
    ids=["name", "class", "comment over two lines", "docstring", "message"],
)
def test_idiom_is_found_wherever_it_stands_in_code(source: str, line: int) -> None:
    [hit] = hits("a.py", source, IDIOMS)
    assert hit.line == line
    assert str(hit).startswith(f"a.py:{line}: ")


def test_bytes_are_data_and_not_prose() -> None:
    assert list(hits("a.py", "x = b'nobody'\n", IDIOMS)) == []


def test_other_files_are_prose_throughout() -> None:
    [hit] = hits("a.toml", 'a = 1\nsentence = "It is told."\n', IDIOMS)
    assert (hit.line, hit.text) == (2, "is told")


@pytest.mark.slow
def test_the_repository_has_no_hits() -> None:
    """As ``make lint`` runs it: exit code 0, and a line that counts."""
    done = subprocess.run(
        [sys.executable, "-m", "h11spec.tools.words"],
        cwd=Path(words.ROOT),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert done.stdout.endswith("0 hits\n")
