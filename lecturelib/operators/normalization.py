"""Local contrast normalization: every place is compared with its neighbourhood, in all maps at once.

The formulas are those of Jarrett et al. (2009), with one thing made explicit: the weights of the
window sum to 1 over places *and* maps together, that is to 1 / C over places.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike

from lecturelib.operators.spec.contrast import ContrastSpec
from lecturelib.operators.windows import pad, pad_adjoint, tap_slices


def subtractive_normalization(x: ArrayLike, window: ArrayLike, *, boundary: str = "zeros") -> np.ndarray:
    """Subtract from every place the weighted mean of its neighbourhood over all maps.

    Parameters
    ----------
    x : array_like of shape (N, C, *S)
        Feature maps, with one, two or three spatial axes.
    window : array_like of shape (*K)
        Weights of the neighbourhood, usually a Gaussian: none negative, an odd number along each axis.
        They are divided by their sum.
    boundary : {"zeros", "circular", "reflect", "symmetric", "edge"}
        What lies beyond the border, as in :func:`~lecturelib.operators.windows.pad`.

    Returns
    -------
    ndarray of shape (N, C, *S)
        ``v[n, i, j] = x[n, i, j] - sum over i', p of omega[p] * x[n, i', j + p]`` with the window centred
        on j and ``omega = window / (C * window.sum())``. Float dtypes are kept, integers become float64.

    Raises
    ------
    TypeError
        If an array does not hold real numbers.
    ValueError
        If shapes do not go together, a length of the window is even, a weight is negative or not
        finite, all are 0, or the boundary is unknown.

    See Also
    --------
    divisive_normalization : The second half.

    Notes
    -----
    The formula is often printed with weights that sum to 1. If they did so over the places
    alone, C times the mean would be subtracted. Here four constant maps 0, 1, 2, 3 give -1.5, -0.5, 0.5,
    1.5: what tells the maps apart stays.
    With ``zeros`` a constant map does not vanish along the border: the zeros count as dark
    neighbours. ``edge`` and the other boundaries leave nothing but rounding errors.

    The mean over the maps is taken first, so it takes ``N * prod(S) * (C + prod(K))`` multiply-adds,
    not C times ``prod(K)``. Scratch memory: about three maps an image.

    Examples
    --------
    >>> subtractive_normalization([[[0, 0, 8, 0, 0]]], [1, 2, 1])
    array([[[ 0., -2.,  4., -2.,  0.]]])
    """
    spec = ContrastSpec.from_arguments(x, window, boundary)
    return _subtractive(np.asarray(x, spec.working), spec).astype(spec.dtype, copy=False)


def subtractive_normalization_backward(
    dy: ArrayLike, x: ArrayLike, window: ArrayLike, *, boundary: str = "zeros"
) -> np.ndarray:
    """Gradient of :func:`subtractive_normalization`: the transpose of a linear map.

    Parameters
    ----------
    dy : array_like of shape (N, C, *S)
        Gradient by the output.
    x : array_like of shape (N, C, *S)
        The input; only its shape and dtype count.
    window, boundary
        As for :func:`subtractive_normalization`.

    Returns
    -------
    ndarray of shape (N, C, *S)
        Gradient by the input.

    Raises
    ------
    TypeError
        If an array does not hold real numbers.
    ValueError
        As for :func:`subtractive_normalization`, or if `dy` has another shape.

    Notes
    -----
    Cost as for :func:`subtractive_normalization`.

    Examples
    --------
    >>> subtractive_normalization_backward([[[0, 4, 0]]], [[[1, 2, 3]]], [1, 1, 2])
    array([[[-1.,  3., -2.]]])
    """
    spec = ContrastSpec.from_arguments(x, window, boundary)
    return _subtractive_transposed(spec.checked_gradient(dy), spec).astype(spec.dtype, copy=False)


def divisive_normalization(
    v: ArrayLike, window: ArrayLike, *, c: str | float = "mean", boundary: str = "zeros"
) -> np.ndarray:
    """Divide every place by the size of its neighbourhood over all maps.

    Parameters
    ----------
    v : array_like of shape (N, C, *S)
        Feature maps, usually from :func:`subtractive_normalization`.
    window : array_like of shape (*K)
        Weights of the neighbourhood, as for :func:`subtractive_normalization`.
    c : "mean" or positive float
        The least divisor, lest faint noise be blown up: a number, or for each image the mean of
        sigma over its places.
    boundary : {"zeros", "circular", "reflect", "symmetric", "edge"}
        What lies beyond the border, as in :func:`~lecturelib.operators.windows.pad`.

    Returns
    -------
    ndarray of shape (N, C, *S)
        ``y = v / max(c, sigma)`` with
        ``sigma[n, j]**2 = sum over i', p of omega[p] * v[n, i', j + p]**2`` and
        ``omega = window / (C * window.sum())``. Where ``max(c, sigma)`` is 0, y is 0. Float dtypes are
        kept, integers become float64.

    Raises
    ------
    TypeError
        If an array does not hold real numbers, or `c` is neither a word nor a number.
    ValueError
        As for :func:`subtractive_normalization`, or if `c` is not positive and finite.

    Notes
    -----
    Texts often leave `c` open. With the mean, contrast does not count at all: ten times the input
    gives the same output. With a number it does: what is fainter than `c` stays faint.
    With the mean, a constant image that was made zero up to rounding errors comes out as noise of size 1.

    It takes ``N * prod(S) * (2 C + prod(K))`` multiply-adds, and a square root a place. Scratch
    memory: about four maps an image.

    Examples
    --------
    >>> divisive_normalization([[[3, 3, 3, -12]]], [1], c=6)
    array([[[ 0.5,  0.5,  0.5, -1. ]]])
    """
    spec = ContrastSpec.from_arguments(v, window, boundary, c, name="v")
    return _divisive(np.asarray(v, spec.working), spec).astype(spec.dtype, copy=False)


def divisive_normalization_backward(
    dy: ArrayLike, v: ArrayLike, window: ArrayLike, *, c: str | float = "mean", boundary: str = "zeros"
) -> np.ndarray:
    """Gradient of :func:`divisive_normalization`.

    Parameters
    ----------
    dy : array_like of shape (N, C, *S)
        Gradient by the output.
    v : array_like of shape (N, C, *S)
        The input.
    window, c, boundary
        As for :func:`divisive_normalization`.

    Returns
    -------
    ndarray of shape (N, C, *S)
        Gradient by the input, through the divisor and through the mean too.

    Raises
    ------
    TypeError
        If an array does not hold real numbers, or `c` is neither a word nor a number.
    ValueError
        As for :func:`divisive_normalization`, or if `dy` has another shape.

    Notes
    -----
    Where there is no derivative: at ``sigma == c`` all of it goes to sigma; where sigma is 0, its own
    derivative counts as 0; where the divisor is 0, nothing comes back.
    Twice the cost of :func:`divisive_normalization`.

    Examples
    --------
    >>> divisive_normalization_backward([[[1, 1]]], [[[3, -12]]], [1], c=6).round(3)
    array([[[0.167, 0.   ]]])
    """
    spec = ContrastSpec.from_arguments(v, window, boundary, c, name="v")
    gradient = _divisive_transposed(spec.checked_gradient(dy), np.asarray(v, spec.working), spec)
    return gradient.astype(spec.dtype, copy=False)


def local_contrast_normalization(
    x: ArrayLike, window: ArrayLike, *, c: str | float = "mean", boundary: str = "zeros"
) -> np.ndarray:
    """Local contrast normalization: subtract the neighbourhood's mean, divide by what then is its size.

    Parameters
    ----------
    x : array_like of shape (N, C, *S)
        Feature maps, with one, two or three spatial axes.
    window : array_like of shape (*K)
        Weights of the neighbourhood, as for :func:`subtractive_normalization`.
    c : "mean" or positive float
        The least divisor, as for :func:`divisive_normalization`.
    boundary : {"zeros", "circular", "reflect", "symmetric", "edge"}
        What lies beyond the border, as in :func:`~lecturelib.operators.windows.pad`.

    Returns
    -------
    ndarray of shape (N, C, *S)
        ``divisive_normalization(subtractive_normalization(x))``. Float dtypes are kept, integers
        become float64.

    Raises
    ------
    TypeError
        If an array does not hold real numbers, or `c` is neither a word nor a number.
    ValueError
        As for both halves.

    Notes
    -----
    Cost and surprises are those of both halves.

    Examples
    --------
    >>> local_contrast_normalization([[[0, 0, 8, 0, 0]]], [1, 2, 1]).round(2)
    array([[[ 0.  , -0.82,  1.26, -0.82,  0.  ]]])
    """
    spec = ContrastSpec.from_arguments(x, window, boundary, c)
    v = _subtractive(np.asarray(x, spec.working), spec)
    return _divisive(v, spec).astype(spec.dtype, copy=False)


def local_contrast_normalization_backward(
    dy: ArrayLike, x: ArrayLike, window: ArrayLike, *, c: str | float = "mean", boundary: str = "zeros"
) -> np.ndarray:
    """Gradient of :func:`local_contrast_normalization`.

    Parameters
    ----------
    dy : array_like of shape (N, C, *S)
        Gradient by the output.
    x : array_like of shape (N, C, *S)
        The input.
    window, c, boundary
        As for :func:`local_contrast_normalization`.

    Returns
    -------
    ndarray of shape (N, C, *S)
        Gradient by the input.

    Raises
    ------
    TypeError
        If an array does not hold real numbers, or `c` is neither a word nor a number.
    ValueError
        As for :func:`local_contrast_normalization`, or if `dy` has another shape.

    Notes
    -----
    The first half is computed anew from `x`. Where there is no derivative, see
    :func:`divisive_normalization_backward`.

    Examples
    --------
    >>> local_contrast_normalization_backward([[[0, 1, 0]]], [[[0, 8, 0]]], [1, 2, 1], c=10)
    array([[[-0.025,  0.05 , -0.025]]])
    """
    spec = ContrastSpec.from_arguments(x, window, boundary, c)
    v = _subtractive(np.asarray(x, spec.working), spec)
    dv = _divisive_transposed(spec.checked_gradient(dy), v, spec)
    return _subtractive_transposed(dv, spec).astype(spec.dtype, copy=False)


def _weighted(maps: np.ndarray, spec: ContrastSpec) -> np.ndarray:
    """Weighted sum over the window around each place of each map."""
    padded, total = pad(maps, spec.pairs, boundary=spec.boundary), np.zeros_like(maps)
    for tap, places in _taps(spec):
        total += spec.window[tap] * padded[(..., *places)]
    return total


def _weighted_transposed(maps: np.ndarray, spec: ContrastSpec) -> np.ndarray:
    """Adjoint of :func:`_weighted`."""
    reach = (n + before + after for n, (before, after) in zip(spec.shape[2:], spec.pairs, strict=True))
    padded = np.zeros((*maps.shape[:2], *reach), maps.dtype)
    for tap, places in _taps(spec):
        padded[(..., *places)] += spec.window[tap] * maps
    return pad_adjoint(padded, spec.pairs, boundary=spec.boundary)


def _taps(spec: ContrastSpec) -> Iterator[tuple[tuple[int, ...], tuple[slice, ...]]]:
    """Every tap of the window, and the places of the padded map that it meets."""
    ones = (1,) * spec.window.ndim
    return tap_slices(spec.window.shape, spec.shape[2:], ones, ones)


def _subtractive(x: np.ndarray, spec: ContrastSpec) -> np.ndarray:
    """Subtractive normalization of checked arguments."""
    with np.errstate(invalid="ignore", over="ignore"):  # ∞ - ∞ is an answer here
        return x - _weighted(x.mean(1, keepdims=True), spec)


def _subtractive_transposed(dv: np.ndarray, spec: ContrastSpec) -> np.ndarray:
    """Adjoint of :func:`_subtractive`; the mean over the maps is its own adjoint."""
    with np.errstate(invalid="ignore", over="ignore"):
        return dv - _weighted_transposed(dv.mean(1, keepdims=True), spec)


def _sigma_and_c(v: np.ndarray, spec: ContrastSpec) -> tuple[np.ndarray, np.ndarray | float]:
    """Size of the neighbourhood (N, 1, *S), and the least divisor for each image."""
    sigma = np.sqrt(_weighted((v * v).mean(1, keepdims=True), spec))
    return sigma, _mean_of_image(sigma) if spec.c == "mean" else spec.c


def _mean_of_image(maps: np.ndarray) -> np.ndarray:
    """Mean over everything but the batch, with all axes kept."""
    return maps.mean(tuple(range(1, maps.ndim)), keepdims=True)


def _quotient(v: np.ndarray, divisor: np.ndarray) -> np.ndarray:
    """Return v / divisor, and 0 where the divisor is 0; it has one map or as many as v."""
    return np.divide(v, divisor, out=np.zeros_like(v), where=divisor != 0)


def _divisive(v: np.ndarray, spec: ContrastSpec) -> np.ndarray:
    """Divisive normalization of checked arguments."""
    with np.errstate(invalid="ignore", over="ignore"):
        sigma, c = _sigma_and_c(v, spec)
        return _quotient(v, np.maximum(c, sigma))


def _divisive_transposed(dy: np.ndarray, v: np.ndarray, spec: ContrastSpec) -> np.ndarray:
    """Gradient of :func:`_divisive` by v: through v, through sigma, and through the mean of sigma."""
    with np.errstate(invalid="ignore", over="ignore"):
        sigma, c = _sigma_and_c(v, spec)
        divisor = np.maximum(c, sigma)
        d_divisor = -_quotient(_quotient((dy * v).sum(1, keepdims=True), divisor), divisor)
        d_sigma = np.where(sigma < c, 0, d_divisor)
        if spec.c == "mean":
            d_c = np.where(sigma < c, d_divisor, 0)
            d_sigma += _mean_of_image(d_c)
        # sigma² = weighted(mean of v²), so dsigma / dv = v * weightedᵀ(1 / sigma) / C
        through_sigma = v * _weighted_transposed(_quotient(d_sigma, sigma), spec) / spec.shape[1]
        return _quotient(dy, divisor) + through_sigma
