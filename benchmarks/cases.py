"""What is measured: layers by name, as arrays."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import prod

import numpy as np

FORWARD, BOTH = "forward", "forward+backward"
DTYPES = ("float32", "float64")


@dataclass(frozen=True)
class ConvCase:
    """A convolution layer to be measured.

    Attributes
    ----------
    group, shape : str
        The table it belongs to, and its name there.
    x, w : tuple of int
        Shapes (N, C, *S) and (F, C // groups, *K).
    stride, padding, groups : int
        Options, the same along every axis.
    passes : tuple of str
        ``"forward"``, ``"forward+backward"``.
    """

    group: str
    shape: str
    x: tuple[int, ...]
    w: tuple[int, ...]
    stride: int = 1
    padding: int = 0
    groups: int = 1
    passes: tuple[str, ...] = (FORWARD, BOTH)

    @property
    def options(self) -> dict[str, int]:
        """Keyword arguments of ``conv``, and of PyTorch's."""
        return {"stride": self.stride, "padding": self.padding, "groups": self.groups}

    @property
    def output(self) -> tuple[int, ...]:
        """Lengths of the output's axes."""
        return output_lengths(self.x[2:], self.w[2:], self.stride, self.padding)

    @property
    def multiply_adds(self) -> int:
        """Multiply-adds of the definition, forward."""
        return self.x[0] * prod(self.output) * prod(self.w)

    @property
    def is_signal(self) -> bool:
        """Whether SciPy's routines for plain arrays compute it: one channel, one filter, no stride."""
        return self.x[:2] == (1, 1) and self.w[:2] == (1, 1) and self.stride == 1

    def arrays(self, dtype: str) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Draw x, w, b and the gradient dy by the output.

        Kernels are of ordinary size, so that outputs are near one. A signal has no bias: it is zero.
        """
        rng = np.random.default_rng(0)
        w = rng.normal(size=self.w) / np.sqrt(prod(self.w[1:]))
        b = np.zeros(self.w[0]) if self.is_signal else rng.normal(size=self.w[0])
        dy = rng.normal(size=(self.x[0], self.w[0], *self.output))
        return tuple(a.astype(dtype) for a in (rng.normal(size=self.x), w, b, dy))

    def tiny(self) -> ConvCase:
        """Return the same kind of layer in small, for a run that only tries everything."""
        channels, filters = (min(4, n) for n in (self.x[1], self.w[0]))
        groups = min(4, self.groups)
        x = (min(2, self.x[0]), channels, *(min(12, n) for n in self.x[2:]))
        w = (filters, channels // groups, *(min(7, n) for n in self.w[2:]))
        return replace(self, x=x, w=w, groups=groups, padding=min(3, self.padding))


@dataclass(frozen=True)
class PoolCase:
    """A pool to be measured.

    Attributes
    ----------
    group, shape : str
        The table it belongs to, and its name there.
    kind : {"max", "avg"}
        Maximum or mean.
    x : tuple of int
        Shape (N, C, H, W) of the input.
    size, stride : int
        Of the window, along both axes.
    passes : tuple of str
        ``"forward"``, ``"forward+backward"``.
    """

    group: str
    shape: str
    kind: str
    x: tuple[int, ...]
    size: int
    stride: int
    passes: tuple[str, ...] = (FORWARD, BOTH)

    def arrays(self, dtype: str) -> tuple[np.ndarray, np.ndarray]:
        """Draw x and the gradient dy by the output."""
        rng = np.random.default_rng(0)
        output = output_lengths(self.x[2:], (self.size,) * 2, self.stride, 0)
        return tuple(rng.normal(size=s).astype(dtype) for s in (self.x, (*self.x[:2], *output)))

    def tiny(self) -> PoolCase:
        """Return the same kind of pool in small."""
        return replace(self, x=(2, 3, 9, 8))


@dataclass(frozen=True)
class TrainingCase:
    """One epoch of LeNet-5 on scikit-learn's digits, enlarged to the 32 × 32 that it was made for.

    Attributes
    ----------
    group, shape : str
        The table it belongs to, and its name there.
    images, batch : int
        Of an epoch, and of a step.
    passes : tuple of str
        A step is a forward and a backward pass.
    """

    group: str = "training"
    shape: str = "lenet epoch"
    images: int = 1792
    batch: int = 64
    passes: tuple[str, ...] = (BOTH,)

    def arrays(self, dtype: str) -> tuple[np.ndarray, np.ndarray]:
        """Images of shape (N, 1, 32, 32), and their labels."""
        from sklearn.datasets import load_digits

        images, labels = load_digits(return_X_y=True)
        small = images[: self.images].reshape(-1, 1, 8, 8) / 8 - 1
        return np.kron(small, np.ones((4, 4))).astype(dtype), labels[: self.images]

    def tiny(self) -> TrainingCase:
        """Two steps."""
        return replace(self, images=16, batch=8)


def output_lengths(
    spatial: tuple[int, ...], kernel: tuple[int, ...], stride: int, padding: int
) -> tuple[int, ...]:
    """Lengths of the output's axes."""
    return tuple((n + 2 * padding - k) // stride + 1 for n, k in zip(spatial, kernel, strict=True))


def _dense(shape: str, x: tuple[int, ...], filters: int, k: int, **options: int) -> ConvCase:
    channels = x[1] // options.get("groups", 1)
    return ConvCase("dense", shape, x, (filters, channels, k, k), **options)


def _signal(group: str, shape: str, lengths: tuple[int, ...], k: int) -> ConvCase:
    kernel = (1, 1, *(k for _ in lengths))
    return ConvCase(group, shape, (1, 1, *lengths), kernel, padding=k // 2, passes=(FORWARD,))


def _pools(x: tuple[int, ...]) -> list[PoolCase]:
    kinds = (("max", 2, 2), ("max", 3, 2), ("avg", 2, 2))
    name = "×".join(map(str, x))
    return [PoolCase("pooling", f"{kind} {k}×{k} {name}", kind, x, k, s) for kind, k, s in kinds]


CASES = (
    _dense("lenet1", (64, 1, 28, 28), 6, 5, padding=2),
    _dense("lenet2", (64, 6, 14, 14), 16, 5),
    _dense("small1", (32, 16, 32, 32), 32, 3, padding=1),
    _dense("small2", (32, 64, 16, 16), 64, 3, padding=1),
    _dense("vgg", (4, 64, 56, 56), 128, 3, padding=1),
    _dense("stem", (4, 3, 224, 224), 64, 7, stride=2, padding=3),
    _dense("pointwise", (8, 128, 28, 28), 128, 1),
    _dense("depthwise", (8, 64, 56, 56), 64, 3, padding=1, groups=64),
    _dense("depthwise31", (4, 32, 64, 64), 32, 31, padding=15, groups=32),
    *(_signal("image", f"image k{k}", (512, 512), k) for k in (3, 7, 15, 31, 63, 127)),
    _signal("audio", "audio k401", (160_000,), 401),
    _signal("volume", "volume k5", (64, 64, 64), 5),
    *_pools((32, 16, 32, 32)),
    *_pools((4, 64, 56, 56)),
    TrainingCase(),
)

GROUPS = tuple(dict.fromkeys(case.group for case in CASES))

#: The layers whose geometric mean is compared with PyTorch.
COMPARED = ("lenet2", "small1", "small2", "vgg", "stem", "pointwise", "depthwise")
