"""Group convolution for p4, the group of translations and quarter turns.

A plain layer answers a shifted image with a shifted map, but knows nothing of turned ones. Here every
filter looks in four orientations, and a turned image turns the maps and moves each one place on.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from lecturelib.operators.checks import gradient_array, layer_dtype, one_of, shaped_array, whole_number
from lecturelib.operators.conv import conv, conv_backward
from lecturelib.operators.pooling.bins import HOWS
from lecturelib.operators.pooling.passes import TIES, spread_along_axis
from lecturelib.operators.spec import ConvSpec
from lecturelib.operators.spec.p4 import TURNS, oriented_maps, p4_spec


def p4_lift(
    x: ArrayLike, w: ArrayLike, b: ArrayLike | None = None, *, padding: int | str | Sequence = 0
) -> np.ndarray:
    """Cross-correlate images with every kernel in four orientations.

    Parameters
    ----------
    x : array_like of shape (N, C, H, W)
        Images, or feature maps without orientations.
    w : array_like of shape (F, C, K, K)
        F square kernels, not flipped; K may be even.
    b : array_like of shape (F,), optional
        One bias for each filter, the same in all orientations.
    padding : int, {"valid", "same", "full"}, or one int or (before, after) pair an axis
        Zeros around the input, as for :func:`~lecturelib.operators.conv.conv`.

    Returns
    -------
    ndarray of shape (N, F, 4, H', W')
        Orientation r is the cross-correlation with the kernel turned by r quarter turns counterclockwise,
        ``np.rot90(w, r)``; :func:`~lecturelib.operators.shapes.output_size` places along each axis.
        Dtypes as from :func:`~lecturelib.operators.conv.conv`.

    Raises
    ------
    TypeError
        If an array does not hold real numbers or `padding` is of the wrong kind.
    ValueError
        If shapes do not go together, kernels are not square or do not fit, or `padding` is out of range.

    See Also
    --------
    p4_rotate : What a turn of the image does to the output.

    Notes
    -----
    ``p4_lift(rot90(x)) == p4_rotate(p4_lift(x), 1)`` up to rounding, but only if the padding is the
    same on all four sides. ``"same"`` is not for an even K: it puts one more zero after than before.

    It has the parameters of one layer and takes the multiply-adds of four. Scratch memory: four copies of
    `w`, and what the plain convolution with 4 F filters needs.

    Examples
    --------
    >>> edge = [[[[1, -1], [1, -1]]]]
    >>> p4_lift([[[[8, 8, 0], [8, 8, 0]]]], edge)[0, 0].tolist()
    [[[0.0, 16.0]], [[0.0, 0.0]], [[0.0, -16.0]], [[0.0, 0.0]]]
    """
    spec = p4_spec(x, w, b, padding=padding, lifted=False)
    return _all_orientations(x, _turned_kernels(np.asarray(w)), b, spec)


def p4_lift_backward(
    dy: ArrayLike, x: ArrayLike, w: ArrayLike, *, padding: int | str | Sequence = 0
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradients of :func:`p4_lift`: every orientation turns its kernel's gradient back.

    Parameters
    ----------
    dy : array_like of shape (N, F, 4, H', W')
        Gradient by the output.
    x : array_like of shape (N, C, H, W)
        The inputs.
    w : array_like of shape (F, C, K, K)
        The kernels.
    padding
        As given to :func:`p4_lift`.

    Returns
    -------
    dx : ndarray of shape (N, C, H, W)
        Gradient by the inputs.
    dw : ndarray of shape (F, C, K, K)
        Gradient by the kernels.
    db : ndarray of shape (F,)
        Gradient by the biases.

    Raises
    ------
    TypeError
        If an array does not hold real numbers or `padding` is of the wrong kind.
    ValueError
        As for :func:`p4_lift`, or if `dy` has not the output's shape.

    Notes
    -----
    Twice the multiply-adds of :func:`p4_lift`.

    Examples
    --------
    >>> dx, dw, db = p4_lift_backward(np.ones((1, 1, 4, 1, 1)), [[[[1, 2], [3, 4]]]], [[[[1, 0], [0, 0]]]])
    >>> dx.tolist(), dw.tolist(), db.tolist()
    ([[[[1.0, 1.0], [1.0, 1.0]]]], [[[[10.0, 10.0], [10.0, 10.0]]]], [4.0])
    """
    spec = p4_spec(x, w, None, padding=padding, lifted=False)
    dx, dw, db = _gradients(dy, x, _turned_kernels(np.asarray(w)), spec)
    with np.errstate(invalid="ignore", over="ignore"):  # ∞ - ∞ is an answer here
        return dx, sum(np.rot90(dw[:, r], -r, axes=(-2, -1)) for r in range(TURNS)), db


def p4_conv(
    x: ArrayLike, w: ArrayLike, b: ArrayLike | None = None, *, padding: int | str | Sequence = 0
) -> np.ndarray:
    """Group convolution: cross-correlate maps with orientations, over places and orientations.

    Parameters
    ----------
    x : array_like of shape (N, C, 4, H, W)
        Maps from :func:`p4_lift` or from another group convolution.
    w : array_like of shape (F, C, 4, K, K)
        F kernels with a square for each orientation of each channel.
    b : array_like of shape (F,), optional
        One bias for each filter, the same in all orientations.
    padding : int, {"valid", "same", "full"}, or one int or (before, after) pair an axis
        Zeros around the input, as for :func:`~lecturelib.operators.conv.conv`.

    Returns
    -------
    ndarray of shape (N, F, 4, H', W')
        Orientation r is the cross-correlation with the kernel after r quarter turns: its squares
        turned, and each moved r orientations on. Dtypes as from :func:`~lecturelib.operators.conv.conv`.

    Raises
    ------
    TypeError
        If an array does not hold real numbers or `padding` is of the wrong kind.
    ValueError
        If shapes do not go together, kernels are not square or do not fit, or `padding` is out of range.

    Notes
    -----
    ``p4_conv(p4_rotate(x, 1)) == p4_rotate(p4_conv(x), 1)`` up to rounding, if the padding is the same
    on all four sides. The moved orientations matter: with turned squares alone a filter that looks for a
    horizontal line beside a vertical one would not know it again after a turn.

    It takes the multiply-adds of a plain layer with 4 F filters and 4 C channels, with a quarter of its
    parameters. Scratch memory as for :func:`p4_lift`.

    Examples
    --------
    >>> x = np.array([1, 2, 3, 5]).reshape(1, 1, 4, 1, 1)
    >>> p4_conv(x, np.array([1, 10, 100, 1000]).reshape(1, 1, 4, 1, 1)).ravel()
    array([5321., 1532., 2153., 3215.])
    """
    spec = p4_spec(x, w, b, padding=padding, lifted=True)
    return _all_orientations(x, _turned_group_kernels(np.asarray(w)), b, spec)


def p4_conv_backward(
    dy: ArrayLike, x: ArrayLike, w: ArrayLike, *, padding: int | str | Sequence = 0
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradients of :func:`p4_conv`: every orientation turns its kernel's gradient back.

    Parameters
    ----------
    dy : array_like of shape (N, F, 4, H', W')
        Gradient by the output.
    x : array_like of shape (N, C, 4, H, W)
        The inputs.
    w : array_like of shape (F, C, 4, K, K)
        The kernels.
    padding
        As given to :func:`p4_conv`.

    Returns
    -------
    dx : ndarray of shape (N, C, 4, H, W)
        Gradient by the inputs.
    dw : ndarray of shape (F, C, 4, K, K)
        Gradient by the kernels.
    db : ndarray of shape (F,)
        Gradient by the biases.

    Raises
    ------
    TypeError
        If an array does not hold real numbers or `padding` is of the wrong kind.
    ValueError
        As for :func:`p4_conv`, or if `dy` has not the output's shape.

    Notes
    -----
    Twice the multiply-adds of :func:`p4_conv`.

    Examples
    --------
    >>> x = np.array([1, 2, 3, 5]).reshape(1, 1, 4, 1, 1)
    >>> dx, dw, db = p4_conv_backward(np.ones((1, 1, 4, 1, 1)), x, x)
    >>> dx.ravel(), dw.ravel(), db
    (array([11., 11., 11., 11.]), array([11., 11., 11., 11.]), array([4.]))
    """
    spec = p4_spec(x, w, None, padding=padding, lifted=True)
    dx, dw, db = _gradients(dy, x, _turned_group_kernels(np.asarray(w)), spec)
    with np.errstate(invalid="ignore", over="ignore"):
        return dx, sum(_turned_maps(dw[:, r], -r) for r in range(TURNS)), db


def p4_rotate(x: ArrayLike, turns: int) -> np.ndarray:
    """Turn maps with orientations: what happens to them when the image is turned.

    Parameters
    ----------
    x : array_like of shape (N, C, 4, H, W)
        Maps from :func:`p4_lift` or :func:`p4_conv`.
    turns : int
        Quarter turns, counterclockwise; negative ones turn clockwise.

    Returns
    -------
    ndarray of shape (N, C, 4, H, W), or (N, C, 4, W, H) after an odd number of turns
        Every map turned, and moved `turns` orientations on. A new array of the same dtype.

    Raises
    ------
    TypeError
        If `x` does not hold real numbers or `turns` is not an integer.
    ValueError
        If `x` has another shape.

    Notes
    -----
    No arithmetic: samples only move. Four turns are none, and the gradient of a turn is the turn back,
    ``p4_rotate(dy, -turns)``.

    Examples
    --------
    >>> p4_rotate([[[[[1, 2]], [[3, 4]], [[5, 6]], [[7, 8]]]]], 1).tolist()
    [[[[[8], [7]], [[2], [1]], [[4], [3]], [[6], [5]]]]]
    """
    return _turned_maps(oriented_maps("x", x), whole_number("turns", turns) % TURNS)


def p4_pool(x: ArrayLike, *, how: str = "max") -> np.ndarray:
    """Pool over the orientations: what was found, whichever way it was turned.

    Parameters
    ----------
    x : array_like of shape (N, C, 4, H, W)
        Maps from :func:`p4_lift` or :func:`p4_conv`.
    how : {"max", "average"}
        Largest of the four, or their mean.

    Returns
    -------
    ndarray of shape (N, C, H, W)
        Float dtypes are kept, integers become float64. NaN in one orientation gives NaN.

    Raises
    ------
    TypeError
        If `x` does not hold real numbers.
    ValueError
        If `x` has another shape or `how` is unknown.

    Notes
    -----
    The result still turns with the image: ``p4_pool(p4_rotate(x, 1)) == rot90(p4_pool(x))``. A maximum over
    all places on top of it does not change at all. Three comparisons or additions a place.

    Examples
    --------
    >>> p4_pool([[[[[1, 2]], [[3, 4]], [[5, 6]], [[0, 9]]]]]).tolist()
    [[[[5.0, 9.0]]]]
    """
    x = oriented_maps("x", x)
    pool = np.max if one_of("how", how, HOWS) == "max" else np.mean
    with np.errstate(invalid="ignore", over="ignore"):
        return pool(x.astype(layer_dtype(x), copy=False), axis=2)


def p4_pool_backward(dy: ArrayLike, x: ArrayLike, *, how: str = "max", ties: str = "first") -> np.ndarray:
    """Gradient of :func:`p4_pool`: to the orientation that won, or a quarter to each.

    Parameters
    ----------
    dy : array_like of shape (N, C, H, W)
        Gradient by the output.
    x : array_like of shape (N, C, 4, H, W)
        The input.
    how : {"max", "average"}
        As given to :func:`p4_pool`.
    ties : {"first", "share"}
        Where the maximum occurs more than once, ``"first"`` gives all to the first orientation,
        ``"share"`` an equal part to each. Only ``"share"`` commutes with turns.

    Returns
    -------
    ndarray of shape (N, C, 4, H, W)
        Gradient by the input.

    Raises
    ------
    TypeError
        If an array does not hold real numbers.
    ValueError
        If `x` has another shape, `dy` not the output's, or an option is unknown.

    Examples
    --------
    >>> p4_pool_backward([[[[8]]]], [[[[[1]], [[5]], [[5]], [[0]]]]], ties="share").ravel()
    array([0., 4., 4., 0.])
    """
    x = oriented_maps("x", x)
    x = x.astype(layer_dtype(x), copy=False)
    one_of("how", how, HOWS)
    one_of("ties", ties, TIES)
    shape = (*x.shape[:2], *x.shape[3:])
    dy = gradient_array(dy, shape, x.dtype)
    if how == "average":
        return np.repeat(dy[:, :, None] / TURNS, TURNS, axis=2)
    return spread_along_axis(dy, x, 2, ties)


def _turned_maps(x: np.ndarray, turns: int) -> np.ndarray:
    """Turn the squares of (..., 4, H, W) and move each `turns` orientations on."""
    return np.roll(np.rot90(x, turns, axes=(-2, -1)), turns, axis=-3)


def _turned_kernels(w: np.ndarray) -> np.ndarray:
    """Kernels (F, C, K, K) in all orientations: (F, 4, C, K, K)."""
    return np.stack([np.rot90(w, r, axes=(-2, -1)) for r in range(TURNS)], axis=1)


def _turned_group_kernels(w: np.ndarray) -> np.ndarray:
    """Kernels (F, C, 4, K, K) after all turns: (F, 4, C, 4, K, K)."""
    return np.stack([_turned_maps(w, r) for r in range(TURNS)], axis=1)


def _all_orientations(x: ArrayLike, kernels: np.ndarray, b: ArrayLike | None, spec: ConvSpec) -> np.ndarray:
    """One plain layer with a filter for each orientation of each kernel."""
    y = conv(
        np.reshape(x, spec.x_shape),
        kernels.reshape(spec.w_shape),
        None if b is None else np.repeat(b, TURNS),
        padding=spec.padding,
    )
    return y.reshape(spec.batch, -1, TURNS, *spec.output)


def _gradients(
    dy: ArrayLike, x: ArrayLike, kernels: np.ndarray, spec: ConvSpec
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradients of :func:`_all_orientations` by x, by all the kernels, and by b."""
    shape = (spec.batch, len(kernels), TURNS, *spec.output)
    dy = shaped_array("dy", dy, shape, "that of the output")
    dx, dw, db = conv_backward(
        dy.reshape(spec.y_shape),
        np.reshape(x, spec.x_shape),
        kernels.reshape(spec.w_shape),
        padding=spec.padding,
    )
    with np.errstate(invalid="ignore", over="ignore"):
        return dx.reshape(np.shape(x)), dw.reshape(kernels.shape), db.reshape(-1, TURNS).sum(1)
