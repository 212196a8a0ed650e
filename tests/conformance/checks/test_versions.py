"""The versions of the catalogue: checks are never removed, and each has a version."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from records_helper import record_lines

from h11spec.conformance.checks import versions
from h11spec.conformance.cli.main import main
from h11spec.conformance.runs import check_listing
from h11spec.conformance.runs.selection import all_ids
from h11spec.tools import catalogue_versions

NEW = "framing/rfc9110-8.6-any-nonneg-valid"
ADDED = "calls/reads-again"
BEFORE, NOW = "0.9", versions.CATALOGUE
LISTED = versions.FILE.read_text("utf-8")


def h11spec(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, list(map(str, arguments)))


def test_no_listed_check_was_removed() -> None:
    """A gate may be pinned to an old version, whose ids must still exist and mean the same."""
    assert set(versions.since()) - all_ids() == set()


def test_every_check_has_a_version() -> None:
    """If this fails, a check is new: run `make docs`.

    The first new check after a release also needs a new CATALOGUE.
    """
    assert all_ids() - set(versions.since()) == set()
    assert catalogue_versions.with_new_checks(LISTED, all_ids()) == LISTED


def test_new_checks_are_added_to_the_newest_version(monkeypatch: pytest.MonkeyPatch) -> None:
    """Checks that are already listed stay listed, even if they no longer exist."""
    monkeypatch.setattr(catalogue_versions, "CATALOGUE", "1.10")
    text = catalogue_versions.with_new_checks(
        '"1.0" = ["a/gone"]\n"1.9" = ["a/old"]\n', ["a/old", "b/two", "b/one"]
    )
    assert versions.parse_versions(text) == {
        "a/gone": "1.0",
        "a/old": "1.9",
        "b/one": "1.10",
        "b/two": "1.10",
    }
    assert text.index('"1.9"') < text.index('"1.10"')
    assert catalogue_versions.with_new_checks(text, ["b/one"]) == text


@pytest.fixture
def _two_versions(monkeypatch: pytest.MonkeyPatch) -> None:
    """The newest version added one check; an older version added all others."""
    since = dict.fromkeys(versions.since(), BEFORE) | {NEW: NOW}
    for module in (versions, check_listing):
        monkeypatch.setattr(module, "since", lambda: since)


@pytest.mark.usefixtures("_two_versions")
@pytest.mark.parametrize(("version", "expected"), [(BEFORE, False), (NOW, True)])
def test_a_run_runs_only_the_checks_of_its_version(
    version: str, expected: bool, tmp_path: Path
) -> None:
    """The record names the version."""
    path = tmp_path / "run.jsonl"
    options = "--phases=sweeps", "--checks=framing/rfc9110-8.6", "--in-process"
    done = h11spec("check", "h11", *options, "--catalogue", version, "--record", path)
    assert done.exit_code == 0, done.output
    header, *lines, _ = record_lines(path)
    assert header["settings"]["catalogue"] == version
    checks = [line["check"] for line in lines if line["kind"] == "result"]
    assert (NEW in checks) is expected
    assert len(checks) > 1


@pytest.mark.usefixtures("_two_versions")
def test_the_command_checks_lists_only_the_checks_of_the_version() -> None:
    before, now = (h11spec("checks", "framing/", "--catalogue", each) for each in (BEFORE, NOW))
    assert NEW not in before.stdout
    assert NEW in now.stdout
    assert f"catalogue {NOW}" in h11spec("checks", NEW, "--catalogue", NOW).stdout


def test_the_first_version_has_no_check_that_came_later() -> None:
    """By the stored list of versions."""
    before, now = (h11spec("checks", "calls/", "--catalogue", each) for each in ("1.0", NOW))
    assert before.exit_code == 2
    assert ADDED in now.stdout
    assert "catalogue 1.1" in h11spec("checks", ADDED).stdout
    done = h11spec("check", "h11", "--in-process", "--checks", ADDED, "--catalogue", "1.0")
    assert done.exit_code == 2
    assert f"begins with {ADDED!r}" in done.stderr


@pytest.mark.parametrize("command", [["check", "h11"], ["checks"]], ids=str)
def test_an_unknown_version_is_refused(command: list[str]) -> None:
    done = h11spec(*command, "--catalogue", "0.9")
    assert done.exit_code == 2
    assert "there is no catalogue '0.9'; versions are 1.0, 1.1" in done.stderr


@pytest.mark.usefixtures("_two_versions")
def test_a_check_of_a_later_version_is_not_selected() -> None:
    """Selecting it is an error, since a run without it would pass."""
    done = h11spec("check", "h11", "--checks", NEW, f"--catalogue={BEFORE}")
    assert done.exit_code == 2
    assert f"begins with {NEW!r}" in done.stderr
