"""Explorers that Matplotlib draws: their numbers, their pictures, and what the page gets."""

import re
from itertools import product

import numpy as np
import pytest

from lecturelib.display.explorers import ConvolutionMatrix, SlidingKernel, convolution_matrix, sliding_kernel
from lecturelib.display.explorers.base import KeptFigure
from lecturelib.display.explorers.controls import Choice, Slider

X, W = np.array([1, 2, 3, 5, 8]), np.array([1, 10, 100])


def numbers_in(text: str) -> list[float]:
    return [float(part) for part in re.findall(r"-?\d+\.?\d*", text.replace("−", "-"))]


def settings(explorer: KeptFigure):
    """Yield every combination of each control's least, default and greatest value."""
    names = list(explorer.values)

    def extremes(name, values):
        control = next(c for c in explorer.controls_for(values) if c.name == name)
        if isinstance(control, Slider):
            return sorted({control.minimum, control.value, control.maximum})
        return control.options if isinstance(control, Choice) else (False, True)

    def fill(values, rest):
        if not rest:
            yield dict(values)
            return
        for value in extremes(rest[0], values):
            yield from fill({**values, rest[0]: value}, rest[1:])

    return fill({}, names)


# The sliding kernel -----------------------------------------------------------------------------------------


def test_the_lecture_s_numbers_come_out():
    explorer = SlidingKernel()
    explorer.set(n=3)
    assert explorer.sentence.startswith(
        "n = 3: 2·100 + 3·10 + 5·1 = 235. The flipped kernel covers x[1] to x[3]."
    )
    explorer.set(flip=False)
    assert explorer.sentence.startswith(
        "n = 1: 2·1 + 3·10 + 5·100 = 532. The kernel as written covers x[1] to x[3]."
    )


def test_where_the_kernel_hangs_over_the_edge_zeros_are_counted():
    explorer = SlidingKernel()
    explorer.set(n=0)
    assert "n = 0: 1·1 = 1. The flipped kernel covers x[0] and 2 zeros outside it" in explorer.sentence
    explorer.set(n=5)
    assert (
        "n = 5: 5·100 + 8·10 = 580. The flipped kernel covers x[3] to x[4] and 1 zero outside"
        in explorer.sentence
    )


@pytest.mark.parametrize(
    "x, w", [(X, W), ([2.5, -1, 4], [1, -2]), ([3], [2, -1, 5, 1]), ([1, -2, 0, 4], [7])]
)
def test_sliding_numbers_agree_with_numpy_at_every_setting(x, w):
    explorer = SlidingKernel(x, w)
    for values in settings(explorer):
        explorer.set(**values)
        expected = np.convolve(x, w) if values["flip"] else np.correlate(x, w, "full")
        step = explorer.compute(values)
        np.testing.assert_allclose(step.outputs, expected, rtol=1e-12)
        np.testing.assert_allclose(step.products.sum(), expected[values["n"]], rtol=1e-12)
        equation = explorer.sentence.split(". The ")[0]
        assert numbers_in(equation.split(" = ")[-1]) == [pytest.approx(expected[values["n"]], rel=1e-3)]


def test_the_sum_in_the_sentence_is_true():
    explorer = SlidingKernel([2, -1, 4], [1, -2])
    for n, flip in product(range(4), (True, False)):
        explorer.set(n=n, flip=flip)
        terms, result = re.match(r"n = −?\d: (.*) = (\S+)\. The", explorer.sentence).groups()
        total = sum(np.prod(numbers_in(term)) for term in terms.split(" + "))
        assert [total] == numbers_in(result)


@pytest.mark.parametrize("n, k", [(5, 3), (6, 2), (3, 4), (4, 1), (5, 5)])
@pytest.mark.parametrize("mode", ["full", "same", "valid"])
def test_the_shaded_outputs_are_numpy_s(n, k, mode):
    rng = np.random.default_rng(n + k)
    x, w = rng.normal(size=n), rng.normal(size=k)
    shaded = np.convolve(x, w)[sliding_kernel.belongs(n, k, mode)]
    if mode == "same":
        assert shaded.size == n  # numpy takes the longer of both instead
        start = (k - 1) // 2
        np.testing.assert_array_equal(shaded, np.convolve(x, w)[start : start + n])
    else:
        np.testing.assert_allclose(shaded, np.convolve(x, w, mode), rtol=1e-12)


@pytest.mark.parametrize("flip", [True, False])
def test_the_sliding_picture_shows_the_numbers(flip):
    explorer = SlidingKernel()
    for n in (0, 2, 6):
        figure = explorer.frame(n=n, flip=flip, mode="valid")
        inputs, kernel, multiplied, outputs = figure.axes
        np.testing.assert_array_equal(inputs.lines[-1].get_ydata(), X)
        heads = [(line.get_xdata()[0], line.get_ydata()[0]) for line in kernel.lines[2::2]]
        laid = W[::-1] if flip else W
        assert heads == [(n - 2 + i, laid[i]) for i in range(3)]
        shown = {
            line.get_xdata()[0]: line.get_ydata()[0] for line in multiplied.lines[2::2] if line.get_visible()
        }
        assert shown == {n - 2 + i: X[n - 2 + i] * laid[i] for i in range(3) if 0 <= n - 2 + i < 5}
        expected = np.convolve(X, W) if flip else np.correlate(X, W, "full")
        heads = outputs.lines[2:-1:2]
        np.testing.assert_array_equal([line.get_ydata()[0] for line in heads], expected)
        assert [line.get_alpha() for line in heads] == [1.0 if i <= n else 0.3 for i in range(7)]
        first = 0 if flip else -2  # n of a correlation is where the kernel begins
        assert [line.get_xdata()[0] for line in heads] == list(range(first, first + 7))
        assert outputs.lines[-1].get_xydata().tolist() == [[n + first, expected[n]]]
        shade = [patch.get_x() + 0.5 for patch in outputs.patches if patch.get_visible()]
        assert shade == [first + 2, first + 3, first + 4]  # valid: 2, 3, 4 or 0, 1, 2
        assert [patch.get_visible() for patch in outputs.patches] == [2 <= i <= 4 for i in range(7)]


def test_the_products_are_spelled_out_where_there_is_room():
    texts = [text.get_text() for text in SlidingKernel().frame(n=1).axes[2].texts]
    assert texts == ["outside", "1·10\n= 10", "2·1\n= 2"]
    crowded = SlidingKernel([1.25, -2.5] * 5, [-1.25, 2, 3, 4, 5]).frame(n=6).axes[2].texts
    assert [text.get_text() for text in crowded] == ["6.25", "−10", "3.75", "−5", "−1.56"]


@pytest.mark.slow
def test_labels_keep_clear_of_each_other():
    for explorer in (SlidingKernel(), SlidingKernel([1.25, -2.5] * 5, [-1.25, 2, 3, 4, 5])):
        for n in range(explorer.x.size + explorer.w.size - 1):
            figure = explorer.frame(n=n)
            for axes in figure.axes:
                boxes = [text.get_window_extent() for text in axes.texts if text.get_visible()]
                boxes = [box for box in boxes if box.width > 1]
                assert all(box.x0 >= 0 and box.x1 <= 900 and box.y0 >= 0 and box.y1 <= 640 for box in boxes)
                pairs = [(a, b) for i, a in enumerate(boxes) for b in boxes[:i]]
                assert not any(a.shrunk(0.9, 0.8).overlaps(b.shrunk(0.9, 0.8)) for a, b in pairs), n


# The convolution matrix -------------------------------------------------------------------------------------


def test_the_lecture_s_row_comes_out():
    explorer = ConvolutionMatrix()
    assert explorer.sentence.startswith(
        "n = 2: (100, 10, 1) against x[0..2] gives 123. The matrix has 7 rows and 5"
    )
    explorer.set(mode="circular", row=0)
    assert explorer.sentence.startswith("n = 0: (1, 100, 10) against x[0], x[3], x[4] gives 581.")
    assert explorer.sentence.endswith("each diagonal holds one number and wraps around.")


@pytest.mark.parametrize("k", [[1, 10, 100], [2, -1], [0.5, 0, -1.25, 3], [4]])
@pytest.mark.parametrize("n", [5, 8])
def test_every_matrix_does_what_numpy_does(k, n):
    x = np.random.default_rng(n).normal(size=n)
    for flip, mode in product((True, False), ("full", "same", "valid", "circular")):
        seen = convolution_matrix.compute(np.array(k), x, 0, mode, flip)
        if mode == "circular":
            spectrum = np.fft.fft(k, n) if flip else np.fft.fft(k, n).conj()
            expected = np.fft.ifft(np.fft.fft(x) * spectrum).real
        elif mode == "same":
            start = (len(k) - 1) // 2
            full = np.convolve(x, k) if flip else np.correlate(x, k, "full")
            expected = full[start : start + n]
        else:
            expected = np.convolve(x, k, mode) if flip else np.correlate(x, k, mode)
        np.testing.assert_allclose(seen.y, expected, atol=1e-12)
        np.testing.assert_array_equal(seen.matrix[~seen.pattern], 0)


@pytest.mark.slow
def test_matrix_numbers_hold_at_every_setting():
    explorer = ConvolutionMatrix([0.5, 0, -1.25], 5)
    for values in settings(explorer):
        explorer.set(**values)
        assert explorer.values == values
        seen = explorer.compute(values)
        first = explorer.sentence.split(". The matrix")[0]
        assert numbers_in(first.split(" gives ")[1]) == [
            pytest.approx(seen.y[values["row"]], rel=1e-3, abs=1e-9)
        ]
        meant = {"full": values["n"] + 2, "valid": values["n"] - 2}.get(values["mode"], values["n"])
        assert seen.y.size == meant
        np.testing.assert_allclose(seen.weights @ seen.x[seen.columns], seen.y[values["row"]], atol=1e-12)


def test_a_zero_of_the_kernel_is_still_part_of_the_band():
    seen = convolution_matrix.compute(np.array([0.5, 0, -1.25]), np.arange(5.0), 1, "valid")
    assert seen.columns.tolist() == [1, 2, 3]
    assert seen.weights.tolist() == [-1.25, 0, 0.5]


@pytest.mark.parametrize("mode, row", [("full", 0), ("full", 6), ("valid", 1), ("circular", 1)])
def test_the_matrix_picture_shows_the_numbers(mode, row):
    explorer = ConvolutionMatrix()
    figure = explorer.frame(mode=mode, row=row)
    (axes,) = figure.axes
    seen = explorer.compute({"n": 5, "mode": mode, "flip": True, "row": row})
    shown = axes.images[0].get_array()
    np.testing.assert_array_equal(shown.filled(0), seen.matrix)
    np.testing.assert_array_equal(shown.mask, ~seen.pattern)
    frames = [patch for patch in axes.patches if patch.get_linewidth() > 3 and patch.get_visible()]
    whole, *inputs, output = frames
    assert (whole.get_x(), whole.get_y(), whole.get_width(), whole.get_height()) == (-0.5, row - 0.5, 5, 1)
    assert [box.get_y() + 0.5 for box in inputs] == seen.columns.tolist()
    assert output.get_y() == row - 0.5
    texts = [text.get_text() for text in axes.texts]
    assert {str(value) for value in seen.y} <= set(texts)


@pytest.mark.parametrize(
    "mode, flip, first",
    [("full", True, 0), ("same", True, 1), ("valid", True, 2), ("circular", True, 0)]
    + [("full", False, -2), ("same", False, -1), ("valid", False, 0), ("circular", False, 0)],
)
def test_rows_keep_the_index_of_their_output(mode, flip, first):
    """So that one sees which rows "valid" leaves out, and that a correlation begins at 1 - K."""
    explorer = ConvolutionMatrix([1, 10, 100], 5)
    (axes,) = explorer.frame(mode=mode, flip=flip, row=0).axes
    labels = [text.get_text() for text in axes.texts if text.get_text().startswith("n = ")]
    rows = explorer.compute({"n": 5, "mode": mode, "flip": flip, "row": 0}).y.size
    assert labels == [f"n = {index}".replace("-", "−") for index in range(first, first + rows)]
    explorer.set(mode=mode, flip=flip)
    assert next(control for control in explorer.controls if control["name"] == "row")["first"] == first


def test_a_row_that_no_longer_exists_moves_to_the_last():
    explorer = ConvolutionMatrix()
    explorer.set(n=12, row=13)
    explorer.set(n=4)
    assert explorer.values == {"n": 4, "mode": "full", "flip": True, "row": 5}
    explorer.set(mode="valid")
    assert explorer.values["row"] == 1
    row = next(control for control in explorer.controls if control["name"] == "row")
    assert (row["maximum"], row["kind"]) == (1, "slider")
