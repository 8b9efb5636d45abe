"""What the grading tests share: the homeworks, and a way to run a notebook without a kernel."""

import ast
from pathlib import Path

import pytest

from lecturelib.grading.cells import GRADE, place_of
from lecturelib.grading.files import homeworks, read

ROOT = Path(__file__).resolve().parents[2]


def run_notebook(node):
    """Run the code cells in order; return the value of each graded cell, by exercise."""
    names, values = {}, {}
    for cell in node.cells:
        if cell.cell_type != "code":
            continue
        place = place_of(cell)
        if place is not None and place.part == GRADE:
            (statement,) = ast.parse(cell.source).body
            values[place.exercise] = eval(compile(ast.Expression(statement.value), "<graded>", "eval"), names)
        else:
            exec(compile(cell.source, "<cell>", "exec"), names)
    return values


@pytest.fixture(scope="session")
def root():
    """Return the project's folder."""
    return ROOT


@pytest.fixture(scope="session")
def run():
    """Return the function that runs a notebook's code."""
    return run_notebook


@pytest.fixture(params=homeworks(ROOT), ids=lambda homework: homework.name)
def homework(request):
    """Return each homework of the project in turn."""
    return request.param


@pytest.fixture
def source(homework):
    """Return a fresh copy of the notebook with solutions."""
    return read(homework.source)


@pytest.fixture
def release(homework):
    """Return a fresh copy of the committed student's notebook."""
    return read(homework.release)
