"""Pools: numbers by hand, plain loops as oracle, dtypes, special values, memory."""

import itertools
import tracemalloc
from fractions import Fraction
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from lecturelib import box, conv, gaussian
from lecturelib.operators.pooling import (
    adaptive_pool,
    avg_pool,
    distance_weights,
    global_pool,
    lp_pool,
    max_pool,
    maxout,
    weighted_pool,
)

SQUARE = np.arange(16).reshape(1, 1, 4, 4)


def row(*values):
    return np.array([[values]], float)


def test_two_by_two_blocks_by_hand():
    assert max_pool(SQUARE, 2).tolist() == [[[[5, 7], [13, 15]]]]
    assert avg_pool(SQUARE, 2).tolist() == [[[[2.5, 4.5], [10.5, 12.5]]]]
    assert lp_pool(SQUARE, 2, p=1).tolist() == [[[[10, 18], [42, 50]]]]
    assert weighted_pool(SQUARE, [[1, 0], [0, 10]]).tolist() == [[[[50, 72], [138, 160]]]]


def test_the_figures_of_the_sources():
    same = partial(max_pool, size=3, stride=1, padding="same")
    assert same(row(0.1, 1, 0.2, 0.1)).tolist() == [[[1, 1, 1, 0.2]]]
    assert same(row(0.3, 0.1, 1, 0.2)).tolist() == [[[0.3, 1, 1, 1]]]
    # width 3, stride 2: the last window is smaller, and must be kept
    assert max_pool(row(0.1, 1, 0.2, 0.1, 0, 0.1), 3, stride=2, ceil=True).tolist() == [[[1, 0.2, 0.1]]]
    weights = distance_weights((3, 3))
    assert [round(w, 4) for w in (weights[1, 1], weights[0, 1], weights[2, 2])] == [0.2042, 0.1238, 0.0751]
    assert adaptive_pool(np.arange(35).reshape(1, 1, 5, 7), 2).ravel().tolist() == [9, 13, 30, 34]


def test_padding_never_wins():
    assert max_pool(row(-3, -1, -2), 3, stride=1, padding="same").tolist() == [[[-1, -1, -1]]]  # not 0, -1, 0
    assert max_pool(row(-np.inf, -np.inf), 2, stride=1, padding=1).tolist() == [[[-np.inf] * 3]]


def test_six_inputs_in_windows_of_three_with_stride_two():
    x = row(1, 2, 3, 4, 5, 6)
    assert max_pool(x, 3, stride=2).tolist() == [[[3, 5]]]
    assert max_pool(x, 3, stride=2, ceil=True).tolist() == [[[3, 5, 6]]]
    assert avg_pool(x, 3, stride=2, ceil=True).tolist() == [[[2, 4, 5.5]]]
    assert avg_pool(x, 3, stride=2, ceil=True, count_include_pad=True).tolist() == [[[2, 4, 5.5]]]
    assert lp_pool(x, 3, stride=2, p=1, ceil=True).tolist() == [[[6, 12, 11]]]


def test_average_with_and_without_padding():
    x = row(3, 6, 9)
    assert avg_pool(x, 3, stride=1, padding=1).tolist() == [[[4.5, 6, 7.5]]]
    assert avg_pool(x, 3, stride=1, padding=1, count_include_pad=True).tolist() == [[[3, 6, 5]]]


def test_stride_is_pooling_everywhere_and_keeping_every_fifth():
    x = np.random.default_rng(0).normal(size=(1, 2, 75, 75))
    for pool in (max_pool, avg_pool, lp_pool):
        y = pool(x, 10, stride=5)
        assert y.shape == (1, 2, 14, 14)
        everywhere = pool(x, 10, stride=1)
        assert everywhere.shape == (1, 2, 66, 66)
        np.testing.assert_array_equal(y, everywhere[:, :, ::5, ::5])


def test_average_is_a_depthwise_convolution_with_a_box():
    x = np.random.default_rng(0).normal(size=(2, 3, 9, 11))
    kernels = np.tile(box((3, 2)), (3, 1, 1, 1))
    blurred = conv(x, kernels, groups=3)
    np.testing.assert_allclose(avg_pool(x, (3, 2), stride=2), blurred[:, :, ::2, ::2], atol=1e-13)
    np.testing.assert_allclose(weighted_pool(x, box((3, 2)), stride=2), blurred[:, :, ::2, ::2], atol=1e-13)


def test_weights_are_not_flipped_and_used_as_they_are():
    assert weighted_pool(row(1, 2, 3, 5), [1, 10, 100], stride=1).tolist() == [[[321, 532]]]
    assert weighted_pool(row(1, 2, 3, 5), [1, 10]).tolist() == [[[21, 53]]]  # the stride is the size


def test_max_agrees_with_scipys_filter():
    x = np.random.default_rng(0).normal(size=(1, 1, 7, 8))
    expected = ndimage.maximum_filter(x[0, 0], (3, 5), mode="constant", cval=-np.inf)
    np.testing.assert_array_equal(max_pool(x, (3, 5), stride=1, padding="same")[0, 0], expected)


@pytest.mark.parametrize(
    ("p", "expected"), [(1, 10), (2, np.sqrt(30)), (3, 100 ** (1 / 3)), (np.inf, 4), (64, 4.00000000062)]
)
def test_lp_of_one_to_four(p, expected):
    for x in (row(1, 2, 3, 4), row(-1, 2, -3, -4)):
        np.testing.assert_allclose(lp_pool(x, 4, p=p), [[[expected]]], rtol=1e-11)


@pytest.mark.parametrize("value", [1e5, 1e-5])
@pytest.mark.parametrize("p", [2, 2.5, 64, 1e6, np.inf])
def test_large_powers_neither_overflow_nor_vanish(value, p):
    x = np.zeros((1, 1, 4), np.float32)
    x[0, 0, 2] = value
    assert lp_pool(x, 4, p=p).item() == np.float32(value)
    x[0, 0] = [value, -value, value, value]
    np.testing.assert_allclose(lp_pool(x, 4, p=p), [[[value * 4 ** (1 / p)]]], rtol=1e-6)


def test_lp_of_zeros_is_zero():
    for p in (1, 2, 7, np.inf):
        assert lp_pool(np.zeros((1, 1, 4)), 2, p=p).tolist() == [[[0, 0]]]


def test_distance_weights():
    np.testing.assert_allclose(distance_weights((5, 5), 1.5), gaussian(5, 1.5), atol=1e-15)
    assert distance_weights((2,)).tolist() == [0.5, 0.5]
    d2 = np.arange(-1, 2)[:, None] ** 2 + np.arange(-1.5, 2) ** 2
    expected = np.exp(-d2 / 8)
    np.testing.assert_allclose(distance_weights((3, 4), 2), expected / expected.sum(), atol=1e-15)
    assert distance_weights([3], np.inf).tolist() == [1 / 3] * 3
    assert distance_weights((3, 2), 1e-200).tolist() == [[0, 0], [0.5, 0.5], [0, 0]]


def test_maxout_by_hand():
    x = np.arange(-2.0, 3)
    assert maxout(np.stack([x, -x])[None], 2).tolist() == [[np.abs(x).tolist()]]
    assert maxout([[1, 5, 3, 2, 0, 4]], 3).tolist() == [[5, 4]]  # runs of neighbours: not 2, 5, 4
    assert maxout([[1, 5, 3, 2, 0, 4]], 2).tolist() == [[5, 3, 4]]
    assert maxout([1, 5, 3, 2], 2, axis=0).tolist() == [5, 3]
    x = np.random.default_rng(0).normal(size=(2, 3, 4, 5))
    for axis, pieces in ((0, 2), (1, 3), (2, 2), (-2, 4), (-1, 1)):
        parts = np.split(x, x.shape[axis] // pieces, axis)
        expected = np.concatenate([part.max(axis, keepdims=True) for part in parts], axis)
        np.testing.assert_array_equal(maxout(x, pieces, axis=axis), expected)


def test_bins_and_the_whole():
    x = np.random.default_rng(0).normal(size=(2, 3, 5, 7))
    np.testing.assert_allclose(global_pool(x, how="average"), x.mean((2, 3)), atol=1e-15)
    np.testing.assert_array_equal(global_pool(x), x.max((2, 3)))
    np.testing.assert_array_equal(adaptive_pool(x, (5, 7)), x)
    y = adaptive_pool(x, (2, 3), how="average")
    np.testing.assert_allclose(y[:, :, 1, 2], x[:, :, 2:, 4:].mean((2, 3)), atol=1e-15)
    np.testing.assert_array_equal(
        adaptive_pool(x[..., :6], (5, 3)), max_pool(x[..., :6], (1, 2))
    )  # bins of one size are windows
    for shape in ((1, 2, 17, 23), (1, 2, 40, 31)):  # inputs of every size give as many features
        assert adaptive_pool(np.ones(shape), 2).shape == (1, 2, 2, 2)


AXIS = st.tuples(
    st.integers(1, 3), st.integers(1, 3), st.integers(1, 2), st.integers(0, 2), st.integers(0, 2)
)


@given(st.lists(AXIS, min_size=1, max_size=3), st.integers(0, 99), st.booleans())
@settings(max_examples=80)
def test_every_window_by_plain_loops(axes, seed, ceil):
    rng = np.random.default_rng(seed)
    size, stride, dilation, before, after = zip(*axes, strict=True)
    padding = tuple((min(b, k - 1), min(a, k - 1)) for b, a, k in zip(before, after, size, strict=True))
    spatial = tuple(d * (k - 1) + 1 + i for i, (k, d) in enumerate(zip(size, dilation, strict=True)))
    x = rng.normal(size=(2, 2, *spatial))
    options = {"stride": stride, "dilation": dilation, "padding": padding, "ceil": ceil}
    y = max_pool(x, size, **options)
    pools = {
        "average": avg_pool(x, size, **options),
        "padded": avg_pool(x, size, **options, count_include_pad=True),
        **{p: lp_pool(x, size, p=p, **options) for p in (1, 2, 3.5, np.inf)},
    }
    for place in np.ndindex(*y.shape[2:]):
        values, padded = [], 0
        for tap in np.ndindex(*size):
            steps = zip(place, stride, tap, dilation, padding, strict=True)
            at = tuple(i * s + t * d - before for i, s, t, d, (before, _) in steps)
            if all(0 <= a < n for a, n in zip(at, spatial, strict=True)):
                values.append(x[(..., *at)])
            padded += all(-b <= a < n + c for a, n, (b, c) in zip(at, spatial, padding, strict=True))
        window = np.array(values)
        here = (..., *place)
        np.testing.assert_array_equal(y[here], window.max(0))
        np.testing.assert_allclose(pools["average"][here], window.mean(0), atol=1e-13)
        np.testing.assert_allclose(pools["padded"][here], window.sum(0) / padded, atol=1e-13)
        for p in (1, 2, 3.5, np.inf):
            expected = np.linalg.norm(window.reshape(len(values), -1), p, axis=0).reshape(2, 2)
            np.testing.assert_allclose(pools[p][here], expected, rtol=1e-12)


POOLS = {
    "max": partial(max_pool, size=2),
    "average": partial(avg_pool, size=2),
    "l1": partial(lp_pool, size=2, p=1),
    "l3": partial(lp_pool, size=2, p=3),
    "l_inf": partial(lp_pool, size=2, p=np.inf),
    "maxout": partial(maxout, pieces=2),
    "adaptive max": partial(adaptive_pool, bins=2),
    "adaptive average": partial(adaptive_pool, bins=2, how="average"),
    "global max": global_pool,
    "global average": partial(global_pool, how="average"),
}


@pytest.mark.parametrize("name", POOLS)
@pytest.mark.parametrize(
    ("given_type", "expected"),
    [("f2", "f2"), ("f4", "f4"), ("f8", "f8"), ("i8", "f8"), ("u1", "f8"), ("?", "f8")],
)
def test_dtypes(name, given_type, expected):
    assert POOLS[name](np.ones((1, 2, 4, 6), given_type)).dtype == np.dtype(expected)
    assert POOLS[name](np.ones((1, 2, 4, 6), given_type).tolist()).dtype == np.dtype("f8")


def test_weighted_pools_keep_the_dtype_of_the_input():
    x, weights = np.ones((1, 1, 4), "f4"), np.ones(2)
    assert weighted_pool(x, weights).dtype == np.dtype("f4")
    assert weighted_pool(x, weights.astype("f4")).dtype == np.dtype("f4")


def test_the_power_may_be_any_real_number():
    x = np.array([[[3, 4]]], np.float32)
    for p in (1.5, np.float64(1.5), Fraction(3, 2)):
        assert lp_pool(x, 2, p=p).dtype == np.dtype("f4")
        assert lp_pool(x, 2, p=p).item() == pytest.approx((3**1.5 + 4**1.5) ** (2 / 3))


@pytest.mark.parametrize("name", POOLS)
def test_inputs_are_left_alone_and_not_handed_out(name):
    x = np.random.default_rng(0).normal(size=(2, 2, 4, 6))
    copy = x.copy()
    x.flags.writeable = False
    y = POOLS[name](x)
    y[...] = 0
    np.testing.assert_array_equal(x, copy)
    for same in (max_pool(x, 1), avg_pool(x, 1), adaptive_pool(x, (4, 6)), maxout(x, 1), lp_pool(x, 1)):
        assert not np.shares_memory(same, x)


@pytest.mark.parametrize("name", POOLS)
def test_nan_reaches_its_windows_and_no_other(name):
    x = np.ones((2, 2, 4, 6))
    x[0, 0, 0, 1] = np.nan
    y = POOLS[name](x)
    assert np.isnan(y).sum() == 1
    assert np.isnan(y.ravel()[1 if name == "maxout" else 0])


def test_infinity_is_the_largest():
    x = row(-np.inf, 1, np.inf, 2)
    assert max_pool(x, 2).tolist() == [[[1, np.inf]]]
    assert avg_pool(x, 2).tolist() == [[[-np.inf, np.inf]]]
    for p in (1, 2, 64, np.inf):
        assert lp_pool(x, 2, p=p).tolist() == [[[np.inf, np.inf]]]


def test_half_precision_is_summed_in_single():
    x = np.full((1, 1, 5000), 20, np.float16)  # the sum is beyond float16; so is the sum of 2049 ones
    assert avg_pool(x, 5000).item() == 20
    assert global_pool(x, how="average").item() == 20
    assert abs(lp_pool(x / 20, 5000, p=2).item() - np.sqrt(5000)) < 0.05
    assert weighted_pool(x, np.full(5000, 1 / 5000, np.float16)).item() == pytest.approx(20, rel=1e-3)


@pytest.mark.parametrize(
    ("pool", "options"),
    [(max_pool, {}), (avg_pool, {}), (max_pool, {"padding": 1}), (avg_pool, {"padding": 1, "stride": 1})],
)
@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_memory_beyond_the_output(pool, options, dtype):
    x = np.ones((8, 64, 64, 64), dtype)
    pool(x, 3, **options)
    tracemalloc.start()
    try:
        y = pool(x, 3, **options)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    places = 64 * 64  # avg_pool counts the inputs of each, as an integer and as a float
    assert peak <= y.nbytes + 2 * 8 * places + 220_000 < y.nbytes + x.nbytes / 8


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: lp_pool(SQUARE, 2, p=0.5), ValueError, "p must be at least 1; got 0.5"),
        (lambda: lp_pool(SQUARE, 2, p=np.nan), ValueError, "p must be at least 1; got nan"),
        (lambda: lp_pool(SQUARE, 2, p="2"), TypeError, "p must be a real number; got '2' of type str"),
        (lambda: lp_pool(SQUARE, 2, p=True), TypeError, "p must be a real number; got True"),
        (
            lambda: avg_pool(SQUARE, 2, count_include_pad=1),
            TypeError,
            "count_include_pad must be True or False; got 1",
        ),
        (
            lambda: adaptive_pool(SQUARE, 2, how="mean"),
            ValueError,
            "how must be one of 'max', 'average'; got",
        ),
        (lambda: global_pool(SQUARE, how=None), ValueError, "how must be one of .* got None"),
        (
            lambda: distance_weights(3),
            TypeError,
            r"size must be one integer an axis, such as \(3, 3\); got 3",
        ),
        (lambda: distance_weights((3, 0)), ValueError, "size must be at least 1; got 0"),
        (lambda: distance_weights((3,), 0), ValueError, "sigma must be positive; got 0"),
        (lambda: distance_weights((3,), None), TypeError, "sigma must be a real number; got None"),
        (lambda: max_pool(SQUARE, 5), ValueError, "size must fit"),
        (lambda: avg_pool(SQUARE, 2, padding=2), ValueError, "padding must leave every window at least one"),
        (lambda: weighted_pool(SQUARE, [1]), ValueError, "weights must have one axis for each of the 2"),
        (lambda: maxout(SQUARE, 2), ValueError, "pieces must divide the 1 channels of x along axis 1; got 2"),
        (lambda: adaptive_pool(SQUARE, 5), ValueError, "bins must be at most"),
        (lambda: global_pool(SQUARE[0, 0]), ValueError, "1, 2 or 3 spatial axes"),
    ],
)
def test_errors(call, error, message):
    with pytest.raises(error, match=message):
        call()


@pytest.mark.parametrize("axes", (1, 2, 3))
def test_every_number_of_spatial_axes(axes):
    x = np.arange(4.0**axes).reshape(1, 1, *(4,) * axes)
    corner = [list(place) for place in itertools.product((1, 3), repeat=axes)]
    expected = [x[(0, 0, *place)] for place in corner]
    assert max_pool(x, 2).ravel().tolist() == adaptive_pool(x, 2).ravel().tolist() == expected


@pytest.mark.parametrize(
    "pool",
    [
        lambda x: avg_pool(x, 2),
        lambda x: weighted_pool(x, [1, 1]),
        lambda x: weighted_pool(np.zeros_like(x), [1, np.inf]),
        lambda x: adaptive_pool(x, 1, how="average"),
        lambda x: global_pool(x, how="average"),
    ],
)
def test_infinities_of_both_signs_gave_a_warning_besides_nan(pool):
    assert np.isnan(pool(np.array([[[np.inf, -np.inf]]]))).all()


def test_a_power_beyond_all_floats_overflowed():
    with pytest.raises(ValueError, match="p must be within the range of a float; got one that is not"):
        lp_pool([[[1, 2]]], 2, p=10**400)


def test_a_window_without_axes_is_no_window():
    with pytest.raises(ValueError, match=r"size must hold at least one integer; got \(\)"):
        distance_weights(())
