"""Draws programs of version 2.

Owns the choice of steps: each kind of step, and each kind of argument, in a few short forms.
"""

from hypothesis import strategies as st

from h11spec.strategies.program import (
    PLAIN,
    Again,
    Call,
    Change,
    Connection,
    Drain,
    EventSpec,
    NextEvent,
    On,
    Program,
    Read,
    Receive,
    ReceiveEOF,
    Send,
    SendFailed,
    SingleStep,
    StartNextCycle,
    Typed,
)

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
SINGLE_STEPS: st.SearchStrategy[SingleStep] = st.sampled_from(
    [
        Receive(GET),
        Receive(b"HTTP/1.1 200 \r\nContent-Length: 1\r\n\r\na"),
        ReceiveEOF(),
        NextEvent(),
        Drain(),
        SendFailed(),
        StartNextCycle(),
        *map(Send, PLAIN),
        *(Call("send", (Typed("event", event),)) for event in PLAIN),
        *(Call("send", (), (("event", Typed("event", event)),)) for event in PLAIN),
        Call("send", (Typed("event", EventSpec("Data", (("*", (Typed("bytearray", "a"),)),))),)),
        *(
            Call("receive_data", (Typed(kind, GET.decode()),))
            for kind in ("bytearray", "memoryview", "memoryview_of_bytearray", "array")
        ),
        Call("next_event"),
        Call("start_next_cycle"),
        *(
            Call(method, (argument,))
            for method in ("send", "receive_data", "next_event")
            for argument in (None, Typed("text", "a"), Typed("api", "PAUSED"), Typed("items", ()))
        ),
        *(Read(name) for name in ("our_role", "their_state", "states", "trailing_data")),
        Change("arguments"),
        Change("results"),
        Again(),
    ]
)
CONNECTIONS = st.builds(Connection, st.sampled_from(["client", "server"]), st.just(None))


@st.composite
def programs_of_version_2(draw: st.DrawFn) -> Program:
    """Programs of up to three connections, with every step."""
    first, *others = draw(st.lists(CONNECTIONS, min_size=1, max_size=3))
    drawn = draw(st.lists(st.tuples(st.integers(0, len(others)), SINGLE_STEPS), max_size=12))
    steps = tuple(On(on, step) if on else step for on, step in drawn)
    look = draw(st.sampled_from(["each", "last"]))
    return Program(first.role, steps, None, tuple(others), "last" if look == "last" else "each")
