"""The exercises of homework 06 against hand-worked numbers, the library and what students write."""

import itertools
import math
import time

import numpy as np
import pytest

import lecturelib as ll
from lecturelib.exercises import EXERCISES, check
from lecturelib.networks import SGD

lecun_shapes = EXERCISES["lecun_shapes"].reference
max_grad = EXERCISES["max_grad"].reference
lcn = EXERCISES["lcn"].reference
tied_step = EXERCISES["tied_step"].reference
conv_backward = EXERCISES["conv_backward"].reference

NAMES = ("lecun_shapes", "max_grad", "lcn", "sparse_connect", "tied_step", "conv_backward")
SEEDS = (0, 1, 2)


def problems(name, seed):
    return [problem.args for problem in EXERCISES[name].problems(np.random.default_rng(seed))]


def test_topic_is_in_the_order_of_the_homework():
    exercises = EXERCISES.topic("training")
    assert tuple(exercise.name for exercise in exercises) == NAMES
    assert [exercise.points for exercise in exercises] == [2, 2, 3, 2, 2, 4]
    assert [exercise.minutes for exercise in exercises] == [10, 10, 25, 10, 15, 30]
    listed = list(EXERCISES)
    assert listed.index("softmax_map") < listed.index("lecun_shapes") < listed.index("separate")


@pytest.mark.parametrize("name", NAMES)
def test_many_mistakes_are_named_and_the_statement_says_what_is_flipped(name):
    assert len(EXERCISES[name].mistakes) >= 30
    if name in ("lecun_shapes", "lcn", "conv_backward"):
        assert "flip" in EXERCISES[name].statement


# --- lecun_shapes ---


def test_sides_by_hand():
    assert lecun_shapes(83) == [75, 66, 14, 6, 1]
    assert lecun_shapes(88) == [80, 71, 15, 7, 2]
    for n in (*range(1, 83), 0, -5):
        with pytest.raises(ValueError):
            lecun_shapes(n)


def test_sides_are_those_of_real_maps():
    for n in (83, 86, 101):
        x = np.zeros((1, 1, n, n))
        first = ll.conv(x, np.zeros((1, 1, 9, 9)))
        second = ll.max_pool(first, 10, stride=1)
        third = second[..., ::5, ::5]
        fourth = ll.conv(third, np.zeros((1, 1, 9, 9)))
        maps = (first, second, third, fourth, ll.max_pool(fourth, 6, stride=1))
        assert lecun_shapes(n) == [one.shape[-1] for one in maps]


def test_hints_do_not_give_the_smallest_picture_away():
    assert not any("83" in text or "82" in text for text in EXERCISES["lecun_shapes"].hints)
    small = [n for (n,) in problems("lecun_shapes", 0) if n < 83]
    assert sum(n < 9 for n in small) >= 3 and sum(n > 57 for n in small) >= 3


# --- max_grad ---


def test_gradient_of_the_maximum_by_hand():
    assert max_grad(np.array([1, 5, 5, 0, 5]), "first").tolist() == [0, 1, 0, 0, 0]
    np.testing.assert_allclose(max_grad(np.array([1, 5, 5, 0, 5]), "share") * 3, [0, 1, 1, 0, 1])
    for rule in ("first", "share"):
        assert max_grad(np.array([2, 1, 3]), rule).tolist() == [0, 0, 1]


@pytest.mark.parametrize("seed", SEEDS)
def test_gradient_of_the_maximum_agrees_with_pooling_and_adds_up_to_one(seed):
    for xs, rule in problems("max_grad", seed):
        gradient = max_grad(xs, rule)
        assert math.isclose(gradient.sum(), 1)
        expected = ll.max_pool_backward(np.ones((1, 1, 1)), xs[None, None], len(xs), ties=rule)
        np.testing.assert_allclose(gradient, expected[0, 0])
        if np.sum(xs == xs.max()) == 1 and np.diff(np.sort(xs))[-1:].sum() > 1e-3:
            steps = 1e-6 * np.eye(len(xs))
            differences = [(np.max(xs + step) - np.max(xs - step)) / 2e-6 for step in steps]
            np.testing.assert_allclose(gradient, differences, atol=1e-8 if xs.dtype != np.float32 else 0.2)


def test_ties_of_all_kinds_are_asked():
    lists = [xs for xs, rule in problems("max_grad", 0) if rule == "share"]
    tied = [int(np.sum(xs == xs.max())) for xs in lists]
    assert {1, 2, 3, 4} <= set(tied)
    both = list(zip(lists, tied, strict=True))
    assert any(len(xs) == 1 for xs in lists) and any(count == len(xs) > 2 for xs, count in both)
    assert any(xs.max() < 0 and count > 1 for xs, count in both)
    assert any(count == 1 and len(set(xs.tolist())) < len(xs) for xs, count in both)


# --- lcn ---


def test_local_contrast_by_hand():
    x, omega = np.array([[[0, 0, 8, 0, 0]]]), np.array([[0.25, 0.5, 0.25]])
    assert lcn(x, omega, 4.0, "zeros").tolist() == [[[0, -0.5, 1, -0.5, 0]]]
    levels = np.ones((4, 3, 3)) * np.arange(4)[:, None, None]
    y = lcn(levels, np.full((3, 3), 1 / 9), 100.0, "reflect")
    np.testing.assert_allclose(y[:, 1, 1] * 100, [-1.5, -0.5, 0.5, 1.5])


@pytest.mark.parametrize("seed", SEEDS)
def test_local_contrast_agrees_with_the_library(seed):
    for x, omega, c, mode in problems("lcn", seed):
        options = {"c": "mean" if c is None else c, "boundary": mode}
        expected = ll.local_contrast_normalization(x[None], omega, **options)[0]
        np.testing.assert_allclose(lcn(x, omega, c, mode), expected, rtol=1e-4, atol=1e-4)


def test_with_the_mean_contrast_does_not_count():
    rng = np.random.default_rng(5)
    x, omega = rng.normal(size=(3, 6, 5)), np.array([[1, 2, 1], [3, 0, 1], [1, 5, 2]]) / 16
    for mode in ("zeros", "reflect"):
        np.testing.assert_allclose(lcn(x / 100, omega, None, mode), lcn(x, omega, None, mode))
        assert np.abs(lcn(x / 100, omega, 0.5, mode)).max() < 0.1 * np.abs(lcn(x, omega, 0.5, mode)).max()


# --- tied_step ---


def test_tied_steps_by_hand():
    w, grads = np.array([1, 3]), np.array([10, 20])
    np.testing.assert_allclose(tied_step(w, grads, 0.1, "sum"), [-2, 0])
    np.testing.assert_allclose(tied_step(w, grads, 0.1, "mean"), [-0.5, 1.5])
    np.testing.assert_allclose(tied_step(w, grads, 0.1, "average_after"), [0.5, 0.5])
    copies = tied_step(np.full(5, 0.3), np.arange(1.0, 6), 0.1, "sum")
    np.testing.assert_allclose(copies, [-1.2] * 5)


@pytest.mark.parametrize("seed", SEEDS)
def test_tied_steps_agree_with_the_library(seed):
    for w, grads, lr, rule in problems("tied_step", seed):
        params = {"w": w.astype(float)}
        named = "average" if rule == "average_after" else rule
        ll.Tied(SGD(lr), {"w": (0,)}, rule=named).step(params, {"w": grads.astype(float)})
        np.testing.assert_allclose(tied_step(w, grads, lr, rule), params["w"], rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("seed", SEEDS)
def test_averaging_after_is_the_mean_for_equal_copies_alone(seed):
    starts = set()
    for w, grads, lr, rule in problems("tied_step", seed):
        if rule == "mean" and len(w) > 1:
            equal = bool(np.all(w == w[0]))
            starts.add(equal)
            after = tied_step(w, grads, lr, "average_after")
            assert np.allclose(after, after[0])
            assert np.allclose(tied_step(w, grads, lr, rule), after) is equal
            assert np.allclose(tied_step(w, grads, lr, "sum"), tied_step(w, grads, lr, "sum")[0]) is equal
    assert starts == {True, False}


# --- conv_backward ---


def test_layer_gradients_by_hand():
    dx, dw = conv_backward(*(np.array([[[row]]]) for row in ([1, 10], [1, 2, 3], [4, 5])))
    assert dx.ravel().tolist() == [4, 45, 50] and dw.ravel().tolist() == [21, 32]


@pytest.mark.parametrize("seed", SEEDS)
def test_layer_gradients_agree_with_the_library(seed):
    for dy, x, w in problems("conv_backward", seed):
        for found, expected in zip(conv_backward(dy, x, w), ll.conv_backward(dy, x, w)[:2], strict=True):
            np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)


# --- what students write ---


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("lecun_shapes", lambda n: [ll.output_size(n, 9)] * 5),
        ("max_grad", lambda xs, rule: ll.max_pool_backward(np.ones((1, 1, 1)), xs[None, None], len(xs))),
        ("lcn", lambda x, omega, c, mode: ll.local_contrast_normalization(x[None], omega, c=c or "mean")[0]),
        ("sparse_connect", lambda n, m, k, seed: ll.random_connections(np.random.default_rng(seed), m, n, k)),
        ("tied_step", lambda w, grads, lr, rule: ll.average_copies(w - lr * grads, (0,))),
        ("conv_backward", lambda dy, x, w: ll.conv_backward(dy, x, w)[:2]),
    ],
)
def test_library_is_refused(name, function):
    report = check(name, function)
    assert report.score == 0 and "which may not be called here" in report.diagnosis


def test_library_is_refused_under_its_real_names():
    from lecturelib.operators.conv import conv_backward as finished
    from lecturelib.operators.normalization import local_contrast_normalization as contrast

    for name, function in (
        ("conv_backward", lambda dy, x, w: finished(dy, x, w)[:2]),
        ("lcn", lambda x, omega, c, mode: contrast(x[None], omega, c=c or "mean", boundary=mode)[0]),
    ):
        assert "which may not be called here" in check(name, function).diagnosis


def shapes(second, third, *, end=True):
    def function(n):
        rows = [n - 8]
        rows.append(second(rows[-1]))
        rows.append(third(rows[-1]))
        rows += [rows[-1] - 8, rows[-1] - 13]
        if end and rows[-1] < 1:
            raise ValueError
        return rows

    return function


def larger_than_some(xs, rule):
    gradient = np.zeros(len(xs))
    for i, j in itertools.permutations(range(len(xs)), 2):
        if xs[i] > xs[j]:
            gradient[i] = 1
    return gradient


def marks_like_xs(xs, rule):
    gradient = np.zeros_like(xs)
    winners = np.flatnonzero(xs == xs.max())
    gradient[winners[:1] if rule == "first" else winners] = 1 if rule == "first" else 1 / len(winners)
    return gradient


def contrast(channels="mean", *, least=None):
    def around(maps, omega, mode):
        margins = [(side // 2,) * 2 for side in omega.shape]
        wide = np.pad(maps, margins, mode="constant" if mode == "zeros" else "reflect")
        return np.einsum("ijkl,kl->ij", np.lib.stride_tricks.sliding_window_view(wide, omega.shape), omega)

    def function(x, omega, c, mode):
        over = getattr(np, channels)
        v = x - around(over(x, axis=0), omega, mode)
        sigma = np.sqrt(around(over(v**2, axis=0), omega, mode))
        c = (sigma.mean() if least is None else least) if c is None else c
        divisor = np.maximum(c, sigma)
        return v / np.where(divisor > 0, divisor, 1)

    return function


def no_axis(w, grads, lr, rule):
    if rule == "average_after":
        return w - w + (w - lr * grads).mean()
    return w - lr * getattr(grads, rule)()


def with_scipy(dx_by, dw_by):
    signal = pytest.importorskip("scipy.signal")

    def function(dy, x, w):
        dx, dw = np.zeros(x.shape), np.zeros(w.shape)
        for b, f, c in np.ndindex(len(x), *w.shape[:2]):
            dx[b, c] += getattr(signal, dx_by)(dy[b, f], w[f, c], "full")
            dw[f, c] += getattr(signal, dw_by)(x[b, c], dy[b, f], "valid")
        return dx, dw

    return function


def last_product(dy, x, w):
    dx, dw = np.zeros(x.shape), np.zeros(w.shape)
    for b, f, i, j in np.ndindex(dy.shape):
        part = np.s_[b, :, i : i + w.shape[2], j : j + w.shape[3]]
        dx[part] += dy[b, f, i, j] * w[f]
        dw[f] = dy[b, f, i, j] * x[part]
    return dx, dw


WRONG = [
    ("lecun_shapes", shapes(lambda s: s - 9, lambda s: s // 5), "rounded_down"),
    ("lecun_shapes", shapes(lambda s: s // 10, lambda s: -(-s // 5)), "pooling_side_by_side"),
    ("lecun_shapes", shapes(lambda s: s - 9, lambda s: -(-s // 5), end=False), "unchecked"),
    ("lecun_shapes", shapes(lambda s: s - 10, lambda s: -(-s // 5)), None),
    ("max_grad", larger_than_some, "larger_than_any"),
    ("max_grad", marks_like_xs, "dtype_of_xs"),
    ("lcn", contrast("sum"), "weights_of_one_map"),
    ("lcn", contrast(least=1.0), "one_for_none"),
    ("tied_step", lambda w, grads, lr, rule: w - lr * grads, "never_tied"),
    ("tied_step", no_axis, "all_axes"),
    ("conv_backward", with_scipy("correlate2d", "correlate2d"), "dx_flip_wrong"),
    ("conv_backward", with_scipy("convolve2d", "convolve2d"), "dw_convolved"),
    ("conv_backward", last_product, "last_product_only"),
]


@pytest.mark.parametrize(("name", "function", "mistake"), WRONG)
@pytest.mark.parametrize("seed", [0, 5])
def test_wrong_answers_as_students_write_them_are_named(name, function, mistake, seed):
    report = check(name, function, seed=seed)
    assert not report.passed
    assert report.mistake == mistake, report


def test_right_gradients_by_scipy_pass():
    assert check("conv_backward", with_scipy("convolve2d", "correlate2d")).passed


def test_copies_changed_in_place_are_noticed():
    def in_place(w, grads, lr, rule):
        w -= (lr * grads.sum(axis=0)).astype(w.dtype)
        return w

    assert "changes its argument `w` in place" in check("tied_step", in_place).diagnosis


@pytest.mark.parametrize("name", NAMES)
def test_slow_answers_are_checked_in_half_a_second(name):
    best = math.inf
    for _ in range(3):
        begin = time.perf_counter()
        check(name, EXERCISES[name].variants[0])
        best = min(best, time.perf_counter() - begin)
    assert best < 0.5
