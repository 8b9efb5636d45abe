"""Layers in which each output channel reads some of the input channels, by a table of connections."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import ArrayLike

from lecturelib.operators.checks import whole_number
from lecturelib.operators.conv import conv, conv_backward
from lecturelib.operators.spec import ConvSpec, table_spec


def partially_connected(
    x: ArrayLike,
    w: ArrayLike,
    table: ArrayLike,
    b: ArrayLike | None = None,
    *,
    stride: int | Sequence[int] = 1,
    padding: int | str | Sequence = 0,
    dilation: int | Sequence[int] = 1,
    method: str = "auto",
) -> np.ndarray:
    """Cross-correlate each output channel with some of the input channels: those that a table names.

    Parameters
    ----------
    x : array_like of shape (N, C, *S)
        N inputs of C channels, with one, two or three spatial axes.
    w : array_like of shape (E, *K)
        One kernel for each connection, in the order of the table, row after row.
    table : array_like of bool, of shape (F, C)
        ``table[f, c]`` tells whether output channel f reads input channel c: E connections in all.
    b : array_like of shape (F,), optional
        One bias for each output channel.
    stride, padding, dilation, method
        As for :func:`~lecturelib.operators.conv.conv`.

    Returns
    -------
    ndarray of shape (N, F, *O)
        Outputs. float32 if `x` and `w` are, float64 for integers.

    Raises
    ------
    TypeError
        If an array does not hold numbers, `table` no booleans, or an option is of the wrong kind.
    ValueError
        If shapes do not go together, or an option is out of range.

    Notes
    -----
    Its definition takes ``N * E * prod(O) * prod(K)`` multiply-adds. It is computed as a convolution whose
    other kernels are zero, since one large matrix product beats many small ones: ``F * C / E`` times as
    many. NaN and infinity times those zeros would be NaN, so an input that holds any is convolved
    filter by filter. Scratch memory: those kernels, and that of the convolution.

    Examples
    --------
    >>> x = np.array([[[1, 2], [10, 20], [100, 200]]])
    >>> table = np.array([[True, True, False], [False, False, True]])
    >>> partially_connected(x, [[1], [1], [2]], table)
    array([[[ 11.,  22.],
            [200., 400.]]])
    """
    table, spec = table_spec(x, w, table, b, stride=stride, padding=padding, dilation=dilation)
    options = {"stride": stride, "padding": padding, "dilation": dilation, "method": method}
    x, w = np.asarray(x, spec.dtype), np.asarray(w, spec.dtype)
    if np.isfinite(x).all():
        return conv(x, _all_kernels(w, table, spec), b, **options)
    y = np.zeros(spec.y_shape, spec.dtype)
    y += 0 if b is None else np.asarray(b, spec.dtype).reshape(-1, *(1 for _ in spec.output))
    for f, row, kernels in _filters(w, table):
        y[:, f : f + 1] += conv(x[:, row], kernels[None], **options)
    return y


def partially_connected_backward(
    dy: ArrayLike,
    x: ArrayLike,
    w: ArrayLike,
    table: ArrayLike,
    *,
    stride: int | Sequence[int] = 1,
    padding: int | str | Sequence = 0,
    dilation: int | Sequence[int] = 1,
    method: str = "auto",
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradients of a partially connected layer by its input, its kernels and its biases.

    Parameters
    ----------
    dy : array_like of shape (N, F, *O)
        Gradient of the loss by the output of :func:`partially_connected`.
    x : array_like of shape (N, C, *S)
        The inputs.
    w : array_like of shape (E, *K)
        The kernels.
    table : array_like of bool, of shape (F, C)
        The connections.
    stride, padding, dilation, method
        As given to :func:`partially_connected`.

    Returns
    -------
    dx : ndarray of shape (N, C, *S)
        Gradient by the inputs.
    dw : ndarray of shape (E, *K)
        Gradient by the kernels of the connections.
    db : ndarray of shape (F,)
        Gradient by the biases.

    Raises
    ------
    TypeError
        If an array does not hold numbers, `table` no booleans, or an option is of the wrong kind.
    ValueError
        If shapes do not go together, or an option is out of range.

    Notes
    -----
    Computed by the full convolution's gradients; scratch memory as for the forward pass, and those
    kernels once more.

    Examples
    --------
    >>> x = np.array([[[1, 2], [10, 20], [100, 200]]])
    >>> table = np.array([[True, True, False], [False, False, True]])
    >>> dx, dw, db = partially_connected_backward(np.ones((1, 2, 2)), x, [[1], [1], [2]], table)
    >>> dx.tolist(), dw.tolist()
    ([[[1.0, 1.0], [1.0, 1.0], [2.0, 2.0]]], [[3.0], [30.0], [300.0]])
    """
    table, spec = table_spec(x, w, table, None, stride=stride, padding=padding, dilation=dilation)
    options = {"stride": stride, "padding": padding, "dilation": dilation, "method": method}
    dy, x, w = spec.checked_gradient(dy), np.asarray(x, spec.dtype), np.asarray(w, spec.dtype)
    if np.isfinite(x).all() and np.isfinite(dy).all():
        dx, dw, db = conv_backward(dy, x, _all_kernels(w, table, spec), **options)
        return dx, dw[table], db
    dx, dw = np.zeros_like(x), np.zeros(spec.w_shape, spec.dtype)
    for f, row, kernels in _filters(w, table):
        dx_row, dw[f : f + 1, row], _ = conv_backward(dy[:, f : f + 1], x[:, row], kernels[None], **options)
        with np.errstate(invalid="ignore", over="ignore"):
            dx[:, row] += dx_row
    with np.errstate(invalid="ignore", over="ignore"):
        return dx, dw[table], dy.sum(axis=(0, *range(2, dy.ndim)))


def _filters(w: np.ndarray, table: np.ndarray) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
    """Each filter that reads something, the channels it reads, and its kernels."""
    last = np.cumsum(table.sum(1))
    for f, row in enumerate(table):
        if row.any():
            yield f, row, w[last[f] - row.sum() : last[f]]


def _all_kernels(w: np.ndarray, table: np.ndarray, spec: ConvSpec) -> np.ndarray:
    """Kernels of all pairs of channels, zero where the table has no connection: (F, C, *K)."""
    kernels = np.zeros(spec.w_shape, spec.dtype)
    kernels[table] = w
    return kernels


def random_connections(rng: np.random.Generator, filters: int, channels: int, reads: int) -> np.ndarray:
    """Draw a table in which every output channel reads equally many input channels, chosen at random.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of randomness.
    filters, channels : int
        F output and C input channels.
    reads : int
        Input channels that each output channel reads, at most C.

    Returns
    -------
    ndarray of bool, of shape (F, C)
        Every row holds `reads` times True.

    Raises
    ------
    TypeError
        If `rng` is no generator, or a number is not an integer.
    ValueError
        If a number is smaller than 1, or `reads` exceeds the channels.

    Examples
    --------
    >>> table = random_connections(np.random.default_rng(0), 256, 64, 16)
    >>> table.shape, int(table.sum()), set(table.sum(1).tolist())
    ((256, 64), 4096, {16})
    """
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"rng must be a numpy.random.Generator; got {type(rng).__name__}")
    filters, channels = (
        whole_number("filters", filters, at_least=1),
        whole_number("channels", channels, at_least=1),
    )
    reads = whole_number("reads", reads, at_least=1)
    if reads > channels:
        raise ValueError(f"reads must be at most the {channels} channels; got {reads}")
    table = np.zeros((filters, channels), bool)
    table[:, :reads] = True
    return rng.permuted(table, axis=1)
