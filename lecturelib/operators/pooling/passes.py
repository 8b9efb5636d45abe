"""What the pools are made of: one pass over the array for each place of the window.

A pass lays one place of all windows over the inputs under it, as two strided slices. Where a window has
padding the slices leave it out, so no padded copy is made.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lecturelib.operators.spec import PoolSpec

#: Who gets the gradient of a window whose maximum occurs more than once.
TIES = ("first", "share")

#: Inputs that a gradient works on at once: they and what it notes about them should stay in the cache.
CACHED = 2**18


def accumulator(dtype: np.dtype) -> np.dtype:
    """Type in which to sum: at least single precision, for a sum of 2048 halves grows no more.

    Parameters
    ----------
    dtype : numpy.dtype
        Of the numbers to be summed.

    Returns
    -------
    numpy.dtype
        float32 for float16, else the same.
    """
    return np.result_type(dtype, np.float32)


@np.errstate(invalid="ignore", over="ignore")  # ∞ - ∞ and overflow are answers here
def window_sums(x: np.ndarray, spec: PoolSpec) -> np.ndarray:
    """Sum the inputs of each window.

    Parameters
    ----------
    x : ndarray of shape (N, C, *S)
        Inputs.
    spec : PoolSpec
        The windows.

    Returns
    -------
    ndarray of shape (N, C, *O)
        A new array, of the dtype that :func:`accumulator` gives.
    """
    total = np.zeros(spec.y_shape, accumulator(spec.dtype))
    for _, outputs, inputs in spec.taps():
        total[(..., *outputs)] += x[(..., *inputs)]
    return total


@np.errstate(invalid="ignore", over="ignore")  # ∞ - ∞ and overflow are answers here
def spread(dy: np.ndarray, spec: PoolSpec) -> np.ndarray:
    """Give every input of a window what the window has: the adjoint of :func:`window_sums`.

    Parameters
    ----------
    dy : ndarray of shape (N, C, *O)
        One number a window.
    spec : PoolSpec
        The windows.

    Returns
    -------
    ndarray of shape (N, C, *S)
        A new array of the stage's dtype.
    """
    dx = np.zeros(spec.x_shape, spec.dtype)
    for _, outputs, inputs in spec.taps():
        dx[(..., *inputs)] += dy[(..., *outputs)]
    return dx


def window_maxima(x: np.ndarray, spec: PoolSpec) -> np.ndarray:
    """Find the largest input of each window; NaN counts as larger than all numbers.

    Parameters
    ----------
    x : ndarray of shape (N, C, *S)
        Inputs.
    spec : PoolSpec
        The windows.

    Returns
    -------
    ndarray of shape (N, C, *O)
        A new array of the dtype of `x`.
    """
    largest = np.full(spec.y_shape, -np.inf, x.dtype)
    for _, outputs, inputs in spec.taps():
        seen = largest[(..., *outputs)]
        np.maximum(seen, x[(..., *inputs)], out=seen)
    return largest


def spread_to_maxima(dy: np.ndarray, x: np.ndarray, spec: PoolSpec, ties: str) -> np.ndarray:
    """Give the largest input of a window what the window has.

    Parameters
    ----------
    dy : ndarray of shape (N, C, *O)
        One number a window.
    x : ndarray of shape (N, C, *S)
        Inputs.
    spec : PoolSpec
        The windows.
    ties : {"first", "share"}
        Whether the first of equal maxima gets all of it, or each of them an equal part.

    Returns
    -------
    ndarray of shape (N, C, *S)
        A new array of the stage's dtype.

    Notes
    -----
    It takes a few images at a time, which halves the time of overlapping windows: see :data:`CACHED`.
    """
    dx = np.zeros(spec.x_shape, spec.dtype)
    at_once = max(1, CACHED * spec.batch // x.size)
    for start in range(0, spec.batch, at_once):
        images = slice(start, min(start + at_once, spec.batch))
        few = replace(spec, batch=images.stop - start)
        _add_to_maxima(dx[images], dy[images], x[images], few, ties)
    return dx


def spread_along_axis(dy: np.ndarray, x: np.ndarray, axis: int, ties: str) -> np.ndarray:
    """Give the largest number along an axis what ``x.max(axis)`` has as its gradient.

    Parameters
    ----------
    dy : ndarray of shape (..., *)
        Gradient by the maxima: the shape of `x` without the axis.
    x : ndarray of shape (..., L, *)
        What the maximum is taken of.
    axis : int
        Place of L.
    ties : {"first", "share"}
        Whether the first of equal maxima gets all of it, or each of them an equal part.

    Returns
    -------
    ndarray of shape (..., L, *)
        A new array of the dtype of `x`.
    """
    dy, dx = np.expand_dims(dy, axis), np.zeros(x.shape, x.dtype)
    if ties == "first":
        np.put_along_axis(dx, x.argmax(axis, keepdims=True), dy, axis)  # argmax, too, lets NaN win
        return dx
    won = _is_largest(x, x.max(axis, keepdims=True), has_nan=True)
    winners = won.sum(axis, keepdims=True, dtype=accumulator(x.dtype))
    np.copyto(dx, dy / winners, where=won)
    return dx


@np.errstate(invalid="ignore", over="ignore")  # ∞ - ∞ and overflow are answers here
def _add_to_maxima(dx: np.ndarray, dy: np.ndarray, x: np.ndarray, spec: PoolSpec, ties: str) -> None:
    """Add to `dx`, where the largest input of a window lies, what the window has."""
    largest = window_maxima(x, spec)
    has_nan = bool(np.isnan(largest).any())
    if ties == "share":
        dy = dy / _winners_of_windows(x, largest, has_nan, spec)
    # A product with False drops a finite number in half the time of np.where, but makes NaN of infinity.
    keep = np.multiply if np.isfinite(dy).all() else _where
    vacant = np.ones(spec.y_shape, bool)  # windows whose maximum has not come yet
    for _, outputs, inputs in spec.taps():
        won = _is_largest(x[(..., *inputs)], largest[(..., *outputs)], has_nan)
        if ties == "first":
            won &= vacant[(..., *outputs)]
            vacant[(..., *outputs)] ^= won
        dx[(..., *inputs)] += keep(dy[(..., *outputs)], won)


def _is_largest(x: np.ndarray, largest: np.ndarray, has_nan: bool) -> np.ndarray:
    """Where an input is its window's maximum: equal to it, or NaN."""
    won = x == largest
    if has_nan:
        won |= np.isnan(x)
    return won


def _winners_of_windows(x: np.ndarray, largest: np.ndarray, has_nan: bool, spec: PoolSpec) -> np.ndarray:
    """Count the inputs that tie for the maximum of each window."""
    winners = np.zeros(spec.y_shape, accumulator(spec.dtype))
    for _, outputs, inputs in spec.taps():
        winners[(..., *outputs)] += _is_largest(x[(..., *inputs)], largest[(..., *outputs)], has_nan)
    return winners


def _where(dy: np.ndarray, won: np.ndarray) -> np.ndarray:
    """Keep the gradient where the input won, be it infinite or not."""
    return np.where(won, dy, 0)
