"""Each expression has the same outcome on h11 and on the reference, or a known second one.

The totals are written down here, so that no expression can get lost.
"""

import ast
import inspect
import json
from collections import Counter
from importlib.resources import files
from types import ModuleType, SimpleNamespace
from typing import Any, ClassVar

import h11
import pytest

from h11spec import reference
from h11spec.conformance.execution.shipped import expressions
from h11spec.conformance.execution.shipped.expressions import evaluate
from h11spec.conformance.requirements.surface import (
    Contradiction,
    Expression,
    SurfaceError,
    differences,
    load,
    read,
)

EXPRESSIONS = load()
TEXTS = [expression.text for expression in EXPRESSIONS]
EXPECTED, ACTUAL = evaluate(reference, TEXTS), evaluate(h11, TEXTS)
TEXT = files("h11spec.conformance.requirements").joinpath("surface.txt").read_text("utf-8")
ONE = """\
# What this is.

## Numbers -- documented
1 + 1
    or {"value": 3}  # an implementation miscounts
    or {"raised": "ValueError"}  # an implementation cannot count

## Names -- undocumented
h11
"""


def answer(expression: str, implementation: Any = reference) -> Any:
    [outcome] = evaluate(implementation, [expression])
    return outcome


def changed(**changes: Any) -> Any:
    return SimpleNamespace(**{**vars(reference), **changes})


class SendsHeadsAsBefore(reference.Connection):
    """Planted fault: a response is sent as the first one with the same Headers was."""

    heads: ClassVar[dict[int, tuple[Any, Any]]] = {}

    def send(self, event: Any) -> Any:
        data = super().send(event)
        if not isinstance(event, reference.Response):
            return data
        # The Headers are kept, so that no others get their identity.
        return self.heads.setdefault(id(event.headers), (event.headers, data))[1]


def test_the_reference_has_the_outcomes_of_h11() -> None:
    assert differences(EXPECTED, ACTUAL, EXPRESSIONS) == []
    assert differences(ACTUAL, ACTUAL, EXPRESSIONS) == []


def test_a_second_outcome_is_exactly_that_of_h11() -> None:
    """Each is an upstream deviation, measured on h11: no other outcome is allowed."""
    for expression, one, other in zip(EXPRESSIONS, EXPECTED, ACTUAL, strict=True):
        if expression.also:
            assert [other] == list(expression.also)
            assert one != other
            assert expression.because.startswith("upstream deviation: ")
        else:
            assert one == other, expression.text


def test_no_expression_is_lost() -> None:
    assert Counter(expression.documented for expression in EXPRESSIONS) == {True: 191, False: 214}
    assert sum(bool(expression.also) for expression in EXPRESSIONS) == 21
    assert len({expression.group for expression in EXPRESSIONS}) == 25


def test_a_documented_expression_has_a_value() -> None:
    """An outcome that is an exception would be a broken promise."""
    for expression, one in zip(EXPRESSIONS, EXPECTED, strict=True):
        assert not expression.documented or "value" in one, expression.text


def test_no_outcome_names_a_module_or_an_address() -> None:
    """Every implementation has its own names for its modules."""
    for text in (json.dumps(EXPECTED), json.dumps(ACTUAL)):
        assert "h11" not in text
        assert "0x" not in text


def test_outcomes_are_json_and_repeatable() -> None:
    assert json.loads(json.dumps(EXPECTED)) == EXPECTED
    assert evaluate(reference, TEXTS) == EXPECTED


def test_the_evaluation_runs_on_python_3_8() -> None:
    """Both the module and the expressions are shipped to interpreters as old as that."""
    ast.parse(inspect.getsource(expressions), feature_version=(3, 8))
    for expression in TEXTS:
        ast.parse(expression, mode="eval", feature_version=(3, 8))


def test_the_module_needs_no_other_module() -> None:
    """A worker executes its source, and never imports it."""
    shipped = ModuleType("shipped")
    exec(inspect.getsource(expressions), shipped.__dict__)  # noqa: S102 (our own)
    assert shipped.evaluate(h11, TEXTS) == ACTUAL


def test_a_value_comes_as_json_or_as_its_repr() -> None:
    """Similar types stay distinguishable."""
    assert answer('[None, True, 1, 1.5, "a", b"\\xff", (1, [2]), {1: 2}]') == {
        "value": [
            *(None, True, 1, 1.5, "a", {"bytes": "\xff"}, {"tuple": [1, [2]]}),
            {"repr": "{1: 2}"},
        ]
    }
    assert answer("bytearray(b'a'), h11.IDLE") == {
        "value": {"tuple": [{"repr": "bytearray(b'a')"}, {"repr": "IDLE"}]}
    }
    assert answer("object()") == {"value": {"repr": "<object object>"}}


@pytest.mark.parametrize("name", ["SystemExit", "GeneratorExit", "ZeroDivisionError"])
def test_any_exception_is_an_outcome(name: str) -> None:
    assert answer(f"(_ for _ in ()).throw({name}())") == {"raised": name}


def test_an_interrupt_is_not_caught() -> None:
    with pytest.raises(KeyboardInterrupt):
        evaluate(reference, ["(_ for _ in ()).throw(KeyboardInterrupt())"])


def test_a_name_assigned_in_one_expression_is_unknown_in_the_next() -> None:
    assert evaluate(reference, ["(own := 1)", "own"]) == [{"value": 1}, {"raised": "NameError"}]


def test_draining_stops_after_a_hundred_events() -> None:
    """A connection that returns events forever must not hang the run."""

    class Endless(reference.Connection):
        def next_event(self) -> Any:
            return reference.Data(data=b"a")

    assert answer("len(drained(server()))", changed(Connection=Endless)) == {"value": 100}


@pytest.mark.parametrize(
    ("changes", "group"),
    [
        ({"PRODUCT_ID": b"python-h11/0.16.0"}, "Names"),
        ({"NEED_DATA": "NEED_DATA"}, "Constants"),
        ({"__all__": ()}, "Names that are listed"),
        ({"Data": bytes}, "Fields of events"),
        ({"ProtocolError": ValueError}, "Exceptions"),
        ({"Connection": SendsHeadsAsBefore}, "Headers that are sent on"),
    ],
    ids=str,
)
def test_a_fault_is_found_in_its_group(changes: Any, group: str) -> None:
    found = differences(EXPECTED, evaluate(changed(**changes), TEXTS), EXPRESSIONS)
    assert group in {contradiction.expression.group for contradiction in found}


def test_a_contradiction_has_both_outcomes() -> None:
    expressions = read(ONE)
    expected: list[dict[str, Any]] = [{"value": 2}, {"value": 1}]
    assert differences(expected, [{"value": 3}, {"value": 1}], expressions) == []
    assert differences(expected, [{"raised": "ValueError"}, {"value": 1}], expressions) == []
    assert differences(expected, [{"value": 4}, {"value": True}], expressions) == [
        Contradiction(expressions[0], {"value": 2}, {"value": 4}),
        Contradiction(expressions[1], {"value": 1}, {"value": True}),
    ]


def test_a_text_is_parsed_into_expressions_in_its_order() -> None:
    also = ({"value": 3}, {"raised": "ValueError"})
    assert read(ONE) == (
        Expression("1 + 1", "Numbers", True, also, "an implementation cannot count"),
        Expression("h11", "Names", False),
    )


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (" -- documented", "", "line 3: a group is documented or undocumented, not ''"),
        ("-- documented", "-- promised", "line 3: a group is documented or undocumented"),
        ("1 + 1", "1 +", "line 4: invalid syntax"),
        ("h11", "1 + 1", "line 9: the expression is a duplicate, or before any group"),
        (
            "## Numbers -- documented\n",
            "",
            "line 3: the expression is a duplicate, or before any group",
        ),
        ("1 + 1\n", "", "line 4: an outcome follows an expression, and has a reason"),
        ("  # an implementation miscounts", "", "line 5: an outcome follows an expression"),
        ('{"value": 3}', '{"value": three}', "line 5: Expecting value"),
    ],
)
def test_a_malformed_line_is_rejected_by_its_number(old: str, new: str, message: str) -> None:
    with pytest.raises(SurfaceError) as caught:
        read(ONE.replace(old, new, 1))
    assert str(caught.value).startswith(message)


def test_the_file_is_ascii() -> None:
    """Bytes in expressions are escaped, so that they survive every editor."""
    assert set(TEXT) - {chr(code) for code in range(32, 127)} == {"\n"}
