"""Rewrite, in a source notebook, the cells that its exercises declare; prose and solutions stay."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from nbformat import NotebookNode, from_dict, v4

from lecturelib.exercises import EXERCISES, Task, UnknownExercise
from lecturelib.grading import cells as parts
from lecturelib.grading.files import HomeworkError, read, tidy, write

#: A Markdown cell with nothing but this becomes the cells of an exercise, or the table of all.
_MARK = re.compile(r"\{\{(overview|exercise (\w+))\}\}")


def sync(node: NotebookNode) -> bool:
    """Bring the cells of the exercises up to date.

    Parameters
    ----------
    node : NotebookNode
        A source notebook, changed in place. A Markdown cell ``{{exercise conv1d}}`` is replaced by the three
        cells of that exercise, ``{{overview}}`` by the table of exercises.

    Returns
    -------
    bool
        Whether anything changed.

    Raises
    ------
    HomeworkError
        If an exercise is unknown, lacks a cell, or its cells are out of order.
    """
    before = [(cell.cell_type, cell.source, dict(cell.metadata)) for cell in node.cells]
    node.cells = [new for cell in node.cells for new in _expanded(cell)]
    exercises = _exercises(node)
    for cell in node.cells:
        _rewrite(cell, exercises)
    return before != [(cell.cell_type, cell.source, dict(cell.metadata)) for cell in node.cells]


def sync_file(path: Path, *, write_back: bool = True) -> bool:
    """Bring a source notebook up to date.

    Parameters
    ----------
    path : Path
        The notebook.
    write_back : bool
        Whether to write it; a notebook that is current is left alone in any case.

    Returns
    -------
    bool
        Whether it was out of date.

    Raises
    ------
    HomeworkError
        As `sync`; the message begins with the notebook's name.
    """
    node = read(path)
    try:
        changed = sync(node)
    except HomeworkError as error:
        raise HomeworkError(f"{path.name}: {error}") from None
    if changed and write_back:
        write(node, path)
    return changed


def _expanded(cell: NotebookNode) -> Iterator[NotebookNode]:
    found = _MARK.fullmatch(cell.source.strip()) if cell.cell_type == "markdown" else None
    if found is None:
        yield cell
    elif found[1] == parts.OVERVIEW:
        yield _new("markdown", parts.OVERVIEW, parts.STATEMENT)
    else:
        name = found[2]
        yield _new("markdown", name + parts.STATEMENT, parts.STATEMENT)
        yield _new("code", name + parts.ANSWER, parts.ANSWER)
        yield _new("code", name, parts.GRADE)


def _new(kind: str, grade_id: str, part: str) -> NotebookNode:
    make = v4.new_markdown_cell if kind == "markdown" else v4.new_code_cell
    return make(metadata={"nbgrader": parts.nbgrader_metadata(grade_id, part)})


def _exercises(node: NotebookNode) -> dict[str, Task]:
    """List the notebook's exercises in order, and see that each has its three cells, one after the other."""
    found: dict[str, list[str]] = {}
    for place in filter(None, map(parts.place_of, node.cells)):
        found.setdefault(place.exercise, []).append(place.part)
    for name, present in found.items():
        if present != [parts.STATEMENT, parts.ANSWER, parts.GRADE]:
            words = {parts.STATEMENT: "statement", parts.ANSWER: "answer", parts.GRADE: "graded cell"}
            listed = ", ".join(words[part] for part in present)
            raise HomeworkError(
                f"{name!r} must have a statement, an answer and a graded cell, each once; found {listed}"
            )
    try:
        return {name: EXERCISES[name] for name in found}
    except UnknownExercise as error:
        raise HomeworkError(str(error)) from None


def _rewrite(cell: NotebookNode, exercises: dict[str, Task]) -> None:
    place = parts.place_of(cell)
    if place is not None:
        exercise = exercises[place.exercise]
        text = {
            parts.STATEMENT: lambda: parts.statement_source(exercise, [*exercises].index(place.exercise) + 1),
            parts.ANSWER: lambda: parts.answer_source(exercise, cell.source),
            parts.GRADE: lambda: parts.grade_source(exercise),
        }[place.part]()
        about = parts.nbgrader_metadata(place.exercise + place.part, place.part, exercise.points)
    elif cell.metadata.get("nbgrader", {}).get("grade_id") == parts.OVERVIEW:
        text = parts.overview_source([*exercises.values()])
        about = parts.nbgrader_metadata(parts.OVERVIEW, parts.STATEMENT)
    else:
        return
    if tidy(text) != cell.source and cell.cell_type == "code":
        cell.outputs, cell.execution_count = [], None
    cell.source = tidy(text)
    cell.metadata["nbgrader"] = from_dict(about)
