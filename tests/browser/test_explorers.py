"""Every explorer moves by keyboard, and its picture and its sentence follow."""

import pytest

from lecturelib.display import explorers
from tools.lab_page import PANEL

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def gallery(new_view):
    view = new_view("explorers.ipynb")
    view.run_all()
    return view


@pytest.mark.parametrize("name", explorers.__all__)
def test_an_arrow_key_changes_picture_and_sentence(gallery, name, explorer_in):
    explorer = explorer_in(gallery.cell(f"explorers.{name}("))
    assert explorer.focus()
    before, after = explorer.press("ArrowRight")
    assert after[0] != before[0], "the picture stayed"
    assert after[1] != before[1], "the sentence stayed"


@pytest.mark.parametrize("name", explorers.__all__)
def test_the_notebook_does_not_take_the_keys(gallery, name, explorer_in):
    """In JupyterLab's command mode the arrows move to another cell, and x cuts the cell."""
    explorer = explorer_in(gallery.cell(f"explorers.{name}("))
    cells = gallery.page.locator(f"{PANEL} .jp-Cell")
    explorer.focus()
    active = f"{PANEL} .jp-Cell.jp-mod-active"
    before = cells.count(), gallery.page.locator(active).text_content()
    for key in ("ArrowDown", "ArrowUp", "x", "b"):
        gallery.page.keyboard.press(key)
    gallery.page.wait_for_timeout(300)
    assert (cells.count(), gallery.page.locator(active).text_content()) == before


def test_nothing_went_wrong(gallery):
    assert gallery.error_outputs() == []
    assert gallery.console_errors == []
