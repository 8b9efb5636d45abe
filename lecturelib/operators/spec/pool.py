"""Everything about a pooling stage but its numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import ArrayLike

from lecturelib.operators.checks import batch_array, each_axis, layer_dtype, shaped_array
from lecturelib.operators.shapes import output_size, padding_pair
from lecturelib.operators.spec.conv import padding_of_each_axis

#: Where one tap of the window lies: its index in the window, the outputs whose window has an input under
#: this tap, and those inputs. The slices are for the spatial axes; those of outputs and inputs are
#: equally long.
Tap = tuple[tuple[int, ...], tuple[slice, ...], tuple[slice, ...]]


@dataclass(frozen=True)
class PoolSpec:
    """Everything about a pooling stage but its numbers: shapes, options, output.

    Attributes
    ----------
    batch, channels : int
        N and C.
    spatial, size : tuple of int
        ``S`` and ``K``: lengths of the input's and the window's axes.
    stride, dilation : tuple of int
        One for each axis.
    padding : tuple of (int, int)
        Places before and after each axis that windows may cover.
    output : tuple of int
        ``O``: lengths of the output's axes.
    dtype : numpy.dtype
        In which everything is computed and returned.
    """

    batch: int
    channels: int
    spatial: tuple[int, ...]
    size: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[tuple[int, int], ...]
    dilation: tuple[int, ...]
    output: tuple[int, ...]
    dtype: np.dtype

    @classmethod
    def from_arguments(
        cls,
        x: ArrayLike,
        size: int | Sequence[int],
        *,
        stride: int | Sequence[int] | None = None,
        padding: int | str | Sequence = 0,
        dilation: int | Sequence[int] = 1,
        ceil: bool = False,
    ) -> PoolSpec:
        """Check a user's arguments and bring them into one form.

        Parameters
        ----------
        x : array_like of shape (N, C, *S)
            Inputs, with one, two or three spatial axes.
        size : int or one int an axis
            Inputs of a window.
        stride : int or one int an axis, optional
            Inputs between neighbouring windows; as many as the window has when not given.
        padding : int, {"valid", "same", "full"}, or one int or (before, after) pair an axis
            Places around the input that windows may cover.
        dilation : int or one int an axis
            Inputs between neighbours inside a window.
        ceil : bool
            Whether a last window may reach beyond the padded input.

        Returns
        -------
        PoolSpec
            The canonical form.

        Raises
        ------
        TypeError
            If `x` does not hold real numbers or an option is of the wrong kind.
        ValueError
            If an option is out of range, or some window would hold no input at all.
        """
        x = batch_array("x", x)
        if not isinstance(ceil, (bool, np.bool_)):
            raise TypeError(f"ceil must be True or False; got {ceil!r}")
        spatial = x.shape[2:]
        sizes = each_axis("size", size, len(spatial))
        strides = sizes if stride is None else each_axis("stride", stride, len(spatial))
        dilations = each_axis("dilation", dilation, len(spatial))
        names = padding_of_each_axis(padding, len(spatial))
        axes = tuple(zip(spatial, sizes, strides, names, dilations, strict=True))
        paddings = tuple(padding_pair(p, n, k, stride=s, dilation=d) for n, k, s, p, d in axes)
        spec = cls(
            batch=x.shape[0],
            channels=x.shape[1],
            spatial=spatial,
            size=sizes,
            stride=strides,
            padding=paddings,
            dilation=dilations,
            output=tuple(
                output_size(n, k, stride=s, padding=p, dilation=d, ceil=bool(ceil))
                for (n, k, s, _, d), p in zip(axes, paddings, strict=True)
            ),
            dtype=layer_dtype(x),
        )
        if not all(counts.all() for counts in spec.inputs_of_windows()):
            raise ValueError(
                f"padding must leave every window at least one input; got {padding!r} for windows of "
                f"{sizes} with dilation {dilations} on an input of {spatial}"
            )
        return spec

    @property
    def y_shape(self) -> tuple[int, ...]:
        """Shape (N, C, *O) of the output."""
        return (self.batch, self.channels, *self.output)

    def checked_gradient(self, dy: ArrayLike) -> np.ndarray:
        """Return the gradient by the output in the stage's dtype.

        Parameters
        ----------
        dy : array_like of shape (N, C, *O)
            As the user gave it.

        Returns
        -------
        ndarray of shape (N, C, *O)
            The same numbers.

        Raises
        ------
        TypeError
            If it does not hold real numbers.
        ValueError
            If its shape is not that of the output.
        """
        return shaped_array("dy", dy, self.y_shape, "that of the output").astype(self.dtype, copy=False)

    def taps(self) -> Iterator[Tap]:
        """List the taps of the window in row-major order, each with the places where it meets an input.

        Yields
        ------
        tap : tuple of int
            Index in the window.
        outputs, inputs : tuple of slice
            ``x[..., *inputs]`` are the inputs that lie under this tap of the windows ``y[..., *outputs]``.
            Windows that have padding there are left out, so no padded copy is ever made.
        """
        axes = zip(
            self.spatial, self.size, self.stride, self.padding, self.dilation, self.output, strict=True
        )
        for choice in product(*(_meetings(*axis) for axis in axes)):
            if all(outputs.stop > outputs.start for _, outputs, _ in choice):
                yield tuple(zip(*choice, strict=True))

    def inputs_of_windows(self) -> list[np.ndarray]:
        """Count the inputs that a window holds, padding apart, for each axis by itself.

        Returns
        -------
        list of ndarray of shape (O_i,)
            A window holds the product of the counts of its place along all axes.
        """
        counts = []
        for axis in zip(
            self.spatial, self.size, self.stride, self.padding, self.dilation, self.output, strict=True
        ):
            count = np.zeros(axis[-1], int)
            for _, outputs, _ in _meetings(*axis):
                count[outputs] += 1
            counts.append(count)
        return counts


def _meetings(
    n: int, k: int, stride: int, padding: tuple[int, int], dilation: int, outputs: int
) -> list[tuple[int, slice, slice]]:
    """For each tap along one axis: the outputs for which it meets an input, and those inputs."""
    found = []
    for tap in range(k):
        offset = tap * dilation - padding[0]  # of this tap, from the window's place
        first = max(0, -(offset // stride))  # the first output with i * stride + offset >= 0
        last = min(outputs - 1, (n - 1 - offset) // stride)
        count = max(last - first + 1, 0)
        start = first * stride + offset if count else 0
        stop = start + (count - 1) * stride + 1 if count else 0
        found.append((tap, slice(first, first + count), slice(start, stop, stride)))
    return found


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
        return shaped_array("dy", dy, self.y_shape, "that of the output").astype(self.dtype, copy=False)

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
