"""Each rule and relation finds a mistake that the expected side makes as well.

So both sides are the same faulty implementation here: comparing them shows nothing.
"""

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
from h11spec.strategies.programs import EventSpec, Program, Send

CHECKS = {check.id: check for check in properties.CHECKS}


class AddsALine(reference.Connection):
    """Sends a field that nobody asked for."""

    def send(self, event: Any) -> Any:
        sent = super().send(event)
        return sent and sent.replace(b"\r\nHost:", b"\r\nX-Own: a\r\nHost:")


class RisesAgain(reference.Connection):
    """Shows a state after ERROR that nothing leads to."""

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
    """Takes itself for a client that waits."""

    @property
    def they_are_waiting_for_100_continue(self) -> bool:
        return True


class ReadsCapitals(reference.Connection):
    """Does not know a field by a name that begins with a small letter."""

    def receive_data(self, data: Any) -> None:
        super().receive_data(bytes(data).replace(b"cONNECTION:", b"xONNECTION:"))


class LosesBytes(reference.Connection):
    """Gives out the first byte of each piece of a body, and no other."""

    def next_event(self) -> Any:
        event = super().next_event()
        return reference.Data(data=event.data[:1]) if isinstance(event, reference.Data) else event


class SendsNoChunks(reference.Connection):
    """Says that a body comes in chunks, and sends it without."""

    def send(self, event: Any) -> Any:
        sent = super().send(event)
        return event.data if isinstance(event, reference.Data) and event.data else sent


class DoublesFraming(reference.Connection):
    """Says twice how a body is framed."""

    def send(self, event: Any) -> Any:
        sent = super().send(event)
        line = b"\r\nTransfer-Encoding: chunked"
        return sent and sent.replace(line, line + line)


class LosesBodies(reference.Connection):
    """Gives out no part of any body."""

    def next_event(self) -> Any:
        event = super().next_event()
        while isinstance(event, reference.Data):
            event = super().next_event()
        return event


class Trips(reference.Connection):
    """Raises an AttributeError of its own where h11 has another."""

    def send(self, event: Any) -> Any:
        if self.our_state is reference.SEND_BODY:
            raise AttributeError("'NoneType' object has no attribute 'data'")
        return super().send(event)


class StaysWithOldPeers(reference.Connection):
    """Believes an old peer who says that it keeps the connection alive."""

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
    """What the check finds first in an implementation that is compared with itself."""
    side = InProcessExecutor(module)
    oracle = check.oracle(Lockstep(side, side))
    for program in check.programs():
        for comparison in oracle.submit([program])():
            if comparison is not None and divergences(comparison):
                return divergences(comparison)[0]
    return None


def test_no_rule_is_left_out_here() -> None:
    assert list(FOUND) == list(CHECKS)


@pytest.mark.parametrize("name", FOUND)
def test_a_mistake_that_both_sides_make_is_found(name: str) -> None:
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
def test_so_is_what_is_less_plain(name: str, connection: type[reference.Connection]) -> None:
    """Less plain than the mistakes above, or beside what h11 is known to do."""
    assert first_found(CHECKS[name], with_connection(connection)) is not None


@pytest.mark.parametrize(
    ("name", "module"),
    [
        ("rules/sent-as-given", implementation("upper_case_sizes")),
        ("rules/keep-alive", with_connection(StaysWithOldPeers)),
    ],
)
def test_what_nobody_forbids_breaks_no_rule(name: str, module: Any) -> None:
    """A rule is for every implementation, and not for those alone that are like h11."""
    assert first_found(CHECKS[name], module) is None


@pytest.mark.parametrize("name", CHECKS)
def test_h11_keeps_every_rule(name: str) -> None:
    """But for the exceptions that are named at the rules."""
    statistics = run(CHECKS[name], h11)
    assert statistics.divergences == {}
    assert statistics.runs == statistics.programs > 200
    assert set(statistics.deviations) <= {
        "AttributeError for a protocol error",
        "lines injected through reason",
    }


def run(check: Check, module: Any) -> Statistics:
    """What a check comes to that compares a module with the reference."""
    lockstep = Lockstep(InProcessExecutor(reference), InProcessExecutor(module))
    statistics = Statistics(check.id)
    Pipeline(
        check.oracle(lockstep), FaultLimit(reference, 3), statistics, lambda statistics: None
    ).run(check.programs())
    return statistics


def test_what_h11_does_with_a_reason_is_noted_and_no_other_line_is() -> None:
    """A reason with a line end in it goes out as it is; a field value never does."""
    check = CHECKS["rules/no-injection"]
    oracle = check.oracle(Lockstep(InProcessExecutor(reference), InProcessExecutor(h11)))
    split = EventSpec.of("Response", status_code=200, headers=[], reason=b"a\r\nb: c")
    [noted] = oracle.submit([Program("server", (Send(split),))])()
    assert noted is not None
    assert noted.divergence is None
    assert noted.deviations == {"lines injected through reason"}
