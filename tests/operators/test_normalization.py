"""Local contrast normalization, its two halves, and their gradients."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from lecturelib import gaussian, pad
from lecturelib.operators.checks import BOUNDARIES
from lecturelib.operators.normalization import (
    divisive_normalization,
    divisive_normalization_backward,
    local_contrast_normalization,
    local_contrast_normalization_backward,
    subtractive_normalization,
    subtractive_normalization_backward,
)
from lecturelib.operators.windows import pad_adjoint

WINDOW = gaussian(5, 1.0)
SCIPY = {"zeros": "constant", "circular": "wrap", "reflect": "mirror"}
SCIPY |= {"symmetric": "reflect", "edge": "nearest"}


def normal(seed, *shape):
    x = np.random.default_rng(seed).normal(size=shape)
    x.flags.writeable = False
    return x


def test_subtractive_by_hand():
    x = [[[0, 0, 8, 0, 0]]]
    assert subtractive_normalization(x, [1, 2, 1]).tolist() == [[[0, -2, 4, -2, 0]]]
    # The window is not flipped: it reads 3/4 of the right neighbour.
    assert subtractive_normalization(x, [0, 1, 3]).tolist() == [[[0, -6, 6, 0, 0]]]
    two = [[[0, 8, 0], [4, 4, 4]]]  # the mean of both maps is 2, 6, 2
    assert subtractive_normalization(two, [1]).tolist() == [[[-2, 2, -2], [2, -2, 2]]]


def test_a_constant_map_vanishes_but_for_a_border_of_zeros():
    x = np.full((1, 1, 12, 10), 7.0)
    v = subtractive_normalization(x, WINDOW)[0, 0]
    assert np.abs(v[2:-2, 2:-2]).max() <= 1e-14
    assert v[0, 0] == pytest.approx(3.557, abs=5e-4)
    assert v[0, 0] == pytest.approx(7 * (1 - WINDOW[2:, 2:].sum()), abs=1e-14)
    for boundary in set(BOUNDARIES) - {"zeros"}:
        assert np.abs(subtractive_normalization(x, WINDOW, boundary=boundary)).max() <= 1e-14


def test_weights_sum_to_one_over_the_maps_too():
    x = np.broadcast_to(np.arange(4.0)[:, None, None], (1, 4, 9, 8))
    v = subtractive_normalization(x, WINDOW)[0, :, 2:-2, 2:-2]
    np.testing.assert_allclose(v, (x - 1.5)[0, :, 2:-2, 2:-2], atol=1e-14)
    y = divisive_normalization(np.ones((1, 4, 9, 8)), WINDOW, c=1e-3)
    np.testing.assert_allclose(y[..., 2:-2, 2:-2], 1, atol=1e-14)  # sigma is 1, not 2


def test_divisive_by_hand():
    v = np.array([[[3, 3, 3, -12]]])
    assert divisive_normalization(v, [1], c=6).tolist() == [[[0.5, 0.5, 0.5, -1]]]
    np.testing.assert_allclose(  # the mean of sigma is 21 / 4
        divisive_normalization(v, [1]), [[[3 / 5.25, 3 / 5.25, 3 / 5.25, -1]]], rtol=1e-15
    )
    two = np.array([[[3, 0], [4, 0]]])  # sigma² is (9 + 16) / 2, and 0
    np.testing.assert_allclose(divisive_normalization(two, [1], c=0.5), two / np.sqrt(12.5), rtol=1e-15)
    # sigma² = 0 + 1/4 · 16 next to the bar, 1/2 · 16 on it
    np.testing.assert_allclose(
        divisive_normalization([[[0, 0, 4, 1]]], [1, 2, 1], c=0.1)[0, 0, 2], 4 / np.sqrt(8 + 0.25), rtol=1e-15
    )


def test_every_image_has_its_own_mean():
    v = normal(0, 2, 3, 5, 4) * np.array([1.0, 100])[:, None, None, None]
    together = divisive_normalization(v, gaussian(3, 1.0))
    for n in range(2):
        np.testing.assert_array_equal(
            together[n : n + 1], divisive_normalization(v[n : n + 1], gaussian(3, 1.0))
        )


def test_contrast_counts_with_a_number_and_not_with_the_mean():
    x = normal(1, 2, 3, 9, 7)
    for f in (divisive_normalization, local_contrast_normalization):
        np.testing.assert_allclose(f(10 * x, WINDOW), f(x, WINDOW), atol=1e-12)
        assert np.abs(f(0.1 * x, WINDOW, c=0.5) - f(x, WINDOW, c=0.5)).max() > 0.1
    faint = local_contrast_normalization(0.01 * x, WINDOW, c=0.5)
    np.testing.assert_allclose(faint, subtractive_normalization(0.01 * x, WINDOW) / 0.5, rtol=1e-14)


def test_where_the_divisor_is_zero_so_is_the_output():
    v = np.zeros((2, 2, 4, 5))
    v[1] = 1
    for f in (divisive_normalization, local_contrast_normalization):
        y = f(v, gaussian(3, 1.0))
        assert (y[0] == 0).all()
        assert (y[1] != 0).any()
    dv = divisive_normalization_backward(np.ones_like(v), v, gaussian(3, 1.0))
    assert (dv[0] == 0).all()


@pytest.mark.parametrize("boundary", BOUNDARIES)
@pytest.mark.parametrize(
    ("shape", "size"), [((7,), (3,)), ((5, 6), (3, 5)), ((2, 3), (7, 5)), ((3, 4, 5), (1, 3, 3))]
)
def test_agrees_with_scipy(boundary, shape, size):
    x, window = normal(2, 2, 3, *shape), np.random.default_rng(3).random(size)

    def local_mean(maps):
        mean = maps.mean(1)
        blurred = [ndimage.correlate(m, window / window.sum(), mode=SCIPY[boundary]) for m in mean]
        return np.stack(blurred)[:, None]

    v = x - local_mean(x)
    np.testing.assert_allclose(subtractive_normalization(x, window, boundary=boundary), v, atol=1e-13)
    sigma = np.sqrt(local_mean(v**2))
    for c in ("mean", 0.7):
        least = np.array([s.mean() for s in sigma]).reshape(2, *(1,) * (x.ndim - 1)) if c == "mean" else c
        expected = v / np.maximum(least, sigma)
        y = divisive_normalization(v, window, c=c, boundary=boundary)
        np.testing.assert_allclose(y, expected, atol=1e-13)
        y = local_contrast_normalization(x, window, c=c, boundary=boundary)
        np.testing.assert_allclose(y, expected, atol=1e-13)


def test_the_definition_written_out():
    x, window = normal(4, 1, 2, 3, 4), np.array([[0.0, 1, 0], [2, 3, 5], [0, 1, 4]])
    omega = window / window.sum() / 2
    padded = np.pad(x, [(0, 0), (0, 0), (1, 1), (1, 1)])
    mean, square = np.zeros((2, 3, 4))
    for i, j, k, p, q in np.ndindex(2, 3, 4, 3, 3):
        mean[j, k] += omega[p, q] * padded[0, i, j + p, k + q]
        square[j, k] += omega[p, q] * padded[0, i, j + p, k + q] ** 2
    np.testing.assert_allclose(subtractive_normalization(x, window), x - mean, atol=1e-15)
    sigma = np.sqrt(square)
    np.testing.assert_allclose(
        divisive_normalization(x, window), x / np.maximum(sigma, sigma.mean()), atol=1e-14
    )


def numeric_gradient(f, x, dy, h=1e-5):
    dx = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        e = np.zeros_like(x)
        e[i] = h
        dx[i] = ((f(x + e) - f(x - e)) * dy).sum() / (2 * h)
    return dx


def close(a, b):
    return np.abs(a - b).max() <= 1e-7 * np.abs(b).max()


@pytest.mark.parametrize("boundary", BOUNDARIES)
@pytest.mark.parametrize("c", ("mean", 0.9))
@pytest.mark.parametrize(
    ("shape", "size"),
    [
        ((1, 1, 6), (3,)),
        ((2, 3, 5), (5,)),
        ((2, 1, 3, 4), (3, 5)),
        ((1, 3, 4, 3), (3, 3)),
        ((1, 2, 2, 3, 2), (1, 3, 3)),
    ],
)
def test_gradients_by_central_differences(boundary, c, shape, size):
    x, dy = normal(5, *shape), normal(6, *shape)
    window = np.random.default_rng(7).random(size) + 0.1
    options = {"c": c, "boundary": boundary}
    for f, backward in (
        (divisive_normalization, divisive_normalization_backward),
        (local_contrast_normalization, local_contrast_normalization_backward),
    ):
        expected = numeric_gradient(lambda a, f=f: f(a, window, **options), x, dy)
        assert close(backward(dy, x, window, **options), expected)


def test_gradients_see_both_sides_of_the_maximum():
    v = normal(5, 2, 3, 5)
    sigma = np.sqrt(ndimage.convolve1d((v**2).mean(1), np.ones(3) / 3, mode="constant"))
    for c in (0.9, sigma.mean(1, keepdims=True)):
        assert (sigma > c).any()
        assert (sigma < c).any()


def test_gradients_at_the_kinks():
    # sigma = |v| = c: all goes to sigma, and v / |v| is constant
    assert divisive_normalization_backward([[[1.0, 1]]], [[[2.0, -2]]], [1], c=2).tolist() == [[[0, 0]]]
    # below c: v / c
    assert divisive_normalization_backward([[[1.0, 1]]], [[[2.0, 0]]], [1], c=4).tolist() == [[[0.25, 0.25]]]
    # sigma = c = the mean of all sigma: nothing through the mean
    assert divisive_normalization_backward([[[1.0, 0]]], [[[2.0, -2]]], [1]).tolist() == [[[0, 0]]]
    # sigma = (2, 0), c = 1: the second output is v / c, and sigma's own derivative at 0 counts as 0
    assert divisive_normalization_backward([[[0.0, 1]]], [[[2.0, 0]]], [1]).tolist() == [[[0, 1]]]


@pytest.mark.parametrize("boundary", BOUNDARIES)
@given(
    st.lists(st.tuples(st.integers(1, 4), st.sampled_from((1, 3, 5))), min_size=1, max_size=3),
    st.integers(1, 3),
    st.integers(0, 99),
)
@settings(max_examples=25)
def test_the_backward_of_the_subtraction_is_its_adjoint(boundary, axes, channels, seed):
    shape, size = zip(*axes, strict=True)
    x, dy = normal(seed, 2, channels, *shape), normal(seed + 1, 2, channels, *shape)
    window = np.random.default_rng(seed).random(size) + 0.01
    v = subtractive_normalization(x, window, boundary=boundary)
    dx = subtractive_normalization_backward(dy, x, window, boundary=boundary)
    assert np.vdot(v, dy) == pytest.approx(np.vdot(x, dx), abs=1e-12)


@pytest.mark.parametrize("boundary", BOUNDARIES)
@given(
    st.lists(st.tuples(st.integers(1, 4), st.integers(0, 6), st.integers(0, 6)), max_size=3),
    st.integers(0, 99),
)
@settings(max_examples=25)
def test_pad_adjoint_is_the_adjoint_of_pad(boundary, axes, seed):
    shape, pairs = tuple(n for n, *_ in axes), [tuple(pair) for _, *pair in axes]
    x = normal(seed, 2, *shape)
    padded = pad(x, pairs, boundary=boundary)
    y = normal(seed + 1, *padded.shape)
    back = pad_adjoint(y, pairs, boundary=boundary)
    assert back.shape == x.shape
    assert np.vdot(padded, y) == pytest.approx(np.vdot(x, back), abs=1e-11)
    assert not np.shares_memory(back, y)


def test_pad_adjoint_by_hand():
    y = np.array([1, 10, 100, 1000])
    assert pad_adjoint(y, [(1, 1)]).tolist() == [10, 100]
    assert pad_adjoint(y, [(1, 1)], boundary="circular").tolist() == [1010, 101]
    assert pad_adjoint(y, [(1, 1)], boundary="reflect").tolist() == [1010, 101]
    assert pad_adjoint(y, [(1, 1)], boundary="symmetric").tolist() == [11, 1100]
    assert pad_adjoint(y, [(2, 0)], boundary="edge").tolist() == [111, 1000]
    for boundary in BOUNDARIES:
        with pytest.raises(ValueError, match=r"pairs must leave something .* shape \(4,\); got \[\(2, 2\)\]"):
            pad_adjoint(y, [(2, 2)], boundary=boundary)
    with pytest.raises(ValueError, match="boundary must be one of .* got 'wrap'"):
        pad_adjoint(y, [(1, 1)], boundary="wrap")


FORWARD = (subtractive_normalization, divisive_normalization, local_contrast_normalization)
BACKWARD = (
    subtractive_normalization_backward,
    divisive_normalization_backward,
    local_contrast_normalization_backward,
)


@pytest.mark.parametrize(("given_type", "expected"), [("f2", "f2"), ("f4", "f4"), ("u1", "f8"), ("?", "f8")])
def test_dtypes_and_inputs_left_alone(given_type, expected):
    x = (10 * normal(8, 2, 2, 4, 5)).astype(given_type)
    window, dy = gaussian(3, 1.0), normal(9, 2, 2, 4, 5)
    for a in (x, window):
        a.flags.writeable = False
    exact = x.astype(float)
    tolerance = {"f2": 1e-2, "f4": 1e-5, "f8": 1e-15}[expected]
    for f, backward in zip(FORWARD, BACKWARD, strict=True):
        assert f(x, window).dtype == backward(dy, x, window).dtype == expected
        np.testing.assert_allclose(f(x, window), f(exact, window), rtol=tolerance, atol=tolerance)


def test_squares_of_half_precision_do_not_overflow():
    v = np.array([[[300, -400]]], "f2")
    assert divisive_normalization(v, [1], c=1).tolist() == [[[1, -1]]]


def test_nan_and_infinity_stay_in_their_neighbourhood_or_their_image():
    x = np.ones((2, 2, 6))
    x[0, 1, 1] = np.nan
    nan = np.isnan(subtractive_normalization(x, [1, 1, 1]))
    assert nan[0, 0].tolist() == nan[0, 1].tolist() == [True, True, True, False, False, False]
    assert not nan[1].any()
    nan = np.isnan(divisive_normalization(x, [1, 1, 1], c=2))
    assert nan[0, 0].tolist() == [True, True, True, False, False, False]
    assert np.isnan(divisive_normalization(x, [1, 1, 1]))[0].all()
    assert not np.isnan(divisive_normalization(x, [1, 1, 1]))[1].any()
    dv = np.isnan(divisive_normalization_backward(np.ones_like(x), x, [1, 1, 1], c=2))
    assert dv[0, 0].tolist() == [True, True, True, True, False, False]
    v = np.array([[[1.0, 1, 1, np.inf]]])
    y = divisive_normalization(v, [1, 1, 1], c=1)[0, 0]
    assert y[:3].tolist() == [1, 1, 0]
    assert np.isnan(y[3])


X = np.ones((1, 2, 4, 5))


@pytest.mark.parametrize("f", FORWARD)
@pytest.mark.parametrize(
    ("x", "window", "options", "error", "message"),
    [
        (X[0, 0], WINDOW, {}, ValueError, r"[xv] must have shape \(N, C, \*S\) with .* got shape \(4, 5\)"),
        (X * 1j, WINDOW, {}, TypeError, "[xv] must hold real numbers"),
        (
            X,
            [1, 2, 1],
            {},
            ValueError,
            r"window must have odd lengths along 2 axes, one for each spatial axis of [xv]; got shape \(3,\)",
        ),
        (X, np.ones((3, 4)), {}, ValueError, r"window must have odd lengths along 2 axes, .* \(3, 4\)"),
        (
            X,
            [[1, -1, 1]],
            {},
            ValueError,
            "window must hold finite weights, none negative and not all of them 0; "
            "got weights from -1.0 to 1.0",
        ),
        (X, [[0]], {}, ValueError, "window must hold finite weights, .* got weights from 0.0 to 0.0"),
        (X, [[np.nan]], {}, ValueError, "window must hold finite weights, .* got weights from nan to nan"),
        (X, [[1, np.inf, 1]], {}, ValueError, "window must hold finite weights, .* from 1.0 to inf"),
        (X, [["a"]], {}, TypeError, "window must hold numbers"),
        (X, WINDOW, {"boundary": "wrap"}, ValueError, "boundary must be one of 'zeros', .* got 'wrap'"),
    ],
)
def test_errors(f, x, window, options, error, message):
    with pytest.raises(error, match=message):
        f(x, window, **options)


@pytest.mark.parametrize("f", FORWARD[1:])
@pytest.mark.parametrize(
    ("c", "error", "message"),
    [
        ("median", ValueError, "c must be one of 'mean'; got 'median'"),
        (0, ValueError, "c must be 'mean' or a positive, finite number; got 0"),
        (-1.5, ValueError, "c must be 'mean' or a positive, finite number; got -1.5"),
        (np.inf, ValueError, "c must be 'mean' or a positive, finite number; got inf"),
        (np.nan, ValueError, "c must be 'mean' or a positive, finite number; got nan"),
        (None, TypeError, "c must be a real number; got None"),
        (True, TypeError, "c must be a real number; got True"),
    ],
)
def test_errors_of_c(f, c, error, message):
    with pytest.raises(error, match=message):
        f(X, WINDOW, c=c)


@pytest.mark.parametrize("backward", BACKWARD)
def test_errors_of_the_gradient(backward):
    with pytest.raises(
        ValueError, match=r"dy must have shape \(1, 2, 4, 5\), that of the output; got shape \(1, 2, 5, 4\)"
    ):
        backward(X.swapaxes(2, 3), X, WINDOW)
    with pytest.raises(TypeError, match="dy must hold real numbers"):
        backward(X * 1j, X, WINDOW)


def test_a_window_of_infinities_was_refused_with_a_warning():
    with pytest.raises(ValueError, match="window must hold finite weights"):
        subtractive_normalization([[[1, 2, 3]]], [np.inf, 1, -np.inf])
