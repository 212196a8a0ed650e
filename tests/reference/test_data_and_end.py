"""Data, EndOfMessage and ConnectionClosed: the arguments that they accept."""

from types import ModuleType

import pytest
from event_samples import Refusal, local, refusal

ANYTHING = [b"", b"x", bytearray(b"x"), memoryview(b"x"), "x", 5, None, [1], object()]


@pytest.mark.parametrize("data", ANYTHING)
def test_data_is_kept_as_the_same_object(h11: ModuleType, data: object) -> None:
    """Any object: ``send_with_data_passthrough`` accepts a placeholder for a file."""
    assert h11.Data(data).data is data
    assert h11.Data(data=data).data is data


@pytest.mark.parametrize("flag", [True, False, 1, 0, "x", None, []])
def test_chunk_marks_are_kept_unchanged(h11: ModuleType, flag: object) -> None:
    """They are neither checked nor converted, and default to False."""
    event = h11.Data(b"", chunk_start=flag, chunk_end=flag)
    assert event.chunk_start is flag
    assert event.chunk_end is flag
    assert (h11.Data(b"").chunk_start, h11.Data(b"").chunk_end) == (False, False)


def test_data_is_compared_by_value(h11: ModuleType) -> None:
    """As the data itself compares: bytes and bytearray alike."""
    assert h11.Data(b"ab") == h11.Data(bytearray(b"ab"))
    assert h11.Data(b"ab") != h11.Data("ab")


def test_missing_trailers_are_empty_trailers(h11: ModuleType) -> None:
    """None and an empty list are equivalent, and no two events share their headers."""
    events = [h11.EndOfMessage(), h11.EndOfMessage(headers=None), h11.EndOfMessage(headers=[])]
    assert all(event == events[0] for event in events)
    assert all(list(event.headers) == [] for event in events)
    assert len({id(event.headers) for event in events}) == 3


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Host", "a"),
        ("Content-Length", "5"),
        ("Transfer-Encoding", "chunked"),
        ("Connection", "close"),
        ("Trailer", "x"),
        ("ETag", '"1"'),
    ],
)
def test_trailers_may_have_any_name(h11: ModuleType, name: str, value: str) -> None:
    """Even those that RFC 9110 section 6.5.1 allows only in a head."""
    event = h11.EndOfMessage(headers=[(name, value)])
    assert event.headers.raw_items() == [(name.encode(), value.encode())]


@pytest.mark.parametrize("number", [2, 3])
def test_trailers_may_have_any_number_of_hosts(h11: ModuleType, number: int) -> None:
    """The rules for Host apply to requests only."""
    assert len(h11.EndOfMessage(headers=[("Host", "a")] * number).headers) == number


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ([("a b", "c")], local("Illegal header name b'a b'")),
        ([("a", "b\n")], local(r"Illegal header value b'b\n'")),
        ([("Content-Length", "x")], local("bad Content-Length")),
        (
            [("Transfer-Encoding", "gzip")],
            local("Only Transfer-Encoding: chunked is supported", 501),
        ),
        (5, Refusal("TypeError", "'int' object is not iterable")),
    ],
)
def test_trailers_are_checked_like_fields(
    h11: ModuleType, fields: object, expected: Refusal
) -> None:
    """Names, values, and the two framing fields."""
    assert refusal(lambda: h11.EndOfMessage(headers=fields)) == expected


@pytest.mark.parametrize("arguments", [(b"",), (None,), (b"", b"")])
def test_connection_closed_takes_no_argument(
    h11: ModuleType, arguments: tuple[object, ...]
) -> None:
    """It has no fields."""
    with pytest.raises(TypeError, match="takes 1 positional argument but"):
        h11.ConnectionClosed(*arguments)
