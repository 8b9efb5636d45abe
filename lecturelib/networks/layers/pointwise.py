"""Nonlinearities and contrast normalization as layers."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from lecturelib.networks.layers.base import Windows
from lecturelib.networks.layers.stage import Stage
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
    """

    def __init__(self, window: ArrayLike, *, boundary: str = "zeros") -> None:
        super().__init__(
            subtractive_normalization,
            subtractive_normalization_backward,
            (np.array(window),),
            {"boundary": boundary},
        )


class DivisiveNorm(_Normalization):
    """Divide by the weighted root mean square of each neighbourhood.

    Parameters
    ----------
    window, c, boundary
        As for :func:`lecturelib.divisive_normalization`.
    """

    def __init__(self, window: ArrayLike, *, c: float | str = "mean", boundary: str = "zeros") -> None:
        super().__init__(
            divisive_normalization,
            divisive_normalization_backward,
            (np.array(window),),
            {"c": c, "boundary": boundary},
        )


class LocalContrastNorm(_Normalization):
    """Subtractive, then divisive normalization.

    Parameters
    ----------
    window, c, boundary
        As for :func:`lecturelib.local_contrast_normalization`.
    """

    def __init__(self, window: ArrayLike, *, c: float | str = "mean", boundary: str = "zeros") -> None:
        super().__init__(
            local_contrast_normalization,
            local_contrast_normalization_backward,
            (np.array(window),),
            {"c": c, "boundary": boundary},
        )

    @property
    def _reach(self) -> tuple[int, ...]:
        """Inputs that one output depends on, along each axis: two windows, one after the other."""
        return tuple(2 * k - 1 for k in self._arguments[0].shape)
