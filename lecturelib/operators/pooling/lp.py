"""Lp pooling: from the sum of magnitudes (p = 1) over the root of energy (p = 2) to the maximum."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from lecturelib.operators.checks import real_number
from lecturelib.operators.pooling.passes import (
    accumulator,
    spread,
    spread_to_maxima,
    window_maxima,
    window_sums,
)
from lecturelib.operators.spec import PoolSpec


def lp_pool(
    x: ArrayLike,
    size: int | Sequence[int],
    *,
    p: float = 2,
    stride: int | Sequence[int] | None = None,
    padding: int | str | Sequence = 0,
    dilation: int | Sequence[int] = 1,
    ceil: bool = False,
) -> np.ndarray:
    """Lp pooling: the p-norm of each window, ``(sum |x|**p)**(1/p)``.

    Parameters
    ----------
    x : array_like of shape (N, C, *S)
        N inputs of C channels, with one, two or three spatial axes.
    size : int or one int an axis
        Inputs of a window along each axis.
    p : float
        At least 1. 1 sums magnitudes, 2 is the Euclidean norm, ``np.inf`` the largest magnitude.
    stride : int or one int an axis, optional
        Inputs between neighbouring windows; as many as the window has when not given.
    padding : int, {"valid", "same", "full"}, or one int or (before, after) pair an axis
        Places around the input that windows may cover. They add nothing.
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
        If `p` is smaller than 1 or NaN, an option is out of range, no window fits, or some window would
        hold nothing but padding.

    Notes
    -----
    It is a sum, not a mean: a larger window gives a larger norm. For mean-type pooling divide by
    ``prod(K)**(1/p)``. Each window is divided by its largest magnitude before the powers are taken, so the
    sum of powers lies between 1 and ``prod(K)``, however large `p` is.
    ``N * C * prod(O) * prod(K)`` powers, in one pass for each of the ``prod(K)`` places of the window.
    Scratch memory: the input once and the output three times. float16 is computed in float32, which takes
    the input twice and the output eight times.

    Examples
    --------
    >>> [float(lp_pool([[[1, 2, 3, 4]]], 4, p=p)[0, 0, 0].round(3)) for p in (1, 2, np.inf)]
    [10.0, 5.477, 4.0]
    """
    spec = PoolSpec.from_arguments(x, size, stride=stride, padding=padding, dilation=dilation, ceil=ceil)
    norms = _norms(_magnitudes(x, spec), _checked_power(p), spec)
    return norms.astype(spec.dtype, copy=False)


def lp_pool_backward(
    dy: ArrayLike,
    x: ArrayLike,
    size: int | Sequence[int],
    *,
    p: float = 2,
    stride: int | Sequence[int] | None = None,
    padding: int | str | Sequence = 0,
    dilation: int | Sequence[int] = 1,
    ceil: bool = False,
) -> np.ndarray:
    """Gradient of Lp pooling: the larger an input's magnitude, the larger its part.

    Parameters
    ----------
    dy : array_like of shape (N, C, *O)
        Gradient by the output.
    x : array_like of shape (N, C, *S)
        Inputs of :func:`lp_pool`.
    size, p, stride, padding, dilation, ceil
        As given to :func:`lp_pool`.

    Returns
    -------
    ndarray of shape (N, C, *S)
        ``dy * sign(x) * (|x| / y)**(p - 1)``, summed over the windows that hold the input, in the dtype of
        the output. For ``p=1`` it is ``dy * sign(x)``; for ``p=np.inf`` the first of the largest magnitudes
        of a window, in row-major order, gets ``dy * sign(x)`` and the others nothing.

    Raises
    ------
    TypeError
        If an array does not hold real numbers or an option is of the wrong kind.
    ValueError
        If `dy` has not the output's shape, or an option is out of range.

    Notes
    -----
    Where it has no derivative it is 0: in a window of zeros, and for ``p=1`` at every zero.
    NaN and infinity, unless p is 1 or infinite: an infinite input gets NaN and finite ones of its windows 0;
    all inputs of a window with NaN get NaN.
    Twice as many powers as :func:`lp_pool`. Scratch memory: the input twice and the output three times;
    float16 is computed in float32, which takes the output eight times.

    Examples
    --------
    >>> lp_pool_backward([[[10]]], [[[3, -4]]], 2)
    array([[[ 6., -8.]]])
    """
    spec = PoolSpec.from_arguments(x, size, stride=stride, padding=padding, dilation=dilation, ceil=ceil)
    dy, p, magnitudes = spec.checked_gradient(dy), _checked_power(p), _magnitudes(x, spec)
    if p == 1:
        dx = spread(dy, spec)
    elif p == np.inf:
        dx = spread_to_maxima(dy, magnitudes, spec, ties="first")
    else:
        dx = _spread_by_magnitude(dy, magnitudes, p, spec)
    with np.errstate(invalid="ignore"):  # 0 · ∞ is an answer here
        dx *= np.sign(np.asarray(x, spec.dtype))  # an input has one sign for all its windows
    return dx


def _checked_power(p: float) -> float:
    """Return p, which makes a norm from 1 on."""
    p = real_number("p", p)
    if not p >= 1:
        raise ValueError(f"p must be at least 1; got {p}")
    return p


def _magnitudes(x: ArrayLike, spec: PoolSpec) -> np.ndarray:
    """Absolute values, in at least single precision."""
    x = np.asarray(x, spec.dtype)
    return np.abs(x, dtype=accumulator(spec.dtype))


def _norms(magnitudes: np.ndarray, p: float, spec: PoolSpec) -> np.ndarray:
    """Norm of each window, in the dtype of the magnitudes."""
    if p == 1:
        return window_sums(magnitudes, spec)
    largest = window_maxima(magnitudes, spec)
    if p == np.inf:
        return largest
    norms = np.zeros_like(largest)
    with np.errstate(invalid="ignore"):  # 0 / 0 and inf / inf: those windows are settled below
        for _, outputs, inputs in spec.taps():
            ratios = magnitudes[(..., *inputs)] / largest[(..., *outputs)]
            ratios **= p
            norms[(..., *outputs)] += ratios
        norms **= 1 / p
        norms *= largest
    np.copyto(norms, largest, where=~((largest > 0) & (largest < np.inf)))
    return norms


def _spread_by_magnitude(dy: np.ndarray, magnitudes: np.ndarray, p: float, spec: PoolSpec) -> np.ndarray:
    """Gradient by the magnitudes, in the stage's dtype."""
    norms = _norms(magnitudes, p, spec)
    norms[norms == 0] = 1  # a window of zeros: 0 / 1 is what its inputs get
    dx = np.zeros(spec.x_shape, spec.dtype)
    with np.errstate(invalid="ignore"):  # inf / inf is NaN
        for _, outputs, inputs in spec.taps():
            parts = magnitudes[(..., *inputs)] / norms[(..., *outputs)]
            parts **= p - 1
            parts *= dy[(..., *outputs)]
            dx[(..., *inputs)] += parts
    return dx
