"""The exercises of homework 03 against hand-worked numbers, the library, experiments and brute force."""

import itertools
import json
import math

import numpy as np
import pytest

import lecturelib as ll
from lecturelib.exercises import EXERCISES, FrozenExercise, check, freeze

pool2d = EXERCISES["pool2d"].reference
max_pool_backward = EXERCISES["max_pool_backward"].reference
spatial_pyramid = EXERCISES["spatial_pyramid"].reference
p_unchanged = EXERCISES["p_unchanged"].reference
best_cardinality = EXERCISES["best_cardinality"].reference
channel_max = EXERCISES["channel_max"].reference


def problems(name, seed):
    return [problem.args for problem in EXERCISES[name].problems(np.random.default_rng(seed))]


# --- pool2d ---


def test_hand_worked_windows():
    x = np.array([[1, -2, 3], [-4, 5, -6], [-7, -8, -9]])
    assert pool2d(x, 2, 2, "max", False).tolist() == [[5]]
    assert pool2d(x, 2, 2, "max", True).tolist() == [[5, 3], [-7, -9]]
    assert pool2d(x, 2, 2, "mean", True).tolist() == [[0, -1.5], [-7.5, -9]]
    assert pool2d(np.array([[3, 0], [0, -4]]), 2, 1, "l2", False).tolist() == [[5]]


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_pool2d_agrees_with_the_library(seed):
    for x, k, s, op, ceil in problems("pool2d", seed):
        options = {"stride": s, "ceil": ceil}
        if op == "l2":
            expected = ll.lp_pool(x[None, None], k, p=2, **options)
        else:
            expected = (ll.max_pool if op == "max" else ll.avg_pool)(x[None, None], k, **options)
        np.testing.assert_allclose(pool2d(x, k, s, op, ceil), expected[0, 0], rtol=1e-5)


def test_pool2d_agrees_with_the_library_for_all_small_sizes():
    x = -np.arange(1.0, 43).reshape(6, 7)
    for k, s, ceil in itertools.product(range(1, 7), range(1, 9), (False, True)):
        expected = ll.max_pool(x[None, None], k, stride=s, ceil=ceil)[0, 0]
        np.testing.assert_array_equal(pool2d(x, k, s, "max", ceil), expected)


# --- max_pool_backward ---


def test_hand_worked_gradients():
    dy, x = np.array([[6.0, 10.0]]), np.array([[1, 2, 2], [0, 2, 1]])
    assert max_pool_backward(dy, x, 2, 1, "first").tolist() == [[0, 16, 0], [0, 0, 0]]
    np.testing.assert_allclose(
        max_pool_backward(dy, x, 2, 1, "share"), [[0, 3 + 10 / 3, 10 / 3], [0, 3 + 10 / 3, 0]]
    )


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_gradient_agrees_with_the_library_and_keeps_the_sum(seed):
    for dy, x, size, stride, ties in problems("max_pool_backward", seed):
        dx = max_pool_backward(dy, x, size, stride, ties)
        expected = ll.max_pool_backward(dy[None, None], x[None, None], size, stride=stride, ties=ties)
        np.testing.assert_allclose(dx, expected[0, 0], rtol=1e-5, atol=1e-5)
        assert math.isclose(dx.sum(), dy.sum(), abs_tol=1e-4)


def test_gradient_without_ties_agrees_with_differences():
    rng = np.random.default_rng(3)
    x, dy, step = rng.permutation(30).reshape(5, 6) / 1.0, rng.normal(size=(3, 4)), 1e-3
    numeric = np.zeros(x.shape)
    for place in np.ndindex(x.shape):
        change = np.zeros(x.shape)
        change[place] = step
        after, before = (pool2d(x + sign * change, 3, 1, "max", False) for sign in (1, -1))
        numeric[place] = np.sum(dy * (after - before)) / (2 * step)
    for ties in ("first", "share"):
        np.testing.assert_allclose(max_pool_backward(dy, x, 3, 1, ties), numeric, atol=1e-9)


# --- spatial_pyramid ---


def test_pyramid_by_hand():
    assert spatial_pyramid(np.arange(35).reshape(5, 7), 2).tolist() == [[9, 13], [30, 34]]
    assert spatial_pyramid(np.array([[-3, -1, -2]]), 1).tolist() == [[-1]]


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_pyramid_agrees_with_the_library(seed):
    for x, grid in problems("spatial_pyramid", seed):
        expected = ll.adaptive_pool(x[None, None], grid)[0, 0]
        np.testing.assert_array_equal(spatial_pyramid(x, grid), expected)


# --- p_unchanged ---


@pytest.mark.parametrize("k", [1, 2, 3, 4, 5])
def test_probability_by_all_orders(k):
    orders = list(itertools.permutations(range(k + 1)))
    kept = sum(max(order[:k]) == max(order[1:]) for order in orders)
    assert math.isclose(p_unchanged(k), kept / len(orders))


@pytest.mark.parametrize("k", [3, 10])
def test_probability_by_simulation(k):
    rows = np.random.default_rng(k).exponential(size=(40_000, k + 1))
    kept = np.mean(rows[:, :k].max(axis=1) == rows[:, 1:].max(axis=1))
    assert abs(kept - p_unchanged(k)) < 4 * math.sqrt(0.25 / len(rows))


@pytest.mark.parametrize("k", [(1, 1), (1, 3), (2, 2), (3, 1), (2, 3)])
def test_probability_in_an_image_by_all_places_of_the_largest(k):
    rows, columns = k
    places = np.arange((rows + 1) * (columns + 1)).reshape(rows + 1, columns + 1)
    first, second = set(places[:-1, :-1].flat), set(places[1:, 1:].flat)
    assert p_unchanged(k) == len(first & second) / len(first | second)


def test_probability_in_an_image_by_all_orders():
    both = np.array(list(itertools.permutations(range(7))))  # the first window has 0 to 3, the second 3 to 6
    kept = np.mean(both[:, :4].max(axis=1) == both[:, 3:].max(axis=1))
    assert math.isclose(p_unchanged((2, 2)), kept) and math.isclose(kept, 1 / 7)


def test_probability_in_an_image_by_simulation():
    images = np.random.default_rng(4).normal(size=(20_000, 5, 4))
    kept = np.mean(images[:, :-1, :-1].max(axis=(1, 2)) == images[:, 1:, 1:].max(axis=(1, 2)))
    assert abs(kept - p_unchanged((4, 3))) < 4 * math.sqrt(0.25 / len(images))


@pytest.mark.parametrize("seed", [0, 1, 2, 3])
def test_few_numbers_come_first_and_thousands_are_among_the_rest(seed):
    windows = [k for (k,) in problems("p_unchanged", seed)]
    counts = [2 * math.prod(np.atleast_1d(k)) - math.prod(np.atleast_1d(k) - 1) for k in windows]
    few = [count <= 10 for count in counts]
    assert few == [True] * 7 + [False] * 7 and min(counts[7:]) > 15
    assert max(k for k in windows if isinstance(k, int)) >= 1000
    assert max(max(k) for k in windows if isinstance(k, tuple)) >= 1000
    assert any(k[0] != k[1] for k in windows if isinstance(k, tuple))


# --- best_cardinality ---


def test_cardinality_of_the_lecture_and_a_tie():
    assert best_cardinality(0.05, 0.02) == 30
    assert best_cardinality(0.75, 0.25) == 1  # the gap is 1/2 for P = 1 and for P = 2


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_cardinality_agrees_with_a_long_table(seed):
    P = np.arange(1, 20_000)
    for a1, a2 in problems("best_cardinality", seed):
        gaps = np.abs((1 - (1 - a1) ** P) - (1 - (1 - a2) ** P))
        assert best_cardinality(a1, a2) == P[np.argmax(gaps)]
        best, second = np.sort(gaps)[-1:-3:-1]
        assert best == second or best - second > 1e-12  # rounding cannot decide


# --- channel_max ---


def test_channels_by_hand():
    x = np.array([1, -5, -2, -3]).reshape(4, 1, 1)
    assert channel_max(x, 2).ravel().tolist() == [1, -2]


@pytest.mark.parametrize("seed", [0, 1])
def test_channels_agree_with_the_library(seed):
    for x, pieces in problems("channel_max", seed):
        np.testing.assert_array_equal(channel_max(x, pieces), ll.maxout(x, pieces, axis=0))


# --- what students write ---


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("pool2d", lambda x, k, s, op, ceil: ll.max_pool(x[None, None], k, stride=s, ceil=ceil)[0, 0]),
        (
            "max_pool_backward",
            lambda dy, x, size, stride, ties: ll.max_pool_backward(
                dy[None, None], x[None, None], size, stride=stride, ties=ties
            )[0, 0],
        ),
        ("spatial_pyramid", lambda x, grid: ll.adaptive_pool(x[None, None], grid)[0, 0]),
        ("channel_max", lambda x, pieces: ll.maxout(x, pieces, axis=0)),
    ],
)
def test_library_operators_are_refused(name, function):
    report = check(name, function)
    assert report.score == 0 and "which may not be called here" in report.diagnosis


def test_operators_are_refused_under_their_real_names():
    from lecturelib.operators.pooling.bins import adaptive_pool

    report = check("spatial_pyramid", lambda x, grid: adaptive_pool(x[None, None], grid)[0, 0])
    assert report.score == 0 and "which may not be called here" in report.diagnosis


def padded_with_zeros(x, k, s, op, ceil):
    rows, columns = ((-(-(n - k) // s) if ceil else (n - k) // s) + 1 for n in x.shape)
    rows, columns = (min(count, -(-n // s)) for count, n in zip((rows, columns), x.shape, strict=True))
    padded = np.pad(x.astype(float), ((0, k), (0, k)))
    inside = np.pad(np.ones(x.shape), ((0, k), (0, k)))
    result = np.zeros((rows, columns))
    for i, j in np.ndindex(rows, columns):
        part = np.s_[i * s : i * s + k, j * s : j * s + k]
        window = padded[part]
        result[i, j] = {
            "max": window.max(),
            "mean": window.sum() / inside[part].sum(),
            "l2": np.linalg.norm(window),
        }[op]
    return result


def padded_and_beyond(x, k, s, op, ceil):
    """Fill up with zeros, take every window that the rounded size asks for, and let NumPy do the rest."""
    counts = [(-(-(n - k) // s) if ceil else (n - k) // s) + 1 for n in x.shape]
    padded, result = np.pad(x.astype(float), (0, k + s)), np.zeros(counts)
    for i, j in np.ndindex(*counts):
        window = padded[i * s : i * s + k, j * s : j * s + k]
        result[i, j] = {"max": np.max, "mean": np.mean, "l2": np.linalg.norm}[op](window)
    return result


def padded_mean_right(x, k, s, op, ceil):
    if op != "mean":
        return padded_and_beyond(x, k, s, op, ceil)
    inside = padded_and_beyond(np.ones(x.shape), k, s, op, ceil)
    return padded_and_beyond(x, k, s, op, ceil) / np.where(inside, inside, 1)


def padded_mean_divided_by_all(x, k, s, op, ceil):
    result = padded_with_zeros(x, k, s, op, ceil)
    return padded_and_beyond(x, k, s, op, ceil)[: len(result), : len(result[0])]


def filled_by_item(dy, x, size, stride, ties):
    dx = np.zeros(x.shape, dtype=int)
    for i, j in np.ndindex(dy.shape):
        window = x[i * stride : i * stride + size, j * stride : j * stride + size]
        winners = np.argwhere(window == window.max())
        for m, n in winners[:1] if ties == "first" else winners:
            share = dy[i, j] / (1 if ties == "first" else len(winners))
            dx[i * stride + m, j * stride + n] = dx[i * stride + m, j * stride + n] + share
    return dx


def drawn(k, draws=1500):
    """Draw the place of the largest of all numbers: any of them may be it."""
    sides = np.atleast_1d(k)
    shared = math.prod(sides - 1)
    return np.mean(np.random.default_rng().integers(2 * math.prod(sides) - shared, size=draws) < shared)


def row_known(other):
    return lambda k: other(*k) if isinstance(k, tuple) else (k - 1) / (k + 1)


def never_adds(dy, x, size, stride, ties):
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(dy.shape):
        window = x[i * stride : i * stride + size, j * stride : j * stride + size]
        m, n = np.unravel_index(np.argmax(window), window.shape)
        dx[i * stride + m, j * stride + n] = dy[i, j]
    return dx


def blocks(x, grid):
    height, width = (size // grid for size in x.shape)
    cut = x[: height * grid, : width * grid]
    return cut.reshape(grid, height, grid, width).max(axis=(1, 3))


def splits(x, grid):
    return [[part.max() for part in np.array_split(band, grid, axis=1)] for band in np.array_split(x, grid)]


def derivative(a1, a2):
    ratio = math.log(1 - a2) / math.log(1 - a1)
    return max(1, round(math.log(ratio) / math.log((1 - a1) / (1 - a2))))


def table_from_zero(a1, a2):
    P = np.arange(1, 5000)
    return np.argmax((1 - a2) ** P - (1 - a1) ** P)


@pytest.mark.parametrize(
    ("name", "function", "mistake"),
    [
        ("pool2d", padded_with_zeros, "zeros_win"),
        ("pool2d", padded_mean_divided_by_all, "zeros_take_part"),
        ("pool2d", padded_and_beyond, "zeros_take_part_beyond"),
        ("pool2d", padded_mean_right, "zeros_win_beyond"),
        ("max_pool_backward", never_adds, "overwritten"),
        ("max_pool_backward", filled_by_item, "integers_always"),
        ("spatial_pyramid", blocks, "remainder_lost"),
        ("spatial_pyramid", splits, "larger_first"),
        ("p_unchanged", lambda k: 1 - 1 / k, "newcomer_forgotten"),
        ("p_unchanged", drawn, "estimated"),
        ("p_unchanged", row_known(lambda rows, columns: drawn((rows, columns))), "estimated"),
        ("p_unchanged", row_known(lambda r, c: (r * c - 1) / (r * c + 1)), "area_as_k"),
        ("p_unchanged", row_known(lambda r, c: (c - 1) / (c + 1)), "to_the_right"),
        ("p_unchanged", row_known(lambda r, c: (r - 1) / (r + 1)), "down"),
        ("p_unchanged", row_known(lambda r, c: (r - 1) * (c - 1) / ((r + 1) * (c + 1))), "corners"),
        ("p_unchanged", row_known(lambda r, c: (r - 1) * (c - 1) / (2 * r * c)), "disjoint_windows"),
        ("best_cardinality", derivative, "rounded"),
        ("best_cardinality", table_from_zero, "index"),
        ("channel_max", lambda x, n: x.reshape(n, -1, *x.shape[1:]).max(axis=0), "strided_groups"),
        ("channel_max", lambda x, n: x.reshape(n, -1, *x.shape[1:]).max(axis=1), "number_of_groups"),
    ],
)
@pytest.mark.parametrize("seed", [0, 5])
def test_wrong_answers_as_students_write_them_are_named(name, function, mistake, seed):
    report = check(name, function, seed=seed)
    assert not report.passed
    assert report.mistake == mistake, report


def test_the_lecture_s_formula_alone_is_not_enough_for_images():
    report = check("p_unchanged", lambda k: (k - 1) / (k + 1))
    assert 0 < report.score < 1 and report.diagnosis.endswith("It is wrong exactly when k is a tuple.")


def test_a_rounded_answer_is_no_estimate():
    report = check("p_unchanged", lambda k: round(p_unchanged(k), 2) if k != 1 else 0)
    assert report.mistake == "rounded"


def test_one_array_of_integers_is_told_once():
    report = check("max_pool_backward", filled_by_item)
    assert report.diagnosis.count("integers") == 1 and "And when" not in report.diagnosis


def test_an_estimate_is_recognised_by_the_student_s_copy_too():
    exercise = EXERCISES["p_unchanged"]
    frozen = FrozenExercise.thaw(json.loads(json.dumps(freeze(exercise))))
    assert [one.within for one in frozen.mistakes] == [one.within for one in exercise.mistakes]
    assert check(frozen, drawn).mistake == "estimated"
    assert check(frozen, lambda k: drawn(k) + 0.1).mistake is None  # an estimate, and of something else
