"""The exercises of homework 02 against hand-worked numbers, the library, and experiments."""

import itertools
import math

import numpy as np
import pytest

import lecturelib as ll
from lecturelib.exercises import EXERCISES, check

shift = EXERCISES["shift"].reference
bad_pixels = EXERCISES["bad_pixels"].reference
project_circulant = EXERCISES["project_circulant"].reference
equivariant_under = EXERCISES["equivariant_under"].reference


# --- shift ---


def test_hand_worked_shifts():
    x = np.array([[1, 2, 3], [4, 5, 6]])
    assert shift(x, (1, -1), "zeros").tolist() == [[0, 0, 0], [2, 3, 0]]
    assert shift(x, (1, -1), "wrap").tolist() == [[5, 6, 4], [2, 3, 1]]
    assert shift(x, (0, 3), "zeros").tolist() == [[0, 0, 0], [0, 0, 0]]
    assert shift(x, (-4, 3), "wrap").tolist() == x.tolist()


@pytest.mark.parametrize("seed", [0, 1])
def test_shift_agrees_with_the_library(seed):
    for problem in EXERCISES["shift"].problems(np.random.default_rng(seed)):
        x, v, mode = problem.args
        expected = ll.translate(x, v, boundary={"zeros": "zeros", "wrap": "circular"}[mode])
        got = shift(x, v, mode)
        np.testing.assert_array_equal(got, expected)
        assert got.dtype == x.dtype


def test_integers_that_come_back_as_floats_are_named_whatever_else_is_right():
    def function(x, v, mode):
        result = np.zeros(x.shape)
        result[...] = shift(x, v, mode)
        return result

    report = check("shift", function)
    assert report.mistake == "float_result"
    assert report.first_wrong.remark == "expected integers, got floating-point numbers of the same values"


def test_a_wrong_shift_is_named_though_its_numbers_are_floats_too():
    report = check("shift", lambda x, v, mode: np.roll(x.astype(float), v, axis=(0, 1)))
    assert report.mistake == "wraps_always"


def test_library_translate_is_refused():
    report = check("shift", lambda x, v, mode: ll.translate(x, v))
    assert report.score == 0 and "which may not be called here" in report.diagnosis


def test_damage_is_said_beside_the_mistake():
    def function(x, v, mode):
        for i, j in np.ndindex(x.shape):
            row, column = i - v[0], j - v[1]
            inside = 0 <= row < x.shape[0] and 0 <= column < x.shape[1]
            if mode == "wrap":
                row, column, inside = row % x.shape[0], column % x.shape[1], True
            x[i, j] = x[row, column] if inside else 0
        return x

    report = check("shift", function)
    assert report.mistake == "in_place"
    assert "changes its argument `x` in place" in report.diagnosis


# --- bad_pixels ---


def measured(h, w, k, v, seed=0):
    """Count by experiment, with the library's operators."""
    rng = np.random.default_rng(seed)
    x, kernel = rng.normal(size=(h, w)), rng.normal(size=(k, k))

    def moved(image):
        return ll.translate(image, v)

    def filtered(image):  # padded first, because "same" wants no kernel larger than the image
        return ll.cross_correlate(np.pad(image, k), kernel, "same")[k : k + h, k : k + w]

    return int(np.sum(np.abs(filtered(moved(x)) - moved(filtered(x))) > 1e-10))


@pytest.mark.parametrize(("v", "count"), [((1, 0), 32), ((1, 1), 60), ((2, 3), 54), ((0, 0), 0)])
def test_counts_of_the_lecture(v, count):
    assert bad_pixels(16, 16, 3, v) == measured(16, 16, 3, v) == count


def test_a_move_shorter_than_the_reach_spoils_less_where_zeros_came_in():
    assert bad_pixels(16, 16, 5, (1, 0)) == measured(16, 16, 5, (1, 0)) == 48
    assert bad_pixels(1, 6, 5, (0, 1)) == measured(1, 6, 5, (0, 1)) == 3


def test_counts_agree_with_an_experiment_for_all_small_cases():
    sizes, kernels, steps = [(1, 4), (3, 2), (4, 5)], (1, 3, 5, 9), range(-6, 7, 2)
    for (h, w), k, v in itertools.product(sizes, kernels, itertools.product(steps, steps)):
        assert bad_pixels(h, w, k, v) == measured(h, w, k, v), (h, w, k, v)
    for (h, w), v in itertools.product([(5, 7), (8, 3)], itertools.product((-3, -1, 0, 1, 2), repeat=2)):
        for k in (3, 5, 7):
            assert bad_pixels(h, w, k, v) == measured(h, w, k, v), (h, w, k, v)


# --- project_circulant ---


def test_projection_by_hand():
    W = np.array([[1, 4, 2], [1, 3, 4], [7, 6, 8]])
    assert project_circulant(W).tolist() == [[4, 5, 3], [3, 4, 5], [5, 3, 4]]


@pytest.mark.parametrize("n", [1, 2, 3, 5, 6])
def test_projection_is_circulant_idempotent_and_orthogonal(n):
    W = np.random.default_rng(n).normal(size=(n, n))
    C = project_circulant(W)
    step = np.roll(np.eye(n), 1, axis=0)
    np.testing.assert_allclose(C @ step, step @ C)
    np.testing.assert_allclose(project_circulant(C), C)
    for power in range(n):  # the remainder is orthogonal to every circulant matrix: nothing nearer exists
        basis = np.roll(np.eye(n), power, axis=0)
        assert math.isclose(float(np.sum((W - C) * basis)), 0, abs_tol=1e-12)


# --- equivariant_under ---


def output_of(layers, x, kernels):
    """Run a stack with a circular boundary."""
    for (kind, size, stride), kernel in zip(layers, kernels, strict=True):
        windows = np.lib.stride_tricks.sliding_window_view(
            np.pad(x, (0, size - 1), mode="wrap"), (size, size)
        )
        y = np.tensordot(windows, kernel, axes=2) if kind == "conv" else windows.max(axis=(2, 3))
        x = y[::stride, ::stride]
    return x


@pytest.mark.parametrize("seed", [0, 3])
def test_stacks_follow_their_shifts_in_an_experiment(seed):
    rng = np.random.default_rng(seed)
    for problem in EXERCISES["equivariant_under"].problems(rng):
        layers, moved_by = problem.args
        side = math.prod(stride for _, _, stride in layers)
        x = rng.normal(size=(9 * side, 11 * side))
        kernels = [rng.normal(size=(size, size)) for _, size, _ in layers]
        before = output_of(layers, x, kernels)
        after = output_of(layers, np.roll(x, moved_by, axis=(0, 1)), kernels)
        expected = equivariant_under(layers, moved_by)
        lags = [
            lag
            for lag in np.ndindex(before.shape)
            if np.allclose(np.roll(before, lag, axis=(0, 1)), after, atol=1e-12)
        ]
        if expected is None:
            assert lags == [], problem.label
        else:
            assert lags == [tuple(step % size for step, size in zip(expected, before.shape, strict=True))]


# --- wrong answers as students write them ---


def slices_without_care(x, v, mode):
    if mode == "wrap":
        return np.roll(x, v, (0, 1))
    result = np.zeros_like(x)
    rows, columns = v
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            if i - rows < len(x) and j - columns < x.shape[1]:
                result[i][j] = x[i - rows][j - columns]
    return result


def toeplitz_average(W):
    n, result = len(W), np.zeros(W.shape)
    for d in range(-n + 1, n):
        mean = np.mean(np.diag(W, d))
        for i in range(n):
            if 0 <= i + d < n:
                result[i, i + d] = mean
    return result


def transposed_average(W):
    n, result = len(W), np.zeros(W.shape)
    for d in range(n):
        mean = sum(W[i, (i + d) % n] for i in range(n)) / n
        for i in range(n):
            result[(i + d) % n, i] = mean
    return result


def rounding(layers, shift):
    u, v = shift
    for _, _, stride in layers:
        u, v = u // stride, v // stride
    return u, v


def adds_strides(layers, shift):
    total = 0
    for _, _, stride in layers:
        total += stride
    if total == 0:
        return shift
    return None if shift[0] % total or shift[1] % total else (shift[0] // total, shift[1] // total)


def frame_of_the_image(h, w, k, v):
    p = k // 2
    return sum(i < p or i >= h - p or j < p or j >= w - p for i in range(h) for j in range(w))


def strips(k, v, per_reach):
    return [per_reach * ((k - 1) // 2) if step else 0 for step in v]


def united_strips(h, w, k, v, per_reach=2):
    rows, columns = strips(k, v, per_reach)
    return rows * w + columns * h - rows * columns


def careful_strips(h, w, k, v):
    return 0 if abs(v[0]) >= h or abs(v[1]) >= w else united_strips(h, w, k, v)


def counted_strips(h, w, k, v):
    if abs(v[0]) >= h or abs(v[1]) >= w:
        return 0
    rows, columns = strips(k, v, 2)
    return sum(i < rows or j < columns for i in range(h) for j in range(w))


def one_strip(h, w, k, v):
    rows, columns = strips(k, v, 1)
    return sum(i < rows or j < columns for i in range(h) for j in range(w))


def corners_twice(h, w, k, v):
    if abs(v[0]) >= h or abs(v[1]) >= w:
        return 0
    bad = []
    for size, step in ((h, v[0]), (w, v[1])):
        held, p = size - abs(step), k // 2
        bad.append(min(size, held + p) - max(0, held - p) if step else 0)
    return bad[0] * w + bad[1] * h


def both_transformed_first(f, g_in, x, g_out=None):
    if g_out is None:
        g_out = g_in
    return np.abs(f(g_in(x)) - f(g_out(x))).max()


def never_carried(layers, shift):
    down, right = shift
    for _, _, stride in layers:
        if shift[0] % stride or shift[1] % stride:
            return None
        down, right = down // stride, right // stride
    return down, right


def over_the_product(layers, shift):
    if any(shift[0] % stride or shift[1] % stride for _, _, stride in layers):
        return None
    product = math.prod(stride for _, _, stride in layers)
    return shift[0] / product, shift[1] / product


def over_the_last(layers, shift):
    down, right = shift
    for _, _, stride in layers:
        if shift[0] % stride or shift[1] % stride:
            return None
        down, right = shift[0] // stride, shift[1] // stride
    return down, right


@pytest.mark.parametrize("function", [united_strips, careful_strips, counted_strips])
def test_strips_of_2p_are_told_from_the_border_and_given_their_width(function):
    diagnosis = check("bad_pixels", function).diagnosis
    assert diagnosis.startswith("You count 2p rows (or columns) for an axis that moves, p = (k - 1) // 2")
    assert "min(p, |d|)" in diagnosis and "exactly when" not in diagnosis


def test_a_mistake_is_not_said_to_be_made_where_it_does_no_harm():
    def function(h, w, k, v):
        return one_strip(h, w, k, v) if abs(v[0]) < h and min(v) >= 0 else bad_pixels(h, w, k, v)

    assert "exactly when" not in check("bad_pixels", function).diagnosis
    for name in ("bad_pixels", "equivariant_under"):
        problems = EXERCISES[name].problems(np.random.default_rng(0))
        assert not any("some of the image is left" in problem.traits for problem in problems)


def test_whole_numbers_may_come_as_floats_as_in_the_other_exercises():
    assert "whole numbers" in EXERCISES["equivariant_under"].statement

    def function(layers, shift):
        answer = equivariant_under(layers, shift)
        return answer and tuple(map(float, answer))

    assert check("equivariant_under", function).passed


@pytest.mark.parametrize(
    ("name", "function", "mistake"),
    [
        ("bad_pixels", united_strips, "strips_of_2p_as_they_come"),
        ("bad_pixels", careful_strips, "strips_of_2p_unlimited"),
        ("bad_pixels", counted_strips, "strips_of_2p"),
        ("bad_pixels", one_strip, "one_strip_always"),
        ("bad_pixels", corners_twice, "corners_twice_in_strips"),
        ("equivariance_error", both_transformed_first, "output_transformed_first"),
        ("equivariant_under", never_carried, "held_against_the_input"),
        ("equivariant_under", over_the_product, "held_and_fractions"),
        ("equivariant_under", over_the_last, "held_and_not_carried"),
        ("shift", slices_without_care, "negative_index"),
        ("shift", lambda x, v, mode: np.roll(x, v, (0, 1)), "wraps_always"),
        ("shift", lambda x, v, mode: shift(x, (-v[0], -v[1]), mode), "opposite"),
        ("bad_pixels", frame_of_the_image, "image_border"),
        ("bad_pixels", lambda h, w, k, v: bad_pixels(w, h, k, v), "sides_swapped"),
        ("project_circulant", toeplitz_average, "ordinary_diagonals"),
        ("project_circulant", transposed_average, "transposed"),
        ("project_circulant", lambda W: ll.circulant(W[:, 0], len(W)), None),
        ("equivariant_under", rounding, "rounds_down"),
        ("equivariant_under", adds_strides, "sum_of_strides"),
    ],
)
@pytest.mark.parametrize("seed", [0, 5])
def test_wrong_answers_as_students_write_them_are_named(name, function, mistake, seed):
    report = check(name, function, seed=seed)
    assert not report.passed
    assert report.mistake == mistake, report
