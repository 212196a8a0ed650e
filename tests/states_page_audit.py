"""The audit of the states page as data: its claims, its samples, its tables.

Owns the reading of `docs/explanation/h11-states-audit.md` and binds tests to claims. The document
is the only place with verdicts and statements. Knows nothing of HTTP.
"""

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import ModuleType
from typing import Any, TypeAlias

import pytest

AUDIT = Path(__file__).parent.parent / "docs" / "explanation" / "h11-states-audit.md"

# Two modules with one interface but no common declared type: h11 and the reference.
H11: TypeAlias = ModuleType


class Verdict(StrEnum):
    """The result of executing a claim, in the words of the document."""

    TRUE = "true"
    FALSE = "false"
    IMPRECISE = "imprecise"


TRUE, FALSE, IMPRECISE = Verdict


@dataclass(frozen=True)
class Claim:
    """A row of the audit: the statement of the page, its verdict, and the correction."""

    identifier: str
    statement: str
    verdict: Verdict
    correction: str


@dataclass
class AsStated:
    """Counts the cases of a claim: those where it held as stated, and those where it failed."""

    held: int = 0
    failed: int = 0

    def holds(self, prediction: bool) -> None:
        """Requires that the prediction of the claim is true in this case."""
        assert prediction, "the claim as stated should hold here, but fails"
        self.held += 1

    def fails(self, prediction: bool) -> None:
        """Requires that the prediction of the claim is false in this case."""
        assert not prediction, "the claim as stated should fail here, but holds"
        self.failed += 1

    def must_support(self, verdict: Verdict) -> None:
        """Requires that the counts support the verdict."""
        occurred = (self.held > 0, self.failed > 0)
        assert occurred == _HELD_AND_FAILED[verdict], f"{verdict} does not fit a claim that {self}"

    def __str__(self) -> str:
        return f"held {self.held} times and failed {self.failed} times"


_HELD_AND_FAILED = {TRUE: (True, False), FALSE: (False, True), IMPRECISE: (True, True)}

DECLARED: dict[str, Verdict] = {}


def claim(
    identifier: str, verdict: Verdict
) -> Callable[[Callable[[H11, AsStated], None]], Callable[[H11], None]]:
    """Binds a test to a claim: it runs on each implementation and must support the verdict."""

    def declare(test: Callable[[H11, AsStated], None]) -> Callable[[H11], None]:
        def execute(h11: H11) -> None:
            as_stated = AsStated()
            test(h11, as_stated)
            as_stated.must_support(verdict)

        if DECLARED.setdefault(identifier, verdict) is not verdict:
            raise ValueError(f"{identifier} is declared {DECLARED[identifier]} and {verdict}")
        # Not functools.wraps: pytest would follow it and look for an `as_stated` fixture.
        execute.__name__ = test.__name__
        execute.__doc__ = test.__doc__
        execute.__module__ = test.__module__
        return execute

    return declare


def table_rows(text: str) -> list[list[str]]:
    """The rows of all tables in a piece of Markdown, as stripped cells, without rules."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [row for row in rows if not all(re.fullmatch(":?-+:?", cell) for cell in row)]


def documented_claims() -> list[Claim]:
    """The claims of the audit, in the order of the document."""
    rows = [row for row in table_rows(AUDIT.read_text("utf-8")) if re.match(r"S\d", row[0])]
    return [Claim(row[0], row[1], Verdict(row[2]), row[3]) for row in rows]


def section(heading: str) -> str:
    """The text under a heading of the audit, up to the next heading of any level."""
    text = AUDIT.read_text("utf-8")
    found = re.search(
        rf"^#+ {re.escape(heading)}\n(.*?)(?=^#+ |\Z)", text, re.MULTILINE | re.DOTALL
    )
    assert found, f"the audit has no heading {heading!r}"
    return found.group(1)


def corrected_sample(name: str, h11: H11) -> dict[str, Any]:
    """Runs the corrected sample of the audit, and returns the names it defines.

    Its `import h11` gets this implementation. Tracebacks have the line numbers of the document.
    """
    text = AUDIT.read_text("utf-8")
    # A comment in a fenced block looks like a heading to section(), so search for the block.
    found = re.search(rf"^### {name}\b.*?^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert found, f"the audit shows no code for {name}"
    padding = "\n" * text.count("\n", 0, found.start(1))
    namespace: dict[str, Any] = {"__name__": name}
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "h11", h11)
        code = compile(padding + found.group(1), str(AUDIT), "exec")
        exec(code, namespace)  # noqa: S102 - the document's own code is what is under test
    return namespace
