"""Maxout: pooling across channels instead of places."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from lecturelib.operators.checks import one_of
from lecturelib.operators.pooling.passes import TIES, spread_along_axis
from lecturelib.operators.spec import PieceSpec


def maxout(x: ArrayLike, pieces: int, *, axis: int = 1) -> np.ndarray:
    """Maxout: the maximum of each run of consecutive channels.

    Parameters
    ----------
    x : array_like of shape (..., C, ...)
        Inputs, with at least one axis.
    pieces : int
        Channels of a run; they divide C.
    axis : int
        The axis of the channels.

    Returns
    -------
    ndarray of shape (..., C // pieces, ...)
        Output j is the maximum of channels ``j * pieces`` to ``(j + 1) * pieces - 1``. float16, float32 and
        float64 stay what they are, integers and booleans become float64. A run that holds NaN gives NaN.

    Raises
    ------
    TypeError
        If `x` does not hold real numbers, or `pieces` or `axis` is not an integer.
    ValueError
        If there is no such axis, or its channels are no whole number of runs.

    Notes
    -----
    Each piece an affine function of the layer below, a run is a convex function with so many straight
    parts: two make ``|x|``. One comparison an input. No scratch memory, unless `x` must be copied to float64.

    Examples
    --------
    >>> x = np.array([-2, -1, 0, 1, 2])
    >>> maxout(np.stack([x, -x]), 2, axis=0)
    array([[2., 1., 0., 1., 2.]])
    """
    spec = PieceSpec.from_arguments(x, pieces, axis=axis)
    return np.asarray(x, spec.dtype).reshape(spec.run_shape).max(spec.run_axis)


def maxout_backward(
    dy: ArrayLike, x: ArrayLike, pieces: int, *, axis: int = 1, ties: str = "first"
) -> np.ndarray:
    """Gradient of maxout: each run sends its own to the channel that won.

    Parameters
    ----------
    dy : array_like of shape (..., C // pieces, ...)
        Gradient by the output.
    x : array_like of shape (..., C, ...)
        Inputs of :func:`maxout`.
    pieces, axis
        As given to :func:`maxout`.
    ties : {"first", "share"}
        Where the maximum occurs more than once in a run, ``"first"`` gives all to the first channel,
        ``"share"`` an equal part to each.

    Returns
    -------
    ndarray of shape (..., C, ...)
        Gradient by the input, in the dtype of the output.

    Raises
    ------
    TypeError
        If an array does not hold real numbers, or `pieces` or `axis` is not an integer.
    ValueError
        If `dy` has not the output's shape, or an option is out of range.

    Notes
    -----
    One comparison an input, two for ``"share"``. Scratch memory: a copy of the input and an index an output
    for ``"first"``; two bytes an input and at most four times the output for ``"share"``.

    Examples
    --------
    >>> maxout_backward([[6, 8]], [[3, 1, 2, 2]], 2)
    array([[6., 0., 8., 0.]])
    >>> maxout_backward([[6, 8]], [[3, 1, 2, 2]], 2, ties="share")
    array([[6., 0., 4., 4.]])
    """
    spec = PieceSpec.from_arguments(x, pieces, axis=axis)
    dy, ties = spec.checked_gradient(dy), one_of("ties", ties, TIES)
    runs = np.asarray(x, spec.dtype).reshape(spec.run_shape)
    return spread_along_axis(dy, runs, spec.run_axis, ties).reshape(spec.shape)
