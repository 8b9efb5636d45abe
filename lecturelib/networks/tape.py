"""Automatic differentiation: a reverse-mode tape on arrays.

Every operation notes where its result came from, and how a gradient by the result becomes one by each of
its inputs. Going back through those notes, last one first, is the chain rule.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from lecturelib.networks.losses import class_labels
from lecturelib.operators.shapes import output_size


class Derived:
    """Operations that are made of others, and so need no derivative of their own."""

    def __neg__(self) -> Value:
        return self * -1

    def __sub__(self, other: Any) -> Value:
        return self + -_value(other)

    def __truediv__(self, other: Any) -> Value:
        return self * _value(other) ** -1

    def __radd__(self, other: Any) -> Value:
        return _value(other) + self

    def __rmul__(self, other: Any) -> Value:
        return _value(other) * self

    def __rsub__(self, other: Any) -> Value:
        return _value(other) - self

    def __rtruediv__(self, other: Any) -> Value:
        return _value(other) / self

    def abs(self) -> Value:
        """Absolute value of every entry; its derivative at 0 counts as 0."""
        return self.relu() + (-self).relu()

    def max(self, axis: int) -> Value:
        """Largest entry along an axis, which stays with length 1; the first one gets the gradient."""
        winner = self.data.argmax(axis, keepdims=True)
        index = list(np.indices(winner.shape, sparse=True))
        index[axis] = winner
        return self[tuple(index)]


class Value(Derived):
    """An array that remembers how it was computed.

    Parameters
    ----------
    data : array_like
        The numbers, kept in float64.
    parents : sequence of (Value, callable)
        What it was computed from; each callable turns the gradient by this value into that by the parent.

    Attributes
    ----------
    data : ndarray
        The numbers.
    grad : ndarray of the same shape
        Gradient of the value on which :meth:`backward` was called; zero before.

    Notes
    -----
    ``+ - * / @ **`` and indexing mean what they mean for arrays, broadcasting included. ``@`` needs two
    axes or more on both sides, ``**`` a number as its power. Where NumPy would warn, at the logarithm of 0
    for example, it does.

    Examples
    --------
    >>> x, y = Value([1.0, 2.0]), Value([3.0, 5.0])
    >>> (x * y + x).sum().backward()
    >>> x.grad.tolist(), y.grad.tolist()
    ([4.0, 6.0], [1.0, 2.0])
    """

    __array_ufunc__ = None  # so that `array * value` is left to Value

    def __init__(self, data: ArrayLike, parents: Sequence[tuple[Value, Callable]] = ()) -> None:
        self.data, self.parents = np.asarray(data, float), parents
        self.grad = np.zeros_like(self.data)

    def backward(self) -> None:
        """Compute the gradients of the sum of this value by everything it was computed from.

        Notes
        -----
        Gradients add to what is there: call it once, on freshly computed values. It goes as deep as the
        longest chain of operations; Python allows about a thousand.
        """
        order, seen = [], set()

        def visit(value: Value) -> None:
            if id(value) not in seen:
                seen.add(id(value))
                for parent, _ in value.parents:
                    visit(parent)
                order.append(value)  # after all that it depends on

        visit(self)
        self.grad = np.ones_like(self.data)
        for value in reversed(order):
            for parent, pull in value.parents:
                parent.grad = parent.grad + _summed(pull(value.grad), parent.data.shape)

    def __add__(self, other: Any) -> Value:
        other = _value(other)
        return Value(self.data + other.data, [(self, lambda g: g), (other, lambda g: g)])

    def __mul__(self, other: Any) -> Value:
        other = _value(other)
        pulls = [(self, lambda g: g * other.data), (other, lambda g: g * self.data)]
        return Value(self.data * other.data, pulls)

    def __matmul__(self, other: Any) -> Value:
        other = _value(other)
        pulls = [(self, lambda g: g @ other.data.mT), (other, lambda g: self.data.mT @ g)]
        return Value(self.data @ other.data, pulls)

    def __pow__(self, power: float) -> Value:
        return Value(self.data**power, [(self, lambda g: g * power * self.data ** (power - 1))])

    def __getitem__(self, index: Any) -> Value:
        def pull(g: np.ndarray) -> np.ndarray:
            back = np.zeros_like(self.data)
            np.add.at(back, index, g)  # an entry read twice gets both gradients
            return back

        return Value(self.data[index], [(self, pull)])

    def sum(self, axis: int | tuple[int, ...] | None = None) -> Value:
        """Sum over axes, which stay with length 1; over all of them by default."""
        total = self.data.sum(axis, keepdims=True)
        return Value(total, [(self, lambda g: np.broadcast_to(g, self.data.shape))])

    def reshape(self, *shape: int) -> Value:
        """Give the same numbers another shape."""
        return Value(self.data.reshape(shape), [(self, lambda g: g.reshape(self.data.shape))])

    def transpose(self, *axes: int) -> Value:
        """Put the axes into another order."""
        back = np.argsort(np.arange(self.data.ndim)[list(axes)])
        return Value(self.data.transpose(axes), [(self, lambda g: g.transpose(back))])

    def exp(self) -> Value:
        """Exponential of every entry."""
        return Value(np.exp(self.data), [(self, lambda g: g * np.exp(self.data))])

    def log(self) -> Value:
        """Natural logarithm of every entry."""
        return Value(np.log(self.data), [(self, lambda g: g / self.data)])

    def relu(self) -> Value:
        """Positive part of every entry; its derivative at 0 counts as 0."""
        return Value(np.maximum(self.data, 0), [(self, lambda g: g * (self.data > 0))])

    def pad(self, pairs: Sequence[tuple[int, int]]) -> Value:
        """Zeros around the last axes, (before, after) for each."""
        widths = [(0, 0)] * (self.data.ndim - len(pairs)) + list(pairs)
        inner = tuple(slice(b, b + n) for (b, _), n in zip(widths, self.data.shape, strict=True))
        return Value(np.pad(self.data, widths), [(self, lambda g: g[inner])])


def _value(other: Any) -> Value:
    """Take numbers as values that came from nothing."""
    return other if isinstance(other, Value) else Value(other)


def _summed(gradient: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Undo broadcasting: an entry that was used several times gets the sum of its gradients."""
    gradient = gradient.sum(axis=tuple(range(gradient.ndim - len(shape))))
    stretched = tuple(i for i, n in enumerate(shape) if n == 1 and gradient.shape[i] != 1)
    return gradient.sum(axis=stretched, keepdims=True)


def windows(x: Value, size: Sequence[int], *, stride: int = 1) -> Value:
    """Every window over the last axes, by indexing: what layers are made of.

    Parameters
    ----------
    x : Value of shape (..., *S)
        The array to look at.
    size : sequence of int
        ``K``, lengths of a window along the last axes.
    stride : int
        Samples between neighbouring windows.

    Returns
    -------
    Value of shape (..., prod(O), prod(K))
        One row a window, places and taps in row-major order.

    Raises
    ------
    ValueError
        If the window does not fit.
    """
    lengths = x.data.shape[x.data.ndim - len(size) :]
    output = [output_size(n, k, stride=stride) for n, k in zip(lengths, size, strict=True)]
    places, taps = np.indices(output).reshape(len(size), -1, 1), np.indices(size).reshape(len(size), 1, -1)
    return x[(..., *(places * stride + taps))]


def conv(x: Value, w: Value, *, stride: int = 1, padding: int = 0) -> Value:
    """Convolution layer (a cross-correlation) out of indexing and a matrix product.

    Parameters
    ----------
    x : Value of shape (N, C, *S)
        Inputs.
    w : Value of shape (F, C, *K)
        Kernels.
    stride, padding : int
        As for :func:`lecturelib.conv`, along all axes.

    Returns
    -------
    Value of shape (N, F, *O)
        Outputs.

    Raises
    ------
    ValueError
        If the kernel does not fit, or reads another number of channels.

    Examples
    --------
    >>> x, w = Value([[[1, 2, 3, 5, 8]]]), Value([[[1, 10, 100]]])
    >>> y = conv(x, w)
    >>> (y * [1, 0, 2]).sum().backward()
    >>> y.data.tolist(), w.grad.tolist()
    ([[[321.0, 532.0, 853.0]]], [[[7.0, 12.0, 19.0]]])
    """
    if w.data.ndim != x.data.ndim or w.data.shape[1] != x.data.shape[1]:
        raise ValueError(
            f"w must have shape (F, {x.data.shape[1]}, *K) with {x.data.ndim} axes like x; "
            f"got shape {w.data.shape}"
        )
    size = w.data.shape[2:]
    x = x.pad([(padding, padding)] * len(size))
    output = [output_size(n, k, stride=stride) for n, k in zip(x.data.shape[2:], size, strict=True)]
    rows = windows(x, size, stride=stride).transpose(0, 2, 1, 3)  # (N, places, C, taps)
    batch, filters = x.data.shape[0], w.data.shape[0]
    y = rows.reshape(batch, rows.data.shape[1], -1) @ w.reshape(filters, -1).transpose(1, 0)
    return y.transpose(0, 2, 1).reshape(batch, filters, *output)


def max_pool(x: Value, size: Sequence[int], *, stride: int) -> Value:
    """Max pooling; of several equal maxima the first gets the gradient.

    Parameters
    ----------
    x : Value of shape (N, C, *S)
        Inputs.
    size : sequence of int
        Lengths of the window.
    stride : int
        Inputs between neighbouring windows.

    Returns
    -------
    Value of shape (N, C, *O)
        Outputs.

    Raises
    ------
    ValueError
        If the window does not fit.
    """
    output = [output_size(n, k, stride=stride) for n, k in zip(x.data.shape[2:], size, strict=True)]
    return windows(x, size, stride=stride).max(-1).reshape(*x.data.shape[:2], *output)


def softmax_cross_entropy(logits: Value, labels: ArrayLike) -> Value:
    """Mean over the batch of minus the logarithm of the right class's softmax.

    Parameters
    ----------
    logits : Value of shape (N, K)
        Scores.
    labels : array_like of int, of shape (N,)
        The right classes, 0 to K - 1.

    Returns
    -------
    Value of shape (1,)
        The loss.

    Raises
    ------
    TypeError
        If `labels` does not hold integers.
    ValueError
        If shapes do not go together, or a label is out of range.

    Examples
    --------
    >>> logits = Value(np.zeros((1, 4)))
    >>> softmax_cross_entropy(logits, [2]).backward()
    >>> logits.grad.round(12).tolist()
    [[0.25, 0.25, -0.75, 0.25]]
    """
    labels = class_labels(labels, logits.data.shape)
    shifted = logits - logits.data.max(axis=1, keepdims=True)  # a constant, which changes nothing
    logarithms = shifted - shifted.exp().sum(axis=1).log()
    return -logarithms[np.arange(len(labels)), labels].sum() / len(labels)
