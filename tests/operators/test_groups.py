"""Group convolution for translations and quarter turns."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import signal

from lecturelib.operators.groups import (
    p4_conv,
    p4_conv_backward,
    p4_lift,
    p4_lift_backward,
    p4_pool,
    p4_pool_backward,
    p4_rotate,
)
from lecturelib.operators.symmetry import equivariance_error, invariance_error

TURNS = pytest.mark.parametrize("turns", range(4))


def normal(seed, *shape):
    x = np.random.default_rng(seed).normal(size=shape)
    x.flags.writeable = False
    return x


def turn(turns):
    return lambda x: np.rot90(x, turns, axes=(-2, -1))


def turn_maps(turns):
    return lambda x: p4_rotate(x, turns)


def test_lift_by_hand():
    x, edge = [[[[8, 8, 0], [8, 8, 0]]]], [[[[1, -1], [1, -1]]]]
    assert p4_lift(x, edge)[0, 0].tolist() == [[[0, 16]], [[0, 0]], [[0, -16]], [[0, 0]]]
    assert p4_lift(x, edge, [1])[0, 0].tolist() == [[[1, 17]], [[1, 1]], [[1, -15]], [[1, 1]]]
    # One digit a tap shows where the kernel's taps go: counterclockwise, the second goes first.
    probe = np.array([[[[1, 10], [100, 1000]]]])
    read = p4_lift(probe, np.array([[[[1, 2], [3, 4]]]]))[0, 0, :, 0, 0]
    assert read.tolist() == [4321, 3142, 1234, 2413]


def test_conv_by_hand():
    x = np.array([1, 2, 3, 5]).reshape(1, 1, 4, 1, 1)
    w = np.array([1, 10, 100, 1000]).reshape(1, 1, 4, 1, 1)
    assert p4_conv(x, w).ravel().tolist() == [5321, 1532, 2153, 3215]
    assert p4_conv(x, w, [0.5]).ravel().tolist() == [5321.5, 1532.5, 2153.5, 3215.5]


def test_rotate_and_pool_by_hand():
    x = np.array([[[[[1, 2]], [[3, 4]], [[5, 6]], [[7, 8]]]]])
    assert p4_rotate(x, 1).tolist() == [[[[[8], [7]], [[2], [1]], [[4], [3]], [[6], [5]]]]]
    assert p4_rotate(x, 2).tolist() == [[[[[6, 5]], [[8, 7]], [[2, 1]], [[4, 3]]]]]
    for turns in (0, 4, -8):
        assert p4_rotate(x, turns).tolist() == x.tolist()
    assert p4_rotate(x, -1).tolist() == p4_rotate(x, 3).tolist()
    assert p4_pool(x).tolist() == [[[[7, 8]]]]
    assert p4_pool(x, how="average").tolist() == [[[[4, 5]]]]


def test_turns_are_a_group():
    x = normal(0, 2, 3, 4, 2, 5)
    for a in range(4):
        for b in range(4):
            np.testing.assert_array_equal(p4_rotate(p4_rotate(x, a), b), p4_rotate(x, a + b))
    assert len({p4_rotate(x, a).tobytes() for a in range(4)}) == 4


@TURNS
@pytest.mark.parametrize("shape", ((5, 5), (5, 6), (7, 5)))
@pytest.mark.parametrize("size", (1, 2, 3))
@pytest.mark.parametrize("padding", (0, 1, "full"))
def test_the_square_commutes(turns, shape, size, padding):
    x, b = normal(1, 2, 3, *shape), normal(2, 2)
    w, v = normal(3, 2, 3, size, size), normal(4, 3, 2, 4, size, size)

    def lift(a):
        return p4_lift(a, w, b, padding=padding)

    def group(a):
        return p4_conv(a, v, padding=padding)

    maps = lift(x)
    assert equivariance_error(lift, turn(turns), x, g_out=turn_maps(turns)) < 1e-12
    assert equivariance_error(group, turn_maps(turns), maps) < 1e-12
    for how in ("max", "average"):
        pool = lambda a, how=how: p4_pool(a, how=how)  # noqa: E731
        assert equivariance_error(pool, turn_maps(turns), maps, g_out=turn(turns)) < 1e-12
    whole = lambda a: p4_pool(np.maximum(group(np.maximum(lift(a), 0)), 0)).max((2, 3))  # noqa: E731
    assert invariance_error(whole, turn(turns), x) < 1e-11


def test_the_square_commutes_with_shifts_inside():
    x, w = np.zeros((1, 1, 9, 8)), normal(5, 2, 1, 3, 3)
    x[0, 0, 3:5, 3:5] = normal(6, 2, 2)
    move = lambda a: np.roll(a, (1, -1), (-2, -1))  # noqa: E731
    assert equivariance_error(lambda a: p4_lift(a, w), move, x) == 0


def test_same_is_for_odd_kernels():
    x = normal(7, 1, 1, 5, 4)
    for size, wrong in ((1, False), (2, True), (3, False), (4, True)):
        w = normal(8, 1, 1, size, size)
        lift = lambda a, w=w: p4_lift(a, w, padding="same")  # noqa: E731
        error = equivariance_error(lift, turn(1), x, g_out=turn_maps(1))
        assert error > 0.1 if wrong else error < 1e-13


def test_lopsided_padding_breaks_the_square():
    x, w = normal(7, 1, 1, 5, 5), normal(8, 1, 1, 3, 3)
    lift = lambda a: p4_lift(a, w, padding=((1, 0), (1, 0)))  # noqa: E731
    assert equivariance_error(lift, turn(1), x, g_out=turn_maps(1)) > 0.1


@given(
    st.integers(1, 3),
    st.integers(0, 3),
    st.integers(0, 3),
    st.integers(1, 2),
    st.integers(1, 3),
    st.integers(0, 99),
)
@settings(max_examples=30)
def test_agrees_with_the_definition(size, more_rows, more_columns, channels, filters, seed):
    shape = (size + more_rows, size + more_columns)
    x, w = normal(seed, 2, channels, 4, *shape), normal(seed + 1, filters, channels, 4, size, size)
    b = normal(seed + 2, filters)
    y, lifted = p4_conv(x, w, b), p4_lift(x[:, :, 1], w[:, :, 2], b)
    assert y.shape == lifted.shape == (2, filters, 4, more_rows + 1, more_columns + 1)
    for n, f, r in np.ndindex(2, filters, 4):
        parts = [
            signal.correlate(x[n, c, s], np.rot90(w[f, c, (s - r) % 4], r), "valid")
            for c in range(channels)
            for s in range(4)
        ]
        np.testing.assert_allclose(y[n, f, r], sum(parts) + b[f], atol=1e-12)
        parts = [signal.correlate(x[n, c, 1], np.rot90(w[f, c, 2], r), "valid") for c in range(channels)]
        np.testing.assert_allclose(lifted[n, f, r], sum(parts) + b[f], atol=1e-12)


def numeric_gradient(f, a, dy, h=1e-4):
    da = np.zeros(a.shape)
    for i in np.ndindex(a.shape):
        e = np.zeros(a.shape)
        e[i] = h
        da[i] = ((f(a + e) - f(a - e)) * dy).sum() / (2 * h)
    return da


@pytest.mark.parametrize("size", (2, 3))
@pytest.mark.parametrize("padding", (0, "same", "full", ((1, 0), (2, 1))))
@pytest.mark.parametrize("lifted", (False, True))
def test_gradients_by_central_differences(size, padding, lifted):
    orientations = (4,) if lifted else ()
    forward, backward = (p4_conv, p4_conv_backward) if lifted else (p4_lift, p4_lift_backward)
    x, w = normal(9, 1, 2, *orientations, 3, 4), normal(10, 2, 2, *orientations, size, size)
    b = normal(11, 2)
    y = forward(x, w, b, padding=padding)
    dy = normal(12, *y.shape)
    expected = (
        numeric_gradient(lambda a: forward(a, w, b, padding=padding), x, dy),
        numeric_gradient(lambda a: forward(x, a, b, padding=padding), w, dy),
        numeric_gradient(lambda a: forward(x, w, a, padding=padding), b, dy),
    )
    for ours, theirs in zip(backward(dy, x, w, padding=padding), expected, strict=True):
        assert ours.shape == theirs.shape
        assert np.abs(ours - theirs).max() <= 1e-7 * np.abs(theirs).max()
    dx, dw, _ = backward(dy, x, w, padding=padding)
    linear = np.vdot(y - b[:, None, None, None], dy)
    assert np.vdot(x, dx) == pytest.approx(linear, abs=1e-11)
    assert np.vdot(w, dw) == pytest.approx(linear, abs=1e-11)


@TURNS
def test_a_turned_lesson_teaches_the_same(turns):
    x, w, v = normal(13, 2, 1, 5, 4), normal(14, 2, 1, 3, 3), normal(15, 2, 2, 4, 2, 2)
    maps = p4_lift(x, w)
    dy, dz = normal(16, *maps.shape), normal(17, *p4_conv(maps, v).shape)
    dx, dw, db = p4_lift_backward(dy, x, w)
    turned = p4_lift_backward(p4_rotate(dy, turns), turn(turns)(x), w)
    for ours, theirs in zip(turned, (turn(turns)(dx), dw, db), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-12)
    dx, dw, db = p4_conv_backward(dz, maps, v)
    turned = p4_conv_backward(p4_rotate(dz, turns), p4_rotate(maps, turns), v)
    for ours, theirs in zip(turned, (p4_rotate(dx, turns), dw, db), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-12)


def test_gradient_of_the_pool():
    x = np.array([1, 5, 5, 0]).reshape(1, 1, 4, 1, 1)
    dy = [[[[8]]]]
    assert p4_pool_backward(dy, x).ravel().tolist() == [0, 8, 0, 0]
    assert p4_pool_backward(dy, x, ties="share").ravel().tolist() == [0, 4, 4, 0]
    assert p4_pool_backward(dy, x, how="average").ravel().tolist() == [2, 2, 2, 2]
    x, dy = normal(18, 2, 3, 4, 2, 3), normal(19, 2, 3, 2, 3)
    for how in ("max", "average"):
        expected = numeric_gradient(lambda a, how=how: p4_pool(a, how=how), x, dy)
        np.testing.assert_allclose(p4_pool_backward(dy, x, how=how), expected, atol=1e-9)


def test_nan_reaches_the_windows_that_hold_it():
    x = np.ones((1, 1, 3, 4))
    x[0, 0, 0, 0] = np.nan
    y = p4_lift(x, np.ones((1, 1, 2, 2)))
    assert np.isnan(y[0, 0]).tolist() == [[[True, False, False], [False, False, False]]] * 4
    y[0, 0, 1, 1, 1] = np.nan
    assert np.isnan(p4_pool(y)[0, 0]).tolist() == [[True, False, False], [False, True, False]]


@pytest.mark.parametrize(("given_type", "expected"), [("f4", "f4"), ("f8", "f8"), ("u1", "f8"), ("?", "f8")])
def test_dtypes_and_inputs_left_alone(given_type, expected):
    x, w = np.ones((1, 2, 3, 4), given_type), np.ones((3, 2, 2, 2), given_type)
    maps, v, b = np.ones((1, 3, 4, 2, 3), given_type), np.ones((2, 3, 4, 2, 2), given_type), np.ones(3)
    for a in (x, w, maps, v, b):
        a.flags.writeable = False
    results = [
        p4_lift(x, w, b),
        p4_conv(maps, v),
        *p4_lift_backward(np.ones((1, 3, 4, 2, 3)), x, w),
        *p4_conv_backward(np.ones((1, 2, 4, 1, 2)), maps, v),
        p4_pool(maps),
        p4_pool_backward(np.ones((1, 3, 2, 3)), maps),
        p4_pool_backward(np.ones((1, 3, 2, 3)), maps, how="average"),
    ]
    assert {result.dtype for result in results} == {np.dtype(expected)}
    for turns in range(4):
        assert p4_rotate(maps, turns).dtype == given_type
        assert not np.shares_memory(p4_rotate(maps, turns), maps)


X, W = np.ones((1, 2, 5, 6)), np.ones((3, 2, 3, 3))
MAPS, V = np.ones((1, 2, 4, 5, 6)), np.ones((3, 2, 4, 3, 3))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: p4_lift(X[0], W), ValueError, r"x must have shape \(N, C, H, W\); got shape \(2, 5, 6\)"),
        (
            lambda: p4_lift(MAPS, V),
            ValueError,
            r"x must have shape \(N, C, H, W\); got shape \(1, 2, 4, 5, 6\)",
        ),
        (
            lambda: p4_lift(X, W[..., :2]),
            ValueError,
            r"w must have shape \(F, 2, K, K\), with square kernels, for an x of shape \(1, 2, 5, 6\); "
            r"got shape \(3, 2, 3, 2\)",
        ),
        (lambda: p4_lift(X, W[:, :1]), ValueError, r"\(F, 2, K, K\), .* got shape \(3, 1, 3, 3\)"),
        (lambda: p4_lift(X, W[0]), ValueError, r"\(F, 2, K, K\), .* got shape \(2, 3, 3\)"),
        (
            lambda: p4_lift(X, W, [1.0]),
            ValueError,
            r"b must have shape \(3,\), one bias a filter; got shape \(1,\)",
        ),
        (lambda: p4_lift(X, W, padding=-1), ValueError, "padding must be at least 0; got -1"),
        (lambda: p4_lift(X, W, padding="wide"), ValueError, "padding must be one of .* got 'wide'"),
        (lambda: p4_lift(X[..., :2], W), ValueError, "w must fit"),
        (lambda: p4_lift(X * 1j, W), TypeError, "x must hold real numbers"),
        (lambda: p4_lift(X, "w"), TypeError, "w must hold numbers"),
        (
            lambda: p4_conv(X, V),
            ValueError,
            r"x must have shape \(N, C, 4, H, W\), 4 orientations a map; got shape \(1, 2, 5, 6\)",
        ),
        (lambda: p4_conv(MAPS[:, :, :3], V), ValueError, r"\(N, C, 4, H, W\), .* \(1, 2, 3, 5, 6\)"),
        (
            lambda: p4_conv(MAPS, V[:, :, :1]),
            ValueError,
            r"w must have shape \(F, 2, 4, K, K\), with square kernels, for an x of shape \(1, 2, 4, 5, 6\); "
            r"got shape \(3, 2, 1, 3, 3\)",
        ),
        (lambda: p4_conv(MAPS, V, np.ones((3, 4))), ValueError, r"b must have shape \(3,\).* \(3, 4\)"),
        (
            lambda: p4_lift_backward(np.ones((1, 3, 4, 4, 3)), X, W),
            ValueError,
            r"dy must have shape \(1, 3, 4, 3, 4\), that of the output; got shape \(1, 3, 4, 4, 3\)",
        ),
        (lambda: p4_lift_backward(X, X, W[0]), ValueError, "w must have shape"),
        (
            lambda: p4_conv_backward(np.ones((1, 12, 3, 4)), MAPS, V),
            ValueError,
            r"dy must have shape \(1, 3, 4, 3, 4\), that of the output; got shape \(1, 12, 3, 4\)",
        ),
        (lambda: p4_rotate(X, 1), ValueError, r"x must have shape \(N, C, 4, H, W\)"),
        (lambda: p4_rotate(MAPS, 0.5), TypeError, "turns must be an integer; got 0.5"),
        (lambda: p4_pool(X), ValueError, r"x must have shape \(N, C, 4, H, W\)"),
        (lambda: p4_pool(MAPS, how="sum"), ValueError, "how must be one of 'max', 'average'; got 'sum'"),
        (
            lambda: p4_pool_backward(MAPS, MAPS),
            ValueError,
            r"dy must have shape \(1, 2, 5, 6\), that of the output; got shape \(1, 2, 4, 5, 6\)",
        ),
        (lambda: p4_pool_backward(X, MAPS, how="sum"), ValueError, "how must be one of"),
        (lambda: p4_pool_backward(X, MAPS, ties="last"), ValueError, "ties must be one of 'first', 'share'"),
        (lambda: p4_pool_backward(X, X), ValueError, r"x must have shape \(N, C, 4, H, W\)"),
    ],
)
def test_errors(call, error, message):
    with pytest.raises(error, match=message):
        call()


@pytest.mark.parametrize("function", [p4_lift_backward, p4_conv_backward])
def test_infinities_in_turned_gradients_gave_a_warning(function):
    four = (4,) if function is p4_conv_backward else ()
    x, w = np.full((1, 1, *four, 1, 2), np.inf), np.ones((1, 1, *four, 1, 1))
    x[..., 1] = -np.inf
    dy = np.full((1, 1, 4, 1, 2), np.inf)
    dy[..., 1] = -np.inf
    _, dw, db = function(dy, x, w)
    assert np.isposinf(dw).all() and np.isnan(db).all()
