"""Pooling stages as layers.

Words are checked when a layer is made, numbers when the first input comes: only that tells how many axes
there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from numpy.typing import ArrayLike

from lecturelib.networks.layers.base import Windows
from lecturelib.networks.layers.stage import Stage, batch_of_one
from lecturelib.operators.checks import batch_array, one_of, real_array, whole_number
from lecturelib.operators.pooling import (
    adaptive_pool,
    adaptive_pool_backward,
    avg_pool,
    avg_pool_backward,
    global_pool,
    global_pool_backward,
    lp_pool,
    lp_pool_backward,
    max_pool,
    max_pool_backward,
    maxout,
    maxout_backward,
    weighted_pool,
    weighted_pool_backward,
)
from lecturelib.operators.pooling.bins import HOWS
from lecturelib.operators.pooling.passes import TIES
from lecturelib.operators.spec import BinSpec, PieceSpec, PoolSpec


class _SlidingPool(Stage):
    """A pool whose window slides."""

    def _spec(self, input_shape: tuple[int, ...]) -> PoolSpec:
        """Shapes of the pool, for one input."""
        names = ("stride", "padding", "dilation", "ceil")
        shared = {name: self._options[name] for name in names if name in self._options}
        return PoolSpec.from_arguments(batch_of_one(input_shape), self._size, **shared)

    @property
    def _size(self) -> Any:
        """Lengths of the window."""
        return self._arguments[0]

    def output_shape(self, input_shape: tuple[int, ...]) -> tuple[int, ...]:
        """Tell the shape of one output; see :meth:`Layer.output_shape`."""
        return self._spec(input_shape).y_shape[1:]

    def windows(self, input_shape: tuple[int, ...]) -> Windows:
        """Tell which inputs a unit sees; see :meth:`Layer.windows`."""
        spec = self._spec(input_shape)
        return tuple(zip(spec.size, spec.stride, spec.dilation, strict=True))


class MaxPool(_SlidingPool):
    """Max pooling.

    Parameters
    ----------
    size, stride, padding, dilation, ceil
        As for :func:`lecturelib.max_pool`.
    ties : {"first", "share"}
        Which of several equal maxima gets the gradient.
    """

    def __init__(
        self,
        size: int | Sequence[int],
        *,
        stride: int | Sequence[int] | None = None,
        padding: int | str | Sequence = 0,
        dilation: int | Sequence[int] = 1,
        ceil: bool = False,
        ties: str = "first",
    ) -> None:
        options = {"stride": stride, "padding": padding, "dilation": dilation, "ceil": ceil}
        super().__init__(max_pool, max_pool_backward, (size,), options, ties=one_of("ties", ties, TIES))


class AveragePool(_SlidingPool):
    """Average pooling.

    Parameters
    ----------
    size, stride, padding, dilation, ceil, count_include_pad
        As for :func:`lecturelib.avg_pool`.
    """

    def __init__(
        self,
        size: int | Sequence[int],
        *,
        stride: int | Sequence[int] | None = None,
        padding: int | str | Sequence = 0,
        dilation: int | Sequence[int] = 1,
        ceil: bool = False,
        count_include_pad: bool = False,
    ) -> None:
        options = {"stride": stride, "padding": padding, "dilation": dilation, "ceil": ceil}
        options["count_include_pad"] = count_include_pad
        super().__init__(avg_pool, avg_pool_backward, (size,), options)


class LpPool(_SlidingPool):
    """Lp pooling: the p-norm of each window.

    Parameters
    ----------
    size, p, stride, padding, dilation, ceil
        As for :func:`lecturelib.lp_pool`.
    """

    def __init__(
        self,
        size: int | Sequence[int],
        *,
        p: float = 2,
        stride: int | Sequence[int] | None = None,
        padding: int | str | Sequence = 0,
        dilation: int | Sequence[int] = 1,
        ceil: bool = False,
    ) -> None:
        options = {"p": p, "stride": stride, "padding": padding, "dilation": dilation, "ceil": ceil}
        super().__init__(lp_pool, lp_pool_backward, (size,), options)


class WeightedPool(_SlidingPool):
    """Weighted average pooling with fixed weights.

    Parameters
    ----------
    weights, stride
        As for :func:`lecturelib.weighted_pool`.
    """

    def __init__(self, weights: ArrayLike, *, stride: int | Sequence[int] | None = None) -> None:
        weights = real_array("weights", weights).copy()
        super().__init__(weighted_pool, weighted_pool_backward, (weights,), {"stride": stride})

    @property
    def _size(self) -> Any:
        """Lengths of the window."""
        return self._arguments[0].shape


class AdaptivePool(Stage):
    """Pooling over a fixed number of bins, whatever the input's size.

    Parameters
    ----------
    bins, how
        As for :func:`lecturelib.adaptive_pool`.
    ties : {"first", "share"}
        Which of several equal maxima gets the gradient.
    """

    def __init__(self, bins: int | Sequence[int], *, how: str = "max", ties: str = "first") -> None:
        one_of("how", how, HOWS)
        one_of("ties", ties, TIES)
        super().__init__(adaptive_pool, adaptive_pool_backward, (bins,), {"how": how}, ties=ties)

    def output_shape(self, input_shape: tuple[int, ...]) -> tuple[int, ...]:
        """Tell the shape of one output; see :meth:`Layer.output_shape`."""
        return BinSpec.from_arguments(batch_of_one(input_shape), self._arguments[0]).y_shape[1:]

    def windows(self, input_shape: tuple[int, ...]) -> Windows:
        """Tell which inputs a unit sees; see :meth:`Layer.windows`.

        Where the bins do not divide the input their lengths differ by one. This is the length of the largest
        and the step of the smallest, so what is counted behind this layer is near the truth, not exact.
        """
        spec = BinSpec.from_arguments(batch_of_one(input_shape), self._arguments[0])
        return tuple((-(-n // b), n // b, 1) for n, b in zip(spec.spatial, spec.bins, strict=True))


class GlobalPool(Stage):
    """Pooling over all places: (N, C, *S) becomes (N, C).

    Parameters
    ----------
    how
        As for :func:`lecturelib.global_pool`.
    ties : {"first", "share"}
        Which of several equal maxima gets the gradient.
    """

    def __init__(self, *, how: str = "max", ties: str = "first") -> None:
        one_of("how", how, HOWS)
        one_of("ties", ties, TIES)
        super().__init__(global_pool, global_pool_backward, (), {"how": how}, ties=ties)

    def output_shape(self, input_shape: tuple[int, ...]) -> tuple[int, ...]:
        """Tell the shape of one output; see :meth:`Layer.output_shape`."""
        return batch_array("x", batch_of_one(input_shape)).shape[1:2]

    def windows(self, input_shape: tuple[int, ...]) -> Windows:
        """Tell that a unit sees everything; see :meth:`Layer.windows`."""
        return None


class Maxout(Stage):
    """Maximum over groups of channels.

    Parameters
    ----------
    pieces : int
        Consecutive channels that compete for one output channel.
    ties : {"first", "share"}
        Which of several equal maxima gets the gradient.
    """

    def __init__(self, pieces: int, *, ties: str = "first") -> None:
        pieces = whole_number("pieces", pieces, at_least=1)
        super().__init__(maxout, maxout_backward, (pieces,), ties=one_of("ties", ties, TIES))

    def output_shape(self, input_shape: tuple[int, ...]) -> tuple[int, ...]:
        """Tell the shape of one output; see :meth:`Layer.output_shape`."""
        return PieceSpec.from_arguments(batch_of_one(input_shape), *self._arguments).y_shape[1:]
