"""Everything about a pooling stage but its numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import product

import numpy as np
from numpy.typing import ArrayLike

from lecturelib.operators.checks import (
    batch_array,
    each_axis,
    gradient_array,
    layer_dtype,
    real_array,
    truth_value,
)
from lecturelib.operators.shapes import count_outputs, padding_pair
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
        name: str = "size",
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
        name : str
            What the user calls the argument that `size` comes from.

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
        ceil = truth_value("ceil", ceil)
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
                count_outputs(name, n, k, stride=s, padding=p, dilation=d, ceil=ceil)
                for (n, k, s, _, d), p in zip(axes, paddings, strict=True)
            ),
            dtype=layer_dtype(x),
        )
        if not spec.places_of_windows().all():
            raise ValueError(
                f"padding must leave every window at least one input; got {padding!r} for windows of "
                f"{sizes} with dilation {dilations} on an input of {spatial}"
            )
        return spec

    @property
    def x_shape(self) -> tuple[int, ...]:
        """Shape (N, C, *S) of the input."""
        return (self.batch, self.channels, *self.spatial)

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
        return gradient_array(dy, self.y_shape, self.dtype)

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
        for choice in product(*(_meetings(*axis) for axis in self._axes())):
            if all(outputs.stop > outputs.start for _, outputs, _ in choice):
                yield tuple(zip(*choice, strict=True))

    def places_of_windows(self, *, count_padding: bool = False) -> np.ndarray:
        """Count the inputs that each window holds.

        Parameters
        ----------
        count_padding : bool
            Whether places in the padding count too. What lies beyond it never does.

        Returns
        -------
        ndarray of int, of shape (*O)
            Inputs, or inputs and padding, of each window.
        """
        counts = []
        for n, k, stride, (before, after), dilation, outputs in self._axes():
            room, pads = (before + n + after, (0, 0)) if count_padding else (n, (before, after))
            count = np.zeros(outputs, int)
            for _, windows, _ in _meetings(room, k, stride, pads, dilation, outputs):
                count[windows] += 1
            counts.append(count)
        return reduce(np.multiply.outer, counts)

    def _axes(self) -> Iterator[tuple[int, int, int, tuple[int, int], int, int]]:
        """Length, size, stride, padding, dilation and outputs of each axis."""
        return zip(
            self.spatial, self.size, self.stride, self.padding, self.dilation, self.output, strict=True
        )


def weighted_spec(x: ArrayLike, weights: ArrayLike, *, stride: int | Sequence[int] | None) -> PoolSpec:
    """Check the arguments of a weighted pooling stage.

    Parameters
    ----------
    x : array_like of shape (N, C, *S)
        Inputs, with one, two or three spatial axes.
    weights : array_like of shape (*K)
        One for each place of the window.
    stride : int or one int an axis, optional
        Inputs between neighbouring windows; as many as the window has when not given.

    Returns
    -------
    PoolSpec
        Of windows of the weights' shape, without padding; it computes in the dtype of `x`.

    Raises
    ------
    TypeError
        If an array does not hold real numbers or the stride is of the wrong kind.
    ValueError
        If the weights have another number of axes than the window, or do not fit into the input.
    """
    x, weights = batch_array("x", x), real_array("weights", weights)
    if weights.ndim != x.ndim - 2:
        raise ValueError(
            f"weights must have one axis for each of the {x.ndim - 2} spatial axes of x; "
            f"got shape {weights.shape}"
        )
    return PoolSpec.from_arguments(x, weights.shape, stride=stride, name="weights")


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
