"""How many digits each method keeps in single precision: largest error over largest value.

The truth is the same method-free definition in double precision, from the same single-precision numbers.
"""

import numpy as np
import pytest

from lecturelib import conv
from lecturelib.operators.algorithms.plan import plan
from lecturelib.operators.conv import conv_backward

pytestmark = pytest.mark.slow

# Shapes of x and w, options: few and many terms in a sum, short and long kernels, one to three axes.
SHAPES = {
    "lenet": ((4, 6, 14, 14), (16, 6, 5, 5), {}),
    "small": ((2, 16, 32, 32), (32, 16, 3, 3), {"padding": 1}),
    "deep": ((1, 256, 12, 12), (32, 256, 3, 3), {"padding": 1}),
    "strided": ((1, 3, 64, 64), (16, 3, 7, 7), {"stride": 2, "padding": 3}),
    "depthwise": ((1, 4, 64, 64), (4, 1, 31, 31), {"padding": 15, "groups": 4}),
    "image": ((1, 1, 120, 100), (1, 1, 63, 63), {"padding": "same"}),
    "audio": ((1, 1, 50_000), (1, 1, 401), {}),
    "volume": ((1, 2, 24, 24, 24), (4, 2, 3, 3, 3), {"padding": 1}),
}

#: Three times the worst that was measured over these shapes: the order of a sum is the machine's affair.
BOUNDS = {  # method: y, dx, dw
    "shifted": (1.2e-5, 1.2e-5, 3e-6),
    "im2col": (4.2e-6, 3.3e-6, 4.8e-6),
    "fft": (2.0e-6, 1.5e-6, 1.0e-6),
    "separable": (3.6e-6, 2.6e-6, 2.8e-6),
    "winograd": (4.2e-5, 4.5e-5, 1.7e-6),
}


def numbers(name, seed):
    """Inputs and kernels (outer products) of a shape, in single precision; all positive for odd seeds."""
    x_shape, w_shape, options = SHAPES[name]
    rng = np.random.default_rng(seed)
    x, w = rng.normal(size=x_shape), np.ones(w_shape)
    for axis in range(2, len(w_shape)):
        w = w * rng.normal(size=[n if i in (0, 1, axis) else 1 for i, n in enumerate(w_shape)])
    if seed % 2:
        x, w = abs(x), abs(w)
    return x.astype(np.float32), w.astype(np.float32), options


def error(ours, truth):
    return abs(ours - truth).max() / abs(truth).max()


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("name", SHAPES)
def test_every_method_keeps_its_digits(name, seed):
    x, w, options = numbers(name, seed)
    exact = [a.astype(np.float64) for a in (x, w)]
    y = conv(*exact, **options, method="shifted")
    dy = np.random.default_rng(seed).normal(size=y.shape).astype(np.float32)
    truths = (y, *conv_backward(dy.astype(np.float64), *exact, **options, method="shifted")[:2])
    applicable = [c.method for c in plan(x, w, **options).candidates if c.obstacle is None]
    for method in BOUNDS.keys() & set(applicable):
        ours = conv(x, w, **options, method=method), *conv_backward(dy, x, w, **options, method=method)[:2]
        for what, mine, truth, bound in zip(("y", "dx", "dw"), ours, truths, BOUNDS[method], strict=True):
            assert mine.dtype == np.float32
            assert error(mine, truth) < bound, f"{method}: {what}"


def test_winograd_pays_for_its_speed_with_digits():
    """The lecture says so; were it no longer so, ``auto`` could take it more often."""
    x, w, options = numbers("small", 0)
    truth = conv(x.astype(float), w.astype(float), **options)
    errors = {m: error(conv(x, w, **options, method=m), truth) for m in ("im2col", "winograd")}
    assert errors["winograd"] > 3 * errors["im2col"]
