"""The audit document agrees with its tests."""

import re
import runpy
from collections import Counter
from pathlib import Path

from states_page_audit import AUDIT, DECLARED, TRUE, Verdict, documented_claims


def test_the_document_lists_every_claim_once_and_in_order() -> None:
    """82 rows, S01 to S82."""
    listed = [claim.identifier for claim in documented_claims()]
    assert listed == [f"S{number:02}" for number in range(1, 83)]


def test_every_claim_has_a_test_with_the_same_verdict() -> None:
    """The document and the tests have the same verdicts."""
    DECLARED.clear()
    for path in sorted(Path(__file__).parent.glob("test_page_*.py")):
        runpy.run_path(str(path))
    assert {claim.identifier: claim.verdict for claim in documented_claims()} == DECLARED


def test_the_counts_in_the_document_are_those_of_its_rows() -> None:
    """The summary matches the table."""
    claims = documented_claims()
    counted = Counter(claim.verdict for claim in claims)
    parts = ", ".join(f"{counted[verdict]} {verdict}" for verdict in Verdict)
    assert f"{len(claims)} claims: {parts}." in AUDIT.read_text("utf-8")


def test_every_claim_has_a_statement_and_wrong_ones_a_correction() -> None:
    """The table says what the page states and, where that is wrong, what really happens."""
    assert all(claim.statement for claim in documented_claims())
    uncorrected = [
        c.identifier for c in documented_claims() if c.verdict is not TRUE and not c.correction
    ]
    assert uncorrected == []


def test_each_of_the_four_samples_has_a_corrected_version() -> None:
    """One heading and one block of code per sample, and no other code."""
    landmarks = re.findall(r"^(?:### )?(SMP\d|```\w+)", AUDIT.read_text("utf-8"), re.MULTILINE)
    assert landmarks == [mark for n in "1234" for mark in (f"SMP{n}", "```python")]
