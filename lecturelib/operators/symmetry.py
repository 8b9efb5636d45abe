"""Translations, rotations, scalings and warps of arrays, and how far a map is from respecting them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from lecturelib.operators.checks import (
    BOUNDARIES,
    is_sequence,
    layer_dtype,
    numeric_array,
    one_of,
    real_array,
    real_number,
    whole_number,
)


def translate(x: ArrayLike, shift: int | Sequence[int], *, boundary: str = "zeros") -> np.ndarray:
    """Move the content of an array by whole samples.

    Parameters
    ----------
    x : array_like of shape (..., *S)
        Any numbers.
    shift : int or sequence of int
        Samples to move by: one number for the last axis, or one for each of the last ``len(shift)`` axes.
        Positive numbers move right and down. A shift may be longer than its axis.
    boundary : {"zeros", "circular", "reflect", "symmetric", "edge"}
        What comes in from beyond the border, as in :func:`~lecturelib.operators.windows.pad`.

    Returns
    -------
    ndarray of shape (..., *S)
        ``y[i] = x[i - shift]``, a new array of the dtype of `x`.

    Raises
    ------
    TypeError
        If `x` does not hold numbers, or a shift is not an integer.
    ValueError
        If `x` is empty, there are more shifts than axes, or the boundary is unknown.

    Notes
    -----
    ``circular`` is :func:`numpy.roll`: nothing is lost, and shifts form a group. With every other
    boundary what leaves the array is gone: shifting there and back is not the identity.
    No multiply-adds. Scratch memory: one copy of `x` if there are two or more shifts.

    Examples
    --------
    >>> translate([1, 2, 3, 5, 8], 2)
    array([0, 0, 1, 2, 3])
    >>> translate([1, 2, 3, 5, 8], -1, boundary="circular")
    array([2, 3, 5, 8, 1])
    """
    x = numeric_array("x", x)
    one_of("boundary", boundary, BOUNDARIES)
    shifts = [whole_number("shift", s) for s in (shift if is_sequence(shift) else (shift,))]
    if len(shifts) > x.ndim:
        raise ValueError(f"shift must be at most {x.ndim} integers, one for each axis of x; got {shift!r}")
    y = x.copy()
    for axis, step in enumerate(shifts, start=x.ndim - len(shifts)):
        n = x.shape[axis]
        period = 2 * n * max(n - 1, 1)  # of all three periodic boundaries
        step = max(-n, min(step, n)) if boundary in ("zeros", "edge") else step % period
        places = _folded(np.arange(n) - step, n, boundary)
        outside = (places < 0) | (places >= n)
        y = y.take(np.where(outside, 0, places), axis)
        np.moveaxis(y, axis, 0)[outside] = 0
    return y


def rotate(x: ArrayLike, degrees: float, *, boundary: str = "zeros") -> np.ndarray:
    """Turn images about their centre, counterclockwise as seen on the screen.

    Parameters
    ----------
    x : array_like of shape (..., H, W)
        Images; rows go down.
    degrees : float
        Angle. Positive angles turn counterclockwise, like :func:`numpy.rot90`.
    boundary : {"zeros", "circular", "reflect", "symmetric", "edge"}
        What comes in from beyond the border, as in :func:`~lecturelib.operators.windows.pad`.

    Returns
    -------
    ndarray of shape (..., H, W)
        The turned images, interpolated between the four nearest samples. Float dtypes are kept,
        integers become float64. **Odd multiples of 90 degrees give shape (..., W, H).**

    Raises
    ------
    TypeError
        If `x` does not hold real numbers or `degrees` is not one.
    ValueError
        If `x` is empty or has fewer than two axes, the angle is not finite, or the boundary is unknown.

    Notes
    -----
    The centre is ``((H - 1) / 2, (W - 1) / 2)``, between samples if a length is even. Multiples of 90
    degrees only move samples: they are exact, and no border comes in. Every other angle blurs a
    little, and cuts corners off. It takes four multiply-adds a sample; scratch memory: about
    fourteen arrays of H × W, and two copies of `x`.

    Examples
    --------
    >>> rotate([[1, 2, 3], [4, 5, 6]], 90)
    array([[3., 6.],
           [2., 5.],
           [1., 4.]])
    """
    x = _images(x)
    degrees = real_number("degrees", degrees)
    one_of("boundary", boundary, BOUNDARIES)
    if not math.isfinite(degrees):
        raise ValueError(f"degrees must be finite; got {degrees}")
    turns, rest = divmod(degrees % 360, 90)
    if rest == 0:
        return np.rot90(x, int(turns), axes=(-2, -1)).copy()
    cos, sin = math.cos(math.radians(degrees % 360)), math.sin(math.radians(degrees % 360))
    row_centre, column_centre = (n / 2 - 0.5 for n in x.shape[-2:])
    row, column = np.ogrid[: x.shape[-2], : x.shape[-1]]
    row, column = row - row_centre, column - column_centre
    places = (row_centre + cos * row + sin * column, column_centre - sin * row + cos * column)
    return _interpolated(x, places, boundary)


def scale(x: ArrayLike, factor: float, *, boundary: str = "zeros") -> np.ndarray:
    """Enlarge or shrink the content of images about their centre.

    Parameters
    ----------
    x : array_like of shape (..., H, W)
        Images.
    factor : float
        What was one sample long is `factor` samples long afterwards.
    boundary : {"zeros", "circular", "reflect", "symmetric", "edge"}
        What comes in from beyond the border, as in :func:`~lecturelib.operators.windows.pad`.

    Returns
    -------
    ndarray of shape (..., H, W)
        The scaled images, interpolated between the four nearest samples. Float dtypes are kept,
        integers become float64.

    Raises
    ------
    TypeError
        If `x` does not hold real numbers or `factor` is not one.
    ValueError
        If `x` is empty or has fewer than two axes, the factor is not positive and finite, or the
        boundary is unknown.

    Notes
    -----
    The centre is ``((H - 1) / 2, (W - 1) / 2)``. A factor of 1 changes nothing. Shrinking skips
    samples: blur the images first if they hold details finer than ``1 / factor`` samples.
    Cost as for :func:`rotate`.

    Examples
    --------
    >>> scale([[0, 0, 0, 0, 0], [0, 0, 8, 0, 0], [0, 0, 0, 0, 0]], 2)
    array([[0., 2., 4., 2., 0.],
           [0., 4., 8., 4., 0.],
           [0., 2., 4., 2., 0.]])
    """
    x = _images(x)
    factor = real_number("factor", factor)
    one_of("boundary", boundary, BOUNDARIES)
    if not (0 < factor < math.inf and math.isfinite(max(x.shape) / factor)):
        raise ValueError(f"factor must be a positive, finite number; got {factor}")
    centres = [n / 2 - 0.5 for n in x.shape[-2:]]
    lines = [c + (np.arange(n) - c) / factor for n, c in zip(x.shape[-2:], centres, strict=True)]
    return _interpolated(x, np.meshgrid(*lines, indexing="ij"), boundary)


def warp(x: ArrayLike, displacement: ArrayLike, *, boundary: str = "zeros") -> np.ndarray:
    """Move every sample of an array by its own displacement.

    Parameters
    ----------
    x : array_like of shape (..., *S)
        Real numbers; the last d axes are warped, d = 1, 2 or 3.
    displacement : array_like of shape (d, *S)
        How far, in samples along each axis, the content that arrives at a place has come.
    boundary : {"zeros", "circular", "reflect", "symmetric", "edge"}
        What comes in from beyond the border, as in :func:`~lecturelib.operators.windows.pad`.

    Returns
    -------
    ndarray of shape (..., *S)
        ``y(i) = x(i - displacement(i))``, interpolated between the ``2**d`` nearest samples. Float
        dtypes are kept, integers become float64.

    Raises
    ------
    TypeError
        If an array does not hold real numbers.
    ValueError
        If the shapes do not go together, `x` is empty, a displacement is not finite, or the boundary
        is unknown.

    Notes
    -----
    The displacement belongs to the place of arrival: ``y`` has no holes, but content may
    appear twice. A whole number everywhere is :func:`translate`, exactly. NaN and infinity
    reach the places that they have a share in, and no others.
    It takes ``2**d`` multiply-adds a sample; scratch memory: about ``4 d + 6`` arrays of shape `S`, and
    two copies of `x`.

    Examples
    --------
    >>> warp([1, 2, 3, 5, 8], [[0, 0, 1, 0.5, -1]], boundary="edge")
    array([1., 2., 2., 4., 8.])
    """
    x, displacement = real_array("x", x), real_array("displacement", displacement)
    one_of("boundary", boundary, BOUNDARIES)
    d = displacement.ndim - 1
    if d not in (1, 2, 3) or displacement.shape != (d, *x.shape[-d:]):
        raise ValueError(
            f"displacement must have shape (d, *S) with S the last d = 1, 2 or 3 axes of x, "
            f"of shape {x.shape}; got shape {displacement.shape}"
        )
    if not np.isfinite(displacement).all():
        raise ValueError("displacement must be finite; got NaN or infinity")
    places = np.indices(x.shape[-d:]) - displacement.astype(np.float64)
    return _interpolated(x.astype(layer_dtype(x), copy=False), places, boundary)


def equivariance_error(f: Callable, g_in: Callable, x: ArrayLike, *, g_out: Callable | None = None) -> float:
    """Largest absolute difference between transforming first and transforming afterwards.

    Parameters
    ----------
    f : callable
        The map in question: array to array.
    g_in : callable
        The transformation of inputs.
    x : array_like
        The input that is tried.
    g_out : callable, optional
        The transformation of outputs; `g_in` when not given.

    Returns
    -------
    float
        ``max |f(g_in(x)) - g_out(f(x))|``; NaN if a difference is NaN.

    Raises
    ------
    TypeError
        If one of the three is not callable, or an array does not hold numbers.
    ValueError
        If the two results differ in shape, or one is empty.

    Notes
    -----
    Zero for one `x` proves nothing; anything else refutes. With a stride s, a shift by s on the way
    in answers to a shift by 1 on the way out: `g_out` is for that.

    Examples
    --------
    >>> right = lambda x: translate(x, 1, boundary="circular")
    >>> x = np.array([1.0, 2, 3, 5, 8])
    >>> equivariance_error(np.square, right, x), equivariance_error(np.cumsum, right, x)
    (0.0, 11.0)
    """
    x, g_out = numeric_array("x", x), g_in if g_out is None else g_out
    for name, function in (("f", f), ("g_in", g_in), ("g_out", g_out)):
        _callable(name, function)
    return _largest_difference({"f(g_in(x))": f(g_in(x)), "g_out(f(x))": g_out(f(x))})


def invariance_error(f: Callable, g: Callable, x: ArrayLike) -> float:
    """Largest absolute difference that a transformation of the input makes to the output.

    Parameters
    ----------
    f : callable
        The map in question: array to array.
    g : callable
        The transformation of inputs.
    x : array_like
        The input that is tried.

    Returns
    -------
    float
        ``max |f(g(x)) - f(x)|``; NaN if a difference is NaN.

    Raises
    ------
    TypeError
        If `f` or `g` is not callable, or an array does not hold numbers.
    ValueError
        If the two results differ in shape, or one is empty.

    Examples
    --------
    >>> right = lambda x: translate(x, 1, boundary="circular")
    >>> invariance_error(np.max, right, [1, 2, 3, 5, 8]), invariance_error(np.diff, right, [1, 2, 3, 5, 8])
    (0.0, 8.0)
    """
    x = numeric_array("x", x)
    for name, function in (("f", f), ("g", g)):
        _callable(name, function)
    return _largest_difference({"f(g(x))": f(g(x)), "f(x)": f(x)})


def _images(x: ArrayLike) -> np.ndarray:
    """Real numbers with at least two axes, in the dtype in which they are interpolated."""
    x = real_array("x", x)
    if x.ndim < 2:
        raise ValueError(f"x must have shape (..., H, W); got shape {x.shape}")
    return x.astype(layer_dtype(x), copy=False)


def _folded(places: np.ndarray, n: int, boundary: str) -> np.ndarray:
    """Bring places beyond an axis of length n to those inside that hold the same; -1 and n are outside."""
    if boundary == "zeros":
        return np.clip(places, -1, n)
    if boundary == "edge":
        return np.clip(places, 0, n - 1)
    if boundary == "circular":
        return places % n
    if boundary == "reflect":
        places = places % max(2 * n - 2, 1)
        return np.clip(np.minimum(places, 2 * n - 2 - places), 0, n - 1)
    places = places % (2 * n)
    return np.clip(np.minimum(places, 2 * n - 1 - places), 0, n - 1)


def _interpolated(x: np.ndarray, places: Sequence[np.ndarray], boundary: str) -> np.ndarray:
    """Interpolate the last axes of x linearly at real places, one array of them for each axis."""
    lengths = x.shape[x.ndim - len(places) :]
    places = [_folded(p, n, boundary) for p, n in zip(places, lengths, strict=True)]
    below = [np.floor(p).astype(int) for p in places]
    above = [p - low for p, low in zip(places, below, strict=True)]
    y = np.zeros((*x.shape[: x.ndim - len(places)], *places[0].shape), np.result_type(x, np.float32))
    with np.errstate(invalid="ignore", over="ignore"):  # ∞ - ∞ and overflow are answers here
        for corner in np.ndindex(*(2 for _ in places)):
            weight, index = np.ones(places[0].shape), []
            for upper, low, share, n in zip(corner, below, above, lengths, strict=True):
                neighbour = low + upper
                if boundary == "circular":
                    neighbour = neighbour % n
                inside = (neighbour >= 0) & (neighbour < n)
                weight = weight * np.where(inside, share if upper else 1 - share, 0)
                index.append(np.where(inside, neighbour, 0))
            if weight.any():
                # A sample without a share is not looked at: 0 · ∞ would be NaN.
                y += weight.astype(y.dtype) * np.where(weight > 0, x[(..., *index)], 0)
        return y.astype(x.dtype, copy=False)


def _callable(name: str, value: Callable) -> None:
    """Refuse what cannot be called."""
    if not callable(value):
        raise TypeError(f"{name} must be a function; got {value!r} of type {type(value).__name__}")


def _largest_difference(results: dict[str, ArrayLike]) -> float:
    """Largest absolute difference of two results, which go by their names."""
    (first, a), (second, b) = ((name, numeric_array(name, result)) for name, result in results.items())
    if a.shape != b.shape:
        raise ValueError(f"{first} and {second} must have the same shape; got {a.shape} and {b.shape}")
    dtype = np.result_type(a, b, np.float64)  # unsigned integers would wrap around
    with np.errstate(invalid="ignore", over="ignore"):
        return float(np.abs(a.astype(dtype) - b.astype(dtype)).max())
