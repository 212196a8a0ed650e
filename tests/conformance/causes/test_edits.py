"""Which edits there are of a line of Python."""

from __future__ import annotations

import pytest

from h11spec.conformance.causes.edits import edits


def edited(source: str, line: int = 1) -> list[str]:
    """The edited versions of a line."""
    found = edits(source.encode(), [line])[line]
    texts = [
        (source.encode()[: each.start] + each.text.encode() + source.encode()[each.end :]).decode()
        for each in found
    ]
    for text in texts:
        compile(text, "edited", "exec")
    return [text.splitlines()[line - 1] for text in texts]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("if a < b: pass", "if a <= b: pass", id="order"),
        pytest.param("if (a) < (b): pass", "if (a) >= (b): pass", id="order of groups"),
        pytest.param("if a == b: pass", "if a != b: pass", id="equality"),
        pytest.param("if a not in b: pass", "if a in b: pass", id="membership"),
        pytest.param("if a is b: pass", "if a is not b: pass", id="identity"),
        pytest.param("x = a and b", "x = a or b", id="and"),
        pytest.param("x = a or b", "x = a or False", id="operand without effect"),
        pytest.param("x = not a", "x = (a)", id="not"),
        pytest.param("if a(): pass", "if not (a()): pass", id="condition"),
        pytest.param("while a(): pass", "while False: pass", id="never"),
        pytest.param("if a and b(): pass", "if a and (not (b())): pass", id="operand negated"),
        pytest.param("x = 303", "x = 304", id="number"),
        pytest.param("x = a[:20]", "x = a[:21]", id="bound"),
        pytest.param("x = a[n:]", "x = a[(n) - 1:]", id="bound in words"),
        pytest.param("x = True", "x = False", id="truth"),
        pytest.param("x = None", "x = False", id="nothing"),
        pytest.param("x = a + b", "x = a - b", id="sum"),
        pytest.param("x += 1", "x -= 1", id="sum in place"),
        pytest.param("x.y = 1", "pass", id="statement"),
        pytest.param("x = f(a, b)", "x = f(b, a)", id="arguments"),
        pytest.param("x = a.strip()", "x = (a)", id="call"),
        pytest.param("x = bool(a)", "x = (a)", id="conversion"),
        pytest.param("x = b'CLOSE'", "x = b'close'", id="case of a text"),
        pytest.param("x = CLIENT, SERVER", "x = SERVER, SERVER", id="names that are alike"),
        pytest.param("x = a.ours, a.theirs", "x = a.theirs, a.theirs", id="attributes"),
        pytest.param(
            "if a in (DATA,) or b is END: pass", "if a in (DATA, END,) or b is END: pass", id="list"
        ),
        pytest.param("x = ERROR_ONE(), ERROR_TWO()", "x = ERROR_TWO(), ERROR_TWO()", id="calls"),
    ],
)
def test_a_mistake_has_the_edit_that_repairs_it(before: str, after: str) -> None:
    assert after in edited(before)


def test_what_a_function_computed_can_be_returned() -> None:
    assert "    return out" in edited("def f():\n    out = []\n    return None\n", line=3)


def test_the_bytes_of_a_source_count_and_not_its_characters() -> None:
    assert "x = 'é', a <= b" in edited("x = 'é', a < b")


def test_an_edit_belongs_to_the_line_in_which_it_is_made() -> None:
    source = "x = (\n    a\n    and b\n)\n"
    assert "    or b" in edited(source, line=3)
    assert edits(source.encode(), [3])[3]
    assert all(each.line == 3 for each in edits(source.encode(), [3])[3])


def test_no_edit_is_made_twice() -> None:
    [found] = edits(b"if x == 1 and not f(x, 1): y = x[1:]", [1]).values()
    assert len(found) == len(set(found))


def test_a_source_that_is_no_python_has_no_edits() -> None:
    assert edits(b"print 'old'", [1]) == {1: []}


def test_a_source_in_another_encoding_has_no_edits() -> None:
    assert edits("# -*- coding: latin-1 -*-\nx = 'é' < 'a'\n".encode("latin-1"), [2]) == {2: []}
