"""Layers without space: dense, and the one that takes space away."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from lecturelib.networks.layers.base import HE, Layer, Windows, initial_weights
from lecturelib.operators.checks import layer_dtype, real_array, shaped_array, truth_value, whole_number


class Dense(Layer):
    """Dense layer: every output sees every input.

    Parameters
    ----------
    inputs, outputs : int
        Numbers of a sample that go in and come out.
    bias, gain, rng, dtype
        As for :class:`Conv`.

    Raises
    ------
    TypeError
        If an argument is of the wrong kind.
    ValueError
        If a number is out of range.

    Notes
    -----
    ``y = x @ w.T + b`` with ``params["w"]`` of shape (outputs, inputs) and ``params["b"]`` (outputs,).

    Examples
    --------
    >>> layer = Dense(3, 2, rng=np.random.default_rng(0))
    >>> layer.params["w"][...] = [[1, 10, 100], [1, 1, 1]]
    >>> layer.forward([[1, 2, 3]])
    array([[321.,   6.]])
    """

    def __init__(
        self,
        inputs: int,
        outputs: int,
        *,
        bias: bool = True,
        gain: float = HE,
        rng: np.random.Generator,
        dtype: Any = np.float64,
    ) -> None:
        super().__init__()
        inputs = whole_number("inputs", inputs, at_least=1)
        outputs = whole_number("outputs", outputs, at_least=1)
        self.params["w"] = initial_weights((outputs, inputs), inputs, gain=gain, rng=rng, dtype=dtype)
        if truth_value("bias", bias):
            self.params["b"] = np.zeros(outputs, dtype)

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Compute the outputs, (N, inputs) -> (N, outputs); see :meth:`Layer.forward`."""
        x, w = real_array("x", x), self.params["w"]
        if x.ndim != 2 or x.shape[1] != w.shape[1]:
            raise ValueError(f"x must have shape (N, {w.shape[1]}); got shape {x.shape}")
        self._kept = x
        with np.errstate(invalid="ignore", over="ignore"):  # 0 · ∞ and overflow are answers here
            y = x.astype(layer_dtype(x, w), copy=False) @ w.T
            return y + self.params["b"] if "b" in self.params else y

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """Compute the gradients; see :meth:`Layer.backward`."""
        x, w = self._saved(), self.params["w"]
        dy = shaped_array("dy", dy, (len(x), len(w)), "that of the output")
        with np.errstate(invalid="ignore", over="ignore"):
            dy = dy.astype(layer_dtype(x, w), copy=False)
            self.grads = {"w": dy.T @ x}
            if "b" in self.params:
                self.grads["b"] = dy.sum(0)
            return dy @ w

    def output_shape(self, input_shape: tuple[int, ...]) -> tuple[int, ...]:
        """Tell the shape of one output; see :meth:`Layer.output_shape`."""
        outputs, inputs = self.params["w"].shape
        if tuple(input_shape) != (inputs,):
            raise ValueError(f"input_shape must be ({inputs},); got {tuple(input_shape)}")
        return (outputs,)

    def multiply_adds(self, input_shape: tuple[int, ...]) -> int:
        """Count the multiply-adds; see :meth:`Layer.multiply_adds`."""
        return self.params["w"].size

    def windows(self, input_shape: tuple[int, ...]) -> Windows:
        """Tell that a unit sees everything; see :meth:`Layer.windows`."""
        return None


class Flatten(Layer):
    """Lay the numbers of each sample out in a row: (N, C, *S) becomes (N, C · prod(S)).

    Notes
    -----
    Nothing is computed or copied: the outputs are the inputs' own memory.
    """

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Compute the outputs; see :meth:`Layer.forward`."""
        x = real_array("x", x)
        if x.ndim < 2:
            raise ValueError(f"x must have a batch axis and at least one more; got shape {x.shape}")
        self._kept = x.shape
        return x.astype(layer_dtype(x), copy=False).reshape(len(x), -1)

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """Compute the gradient; see :meth:`Layer.backward`."""
        shape = self._saved()
        dy = shaped_array("dy", dy, (shape[0], prod(shape[1:])), "that of the output")
        return dy.reshape(shape)

    def output_shape(self, input_shape: tuple[int, ...]) -> tuple[int, ...]:
        """Tell the shape of one output; see :meth:`Layer.output_shape`."""
        return (prod(input_shape),)
