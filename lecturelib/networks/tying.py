"""Tied weights: copies that are to stay equal, by one of three rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from lecturelib.networks.optimizers import Arrays, Optimizer
from lecturelib.operators.checks import is_sequence, layer_dtype, one_of, real_array, whole_number

RULES = ("sum", "mean", "average")


def average_copies(copies: np.ndarray, axes: Sequence[int]) -> np.ndarray:
    """Replace every copy by the mean of all: the nearest arrays that are equal along some axes.

    Parameters
    ----------
    copies : array_like
        Weights with one copy for each index along `axes`.
    axes : sequence of int
        The axes along which the copies lie.

    Returns
    -------
    ndarray of the same shape
        Equal along `axes`. Float dtypes are kept, integers become float64.

    Raises
    ------
    TypeError
        If `copies` does not hold real numbers, or an axis is not an integer.
    ValueError
        If `copies` does not have such an axis, or it is named twice.

    Examples
    --------
    >>> average_copies(np.array([[1.0, 10], [3, 20]]), (0,))
    array([[ 2., 15.],
           [ 2., 15.]])
    """
    copies = real_array("copies", copies)
    axes = _existing(_integers(axes), copies.shape)
    return np.broadcast_to(copies.mean(axis=axes, keepdims=True), copies.shape).astype(layer_dtype(copies))


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
        If `optimizer` is none, or `axes` no dictionary of integers.
    ValueError
        If the rule is unknown.

    Notes
    -----
    Copies that start equal stay equal under all three; copies that do not are made equal by
    ``"average"`` alone. With N copies, averaging after a step of :class:`SGD` or :class:`Momentum` is a
    step along the mean gradient: the shared kernel's step with the rate divided by N. For
    :class:`Adam`, which divides each copy's step by the size of that copy's gradient, it is not.

    Examples
    --------
    >>> from lecturelib.networks import SGD
    >>> for rule in RULES:
    ...     copies = np.full(5, 0.3)
    ...     Tied(SGD(0.1), {"w": (0,)}, rule=rule).step({"w": copies}, {"w": np.arange(1.0, 6)})
    ...     print(rule, copies.round(12) + 0)
    sum [-1.2 -1.2 -1.2 -1.2 -1.2]
    mean [0. 0. 0. 0. 0.]
    average [0. 0. 0. 0. 0.]
    """

    def __init__(self, optimizer: Optimizer, axes: Mapping[str, Sequence[int]], *, rule: str = "sum") -> None:
        if not isinstance(optimizer, Optimizer):
            raise TypeError(f"optimizer must be an Optimizer; got {type(optimizer).__name__}")
        if not isinstance(axes, Mapping):
            raise TypeError(f"axes must be a dictionary from names to axes; got {type(axes).__name__}")
        self.optimizer, self.axes = optimizer, {name: _integers(each) for name, each in axes.items()}
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
            If a tied parameter does not exist or has no such axis, or a gradient is missing or of another
            shape. Nothing was changed then.
        """
        missing = [name for name in self.axes if name not in params]
        if missing:
            raise ValueError(f"axes must name parameters, {sorted(params)}; got {missing}")
        for name, axes in self.axes.items():
            _existing(axes, params[name].shape)
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


def _integers(axes: Sequence[int]) -> tuple[int, ...]:
    """Return axes as Python integers."""
    if not is_sequence(axes):
        raise TypeError(f"axes must be sequences of integers, such as (1, 2); got {axes!r}")
    return tuple(whole_number("axes", axis) for axis in axes)


def _existing(axes: tuple[int, ...], shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return axes of an array of this shape, each of them once."""
    if any(not -len(shape) <= axis < len(shape) for axis in axes):
        raise ValueError(f"axes must be axes of an array of shape {shape}; got {axes}")
    if len({axis % len(shape) for axis in axes}) < len(axes):
        raise ValueError(f"axes must name each axis once; got {axes} for shape {shape}")
    return axes
