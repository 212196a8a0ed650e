"""The names of the API as plain objects, and the exception for steps that cannot be expressed."""

import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from h11spec import reference
from h11spec.conformance.adapters import Inapplicable, api_names
from h11spec.reports.findings.divergence import compare
from h11spec.strategies.program import EventSpec, NextEvent, Program, Send, SendFailed
from h11spec.strategies.traces import run

CONSTANTS = [name for name in api_names.__all__ if name.isupper()]
PAIRS = [(b"Host", b"a"), (b"x-Y", b"b")]


def test_every_name_except_the_connection_is_there() -> None:
    """An adapter only has to add Connection."""
    names = {*reference.__all__, "MIGHT_SWITCH_PROTOCOL"}
    assert names - set(api_names.__all__) == {"Connection"}


@pytest.mark.parametrize("name", CONSTANTS)
def test_a_constant_is_its_own_type_and_prints_as_its_name(name: str) -> None:
    """``type(conn.next_event())`` can be looked up beside the event classes, as in h11."""
    constant = getattr(api_names, name)
    assert type(constant) is constant
    assert isinstance(constant, api_names.Sentinel)
    assert repr(constant) == constant.__name__ == name


def test_the_constants_are_thirteen_different_ones() -> None:
    """Two roles, nine states, NEED_DATA and PAUSED."""
    assert len({getattr(api_names, name) for name in CONSTANTS}) == 13


def test_headers_have_their_names_in_lower_case_and_as_received() -> None:
    """The values are the same in both."""
    headers = api_names.Headers(PAIRS)
    assert list(headers) == [(b"host", b"a"), (b"x-y", b"b")]
    assert headers.raw_items() == PAIRS
    assert repr(headers) == "<Headers([(b'host', b'a'), (b'x-y', b'b')])>"


def test_headers_are_a_sequence() -> None:
    """Length, index, slice and equality are those of the fields in lower case."""
    headers = api_names.Headers(PAIRS)
    assert len(headers) == 2
    assert headers[-1] == (b"x-y", b"b")
    assert headers[1:].raw_items() == PAIRS[1:]
    assert headers == [(b"host", b"a"), (b"x-y", b"b")]
    assert headers == api_names.Headers([(b"HOST", b"a"), (b"X-Y", b"b")])
    assert headers != PAIRS
    with pytest.raises(TypeError):
        hash(headers)


def test_an_event_stores_its_arguments_as_the_same_objects() -> None:
    """Only the implementation decides what an argument means, and whether it is allowed."""
    anything: Any = object()
    request = api_names.Request(method=anything, target=anything, headers=anything)
    response = api_names.Response(status_code=anything, headers=anything, reason=anything)
    stored = [request.method, request.target, request.headers, api_names.Data(anything).data]
    stored += [response.status_code, response.headers, response.reason]
    stored += [api_names.EndOfMessage(headers=anything).headers]
    assert all(one is anything for one in stored)


def test_events_of_different_classes_differ_even_with_the_same_fields() -> None:
    """An interim response is not equal to a final one."""
    fields: dict[str, Any] = {"status_code": 200, "headers": []}
    assert api_names.Response(**fields) == api_names.Response(**fields)
    interim: api_names.Event = api_names.InformationalResponse(**fields)
    assert api_names.Response(**fields) != interim


def test_the_status_hint_of_a_protocol_error_is_400_by_default() -> None:
    """The default that h11 documents."""
    assert api_names.LocalProtocolError("no").error_status_hint == 400
    assert api_names.RemoteProtocolError("no", 431).error_status_hint == 431
    assert str(api_names.RemoteProtocolError("no", 431)) == "no"


def test_an_inapplicable_step_ends_the_program_and_is_counted() -> None:
    """The step is neither right nor wrong, and those after it are not run."""

    class Connection(reference.Connection):
        def send_failed(self) -> None:
            raise Inapplicable("there is no such thing")

    adapter = SimpleNamespace(**{**vars(reference), "Connection": Connection})
    adapter.Inapplicable = Inapplicable
    close = Send(EventSpec("ConnectionClosed"))
    program = Program("client", (close, SendFailed(), NextEvent()))
    trace = run(adapter, program)
    assert [observation.form.get("inapplicable") for observation in trace] == [
        None,
        "there is no such thing",
    ]
    comparison = compare(program, run(reference, program), trace)
    assert comparison.inapplicable
    assert comparison.divergence is None


def test_the_names_import_neither_h11_nor_the_reference() -> None:
    """Objects borrowed from them would agree with them."""
    ask = (
        "import sys, h11spec.conformance.adapters.api_names;"
        "print({'h11', 'h11spec.reference'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
