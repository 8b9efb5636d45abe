"""Losses: a number, and its gradient by what the network gave."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from lecturelib.operators.checks import layer_dtype, real_array, shaped_array


def softmax(logits: ArrayLike) -> np.ndarray:
    """Probabilities from scores: exponentials that sum to one over the classes.

    Parameters
    ----------
    logits : array_like of shape (N, K, *S)
        Scores of K classes, along axis 1.

    Returns
    -------
    ndarray of shape (N, K, *S)
        Probabilities. float32 if `logits` is, float64 for integers.

    Raises
    ------
    TypeError
        If `logits` does not hold real numbers.
    ValueError
        If it is empty or has no axis of classes.

    Notes
    -----
    A constant added to all scores of a sample changes nothing. An infinite score, or NaN, gives NaN to all
    classes of its sample; minus infinity is a class that cannot be.

    Examples
    --------
    >>> softmax([[0, np.log(3)]]).round(12).tolist()
    [[0.25, 0.75]]
    """
    logits = _scores(logits)
    with np.errstate(invalid="ignore", over="ignore"):  # infinity is an answer here
        scores = np.exp(logits - logits.max(axis=1, keepdims=True))  # the largest becomes 0: no overflow
    return scores / scores.sum(axis=1, keepdims=True)


def softmax_cross_entropy(logits: ArrayLike, labels: ArrayLike) -> tuple[float, np.ndarray]:
    """Cross-entropy of the softmax: the mean surprise at the right class, in nats.

    Parameters
    ----------
    logits : array_like of shape (N, K, *S)
        Scores of K classes, along axis 1: for each sample, or for each of its places.
    labels : array_like of int, of shape (N, *S)
        The right classes, 0 to K - 1.

    Returns
    -------
    loss : float
        ``-log(softmax(logits)[right class])``, averaged over samples and places.
    dlogits : ndarray of shape (N, K, *S)
        Its gradient: softmax minus one at the right class, divided by the number of samples and places.
        float32 if `logits` is, float64 for integers.

    Raises
    ------
    TypeError
        If `logits` does not hold real numbers or `labels` no integers.
    ValueError
        If shapes do not go together, or a label is out of range.

    Notes
    -----
    Scores that are all equal give ``log(K)``: what an untrained network should start from.

    Examples
    --------
    >>> loss, gradient = softmax_cross_entropy(np.zeros((1, 4)), [2])
    >>> round(loss, 4), gradient.tolist()
    (1.3863, [[0.25, 0.25, -0.75, 0.25]])
    """
    logits = _scores(logits)
    labels = class_labels(labels, logits.shape)[:, None]
    with np.errstate(invalid="ignore", over="ignore"):  # infinity is an answer here
        shifted = logits - logits.max(axis=1, keepdims=True)
    logarithms = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    right = np.take_along_axis(logarithms, labels, axis=1)
    gradient = np.exp(logarithms)
    np.put_along_axis(gradient, labels, np.take_along_axis(gradient, labels, axis=1) - 1, axis=1)
    return float(-right.mean()), gradient / logits.dtype.type(labels.size)


def mean_squared_error(outputs: ArrayLike, targets: ArrayLike) -> tuple[float, np.ndarray]:
    """Mean of the squared differences.

    Parameters
    ----------
    outputs : array_like of any shape
        What the network gave.
    targets : array_like of the same shape
        What it should have given.

    Returns
    -------
    loss : float
        ``mean((outputs - targets)**2)`` over all entries.
    doutputs : ndarray of the same shape
        Its gradient, ``2 (outputs - targets) / size``. float32 if `outputs` is, float64 for integers.

    Raises
    ------
    TypeError
        If an array does not hold real numbers.
    ValueError
        If the shapes differ.

    Examples
    --------
    >>> loss, gradient = mean_squared_error([1.0, 3.0], [0.0, 0.0])
    >>> loss, gradient.tolist()
    (5.0, [1.0, 3.0])
    """
    outputs = real_array("outputs", outputs)
    targets = shaped_array("targets", targets, outputs.shape, "that of the outputs")
    dtype = layer_dtype(outputs)
    with np.errstate(invalid="ignore", over="ignore"):  # infinity is an answer here
        difference = outputs.astype(dtype) - targets.astype(dtype)
        return float((difference**2).mean()), difference * dtype.type(2 / difference.size)


def class_labels(labels: ArrayLike, shape: tuple[int, ...]) -> np.ndarray:
    """Check the right classes.

    Parameters
    ----------
    labels : array_like of int, of shape (N, *S)
        As the user gave them.
    shape : tuple of int
        Shape (N, K, *S) of the scores.

    Returns
    -------
    ndarray of int, of shape (N, *S)
        The same numbers, ready to index with.

    Raises
    ------
    TypeError
        If they are no integers.
    ValueError
        If their shape is another, or one is out of range.
    """
    labels = shaped_array("labels", labels, (shape[0], *shape[2:]), "a class a sample and place")
    if labels.dtype.kind not in "iu":
        raise TypeError(f"labels must hold integers; got an array of dtype {labels.dtype}")
    if labels.min() < 0 or labels.max() >= shape[1]:
        raise ValueError(f"labels must be 0 to {shape[1] - 1}; got {labels.min()} to {labels.max()}")
    return labels.astype(np.intp)


def _scores(logits: ArrayLike) -> np.ndarray:
    """Scores as a float array with an axis of classes."""
    logits = real_array("logits", logits)
    if logits.ndim < 2:
        raise ValueError(f"logits must have shape (N, K, *S); got shape {logits.shape}")
    return logits.astype(layer_dtype(logits), copy=False)
