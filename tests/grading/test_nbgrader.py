"""Plain nbgrader, end to end: generate the assignment, grade three students, read the gradebook."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from lecturelib.exercises import EXERCISES
from lecturelib.grading.cells import ANSWER, BEGIN, GRADE, place_of
from lecturelib.grading.files import homeworks, read, write

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
HOMEWORK = homeworks(ROOT)[0]
PROGRAMS = str(Path(sys.executable).parent)
NOISE = """\
print('debugging')
    import sys, warnings
    warnings.warn('careful')
    print('on stderr', file=sys.stderr)
    """
#: Known mistakes, made in two of the exercises; compose calls conv2d and goes wrong with it.
MISTAKES = {"sample * w": "sample * w[::-1]", "k[::-1, ::-1]": "k[::-1]"}


def nbgrader(course, *arguments):
    """Run nbgrader as a lecturer would; it finds alembic on PATH only."""
    path = os.pathsep.join([PROGRAMS, os.environ.get("PATH", "")])
    env = {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "default"}
    command = [sys.executable, "-m", "nbgrader", *arguments]
    finished = subprocess.run(command, cwd=course, env=env, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr
    return finished.stderr


def answered(edit):
    """Fill the solutions, changed by `edit`, into a fresh copy of the students' notebook."""
    solutions = {
        place_of(cell).exercise: cell.source for cell in read(HOMEWORK.source).cells if BEGIN in cell.source
    }
    node = read(HOMEWORK.release)
    for cell in node.cells:
        place = place_of(cell)
        if place is not None and place.part == ANSWER:
            cell.source = edit(solutions[place.exercise])
    return node


def mistaken(text):
    for right, wrong in MISTAKES.items():
        text = text.replace(right, wrong)
    return text


SUBMISSIONS = {
    "right": lambda: answered(lambda text: text.replace(BEGIN, NOISE)),
    "wrong": lambda: answered(mistaken),
    "empty": lambda: read(HOMEWORK.release),
}


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Grade all submissions in one run."""
    course = tmp_path_factory.mktemp("course")
    name = HOMEWORK.name
    (course / "nbgrader_config.py").write_text(
        "c = get_config()\nc.CourseDirectory.course_id = 'convolution'\n"
    )
    write(read(HOMEWORK.source), course / "source" / name / f"{name}.ipynb")
    nbgrader(course, "generate_assignment", name)
    for student, make in SUBMISSIONS.items():
        write(make(), course / "submitted" / student / name / f"{name}.ipynb")
    nbgrader(course, "autograde", name)
    return course


@pytest.fixture(scope="module")
def scores(course):
    """Read the points of every student and exercise from the gradebook."""
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        found = {}
        for student in SUBMISSIONS:
            notebook = book.find_submission_notebook(HOMEWORK.name, HOMEWORK.name, student)
            assert not notebook.needs_manual_grade
            found[student] = {grade.name: grade.auto_score for grade in notebook.grades}
    return found


POINTS = {
    place_of(cell).exercise: float(cell.metadata.nbgrader.points)
    for cell in read(HOMEWORK.source).cells
    if place_of(cell) is not None and place_of(cell).part == GRADE
}


def test_right_answers_earn_all_points_whatever_they_print(scores):
    assert scores["right"] == POINTS


def test_an_empty_notebook_earns_nothing(scores):
    assert scores["empty"] == dict.fromkeys(POINTS, 0.0)


def test_wrong_answers_earn_what_the_check_says(scores, run):
    """The expected points come from running the same notebook without nbgrader."""
    expected = run(SUBMISSIONS["wrong"]())
    assert scores["wrong"] == expected
    assert {name for name in POINTS if expected[name] < POINTS[name]} == {"conv1d", "conv2d", "compose"}
    assert 0 < sum(expected.values()) < sum(POINTS.values())


def test_a_graded_value_is_the_text_of_a_float(course):
    """nbgrader gives full marks for whatever it cannot read as a number."""
    for student in SUBMISSIONS:
        node = read(course / "autograded" / student / HOMEWORK.name / f"{HOMEWORK.name}.ipynb")
        for cell in node.cells:
            place = place_of(cell)
            if place is not None and place.part == GRADE:
                kinds = [output.output_type for output in cell.outputs]
                assert kinds == ["display_data", "execute_result"]
                text = cell.outputs[-1].data["text/plain"]
                assert text == repr(float(text))


def test_the_student_is_told_the_mistake(course):
    node = read(course / "autograded" / "wrong" / HOMEWORK.name / f"{HOMEWORK.name}.ipynb")
    cards = [
        output.data["text/html"]
        for cell in node.cells
        for output in cell.get("outputs", [])
        if "text/html" in output.get("data", {})
    ]
    assert any("cross-correlation" in card for card in cards)
    assert any("along one axis only" in card for card in cards)


def test_nbgraders_own_release_holds_no_solution(course):
    node = read(course / "release" / HOMEWORK.name / f"{HOMEWORK.name}.ipynb")
    ours = read(HOMEWORK.release)
    assert len(node.cells) == len(ours.cells)
    for cell, mine in zip(node.cells, ours.cells, strict=True):
        place = place_of(cell)
        if place is not None and place.part == ANSWER:
            assert cell.source.endswith("raise NotImplementedError()")
            assert cell.source.splitlines()[0] == EXERCISES[place.exercise].stub.splitlines()[0]
        else:
            assert cell.source == mine.source
