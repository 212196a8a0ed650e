"""What is asked of the surface has the same answer on h11 and on the reference, or a known second.

Knows the figures by heart, so that an expression cannot get lost.
"""

import ast
import inspect
import json
from collections import Counter
from importlib.resources import files
from types import ModuleType, SimpleNamespace
from typing import Any

import h11
import pytest

from h11spec import reference
from h11spec.conformance.execution import expressions
from h11spec.conformance.execution.expressions import evaluate
from h11spec.conformance.requirements.surface import (
    Contradiction,
    Expression,
    SurfaceError,
    differences,
    load,
    read,
)

ASKED = load()
TEXTS = [expression.text for expression in ASKED]
EXPECTED, ACTUAL = evaluate(reference, TEXTS), evaluate(h11, TEXTS)
TEXT = files("h11spec.conformance.requirements").joinpath("surface.txt").read_text("utf-8")
ONE = """\
# What this is.

## Numbers -- documented
1 + 1
    or {"value": 3}  # somebody miscounts
    or {"raised": "ValueError"}  # somebody cannot count

## Names -- undocumented
h11
"""


def answer(expression: str, implementation: Any = reference) -> Any:
    [outcome] = evaluate(implementation, [expression])
    return outcome


def changed(**changes: Any) -> Any:
    return SimpleNamespace(**{**vars(reference), **changes})


def test_the_reference_shows_what_h11_shows() -> None:
    assert differences(EXPECTED, ACTUAL, ASKED) == []
    assert differences(ACTUAL, ACTUAL, ASKED) == []


def test_a_second_outcome_is_h11s_own_and_nothing_else() -> None:
    """Each is an upstream deviation that is measured: none is allowed that nobody shows."""
    for expression, one, other in zip(ASKED, EXPECTED, ACTUAL, strict=True):
        if expression.also:
            assert [other] == list(expression.also)
            assert one != other
            assert expression.because.startswith("upstream deviation: ")
        else:
            assert one == other, expression.text


def test_no_expression_is_lost() -> None:
    assert Counter(expression.promised for expression in ASKED) == {True: 148, False: 213}
    assert sum(bool(expression.also) for expression in ASKED) == 21
    assert len({expression.group for expression in ASKED}) == 20


def test_what_is_documented_is_there() -> None:
    """An answer that is an exception's name would be a promise that is broken."""
    for expression, one in zip(ASKED, EXPECTED, strict=True):
        assert not expression.promised or "value" in one, expression.text


def test_no_answer_names_a_module_or_an_address() -> None:
    """Every implementation has names of its own for its modules."""
    for text in (json.dumps(EXPECTED), json.dumps(ACTUAL)):
        assert "h11" not in text
        assert "0x" not in text


def test_answers_are_json_and_the_same_again() -> None:
    assert json.loads(json.dumps(EXPECTED)) == EXPECTED
    assert evaluate(reference, TEXTS) == EXPECTED


def test_all_of_it_runs_on_python_3_8() -> None:
    """The source is shipped to interpreters as old as that, and the expressions are as well."""
    ast.parse(inspect.getsource(expressions), feature_version=(3, 8))
    for expression in TEXTS:
        ast.parse(expression, mode="eval", feature_version=(3, 8))


def test_the_source_needs_nothing_but_itself() -> None:
    """As in a worker: executed, and never imported."""
    shipped = ModuleType("shipped")
    exec(inspect.getsource(expressions), shipped.__dict__)  # noqa: S102 (our own)
    assert shipped.evaluate(h11, TEXTS) == ACTUAL


def test_a_value_comes_as_json_or_as_its_repr() -> None:
    """Types that are alike can be told apart."""
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
def test_whatever_is_raised_is_an_answer(name: str) -> None:
    assert answer(f"(_ for _ in ()).throw({name}())") == {"raised": name}


def test_an_interrupt_is_the_users() -> None:
    with pytest.raises(KeyboardInterrupt):
        evaluate(reference, ["(_ for _ in ()).throw(KeyboardInterrupt())"])


def test_a_name_that_is_given_is_gone_afterwards() -> None:
    assert evaluate(reference, ["(own := 1)", "own"]) == [{"value": 1}, {"raised": "NameError"}]


def test_a_connection_that_gives_out_events_for_ever_is_left_alone() -> None:
    """A hundred are enough to show it."""

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
    ],
    ids=str,
)
def test_a_fault_is_noticed_in_its_group(changes: Any, group: str) -> None:
    found = differences(EXPECTED, evaluate(changed(**changes), TEXTS), ASKED)
    assert group in {contradiction.expression.group for contradiction in found}


def test_a_difference_is_told_with_both_answers() -> None:
    asked = read(ONE)
    expected: list[dict[str, Any]] = [{"value": 2}, {"value": 1}]
    assert differences(expected, [{"value": 3}, {"value": 1}], asked) == []
    assert differences(expected, [{"raised": "ValueError"}, {"value": 1}], asked) == []
    assert differences(expected, [{"value": 4}, {"value": True}], asked) == [
        Contradiction(asked[0], {"value": 2}, {"value": 4}),
        Contradiction(asked[1], {"value": 1}, {"value": True}),
    ]


def test_a_text_is_read_as_it_stands() -> None:
    also = ({"value": 3}, {"raised": "ValueError"})
    assert read(ONE) == (
        Expression("1 + 1", "Numbers", True, also, "somebody cannot count"),
        Expression("h11", "Names", False),
    )


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (" -- documented", "", "line 3: a group is documented or undocumented, not ''"),
        ("-- documented", "-- promised", "line 3: a group is documented or undocumented"),
        ("1 + 1", "1 +", "line 4: invalid syntax"),
        ("h11", "1 + 1", "line 9: is there twice, or before any group"),
        ("## Numbers -- documented\n", "", "line 3: is there twice, or before any group"),
        ("1 + 1\n", "", "line 4: an outcome follows an expression, and says why"),
        ("  # somebody miscounts", "", "line 5: an outcome follows an expression"),
        ('{"value": 3}', '{"value": three}', "line 5: Expecting value"),
    ],
)
def test_what_is_no_surface_is_refused_by_its_line(old: str, new: str, message: str) -> None:
    """Who edits the file learns where."""
    with pytest.raises(SurfaceError) as caught:
        read(ONE.replace(old, new, 1))
    assert str(caught.value).startswith(message)


def test_the_file_is_ascii() -> None:
    """Bytes in expressions are escaped, and survive every editor."""
    assert set(TEXT) - {chr(code) for code in range(32, 127)} == {"\n"}
