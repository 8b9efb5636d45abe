"""Long signals are convolved piece by piece."""

import numpy as np
import pytest

from lecturelib import convolve
from lecturelib.operators import signals


@pytest.mark.parametrize(("kernels", "samples"), [(1, 1), (2, 7), (9, 2**13)])
@pytest.mark.parametrize("dtype", ("f8", "f4", "c16", "i8"))
def test_overlap_add_gives_the_same_whatever_its_pieces(kernels, samples, dtype, monkeypatch):
    monkeypatch.setattr(signals, "_KERNELS_OF_A_PIECE", kernels)
    monkeypatch.setattr(signals, "_SAMPLES_OF_A_PIECE", samples)
    rng = np.random.default_rng(kernels)
    for x_shape, k_shape in (
        ((50,), (3,)),
        ((4,), (31,)),
        ((23, 4), (2, 5)),
        ((3, 40), (3, 2)),
        ((9, 3, 20), (2, 3, 4)),
    ):
        x, k = ((9 * rng.normal(size=shape)).astype(dtype) for shape in (x_shape, k_shape))
        found, expected = convolve(x, k, method="fft"), convolve(x, k, method="direct")
        assert found.dtype == expected.dtype
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-3 if dtype == "f4" else 1e-9)


def test_long_signals_are_cut_and_short_ones_are_not():
    assert signals._piece_length((160000,), (401,)) == (0, 8192)
    assert signals._piece_length((512, 4000), (9, 31)) == (1, 279)
    assert signals._piece_length((500,), (401,)) == (0, 500)
