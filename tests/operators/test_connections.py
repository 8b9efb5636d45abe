"""Partially connected layers and their tables."""

import numpy as np
import pytest
from hypothesis import given, settings

from lecturelib import conv, partially_connected, partially_connected_backward, random_connections
from tests.operators.strategies import cases
from tests.operators.test_conv_gradients import central_differences

TABLE = np.array([[True, False, True], [False, True, False]])


def test_by_hand():
    x = np.array([[[1.0, 2], [10, 20], [100, 200]]])
    w = np.array([[1.0], [2], [3]])  # 0 reads channels 0 and 2, 1 reads channel 1
    assert partially_connected(x, w, TABLE, [0.5, 0]).tolist() == [[[201.5, 402 + 0.5], [30, 60]]]
    dx, dw, db = partially_connected_backward([[[1, 0], [0, 5]]], x, w, TABLE)
    assert dx.tolist() == [[[1, 0], [0, 15], [2, 0]]]
    assert dw.tolist() == [[1], [100], [100]]
    assert db.tolist() == [1, 5]


def test_a_map_is_the_sum_of_the_convolutions_of_its_inputs():
    rng = np.random.default_rng(0)
    table = random_connections(rng, 6, 5, 2)
    x, w = rng.normal(size=(2, 5, 7, 8)), rng.normal(size=(12, 3, 2))
    y = partially_connected(x, w, table, stride=2, padding=1)
    for f, row in enumerate(table):
        parts = [
            conv(x[:, [c]], w[2 * f + i, None, None], stride=2, padding=1)
            for i, c in enumerate(np.flatnonzero(row))
        ]
        np.testing.assert_allclose(y[:, f], sum(parts)[:, 0], atol=1e-12)


@given(cases(most_axes=2))
@settings(max_examples=40)
def test_a_full_table_is_a_convolution(case):
    w = case.w
    x, options = case.x[:, : w.shape[1]], {"stride": case.spec.stride, "dilation": case.spec.dilation}
    table = np.ones(w.shape[:2], bool)
    flat = w.reshape(-1, *w.shape[2:])
    np.testing.assert_allclose(
        partially_connected(x, flat, table, **options), conv(x, w, **options), atol=1e-10
    )


@pytest.mark.parametrize(
    ("spatial", "kernel", "options"),
    [
        ((7,), (3,), {"stride": 2, "padding": 1}),
        ((5, 6), (3, 2), {"stride": (1, 2), "padding": "same", "dilation": (1, 2)}),
        ((3, 4, 3), (2, 1, 2), {"padding": ((0, 1), 0, 1)}),
    ],
)
def test_gradients_by_central_differences(spatial, kernel, options):
    rng = np.random.default_rng(len(spatial))
    table = np.array([[1, 0, 1], [1, 1, 1], [0, 1, 0], [0, 0, 0]], bool)  # uneven rows, one empty
    x, w, b = rng.normal(size=(2, 3, *spatial)), rng.normal(size=(6, *kernel)), rng.normal(size=4)
    dy = rng.normal(size=partially_connected(x, w, table, **options).shape)
    found = partially_connected_backward(dy, x, w, table, **options)
    expected = (
        central_differences(lambda a: partially_connected(a, w, table, b, **options), x, dy),
        central_differences(lambda a: partially_connected(x, a, table, b, **options), w, dy),
        central_differences(lambda a: partially_connected(x, w, table, a, **options), b, dy),
    )
    for a, e in zip(found, expected, strict=True):
        assert a.shape == e.shape and np.abs(a - e).max() < 1e-7 * np.abs(e).max()


def test_nan_stays_with_the_maps_that_read_it():
    rng = np.random.default_rng(0)
    x, w, b = rng.normal(size=(1, 3, 5)), rng.normal(size=(3, 2)), np.array([1.0, 2])
    clean = partially_connected(x, w, TABLE, b)
    spoiled = x.copy()
    spoiled[0, 2, 0] = np.nan  # read by map 0 alone
    y = partially_connected(spoiled, w, TABLE, b)
    assert np.isnan(y[0]).tolist() == [[True, False, False, False], [False] * 4]
    np.testing.assert_allclose(y[0, 1], clean[0, 1])
    dx, dw, db = partially_connected_backward(np.ones((1, 2, 4)), spoiled, w, TABLE)
    clean_dx, clean_dw, clean_db = partially_connected_backward(np.ones((1, 2, 4)), x, w, TABLE)
    np.testing.assert_allclose(dx, clean_dx)
    np.testing.assert_allclose(db, clean_db)
    assert np.isnan(dw).tolist() == [[False] * 2, [True, False], [False] * 2]
    np.testing.assert_allclose(dw[[0, 2]], clean_dw[[0, 2]])
    dy = np.ones((1, 2, 4))
    dy[0, 0, 0] = np.inf
    dx = partially_connected_backward(dy, x, w, TABLE)[0]
    assert np.isfinite(dx[0, 1]).all() and not np.isfinite(dx[0, 0, :2]).any()


def test_random_connections():
    table = random_connections(np.random.default_rng(0), 256, 64, 16)
    assert table.dtype == bool and table.shape == (256, 64)
    assert (table.sum(1) == 16).all() and table.sum(0).mean() == 64
    assert len({row.tobytes() for row in table}) == 256
    np.testing.assert_array_equal(table, random_connections(np.random.default_rng(0), 256, 64, 16))
    assert random_connections(np.random.default_rng(0), 2, 3, 3).all()


def test_dtypes_and_inputs():
    for dtype, expected in (("f4", "f4"), ("f8", "f8"), ("i8", "f8")):
        arrays = [np.ones(s, dtype) for s in ((2, 3, 4), (3, 2), (2,), (2, 2, 3))]
        for a in arrays:
            a.flags.writeable = False
        x, w, b, dy = arrays
        assert partially_connected(x, w, TABLE, b).dtype == np.dtype(expected)
        assert {g.dtype for g in partially_connected_backward(dy, x, w, TABLE)} == {np.dtype(expected)}


X, W = np.ones((1, 3, 5)), np.ones((3, 2))


@pytest.mark.parametrize(
    ("arguments", "options", "error", "message"),
    [
        (
            (X, W, TABLE.astype(int)),
            {},
            TypeError,
            "table must hold True and False; got an array of dtype int",
        ),
        (
            (X, W, TABLE[:, :2]),
            {},
            ValueError,
            r"table must have shape \(F, 3\), a row a filter and a column a channel of x; got shape \(2, 2\)",
        ),
        (
            (X, np.ones((4, 2)), TABLE),
            {},
            ValueError,
            r"w must have shape \(3, \*K\) with 1 axes in K, one kernel for each connection of the table; "
            r"got shape \(4, 2\)",
        ),
        ((X, np.ones((3, 2, 2)), TABLE), {}, ValueError, r"w must have shape \(3, \*K\)"),
        ((X, W, TABLE, np.ones(3)), {}, ValueError, r"b must have shape \(2,\), one bias a filter"),
        ((X[0], W, TABLE), {}, ValueError, "x must have shape"),
        ((X, W, TABLE), {"stride": 1.5}, TypeError, "stride must be an integer; got 1.5"),
        ((X, W, TABLE), {"method": "all"}, ValueError, "method must be one of"),
        ((X, W, TABLE), {"dilation": 5}, ValueError, "w must fit"),
    ],
)
def test_errors(arguments, options, error, message):
    with pytest.raises(error, match=message):
        partially_connected(*arguments, **options)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((0, 2, 3, 1), TypeError, "rng must be a numpy.random.Generator; got int"),
        ((np.random.default_rng(0), 0, 3, 1), ValueError, "filters must be at least 1; got 0"),
        ((np.random.default_rng(0), 2, 3, 4), ValueError, "reads must be at most the 3 channels; got 4"),
        ((np.random.default_rng(0), 2, 3, 0), ValueError, "reads must be at least 1; got 0"),
    ],
)
def test_errors_of_the_table(arguments, error, message):
    with pytest.raises(error, match=message):
        random_connections(*arguments)


def test_a_gradient_of_another_shape_is_refused():
    with pytest.raises(ValueError, match=r"dy must have shape \(1, 2, 4\), that of the output; got"):
        partially_connected_backward(np.ones((1, 2, 3)), X, W, TABLE)


def test_infinities_of_both_signs_in_a_bias_gradient_gave_a_warning():
    _, _, db = partially_connected_backward([[[np.inf, -np.inf]]], [[[1, 2]]], [[1]], np.array([[True]]))
    assert np.isnan(db).all()
