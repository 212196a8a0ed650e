"""Each mistake can be planted, shows what it is said to show, and is counted correctly.

How many of them the suite finds is for ``make mistakes``: that takes half an hour.
"""

import sys
from dataclasses import replace
from pathlib import Path

import h11
import pytest
from click.testing import CliRunner

from h11spec import reference
from h11spec.benchmarks.mistakes import mistake as mistakes
from h11spec.benchmarks.mistakes import table
from h11spec.benchmarks.mistakes.__main__ import main
from h11spec.benchmarks.mistakes.examining import SMOKE, Verdict, examine, examined, task
from h11spec.benchmarks.mistakes.mistake import Change, Mistake, MistakeError, parse, plant
from h11spec.benchmarks.mistakes.showing import growth, show
from h11spec.conformance.runs.settings import Settings

ROOT = Path(__file__).parent.parent.parent
STORED = mistakes.stored()
BY_NAME = {each.name: each for each in STORED}
VECTORS = Settings(phases=("vectors",))
# Found by the vectors; not found by them.
OBVIOUS, SUBTLE = "blank-before-the-colon", "all-events-are-kept"


@pytest.mark.parametrize("mistake", STORED, ids=[each.name for each in STORED])
def test_a_mistake_shows_on_its_copy_alone(mistake: Mistake, tmp_path: Path) -> None:
    """Its program has the right value on both originals, and another on the copy."""
    assert show(mistake.program, h11) == mistake.value
    assert show(mistake.program, reference) == mistake.value
    assert mistakes.shown_by_copy(mistake, tmp_path) != mistake.value


def test_there_are_enough_mistakes_of_every_origin() -> None:
    """Three quarters are in copies of h11; public reports are the origin of many."""
    in_h11 = sum(each.original == "h11" for each in STORED)
    assert len(STORED) >= 80
    assert 0.7 <= in_h11 / len(STORED) <= 0.8
    assert sum(each.reported for each in STORED) >= 25
    assert 0.4 <= sum(each.held_out for each in STORED) / len(STORED) <= 0.6


def test_the_suite_knows_no_mistake_by_name() -> None:
    """A suite that knew what is planted would measure nothing."""
    packages = ("reference", "strategies", "reports", "conformance", "tools")
    sources = [path for each in packages for path in (ROOT / each).rglob("*.py")]
    known = [path for path in sources if any(name in path.read_text() for name in BY_NAME)]
    assert known == []


def test_a_text_that_does_not_occur_once_is_refused(tmp_path: Path) -> None:
    """A mistake is never planted elsewhere than where it was written for."""
    for before, count in ("there is no such text", 0), ("import", 9):
        change = Change("_writers.py", before, "")
        odd = replace(BY_NAME[OBVIOUS], name="odd", changes=(change,))
        with pytest.raises(
            MistakeError, match=r"odd: .* occurs \d+ times in _writers.py, not once"
        ):
            plant(odd, tmp_path / str(count))


def test_another_release_of_h11_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The changes were written for one release."""
    monkeypatch.setattr(h11, "__version__", "0.17.0")
    with pytest.raises(MistakeError, match=r"h11 is version 0.17.0"):
        plant(BY_NAME[OBVIOUS], tmp_path)


def test_an_incomplete_mistake_is_refused() -> None:
    """The message names the mistake, and what is missing or unknown."""
    with pytest.raises(MistakeError, match=r"some: missing or unknown: basis, .*, why"):
        list(parse('kind = "a kind"\n[[mistake]]\nname = "some"\nwhy = ""'))


def test_two_mistakes_of_one_name_are_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Verdicts are found by name."""
    for name in "a", "b":
        (tmp_path / f"{name}.toml").write_text((mistakes.KINDS / "forks.toml").read_text())
    monkeypatch.setattr(mistakes, "KINDS", tmp_path)
    with pytest.raises(MistakeError, match="there are two of this name"):
        mistakes.stored()


def test_a_copy_leaves_no_module_behind(tmp_path: Path) -> None:
    """An import of h11 afterwards gets the installed one."""
    before = dict(sys.modules)
    mistakes.shown_by_copy(BY_NAME[OBVIOUS], tmp_path)
    assert {name for name in sys.modules if name.startswith(("h11.", "planted"))} <= set(before)
    assert sys.modules["h11"] is h11
    assert str(tmp_path) not in sys.path


def test_growth_is_what_every_repetition_adds() -> None:
    """What is made once and kept is no growth."""
    kept: list[bytes] = []
    assert growth(lambda: kept.append(bytes(100)))
    assert not growth(lambda: kept.__setitem__(0, bytes(100)))


def test_a_mistake_is_found_by_the_first_phase_that_fails() -> None:
    """The verdict has the check, and what differs."""
    [verdict] = [examine(each) for each in [task(BY_NAME[OBVIOUS], VECTORS)] if each]
    assert (verdict.phase, verdict.run, verdict.broken) == ("vectors", (SMOKE, "vectors"), "")
    assert verdict.check
    assert verdict.shows


def test_a_mistake_that_no_phase_finds_has_no_phase() -> None:
    """It is examined in a process of its own."""
    some = task(BY_NAME[SUBTLE], VECTORS)
    assert some is not None
    [verdict] = examined([some], jobs=1)
    assert (verdict.phase, verdict.run, verdict.broken) == ("", (SMOKE, "vectors"), "")


def test_an_error_of_the_suite_is_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is kept apart from both: found, and not found."""
    some = task(replace(BY_NAME[OBVIOUS], changes=(Change("_util.py", "?", ""),)), VECTORS)
    assert some is not None
    verdict = examine(some)
    assert verdict.phase == ""
    assert "MistakeError" in verdict.broken


def test_only_the_phases_that_are_left_are_run() -> None:
    """Phases that were run are not run again, and what was found is not looked for."""
    mistake, both = BY_NAME[OBVIOUS], Settings(phases=("vectors", "sweeps"))
    some = task(mistake, both, Verdict(mistake.name, (SMOKE, "vectors")))
    assert some is not None
    assert some.settings.phases == ("sweeps",)
    assert task(mistake, both, Verdict(mistake.name, (SMOKE, "vectors"), phase="vectors")) is None
    assert task(mistake, VECTORS, Verdict(mistake.name, (SMOKE, "vectors"))) is None


def verdicts() -> dict[str, Verdict]:
    """Made up: the vectors find every other mistake, and the search the rest."""
    run = (SMOKE, "vectors", "sweeps", "machine", "search")
    return {
        each.name: Verdict(each.name, run[:2], "vectors")
        if at % 2
        else Verdict(each.name, run, "search")
        for at, each in enumerate(STORED)
    }


def test_the_table_has_a_row_for_each_mistake_and_totals() -> None:
    """The last line has the shares of all mistakes, by vectors, deterministic phases and all."""
    lines = list(table.lines(STORED, verdicts()))
    for mistake in STORED:
        assert sum(line.startswith(mistake.name) for line in lines) == 1
    odd = 100 * (len(STORED) // 2) / len(STORED)
    assert lines[-1].split() == ["all", str(len(STORED)), f"{odd:.1f}", f"{odd:.1f}", "100.0"]


def test_a_mistake_that_is_held_out_is_missed_by_its_kind() -> None:
    """Sweeps are chosen without a look at it."""
    text = "\n".join(table.not_found(STORED, verdicts()))
    missed = STORED[::2]
    assert len(text.splitlines()) == len(missed)
    for mistake in missed:
        assert (mistake.name in text) is not mistake.held_out


def test_the_command_lists_the_mistakes_of_a_kind() -> None:
    """Each with what it follows from, and where it comes from."""
    result = CliRunner().invoke(main, ["--list", "--only", "integer width"])
    assert result.exit_code == 0
    assert result.output.count("integer width: ") == len(result.output.splitlines()) / 2
    assert "nodejs/http-parser#170" in result.output


def test_the_command_goes_on_from_a_file(tmp_path: Path) -> None:
    """Verdicts are added to the file as they arrive, and count the next time."""
    file = tmp_path / "verdicts.jsonl"
    arguments = ["--only", OBVIOUS, "--phases", "vectors", "--continue", str(file), "--jobs", "1"]
    first = CliRunner().invoke(main, arguments)
    again = CliRunner().invoke(main, arguments)
    assert (first.exit_code, again.exit_code) == (0, 0)
    assert len(file.read_text().splitlines()) == 1
    assert "1/1" in first.stderr
    assert again.stderr == ""


@pytest.mark.parametrize("arguments", [["--only", "no such"], ["--phases", "no such"]])
def test_unknown_names_are_wrong_usage(arguments: list[str]) -> None:
    """Nothing is examined then."""
    assert CliRunner().invoke(main, arguments).exit_code == 2
