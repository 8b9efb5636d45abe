"""What layers with kernels share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from lecturelib.networks.layers.base import Layer, Windows, initial_weights
from lecturelib.operators.algorithms.plan import ALGORITHMS
from lecturelib.operators.checks import one_of, truth_value, whole_number
from lecturelib.operators.spec import ConvSpec

#: Length of an input that is long enough for every kernel.
LONG = 2**16


class KernelLayer(Layer):
    """A layer that multiplies its input with weights `w` and adds biases `b`.

    Parameters
    ----------
    operators : pair of callable
        The operator and its gradients.
    channels : int
        Channels of the input.
    w_shape, b_shape : tuple of int
        Shapes of the weights and of the biases.
    fan_in : int
        Inputs that one output adds up.
    bias : bool
        Whether there are biases.
    gain, rng, dtype
        As in :func:`~lecturelib.networks.layers.base.initial_weights`.
    options : dict
        Options of the operator.
    """

    def __init__(
        self,
        operators: tuple[Callable, Callable],
        channels: int,
        w_shape: tuple[int, ...],
        b_shape: tuple[int, ...],
        fan_in: int,
        *,
        bias: bool,
        gain: float,
        rng: np.random.Generator,
        dtype: Any,
        options: dict[str, Any],
    ) -> None:
        super().__init__()
        self._forward, self._backward = operators
        self._options, self.channels = options, channels
        one_of("method", options.get("method", "auto"), ("auto", *ALGORITHMS))
        self.params["w"] = initial_weights(w_shape, fan_in, gain=gain, rng=rng, dtype=dtype)
        if truth_value("bias", bias):
            self.params["b"] = np.zeros(b_shape, dtype)

    def _check_options(self, axes: int) -> None:
        """Refuse options now that no input would go with, by trying a long one."""
        self._spec((self.channels, *(LONG for _ in range(axes))))

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Compute the outputs; see :meth:`Layer.forward`."""
        y = self._forward(x, self.params["w"], b=self.params.get("b"), **self._options)
        self._kept = x
        return y

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """Compute the gradients; see :meth:`Layer.backward`."""
        dx, dw, db = self._backward(dy, self._saved(), self.params["w"], **self._options)
        self.grads = {"w": dw, "b": db} if "b" in self.params else {"w": dw}
        return dx

    def _spec(self, input_shape: tuple[int, ...]) -> ConvSpec:
        """Shapes of the convolution of this size, for one input."""
        raise NotImplementedError

    def output_shape(self, input_shape: tuple[int, ...]) -> tuple[int, ...]:
        """Tell the shape of one output; see :meth:`Layer.output_shape`."""
        return self._spec(input_shape).y_shape[1:]

    def multiply_adds(self, input_shape: tuple[int, ...]) -> int:
        """Count the multiply-adds; see :meth:`Layer.multiply_adds`."""
        return self._spec(input_shape).multiply_adds

    def windows(self, input_shape: tuple[int, ...]) -> Windows:
        """Tell which inputs a unit sees; see :meth:`Layer.windows`."""
        spec = self._spec(input_shape)
        return tuple(zip(spec.kernel, spec.stride, spec.dilation, strict=True))


def one_input(input_shape: Sequence[int], channels: int, axes: int) -> tuple[int, ...]:
    """Return the shape of a batch of one, if a layer can take such an input.

    Parameters
    ----------
    input_shape : sequence of int
        (C, *S), as the user gave it.
    channels, axes : int
        What the layer takes.

    Returns
    -------
    tuple of int
        (1, C, *S).

    Raises
    ------
    TypeError
        If a length is not an integer.
    ValueError
        If channels or axes are others.
    """
    if len(input_shape) != axes + 1 or input_shape[0] != channels:
        raise ValueError(
            f"input_shape must be (C, *S) with {channels} channels and {axes} axes; got {tuple(input_shape)}"
        )
    return (1, *(whole_number("input_shape", n, at_least=1) for n in input_shape))
