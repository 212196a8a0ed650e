"""The matrix in a browser: it filters, its headings stay in sight, and cells open differences."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from importlib.resources import files

import pytest
from matrix_helper import column, finding
from playwright.sync_api import Page, sync_playwright

from h11spec.reports.analysis.matrix import matrix
from h11spec.reports.analysis.release_changes import release_changes
from h11spec.reports.html.matrix_page import matrix_page

CHROMIUM = shutil.which("chromium")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed"),
]
AXE = """async () => (await axe.run()).violations
    .filter(each => ["serious", "critical"].includes(each.impact))
    .map(each => [each.id, each.nodes.slice(0, 3).map(node => node.html.slice(0, 200))])"""


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    made = matrix([column("x 1", finding("a/one")), column("x 2", finding("b/one", "other"))])
    path = tmp_path_factory.mktemp("page") / "matrix.html"
    path.write_text(matrix_page(made, release_changes(made)), "utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 900, "height": 700})
        page.goto(path.as_uri())
        yield page
        browser.close()


def rows(tab: Page) -> list[str]:
    return tab.locator("#matrix .grid tbody tr:visible th").all_inner_texts()


def test_checks_without_differences_are_shown_on_request(tab: Page) -> None:
    assert rows(tab) == ["a/one", "b/one"]
    tab.select_option("[name=which]", "")
    tab.select_option("[name=area]", "a")
    assert rows(tab) == ["a/one", "a/two"]
    tab.fill("[name=text]", "TWO")
    assert rows(tab) == ["a/two"]
    assert tab.locator(".filter .status").inner_text() == "1 of 3 checks shown"
    tab.click("text=Clear")
    tab.locator(".filter .status", has_text="2 of 3 checks shown").wait_for()
    assert rows(tab) == ["a/one", "b/one"]


def test_a_cell_opens_its_difference_by_keyboard(tab: Page) -> None:
    id = finding("a/one")["id"]
    tab.locator(f"td a[href='#{id}']").focus()
    tab.keyboard.press("Enter")
    tab.locator(f"#{id}[open]").wait_for()
    assert tab.locator(f"#{id} pre").is_visible()


def test_headings_stay_in_sight(tab: Page) -> None:
    for which in (".grid thead th", ".grid tbody th"):
        assert tab.locator(which).first.evaluate("e => getComputedStyle(e).position") == "sticky"


def test_axe_finds_no_serious_violation(tab: Page) -> None:
    script = files("axe_playwright_python") / "axe.min.js"
    tab.evaluate(script.read_text("utf-8"))
    assert tab.evaluate(AXE) == []
