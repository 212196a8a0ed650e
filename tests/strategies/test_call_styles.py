"""Styles of calling: the same conversation in other calls, and next to another one."""

import pytest

from h11spec import reference
from h11spec.conformance.phases.hypothesis_backend import draw
from h11spec.strategies.call_styles import STYLES, Style
from h11spec.strategies.conversation import programs
from h11spec.strategies.program import (
    Again,
    Drain,
    EventSpec,
    Program,
    Receive,
    Role,
    Send,
    StartNextCycle,
)
from h11spec.strategies.projection import projections
from h11spec.strategies.traces import Trace, run

END = Send(EventSpec("EndOfMessage"))
GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
CONVERSATIONS: dict[Role, Program] = {
    "server": Program(
        "server",
        (
            *(Receive(GET), Drain()),
            Send(EventSpec.of("Response", status_code=200, headers=[(b"Content-Length", b"3")])),
            *(Send(EventSpec.of("Data", data=b"abc")), END, StartNextCycle()),
        ),
    ),
    "client": Program(
        "client",
        (
            Send(EventSpec.of("Request", method=b"GET", target=b"/", headers=[(b"Host", b"a")])),
            *(END, Receive(b"HTTP/1.1 200 \r\nContent-Length: 3\r\n\r\nabc"), Drain()),
            StartNextCycle(),
        ),
    ),
}


def outcome(trace: Trace) -> tuple[list[str], tuple[str, str]]:
    """The types of all events that were read, without sentinels, and the states at the end."""
    types = [event["type"] for observed in trace for event in observed.events]
    return [name for name in types if name not in ("NEED_DATA", "PAUSED")], trace[-1].states


@pytest.mark.parametrize("role", CONVERSATIONS)
@pytest.mark.parametrize("style", STYLES, ids=range(len(STYLES)))
def test_a_style_leaves_the_conversation_as_it_is(style: Style, role: Role) -> None:
    """The first connection reads the same events, and ends in the same states."""
    plain = CONVERSATIONS[role]
    written = style(plain)
    assert written != plain
    assert (written.role, written.limit, written.version) == (role, plain.limit, 2)
    trace = run(reference, written)
    assert not any(observed.raised for observed in trace)
    # Without states between the steps, there is no projection; such a style has one connection.
    own = next((own for _, own in projections(written, trace)), trace)
    assert outcome(own) == outcome(run(reference, plain))


@pytest.mark.parametrize("role", CONVERSATIONS)
def test_nothing_that_was_handed_out_changes(role: Role) -> None:
    """Each style that looks again sees what it saw before."""
    written = [style(CONVERSATIONS[role]) for style in STYLES]
    looking = [program for program in written if program.steps[-1] == Again()]
    assert len(looking) >= 5
    assert all(run(reference, program)[-1].returned == [] for program in looking)


def test_version_2_is_drawn_on_request() -> None:
    """One program in five is of version 2 then, and otherwise none."""
    found: list[Program] = []
    draw(programs(version=2), found.append, count=200, seed=0)
    assert 20 <= sum(program.version == 2 for program in found) <= 80
    found.clear()
    draw(programs(), found.append, count=60, seed=0)
    assert {program.version for program in found} == {1}
