"""Steps of tied copies: the answer of `tied_step`, in pieces that mistakes can replace."""

from __future__ import annotations

import numpy as np


def moved(w: np.ndarray, direction: np.ndarray, lr: float) -> np.ndarray:
    """Take a step against a direction that all copies share, or against one for each."""
    return w - lr * direction


def total(grads: np.ndarray) -> np.ndarray:
    """Add up the gradients of all copies."""
    return grads.sum(axis=0)


def mean(grads: np.ndarray) -> np.ndarray:
    """Average the gradients of all copies."""
    return grads.mean(axis=0)


def equal(copies: np.ndarray) -> np.ndarray:
    """Replace every copy by the mean of all."""
    return np.broadcast_to(copies.mean(axis=0), copies.shape)


def reference(w: np.ndarray, grads: np.ndarray, lr: float, rule: str) -> np.ndarray:
    """Step by the sum or the mean of all gradients, or each by its own and average afterwards."""
    if rule == "average_after":
        return equal(moved(w, grads, lr))
    return moved(w, total(grads) if rule == "sum" else mean(grads), lr)
