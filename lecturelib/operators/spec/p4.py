"""Layers of the group p4, translations and quarter turns: their arguments, checked."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from lecturelib.operators.checks import layer_dtype, real_array, shaped_array
from lecturelib.operators.spec.conv import ConvSpec

#: Quarter turns until everything is as it was.
TURNS = 4


def p4_spec(
    x: ArrayLike, w: ArrayLike, b: ArrayLike | None, *, padding: int | str | Sequence, lifted: bool
) -> ConvSpec:
    """Check the arguments of a p4 convolution.

    Parameters
    ----------
    x : array_like of shape (N, C, H, W), or (N, C, 4, H, W) if lifted
        Inputs.
    w : array_like of shape (F, C, K, K), or (F, C, 4, K, K) if lifted
        Kernels.
    b : array_like of shape (F,), optional
        One bias for each filter.
    padding
        As for a convolution.
    lifted : bool
        Whether inputs have an axis of orientations already.

    Returns
    -------
    ConvSpec
        Of the plain convolution with all turned kernels, orientations counted as channels.

    Raises
    ------
    TypeError
        If an array does not hold real numbers or `padding` is of the wrong kind.
    ValueError
        If shapes do not go together, kernels are not square, or `padding` is out of range.
    """
    x = oriented_maps("x", x) if lifted else real_array("x", x)
    w = real_array("w", w)
    if not lifted and x.ndim != 4:
        raise ValueError(f"x must have shape (N, C, H, W); got shape {x.shape}")
    seen = x.shape[1:-2]
    if w.ndim != x.ndim or w.shape[1:-2] != seen or w.shape[-1] != w.shape[-2]:
        wanted = ", ".join(str(n) for n in seen)
        raise ValueError(
            f"w must have shape (F, {wanted}, K, K), with square kernels, for an x of shape {x.shape}; "
            f"got shape {w.shape}"
        )
    if b is not None:
        shaped_array("b", b, w.shape[:1], "one bias a filter")
    channels = int(np.prod(seen))
    return ConvSpec.from_shapes(
        (x.shape[0], channels, *x.shape[-2:]),
        (w.shape[0] * TURNS, channels, *w.shape[-2:]),
        layer_dtype(x, w),
        padding=padding,
    )


def oriented_maps(name: str, x: ArrayLike) -> np.ndarray:
    """Return feature maps with an axis of orientations.

    Parameters
    ----------
    name : str
        What the user calls them.
    x : array_like of shape (N, C, 4, H, W)
        As the user gave them.

    Returns
    -------
    ndarray of shape (N, C, 4, H, W)
        The same numbers.

    Raises
    ------
    TypeError
        If they are not real numbers.
    ValueError
        If the shape is another one.
    """
    x = real_array(name, x)
    if x.ndim != 5 or x.shape[2] != TURNS:
        raise ValueError(f"{name} must have shape (N, C, 4, H, W), 4 orientations a map; got shape {x.shape}")
    return x
