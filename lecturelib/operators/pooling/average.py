"""Pools that are linear: averages, equal or weighted by the distance from the window's centre."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from lecturelib.operators.checks import each_axis, is_sequence, real_number, truth_value
from lecturelib.operators.kernels import gaussian
from lecturelib.operators.pooling.passes import spread, window_sums
from lecturelib.operators.spec import PoolSpec, weighted_spec


def avg_pool(
    x: ArrayLike,
    size: int | Sequence[int],
    *,
    stride: int | Sequence[int] | None = None,
    padding: int | str | Sequence = 0,
    dilation: int | Sequence[int] = 1,
    ceil: bool = False,
    count_include_pad: bool = False,
) -> np.ndarray:
    """Average pooling: the mean of each window.

    Parameters
    ----------
    x : array_like of shape (N, C, *S)
        N inputs of C channels, with one, two or three spatial axes.
    size : int or one int an axis
        Inputs of a window along each axis.
    stride : int or one int an axis, optional
        Inputs between neighbouring windows; as many as the window has when not given.
    padding : int, {"valid", "same", "full"}, or one int or (before, after) pair an axis
        Places around the input that windows may cover.
    dilation : int or one int an axis
        Inputs between neighbours inside a window.
    ceil : bool
        Whether a last window may reach beyond the padded input, if it starts inside the input or the
        padding before it.
    count_include_pad : bool
        Whether padding counts as zeros. If not, a window at the border is the mean of fewer inputs.
        What lies beyond the padding never counts.

    Returns
    -------
    ndarray of shape (N, C, *O)
        With :func:`~lecturelib.operators.shapes.output_size` places along each axis. float16, float32 and
        float64 stay what they are, integers and booleans become float64.

    Raises
    ------
    TypeError
        If `x` does not hold real numbers or an option is of the wrong kind.
    ValueError
        If an option is out of range, no window fits, or some window would hold nothing but padding.

    Notes
    -----
    ``N * C * prod(O) * prod(K)`` additions, in one pass for each of the ``prod(K)`` places of the window.
    Scratch memory: two counts for each of the ``prod(O)`` places, whatever N and C, and NumPy's own buffers
    (0.2 MB), unless `x` must be converted to float64 first. float16 is summed in float32, which takes twice
    the memory of the output more.
    Without padding it is a depthwise convolution with a box, of which every stride-th output is kept.

    Examples
    --------
    >>> avg_pool([[[3, 6, 9]]], 3, stride=1, padding="same")
    array([[[4.5, 6. , 7.5]]])
    >>> avg_pool([[[3, 6, 9]]], 3, stride=1, padding="same", count_include_pad=True)
    array([[[3., 6., 5.]]])
    """
    spec = PoolSpec.from_arguments(x, size, stride=stride, padding=padding, dilation=dilation, ceil=ceil)
    counts = _counts(spec, count_include_pad)
    total = window_sums(np.asarray(x, spec.dtype), spec)
    total /= counts
    return total.astype(spec.dtype, copy=False)


def avg_pool_backward(
    dy: ArrayLike,
    x: ArrayLike,
    size: int | Sequence[int],
    *,
    stride: int | Sequence[int] | None = None,
    padding: int | str | Sequence = 0,
    dilation: int | Sequence[int] = 1,
    ceil: bool = False,
    count_include_pad: bool = False,
) -> np.ndarray:
    """Gradient of average pooling: each window gives its inputs equal parts of its own.

    Parameters
    ----------
    dy : array_like of shape (N, C, *O)
        Gradient by the output.
    x : array_like of shape (N, C, *S)
        Inputs of :func:`avg_pool`. Only their shape and dtype matter: the pool is linear.
    size, stride, padding, dilation, ceil, count_include_pad
        As given to :func:`avg_pool`.

    Returns
    -------
    ndarray of shape (N, C, *S)
        Gradient by the input, in the dtype of the output.

    Raises
    ------
    TypeError
        If an array does not hold real numbers or an option is of the wrong kind.
    ValueError
        If `dy` has not the output's shape, or an option is out of range.

    Notes
    -----
    It is the adjoint: ``sum(avg_pool(x) * dy) == sum(x * avg_pool_backward(dy, x))`` with the same options.
    ``N * C * prod(O) * prod(K)`` additions. Scratch memory: that of the output, for the parts
    (twice that in float16).

    Examples
    --------
    >>> avg_pool_backward([[[4, 8]]], np.zeros((1, 1, 5)), 3, stride=2).round(2)
    array([[[1.33, 1.33, 4.  , 2.67, 2.67]]])
    """
    spec = PoolSpec.from_arguments(x, size, stride=stride, padding=padding, dilation=dilation, ceil=ceil)
    dy, counts = spec.checked_gradient(dy), _counts(spec, count_include_pad)
    return spread(dy / counts, spec)


def weighted_pool(
    x: ArrayLike, weights: ArrayLike, *, stride: int | Sequence[int] | None = None
) -> np.ndarray:
    """Weighted pooling: the sum of each window's inputs, each times the weight of its place.

    Parameters
    ----------
    x : array_like of shape (N, C, *S)
        N inputs of C channels, with one, two or three spatial axes.
    weights : array_like of shape (*K)
        One weight for each place of the window, not flipped, and used as they are:
        :func:`distance_weights` gives a mean.
    stride : int or one int an axis, optional
        Inputs between neighbouring windows; as many as the window has when not given.

    Returns
    -------
    ndarray of shape (N, C, *O)
        With :func:`~lecturelib.operators.shapes.output_size` places along each axis. float16, float32 and
        float64 stay what they are, whatever the weights; integers and booleans become float64.

    Raises
    ------
    TypeError
        If an array does not hold real numbers or the stride is of the wrong kind.
    ValueError
        If the weights have another number of axes than the window, or do not fit into the input.

    Notes
    -----
    ``N * C * prod(O) * prod(K)`` multiply-adds: a depthwise convolution whose channels share one kernel.
    Scratch memory: that of the output, once (float16 is summed in float32: three times).

    Examples
    --------
    >>> weighted_pool([[[1, 2, 3, 5, 8]]], [0.25, 0.5, 0.25], stride=2)
    array([[[2.  , 5.25]]])
    """
    spec = weighted_spec(x, weights, stride=stride)
    x, total = np.asarray(x, spec.dtype), np.zeros(spec.y_shape, np.result_type(spec.dtype, np.float32))
    with np.errstate(invalid="ignore", over="ignore"):  # 0 · ∞ and overflow are answers here
        weights = np.asarray(weights, spec.dtype)
        for tap, outputs, inputs in spec.taps():
            total[(..., *outputs)] += weights[tap] * x[(..., *inputs)]
        return total.astype(spec.dtype, copy=False)


def weighted_pool_backward(
    dy: ArrayLike, x: ArrayLike, weights: ArrayLike, *, stride: int | Sequence[int] | None = None
) -> np.ndarray:
    """Gradient of weighted pooling: each window gives its inputs its own, times their weights.

    Parameters
    ----------
    dy : array_like of shape (N, C, *O)
        Gradient by the output.
    x : array_like of shape (N, C, *S)
        Inputs of :func:`weighted_pool`. Only their shape and dtype matter: the pool is linear.
    weights, stride
        As given to :func:`weighted_pool`.

    Returns
    -------
    ndarray of shape (N, C, *S)
        Gradient by the input, in the dtype of the output. The weights are not learned: they get none.

    Raises
    ------
    TypeError
        If an array does not hold real numbers or the stride is of the wrong kind.
    ValueError
        If `dy` has not the output's shape, or the weights do not fit.

    Notes
    -----
    ``N * C * prod(O) * prod(K)`` multiply-adds. Scratch memory: that of the output, once.

    Examples
    --------
    >>> weighted_pool_backward([[[4, 8]]], np.zeros((1, 1, 5)), [0.25, 0.5, 0.25], stride=2)
    array([[[1., 2., 3., 4., 2.]]])
    """
    spec = weighted_spec(x, weights, stride=stride)
    dy, dx = spec.checked_gradient(dy), np.zeros(spec.x_shape, spec.dtype)
    with np.errstate(invalid="ignore", over="ignore"):
        weights = np.asarray(weights, spec.dtype)
        for tap, outputs, inputs in spec.taps():
            dx[(..., *inputs)] += weights[tap] * dy[(..., *outputs)]
    return dx


def distance_weights(size: Sequence[int], sigma: float = 1.0) -> np.ndarray:
    """Weights that fall off as a Gaussian with the distance from the window's centre.

    Parameters
    ----------
    size : one int an axis
        Shape of the window.
    sigma : float
        Distance from the centre, in inputs, at which a weight is ``exp(-1/2)`` of that in the centre.

    Returns
    -------
    ndarray of shape (*size)
        ``exp(-d**2 / (2 * sigma**2))`` at distance d from the centre, scaled to sum to 1, as float64.

    Raises
    ------
    TypeError
        If `size` is no sequence of integers, or `sigma` is not a number.
    ValueError
        If a length is smaller than 1 or `sigma` is not positive.

    Notes
    -----
    The centre of an even window lies between inputs. An infinite sigma gives the mean.

    Examples
    --------
    >>> distance_weights((3, 3)).round(4)
    array([[0.0751, 0.1238, 0.0751],
           [0.1238, 0.2042, 0.1238],
           [0.0751, 0.1238, 0.0751]])
    """
    if not is_sequence(size):
        raise TypeError(f"size must be one integer an axis, such as (3, 3); got {size!r}")
    if len(size) == 0:
        raise ValueError(f"size must hold at least one integer; got {size!r}")
    size, sigma = each_axis("size", size, len(size)), real_number("sigma", sigma)
    if not sigma > 0:
        raise ValueError(f"sigma must be positive; got {sigma}")
    weights = np.ones(())
    for k in size:  # d**2 is a sum over the axes, so its exponential is an outer product
        weights = np.multiply.outer(weights, gaussian(k, sigma, ndim=1))
    return weights


def _counts(spec: PoolSpec, count_include_pad: bool) -> np.ndarray:
    """By what to divide the sum of each window: its inputs, or its inputs and padding."""
    counts = spec.places_of_windows(count_padding=truth_value("count_include_pad", count_include_pad))
    return counts.astype(np.result_type(spec.dtype, np.float32))
