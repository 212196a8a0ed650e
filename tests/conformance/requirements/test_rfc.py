"""The requirements are complete, their programs show the same on h11 as on the reference, and their
conditions hold exactly where h11 conforms.

The totals are written down here, so that no entry can get lost.
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
from h11spec.strategies.program import SENDABLE, Program, Read, Receive
from h11spec.strategies.traces import run

WITH_PROGRAM = [each for each in load() if each.program is not None]
# The two that meet an upstream bug: the reference raises the protocol error that h11 intends.
UPSTREAM_BUGS = {"rfc9112-9.2-unsolicited-then-request", "rfc9112-9.5-idle-close-race"}

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
    """A lost entry would be a requirement that is no longer checked."""
    assert table("scope") == {
        ("connection",): 313,
        ("application",): 92,
        ("proxy-only",): 27,
        ("cache-only",): 2,
    }


def test_no_requirement_of_a_level_is_lost() -> None:
    assert table("level") == {("MUST",): 294, ("SHOULD",): 88, ("MAY",): 52}


def test_h11_conforms_to_most_requirements_of_a_connection() -> None:
    """A verdict on h11 never changes by accident."""
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


def test_each_verdict_on_h11_has_a_program_that_shows_it() -> None:
    """A verdict without a program would be an opinion."""
    shown = {each.id for each in WITH_PROGRAM}
    assert {each.id for each in load() if each.h11 in ("conforms", "deviates")} <= shown
    assert not {each.id for each in load() if each.h11 == "not-observable"} & shown
    assert len(shown) == 315


def test_a_deviation_says_what_h11_does_instead() -> None:
    assert [each.id for each in load() if each.h11 == "deviates" and not each.note] == []


def test_ids_name_the_section_that_is_cited() -> None:
    """Findings cite a requirement by its id; its number must not mislead."""
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
    """So what a requirement says about h11 is true of the reference as well."""
    program = requirement.program
    assert program is not None
    traces = run(reference, program), run(h11, program)
    comparison = compare(program, *traces, UPSTREAM_DEVIATIONS)
    assert comparison.divergence is None
    assert bool(comparison.deviations) == (requirement.id in UPSTREAM_BUGS)
    assert not comparison.inapplicable
    assert len(traces[0]) == len(program.steps)


@pytest.mark.parametrize("requirement", WITH_PROGRAM, ids=lambda each: each.id)
def test_the_conditions_hold_exactly_where_h11_conforms(requirement: Requirement) -> None:
    """Judged by the conditions alone, h11's verdict is the one in the file.

    h11 cannot break a requirement on the application.
    """
    program, conforms = requirement.program, requirement.conforms
    assert program is not None
    assert conforms is not None
    expected = requirement.h11 != "deviates"
    assert conforms.hold(program, run(h11, program)) == expected
    # At an upstream bug the reference raises a protocol error, which these two do not forbid.
    expected = expected or requirement.id in UPSTREAM_BUGS
    assert conforms.hold(program, run(reference, program)) == expected


class Refusing(reference.Connection):
    """Refuses every call."""

    def next_event(self) -> Any:
        raise reference.RemoteProtocolError("no")

    def send(self, event: Any) -> bytes | None:
        raise reference.LocalProtocolError("no")

    def start_next_cycle(self) -> None:
        raise reference.LocalProtocolError("no")


class Idle(reference.Connection):
    """Accepts every call, and does nothing."""

    def receive_data(self, data: Any) -> None:
        pass

    def next_event(self) -> Any:
        return reference.NEED_DATA

    def send(self, event: Any) -> bytes | None:
        return b""

    def start_next_cycle(self) -> None:
        pass


def constructed(**_: Any) -> None:
    """Replaces the constructors of events, so that they accept everything, too."""


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
    """Refusing everything and doing nothing cannot both satisfy them."""
    program, conforms = requirement.program, requirement.conforms
    assert program is not None
    assert conforms is not None
    assert not all(conforms.hold(program, run(barren, program)) for barren in BARREN)


def test_a_selection_matches_all_arguments() -> None:
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
    """§1 does not include §10, and a requirement from two sections is found under either."""
    assert select(section="RFC 9112 §1") == ()
    assert {each.section for each in select(section="RFC 9112 §10")} == {"RFC 9112 §10.1"}
    twice = select("rfc9110-7.8-426-upgrade")
    assert len(twice) == 1
    assert twice[0] in select(section="RFC 9110 §7.8")
    assert twice[0] in select(section="RFC 9110 §15.5")


def test_selecting_an_unknown_word_is_an_error_that_lists_the_known_ones() -> None:
    """A misspelt level must not look as if nothing were required."""
    with pytest.raises(RequirementError, match="level: 'must' is not one of MUST, SHOULD"):
        select(level="must")
    with pytest.raises(RequirementError, match="scope: 'proxy' is not one of connection"):
        select(scope="proxy")
    with pytest.raises(RequirementError, match=r"section: '6.3' is not like"):
        select(section="6.3")


def test_an_entry_is_parsed_with_its_program() -> None:
    (entry,) = read(ENTRY)
    assert entry.sections == ("RFC 9112 §1",)
    assert entry.program == Program("server", (Receive(b"a"),))
    assert entry.conforms == Conditions(("accepts", "not hears Request"))
    assert entry.note == ""


def test_the_program_of_an_entry_may_be_of_version_2() -> None:
    """It may read a property, look again at what was returned, or use several connections."""
    step = '{"do": "read", "name": "our_state"}'
    (entry,) = read(
        ENTRY.replace(
            '"role": "server", "steps": [',
            f'"connections": [{{"role": "server"}}], "steps": [{step}, ',
        ).replace('{"program": 1,', '{"program": 2,')
    )
    assert entry.program == Program("server", (Read("our_state"), Receive(b"a")))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("requirement =", "note =", "'requirement' is missing"),
        ("requirement =", "sentence =", "'sentence' is not known; known are id, section"),
        ('role = "both"', "", "'role' is missing"),
        ('"both"', '"all"', "role: 'all' is not one of client, server"),
        ("§1", "1", "section: 'RFC 9112 1' is not like"),
        ("§1", "§1, ", "section: 'RFC 9112 §1, ' is not like"),
        ('"MUST"', '"MAY"', "MUST NOT is not of level MAY"),
        ('{"program": 1,', '{"program": 3,', "program: version 3 is not known"),
        ('{"program": 1,', '"program": 1,', "Extra data: line 1"),
        ("conforms = ", "note = 'x' # ", "program is given without conforms; they need each other"),
        ("program = '", "note = '", "conforms is given without program; they need each other"),
        ("'accepts'", "'is right'", "'is right' is not a condition: 'is right' is not a verb"),
        ("['accepts', 'not hears Request']", "[]", "there is no condition; 'anything' is one"),
        ("['accepts', 'not hears Request']", "5", "conforms: 5 is not an array of strings"),
    ],
)
def test_a_malformed_entry_is_rejected_by_its_id(old: str, new: str, message: str) -> None:
    """The message says which entry is wrong, and how."""
    with pytest.raises(RequirementError, match=r"^rfc9112-1-example: ") as caught:
        read(ENTRY.replace(old, new, 1))
    assert message in str(caught.value)


def test_two_entries_cannot_share_an_id() -> None:
    with pytest.raises(RequirementError, match=r"^rfc9112-1-example: the id is already taken$"):
        read(ENTRY + ENTRY)


def test_the_file_is_ascii_except_for_the_section_sign() -> None:
    """Bytes in programs are escaped, so that they survive every editor."""
    text = (
        files("h11spec.conformance.requirements").joinpath("rfc.toml").read_text(encoding="utf-8")
    )
    assert set(text) - {chr(code) for code in range(32, 127)} == {"\n", "§"}
