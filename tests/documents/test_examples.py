"""The Python examples in docs/: each is run by a test, here or in the test of its page."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from docs_helper import DOCS, ROOT, blocks
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

# The pages whose blocks run here, one after the other; the other pages have their own tests, which
# know the expected results.
HERE = ("how-to/use-the-strategies.md", "reference/schemas.md")
# Signatures, which test_made_pages.py checks; scripts of findings and changes, run when published.
NO_EXAMPLES = ("reference/api.md", "results/findings.md", "results/index.md")
WITH_PYTHON = sorted(
    path.relative_to(DOCS).as_posix()
    for path in DOCS.rglob("*.md")
    if blocks(path, "python", "pycon")
)
TESTS = [
    path.read_text("utf-8") for path in (ROOT / "tests").rglob("*.py") if path != Path(__file__)
]


def run_briefly(test: Any) -> None:
    """Runs a property test with the same few examples each time."""
    few = settings(
        max_examples=15,
        derandomize=True,
        deadline=None,
        phases=[Phase.generate],
        # The time of generation depends on the load of the machine.
        suppress_health_check=[HealthCheck.too_slow],
    )
    few(test)()


@pytest.mark.parametrize("page", HERE)
def test_the_examples_of_a_page_run(page: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Every block in order, and each test that they define; the page shows what they print."""
    names: dict[str, Any] = {}
    for block in blocks(DOCS / page, "python"):
        exec(block.content, names)  # noqa: S102 (our own page)
    tests = [value for name, value in names.items() if name.startswith("test_")]
    for test in tests:
        run_briefly(test)
    printed = capsys.readouterr().out.splitlines()
    assert tests or printed
    assert [line for line in printed if line not in (DOCS / page).read_text("utf-8")] == []


def test_a_test_of_a_page_can_fail() -> None:
    @given(st.just(1))
    def test_wrong(number: int) -> None:
        assert number < 0

    with pytest.raises(AssertionError):
        run_briefly(test_wrong)


@pytest.mark.parametrize("page", [each for each in WITH_PYTHON if each not in NO_EXAMPLES])
def test_every_page_with_python_is_run_by_a_test(page: str) -> None:
    """Here, or by one that names the page and runs its code."""
    runs = re.compile(r"\bexec\(|doctest|\btyped\(")
    owners = [text for text in TESTS if Path(page).name in text and runs.search(text)]
    assert page in HERE or owners
