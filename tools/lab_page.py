"""One notebook in a browser tab: open it, run it, look for errors. Built on Playwright's synchronous API."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tools.jupyterlab import CHROMIUM_FLAGS, JupyterLab, find_chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Locator, Page

PANEL = ".jp-NotebookPanel:not(.lm-mod-hidden)"
# JupyterLab gives tracebacks and stderr the same type; a finished lecture has neither.
ERRORS = f'{PANEL} .jp-OutputArea-output[data-mime-type="application/vnd.jupyter.stderr"]'
SCROLLER = f"{PANEL} .jp-WindowedPanel-outer"


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """Launch a headless Chromium for the length of a ``with`` block.

    Raises
    ------
    RuntimeError
        If no Chromium is installed.
    """
    from playwright.sync_api import sync_playwright

    path = find_chromium()
    if path is None:
        raise RuntimeError(
            "No Chromium found: install Chromium or Chrome, or name one in the variable CHROMIUM."
        )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(CHROMIUM_FLAGS))
        try:
            yield browser
        finally:
            browser.close()


class LabPage:
    """A notebook open in JupyterLab; ``console_errors`` gathers what the browser's console reports."""

    def __init__(self, page: Page, lab: JupyterLab) -> None:
        self.page = page
        self.lab = lab
        self.console_errors: list[str] = []
        page.on("console", self._note_console)
        page.on("pageerror", lambda error: self.console_errors.append(str(error)))

    def _note_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.console_errors.append(f"{message.text} ({message.location.get('url', '')})")

    def open(self, path: str, *, simple: bool = True) -> None:
        """Open the notebook `path` (relative to the server's root) and wait until its kernel is idle."""
        self.page.goto(self.lab.address(path, simple=simple))
        self.wait_opened()

    def wait_opened(self) -> None:
        """Wait until the notebook in front has cells and its kernel is connected and idle."""
        self.page.wait_for_selector(f"{PANEL} .jp-Cell", timeout=60_000)
        self.wait_idle()

    def wait_idle(self, seconds: float = 60) -> None:
        """Wait for "| Idle" in the status bar: the notebook's own sign says idle before a kernel exists."""
        self.page.locator("#jp-bottom-panel").get_by_text("| Idle").wait_for(timeout=seconds * 1000)

    def clear_outputs(self) -> None:
        """Choose *Edit > Clear Outputs of All Cells*: what is seen afterwards was made by a run."""
        self.page.get_by_role("menuitem", name="Edit", exact=True).click()
        self.page.locator('.lm-Menu-item[data-command="editmenu:clear-all"]').click()
        self.page.wait_for_function(
            "panel => !document.querySelector(panel + ' .jp-OutputArea-child')", arg=PANEL, timeout=10_000
        )

    def run_all(self, seconds: float = 120) -> None:
        """Choose *Run > Run All Cells* and wait until no prompt shows a star any more."""
        self.page.get_by_role("menuitem", name="Run", exact=True).click()
        self.page.locator('.lm-Menu-item[data-command="runmenu:run-all"]').click()
        self.page.wait_for_function(
            """panel => {
                const prompts = [...document.querySelectorAll(panel + ' .jp-CodeCell')]
                    .filter(cell => cell.querySelector('.cm-content')?.innerText.trim())
                    .map(cell => cell.querySelector('.jp-InputPrompt').innerText);
                return prompts.some(text => /\\d/.test(text)) && !prompts.some(text => text.includes('*'));
            }""",
            arg=PANEL,
            timeout=seconds * 1000,
        )
        self.wait_idle(seconds)
        self.page.wait_for_timeout(500)  # pictures and widgets that arrived last are still being laid out

    def error_outputs(self) -> list[str]:
        """Text of every output that is a traceback or was written to stderr."""
        return self.page.locator(ERRORS).all_inner_texts()

    def cell(self, text: str) -> Locator:
        """Return the first cell whose source or text holds `text`."""
        return self.page.locator(f"{PANEL} .jp-Cell").filter(has_text=text).first

    def scroll_to(self, top: float) -> float:
        """Scroll the notebook to `top` pixels from its beginning; return where it came to rest."""
        return self.page.eval_on_selector(
            SCROLLER, "(panel, top) => { panel.scrollTop = top; return panel.scrollTop; }", top
        )

    def viewport_height(self) -> float:
        """Height in pixels of the visible part of the notebook."""
        return self.page.eval_on_selector(SCROLLER, "panel => panel.clientHeight")
