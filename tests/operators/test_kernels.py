"""Kernels that people designed."""

import numpy as np
import pytest
from scipy import ndimage

from lecturelib import (
    box,
    convolve,
    cross_correlate,
    gabor,
    gaussian,
    impulse,
    kernels,
    laplacian,
    sharpen,
    sobel,
)

RAMP = np.tile(np.arange(6.0), (5, 1))  # brighter to the right by 1 a pixel


def test_sobel_as_printed():
    assert sobel("x").tolist() == [[1, 0, -1], [2, 0, -2], [1, 0, -1]]
    assert sobel("y").tolist() == [[1, 2, 1], [0, 0, 0], [-1, -2, -1]]


def test_sobel_on_a_ramp():
    assert (convolve(RAMP, sobel("x"), "valid") == 8).all()
    assert (cross_correlate(RAMP, sobel("x")) == -8).all()
    assert (convolve(RAMP, sobel("y"), "valid") == 0).all()
    assert (convolve(RAMP.T, sobel("y"), "valid") == 8).all()


def test_sobel_agrees_with_ndimage():
    x = np.random.default_rng(0).normal(size=(7, 9))
    for direction, axis in (("x", 1), ("y", 0)):
        ours = convolve(x, sobel(direction), "same", boundary="symmetric")
        np.testing.assert_allclose(ours, ndimage.sobel(x, axis), atol=1e-12)


def test_kernels_are_the_callers_own():
    for make in (sobel, laplacian, sharpen, lambda: box(3), lambda: gaussian(3, 1), lambda: impulse(3)):
        first, expected = make(), make()
        first[...] = 99
        np.testing.assert_array_equal(make(), expected)
    assert kernels.SMOOTH.tolist() == [1, 2, 1]


@pytest.mark.parametrize(
    "kernel", [box(3), box((2, 5)), gaussian(7, 1.5), gaussian(4, 1, ndim=3), sharpen(0.5)]
)
def test_flat_regions_keep_their_value(kernel):
    np.testing.assert_allclose(kernel.sum(), 1)
    np.testing.assert_allclose(convolve(np.full((8,) * kernel.ndim, 3.0), kernel, "valid"), 3)


def test_shapes():
    assert box(3).shape == (3, 3)
    assert box(3, ndim=1).shape == (3,)
    assert box((2, 5)).shape == (2, 5)
    assert gaussian(5, 1, ndim=3).shape == (5, 5, 5)
    assert impulse(4, ndim=1).tolist() == [0, 1, 0, 0]


def test_gaussian_is_a_bell():
    bell = gaussian(31, 2.0, ndim=1)
    position = np.arange(31) - 15
    np.testing.assert_allclose(np.sum(bell * position**2), 4, rtol=1e-6)
    np.testing.assert_allclose(gaussian(31, 2.0), np.outer(bell, bell))
    np.testing.assert_allclose(
        gaussian(25, 3), ndimage.gaussian_filter(impulse(25), 3, truncate=4), atol=1e-6
    )


def test_laplacian_is_the_sum_of_second_derivatives():
    y, x = np.mgrid[0:5, 0:6].astype(float)
    assert (convolve(x**2 + 3 * y**2, laplacian(), "valid") == 8).all()
    assert laplacian(diagonals=True).tolist() == [[1, 1, 1], [1, -8, 1], [1, 1, 1]]
    assert laplacian().sum() == laplacian(diagonals=True).sum() == 0


def test_sharpen_takes_the_laplacian_away():
    x = np.random.default_rng(0).normal(size=(6, 7))
    expected = x[1:-1, 1:-1] - 0.3 * convolve(x, laplacian(), "valid")
    np.testing.assert_allclose(convolve(x, sharpen(0.3), "valid"), expected)


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5])
def test_the_impulse_changes_nothing(size):
    x = np.random.default_rng(0).normal(size=(6, 7))
    np.testing.assert_array_equal(convolve(x, impulse(size), "same"), x)


def test_gabor_by_hand():
    assert gabor(0, 0, beta_x=1, beta_y=1, f=2) == 1
    assert gabor(0, 0, alpha=3, beta_x=1, beta_y=1, f=2, phi=np.pi) == -3
    np.testing.assert_allclose(gabor(1, 2, beta_x=0.5, beta_y=0.25, f=3), np.exp(-1.5) * np.cos(3))
    # turned by 90 degrees the wave runs down: u = y, v = -x
    np.testing.assert_allclose(
        gabor(1, 2, beta_x=0.5, beta_y=0.25, f=3, tau=np.pi / 2), np.exp(-2.25) * np.cos(6)
    )
    np.testing.assert_allclose(
        gabor(4, 7, beta_x=0.5, beta_y=0.25, f=3, x0=3, y0=5), np.exp(-1.5) * np.cos(3)
    )
    # turned by 0.5 radians: both coordinates mix
    u, v = np.cos(0.5) + 2 * np.sin(0.5), 2 * np.cos(0.5) - np.sin(0.5)
    expected = np.exp(-0.5 * u**2 - 0.25 * v**2) * np.cos(3 * u)
    np.testing.assert_allclose(gabor(1, 2, beta_x=0.5, beta_y=0.25, f=3, tau=0.5), expected)
    assert gabor(np.zeros((1, 4)), np.zeros((3, 1)), beta_x=1, beta_y=1, f=1).shape == (3, 4)


@pytest.mark.parametrize(
    ("function", "error", "message"),
    [
        (lambda: sobel("z"), ValueError, "direction must be one of 'x', 'y'; got 'z'"),
        (lambda: box(0), ValueError, "size must be at least 1; got 0"),
        (lambda: box((3, 2.5)), TypeError, "size must be an integer; got 2.5"),
        (lambda: gaussian(3, 0), ValueError, "sigma must be positive; got 0"),
        (lambda: gaussian(3, float("nan")), ValueError, "sigma must be positive; got nan"),
        (lambda: gaussian(3.0, 1), TypeError, "size must be an integer"),
        (lambda: impulse(3, ndim=0), ValueError, "ndim must be at least 1"),
    ],
)
def test_errors(function, error, message):
    with pytest.raises(error, match=message):
        function()


@pytest.mark.parametrize("size", [3, 4])
def test_a_tiny_sigma_gave_nan(size):
    """All samples of an even window are off the centre: each bell value was 0, and so was their sum."""
    kernel = gaussian(size, 1e-200)
    assert kernel.sum() == 1 and kernel.max() == (1 if size == 3 else 0.25)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: gaussian(3, None), TypeError, "sigma must be a real number; got None"),
        (lambda: gaussian(3, "1"), TypeError, "sigma must be a real number; got '1'"),
        (lambda: gaussian(3, np.nan), ValueError, "sigma must be positive; got nan"),
        (lambda: gaussian(3, 10**400), ValueError, "sigma must be within the range of a float"),
        (lambda: box(()), ValueError, r"size must hold at least one integer; got \(\)"),
        (lambda: box(3, ndim="2"), TypeError, "ndim must be an integer; got '2'"),
        (lambda: laplacian(diagonals=1), TypeError, "diagonals must be True or False; got 1"),
        (lambda: sharpen("1"), TypeError, "amount must be a real number; got '1'"),
        (lambda: sharpen(np.inf), ValueError, "amount must be finite; got inf"),
        (lambda: gabor("a", 0, beta_x=1, beta_y=1, f=1), TypeError, "x must hold numbers"),
        (lambda: gabor(0, [], beta_x=1, beta_y=1, f=1), ValueError, "y must not be empty"),
        (lambda: gabor(0, 0, beta_x=1, beta_y=1, f="1"), TypeError, "f must be a real number; got '1'"),
        (
            lambda: gabor([1, 2], [1, 2, 3], beta_x=1, beta_y=1, f=1),
            ValueError,
            r"x and y must have shapes that broadcast; got \(2,\) and \(3,\)",
        ),
    ],
)
def test_kernels_took_what_they_could_not_use(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_gabor_of_infinite_coordinates_is_silent():
    assert np.isnan(gabor([np.inf], 0, beta_x=0, beta_y=0, f=1)).all()
