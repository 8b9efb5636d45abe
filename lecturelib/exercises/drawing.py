"""Random numbers for problems: few digits, never zero, all different as far as they go.

Multiples of 1/2 are exact in every floating-point type, are easy to follow by hand, and differ from what
integers can hold. Entries that differ from each other leave no symmetry behind which a wrong answer could
hide.
"""

from __future__ import annotations

import numpy as np

_WHOLE = np.array([number for number in range(-9, 10) if number])
_HALVES = np.array([number / 2 for number in range(-17, 18) if number])


def halves(rng: np.random.Generator, *shape: int, dtype: type = np.float64) -> np.ndarray:
    """Draw multiples of 1/2 between -8.5 and 8.5.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of randomness.
    *shape : int
        Shape of the array. Up to 34 entries all differ; at least one is no whole number.
    dtype : type
        A floating-point type.

    Returns
    -------
    ndarray
        The numbers.
    """
    drawn = _draw(rng, _HALVES, shape)
    if drawn.size and not (drawn % 1).any():
        drawn.flat[rng.integers(drawn.size)] += 0.5 if drawn.max() < 8 else -0.5
    return drawn.astype(dtype)


def whole(rng: np.random.Generator, *shape: int) -> np.ndarray:
    """Draw integers between -9 and 9 without 0; up to 18 entries all differ.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of randomness.
    *shape : int
        Shape of the array.

    Returns
    -------
    ndarray of int64
        The numbers.
    """
    return _draw(rng, _WHOLE, shape).astype(np.int64)


def _draw(rng: np.random.Generator, pool: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    size = int(np.prod(shape))
    return rng.choice(pool, size, replace=size > len(pool)).reshape(shape)
