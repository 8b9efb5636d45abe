"""Specifications: built once from the user's arguments, checked, and trusted ever after.

This is the only home of argument errors for convolution: what receives a spec does not check again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from lecturelib.operators.checks import BOUNDARIES, MODES, numeric_array, one_of, whole_number
from lecturelib.operators.shapes import PADDING_NAMES, output_size, padding_pair

SIGNAL_METHODS = ("auto", "direct", "fft")


@dataclass(frozen=True)
class SignalSpec:
    """The options of a convolution of two plain arrays, checked.

    Attributes
    ----------
    mode : {"full", "same", "valid"}
        Which part of the full convolution is kept.
    boundary : {"zeros", "circular", "reflect", "symmetric", "edge"}
        What lies beyond the border of the signal.
    method : {"auto", "direct", "fft"}
        How it is computed.
    """

    mode: str
    boundary: str
    method: str

    @classmethod
    def from_arguments(cls, x: ArrayLike, k: ArrayLike, mode: str, boundary: str, method: str) -> SignalSpec:
        """Check a user's arguments.

        Parameters
        ----------
        x, k : array_like
            Signal and kernel, with equally many axes.
        mode, boundary, method : str
            Options of :func:`~lecturelib.operators.signals.convolve`.

        Returns
        -------
        SignalSpec
            The options.

        Raises
        ------
        TypeError
            If `x` or `k` does not hold numbers.
        ValueError
            If a shape or an option is impossible.
        """
        x, k = numeric_array("x", x), numeric_array("k", k)
        one_of("mode", mode, MODES)
        one_of("boundary", boundary, BOUNDARIES)
        one_of("method", method, SIGNAL_METHODS)
        if x.ndim != k.ndim:
            raise ValueError(f"x and k must have equally many axes; got {x.ndim} (x) and {k.ndim} (k)")
        _refuse_what_scipy_refuses(x, k, mode, boundary, method)
        if mode == "valid":
            contains = [n >= size for n, size in zip(x.shape, k.shape, strict=True)]
            contained = [n <= size for n, size in zip(x.shape, k.shape, strict=True)]
            if not (all(contains) or all(contained)):
                raise ValueError(
                    "mode 'valid' needs x or k to be the larger one along every axis; "
                    f"got shapes {x.shape} (x) and {k.shape} (k)"
                )
        return cls(mode, boundary, method)


def _refuse_what_scipy_refuses(x: np.ndarray, k: np.ndarray, mode: str, boundary: str, method: str) -> None:
    """Booleans alone, and half precision, work only where SciPy hands the work to NumPy's own routine."""
    dtype = np.result_type(x, k)
    longer_kernel = mode == "same" and boundary == "zeros" and k.size > x.size
    if (
        dtype in (np.bool_, np.float16)
        and method != "fft"
        and (x.ndim > 1 or (x.ndim == 1 and longer_kernel))
    ):
        raise ValueError(
            f"x and k must not both be {dtype} with more than one axis, "
            "or in mode 'same' with the longer kernel: convert one to float"
        )


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
        x: np.ndarray,
        w: np.ndarray,
        b: np.ndarray | None = None,
        *,
        stride: int | Sequence[int] = 1,
        padding: int | str | Sequence = 0,
        dilation: int | Sequence[int] = 1,
        groups: int = 1,
    ) -> ConvSpec:
        """Check a user's arguments and bring them into one form.

        Parameters
        ----------
        x : ndarray of shape (N, C, *S)
            Inputs, with one, two or three spatial axes.
        w : ndarray of shape (F, C // groups, *K)
            Kernels.
        b : ndarray of shape (F,), optional
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
        x, w = _real_array("x", x), _real_array("w", w)
        if x.ndim not in (3, 4, 5):
            raise ValueError(f"x must have shape (N, C, *S) with 1, 2 or 3 spatial axes; got shape {x.shape}")
        if w.ndim != x.ndim:
            raise ValueError(
                f"w must have shape (F, C // groups, *K) with {x.ndim} axes like x; got shape {w.shape}"
            )
        groups = _checked_groups(groups, x.shape[1], w.shape)
        if b is not None and _real_array("b", b).shape != w.shape[:1]:
            raise ValueError(f"b must have shape {w.shape[:1]}, one bias a filter; got shape {np.shape(b)}")
        spatial, kernel = x.shape[2:], w.shape[2:]
        strides = _each_axis("stride", stride, len(spatial))
        dilations = _each_axis("dilation", dilation, len(spatial))
        paddings = _padding_of_each_axis(padding, len(spatial))
        axes = tuple(zip(spatial, kernel, strides, paddings, dilations, strict=True))
        return cls(
            batch=x.shape[0],
            channels=x.shape[1],
            filters=w.shape[0],
            groups=groups,
            spatial=spatial,
            kernel=kernel,
            stride=strides,
            padding=tuple(padding_pair(p, n, k, stride=s, dilation=d) for n, k, s, p, d in axes),
            dilation=dilations,
            output=tuple(output_size(n, k, stride=s, padding=p, dilation=d) for n, k, s, p, d in axes),
            dtype=_layer_dtype(x, w),
        )


def _real_array(name: str, value: Any) -> np.ndarray:
    """Return an array of real numbers: complex ones have no agreed meaning in a layer."""
    array = numeric_array(name, value)
    if array.dtype.kind == "c":
        raise TypeError(f"{name} must hold real numbers; got an array of dtype {array.dtype}")
    return array


def _layer_dtype(*arrays: np.ndarray) -> np.dtype:
    """Float types as they are; everything else counts as float64."""
    return np.result_type(*(a.dtype if a.dtype.kind == "f" else np.float64 for a in arrays))


def _checked_groups(groups: int, channels: int, w_shape: tuple[int, ...]) -> int:
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


def _each_axis(name: str, value: Any, axes: int) -> tuple[int, ...]:
    """One positive integer for each axis, from one for all or one each."""
    values = tuple(value) if isinstance(value, (tuple, list, np.ndarray)) else (value,) * axes
    if len(values) != axes:
        raise ValueError(f"{name} must be one integer or {axes}, one for each axis; got {value!r}")
    return tuple(whole_number(name, v, at_least=1) for v in values)


def _padding_of_each_axis(padding: Any, axes: int) -> tuple:
    """One number, name or pair for each axis; :func:`padding_pair` reads them."""
    if isinstance(padding, str):
        return (one_of("padding", padding, PADDING_NAMES),) * axes
    if not isinstance(padding, (tuple, list, np.ndarray)):
        return (padding,) * axes
    values = tuple(tuple(p) if isinstance(p, (tuple, list, np.ndarray)) else p for p in padding)
    if len(values) != axes:
        raise ValueError(
            f"padding must be an integer, a name, or {axes} integers or (before, after) pairs, "
            f"one for each axis; got {padding!r}"
        )
    return values
