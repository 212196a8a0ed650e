"""Explanations: their files, the copies of the reference that they change, and their errors."""

from __future__ import annotations

import gc
import json
import sys
import weakref
from collections.abc import Callable, Sequence
from itertools import groupby
from types import ModuleType
from typing import Any

import h11
import pytest

from h11spec import reference
from h11spec.conformance.causes.explanations import (
    Change,
    ChangeError,
    Explanation,
    ExplanationError,
    changed_reference,
    load,
    parse,
)
from h11spec.conformance.checks.catalogue import catalogue
from h11spec.conformance.checks.check import Check, JudgeOptions, Result
from h11spec.conformance.execution.executor import InProcessExecutor
from h11spec.conformance.oracles.lockstep import Lockstep
from h11spec.conformance.oracles.statistics import Statistics
from h11spec.conformance.vectors import corpus
from h11spec.reports.findings.deviations import UPSTREAM_DEVIATIONS
from h11spec.strategies.program import Drain, Program, Receive, is_list, is_object
from h11spec.strategies.traces import run

PROGRAM = Program("server", (Receive(b"GET / HTTP/1.1\r\n\r\n"), Drain()))
BY_NAME = {each.name: each for each in load()}
RELEASES = ("0.7.0", "0.8.0", "0.9.0", "0.10.0", "0.11.0", "0.12.0", "0.13.0", "0.14.0", "0.15.0")
VALID: dict[str, Any] = {
    "name": "no-host-needed",
    "sentence": "accepts a request without Host",
    "program": json.dumps(PROGRAM.to_json()),
    "change": [{"file": "events.py", "before": "a", "after": "b"}],
}


def toml(form: dict[str, Any]) -> str:
    """The TOML text of one explanation."""
    lines = [f"{name} = {inline(value)}" for name, value in form.items()]
    return "\n".join(["[[explanation]]", *lines])


def inline(value: Any) -> str:
    """A JSON value as TOML: only its objects are written differently."""
    if is_object(value):
        return "{" + ", ".join(f"{name} = {inline(each)}" for name, each in value.items()) + "}"
    return f"[{', '.join(map(inline, value))}]" if is_list(value) else json.dumps(value)


def explanation(name: str, *changes: Change) -> Explanation:
    return Explanation(name, "does something else", changes, PROGRAM)


@pytest.mark.parametrize("name", BY_NAME)
def test_each_explanation_shows_on_its_program(name: str) -> None:
    """Its changes fit the reference, and its program shows another trace than the reference's."""
    each = BY_NAME[name]
    assert run(changed_reference([each]), each.program) != run(reference, each.program)


@pytest.mark.parametrize("name", [each.name for each in load() if each.requirement])
def test_the_requirement_of_an_explanation_is_one_that_its_change_breaks(name: str) -> None:
    each = BY_NAME[name]
    [check] = (check for check in catalogue() if check.id == each.requirement)
    assert conforms(check, reference) is True
    assert conforms(check, changed_reference([each])) is False


def conforms(check: Check, module: ModuleType) -> bool | None:
    """Whether a module conforms to what a check requires."""
    sides = InProcessExecutor(reference), InProcessExecutor(module)
    result = Result(check, "sweeps", Statistics(check.id))
    check.judge(Lockstep(*sides, UPSTREAM_DEVIATIONS), result, JudgeOptions())
    return result.conforms


def test_there_are_explanations_for_every_area() -> None:
    assert len(BY_NAME) >= 200
    assert {change.file for each in load() for change in each.change} == {
        *("buffer.py", "connection.py", "events.py", "framing.py", "grammar.py", "headers.py"),
        *("reading.py", "semantics.py", "states.py", "writing.py"),
    }


def test_no_two_explanations_are_the_same_change() -> None:
    key: Callable[[Explanation], str] = lambda each: repr(sorted(map(repr, each.change)))
    groups = groupby(sorted(load(), key=key), key)
    twice = [names for _, same in groups if len(names := [each.name for each in same]) > 1]
    assert twice == []


def test_sentences_name_no_implementation() -> None:
    words = ("h11", "mypyc", "uvicorn", "python", "llhttp", "httptools")
    assert [each.name for each in load() for word in words if word in each.sentence.lower()] == []


def test_without_a_change_the_copy_behaves_like_the_reference() -> None:
    copy = changed_reference(())
    programs = [vector.program for vector in corpus.load()[::60]]
    assert [run(copy, each) for each in programs] == [run(reference, each) for each in programs]


def test_a_copy_has_classes_and_sentinels_of_its_own() -> None:
    copies = [changed_reference(()), changed_reference(()), reference]
    for name in ("Connection", "Data", "Request", "LocalProtocolError", "CLIENT", "NEED_DATA"):
        assert len({id(getattr(copy, name)) for copy in copies}) == len(copies)
    first = copies[0].Connection(copies[0].CLIENT)
    assert first.our_state is copies[0].IDLE
    with pytest.raises(ValueError, match="expected CLIENT or SERVER"):
        copies[1].Connection(reference.CLIENT)


def test_a_copy_leaves_no_trace_in_the_loaded_modules() -> None:
    before = dict(sys.modules)
    copy = changed_reference([BY_NAME["no-host-needed"]])
    run(copy, PROGRAM)
    assert sys.modules == before
    assert copy.__name__ not in sys.modules
    assert sys.modules["h11spec.reference"] is reference


def test_a_copy_that_is_no_longer_used_is_freed() -> None:
    """Explaining a run makes thousands of copies. Of the last one, typing keeps the overloads."""
    copies = [weakref.ref(changed_reference(()).Connection) for _ in range(3)]
    gc.collect()
    assert [copy() for copy in copies[:-1]] == [None, None]


def test_the_reference_keeps_its_own_behaviour() -> None:
    expected = run(reference, PROGRAM)
    changed = changed_reference([BY_NAME["no-host-needed"]])
    assert run(changed, PROGRAM) != expected
    assert run(reference, PROGRAM) == expected


def test_several_changes_work_together_in_any_order() -> None:
    """Each of the two shows in the same trace."""
    both = [BY_NAME["no-host-needed"], BY_NAME["http-in-any-case"]]
    program = Program("server", (Receive(b"GET / http/1.1\r\n\r\n"), Drain()))
    trace = run(changed_reference(both), program)
    assert trace[1].events[0]["type"] == "Request"
    assert run(changed_reference(both[::-1]), program) == trace
    for each in both:
        assert run(changed_reference([each]), program)[1].raised is not None


@pytest.mark.parametrize("release", RELEASES)
def test_all_explanations_of_a_release_fit_together(release: str) -> None:
    """The program of each still shows its change when all others are made, too."""
    together = [each for each in load() if each.applies_to(release)]
    assert len(together) > 2
    copy = changed_reference(together)
    hidden = [
        each.name for each in together if run(copy, each.program) == run(reference, each.program)
    ]
    assert hidden == []


def test_the_explanations_of_the_pinned_release_describe_it_completely() -> None:
    """The reference with them shows each trace of h11, texts included."""
    copy = changed_reference([each for each in load() if each.applies_to("0.16.0")])
    programs = [each.program for each in load()]
    programs += [vector.program for vector in corpus.load()[::20]]
    assert [each for each in programs if run(copy, each) != run(h11, each)] == []


@pytest.mark.parametrize(
    ("releases", "in_them", "not_in_them"),
    [("0.9.0", ["0.9.0"], ["0.8.1", "0.10.0"]), ("0.8.0-0.10.0", ["0.9.0", "0.10.0"], ["0.11.0"])],
)
def test_an_explanation_applies_to_its_releases(
    releases: str, in_them: Sequence[str], not_in_them: Sequence[str]
) -> None:
    each = Explanation("a", "does something", (), PROGRAM, releases)
    assert all(map(each.applies_to, in_them))
    assert not any(map(each.applies_to, not_in_them))


def test_an_explanation_without_releases_applies_to_none() -> None:
    assert not explanation("a").applies_to("0.16.0")


def test_a_text_that_does_not_occur_once_is_refused() -> None:
    for before in ("no such text", "def "):
        with pytest.raises(ChangeError, match=r"odd: '.*' occurs \d+ times in events.py, not once"):
            changed_reference([explanation("odd", Change("events.py", before, ""))])


def test_an_unknown_file_is_refused() -> None:
    with pytest.raises(ChangeError, match=r"odd: the reference has no file 'other.py'"):
        changed_reference([explanation("odd", Change("other.py", "a", "b"))])


def test_changes_of_the_same_text_do_not_fit_together() -> None:
    names = ["no-host-needed", "host-needed-in-http-1-0"]
    with pytest.raises(ChangeError, match=r"do not fit together: both change events\.py"):
        changed_reference([BY_NAME[name] for name in names])


@pytest.mark.parametrize("after", ["if", "raise LookupError"])
def test_a_change_that_cannot_be_loaded_is_refused(after: str) -> None:
    change = Change("grammar.py", "import re\n", f"import re\n\n{after}\n")
    with pytest.raises(ChangeError, match=r"odd: the changed reference cannot be loaded"):
        changed_reference([explanation("odd", change)])


def test_a_complete_explanation_is_parsed() -> None:
    (parsed,) = parse(toml({**VALID, "releases": "0.7.0-0.8.1"}))
    assert parsed == Explanation(
        "no-host-needed",
        "accepts a request without Host",
        (Change("events.py", "a", "b"),),
        PROGRAM,
        "0.7.0-0.8.1",
    )


@pytest.mark.parametrize(
    ("member", "value", "message"),
    [
        ("name", "No Host", "kebab case"),
        ("name", 1, "name: 1 is not a string"),
        ("sentence", "Accepts a request", "begins with a verb in lower case"),
        ("sentence", "accepts a request.", "no full stop"),
        ("sentence", "a" * 101, "this one has 101"),
        ("program", "{", "program: "),
        ("program", "{}", "no-host-needed: "),
        ("releases", "old", "releases: "),
        ("releases", ["0.7.0"], "releases: .* is not a string"),
        ("change", [], "at least one table"),
        ("change", "a", "at least one table"),
        ("change", [{"file": "events.py", "before": "a"}], "file, before, after"),
        ("change", [{"file": "events.py", "before": "", "after": "b"}], "'before' is empty"),
        ("change", [{"file": "events.py", "before": "a", "after": "a"}], "same as 'after'"),
        ("unknown", "a", "'unknown' is not known"),
    ],
)
def test_a_malformed_member_is_refused(member: str, value: Any, message: str) -> None:
    with pytest.raises(ExplanationError, match=message):
        list(parse(toml({**VALID, member: value})))


@pytest.mark.parametrize("member", VALID)
def test_a_missing_member_is_refused(member: str) -> None:
    form = {name: value for name, value in VALID.items() if name != member}
    with pytest.raises(ExplanationError, match=f"'{member}' is missing"):
        list(parse(toml(form)))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[", "not TOML"),
        ("", "array of tables called 'explanation'"),
        ("explanation = 1", "array of tables called 'explanation'"),
        ("explanation = [1]", "1 is not a table"),
    ],
)
def test_a_malformed_file_is_refused(text: str, message: str) -> None:
    with pytest.raises(ExplanationError, match=message):
        list(parse(text))


def test_two_explanations_with_one_name_are_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    (tmp_path / "a.toml").write_text(toml(VALID), encoding="utf-8")
    (tmp_path / "b.toml").write_text(toml(VALID), encoding="utf-8")
    monkeypatch.setattr("h11spec.conformance.causes.explanations.entry.FOLDER", tmp_path)
    load.cache_clear()
    try:
        with pytest.raises(ExplanationError, match="no-host-needed: two explanations"):
            load()
    finally:
        load.cache_clear()
