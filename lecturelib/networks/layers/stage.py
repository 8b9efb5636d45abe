"""What layers without parameters share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from lecturelib.networks.layers.base import Layer


class Stage(Layer):
    """A stage without parameters: an operator, its gradient, and their options.

    Parameters
    ----------
    forward, backward : callable
        ``forward(x, *arguments, **options)`` and ``backward(dy, x, *arguments, **options, **choices)``.
    arguments : tuple
        Positional arguments of both.
    options : dict
        Keyword arguments of both.
    **choices
        Keyword arguments of the gradient alone.
    """

    def __init__(
        self,
        forward: Callable,
        backward: Callable,
        arguments: tuple = (),
        options: dict[str, Any] | None = None,
        **choices: Any,
    ) -> None:
        super().__init__()
        self._forward, self._backward = forward, backward
        self._arguments, self._options, self._choices = arguments, options or {}, choices

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Compute the outputs; see :meth:`Layer.forward`."""
        y = self._forward(x, *self._arguments, **self._options)
        self._kept = x
        return y

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """Compute the gradient; see :meth:`Layer.backward`."""
        return self._backward(dy, self._saved(), *self._arguments, **self._options, **self._choices)


def batch_of_one(input_shape: tuple[int, ...]) -> np.ndarray:
    """Make an array from which a specification can read shapes.

    Parameters
    ----------
    input_shape : tuple of int
        Shape (C, *S) of one input.

    Returns
    -------
    ndarray of shape (1, C, *S)
        Zeros that take no memory.
    """
    return np.broadcast_to(0.0, (1, *input_shape))
