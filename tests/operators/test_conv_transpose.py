"""The transposed convolution layer."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lecturelib import conv, conv_transpose, conv_transpose_backward, convolve
from tests.operators.strategies import any_case
from tests.operators.test_conv_gradients import central_differences


def test_by_hand():
    x, w = [[[1, 2, 3]]], [[[1, 10, 100]]]
    assert conv_transpose(x, w).tolist() == [[[1, 12, 123, 230, 300]]]
    assert conv_transpose(x, w, stride=2).tolist() == [[[1, 10, 102, 20, 203, 30, 300]]]
    assert conv_transpose(x, w, stride=2, output_padding=1).tolist() == [[[1, 10, 102, 20, 203, 30, 300, 0]]]
    assert conv_transpose(x, w, [5], stride=2, padding=((1, 2),)).tolist() == [[[15, 107, 25, 208]]]
    assert conv_transpose(x, w, dilation=2).tolist() == [[[1, 2, 13, 20, 130, 200, 300]]]
    assert conv_transpose(x, w, stride=2, padding="same").tolist() == [[[1, 10, 102, 20, 203, 30]]]


def test_full_convolution_is_its_special_case():
    rng = np.random.default_rng(0)
    x, w = rng.normal(size=(4, 5)), rng.normal(size=(2, 3))
    np.testing.assert_allclose(conv_transpose(x[None, None], w[None, None])[0, 0], convolve(x, w), atol=1e-12)


@given(any_case(), st.integers(0, 2))
@settings(max_examples=100)
def test_it_is_the_transpose_of_the_convolution(case, extra):
    spec = case.spec
    x = case.output_like()
    # the convolution's floor drops some inputs: output_padding brings the length back
    room = zip(spec.padded, spec.extent, spec.stride, strict=True)
    missing = tuple((n - e) % s for n, e, s in room)
    options = {**case.options, "output_padding": missing}
    for method in [None, *case.methods]:
        chosen = {} if method is None else {"method": method}
        y = conv_transpose(x, case.w, **options, **chosen)
        assert y.shape == case.x.shape
        left, right = (conv(case.x, case.w, **case.options) * x).sum(), (case.x * y).sum()
        np.testing.assert_allclose(left, right, atol=1e-9)
    assume(all(extra < s for s in spec.stride))
    shorter = {**case.options, "output_padding": extra, "padding": 0}
    made = conv_transpose(x, case.w, **shorter)
    assert conv(made, case.w, **{**case.options, "padding": 0}).shape == x.shape


@pytest.mark.parametrize(
    ("x_shape", "w_shape", "options"),
    [
        ((2, 3, 4), (3, 2, 3), {"stride": 2, "padding": 1, "output_padding": 1}),
        ((1, 4, 3, 4), (4, 1, 3, 2), {"stride": (2, 3), "groups": 2, "padding": ((1, 0), 0)}),
        ((2, 2, 3, 2), (2, 3, 2, 3), {"dilation": (2, 1), "stride": (1, 2), "padding": "same"}),
        ((1, 2, 2, 3, 2), (2, 2, 2, 1, 3), {"stride": (2, 1, 1)}),
    ],
)
def test_gradients_by_central_differences(x_shape, w_shape, options):
    rng = np.random.default_rng(len(x_shape))
    x, w = rng.normal(size=x_shape), rng.normal(size=w_shape)
    y = conv_transpose(x, w, **options)
    b, dy = rng.normal(size=y.shape[1]), rng.normal(size=y.shape)
    found = conv_transpose_backward(dy, x, w, **options)
    expected = (
        central_differences(lambda a: conv_transpose(a, w, b, **options), x, dy),
        central_differences(lambda a: conv_transpose(x, a, b, **options), w, dy),
        central_differences(lambda a: conv_transpose(x, w, a, **options), b, dy),
    )
    for a, e in zip(found, expected, strict=True):
        assert a.shape == e.shape
        assert np.abs(a - e).max() < 1e-7 * np.abs(e).max()


@given(any_case(2))
@settings(max_examples=40)
def test_all_methods_give_the_same_gradients(case):
    x, options = case.output_like(), {**case.options, "padding": 0}
    dy = np.random.default_rng(1).normal(size=conv_transpose(x, case.w, **options).shape)
    expected = conv_transpose_backward(dy, x, case.w, method="direct", **options)
    for method in case.methods:
        found = conv_transpose_backward(dy, x, case.w, method=method, **options)
        for a, b in zip(expected, found, strict=True):
            np.testing.assert_allclose(b, a, rtol=0, atol=1e-9)


def test_dtypes_and_inputs():
    for dtype, expected in (("f4", "f4"), ("f8", "f8"), ("i8", "f8")):
        x, w, b = np.ones((1, 2, 3, 4), dtype), np.ones((2, 3, 2, 2), dtype), np.ones(3, dtype)
        dy = np.ones((1, 3, 4, 5), dtype)
        for a in (x, w, b, dy):
            a.flags.writeable = False
        assert conv_transpose(x, w, b).dtype == np.dtype(expected)
        assert {g.dtype for g in conv_transpose_backward(dy, x, w)} == {np.dtype(expected)}


X, W = np.ones((1, 4, 5, 6)), np.ones((4, 2, 3, 3))


@pytest.mark.parametrize(
    ("arguments", "options", "error", "message"),
    [
        ((X[0, 0], W), {}, ValueError, "x must have shape"),
        (
            (X, W[:3]),
            {},
            ValueError,
            r"w must have shape \(C, F // groups, \*K\) = \(4, F // groups, \*K\) with 4 axes like x; "
            r"got shape \(3, 2, 3, 3\)",
        ),
        ((X, W[0]), {}, ValueError, "with 4 axes like x"),
        ((X, W), {"groups": 3}, ValueError, "groups must divide the channels; got 3 for 4"),
        ((X, W), {"groups": "2"}, TypeError, "groups must be an integer"),
        (
            (X, W, np.ones(3)),
            {},
            ValueError,
            r"b must have shape \(2,\), one bias a filter; got shape \(3,\)",
        ),
        (
            (X, W),
            {"output_padding": 1},
            ValueError,
            r"output_padding must be smaller than the stride \(1, 1\)",
        ),
        ((X, W), {"output_padding": -1}, ValueError, "output_padding must be at least 0; got -1"),
        ((X, W), {"output_padding": (0, 0, 0)}, ValueError, "output_padding must be one integer or 2"),
        (
            (X, W),
            {"stride": 2, "output_padding": 1, "padding": "same"},
            ValueError,
            "output_padding must be 0 with padding 'same'; got 1",
        ),
        (
            (X, W),
            {"padding": 4},
            ValueError,
            r"padding must leave some of 7 places of the output; got \(4, 4\), which are cut off",
        ),
        ((X, W), {"padding": "wide"}, ValueError, "padding must be one of"),
        ((X, W), {"dilation": 0}, ValueError, "dilation must be at least 1; got 0"),
        ((X, W), {"method": "fastest"}, ValueError, "method must be one of"),
    ],
)
def test_errors(arguments, options, error, message):
    with pytest.raises(error, match=message):
        conv_transpose(*arguments, **options)


def test_a_gradient_of_another_shape_is_refused():
    with pytest.raises(ValueError, match=r"dy must have shape \(1, 2, 7, 8\), that of the output; got"):
        conv_transpose_backward(np.ones((1, 2, 7, 7)), X, W)
