"""Disjoint parts that are pooled whole: bins of a grid, and runs of channels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from lecturelib.operators.checks import (
    batch_array,
    each_axis,
    gradient_array,
    layer_dtype,
    real_array,
    whole_number,
)


@dataclass(frozen=True)
class BinSpec:
    """Disjoint bins of a grid: what adaptive pooling pools over.

    Attributes
    ----------
    batch, channels : int
        N and C.
    spatial, bins : tuple of int
        Lengths of the input's axes, and bins along each.
    dtype : numpy.dtype
        In which everything is computed and returned.
    """

    batch: int
    channels: int
    spatial: tuple[int, ...]
    bins: tuple[int, ...]
    dtype: np.dtype

    @classmethod
    def from_arguments(cls, x: ArrayLike, bins: int | Sequence[int]) -> BinSpec:
        """Check a user's arguments.

        Parameters
        ----------
        x : array_like of shape (N, C, *S)
            Inputs, with one, two or three spatial axes.
        bins : int or one int an axis
            Bins along each axis, at most as many as there are inputs.

        Returns
        -------
        BinSpec
            The canonical form.

        Raises
        ------
        TypeError
            If `x` does not hold real numbers or `bins` no integers.
        ValueError
            If a bin would be empty, or shapes do not fit.
        """
        x = batch_array("x", x)
        spatial = x.shape[2:]
        each = each_axis("bins", bins, len(spatial))
        if any(b > n for b, n in zip(each, spatial, strict=True)):
            raise ValueError(f"bins must be at most {spatial}, the input's lengths; got {bins!r}")
        return cls(x.shape[0], x.shape[1], spatial, each, layer_dtype(x))

    @property
    def y_shape(self) -> tuple[int, ...]:
        """Shape (N, C, *bins) of the output."""
        return (self.batch, self.channels, *self.bins)

    def checked_gradient(self, dy: ArrayLike) -> np.ndarray:
        """Return the gradient by the output in the stage's dtype.

        Parameters
        ----------
        dy : array_like of shape (N, C, *bins)
            As the user gave it.

        Returns
        -------
        ndarray of shape (N, C, *bins)
            The same numbers.

        Raises
        ------
        TypeError
            If it does not hold real numbers.
        ValueError
            If its shape is not that of the output.
        """
        return gradient_array(dy, self.y_shape, self.dtype)

    def places(self) -> Iterator[tuple[tuple[int, ...], tuple[slice, ...]]]:
        """List the bins in row-major order: index of the output, and slices of the inputs.

        Yields
        ------
        bin : tuple of int
            Place of the output.
        inputs : tuple of slice
            Rows ``floor(i H / b)`` to ``floor((i + 1) H / b) - 1`` and so on: disjoint, and all inputs
            belong to one.
        """
        for place in np.ndindex(*self.bins):
            yield (
                place,
                tuple(
                    slice(i * n // b, (i + 1) * n // b)
                    for i, n, b in zip(place, self.spatial, self.bins, strict=True)
                ),
            )


@dataclass(frozen=True)
class PieceSpec:
    """Runs of consecutive channels: what maxout pools over.

    Attributes
    ----------
    shape : tuple of int
        Of the input.
    axis : int
        The axis of the channels, counted from the front.
    pieces : int
        Channels of a run.
    dtype : numpy.dtype
        In which everything is computed and returned.
    """

    shape: tuple[int, ...]
    axis: int
    pieces: int
    dtype: np.dtype

    @classmethod
    def from_arguments(cls, x: ArrayLike, pieces: int, *, axis: int = 1) -> PieceSpec:
        """Check a user's arguments.

        Parameters
        ----------
        x : array_like of any shape with at least one axis
            Inputs.
        pieces : int
            Channels of a run; they divide the channels of `x`.
        axis : int
            The axis of the channels; negative numbers count from the end.

        Returns
        -------
        PieceSpec
            The canonical form.

        Raises
        ------
        TypeError
            If `x` does not hold real numbers, or `pieces` or `axis` is not an integer.
        ValueError
            If there is no such axis, or its channels are no whole number of runs.
        """
        x = real_array("x", x)
        if x.ndim == 0:
            raise ValueError("x must have at least one axis, that of the channels; got shape ()")
        axis = whole_number("axis", axis, at_least=-x.ndim)
        if axis >= x.ndim:
            raise ValueError(f"axis must be smaller than {x.ndim}, the number of axes of x; got {axis}")
        axis %= x.ndim
        pieces = whole_number("pieces", pieces, at_least=1)
        if x.shape[axis] % pieces:
            raise ValueError(
                f"pieces must divide the {x.shape[axis]} channels of x along axis {axis}; got {pieces}"
            )
        return cls(x.shape, axis, pieces, layer_dtype(x))

    @property
    def y_shape(self) -> tuple[int, ...]:
        """Shape of the output: that of the input, with fewer channels."""
        return (*self.shape[: self.axis], self.shape[self.axis] // self.pieces, *self.shape[self.axis + 1 :])

    @property
    def run_axis(self) -> int:
        """The axis of :attr:`run_shape` along which the channels of one run lie."""
        return self.axis + 1

    @property
    def run_shape(self) -> tuple[int, ...]:
        """Shape of the input with the channels' axis cut into runs: (..., runs, pieces, ...)."""
        return (*self.y_shape[: self.run_axis], self.pieces, *self.shape[self.run_axis :])

    def checked_gradient(self, dy: ArrayLike) -> np.ndarray:
        """Return the gradient by the output in the stage's dtype.

        Parameters
        ----------
        dy : array_like of the output's shape
            As the user gave it.

        Returns
        -------
        ndarray of the output's shape
            The same numbers.

        Raises
        ------
        TypeError
            If it does not hold real numbers.
        ValueError
            If its shape is not that of the output.
        """
        return gradient_array(dy, self.y_shape, self.dtype)
