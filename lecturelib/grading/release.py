"""Derive a student's notebook from the one with solutions, with nbgrader's own steps."""

from __future__ import annotations

from copy import deepcopy

from nbformat import NotebookNode
from nbgrader.preprocessors import CheckCellMetadata, ClearOutput, ClearSolutions, ComputeChecksums, LockCells

from lecturelib.exercises import EXERCISES
from lecturelib.grading import cells as parts
from lecturelib.grading.files import Homework, HomeworkError, read, tidy, write
from lecturelib.grading.sync import sync

#: Cells with this tag are the lecturer's remarks and stay behind.
NOTES = "notes"
_KEPT = ("nbgrader", "editable", "deletable")


def derive(source: NotebookNode) -> NotebookNode:
    """Derive the student's notebook.

    Parameters
    ----------
    source : NotebookNode
        A source notebook that `sync` has nothing to change in.

    Returns
    -------
    NotebookNode
        A copy with stubs for solutions, locked cells and checksums, without outputs and lecturer's remarks.

    Raises
    ------
    HomeworkError
        If the exercises' cells are not current.
    """
    node = deepcopy(source)
    if sync(node):
        raise HomeworkError(
            "the source is out of step with its exercises; run python -m lecturelib.grading sync"
        )
    node.metadata.pop("widgets", None)
    node.cells = [cell for cell in node.cells if NOTES not in cell.metadata.get("tags", [])]
    for place, cell in enumerate(node.cells):
        cell.source = tidy(cell.source)
        _clear_solution(cell, place)
    for step in (LockCells, ClearOutput, CheckCellMetadata, ComputeChecksums):
        node, _ = step().preprocess(node, {})
    return node


def _clear_solution(cell: NotebookNode, place: int) -> None:
    """Put the exercise's own stub where the solution was; a solution outside an answer cell is an error."""
    found = parts.place_of(cell)
    step = ClearSolutions()
    if found is not None and found.part == parts.ANSWER:
        step = ClearSolutions(code_stub={"python": parts.split_stub(EXERCISES[found.exercise])[1]})
    try:
        step.preprocess_cell(cell, {"language": "python"}, place)
    except RuntimeError as error:
        raise HomeworkError(f"cell {place + 1}: {error}") from None


def release_file(homework: Homework, *, write_back: bool = True) -> bool:
    """Derive a homework's release.

    Parameters
    ----------
    homework : Homework
        Where its notebooks lie.
    write_back : bool
        Whether to write the derived notebook where it differs.

    Returns
    -------
    bool
        Whether the stored release was out of date. Outputs do not count: a current one keeps its own.

    Raises
    ------
    HomeworkError
        As `derive`; the message begins with the notebook's name.
    """
    try:
        derived = derive(read(homework.source))
    except HomeworkError as error:
        raise HomeworkError(f"{homework.source.name}: {error}") from None
    stored = read(homework.release) if homework.release.exists() else None
    changed = stored is None or essence(stored) != essence(derived)
    if changed and write_back:
        write(derived, homework.release)
    return changed


def essence(node: NotebookNode) -> list[tuple]:
    """List what a release is made of, cell by cell: kind, text, what nbgrader needs; no outputs, no ids."""
    return [
        (cell.cell_type, cell.source, {key: cell.metadata[key] for key in _KEPT if key in cell.metadata})
        for cell in node.cells
    ]
