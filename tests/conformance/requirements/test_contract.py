"""The contract is complete, and h11 and the reference conform to each promise where it says so.

The totals are written down here, so that no entry can get lost.
"""

import inspect
from collections import Counter
from collections.abc import Iterator
from importlib.resources import files
from types import ModuleType
from typing import Any

import h11
import pytest

from h11spec import reference
from h11spec.conformance.execution.shipped.expressions import evaluate
from h11spec.conformance.requirements.contract import (
    TYPES,
    ContractError,
    Promise,
    documented,
    load,
    read,
)
from h11spec.reports.findings.deviations import UPSTREAM_DEVIATIONS
from h11spec.reports.findings.divergence import compare
from h11spec.strategies.program import EventSpec, Program, Receive, Send
from h11spec.strategies.traces import Trace, run

PROMISES = load().promises
SHOWN = [promise for promise in PROMISES if not promise.reason]
WITH_PROGRAM = [promise for promise in PROMISES if promise.program is not None]
# Promises that the reference breaks as well, because it follows h11.
FOLLOWED = {"event-final", "data-keywords-only", "data-combine", "close-receive-returns"}
# Promises that only h11 breaks: its upstream deviations.
DEVIATIONS = {
    "next-no-other-errors",
    "send-no-other-errors",
    "chunk-start",
    "history-headers-slices",
}
EVENTS = ("Request", "InformationalResponse", "Response", "Data", "EndOfMessage")
ERRORS = ("ProtocolError", "LocalProtocolError", "RemoteProtocolError")

PROMISE = """
[[promise]]
id = "example-given"
section = "h11 documentation, API: Examples"
role = "both"
promise = "An example is given."
h11 = "conforms"
program = '{"program": 1, "role": "server", "steps": [{"do": "receive", "data": "a"}]}'
conforms = ["accepts"]
"""
PARAMETER = """
[[parameter]]
of = "Example"
name = "size"
documented = ["int"]
section = "h11 documentation, API: Examples"
"""


def conforms_to(promise: Promise, h11: ModuleType) -> bool:
    if promise.program is None:
        return evaluate(h11, [promise.shown]) == [{"value": True}]
    assert promise.conforms is not None
    return promise.conforms.hold(promise.program, run(h11, promise.program))


@pytest.mark.parametrize("promise", SHOWN, ids=lambda promise: promise.id)
def test_each_verdict_of_the_file_is_what_h11_does(promise: Promise) -> None:
    """The reference keeps at least the promises that h11 keeps."""
    assert conforms_to(promise, h11) is (promise.h11 == "conforms")
    assert conforms_to(promise, reference) is (promise.id not in FOLLOWED)


def test_each_promise_that_h11_breaks_is_known_and_has_a_note() -> None:
    broken = [promise for promise in PROMISES if promise.h11 == "deviates"]
    assert {promise.id for promise in broken} == FOLLOWED | DEVIATIONS
    assert [promise.id for promise in broken if not promise.note] == []


def test_no_promise_is_lost() -> None:
    """A lost entry would be a promise that is no longer checked."""
    assert Counter(promise.h11 for promise in PROMISES) == {"conforms": 265, "deviates": 8}
    assert Counter(promise.role for promise in PROMISES) == {
        "both": 171,
        "server": 55,
        "client": 47,
    }
    assert len(WITH_PROGRAM) == 170
    assert sum(bool(promise.shown) for promise in PROMISES) == 101
    assert sum(bool(promise.reason) for promise in PROMISES) == 2


def test_promises_are_single_sentences_and_no_two_are_the_same() -> None:
    sentences = [promise.promise for promise in PROMISES]
    assert len(set(sentences)) == len(sentences)
    assert [s for s in sentences if not s.endswith(".") or ". " in s or len(s) > 130] == []
    assert all(promise.section.startswith("h11 documentation, ") for promise in PROMISES)


@pytest.mark.parametrize("promise", WITH_PROGRAM, ids=lambda promise: promise.id)
def test_the_program_shows_the_same_on_h11_as_on_the_reference(promise: Promise) -> None:
    """Each runs to its last step, in the role that the promise is about."""
    program = promise.program
    assert program is not None
    traces = run(reference, program), run(h11, program)
    comparison = compare(program, *traces, UPSTREAM_DEVIATIONS)
    assert comparison.divergence is None
    assert bool(comparison.deviations) == (promise.id in DEVIATIONS)
    assert len(traces[0]) == len(program.steps)
    assert promise.role in ("both", program.role)


@pytest.mark.parametrize("promise", WITH_PROGRAM, ids=lambda promise: promise.id)
def test_an_implementation_that_always_fails_conforms_to_nothing(promise: Promise) -> None:
    """Conditions that every trace satisfies would show nothing."""
    program, conforms = promise.program, promise.conforms
    assert program is not None
    assert conforms is not None
    nothing: Any = {"client": "CLOSED", "server": "CLOSED", "trailing": ["?", False]}
    wrong = {"by": "send", "family": "other", "class": "KeyError", "text": ""}
    assert not conforms.hold(program, Trace([{**nothing, "raised": wrong} for _ in program.steps]))


def parameters_of(name: str) -> Iterator[tuple[str, str]]:
    """The public parameters of a callable, each with the callable's name."""
    call: Any = h11
    for part in name.split("."):
        call = getattr(call, part)
    for parameter in inspect.signature(call).parameters:
        if parameter != "self" and not parameter.startswith("_"):
            yield name, parameter


def test_every_parameter_of_the_api_is_there() -> None:
    """What is not in the table is not documented input; nothing may be missing by oversight."""
    methods = [f"Connection.{name}" for name in dir(h11.Connection) if not name.startswith("_")]
    calls = [each for each in methods if callable(getattr(h11.Connection, each.split(".")[1]))]
    wanted = {
        parameter
        for name in ("Connection", *calls, "Event", *EVENTS, "ConnectionClosed", *ERRORS)
        for parameter in parameters_of(name)
    }
    of_headers = {key for key in load().table if "." in key[1]}
    assert set(load().table) - of_headers == wanted
    assert {
        (of, f"{part}.{word}")
        for of, part in wanted
        if part == "headers"
        for word in ("pair", "name", "value")
    } == of_headers


def test_every_type_is_documented_for_some_parameter() -> None:
    assert {word for types in load().table.values() for word in types} == set(TYPES)


def test_the_documented_types_of_a_parameter_can_be_looked_up() -> None:
    assert documented("Response", "status_code") == ("int", "int_subclass")
    assert "text" in documented("Request", "method")
    assert "text" not in documented("Response", "reason")
    with pytest.raises(ContractError, match=r"^Data: there is no parameter 'size'; its .* data$"):
        documented("Data", "size")
    with pytest.raises(ContractError, match=r"^Trailer: .* its parameters are: none$"):
        documented("Trailer", "size")


def test_an_entry_is_parsed_with_its_program_and_conditions() -> None:
    contract = read(PROMISE + PARAMETER)
    [promise], [parameter] = contract.promises, contract.parameters
    assert promise.program == Program("server", (Receive(b"a"),))
    assert promise.conforms is not None
    assert promise.conforms.texts == ("accepts",)
    assert (parameter.of, parameter.name, parameter.documented) == ("Example", "size", ("int",))
    assert contract.table == {("Example", "size"): ("int",)}


ONE_WAY = "needs exactly one of program (with conforms), shown and reason"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("promise =", "sentence =", "'sentence' is not known; known are id, section"),
        ("section =", "note =", "'section' is missing"),
        ('"both"', '"all"', "role: 'all' is not one of client, server, both"),
        ('h11 = "conforms"', 'h11 = "kept"', "h11: 'kept' is not one of conforms, deviates"),
        ('conforms = ["accepts"]', "", ONE_WAY),
        ('conforms = ["accepts"]', 'conforms = ["accepts"]\nshown = "True"', ONE_WAY),
        ("program =", "reason =", ONE_WAY),
        ('["accepts"]', '["agrees"]', "'agrees' is not a condition"),
        ('{"program": 1,', '{"program": 3,', "program: version 3 is not known"),
        ('{"program": 1,', '"program": 1,', "Extra data: line 1"),
    ],
)
def test_a_malformed_promise_is_rejected_by_its_id(old: str, new: str, message: str) -> None:
    """The message says which entry is wrong, and how."""
    with pytest.raises(ContractError, match=r"^example-given: ") as caught:
        read(PROMISE.replace(old, new, 1))
    assert message in str(caught.value)


def test_shown_must_be_an_expression() -> None:
    shown = PROMISE.partition("program =")[0] + 'shown = "h11 ="\n'
    with pytest.raises(ContractError, match=r"^example-given: invalid syntax"):
        read(shown)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"int"', '"float"', "documented: 'float' is not one of bytes, bytearray"),
        ("section", "page", "'page' is not known; known are of, name"),
    ],
)
def test_a_malformed_parameter_is_rejected_by_its_name(old: str, new: str, message: str) -> None:
    with pytest.raises(ContractError, match=r"^Example size: ") as caught:
        read(PARAMETER.replace(old, new, 1))
    assert message in str(caught.value)


def test_an_entry_without_an_id_is_named_by_its_number() -> None:
    with pytest.raises(ContractError, match=r"^promise 1: "):
        read(PROMISE.replace('id = "example-given"', "", 1))


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (PROMISE, "example-given: the id is already taken"),
        (PARAMETER, "Example size: the parameter is already listed"),
    ],
)
def test_two_entries_cannot_share_a_name(entry: str, message: str) -> None:
    with pytest.raises(ContractError, match=f"^{message}$"):
        read(entry + entry)


def test_a_program_in_the_file_equals_the_one_written_in_python() -> None:
    [promise] = [each for each in PROMISES if each.id == "states-data-first"]
    assert promise.program == Program("client", (Send(EventSpec.of("Data", data=b"hi")),))


def test_the_file_is_ascii() -> None:
    """Bytes in programs are escaped, so that they survive every editor."""
    text = (
        files("h11spec.conformance.requirements")
        .joinpath("contract.toml")
        .read_text(encoding="utf-8")
    )
    assert set(text) - {chr(code) for code in range(32, 127)} == {"\n"}
