"""Every rule for homework is tripped by one mistake, and by that one alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.tools.spoil import cell, drop, edit, renumber, rules_tripped
from tools.lint import RULES
from tools.notebook import Notebook


def spoil_points(notebook: Notebook) -> None:
    edit('check("conv1d"', "points(2)", "points(3)")(notebook)


def spoil_answer(notebook: Notebook) -> None:
    cell(notebook, "def conv1d").metadata.pop("nbgrader")


def spoil_id(notebook: Notebook) -> None:
    cell(notebook, 'check("shift"').metadata["nbgrader"]["grade_id"] = "check-conv1d"


def lock_missing(notebook: Notebook) -> None:
    cell(notebook, 'check("shift"').metadata["nbgrader"]["locked"] = False


def ungrade(notebook: Notebook) -> None:
    for _, code in notebook.code():
        code.metadata.pop("nbgrader", None)


HOMEWORK: list[tuple[str, Callable[[Notebook], None]]] = [
    ("exercises_there", ungrade),
    ("graded_cells", spoil_points),
    ("graded_cells", lock_missing),
    ("graded_cells", edit('check("shift"', 'check("shift", shift).points(2)', "float(2.0)")),
    ("exercise_parts", spoil_answer),
    ("exercise_parts", edit("def shift", "def shift", "def move")),
    ("exercise_parts", drop("## shift")),
    ("answers_checked", drop('check("shift"')),
    ("grade_ids", spoil_id),
    ("no_solution_released", edit("def shift", "raise NotImplementedError", "return x")),
    ("no_solution_released", edit("def shift", "raise", "### BEGIN SOLUTION\n    raise")),
]


@pytest.mark.parametrize(("name", "mistake"), HOMEWORK, ids=[name for name, _ in HOMEWORK])
def test_a_mistake_in_homework_trips_its_rule_alone(homework, name, mistake):
    notebook = homework("release")
    mistake(notebook)
    renumber(notebook)
    assert rules_tripped(Notebook(notebook.path, notebook.node, "release")) == {name}


def test_solutions_may_stand_in_the_source(homework):
    notebook = homework("source")
    edit("def shift", "raise NotImplementedError", "### BEGIN SOLUTION\n    return x\n    ### END SOLUTION")(
        notebook
    )
    assert rules_tripped(notebook) == set()


def test_every_rule_of_homework_alone_is_tripped_by_some_test():
    special = {rule.name for rule in RULES.values() if "lecture" not in rule.kinds}
    assert {name for name, _ in HOMEWORK} == special
