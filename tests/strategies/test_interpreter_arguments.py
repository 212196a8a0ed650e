"""Arguments of every documented type reach the implementation as that type, and results are named.

Runs on h11 and on the reference, and on a namespace that only says what it was given.
"""

from array import array
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from h11spec import reference
from h11spec.strategies.program import EventSpec, Json, Program, Send, SendFailed, Typed
from h11spec.strategies.traces import Trace, run

CHUNKED_HEAD = EventSpec.of(
    "Request",
    method=b"PUT",
    target=b"/",
    headers=[(b"Host", b"a"), (b"Transfer-Encoding", b"chunked")],
)


def data(value: Any, *, passthrough: bool = False) -> Send:
    return Send(EventSpec.of("Data", data=value), passthrough=passthrough)


def sent(h11: ModuleType, *steps: Send) -> Trace:
    """The trace of these steps, sent by a client in a chunked body."""
    return Trace(run(h11, Program("client", (Send(CHUNKED_HEAD), *steps))).form[1:])


def given_to_a_constructor(value: Any) -> Any:
    """The object that an event's constructor gets for ``value``."""
    received: list[Any] = []

    def note(**arguments: Any) -> Any:
        received.append(arguments["data"])
        return reference.Data(**arguments)

    noting = SimpleNamespace(**{**vars(reference), "Data": note})
    run(noting, Program("client", (data(value),)))
    [found] = received
    return found


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"a\xff", b"a\xff"),
        (Typed("text", "a\u20ac"), "a\u20ac"),
        (Typed("bytearray", "a\xff"), bytearray(b"a\xff")),
        (Typed("tuple", (b"a", 1)), (b"a", 1)),
        ((b"a", 1), [b"a", 1]),
        (((b"a", b"b"), (b"c", Typed("text", "d"))), [(b"a", b"b"), (b"c", "d")]),
        ((), []),
        (1, 1),
        (True, True),
        (1.5, 1.5),
        (None, None),
    ],
    ids=str,
)
def test_an_argument_arrives_as_what_it_stands_for(value: Any, expected: Any) -> None:
    found = given_to_a_constructor(value)
    assert (type(found), found) == (type(expected), expected)


def test_a_memoryview_arrives_as_one() -> None:
    found = given_to_a_constructor(Typed("memoryview", "a\xff"))
    assert (type(found), bytes(found)) == (memoryview, b"a\xff")


def test_an_iterator_arrives_as_one_that_can_be_used_once() -> None:
    found = given_to_a_constructor(Typed("iterator", ((b"a", b"b"), (b"c", b"d"))))
    assert iter(found) is found
    assert [list(found), list(found)] == [[(b"a", b"b"), (b"c", b"d")], []]


def test_an_opaque_object_knows_its_length_and_nothing_else() -> None:
    found = given_to_a_constructor(Typed("opaque", 5))
    assert len(found) == 5
    for use in (bytes, iter, memoryview):
        with pytest.raises(TypeError):
            use(found)


def test_an_array_arrives_as_one() -> None:
    found = given_to_a_constructor(Typed("array", "a\xff"))
    assert (type(found), found.typecode, found.tobytes()) == (array, "B", b"a\xff")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Typed("bytes_subclass", "a\xff"), b"a\xff"),
        (Typed("text_subclass", "a\u20ac"), "a\u20ac"),
        (Typed("int_subclass", -200), -200),
    ],
    ids=str,
)
def test_an_instance_of_a_subclass_arrives_as_one(value: Any, expected: Any) -> None:
    found = given_to_a_constructor(value)
    assert found == expected
    assert type(found).__bases__ == (type(expected),)


def test_a_convertible_object_is_not_bytes() -> None:
    found = given_to_a_constructor(Typed("convertible", "a\xff"))
    assert bytes(found) == b"a\xff"
    for use in (len, iter, memoryview):
        with pytest.raises(TypeError):
            use(found)


def test_two_runs_share_no_argument() -> None:
    """A program is a value: no implementation sees what another one did to an argument."""
    value = Typed("bytearray", "abc")
    first = given_to_a_constructor(value)
    first.clear()
    assert given_to_a_constructor(value) == b"abc"


@pytest.mark.parametrize(
    "fields",
    [
        ((b"Host", b"a"), (b"B", b"c")),
        Typed("tuple", ((b"Host", b"a"), (b"B", b"c"))),
        Typed("iterator", ((b"Host", b"a"), (b"B", b"c"))),
        ((Typed("text", "Host"), Typed("text", "a")), (Typed("bytearray", "B"), b"c")),
        (
            Typed("tuple", (b"Host", Typed("memoryview", "a"))),
            Typed("iterator", (Typed("text", "B"), b"c")),
        ),
    ],
    ids=str,
)
def test_fields_of_every_type_are_sent_alike(h11: ModuleType, fields: Any) -> None:
    """Lists, tuples and iterators; of pairs in text, bytes, bytearrays and memoryviews."""
    ask = EventSpec.of("Request", method=Typed("text", "GET"), target=b"/", headers=fields)
    [observed] = run(h11, Program("client", (Send(ask),)))
    assert observed.returned == "GET / HTTP/1.1\r\nHost: a\r\nB: c\r\n\r\n"


@pytest.mark.parametrize(
    ("value", "passed"),
    [
        (b"abc", "abc"),
        (Typed("bytearray", "abc"), {"bytearray": "abc"}),
        (Typed("memoryview", "abc"), {"memoryview": "abc"}),
    ],
    ids=str,
)
def test_passthrough_marks_the_very_object_that_was_sent(
    h11: ModuleType, value: Any, passed: Any
) -> None:
    """A part that is only equal to the data is not marked: see below."""
    [observed] = sent(h11, data(value, passthrough=True))
    assert observed.returned == ["3\r\n", {"passed": passed}, "\r\n"]


def test_an_opaque_object_is_passed_through_by_its_length(h11: ModuleType) -> None:
    passed, joined = sent(h11, data(Typed("opaque", 17), passthrough=True), data(b"a"))
    assert passed.returned == ["11\r\n", {"passed": {"opaque": 17}}, "\r\n"]
    assert joined.returned == "1\r\na\r\n"


@pytest.mark.parametrize("value", [b"abc", Typed("bytearray", "abc"), Typed("memoryview", "abc")])
def test_a_copy_is_not_marked_as_passed_through(value: Any) -> None:
    class Copying(reference.Connection):
        def send_with_data_passthrough(self, event: Any) -> Any:
            parts = super().send_with_data_passthrough(event)
            return parts and [type(part)(bytearray(part)) for part in parts]

    copying: Any = SimpleNamespace(**{**vars(reference), "Connection": Copying})
    marked = sent(copying, data(value, passthrough=True))[0].returned
    assert [isinstance(part, dict) and "passed" in part for part in marked] == [False] * 3


def test_passthrough_may_return_parts_in_another_type() -> None:
    """Such as a generator, which is named and not consumed."""

    class Lazy(reference.Connection):
        def send_with_data_passthrough(self, event: Any) -> Any:
            return (part for part in super().send_with_data_passthrough(event) or ())

    lazy = SimpleNamespace(**{**vars(reference), "Connection": Lazy})
    [observed] = run(lazy, Program("client", (Send(CHUNKED_HEAD, passthrough=True),)))
    assert observed.returned == {"object": "generator"}


def test_two_implementations_name_their_objects_alike() -> None:
    """Each has a class of that name in a module of its own, which is not a difference."""
    names: list[Any] = []
    for module in ("one.writing", "another"):
        result = type("Result", (), {"__module__": module})
        connection = type("C", (reference.Connection,), {"send_failed": staticmethod(result)})
        own = SimpleNamespace(**{**vars(reference), "Connection": connection})
        names.append(run(own, Program("client", (SendFailed(),)))[0].returned)
    assert names == [{"object": "Result"}] * 2


RETURNED: list[tuple[Any, Any]] = [
    (b"\xff", "\xff"),
    (bytearray(b"\xff"), {"bytearray": "\xff"}),
    (memoryview(b"\xff"), {"memoryview": "\xff"}),
    ("\u20ac", {"text": "\u20ac"}),
    (0, 0),
    (True, True),
    (None, None),
    ([b"a", (1, "b")], ["a", [1, {"text": "b"}]]),
    (object(), {"object": "object"}),
    ({}, {"object": "dict"}),
    (range(3), {"object": "range"}),
]


@pytest.mark.parametrize(("value", "form"), RETURNED, ids=lambda value: type(value).__name__)
def test_a_returned_value_is_named_by_its_type(value: Any, form: Any) -> None:
    """Bytes and bytes-like values have different names, and only bytes are called bytes."""

    class Returning(reference.Connection):
        def send(self, event: Any) -> Any:
            return value

    returning = SimpleNamespace(**{**vars(reference), "Connection": Returning})
    observation: Json = run(returning, Program("client", (Send(CHUNKED_HEAD),)))[0].form
    assert (observation["returned"], type(observation["returned"])) == (form, type(form))
