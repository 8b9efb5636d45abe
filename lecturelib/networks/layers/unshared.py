"""Layers that share their kernels less than a convolution: tiled and locally connected."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from lecturelib.networks.layers.base import HE, kernel_size
from lecturelib.networks.layers.kernels import KernelLayer, one_input
from lecturelib.operators.checks import each_axis, whole_number
from lecturelib.operators.spec import ConvSpec
from lecturelib.operators.unshared import (
    locally_connected,
    locally_connected_backward,
    tiled_conv,
    tiled_conv_backward,
)


class TiledConv(KernelLayer):
    """Tiled convolution layer: several kernels take turns through space.

    Parameters
    ----------
    channels, filters : int
        Channels of the input, C, and of the output, F.
    size : int or sequence of int
        Lengths of the kernels' axes; one integer means a square kernel for images.
    tiles : int or sequence of int
        ``T``: kernels that take turns along each axis.
    stride, padding
        As for :func:`lecturelib.tiled_conv`.
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
    ``params["w"]`` has shape (*T, F, C, *K) and ``params["b"]`` (*T, F).
    """

    def __init__(
        self,
        channels: int,
        filters: int,
        size: int | Sequence[int],
        tiles: int | Sequence[int],
        *,
        stride: int | Sequence[int] = 1,
        padding: int | str | Sequence = 0,
        bias: bool = True,
        gain: float = HE,
        rng: np.random.Generator,
        dtype: Any = np.float64,
    ) -> None:
        kernel = kernel_size(size)
        channels = whole_number("channels", channels, at_least=1)
        filters = whole_number("filters", filters, at_least=1)
        each = each_axis("tiles", tiles, len(kernel))
        self._shape_options = {"stride": stride, "padding": padding}
        super().__init__(
            (tiled_conv, tiled_conv_backward),
            (*each, filters, channels, *kernel),
            (*each, filters),
            channels * prod(kernel),
            bias=bias,
            gain=gain,
            rng=rng,
            dtype=dtype,
            options=self._shape_options,
        )
        self.channels = channels

    def _spec(self, input_shape):
        w = self.params["w"].shape
        axes = (len(w) - 2) // 2
        batch = one_input(input_shape, self.channels, axes)
        return ConvSpec.from_shapes(batch, w[axes:], **self._shape_options)


class LocallyConnected(KernelLayer):
    """Locally connected layer: a kernel of its own for every filter and place.

    Parameters
    ----------
    input_shape : tuple of int
        Shape (C, *S) of one input.
    filters : int
        Channels of the output, F.
    size : int or sequence of int
        Lengths of the kernels' axes; one integer means a square kernel for images.
    stride, padding
        As for :func:`lecturelib.locally_connected`.
    equal : bool
        Whether all places start with the same kernel, as they must where the copies are tied.
    bias, gain, rng, dtype
        As for :class:`Conv`.

    Raises
    ------
    TypeError
        If an argument is of the wrong kind.
    ValueError
        If a number is out of range, or the kernel does not fit.

    Notes
    -----
    ``params["w"]`` has shape (F, *O, C, *K) and ``params["b"]`` (F, *O).
    """

    def __init__(
        self,
        input_shape: Sequence[int],
        filters: int,
        size: int | Sequence[int],
        *,
        stride: int | Sequence[int] = 1,
        padding: int | str | Sequence = 0,
        equal: bool = False,
        bias: bool = True,
        gain: float = HE,
        rng: np.random.Generator,
        dtype: Any = np.float64,
    ) -> None:
        kernel = kernel_size(size)
        self._shape_options = {"stride": stride, "padding": padding}
        self._input = one_input(input_shape, input_shape[0], len(kernel))
        filters = whole_number("filters", filters, at_least=1)
        self._kernel_shape = (filters, input_shape[0], *kernel)
        places = ConvSpec.from_shapes(self._input, self._kernel_shape, **self._shape_options).output
        super().__init__(
            (locally_connected, locally_connected_backward),
            (filters, *places, input_shape[0], *kernel),
            (filters, *places),
            input_shape[0] * prod(kernel),
            bias=bias,
            gain=gain,
            rng=rng,
            dtype=dtype,
            options=self._shape_options,
        )
        if equal:
            first = (slice(None), *(slice(1) for _ in places))
            self.params["w"][...] = self.params["w"][first].copy()

    def _spec(self, input_shape):
        batch = one_input(input_shape, self._input[1], len(self._input) - 2)
        if batch != self._input:
            raise ValueError(f"input_shape must be {self._input[1:]}; got {tuple(input_shape)}")
        return ConvSpec.from_shapes(batch, self._kernel_shape, **self._shape_options)
