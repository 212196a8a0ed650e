"""docs/tutorial/first-finding.md: following it gives the output that it shows."""

from pathlib import Path

import pytest
from docs_helper import DOCS, blocks, commands, shows, typed

PAGE = DOCS / "tutorial/first-finding.md"
COMMANDS = [command for block in blocks(PAGE, "console") for command in commands(block.content)]


@pytest.mark.slow
def test_following_the_page_gives_the_shown_output(tmp_path: Path) -> None:
    """Each command in order; only a gate that reports DIFFERS fails, as in a workflow."""
    codes: list[int] = []
    for line, shown in COMMANDS:
        done = typed(line, tmp_path)
        assert shows(shown, done.stdout), f"{line}\n{done.stdout}{done.stderr}"
        assert done.returncode == int("DIFFERS" in shown), line
        codes.append(done.returncode)
    # Copied, passed; broken, failed, shown; repaired, replayed, passed; changed, failed; accepted,
    # passed.
    assert codes == [0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0]


def test_each_change_changes_the_fork(tmp_path: Path) -> None:
    """A replacement without a match would leave it unchanged."""
    [copy, *changes] = [line for line, _ in COMMANDS if line.startswith("python ")]
    typed(copy, tmp_path)
    sources: list[str] = []
    for change in changes:
        typed(change, tmp_path)
        sources.append((tmp_path / "toy/h11/_headers.py").read_text("utf-8"))
    broken, repaired, differing = sources
    assert len({broken, repaired, differing}) == 3
    assert "[+]?" in broken
    assert "[+]?" not in repaired


@pytest.mark.parametrize("output", ["b\n", "a\nbc\n", "a\nb", "a\nb\nc\n"])
def test_other_output_is_detected(output: str) -> None:
    """The comparison with the page can fail."""
    assert shows("a\n…\nb…d\n", "a\nx\ny\nbcd\n")
    assert not shows("a\n…\nb\n", output)
