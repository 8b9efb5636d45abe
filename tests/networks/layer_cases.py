"""Layers with inputs they take: one list, which the tests of layers share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from lecturelib import networks as nn

TABLE = np.array([[True, False, True], [False, True, False], [True, True, True], [False, False, True]])
WINDOW = np.array([[1.0, 2, 1], [2, 5, 2]])[[0, 1, 0]]


@dataclass
class Case:
    """A layer, made anew for each dtype, and the shape of one input."""

    name: str
    make: Callable[..., nn.Layer]
    shape: tuple[int, ...]
    linear: bool = False
    learns: bool = False

    def layer(self, dtype: type = np.float64) -> nn.Layer:
        """Make the layer; biases get numbers, too, or a forgotten one would not be seen."""
        rng = np.random.default_rng(5)
        layer = self.make(rng=rng, dtype=dtype) if self.learns else self.make()
        for name, array in layer.params.items():
            if name.endswith("b"):
                array[...] = rng.normal(size=array.shape)
        return layer

    def x(self, dtype: type = np.float64, batch: int = 2) -> np.ndarray:
        """Inputs away from kinks: distinct multiples of 0.01, none of them 0, in random order."""
        size = batch * int(np.prod(self.shape))
        numbers = np.arange(1, size + 1) / 100 * np.where(np.arange(size) % 2, 1, -1)
        x = np.random.default_rng(6).permutation(numbers).reshape(batch, *self.shape).astype(dtype)
        x.flags.writeable = False
        return x


SPATIAL = {1: (13,), 2: (9, 8), 3: (6, 5, 7)}
KERNEL = {1: (3,), 2: (3, 2), 3: (2, 3, 1)}


def kernel_cases() -> Iterator[Case]:
    """Every layer with kernels: axes, strides, paddings, dilations and groups."""

    def case(name, kind, *arguments, shape, **options):
        def make(**more):
            return kind(*arguments, **options, **more)

        return Case(name, make, shape, linear=True, learns=True)

    for axes, size in KERNEL.items():
        x = (4, *SPATIAL[axes])
        pairs = ((1, 0), (0, 2), (1, 1))[:axes]
        for stride in (1, 2, 3):
            yield case(f"conv{axes}d-stride{stride}", nn.Conv, 4, 6, size, shape=x, stride=stride)
            up = case(
                f"transpose{axes}d-stride{stride}", nn.ConvTranspose, 4, 6, size, shape=x, stride=stride
            )
            yield up
        options = {"stride": (2, 1, 3)[:axes], "padding": pairs, "dilation": (2, 3, 1)[:axes], "groups": 2}
        yield case(f"conv{axes}d-everything", nn.Conv, 4, 6, size, shape=x, **options)
        more = {**options, "padding": "valid", "output_padding": (1, 0, 2)[:axes]}
        yield case(f"transpose{axes}d-everything", nn.ConvTranspose, 4, 6, size, shape=x, **more)
        yield case(f"conv{axes}d-depthwise", nn.Conv, 4, 8, size, shape=x, groups=4, padding="same")
        local = {"stride": options["stride"], "padding": pairs}
        yield case(f"local{axes}d", nn.LocallyConnected, x, 3, size, shape=x, **local)
        yield case(f"tiled{axes}d", nn.TiledConv, 4, 3, size, (2, 3, 1)[:axes], shape=x, **local)
        three = (3, *SPATIAL[axes])
        table = {"stride": options["stride"], "padding": "same", "dilation": (1, 2, 2)[:axes]}
        yield case(f"partial{axes}d", nn.PartiallyConnected, TABLE, size, shape=three, **table)
    yield case("conv-no-bias", nn.Conv, 4, 6, 3, shape=(4, 5, 7), bias=False)
    yield case("local-equal", nn.LocallyConnected, (2, 5, 7), 3, 3, shape=(2, 5, 7), equal=True)
    yield case("tiled-more-than-places", nn.TiledConv, 2, 3, 3, 4, shape=(2, 5, 7), stride=2)
    yield case("dense", nn.Dense, 7, 4, shape=(7,))
    yield case("dense-no-bias", nn.Dense, 7, 4, shape=(7,), bias=False)
    for method in ("direct", "shifted", "im2col", "fft"):
        yield case(f"conv-{method}", nn.Conv, 4, 6, 3, shape=(4, 5, 7), method=method)


def stage_cases() -> Iterator[Case]:
    """Every layer without parameters."""
    x = (4, 9, 8)
    for axes, size in KERNEL.items():
        shape = (2, *SPATIAL[axes])
        for stride in (None, 1, 2, 3):
            yield Case(f"max{axes}d-{stride}", lambda s=size, t=stride: nn.MaxPool(s, stride=t), shape)
        pairs = ((1, 0), (0, 1), (0, 0))[:axes]
        tails = {"stride": 3, "padding": pairs, "dilation": 2, "ceil": True}
        yield Case(f"max{axes}d-tails", lambda s=size, t=tails: nn.MaxPool(s, **t), shape)
        yield Case(f"average{axes}d", lambda s=size, t=tails: nn.AveragePool(s, **t), shape, linear=True)
        yield Case(f"lp2-{axes}d", lambda s=size, t=tails: nn.LpPool(s, **t), shape)
        weights = np.arange(1.0, 1 + np.prod(size)).reshape(size)
        yield Case(f"weighted{axes}d", lambda w=weights: nn.WeightedPool(w, stride=2), shape, linear=True)
        yield Case(f"adaptive{axes}d", lambda a=axes: nn.AdaptivePool((3, 2, 4)[:a]), shape)
        yield Case(f"global{axes}d", lambda: nn.GlobalPool(), shape)
    counted = {"padding": 1, "count_include_pad": True}
    yield Case("average-counted", lambda: nn.AveragePool((3, 2), **counted), x, linear=True)
    yield Case("lp3", lambda: nn.LpPool((3, 2), p=3, stride=1), x)
    yield Case("max-share", lambda: nn.MaxPool((3, 2), ties="share"), x)
    yield Case("adaptive-average", lambda: nn.AdaptivePool((4, 3), how="average"), x, linear=True)
    yield Case("global-average", lambda: nn.GlobalPool(how="average"), x, linear=True)
    yield Case("maxout", lambda: nn.Maxout(2), x)
    yield Case("maxout-flat", lambda: nn.Maxout(3, ties="share"), (12,))
    yield Case("relu", nn.ReLU, x)
    yield Case("rectify", nn.Rectify, (7,))
    yield Case("tanh", nn.Tanh, x)
    yield Case("flatten", nn.Flatten, x, linear=True)
    for boundary in ("zeros", "edge"):
        b = {"boundary": boundary}
        yield Case(f"subtractive-{boundary}", lambda b=b: nn.SubtractiveNorm(WINDOW, **b), x, linear=True)
        yield Case(f"divisive-{boundary}", lambda b=b: nn.DivisiveNorm(WINDOW, **b), x)
        yield Case(f"contrast-{boundary}", lambda b=b: nn.LocalContrastNorm(WINDOW, **b), x)
    yield Case("divisive-number", lambda: nn.DivisiveNorm(WINDOW, c=1.5), x)
    yield Case("contrast-number", lambda: nn.LocalContrastNorm(WINDOW, c=1.5), x)
    yield Case("contrast-1d", lambda: nn.LocalContrastNorm([1, 2, 1]), (3, 9))


CASES = {case.name: case for case in (*kernel_cases(), *stage_cases())}
