"""What a student does first: open the start page, follow its link, run the lecture, move its explorers."""

import pytest

from tools.lab_page import PANEL

pytestmark = pytest.mark.slow

# Cells that were given something to run, by the text of their prompt: "[7]:" when they ran, "[ ]:" when not.
PROMPTS = """cells => cells.filter(cell => cell.querySelector('.cm-content')?.innerText.trim())
    .map(cell => cell.querySelector('.jp-InputPrompt').innerText)"""


@pytest.fixture(scope="module")
def lecture(new_view):
    """Lecture 01 after *Run All*, its stored outputs cleared first so that what is seen was made here."""
    view = new_view("01_convolution.ipynb")
    view.clear_outputs()
    view.run_all()
    return view


def test_the_start_page_leads_to_the_first_lecture(new_view):
    view = new_view("00_start_here.ipynb", simple=False)
    view.page.locator('.jp-MarkdownOutput a[href*="01_convolution"]').first.click()
    view.page.wait_for_selector('.lm-TabBar-tab.jp-mod-current:has-text("01_convolution.ipynb")')
    view.wait_opened()
    assert view.page.locator(".jp-NotebookPanel:visible h1").first.inner_text()
    assert view.console_errors == []


def test_the_lecture_runs_from_top_to_bottom_without_an_error(lecture):
    assert lecture.error_outputs() == []
    prompts = lecture.page.locator(f"{PANEL} .jp-CodeCell").evaluate_all(PROMPTS)
    assert prompts and all(any(letter.isdigit() for letter in prompt) for prompt in prompts)
    assert lecture.console_errors == []


def test_every_figure_of_the_lecture_has_alternative_text(lecture):
    figures = lecture.page.locator(f"{PANEL} .jp-OutputArea-output img")
    sentences = figures.evaluate_all("images => images.map(image => image.alt)")
    assert sentences and all(len(sentence) >= 20 for sentence in sentences)


def test_the_explorers_of_the_lecture_follow_the_keyboard(lecture, explorer_in):
    panels = lecture.page.locator(f"{PANEL} .jp-OutputArea").filter(
        has=lecture.page.locator(".lecture-explorer")
    )
    kinds = set()
    for index in range(panels.count()):
        explorer = explorer_in(panels.nth(index))
        kinds.add("canvas" if explorer.root.locator("canvas").count() else "kept figure")
        assert explorer.focus()
        before, after = explorer.press("ArrowRight")
        assert after[0] != before[0] and after[1] != before[1], before[1]
    assert kinds == {"canvas", "kept figure"}
