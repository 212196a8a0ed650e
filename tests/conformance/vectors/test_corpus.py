"""The shipped vectors are current, and cover what they were chosen for."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from processes_helper import unmeasured

from h11spec import reference
from h11spec.benchmarks.distillation.candidates import taken
from h11spec.conformance.checks.catalogue import catalogue
from h11spec.conformance.requirements import contract
from h11spec.conformance.requirements.rfc import load
from h11spec.conformance.vectors import corpus
from h11spec.reports.findings.vector import canonical_json, vector_id
from h11spec.strategies import interpreter
from h11spec.strategies.model_coverage import ModelCoverage, coverage_items
from h11spec.strategies.program import Program

VECTORS = corpus.load()
PROGRAMS = [vector.program for vector in VECTORS]


def test_the_vectors_are_current() -> None:
    """If this fails, the reference has changed: `make vectors` (docs/reference/vectors.md)."""
    assert corpus.current()
    wrong = [
        vector.id
        for vector in VECTORS
        if json.dumps(interpreter.run(reference, vector.program.to_json()))
        != json.dumps(vector.expected)
    ]
    assert wrong == []


def test_each_digest_is_that_of_its_trace() -> None:
    """Most traces are compared by digest only."""
    wrong = [each.id for each in corpus.stored() if each.digest != corpus.digest_of(each.trace())]
    assert wrong == []


def test_an_id_follows_from_the_program_and_is_unique() -> None:
    assert [each.id for each in VECTORS] == [vector_id(program) for program in PROGRAMS]
    assert [each for each, times in Counter(each.id for each in VECTORS).items() if times > 1] == []


def test_an_id_does_not_depend_on_the_order_of_members() -> None:
    one, other = (
        Program.from_json(
            {"program": 1, "role": "client", "steps": [{"do": "send", "event": event}]}
        )
        for event in (
            {"type": "Data", "data": "a", "chunk_end": True},
            {"chunk_end": True, "data": "a", "type": "Data"},
        )
    )
    assert vector_id(one) == vector_id(other)
    assert vector_id(one) != vector_id(Program("server", one.steps))


def test_compressing_the_vectors_again_gives_the_same_file() -> None:
    assert corpus.content(VECTORS) == corpus.FILE.read_bytes()


def test_the_corpus_is_small() -> None:
    assert 1500 <= len(VECTORS) <= 4000
    assert corpus.FILE.stat().st_size < 1_750_000
    assert sum(len(program.steps) for program in PROGRAMS) < 12_000


def test_each_vector_belongs_to_a_differential_check_of_documented_input() -> None:
    known = {check.id for check in catalogue() if check.differential and check.documented}
    assert {each.check for each in VECTORS} <= known


def test_each_requirement_and_promise_with_a_program_has_a_vector() -> None:
    shown = {requirement for vector in VECTORS for requirement in vector.requirements}
    required = {each.id for each in load() if each.program is not None}
    promised = {each.id for each in contract.load().promises if each.program is not None}
    assert shown == required | promised
    programs = {canonical_json(program.to_json()) for program in PROGRAMS}
    assert {canonical_json(each.program.to_json()) for each in taken()} <= programs


@pytest.fixture(scope="module")
def reach() -> ModelCoverage:
    reach = ModelCoverage()
    for program in PROGRAMS:
        reach.add(program)
    return reach


@pytest.mark.unmeasured
@pytest.mark.parametrize("dimension", ["joint state", "transition", "framing"])
def test_the_corpus_covers_a_dimension_completely(dimension: str, reach: ModelCoverage) -> None:
    """Including each reachable cell of both transition tables."""
    assert [each for each in coverage_items()[dimension] if not reach.counts[dimension][each]] == []


# Functions with lines that no documented conversation reaches.
BEYOND = {
    ("connection.py", "Connection.__init__"),  # an error of the caller before the first step
    ("connection.py", "Connection.next_event"),  # an exception that is not a protocol error
    ("errors.py", "ProtocolError.__init__"),  # the base class, which must not be raised itself
    ("events.py", "_ResponseBase.__init__"),  # a status code that is not a number
    ("headers.py", "as_bytes"),  # a field of an undocumented type
    ("headers.py", "Headers.__getitem__"),
    ("headers.py", "Headers.__eq__"),
    ("headers.py", "Headers.__repr__"),
    ("headers.py", "Headers.__reduce__"),
    ("states.py", "States._enter"),  # an observer, which only measurements set
    ("standin.py", "install_as_h11"),
    ("standin.py", "_replace"),
}

# Prints each function of the reference in which a line or a branch is missed.
MEASURE = """
import json, sys
from pathlib import Path
import coverage

measured = coverage.Coverage(
    branch=True, data_file=None, config_file=False, include=[sys.argv[1] + "/*"]
)
measured.start()
from h11spec import reference
from h11spec.conformance.vectors import corpus
from h11spec.strategies import interpreter

for each in corpus.stored():
    interpreter.run(reference, each.program.to_json())
measured.stop()
measured.json_report(outfile=sys.argv[2])
for file, found in json.loads(Path(sys.argv[2]).read_text())["files"].items():
    for name, function in found["functions"].items():
        if function["missing_lines"] or function["missing_branches"]:
            print(Path(file).name, name)
"""


def test_the_corpus_takes_every_branch_of_the_reference(tmp_path: Path) -> None:
    """Measured in another process, as coverage of the tests may be measured in this one."""
    folder = Path(reference.__file__).parent
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(folder), str(tmp_path / "report")],
        env=unmeasured(),
        capture_output=True,
        text=True,
        check=True,
    )
    missed = {tuple(line.split(" ", 1)) for line in done.stdout.splitlines()}
    assert missed == BEYOND
