"""translate, rotate, scale, warp, and the errors of equivariance and invariance."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from lecturelib import conv, convolve, pad
from lecturelib.operators.checks import BOUNDARIES
from lecturelib.operators.symmetry import (
    equivariance_error,
    invariance_error,
    rotate,
    scale,
    translate,
    warp,
)

#: SciPy's names of the five boundaries.
SCIPY = {"zeros": "grid-constant", "circular": "grid-wrap", "reflect": "mirror"}
SCIPY |= {"symmetric": "reflect", "edge": "nearest"}


def normal(seed, *shape):
    x = np.random.default_rng(seed).normal(size=shape)
    x.flags.writeable = False
    return x


def test_translate_by_hand():
    x = np.array([[1, 2, 3], [4, 5, 6]])
    assert translate(x, 1).tolist() == [[0, 1, 2], [0, 4, 5]]
    assert translate(x, -1).tolist() == [[2, 3, 0], [5, 6, 0]]
    assert translate(x, (1, 0)).tolist() == [[0, 0, 0], [1, 2, 3]]
    assert translate(x, (-1, 1), boundary="edge").tolist() == [[4, 4, 5], [4, 4, 5]]
    assert translate(x, [0, 2], boundary="reflect").tolist() == [[3, 2, 1], [6, 5, 4]]
    assert translate(x, [0, 2], boundary="symmetric").tolist() == [[2, 1, 1], [5, 4, 4]]
    assert translate(x, 4, boundary="circular").tolist() == [[3, 1, 2], [6, 4, 5]]
    assert translate(x, 4).tolist() == [[0, 0, 0], [0, 0, 0]]
    assert translate(x, ()).tolist() == x.tolist()
    assert translate(7, ()).tolist() == 7


@pytest.mark.parametrize("boundary", BOUNDARIES)
@given(
    st.lists(st.tuples(st.integers(1, 4), st.integers(-9, 9)), min_size=1, max_size=3),
    st.integers(0, 1),
    st.integers(0, 99),
)
@settings(max_examples=25)
def test_translate_is_pad_and_cut(boundary, axes, lead, seed):
    shape, shift = zip(*axes, strict=True)
    x = normal(seed, *(2,) * lead, *shape)
    pairs = [(max(s, 0), max(-s, 0)) for s in shift]
    padded = pad(x, pairs, boundary=boundary)
    kept = tuple(slice(max(-s, 0), max(-s, 0) + n) for n, s in axes)
    y = translate(x, shift, boundary=boundary)
    np.testing.assert_array_equal(y, padded[(..., *kept)])
    if boundary == "circular":
        np.testing.assert_array_equal(y, np.roll(x, shift, range(lead, x.ndim)))
    moved = np.stack([np.full(shape, s) for s in shift])
    np.testing.assert_array_equal(warp(x, moved, boundary=boundary), y)


@pytest.mark.parametrize("boundary", BOUNDARIES)
@pytest.mark.parametrize("sign", (1, -1))
def test_a_shift_may_be_astronomical(boundary, sign):
    x, period = np.arange(1, 6), 40  # a multiple of 5, of 8 and of 10
    near = 3 + period if boundary in ("circular", "reflect", "symmetric") else 30
    far = 10**30 * period + 3
    assert translate(x, sign * far, boundary=boundary).tolist() == (
        translate(x, sign * near, boundary=boundary).tolist()
    )


@pytest.mark.parametrize("dtype", ("?", "u1", "i8", "f2", "f4", "c16"))
def test_translate_keeps_the_dtype(dtype):
    x = np.array([1, 0, 1], dtype)
    x.flags.writeable = False
    for boundary in BOUNDARIES:
        assert translate(x, 1, boundary=boundary).dtype == dtype
    still = translate(x, 0)
    assert not np.shares_memory(still, x)
    assert not np.shares_memory(translate(x, ()), x)


def test_rotate_by_hand():
    x = np.array([[1, 2, 3], [4, 5, 6]])
    assert rotate(x, 90).tolist() == [[3, 6], [2, 5], [1, 4]]  # the right column goes on top
    assert rotate(x, 180).tolist() == [[6, 5, 4], [3, 2, 1]]
    assert rotate(x, -90).tolist() == rotate(x, 270).tolist() == [[4, 1], [5, 2], [6, 3]]
    assert rotate(x, 0).tolist() == rotate(x, -720).tolist() == x.tolist()
    # By 45 degrees the right neighbour moves to the upper right; a place reads at cos 45° times its own.
    c = np.sqrt(0.5)
    y = rotate([[0, 0, 0], [0, 0, 1], [0, 0, 0]], 45)
    expected = [[0, c * (1 - c), 2 - 2 * c], [0, 0, c * (1 - c)], [0, 0, 0]]
    np.testing.assert_allclose(y, expected, atol=1e-15)


@pytest.mark.parametrize("turns", range(-5, 6))
def test_quarter_turns_are_exact(turns):
    x = normal(0, 2, 3, 4, 5)
    y = rotate(x, 90 * turns)
    np.testing.assert_array_equal(y, np.rot90(x, turns, axes=(-2, -1)))
    assert not np.shares_memory(y, x)


@pytest.mark.parametrize("shape", ((5, 5), (4, 6), (1, 4)))
def test_nearly_a_quarter_turn_is_nearly_one(shape):
    x = normal(1, *shape)
    for turns in (-2, 0, 2) + ((1, 3) if shape[0] == shape[1] else ()):
        np.testing.assert_allclose(rotate(x, 90 * turns + 1e-9), np.rot90(x, turns), atol=1e-7)


@pytest.mark.parametrize("boundary", BOUNDARIES)
@pytest.mark.parametrize("shape", ((5, 5), (4, 7), (1, 3)))
def test_rotate_and_scale_agree_with_scipy(boundary, shape):
    x = normal(2, *shape)
    for degrees, factor in ((30, 1), (-100, 1), (200.5, 1), (0, 0.3), (0, 2.5)):
        angle = np.deg2rad(degrees)
        # SciPy's matrix takes places of the output to places of the input.
        matrix = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]) / factor
        centre = (np.array(shape) - 1) / 2
        expected = ndimage.affine_transform(
            x, matrix, centre - matrix @ centre, order=1, mode=SCIPY[boundary], prefilter=False
        )
        ours = rotate(x, degrees, boundary=boundary) if degrees else scale(x, factor, boundary=boundary)
        np.testing.assert_allclose(ours, expected, atol=1e-12)


def test_rotate_turns_as_scipy_does():
    x = np.zeros((9, 9))
    x[4, 7] = 1
    expected = ndimage.rotate(x, 30, reshape=False, order=1, mode="grid-constant")
    np.testing.assert_allclose(rotate(x, 30), expected, atol=1e-12)


def test_scale_by_hand():
    x = [[0, 0, 0, 0, 0], [0, 0, 8, 0, 0], [0, 0, 0, 0, 0]]
    assert scale(x, 2).tolist() == [[0, 2, 4, 2, 0], [0, 4, 8, 4, 0], [0, 2, 4, 2, 0]]
    assert scale([[1, 2, 3, 4, 5]], 0.5).tolist() == [[0, 1, 3, 5, 0]]
    assert scale([[1, 2, 3, 4, 5]], 0.5, boundary="edge").tolist() == [[1, 1, 3, 5, 5]]
    assert scale([[1, 2, 3, 4]], 2).tolist() == [[1.75, 2.25, 2.75, 3.25]]
    z = normal(3, 2, 4, 5)
    np.testing.assert_array_equal(scale(z, 1), z)


def test_warp_by_hand():
    x = np.array([1, 2, 3, 5, 8])
    assert warp(x, [[0, 0.5, 1, 1.5, -0.25]]).tolist() == [1, 1.5, 2, 2.5, 6]
    assert warp(x, [[0.5, 0, 0, 0, -1]], boundary="circular").tolist() == [4.5, 2, 3, 5, 1]
    assert warp(x, [[2.5, 0, 0, 0, 0]], boundary="reflect").tolist() == [4, 2, 3, 5, 8]
    down = np.stack([np.ones((2, 3)), np.zeros((2, 3))])
    assert warp([[1, 2, 3], [4, 5, 6]], down).tolist() == [[0, 0, 0], [1, 2, 3]]


@pytest.mark.parametrize("boundary", BOUNDARIES)
@given(st.lists(st.integers(1, 4), min_size=1, max_size=3), st.integers(0, 99))
@settings(max_examples=25)
def test_warp_agrees_with_scipy(boundary, shape, seed):
    x, displacement = normal(seed, 2, *shape), 3 * normal(seed + 1, len(shape), *shape)
    places = np.indices(shape) - displacement
    expected = [ndimage.map_coordinates(image, places, order=1, mode=SCIPY[boundary]) for image in x]
    np.testing.assert_allclose(warp(x, displacement, boundary=boundary), expected, atol=1e-12)
    np.testing.assert_array_equal(warp(x, np.zeros((len(shape), *shape)), boundary=boundary), x)


def test_nan_and_infinity_stay_where_they_have_a_share():
    x = np.array([1.0, np.nan, 3, np.inf, -np.inf, 6])
    np.testing.assert_array_equal(warp(x, np.zeros((1, 6))), x)
    np.testing.assert_array_equal(translate(x, 1), [0, *x[:5]])
    np.testing.assert_array_equal(translate(x, -2), [3, np.inf, -np.inf, 6, 0, 0])
    half = warp(x, np.full((1, 6), 0.5))
    assert np.isnan(half).tolist() == [False, True, True, False, True, False]
    assert half[3] == np.inf
    assert half[5] == -np.inf
    # Only the last place lies between two samples; the first two have neighbours that must not count.
    partly = warp([1.0, np.nan, 3, 4], [[0, 1, 0, 0.5]], boundary="edge")
    np.testing.assert_array_equal(partly, [1, 1, 3, 3.5])
    image = np.ones((3, 5))
    image[1, 2] = np.nan
    np.testing.assert_array_equal(scale(image, 1), image)


@pytest.mark.parametrize("boundary", BOUNDARIES)
def test_displacements_may_be_large(boundary):
    for size in (1e17, -1e300):
        y = warp([1.0, 2, 3], np.full((1, 3), size), boundary=boundary)
        assert np.isfinite(y).all()
        assert (y == 0).all() == (boundary == "zeros")


@pytest.mark.parametrize(
    "transform",
    [
        lambda x: rotate(x, 90),
        lambda x: rotate(x, 30),
        lambda x: scale(x, 2),
        lambda x: warp(x, np.full((1, 3), 0.5)),
    ],
)
def test_interpolation_keeps_float_types(transform):
    for given_type, expected in (("f2", "f2"), ("f4", "f4"), ("f8", "f8"), ("u1", "f8"), ("?", "f8")):
        x = np.ones((2, 2, 3), given_type)
        x.flags.writeable = False
        assert transform(x).dtype == expected
        assert not np.shares_memory(transform(x), x)
    np.testing.assert_allclose(transform(normal(0, 3, 3).astype("f4")), transform(normal(0, 3, 3)), atol=1e-6)


def test_equivariance_by_hand():
    x = np.array([1, 2, 3, 5, 8])

    def right(a):
        return translate(a, 1, boundary="circular")

    assert equivariance_error(np.square, right, x) == 0
    # cumsum(8, 1, 2, 3, 5) = 8, 9, 11, 14, 19; cumsum(x) moved = 19, 1, 3, 6, 11
    assert equivariance_error(np.cumsum, right, x) == 11
    assert invariance_error(np.sum, right, x) == 0
    assert invariance_error(lambda a: a, right, x) == 7  # |8 - 1| comes first, and is not -7 or a mean
    assert invariance_error(lambda a: -a, right, x) == 7
    assert type(equivariance_error(np.cumsum, right, x)) is type(invariance_error(np.sum, right, x)) is float


def test_the_two_sides_may_have_their_own_transformations():
    x = normal(4, 1, 1, 8)
    w = normal(5, 1, 1, 1)

    def shift(steps):
        return lambda a: translate(a, steps, boundary="circular")

    def layer(a):
        return conv(a, w, stride=2)

    assert equivariance_error(layer, shift(2), x, g_out=shift(1)) == 0
    assert equivariance_error(layer, shift(2), x) > 0.1
    assert equivariance_error(layer, shift(1), x, g_out=shift(1)) > 0.1


def test_convolution_is_equivariant_on_the_circle_and_not_with_zeros():
    x, k = normal(6, 16, 16), normal(7, 3, 3)

    def move(a):
        return translate(a, (1, -2), boundary="circular")

    assert equivariance_error(lambda a: convolve(a, k, "same", boundary="circular"), move, x) < 1e-14
    assert equivariance_error(lambda a: convolve(a, k, "same"), move, x) > 0.1


def test_differences_of_small_integers_do_not_wrap_around():
    x = np.array([0, 255], "u1")
    assert invariance_error(lambda a: a, lambda a: a[::-1], x) == 255
    assert invariance_error(lambda a: a > 9, lambda a: a[::-1], x) == 1
    assert invariance_error(lambda a: a * 1j, lambda a: -a.astype(float), [3.0, 4.0]) == 8


def test_nan_is_reported_not_hidden():
    x = np.array([1.0, np.nan, 2])
    assert np.isnan(invariance_error(lambda a: a, lambda a: a + 1, x))
    assert np.isnan(equivariance_error(np.square, np.negative, x))
    assert np.isnan(invariance_error(lambda a: a, lambda a: a, [np.inf]))


X = np.ones((2, 3))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: translate(X, 1.5), TypeError, "shift must be an integer; got 1.5 of type float"),
        (lambda: translate(X, (1, True)), TypeError, "shift must be an integer; got True"),
        (
            lambda: translate(X, (1, 2, 3)),
            ValueError,
            r"shift must be at most 2 integers, one for each axis of x; got \(1, 2, 3\)",
        ),
        (
            lambda: translate(X, 1, boundary="wrap"),
            ValueError,
            "boundary must be one of 'zeros', .*; got 'wrap'",
        ),
        (lambda: translate([], 1), ValueError, "x must not be empty"),
        (lambda: translate("a", 1), TypeError, "x must hold numbers"),
        (lambda: rotate(X[0], 90), ValueError, r"x must have shape \(\.\.\., H, W\); got shape \(3,\)"),
        (lambda: rotate(X, "90"), TypeError, "degrees must be a real number; got '90'"),
        (lambda: rotate(X, np.inf), ValueError, "degrees must be finite; got inf"),
        (lambda: rotate(X, 90, boundary=0), ValueError, "boundary must be one of .* got 0"),
        (lambda: rotate(X * 1j, 90), TypeError, "x must hold real numbers"),
        (lambda: scale(X[0], 2), ValueError, r"x must have shape \(\.\.\., H, W\); got shape \(3,\)"),
        (lambda: scale(X, 0), ValueError, r"factor must be a positive, finite number; got 0\.0"),
        (lambda: scale(X, -1), ValueError, r"factor must be a positive, finite number; got -1\.0"),
        (lambda: scale(X, np.nan), ValueError, "factor must be a positive, finite number; got nan"),
        (lambda: scale(X, np.inf), ValueError, "factor must be a positive, finite number; got inf"),
        (lambda: scale(X, 5e-324), ValueError, "factor must be a positive, finite number; got 5e-324"),
        (lambda: scale(X, (2, 2)), TypeError, "factor must be a real number"),
        (lambda: scale(X, 2, boundary="x"), ValueError, "boundary must be one of .* got 'x'"),
        (
            lambda: warp(X, X),
            ValueError,
            r"displacement must have shape \(d, \*S\) with S the last d = 1, 2 or 3 axes of x, of shape "
            r"\(2, 3\); got shape \(2, 3\)",
        ),
        (lambda: warp(X, np.ones((2, 3, 2))), ValueError, r"got shape \(2, 3, 2\)"),
        (lambda: warp(X, np.ones((3, 2, 2, 3))), ValueError, r"got shape \(3, 2, 2, 3\)"),
        (lambda: warp(X, 1), ValueError, r"got shape \(\)"),
        (lambda: warp(X, [[0, 0, np.nan]]), ValueError, "displacement must be finite; got NaN or infinity"),
        (lambda: warp(X, [[0, 0, 0]], boundary="x"), ValueError, "boundary must be one of .* got 'x'"),
        (lambda: warp(X, [["a"]]), TypeError, "displacement must hold numbers"),
        (lambda: equivariance_error(3, np.abs, X), TypeError, "f must be a function; got 3 of type int"),
        (lambda: equivariance_error(np.abs, None, X), TypeError, "g_in must be a function; got None"),
        (
            lambda: equivariance_error(np.abs, np.abs, X, g_out=1),
            TypeError,
            "g_out must be a function; got 1",
        ),
        (lambda: invariance_error(np.abs, X, X), TypeError, "g must be a function; got array"),
        (lambda: invariance_error("f", np.abs, X), TypeError, "f must be a function; got 'f'"),
        (
            lambda: equivariance_error(np.abs, np.transpose, X, g_out=np.abs),
            ValueError,
            r"f\(g_in\(x\)\) and g_out\(f\(x\)\) must have the same shape; got \(3, 2\) and \(2, 3\)",
        ),
        (
            lambda: invariance_error(np.abs, np.transpose, X),
            ValueError,
            r"f\(g\(x\)\) and f\(x\) must have the same shape; got \(3, 2\) and \(2, 3\)",
        ),
        (lambda: invariance_error(lambda a: None, np.abs, X), TypeError, r"f\(g\(x\)\) must hold numbers"),
        (lambda: invariance_error(np.abs, np.abs, []), ValueError, "x must not be empty"),
    ],
)
def test_errors(call, error, message):
    with pytest.raises(error, match=message):
        call()
