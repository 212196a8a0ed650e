"""Whatever an implementation does, the interpreter continues and records what it observes.

The implementations are namespaces made from the reference. Each misbehaves in a way that a sincere
implementation of the API does not.
"""

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from h11spec import reference
from h11spec.strategies import interpreter
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
)
from h11spec.strategies.traces import run

GET = Receive(b"GET / HTTP/1.1\r\nHost: a\r\nA: b\r\n\r\n")
ASK = Send(EventSpec.of("Request", method=b"GET", target=b"/", headers=[(b"Host", b"a")]))
EVERY_CALL = Program(
    "client",
    (
        ASK,
        Send(EventSpec("EndOfMessage"), passthrough=True),
        Receive(b"HTTP/1.1 204 \r\n\r\n"),
        NextEvent(),
        Drain(),
        StartNextCycle(),
        ReceiveEOF(),
        SendFailed(),
    ),
)


def namespace(**changes: Any) -> Any:
    """The reference, with some of its names bound to other values."""
    return SimpleNamespace(**{**vars(reference), **changes})


def with_next_event(next_event: Callable[[], Any]) -> Any:
    """A namespace whose connections get their events from ``next_event``."""

    class Connection(reference.Connection):
        def next_event(self) -> Any:
            return next_event()

    return namespace(Connection=Connection)


def first_event(event: Any) -> Json:
    [observed] = run(with_next_event(lambda: event), Program("server", (NextEvent(),)))
    return observed.events[0]


class Plain:
    """A class that is not part of the API."""


class Hostile:
    """Raises an exception whenever it is used."""

    def __getattr__(self, name: str) -> Any:
        raise ZeroDivisionError(name)

    def __eq__(self, other: object) -> bool:
        raise ZeroDivisionError

    def __hash__(self) -> int:
        raise ZeroDivisionError

    def __repr__(self) -> str:
        raise ZeroDivisionError


class HostileData(reference.Data):
    """An event that raises when it is read."""

    def __getattribute__(self, name: str) -> Any:
        if name in ("data", "chunk_start"):
            raise ZeroDivisionError(name)
        return super().__getattribute__(name)


class WithoutText(reference.RemoteProtocolError):
    """A protocol error for which str() raises."""

    def __str__(self) -> str:
        raise KeyError("no text")


class StrSubclass(str):
    """A subclass of str."""


class OddlyNamed(type):
    """A metaclass whose classes have an instance of StrSubclass as their name."""

    @property
    def __name__(cls) -> str:  # type: ignore[override]  # a metaclass may define it
        return StrSubclass("OddlyNamed")


class WithOddText(reference.LocalProtocolError, metaclass=OddlyNamed):
    """A protocol error whose text is an instance of StrSubclass."""

    def __str__(self) -> str:
        return StrSubclass("no")


def raiser(error: BaseException) -> Callable[..., Any]:
    def fail(*arguments: Any, **others: Any) -> Any:
        raise error

    return fail


@pytest.mark.parametrize(
    ("event", "name"),
    [
        (None, "object NoneType"),
        (b"a", "object bytes"),
        (Plain(), "object Plain"),
        (Hostile(), "object Hostile"),
        (reference.DONE, "object DONE"),
    ],
    ids=["None", "bytes", "object", "hostile object", "state"],
)
def test_an_event_of_an_unknown_type_is_named_by_its_type(event: Any, name: str) -> None:
    assert first_event(event) == {"type": name}


def test_a_class_in_place_of_an_event_is_named_by_its_type() -> None:
    assert first_event(Plain)["type"] == "object type"


@pytest.mark.parametrize("name", ["ConnectionClosed", "Data"])
def test_the_class_of_an_event_is_not_an_event(name: str) -> None:
    """``return ConnectionClosed`` instead of ``return ConnectionClosed()`` is detected."""
    assert first_event(getattr(reference, name))["type"] != name


def test_a_drain_of_endless_events_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """The implementation never returns a sentinel, but the drain has a limit."""
    monkeypatch.setattr(interpreter, "MAX_DRAINED", 5)
    events = with_next_event(reference.EndOfMessage)
    [observed] = run(events, Program("server", (Drain(),)))
    assert [event["type"] for event in observed.events] == ["EndOfMessage"] * 5
    assert observed.raised is None


def test_a_drain_ends_with_an_object_that_is_not_an_event() -> None:
    """The object is observed once, not again and again until the limit."""
    answers = iter([reference.EndOfMessage(), Plain(), reference.EndOfMessage()])
    [observed] = run(with_next_event(lambda: next(answers)), Program("server", (Drain(),)))
    assert [event["type"] for event in observed.events] == ["EndOfMessage", "object Plain"]


def test_missing_attributes_of_an_event_are_observed() -> None:
    """A missing field is different from one that is None."""
    bare = object.__new__(reference.Request)
    seen = first_event(bare)
    assert seen["type"] == "Request"
    assert seen["method"] == {"object": "_Missing"}
    assert seen["headers"] == {"unreadable": "TypeError"}
    assert "raw_headers" not in seen


def test_attributes_that_raise_are_observed() -> None:
    class Connection(reference.Connection):
        def next_event(self) -> Any:
            return HostileData(b"a")

    broken = namespace(Data=HostileData, Connection=Connection)
    [observed] = run(broken, Program("client", (NextEvent(),)))
    unreadable = {"object": "_Unreadable"}
    assert observed.events == [
        {"type": "Data", "data": unreadable, "chunk_start": unreadable, "chunk_end": False}
    ]


@pytest.mark.parametrize(
    ("headers", "seen"),
    [
        (
            [(b"a", b"b")],
            {"headers": [["a", "b"]], "raw_headers": {"unreadable": "AttributeError"}},
        ),
        ([b"ab"], {"headers": [[97, 98]], "raw_headers": {"unreadable": "AttributeError"}}),
        ([(b"a",)], {"headers": {"unreadable": "ValueError"}}),
        (None, {"headers": {"unreadable": "TypeError"}}),
        (Hostile(), {"headers": {"unreadable": "TypeError"}}),
    ],
    ids=["no raw_items", "no pairs", "too short", "None", "hostile"],
)
def test_headers_of_another_type_are_observed_as_far_as_possible(headers: Any, seen: Json) -> None:
    """h11 0.9.0 has no raw_items: everything else in its events is still compared."""
    event = reference.EndOfMessage()
    vars(event)["headers"] = headers
    assert first_event(event) == {"type": "EndOfMessage", **seen}


def test_an_error_without_text_is_observed() -> None:
    broken = with_next_event(raiser(WithoutText("never shown", 431)))
    [observed] = run(broken, Program("server", (NextEvent(),)))
    assert observed.form["raised"] == {
        "by": "next",
        "family": "RemoteProtocolError",
        "class": "WithoutText",
        "text": "(no text: str() raises KeyError)",
        "hint": 431,
    }


def test_an_error_without_a_hint_is_observed() -> None:
    error = reference.RemoteProtocolError("a")
    del error.error_status_hint
    [observed] = run(with_next_event(raiser(error)), Program("server", (NextEvent(),)))
    assert observed.form["raised"]["hint"] == {"object": "_Missing"}


CALLS = {
    "receive_data": "receive",
    "next_event": "next",
    "send": "send",
    "send_with_data_passthrough": "send",
    "start_next_cycle": "cycle",
    "send_failed": "fail",
}


@pytest.mark.parametrize("error", [ArithmeticError("x"), SystemExit(0), GeneratorExit()], ids=repr)
@pytest.mark.parametrize("method", CALLS)
def test_whatever_a_call_raises_is_an_observation(method: str, error: BaseException) -> None:
    """No exception ends the program: every step has an observation, and the trace can be stored."""
    broken = namespace(
        Connection=type("Connection", (reference.Connection,), {method: raiser(error)})
    )
    observed = run(broken, EVERY_CALL)
    assert len(observed) == len(EVERY_CALL.steps)
    raised = [step.raised for step in observed if step.raised is not None]
    assert CALLS[method] in {
        found.by for found in raised if found.exception == type(error).__name__
    }
    assert json.loads(json.dumps(observed.form)) == observed.form


@pytest.mark.parametrize("method", CALLS)
def test_a_missing_method_is_an_observation(method: str) -> None:
    """A caller of h11 would get the same AttributeError from that call."""

    class Connection(reference.Connection):
        def __getattribute__(self, name: str) -> Any:
            if name == method:
                raise AttributeError(f"no {name}")
            return super().__getattribute__(name)

    observed = run(namespace(Connection=Connection), EVERY_CALL)
    found = [step.raised for step in observed if step.raised is not None]
    [text] = {raised.text for raised in found if raised.exception == "AttributeError"}
    assert text == f"no {method}"
    assert CALLS[method] in {raised.by for raised in found}


def test_an_error_whose_attributes_raise_is_an_observation() -> None:
    """The error is recognised by its type; its attributes are not needed."""

    class Unreadable(reference.LocalProtocolError):
        def __init__(self) -> None:
            pass

        def __str__(self) -> str:
            raise RuntimeError

        def __getattribute__(self, name: str) -> Any:
            if name == "error_status_hint":
                raise RuntimeError(name)
            return super().__getattribute__(name)

    [observed] = run(with_next_event(raiser(Unreadable())), Program("server", (NextEvent(),)))
    assert observed.form["raised"] == {
        "by": "next",
        "family": "LocalProtocolError",
        "class": "Unreadable",
        "text": "(no text: str() raises RuntimeError)",
        "hint": {"object": "_Unreadable"},
    }


def test_a_namespace_that_raises_for_missing_names_can_be_run() -> None:
    """The namespace raises an exception other than AttributeError."""

    class Odd(SimpleNamespace):
        def __getattr__(self, name: str) -> Any:
            raise KeyError(name)

    odd: Any = Odd(**vars(reference))
    del odd.MIGHT_SWITCH_PROTOCOL
    program = Program("server", (SendFailed(), NextEvent(), Send(EventSpec("EndOfMessage"))))
    assert run(odd, program).form == run(reference, program).form


KNOT: list[Any] = []
KNOT.append(KNOT)
RELEASED = memoryview(b"")
RELEASED.release()


@pytest.mark.parametrize(
    ("value", "form"),
    [
        (KNOT, {"unreadable": "RecursionError"}),
        (RELEASED, {"unreadable": "ValueError"}),
        (10**5000, {"object": "int"}),
    ],
    ids=["a list in itself", "a released view", "a huge number"],
)
def test_a_value_that_json_cannot_express_is_replaced(value: Any, form: Json) -> None:
    class Connection(reference.Connection):
        def send_failed(self) -> Any:
            return value

    [observed] = run(namespace(Connection=Connection), Program("server", (SendFailed(),)))
    assert observed.returned == form
    json.dumps(observed.form)


@pytest.mark.parametrize("error", [ArithmeticError("x"), SystemExit(0)], ids=repr)
def test_a_constructor_that_raises_anything_is_an_observation(error: BaseException) -> None:
    [observed] = run(namespace(Request=raiser(error)), Program("client", (ASK,)))
    raised = observed.raised
    assert raised is not None
    assert (raised.by, raised.exception, raised.family) == (
        "constructor",
        type(error).__name__,
        "other",
    )


def test_a_keyboard_interrupt_ends_the_run() -> None:
    """It is not an observation: in this process it comes from the user."""
    broken = with_next_event(raiser(KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        run(broken, Program("server", (NextEvent(),)))


@pytest.mark.parametrize(
    "name",
    [
        "states",
        "trailing_data",
        "their_http_version",
        "client_is_waiting_for_100_continue",
        "they_are_waiting_for_100_continue",
    ],
)
def test_an_observation_ends_at_the_first_attribute_that_raises(name: str) -> None:
    """The observation still has the outcome, and the attributes read before that one."""

    class Connection(reference.Connection):
        def __getattribute__(self, asked: str) -> Any:
            if asked == name:
                raise ZeroDivisionError(asked)
            return super().__getattribute__(asked)

        def next_event(self) -> Any:
            return reference.NEED_DATA

    [observed] = run(namespace(Connection=Connection), Program("server", (NextEvent(),)))
    attributes = ["client", "server", "trailing", "version", "client_waits", "they_wait"]
    first = {"states": 0, "trailing_data": 2, "their_http_version": 3}.get(name, 4)
    first = 5 if name.startswith("they_are") else first
    assert observed.form == {
        "events": [{"type": "NEED_DATA"}],
        **{key: observed.form[key] for key in attributes[:first]},
        "blind": {"by": "look", "family": "other", "class": "ZeroDivisionError", "text": name},
    }


@pytest.mark.parametrize(
    "state", [None, "IDLE", Plain(), Hostile()], ids=["None", "text", "object", "hostile"]
)
def test_a_state_of_another_type_is_named_by_its_type(state: Any) -> None:
    """A string with the name of a state is not a state."""

    class Connection(reference.Connection):
        @property
        def states(self) -> Any:
            return {reference.CLIENT: state, reference.SERVER: reference.IDLE}

    [observed] = run(namespace(Connection=Connection), Program("server", (Receive(b"a"),)))
    assert observed.states == (f"object {type(state).__name__}", "IDLE")


def test_an_implementation_without_one_of_the_states_can_be_run() -> None:
    """h11 had fewer states before 0.9.0; other objects are not mistaken for a missing state."""
    bare = namespace()
    del bare.MIGHT_SWITCH_PROTOCOL
    program = Program("server", (GET, Drain()))
    assert run(bare, program).form == run(reference, program).form
    bare.Connection = with_next_event(lambda: None).Connection
    [observed] = run(bare, Program("server", (NextEvent(),)))
    assert observed.events == [{"type": "object NoneType"}]


def test_a_step_that_cannot_be_expressed_ends_the_trace() -> None:
    """An adapter raises an exception named Inapplicable; no later step is observed."""

    class Inapplicable(Exception):
        pass

    class Connection(reference.Connection):
        def send_failed(self) -> None:
            raise Inapplicable("there is no such call")

    adapter = namespace(Inapplicable=Inapplicable, Connection=Connection)
    observed = run(adapter, Program("server", (GET, SendFailed(), NextEvent())))
    assert len(observed) == 2
    assert observed.form[1]["inapplicable"] == "there is no such call"
    assert observed[1].raised is None


def test_an_event_that_raises_when_it_is_read_can_be_passed_through() -> None:
    """Attributes that the interpreter reads may raise, just like calls."""

    class Connection(reference.Connection):
        def send_with_data_passthrough(self, event: Any) -> Any:
            return []

    broken = namespace(Data=HostileData, Connection=Connection)
    step = Send(EventSpec.of("Data", data=b"a"), passthrough=True)
    [observed] = run(broken, Program("client", (step,)))
    assert observed.returned == []


def test_an_implementation_whose_errors_are_not_classes_can_be_run() -> None:
    broken = namespace(LocalProtocolError=None)
    [observed] = run(broken, Program("server", (StartNextCycle(),)))
    assert observed.raised is not None


def test_text_of_a_subclass_is_observed_as_text() -> None:
    """Otherwise the text could be neither compared nor written as JSON."""

    class Connection(reference.Connection):
        def send_failed(self) -> None:
            raise WithOddText("no")

    [observed] = run(namespace(Connection=Connection), Program("client", (SendFailed(),)))
    raised = observed.form["raised"]
    assert (raised["class"], raised["text"]) == ("OddlyNamed", "no")
    assert {type(raised["class"]), type(raised["text"])} == {str}
