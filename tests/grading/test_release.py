"""What students receive follows from the source, and holds no solution."""

import inspect
import shutil

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell
from nbgrader.nbgraderformat import MetadataValidator
from nbgrader.utils import compute_checksum

from lecturelib.exercises import EXERCISES
from lecturelib.grading.__main__ import main
from lecturelib.grading.cells import ANSWER, BEGIN, END, GRADE, place_of
from lecturelib.grading.files import HomeworkError, read, write
from lecturelib.grading.release import derive, essence, release_file
from tools.normalise import dumps, normalise

TOO_COMMON = 12  # a line shorter than this, such as `return full`, tells nothing


def telling_lines(text):
    """List the lines of code that would give something away."""
    lines = {line.strip() for line in text.splitlines()}
    return {line for line in lines if len(line) >= TOO_COMMON and not line.startswith(("#", '"""', "def "))}


def cells_of(node, part):
    """List an exercise's cells of one kind, by the exercise's name."""
    places = [(place_of(cell), cell) for cell in node.cells]
    return {place.exercise: cell for place, cell in places if place is not None and place.part == part}


def test_committed_releases_are_current(homework):
    assert not release_file(homework, write_back=False), "run make notebooks"


def test_a_release_holds_the_stubs_of_its_exercises(release):
    answers = cells_of(release, ANSWER)
    assert answers
    for name, cell in answers.items():
        assert cell.source == EXERCISES[name].stub.strip()


def test_a_release_holds_no_line_of_a_solution_or_a_reference(source, release):
    released = dumps(release)
    for name, cell in cells_of(source, ANSWER).items():
        solution = cell.source.split(BEGIN)[1].split(END)[0]
        assert telling_lines(solution), f"the solution of {name} has no line that could be looked for"
        for text in (solution, inspect.getsource(EXERCISES[name].reference)):
            found = {line for line in telling_lines(text) if line in released}
            assert not found, f"{name}: {found}"
    assert "SOLUTION" not in released


def test_nbgrader_accepts_both_notebooks(source, release):
    for node in (source, release):
        MetadataValidator().validate_nb(node)
    locked = [cell for cell in release.cells if cell.metadata.get("nbgrader", {}).get("locked")]
    assert len(locked) >= 2 * len(cells_of(release, ANSWER))
    for cell in locked:
        assert (cell.metadata.editable, cell.metadata.deletable) == (False, False)
    for cell in release.cells:
        if "nbgrader" in cell.metadata:
            assert cell.metadata.nbgrader.checksum == compute_checksum(cell)


def test_ids_and_points_are_those_of_the_exercises(source):
    graded = cells_of(source, GRADE)
    assert {name: cell.metadata.nbgrader.points for name, cell in graded.items()} == {
        name: EXERCISES[name].points for name in graded
    }
    assert list(cells_of(source, ANSWER)) == list(graded)


def test_building_and_deriving_do_not_fight(homework, tmp_path):
    """The builder's form of a release is its fixed point: deriving again leaves every byte alone."""
    project = tmp_path / "notebooks/homework"
    copy = type(homework)(homework.name, project / "source.ipynb", project / "release.ipynb")
    write(normalise(read(homework.source)), copy.source)
    assert release_file(copy)
    write(normalise(read(copy.release)), copy.release)
    built = copy.release.read_bytes()
    assert not release_file(copy)
    assert copy.release.read_bytes() == built
    assert dumps(normalise(read(copy.release))).encode() == built


def test_a_release_keeps_the_outputs_it_was_run_with(homework, tmp_path):
    copy = type(homework)(homework.name, homework.source, tmp_path / homework.release.name)
    shutil.copyfile(homework.release, copy.release)
    assert not release_file(copy)
    assert any(cell.get("outputs") for cell in read(copy.release).cells)


def test_a_change_of_the_source_reaches_the_release(homework, source, tmp_path):
    copy = type(homework)(homework.name, tmp_path / "source.ipynb", tmp_path / "release.ipynb")
    shutil.copyfile(homework.release, copy.release)
    source.cells.append(new_markdown_cell("One more thing."))
    write(source, copy.source)
    assert release_file(copy, write_back=False)
    assert read(copy.release).cells[-1].source != "One more thing."
    assert release_file(copy)
    assert read(copy.release).cells[-1].source == "One more thing."
    assert not any(cell.get("outputs") for cell in read(copy.release).cells)


def test_deriving_leaves_the_source_alone_and_drops_remarks(source):
    source.cells.insert(1, new_markdown_cell("For the lecturer only.", metadata={"tags": ["notes"]}))
    before = dumps(source)
    assert "For the lecturer only." not in dumps(derive(source))
    assert dumps(source) == before


def test_a_stale_source_is_refused(homework, source, tmp_path):
    next(iter(cells_of(source, GRADE).values())).source = "1.0"
    copy = type(homework)(homework.name, tmp_path / "hw.ipynb", tmp_path / "release.ipynb")
    write(source, copy.source)
    with pytest.raises(
        HomeworkError, match="hw.ipynb: the source is out of step with its exercises; run python -m"
    ):
        release_file(copy)


def test_a_solution_in_another_cell_is_refused(source):
    source.cells.append(new_code_cell(f"{BEGIN}\nsecret = 1\n{END}"))
    with pytest.raises(
        HomeworkError, match=rf"cell {len(source.cells)}: Solution region detected in a non-solution"
    ):
        derive(source)


def test_the_command_checks(root, capsys):
    assert main(["release", "--check", "--project", str(root)]) == 0
    assert "hw01_convolution.ipynb: unchanged" in capsys.readouterr().out


def test_the_essence_holds_what_decides(release):
    other = read_again = normalise(release)
    before = essence(read_again)
    other.cells[0].source += "!"
    assert essence(other) != before
