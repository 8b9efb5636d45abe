"""Adaptive and global pooling: windows that grow with the input, so that the output does not."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from lecturelib.operators.checks import batch_array, one_of, shaped_array
from lecturelib.operators.pooling.passes import TIES, spread_along_axis
from lecturelib.operators.spec import BinSpec

HOWS = ("max", "average")


def adaptive_pool(x: ArrayLike, bins: int | Sequence[int], *, how: str = "max") -> np.ndarray:
    """Adaptive pooling: cut the input into a grid of bins, as many for every size, and pool each.

    Parameters
    ----------
    x : array_like of shape (N, C, *S)
        N inputs of C channels, with one, two or three spatial axes.
    bins : int or one int an axis
        Bins along each axis; 2 pools quadrants.
    how : {"max", "average"}
        What is kept of a bin.

    Returns
    -------
    ndarray of shape (N, C, *bins)
        float16, float32 and float64 stay what they are, integers and booleans become float64.
        A bin that holds NaN gives NaN.

    Raises
    ------
    TypeError
        If `x` does not hold real numbers or `bins` is no integer.
    ValueError
        If there are more bins than inputs along an axis, or `how` is unknown.

    Notes
    -----
    Bin i of b covers rows ``floor(i * H / b)`` to ``floor((i + 1) * H / b) - 1``: bins are disjoint, and
    every input belongs to one. PyTorch rounds the end up, so its bins overlap where b does not divide H.
    It costs ``N * C * prod(S)`` comparisons or additions, whatever the bins, with one call of NumPy a bin.
    Scratch memory: one bin's outputs, unless `x` must be converted to float64 first.

    Examples
    --------
    >>> adaptive_pool(np.arange(35).reshape(1, 1, 5, 7), 2)
    array([[[[ 9., 13.],
             [30., 34.]]]])
    """
    spec = BinSpec.from_arguments(x, bins)
    pool = np.max if one_of("how", how, HOWS) == "max" else np.mean
    x, y = np.asarray(x, spec.dtype), np.empty(spec.y_shape, spec.dtype)
    with np.errstate(invalid="ignore", over="ignore"):  # the mean of ∞ and -∞ is NaN
        for place, inputs in spec.places():
            y[(..., *place)] = pool(x[(..., *inputs)], axis=_spatial(x))
    return y


def adaptive_pool_backward(
    dy: ArrayLike, x: ArrayLike, bins: int | Sequence[int], *, how: str = "max", ties: str = "first"
) -> np.ndarray:
    """Gradient of adaptive pooling: each bin sends its own to its maximum, or equal parts to all its inputs.

    Parameters
    ----------
    dy : array_like of shape (N, C, *bins)
        Gradient by the output.
    x : array_like of shape (N, C, *S)
        Inputs of :func:`adaptive_pool`.
    bins, how
        As given to :func:`adaptive_pool`.
    ties : {"first", "share"}
        Where the maximum occurs more than once in a bin, ``"first"`` gives all to the first one in
        row-major order, ``"share"`` an equal part to each. An average has no use for it.

    Returns
    -------
    ndarray of shape (N, C, *S)
        Gradient by the input, in the dtype of the output.

    Raises
    ------
    TypeError
        If an array does not hold real numbers or `bins` is no integer.
    ValueError
        If `dy` has not the output's shape, or an option is out of range.

    Notes
    -----
    It costs ``N * C * prod(S)`` comparisons or additions. Scratch memory: a few arrays of one bin's inputs.

    Examples
    --------
    >>> adaptive_pool_backward([[[4, 6]]], [[[3, 5, 5, 1, 2]]], 2)
    array([[[0., 4., 6., 0., 0.]]])
    >>> adaptive_pool_backward([[[4, 6]]], [[[3, 5, 5, 1, 2]]], 2, how="average")
    array([[[2., 2., 2., 2., 2.]]])
    """
    spec = BinSpec.from_arguments(x, bins)
    dy, how, ties = spec.checked_gradient(dy), one_of("how", how, HOWS), one_of("ties", ties, TIES)
    x = np.asarray(x, spec.dtype)
    dx = np.empty(x.shape, spec.dtype)
    for place, inputs in spec.places():
        part, of_bin = dx[(..., *inputs)], dy[(..., *place)]
        if how == "average":
            inputs_of_bin = part[0, 0].size
            part[...] = np.expand_dims(of_bin / inputs_of_bin, _spatial(x))
        else:
            rows = x[(..., *inputs)].reshape(*of_bin.shape, -1)
            part[...] = spread_along_axis(of_bin, rows, -1, ties).reshape(part.shape)
    return dx


def global_pool(x: ArrayLike, *, how: str = "max") -> np.ndarray:
    """Global pooling: one number a channel, wherever it came from.

    Parameters
    ----------
    x : array_like of shape (N, C, *S)
        N inputs of C channels, with one, two or three spatial axes.
    how : {"max", "average"}
        What is kept of a channel.

    Returns
    -------
    ndarray of shape (N, C)
        float16, float32 and float64 stay what they are, integers and booleans become float64.
        A channel that holds NaN gives NaN.

    Raises
    ------
    TypeError
        If `x` does not hold real numbers.
    ValueError
        If `x` has another number of axes, or `how` is unknown.

    Notes
    -----
    :func:`adaptive_pool` with a single bin: ``N * C * prod(S)`` comparisons or additions, and scratch
    memory for ``N * C`` numbers.

    Examples
    --------
    >>> global_pool(np.arange(12).reshape(1, 2, 2, 3))
    array([[ 5., 11.]])
    """
    y = adaptive_pool(x, 1, how=how)
    return y.reshape(y.shape[:2])


def global_pool_backward(dy: ArrayLike, x: ArrayLike, *, how: str = "max", ties: str = "first") -> np.ndarray:
    """Gradient of global pooling: a channel sends its own to its maximum, or equal parts to all inputs.

    Parameters
    ----------
    dy : array_like of shape (N, C)
        Gradient by the output.
    x : array_like of shape (N, C, *S)
        Inputs of :func:`global_pool`.
    how
        As given to :func:`global_pool`.
    ties : {"first", "share"}
        As for :func:`adaptive_pool_backward`.

    Returns
    -------
    ndarray of shape (N, C, *S)
        Gradient by the input, in the dtype of the output.

    Raises
    ------
    TypeError
        If an array does not hold real numbers.
    ValueError
        If `dy` has not the output's shape, or an option is unknown.

    Notes
    -----
    ``N * C * prod(S)`` comparisons or additions. Scratch memory: at most four arrays of the input's size.

    Examples
    --------
    >>> global_pool_backward([[6]], [[[2, 7, 7]]], ties="share")
    array([[[0., 3., 3.]]])
    """
    x = batch_array("x", x)
    dy = shaped_array("dy", dy, x.shape[:2], "that of the output")
    return adaptive_pool_backward(np.expand_dims(dy, _spatial(x)), x, 1, how=how, ties=ties)


def _spatial(x: np.ndarray) -> tuple[int, ...]:
    """Numbers of the spatial axes."""
    return tuple(range(2, x.ndim))
