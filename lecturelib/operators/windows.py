"""Padding, sliding windows, and the adjoint of sliding windows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from lecturelib.operators.checks import (
    BOUNDARIES,
    each_axis,
    is_sequence,
    numeric_array,
    one_of,
    whole_number,
)

_NUMPY_NAMES = {"circular": "wrap", "reflect": "reflect", "symmetric": "symmetric", "edge": "edge"}


def pad(
    x: np.ndarray, pairs: Sequence[tuple[int, int]], *, boundary: str = "zeros", value: float = 0
) -> np.ndarray:
    """Extend the last axes of an array beyond its borders.

    Parameters
    ----------
    x : ndarray of shape (..., *S)
        Any numbers.
    pairs : sequence of (before, after)
        Samples to add to each of the last ``len(pairs)`` axes.
    boundary : {"zeros", "circular", "reflect", "symmetric", "edge"}
        What lies beyond the border of ``1234``, four samples each side:
        zeros ``0000 1234 0000``, circular ``1234 1234 1234``, reflect ``3432 1234 3212``,
        symmetric ``4321 1234 4321``, edge ``1111 1234 4444``.
    value : float
        What ``"zeros"`` fills with, should it not be zero (max pooling fills with minus infinity).

    Returns
    -------
    ndarray of shape (..., *(S + before + after))
        A new array of the same dtype.

    Raises
    ------
    TypeError
        If `x` or `value` does not hold numbers, `pairs` holds something else than pairs, or a width is not an
        integer.
    ValueError
        If `x` is empty, a width is negative, the boundary is unknown, there are more pairs than axes, or
        `value` is none that the dtype of `x` can hold.

    Examples
    --------
    >>> pad(np.array([1, 2, 3, 4]), [(2, 3)], boundary="reflect")
    array([3, 2, 1, 2, 3, 4, 3, 2, 1])
    """
    x = numeric_array("x", x)
    one_of("boundary", boundary, BOUNDARIES)
    widths = _widths(pairs, x.ndim)
    _check_value(value, x.dtype)
    if x.ndim == 0:
        return x.copy()
    widths = ((0, 0),) * (x.ndim - len(widths)) + widths
    if boundary == "zeros":
        return np.pad(x, widths, constant_values=value)
    return np.pad(x, widths, mode=_NUMPY_NAMES[boundary])


def pad_adjoint(y: np.ndarray, pairs: Sequence[tuple[int, int]], *, boundary: str = "zeros") -> np.ndarray:
    """Add what lies beyond the borders back to the samples it was copied from: the adjoint of :func:`pad`.

    Parameters
    ----------
    y : ndarray of shape (..., *(S + before + after))
        Any numbers.
    pairs : sequence of (before, after)
        As given to :func:`pad`.
    boundary : {"zeros", "circular", "reflect", "symmetric", "edge"}
        As given to :func:`pad`.

    Returns
    -------
    ndarray of shape (..., *S)
        A new array of the same dtype.

    Raises
    ------
    TypeError
        If `y` does not hold numbers, `pairs` holds something else than pairs, or a width is not an integer.
    ValueError
        If there are more pairs than axes, a width is negative, nothing would be left, or the boundary
        is unknown.

    Notes
    -----
    ``sum(pad(x) * y) == sum(x * pad_adjoint(y))`` for every `x` and `y`. With zeros it is :func:`crop`.

    Examples
    --------
    >>> pad_adjoint(np.array([1, 10, 100, 1000]), [(2, 0)], boundary="edge")
    array([ 111, 1000])
    """
    one_of("boundary", boundary, BOUNDARIES)
    x = numeric_array("y", y)
    pairs = _fitting_widths("y", x, pairs)
    if boundary == "zeros" or len(pairs) == 0:
        return crop(x, pairs).copy()
    for axis, (before, after) in enumerate(pairs, start=x.ndim - len(pairs)):
        rows = np.moveaxis(x, axis, 0)
        n = len(rows) - before - after
        source = np.pad(np.arange(n), (before, after), mode=_NUMPY_NAMES[boundary])
        total = rows[before : before + n].copy()
        for row in (*range(before), *range(before + n, len(rows))):
            total[source[row]] += rows[row]
        x = np.moveaxis(total, 0, axis)
    return np.ascontiguousarray(x)


def crop(x: np.ndarray, pairs: Sequence[tuple[int, int]]) -> np.ndarray:
    """Cut samples off the last axes of an array: the adjoint of padding with zeros.

    Parameters
    ----------
    x : ndarray of shape (..., *S)
        Any numbers.
    pairs : sequence of (before, after)
        Samples to cut off each of the last ``len(pairs)`` axes.

    Returns
    -------
    ndarray of shape (..., *(S - before - after))
        A view.

    Raises
    ------
    TypeError
        If `x` does not hold numbers, `pairs` holds something else than pairs, or a width is not an integer.
    ValueError
        If there are more pairs than axes, a width is negative, or nothing would be left.

    Examples
    --------
    >>> crop(np.array([0, 0, 1, 2, 3, 0]), [(2, 1)])
    array([1, 2, 3])
    """
    x = numeric_array("x", x)
    pairs = _fitting_widths("x", x, pairs)
    lengths = x.shape[x.ndim - len(pairs) :]
    kept = (slice(before, n - after) for n, (before, after) in zip(lengths, pairs, strict=True))
    return x[(..., *kept)]


def windows(
    x: np.ndarray,
    size: Sequence[int],
    *,
    stride: int | Sequence[int] = 1,
    dilation: int | Sequence[int] = 1,
) -> np.ndarray:
    """Every window of an array, as a view: no sample is copied.

    Parameters
    ----------
    x : ndarray of shape (..., *S)
        The array to look at; windows slide over its last ``len(size)`` axes.
    size : sequence of int
        Samples of a window along each of those axes.
    stride : int or one int an axis
        Samples between neighbouring windows.
    dilation : int or one int an axis
        Samples between neighbours inside a window.

    Returns
    -------
    ndarray of shape (..., *O, *size)
        A read-only view. ``O`` is :func:`~lecturelib.operators.shapes.output_size` for each axis.

    Raises
    ------
    TypeError
        If `x` does not hold numbers, or a size, stride or dilation is not an integer.
    ValueError
        If `x` is empty, one is smaller than 1, their number does not match, or no window fits.

    Notes
    -----
    The view takes no memory, but a reshape of it copies: ``prod(size)`` times the memory of `x`.

    Examples
    --------
    >>> windows(np.array([1, 2, 3, 5, 8]), (3,))
    array([[1, 2, 3],
           [2, 3, 5],
           [3, 5, 8]])
    """
    x = numeric_array("x", x)
    size = _lengths("size", size)
    axes = len(size)
    stride, dilation = each_axis("stride", stride, axes), each_axis("dilation", dilation, axes)
    if axes > x.ndim:
        raise ValueError(f"size must be at most {x.ndim} integers, one for each axis of x; got {size}")
    extents = tuple(d * (k - 1) + 1 for k, d in zip(size, dilation, strict=True))
    spatial = x.shape[x.ndim - axes :]
    if any(extent > n for extent, n in zip(extents, spatial, strict=True)):
        raise ValueError(
            f"size must fit into the last axes of x, {spatial}; got windows that cover {extents}"
        )
    view = sliding_window_view(x, extents, axis=tuple(range(x.ndim - axes, x.ndim)))
    return view[(..., *(slice(None, None, step) for step in (*stride, *dilation)))]


def fold(
    y: np.ndarray,
    shape: Sequence[int],
    *,
    stride: int | Sequence[int] = 1,
    dilation: int | Sequence[int] = 1,
) -> np.ndarray:
    """Add windows back where they came from: the adjoint of :func:`windows`.

    Parameters
    ----------
    y : ndarray of shape (..., *O, *K)
        One value for each sample of each window.
    shape : sequence of int
        ``S``, the lengths of the axes that the windows were taken from.
    stride, dilation : int or one int an axis
        As given to :func:`windows`.

    Returns
    -------
    ndarray of shape (..., *S)
        Each sample is the sum of the values of all windows that contain it.

    Raises
    ------
    TypeError
        If `y` does not hold numbers, or a length, stride or dilation is not an integer.
    ValueError
        If `y` is not what :func:`windows` gives for `shape`, `stride` and `dilation`.

    Notes
    -----
    ``sum(windows(x) * y) == sum(x * fold(y))`` for every `x` and `y`. It is *not* the inverse: a
    sample seen by three windows comes back three times. The loop is over the window's samples,
    of which there are few, and each pass adds one strided slice.

    Examples
    --------
    >>> fold(windows(np.array([1, 2, 3, 5, 8]), (3,)), (5,))
    array([ 1,  4,  9, 10,  8])
    """
    y, shape = numeric_array("y", y), _lengths("shape", shape)
    axes = len(shape)
    stride, dilation = each_axis("stride", stride, axes), each_axis("dilation", dilation, axes)
    if y.ndim < 2 * axes:
        raise ValueError(f"y must have at least {2 * axes} axes for a shape of {axes}; got {y.ndim}")
    lead = y.ndim - 2 * axes
    out, size = y.shape[lead : lead + axes], y.shape[lead + axes :]
    fits = tuple(
        (n - d * (k - 1) - 1) // s + 1 for n, k, s, d in zip(shape, size, stride, dilation, strict=True)
    )
    if out != fits:
        raise ValueError(
            f"y must hold windows of size {size} at the {fits} places that shape {shape} has; got {out}"
        )
    x = np.zeros((*y.shape[:lead], *shape), dtype=y.dtype)
    for tap, places in tap_slices(size, out, stride, dilation):
        x[(..., *places)] += y[(..., *tap)]
    return x


def _widths(pairs: Sequence[tuple[int, int]], axes: int) -> tuple[tuple[int, int], ...]:
    """Pairs of widths for at most so many axes."""
    if not is_sequence(pairs) or not all(is_sequence(pair) for pair in pairs):
        raise TypeError(f"pairs must be a sequence of (before, after) pairs, such as [(1, 1)]; got {pairs!r}")
    widths = tuple(tuple(whole_number("pairs", width, at_least=0) for width in pair) for pair in pairs)
    if len(widths) > axes or any(len(pair) != 2 for pair in widths):
        raise ValueError(
            f"pairs must be at most {axes} (before, after) pairs, one an axis of the last; got {pairs!r}"
        )
    return widths


def _fitting_widths(
    name: str, x: np.ndarray, pairs: Sequence[tuple[int, int]]
) -> tuple[tuple[int, int], ...]:
    """Pairs of widths that leave something of the last axes."""
    widths = _widths(pairs, x.ndim)
    lengths = x.shape[x.ndim - len(widths) :]
    if any(before + after >= n for n, (before, after) in zip(lengths, widths, strict=True)):
        raise ValueError(
            f"pairs must leave something of the last axes of {name}, of shape {x.shape}; got {pairs!r}"
        )
    return widths


def _check_value(value: float, dtype: np.dtype) -> None:
    """Refuse a number that an array of this dtype cannot hold."""
    if type(value) is int and value == 0:
        return
    number = numeric_array("value", value)
    with np.errstate(all="ignore"):
        held = number.ndim == 0 and (dtype.kind == "c" or number.dtype.kind != "c")
        held = held and (dtype.kind in "fc" or number == number.astype(dtype))
    if not held:
        raise ValueError(f"value must be one number that {dtype} can hold; got {value!r}")


def _lengths(name: str, value: Sequence[int]) -> tuple[int, ...]:
    """Lengths of any number of axes."""
    if not is_sequence(value):
        raise TypeError(f"{name} must be one integer an axis, such as (3, 3); got {value!r}")
    return each_axis(name, value, len(value))


def tap_slices(
    size: Sequence[int], output: Sequence[int], stride: Sequence[int], dilation: Sequence[int]
) -> Iterator[tuple[tuple[int, ...], tuple[slice, ...]]]:
    """List the samples of a window, each with the slice of the input that it meets as the window slides.

    Parameters
    ----------
    size, output, stride, dilation : sequence of int
        Samples of a window, number of places, and both steps, one for each axis.

    Yields
    ------
    tap : tuple of int
        Index in the window, in row-major order.
    places : tuple of slice
        ``x[..., *places]`` has shape ``(..., *output)``: the sample under this tap at every place.

    Examples
    --------
    >>> for tap, places in tap_slices((3,), (2,), (2,), (1,)):
    ...     print(tap, np.array([1, 2, 3, 5, 8])[places])
    (0,) [1 3]
    (1,) [2 5]
    (2,) [3 8]
    """
    for tap in np.ndindex(*size):
        yield (
            tap,
            tuple(
                slice(t * d, t * d + (o - 1) * s + 1, s)
                for t, o, s, d in zip(tap, output, stride, dilation, strict=True)
            ),
        )
