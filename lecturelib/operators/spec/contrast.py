"""Options of local contrast normalization."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from lecturelib.operators.checks import (
    BOUNDARIES,
    batch_array,
    gradient_array,
    layer_dtype,
    one_of,
    real_array,
    real_number,
)


@dataclass(frozen=True, eq=False)
class ContrastSpec:
    """Everything about local contrast normalization but the numbers that are normalized.

    Attributes
    ----------
    shape : tuple of int
        (N, C, *S), of input and output.
    window : ndarray of shape (*K)
        Weights that sum to 1.
    pairs : tuple of (int, int)
        How far the window reaches beyond each spatial axis, before and after.
    c : "mean" or float
        The least divisor.
    boundary : str
        What lies beyond the border.
    dtype : numpy.dtype
        In which results are returned.
    working : numpy.dtype
        In which they are computed: the squares of half-precision numbers need more room.
    """

    shape: tuple[int, ...]
    window: np.ndarray
    pairs: tuple[tuple[int, int], ...]
    c: str | float
    boundary: str
    dtype: np.dtype
    working: np.dtype

    @classmethod
    def from_arguments(
        cls, x: ArrayLike, window: ArrayLike, boundary: str, c: str | float = "mean", *, name: str = "x"
    ) -> ContrastSpec:
        """Check a user's arguments.

        Parameters
        ----------
        x : array_like of shape (N, C, *S)
            Inputs, with one, two or three spatial axes.
        window : array_like of shape (*K)
            Weights that are not negative, an odd number along each spatial axis.
        boundary : str
            A rule of :func:`~lecturelib.operators.windows.pad`.
        c : "mean" or float
            The least divisor: the mean over an image, or a positive number.
        name : str
            What the user calls `x`.

        Returns
        -------
        ContrastSpec
            The canonical form.

        Raises
        ------
        TypeError
            If an array does not hold real numbers or `c` is of the wrong kind.
        ValueError
            If shapes do not go together, the weights are no weights, or an option is impossible.
        """
        x, window = batch_array(name, x), real_array("window", window).astype(np.float64)
        if window.ndim != x.ndim - 2 or not all(k % 2 for k in window.shape):
            raise ValueError(
                f"window must have odd lengths along {x.ndim - 2} axes, one for each spatial axis of {name}; "
                f"got shape {window.shape}"
            )
        with np.errstate(invalid="ignore", over="ignore"):  # what is not finite is refused below
            total = window.sum()
        if (window < 0).any() or not 0 < total < np.inf:
            raise ValueError(
                "window must hold finite weights, none negative and not all of them 0; "
                f"got weights from {window.min()} to {window.max()}"
            )
        if isinstance(c, str):
            one_of("c", c, ("mean",))
        elif not 0 < real_number("c", c) < np.inf:
            raise ValueError(f"c must be 'mean' or a positive, finite number; got {c!r}")
        dtype = layer_dtype(x)
        working = np.result_type(dtype, np.float32)
        return cls(
            shape=x.shape,
            window=(window / total).astype(working),
            pairs=tuple((k // 2, k // 2) for k in window.shape),
            c=c if isinstance(c, str) else float(c),
            boundary=one_of("boundary", boundary, BOUNDARIES),
            dtype=dtype,
            working=working,
        )

    def checked_gradient(self, dy: ArrayLike) -> np.ndarray:
        """Return the gradient by the output in the dtype in which everything is computed.

        Parameters
        ----------
        dy : array_like of shape (N, C, *S)
            As the user gave it.

        Returns
        -------
        ndarray of shape (N, C, *S)
            The same numbers.

        Raises
        ------
        TypeError
            If it does not hold real numbers.
        ValueError
            If its shape is not that of the output.
        """
        return gradient_array(dy, self.shape, self.working)
