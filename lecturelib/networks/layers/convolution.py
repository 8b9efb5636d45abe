"""Convolution layers: plain, transposed, and partially connected."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from lecturelib.networks.layers.base import HE, Windows, kernel_size
from lecturelib.networks.layers.kernels import KernelLayer, one_input
from lecturelib.operators.checks import each_axis, real_array, whole_number
from lecturelib.operators.connections import partially_connected, partially_connected_backward
from lecturelib.operators.conv import conv, conv_backward, conv_transpose, conv_transpose_backward
from lecturelib.operators.spec import ConvSpec, transpose_spec


class Conv(KernelLayer):
    """Convolution layer: it cross-correlates, as in every ML library.

    Parameters
    ----------
    channels, filters : int
        Channels of the input, C, and of the output, F.
    size : int or sequence of int
        Lengths of the kernels' axes; one integer means a square kernel for images.
    stride, padding, dilation, groups, method
        As for :func:`lecturelib.conv`. With ``groups=channels`` it is depthwise.
    bias : bool
        Whether there is a bias for each filter.
    gain : float
        See :func:`~lecturelib.networks.layers.base.initial_weights`.
    rng : numpy.random.Generator
        Draws the weights; biases start at 0.
    dtype : dtype
        float64 or float32.

    Raises
    ------
    TypeError
        If an argument is of the wrong kind.
    ValueError
        If `groups` does not divide channels and filters, or an option is out of range.

    Notes
    -----
    ``params["w"]`` has shape (F, C // groups, *K) and ``params["b"]`` (F,).

    Examples
    --------
    >>> layer = Conv(1, 64, 9, rng=np.random.default_rng(0))
    >>> layer.output_shape((1, 83, 83)), layer.parameter_count(), layer.multiply_adds((1, 83, 83))
    ((64, 75, 75), 5248, 29160000)
    """

    def __init__(
        self,
        channels: int,
        filters: int,
        size: int | Sequence[int],
        *,
        stride: int | Sequence[int] = 1,
        padding: int | str | Sequence = 0,
        dilation: int | Sequence[int] = 1,
        groups: int = 1,
        bias: bool = True,
        gain: float = HE,
        rng: np.random.Generator,
        dtype: Any = np.float64,
        method: str = "auto",
    ) -> None:
        kernel = kernel_size(size)
        channels = whole_number("channels", channels, at_least=1)
        filters = whole_number("filters", filters, at_least=1)
        groups = whole_number("groups", groups, at_least=1)
        if channels % groups or filters % groups:
            raise ValueError(
                f"groups must divide channels and filters; got {groups} for {channels} and {filters}"
            )
        shape = (filters, channels // groups, *kernel)
        self._shape_options = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
        super().__init__(
            (conv, conv_backward),
            channels,
            shape,
            (filters,),
            prod(shape[1:]),
            bias=bias,
            gain=gain,
            rng=rng,
            dtype=dtype,
            options={**self._shape_options, "method": method},
        )
        self._check_options(len(kernel))

    def _spec(self, input_shape):
        w = self.params["w"].shape
        batch = one_input(input_shape, self.channels, len(w) - 2)
        return ConvSpec.from_shapes(batch, w, **self._shape_options)


class ConvTranspose(KernelLayer):
    """Transposed convolution layer: every input places a scaled kernel on the output.

    Parameters
    ----------
    channels, filters : int
        Channels of the input, C, and of the output, F.
    size : int or sequence of int
        Lengths of the kernels' axes; one integer means a square kernel for images.
    stride, padding, output_padding, dilation, groups, method
        As for :func:`lecturelib.conv_transpose`.
    bias, gain, rng, dtype
        As for :class:`Conv`.

    Raises
    ------
    TypeError
        If an argument is of the wrong kind.
    ValueError
        If `groups` does not divide channels and filters, or an option is out of range.

    Notes
    -----
    ``params["w"]`` has shape (C, F // groups, *K) and ``params["b"]`` (F,). With a stride, outputs see
    different numbers of inputs, and neighbours nearly the same ones: the receptive field of a summary
    counts the most that one can see, and behind this layer it is an upper bound.

    Examples
    --------
    >>> ConvTranspose(8, 3, 4, stride=2, padding=1, rng=np.random.default_rng(0)).output_shape((8, 7, 9))
    (3, 14, 18)
    """

    def __init__(
        self,
        channels: int,
        filters: int,
        size: int | Sequence[int],
        *,
        stride: int | Sequence[int] = 1,
        padding: int | str | Sequence = 0,
        output_padding: int | Sequence[int] = 0,
        dilation: int | Sequence[int] = 1,
        groups: int = 1,
        bias: bool = True,
        gain: float = HE,
        rng: np.random.Generator,
        dtype: Any = np.float64,
        method: str = "auto",
    ) -> None:
        kernel = kernel_size(size)
        channels = whole_number("channels", channels, at_least=1)
        filters = whole_number("filters", filters, at_least=1)
        groups = whole_number("groups", groups, at_least=1)
        if channels % groups or filters % groups:
            raise ValueError(
                f"groups must divide channels and filters; got {groups} for {channels} and {filters}"
            )
        shape = (channels, filters // groups, *kernel)
        self._shape_options = {
            "stride": stride,
            "padding": padding,
            "output_padding": output_padding,
            "dilation": dilation,
            "groups": groups,
        }
        strides = prod(each_axis("stride", stride, len(kernel)))
        super().__init__(
            (conv_transpose, conv_transpose_backward),
            channels,
            shape,
            (filters,),
            max(1, channels // groups * prod(kernel) // strides),  # inputs that reach one output
            bias=bias,
            gain=gain,
            rng=rng,
            dtype=dtype,
            options={**self._shape_options, "method": method},
        )
        self._check_options(len(kernel))

    def _spec(self, input_shape):
        w = self.params["w"]
        batch = one_input(input_shape, self.channels, w.ndim - 2)
        return transpose_spec(np.broadcast_to(False, batch), w, None, **self._shape_options)

    def output_shape(self, input_shape: tuple[int, ...]) -> tuple[int, ...]:
        """Tell the shape of one output; see :meth:`Layer.output_shape`."""
        return self._spec(input_shape).x_shape[1:]

    def windows(self, input_shape: tuple[int, ...]) -> Windows:
        """Tell which inputs a unit sees; see :meth:`Layer.windows`."""
        spec = self._spec(input_shape)
        return tuple((-(-e // s), 1, 1) for e, s in zip(spec.extent, spec.stride, strict=True))


class PartiallyConnected(KernelLayer):
    """Convolution layer in which each output channel reads some of the input channels.

    Parameters
    ----------
    table : array_like of bool, of shape (F, C)
        ``table[f, c]`` tells whether output channel f reads input channel c.
    size : int or sequence of int
        Lengths of the kernels' axes; one integer means a square kernel for images.
    stride, padding, dilation, method
        As for :func:`lecturelib.conv`.
    bias, gain, rng, dtype
        As for :class:`Conv`.

    Raises
    ------
    TypeError
        If an argument is of the wrong kind.
    ValueError
        If the table is empty or not two-dimensional, or an option is out of range.

    Notes
    -----
    ``params["w"]`` has shape (E, *K), one kernel for each of the table's E connections.

    Examples
    --------
    >>> from lecturelib import random_connections
    >>> rng = np.random.default_rng(0)
    >>> layer = PartiallyConnected(random_connections(rng, 256, 64, 16), 9, rng=rng)
    >>> layer.params["w"].shape, layer.output_shape((64, 14, 14))
    ((4096, 9, 9), (256, 6, 6))
    """

    def __init__(
        self,
        table: ArrayLike,
        size: int | Sequence[int],
        *,
        stride: int | Sequence[int] = 1,
        padding: int | str | Sequence = 0,
        dilation: int | Sequence[int] = 1,
        bias: bool = True,
        gain: float = HE,
        rng: np.random.Generator,
        dtype: Any = np.float64,
        method: str = "auto",
    ) -> None:
        kernel = kernel_size(size)
        self.table = real_array("table", table).copy()
        if self.table.dtype != np.bool_:
            raise TypeError(f"table must hold True and False; got an array of dtype {self.table.dtype}")
        connections = int(self.table.sum())
        if self.table.ndim != 2 or not connections:
            raise ValueError(
                "table must have shape (F, C) and at least one connection; "
                f"got shape {self.table.shape} with {connections}"
            )
        self._shape_options = {"stride": stride, "padding": padding, "dilation": dilation}
        super().__init__(
            (partially_connected, partially_connected_backward),
            self.table.shape[1],
            (connections, *kernel),
            self.table.shape[:1],
            max(1, round(connections / len(self.table) * prod(kernel))),
            bias=bias,
            gain=gain,
            rng=rng,
            dtype=dtype,
            options={**self._shape_options, "method": method, "table": self.table},
        )
        self._check_options(len(kernel))

    def _spec(self, input_shape):
        kernel = self.params["w"].shape[1:]
        batch = one_input(input_shape, self.channels, len(kernel))
        return ConvSpec.from_shapes(batch, (*self.table.shape, *kernel), **self._shape_options)

    def multiply_adds(self, input_shape: tuple[int, ...]) -> int:
        """Count the multiply-adds of the definition; see :meth:`Layer.multiply_adds`."""
        return self.params["w"].size * prod(self._spec(input_shape).output)
