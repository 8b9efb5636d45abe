"""Layers whose kernels are not shared everywhere, or that run backwards: their arguments, checked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from lecturelib.operators.checks import (
    batch_array,
    each_axis,
    is_sequence,
    layer_dtype,
    real_array,
    shaped_array,
    whole_number,
)
from lecturelib.operators.shapes import padding_pair
from lecturelib.operators.spec.conv import ConvSpec, padding_of_each_axis


def local_spec(
    x: ArrayLike,
    w: ArrayLike,
    b: ArrayLike | None,
    *,
    stride: int | Sequence[int],
    padding: int | str | Sequence,
) -> ConvSpec:
    """Check the arguments of a locally connected layer.

    Parameters
    ----------
    x : array_like of shape (N, C, *S)
        Inputs.
    w : array_like of shape (F, *O, C, *K)
        One kernel for each filter and place.
    b : array_like of shape (F, *O), optional
        One bias for each filter and place.
    stride, padding
        As for a convolution.

    Returns
    -------
    ConvSpec
        Of the convolution that would have one kernel for all places.

    Raises
    ------
    TypeError
        If an array does not hold real numbers or an option is of the wrong kind.
    ValueError
        If shapes do not go together, or an option is out of range.
    """
    x, w = batch_array("x", x), real_array("w", w)
    axes = x.ndim - 2
    if w.ndim != 2 * axes + 2:
        raise ValueError(
            f"w must have shape (F, *O, C, *K) with {2 * axes + 2} axes for an x of {x.ndim}; "
            f"got shape {w.shape}"
        )
    filters, places = w.shape[0], w.shape[1 : 1 + axes]
    _same_channels(x, w, axis=1 + axes)
    spec = ConvSpec.from_shapes(
        x.shape, (filters, *w.shape[1 + axes :]), layer_dtype(x, w), stride=stride, padding=padding
    )
    if places != spec.output:
        raise ValueError(
            f"w must have one kernel for each of the output's places {spec.output} along axes 1 to {axes}; "
            f"got shape {w.shape}"
        )
    if b is not None:
        shaped_array("b", b, (filters, *places), "one bias a filter and place")
    return spec


def tiled_spec(
    x: ArrayLike,
    w: ArrayLike,
    b: ArrayLike | None,
    *,
    stride: int | Sequence[int],
    padding: int | str | Sequence,
) -> tuple[tuple[int, ...], ConvSpec]:
    """Check the arguments of a tiled convolution.

    Parameters
    ----------
    x : array_like of shape (N, C, *S)
        Inputs.
    w : array_like of shape (*T, F, C, *K)
        ``prod(T)`` kernels for each filter.
    b : array_like of shape (*T, F), optional
        As many biases.
    stride, padding
        As for a convolution.

    Returns
    -------
    tiles : tuple of int
        ``T``: kernels that take turns along each axis.
    spec : ConvSpec
        Of the convolution that would have one kernel for all places.

    Raises
    ------
    TypeError
        If an array does not hold real numbers or an option is of the wrong kind.
    ValueError
        If shapes do not go together, or an option is out of range.
    """
    x, w = batch_array("x", x), real_array("w", w)
    axes = x.ndim - 2
    if w.ndim != 2 * axes + 2:
        raise ValueError(
            f"w must have shape (*T, F, C, *K) with {2 * axes + 2} axes for an x of {x.ndim}; "
            f"got shape {w.shape}"
        )
    tiles, kernels = w.shape[:axes], w.shape[axes:]
    _same_channels(x, w, axis=1 + axes)
    if b is not None:
        shaped_array("b", b, w.shape[: axes + 1], "one bias a kernel")
    return tiles, ConvSpec.from_shapes(x.shape, kernels, layer_dtype(x, w), stride=stride, padding=padding)


def table_spec(
    x: ArrayLike,
    w: ArrayLike,
    table: ArrayLike,
    b: ArrayLike | None,
    *,
    stride: int | Sequence[int],
    padding: int | str | Sequence,
    dilation: int | Sequence[int],
) -> tuple[np.ndarray, ConvSpec]:
    """Check the arguments of a partially connected layer.

    Parameters
    ----------
    x : array_like of shape (N, C, *S)
        Inputs.
    w : array_like of shape (E, *K)
        One kernel for each connection.
    table : array_like of bool, of shape (F, C)
        Which filter reads which channel: E connections.
    b : array_like of shape (F,), optional
        One bias for each filter.
    stride, padding, dilation
        As for a convolution.

    Returns
    -------
    table : ndarray of bool, of shape (F, C)
        The connections.
    spec : ConvSpec
        Of the convolution in which every filter would read every channel.

    Raises
    ------
    TypeError
        If an array does not hold real numbers, `table` no booleans, or an option is of the wrong kind.
    ValueError
        If shapes do not go together, or an option is out of range.
    """
    x, w, table = batch_array("x", x), real_array("w", w), real_array("table", table)
    if table.dtype != np.bool_:
        raise TypeError(f"table must hold True and False; got an array of dtype {table.dtype}")
    if table.ndim != 2 or table.shape[1] != x.shape[1]:
        raise ValueError(
            f"table must have shape (F, {x.shape[1]}), a row a filter and a column a channel of x; "
            f"got shape {table.shape}"
        )
    connections = int(table.sum())
    if w.ndim != x.ndim - 1 or w.shape[0] != connections:
        raise ValueError(
            f"w must have shape ({connections}, *K) with {x.ndim - 2} axes in K, one kernel for each "
            f"connection of the table; got shape {w.shape}"
        )
    if b is not None:
        shaped_array("b", b, table.shape[:1], "one bias a filter")
    return table, ConvSpec.from_shapes(
        x.shape,
        (*table.shape, *w.shape[1:]),
        layer_dtype(x, w),
        stride=stride,
        padding=padding,
        dilation=dilation,
    )


def transpose_spec(
    x: ArrayLike,
    w: ArrayLike,
    b: ArrayLike | None,
    *,
    stride: int | Sequence[int],
    padding: int | str | Sequence,
    output_padding: int | Sequence[int],
    dilation: int | Sequence[int],
    groups: int,
) -> ConvSpec:
    """Check the arguments of a transposed convolution.

    Parameters
    ----------
    x : array_like of shape (N, C, *S)
        Inputs.
    w : array_like of shape (C, F // groups, *K)
        Kernels.
    b : array_like of shape (F,), optional
        One bias for each filter.
    stride, padding, dilation, groups
        Options of the convolution whose transpose this is.
    output_padding : int or one int an axis
        Places to add after the output, fewer than the stride.

    Returns
    -------
    ConvSpec
        Of the convolution whose transpose this is: its output has the shape of `x`.

    Raises
    ------
    TypeError
        If an array does not hold real numbers or an option is of the wrong kind.
    ValueError
        If shapes do not go together, or an option is out of range.
    """
    x, w = batch_array("x", x), real_array("w", w)
    axes = x.ndim - 2
    if w.ndim != x.ndim or w.shape[0] != x.shape[1]:
        raise ValueError(
            f"w must have shape (C, F // groups, *K) = ({x.shape[1]}, F // groups, *K) with {x.ndim} axes "
            f"like x; got shape {w.shape}"
        )
    groups = whole_number("groups", groups, at_least=1)
    if w.shape[0] % groups:
        raise ValueError(f"groups must divide the channels; got {groups} for {w.shape[0]}")
    filters = w.shape[1] * groups
    if b is not None:
        shaped_array("b", b, (filters,), "one bias a filter")
    strides, dilations = each_axis("stride", stride, axes), each_axis("dilation", dilation, axes)
    extra = _output_padding(output_padding, strides)
    paddings = padding_of_each_axis(padding, axes)
    lengths = zip(x.shape[2:], w.shape[2:], strides, paddings, dilations, extra, strict=True)
    made = tuple(_transposed_size(*axis) for axis in lengths)
    return ConvSpec.from_shapes(
        (x.shape[0], filters, *made),
        w.shape,
        layer_dtype(x, w),
        stride=strides,
        padding=padding,
        dilation=dilations,
        groups=groups,
    )


def _same_channels(x: np.ndarray, w: np.ndarray, *, axis: int) -> None:
    """Refuse kernels that read another number of channels than the input has."""
    if w.shape[axis] != x.shape[1]:
        raise ValueError(f"w must have {x.shape[1]} channels along axis {axis}, like x; got shape {w.shape}")


def _output_padding(value: Any, strides: tuple[int, ...]) -> tuple[int, ...]:
    """One number of places for each axis, smaller than its stride."""
    values = tuple(value) if is_sequence(value) else (value,) * len(strides)
    if len(values) != len(strides):
        raise ValueError(
            f"output_padding must be one integer or {len(strides)}, one for each axis; got {value!r}"
        )
    extra = tuple(whole_number("output_padding", v, at_least=0) for v in values)
    if any(e >= s for e, s in zip(extra, strides, strict=True)):
        raise ValueError(f"output_padding must be smaller than the stride {strides}; got {value!r}")
    return extra


def _transposed_size(n: int, k: int, stride: int, padding: Any, dilation: int, extra: int) -> int:
    """Length of a transposed convolution's output along one axis."""
    if padding == "same":
        if extra:
            raise ValueError(f"output_padding must be 0 with padding 'same'; got {extra}")
        return n * stride
    before, after = padding_pair(padding, n, k, stride=stride, dilation=dilation)
    made = (n - 1) * stride + dilation * (k - 1) + 1 - before - after + extra
    if made < 1:
        raise ValueError(
            f"padding must leave some of {made + before + after} places of the output; "
            f"got {(before, after)}, which are cut off before and after"
        )
    return made
