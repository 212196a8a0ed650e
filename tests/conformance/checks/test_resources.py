"""The checks of memory: what grows, in which measure, and how that is confirmed."""

import io
import tracemalloc
from collections.abc import Sequence
from contextlib import redirect_stdout
from itertools import chain, product
from typing import Any

import h11
import pytest
from command_helper import faulty, h11spec
from faulty.showing import implementation
from records_helper import record_lines

from h11spec import reference
from h11spec.conformance.checks.check import Check, JudgeOptions, Result
from h11spec.conformance.checks.resources import (
    ALLOWED,
    CHECKS,
    CONSTANT,
    GROWING,
    GROWING_WITH,
    INAPPLICABLE,
    SCREENED,
    growth,
)
from h11spec.conformance.execution.executor import InProcessExecutor
from h11spec.conformance.execution.fault_limit import FaultLimit
from h11spec.conformance.oracles.lockstep import Lockstep
from h11spec.conformance.oracles.statistics import Statistics
from h11spec.reports.findings.finding import Finding, memory_finding
from h11spec.reports.findings.memory_script import memory_script
from h11spec.strategies import interpreter
from h11spec.strategies.program import Json
from h11spec.strategies.repetition import CALLS, CONNECTIONS, CYCLES, Repetition, request
from h11spec.strategies.retention import NUMBER, live_memory
from h11spec.strategies.traces import run

# Coverage allocates memory while it is measured, and takes ten times as long together with it.
pytestmark = pytest.mark.unmeasured

FORMS = (*CYCLES, *CONNECTIONS, *CALLS)
BY_ID = {check.id: check for check in CHECKS}


def judged(check: Check, target: Any, **changes: Any) -> Result:
    """The result of a check on an implementation, in this process, or on an executor."""
    actual = target if isinstance(target, InProcessExecutor) else InProcessExecutor(target)
    lockstep = Lockstep(InProcessExecutor(reference), actual, **changes)
    result = Result(check, "sweeps", Statistics(check.id, "sweeps"))
    check.judge(lockstep, result, JudgeOptions())
    return result


class Given(InProcessExecutor):
    """An executor with given answers to the requests for memory; the last one is repeated."""

    def __init__(self, *answers: Json) -> None:
        super().__init__(reference)
        self._answers = [*answers]
        self.requests: list[Json] = []

    def live_memory(self, request: Json) -> Json:
        self.requests.append(request)
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]


def skip_without(measure: str) -> None:
    """Skips a test on a system that cannot measure this."""
    target = InProcessExecutor(reference)
    if measure not in target.live_memory(request(CALLS[:1], [1], fresh=False))["live"]:
        pytest.skip(f"this system has no measure {measure}")


def sizes(*live: int, measure: str = "allocated") -> Json:
    return {"live": {measure: list(live)}}


def fault(kind: str) -> Json:
    return {"fault": {"kind": kind, "detail": "", "text": ""}}


FLAT = sizes(1000, 1000, 1000, 1000, 0)
STEEP = sizes(0, 10**6, 2 * 10**6, 4 * 10**6, 0)


@pytest.mark.parametrize("target", [h11, reference], ids=["h11", "reference"])
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_the_memory_of_a_right_implementation_is_constant(check: Check, target: Any) -> None:
    result = judged(check, target)
    assert (result.growth, result.findings) == (CONSTANT, [])
    assert result.statistics.truncated == 0


AHEAD = "that arrive with the beginning of the next one"
# Each planted fault, and what shows it: the check, its first form that grows, and the class.
PLANTED = [
    ("keeps_past_events", "resources/cycles", "a request without a body", GROWING_WITH),
    ("keeps_past_events", "resources/calls", "calls that are refused", GROWING_WITH),
    ("keeps_heads", "resources/cycles", "a request without a body", GROWING),
    ("keeps_heads", "resources/connections", "a connection that both sides close", GROWING),
    ("keeps_connections", "resources/connections", "a connection that both sides close", GROWING),
    ("keeps_refusals", "resources/calls", "calls that are refused", GROWING_WITH),
    ("keeps_native_memory", "resources/cycles", "a request without a body", GROWING),
    ("keeps_pages", "resources/connections", "a connection that both sides close", GROWING),
    ("trims_when_empty", "resources/calls", f"chunks {AHEAD}", GROWING_WITH),
    ("trims_when_empty", "resources/cycles", f"messages {AHEAD}", GROWING_WITH),
    ("stacks_its_pauses", "resources/cycles", f"messages {AHEAD}", GROWING_WITH),
    ("keeps_bodies", "resources/calls", "parts of a body of a stated length", GROWING_WITH),
]
MEASURES = {"keeps_native_memory": "heap", "keeps_pages": "resident"}


@pytest.mark.parametrize(("name", "identity", "form", "expected"), PLANTED)
def test_what_is_kept_grows(name: str, identity: str, form: str, expected: str) -> None:
    """In both roles, by the measure that knows of the memory: Python, the C library, the system."""
    check = BY_ID[identity]
    target = InProcessExecutor(implementation(name))
    needed = MEASURES.get(name, "allocated")
    skip_without(needed)
    for each in (each for each in check.repetitions if each.form == form):
        found = growth(target, [each], (10, 50, 100, 200), fresh=check.fresh)
        assert found == (expected, needed)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "identity", "form", "expected"), PLANTED[::3])
def test_what_is_kept_is_found(name: str, identity: str, form: str, expected: str) -> None:
    """A finding for each role, by the first form that shows it."""
    skip_without(MEASURES.get(name, "allocated"))
    result = judged(BY_ID[identity], implementation(name))
    unit = identity.partition("/")[2]
    assert result.growth == expected
    assert [found.difference for found in result.findings] == [
        f"memory of {unit} as a {role}, {form}: expected constant, got {expected}"
        for role in ("server", "client")
    ]
    assert [found.aspect for found in result.findings] == ["memory", "memory"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "identity"),
    [("keeps_connections", "resources/calls"), ("keeps_the_last_heads", "resources/cycles")],
)
def test_what_is_forgotten_in_time_is_no_finding(name: str, identity: str) -> None:
    """A connection is forgotten with what it kept, and a cache with a limit is full at last."""
    result = judged(BY_ID[identity], implementation(name))
    assert (result.growth, result.findings) == (CONSTANT, [])


@pytest.mark.parametrize("form", FORMS, ids=lambda form: f"{form.role}: {form.form}")
def test_a_form_can_be_repeated(form: Repetition) -> None:
    """The third time, every step does what it did the second time; and it is numbered."""
    if form not in CONNECTIONS:
        steps = (*form.before, *form.repeated * 3)
        shown = [each.form for each in run(reference, form.program.with_steps(steps))]
        again = shown[len(form.before) + len(form.repeated) :]
        assert again[: len(form.repeated)] == again[len(form.repeated) :]
    assert NUMBER in str(form.to_json())


def test_every_form_has_a_name_of_its_own_in_its_role() -> None:
    for forms in (CYCLES, CONNECTIONS, CALLS):
        names = [(form.role, form.form) for form in forms]
        assert len(set(names)) == len(names)


def test_no_two_repetitions_are_the_same() -> None:
    """Otherwise a cache of what was received would not grow, or not when it is measured again."""
    received: list[bytes] = []

    class Connection(reference.Connection):
        def receive_data(self, data: Any) -> None:
            received.append(bytes(data))
            super().receive_data(data)

    target = type("Target", (), {**vars(reference), "Connection": Connection})
    for _ in range(2):
        list(live_memory(interpreter, target, request(CYCLES[:1], [5], fresh=False)))
    assert len(received) == len(set(received)) == 10
    assert {len(each) for each in received} == {len(received[0])}


def test_a_refusal_is_repeated_like_anything_else() -> None:
    """A target without connections takes no steps, and other checks say so."""

    class Refused:
        def __init__(self, *arguments: Any) -> None:
            raise ValueError

    target = type("Target", (), {**vars(reference), "Connection": Refused})
    observed = InProcessExecutor(target).live_memory(request(CYCLES, [1, 2], fresh=False))
    assert set(observed) == {"live"}


@pytest.mark.parametrize("measure", ALLOWED)
def test_growth_counts_if_it_goes_on(measure: str) -> None:
    """More than what is allowed, in both halves; what the end gives back was the connection's."""
    step = ALLOWED[measure] * 500
    counts = (0, 500, 1000)

    def found(*live: int) -> str:
        answer = Given(sizes(*live, measure=measure))
        return growth(answer, CYCLES[:1], counts, fresh=False)[0]

    assert found(0, step, 2 * step, 0) == CONSTANT
    assert found(0, step + 1, 2 * step + 2, 0) == GROWING_WITH
    assert found(0, step + 1, 2 * step + 2, 2 * step + 1) == GROWING
    assert found(0, 9 * step, 9 * step, 9 * step) == CONSTANT
    assert found(9 * step, 0, 2 * step, 0) == CONSTANT


@pytest.mark.parametrize(("measure", "times"), [("allocated", 1), ("kept", 4), ("heap", 4)])
def test_growth_by_turns_is_allowed_to_each_form_unless_it_is_exact(
    measure: str, times: int
) -> None:
    """What one of four forms keeps must show, where the measure knows each byte."""
    for extra, expected in ((0, CONSTANT), (1, GROWING_WITH)):
        by = times * ALLOWED[measure] + extra
        given = Given({"live": {measure: [0, by * 500, by * 1000, 0]}})
        found, _ = growth(given, CYCLES[:4], (0, 500, 1000), fresh=False)
        assert found == expected


@pytest.mark.parametrize(
    ("answers", "expected", "truncated"),
    [
        ([FLAT], None, 0),
        ([STEEP, FLAT], None, 0),
        ([fault("hang"), FLAT], None, 0),
        ([fault("crash"), FLAT], None, 1),
        ([STEEP, STEEP, FLAT, STEEP, STEEP], (GROWING_WITH, "bodies of a stated length"), 0),
        ([STEEP, STEEP, STEEP, FLAT, STEEP, STEEP], (GROWING_WITH, "bodies of a stated length"), 0),
        ([STEEP, STEEP, *[FLAT] * 6], (GROWING_WITH, "all forms by turns"), 0),
        ([STEEP, fault("memory"), *[FLAT] * 6], ("memory", "all forms by turns"), 0),
        ([STEEP, STEEP, fault("memory")], ("memory", "a request without a body"), 0),
        (
            [fault("hang"), fault("hang"), FLAT, fault("hang")],
            ("hang", "bodies of a stated length"),
            0,
        ),
    ],
)
def test_growth_is_confirmed_alone(
    answers: list[Json], expected: tuple[str, str] | None, truncated: int
) -> None:
    """By each form, and at last by all; a process that ended once makes the run incomplete."""
    given = Given(*answers, *[FLAT] * 20)
    result = judged(BY_ID["resources/cycles"], given)
    found = [(each.actual, each.difference) for each in result.findings]
    if expected is None:
        assert found == []
        assert result.growth == CONSTANT
    else:
        [(actual, difference)] = found
        assert actual == expected[0]
        assert f", {expected[1]}: " in difference
    assert result.statistics.truncated == truncated
    assert given.requests[0]["counts"] == list(SCREENED)


def test_a_target_that_cannot_express_a_step_is_not_measured() -> None:
    result = judged(BY_ID["resources/calls"], Given({"inapplicable": "no such call"}))
    assert (result.statistics.inapplicable, result.findings) == (len(CALLS), [])
    answer = growth(Given({"inapplicable": ""}), CALLS, SCREENED, fresh=False)
    assert answer == (INAPPLICABLE, "")


def test_nothing_is_repeated_where_the_target_faulted_too_often() -> None:
    """Each hang would take as long as the step limit; the run says that it is incomplete."""

    class Reached(FaultLimit):
        def truncate(self, program: Any) -> Any:
            return program.with_steps(program.steps[:1])

    given = Given(FLAT)
    result = judged(BY_ID["resources/cycles"], given, fault_limit=Reached(reference, 3))
    assert (given.requests, result.statistics.truncated) == ([], len(CYCLES))


def printed(lines: Sequence[str], target: Any) -> str:
    shown = io.StringIO()
    try:
        with redirect_stdout(shown):
            exec("\n".join(lines), {"h11": target})  # noqa: S102 (our own)
    finally:
        tracemalloc.stop()
    return shown.getvalue().strip()


@pytest.mark.parametrize(
    ("form", "measure"),
    [
        *((form, "") for form in FORMS),
        *product((CYCLES[0], CYCLES[-1]), ("allocated", "heap", "resident")),
    ],
    ids=lambda each: each if isinstance(each, str) else f"{each.role}: {each.form}",
)
def test_the_script_of_a_right_implementation_prints_that_memory_is_constant(
    form: Repetition, measure: str
) -> None:
    """For each form by the measure that suits this system, and for some by each measure."""
    if measure:
        skip_without(measure)
    lines = memory_script([form], measure, (10, 30, 60), 4096, fresh=form in CONNECTIONS)
    assert printed(lines, h11) == "constant"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "identity", "where"),
    [
        ("keeps_past_events", "resources/cycles", ["--in-process"]),
        ("keeps_refusals", "resources/calls", []),
        ("keeps_native_memory", "resources/cycles", []),
    ],
)
def test_a_run_fails_and_its_script_differs(
    name: str, identity: str, where: list[str], tmp_path: Any
) -> None:
    """The script prints "growing" on the target and "constant" on the reference; no sizes."""
    record = tmp_path / "run.jsonl"
    options = ("--phases=sweeps", "--checks", identity, "--record", record, *where)
    done = h11spec("check", faulty(name), *options)
    assert done.exit_code == 1, done.stdout
    lines = record_lines(record)
    findings = [line for line in lines if line["kind"] == "finding"]
    assert len(findings) == 2
    for finding in findings:
        assert (finding["aspect"], finding["fails"]) == ("memory", True)
        assert (finding["output"], finding["reproduced"]) == ("growing\n", True)
    results = [line for line in lines if line["kind"] == "result"]
    assert {line["growth"] for line in results} <= {GROWING, GROWING_WITH}


def test_a_fault_of_repetitions_fails_every_run() -> None:
    found = memory_finding("resources/cycles", "cycles", CONSTANT, "crash", [], faulty=True)
    assert isinstance(found, Finding)
    assert found.fails(documented=False)
    assert found.aspect == "fault"


def test_the_digits_of_the_number_are_in_every_text_that_varies() -> None:
    """They have a fixed width, so that no repetition takes more memory than another."""
    texts = chain.from_iterable(str(form.to_json()).split(NUMBER) for form in FORMS)
    assert all("0000000" not in text for text in texts)
