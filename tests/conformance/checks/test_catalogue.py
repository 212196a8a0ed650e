"""The catalogue is complete: each requirement and promise has a check, or a reason for none.

Lists the areas, so that a new or removed one is noticed.
"""

import os
import re
import subprocess
import sys
from collections import Counter

import pytest

from h11spec.conformance.checks.catalogue import DRAWN, catalogue
from h11spec.conformance.checks.check import LEVELS
from h11spec.conformance.checks.rfc import area
from h11spec.conformance.requirements import contract
from h11spec.conformance.requirements.rfc import load
from h11spec.conformance.runs.check_listing import every_check

CHECKS = tuple(check for _, check in every_check())
AREAS = [
    *("agreement", "aliasing", "api", "arguments", "calls", "chunked", "connections", "contract"),
    *("cost", "cuts", "expect", "fields", "framing", "limits", "lines", "machine", "message"),
    *("numbers", "octets", "persistence", "relations", "request", "resources", "response"),
    *("rules", "sequences", "states", "status", "switching", "types"),
]
COVERED = Counter(each for check in CHECKS for each in check.covers)
CONNECTION = [each for each in load() if each.scope == "connection"]
PROMISES = contract.load().promises


def test_ids_are_unique_slugs_of_known_areas() -> None:
    """An id selects a check, and never changes its meaning."""
    ids = [check.id for check in CHECKS]
    assert len(set(ids)) == len(ids)
    section = r"rfc911[02]-(?:\d+|[A-Z])(?:\.\d+)*-"
    slug = re.compile(rf"[a-z]+/(?:{section})?[a-z0-9]+(?:-[a-z0-9]+)*")
    assert [each for each in ids if not slug.fullmatch(each)] == []
    assert sorted({check.area for check in CHECKS}) == AREAS


def test_every_check_is_in_the_catalogue_or_of_a_phase_of_its_own() -> None:
    listed = {check.id for check in (*catalogue(), DRAWN)}
    assert listed <= {check.id for check in CHECKS}
    assert {check.area for check in CHECKS if check.id not in listed} == {"cost", "machine"}


def test_each_requirement_is_one_sentence() -> None:
    sentences = [check.requirement for check in CHECKS]
    odd = [each for each in sentences if not each.endswith(".") or ". " in each or "\n" in each]
    assert odd == []


def test_each_level_cites_its_document() -> None:
    """Each level belongs to a document, which is cited first."""
    documents = {
        **dict.fromkeys(("MUST", "SHOULD", "MAY"), "RFC 911"),
        "CONTRACT": "h11 documentation, ",
        "BEHAVIOUR": "h11 0.16.0, by execution",
    }
    assert list(documents) == list(LEVELS)
    for check in CHECKS:
        assert check.citations[0].startswith(documents[check.level]), check.id
        assert check.role in ("client", "server", "sender", "recipient", "both"), check.id


def test_a_check_has_the_level_of_the_requirements_it_covers() -> None:
    levels = {each.id: each.level for each in load()}
    promises = {each.id for each in PROMISES}
    for check in CHECKS:
        for each in check.covers:
            assert check.level == ("CONTRACT" if each in promises else levels[each]), check.id


def test_cited_sections_have_requirements() -> None:
    """In the section itself or in its subsections."""
    known = {section for each in load() for section in each.sections}
    parents = {parent for section in known for parent in above(section)}
    cited = {each for check in CHECKS for each in check.citations if each.startswith("RFC ")}
    assert cited - known - parents == set()


def above(section: str) -> list[str]:
    """The sections that this one is in."""
    parts = section.split(".")
    return [".".join(parts[:length]) for length in range(1, len(parts))]


def test_covered_ids_are_requirements_or_promises() -> None:
    known = {each.id for each in load()} | {each.id for each in PROMISES}
    assert set(COVERED) - known == set()


def test_each_connection_requirement_has_either_a_check_or_a_reason() -> None:
    """Without a check, the note says why there is none."""
    bare = [each for each in CONNECTION if not COVERED[each.id]]
    assert [each.id for each in bare if each.program is not None] == []
    assert {each.h11 for each in bare} <= {"not-observable", "application"}
    assert [each.id for each in bare if not is_reason(each.note)] == []
    assert len(bare) == 3


def test_each_promise_has_either_a_check_or_a_reason() -> None:
    wrong = [each.id for each in PROMISES if bool(COVERED[each.id]) == bool(each.reason)]
    assert wrong == []
    assert [each.id for each in PROMISES if each.reason and not is_reason(each.reason)] == []


def is_reason(text: str) -> bool:
    """Whether the text is a proper sentence."""
    return text.endswith(".") and len(text.split()) >= 5


def test_no_requirement_is_covered_by_two_checks() -> None:
    """So a finding cites one requirement, and a requirement has one verdict."""
    assert [each for each, times in COVERED.items() if times > 1] == []


def test_a_requirement_is_in_the_area_of_its_section() -> None:
    """The longest matching section decides; without one, the section is invalid."""
    assert area("RFC 9112 §6.3") == "framing"
    assert area("RFC 9110 §9.3.6") == "switching"
    assert area("RFC 9110 §9.3.60") == "request"
    assert area("RFC 9112 §11.2") == "message"
    with pytest.raises(ValueError, match="empty"):
        area("RFC 2616 §4")


def test_undocumented_input_has_the_level_behaviour() -> None:
    assert {check.level for check in CHECKS if not check.documented} == {"BEHAVIOUR"}


# Prints what each source gives out: all of it, or the first programs of a large one.
PRINT = """
from hashlib import sha256
from itertools import islice
from h11spec.conformance.runs.check_listing import every_check

for _, check in every_check():
    programs = [program.to_json() for program in islice(check.programs(), 1000)]
    print(check.id, len(programs), sha256(str(programs).encode()).hexdigest())
"""


@pytest.mark.slow
def test_sources_yield_the_same_programs_in_the_same_order() -> None:
    """Checked in two processes with different hash seeds."""
    listed = [
        subprocess.run(
            [sys.executable, "-c", PRINT],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.splitlines()
        for seed in ("1", "2")
    ]
    assert len(listed[0]) == len(CHECKS)
    assert listed[0] == listed[1]
