"""The audit of the states page as data: its claims, its samples, its tables.

Owns the reading of `docs/explanation/h11-states-audit.md` and the binding of a test to a claim.
The document is the only place where verdicts and wordings live. Knows nothing of HTTP.
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

# Two modules with one interface but no common declared type: h11, and the reference in its place.
H11: TypeAlias = ModuleType


class Verdict(StrEnum):
    """What execution says about a claim; the three words the document uses."""

    TRUE = "true"
    FALSE = "false"
    IMPRECISE = "imprecise"


TRUE, FALSE, IMPRECISE = Verdict


@dataclass(frozen=True)
class Claim:
    """One row of the audit: what the page says, in our words, and what is the case."""

    identifier: str
    said: str
    verdict: Verdict
    really: str


@dataclass
class AsStated:
    """The tally of one claim test: where the claim as stated held, and where it failed."""

    held: int = 0
    failed: int = 0

    def holds(self, prediction: bool) -> None:
        """Require that what the claim predicts for this situation is the case."""
        assert prediction, "the claim as stated was expected to hold here, and does not"
        self.held += 1

    def fails(self, prediction: bool) -> None:
        """Require that what the claim predicts for this situation is not the case."""
        assert not prediction, "the claim as stated was expected to fail here, and holds"
        self.failed += 1

    def must_amount_to(self, verdict: Verdict) -> None:
        """Require the tally the verdict stands for."""
        tally = (self.held > 0, self.failed > 0)
        assert tally == _TALLIES[verdict], f"{verdict} does not fit a claim that {self}"

    def __str__(self) -> str:
        return f"held {self.held} times and failed {self.failed} times"


_TALLIES = {TRUE: (True, False), FALSE: (False, True), IMPRECISE: (True, True)}

DECLARED: dict[str, Verdict] = {}


def claim(
    identifier: str, verdict: Verdict
) -> Callable[[Callable[[H11, AsStated], None]], Callable[[H11], None]]:
    """Bind a test to a claim: it runs on each implementation and must bear the verdict out."""

    def declare(test: Callable[[H11, AsStated], None]) -> Callable[[H11], None]:
        def execute(h11: H11) -> None:
            as_stated = AsStated()
            test(h11, as_stated)
            as_stated.must_amount_to(verdict)

        if DECLARED.setdefault(identifier, verdict) is not verdict:
            raise ValueError(f"{identifier} is declared {DECLARED[identifier]} and {verdict}")
        # Not functools.wraps: pytest would look through it and ask for an `as_stated` fixture.
        execute.__name__ = test.__name__
        execute.__doc__ = test.__doc__
        execute.__module__ = test.__module__
        return execute

    return declare


def table_rows(text: str) -> list[list[str]]:
    """Every table row of a piece of Markdown, as its stripped cells; rules are left out."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [row for row in rows if not all(re.fullmatch(":?-+:?", cell) for cell in row)]


def documented_claims() -> list[Claim]:
    """The claims of the audit, in the order of the document."""
    rows = [row for row in table_rows(AUDIT.read_text("utf-8")) if re.match(r"S\d", row[0])]
    return [Claim(row[0], row[1], Verdict(row[2]), row[3]) for row in rows]


def section(heading: str) -> str:
    """The text under one heading of the audit, to the next heading of any level."""
    text = AUDIT.read_text("utf-8")
    found = re.search(
        rf"^#+ {re.escape(heading)}\n(.*?)(?=^#+ |\Z)", text, re.MULTILINE | re.DOTALL
    )
    assert found, f"the audit has no heading {heading!r}"
    return found.group(1)


def corrected_sample(name: str, h11: H11) -> dict[str, Any]:
    """Run the corrected sample printed in the audit, and give back the names it defines.

    Its `import h11` gets this implementation. Line numbers in tracebacks are the document's.
    """
    text = AUDIT.read_text("utf-8")
    # A comment in a fenced block looks like a heading to section(), so the block is searched for.
    found = re.search(rf"^### {name}\b.*?^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert found, f"the audit shows no code for {name}"
    padding = "\n" * text.count("\n", 0, found.start(1))
    namespace: dict[str, Any] = {"__name__": name}
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "h11", h11)
        code = compile(padding + found.group(1), str(AUDIT), "exec")
        exec(code, namespace)  # noqa: S102 - the document's own code is what is under test
    return namespace
