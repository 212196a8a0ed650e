"""Every argument comes in every type, and documented types change nothing else."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import h11
import pytest

from h11spec import reference
from h11spec.conformance.requirements.contract import load
from h11spec.reports.findings.deviations import UPSTREAM_DEVIATIONS
from h11spec.reports.findings.divergence import AGREES, compare
from h11spec.reports.findings.expressions import event_expression
from h11spec.strategies.exhaustive.types import documented, undocumented
from h11spec.strategies.interpreter import KINDS, decode
from h11spec.strategies.program import EventSpec, Json, Program, Send, Typed, is_list, is_object
from h11spec.strategies.traces import run

TABLE = load().table
DOCUMENTED = list(documented(TABLE))
UNDOCUMENTED = list(undocumented(TABLE))
PARTS = ("headers.name", "headers.value")
# How two objects without a common type are compared.
COMPARED: dict[str, Callable[[Any], Any]] = {"opaque": len, "iterator": list, "convertible": bytes}
# Parameters that programs cannot express.
NOT_EXPRESSIBLE = {
    ("Connection", "our_role"),
    ("Connection", "max_incomplete_event_size"),
    ("Connection.receive_data", "data"),
    ("Connection.send", "event"),
    ("Connection.send_with_data_passthrough", "event"),
    *(
        (f"{kind}ProtocolError", name)
        for kind in ("", "Local", "Remote")
        for name in ("msg", "error_status_hint")
    ),
}


def types_in(program: Program) -> Iterator[tuple[tuple[str, str], str]]:
    """Whose arguments have which type, for all that is sent."""
    for step in program.steps:
        if isinstance(step, Send):
            event = step.event.to_json()
            of = event.pop("type")
            for name, value in event.items():
                yield (of, name), type_of(value)
                pairs: list[Any] = content(value) if name == "headers" else []
                for pair in pairs:
                    yield (of, "headers.pair"), "tuple" if is_list(pair) else type_of(pair)
                    for part, item in zip(PARTS, content(pair), strict=True):
                        yield (of, part), type_of(item)


def type_of(value: Any) -> str:
    """The type of an argument in its JSON form, as the contract calls it."""
    if is_object(value):
        kind = next(iter(value))
        return "object" if kind == "opaque" else kind
    named = {"str": "bytes", "NoneType": "None"}
    return named.get(type(value).__name__, type(value).__name__)


def content(value: Any) -> Any:
    return next(iter(value.values())) if is_object(value) else value


def plain(value: Any) -> Any:
    """The same argument in the simplest type that has its value."""
    if is_list(value):
        return [plain(item) for item in value]
    return plain(content(value)) if is_object(value) else value


def plainly(program: Program) -> Program:
    """The program with all arguments in their simplest type."""
    form = program.to_json()
    steps: list[Json] = []
    for step in form["steps"]:
        if step["do"] == "send":
            event = {name: plain(value) for name, value in step["event"].items()}
            steps.append({**step, "event": event})
        else:
            steps.append(step)
    return Program.from_json({**form, "steps": steps})


def outcome(program: Program) -> list[Any]:
    """What h11 returns and where it gets to; what is passed through comes out as it went in."""
    return [
        ("passed" if is_passed(seen.returned) else seen.returned, seen.raised, seen.states)
        for seen in run(h11, program)
    ]


def is_passed(returned: Any) -> bool:
    return is_list(returned) and any(is_object(part) and "passed" in part for part in returned)


def test_every_documented_type_of_every_parameter_is_passed() -> None:
    """The contract lists all of them, so none can be overlooked."""
    passed = {each for program in DOCUMENTED for each in types_in(program)}
    wanted = {
        (key, word) for key, words in TABLE.items() if key not in NOT_EXPRESSIBLE for word in words
    }
    assert wanted <= passed


def test_only_types_that_programs_cannot_express_are_missing() -> None:
    """Checks of the API surface, and every program that receives, cover these."""
    expressible = {key for program in DOCUMENTED for key, _ in types_in(program)}
    assert {key for key in TABLE if key not in expressible} == NOT_EXPRESSIBLE


def test_no_program_is_both_documented_and_undocumented() -> None:
    for program in DOCUMENTED:
        for key, word in types_in(program):
            assert word in TABLE[key]


def test_a_documented_type_changes_nothing() -> None:
    """h11 treats all documented types as it treats bytes, ints and lists."""
    for program in DOCUMENTED:
        if not any(word == "object" for _, word in types_in(program)):
            assert outcome(program) == outcome(plainly(program))


def test_the_effect_of_an_argument_shows() -> None:
    """Different methods, codings and versions lead to different outcomes."""
    ends = Counter(run(h11, program)[-1].states for program in DOCUMENTED)
    assert len(ends) >= 8


@pytest.mark.parametrize("programs", [DOCUMENTED, UNDOCUMENTED], ids=["documented", "other"])
def test_both_implementations_agree(programs: list[Program]) -> None:
    """No argument of any type leads to another outcome or another text."""
    for program in programs:
        traces = run(reference, program), run(h11, program)
        assert compare(program, *traces, UPSTREAM_DEVIATIONS) == AGREES


def test_undocumented_types_are_refused_in_every_way() -> None:
    """Constructors raise, or the connection does; a few values are accepted."""
    raised = Counter(
        (error.by, error.exception)
        for program in UNDOCUMENTED
        for error in (seen.raised for seen in run(h11, program))
        if error is not None
    )
    assert {"TypeError", "ValueError", "UnicodeEncodeError", "LocalProtocolError"} == {
        name for by, name in raised if by == "constructor"
    }
    assert ("send", "TypeError") in raised


def test_no_program_is_lost_and_none_comes_twice() -> None:
    """Even where two programs differ only in True and 1."""
    forms = [str(program.to_json()) for program in (*DOCUMENTED, *UNDOCUMENTED)]
    assert len(set(forms)) == len(forms)
    assert (len(DOCUMENTED), len(UNDOCUMENTED)) == (693, 2817)


def test_all_programs_survive_their_json_form() -> None:
    for program in (*DOCUMENTED, *UNDOCUMENTED):
        assert Program.from_json(program.to_json()).to_json() == program.to_json()


def test_the_table_alone_decides_what_is_documented() -> None:
    """Types that are not in it are undocumented."""
    nothing: dict[tuple[str, str], tuple[str, ...]] = dict.fromkeys(TABLE, ())
    assert list(documented(nothing)) == []
    assert len(list(undocumented(nothing))) > len(UNDOCUMENTED)


@pytest.mark.parametrize("kind", KINDS)
def test_a_script_passes_what_the_interpreter_passes(kind: str) -> None:
    """Every kind has a Python expression for the scripts of findings."""
    value = Typed(kind, 3 if kind in ("opaque", "int_subclass") else "abc")
    if kind in ("tuple", "iterator"):
        value = Typed(kind, (b"a", b"b"))
    if kind == "items":
        value = Typed(kind, ((b"a", b"b"), (b"c", b"d")))
    event = EventSpec.of("Data", data=value)
    written = eval(event_expression(event), {"h11": h11}).data
    passed = decode(event.to_json()["data"])
    compared = COMPARED.get(kind, plain)
    assert compared(written) == compared(passed)
    if kind.endswith("subclass"):
        assert type(written).__bases__ == type(passed).__bases__
    elif kind not in ("opaque", "convertible"):
        assert type(written) is type(passed)
