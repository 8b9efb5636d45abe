"""The textbook's convolution layer: one big matrix of columns, one matrix product."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def columns(x: np.ndarray, kernel: tuple[int, int], stride: int, padding: int) -> np.ndarray:
    """Copy every window into a column.

    Parameters
    ----------
    x : ndarray of shape (N, C, H, W)
        Inputs.
    kernel : (int, int)
        Height and width of a window.
    stride, padding : int
        Along both axes.

    Returns
    -------
    ndarray of shape (C * KH * KW, N * OH * OW)
        One column a window.
    """
    sides = ((0, 0), (0, 0), (padding, padding), (padding, padding))
    view = sliding_window_view(np.pad(x, sides), kernel, (2, 3))[:, :, ::stride, ::stride]
    return view.transpose(1, 4, 5, 0, 2, 3).reshape(x.shape[1] * kernel[0] * kernel[1], -1)


def forward(x: np.ndarray, w: np.ndarray, b: np.ndarray, *, stride: int, padding: int) -> np.ndarray:
    """Multiply the kernels, as rows, with the columns.

    Returns
    -------
    ndarray of shape (N, F, OH, OW)
        Outputs.
    """
    cols = columns(x, w.shape[2:], stride, padding)
    height, width = (
        (n + 2 * padding - k) // stride + 1 for n, k in zip(x.shape[2:], w.shape[2:], strict=True)
    )
    y = w.reshape(len(w), -1) @ cols + b[:, None]
    return np.ascontiguousarray(y.reshape(len(w), len(x), height, width).swapaxes(0, 1))


def backward(
    dy: np.ndarray, x: np.ndarray, w: np.ndarray, *, stride: int, padding: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradients by input, kernels and biases; the columns are made anew and added back tap by tap.

    Returns
    -------
    dx, dw, db : ndarray
        Of the shapes of x, w and b.
    """
    rows = dy.swapaxes(0, 1).reshape(len(w), -1)
    dw = (rows @ columns(x, w.shape[2:], stride, padding).T).reshape(w.shape)
    read = (w.reshape(len(w), -1).T @ rows).reshape(*w.shape[1:], len(x), *dy.shape[2:])
    dx = np.zeros((*x.shape[:2], *(n + 2 * padding for n in x.shape[2:])), x.dtype)
    for i, j in np.ndindex(w.shape[2:]):
        under = (slice(i, i + stride * dy.shape[2], stride), slice(j, j + stride * dy.shape[3], stride))
        dx[(..., *under)] += read[:, i, j].swapaxes(0, 1)
    inside = (slice(padding, n + padding) for n in x.shape[2:])
    return dx[(..., *inside)], dw, rows.sum(1)
