"""Homework runs: to all points with its solutions, to none without, whatever is printed."""

import re

import numpy as np
import pytest
from nbconvert.filters import markdown2html

from lecturelib import convolve, cross_correlate, toeplitz
from lecturelib.exercises import EXERCISES, check
from lecturelib.grading.cells import ANSWER, GRADE, place_of


def graded(node):
    """List the graded cells."""
    return [cell for cell in node.cells if (place := place_of(cell)) is not None and place.part == GRADE]


def value_of(cell):
    """Return the text of a graded cell's value, as nbgrader reads it."""
    (result,) = (output for output in cell.outputs if output.output_type == "execute_result")
    assert set(result.data) == {"text/plain"}
    return result.data["text/plain"]


def shown_by(cell):
    """Return the card that a graded cell displays."""
    (card,) = (output for output in cell.outputs if output.output_type == "display_data")
    return card.data["text/html"]


def test_the_source_earns_all_points(source, run):
    earned = run(source)
    assert earned == {name: EXERCISES[name].points for name in earned}
    assert all(type(value) is float for value in earned.values())


def test_the_release_runs_to_its_end_and_earns_nothing(release, run):
    earned = run(release)
    assert earned == dict.fromkeys(earned, 0.0)
    assert all(type(value) is float for value in earned.values())
    for name in earned:
        stub = {}
        exec(EXERCISES[name].stub, stub)
        assert check(name, stub[name]).status == "not attempted"


def test_committed_outputs_say_the_same(source, release):
    for cell in graded(source):
        assert value_of(cell) == repr(float(cell.metadata.nbgrader.points))
        assert "Passed" in shown_by(cell)
    for cell in graded(release):
        assert value_of(cell) == "0.0"
        assert "Not attempted" in shown_by(cell)


def test_every_solution_passes_with_other_seeds(source):
    names = {}
    for cell in source.cells:
        place = place_of(cell)
        if (place is not None and place.part == ANSWER) or "setup" in cell.metadata.get("tags", []):
            exec(cell.source, names)
    for name in [place_of(cell).exercise for cell in graded(source)]:
        for seed in range(1, 4):
            report = check(name, names[name], seed=seed)
            assert report.passed, f"{name}, seed {seed}: {report.diagnosis}"


@pytest.mark.parametrize(
    "noise", ["print('debug', 1)", "import warnings; warnings.warn('careful')", "1 / np.array([0.0])"]
)
def test_a_print_or_a_warning_costs_nothing(source, run, capsys, noise):
    """nbgrader takes anything on stderr for a failure: nothing that a function prints may get there."""
    for cell in source.cells:
        cell.source = cell.source.replace("### BEGIN SOLUTION", noise)
    for cell in [
        cell
        for cell in source.cells
        if place_of(cell) is None and "setup" not in cell.metadata.get("tags", [])
    ]:
        source.cells.remove(cell)
    earned = run(source)
    assert earned == {name: EXERCISES[name].points for name in earned}
    assert capsys.readouterr() == ("", "")


def prose(node):
    """Return all Markdown as one line."""
    return re.sub(r"\s+", " ", " ".join(cell.source for cell in node.cells if cell.cell_type == "markdown"))


def test_the_worked_examples_of_homework_01_are_right(root):
    """Each number that the text states, computed by the library."""
    from lecturelib.grading.files import homeworks, read

    text = prose(read(homeworks(root)[0].source))
    x, pair, triple = [1, 2, 3, 5, 8], [1, 10], [1, 10, 100]
    full = " | ".join(f"**{number}**" for number in convolve(x, pair))
    assert f"| **full** | {full} |" in text
    for mode in ("same", "valid"):
        assert f"`{convolve(x, pair, mode).tolist()}`" in text
    assert f"1 · 1 + 2 · 10 + 3 · 100 = {cross_correlate(x, triple)[0]}" in text
    assert f"1 · 100 + 2 · 10 + 3 · 1 = {convolve(x, triple, 'valid')[0]}" in text
    for mode in ("full", "same", "valid"):
        rows = r" \\ ".join(" & ".join(map(str, row)) for row in toeplitz(pair, 3, mode).astype(int))
        assert rf"\begin{{pmatrix}} {rows} \end{{pmatrix}}}}_{{\text{{{mode}}}}}" in text
    assert f"$({', '.join(map(str, convolve([1, 2, 3], pair)))})$" in text
    assert f"`[{convolve(pair, [1, 2, 3]).tolist()}]`" in text


def test_the_worked_image_of_homework_01_is_right(root):
    from lecturelib.grading.files import homeworks, read

    text = prose(read(homeworks(root)[0].source))
    image, kernel = np.arange(1, 13).reshape(3, 4), np.array([[1, 10], [100, 1000]])
    assert f"6 · 1 + 5 · 10 + 2 · 100 + 1 · 1000 = {convolve(image, kernel, 'valid')[0, 0]}" in text
    assert f"Did you get {cross_correlate(image, kernel)[0, 0]}?" in text
    one_axis = [convolve(image, flipped, "valid")[0, 0] for flipped in (kernel[::-1], kernel[:, ::-1])]
    assert "{} or {}?".format(*sorted(one_axis)) in text


def test_the_text_renders_as_it_is_meant(source):
    """Code broken across lines becomes a list where the second line begins with a dash."""
    for cell in source.cells:
        if cell.cell_type == "markdown":
            html = markdown2html(cell.source)
            stray = re.search(r"[^<>]*`[^<>]*", html)
            assert stray is None, stray.group()
