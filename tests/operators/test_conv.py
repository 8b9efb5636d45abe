"""The convolution layer."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from scipy import signal

from lecturelib import conv, conv_backward, conv_transpose, convolve, cross_correlate, output_size
from lecturelib.operators.algorithms.plan import ALGORITHMS, SPREADING
from lecturelib.operators.spec import ConvSpec
from tests.operators.strategies import any_case

METHODS = ("auto", *ALGORITHMS)
EVERYWHERE = tuple(m for m in METHODS if m not in ("separable", "winograd"))  # these need special kernels


@pytest.mark.parametrize("method", (*EVERYWHERE, "separable"))
def test_by_hand(method):
    x = np.array([[[1, 2, 3, 5, 8]]])

    def rounded(w, b=None, **options):
        return conv(x, w, b, method=method, **options).round(9).tolist()

    assert rounded([[[1, 10, 100]]]) == [[[321, 532, 853]]]
    assert rounded([[[1, 10]]], stride=2) == [[[21, 53]]]
    assert rounded([[[1, 10]]], dilation=3) == [[[51, 82]]]
    assert rounded([[[1, 10]]], [1000], padding=((0, 1),)) == [[[1021, 1032, 1053, 1085, 1008]]]


def test_winograd_by_hand():
    x = np.array([[[1, 2, 3, 5, 8]]])
    assert conv(x, [[[1, 10, 100]]], method="winograd").round(9).tolist() == [[[321, 532, 853]]]
    padded = conv(x, [[[1, 10, 100]]], padding=1, method="winograd").round(9).tolist()
    assert padded == [[[210, 321, 532, 853, 85]]]


@pytest.mark.parametrize("method", EVERYWHERE)
def test_channels_add_up(method):
    x = np.arange(18.0).reshape(1, 2, 3, 3)
    w = np.array([[[[1, 0], [0, -1]], [[0, 1], [1, 0]]]])
    assert conv(x, w, method=method).round(9).tolist() == [[[[18, 20], [24, 26]]]]


@pytest.mark.parametrize("method", EVERYWHERE)
def test_groups_know_nothing_of_each_other(method):
    x = np.array([[[1.0, 2], [10, 20], [100, 200], [1000, 2000]]])
    w = np.array([[[1.0], [0]], [[0], [1]], [[1], [1]], [[2], [0]]])
    y = conv(x, w, groups=2, method=method)
    assert y.round(9).tolist() == [[[1, 2], [10, 20], [1100, 2200], [200, 400]]]


def test_even_kernels_same_is_one_place_off_the_signals_same():
    x, k = np.array([1.0, 2, 3, 5, 8]), np.array([1.0, 10])
    layer = conv(x[None, None], k[None, None], padding="same")[0, 0]
    assert layer.tolist() == [21, 32, 53, 85, 8]  # the extra zero after
    assert cross_correlate(x, k, "same").tolist() == [10, 21, 32, 53, 85]  # the extra zero before


def test_padding_in_every_form():
    x, w = (
        np.random.default_rng(0).normal(size=(2, 1, 6, 7)),
        np.random.default_rng(1).normal(size=(1, 1, 3, 4)),
    )
    forms = {
        "same": [((1, 1), (1, 2)), [[1, 1], [1, 2]], (1, (1, 2)), np.array([[1, 1], [1, 2]])],
        "full": [((2, 2), (3, 3)), (2, 3)],
        "valid": [0, (0, 0), ((0, 0), (0, 0))],
    }
    for name, others in forms.items():
        for other in others:
            np.testing.assert_array_equal(conv(x, w, padding=name), conv(x, w, padding=other))
    assert conv(x, w, padding=1).shape == (2, 1, 6, 6)


@pytest.mark.parametrize("axes", (1, 2, 3))
def test_agrees_with_scipy_channel_by_channel(axes):
    rng = np.random.default_rng(axes)
    x = rng.normal(size=(2, 3, *(6, 5, 7)[:axes]))
    w = rng.normal(size=(4, 3, *(3, 2, 4)[:axes]))
    b = rng.normal(size=4)
    for name, mode in (("valid", "valid"), ("full", "full")):
        expected = [
            [sum(signal.correlate(x[n, c], w[f, c], mode) for c in range(3)) + b[f] for f in range(4)]
            for n in range(2)
        ]
        for method in EVERYWHERE:
            np.testing.assert_allclose(conv(x, w, b, padding=name, method=method), expected, atol=1e-12)


@given(any_case())
@settings(max_examples=100)
def test_all_methods_agree_with_the_definition(case):
    x, w, b, spec = case.x, case.w, case.b, case.spec
    y = conv(x, w, b, method="direct", **case.options)
    sizes = zip(spec.spatial, spec.kernel, spec.stride, spec.padding, spec.dilation, strict=True)
    assert y.shape[2:] == tuple(output_size(n, k, stride=s, padding=p, dilation=d) for n, k, s, p, d in sizes)
    for method in case.methods:
        np.testing.assert_allclose(conv(x, w, b, method=method, **case.options), y, rtol=0, atol=1e-10)
    # one entry, the sum written out with convolve: pad, dilate the kernel, flip, take every stride-th
    padded = np.pad(x, [(0, 0), (0, 0), *spec.padding])
    expected = b[-1]
    for c in range(w.shape[1]):
        spread = np.zeros(spec.extent)
        spread[tuple(slice(None, None, d) for d in spec.dilation)] = w[-1, c]
        part = convolve(padded[-1, c - w.shape[1]], np.flip(spread), "valid", method="direct")
        expected = expected + part[tuple(slice(None, None, s) for s in spec.stride)]
    np.testing.assert_allclose(y[-1, -1], expected, atol=1e-12)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("x_type", "w_type", "expected"),
    [
        ("f4", "f4", "f4"),
        ("f8", "f8", "f8"),
        ("f4", "f8", "f8"),
        ("i8", "i8", "f8"),
        ("u1", "f4", "f8"),
        ("?", "?", "f8"),
    ],
)
def test_dtypes(method, x_type, w_type, expected):
    x, w = np.ones((1, 1, 4), x_type), np.ones((1, 1, 3), w_type)
    assert conv(x, w, [0.5], method=method).dtype == np.dtype(expected)
    assert conv(x, w, method=method).dtype == np.dtype(expected)


def test_integers_do_not_wrap_around():
    x = np.full((1, 1, 3), 200, "u1")
    assert conv(x, np.ones((1, 1, 3), "u1")).tolist() == [[[600]]]


@pytest.mark.parametrize("method", METHODS)
def test_inputs_are_left_alone(method):
    rng = np.random.default_rng(0)
    for dtype in ("f4", "f8", "i8"):
        x, w = (10 * rng.normal(size=(2, 2, 5, 6))).astype(dtype), np.ones((2, 2, 3, 3), dtype)
        b = np.ones(2, dtype)
        copies = [a.copy() for a in (x, w, b)]
        for a in (x, w, b):
            a.flags.writeable = False
        y = conv(x, w, b, method=method)
        y[...] = 0
        for a, copy in zip((x, w, b), copies, strict=True):
            np.testing.assert_array_equal(a, copy)


@pytest.mark.parametrize("method", EVERYWHERE)
def test_an_output_is_never_a_view_of_the_input(method):
    x = np.ones((2, 2, 5, 6))
    assert not np.shares_memory(conv(x, np.ones((2, 1, 1, 1)), groups=2, method=method), x)


@pytest.mark.parametrize("method", [m for m in METHODS if m not in SPREADING])
def test_nan_and_infinity_reach_the_windows_that_hold_them(method):
    x = np.ones((1, 1, 9))
    x[0, 0, 2], x[0, 0, 6] = np.nan, np.inf
    y = conv(x, [[[1.0, 2, 0]]], method=method)[0, 0]
    assert np.isnan(y).tolist() == [True] * 3 + [False, True, False, False]  # 0 times infinity is NaN
    assert y[3] == 3 and y[5] == y[6] == np.inf


@pytest.mark.parametrize("method", SPREADING)
def test_methods_that_spread_nan_warn(method):
    x, w = np.ones((1, 1, 9)), np.ones((1, 1, 3))
    x[0, 0, 4] = np.inf
    with pytest.warns(RuntimeWarning, match=f"NaN or infinity, which method '{method}' spreads"):
        conv(x, w, method=method)
    with pytest.warns(RuntimeWarning, match="spreads"):
        conv_backward(np.full((1, 1, 7), np.nan), np.ones((1, 1, 9)), w, method=method)
    with pytest.warns(RuntimeWarning, match="spreads"):
        conv_transpose(x, w, method=method)


def test_linear_in_input_and_kernel():
    rng = np.random.default_rng(0)
    x, z = rng.normal(size=(2, 2, 3, 7, 6))
    w, v = rng.normal(size=(2, 4, 3, 2, 3))
    np.testing.assert_allclose(conv(2 * x + z, w), 2 * conv(x, w) + conv(z, w), atol=1e-12)
    np.testing.assert_allclose(conv(x, 2 * w + v), 2 * conv(x, w) + conv(x, v), atol=1e-12)


def test_spec_is_canonical_and_frozen():
    spec = ConvSpec.from_arguments(
        np.ones((2, 4, 9, 8)), np.ones((6, 2, 3, 2)), stride=(2, 1), padding="same", dilation=[1, 3], groups=2
    )
    assert spec == ConvSpec(
        batch=2,
        channels=4,
        filters=6,
        groups=2,
        spatial=(9, 8),
        kernel=(3, 2),
        stride=(2, 1),
        padding=((1, 1), (1, 2)),
        dilation=(1, 3),
        output=(5, 8),
        dtype=np.dtype(float),
    )
    with pytest.raises(AttributeError, match="cannot assign"):
        spec.groups = 1


X, W = np.ones((1, 4, 5, 6)), np.ones((2, 4, 3, 3))


@pytest.mark.parametrize(
    ("arguments", "options", "error", "message"),
    [
        (
            (X[0, 0], W),
            {},
            ValueError,
            r"x must have shape \(N, C, \*S\) with 1, 2 or 3 spatial axes; got shape \(5, 6\)",
        ),
        ((np.ones((1,) * 6), W), {}, ValueError, "1, 2 or 3 spatial axes"),
        ((X, W[0]), {}, ValueError, r"w must have shape .* with 4 axes like x; got shape \(4, 3, 3\)"),
        (
            (X, W[:, :3]),
            {},
            ValueError,
            r"w must have 4 channels along axis 1 \(4 channels of x in 1 group\)",
        ),
        (
            (X, W),
            {"groups": 2},
            ValueError,
            r"w must have 2 channels along axis 1 \(4 channels of x in 2 groups\)",
        ),
        ((X, W), {"groups": 3}, ValueError, "groups must divide channels and filters; got 3 for 4 and 2"),
        ((X, W), {"groups": 0}, ValueError, "groups must be at least 1; got 0"),
        ((X, W), {"groups": 1.0}, TypeError, "groups must be an integer"),
        ((X, W, [1.0]), {}, ValueError, r"b must have shape \(2,\), one bias a filter; got shape \(1,\)"),
        ((X, W, 1.0), {}, ValueError, r"b must have shape \(2,\).* got shape \(\)"),
        ((X, W), {"stride": 0}, ValueError, "stride must be at least 1; got 0"),
        ((X, W), {"stride": (1, 2, 3)}, ValueError, r"stride must be one integer or 2, .* got \(1, 2, 3\)"),
        ((X, W), {"stride": 1.5}, TypeError, "stride must be an integer; got 1.5"),
        ((X, W), {"dilation": "2"}, TypeError, "dilation must be an integer; got '2'"),
        (
            (X, W),
            {"padding": "wide"},
            ValueError,
            "padding must be one of 'valid', 'same', 'full'; got 'wide'",
        ),
        ((X, W), {"padding": -1}, ValueError, "padding must be at least 0; got -1"),
        (
            (X, W),
            {"padding": (1,)},
            ValueError,
            r"2 integers or \(before, after\) pairs, one for each axis; got \(1,\)",
        ),
        ((X, W), {"padding": ((1, 2, 3), 0)}, ValueError, r"\(before, after\) pair; got \(1, 2, 3\)"),
        ((X, W), {"padding": None}, TypeError, "padding must be an integer; got None"),
        (
            (X, W),
            {"dilation": 3},
            ValueError,
            r"w must fit into the padded input of . samples .* got one that covers 7 \(k=3, dilation=3\)",
        ),
        (
            (X, W),
            {"method": "gemm"},
            ValueError,
            "method must be one of 'auto', 'direct', 'shifted', 'im2col', .*; got 'gemm'",
        ),
        ((X[:0], W), {}, ValueError, "x must not be empty"),
        ((X, W[:0]), {}, ValueError, "w must not be empty"),
        ((X * 1j, W), {}, TypeError, "x must hold real numbers; got an array of dtype complex128"),
        ((X, W, ["a", "b"]), {}, TypeError, "b must hold numbers"),
    ],
)
def test_errors(arguments, options, error, message):
    with pytest.raises(error, match=message):
        conv(*arguments, **options)


def test_every_error_is_the_same_for_every_algorithm():
    for method, (n, k) in itertools.product(METHODS, ((2, 3), (1, 2))):
        with pytest.raises(ValueError, match="w must fit"):
            conv(np.ones((1, 1, n)), np.ones((1, 1, k)), method=method)


def test_ragged_rows_are_refused_by_name():
    with pytest.raises(ValueError, match="w must be an array, with all its rows equally long"):
        conv(X, [[[[1, 2], [3]]]])


def test_long_double_kernels_met_an_svd_that_knows_them_not():
    x, w = np.arange(30.0).reshape(1, 1, 5, 6), np.outer([1, 2, 1], [1, 0, -1]).astype(np.longdouble)
    y = conv(x, w[None, None])
    assert y.dtype == np.longdouble
    np.testing.assert_array_equal(y, conv(x, w[None, None], method="direct"))
    if np.finfo(np.longdouble).eps < np.finfo(float).eps:  # the factors would be double numbers
        with pytest.raises(ValueError, match="method 'separable' needs .*; got others"):
            conv(x, w[None, None], method="separable")


def test_a_gradient_too_large_for_the_dtype_becomes_infinite_in_silence():
    x, w = np.ones((1, 1, 2), np.float32), np.ones((1, 1, 1), np.float32)
    assert np.isinf(conv_backward(np.full((1, 1, 2), 1e200), x, w)[0]).all()


def test_the_message_about_rows_tells_what_came():
    with pytest.raises(ValueError, match="x must be an array, .*; got a list: "):
        conv([[1, 2], [3]], [[[1]]])
