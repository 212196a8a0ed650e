"""docs/tutorial/first-finding.md: somebody follows it, and sees what it shows."""

from pathlib import Path

import pytest
from docs_helper import DOCS, blocks, commands, shows, typed

PAGE = DOCS / "tutorial/first-finding.md"
COMMANDS = [command for block in blocks(PAGE, "console") for command in commands(block.content)]


def test_whoever_follows_the_page_sees_what_it_shows(tmp_path: Path) -> None:
    """Each command in its order; a gate that says DIFFERS fails a workflow, and no other does."""
    codes: list[int] = []
    for line, shown in COMMANDS:
        done = typed(line, tmp_path)
        assert shows(shown, done.stdout), f"{line}\n{done.stdout}{done.stderr}"
        assert done.returncode == int("DIFFERS" in shown), line
        codes.append(done.returncode)
    # A copy, green, broken; red, shown; mended, replayed; changed, red; accepted, green.
    assert codes == [0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0]


def test_each_change_is_one(tmp_path: Path) -> None:
    """A replacement that finds nothing to replace would leave the fork as it was."""
    [copy, *changes] = [line for line, _ in COMMANDS if line.startswith("python ")]
    typed(copy, tmp_path)
    sources: list[str] = []
    for change in changes:
        typed(change, tmp_path)
        sources.append((tmp_path / "toy/h11/_headers.py").read_text("utf-8"))
    broken, mended, differing = sources
    assert len({broken, mended, differing}) == 3
    assert "[+]?" in broken
    assert "[+]?" not in mended


@pytest.mark.parametrize("output", ["b\n", "a\nbc\n", "a\nb", "a\nb\nc\n"])
def test_other_output_is_noticed(output: str) -> None:
    """What is compared with a page is able to differ from it."""
    assert shows("a\n…\nb…d\n", "a\nx\ny\nbcd\n")
    assert not shows("a\n…\nb\n", output)
