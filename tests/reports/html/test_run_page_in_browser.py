"""The page of a run in a real browser: it opens from a disk, filters and copies, and loads nothing.

Its HTML alone is tested in test_run_page.py.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

import pytest
from html_page_helper import hostile, real
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Locator,
    Page,
    Request,
    expect,
    sync_playwright,
)

from h11spec.reports.html.run_page import run_page

CHROMIUM = shutil.which("chromium")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed"),
]

WIDTHS = (390, 820, 1400)
UNFOLD = "document.querySelectorAll('details').forEach(each => each.open = true)"
# Returns the violated rules, each with a few of the elements that violate it.
AXE = """async options => (await axe.run(options)).violations
    .filter(each => ["serious", "critical"].includes(each.impact))
    .map(each => [each.id, each.nodes.slice(0, 3).map(node => node.html.slice(0, 200))])"""
# Emulates a browser in which pages from a disk may not write to the clipboard.
NO_CLIPBOARD = "Object.defineProperty(navigator, 'clipboard', {value: undefined})"


@dataclass
class Opened:
    """A page in a tab, with its requests and its errors."""

    page: Page
    requests: list[str] = field(default_factory=list[str])
    errors: list[str] = field(default_factory=list[str])

    def listen(self) -> None:
        def asked(request: Request) -> None:
            self.requests.append(request.url)

        def said(message: ConsoleMessage) -> None:
            self.errors.append(message.text)

        def failed(error: Exception) -> None:
            self.errors.append(str(error))

        self.page.on("request", asked)
        self.page.on("console", said)
        self.page.on("pageerror", failed)

    @property
    def shown(self) -> list[str]:
        """The ids of the causes whose rows can be seen."""
        return [
            each.locator("summary .id").first.inner_text()
            for each in self.page.locator("article.cause").all()
            if each.is_visible()
        ]

    @property
    def status(self) -> Locator:
        return self.page.locator("form .status")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        # Continuous integration may run as root, for whom there is no sandbox.
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "run.html"
    path.write_text(run_page(real()), "utf-8")
    return path


@pytest.fixture
def opened(browser: Browser, file: Path) -> Iterator[Opened]:
    """The page of a real run, as a file from the disk."""
    with browser.new_context() as context:
        opened = Opened(context.new_page())
        opened.listen()
        opened.page.goto(file.as_uri())
        yield opened
        assert opened.errors == []
        assert {each.partition("#")[0] for each in opened.requests} <= {file.as_uri(), "data:,"}


def ids() -> list[str]:
    return [str(each["id"]) for each in real().causes]


def findings() -> list[str]:
    return [id for each in real().causes for id in each["findings"]]


def test_it_opens_and_shows_every_cause(opened: Opened) -> None:
    """The fixture asserts that there are no errors, and no requests but for the file itself."""
    assert opened.shown == ids()
    assert opened.page.title().startswith("DIFFERS: ")


def test_a_row_is_opened_by_keyboard(opened: Opened) -> None:
    """The clearest finding is then in sight, and the others stay folded."""
    clearest, other = findings()[:2]
    assert not opened.page.locator(f"#{clearest}").is_visible()
    opened.page.locator("article.cause summary").first.press("Enter")
    assert opened.page.locator(f"#{clearest}").is_visible()
    assert not opened.page.locator(f"#{other}").is_visible()


def test_causes_are_searched_by_keyboard(opened: Opened) -> None:
    """Tab reaches the field, typing filters and is announced, and Clear shows everything again."""
    keyboard = opened.page.keyboard
    opened.page.locator("#causes").focus()
    keyboard.press("Tab")
    keyboard.type("Reads On EndOfMessage")
    assert opened.shown == ids()[:1]
    assert opened.status.inner_text() == "1 of 2 causes shown"
    for _ in range(5):
        keyboard.press("Tab")
    keyboard.press("Enter")
    expect(opened.status).to_have_text("2 of 2 causes shown")
    assert opened.shown == ids()


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [("kind", "fails", [0]), ("kind", "non-failing", [1]), ("aspect", "attribute", [0])],
)
def test_causes_are_filtered_by_tag_and_by_the_aspects_of_their_findings(
    opened: Opened, name: str, value: str, shown: list[int]
) -> None:
    opened.page.select_option(f"select[name={name}]", value)
    assert opened.shown == [ids()[at] for at in shown]


def test_an_empty_section_is_hidden(opened: Opened) -> None:
    opened.page.fill("input[type=search]", "no cause says this")
    assert opened.shown == []
    assert not opened.page.locator("section.causes").first.is_visible()


def test_a_link_shows_a_cause_that_is_filtered_out(opened: Opened) -> None:
    """The filter is cleared, and the keyboard focus is on the cause, which is open."""
    opened.page.select_option("select[name=kind]", "smuggling")
    opened.page.evaluate("id => location.hash = id", ids()[1])
    expect(opened.page.locator(f"#{ids()[1]}")).to_be_focused()
    assert opened.page.locator(f"#{ids()[1]}").is_visible()
    assert opened.shown == ids()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_link_to_a_folded_finding_unfolds_it(browser: Browser, file: Path, scripts: bool) -> None:
    """By the id of the finding, with and without scripts."""
    with browser.new_context(java_script_enabled=scripts) as context:
        tab = context.new_page()
        tab.goto(f"{file.as_uri()}#{findings()[1]}")
        expect(tab.locator(f"#{findings()[1]}")).to_be_in_viewport()


@pytest.mark.parametrize(("what", "clipboard"), [("script", True), ("test", False)])
def test_the_copied_text_is_pasted_unchanged(
    browser: Browser, file: Path, what: str, clipboard: bool
) -> None:
    """Whether or not the page may write to the clipboard."""
    with browser.new_context() as context:
        if clipboard:
            context.grant_permissions(["clipboard-read", "clipboard-write"])
        else:
            context.add_init_script(NO_CLIPBOARD)
        tab = context.new_page()
        tab.goto(file.as_uri())
        tab.locator("article.cause summary").first.click()
        tab.locator("summary", has_text="Reproduce").first.click()
        tab.get_by_role("button", name=f"Copy {what} of {findings()[0]}").press("Enter")
        expect(tab.locator("#announcement")).to_have_text(re.compile("^Copied "))
        tab.evaluate("document.querySelector('input').outerHTML = '<textarea id=paste></textarea>'")
        tab.locator("#paste").focus()
        tab.keyboard.press("Control+V")
        [clearest] = [each for each in real().findings if each["id"] == findings()[0]]
        assert tab.input_value("#paste") == "\n".join(clearest[what])


def test_axe_finds_no_serious_violation(browser: Browser, file: Path) -> None:
    """Everything is unfolded for this, in light and in dark colours."""
    with browser.new_context() as context:
        tab = context.new_page()
        tab.goto(file.as_uri())
        tab.evaluate(UNFOLD)
        tab.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8"))
        by_day = tab.evaluate(AXE, {})
        tab.emulate_media(color_scheme="dark")
        by_night = tab.evaluate(AXE, {"runOnly": ["color-contrast"]})
    assert by_day + by_night == []


@pytest.mark.parametrize("is_hostile", [False, True], ids=["real", "hostile"])
def test_it_fits_the_width_of_the_window(
    browser: Browser, tmp_path: Path, is_hostile: bool
) -> None:
    """No record makes a reader scroll sideways."""
    path = tmp_path / "run.html"
    path.write_text(run_page(hostile(real()) if is_hostile else real()), "utf-8")
    with browser.new_context() as context:
        tab = context.new_page()
        tab.goto(path.as_uri())
        tab.evaluate(UNFOLD)
        for width in WIDTHS:
            tab.set_viewport_size({"width": width, "height": 800})
            assert tab.evaluate("document.documentElement.scrollWidth") <= width


def test_hostile_values_run_nothing(browser: Browser, tmp_path: Path) -> None:
    """No dialog, no request, and no attempt that the policy had to block."""
    path = tmp_path / "run.html"
    record = hostile(real())
    path.write_text(run_page(record), "utf-8")
    with browser.new_context() as context:
        opened = Opened(context.new_page())
        opened.listen()
        opened.page.on("dialog", lambda dialog: opened.errors.append(dialog.message))
        opened.page.goto(path.as_uri())
        assert len(opened.shown) == len(record.causes) == 2  # one fails, and one does not
        assert opened.errors == []
        assert {each.partition("#")[0] for each in opened.requests} <= {path.as_uri(), "data:,"}


def test_without_scripts_only_the_filter_and_buttons_are_missing(
    browser: Browser, file: Path
) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        tab = context.new_page()
        tab.goto(file.as_uri())
        assert all(each.is_visible() for each in tab.locator("article.cause").all())
        assert not tab.locator("form").is_visible()
        tab.locator("article.cause summary").first.click()
        tab.locator("summary", has_text="Reproduce").first.click()
        assert tab.locator("pre[data-copy]").first.is_visible()
        assert tab.locator("button:visible").count() == 0


def test_folded_content_is_printed(opened: Opened) -> None:
    """On paper, everything is unfolded, and there are no buttons."""
    opened.page.emulate_media(media="print")
    assert opened.page.locator("pre[data-copy]").first.is_visible()
    assert opened.page.locator("button:visible").count() == 0
