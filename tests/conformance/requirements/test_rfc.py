"""The requirements are whole, their programs show on h11 what they show on the reference, and their
conditions tell what h11 keeps from what it breaks.

Knows the figures by heart, so that an entry cannot get lost.
"""

from collections import Counter
from importlib.resources import files
from types import SimpleNamespace
from typing import Any

import h11
import pytest

from h11spec import reference
from h11spec.conformance.requirements.conditions import Conditions
from h11spec.conformance.requirements.rfc import Requirement, RequirementError, load, read, select
from h11spec.reports.findings.deviations import UPSTREAM_DEVIATIONS
from h11spec.reports.findings.divergence import compare
from h11spec.strategies.programs import SENDABLE, Program, Receive
from h11spec.strategies.traces import run

WITH_PROGRAM = [each for each in load() if each.program is not None]
# The two that meet an upstream deviation: the reference raises the protocol error that h11 means.
STUMBLES = {"rfc9112-9.2-unsolicited-then-request", "rfc9112-9.5-idle-close-race"}

ENTRY = """
[[requirement]]
id = "rfc9112-1-example"
section = "RFC 9112 §1"
level = "MUST"
keyword = "MUST NOT"
role = "both"
scope = "connection"
requirement = "An example is given."
h11 = "conforms"
program = '{"program": 1, "role": "server", "steps": [{"do": "receive", "data": "a"}]}'
conforms = ['accepts', 'not hears Request']
"""


def table(*names: str) -> dict[tuple[str, ...], int]:
    return dict(Counter(tuple(getattr(each, name) for name in names) for each in load()))


def test_no_requirement_of_a_scope_is_lost() -> None:
    """A lost entry would be a requirement that nobody checks any more."""
    assert table("scope") == {
        ("connection",): 313,
        ("application",): 92,
        ("proxy-only",): 27,
        ("cache-only",): 2,
    }


def test_no_requirement_of_a_level_is_lost() -> None:
    assert table("level") == {("MUST",): 294, ("SHOULD",): 88, ("MAY",): 52}


def test_h11_keeps_most_of_what_a_connection_can_keep() -> None:
    """A verdict changes with h11 alone, or with who judges it; never by accident."""
    assert table("scope", "h11") == {
        ("connection", "conforms"): 238,
        ("connection", "deviates"): 59,
        ("connection", "application"): 13,
        ("connection", "not-observable"): 3,
        ("application", "conforms"): 2,
        ("application", "application"): 71,
        ("application", "not-observable"): 19,
        ("proxy-only", "conforms"): 3,
        ("proxy-only", "application"): 1,
        ("proxy-only", "not-observable"): 23,
        ("cache-only", "not-observable"): 2,
    }


def test_what_h11_keeps_or_breaks_has_a_program_that_shows_it() -> None:
    """A verdict without a program is an opinion."""
    shown = {each.id for each in WITH_PROGRAM}
    assert {each.id for each in load() if each.h11 in ("conforms", "deviates")} <= shown
    assert not {each.id for each in load() if each.h11 == "not-observable"} & shown
    assert len(shown) == 315


def test_a_deviation_says_what_h11_does_instead() -> None:
    assert [each.id for each in load() if each.h11 == "deviates" and not each.note] == []


def test_ids_name_the_section_that_is_cited() -> None:
    """An id is how findings cite a requirement; its number must not lead astray."""
    for each in load():
        rfc, number, _ = each.id.split("-", 2)
        named = f"RFC {rfc.removeprefix('rfc')} §{number}."
        assert any(f"{section}.".startswith(named) for section in each.sections), each.id


def test_requirements_are_single_sentences_and_no_two_are_the_same() -> None:
    sentences = [each.requirement for each in load()]
    assert len(set(sentences)) == len(sentences)
    assert [s for s in sentences if not s.endswith(".") or ". " in s or len(s) > 130] == []


@pytest.mark.parametrize("requirement", WITH_PROGRAM, ids=lambda each: each.id)
def test_the_program_shows_the_same_on_h11_as_on_the_reference(requirement: Requirement) -> None:
    """What a requirement says of h11 is then true of the reference as well."""
    program = requirement.program
    assert program is not None
    traces = run(reference, program), run(h11, program)
    comparison = compare(program, *traces, UPSTREAM_DEVIATIONS)
    assert comparison.divergence is None
    assert bool(comparison.deviations) == (requirement.id in STUMBLES)
    assert not comparison.inapplicable
    assert len(traces[0]) == len(program.steps)


@pytest.mark.parametrize("requirement", WITH_PROGRAM, ids=lambda each: each.id)
def test_the_conditions_hold_where_the_requirement_is_kept(requirement: Requirement) -> None:
    """What the conditions say of h11, without the reference, is the verdict that is on file.

    What the application has to keep is nothing that h11 could break.
    """
    program, conforms = requirement.program, requirement.conforms
    assert program is not None
    assert conforms is not None
    kept = requirement.h11 != "deviates"
    assert conforms.hold(program, run(h11, program)) == kept
    # Where h11 stumbles, the reference raises a protocol error, which these two do not forbid.
    assert conforms.hold(program, run(reference, program)) == (kept or requirement.id in STUMBLES)


class Refusing(reference.Connection):
    """Refuses everything that it is asked for."""

    def next_event(self) -> Any:
        raise reference.RemoteProtocolError("no")

    def send(self, event: Any) -> bytes | None:
        raise reference.LocalProtocolError("no")

    def start_next_cycle(self) -> None:
        raise reference.LocalProtocolError("no")


class Idle(reference.Connection):
    """Takes everything, and does nothing."""

    def receive_data(self, data: Any) -> None:
        pass

    def next_event(self) -> Any:
        return reference.NEED_DATA

    def send(self, event: Any) -> bytes | None:
        return b""

    def start_next_cycle(self) -> None:
        pass


def constructed(**_: Any) -> None:
    """Stands for the constructors of events, so that they have no objections either."""


BARREN = (
    SimpleNamespace(**{**vars(reference), "Connection": Refusing}),
    SimpleNamespace(
        **{**vars(reference), **dict.fromkeys(SENDABLE, constructed), "Connection": Idle}
    ),
)


@pytest.mark.parametrize(
    "requirement",
    [each for each in WITH_PROGRAM if each.h11 == "conforms" and each.level != "MAY"],
    ids=lambda each: each.id,
)
def test_conditions_can_fail(requirement: Requirement) -> None:
    """They ask for something: to refuse everything and to do nothing cannot both be enough."""
    program, conforms = requirement.program, requirement.conforms
    assert program is not None
    assert conforms is not None
    assert not all(conforms.hold(program, run(barren, program)) for barren in BARREN)


def test_everything_given_must_fit() -> None:
    found = select("rfc9112-6.3-5-", level="MUST", section="RFC 9112 §6", scope="connection")
    assert [each.id.removeprefix("rfc9112-6.3-5-") for each in found] == [
        "invalid-cl-400",
        "invalid-cl-empty",
        "conflicting-cl",
        "invalid-cl-client",
    ]
    assert select() == load()
    assert select("rfc9112-0") == ()


def test_a_section_includes_those_below_it_and_no_others() -> None:
    """§1 has no part in §10, and a requirement from two sections is found under either."""
    assert select(section="RFC 9112 §1") == ()
    assert {each.section for each in select(section="RFC 9112 §10")} == {"RFC 9112 §10.1"}
    twice = select("rfc9110-7.8-426-upgrade")
    assert len(twice) == 1
    assert twice[0] in select(section="RFC 9110 §7.8")
    assert twice[0] in select(section="RFC 9110 §15.5")


def test_asking_for_what_cannot_be_is_an_error_that_says_what_can() -> None:
    """A misspelt level must not look as if nothing were required."""
    with pytest.raises(RequirementError, match="level 'must' is none; it is one of MUST, SHOULD"):
        select(level="must")
    with pytest.raises(RequirementError, match="scope 'proxy' is none; it is one of connection"):
        select(scope="proxy")
    with pytest.raises(RequirementError, match=r"section '6.3' is not like"):
        select(section="6.3")


def test_an_entry_is_read_with_its_program() -> None:
    (entry,) = read(ENTRY)
    assert entry.sections == ("RFC 9112 §1",)
    assert entry.program == Program("server", (Receive(b"a"),))
    assert entry.conforms == Conditions(("accepts", "not hears Request"))
    assert entry.note == ""


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("requirement =", "note =", "missing 1 required positional argument: 'requirement'"),
        ("requirement =", "sentence =", "unexpected keyword argument 'sentence'"),
        ('role = "both"', "", "role '' is none; it is one of client, server"),
        ('"both"', '"all"', "role 'all' is none; it is one of client, server"),
        ("§1", "1", "section 'RFC 9112 1' is not like"),
        ("§1", "§1, ", "section 'RFC 9112 §1, ' is not like"),
        ('"MUST"', '"MAY"', "MUST NOT is not of level MAY"),
        ('{"program": 1,', '{"program": 2,', "program: version 2 is not known"),
        ('{"program": 1,', '"program": 1,', "Extra data: line 1"),
        ("conforms = [", "sections = [", "program is given without conforms; they need each other"),
        ("program = '", "note = '", "conforms is given without program; they need each other"),
        ("'accepts'", "'is right'", "'is right' is no condition; conditions.py says what can be"),
        ("['accepts', 'not hears Request']", "[]", "there is no condition; 'anything' is one"),
        ("['accepts', 'not hears Request']", "5", "'int' object is not iterable"),
    ],
)
def test_what_is_no_entry_is_refused_by_its_id(old: str, new: str, message: str) -> None:
    """Who edits the file learns which entry is wrong, and how."""
    with pytest.raises(RequirementError, match=r"^rfc9112-1-example: ") as caught:
        read(ENTRY.replace(old, new, 1))
    assert message in str(caught.value)


def test_two_entries_cannot_share_an_id() -> None:
    with pytest.raises(RequirementError, match=r"^rfc9112-1-example: the id is taken already$"):
        read(ENTRY + ENTRY)


def test_the_file_is_ascii_but_for_the_section_sign() -> None:
    """Bytes in programs are escaped, and survive every editor."""
    text = (
        files("h11spec.conformance.requirements").joinpath("rfc.toml").read_text(encoding="utf-8")
    )
    assert set(text) - {chr(code) for code in range(32, 127)} == {"\n", "§"}
