"""How good an answer is, beyond the share of right ones."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from lecturelib.operators.checks import whole_number


def intersection_over_union(guess: ArrayLike, truth: ArrayLike, classes: Sequence[int]) -> np.ndarray:
    """Compare two maps of labels class by class: what both call so, among what either calls so.

    Parameters
    ----------
    guess, truth : array_like of int, of the same shape
        Labels, for instance (N, H, W).
    classes : sequence of int
        The labels to judge.

    Returns
    -------
    ndarray of shape (len(classes),)
        From 0 (no place in common) to 1 (the same places); NaN for a class that is in neither.

    Raises
    ------
    TypeError
        If labels are no integers.
    ValueError
        If the shapes differ.

    Notes
    -----
    Unlike the share of right places, it does not grow with the background.

    Examples
    --------
    >>> intersection_over_union([0, 0, 1, 1], [0, 1, 1, 0], classes=(0, 1)).round(3)
    array([0.333, 0.333])
    """
    guess, truth = np.asarray(guess), np.asarray(truth)
    for name, labels in (("guess", guess), ("truth", truth)):
        if labels.dtype.kind not in "iu":
            raise TypeError(f"{name} must hold integers; got dtype {labels.dtype}")
    if guess.shape != truth.shape:
        raise ValueError(f"guess must have the shape of truth, {truth.shape}; got {guess.shape}")
    shares = []
    for label in (whole_number("classes", each) for each in classes):
        both, either = (
            np.sum((guess == label) & (truth == label)),
            np.sum((guess == label) | (truth == label)),
        )
        shares.append(both / either if either else np.nan)
    return np.array(shares, dtype=float)
