"""Tests that the script of a finding runs on its own and shows what was observed.

The scripts run in a fresh interpreter that imports only the implementation. Many scripts share an
interpreter, because starting one is slow.
"""

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from faulty.showing import FOLDER, found, implementation
from hypothesis import Phase, given, seed, settings

from h11spec import reference
from h11spec.reports.findings.divergence import Divergence
from h11spec.reports.findings.expressions import event_expression
from h11spec.reports.findings.script import script
from h11spec.strategies.conversation import programs
from h11spec.strategies.program import (
    Drain,
    EventSpec,
    Json,
    NextEvent,
    Program,
    Receive,
    ReceiveEOF,
    Send,
    SendFailed,
    StartNextCycle,
    Typed,
    is_list,
    is_object,
    is_tuple,
)
from h11spec.strategies.traces import Trace, run

NAMES = [
    "blames_us",
    "copies_data",
    "drops_trailers",
    "forgets_failure",
    "forgets_the_end",
    "gives_bytearrays",
    "lower_case_host",
    "never_pauses",
    "no_connection",
    "other_words",
    "wrong_hint",
]
# Runs each script, and writes as JSON what it prints and raises.
RUNNER = """
import json, sys
for lines in json.load(sys.stdin):
    shown, raised = [], None
    try:
        exec("\\n".join(lines), {"print": lambda value: shown.append(repr(value))})
    except Exception as error:
        raised = type(error).__name__ + ": " + str(error)
    print(json.dumps([shown, raised]))
"""


def run_scripts(scripts: list[list[str]]) -> list[tuple[list[str], str | None]]:
    """Returns what each script prints, value by value, and the exception that ends it."""
    done = subprocess.run(
        [sys.executable, "-c", RUNNER],
        input=json.dumps(scripts),
        capture_output=True,
        text=True,
        check=True,
    )
    return [tuple(json.loads(line)) for line in done.stdout.splitlines()]


def sample(size: int) -> list[Program]:
    drawn: list[Program] = []

    @seed(5)
    @settings(max_examples=size, phases=[Phase.generate])
    @given(programs())
    def draw(program: Program) -> None:
        drawn.append(program)

    draw()
    return drawn


def value_of(form: Any) -> Any:
    """Returns the Python value of an observed value."""
    if isinstance(form, str):
        return form.encode("latin-1")
    if is_object(form):
        [(kind, content)] = form.items()
        return value_of(content) if kind == "passed" else (kind, content)
    return [value_of(item) for item in form] if is_list(form) else form


def value_in(printed: str) -> Any:
    """Returns the Python value of a printed value, in which a bytearray is a call."""
    tree = ast.parse(printed, mode="eval").body
    if isinstance(tree, ast.Call):
        assert isinstance(tree.func, ast.Name)
        return tree.func.id, ast.literal_eval(tree.args[0]).decode("latin-1")
    value = ast.literal_eval(tree)
    return list(value) if is_tuple(value) else value


def agrees(divergence: Divergence, shown: list[str], raised: str | None) -> bool:
    """Whether a script printed and raised what the target's trace has at the divergent step."""
    observation = divergence.actual[divergence.step]
    form, field = observation.form, divergence.difference.field
    if observation.raised is not None and observation.raised.by == "connection":
        return raised == f"{observation.raised.exception}: {observation.raised.text}"
    if field in ("client", "server"):
        return shown == [f"{{CLIENT: {form['client']}, SERVER: {form['server']}}}"]
    if field in ("trailing", "version", "client_waits", "they_wait"):
        return [value_in(one) for one in shown] == [value_of(form[field])]
    error = observation.raised
    if (f"{error.exception}: {error.text}" if error else None) != raised:
        return False
    if "events" not in form:
        return error is not None or [value_in(one) for one in shown] == [value_of(form["returned"])]
    if len(shown) != len(observation.events):
        return False
    return all(map(is_of, shown, observation.events))


def is_of(printed: str, event: Json) -> bool:
    """Whether a printed event has the type and the values of the observed event."""
    values = [
        value for key, value in event.items() if key not in ("type", "headers", "raw_headers")
    ]
    fields = [item for field in event.get("headers", ()) for item in field]
    written = (
        repr(bytearray(value["bytearray"], "latin-1"))
        if is_object(value)
        else repr(value_of(value))
        for value in (*values, *fields)
    )
    return printed.partition("(")[0] == event["type"] and all(one in printed for one in written)


def divergences(name: str, drawn: list[Program]) -> Iterator[Divergence]:
    """Yields up to eight divergences with different identities, including soft ones."""
    met: set[str] = set()
    for program in drawn:
        for one in found(implementation(name), program):
            if one.identity not in met and len(met) < 8:
                met.add(one.identity)
                yield one


def lines_of(name: str, divergence: Divergence) -> list[str]:
    program = divergence.program
    cut = Program(program.role, program.steps[: divergence.step + 1], program.limit)
    return [
        "import sys",
        f"sys.path.insert(0, {str(FOLDER)!r})",
        f"import {name} as h11",
        *script(cut, divergence.actual, divergence.difference.field),
    ]


def test_a_script_shows_the_actual_behaviour() -> None:
    """Only the last step prints or raises, and it does so as in the trace of the target.

    Checked for several divergences of each planted fault.
    """
    drawn = sample(150)
    cases = [(name, one) for name in NAMES for one in divergences(name, drawn)]
    assert len(cases) > 35
    assert len({name for name, _ in cases}) >= len(NAMES) - 2
    outcomes = run_scripts([lines_of(name, one) for name, one in cases])
    wrong = [
        (name, one.identity, outcome)
        for (name, one), outcome in zip(cases, outcomes, strict=True)
        if not agrees(one, *outcome)
    ]
    assert wrong == []


def test_a_script_has_one_line_for_each_call() -> None:
    """Exceptions of earlier steps are caught by their names, and the last result is printed."""
    program = Program(
        "server",
        (
            Receive(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
            Drain(),
            StartNextCycle(),
            Receive(b"\x00"),
            ReceiveEOF(),
            SendFailed(),
            Send(EventSpec("EndOfMessage"), passthrough=True),
            NextEvent(),
        ),
        40,
    )
    assert script(program, run(reference, program), "outcome") == [
        "conn = h11.Connection(h11.SERVER, 40)",
        "conn.receive_data(b'GET / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n')",
        "conn.next_event()",
        "conn.next_event()",
        "conn.next_event()",
        "try:",
        "    conn.start_next_cycle()",
        "except h11.LocalProtocolError: pass",
        "conn.receive_data(b'\\x00')",
        'conn.receive_data(b"")',
        "conn.send_failed()",
        "try:",
        "    conn.send_with_data_passthrough(h11.EndOfMessage())",
        "except h11.LocalProtocolError: pass",
        "print(conn.next_event())",
    ]


@pytest.mark.parametrize(
    ("field", "last"),
    [
        ("client", "print(conn.states)"),
        ("server", "print(conn.states)"),
        ("trailing", "print(conn.trailing_data)"),
        ("version", "print(conn.their_http_version)"),
        ("client_waits", "print(conn.client_is_waiting_for_100_continue)"),
        ("they_wait", "print(conn.they_are_waiting_for_100_continue)"),
    ],
)
def test_a_script_about_an_attribute_prints_it_after_the_last_step(field: str, last: str) -> None:
    """An exception of the last step is caught, too."""
    program = Program("client", (StartNextCycle(),))
    assert script(program, run(reference, program), field) == [
        "conn = h11.Connection(h11.CLIENT)",
        "try:",
        "    conn.start_next_cycle()",
        "except h11.LocalProtocolError: pass",
        last,
    ]


def test_an_event_is_written_as_its_constructor_call() -> None:
    """Every kind of argument is written as an expression."""
    event = EventSpec.of(
        "Request",
        method=Typed("text", "GE\u00e9"),
        target=Typed("bytearray", "/\xff"),
        headers=Typed(
            "iterator", ((b"Host", Typed("memoryview", "a")), Typed("tuple", (b"B", b"c")))
        ),
        http_version=None,
    )
    assert event_expression(event) == (
        "h11.Request(method='GE\u00e9', target=bytearray(b'/\\xff'), headers=iter([(b'Host', "
        "memoryview(b'a')), tuple([b'B', b'c'])]), http_version=None)"
    )
    opaque = EventSpec.of("Data", data=Typed("opaque", 3), chunk_start=True)
    assert event_expression(opaque) == "h11.Data(data=range(3), chunk_start=True)"
    fields = EventSpec.of("EndOfMessage", headers=[(b"a",), ()])
    assert event_expression(fields) == "h11.EndOfMessage(headers=[(b'a',), ()])"


def test_a_script_runs_on_its_own() -> None:
    """It can be pasted into a file, and does not need this package."""
    program = Program("client", (SendFailed(),))
    [one] = found(implementation("forgets_failure"), program)
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(lines_of("forgets_failure", one))],
        capture_output=True,
        text=True,
        check=True,
    )
    assert (done.stdout, done.stderr) == ("{CLIENT: IDLE, SERVER: IDLE}\n", "")


def test_an_exception_of_the_implementation_itself_can_be_caught() -> None:
    """If both sides raise the same exception of their own, the script continues after it."""
    program = Program("server", (Receive(b"a"), NextEvent(), NextEvent()))
    own = {"by": "next", "family": "other", "class": "ChunkTrip", "text": "a"}
    trace = Trace([{"returned": None}, {"events": [], "raised": own}, {"events": []}])
    lines = script(program, trace, "outcome")
    assert not any("except ChunkTrip" in line for line in lines)
