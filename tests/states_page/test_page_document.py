"""The audit document against its tests: what it lists is what is executed."""

import re
import runpy
from collections import Counter
from pathlib import Path

from states_page_audit import AUDIT, DECLARED, TRUE, Verdict, documented_claims


def test_the_document_lists_every_claim_once_and_in_order() -> None:
    """82 rows, S01 to S82."""
    listed = [claim.identifier for claim in documented_claims()]
    assert listed == [f"S{number:02}" for number in range(1, 83)]


def test_every_documented_claim_has_a_test_with_the_same_verdict() -> None:
    """The verdicts in the document are the verdicts the tests bear out, no more and no fewer."""
    DECLARED.clear()
    for path in sorted(Path(__file__).parent.glob("test_page_*.py")):
        runpy.run_path(str(path))
    assert {claim.identifier: claim.verdict for claim in documented_claims()} == DECLARED


def test_the_counts_in_the_document_are_those_of_its_rows() -> None:
    """The summary is counted, not remembered."""
    claims = documented_claims()
    counted = Counter(claim.verdict for claim in claims)
    parts = ", ".join(f"{counted[verdict]} {verdict}" for verdict in Verdict)
    assert f"{len(claims)} claims: {parts}." in AUDIT.read_text("utf-8")


def test_every_claim_is_told_and_what_is_not_true_is_put_right() -> None:
    """A reader is told what the page says and, where that is wrong, what is the case."""
    assert all(claim.said for claim in documented_claims())
    silent = [c.identifier for c in documented_claims() if c.verdict is not TRUE and not c.really]
    assert silent == []


def test_each_of_the_four_samples_is_shown_corrected() -> None:
    """One heading and one block of code per sample, and no code besides."""
    landmarks = re.findall(r"^(?:### )?(SMP\d|```\w+)", AUDIT.read_text("utf-8"), re.MULTILINE)
    assert landmarks == [mark for n in "1234" for mark in (f"SMP{n}", "```python")]
