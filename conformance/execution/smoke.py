"""The smoke test: one exchange in each role, before any difference is reported.

Owns the two exchanges, and which of their outcomes mean a broken adapter. A target that crashes or
hangs in them is not refused: the phases report that as a finding. It must not know the reference.
"""

from __future__ import annotations

from ...reports.findings.divergence import step_kind
from ...strategies.program import Drain, EventSpec, Program, Receive, Send
from ...strategies.traces import Observation
from ..targets.target import Target, TargetError
from .executor import Executor, fault_of, parse_trace
from .fault_limit import COSTLY

_REQUEST = EventSpec.of("Request", method=b"GET", target=b"/", headers=[(b"Host", b"a")])
_RESPONSE = EventSpec.of("Response", status_code=200, headers=[(b"Content-Length", b"1")])
_END = Send(EventSpec("EndOfMessage"))
EXCHANGES = (
    Program(
        "client",
        (Send(_REQUEST), _END, Receive(b"HTTP/1.1 200 \r\nContent-Length: 1\r\n\r\na"), Drain()),
    ),
    Program(
        "server",
        (
            Receive(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
            Drain(),
            Send(_RESPONSE),
            Send(EventSpec.of("Data", data=b"a")),
            _END,
        ),
    ),
)
# What a module without the API raises; one whose behaviour merely differs raises protocol errors,
# or nothing.
_API_ERRORS = ("AttributeError", "TypeError", "NameError", "NotImplementedError", "ImportError")


def check(target: Target, executor: Executor) -> None:
    """Raises TargetError when the target lacks what one exchange in each role needs."""
    for program in EXCHANGES:
        # As suspected programs: nothing follows from a hang here, so that it need not be confirmed.
        [raw] = executor.run_in_sequence([program], suspected=True)
        if fault_of(raw) in COSTLY:
            return
        for at, observation in enumerate(parse_trace(raw)):
            failure = _failure(observation)
            if failure is not None:
                raised = observation.raised
                in_constructor = raised is not None and raised.by == "connection"
                step = "making the connection" if in_constructor else step_kind(program.steps[at])
                raise TargetError(
                    f"{target.name} does not get through one exchange as {program.role}: {step}: "
                    f"{failure}; fix the module or its adapter first"
                )


def _failure(observation: Observation) -> str | None:
    """Describes the outcome if it means a broken module or adapter, else None."""
    form = observation.form
    if "inapplicable" in form:
        return f"inapplicable, {form['inapplicable']}"
    raised = form.get("blind") or form.get("raised")
    return (
        f"{raised['class']}: {raised['text']}"
        if raised and raised["class"] in _API_ERRORS
        else None
    )
