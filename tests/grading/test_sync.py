"""Source notebooks say what their exercises declare."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from lecturelib.exercises import EXERCISES
from lecturelib.grading.__main__ import main
from lecturelib.grading.cells import ANSWER, GRADE, STATEMENT, place_of
from lecturelib.grading.files import HomeworkError, homeworks, read, write
from lecturelib.grading.sync import sync, sync_file


@pytest.fixture
def fresh():
    """Return a notebook whose exercises are only named."""
    marks = ["# Title", "{{overview}}", "{{exercise conv1d}}", "Between.", "{{exercise compose}}\n"]
    return new_notebook(cells=[new_markdown_cell(mark) for mark in marks])


def test_committed_sources_are_current(homework):
    assert not sync_file(homework.source, write_back=False), "run make notebooks"


def test_marks_become_the_cells_of_an_exercise(fresh):
    assert sync(fresh)
    assert [place_of(cell) for cell in fresh.cells] == [
        *[None, None],
        *[("conv1d", part) for part in (STATEMENT, ANSWER, GRADE)],
        None,
        *[("compose", part) for part in (STATEMENT, ANSWER, GRADE)],
    ]
    assert fresh.cells[5].source == "Between."
    assert fresh.cells[6].source.startswith("## 2. ")
    assert EXERCISES["compose"].title in fresh.cells[1].source
    nbformat.validate(fresh)


def test_a_second_run_changes_nothing(fresh):
    sync(fresh)
    before = nbformat.writes(fresh)
    assert not sync(fresh)
    assert nbformat.writes(fresh) == before


def test_what_was_edited_by_hand_is_put_right_and_the_rest_stays(fresh):
    sync(fresh)
    fresh.cells.insert(3, new_code_cell("print('an example')", metadata={"tags": ["mine"]}))
    statement, example, answer, grade = fresh.cells[2:6]
    answer.source = answer.source.replace("raise NotImplementedError", "return 1  #").replace(
        "(x, w", "(y, w"
    )
    statement.source, grade.source = "Something else.", 'check("conv1d", conv1d).points(99)'
    grade.metadata.nbgrader.points = 99
    grade.outputs = [nbformat.v4.new_output("stream", text="old")]
    assert sync(fresh)
    points = EXERCISES["conv1d"].points
    assert EXERCISES["conv1d"].statement.strip() in statement.source
    assert "return 1  #" in answer.source and "(x, w" in answer.source
    assert grade.source == f'check("conv1d", conv1d).points({points:g})' and grade.outputs == []
    assert grade.metadata.nbgrader.points == points
    assert example.source == "print('an example')" and example.metadata.tags == ["mine"]


def test_an_unknown_exercise_is_named():
    node = new_notebook(cells=[new_markdown_cell("{{exercise conv1}}")])
    with pytest.raises(HomeworkError, match="got 'conv1'. Did you mean 'conv1d'"):
        sync(node)


@pytest.mark.parametrize("lost", [0, 1, 2])
def test_a_lost_cell_is_missed(fresh, lost):
    sync(fresh)
    del fresh.cells[2 + lost]
    with pytest.raises(
        HomeworkError, match="'conv1d' must have a statement, an answer and a graded cell, each once"
    ):
        sync(fresh)


def test_cells_out_of_order_are_refused(fresh):
    sync(fresh)
    fresh.cells[3], fresh.cells[4] = fresh.cells[4], fresh.cells[3]
    with pytest.raises(HomeworkError, match="found statement, graded cell, answer"):
        sync(fresh)


def test_the_command_writes_and_checks(fresh, tmp_path, capsys):
    path = tmp_path / "notebooks/homework/source/hw09_x/hw09_x.ipynb"
    write(fresh, path)
    place = ["--project", str(tmp_path)]
    assert main(["sync", "--check", *place]) == 1
    assert "hw09_x.ipynb: would change" in capsys.readouterr().out
    assert read(path).cells[1].source == "{{overview}}"
    assert main(["sync", *place]) == 0
    assert main(["sync", "--check", *place]) == 0
    assert "hw09_x.ipynb: unchanged" in capsys.readouterr().out


def test_an_error_names_the_notebook(tmp_path, capsys):
    path = tmp_path / "notebooks/homework/source/hw09_x/hw09_x.ipynb"
    write(new_notebook(cells=[new_markdown_cell("{{exercise nothing_like_it}}")]), path)
    assert main(["sync", "--project", str(tmp_path)]) == 2
    assert capsys.readouterr().err.startswith("hw09_x.ipynb: name must be the name of an exercise")


def test_a_folder_without_homework_is_refused(tmp_path):
    with pytest.raises(
        HomeworkError, match="no homework in .*notebooks/homework/source; run this in the project's"
    ):
        homeworks(tmp_path)
