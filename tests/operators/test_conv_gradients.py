"""Gradients of the convolution layer, by every method."""

import numpy as np
import pytest
from hypothesis import given, settings

from lecturelib import conv, conv_backward, convolve, cross_correlate
from lecturelib.operators.algorithms.plan import ALGORITHMS
from tests.operators.strategies import any_case

METHODS = ("auto", *ALGORITHMS)
NAMES = ("dx", "dw", "db")


def central_differences(function, a, weights, h=1e-5):
    """Gradient of the weighted sum of a function's outputs, entry by entry."""
    gradient = np.empty_like(a)
    for i in np.ndindex(a.shape):
        up, down = a.copy(), a.copy()
        up[i] += h
        down[i] -= h
        gradient[i] = ((function(up) - function(down)) * weights).sum() / (2 * h)
    return gradient


@pytest.mark.parametrize("method", METHODS)
def test_by_hand(method):
    dx, dw, db = conv_backward([[[1, 0, 2]]], [[[1, 2, 3, 5, 8]]], [[[1, 10, 100]]], method=method)
    assert dx.round(9).tolist() == [[[1, 10, 102, 20, 200]]]
    assert dw.round(9).tolist() == [[[1 + 2 * 3, 2 + 2 * 5, 3 + 2 * 8]]]
    assert db.tolist() == [3]


def test_two_axes_by_hand():
    x, w = np.arange(1.0, 13).reshape(1, 1, 3, 4), np.array([[[[1.0, 10], [100, 1000]]]])
    dy = np.array([[[[1.0, 0, 0], [0, 0, 2]]]])
    dx, dw, db = conv_backward(dy, x, w)
    assert dx[0, 0].tolist() == [[1, 10, 0, 0], [100, 1000, 2, 20], [0, 0, 200, 2000]]
    assert dw[0, 0].tolist() == [[1 + 2 * 7, 2 + 2 * 8], [5 + 2 * 11, 6 + 2 * 12]]
    assert db.tolist() == [3]


@given(any_case())
@settings(max_examples=120)
def test_all_methods_agree_with_the_definition(case):
    dy = case.output_like()
    expected = conv_backward(dy, case.x, case.w, method="direct", **case.options)
    for method in case.methods:
        found = conv_backward(dy, case.x, case.w, method=method, **case.options)
        for name, a, b in zip(NAMES, expected, found, strict=True):
            np.testing.assert_allclose(b, a, rtol=0, atol=1e-9, err_msg=f"{name} by {method}")
            assert b.shape == a.shape and b.dtype == a.dtype and b.flags.c_contiguous


@given(any_case())
@settings(max_examples=60)
def test_the_gradients_are_transposes(case):
    dy = case.output_like()
    dx, dw, db = conv_backward(dy, case.x, case.w, **case.options)
    by_input = (conv(case.x, case.w, **case.options) * dy).sum()
    np.testing.assert_allclose((dx * case.x).sum(), by_input, atol=1e-9)
    np.testing.assert_allclose((dw * case.w).sum(), by_input, atol=1e-9)
    zero = np.zeros_like(case.w)
    np.testing.assert_allclose((db * case.b).sum(), (conv(case.x, zero, case.b, **case.options) * dy).sum())


CONFIGURATIONS = [
    ((2, 2, 7), (3, 2, 3), {"stride": 2, "padding": 1}),
    ((1, 4, 6, 5), (4, 2, 3, 2), {"stride": (1, 3), "padding": ((1, 2), (0, 1)), "groups": 2}),
    ((2, 3, 7, 8), (3, 1, 2, 3), {"dilation": (3, 2), "padding": "same", "groups": 3}),
    ((1, 1, 5, 6), (2, 1, 3, 3), {"padding": "full", "stride": 3}),
    ((1, 2, 4, 5, 3), (2, 2, 2, 3, 1), {"stride": (2, 1, 2), "padding": (0, 1, 1)}),
]


@pytest.mark.parametrize(("x_shape", "w_shape", "options"), CONFIGURATIONS)
def test_central_differences(x_shape, w_shape, options):
    rng = np.random.default_rng(len(x_shape))
    x, w, b = rng.normal(size=x_shape), rng.normal(size=w_shape), rng.normal(size=w_shape[:1])
    dy = rng.normal(size=conv(x, w, **options).shape)
    found = conv_backward(dy, x, w, **options)
    expected = (
        central_differences(lambda a: conv(a, w, b, **options), x, dy),
        central_differences(lambda a: conv(x, a, b, **options), w, dy),
        central_differences(lambda a: conv(x, w, a, **options), b, dy),
    )
    for a, b in zip(found, expected, strict=True):
        assert np.abs(a - b).max() < 1e-7 * np.abs(b).max()


def test_the_input_gradient_is_a_convolution_and_the_kernel_gradient_a_correlation():
    rng = np.random.default_rng(3)
    x, w, dy = rng.normal(size=(6, 7)), rng.normal(size=(3, 2)), rng.normal(size=(4, 6))
    dx, dw, _ = conv_backward(dy[None, None], x[None, None], w[None, None])
    np.testing.assert_allclose(dx[0, 0], convolve(dy, w, "full"), atol=1e-12)
    np.testing.assert_allclose(dw[0, 0], cross_correlate(x, dy, "valid"), atol=1e-12)


def test_samples_that_no_window_reads_get_no_gradient():
    dx, _, _ = conv_backward(np.ones((1, 1, 2)), np.ones((1, 1, 6)), np.ones((1, 1, 2)), stride=3)
    assert dx.tolist() == [[[1, 1, 0, 1, 1, 0]]]


@pytest.mark.parametrize("method", METHODS)
def test_dtypes_and_inputs(method):
    rng = np.random.default_rng(0)
    for dtype, expected in (("f4", "f4"), ("f8", "f8"), ("i4", "f8")):
        arrays = [(5 * rng.normal(size=s)).astype(dtype) for s in ((2, 4, 3, 4), (2, 2, 5, 6))]
        arrays.append(np.ones((4, 2, 3, 3), dtype))
        copies = [a.copy() for a in arrays]
        for a in arrays:
            a.flags.writeable = False
        gradients = conv_backward(*arrays, method=method)
        assert [g.dtype for g in gradients] == [np.dtype(expected)] * 3
        for g in gradients:
            g[...] = 0
        for a, copy in zip(arrays, copies, strict=True):
            np.testing.assert_array_equal(a, copy)


@pytest.mark.parametrize("method", ("auto", "direct", "shifted", "im2col"))
def test_nan_goes_where_it_contributes(method):
    x, w, dy = np.ones((1, 2, 5)), np.ones((1, 2, 2)), np.ones((1, 1, 4))
    x[0, 0, 2] = np.nan
    dx, dw, db = conv_backward(dy, x, w, method=method)
    assert not np.isnan(dx).any() and not np.isnan(db).any()
    assert np.isnan(dw).tolist() == [[[True, True], [False, False]]]
    dy[0, 0, 3] = np.inf
    dx, _, db = conv_backward(dy, np.ones((1, 2, 5)), w, method=method)
    assert np.isinf(dx[0]).tolist() == [[False] * 3 + [True] * 2] * 2 and np.isinf(db).all()


X, W = np.ones((1, 4, 5, 6)), np.ones((2, 4, 3, 3))


@pytest.mark.parametrize(
    ("arguments", "options", "error", "message"),
    [
        (
            (np.ones((1, 2, 3, 5)), X, W),
            {},
            ValueError,
            r"dy must have shape \(1, 2, 3, 4\), that of the output; got shape \(1, 2, 3, 5\)",
        ),
        ((1.0, X, W), {}, ValueError, r"dy must have shape .* got shape \(\)"),
        (([["a"]], X, W), {}, TypeError, "dy must hold numbers"),
        ((np.ones((1, 2, 3, 4)) * 1j, X, W), {}, TypeError, "dy must hold real numbers"),
        ((np.ones((1, 2, 3, 4)), X[0], W), {}, ValueError, "w must have shape .* 3 axes like x"),
        ((np.ones((1, 2, 3, 4)), X, W), {"stride": -1}, ValueError, "stride must be at least 1; got -1"),
        ((np.ones((1, 2, 3, 4)), X, W), {"method": "best"}, ValueError, "method must be one of"),
        (
            (np.ones((1, 2, 2, 4)), X, W),
            {"stride": (2, 1), "method": "winograd"},
            ValueError,
            r"'winograd' needs strides and dilations of 1; got stride \(2, 1\)",
        ),
        (
            (np.ones((1, 2, 4, 5)), X, W[..., :2, :2]),
            {"method": "winograd"},
            ValueError,
            r"'winograd' needs kernels of 3 taps along every axis; got \(2, 2\)",
        ),
        (
            (np.ones((1, 2, 3, 4)), X, W + np.eye(3)),
            {"method": "separable"},
            ValueError,
            "'separable' needs every kernel to be an outer product",
        ),
        ((np.ones((1, 2, 3, 4)), X, W * np.nan), {"method": "separable"}, ValueError, "needs finite kernels"),
    ],
)
def test_errors(arguments, options, error, message):
    with pytest.raises(error, match=message):
        conv_backward(*arguments, **options)
