"""The anatomy of a homework notebook: statement, answer cell, graded check, for each exercise."""

from __future__ import annotations

import ast
from collections import Counter
from dataclasses import dataclass
from typing import Any

from tools.notebook import Notebook, spans
from tools.rules import HOMEWORK, Findings, rule
from tools.slides import parsed


@dataclass(frozen=True)
class Asked:
    """What ``check("name", function).points(k)`` says."""

    exercise: str
    function: str
    points: float


def asked(source: str) -> Asked | None:
    """Read a graded cell's last expression; None when it is not ``check("name", name).points(k)``."""
    body = parsed(source).body
    call = body[-1].value if body and isinstance(body[-1], ast.Expr) else None
    match call:
        case ast.Call(
            func=ast.Attribute(
                attr="points",
                value=ast.Call(
                    func=ast.Name(id="check"), args=[ast.Constant(value=str(name)), ast.Name(id=function)]
                ),
            ),
            args=[ast.Constant(value=int() | float() as points)],
            keywords=[],
        ):
            return Asked(name, function, float(points))
    return None


def nbgrader(cell: Any) -> dict[str, Any]:
    """Return a cell's nbgrader metadata, empty where it has none."""
    return cell.metadata.get("nbgrader", {})


def defines(source: str, name: str) -> bool:
    """Tell whether a cell defines a function of that name."""
    return any(isinstance(node, ast.FunctionDef) and node.name == name for node in parsed(source).body)


def graded(notebook: Notebook) -> list[int]:
    """List the numbers of the graded cells."""
    return [number for number, cell in enumerate(notebook.cells) if nbgrader(cell).get("grade")]


@rule(*HOMEWORK)
def exercises_there(notebook: Notebook) -> Findings:
    """Ask something in a homework."""
    if not graded(notebook):
        yield (
            None,
            'no graded cell: an exercise ends in check("name", name).points(k) with nbgrader\'s grade set',
        )


@rule(*HOMEWORK)
def graded_cells(notebook: Notebook) -> Findings:
    """End a graded cell in ``check("name", name).points(k)``, lock it, and give it the same points."""
    for number in graded(notebook):
        cell = notebook.cells[number]
        about, question = nbgrader(cell), asked(cell.source)
        if question is None:
            yield number, 'a graded cell must end in check("name", name).points(k)'
            continue
        if question.points != about.get("points"):
            yield number, f"points({question.points:g}) but nbgrader's points are {about.get('points')}"
        if about.get("solution") or not about.get("locked"):
            yield number, "a graded cell is locked and is not a solution"


@rule(*HOMEWORK)
def exercise_parts(notebook: Notebook) -> Findings:
    """Put the statement and then the answer cell before a graded cell."""
    start = 0
    for number in graded(notebook):
        question = asked(notebook.cells[number].source)
        between, start = range(start, number), number + 1
        if question is None:
            continue
        answers = [n for n in between if nbgrader(notebook.cells[n]).get("solution")]
        stated = [n for n in between if notebook.cells[n].cell_type == "markdown"]
        if not any(defines(notebook.cells[n].source, question.function) for n in answers):
            yield number, f"no answer cell (nbgrader's solution set) before it defines {question.function}"
        elif not stated or stated[0] > answers[0]:
            yield number, f"no statement (Markdown) before the answer cell of {question.exercise!r}"


@rule(*HOMEWORK)
def answers_checked(notebook: Notebook) -> Findings:
    """Follow every answer cell by its graded cell."""
    answers = [n for n, cell in enumerate(notebook.cells) if nbgrader(cell).get("solution")]
    for number, stop in spans(answers, len(notebook.cells)):
        if not any(number < n < stop for n in graded(notebook)):
            yield number, "no graded cell follows this answer cell"


@rule(*HOMEWORK)
def grade_ids(notebook: Notebook) -> Findings:
    """Give every nbgrader cell an id of its own, and grade every exercise once."""
    ids = [(n, nbgrader(cell).get("grade_id")) for n, cell in enumerate(notebook.cells) if nbgrader(cell)]
    counts = Counter(name for _, name in ids)
    for number, name in ids:
        if not name or counts[name] > 1:
            yield number, f"nbgrader's grade_id {name!r} is missing or used twice"
    asked_before: set[str] = set()
    for number in graded(notebook):
        question = asked(notebook.cells[number].source)
        if question and question.exercise in asked_before:
            yield number, f"exercise {question.exercise!r} is graded twice"
        if question:
            asked_before.add(question.exercise)


@rule("release")
def no_solution_released(notebook: Notebook) -> Findings:
    """Release stubs that raise NotImplementedError, and no solution."""
    for number, cell in enumerate(notebook.cells):
        if "BEGIN SOLUTION" in cell.source or "END SOLUTION" in cell.source:
            yield number, "nbgrader's solution marks are still there"
        elif nbgrader(cell).get("solution") and "NotImplementedError" not in cell.source:
            yield number, "an answer cell of the release must raise NotImplementedError"
