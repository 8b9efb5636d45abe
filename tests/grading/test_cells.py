"""The text of the cells that an exercise fills."""

from types import SimpleNamespace

import pytest

from lecturelib.grading import cells
from lecturelib.grading.files import HomeworkError

HALVE = SimpleNamespace(
    name="halve",
    title="Halve it",
    statement="Write `halve(x)`.\n",
    stub='def halve(x):\n    """Half of x."""\n    raise NotImplementedError("Write halve here.")\n',
    hints=("Divide.", "By two."),
    points=1,
    minutes=5,
)
TWICE = SimpleNamespace(
    **{**vars(HALVE), "name": "twice", "title": "Double it", "points": 2.5, "minutes": 10}
)


def test_a_statement_begins_with_minutes_and_points():
    assert cells.statement_source(HALVE, 3) == "## 3. Halve it (5 min)\n\n**1 point.** Write `halve(x)`."
    assert "**2.5 points.**" in cells.statement_source(TWICE, 1)


def test_an_empty_answer_cell_gets_the_stub_between_the_marks():
    assert cells.answer_source(HALVE).splitlines() == [
        "def halve(x):",
        '    """Half of x."""',
        "    ### BEGIN SOLUTION",
        '    raise NotImplementedError("Write halve here.")',
        "    ### END SOLUTION",
    ]


def test_a_solution_survives_a_changed_stub():
    old = "def half(y):\n    ### BEGIN SOLUTION\n    z = x / 2\n\n    return z\n    ### END SOLUTION"
    assert cells.answer_source(HALVE, old).splitlines()[2:] == old.splitlines()[1:]
    assert cells.answer_source(HALVE, old).startswith('def halve(x):\n    """Half of x."""\n')


@pytest.mark.parametrize(
    "text",
    [
        "def halve(x):\n    return x / 2",
        "### BEGIN SOLUTION\n    return x / 2",
        "### END SOLUTION\n### BEGIN SOLUTION",
        "### BEGIN SOLUTION\n### END SOLUTION\n### BEGIN SOLUTION\n### END SOLUTION",
    ],
)
def test_an_answer_without_its_marks_is_refused(text):
    with pytest.raises(
        HomeworkError, match="answer to 'halve' must hold one '### BEGIN SOLUTION' and then one"
    ):
        cells.answer_source(HALVE, text)


@pytest.mark.parametrize("stub", ["def halve(x):\n    return None\n", "raise NotImplementedError", ""])
def test_a_stub_that_does_not_end_by_raising_is_refused(stub):
    with pytest.raises(
        HomeworkError, match="stub of 'halve' must end in a line that raises NotImplementedError"
    ):
        cells.split_stub(SimpleNamespace(**{**vars(HALVE), "stub": stub}))


def test_the_overview_adds_up():
    rows = cells.overview_source([HALVE, TWICE]).splitlines()
    assert rows[2] == "| 1 | Halve it | `halve` | 5 | 1 |"
    assert rows[-1] == "| | **in all** | | **15** | **3.5** |"


def test_points_stand_in_the_graded_cell_and_in_its_metadata():
    assert cells.grade_source(TWICE) == 'check("twice", twice).points(2.5)'
    about = cells.nbgrader_metadata("twice", cells.GRADE, 2.5)
    assert about == {
        "schema_version": 3,
        "grade_id": "twice",
        "grade": True,
        "solution": False,
        "locked": True,
        "task": False,
        "points": 2.5,
    }
    assert "points" not in cells.nbgrader_metadata("twice-answer", cells.ANSWER, 2.5)
