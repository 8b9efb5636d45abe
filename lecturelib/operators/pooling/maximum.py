"""Max pooling."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from lecturelib.operators.checks import one_of
from lecturelib.operators.pooling.passes import TIES, spread_to_maxima, window_maxima
from lecturelib.operators.spec import PoolSpec


def max_pool(
    x: ArrayLike,
    size: int | Sequence[int],
    *,
    stride: int | Sequence[int] | None = None,
    padding: int | str | Sequence = 0,
    dilation: int | Sequence[int] = 1,
    ceil: bool = False,
) -> np.ndarray:
    """Max pooling: the largest input of each window.

    Parameters
    ----------
    x : array_like of shape (N, C, *S)
        N inputs of C channels, with one, two or three spatial axes.
    size : int or one int an axis
        Inputs of a window along each axis.
    stride : int or one int an axis, optional
        Inputs between neighbouring windows; as many as the window has when not given.
    padding : int, {"valid", "same", "full"}, or one int or (before, after) pair an axis
        Places around the input that windows may cover. They never win: they count as minus infinity.
    dilation : int or one int an axis
        Inputs between neighbours inside a window.
    ceil : bool
        Whether a last window may reach beyond the padded input, if it starts inside the input or the
        padding before it.

    Returns
    -------
    ndarray of shape (N, C, *O)
        With :func:`~lecturelib.operators.shapes.output_size` places along each axis. float16, float32 and
        float64 stay what they are, integers and booleans become float64. A window that holds NaN gives NaN.

    Raises
    ------
    TypeError
        If `x` does not hold real numbers or an option is of the wrong kind.
    ValueError
        If an option is out of range, no window fits, or some window would hold nothing but padding.

    Notes
    -----
    No multiply-adds, but ``N * C * prod(O) * prod(K)`` comparisons, in one pass for each of the ``prod(K)``
    places of the window. Scratch memory: none but NumPy's own buffers (0.2 MB), unless `x` must be converted
    to float64 first.
    Padding with zeros instead would be wrong for negative inputs: the border would win.

    Examples
    --------
    >>> max_pool([[[0.1, 1, 0.2, 0.1]]], 3, stride=1, padding="same")
    array([[[1. , 1. , 1. , 0.2]]])
    >>> max_pool([[[-3, -1, -2]]], 3, stride=1, padding="same")
    array([[[-1., -1., -1.]]])
    """
    spec = PoolSpec.from_arguments(x, size, stride=stride, padding=padding, dilation=dilation, ceil=ceil)
    return window_maxima(np.asarray(x, spec.dtype), spec)


def max_pool_backward(
    dy: ArrayLike,
    x: ArrayLike,
    size: int | Sequence[int],
    *,
    stride: int | Sequence[int] | None = None,
    padding: int | str | Sequence = 0,
    dilation: int | Sequence[int] = 1,
    ceil: bool = False,
    ties: str = "first",
) -> np.ndarray:
    """Gradient of max pooling: each window sends its own to the input that won.

    Parameters
    ----------
    dy : array_like of shape (N, C, *O)
        Gradient by the output.
    x : array_like of shape (N, C, *S)
        Inputs of :func:`max_pool`.
    size, stride, padding, dilation, ceil
        As given to :func:`max_pool`.
    ties : {"first", "share"}
        Where the maximum occurs more than once in a window, ``"first"`` gives all to the first one in
        row-major order, ``"share"`` an equal part to each.

    Returns
    -------
    ndarray of shape (N, C, *S)
        Gradient by the input, in the dtype of the output. An input that wins several windows gets the sum.
        NaN wins its windows, and gets their gradient.

    Raises
    ------
    TypeError
        If an array does not hold real numbers or an option is of the wrong kind.
    ValueError
        If `dy` has not the output's shape, or an option is out of range.

    Notes
    -----
    At a tie the maximum has no derivative. Both rules give a subgradient, whose sum over the input is that
    of `dy`. ``prod(K)`` passes, two times as many for ``"share"``, after those of :func:`max_pool`.
    Scratch memory: at most four times the output (eight times in float16), or that of a few images where
    there are many.

    Examples
    --------
    >>> max_pool_backward([[[6]]], [[[2, 7, 7]]], 3)
    array([[[0., 6., 0.]]])
    >>> max_pool_backward([[[6]]], [[[2, 7, 7]]], 3, ties="share")
    array([[[0., 3., 3.]]])
    """
    spec = PoolSpec.from_arguments(x, size, stride=stride, padding=padding, dilation=dilation, ceil=ceil)
    dy, ties = spec.checked_gradient(dy), one_of("ties", ties, TIES)
    return spread_to_maxima(dy, np.asarray(x, spec.dtype), spec, ties)
