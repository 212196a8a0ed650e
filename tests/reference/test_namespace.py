"""The public namespace: names, star imports, parameters and base classes."""

import inspect
from importlib import import_module
from types import ModuleType
from typing import Any

import pytest
from event_samples import FIELDS, is_reference

from h11spec import reference

EXPORTED = {
    *("Connection", "NEED_DATA", "PAUSED", "Event", *FIELDS, "CLIENT", "SERVER"),
    *("IDLE", "SEND_RESPONSE", "SEND_BODY", "DONE", "MUST_CLOSE", "CLOSED", "ERROR"),
    *("SWITCHED_PROTOCOL", "ProtocolError", "LocalProtocolError", "RemoteProtocolError"),
}

CONNECTION = {
    *("our_role", "their_role", "our_state", "their_state", "states", "their_http_version"),
    *("client_is_waiting_for_100_continue", "they_are_waiting_for_100_continue"),
    *("receive_data", "next_event", "trailing_data", "start_next_cycle"),
    *("send", "send_with_data_passthrough", "send_failed"),
}

BASES = {
    "Connection": ["object"],
    "ProtocolError": ["Exception", "BaseException", "object"],
    "LocalProtocolError": ["ProtocolError", "Exception", "BaseException", "object"],
    "RemoteProtocolError": ["ProtocolError", "Exception", "BaseException", "object"],
    "Event": ["ABC", "object"],
    "Request": ["Event", "ABC", "object"],
    "Response": ["_ResponseBase", "Event", "ABC", "object"],
    "InformationalResponse": ["_ResponseBase", "Event", "ABC", "object"],
    "Data": ["Event", "ABC", "object"],
    "EndOfMessage": ["Event", "ABC", "object"],
    "ConnectionClosed": ["Event", "ABC", "object"],
}

RESPONSE = "(*, headers, status_code, http_version=b'1.1', reason=b'')"
PARAMETERS = {
    "Connection": "(our_role, max_incomplete_event_size=16384)",
    "Connection.receive_data": "(self, data)",
    "Connection.next_event": "(self)",
    "Connection.send": "(self, event)",
    "Connection.send_with_data_passthrough": "(self, event)",
    "Connection.send_failed": "(self)",
    "Connection.start_next_cycle": "(self)",
    "ProtocolError": "(msg, error_status_hint=400)",
    "LocalProtocolError": "(msg, error_status_hint=400)",
    "RemoteProtocolError": "(msg, error_status_hint=400)",
    "Event": "()",
    "Request": "(*, method, headers, target, http_version=b'1.1')",
    "Response": RESPONSE,
    "InformationalResponse": RESPONSE,
    "Data": "(data, chunk_start=False, chunk_end=False)",
    "EndOfMessage": "(*, headers=None)",
    "ConnectionClosed": "()",
}


def public_names(value: object) -> set[str]:
    return {name for name in dir(value) if not name.startswith("_")}


def test_dunder_all_lists_23_names(h11: ModuleType) -> None:
    """``__all__`` is a tuple without duplicates and without MIGHT_SWITCH_PROTOCOL."""
    assert set(h11.__all__) == EXPORTED
    assert len(h11.__all__) == 23
    assert isinstance(h11.__all__, tuple)


def test_a_star_import_omits_might_switch_protocol(h11: ModuleType) -> None:
    """A star import binds only the names in ``__all__``; this state must be imported by name."""
    names: dict[str, object] = {}
    exec(f"from {h11.__name__} import *", names)  # noqa: S102  # a function may not contain one
    assert names.keys() - {"__builtins__"} == EXPORTED
    assert all(names[name] is getattr(h11, name) for name in EXPORTED)
    assert repr(h11.MIGHT_SWITCH_PROTOCOL) == "MIGHT_SWITCH_PROTOCOL"


def test_no_other_name_is_public(h11: ModuleType) -> None:
    """Headers is not exported; the reference adds one function."""
    added = {"install_as_h11"} if is_reference(h11) else set[str]()
    public = {name for name in public_names(h11) if not inspect.ismodule(getattr(h11, name))}
    assert public == EXPORTED | {"MIGHT_SWITCH_PROTOCOL", "PRODUCT_ID"} | added


def test_the_product_id_names_h11_and_its_version(h11: ModuleType) -> None:
    """A str that can be used as Server and User-Agent."""
    assert h11.__version__ == "0.16.0"
    assert h11.PRODUCT_ID == "python-h11/0.16.0"
    assert type(h11.PRODUCT_ID) is str


def test_the_reference_has_the_pinned_version() -> None:
    """The version of the reference is that of the installed h11."""
    assert import_module("h11").__version__ == reference.__version__


@pytest.mark.parametrize("role", ["CLIENT", "SERVER"])
def test_a_connection_has_15_public_attributes(h11: ModuleType, role: str) -> None:
    """Methods, properties and plain attributes."""
    assert public_names(h11.Connection(getattr(h11, role))) == CONNECTION
    assert len(CONNECTION) == 15


@pytest.mark.parametrize(("name", "bases"), BASES.items())
def test_classes_have_the_bases_of_h11(h11: ModuleType, name: str, bases: list[str]) -> None:
    """The method resolution order, by name."""
    assert [base.__name__ for base in getattr(h11, name).__mro__] == [name, *bases]


@pytest.mark.parametrize(("path", "expected"), PARAMETERS.items())
def test_parameters_are_those_of_h11(h11: ModuleType, path: str, expected: str) -> None:
    """Names, kinds, order and defaults of all public parameters."""
    call: Any = h11
    for name in path.split("."):
        call = getattr(call, name)
    signature = inspect.signature(call)
    public = [
        parameter.replace(annotation=inspect.Parameter.empty)
        for name, parameter in signature.parameters.items()
        if not name.startswith("_")
    ]
    unannotated = signature.replace(parameters=public, return_annotation=inspect.Signature.empty)
    assert str(unannotated) == expected


def test_the_default_buffer_limit_is_16_kib(h11: ModuleType) -> None:
    """Servers import it from a private module of h11, ``_connection``."""
    name = "connection" if is_reference(h11) else "_connection"
    module = import_module(f"{h11.__name__}.{name}")
    assert module.DEFAULT_MAX_INCOMPLETE_EVENT_SIZE == 16384


def test_the_base_of_all_events_can_be_instantiated(h11: ModuleType) -> None:
    """Event has no abstract method, but cannot be sent."""
    assert isinstance(h11.Event(), h11.Event)
    with pytest.raises(h11.LocalProtocolError, match="can't handle event type Event when"):
        h11.Connection(h11.CLIENT).send(h11.Event())
