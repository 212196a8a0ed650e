"""Each invariant and relation finds a fault that the expected side has as well.

Both sides are the same faulty implementation here, so that comparing them finds nothing.
"""

from contextlib import suppress
from types import ModuleType
from typing import Any

import h11
import pytest
from faulty.showing import implementation

from h11spec import reference
from h11spec.conformance.checks import properties
from h11spec.conformance.checks.check import Check
from h11spec.conformance.execution.executor import InProcessExecutor
from h11spec.conformance.execution.fault_limit import FaultLimit
from h11spec.conformance.oracles.lockstep import Lockstep
from h11spec.conformance.oracles.oracle import divergences
from h11spec.conformance.oracles.pipeline import Pipeline
from h11spec.conformance.oracles.statistics import Statistics
from h11spec.reports.findings.divergence import Divergence
from h11spec.strategies.program import Drain, EventSpec, Program, Receive, Send, StartNextCycle

CHECKS = {check.id: check for check in properties.CHECKS}


class AddsALine(reference.Connection):
    """Sends a field that the event does not have."""

    def send(self, event: Any) -> Any:
        sent = super().send(event)
        return sent and sent.replace(b"\r\nHost:", b"\r\nX-Own: a\r\nHost:")


class RisesAgain(reference.Connection):
    """Shows another state after ERROR."""

    shown = False

    @property
    def states(self) -> Any:
        states = super().states
        if reference.ERROR in states.values():
            if self.shown:
                return dict.fromkeys(states, reference.IDLE)
            self.shown = True
        return states


class AlwaysWaits(reference.Connection):
    """Says that the peer always waits."""

    @property
    def they_are_waiting_for_100_continue(self) -> bool:
        return True


class ReadsCapitals(reference.Connection):
    """Ignores a field whose name begins with a small letter."""

    def receive_data(self, data: Any) -> None:
        super().receive_data(bytes(data).replace(b"cONNECTION:", b"xONNECTION:"))


class LosesBytes(reference.Connection):
    """Returns only the first byte of each Data."""

    def next_event(self) -> Any:
        event = super().next_event()
        return reference.Data(data=event.data[:1]) if isinstance(event, reference.Data) else event


class SendsNoChunks(reference.Connection):
    """Announces a chunked body, and sends it without chunks."""

    def send(self, event: Any) -> Any:
        sent = super().send(event)
        return event.data if isinstance(event, reference.Data) and event.data else sent


class DoublesFraming(reference.Connection):
    """Sends Transfer-Encoding twice."""

    def send(self, event: Any) -> Any:
        sent = super().send(event)
        line = b"\r\nTransfer-Encoding: chunked"
        return sent and sent.replace(line, line + line)


class LosesBodies(reference.Connection):
    """Returns no Data."""

    def next_event(self) -> Any:
        event = super().next_event()
        while isinstance(event, reference.Data):
            event = super().next_event()
        return event


class Trips(reference.Connection):
    """Raises an AttributeError that is not the one of h11."""

    def send(self, event: Any) -> Any:
        if self.our_state is reference.SEND_BODY:
            raise AttributeError("'NoneType' object has no attribute 'data'")
        return super().send(event)


class StaysWithOldPeers(reference.Connection):
    """Keeps the connection of an old peer that asks for it."""

    def receive_data(self, data: Any) -> None:
        ago, now = b"/1.0\r\nConnection: keep-alive", b"/1.1\r\nConnection: keep-alive"
        super().receive_data(bytes(data).replace(ago, now))


def with_connection(connection: type[reference.Connection]) -> ModuleType:
    """The reference with another Connection."""
    module = ModuleType(connection.__name__)
    vars(module).update(vars(reference), Connection=connection)
    return module


FOUND = {
    "rules/exceptions": implementation("trips"),
    "rules/error-states": implementation("forgets_failure"),
    "rules/sticky-errors": implementation("errs_once"),
    "rules/final-states": with_connection(RisesAgain),
    "rules/keep-alive": implementation("keeps_old_peers"),
    "rules/no-injection": with_connection(AddsALine),
    "rules/body-conserved": with_connection(LosesBytes),
    "rules/sent-as-given": with_connection(SendsNoChunks),
    "rules/unread-kept": implementation("hears_after_the_end"),
    "rules/paused": implementation("never_pauses"),
    "rules/end-of-input": implementation("forgets_the_end"),
    "rules/waiting": with_connection(AlwaysWaits),
    "relations/cuts": implementation("loses_a_line_end"),
    "relations/field-name-case": with_connection(ReadsCapitals),
    "relations/pipelined": implementation("drops_leftovers"),
    "relations/round-trip": implementation("drops_trailers"),
}


MORE = (
    ("rules/exceptions", Trips),
    ("rules/no-injection", DoublesFraming),
    ("rules/body-conserved", LosesBodies),
)


def first_found(check: Check, module: Any) -> Divergence | None:
    """The first divergence that the check finds in an implementation compared with itself."""
    side = InProcessExecutor(module)
    oracle = check.oracle(Lockstep(side, side))
    for program in check.programs():
        for comparison in oracle.submit([program])():
            if comparison is not None and divergences(comparison):
                return divergences(comparison)[0]
    return None


def test_every_check_is_tested_here() -> None:
    assert list(FOUND) == list(CHECKS)


@pytest.mark.parametrize("name", FOUND)
def test_a_fault_of_both_sides_is_found(name: str) -> None:
    found = first_found(CHECKS[name], FOUND[name])
    assert found is not None
    assert found.difference.field == name.partition("/")[0].removesuffix("s")
    assert found.difference.aspect in ("state", "event", "error", "bytes", "attribute")
    agrees = Lockstep(InProcessExecutor(FOUND[name]), InProcessExecutor(FOUND[name])).submit(
        [found.program]
    )()[0]
    assert agrees is not None
    assert agrees.divergence is None


@pytest.mark.parametrize(("name", "connection"), MORE)
def test_a_subtler_fault_of_both_sides_is_found(
    name: str, connection: type[reference.Connection]
) -> None:
    """Subtler than the faults above, or next to a known bug of h11."""
    assert first_found(CHECKS[name], with_connection(connection)) is not None


@pytest.mark.parametrize(
    ("name", "module"),
    [
        ("rules/sent-as-given", implementation("upper_case_sizes")),
        ("rules/keep-alive", with_connection(StaysWithOldPeers)),
    ],
)
def test_allowed_behaviour_violates_no_invariant(name: str, module: Any) -> None:
    """An invariant holds for every implementation, not only for those like h11."""
    assert first_found(CHECKS[name], module) is None


@pytest.mark.slow
@pytest.mark.parametrize("name", CHECKS)
def test_h11_violates_no_invariant(name: str) -> None:
    """Except for its known bugs."""
    statistics = run(CHECKS[name], h11)
    assert statistics.divergences == {}
    assert statistics.runs == statistics.programs > 200
    assert set(statistics.deviations) <= {
        "AttributeError for a protocol error",
        "lines injected through reason",
    }


def run(check: Check, module: Any) -> Statistics:
    """The statistics of a check of a module, with the reference as the expected side."""
    lockstep = Lockstep(InProcessExecutor(reference), InProcessExecutor(module))
    statistics = Statistics(check.id)
    Pipeline(
        check.oracle(lockstep), FaultLimit(reference, 3), statistics, lambda statistics: None
    ).run(check.programs())
    return statistics


def test_a_line_injected_through_a_reason_is_a_known_bug_of_h11() -> None:
    """h11 sends a reason with a line end in it unchanged, but never a field value."""
    check = CHECKS["rules/no-injection"]
    oracle = check.oracle(Lockstep(InProcessExecutor(reference), InProcessExecutor(h11)))
    split = EventSpec.of("Response", status_code=200, headers=[], reason=b"a\r\nb: c")
    [noted] = oracle.submit([Program("server", (Send(split),))])()
    assert noted is not None
    assert noted.divergence is None
    assert noted.deviations == {"lines injected through reason"}


class CyclesAfterClose(reference.Connection):
    """Starts a new cycle, or behaves as if, whatever was sent before."""

    def start_next_cycle(self) -> None:
        with suppress(reference.LocalProtocolError):
            super().start_next_cycle()


@pytest.mark.parametrize(("line", "violates"), [(b"Connection: close\r\n", True), (b"", False)])
def test_a_close_in_the_request_alone_forbids_another_cycle(line: bytes, violates: bool) -> None:
    """The event that is given for the response does not contain it."""
    answer = EventSpec.of("Response", status_code=200, headers=[(b"Content-Length", b"0")])
    program = Program(
        "server",
        (
            Receive(b"GET / HTTP/1.1\r\nHost: a\r\n" + line + b"\r\n"),
            Drain(),
            Send(answer),
            Send(EventSpec.of("EndOfMessage")),
            StartNextCycle(),
        ),
    )
    executor = InProcessExecutor(with_connection(CyclesAfterClose))
    [judged] = CHECKS["rules/keep-alive"].oracle(Lockstep(executor, executor)).submit([program])()
    assert judged is not None
    assert bool(divergences(judged)) is violates
