"""Everything about a convolution layer but its numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from lecturelib.operators.checks import (
    batch_array,
    each_axis,
    gradient_array,
    is_sequence,
    layer_dtype,
    one_of,
    real_array,
    shaped_array,
    whole_number,
)
from lecturelib.operators.shapes import PADDING_NAMES, count_outputs, padding_pair


@dataclass(frozen=True)
class ConvSpec:
    """Everything about a convolution layer but its numbers: shapes, options, output.

    Attributes
    ----------
    batch, channels, filters, groups : int
        N, C, F and the number of groups.
    spatial, kernel : tuple of int
        ``S`` and ``K``: lengths of the input's and the kernel's axes.
    stride, dilation : tuple of int
        One for each axis.
    padding : tuple of (int, int)
        Zeros before and after each axis.
    output : tuple of int
        ``O``: lengths of the output's axes.
    dtype : numpy.dtype
        In which everything is computed and returned.
    """

    batch: int
    channels: int
    filters: int
    groups: int
    spatial: tuple[int, ...]
    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[tuple[int, int], ...]
    dilation: tuple[int, ...]
    output: tuple[int, ...]
    dtype: np.dtype

    @classmethod
    def from_arguments(
        cls,
        x: ArrayLike,
        w: ArrayLike,
        b: ArrayLike | None = None,
        *,
        stride: int | Sequence[int] = 1,
        padding: int | str | Sequence = 0,
        dilation: int | Sequence[int] = 1,
        groups: int = 1,
    ) -> ConvSpec:
        """Check a user's arguments and bring them into one form.

        Parameters
        ----------
        x : array_like of shape (N, C, *S)
            Inputs, with one, two or three spatial axes.
        w : array_like of shape (F, C // groups, *K)
            Kernels.
        b : array_like of shape (F,), optional
            One bias for each filter.
        stride, dilation : int or one int an axis
            Inputs between neighbouring outputs, and between neighbouring taps.
        padding : int, {"valid", "same", "full"}, or one int or (before, after) pair an axis
            Zeros around the input.
        groups : int
            Groups that channels and filters are divided into.

        Returns
        -------
        ConvSpec
            The canonical form.

        Raises
        ------
        TypeError
            If an array does not hold real numbers or an option is of the wrong kind.
        ValueError
            If shapes do not go together, or an option is out of range.
        """
        x, w = batch_array("x", x), real_array("w", w)
        if w.ndim != x.ndim:
            raise ValueError(
                f"w must have shape (F, C // groups, *K) with {x.ndim} axes like x; got shape {w.shape}"
            )
        groups = _checked_groups(groups, x.shape[1], w.shape)
        if b is not None:
            shaped_array("b", b, w.shape[:1], "one bias a filter")
        return cls.from_shapes(
            x.shape,
            w.shape,
            layer_dtype(x, w),
            stride=stride,
            padding=padding,
            dilation=dilation,
            groups=groups,
        )

    @classmethod
    def from_shapes(
        cls,
        x: tuple[int, ...],
        w: tuple[int, ...],
        dtype: np.dtype = np.dtype(float),  # noqa: B008 - a dtype is immutable
        *,
        stride: int | Sequence[int] = 1,
        padding: int | str | Sequence = 0,
        dilation: int | Sequence[int] = 1,
        groups: int = 1,
    ) -> ConvSpec:
        """Like :meth:`from_arguments`, from shapes that go together and a dtype; checks the options.

        Parameters
        ----------
        x, w : tuple of int
            Shapes ``(N, C, *S)`` and ``(F, C // groups, *K)``.
        dtype : numpy.dtype
            In which to compute.
        stride, padding, dilation, groups
            As in :meth:`from_arguments`.

        Returns
        -------
        ConvSpec
            The canonical form.

        Raises
        ------
        TypeError
            If an option is of the wrong kind.
        ValueError
            If an option is out of range.
        """
        spatial, kernel = x[2:], w[2:]
        strides = each_axis("stride", stride, len(spatial))
        dilations = each_axis("dilation", dilation, len(spatial))
        paddings = padding_of_each_axis(padding, len(spatial))
        axes = tuple(zip(spatial, kernel, strides, paddings, dilations, strict=True))
        pairs = tuple(padding_pair(p, n, k, stride=s, dilation=d) for n, k, s, p, d in axes)
        return cls(
            batch=x[0],
            channels=x[1],
            filters=w[0],
            groups=groups,
            spatial=spatial,
            kernel=kernel,
            stride=strides,
            padding=pairs,
            dilation=dilations,
            output=tuple(
                count_outputs("w", n, k, stride=s, padding=p, dilation=d)
                for (n, k, s, _, d), p in zip(axes, pairs, strict=True)
            ),
            dtype=np.dtype(dtype),
        )

    @property
    def x_shape(self) -> tuple[int, ...]:
        """Shape (N, C, *S) of the input."""
        return (self.batch, self.channels, *self.spatial)

    @property
    def w_shape(self) -> tuple[int, ...]:
        """Shape (F, C // groups, *K) of the kernels."""
        return (self.filters, self.channels // self.groups, *self.kernel)

    @property
    def y_shape(self) -> tuple[int, ...]:
        """Shape (N, F, *O) of the output."""
        return (self.batch, self.filters, *self.output)

    @property
    def extent(self) -> tuple[int, ...]:
        """Inputs from the first to the last tap of the kernel, along each axis."""
        return tuple(d * (k - 1) + 1 for k, d in zip(self.kernel, self.dilation, strict=True))

    @property
    def padded(self) -> tuple[int, ...]:
        """Lengths of the padded input's axes."""
        return tuple(
            n + before + after for n, (before, after) in zip(self.spatial, self.padding, strict=True)
        )

    @property
    def multiply_adds(self) -> int:
        """Multiply-adds of the definition: kernel taps times outputs."""
        return prod(self.y_shape) * prod(self.w_shape[1:])

    def checked_gradient(self, dy: ArrayLike) -> np.ndarray:
        """Return the gradient by the output in the layer's dtype.

        Parameters
        ----------
        dy : array_like of shape (N, F, *O)
            As the user gave it.

        Returns
        -------
        ndarray of shape (N, F, *O)
            The same numbers.

        Raises
        ------
        TypeError
            If it does not hold real numbers.
        ValueError
            If its shape is not that of the output.
        """
        return gradient_array(dy, self.y_shape, self.dtype)


def _checked_groups(groups: Any, channels: int, w_shape: tuple[int, ...]) -> int:
    """Return the number of groups, which must divide channels and filters."""
    groups = whole_number("groups", groups, at_least=1)
    if channels % groups or w_shape[0] % groups:
        raise ValueError(
            f"groups must divide channels and filters; got {groups} for {channels} and {w_shape[0]}"
        )
    if w_shape[1] != channels // groups:
        raise ValueError(
            f"w must have {channels // groups} channels along axis 1 ({channels} channels of x in {groups} "
            f"group{'s' if groups > 1 else ''}); got shape {w_shape}"
        )
    return groups


def padding_of_each_axis(padding: Any, axes: int) -> tuple:
    """One number, name or pair for each axis; :func:`~lecturelib.operators.shapes.padding_pair` reads them.

    Raises
    ------
    ValueError
        If a name is unknown or there is not one entry for each axis.
    """
    if isinstance(padding, str):
        return (one_of("padding", padding, PADDING_NAMES),) * axes
    if not is_sequence(padding):
        return (padding,) * axes
    values = tuple(tuple(p) if is_sequence(p) else p for p in padding)
    if len(values) != axes:
        raise ValueError(
            f"padding must be an integer, a name, or {axes} integers or (before, after) pairs, "
            f"one for each axis; got {padding!r}"
        )
    return values
