"""Rows of detector values to shift and pool: four made ones, and a check of a reader's own."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from lecturelib.operators.checks import real_array

SIZE = 24
OWN = "as given"


def _rows() -> dict[str, np.ndarray]:
    place = np.arange(SIZE)
    sparse = np.random.default_rng(0).uniform(0.05, 0.15, size=SIZE)
    sparse[[2, 9, 14, 20]] = 1.0, 0.6, 0.8, 0.45
    bumps = ((6.3, 2.4, 1.0), (16.7, 3.4, 0.7))
    smooth = 0.1 + sum(height * np.exp(-((place - at) ** 2) / (2 * s**2)) for at, s, height in bumps)
    noise = np.random.default_rng(2).uniform(size=SIZE)
    stripes = np.where(place % 2, 0.2, 0.9)
    rows = {"four edges": sparse, "noise": noise, "smooth": smooth, "stripes": stripes}
    for row in rows.values():
        row.flags.writeable = False
    return rows


ROWS = _rows()
SUBJECTS = {
    "four edges": "The row of four edges",
    "noise": "The row of noise",
    "smooth": "The smooth row",
    "stripes": "The row of stripes",
    OWN: "Your row",
}


def checked_row(row: str | ArrayLike) -> np.ndarray:
    """Return a row by its name, or a copy of a row of values.

    Parameters
    ----------
    row : str or array_like of shape (24,)
        A name in `ROWS`, or values that are not negative.

    Returns
    -------
    ndarray of shape (24,)
        It cannot be written to.

    Raises
    ------
    TypeError
        If `row` is neither a name nor real numbers.
    ValueError
        If the name is unknown, the shape is not (24,), or a value is negative or not finite.

    Examples
    --------
    >>> checked_row("stripes")[:3].tolist()
    [0.9, 0.2, 0.9]
    """
    if isinstance(row, str):
        if row not in ROWS:
            raise ValueError(f"row must be one of {', '.join(ROWS)}, or {SIZE} values; got {row!r}")
        row = ROWS[row]
    array = real_array("row", row).astype(np.float64)
    if array.shape != (SIZE,):
        raise ValueError(f"row must have shape ({SIZE},); got shape {array.shape}")
    if not np.isfinite(array).all() or array.min() < 0:
        raise ValueError(f"row must hold finite values of at least 0; got {array.min():g} as the smallest")
    array.flags.writeable = False
    return array
