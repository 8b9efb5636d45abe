"""What each algorithm promises besides the right answer: memory, precision, when it applies."""

import tracemalloc
from fractions import Fraction

import numpy as np
import pytest

from lecturelib import gabor, gaussian, sobel
from lecturelib.operators.algorithms import direct, fft, im2col, separable, shifted, winograd
from lecturelib.operators.algorithms.plan import ALGORITHMS
from lecturelib.operators.spec import ConvSpec
from tests.operators.strategies import outer_products

#: Largest error in single precision, relative to the largest output: what `conv` states.
SINGLE = {method: 5e-5 if method == "winograd" else 1e-5 for method in ALGORITHMS}


def layer(x_shape, w_shape, dtype="f8", seed=0, **options):
    """Arrays and spec of a layer whose kernels are outer products."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=x_shape).astype(dtype)
    w = outer_products(rng, w_shape[:2], w_shape[2:]).astype(dtype)
    spec = ConvSpec.from_arguments(x, w, **options)
    return x, w, rng.normal(size=spec.y_shape).astype(dtype), spec


def passes(algorithm, x, w, dy, spec):
    return {
        "forward": lambda: algorithm.forward(x, w, spec),
        "input_gradient": lambda: algorithm.input_gradient(dy, w, spec),
        "kernel_gradient": lambda: algorithm.kernel_gradient(dy, x, spec),
    }


LAYERS = {
    "photos": ((4, 8, 60, 52), (16, 8, 3, 3), {"padding": 1}),
    "deep": ((16, 64, 8, 8), (128, 64, 3, 3), {"padding": 1}),
    "depthwise": ((2, 32, 40, 44), (32, 1, 5, 3), {"groups": 32, "padding": 2}),
    "large kernel": ((1, 1, 256, 200), (1, 1, 31, 15), {}),
    "audio": ((1, 2, 80000), (3, 2, 101), {"stride": 2}),
    "volume": ((1, 4, 24, 24, 20), (8, 4, 3, 3, 3), {}),
    "many maps": ((1, 1, 300, 300), (8, 1, 3, 3), {}),
}


@pytest.mark.parametrize("name", LAYERS)
@pytest.mark.parametrize("method", [m for m in ALGORITHMS if m != "direct"])
def test_scratch_memory_is_bounded_as_stated(method, name):
    x_shape, w_shape, options = LAYERS[name]
    x, w, dy, spec = layer(x_shape, w_shape, "f4", **options)
    algorithm = ALGORITHMS[method]
    if algorithm.obstacle(spec, w):
        return
    stated = algorithm.cost(spec).scratch
    for what, run in passes(algorithm, x, w, dy, spec).items():
        run()  # what is loaded and cached at the first run is not counted
        tracemalloc.start()
        result = run()
        held = tracemalloc.get_traced_memory()[1] - result.nbytes
        tracemalloc.stop()
        by_columns = what == "kernel_gradient" and method in ("im2col", "winograd")
        once_an_image = spec.batch * w.nbytes if by_columns else 0
        bound = stated if what == "forward" else 2 * stated + once_an_image
        assert held <= 1.1 * bound + 5e5, f"{what} held {held / 1e6:.2f} MB, stated {bound / 1e6:.2f}"


@pytest.mark.parametrize("method", ALGORITHMS)
def test_error_in_single_precision(method):
    for seed, shapes in enumerate((((2, 6, 14, 12), (4, 6, 3, 3)), ((1, 4, 9, 8, 7), (2, 4, 3, 3, 3)))):
        x, w, dy, spec = layer(*shapes, seed=seed)
        if method == "direct" and x.ndim == 5:
            continue
        single = passes(ALGORITHMS[method], *(a.astype("f4") for a in (x, w, dy)), _as(spec, "f4"))
        exact = passes(im2col, x, w, dy, spec)
        for what, run in single.items():
            found, expected = run(), exact[what]()
            assert found.dtype == np.float32
            error = np.abs(found - expected).max() / np.abs(expected).max()
            assert error < SINGLE[method], f"{what}: {error:.1e}"


def _as(spec, dtype):
    return ConvSpec(**{**spec.__dict__, "dtype": np.dtype(dtype)})


def test_direct_lists_the_products_of_the_definition():
    *_, spec = layer((1, 2, 3), (2, 1, 2), groups=2, padding=((1, 0),))
    listed = list(direct.products(spec))
    assert len(listed) == len(set(listed)) == spec.multiply_adds == 2 * 3 * 2
    assert listed[0] == ((0, 0, 0), (0, 0, 0), (0, 0, 0))
    assert listed[-1] == ((0, 1, 2), (1, 0, 1), (0, 1, 3))


@pytest.mark.parametrize("block", (1, 300, 2000, 2**23))
def test_im2col_gives_the_same_whatever_its_blocks(block, monkeypatch):
    x, w, dy, spec = layer((3, 4, 9, 8), (6, 2, 3, 2), stride=(2, 1), padding=(1, 2), groups=2)
    expected = {name: run() for name, run in passes(shifted, x, w, dy, spec).items()}
    monkeypatch.setattr(im2col, "BLOCK", block)
    for name, run in passes(im2col, x, w, dy, spec).items():
        np.testing.assert_allclose(run(), expected[name], atol=1e-11)


@pytest.mark.parametrize(("extents", "samples", "block"), [(1, 1, 1), (2, 30, 500), (8, 2**14, 2**24)])
def test_fft_gives_the_same_whatever_its_pieces(extents, samples, block, monkeypatch):
    monkeypatch.setattr(fft, "_EXTENTS", extents)
    monkeypatch.setattr(fft, "_SAMPLES", samples)
    monkeypatch.setattr(fft, "_BLOCK", block)
    cut = []
    for options in ({}, {"stride": (3, 2)}, {"dilation": (2, 1), "padding": ((0, 3), (2, 1))}, {"groups": 2}):
        x, w, dy, spec = layer((2, 4, 23, 8), (6, 4 // options.get("groups", 1), 4, 3), **options)
        expected = {name: run() for name, run in passes(shifted, x, w, dy, spec).items()}
        for name, run in passes(fft, x, w, dy, spec).items():
            np.testing.assert_allclose(run(), expected[name], atol=1e-10)
        cut.append(len(fft._cut(spec).outputs))
    assert (max(cut) > 5) == (samples == 1) and (max(cut) == 1) == (samples == 2**14)


def test_fft_needs_no_room_for_the_tail():
    # What wraps around lands where the kernel sticks out of the input, and those are no outputs.
    x, w, _, spec = layer((1, 1, 64), (1, 1, 9))
    assert fft._cut(spec).lengths == (64,)
    np.testing.assert_allclose(fft.forward(x, w, spec), direct.forward(x, w, spec), atol=1e-13)
    circular = np.fft.irfft(np.fft.rfft(x[0, 0]) * np.fft.rfft(w[0, 0], 64).conj(), 64)
    wrong = np.abs(circular - np.correlate(np.pad(x[0, 0], (0, 8)), w[0, 0], "valid")) > 1e-9
    assert np.flatnonzero(wrong).tolist() == list(range(56, 64))  # the kernel's length less one


def test_separable_factors_of_known_kernels():
    column, row = separable.factors(sobel().astype(float), 2)
    np.testing.assert_allclose(np.outer(column, row), sobel(), atol=1e-12)
    for kernel in (gaussian(9, 1.5), np.ones((3, 5)), np.zeros((3, 3)), np.eye(1)):
        column, row = separable.factors(kernel, 2)
        np.testing.assert_allclose(np.outer(column, row), kernel, atol=1e-12)
    assert separable.factors(np.eye(3), 2) is None
    y, x = np.mgrid[-7:8, -7:8]
    assert separable.factors(gabor(x, y, beta_x=0.02, beta_y=0.03, f=0.4, tau=0.6), 2) is None
    small = np.outer([1, 2, 1], [1.0, 0, -1])
    assert separable.factors(small + 1e-6 * np.eye(3), 2) is None  # nearly is not enough
    volume = np.einsum("i,j,k->ijk", [1.0, 2], [1.0, -1, 3], [2.0, 5])
    a, b, c = separable.factors(volume, 3)
    np.testing.assert_allclose(np.einsum("i,j,k->ijk", a, b, c), volume, atol=1e-12)
    volume[1, 2, 0] += 1e-3
    assert separable.factors(volume, 3) is None


def test_every_kernel_of_a_separable_layer_must_be_an_outer_product():
    _, w, _, spec = layer((1, 2, 6, 6), (3, 2, 3, 3))
    assert separable.obstacle(spec, w) is None
    w[2, 1] += np.eye(3)
    assert "outer product" in separable.obstacle(spec, w)
    with pytest.raises(ValueError, match="outer product"):
        separable.forward(np.ones((1, 2, 6, 6)), w, spec)


@pytest.mark.parametrize("tile", (2, 4))
def test_winograd_matrices_are_exact(tile):
    after, before, samples = (
        [[Fraction(v).limit_denominator(1000) for v in row] for row in matrix]
        for matrix in winograd.MATRICES[tile]
    )
    n = tile + 2
    # sum over m of after[i][m] * before[m][k] * samples[m][j] is 1 where j = i + k, else 0
    for i in range(tile):
        for k in range(3):
            for j in range(n):
                total = sum(after[i][m] * before[m][k] * samples[m][j] for m in range(n))
                assert total == (1 if j == i + k else 0)


@pytest.mark.parametrize("tile", (2, 4))
@pytest.mark.parametrize("block", (1, 2**24))
def test_winograd_gives_the_same_for_both_tiles(tile, block, monkeypatch):
    monkeypatch.setattr(winograd, "_BLOCK", block)
    for spatial in ((3,), (5, 11), (3, 4, 7)):
        x, w, _, spec = layer((3, 4, *spatial), (6, 2, *(3 for _ in spatial)), groups=2, padding=1)
        made = winograd.forward(x, w, spec, tile=tile)
        np.testing.assert_allclose(made, shifted.forward(x, w, spec), atol=1e-11)
        assert made.flags.c_contiguous


def test_winograd_refuses_what_it_cannot_do():
    x, w, dy, spec = layer((1, 1, 7, 7), (1, 1, 3, 3), stride=2)
    for run in passes(winograd, x, w, dy, spec).values():
        with pytest.raises(ValueError, match=r"strides and dilations of 1; got stride \(2, 2\)"):
            run()


@pytest.mark.parametrize("method", ALGORITHMS)
def test_the_cost_counts_what_is_done(method):
    for x_shape, w_shape, options in LAYERS.values():
        x, w, _, spec = layer(x_shape, w_shape, "f4", **options)
        if ALGORITHMS[method].obstacle(spec, w):
            continue
        cost = ALGORITHMS[method].cost(spec)
        assert min(cost.steps, cost.calls, cost.matrix, cost.scaled, cost.transform, cost.moved) >= 0
        assert cost.operations > 0 and cost.seconds(4) > 0 and cost.scratch > 0
        if method in ("direct", "shifted", "im2col"):
            assert cost.operations == spec.multiply_adds
        if method == "separable":
            # at least one pass over the outputs for each tap of each axis, at most over the padded input
            pairs = spec.batch * spec.filters * (spec.channels // spec.groups) * sum(spec.kernel)
            assert pairs * np.prod(spec.output) <= cost.operations <= pairs * np.prod(spec.padded)
