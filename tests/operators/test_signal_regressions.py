"""What broke in convolution and cross-correlation of plain arrays, and was found by the fuzz."""

import numpy as np
import pytest

from lecturelib import convolve, cross_correlate


@pytest.mark.parametrize("function", [convolve, cross_correlate])
def test_a_single_precision_kernel_cost_a_double_precision_signal_its_digits(function):
    """The spectrum of float32 numbers was complex64, and so was the sum of float64 outputs."""
    x, k = np.random.default_rng(0).normal(size=40), np.arange(1, 8, dtype=np.float32)
    y = function(x, k, "full", method="fft")
    assert y.dtype == np.float64
    np.testing.assert_allclose(y, function(x, k, "full", method="direct"), rtol=0, atol=1e-12)


def test_half_precision_with_foreign_bytes_was_refused_by_the_fft():
    x, k = np.array([1, 2, 3], ">f2"), np.array([1, 1], ">f2")
    assert convolve(x, k, method="fft").tolist() == [1, 3, 5, 3]


def test_refusal_of_booleans_tells_what_came():
    with pytest.raises(
        ValueError, match=r"x and k must not both be bool .*; got shapes \(2, 2\) and \(1, 1\)"
    ):
        convolve(np.ones((2, 2), bool), np.ones((1, 1), bool))
