"""Rules that turn gradients into steps."""

from __future__ import annotations

import numpy as np

from lecturelib.operators.checks import real_number

#: Parameters or gradients by name.
Arrays = dict[str, np.ndarray]


def _number(
    name: str, value: float, *, low: float = 0.0, high: float = np.inf, open_low: bool = True
) -> float:
    """Return a number between two bounds."""
    value = real_number(name, value)
    if not ((low < value if open_low else low <= value) and value < high):
        kind = "above" if open_low else "at least"
        limit = "finite" if high == np.inf else f"below {high:g}"
        raise ValueError(f"{name} must be {kind} {low:g} and {limit}; got {value}")
    return value


class Optimizer:
    """A rule that changes parameters in place.

    Parameters
    ----------
    rate : float
        Size of a step.

    Raises
    ------
    TypeError
        If `rate` is no number.
    ValueError
        If it is not positive and finite.

    Notes
    -----
    Some rules remember former gradients, by the names of the parameters: make a new one for a new network.
    """

    def __init__(self, rate: float) -> None:
        self.rate = _number("rate", rate)

    def step(self, params: Arrays, grads: Arrays) -> None:
        """Change every parameter by one step.

        Parameters
        ----------
        params : dict of str to ndarray
            What is learned; changed in place.
        grads : dict of str to ndarray
            Gradients of the loss under the same names.

        Raises
        ------
        ValueError
            If a parameter has no gradient, or one of another shape. Nothing was changed then.
        """
        for name, value in params.items():
            if name not in grads:
                raise ValueError(f"grads must hold a gradient for {name!r}; got {sorted(grads)}")
            if grads[name].shape != value.shape:
                raise ValueError(
                    f"grads[{name!r}] must have shape {value.shape}, that of the parameter; "
                    f"got shape {grads[name].shape}"
                )
        self._begin()
        for name, value in params.items():
            value -= self._change(name, grads[name]).astype(value.dtype, copy=False)

    def _begin(self) -> None:
        """Prepare a step."""

    def _change(self, name: str, gradient: np.ndarray) -> np.ndarray:
        """Compute what is subtracted from one parameter."""
        raise NotImplementedError(f"{type(self).__name__} must define _change")


class SGD(Optimizer):
    """Gradient descent: ``w -= rate * g``. Stochastic, when the gradient comes from a batch.

    Parameters
    ----------
    rate : float
        Size of a step.

    Raises
    ------
    TypeError
        If `rate` is no number.
    ValueError
        If it is not positive and finite.
    """

    def _change(self, name: str, gradient: np.ndarray) -> np.ndarray:
        return self.rate * gradient


class Momentum(Optimizer):
    """Gradient descent with momentum: ``v = momentum * v + g``, then ``w -= rate * v``.

    Parameters
    ----------
    rate : float
        Size of a step.
    momentum : float
        Share of the last velocity that goes on, from 0 to below 1.

    Raises
    ------
    TypeError
        If an argument is no number.
    ValueError
        If one is out of range.
    """

    def __init__(self, rate: float, momentum: float = 0.9) -> None:
        super().__init__(rate)
        self.momentum = _number("momentum", momentum, high=1, open_low=False)
        self._velocity: Arrays = {}

    def _change(self, name: str, gradient: np.ndarray) -> np.ndarray:
        self._velocity[name] = self.momentum * self._velocity.get(name, 0) + gradient
        return self.rate * self._velocity[name]


class Adam(Optimizer):
    """Adam: momentum, divided by the root of the mean squared gradient, entry by entry [1]_.

    Parameters
    ----------
    rate : float
        Size of a step: about what each entry changes by.
    beta1, beta2 : float
        Memory of the mean of the gradient and of its square, from 0 to below 1.
    epsilon : float
        Added to the root, against division by 0.

    Raises
    ------
    TypeError
        If an argument is no number.
    ValueError
        If one is out of range.

    References
    ----------
    .. [1] D. P. Kingma and J. Ba, "Adam: a method for stochastic optimization", ICLR 2015.
       https://arxiv.org/abs/1412.6980
    """

    def __init__(
        self, rate: float = 1e-3, beta1: float = 0.9, beta2: float = 0.999, epsilon: float = 1e-8
    ) -> None:
        super().__init__(rate)
        self.beta1 = _number("beta1", beta1, high=1, open_low=False)
        self.beta2 = _number("beta2", beta2, high=1, open_low=False)
        self.epsilon = _number("epsilon", epsilon)
        self._steps = 0
        self._mean: Arrays = {}
        self._square: Arrays = {}

    def _begin(self) -> None:
        self._steps += 1

    def _change(self, name: str, gradient: np.ndarray) -> np.ndarray:
        mean = self.beta1 * self._mean.get(name, 0) + (1 - self.beta1) * gradient
        square = self.beta2 * self._square.get(name, 0) + (1 - self.beta2) * gradient**2
        self._mean[name], self._square[name] = mean, square
        mean = mean / (1 - self.beta1**self._steps)  # both began at 0, which the first steps make good
        square = square / (1 - self.beta2**self._steps)
        return self.rate * mean / (np.sqrt(square) + self.epsilon)
