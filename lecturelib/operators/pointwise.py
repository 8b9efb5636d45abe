"""Functions applied to every number on its own, with their gradients."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from lecturelib.operators.checks import gradient_array, layer_dtype, real_array


def relu(x: ArrayLike) -> np.ndarray:
    """Rectified linear unit: negative numbers become zero.

    Parameters
    ----------
    x : array_like of shape (*S)
        Real numbers, with any number of axes.

    Returns
    -------
    ndarray of shape (*S)
        ``max(0, x)``. Float dtypes are kept, integers become float64. NaN stays NaN.

    Raises
    ------
    TypeError
        If `x` does not hold real numbers.
    ValueError
        If `x` is empty.

    Notes
    -----
    One comparison a number, no scratch memory. A number without axes gives a NumPy scalar.

    Examples
    --------
    >>> relu([-2, 0, 3])
    array([0., 0., 3.])
    """
    return np.maximum(_floats(x), 0)


def relu_backward(dy: ArrayLike, x: ArrayLike) -> np.ndarray:
    """Gradient of :func:`relu`: what came from a positive number passes, the rest is stopped.

    Parameters
    ----------
    dy : array_like of shape (*S)
        Gradient by the output.
    x : array_like of shape (*S)
        The input.

    Returns
    -------
    ndarray of shape (*S)
        Gradient by the input: `dy` where `x` is positive, 0 where it is not. NaN where `x` is NaN.

    Raises
    ------
    TypeError
        If an array does not hold real numbers.
    ValueError
        If `x` is empty or `dy` has another shape.

    Notes
    -----
    At 0 there is no derivative; it counts as 0 here, so a unit that is exactly off learns nothing.

    Examples
    --------
    >>> relu_backward([10, 10, 10], [-2, 0, 3])
    array([ 0.,  0., 10.])
    """
    dy, x = _gradient_and_input(dy, x)
    return np.where(x > 0, dy, np.where(np.isnan(x), x, 0))[()]


def rectify(x: ArrayLike) -> np.ndarray:
    """Full-wave rectification: the absolute value.

    Parameters
    ----------
    x : array_like of shape (*S)
        Real numbers, with any number of axes.

    Returns
    -------
    ndarray of shape (*S)
        ``|x|``. Float dtypes are kept, integers become float64.

    Raises
    ------
    TypeError
        If `x` does not hold real numbers.
    ValueError
        If `x` is empty.

    Notes
    -----
    It forgets the sign and keeps the size: a light bar on dark and a dark one on light give the same,
    where :func:`relu` would lose one of the two.
    A number without axes gives a NumPy scalar.

    Examples
    --------
    >>> rectify([-2, 0, 3])
    array([2., 0., 3.])
    """
    return np.abs(_floats(x))


def rectify_backward(dy: ArrayLike, x: ArrayLike) -> np.ndarray:
    """Gradient of :func:`rectify`: it changes sign where the input is negative.

    Parameters
    ----------
    dy : array_like of shape (*S)
        Gradient by the output.
    x : array_like of shape (*S)
        The input.

    Returns
    -------
    ndarray of shape (*S)
        Gradient by the input: `dy` times the sign of `x`, 0 where `x` is 0. NaN where `x` is NaN.

    Raises
    ------
    TypeError
        If an array does not hold real numbers.
    ValueError
        If `x` is empty or `dy` has another shape.

    Notes
    -----
    At 0 there is no derivative; it counts as 0 here.

    Examples
    --------
    >>> rectify_backward([10, 10, 10], [-2, 0, 3])
    array([-10.,   0.,  10.])
    """
    dy, x = _gradient_and_input(dy, x)
    with np.errstate(invalid="ignore"):  # 0 · ∞ is thrown away
        return np.where(x == 0, 0, dy * np.sign(x))[()]


def tanh(x: ArrayLike) -> np.ndarray:
    """Hyperbolic tangent: squashes every number between -1 and 1.

    Parameters
    ----------
    x : array_like of shape (*S)
        Real numbers, with any number of axes.

    Returns
    -------
    ndarray of shape (*S)
        ``(exp(x) - exp(-x)) / (exp(x) + exp(-x))``. Float dtypes are kept, integers become float64.

    Raises
    ------
    TypeError
        If `x` does not hold real numbers.
    ValueError
        If `x` is empty.

    Notes
    -----
    A number without axes gives a NumPy scalar.

    Examples
    --------
    >>> tanh([-1, 0, 100]).round(4)
    array([-0.7616,  0.    ,  1.    ])
    """
    return np.tanh(_floats(x))


def tanh_backward(dy: ArrayLike, x: ArrayLike) -> np.ndarray:
    """Gradient of :func:`tanh`: largest around zero, nearly nothing far from it.

    Parameters
    ----------
    dy : array_like of shape (*S)
        Gradient by the output.
    x : array_like of shape (*S)
        The input.

    Returns
    -------
    ndarray of shape (*S)
        Gradient by the input: ``dy * (1 - tanh(x)**2)``.

    Raises
    ------
    TypeError
        If an array does not hold real numbers.
    ValueError
        If `x` is empty or `dy` has another shape.

    Notes
    -----
    Computed as ``4 e / (1 + e)**2`` with ``e = exp(-2 |x|)``: from |x| = 19 on, ``1 - tanh(x)**2`` would
    round to 0. Scratch memory: three arrays of the shape of `x`.

    Examples
    --------
    >>> tanh_backward([10, 10, 10], [-1, 0, 100]).round(4)
    array([ 4.1997, 10.    ,  0.    ])
    """
    dy, x = _gradient_and_input(dy, x)
    with np.errstate(invalid="ignore", over="ignore", under="ignore"):  # 0 · ∞ is an answer here
        e = np.exp(-2 * np.abs(x))
        return dy * (4 * e / (1 + e) ** 2)


def _floats(x: ArrayLike) -> np.ndarray:
    """Real numbers in the dtype in which layers compute."""
    x = real_array("x", x)
    return x.astype(layer_dtype(x), copy=False)


def _gradient_and_input(dy: ArrayLike, x: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Both arrays in the dtype of the input, the gradient with its shape."""
    x = _floats(x)
    return gradient_array(dy, x.shape, x.dtype, "that of x"), x
