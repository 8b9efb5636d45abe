"""What every layer is: a forward pass, a backward pass, parameters, and shapes known beforehand."""

from __future__ import annotations

from typing import Any

import numpy as np

from lecturelib.operators.checks import is_sequence, real_number, whole_number

#: Kernel length, stride and dilation along each axis, as `receptive_field` takes them; None where a unit
#: sees everything below it.
Windows = tuple[tuple[int, int, int], ...] | None

#: He's gain: standard deviation of the weights times the root of their number, for a ReLU behind them.
HE = float(np.sqrt(2.0))


class Layer:
    """A stage of a network.

    Attributes
    ----------
    params : dict of str to ndarray
        What is learned. Optimizers change these arrays in place.
    grads : dict of str to ndarray
        Gradients of the loss by `params`, under the same names, from the last backward pass.

    Notes
    -----
    A subclass defines :meth:`forward`, :meth:`backward` and :meth:`output_shape`, and the others where
    they are not trivial. ``forward`` keeps what ``backward`` needs: it is the inputs themselves, no copy, so
    do not change them in between.
    """

    def __init__(self) -> None:
        self.params: dict[str, np.ndarray] = {}
        self.grads: dict[str, np.ndarray] = {}
        self._kept: Any = None

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Compute the outputs.

        Parameters
        ----------
        x : ndarray of shape (N, ...)
            A batch of inputs.

        Returns
        -------
        ndarray of shape (N, ...)
            The outputs.
        """
        raise NotImplementedError(f"{type(self).__name__} must define forward")

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """Compute the gradients, for the inputs of the last forward pass.

        Parameters
        ----------
        dy : ndarray of shape (N, ...)
            Gradient of the loss by the outputs.

        Returns
        -------
        ndarray of shape (N, ...)
            Gradient by the inputs. Those by the parameters are in `grads`.

        Raises
        ------
        RuntimeError
            If there was no forward pass.
        ValueError
            If `dy` has not the shape of the outputs.
        """
        raise NotImplementedError(f"{type(self).__name__} must define backward")

    def output_shape(self, input_shape: tuple[int, ...]) -> tuple[int, ...]:
        """Tell the shape of one output without computing it.

        Parameters
        ----------
        input_shape : tuple of int
            Shape of one input, (C, *S), without the batch.

        Returns
        -------
        tuple of int
            Shape of one output, without the batch.

        Raises
        ------
        ValueError
            If the layer cannot take such an input.
        """
        return tuple(input_shape)

    def multiply_adds(self, input_shape: tuple[int, ...]) -> int:
        """Count the multiply-adds of the forward pass for one input.

        Parameters
        ----------
        input_shape : tuple of int
            Shape of one input, (C, *S), without the batch.

        Returns
        -------
        int
            Products of an input with a parameter; stages without parameters count as 0.
        """
        return 0

    def windows(self, input_shape: tuple[int, ...]) -> Windows:
        """Tell which inputs a unit sees along each axis.

        Parameters
        ----------
        input_shape : tuple of int
            Shape of one input, (C, *S), without the batch.

        Returns
        -------
        tuple of (k, stride, dilation) or None
            One triple for each axis; None where every unit sees all inputs.
        """
        return tuple((1, 1, 1) for _ in input_shape[1:])

    def parameter_count(self) -> int:
        """Count the numbers that are learned.

        Returns
        -------
        int
            Entries of all arrays in `params`.
        """
        return sum(array.size for array in self.params.values())

    def _saved(self) -> Any:
        """Return what the last forward pass kept."""
        if self._kept is None:
            raise RuntimeError(f"{type(self).__name__}.backward needs a forward pass first")
        return self._kept


def initial_weights(
    shape: tuple[int, ...], fan_in: int, *, gain: float, rng: np.random.Generator, dtype: Any
) -> np.ndarray:
    """Draw weights that keep the size of what passes through them.

    Parameters
    ----------
    shape : tuple of int
        Shape of the weights.
    fan_in : int
        Inputs that one output adds up.
    gain : float
        Standard deviation times the root of `fan_in`: the root of 2 suits a ReLU behind the layer [1]_.
    rng : numpy.random.Generator
        Source of randomness.
    dtype : dtype
        A float type, float32 or float64 as a rule.

    Returns
    -------
    ndarray of that shape
        Normal numbers of standard deviation ``gain / sqrt(fan_in)``.

    Raises
    ------
    TypeError
        If `rng` is no generator, `gain` no number, or `dtype` no float type.
    ValueError
        If `gain` is negative or not finite.

    References
    ----------
    .. [1] K. He et al., "Delving deep into rectifiers", ICCV 2015. https://doi.org/10.1109/ICCV.2015.123
    """
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"rng must be a numpy.random.Generator; got {type(rng).__name__}")
    if np.dtype(dtype).kind != "f":
        raise TypeError(f"dtype must be a float type; got {np.dtype(dtype)}")
    gain = real_number("gain", gain)
    if not 0 <= gain < np.inf:
        raise ValueError(f"gain must be at least 0 and finite; got {gain}")
    return (rng.normal(size=shape) * (gain / np.sqrt(fan_in))).astype(dtype)


def kernel_size(size: Any) -> tuple[int, ...]:
    """Return the lengths of a kernel's axes: an integer means a square kernel for images.

    Parameters
    ----------
    size : int or sequence of int
        One length for two axes, or one for each axis.

    Returns
    -------
    tuple of int
        One length for each axis.

    Raises
    ------
    TypeError
        If a length is not an integer.
    ValueError
        If a length is smaller than 1, or there are not 1, 2 or 3.
    """
    sizes = tuple(size) if is_sequence(size) else (size, size)
    if len(sizes) not in (1, 2, 3):
        raise ValueError(f"size must be one integer (a square kernel) or 1, 2 or 3 of them; got {size!r}")
    return tuple(whole_number("size", k, at_least=1) for k in sizes)
