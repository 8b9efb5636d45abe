"""Who gets the gradient of a maximum: the answer of `max_grad`, in steps that mistakes can replace."""

from __future__ import annotations

import numpy as np


def winners(xs: np.ndarray) -> np.ndarray:
    """Mark the largest numbers."""
    return xs == xs.max()


def one_hot(place: int, length: int) -> np.ndarray:
    """Put a 1 at one place."""
    return (np.arange(length) == place).astype(float)


def first(marks: np.ndarray) -> np.ndarray:
    """Give 1 to the first that is marked."""
    return one_hot(int(np.argmax(marks)), len(marks))


def share(marks: np.ndarray) -> np.ndarray:
    """Give all that are marked an equal part."""
    return marks / marks.sum()


def reference(xs: np.ndarray, rule: str) -> np.ndarray:
    """Give the gradient of max(xs) to the first of the largest, or an equal part to each of them."""
    return (first if rule == "first" else share)(winners(xs))
