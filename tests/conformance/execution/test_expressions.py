"""What the helpers of expressions do, in a run and in the script that reproduces an answer."""

from __future__ import annotations

import threading
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from faulty.showing import implementation

from h11spec import reference
from h11spec.conformance.execution.expression_scripts import script
from h11spec.conformance.execution.shipped.expressions import evaluate
from h11spec.conformance.requirements import surface

IN_THREAD = 'elsewhere(kinds, server(b"GET / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n"))'


class Inapplicable(Exception):
    """As an adapter raises it."""


def without_sending() -> Any:
    """A namespace whose connections cannot send."""

    class Connection(reference.Connection):
        def send(self, event: Any) -> Any:
            raise Inapplicable

    names = {name: getattr(reference, name) for name in reference.__all__}
    return SimpleNamespace(**{**names, "Connection": Connection})


@pytest.mark.parametrize(
    "expression",
    [
        "client().send(request())",
        "[refusal(client().send, request()), 1]",
        "error(client().send, request()) is None",
        "sent(client(), request())",
        "refusal(elsewhere, client().send, request())",
    ],
)
def test_an_expression_is_inapplicable_if_one_of_its_calls_is(expression: str) -> None:
    assert evaluate(without_sending(), [expression]) == [{"raised": "Inapplicable"}]
    assert evaluate(reference, [expression]) != [{"raised": "Inapplicable"}]


def test_one_inapplicable_expression_does_not_make_the_next_one_so() -> None:
    answers = evaluate(without_sending(), ["sent(client(), request())", "1"])
    assert answers == [{"raised": "Inapplicable"}, {"value": 1}]


def test_a_call_elsewhere_is_made_in_another_thread() -> None:
    [answer] = evaluate(reference, ["elsewhere(threading.get_ident)"])
    assert answer != {"value": threading.get_ident()}
    assert evaluate(reference, [IN_THREAD]) == [{"value": ["Request", "EndOfMessage", "NEED_DATA"]}]


def test_what_a_call_elsewhere_raises_is_raised_here() -> None:
    answers = evaluate(reference, ["elsewhere(client().start_next_cycle)"])
    assert answers == [{"raised": "LocalProtocolError"}]


def test_a_call_elsewhere_is_made_here_where_no_thread_can_be_started(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    ident = {"value": threading.get_ident()}
    assert evaluate(reference, ["elsewhere(threading.get_ident)"]) == [ident]


def test_a_script_with_threads_prints_the_answer(capsys: pytest.CaptureFixture[str]) -> None:
    lines = script(IN_THREAD)
    module = ModuleType("script")
    vars(module)["h11"] = reference
    exec("\n".join(lines), vars(module))  # noqa: S102  # the lines are what is tested
    assert capsys.readouterr().out == "['Request', 'EndOfMessage', 'NEED_DATA']\n"
    assert not any("_noted" in line or "self" in line for line in lines)


def test_a_method_that_only_its_thread_knows_is_found() -> None:
    group = "Connections that go from thread to thread"
    texts = [each.text for each in surface.load() if each.group == group]
    assert evaluate(implementation("knows_its_request_by_thread"), texts) != evaluate(
        reference, texts
    )
