"""One journey, either browser: the few things that a test does with a page, in Playwright's Chromium.

`FirefoxPage` offers the same by the same names. Elements are named by CSS, and by their words where that is not enough.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

from playwright.sync_api import Error, Page

from tests.browser import finding


class BrowserPage(Protocol):
    """What a test may ask of a page, whichever browser shows it."""

    name: str
    complaints: list[str]

    def goto(self, path: str) -> None: ...
    def reload(self) -> None: ...
    def evaluate(self, code: str, given: Any = None) -> Any: ...
    def wait_for(self, code: str, given: Any = None, *, seconds: float = 15) -> Any: ...
    def text(self, selector: str) -> str: ...
    def click(self, selector: str, name: str = "") -> None: ...
    def type(self, text: str) -> None: ...
    def press(self, chord: str) -> None: ...
    def fill(self, selector: str, text: str) -> None: ...
    def choose_files(self, selector: str, paths: list[Path]) -> None: ...
    def screenshot(self, path: str | Path) -> None: ...


class ChromiumPage:
    """A page of Playwright's."""

    name = "chromium"

    def __init__(self, page: Page, complaints: list[str]) -> None:
        self.page, self.complaints = page, complaints

    def goto(self, path: str) -> None:
        self.page.goto(path)

    def reload(self) -> None:
        self.page.reload()

    def evaluate(self, code: str, given: Any = None) -> Any:
        return self.page.evaluate(code, given)

    def wait_for(self, code: str, given: Any = None, *, seconds: float = 15) -> Any:
        return finding.wait(lambda: self.evaluate(code, given), code, seconds=seconds, leaving=Error)

    def text(self, selector: str) -> str:
        text: str = self.page.evaluate(finding.TEXT, {"selector": selector})
        return text

    def click(self, selector: str, name: str = "") -> None:
        place = self.wait_for(finding.PLACE, {"selector": selector, "name": name})
        self.page.mouse.click(place["x"], place["y"])

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)

    def press(self, chord: str) -> None:
        self.page.keyboard.press(chord)

    def fill(self, selector: str, text: str) -> None:
        self.click(selector)
        self.press("Control+a")
        self.press("Backspace")
        self.type(text)

    def choose_files(self, selector: str, paths: list[Path]) -> None:
        self.page.set_input_files(selector, paths)

    def screenshot(self, path: str | Path) -> None:
        self.page.screenshot(path=path)
