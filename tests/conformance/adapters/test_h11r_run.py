"""A run on h11r through its adapter reaches a verdict, with real differences."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from processes_helper import SEARCH

pytest.importorskip("h11r", reason="there is no h11r for this platform")

from h11spec import reference
from h11spec.conformance.adapters import h11r as adapter
from h11spec.conformance.cli.main import main
from h11spec.reports.findings.divergence import compare
from h11spec.strategies.program import EventSpec, Program, Receive, ReceiveEOF, Send
from h11spec.strategies.traces import run

NAME = "h11spec.conformance.adapters.h11r"


def test_the_adapter_exports_all_names_of_the_reference() -> None:
    """It also exports Inapplicable."""
    names = {*reference.__all__, "MIGHT_SWITCH_PROTOCOL", "Inapplicable"}
    assert set(adapter.__all__) == names
    assert [name for name in names if not hasattr(adapter, name)] == []


@pytest.mark.slow
def test_a_run_reaches_a_verdict(tmp_path: Path) -> None:
    """h11r differs, no difference is caused by the adapter, and inapplicable steps are counted."""
    record = tmp_path / "run.jsonl"
    arguments = ["check", SEARCH, NAME, "--max-examples", "12", "--record", str(record)]
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 1, done.output
    assert f"DIFFERS: {NAME} (" in done.output
    assert re.search(
        r"^search: inapplicable: \d+ programs? ended at a step", done.output, re.MULTILINE
    )
    lines = [json.loads(line) for line in record.read_text("utf-8").splitlines()]
    assert lines[0]["target"]["distribution"] == f"h11r {adapter.__version__}"
    findings = [line for line in lines if line["kind"] == "finding"]
    assert [line["identity"] for line in findings if line["aspect"] == "fault"] == []
    misfits = re.compile("AttributeError|TypeError|NameError|Inapplicable|blind")
    assert [line["identity"] for line in findings if misfits.search(line["identity"])] == []


@pytest.mark.parametrize(
    ("program", "difference"),
    [
        (
            Program("server", (ReceiveEOF(), Receive(b"a"))),
            "error: expected RuntimeError, got LocalProtocolError 400",
        ),
        (
            Program("client", (Send(EventSpec.of("Data", data=b"a")),)),
            "state client: expected ERROR, got IDLE",
        ),
        (
            Program(
                "client",
                (
                    Send(
                        EventSpec.of(
                            "Request",
                            method=b"GET",
                            target=b"/",
                            headers=[(b"Host", b"a"), (b"Content-Length", b"5, 5")],
                        )
                    ),
                ),
            ),
            "bytes returned",
        ),
        (
            Program("client", (Send(EventSpec.of("EndOfMessage", headers=[(b"A B", b"c")])),)),
            "error by: expected constructor, got send",
        ),
    ],
    ids=["data after the end", "a local error", "a repeated length", "a bad trailer"],
)
def test_the_adapter_hides_no_difference_of_h11r(program: Program, difference: str) -> None:
    """Each is a divergence, whether h11 or h11r is right."""
    found = compare(program, run(reference, program), run(adapter, program)).divergence
    assert found is not None
    assert found.identity.endswith(f": {difference}")
