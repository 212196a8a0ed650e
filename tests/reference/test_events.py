"""What all events share: keywords, frozen values, equality, copies, and subclasses."""

import dataclasses
import pickle
from dataclasses import FrozenInstanceError
from types import ModuleType
from typing import Any

import pytest
from event_samples import (
    ARGUMENTS,
    COPIES,
    FIELDS,
    WITH_HEADERS,
    headers,
    is_reference,
    local,
    refusal,
    sample,
)

from h11spec import reference

KINDS = list(FIELDS)
every_kind = pytest.mark.parametrize("kind", KINDS)
HOST = "<Headers([(b'host', b'a')])>"
A = "<Headers([(b'a', b'b')])>"

REPRS = {
    "Request": f"Request(method=b'GET', headers={HOST}, target=b'/', http_version=b'1.1')",
    "Response": f"Response(headers={A}, http_version=b'1.1', reason=b'', status_code=200)",
    "InformationalResponse": f"InformationalResponse(headers={A}, http_version=b'1.1', reason=b'', "
    "status_code=100)",
    "Data": "Data(data=b'x', chunk_start=False, chunk_end=False)",
    "EndOfMessage": f"EndOfMessage(headers={A})",
    "ConnectionClosed": "ConnectionClosed()",
}

DIFFERENT: list[tuple[str, dict[str, object]]] = [
    ("Request", {"method": b"get"}),
    ("Request", {"target": b"//"}),
    ("Request", {"http_version": b"1.0"}),
    ("Request", {"headers": [(b"Host", b"A")]}),
    ("Request", {"headers": [(b"Host", b"a"), (b"a", b"b")]}),
    ("Response", {"status_code": 201}),
    ("Response", {"reason": b"OK"}),
    ("Response", {"http_version": b"1.0"}),
    ("Response", {"headers": []}),
    ("InformationalResponse", {"status_code": 101}),
    ("InformationalResponse", {"reason": b"Continue"}),
    ("Data", {"data": b"y"}),
    ("Data", {"chunk_start": True}),
    ("Data", {"chunk_end": True}),
    ("EndOfMessage", {"headers": [(b"a", b"B")]}),
]


@every_kind
def test_fields_are_in_the_order_of_h11(h11: ModuleType, kind: str) -> None:
    """In the dataclass, in positional patterns, and in the repr."""
    event = sample(h11, kind)
    assert tuple(field.name for field in dataclasses.fields(event)) == FIELDS[kind]
    assert event.__match_args__ == FIELDS[kind]
    assert repr(event) == REPRS[kind]


def test_events_can_be_matched_by_position(h11: ModuleType) -> None:
    """The order of fields exists for ``case Request(method, headers, target)``."""
    match sample(h11, "Request"):
        # pyright does not know the classes of the fixture.
        case h11.Request(method, _, target):  # pyright: ignore[reportUnknownVariableType]
            assert (method, target) == (b"GET", b"/")
        case other:
            pytest.fail(f"not a request: {other!r}")


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "Data"])
def test_events_accept_keywords_only(h11: ModuleType, kind: str) -> None:
    """No value can end up in the wrong field; ConnectionClosed accepts nothing."""
    with pytest.raises(TypeError, match="takes 1 positional argument but"):
        getattr(h11, kind)(*ARGUMENTS[kind].values(), None)


def test_data_accepts_positional_arguments(h11: ModuleType) -> None:
    """It is the only event that does: data, chunk_start, chunk_end."""
    assert h11.Data(b"x", True, False) == h11.Data(data=b"x", chunk_start=True, chunk_end=False)
    with pytest.raises(TypeError):
        h11.Data(b"x", True, False, None)


@every_kind
def test_an_unknown_argument_is_refused(h11: ModuleType, kind: str) -> None:
    """A misspelled name does not pass unnoticed."""
    with pytest.raises(TypeError, match="unexpected keyword argument 'unknown'"):
        sample(h11, kind, unknown=b"x")


REQUIRED = [
    *("Request.method", "Request.headers", "Request.target"),
    *("Response.headers", "Response.status_code", "Data.data"),
    *("InformationalResponse.headers", "InformationalResponse.status_code"),
]


@pytest.mark.parametrize("path", REQUIRED)
def test_a_missing_argument_is_refused(h11: ModuleType, path: str) -> None:
    """All others have defaults: version 1.1, an empty reason, no trailers."""
    kind, missing = path.split(".")
    given = {name: value for name, value in ARGUMENTS[kind].items() if name != missing}
    with pytest.raises(TypeError, match=missing):
        getattr(h11, kind)(**given)


@every_kind
def test_events_are_frozen(h11: ModuleType, kind: str) -> None:
    """No attribute can be set or deleted: no field, no new name, and not __dict__."""
    event = sample(h11, kind)
    for name in (*FIELDS[kind], "unknown", "__dict__"):
        with pytest.raises(FrozenInstanceError, match=f"cannot assign to field '{name}'"):
            setattr(event, name, {})
        with pytest.raises(FrozenInstanceError, match=f"cannot delete field '{name}'"):
            delattr(event, name)
    assert repr(event) == REPRS[kind]


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "ConnectionClosed"])
def test_events_have_no_hash(h11: ModuleType, kind: str) -> None:
    """They hold sequences, or data of any type."""
    with pytest.raises(TypeError, match=f"unhashable type: '{kind}'"):
        hash(sample(h11, kind))


def test_connection_closed_has_a_hash(h11: ModuleType) -> None:
    """It holds nothing, and all of them are equal."""
    assert len({h11.ConnectionClosed(), h11.ConnectionClosed()}) == 1


@every_kind
def test_events_are_equal_if_class_and_fields_are(h11: ModuleType, kind: str) -> None:
    """An event is not equal to another type with the same contents."""
    event = sample(h11, kind)
    assert event == sample(h11, kind)
    for other in (dataclasses.astuple(event), dataclasses.asdict(event), None):
        assert event != other
    assert [other for other in KINDS if sample(h11, other) == event] == [kind]


@pytest.mark.parametrize(("kind", "changes"), DIFFERENT)
def test_equality_compares_every_field(
    h11: ModuleType, kind: str, changes: dict[str, object]
) -> None:
    """Values of header fields are case-sensitive."""
    assert sample(h11, kind) != sample(h11, kind, **changes)


@pytest.mark.parametrize("kind", WITH_HEADERS)
def test_equality_ignores_the_case_of_header_names(h11: ModuleType, kind: str) -> None:
    """It does not ignore their order."""
    fields = [("Host", "a"), ("X-One", "b"), ("x-two", "c")]
    event = sample(h11, kind, headers=fields)
    assert event == sample(h11, kind, headers=[(name.upper(), value) for name, value in fields])
    assert event != sample(h11, kind, headers=fields[::-1])


def test_response_classes_are_siblings(h11: ModuleType) -> None:
    """Neither inherits from the other, and equal fields do not make them equal."""
    final, interim = sample(h11, "Response"), sample(h11, "InformationalResponse")
    assert not isinstance(final, h11.InformationalResponse)
    assert not isinstance(interim, h11.Response)
    assert isinstance(final, h11.Event)
    assert isinstance(interim, h11.Event)


@pytest.mark.parametrize("way", COPIES)
@every_kind
def test_events_can_be_copied(h11: ModuleType, kind: str, way: str) -> None:
    """Upstream deviation: all events of h11 but ConnectionClosed fail on their own frozen fields.

    The first two pickle protocols do not support slots, so that h11 raises another exception.
    """
    event = sample(h11, kind)
    copied = COPIES[way]
    old_protocol = way in ("pickle 0", "pickle 1")
    if kind == "ConnectionClosed" or is_reference(h11):
        assert copied(event) == event
        assert repr(copied(event)) == REPRS[kind]
    else:
        with pytest.raises(TypeError if old_protocol else FrozenInstanceError):
            copied(event)


@pytest.mark.parametrize("kind", WITH_HEADERS)
def test_a_pickled_event_keeps_the_case_of_its_header_names(kind: str) -> None:
    """Equality would not notice; only the reference's events can be pickled."""
    event = sample(reference, kind)
    again = pickle.loads(pickle.dumps(event))
    assert again.headers.raw_items() == event.headers.raw_items()


@every_kind
def test_replace_returns_a_new_event(h11: ModuleType, kind: str) -> None:
    """Other fields are taken over, Headers as the same object."""
    event = sample(h11, kind)
    again = dataclasses.replace(event)
    assert again == event
    assert again is not event
    assert all(getattr(again, name) is getattr(event, name) for name in FIELDS[kind])


def test_replace_checks_its_arguments(h11: ModuleType) -> None:
    """It does not bypass the checks of the constructor."""
    request, response = sample(h11, "Request"), sample(h11, "Response")
    assert dataclasses.replace(request, method="PUT").method == b"PUT"
    broken = refusal(lambda: dataclasses.replace(request, method="A B"))
    assert broken == local("Illegal method characters")
    broken = refusal(lambda: dataclasses.replace(response, status_code=100))
    assert broken == local("Response status_code should be in range [200, 1000), not 100")


@every_kind
def test_asdict_shows_the_fields(h11: ModuleType, kind: str) -> None:
    """In their order; Headers stay Headers."""
    event = sample(h11, kind)
    shown = dataclasses.asdict(event)
    assert list(shown.items()) == [(name, getattr(event, name)) for name in FIELDS[kind]]
    assert type(shown.get("headers")) is type(getattr(event, "headers", None))


SENDERS = dict.fromkeys(KINDS, "CLIENT") | {"Response": "SERVER", "InformationalResponse": "SERVER"}


@every_kind
def test_a_subclass_can_be_instantiated_but_not_sent(h11: ModuleType, kind: str) -> None:
    """A connection recognises events by their exact class; any other is an error."""
    subclass = type("Ours", (getattr(h11, kind),), {})
    event: Any = subclass(**ARGUMENTS[kind])
    assert repr(event) == REPRS[kind].replace(kind, "Ours")
    assert event != sample(h11, kind)
    role = SENDERS[kind]
    conn = h11.Connection(getattr(h11, role))
    message = f"can't handle event type Ours when role={role} and state=IDLE"
    assert refusal(lambda: conn.send(event)) == local(message)
    assert conn.our_state is h11.ERROR


@pytest.mark.parametrize("kind", WITH_HEADERS)
def test_headers_of_another_event_are_shared(h11: ModuleType, kind: str) -> None:
    """They are already checked and are not copied."""
    fields = headers(h11, ("Host", "a"))
    assert sample(h11, kind, headers=fields).headers is fields


@pytest.mark.parametrize("kind", WITH_HEADERS)
def test_headers_from_a_list_are_a_copy(h11: ModuleType, kind: str) -> None:
    """Later changes to the list do not change the event."""
    fields = [("Host", "a")]
    event = sample(h11, kind, headers=fields)
    fields.append(("Host", "b"))
    assert event.headers == [(b"host", b"a")]
