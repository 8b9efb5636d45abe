"""An explorer on the page, as a reader meets it: its picture, its sentence, and what the keyboard reaches."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Locator

# The picture as a digest of its pixels, whether it is drawn on a canvas or came from the kernel as an image.
PIXELS = """async root => {
    const digests = [];
    for (const node of root.querySelectorAll('canvas, img')) {
        const [width, height] = [node.naturalWidth ?? node.width, node.naturalHeight ?? node.height];
        if (!width || !height) return '';
        const pen = new OffscreenCanvas(width, height).getContext('2d');
        pen.drawImage(node, 0, 0);
        const digest = await crypto.subtle.digest('SHA-1', pen.getImageData(0, 0, width, height).data);
        digests.push(Array.from(new Uint8Array(digest)).join(' '));
    }
    return digests.join(' | ');
}"""
# Sliders, and the parts of a canvas that the keyboard reaches; buttons and lists work by other keys.
FOCUSABLE = "input[type=range], [tabindex='0']"


class ExplorerView:
    """The element of class ``lecture-explorer`` that `root` locates."""

    def __init__(self, root: Locator) -> None:
        self.root = root
        self.page = root.page

    def pixels(self) -> str:
        """Digest of what is drawn; empty while nothing is."""
        return self.root.evaluate(PIXELS)

    def sentence(self) -> str:
        """Text that a screen reader is told when the picture changes."""
        return self.root.locator("[aria-live]").first.text_content() or ""

    def wait_drawn(self) -> None:
        """Wait for the first picture, and for the first sentence that may follow it."""
        self._wait(lambda: self.pixels() != "")
        self.page.wait_for_timeout(600)

    def focus(self) -> bool:
        """Put the keyboard on the first part that moves; return whether it took the focus."""
        handle = self.root.locator(FOCUSABLE).first
        handle.scroll_into_view_if_needed()
        handle.focus()
        return handle.evaluate("node => node === document.activeElement")

    def press(self, key: str) -> tuple[tuple[str, str], tuple[str, str]]:
        """Press a key and wait for another picture and another sentence; return both, before and after."""
        before = self.pixels(), self.sentence()
        self.page.keyboard.press(key)
        self._wait(lambda: self.pixels() != before[0] and self.sentence() != before[1])
        return before, (self.pixels(), self.sentence())

    def _wait(self, arrived: Callable[[], bool], seconds: float = 30) -> None:
        for _ in range(int(seconds / 0.05)):
            if arrived():
                return
            self.page.wait_for_timeout(50)
