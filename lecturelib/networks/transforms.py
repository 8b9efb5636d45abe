"""What is done to inputs during training, so that a network sees more than there is."""

from __future__ import annotations

import numpy as np

from lecturelib.operators.checks import whole_number
from lecturelib.operators.symmetry import translate


class RandomShift:
    """Shift every input of a batch by whole samples, each by its own; zeros come in.

    Parameters
    ----------
    most : int
        Largest shift, along each grid axis and in both directions.

    Raises
    ------
    ValueError
        If `most` is negative.

    Notes
    -----
    For :func:`fit`: ``transform=RandomShift(1)``. All shifts from ``-most`` to ``most`` are equally likely,
    along each axis by itself. Inputs are (N, C, *S), and the axes from the third on are shifted.

    Examples
    --------
    >>> x = np.zeros((2, 1, 3, 3))
    >>> x[:, :, 1, 1] = 1
    >>> np.argwhere(RandomShift(1)(x, np.random.default_rng(2)))[:, 2:].tolist()
    [[2, 0], [0, 0]]
    """

    def __init__(self, most: int) -> None:
        self.most = whole_number("most", most, at_least=0)

    def __call__(self, x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Return shifted copies of a batch, of the same shape and dtype."""
        shifts = rng.integers(-self.most, self.most + 1, size=(len(x), x.ndim - 2))
        moved = np.empty_like(x)
        for shift in np.unique(shifts, axis=0):
            those = (shifts == shift).all(axis=1)
            moved[those] = translate(x[those], shift.tolist())
        return moved
