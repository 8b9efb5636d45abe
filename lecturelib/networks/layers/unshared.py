"""Layers that share their kernels less than a convolution: tiled and locally connected."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from lecturelib.networks.layers.base import HE, kernel_size
from lecturelib.networks.layers.kernels import KernelLayer, one_input
from lecturelib.operators.checks import each_axis, is_sequence, truth_value, whole_number
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
        If an option is out of range.

    Notes
    -----
    ``params["w"]`` has shape (*T, F, C, *K) and ``params["b"]`` (*T, F).

    Examples
    --------
    >>> layer = TiledConv(3, 8, 3, 2, bias=False, rng=np.random.default_rng(0))
    >>> layer.params["w"].shape, layer.parameter_count()
    ((2, 2, 8, 3, 3, 3), 864)
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
            channels,
            (*each, filters, channels, *kernel),
            (*each, filters),
            channels * prod(kernel),
            bias=bias,
            gain=gain,
            rng=rng,
            dtype=dtype,
            options=self._shape_options,
        )
        self._check_options(len(kernel))

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
        Whether all places start with the same kernel, as they must where the copies are tied: the one that
        a :class:`Conv` of this size draws from the same `rng`.
    bias, gain, rng, dtype
        As for :class:`Conv`.

    Raises
    ------
    TypeError
        If an argument is of the wrong kind.
    ValueError
        If an option is out of range, or the kernel does not fit.

    Notes
    -----
    ``params["w"]`` has shape (F, *O, C, *K) and ``params["b"]`` (F, *O). It takes inputs of this one size.

    Examples
    --------
    >>> layer = LocallyConnected((3, 16, 16), 8, 3, bias=False, rng=np.random.default_rng(0))
    >>> layer.params["w"].shape, layer.parameter_count()
    ((8, 14, 14, 3, 3, 3), 42336)
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
        if not (is_sequence(input_shape) and len(input_shape) == len(kernel) + 1):
            raise ValueError(
                f"input_shape must be (C, *S) with {len(kernel)} axes, like size; got {input_shape!r}"
            )
        self._shape_options = {"stride": stride, "padding": padding}
        self._input = one_input(input_shape, input_shape[0], len(kernel))
        channels, filters = self._input[1], whole_number("filters", filters, at_least=1)
        self._kernel_shape = (filters, channels, *kernel)
        places = ConvSpec.from_shapes(self._input, self._kernel_shape, **self._shape_options).output
        equal = truth_value("equal", equal)
        super().__init__(
            (locally_connected, locally_connected_backward),
            channels,
            self._kernel_shape if equal else (filters, *places, channels, *kernel),
            (filters, *places),
            channels * prod(kernel),
            bias=bias,
            gain=gain,
            rng=rng,
            dtype=dtype,
            options=self._shape_options,
        )
        if equal:
            shared = self.params["w"].reshape(filters, *(1 for _ in places), channels, *kernel)
            self.params["w"] = np.tile(shared, (1, *places, 1, *(1 for _ in kernel)))

    def _spec(self, input_shape):
        batch = one_input(input_shape, self.channels, len(self._input) - 2)
        if batch != self._input:
            raise ValueError(f"input_shape must be {self._input[1:]}; got {tuple(input_shape)}")
        return ConvSpec.from_shapes(batch, self._kernel_shape, **self._shape_options)
