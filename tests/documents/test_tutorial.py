"""docs/tutorial/test-your-own-server.md: following it gives the output that it shows."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from docs_helper import DOCS, blocks, commands, shows, typed

PAGE = DOCS / "tutorial/test-your-own-server.md"
# The results must not depend on the load of the machine or on chance, and explanations are not
# read.
CONFTEST = """
from hypothesis import HealthCheck, Phase, settings

settings.register_profile(
    "steady",
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    # The time of generation depends on the load of the machine.
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("steady")
"""


def changed(code: str, diff: str) -> str:
    """The code with each part of a diff applied in the one place where it fits."""
    for part in diff.split("@@\n"):
        before, after = ("".join(without(part, sign)) for sign in "+-")
        assert code.count(before) == 1, part
        code = code.replace(before, after)
    return code


def without(part: str, sign: str) -> Iterator[str]:
    for line in part.splitlines(keepends=True):
        if line[0] != sign:
            yield line[1:]


class Reader:
    """Does what the page says, and compares the results with it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._server = folder / "echo.py"
        self._tests = folder / "test_echo.py"
        self.results: list[str] = []
        (folder / "conftest.py").write_text(CONFTEST, "utf-8")

    def python(self, code: str) -> None:
        """Writes the first block as the server, and appends the others to the tests."""
        if self._server.exists():
            with self._tests.open("a", encoding="utf-8") as file:
                file.write(f"\n{code}")
        else:
            self._server.write_text(code, "utf-8")

    def diff(self, diff: str) -> None:
        self._server.write_text(changed(self._server.read_text("utf-8"), diff), "utf-8")

    def console(self, session: str) -> None:
        [(command, expected)] = commands(session)
        done = typed(command, self._folder)
        assert shows(expected, done.stdout), f"{command}\n{done.stdout}{done.stderr}"
        assert done.returncode == ("failed" in expected)
        self.results.append(expected.splitlines()[-1].partition(" in ")[0])


@pytest.mark.slow
def test_following_the_page_gives_the_shown_output(tmp_path: Path) -> None:
    """Every block in order: a property fails because of a mistake, and passes after the repair."""
    reader = Reader(tmp_path)
    for kind, content in blocks(PAGE):
        getattr(reader, kind)(content)
    assert reader.results == [
        "1 passed",
        *("1 failed, 1 passed", "1 failed, 2 deselected", "3 passed"),
        *("1 failed, 3 passed", "4 passed"),
        *("1 failed, 4 passed", "5 passed"),
        *("1 failed, 5 passed", "6 passed"),
    ]


def test_a_change_that_does_not_fit_is_detected() -> None:
    assert changed("a\nb\nc\n", " a\n-b\n+B\n@@\n+d\n c\n") == "a\nB\nd\nc\n"
    with pytest.raises(AssertionError):
        changed("a\nb\n", " a\n-c\n")
    with pytest.raises(AssertionError):
        changed("a\na\n", "-a\n")
