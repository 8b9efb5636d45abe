"""Locally connected and tiled layers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lecturelib import (
    conv,
    conv_backward,
    locally_connected,
    locally_connected_backward,
    tiled_conv,
    tiled_conv_backward,
)
from tests.operators.strategies import cases
from tests.operators.test_conv_gradients import central_differences

OPTIONS = [
    ((2, 2, 7), (3, 2, 3), {"stride": 2, "padding": 1}),
    ((1, 3, 6, 5), (2, 3, 3, 2), {"stride": (1, 3), "padding": ((1, 2), (0, 1))}),
    ((2, 2, 5, 6), (2, 2, 2, 3), {"padding": "same", "stride": 2}),
    ((1, 2, 4, 5, 3), (2, 2, 2, 3, 1), {"stride": (2, 1, 1), "padding": (0, 1, 1)}),
]


def local_kernels(rng, w_shape, output):
    return rng.normal(size=(w_shape[0], *output, *w_shape[1:]))


def spread_out(w, output):
    """The same kernel at every place: (F, *O, C, *K)."""
    wide = w.reshape(w.shape[0], *(1 for _ in output), *w.shape[1:])
    return np.broadcast_to(wide, (w.shape[0], *output, *w.shape[1:]))


def test_local_by_hand():
    w = np.array([[[[1.0, 0]], [[0, 1]], [[10, 10]]]])
    b = np.array([[0.0, 0, 1000]])
    assert locally_connected([[[1, 2, 3, 5]]], w, b).tolist() == [[[1, 3, 1080]]]
    dx, dw, db = locally_connected_backward([[[1, 2, 3]]], [[[1, 2, 3, 5]]], w)
    assert dx.tolist() == [[[1, 0, 2 + 30, 30]]]
    assert dw.tolist() == [[[[1, 2]], [[4, 6]], [[9, 15]]]]
    assert db.tolist() == [[1, 2, 3]]


def test_local_is_the_sum_of_six_indices():
    rng = np.random.default_rng(0)
    x, w = rng.normal(size=(2, 3, 5, 6)), rng.normal(size=(2, 2, 4, 3, 3, 2))
    y = locally_connected(x[..., :5], w, stride=(2, 1))
    for n, f, i, j in np.ndindex(2, 2, 2, 4):
        expected = sum(w[f, i, j, c, m, k] * x[n, c, 2 * i + m, j + k] for c, m, k in np.ndindex(3, 3, 2))
        np.testing.assert_allclose(y[n, f, i, j], expected, atol=1e-12)


@given(cases())
@settings(max_examples=50)
def test_equal_slices_make_it_a_convolution(case):
    spec = case.spec
    options = {"stride": spec.stride, "padding": spec.padding}
    w = case.w
    if spec.groups > 1 or any(d > 1 for d in spec.dilation):
        x = case.x[:, : w.shape[1]]
        options["padding"] = "full"
    else:
        x = case.x
    y = conv(x, w, **options)
    local = spread_out(w, y.shape[2:])
    np.testing.assert_allclose(locally_connected(x, local, **options), y, atol=1e-10)
    dy = np.random.default_rng(0).normal(size=y.shape)
    dx, dw, _ = conv_backward(dy, x, w, **options)
    local_dx, local_dw, local_db = locally_connected_backward(dy, x, local, **options)
    np.testing.assert_allclose(local_dx, dx, atol=1e-10)
    np.testing.assert_allclose(local_dw.sum(axis=tuple(range(1, y.ndim - 1))), dw, atol=1e-10)
    np.testing.assert_allclose(local_db, dy.sum(0))


@pytest.mark.parametrize(("x_shape", "w_shape", "options"), OPTIONS)
def test_local_gradients_by_central_differences(x_shape, w_shape, options):
    rng = np.random.default_rng(len(x_shape))
    x = rng.normal(size=x_shape)
    output = conv(x, rng.normal(size=w_shape), **options).shape[2:]
    w, b = local_kernels(rng, w_shape, output), rng.normal(size=(w_shape[0], *output))
    dy = rng.normal(size=(x_shape[0], w_shape[0], *output))
    found = locally_connected_backward(dy, x, w, **options)
    expected = (
        central_differences(lambda a: locally_connected(a, w, b, **options), x, dy),
        central_differences(lambda a: locally_connected(x, a, b, **options), w, dy),
        central_differences(lambda a: locally_connected(x, w, a, **options), b, dy),
    )
    for a, e in zip(found, expected, strict=True):
        assert a.shape == e.shape and np.abs(a - e).max() < 1e-7 * np.abs(e).max()


def test_tiled_by_hand():
    w, b = np.array([[[[1.0, 0]]], [[[1, 1]]]]), np.array([[100.0], [0]])
    assert tiled_conv([[[1, 1, 1, 2, 1, 3, 1]]], w).tolist() == [[[1, 2, 1, 3, 1, 4]]]
    assert tiled_conv([[[1, 2, 3, 5]]], w, b).tolist() == [[[101, 5, 103]]]
    dx, dw, db = tiled_conv_backward([[[1, 2, 3]]], [[[1, 2, 3, 5]]], w)
    assert dx.tolist() == [[[1, 2, 2 + 3, 0]]]
    assert dw.tolist() == [[[[1 + 9, 2 + 15]]], [[[4, 6]]]]
    assert db.tolist() == [[4], [2]]


@given(cases(most_axes=2), st.tuples(st.integers(1, 3), st.integers(1, 3)))
@settings(max_examples=50)
def test_a_unit_uses_the_kernel_of_its_place_modulo_the_tiles(case, tiles):
    spec = case.spec
    axes = len(spec.kernel)
    tiles, x = tiles[:axes], case.x[:, : case.w.shape[1]]
    options = {"stride": spec.stride, "padding": "full"}
    rng = np.random.default_rng(0)
    w, b = rng.normal(size=(*tiles, *case.w.shape)), rng.normal(size=(*tiles, len(case.w)))
    y = tiled_conv(x, w, b, **options)
    for tile in np.ndindex(*tiles):
        turn = (..., *(slice(first, None, t) for first, t in zip(tile, tiles, strict=True)))
        np.testing.assert_allclose(y[turn], conv(x, w[tile], b[tile], **options)[turn], atol=1e-10)
    # tiles are a locally connected layer in which some kernels are equal
    place = np.indices(y.shape[2:])
    chosen = w[tuple(p % t for p, t in zip(place, tiles, strict=True))]  # (*O, F, C, *K)
    local = np.moveaxis(chosen, axes, 0)
    biases = np.moveaxis(b[tuple(p % t for p, t in zip(place, tiles, strict=True))], axes, 0)
    np.testing.assert_allclose(locally_connected(x, local, biases, **options), y, atol=1e-10)


@pytest.mark.parametrize(("x_shape", "w_shape", "options"), OPTIONS)
@pytest.mark.parametrize("tile", (1, 2, 3))
def test_tiled_gradients_by_central_differences(x_shape, w_shape, options, tile):
    rng = np.random.default_rng(len(x_shape))
    axes = len(x_shape) - 2
    tiles = (tile, 2, 1)[:axes]
    x, w = rng.normal(size=x_shape), rng.normal(size=(*tiles, *w_shape))
    b = rng.normal(size=(*tiles, w_shape[0]))
    dy = rng.normal(size=tiled_conv(x, w, **options).shape)
    found = tiled_conv_backward(dy, x, w, **options)
    expected = (
        central_differences(lambda a: tiled_conv(a, w, b, **options), x, dy),
        central_differences(lambda a: tiled_conv(x, a, b, **options), w, dy),
        central_differences(lambda a: tiled_conv(x, w, a, **options), b, dy),
    )
    for a, e in zip(found, expected, strict=True):
        assert a.shape == e.shape and np.abs(a - e).max() < 1e-7 * np.abs(e).max()


def test_more_tiles_than_outputs_leave_kernels_idle():
    w = np.arange(1.0, 6).reshape(5, 1, 1, 1)
    assert tiled_conv(np.ones((1, 1, 3)), w).tolist() == [[[1, 2, 3]]]
    _, dw, db = tiled_conv_backward(np.ones((1, 1, 3)), np.ones((1, 1, 3)), w)
    assert dw.ravel().tolist() == db.ravel().tolist() == [1, 1, 1, 0, 0]


def test_a_tiled_layer_follows_shifts_by_whole_tiles_only():
    rng = np.random.default_rng(0)
    x, w = np.zeros((1, 1, 20)), rng.normal(size=(2, 1, 1, 3))
    x[0, 0, 6:12] = rng.normal(size=6)
    y = tiled_conv(x, w)
    np.testing.assert_array_equal(tiled_conv(np.roll(x, 2, -1), w), np.roll(y, 2, -1))
    assert np.abs(tiled_conv(np.roll(x, 1, -1), w) - np.roll(y, 1, -1)).max() > 0.1


LAYERS = {
    "local": (locally_connected, locally_connected_backward, (3, 2, 4, 2, 2, 3), (3, 2, 4)),
    "tiled": (tiled_conv, tiled_conv_backward, (2, 3, 3, 2, 2, 3), (2, 3, 3)),
}


@pytest.mark.parametrize("name", LAYERS)
def test_dtypes_and_inputs(name):
    forward, backward, w_shape, b_shape = LAYERS[name]
    for dtype, expected in (("f4", "f4"), ("f8", "f8"), ("i8", "f8"), ("?", "f8")):
        arrays = [np.ones(s, dtype) for s in ((2, 2, 3, 6), w_shape, b_shape, (2, 3, 2, 4))]
        for a in arrays:
            a.flags.writeable = False
        x, w, b, dy = arrays
        assert forward(x, w, b).dtype == np.dtype(expected)
        assert [g.dtype for g in backward(dy, x, w)] == [np.dtype(expected)] * 3


X = np.ones((1, 2, 3, 6))
LOCAL, TILED = np.ones((3, 2, 4, 2, 2, 3)), np.ones((2, 3, 3, 2, 2, 3))


@pytest.mark.parametrize(
    ("function", "arguments", "options", "error", "message"),
    [
        (locally_connected, (X[0, 0], LOCAL), {}, ValueError, "x must have shape"),
        (
            locally_connected,
            (X, LOCAL[0]),
            {},
            ValueError,
            r"w must have shape \(F, \*O, C, \*K\) with 6 axes for an x of 4; got shape \(2, 4, 2, 2, 3\)",
        ),
        (
            locally_connected,
            (X, LOCAL[:, :, :, :1]),
            {},
            ValueError,
            r"w must have 2 channels along axis 3, like x; got shape \(3, 2, 4, 1, 2, 3\)",
        ),
        (
            locally_connected,
            (X, LOCAL),
            {"padding": 1},
            ValueError,
            r"w must have one kernel for each of the output's places \(4, 6\) along axes 1 to 2; got shape",
        ),
        (
            locally_connected,
            (X, LOCAL, np.ones(3)),
            {},
            ValueError,
            r"b must have shape \(3, 2, 4\), one bias a filter and place; got shape \(3,\)",
        ),
        (locally_connected, (X, "w"), {}, TypeError, "w must hold numbers"),
        (locally_connected, (X, LOCAL), {"stride": 0}, ValueError, "stride must be at least 1"),
        (
            tiled_conv,
            (X, TILED[0]),
            {},
            ValueError,
            r"w must have shape \(\*T, F, C, \*K\) with 6 axes for an x of 4; got shape \(3, 3, 2, 2, 3\)",
        ),
        (tiled_conv, (X, TILED[:, :, :, :1]), {}, ValueError, "w must have 2 channels along axis 3, like x"),
        (
            tiled_conv,
            (X, TILED, np.ones(3)),
            {},
            ValueError,
            r"b must have shape \(2, 3, 3\), one bias a kernel; got shape \(3,\)",
        ),
        (tiled_conv, (X, TILED), {"padding": "no"}, ValueError, "padding must be one of"),
        (tiled_conv, (X[..., :2], TILED), {}, ValueError, "w must fit"),
    ],
)
def test_errors(function, arguments, options, error, message):
    with pytest.raises(error, match=message):
        function(*arguments, **options)


@pytest.mark.parametrize("name", LAYERS)
def test_a_gradient_of_another_shape_is_refused(name):
    _, backward, w_shape, _ = LAYERS[name]
    with pytest.raises(ValueError, match=r"dy must have shape \(1, 3, 2, 4\), that of the output; got"):
        backward(np.ones((1, 3, 2, 5)), X, np.ones(w_shape))


@pytest.mark.parametrize("function", [locally_connected_backward, tiled_conv_backward])
def test_infinities_that_meet_in_a_gradient_gave_a_warning(function):
    """Two windows, one gradient of each sign, and an input in both."""
    w = np.ones((1, 2, 1, 2)) if function is locally_connected_backward else np.ones((2, 1, 1, 2))
    dx, _, _ = function([[[np.inf, -np.inf]]], np.ones((1, 1, 3)), w)
    np.testing.assert_array_equal(dx, [[[np.inf, np.nan, -np.inf]]])
