"""Shares of a sum: the answer of `softmax_map`, in steps that mistakes can replace."""

from __future__ import annotations

import numpy as np


def largest(scores: np.ndarray) -> np.ndarray:
    """Give the largest score of each place."""
    return scores.max(axis=0)


def share(values: np.ndarray, axis: int | tuple[int, ...] | None = 0) -> np.ndarray:
    """Divide by the sum along an axis."""
    return values / values.sum(axis=axis, keepdims=True)


def reference(scores: np.ndarray) -> np.ndarray:
    """Take the softmax over axis 0, after the largest score of each place has been subtracted."""
    return share(np.exp(scores - largest(scores)))
