"""Nonlinearities and contrast normalization as layers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numpy.typing import ArrayLike

from lecturelib.networks.layers.base import Windows
from lecturelib.networks.layers.stage import Stage, batch_of_one
from lecturelib.operators.checks import real_array
from lecturelib.operators.normalization import (
    divisive_normalization,
    divisive_normalization_backward,
    local_contrast_normalization,
    local_contrast_normalization_backward,
    subtractive_normalization,
    subtractive_normalization_backward,
)
from lecturelib.operators.pointwise import (
    rectify,
    rectify_backward,
    relu,
    relu_backward,
    tanh,
    tanh_backward,
)
from lecturelib.operators.spec.contrast import ContrastSpec


class ReLU(Stage):
    """The positive part, max(x, 0)."""

    def __init__(self) -> None:
        super().__init__(relu, relu_backward)


class Rectify(Stage):
    """The absolute value, |x|."""

    def __init__(self) -> None:
        super().__init__(rectify, rectify_backward)


class Tanh(Stage):
    """The hyperbolic tangent."""

    def __init__(self) -> None:
        super().__init__(tanh, tanh_backward)


class _Normalization(Stage):
    """A normalization over a window of places and all channels."""

    def __init__(self, forward: Callable, backward: Callable, window: ArrayLike, **options: Any) -> None:
        window = real_array("window", window).copy()
        super().__init__(forward, backward, (window,), options)
        self.output_shape((1, *window.shape))  # refuses a window or an option that no input goes with

    def output_shape(self, input_shape: tuple[int, ...]) -> tuple[int, ...]:
        """Tell the shape of one output; see :meth:`Layer.output_shape`."""
        spec = ContrastSpec.from_arguments(batch_of_one(input_shape), *self._arguments, **self._options)
        return spec.shape[1:]

    def windows(self, input_shape: tuple[int, ...]) -> Windows:
        """Tell which inputs a unit sees; see :meth:`Layer.windows`."""
        if self._options.get("c") == "mean":
            return None  # the mean of sigma is taken over the whole image
        return tuple((k, 1, 1) for k in self._reach)

    @property
    def _reach(self) -> tuple[int, ...]:
        """Inputs that one output depends on, along each axis."""
        return self._arguments[0].shape


class SubtractiveNorm(_Normalization):
    """Subtract the weighted mean of each neighbourhood.

    Parameters
    ----------
    window, boundary
        As for :func:`lecturelib.subtractive_normalization`.

    Raises
    ------
    TypeError
        If an argument is of the wrong kind.
    ValueError
        If the window holds no weights or has an even length, or an option is out of range.
    """

    def __init__(self, window: ArrayLike, *, boundary: str = "zeros") -> None:
        super().__init__(
            subtractive_normalization,
            subtractive_normalization_backward,
            window,
            boundary=boundary,
        )


class DivisiveNorm(_Normalization):
    """Divide by the weighted root mean square of each neighbourhood.

    Parameters
    ----------
    window, c, boundary
        As for :func:`lecturelib.divisive_normalization`.

    Raises
    ------
    TypeError
        If an argument is of the wrong kind.
    ValueError
        If the window holds no weights or has an even length, or an option is out of range.
    """

    def __init__(self, window: ArrayLike, *, c: float | str = "mean", boundary: str = "zeros") -> None:
        super().__init__(
            divisive_normalization,
            divisive_normalization_backward,
            window,
            c=c,
            boundary=boundary,
        )


class LocalContrastNorm(_Normalization):
    """Subtractive, then divisive normalization.

    Parameters
    ----------
    window, c, boundary
        As for :func:`lecturelib.local_contrast_normalization`.

    Raises
    ------
    TypeError
        If an argument is of the wrong kind.
    ValueError
        If the window holds no weights or has an even length, or an option is out of range.
    """

    def __init__(self, window: ArrayLike, *, c: float | str = "mean", boundary: str = "zeros") -> None:
        super().__init__(
            local_contrast_normalization,
            local_contrast_normalization_backward,
            window,
            c=c,
            boundary=boundary,
        )

    @property
    def _reach(self) -> tuple[int, ...]:
        """Inputs that one output depends on, along each axis: two windows, one after the other."""
        return tuple(2 * k - 1 for k in self._arguments[0].shape)
