"""Layers that share their kernels less than a convolution does: locally connected and tiled."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import ArrayLike

from lecturelib.operators.conv import conv, conv_backward
from lecturelib.operators.spec import ConvSpec, local_spec, tiled_spec
from lecturelib.operators.windows import crop, fold, pad, windows


def locally_connected(
    x: ArrayLike,
    w: ArrayLike,
    b: ArrayLike | None = None,
    *,
    stride: int | Sequence[int] = 1,
    padding: int | str | Sequence = 0,
) -> np.ndarray:
    """Cross-correlate with a kernel of its own at every place: unshared convolution.

    Parameters
    ----------
    x : array_like of shape (N, C, *S)
        N inputs of C channels, with one, two or three spatial axes.
    w : array_like of shape (F, *O, C, *K)
        The tensor of six indices (for images): output channel, row, column, input channel, row offset,
        column offset.
    b : array_like of shape (F, *O), optional
        One bias for each unit.
    stride : int or one int an axis
        Inputs between neighbouring outputs.
    padding : int, {"valid", "same", "full"}, or one int or (before, after) pair an axis
        Zeros around the input.

    Returns
    -------
    ndarray of shape (N, F, *O)
        ``y[n, f, i] = b[f, i] + sum over c, t of x[n, c, i * stride + t] * w[f, i, c, t]`` on the padded
        input.         float32 if `x` and `w` are, float64 for integers.

    Raises
    ------
    TypeError
        If an array does not hold real numbers or an option is of the wrong kind.
    ValueError
        If shapes do not go together, `w` does not have one kernel a place, or an option is out of range.

    Notes
    -----
    As many multiply-adds as the convolution of the same size, and ``prod(O)`` times its parameters. With
    all slices ``w[:, i]`` equal it is that convolution. Scratch memory: the padded input, a copy of all
    windows (``prod(K)`` times the input), and the kernels and outputs once more.

    Examples
    --------
    >>> w = np.array([[[[1, 0]], [[0, 1]], [[10, 10]]]])  # first neighbour, second, ten times their sum
    >>> locally_connected([[[1, 2, 3, 5]]], w)
    array([[[ 1.,  3., 80.]]])
    """
    spec = local_spec(x, w, b, stride=stride, padding=padding)
    kernels = _unit_matrices(np.asarray(w, spec.dtype), spec)
    with np.errstate(invalid="ignore", over="ignore"):  # 0 · ∞ and overflow are answers here
        y = np.matmul(kernels, _samples_of_units(np.asarray(x, spec.dtype), spec))  # (places, F, N)
        y = np.ascontiguousarray(y.transpose(2, 1, 0)).reshape(spec.y_shape)
        if b is not None:
            y += np.asarray(b, spec.dtype)
    return y


def locally_connected_backward(
    dy: ArrayLike,
    x: ArrayLike,
    w: ArrayLike,
    *,
    stride: int | Sequence[int] = 1,
    padding: int | str | Sequence = 0,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradients of a locally connected layer by its input, its kernels and its biases.

    Parameters
    ----------
    dy : array_like of shape (N, F, *O)
        Gradient of the loss by the output of :func:`locally_connected`.
    x : array_like of shape (N, C, *S)
        The inputs.
    w : array_like of shape (F, *O, C, *K)
        The kernels.
    stride, padding
        As given to :func:`locally_connected`.

    Returns
    -------
    dx : ndarray of shape (N, C, *S)
        Gradient by the inputs.
    dw : ndarray of shape (F, *O, C, *K)
        Gradient by the kernels. Summed over all places it is the gradient of a shared kernel.
    db : ndarray of shape (F, *O)
        Gradient by the biases: the sum of `dy` over the batch.

    Raises
    ------
    TypeError
        If an array does not hold real numbers or an option is of the wrong kind.
    ValueError
        If shapes do not go together, or an option is out of range.

    Notes
    -----
    Twice the multiply-adds of the forward pass, and twice its scratch memory.

    Examples
    --------
    >>> w = np.array([[[[1, 0]], [[0, 1]], [[10, 10]]]])
    >>> dx, dw, db = locally_connected_backward([[[1, 1, 1]]], [[[1, 2, 3, 5]]], w)
    >>> dx.tolist(), dw[0, :, 0].tolist()
    ([[[1.0, 0.0, 11.0, 10.0]]], [[1.0, 2.0], [2.0, 3.0], [3.0, 5.0]])
    """
    spec = local_spec(x, w, None, stride=stride, padding=padding)
    dy = spec.checked_gradient(dy)
    by_place = dy.reshape(spec.batch, spec.filters, -1).transpose(2, 1, 0)  # (places, F, N)
    with np.errstate(invalid="ignore", over="ignore"):
        samples = _samples_of_units(np.asarray(x, spec.dtype), spec)
        dw = np.matmul(by_place, samples.swapaxes(1, 2))  # (places, F, C · taps)
        dsamples = np.matmul(_unit_matrices(np.asarray(w, spec.dtype), spec).swapaxes(1, 2), by_place)
        views = dsamples.transpose(2, 1, 0).reshape(
            spec.batch, spec.channels, *spec.kernel, *spec.output
        )  # channels and taps of each unit, unit by unit
        axes = len(spec.kernel)
        views = np.moveaxis(views, range(2, 2 + axes), range(2 + axes, 2 + 2 * axes))
        dx = np.ascontiguousarray(crop(fold(views, spec.padded, stride=spec.stride), spec.padding))
        dw = np.ascontiguousarray(dw.swapaxes(0, 1)).reshape(
            spec.filters, *spec.output, spec.channels, *spec.kernel
        )
        return dx, dw, dy.sum(0)


def _unit_matrices(w: np.ndarray, spec: ConvSpec) -> np.ndarray:
    """Kernels place by place: (places, F, C · taps)."""
    return w.reshape(spec.filters, int(np.prod(spec.output)), -1).swapaxes(0, 1)


def _samples_of_units(x: np.ndarray, spec: ConvSpec) -> np.ndarray:
    """Gather what the units of each place read: (places, C · taps, N)."""
    axes = len(spec.kernel)
    view = windows(pad(x, spec.padding), spec.kernel, stride=spec.stride)  # (N, C, *O, *K)
    view = np.moveaxis(view, (0, 1), (-1, axes))  # (*O, C, *K, N)
    return view.reshape(int(np.prod(spec.output)), -1, spec.batch)


def tiled_conv(
    x: ArrayLike,
    w: ArrayLike,
    b: ArrayLike | None = None,
    *,
    stride: int | Sequence[int] = 1,
    padding: int | str | Sequence = 0,
) -> np.ndarray:
    """Cross-correlate with several kernels that take turns through space: tiled convolution.

    Parameters
    ----------
    x : array_like of shape (N, C, *S)
        N inputs of C channels, with one, two or three spatial axes.
    w : array_like of shape (*T, F, C, *K)
        ``prod(T)`` kernels for each filter. The unit at place p uses ``w[p mod T]``, with places counted
        from 0.
    b : array_like of shape (*T, F), optional
        Biases, which take turns in the same way.
    stride : int or one int an axis
        Inputs between neighbouring outputs.
    padding : int, {"valid", "same", "full"}, or one int or (before, after) pair an axis
        Zeros around the input.

    Returns
    -------
    ndarray of shape (N, F, *O)
        Outputs. float32 if `x` and `w` are, float64 for integers.

    Raises
    ------
    TypeError
        If an array does not hold real numbers or an option is of the wrong kind.
    ValueError
        If shapes do not go together, or an option is out of range.

    Notes
    -----
    As many multiply-adds as a convolution, ``prod(T)`` times its parameters. With one tile it is a
    convolution; with as many tiles as outputs it is locally connected. A shift of the input by
    ``T * stride`` shifts the output by T; other shifts do not. Scratch memory: the padded input, the
    output once more, and that of the convolutions.

    Examples
    --------
    >>> tiled_conv([[[1, 1, 1, 2, 1, 3, 1]]], np.array([[[[1, 0]]], [[[1, 1]]]]))
    array([[[1., 2., 1., 3., 1., 4.]]])
    """
    tiles, spec = tiled_spec(x, w, b, stride=stride, padding=padding)
    w, x = np.asarray(w, spec.dtype), pad(np.asarray(x, spec.dtype), spec.padding)
    y = np.empty(spec.y_shape, spec.dtype)
    for tile, outputs, inputs, strides in _turns(tiles, spec):
        biases = None if b is None else np.asarray(b)[tile]
        y[(..., *outputs)] = conv(x[(..., *inputs)], w[tile], biases, stride=strides)
    return y


def tiled_conv_backward(
    dy: ArrayLike,
    x: ArrayLike,
    w: ArrayLike,
    *,
    stride: int | Sequence[int] = 1,
    padding: int | str | Sequence = 0,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradients of a tiled convolution by its input, its kernels and its biases.

    Parameters
    ----------
    dy : array_like of shape (N, F, *O)
        Gradient of the loss by the output of :func:`tiled_conv`.
    x : array_like of shape (N, C, *S)
        The inputs.
    w : array_like of shape (*T, F, C, *K)
        The kernels.
    stride, padding
        As given to :func:`tiled_conv`.

    Returns
    -------
    dx : ndarray of shape (N, C, *S)
        Gradient by the inputs.
    dw : ndarray of shape (*T, F, C, *K)
        Gradient by the kernels; zero for a kernel whose turn never comes.
    db : ndarray of shape (*T, F)
        Gradient by the biases.

    Raises
    ------
    TypeError
        If an array does not hold real numbers or an option is of the wrong kind.
    ValueError
        If shapes do not go together, or an option is out of range.

    Notes
    -----
    Twice the multiply-adds of the forward pass; scratch memory as there, and the padded input once more.

    Examples
    --------
    >>> w = np.array([[[[1, 0]]], [[[1, 1]]]])
    >>> dx, dw, db = tiled_conv_backward([[[1, 1, 1]]], [[[1, 2, 3, 5]]], w)
    >>> dx.tolist(), dw[:, 0, 0].tolist(), db.tolist()
    ([[[1.0, 1.0, 2.0, 0.0]]], [[4.0, 7.0], [2.0, 3.0]], [[2.0], [1.0]])
    """
    tiles, spec = tiled_spec(x, w, None, stride=stride, padding=padding)
    dy, w, x = spec.checked_gradient(dy), np.asarray(w, spec.dtype), np.asarray(x, spec.dtype)
    padded = pad(x, spec.padding)
    dx, dw, db = np.zeros_like(padded), np.zeros_like(w), np.zeros((*tiles, spec.filters), spec.dtype)
    for tile, outputs, inputs, strides in _turns(tiles, spec):
        gradients = conv_backward(dy[(..., *outputs)], padded[(..., *inputs)], w[tile], stride=strides)
        with np.errstate(invalid="ignore", over="ignore"):
            dx[(..., *inputs)] += gradients[0]
        dw[tile], db[tile] = gradients[1:]
    return np.ascontiguousarray(crop(dx, spec.padding)), dw, db


def _turns(
    tiles: tuple[int, ...], spec: ConvSpec
) -> Iterator[tuple[tuple[int, ...], tuple[slice, ...], tuple[slice, ...], tuple[int, ...]]]:
    """For each kernel whose turn comes: its outputs, the padded inputs they read, and their stride."""
    strides = tuple(s * t for s, t in zip(spec.stride, tiles, strict=True))
    for tile in np.ndindex(*(min(t, n) for t, n in zip(tiles, spec.output, strict=True))):
        outputs = tuple(slice(first, None, t) for first, t in zip(tile, tiles, strict=True))
        inputs = tuple(slice(first * s, None) for first, s in zip(tile, spec.stride, strict=True))
        yield tile, outputs, inputs, strides
