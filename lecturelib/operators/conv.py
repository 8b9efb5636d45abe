"""The convolution layer, as functions of arrays."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from lecturelib.operators.algorithms import plan
from lecturelib.operators.spec import ConvSpec


def conv(
    x: ArrayLike,
    w: ArrayLike,
    b: ArrayLike | None = None,
    *,
    stride: int | Sequence[int] = 1,
    padding: int | str | Sequence = 0,
    dilation: int | Sequence[int] = 1,
    groups: int = 1,
    method: str = "auto",
) -> np.ndarray:
    """Cross-correlate a batch of multi-channel arrays with kernels: what ML libraries call convolution.

    Parameters
    ----------
    x : array_like of shape (N, C, *S)
        N inputs of C channels, with one, two or three spatial axes.
    w : array_like of shape (F, C // groups, *K)
        F kernels, not flipped.
    b : array_like of shape (F,), optional
        One bias for each filter.
    stride : int or one int an axis
        Inputs between neighbouring outputs.
    padding : int, {"valid", "same", "full"}, or one int or (before, after) pair an axis
        Zeros around the input. ``"same"`` makes the output ``ceil(n / stride)`` long; if it needs an
        odd number of zeros, the extra one goes after.
    dilation : int or one int an axis
        Inputs between neighbouring taps of the kernel.
    groups : int
        Channels and filters are divided into so many groups that know nothing of each other.
    method : {"auto", "direct", "im2col"}
        Plain loops, or one matrix product. ``auto`` chooses.

    Returns
    -------
    ndarray of shape (N, F, *O)
        ``y[n, f, i] = b[f] + sum over c, t of x[n, c, i * stride + t * dilation] * w[f, c, t]`` on the padded
        input, with :func:`~lecturelib.operators.shapes.output_size` places along each axis.
        float32 if `x` and `w` are, float64 for integers.

    Raises
    ------
    TypeError
        If an array does not hold real numbers or an option is of the wrong kind.
    ValueError
        If shapes do not go together, an option is out of range, or the method does not exist.

    Notes
    -----
    It takes ``N * F * prod(O) * C // groups * prod(K)`` multiply-adds; ``im2col`` needs memory for
    ``N * C * prod(O) * prod(K)`` numbers besides.
    For an even kernel, ``"same"`` is one place off ``cross_correlate(mode="same")``.

    Examples
    --------
    >>> x = np.array([[[1, 2, 3, 5, 8]]])
    >>> conv(x, [[[1, 10, 100]]])
    array([[[321., 532., 853.]]])
    """
    spec = ConvSpec.from_arguments(x, w, b, stride=stride, padding=padding, dilation=dilation, groups=groups)
    algorithm = plan.choose(method, spec)
    y = algorithm.forward(np.asarray(x, spec.dtype), np.asarray(w, spec.dtype), spec)
    if b is not None:
        y += np.asarray(b, spec.dtype).reshape(-1, *(1 for _ in spec.output))
    return y
