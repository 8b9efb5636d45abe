"""Tied weights: copies that are to stay equal, by one of three rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from lecturelib.networks.optimizers import Arrays, Optimizer
from lecturelib.operators.checks import one_of

RULES = ("sum", "mean", "average")


def average_copies(copies: np.ndarray, axes: Sequence[int]) -> np.ndarray:
    """Replace every copy by the mean of all: the nearest arrays that are equal along some axes.

    Parameters
    ----------
    copies : ndarray
        Weights with one copy for each index along `axes`.
    axes : sequence of int
        The axes along which the copies lie.

    Returns
    -------
    ndarray of the same shape
        Equal along `axes`.

    Raises
    ------
    TypeError
        If an axis is not an integer.
    ValueError
        If `copies` does not have such an axis.

    Examples
    --------
    >>> average_copies(np.array([[1.0, 10], [3, 20]]), (0,))
    array([[ 2., 15.],
           [ 2., 15.]])
    """
    copies, axes = np.asarray(copies), tuple(axes)
    if not all(isinstance(axis, (int, np.integer)) for axis in axes):
        raise TypeError(f"axes must be integers; got {axes}")
    if any(not -copies.ndim <= axis < copies.ndim for axis in axes):
        raise ValueError(f"axes must be axes of an array of shape {copies.shape}; got {axes}")
    return np.broadcast_to(copies.mean(axis=axes, keepdims=True), copies.shape).astype(copies.dtype)


class Tied(Optimizer):
    """Keep copies of weights equal while another optimizer changes them.

    Parameters
    ----------
    optimizer : Optimizer
        Makes the steps.
    axes : dict of str to sequence of int
        For each tied parameter, the axes along which its copies lie: (1, 2) for the kernels of a locally
        connected layer on images.
    rule : {"sum", "mean", "average"}
        ``"sum"`` gives every copy the sum of all copies' gradients, which is the gradient of one shared
        kernel. ``"mean"`` gives it their mean. ``"average"`` lets every copy make its own step and
        averages the copies after it.

    Raises
    ------
    TypeError
        If `optimizer` is none or `axes` no dictionary.
    ValueError
        If the rule is unknown.

    Notes
    -----
    Copies that start equal stay equal under all three; copies that do not are made equal by
    ``"average"`` alone. With N copies, averaging after a step of :class:`SGD` or :class:`Momentum` is a
    step along the mean gradient: the shared kernel's step with the rate divided by N. For
    :class:`Adam`, which divides each copy's step by the size of that copy's gradient, it is not.
    """

    def __init__(self, optimizer: Optimizer, axes: Mapping[str, Sequence[int]], *, rule: str = "sum") -> None:
        if not isinstance(optimizer, Optimizer):
            raise TypeError(f"optimizer must be an Optimizer; got {type(optimizer).__name__}")
        if not isinstance(axes, Mapping):
            raise TypeError(f"axes must be a dictionary from names to axes; got {type(axes).__name__}")
        self.optimizer, self.axes = optimizer, {name: tuple(each) for name, each in axes.items()}
        self.rule = one_of("rule", rule, RULES)

    @property
    def rate(self) -> float:
        """Size of the steps of the optimizer that makes them."""
        return self.optimizer.rate

    def step(self, params: Arrays, grads: Arrays) -> None:
        """Change every parameter by one step; see :meth:`Optimizer.step`.

        Parameters
        ----------
        params : dict of str to ndarray
            What is learned; changed in place.
        grads : dict of str to ndarray
            Gradients of the loss under the same names: those of every copy by itself.

        Raises
        ------
        ValueError
            If a tied parameter does not exist, or a gradient is missing or of another shape.
        """
        missing = [name for name in self.axes if name not in params]
        if missing:
            raise ValueError(f"axes must name parameters, {sorted(params)}; got {missing}")
        if self.rule != "average":
            grads = {name: self._shared(name, gradient) for name, gradient in grads.items()}
        self.optimizer.step(params, grads)
        if self.rule == "average":
            for name, axes in self.axes.items():
                params[name][...] = average_copies(params[name], axes)

    def _shared(self, name: str, gradient: np.ndarray) -> np.ndarray:
        """Give each copy the sum or the mean of all copies' gradients."""
        if name not in self.axes:
            return gradient
        combine = np.sum if self.rule == "sum" else np.mean
        return np.broadcast_to(combine(gradient, axis=self.axes[name], keepdims=True), gradient.shape)
