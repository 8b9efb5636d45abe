"""A real JupyterLab over a copy of the notebooks, and tabs of a headless Chromium to look at it."""

import os
import shutil
from pathlib import Path

import nbformat
import pytest

from lecturelib.display import explorers
from tools.explorer_view import ExplorerView
from tools.jupyterlab import find_chromium, jupyterlab
from tools.lab_page import LabPage, chromium

ROOT = Path(__file__).resolve().parents[2]
SIZE = {"width": 1280, "height": 900}


def write_explorers(path):
    """Write a notebook that shows every explorer once, as it is without arguments."""
    cells = [nbformat.v4.new_code_cell("from lecturelib.display import explorers")]
    cells += [nbformat.v4.new_code_cell(f"explorers.{name}()") for name in explorers.__all__]
    for cell in cells:
        cell.metadata["tags"] = ["raises-exception"]  # one that is broken does not stop the others
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}), path)


@pytest.fixture(scope="session")
def browser():
    if find_chromium() is None:
        message = "no Chromium was found"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
    with chromium() as launched:
        yield launched


@pytest.fixture(scope="session")
def lab(tmp_path_factory):
    """Serve a copy: a test may run and save notebooks, and the tree stays as it is."""
    folder = tmp_path_factory.mktemp("served") / "notebooks"
    shutil.copytree(ROOT / "notebooks", folder, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    write_explorers(folder / "explorers.ipynb")
    with jupyterlab(folder) as server:
        yield server


@pytest.fixture(scope="module")
def new_view(browser, lab):
    """Open notebooks, each in a tab of its own: ``new_view(path, simple=True)``."""
    contexts = []

    def open_notebook(path, *, simple=True):
        contexts.append(browser.new_context(viewport=SIZE))
        view = LabPage(contexts[-1].new_page(), lab)
        view.open(path, simple=simple)
        return view

    yield open_notebook
    for context in contexts:
        context.close()


@pytest.fixture
def explorer_in():
    """Find the explorer inside a part of the page, and wait until it is drawn."""

    def find(part):
        explorer = ExplorerView(part.locator(".lecture-explorer").first)
        explorer.root.wait_for(timeout=60_000)
        explorer.wait_drawn()
        return explorer

    return find
