"""The smoke phase: one exchange each way, before anything is blamed on the implementation.

Owns the two exchanges, and what in them speaks for a broken adapter rather than for a difference.
"""

from __future__ import annotations

from ...reports.findings.divergence import step_kind
from ...strategies.programs import Drain, EventSpec, Program, Receive, Send
from ...strategies.traces import Observation
from ..targets.target import Target, TargetError
from .executor import Executor, parse_trace
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
# What a module raises that does not fit the API; an implementation that merely differs raises
# protocol errors, or nothing.
_MISFITS = ("AttributeError", "TypeError", "NameError", "NotImplementedError", "ImportError")


def check(target: Target, side: Executor) -> None:
    """Raises TargetError when the target does not even get through one exchange each way."""
    for program in EXCHANGES:
        [shown] = side.submit([program])()
        for at, observation in enumerate(parse_trace(shown)):
            misfit = _misfit(observation)
            if misfit is not None:
                raised = observation.raised
                unmade = raised is not None and raised.by == "connection"
                step = "making the connection" if unmade else step_kind(program.steps[at])
                raise TargetError(
                    f"{target.name} does not get through one exchange as {program.role}: {step}: "
                    f"{misfit}; mend the module or its adapter first",
                    observation.form.get("fault", {}).get("text", ""),
                )


def _misfit(observation: Observation) -> str | None:
    """What speaks for a module that does not fit, if anything does."""
    form = observation.form
    fault = form.get("fault")
    if fault and fault["kind"] in COSTLY:
        return f"{fault['kind']} {fault['detail']}".strip()
    if "inapplicable" in form:
        return f"inapplicable, {form['inapplicable']}"
    raised = form.get("blind") or form.get("raised")
    return (
        f"{raised['class']}: {raised['text']}" if raised and raised["class"] in _MISFITS else None
    )
