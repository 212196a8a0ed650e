"""Minimised programs are readable: everything is usual but what the difference needs.

Several programs that show the same difference end in the same program.
"""

from __future__ import annotations

import pytest
from faulty.conversing import (
    CYCLE,
    END,
    GET,
    REQUESTING,
    SECOND,
    SECOND_REQUESTED,
    SERVED,
    client,
    data,
    receive,
    response,
    send,
    server,
)
from faulty.showing import found, implementation, showing
from hypothesis import given, settings
from hypothesis import strategies as st

from h11spec import reference
from h11spec.strategies.conversation import programs
from h11spec.strategies.program import Drain, NextEvent, Program, Receive, ReceiveEOF, Step
from h11spec.strategies.reduction import reduce
from h11spec.strategies.simplicity import cost, is_simpler, oddity
from h11spec.strategies.traces import run

HOST = "Host: example.com\r\n"
REQUEST = f"GET / HTTP/1.1\r\n{HOST}\r\n"
POST = f"POST / HTTP/1.1\r\n{HOST}"
CHUNKED = f"{POST}Transfer-Encoding: chunked\r\n\r\n"

# For each fault: programs that show it in the same way, and all that is received once they are
# minimised.
READABLE: dict[str, tuple[list[Program], str]] = {
    "passes_over_a_colon": (
        [
            server(receive(b"GET /a HTTP/1.1\nHost: x\n:\nA: b\n\n"), Drain()),
            server(receive(b"PUT /b?c HTTP/1.1\nHost: y\nContent-Length: 2\n:\n\nok"), Drain()),
        ],
        f"GET / HTTP/1.1\r\n{HOST}:\r\n\r\n",
    ),
    "takes_a_sign": (
        [
            server(receive(b"POST / HTTP/1.1\nHost: a\nX: y\nContent-Length: +3\n\nabc"), Drain()),
            server(*SECOND, receive(b"PUT /b HTTP/1.1\nContent-Length: +0\nHost: a\n\n"), Drain()),
        ],
        f"{POST}Content-Length: +5\r\n\r\nhello",
    ),
    "takes_two_hosts": (
        [
            server(receive(b"GET /a HTTP/1.1\nHost: a\nhost:\n\n"), Drain()),
            server(receive(b"PUT / HTTP/1.1\nHost: b\nA: b\nHost: c\nC: d\n\n"), Drain()),
        ],
        f"GET / HTTP/1.1\r\n{HOST}{HOST}\r\n",
    ),
    "joins_folded_lines": (
        [
            server(receive(b"GET /a HTTP/1.1\nHost: a\nX: one\n two\nY: z\n\n"), Drain()),
            server(receive(b"GET /b HTTP/1.1\nHost: a\n\tfolded\n\n"), Drain()),
        ],
        f"GET / HTTP/1.1\r\n{HOST} value\r\n\r\n",
    ),
    "no_extensions": (
        [
            server(Receive(CHUNKED.encode() + b"5;a\r\nhello\r\n0\r\n\r\n"), Drain()),
            server(Receive(CHUNKED.encode() + b'2; q="1"\r\nok\r\n0\r\nA: b\r\n\r\n'), Drain()),
        ],
        f"{CHUNKED}5;name=value\r\nhello\r\n0\r\n\r\n",
    ),
    "keeps_old_peers": (
        [
            server(receive(b"GET /old HTTP/1.0\nHost: a\nUser-Agent: me\n\n"), Drain()),
            server(*SECOND, Receive(b"0 0 HTTP/0.0\r\n\r\n"), Drain()),
        ],
        f"GET / HTTP/1.0\r\n{HOST}\r\n",
    ),
    "ends_every_piece": (
        [
            client(*REQUESTING, receive(b"HTTP/1.1 404 No\nA: b\n\n", b"what"), Drain()),
            client(*SECOND_REQUESTED, *REQUESTING, receive(b"HTTP/1.1 200 \n\n", b"0"), Drain()),
        ],
        "HTTP/1.1 200 OK\r\n\r\nhello",
    ),
    "waits_for_old_clients": (
        [
            server(receive(b"POST /o HTTP/1.0\nExpect: 100-continue\n\n"), NextEvent()),
            server(
                receive(
                    b"PUT /a HTTP/1.0\nHost: b\nExpect: 100-continue\nContent-Length: 3\n\n", b"abc"
                ),
                NextEvent(),
            ),
        ],
        f"GET / HTTP/1.0\r\n{HOST}Expect: 100-continue\r\n\r\n",
    ),
}


def minimal(name: str, program: Program) -> Program:
    """The program, reduced as far as it shows what it shows first."""
    actual = implementation(name)
    return reduce(program, showing(actual, found(actual, program)[0].identity))


def received(program: Program) -> str:
    """All that a program receives."""
    pieces = [step.data for step in program.steps if isinstance(step, Receive)]
    return b"".join(pieces).decode("latin-1")


@pytest.mark.parametrize("name", READABLE)
def test_different_programs_are_reduced_to_the_same_readable_one(name: str) -> None:
    some, expected = READABLE[name]
    left = [minimal(name, program) for program in some]
    assert [received(program) for program in left] == [expected] * len(some)
    assert len({*left}) == 1


def test_what_shows_in_a_usual_conversation_is_shown_in_one() -> None:
    """A fault of every cycle needs nothing unusual, however odd the program is that found it."""
    odd = server(receive(b"BREW /pot HTTP/1.1\nHost: a\nX-Y: z\n\n"), Drain(), *SERVED[5:])
    left = minimal("forgets_the_version", server(*odd.steps, CYCLE))
    assert oddity(left) == 0
    assert left == minimal("forgets_the_version", server(GET, Drain(), response(), END, CYCLE))
    assert received(left) == REQUEST


@pytest.mark.parametrize("pieces", [1, 3, 9])
def test_pieces_are_joined_where_the_cut_is_not_needed(pieces: int) -> None:
    head = b"GET /a HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"
    cuts = [head[at::pieces] for at in range(pieces)]
    size = -(-len(head) // pieces)
    cuts = [head[at : at + size] for at in range(0, len(head), size)]
    steps: list[Step] = [Receive(each) for each in cuts]
    left = minimal("takes_two_hosts", server(*steps, Drain()))
    assert [type(step) for step in left.steps] == [Receive, Drain]


def test_a_cut_that_is_needed_stays() -> None:
    """It comes at the same place, wherever the first program had it."""
    lefts = {
        minimal(
            "repeats_chunk_start",
            server(
                Receive(CHUNKED.encode() + b"9\r\n" + b"something"[:cut]),
                Drain(),
                Receive(b"something"[cut:] + b"\r\n0\r\n\r\n"),
                Drain(),
            ),
        )
        for cut in (2, 5, 8)
    }
    [left] = lefts
    assert received(left) == f"{CHUNKED}5\r\nhello\r\n0\r\n\r\n"
    assert [type(step) for step in left.steps] == [Receive, Drain, Receive, Drain]


USUAL = server(Receive(REQUEST.encode()), Drain())
# Each program is simpler than the ones after it.
ORDER: list[Program] = [
    USUAL,
    server(Receive(REQUEST.encode()), NextEvent(), NextEvent()),
    server(Receive(REQUEST.encode()), *[Drain()] * 9),
    server(receive(b"GET / HTTP/1.1\n\n"), Drain()),
    server(receive(b"PUT / HTTP/1.1\nHost: example.com\n\n"), Drain()),
    server(receive(b"PUT / HTTP/1.1\nHost: example.com\n\n"), Drain(), Drain()),
    server(receive(b"0 / HTTP/1.1\nHost: example.com\n\n"), Drain()),
    server(receive(b"0 0 HTTP/0.0\nHost: \n\n"), Drain()),
]


def test_usual_values_count_first_then_steps_then_bytes() -> None:
    """A short program with an unusual value is not simpler than a long one without."""
    assert sorted([*ORDER[4:], *ORDER[:4]], key=cost) == ORDER
    for at, program in enumerate(ORDER):
        assert [is_simpler(program, other) for other in ORDER] == [at < one for one in range(8)]


USUAL_PROGRAMS = [
    USUAL,
    server(Receive(f"{POST}Content-Length: 5\r\n\r\nhello".encode()), Drain()),
    client(data(b"hello"), END),
    client(send("Request", method=b"GET", target=b"/", headers=[(b"Host", b"example.com")]), END),
    client(receive(b"HTTP/1.1 200 OK\n\n"), ReceiveEOF(), Drain()),
    server(send("Response", status_code=200, headers=[]), data(b"hello"), END),
]
# A received message with one unusual part; what is usual in its place.
UNUSUAL_PARTS = [
    (b"PUT / HTTP/1.1\r\n", b"GET / HTTP/1.1\r\n"),
    (b"GET /a HTTP/1.1\r\n", b"GET / HTTP/1.1\r\n"),
    (b"GET / HTTP/1.0\r\n", b"GET / HTTP/1.1\r\n"),
    (b"GET / HTTP/1.1\n", b"GET / HTTP/1.1\r\n"),
    (b"GET / HTTP/1.1\r\nhost: example.com\r\n", b"GET / HTTP/1.1\r\nHost: example.com\r\n"),
    (b"Host: a\r\n", b"Host: example.com\r\n"),
    (b"Other: value\r\n", b"Name: value\r\n"),
    (b"Name: b\r\n", b"Name: value\r\n"),
    (b"Content-Length: 4\r\n\r\nhell", b"Content-Length: 5\r\n\r\nhello"),
    (b"Content-Length: 5\r\n\r\nabcde", b"Content-Length: 5\r\n\r\nhello"),
    (b"chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", b"chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"),
    (b"chunked\r\n\r\n5;a\r\nhello\r\n0\r\n\r\n", b"chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"),
]


@pytest.mark.parametrize("program", USUAL_PROGRAMS, ids=str)
def test_a_usual_program_has_nothing_unusual(program: Program) -> None:
    """Only a field that says how long a body is could be left out with it."""
    assert oddity(program) == received(program).count("Content-Length")


@pytest.mark.parametrize(("unusual", "usual"), UNUSUAL_PARTS)
def test_an_unusual_part_makes_a_program_less_simple(unusual: bytes, usual: bytes) -> None:
    """Although it may be shorter."""

    def whole(part: bytes) -> Program:
        if part.startswith(b"GET") or b"/ HTTP" in part or b"/a HTTP" in part:
            begin = b"" if part.lower().count(b"host") else b"Host: example.com\r\n"
            return server(Receive(part + begin + b"\r\n"), Drain())
        if part.startswith(b"chunked"):
            return server(Receive(f"{POST}Transfer-Encoding: ".encode() + part), Drain())
        if part.startswith(b"Content-Length"):
            return server(Receive(POST.encode() + part), Drain())
        first = b"" if part.startswith(b"Host") else HOST.encode()
        return server(Receive(b"GET / HTTP/1.1\r\n" + first + part + b"\r\n"), Drain())

    assert is_simpler(whole(usual), whole(unusual))


@settings(max_examples=40, deadline=None)
@given(programs(max_actions=5), st.integers(0, 30))
def test_reduction_ends_keeps_what_is_shown_and_is_idempotent(program: Program, at: int) -> None:
    """What is shown is the last step, and what the reference shows in it beside bytes."""

    def outcome(candidate: Program) -> object:
        if not candidate.steps:
            return None
        observed = run(reference, candidate)[len(candidate.steps) - 1]
        kinds = [event.get("type") for event in observed.form.get("events", ())]
        return type(candidate.steps[-1]), observed.states, kinds, "raised" in observed.form

    short = program.with_steps(program.steps[: 1 + at % max(1, len(program.steps))])
    wanted = outcome(short)
    asked: list[Program] = []

    def shows(candidate: Program) -> bool:
        asked.append(candidate)
        return outcome(candidate) == wanted

    left = reduce(short, shows)
    assert outcome(left) == wanted
    assert oddity(left) <= oddity(short)
    assert len(asked) < 3000
    assert reduce(left, shows) == left
