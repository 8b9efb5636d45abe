"""Least squares for layers that are linear in their weights: the best fit without any training."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from lecturelib.networks.layers.base import Layer
from lecturelib.networks.threads import one_thread
from lecturelib.operators.checks import real_array

#: Share of the largest eigenvalue of the normal equations below which a direction counts as undecided.
UNDECIDED = 1e-12


def fit_linear(layer: Layer, x: ArrayLike, y: ArrayLike) -> float:
    """Give a layer the weights whose outputs are nearest to the targets, in the mean square.

    Parameters
    ----------
    layer : Layer
        One whose outputs are linear in its weights and biases; these are changed in place.
    x : array_like of shape (N, ...)
        Inputs.
    y : array_like
        Targets, of the shape of the layer's outputs.

    Returns
    -------
    float
        The mean square of what is left over.

    Raises
    ------
    TypeError
        If `layer` is none, or `x` or `y` does not hold real numbers.
    ValueError
        If the layer has no weights or is not linear in them, or `y` is of another shape than its outputs.
        The weights are then as they were.

    Notes
    -----
    A column of the linear system is what the layer gives with one weight at 1 and all others at 0: one
    forward pass for each weight. Where several sets of weights are best, the shortest one is taken. The
    normal equations are solved, so that singular values below a millionth of the largest one count as zero.

    Examples
    --------
    >>> from lecturelib.networks import Conv
    >>> layer = Conv(1, 1, (2,), bias=False, rng=np.random.default_rng(0))
    >>> fit_linear(layer, [[[1, 4, 9, 16]]], [[[3, 5, 7]]]) < 1e-20  # the differences of neighbours
    True
    >>> layer.params["w"].round(12)
    array([[[-1.,  1.]]])
    """
    if not isinstance(layer, Layer):
        raise TypeError(f"layer must be a layer; got {type(layer).__name__}")
    x, y = real_array("x", x), real_array("y", y)
    params, before = layer.params, {name: array.copy() for name, array in layer.params.items()}
    if not params:
        raise ValueError(f"layer must have weights; got {type(layer).__name__}, which has none")
    try:
        columns = _responses(layer, x, y)
        if not _is_linear(layer, x, columns):
            raise ValueError("layer must be linear in its weights: the outputs of two sets do not add up")
    except ValueError:
        for name, array in params.items():
            array[...] = before[name]
        raise
    with one_thread():
        best = _shortest_solution(columns, y.ravel())
    _place(params, best)
    return float(np.mean((columns @ best - y.ravel()) ** 2))


def _responses(layer: Layer, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Compute the outputs for each weight alone, a column each."""
    count = sum(array.size for array in layer.params.values())
    columns = np.empty((y.size, count))
    for place, unit in enumerate(np.eye(count)):
        _place(layer.params, unit)
        outputs = layer.forward(x)
        if outputs.shape != y.shape:
            raise ValueError(f"y must have the shape of the layer's outputs, {outputs.shape}; got {y.shape}")
        columns[:, place] = outputs.ravel()
    return columns


def _is_linear(layer: Layer, x: np.ndarray, columns: np.ndarray) -> bool:
    """Tell whether all weights at once give what they give one by one, some of them negative."""
    weights = np.cos(np.arange(columns.shape[1]))
    _place(layer.params, weights)
    together = layer.forward(x).ravel()
    return np.allclose(together, columns @ weights, rtol=1e-4, atol=1e-4 * max(np.abs(columns).max(), 1e-30))


def _shortest_solution(columns: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Solve the normal equations; directions that the data do not decide get nothing."""
    strengths, directions = np.linalg.eigh(columns.T @ columns)  # an SVD of the columns takes far longer
    decided = strengths > UNDECIDED * max(strengths.max(), 1e-300)
    directions = directions[:, decided]
    return directions @ ((directions.T @ (columns.T @ y)) / strengths[decided])


def _place(params: dict[str, np.ndarray], values: np.ndarray) -> None:
    """Hand out a vector of numbers to all weights, in their order."""
    for array in params.values():
        array[...] = values[: array.size].reshape(array.shape)
        values = values[array.size :]
