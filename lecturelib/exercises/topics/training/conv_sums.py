"""Gradients of a cross-correlation layer: the answer of `conv_backward`, one function for each of the two."""

from __future__ import annotations

import numpy as np

Gradients = tuple[np.ndarray, np.ndarray]


def kernel_gradient(dy: np.ndarray, x: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Pair all of dy with the window of x that each weight met."""
    gradient = np.zeros(w.shape, dtype=np.result_type(dy, x, w))
    height, width = dy.shape[2:]
    for m, n in np.ndindex(w.shape[2:]):
        gradient[:, :, m, n] = np.einsum("bfij,bcij->fc", dy, x[:, :, m : m + height, n : n + width])
    return gradient


def input_gradient(dy: np.ndarray, x: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Send dy back to the pixels of x, through each weight in turn."""
    gradient = np.zeros(x.shape, dtype=np.result_type(dy, x, w))
    height, width = dy.shape[2:]
    for m, n in np.ndindex(w.shape[2:]):
        gradient[:, :, m : m + height, n : n + width] += np.einsum("bfij,fc->bcij", dy, w[:, :, m, n])
    return gradient


def reference(dy: np.ndarray, x: np.ndarray, w: np.ndarray) -> Gradients:
    """Give the gradients of the cross-correlation of x (N, C, H, W) with w (F, C, KH, KW)."""
    return input_gradient(dy, x, w), kernel_gradient(dy, x, w)
