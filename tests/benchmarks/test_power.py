"""Planted faults are what their names say, and reports count them correctly.

How many of them the suite finds is for ``make power``: that takes half an hour.
"""

import ast
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import h11
import pytest

from h11spec import reference
from h11spec.benchmarks.power import by_vectors, killing, patterns
from h11spec.benchmarks.power.killing import LOADING, Verdict, failing, verdicts
from h11spec.benchmarks.power.operators import OPERATORS
from h11spec.benchmarks.power.planting import Fault, Original, draw, faults, faults_of, planted
from h11spec.benchmarks.power.report import CLAIMS, Claim, ClaimError, Claims, Report, claims, shown
from h11spec.benchmarks.power.suite import CONFIRMATION, SWEEPS, VECTORS, Suite, distilled, prepared
from h11spec.conformance.checks.catalogue import catalogue
from h11spec.conformance.runs.settings import Settings

REFERENCE = Original("reference", Path(str(reference.__file__)).parent, "planted")
H11 = Original("h11", Path(str(h11.__file__)).parent, "h11")

CHANGES = {
    "comparison": [
        ("x < y", "x <= y"),
        ("x < y", "x == y"),
        ("x == b''", "x != b''"),
        ("x == 1", "x >= 1"),
        ("x is y", "x is not y"),
        ("x in y", "x not in y"),
        ("1 <= x < 3", "1 <= x <= 3"),
    ],
    "logic": [("x and y", "x or y"), ("x and y", "y"), ("x or y or z", "x or z"), ("not x", "x")],
    "condition": [
        ("if f(x):\n    g()", "if True:\n    g()"),
        ("if x:\n    g()", "if False:\n    g()"),
        ("if x:\n    g()", "if not x:\n    g()"),
        ("while x < 1:\n    g()", "while True:\n    g()"),
        ("a if x else b", "a if False else b"),
        ("[x for x in y if x]", "[x for x in y]"),
    ],
    "number": [("f(16)", "f(15)"), ("f(16)", "f(17)"), ("f(16)", "f(0)"), ("f(1)", "f(2)")],
    "text": [
        ("f(b'close')", "f(b'')"),
        ("f(b'close')", "f(b'closex')"),
        ("f(b'close')", "f(b'CLOSE')"),
        ("x.encode('ascii')", "x.encode('latin-1')"),
    ],
    "truth": [("f(frozen=True)", "f(frozen=False)")],
    "none": [("x = None", "x = False")],
    "flag": [("self.x = False", "self.x = True"), ("self.x: bool = True", "self.x: bool = False")],
    "table": [
        ("x = {CLIENT: DONE, SERVER: IDLE}", "x = {SERVER: IDLE}"),
        ("x = {CLIENT: DONE, SERVER: IDLE}", "x = {CLIENT: IDLE, SERVER: IDLE}"),
        ("x = {DONE: (DONE, IDLE)}", "x = {DONE: (IDLE, IDLE)}"),
        ("x = {A: {B: 1}, C: {D: 2}}", "x = {A: {B: 1, D: 2}, C: {D: 2}}"),
        ("x in (204, 304)", "x in (204,)"),
        ("x - {b'close'}", "x - ()"),
    ],
    "pattern": [
        ("re.compile(b'[0-9]{1,20}')", "re.compile(b'[0-9]{1,21}')"),
        ("re.compile('a' + X)", "re.compile('a?' + X)"),
        ("re.compile(b'x', re.MULTILINE)", "re.compile(b'x')"),
    ],
    "statement": [
        ("f(x)", "pass"),
        ("self.x = y", "pass"),
        ("x[y] = z", "pass"),
        ("raise x", "pass"),
        ("del x[1]", "pass"),
        ("x += 1", "pass"),
        ("def f():\n    return", "def f():\n    pass"),
        ("def f():\n    return None", "def f():\n    pass"),
    ],
    "loop": [
        ("for x in y:\n    continue", "for x in y:\n    pass"),
        ("for x in y:\n    break", "for x in y:\n    pass"),
    ],
    "return": [
        ("def f():\n    return x", "def f():\n    return None"),
        ("def f():\n    return x < y", "def f():\n    return not x < y"),
    ],
    "exception": [
        (
            "raise LocalProtocolError('x') from RemoteProtocolError",
            "raise RemoteProtocolError('x') from RemoteProtocolError",
        ),
        ("raise TypeError('x')", "raise ValueError('x')"),
        ("try:\n    f()\nexcept KeyError:\n    g()", "try:\n    f()\nexcept LookupError:\n    g()"),
        ("try:\n    f()\nexcept:\n    g()", "try:\n    f()\nexcept Exception:\n    g()"),
    ],
    "hint": [
        ("f(error_status_hint=501)", "f()"),
        ("f(error_status_hint=501)", "f(error_status_hint=400)"),
    ],
    "slice": [
        ("x[:n]", "x[:n + 1]"),
        ("x[:n]", "x[:n - 1]"),
        ("x[:n]", "x[:]"),
        ("x[2:]", "x[3:]"),
    ],
    "argument": [("f(x, y)", "f(y, x)"), ("f(a=x, b=y)", "f(a=y, b=x)")],
    "arithmetic": [("x + y", "x - y"), ("x | y", "x & y"), ("x -= 1", "x += 1")],
    "name": [
        ("x is DONE or y is IDLE", "x is IDLE or y is IDLE"),
        ("self.our_role + self.their_role", "self.their_role + self.their_role"),
        ("type(x) is Request or Response", "type(x) is Response or Response"),
    ],
    "call": [("x.lower()", "x"), ("bytes(x)", "x"), ("max(0, x)", "x")],
}


@pytest.mark.parametrize(
    ("operator", "before", "after"),
    [(operator, *pair) for operator, pairs in CHANGES.items() for pair in pairs],
)
def test_an_operator_makes_the_change_it_says(operator: str, before: str, after: str) -> None:
    changed = [
        planted(before, each) for each in faults(before, "x.py") if each.operator == operator
    ]
    assert ast.unparse(ast.parse(after)) in changed


def test_every_operator_is_shown_to_make_a_change() -> None:
    assert CHANGES.keys() == OPERATORS.keys()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("[a-z]", "[b-z]"),
        ("[a-z]", "[a-y]"),
        ("[a-z]", "[^a-z]"),
        ("[^\\x00\\n]", "[^\\n]"),
        ("[\\x21-\\x7e]", "[\\x20-\\x7e]"),
        ("[ab]*", "[ab]+"),
        ("[ab]++", "[ab]*+"),
        ("[ab]++", "[ab]+"),
        ("x{3}", "x{4}"),
        ("({X}){{1,20}}", "({X}){{1,19}}"),
        ("\\r?\\n", "\\r\\n"),
        ("\\r\\n", "\\r?\\n"),
        ("\\r\\n", "\\n"),
        ("(?:a|b)", "(?:b)"),
        ("(?:a|b)", "(?:a)"),
        ("a|b|c", "a|c"),
        ("(?m)^x", "^x"),
        ("(?m)^x", "(?m)x"),
        ("(?![ ])x", "(?=[ ])x"),
        ("{A}:{B}", "{A}:"),
    ],
)
def test_a_pattern_is_changed_in_one_place(before: str, after: str) -> None:
    assert after in patterns.changed(before)


def test_a_changed_pattern_is_another_one() -> None:
    for pattern in ("", "a", "(?:[a-z]*|b)+?", reference.connection.__name__):
        changed = list(patterns.changed(pattern))
        assert pattern not in changed
        assert len(set(changed)) == len(changed)


@pytest.mark.parametrize(
    "source",
    [
        '"""Documentation."""',
        "def f(x: int = X) -> 'text': ...",
        "x: dict[int, None]",
        "X = Union[None, int]",
        "X = A | B",
        "T = TypeVar('T', bound='X')",
        "__all__ = ['x']",
        "assert x == 1",
        "if TYPE_CHECKING:\n    x = 1",
        "import x",
        "class A:\n    def __repr__(self):\n        return 'A' + 'b'",
        "@overload\ndef f():\n    return 1",
    ],
)
def test_changes_without_any_effect_are_not_sites(source: str) -> None:
    assert [str(fault) for fault in faults(source, "x.py") if fault.before != "..."] == []


def test_the_words_of_an_error_are_left_alone() -> None:
    source = "raise LocalProtocolError('a {}'.format(x), error_status_hint=501)"
    assert {each.operator for each in faults(source, "x.py")} <= {"statement", "hint", "exception"}


@pytest.mark.unmeasured
@pytest.mark.parametrize("original", [REFERENCE, H11], ids=lambda original: original.name)
def test_every_planted_source_compiles_and_differs(original: Original) -> None:
    found = faults_of(original)
    assert len(found) > 1000
    assert len({fault.key for fault in found}) == len(found)
    for fault in draw(found, 60, seed=3):
        source = (original.folder / fault.file).read_text("utf-8")
        changed = planted(source, fault)
        assert changed != ast.unparse(ast.parse(source)), fault
        compile(re.sub(r"\bis (not )?([b'\d])", r"== \2", changed), fault.file, "exec")


def test_faults_are_drawn_evenly_and_by_the_seed_alone() -> None:
    found = faults_of(REFERENCE)
    drawn = draw(found, 200, seed=1)
    assert drawn == draw(found, 200, seed=1) != draw(found, 200, seed=2)
    assert len(set(drawn)) == 200
    counts = Counter(fault.operator for fault in drawn)
    there = Counter(fault.operator for fault in found)
    most = max(counts.values())
    assert all(counts[name] >= min(there[name], most - 1) for name in OPERATORS if there[name])
    assert draw(found[:5], 100, seed=1) != found[:5]
    assert set(draw(found[:5], 100, seed=1)) == set(found[:5])


@pytest.fixture(scope="module")
def suite() -> Suite:
    names = ("message/rfc9112-2.1", "status/forms")
    checks = [each for each in catalogue() if each.id.startswith(names)]
    return prepared(checks, Settings(max_examples=5), confirming=20)


def fault_at(original: Original, file: str, *change: str) -> Fault:
    """The fault of this operator that puts this in the place of that."""
    source = (original.folder / file).read_text("utf-8")
    [fault, *_] = [
        each for each in faults(source, file) if (each.operator, each.before, each.after) == change
    ]
    return fault


# Python 3.12 and later warn when a process with threads forks, as those of xdist do.
forks = pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
THREE_DIGITS = "b' ([0-9]{3})(?: ('"


@pytest.mark.slow
@forks
def test_faults_are_found_or_survive(suite: Suite) -> None:
    found = fault_at(
        REFERENCE, "grammar.py", "pattern", THREE_DIGITS, THREE_DIGITS.replace("3", "2")
    )
    survives = fault_at(
        REFERENCE, "buffer.py", "call", "bytes(self.data[:start + 1])", "self.data[:start + 1]"
    )
    stuck = fault_at(REFERENCE, "sentinels.py", "return", "return sentinel", "return None")
    assert failing(REFERENCE, suite) == {}
    done = verdicts(REFERENCE, [found, survives, stuck], suite, jobs=2)
    verdict = {each.fault: each for each in done}
    assert (verdict[found].found, verdict[found].phase) == ("difference", SWEEPS)
    assert verdict[found].program
    assert (verdict[survives].found, verdict[survives].phase) == ("", CONFIRMATION)
    assert (verdict[stuck].found, verdict[stuck].phase) == ("does not load", LOADING)
    assert not any(each.broken for each in verdict.values())


@forks
def test_a_fault_that_hangs_is_found(suite: Suite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(killing, "PATIENCE", 1)
    endless = fault_at(H11, "_state.py", "statement", "return", "nothing")
    [verdict] = verdicts(H11, [endless], suite, jobs=1)
    assert (verdict.found, verdict.phase) == ("hang", SWEEPS)


def report(claimed: Claims, *done: Verdict) -> Report:
    return Report(REFERENCE, done, claimed, {})


def test_what_is_equivalent_does_not_count_unless_it_was_found() -> None:
    one, two = draw(faults_of(REFERENCE), 2, seed=1)
    found = Verdict(one, "difference", SWEEPS, "a/b", 0.1, "x")
    survives = Verdict(two, phase=CONFIRMATION)
    assert report({}, found, survives).by_sweeps == 50
    assert not report({}, found, survives).passed
    claimed = report({("reference", *two.key): Claim("because")}, found, survives)
    assert (claimed.by_sweeps, claimed.by_all, claimed.passed) == (100, 100, True)
    assert any("because" in line for line in shown(claimed))
    refuted = report({("reference", *two.key): Claim("because")}, found, replace_found(survives))
    assert (refuted.counting, refuted.passed, len(refuted.refuted)) == (2, False, 1)


def test_vectors_are_measured_by_faults_that_count_and_by_what_fails_a_run() -> None:
    """The exchange before them is a part of every run; what does not load proves nothing."""
    faults = draw(faults_of(REFERENCE), 6, seed=1)
    phases = (LOADING, SWEEPS, VECTORS, CONFIRMATION, CONFIRMATION, CONFIRMATION)
    done = [
        Verdict(fault, "" if phase == CONFIRMATION else "x", phase)
        for fault, phase in zip(faults, phases, strict=True)
    ]
    done[3].shown = ["words"]
    claims = {("reference", *faults[4].key): Claim("because", slow=True)}
    some = [report(claims, *done)]
    assert by_vectors.found(some[0]) == done[1:3]
    assert by_vectors.share(some) == 50
    lines = [*by_vectors.shown(some)]
    assert lines[-1] == "vectors alone: 50.0 %  of 4, at least 85 %: MISSED"
    assert f"    {faults[3]} (fails a strict run)" in lines
    assert f"    {faults[5]}" in lines
    assert not any(str(fault) in line for line in lines for fault in (faults[0], faults[4]))
    [last] = list(by_vectors.shown([report({}, *done[:3])]))[-1:]
    assert last == "vectors alone: 100.0 %  of 2, at least 85 %"


@forks
def test_a_fault_that_the_vectors_find_is_found_by_them() -> None:
    found = fault_at(
        REFERENCE, "grammar.py", "pattern", THREE_DIGITS, THREE_DIGITS.replace("3", "2")
    )
    [verdict] = verdicts(REFERENCE, [found], distilled(), jobs=1)
    assert (verdict.found, verdict.phase) == ("difference", VECTORS)


def replace_found(verdict: Verdict) -> Verdict:
    return replace(verdict, found="difference")


def test_claims_are_read_whole_or_not_at_all() -> None:
    text = """
        [[fault]]
        original = "h11"
        file = "x.py"
        operator = "number"
        before = "1"
        after = "2"
        within = "f"
        reason = "none"
        slow = true
    """
    assert claims(text) == {("h11", "x.py", "number", "1", "2", "f", 0): Claim("none", slow=True)}
    for wrong in (text + text, text.replace("reason", "season"), text.replace('"none"', '""')):
        with pytest.raises(ClaimError):
            claims(wrong)


def test_claims_are_of_faults_that_there_are() -> None:
    there = {(each.name, *fault.key) for each in (REFERENCE, H11) for fault in faults_of(each)}
    assert set(claims(CLAIMS.read_text("utf-8"))) <= there
