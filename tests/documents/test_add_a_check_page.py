"""docs/how-to/add-a-check.md: its entries are real, and the files and targets it names exist."""

import re
import tomllib
from importlib.resources import files
from typing import Any

import pytest
from docs_helper import DOCS, ROOT, blocks

from h11spec.conformance.causes.explanations import load, parse
from h11spec.conformance.requirements import contract

PAGE = DOCS / "how-to/add-a-check.md"
TEXT = PAGE.read_text("utf-8")
REQUIREMENT, PROMISE, EXPLANATION = (block.content for block in blocks(PAGE, "toml"))


@pytest.mark.parametrize(
    ("entry", "kind", "file"),
    [(REQUIREMENT, "requirement", "rfc.toml"), (PROMISE, "promise", "contract.toml")],
)
def test_an_entry_on_the_page_is_in_the_file(entry: str, kind: str, file: str) -> None:
    document = tomllib.loads(
        files("h11spec.conformance.requirements").joinpath(file).read_text("utf-8")
    )
    [shown] = tomllib.loads(entry)[kind]
    assert shown in document[kind]


def test_the_code_prints_what_the_page_says(capsys: pytest.CaptureFixture[str]) -> None:
    [block] = blocks(PAGE, "python")
    names: dict[str, Any] = {"text": REQUIREMENT}
    exec(block.content, names)  # noqa: S102 (our own page)
    first, second = capsys.readouterr().out.splitlines()
    assert f"It prints `{first}` and `{second}`." in TEXT


def test_the_promise_can_be_parsed() -> None:
    [promise] = contract.read(PROMISE).promises
    assert promise.shown


def test_the_explanation_is_one_of_the_stored() -> None:
    [explanation] = parse(EXPLANATION)
    assert explanation in load()


def test_each_named_file_exists() -> None:
    named = set(re.findall(r"`((?:conformance|strategies|docs|tests)/[\w./-]*)`", TEXT))
    assert len(named) > 8
    assert [each for each in named if not (ROOT / each).exists()] == []


def test_each_target_of_make_exists() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for target in re.findall(r"`make (\w+)`", TEXT):
        assert f"\n{target}:" in makefile
