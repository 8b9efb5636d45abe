"""The convolution layer, as functions of arrays."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from lecturelib.operators.algorithms.plan import ALGORITHMS, SPREADING, choose
from lecturelib.operators.checks import gradient_array
from lecturelib.operators.spec import ConvSpec, transpose_spec


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
    method : {"auto", "direct", "shifted", "im2col", "fft", "separable", "winograd"}
        How it is computed; ``auto`` chooses, see :func:`~lecturelib.operators.algorithms.plan.plan`.

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
        If shapes do not go together, an option is out of range, or the method does not exist or apply.

    Notes
    -----
    It takes ``N * F * prod(O) * C // groups * prod(K)`` multiply-adds by definition. Scratch memory is
    what ``plan(...).explain()`` states for the method that runs.
    ``fft`` and ``winograd`` carry NaN and infinity beyond the windows that hold them and warn; ``auto``
    then takes another one. In single precision the largest error, relative to the largest output, stays
    below 5e-5 for ``winograd`` and 1.5e-5 for the others, in sums of up to a few thousand products.
    For an even kernel, ``"same"`` is one place off ``cross_correlate(mode="same")``.

    Examples
    --------
    >>> x = np.array([[[1, 2, 3, 5, 8]]])
    >>> conv(x, [[[1, 10, 100]]])
    array([[[321., 532., 853.]]])
    """
    spec = ConvSpec.from_arguments(x, w, b, stride=stride, padding=padding, dilation=dilation, groups=groups)
    x, w = np.asarray(x, spec.dtype), np.asarray(w, spec.dtype)
    algorithm = ALGORITHMS[choose(method, spec, x, w)]
    _warn_of_spreading(method, x, w)
    with np.errstate(invalid="ignore", over="ignore"):  # 0 · ∞ and overflow are answers here
        y = algorithm.forward(x, w, spec)
        if b is not None:
            y += np.asarray(b, spec.dtype).reshape(-1, *(1 for _ in spec.output))
    return y


def conv_backward(
    dy: ArrayLike,
    x: ArrayLike,
    w: ArrayLike,
    *,
    stride: int | Sequence[int] = 1,
    padding: int | str | Sequence = 0,
    dilation: int | Sequence[int] = 1,
    groups: int = 1,
    method: str = "auto",
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradients of a layer of cross-correlation by its input, its kernels and its biases.

    Parameters
    ----------
    dy : array_like of shape (N, F, *O)
        Gradient of the loss by the output of :func:`conv`.
    x : array_like of shape (N, C, *S)
        The inputs.
    w : array_like of shape (F, C // groups, *K)
        The kernels.
    stride, padding, dilation, groups, method
        As given to :func:`conv`.

    Returns
    -------
    dx : ndarray of shape (N, C, *S)
        Gradient by the inputs: with stride 1 and no padding, the full *convolution* of `dy` with `w`.
    dw : ndarray of shape (F, C // groups, *K)
        Gradient by the kernels: the cross-correlation of `x` with `dy`, summed over the batch.
    db : ndarray of shape (F,)
        Gradient by the biases: the sum of `dy` over the batch and all places.

    Raises
    ------
    TypeError
        If an array does not hold real numbers or an option is of the wrong kind.
    ValueError
        If shapes do not go together, an option is out of range, or the method does not exist or apply.

    Notes
    -----
    It takes twice the multiply-adds of :func:`conv`; scratch memory at most twice that of :func:`conv`,
    and by columns the kernels once for each image. ``separable``
    computes `dw` tap by tap, ``winograd`` by columns: neither has a shortcut for it.

    Examples
    --------
    >>> dx, dw, db = conv_backward([[[1, 0, 2]]], [[[1, 2, 3, 5, 8]]], [[[1, 10, 100]]])
    >>> dx.tolist(), dw.tolist(), db.tolist()
    ([[[1.0, 10.0, 102.0, 20.0, 200.0]]], [[[7.0, 12.0, 19.0]]], [3.0])
    """
    spec = ConvSpec.from_arguments(x, w, stride=stride, padding=padding, dilation=dilation, groups=groups)
    dy, x, w = spec.checked_gradient(dy), np.asarray(x, spec.dtype), np.asarray(w, spec.dtype)
    algorithm = ALGORITHMS[choose(method, spec, x if np.isfinite(x).all() else dy, w)]
    _warn_of_spreading(method, dy, x, w)
    with np.errstate(invalid="ignore", over="ignore"):
        dx = algorithm.input_gradient(dy, w, spec)
        dw = algorithm.kernel_gradient(dy, x, spec)
        return np.ascontiguousarray(dx), dw, dy.sum(axis=(0, *range(2, dy.ndim)))


def conv_transpose(
    x: ArrayLike,
    w: ArrayLike,
    b: ArrayLike | None = None,
    *,
    stride: int | Sequence[int] = 1,
    padding: int | str | Sequence = 0,
    output_padding: int | Sequence[int] = 0,
    dilation: int | Sequence[int] = 1,
    groups: int = 1,
    method: str = "auto",
) -> np.ndarray:
    """Transposed convolution: every input places a scaled kernel on the output, and these add up.

    Parameters
    ----------
    x : array_like of shape (N, C, *S)
        N inputs of C channels, with one, two or three spatial axes.
    w : array_like of shape (C, F // groups, *K)
        Kernels, in the layout that the convolution from F to C channels has.
    b : array_like of shape (F,), optional
        One bias for each channel of the output.
    stride : int or one int an axis
        Outputs between the kernels of neighbouring inputs.
    padding : int, {"valid", "same", "full"}, or one int or (before, after) pair an axis
        Places cut off the output, where the convolution would have added zeros. ``"same"`` makes the
        output ``n * stride`` long.
    output_padding : int or one int an axis
        Places added after the output, fewer than the stride: lengths that the convolution's floor maps
        to the same number of outputs.
    dilation : int or one int an axis
        Outputs between neighbouring taps of the kernel.
    groups : int
        Channels are divided into so many groups that know nothing of each other.
    method : str
        As for :func:`conv`.

    Returns
    -------
    ndarray of shape (N, F, *O)
        ``O = (n - 1) * stride - before - after + dilation * (k - 1) + 1 + output_padding`` along each axis.

    Raises
    ------
    TypeError
        If an array does not hold real numbers or an option is of the wrong kind.
    ValueError
        If shapes do not go together, an option is out of range, nothing would be left of the output, or
        the method does not exist or apply.

    Notes
    -----
    It is the transpose of :func:`conv` with the same `w` and options, ``sum(conv(y, w) * x) ==
    sum(y * conv_transpose(x, w))``, and no inverse. Cost and memory are those of that convolution.

    Examples
    --------
    >>> conv_transpose([[[1, 2, 3]]], [[[1, 10, 100]]], stride=2)
    array([[[  1.,  10., 102.,  20., 203.,  30., 300.]]])
    """
    spec = transpose_spec(
        x,
        w,
        b,
        stride=stride,
        padding=padding,
        output_padding=output_padding,
        dilation=dilation,
        groups=groups,
    )
    x, w = np.asarray(x, spec.dtype), np.asarray(w, spec.dtype)
    algorithm = ALGORITHMS[choose(method, spec, x, w)]
    _warn_of_spreading(method, x, w)
    with np.errstate(invalid="ignore", over="ignore"):
        y = np.ascontiguousarray(algorithm.input_gradient(x, w, spec))
        if b is not None:
            y += np.asarray(b, spec.dtype).reshape(-1, *(1 for _ in spec.output))
    return y


def conv_transpose_backward(
    dy: ArrayLike,
    x: ArrayLike,
    w: ArrayLike,
    *,
    stride: int | Sequence[int] = 1,
    padding: int | str | Sequence = 0,
    output_padding: int | Sequence[int] = 0,
    dilation: int | Sequence[int] = 1,
    groups: int = 1,
    method: str = "auto",
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradients of a transposed convolution by its input, its kernels and its biases.

    Parameters
    ----------
    dy : array_like of shape (N, F, *O)
        Gradient of the loss by the output of :func:`conv_transpose`.
    x : array_like of shape (N, C, *S)
        The inputs.
    w : array_like of shape (C, F // groups, *K)
        The kernels.
    stride, padding, output_padding, dilation, groups, method
        As given to :func:`conv_transpose`.

    Returns
    -------
    dx : ndarray of shape (N, C, *S)
        Gradient by the inputs: the convolution of `dy` with `w`.
    dw : ndarray of shape (C, F // groups, *K)
        Gradient by the kernels.
    db : ndarray of shape (F,)
        Gradient by the biases.

    Raises
    ------
    TypeError
        If an array does not hold real numbers or an option is of the wrong kind.
    ValueError
        If shapes do not go together, an option is out of range, or the method does not exist or apply.

    Notes
    -----
    The roles of input and output are swapped: the forward pass of :func:`conv` becomes the gradient
    by the input. Twice the multiply-adds of the forward pass.

    Examples
    --------
    >>> dx, dw, db = conv_transpose_backward([[[1, 0, 2]]], [[[5]]], [[[1, 10, 100]]])
    >>> dx.tolist(), dw.tolist(), db.tolist()
    ([[[201.0]]], [[[5.0, 0.0, 10.0]]], [3.0])
    """
    spec = transpose_spec(
        x,
        w,
        None,
        stride=stride,
        padding=padding,
        output_padding=output_padding,
        dilation=dilation,
        groups=groups,
    )
    dy = gradient_array(dy, spec.x_shape, spec.dtype)
    x, w = np.asarray(x, spec.dtype), np.asarray(w, spec.dtype)
    algorithm = ALGORITHMS[choose(method, spec, x if np.isfinite(x).all() else dy, w)]
    _warn_of_spreading(method, dy, x, w)
    with np.errstate(invalid="ignore", over="ignore"):
        dx, dw = algorithm.forward(dy, w, spec), algorithm.kernel_gradient(x, dy, spec)
        return dx, dw, dy.sum(axis=(0, *range(2, dy.ndim)))


def _warn_of_spreading(method: str, *arrays: np.ndarray) -> None:
    """Warn where a method that was asked for carries NaN or infinity too far."""
    if method in SPREADING and not all(np.isfinite(a).all() for a in arrays):
        warnings.warn(
            f"an array holds NaN or infinity, which method {method!r} spreads; use another method",
            RuntimeWarning,
            stacklevel=3,
        )
