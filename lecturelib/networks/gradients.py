"""Gradients by central differences: what every backward pass is checked against."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from lecturelib.networks.layers.base import Layer
from lecturelib.operators.checks import real_array, real_number, whole_number


def numerical_gradient(
    function: Callable[[np.ndarray], float],
    x: ArrayLike,
    *,
    h: float = 1e-5,
    entries: ArrayLike | None = None,
) -> np.ndarray:
    """Estimate a gradient by central differences.

    Parameters
    ----------
    function : callable
        From an array of the shape of `x` to a number.
    x : array_like of any shape
        Where to differentiate; float64 numbers are used.
    h : float
        Half the distance between the two evaluations.
    entries : array_like of int, optional
        Flat indices of the entries to try; all by default. The others are NaN in the result.

    Returns
    -------
    ndarray of the shape of `x`
        ``(function(x + h e) - function(x - h e)) / (2 h)`` for each entry e, in float64.

    Raises
    ------
    TypeError
        If `x` or `h` is no real number, or `entries` holds no integers.
    ValueError
        If `h` is not positive, or `x` has no such entry.

    Notes
    -----
    Two evaluations an entry. The error is of the order of ``h**2`` times the third derivative and of
    rounding divided by `h`: about 1e-10 for functions of the size of one.

    Examples
    --------
    >>> numerical_gradient(lambda x: float((x**2).sum()), [1.0, 3.0]).round(6)
    array([2., 6.])
    """
    x, h = real_array("x", x).astype(np.float64), _step(h)  # a copy, which may be changed
    gradient = np.full(x.shape, np.nan)
    for i in range(x.size) if entries is None else _indices(entries, x.size):
        value = x.flat[i]
        x.flat[i] = value + h
        above = function(x)
        x.flat[i] = value - h
        below = function(x)
        x.flat[i] = value
        gradient.flat[i] = (above - below) / (2 * h)
    return gradient


def gradient_check(
    layer: Layer,
    x: ArrayLike,
    *,
    h: float = 1e-5,
    entries: int = 40,
    rng: np.random.Generator | None = None,
) -> dict[str, float]:
    """Compare a layer's backward pass with central differences.

    Parameters
    ----------
    layer : Layer
        A layer or a whole network, with float64 parameters.
    x : array_like of shape (N, ...)
        Inputs, away from kinks: where a maximum or a ReLU changes its mind within `h`, the two differ.
    h : float
        Half the distance between two evaluations.
    entries : int
        Entries of the input and of each parameter to try, chosen at random; all where there are fewer.
    rng : numpy.random.Generator, optional
        Chooses the entries and the weights of the outputs; ``default_rng(0)`` if not given.

    Returns
    -------
    dict of str to float
        For ``"x"`` and each parameter the largest difference, relative to the largest gradient of its
        array, or to 0.001 where that is smaller. Below 1e-7 is right; above 1e-4 is wrong; between, look
        for a kink.

    Raises
    ------
    TypeError
        If `layer` is no layer, `rng` no generator, `x` or `h` no real number, `entries` no integer, or a
        parameter is not float64.
    ValueError
        If `entries` is smaller than 1, `h` not positive, or a gradient is missing or of the wrong shape.

    Notes
    -----
    The loss is a random weighted sum of the outputs. Parameters are put back as they were, whatever
    happens. It takes a forward and a backward pass, and two forward passes an entry.

    Examples
    --------
    >>> from lecturelib.networks import Conv
    >>> rng = np.random.default_rng(0)
    >>> errors = gradient_check(Conv(2, 3, (3, 2), stride=2, rng=rng), rng.normal(size=(2, 2, 6, 5)))
    >>> sorted(errors), max(errors.values()) < 1e-7
    (['b', 'w', 'x'], True)
    """
    if not isinstance(layer, Layer):
        raise TypeError(f"layer must be a layer; got {type(layer).__name__}")
    x = real_array("x", x).astype(np.float64)
    entries, h = whole_number("entries", entries, at_least=1), _step(h)
    rng = np.random.default_rng(0) if rng is None else rng
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"rng must be a numpy.random.Generator; got {type(rng).__name__}")
    for name, array in layer.params.items():
        if array.dtype != np.float64:
            raise TypeError(f"layer must have float64 parameters for differences; {name!r} is {array.dtype}")
    arrays = {"x": x, **layer.params}
    weights = rng.normal(size=np.shape(layer.forward(x)))
    gradients = {"x": layer.backward(weights), **layer.grads}
    _check_shapes(gradients, arrays)
    errors = {}
    for name, array in arrays.items():
        chosen = rng.permutation(array.size)[:entries]
        start = array.copy()

        def loss(values: np.ndarray, array: np.ndarray = array) -> float:
            array[...] = values
            return float((layer.forward(x) * weights).sum())

        try:
            estimate = numerical_gradient(loss, start, h=h, entries=chosen)
        finally:
            array[...] = start
        difference = np.abs(estimate - gradients[name]).flat[chosen]
        largest = max(np.abs(gradients[name]).max(), np.abs(estimate.flat[chosen]).max())
        errors[name] = float(difference.max() / max(largest, 1e-3))
    return errors


def _step(h: float) -> float:
    """Return half the distance between two evaluations, a positive number."""
    h = real_number("h", h)
    if not 0 < h < np.inf:
        raise ValueError(f"h must be positive and finite; got {h}")
    return h


def _indices(entries: ArrayLike, size: int) -> np.ndarray:
    """Return flat indices of an array of this size."""
    entries = np.atleast_1d(real_array("entries", entries))
    if entries.dtype.kind not in "iu":
        raise TypeError(f"entries must hold integers; got an array of dtype {entries.dtype}")
    if entries.min() < 0 or entries.max() >= size:
        raise ValueError(f"entries must be 0 to {size - 1}; got {entries.min()} to {entries.max()}")
    return entries.ravel()


def _check_shapes(gradients: dict[str, np.ndarray], arrays: dict[str, np.ndarray]) -> None:
    """Refuse a gradient that is missing, or that would only fit by broadcasting."""
    for name, array in arrays.items():
        if name not in gradients:
            raise ValueError(f"layer must have a gradient for {name!r}; got {sorted(gradients)}")
        if np.shape(gradients[name]) != array.shape:
            raise ValueError(
                f"layer must have a gradient of shape {array.shape} for {name!r}; "
                f"got shape {np.shape(gradients[name])}"
            )
