"""The cells that an exercise fills: what stands in them, and how they are recognised."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from nbformat import NotebookNode

from lecturelib.exercises import Task
from lecturelib.grading.files import HomeworkError, tidy

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
OVERVIEW = "overview"
#: Suffixes of nbgrader's ids; the graded cell's id is the exercise's name alone.
STATEMENT, ANSWER, GRADE = "-statement", "-answer", ""


class Place(NamedTuple):
    """Which cell of which exercise: the suffix of its id is one of `STATEMENT`, `ANSWER`, `GRADE`."""

    exercise: str
    part: str


def place_of(cell: NotebookNode) -> Place | None:
    """Read from nbgrader's metadata which cell of an exercise this is; None for all others.

    Parameters
    ----------
    cell : NotebookNode
        A cell of a homework.
    """
    about = cell.metadata.get("nbgrader", {})
    name = about.get("grade_id", "")
    if about.get("grade"):
        return Place(name, GRADE)
    if about.get("solution"):
        return Place(name.removesuffix(ANSWER), ANSWER)
    return Place(name.removesuffix(STATEMENT), STATEMENT) if name.endswith(STATEMENT) else None


def split_stub(exercise: Task) -> tuple[str, str]:
    """Split a stub into what stays in every notebook and what a solution replaces.

    Parameters
    ----------
    exercise : Task
        The exercise.

    Returns
    -------
    head, tail : str
        All lines but the last, and the last one, which raises NotImplementedError, without its indentation.

    Raises
    ------
    HomeworkError
        If the stub does not end in such a line.
    """
    head, _, last = tidy(exercise.stub).rpartition("\n")
    if not head or not last.strip().startswith("raise NotImplementedError"):
        raise HomeworkError(
            f"the stub of {exercise.name!r} must end in a line that raises NotImplementedError"
        )
    return head, last.strip()


def statement_source(exercise: Task, number: int) -> str:
    """Write the heading, the points and the statement; the hints are folded into the check's report."""
    heading = f"## {number}. {exercise.title} ({exercise.minutes:g} min)"
    worth = f"**{exercise.points:g} point{'' if exercise.points == 1 else 's'}.**"
    return f"{heading}\n\n{worth} {tidy(exercise.statement)}"


def answer_source(exercise: Task, previous: str = "") -> str:
    """Write the stub around the solution that `previous`, the cell's present text, holds.

    Raises
    ------
    HomeworkError
        If `previous` holds no solution between its marks. An empty `previous` gets the stub's own last line.
    """
    head, tail = split_stub(exercise)
    indent = " " * 4
    if not previous:
        return "\n".join([head, indent + BEGIN, indent + tail, indent + END])
    lines = tidy(previous).split("\n")
    marks = [place for place, line in enumerate(lines) if line.strip() in (BEGIN, END)]
    if len(marks) != 2 or lines[marks[0]].strip() != BEGIN:
        raise HomeworkError(f"the answer to {exercise.name!r} must hold one {BEGIN!r} and then one {END!r}")
    return "\n".join([head, *lines[marks[0] : marks[1] + 1]])


def grade_source(exercise: Task) -> str:
    """Write the graded cell."""
    return f'check("{exercise.name}", {exercise.name}).points({exercise.points:g})'


def overview_source(exercises: Sequence[Task]) -> str:
    """Write a table of the exercises with the sums of minutes and points.

    Parameters
    ----------
    exercises : sequence of Task
        In the order of the notebook.
    """
    rows = ["| | exercise | you write | minutes | points |", "|---|---|---|---:|---:|"]
    for number, one in enumerate(exercises, 1):
        rows.append(f"| {number} | {one.title} | `{one.name}` | {one.minutes:g} | {one.points:g} |")
    minutes, points = (sum(getattr(one, key) for one in exercises) for key in ("minutes", "points"))
    return "\n".join([*rows, f"| | **in all** | | **{minutes:g}** | **{points:g}** |"])


def nbgrader_metadata(grade_id: str, part: str, points: float = 0) -> dict:
    """Build nbgrader's metadata of a cell.

    Parameters
    ----------
    grade_id : str
        nbgrader's name of the cell.
    part : str
        `STATEMENT` (also for every other cell that is only locked), `ANSWER` or `GRADE`.
    points : float
        Of a graded cell.
    """
    about = {"schema_version": 3, "grade_id": grade_id, "task": False}
    about |= {"grade": part == GRADE, "solution": part == ANSWER, "locked": part != ANSWER}
    return about | ({"points": points} if part == GRADE else {})
