"""The pages: every link has a target, and every page is on the site."""

from __future__ import annotations

import re
import subprocess
import sys
from html.parser import HTMLParser
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest
from docs_helper import DOCS, FENCED, ROOT

PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *ROOT.glob("benchmarks/*.md")])
LINK = re.compile(r"\]\((?!\w+:)([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def anchors(page: Path) -> set[str]:
    """The names of the headings of a page in links, on GitHub and on the site."""
    text = FENCED.sub("", page.read_text("utf-8"))
    plain = (re.sub(r"[^\w\- ]", "", each.lower()) for each in HEADING.findall(text))
    return {each.strip().replace(" ", "-") for each in plain}


def broken_links(page: Path) -> list[str]:
    """The links of a page without a target."""
    found: list[str] = []
    for link in LINK.findall(FENCED.sub("", page.read_text("utf-8"))):
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        there = target.exists() and (not anchor or anchor in anchors(target))
        found += [] if there else [link]
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_has_a_target(page: Path) -> None:
    """An existing file, and a heading in it if the link names one."""
    assert broken_links(page) == []


def test_a_broken_link_is_detected(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# A `b` page\n[1](#a-b-page) [2](page.md#c) [3](none.md) [4](https://a/)\n")
    assert broken_links(page) == ["page.md#c", "none.md"]


class _Reader(HTMLParser):
    """Collects the addresses that a page of the site loads."""

    def __init__(self) -> None:
        super().__init__()
        self.loaded: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in ("script", "img", "link") and given.get("rel") != "canonical":
            self.loaded.append(given.get("src") or given.get("href") or "")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built as by `make site`."""
    pytest.importorskip("material", reason="the site needs the extra docs")
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--quiet", "--site-dir", str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return folder


@pytest.mark.slow
def test_every_page_is_on_the_site(site: Path) -> None:
    """Those of docs/ and those of the root for readers; other files of docs/ are not."""
    pages = [page.relative_to(DOCS).with_suffix("") for page in DOCS.rglob("*.md")]
    expected = {page.parent if page.name in ("README", "index") else page for page in pages}
    expected |= {Path("project", name) for name in ("SECURITY", "CHANGELOG", "CONTRIBUTING")}
    made = {page.parent.relative_to(site) for page in site.rglob("index.html")}
    assert expected <= made
    assert not list(site.rglob("*.py"))


def test_a_page_of_the_site_loads_nothing_from_other_servers(site: Path) -> None:
    for page in site.rglob("index.html"):
        reader = _Reader()
        reader.feed(page.read_text("utf-8"))
        assert reader.loaded
        assert [each for each in reader.loaded if re.match(r"(\w+:)?//", each)] == []


@pytest.mark.parametrize(
    ("source", "text", "rewritten"),
    [
        ("how-to/a.md", "[b](../../SECURITY.md#c)", "[b](../project/SECURITY.md#c)"),
        ("how-to/a.md", "[b](../x/y.md) `[b](../../c)`", "[b](../x/y.md) `[b](../../c)`"),
        ("how-to/a.md", "```\n[b](../../c)\n```", "```\n[b](../../c)\n```"),
        ("how-to/a.md", "[b](../../c.py)", "[b](https://example.org/h/blob/main/c.py)"),
        ("README.md", "[b](../SECURITY.md)", "[b](project/SECURITY.md)"),
        ("project/A.md", "[b](docs/x.md) [c](SECURITY.md)", "[b](../x.md) [c](SECURITY.md)"),
    ],
)
def test_links_out_of_docs_are_rewritten(source: str, text: str, rewritten: str) -> None:
    assert hooks().linked(text, source, "https://example.org/h/") == rewritten


def test_a_file_of_an_unpublished_repository_has_no_link() -> None:
    assert hooks().linked("See [b](../../c.py).", "how-to/a.md", "") == "See b."


def hooks() -> Any:
    """The hooks of the site, a module outside of the package."""
    pytest.importorskip("mkdocs", reason="the site needs the extra docs")
    spec = spec_from_file_location("site_hooks", DOCS / "site_hooks.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
