"""The worked examples of homework 02: each number that the text states, computed."""

import re

import numpy as np
import pytest

import lecturelib as ll
from lecturelib.exercises import EXERCISES
from lecturelib.grading.files import homeworks, read


@pytest.fixture
def text(root):
    """Return all Markdown of homework 02 as one line."""
    (found,) = [one for one in homeworks(root) if one.name == "hw02_equivariance"]
    node = read(found.source)
    return re.sub(r"\s+", " ", " ".join(cell.source for cell in node.cells if cell.cell_type == "markdown"))


def matrix(array):
    """Write an array as LaTeX."""
    rows = r" \\ ".join(" & ".join(map(str, row)) for row in np.asarray(array, dtype=int).tolist())
    return rf"\begin{{pmatrix}} {rows} \end{{pmatrix}}"


def test_the_shifted_matrices_are_right(text):
    x = np.array([[1, 2, 3], [4, 5, 6]])
    assert f"x = {matrix(x)}" in text
    for mode, boundary in (("zeros", "zeros"), ("wrap", "circular")):
        moved = ll.translate(x, (1, -1), boundary=boundary)
        assert rf"\underbrace{{{matrix(moved)}}}_{{\text{{{mode}}}}}" in text


def test_the_equivariance_error_is_right(text):
    x = np.array([[1, 2, 3], [4, 5, 6]])
    ramp, roll = lambda x: x * np.array([[0], [1]]), lambda x: np.roll(x, 1, axis=0)
    left, right = ramp(roll(x)), roll(ramp(x))
    assert f"= f {matrix(roll(x))} = {matrix(left)}" in text
    assert f"= g {matrix(ramp(x))} = {matrix(right)}" in text
    error = ll.equivariance_error(ramp, roll, x)
    assert f"The largest in absolute value is {error:g}. Did you get {(left - right).max()}?" in text
    assert f"Did you get {(left - right).mean():g}?".replace("-", "−") in text


def test_the_row_of_six_pixels_is_right(text):
    x, kernel = np.array([1, 10, 100, 1000, 10000, 100000]), np.array([2, 3, 5])
    first = ll.cross_correlate(ll.translate(x, 2), kernel, "same")
    last = ll.translate(ll.cross_correlate(x, kernel, "same"), 2)
    names = {letter: int(weight) for letter, weight in zip("abc", kernel, strict=True)}
    for head, values in (("| $f(s(x))$ |", first), ("| $s(f(x))$ |", last)):
        cells = text.split(head)[1].split("|")[:6]
        sums = [
            sum(names[letter] * int(x[int(place)]) for letter, place in re.findall(r"([abc]) x_(\d)", cell))
            for cell in cells
        ]
        assert sums == values.tolist()
    assert np.flatnonzero(first != last).tolist() == [1, 5]
    count = EXERCISES["bad_pixels"].reference(1, 6, 3, (0, 2))
    assert f"`bad_pixels(1, 6, 3, (0, 2))` is {count}" in text


def test_the_row_under_a_kernel_that_reaches_further_than_the_move_is_right(text):
    x, kernel = 10.0 ** np.arange(6), np.array([2, 3, 5, 7, 11])
    first = ll.cross_correlate(ll.translate(x, 1), kernel, "same")
    last = ll.translate(ll.cross_correlate(x, kernel, "same"), 1)
    names = dict(zip("abcde", kernel, strict=True))
    table = text.split("**When the kernel reaches further than the image moves.**")[1]
    for head, values in (("| $f(s(x))$ |", first), ("| $s(f(x))$ |", last)):
        cells = table.split(head)[1].split("|")[:4]
        sums = [
            sum(names[letter] * x[int(place)] for letter, place in re.findall(r"([a-e]) x_(\d)", cell))
            for cell in cells
        ]
        assert sums == values[[0, 1, 4, 5]].tolist()
    assert np.flatnonzero(first != last).tolist() == [0, 4, 5]
    count = EXERCISES["bad_pixels"].reference(1, 6, 5, (0, 1))
    assert f"`bad_pixels(1, 6, 5, (0, 1))` is {count}, not 4." in text


def test_the_counts_of_the_statement_are_right(text):
    count = EXERCISES["bad_pixels"].reference
    counts = [count(16, 16, k, (1, 0)) for k in (3, 5)]
    assert "`v = (1, 0)` the answer is {} for `k = 3`, and {} for `k = 5`".format(*counts) in text


def test_the_frame_in_the_photo_begins_where_the_text_says(root, text):
    (found,) = [one for one in homeworks(root) if one.name == "hw02_equivariance"]
    source = "".join(cell.source for cell in read(found.source).cells if cell.cell_type == "code")
    photo = ll.data.photo("china", gray=True)[170:330, 60:260]
    kernel, v = ll.gaussian(15, sigma=4), (20, 30)
    assert "[170:330, 60:260]" in source and "ll.gaussian(15, sigma=4), (20, 30)" in source
    first = ll.cross_correlate(ll.translate(photo, v), kernel, "same")
    last = ll.translate(ll.cross_correlate(photo, kernel, "same"), v)
    white = np.argwhere(np.abs(first - last) > 1e-9)
    assert len(white) == EXERCISES["bad_pixels"].reference(*photo.shape, 15, v)
    row, column = white.min(axis=0)
    assert (row, column) == (v[0] - 7, v[1] - 7)
    assert f"the frame where the order matters, from row {row}, column {column} on." in source
    assert f"photo is at row {v[0]} and column {v[1]}" in text and "$p = 7$" in text


def test_the_stack_is_right(text):
    layers = [("conv", 3, 1), ("pool", 2, 2), ("conv", 5, 2)]
    assert 'layers = [("conv", 3, 1), ("pool", 2, 2), ("conv", 5, 2)]' in text
    for shift in ((8, -4), (6, 4)):
        row = text.split(f"| `{shift}` |")[1].split("|")[:4]
        for count, cell in enumerate(row):
            answer = EXERCISES["equivariant_under"].reference(layers[:count], shift)
            assert cell.strip().strip("*") == str(answer).replace("-", "−")


def test_the_nearest_circulant_matrix_is_right(text):
    W = np.array([[1, 4, 2], [1, 3, 4], [7, 6, 8]])
    nearest = ll.circulant(np.array([4, 3, 5]), 3)
    assert f"W = {matrix(W)}" in text and f"C = {matrix(nearest)}" in text
    np.testing.assert_allclose(EXERCISES["project_circulant"].reference(W), nearest)
