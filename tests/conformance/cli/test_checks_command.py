"""``h11spec checks``: the list of checks, and the explanation of one."""

import os
import subprocess
import sys

import pytest
from click.testing import CliRunner

from h11spec import reference
from h11spec.conformance.cli.main import main
from h11spec.conformance.runs.check_listing import describe, every_check, find_checks

IDS = [check.id for _, check in every_check()]
REQUIREMENT = "framing/rfc9112-6.1-te-cl-close"
# One of each kind: of a requirement and of a promise, swept, by a rule, by a relation, and others.
SOME = (
    REQUIREMENT,
    "contract/next-no-other-errors",
    "octets/received",
    "numbers/default-limit",
    "rules/waiting",
    "relations/cuts",
    "types/undocumented",
)


def checks(*arguments: str) -> list[str]:
    """The lines that the command prints if it succeeds."""
    result = CliRunner().invoke(main, ["checks", *arguments])
    assert (result.exit_code, result.stderr) == (0, "")
    return result.stdout.splitlines()


def listed(*arguments: str) -> list[str]:
    """The ids in a list, which ends with their number."""
    *lines, count = checks(*arguments)
    assert count == (f"{len(lines)} checks" if len(lines) != 1 else "1 check")
    return [line.split()[0] for line in lines]


def refused(*arguments: str) -> str:
    """The error message of the command."""
    result = CliRunner().invoke(main, ["checks", *arguments], prog_name="h11spec")
    assert (result.exit_code, result.stdout) == (2, "")
    usage, _, _, error = result.stderr.splitlines()
    assert usage == "Usage: h11spec checks [OPTIONS] [PREFIX]..."
    return error


def test_all_checks_are_listed_in_the_order_of_a_run() -> None:
    assert listed() == IDS


def test_a_line_has_the_id_the_level_and_the_requirement() -> None:
    line, _ = checks("framing/rfc9112-6.1-te-cl-clos")
    identity, level, requirement = line.split("  ")
    assert (identity, level) == (REQUIREMENT, "MUST")
    assert requirement.startswith("A server closes the connection after it has answered a request ")


def test_prefixes_of_ids_select_checks() -> None:
    """Each check once, if its id begins with any of them."""
    wanted = [each for each in IDS if each.startswith(("octets/", "cuts/t"))]
    assert listed("cuts/t", "octets/", "octets/r") == wanted == [*wanted[:-1], "cuts/twice"]


def test_a_level_selects_checks() -> None:
    wanted = [check.id for _, check in every_check() if check.level == "MAY"]
    assert listed("--level", "MAY") == wanted


def test_an_area_selects_checks() -> None:
    """The area is everything before the slash, not a part of it."""
    assert listed("--area", "types") == ["types/documented", "types/undocumented"]
    assert "no check is of area 'type'; " in refused("--area", "type")


@pytest.mark.parametrize("section", ["RFC 9112 §6.1", "RFC 9112 6.1", " RFC 9112 §6.1 "])
def test_a_section_selects_checks(section: str) -> None:
    """With or without the section sign."""
    found = listed("--section", section)
    assert REQUIREMENT in found
    assert all("rfc9112-6.1-" in each for each in found)


def test_a_section_includes_its_subsections_only() -> None:
    """§6 includes §6.1, but §1 does not include §11.2."""
    six = listed("--section", "RFC 9112 §6")
    assert {REQUIREMENT, "framing/requests-received"} <= set(six)
    numbers = {each.split("-")[1].split(".")[0] for each in six if "/rfc9112-" in each}
    assert numbers == {"6"}
    assert "rules/no-injection" in listed("--section", "RFC 9112 §11")
    assert refused("--section", "RFC 9112 §1").startswith("Error: no check cites RFC 9112 §1; ")
    assert set(six) < set(listed("--section", "RFC 9112"))


def test_several_criteria_must_all_be_met() -> None:
    found = listed("framing/", "numbers/", "--level", "MUST", "--section", "RFC 9110 §8.6")
    assert "numbers/content-length-sent" in found
    assert all(each.startswith(("framing/rfc9110-8.6-", "numbers/")) for each in found)


def test_a_requirement_is_explained() -> None:
    lines = checks(REQUIREMENT)
    assert lines[0] == REQUIREMENT
    assert lines[2:8] == [
        "  level         MUST",
        "  applies to    the server",
        "  source        RFC 9112 §6.1",
        "  covers        rfc9112-6.1-te-cl-close",
        "  since         catalogue 1.0",
        "  judged        against the expected side: the reference, or what --against names",
    ]
    assert "                and by the RFC alone: all conditions must hold" in lines
    [first, *_] = [line for line in lines if line.startswith("  conforms if   ")]
    assert "ends " in first or "hears " in first or "refuses" in first
    assert "  h11 0.16.0    deviates: h11 keeps the connection alive." in lines
    assert "    import h11" in lines
    assert "    conn = h11.Connection(h11.SERVER)" in lines


def test_a_promise_is_explained_by_its_expression() -> None:
    lines = checks("contract/event-final")
    assert "                and by the documentation alone: the expression must be true" in lines
    assert any(line.startswith("  conforms if   all(refusal(type,") for line in lines)
    assert any(line.startswith("  h11 0.16.0    deviates: ") for line in lines)
    assert "    import h11" not in lines


def test_expressions_are_shown_with_the_other_correct_answers() -> None:
    lines = checks("api/copies-of-events")
    assert any(line.startswith("  evaluates     ") for line in lines)
    assert any(line.startswith("                    or {") for line in lines)
    assert any("beyond documented input" in line for line in lines)


def test_a_sweep_is_explained_by_its_size_and_a_program() -> None:
    lines = checks("octets/arriving")
    assert "  runs          3,100 programs, 9,920 steps, in the phase sweeps; one of them:" in lines
    assert not any(line.startswith(("  conforms", "  covers", "  h11 0.16.0")) for line in lines)


@pytest.mark.parametrize(
    ("identity", "judged"),
    [
        ("rules/waiting", "without an expected side, by a rule that every trace must keep"),
        (
            "relations/cuts",
            "without an expected side, by comparison with the same bytes in one piece",
        ),
        (
            "agreement/drawn-programs",
            "against the expected side, by programs that each run draws from its seed",
        ),
    ],
)
def test_a_description_says_how_the_check_is_judged(identity: str, judged: str) -> None:
    assert f"  judged        {judged}" in checks(identity)


def test_search_and_cost_checks_have_no_programs_of_their_own() -> None:
    assert checks("agreement/drawn-programs")[-1] == "  runs          in the phase search"
    cost = next(each for each in IDS if each.startswith("cost/"))
    assert checks(cost)[-1] == "  runs          in the phase cost"


def test_a_whole_id_explains_that_check_even_if_it_is_a_prefix() -> None:
    assert "api/names-that-are-listed" in IDS
    assert checks("api/names")[0] == "api/names"
    assert listed("api/names", "api/copies-of-events") == ["api/names", "api/copies-of-events"]
    assert len(listed("api/name")) == 2


def test_a_single_check_selected_by_prefix_is_listed() -> None:
    assert listed("octets/rec") == ["octets/received"]


@pytest.mark.parametrize("identity", SOME)
def test_an_example_script_runs_to_its_end(identity: str) -> None:
    """Only its last line may raise an exception."""
    [(phase, check)] = find_checks([identity])
    first, *lines = describe(phase, check)["script"]
    assert first == "import h11"
    assert len(lines) > 1
    exec("\n".join(lines[:-1]), {"h11": reference})  # noqa: S102 (our own script)


def test_long_lines_of_an_example_are_shortened() -> None:
    lines = checks("numbers/default-limit")
    assert max(map(len, lines)) < 400
    assert any(line.endswith(" characters)") for line in lines)


def test_criteria_that_select_nothing_are_refused_with_the_areas() -> None:
    """The message repeats the criteria, and lists the areas."""
    error = refused("x", "y", "--level", "MUST", "--section", "RFC 9112 61", "--area", "framing")
    assert error.startswith(
        "Error: no check begins with 'x' or 'y' and is of level MUST and cites RFC 9112 §61 and is "
        f"of area 'framing'; there are {len(IDS)} checks, of the areas agreement, aliasing, api, "
    )
    assert error.endswith(": 'h11spec checks' alone lists them")


def test_an_unknown_level_is_refused_with_the_levels() -> None:
    error = refused("--level", "must")
    assert "'MUST', 'SHOULD', 'MAY', 'CONTRACT', 'BEHAVIOUR'" in error


@pytest.mark.parametrize(
    ("encoding", "sign"), [("ascii", "\\xa7"), ("latin-1", "§"), ("utf-8", "§")]
)
def test_characters_that_the_encoding_lacks_are_escaped(encoding: str, sign: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "h11spec", "checks", REQUIREMENT],
        env={**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"},
        capture_output=True,
        check=True,
    )
    assert f"  source        RFC 9112 {sign}6.1" in done.stdout.decode(encoding).splitlines()


def test_an_expression_that_a_promise_decides_names_it() -> None:
    """Of a group beyond documented input, only these expressions fail a run by default."""
    lines = [line.strip() for line in checks("api/headers-in-other-respects")]
    decided = lines.index("refusal(hash, headers())")
    promise = "fails every run: contract/headers-unhashable, since catalogue 1.1"
    assert lines[decided + 1] == promise
    assert lines[lines.index('repr(headers(("A", "b")))') + 1].startswith("str(headers")
    limit = "beyond documented input: differences fail strict runs only"
    assert f"{limit}, where no promise decides" in "\n".join(lines)
    assert any(line.endswith(limit) for line in checks("types/undocumented"))
