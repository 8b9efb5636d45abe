"""Scratch memory: what an operator holds besides its results stays below what its docstring says."""

import tracemalloc

import numpy as np
import pytest

import lecturelib as ll

RNG = np.random.default_rng(0)
SLACK = 4e5  # buffers of NumPy's own, and small things


def noise(*shape):
    return RNG.normal(size=shape)


X = noise(4, 6, 70, 60)
SMALL = noise(2, 6, 30, 26)
LOCAL = noise(5, 28, 24, 6, 3, 3)
TILED = noise(2, 3, 5, 6, 3, 3)
TABLE = ll.random_connections(np.random.default_rng(0), 8, 6, 3)
WINDOW = np.ones((5, 5))
PLAIN = noise(300, 280)
FIELD = noise(2, 300, 280)
MAP = X[:1, :1].nbytes * len(X)  # one map of each image
COLUMNS = 9 * SMALL.nbytes

#: Call, and bytes that it may hold besides its results.
CASES = {
    "lp_pool": (lambda: ll.lp_pool(X, 2, p=3), X.nbytes + 3 * X.nbytes // 4),
    "lp_pool_backward": (
        lambda: ll.lp_pool_backward(X[..., ::2, ::2], X, 2, p=3),
        2 * X.nbytes + 3 * X.nbytes // 4,
    ),
    "weighted_pool": (lambda: ll.weighted_pool(X, np.ones((2, 2))), X.nbytes // 4),
    "maxout": (lambda: ll.maxout(X, 2), X.nbytes),
    "adaptive_pool": (lambda: ll.adaptive_pool(X, (3, 2)), X.nbytes // 6),
    "relu": (lambda: ll.relu(X), 0),
    "rectify": (lambda: ll.rectify(X), 0),
    "subtractive_normalization": (lambda: ll.subtractive_normalization(X, WINDOW), 4 * MAP),
    "divisive_normalization": (lambda: ll.divisive_normalization(X, WINDOW), X.nbytes + 5 * MAP),
    "locally_connected": (lambda: ll.locally_connected(SMALL, LOCAL), SMALL.nbytes + COLUMNS + LOCAL.nbytes),
    "locally_connected_backward": (
        lambda: ll.locally_connected_backward(noise(2, 5, 28, 24), SMALL, LOCAL),
        2 * (SMALL.nbytes + COLUMNS + LOCAL.nbytes),
    ),
    "tiled_conv": (lambda: ll.tiled_conv(X, TILED), 6 * X.nbytes),
    "tiled_conv_backward": (lambda: ll.tiled_conv_backward(noise(4, 5, 68, 58), X, TILED), 8 * X.nbytes),
    "partially_connected": (lambda: ll.partially_connected(X, noise(24, 3, 3), TABLE), 9e6 + 3 * X.nbytes),
    "p4_lift": (lambda: ll.p4_lift(X, noise(3, 6, 3, 3)), 9e6 + 4 * X.nbytes),
    "translate": (lambda: ll.translate(PLAIN, (3, -40)), PLAIN.nbytes),
    "warp": (lambda: ll.warp(PLAIN, FIELD), 16 * PLAIN.nbytes),
    "rotate": (lambda: ll.rotate(PLAIN, 30), 16 * PLAIN.nbytes),
    "convolve by fft": (lambda: ll.convolve(noise(100_000), noise(301), method="fft"), 4 * 100_000 * 8),
    "convolve": (lambda: ll.convolve(PLAIN, np.ones((3, 3))), 4 * PLAIN.nbytes),
}


def held(run):
    """Bytes held at the peak, results apart."""
    run()  # what is loaded and cached at the first run is not counted
    tracemalloc.start()
    results = run()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak - sum(r.nbytes for r in (results if isinstance(results, tuple) else (results,)))


@pytest.mark.parametrize("name", CASES)
def test_scratch_memory_stays_below_what_is_stated(name):
    run, bound = CASES[name]
    assert held(run) <= bound + SLACK


def test_the_measure_sees_a_copy():
    assert held(lambda: (X + 1).sum(keepdims=True)) >= X.nbytes
