"""The layers against PyTorch, in double precision: outputs and all gradients, over random configurations.

PyTorch is no dependency: without it these tests are skipped. Continuous integration installs it.
"""

from collections import Counter
from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest

from lecturelib import conv
from lecturelib.networks import softmax_cross_entropy
from lecturelib.operators.algorithms.plan import ALGORITHMS, plan
from lecturelib.operators.conv import conv_backward, conv_transpose, conv_transpose_backward
from lecturelib.operators.pooling import (
    avg_pool,
    avg_pool_backward,
    lp_pool,
    lp_pool_backward,
    max_pool,
    max_pool_backward,
)

pytestmark = pytest.mark.slow
torch = pytest.importorskip("torch")
functional = torch.nn.functional

SEEDS = range(160)
LOOPED = 6_000  # products that are worth an interpreted loop
POOL_SEEDS = range(48)


@dataclass(frozen=True)
class Layer:
    """A random layer: arrays and options in our notation."""

    x: np.ndarray
    w: np.ndarray
    b: np.ndarray
    options: dict

    @property
    def axes(self) -> int:
        return self.x.ndim - 2


def per_axis(rng, low, high, axes):
    """One integer from low to high, both included, for each axis."""
    return tuple(int(i) for i in rng.integers(low, high + 1, axes))


def kernels(rng, shape, *, outer):
    """Random kernels; outer products of one vector an axis if so wished."""
    if not outer:
        return rng.normal(size=shape)
    w = np.ones(shape)
    for axis in range(2, len(shape)):
        lengths = [n if i in (0, 1, axis) else 1 for i, n in enumerate(shape)]
        w = w * rng.normal(size=lengths)
    return w


@cache
def random_layer(seed, *, transposed=False):
    """A layer whose axes differ in length, kernel, stride, dilation and padding.

    Every fourth has what Winograd's method needs, every third kernels that are outer products.
    """
    rng = np.random.default_rng([seed, transposed])
    axes, groups = 1 + seed % 3, int(rng.integers(1, 4))
    inside, outside = (groups * int(n) for n in rng.integers(1, 3, 2))
    winograd = seed % 4 == 0
    kernel = (3,) * axes if winograd else per_axis(rng, 1, 4, axes)
    dilation = (1,) * axes if winograd else per_axis(rng, 1, 3, axes)
    stride = (1,) * axes if winograd else per_axis(rng, 1, 3, axes)
    padding = tuple(zip(per_axis(rng, 0, 3, axes), per_axis(rng, 0, 3, axes), strict=True))
    # Just long enough, or a little more: for a layer the padded input holds the kernel, for its transpose
    # the output holds the padding.
    spare = [sum(p) - d * (k - 1) for p, d, k in zip(padding, dilation, kernel, strict=True)]
    extra = per_axis(rng, 0, 4 if axes < 3 else 2, axes)
    spatial = tuple(max(1 - n, 1 + n, 2) + more for n, more in zip(spare, extra, strict=True))
    shape = (inside, outside // groups) if transposed else (outside, inside // groups)
    options = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
    if transposed:
        options["output_padding"] = tuple(int(rng.integers(s)) for s in stride)
    return Layer(
        rng.normal(size=(int(rng.integers(1, 3)), inside, *spatial)),
        kernels(rng, (*shape, *kernel), outer=seed % 3 == 1 or seed % 8 == 0),
        rng.normal(size=outside),
        options,
    )


def applicable(layer):
    """The methods that apply: it depends on kernel, stride and dilation alone. Large layers without loops."""
    options = {name: layer.options[name] for name in ("stride", "dilation")}
    x = np.zeros(
        (
            1,
            layer.w.shape[1],
            *(3 * d * k for d, k in zip(layer.options["dilation"], layer.w.shape[2:], strict=True)),
        )
    )
    methods = [c.method for c in plan(x, layer.w, **options).candidates if c.obstacle is None]
    products = layer.w[0].size * layer.x.size * len(layer.w)
    return [method for method in methods if method != "direct" or products < LOOPED]


def tracked(*arrays):
    """Copies as tensors that collect a gradient."""
    return [torch.tensor(a, dtype=torch.float64, requires_grad=True) for a in arrays]


def torch_padding(padding):
    """Pairs as torch's ``pad`` wants them: flat, the last axis first."""
    return [n for pair in reversed(padding) for n in pair]


def torch_conv(layer):
    """Output, gradient that flows in, and the three gradients, by PyTorch."""
    x, w, b = tracked(layer.x, layer.w, layer.b)
    o = layer.options
    function = getattr(functional, f"conv{layer.axes}d")
    padded = functional.pad(x, torch_padding(o["padding"]))
    y = function(padded, w, b, stride=o["stride"], dilation=o["dilation"], groups=o["groups"])
    return torch_gradients(y, x, w, b)


def torch_conv_transpose(layer):
    """The same for a transposed convolution; padding that differs on both sides is cut off here."""
    x, w, b = tracked(layer.x, layer.w, layer.b)
    o = layer.options
    function = getattr(functional, f"conv_transpose{layer.axes}d")
    rest = (o["output_padding"], o["groups"], o["dilation"])
    y = function(x, w, b, o["stride"], 0, *rest)
    cut = tuple(
        slice(before, n - after) for (before, after), n in zip(o["padding"], y.shape[2:], strict=True)
    )
    return torch_gradients(y[(..., *cut)], x, w, b)


def torch_gradients(y, *inputs):
    """Send a random gradient back through y."""
    dy = np.random.default_rng(y.numel()).normal(size=tuple(y.shape))
    gradients = torch.autograd.grad(y, inputs, torch.tensor(dy))
    return y.detach().numpy(), dy, [g.numpy() for g in gradients]


def agree(ours, theirs, what):
    """Demand equal shapes and errors below 1e-9 of the largest value."""
    assert ours.shape == theirs.shape, what
    scale = max(np.abs(theirs).max(initial=0), 1e-3)
    error = np.abs(ours - theirs).max(initial=0) / scale
    assert error < 1e-9, f"{what}: off by {error:.1e} of the largest value"


@pytest.mark.parametrize("seed", SEEDS)
def test_conv(seed):
    layer = random_layer(seed)
    y, dy, gradients = torch_conv(layer)
    for method in ("auto", *applicable(layer)):
        agree(conv(layer.x, layer.w, layer.b, **layer.options, method=method), y, f"{method}: y")
        ours = conv_backward(dy, layer.x, layer.w, **layer.options, method=method)
        for name, mine, theirs in zip(("dx", "dw", "db"), ours, gradients, strict=True):
            agree(mine, theirs, f"{method}: {name}")


@pytest.mark.parametrize("seed", SEEDS)
def test_conv_transpose(seed):
    layer = random_layer(seed, transposed=True)
    y, dy, gradients = torch_conv_transpose(layer)
    for method in ("auto", *applicable(layer)):
        agree(conv_transpose(layer.x, layer.w, layer.b, **layer.options, method=method), y, f"{method}: y")
        ours = conv_transpose_backward(dy, layer.x, layer.w, **layer.options, method=method)
        for name, mine, theirs in zip(("dx", "dw", "db"), ours, gradients, strict=True):
            agree(mine, theirs, f"{method}: {name}")


@pytest.mark.parametrize("transposed", [False, True])
def test_the_configurations_reach_every_method_and_option(transposed):
    layers = [random_layer(seed, transposed=transposed) for seed in SEEDS]
    methods = Counter(method for layer in layers for method in applicable(layer))
    assert set(methods) == set(ALGORITHMS)
    assert min(methods.values()) >= 30
    for axes in (1, 2, 3):
        of_axes = [layer for layer in layers if layer.axes == axes]
        for option in ("stride", "dilation"):
            assert {n for layer in of_axes for n in layer.options[option]} == {1, 2, 3}
        assert {layer.options["groups"] for layer in of_axes} == {1, 2, 3}
        assert any(before != after for layer in of_axes for before, after in layer.options["padding"])
    if transposed:
        assert {n for layer in layers for n in layer.options["output_padding"]} == {0, 1, 2}


@cache
def random_pool(seed):
    """A random input, the size of a pool and its options; every third input is full of ties."""
    rng = np.random.default_rng([seed, 7])
    axes = 1 + seed % 3
    size = per_axis(rng, 1, 4, axes)
    options = {
        "stride": per_axis(rng, 1, 3, axes),
        "padding": tuple(int(rng.integers(k // 2 + 1)) for k in size),  # PyTorch takes no more
        "ceil": bool(seed // 3 % 2),
    }
    x = rng.normal(size=(2, int(rng.integers(1, 4)), *per_axis(rng, 10, 14, axes)))
    return (np.round(x) if seed % 5 == 0 else x), size, options


def torch_pool(name, x, size, options, **more):
    """Output, gradient that flows in, and gradient by the input, by PyTorch's pool of that name."""
    (tensor,) = tracked(x)
    renamed = {"ceil_mode" if key == "ceil" else key: value for key, value in options.items()}
    y = getattr(functional, f"{name}{x.ndim - 2}d")(tensor, size, **renamed, **more)
    return torch_gradients(y, tensor)


@pytest.mark.parametrize("seed", POOL_SEEDS)
def test_max_pool(seed):
    x, size, options = random_pool(seed)
    options = options | {"dilation": per_axis(np.random.default_rng(seed), 1, 3, x.ndim - 2)}
    y, dy, (dx,) = torch_pool("max_pool", x, size, options)
    agree(max_pool(x, size, **options), y, "y")
    agree(max_pool_backward(dy, x, size, **options), dx, "dx")


@pytest.mark.parametrize("count_include_pad", [False, True])
@pytest.mark.parametrize("seed", POOL_SEEDS)
def test_avg_pool(seed, count_include_pad):
    """PyTorch's default is True, ours False: both are always said."""
    x, size, options = random_pool(seed)
    both = {"count_include_pad": count_include_pad}
    y, dy, (dx,) = torch_pool("avg_pool", x, size, options, **both)
    agree(avg_pool(x, size, **options, **both), y, "y")
    agree(avg_pool_backward(dy, x, size, **options, **both), dx, "dx")


@pytest.mark.parametrize("p", [1, 2, 3, 1.5])
@pytest.mark.parametrize("seed", POOL_SEEDS[::4])
def test_lp_pool(seed, p):
    """PyTorch's takes no padding, no absolute value, and too large a sum with ``ceil``."""
    x, size, options = random_pool(seed)
    x = x + (x == 0)  # at 0 the norm has no derivative, and conventions differ
    (tensor,) = tracked(x)
    widths = [n for n in reversed(options["padding"]) for _ in range(2)]
    padded = functional.pad(tensor.abs(), widths)
    one = (size[0], options["stride"][0]) if x.ndim == 3 else (size, options["stride"])
    y = getattr(functional, f"lp_pool{x.ndim - 2}d")(padded, p, *one)
    y, dy, (dx,) = torch_gradients(y, tensor)
    ours = {"p": p, "stride": options["stride"], "padding": options["padding"]}
    agree(lp_pool(x, size, **ours), y, "y")
    agree(lp_pool_backward(dy, x, size, **ours), dx, "dx")


@pytest.mark.parametrize("places", [(), (5,), (3, 4)])
def test_softmax_cross_entropy(places):
    rng = np.random.default_rng(len(places))
    logits, labels = 3 * rng.normal(size=(6, 4, *places)), rng.integers(0, 4, (6, *places))
    (tensor,) = tracked(logits)
    expected = functional.cross_entropy(tensor, torch.from_numpy(labels))
    expected.backward()
    loss, gradient = softmax_cross_entropy(logits, labels)
    assert abs(loss - expected.item()) < 1e-12
    np.testing.assert_allclose(gradient, tensor.grad.numpy(), rtol=0, atol=1e-14)
