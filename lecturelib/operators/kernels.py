"""Kernels that people designed: functions that return arrays."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from lecturelib.operators.checks import (
    each_axis,
    is_sequence,
    one_of,
    real_array,
    real_number,
    truth_value,
    whole_number,
)

SMOOTH = np.array([1.0, 2.0, 1.0])
DIFFERENCE = np.array([1.0, 0.0, -1.0])


def sobel(direction: str = "x") -> np.ndarray:
    """Sobel's kernel: the derivative along one direction, smoothed along the other.

    Parameters
    ----------
    direction : {"x", "y"}
        ``"x"`` runs along a row, to the right; ``"y"`` along a column, downwards.

    Returns
    -------
    ndarray of shape (3, 3)
        ``[[1, 0, -1], [2, 0, -2], [1, 0, -1]]`` for x, its transpose for y, as float64.

    Raises
    ------
    ValueError
        If the direction is unknown.

    Notes
    -----
    *Convolution* with it is positive where the image brightens along the direction. Cross-correlation
    does not flip it, so it gives the opposite sign. A slope of 1 a pixel answers with 8.

    Examples
    --------
    >>> sobel("x")
    array([[ 1.,  0., -1.],
           [ 2.,  0., -2.],
           [ 1.,  0., -1.]])
    """
    along_x = np.outer(SMOOTH, DIFFERENCE)
    return along_x if one_of("direction", direction, ("x", "y")) == "x" else np.ascontiguousarray(along_x.T)


def box(size: int | Sequence[int], *, ndim: int = 2) -> np.ndarray:
    """Box kernel: the mean of a window.

    Parameters
    ----------
    size : int or one int an axis
        Samples along each axis; one integer makes all `ndim` axes equal.
    ndim : int
        Number of axes, when `size` is one integer.

    Returns
    -------
    ndarray of shape (size, size) or (*size)
        Equal values that sum to 1.

    Raises
    ------
    TypeError
        If a size is not an integer.
    ValueError
        If a size is smaller than 1.

    Examples
    --------
    >>> box(4, ndim=1)
    array([0.25, 0.25, 0.25, 0.25])
    """
    ndim = whole_number("ndim", ndim, at_least=1)
    shape = each_axis("size", size, len(size) if is_sequence(size) else ndim)
    if not shape:
        raise ValueError(f"size must hold at least one integer; got {size!r}")
    return np.full(shape, 1.0 / np.prod(shape))


def gaussian(size: int, sigma: float, *, ndim: int = 2) -> np.ndarray:
    """Gaussian kernel: a blur without corners.

    Parameters
    ----------
    size : int
        Samples along each axis. Six sigma and one lose almost nothing.
    sigma : float
        Standard deviation, in samples.
    ndim : int
        Number of axes.

    Returns
    -------
    ndarray of shape (size,) * ndim
        Samples of the bell curve, centred in the window, scaled to sum to 1.

    Raises
    ------
    TypeError
        If the size or the number of axes is not an integer, or sigma is not a number.
    ValueError
        If the size is smaller than 1 or sigma is not positive.

    Notes
    -----
    It is an outer product of one-dimensional ones, so it can be applied one axis at a time.

    Examples
    --------
    >>> gaussian(3, 1.0, ndim=1).round(3)
    array([0.274, 0.452, 0.274])
    """
    size, ndim = whole_number("size", size, at_least=1), whole_number("ndim", ndim, at_least=1)
    sigma = real_number("sigma", sigma)
    if not sigma > 0:
        raise ValueError(f"sigma must be positive; got {sigma!r}")
    squares = (np.arange(size) - (size - 1) / 2) ** 2
    with np.errstate(over="ignore"):  # a tiny sigma: everything to the nearest samples
        bell = np.exp(-(squares - squares.min()) / sigma / sigma / 2)
    bell /= bell.sum()
    kernel = bell
    for _ in range(ndim - 1):
        kernel = np.multiply.outer(kernel, bell)
    return kernel


def laplacian(*, diagonals: bool = False) -> np.ndarray:
    """Laplacian: the sum of second derivatives, by differences.

    Parameters
    ----------
    diagonals : bool
        Whether the four diagonal neighbours count as well.

    Returns
    -------
    ndarray of shape (3, 3)
        ``-4`` (or ``-8``) in the middle, 1 at each neighbour, summing to 0.

    Raises
    ------
    TypeError
        If `diagonals` is neither True nor False.

    Examples
    --------
    >>> laplacian()
    array([[ 0.,  1.,  0.],
           [ 1., -4.,  1.],
           [ 0.,  1.,  0.]])
    """
    if truth_value("diagonals", diagonals):
        return np.array([[1.0, 1, 1], [1, -8, 1], [1, 1, 1]])
    return np.array([[0.0, 1, 0], [1, -4, 1], [0, 1, 0]])


def sharpen(amount: float = 1.0) -> np.ndarray:
    """Sharpening kernel: the image less `amount` times its Laplacian.

    Parameters
    ----------
    amount : float
        0 leaves the image as it is.

    Returns
    -------
    ndarray of shape (3, 3)
        It sums to 1, so flat regions keep their value.

    Raises
    ------
    TypeError
        If the amount is not a number.
    ValueError
        If it is not finite.

    Examples
    --------
    >>> sharpen()
    array([[ 0., -1.,  0.],
           [-1.,  5., -1.],
           [ 0., -1.,  0.]])
    """
    amount = real_number("amount", amount)
    if not np.isfinite(amount):
        raise ValueError(f"amount must be finite; got {amount}")
    return impulse(3) - amount * laplacian()


def impulse(size: int, *, ndim: int = 2) -> np.ndarray:
    """Make a unit impulse: the kernel that changes nothing.

    Parameters
    ----------
    size : int
        Samples along each axis.
    ndim : int
        Number of axes.

    Returns
    -------
    ndarray of shape (size,) * ndim
        1 at index ``(size - 1) // 2`` of every axis, 0 elsewhere: the centre of ``mode="same"``.

    Raises
    ------
    TypeError
        If the size is not an integer.
    ValueError
        If the size is smaller than 1.

    Examples
    --------
    >>> impulse(5, ndim=1)
    array([0., 0., 1., 0., 0.])
    """
    size, ndim = whole_number("size", size, at_least=1), whole_number("ndim", ndim, at_least=1)
    kernel = np.zeros((size,) * ndim)
    kernel[((size - 1) // 2,) * ndim] = 1.0
    return kernel


def gabor(
    x: ArrayLike,
    y: ArrayLike,
    *,
    alpha: float = 1,
    beta_x: float,
    beta_y: float,
    f: float,
    phi: float = 0,
    x0: float = 0,
    y0: float = 0,
    tau: float = 0,
) -> np.ndarray:
    """Gabor function: a plane wave under a Gaussian window.

    Parameters
    ----------
    x, y : array_like of shapes that broadcast
        Coordinates, in whatever unit `f` is per radian of; y runs down with the rows.
    alpha : float
        Height.
    beta_x, beta_y : float
        How fast the window falls off along and across the wave, per unit squared.
    f : float
        Spatial frequency of the wave, in radians a unit (wavelength ``2π / f``).
    phi : float
        Phase at the centre, in radians.
    x0, y0 : float
        Centre.
    tau : float
        Direction of the wave, in radians.

    Returns
    -------
    ndarray of the broadcast shape
        ``alpha · exp(−beta_x u² − beta_y v²) · cos(f u + phi)`` with
        ``u = (x − x0) cos tau + (y − y0) sin tau`` and ``v = (y − y0) cos tau − (x − x0) sin tau``.

    Raises
    ------
    TypeError
        If a coordinate or a parameter is not a real number.
    ValueError
        If `x` or `y` is empty, or their shapes do not broadcast.

    Notes
    -----
    The window's standard deviation along u is ``1 / sqrt(2 beta_x)``.

    Examples
    --------
    >>> gabor([0.0, np.pi], 0.0, beta_x=0, beta_y=0, f=1)
    array([ 1., -1.])
    """
    x, y = real_array("x", x).astype(float), real_array("y", y).astype(float)
    try:
        np.broadcast_shapes(x.shape, y.shape)
    except ValueError as error:
        raise ValueError(f"x and y must have shapes that broadcast; got {x.shape} and {y.shape}") from error
    alpha, beta_x, beta_y = (
        real_number("alpha", alpha),
        real_number("beta_x", beta_x),
        real_number("beta_y", beta_y),
    )
    f, phi, tau = real_number("f", f), real_number("phi", phi), real_number("tau", tau)
    with np.errstate(invalid="ignore", over="ignore"):  # what infinity gives is an answer here
        x, y = x - real_number("x0", x0), y - real_number("y0", y0)
        u = x * np.cos(tau) + y * np.sin(tau)
        v = y * np.cos(tau) - x * np.sin(tau)
        return alpha * np.exp(-beta_x * u**2 - beta_y * v**2) * np.cos(f * u + phi)
