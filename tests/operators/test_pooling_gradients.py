"""Gradients of the pools: numbers by hand, ties, adjoints, central differences, special values."""

import tracemalloc
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lecturelib.operators.pooling import (
    adaptive_pool,
    adaptive_pool_backward,
    avg_pool,
    avg_pool_backward,
    distance_weights,
    global_pool,
    global_pool_backward,
    lp_pool,
    lp_pool_backward,
    max_pool,
    max_pool_backward,
    maxout,
    maxout_backward,
    passes,
    weighted_pool,
    weighted_pool_backward,
)


def row(*values):
    return np.array([[values]], float)


def test_windows_that_overlap_add_up():
    assert max_pool_backward(row(1, 10), row(0, 1, 5, 2, 3), 3, stride=2).tolist() == [[[0, 0, 11, 0, 0]]]
    assert avg_pool_backward(row(3, 30), row(0, 0, 0, 0, 0), 3, stride=2).tolist() == [[[1, 1, 11, 10, 10]]]
    assert lp_pool_backward(row(1, 10), row(-2, 1, -5), 2, stride=1, p=1).tolist() == [[[-1, 11, -10]]]


def test_three_equal_maxima():
    x, dy, share = row(7, 2, 7, 7), row(1), 1 / 3
    assert max_pool_backward(dy, x, 4).tolist() == [[[1, 0, 0, 0]]]
    assert max_pool_backward(dy, x, 4, ties="share").tolist() == [[[share, 0, share, share]]]
    assert global_pool_backward([[1]], x).tolist() == [[[1, 0, 0, 0]]]
    assert global_pool_backward([[1]], x, ties="share").tolist() == [[[share, 0, share, share]]]
    assert adaptive_pool_backward(dy, x, 1, ties="share").tolist() == [[[share, 0, share, share]]]
    assert maxout_backward(dy, x, 4, axis=2).tolist() == [[[1, 0, 0, 0]]]
    assert maxout_backward(dy, x, 4, axis=-1, ties="share").tolist() == [[[share, 0, share, share]]]
    assert max_pool_backward(dy, x, 4, ties="share").sum() == 1


def test_the_first_of_ties_is_the_first_in_row_major_order():
    x = np.array([[[[0, 5], [5, 5]]]])
    assert max_pool_backward([[[[1]]]], x, 2).tolist() == [[[[0, 1], [0, 0]]]]
    assert adaptive_pool_backward([[[[1]]]], x, 1).tolist() == [[[[0, 1], [0, 0]]]]
    assert lp_pool_backward([[[[1]]]], -x, 2, p=np.inf).tolist() == [[[[0, -1], [0, 0]]]]
    # each of two windows has its own first: the input that both share is the second of one of them
    assert max_pool_backward(row(1, 10), row(4, 4, 0), 2, stride=1).tolist() == [[[1, 10, 0]]]


def test_padding_gets_nothing_even_when_all_inputs_are_minus_infinity():
    x = row(-np.inf, -np.inf)
    assert max_pool_backward(row(1, 10, 100), x, 2, stride=1, padding=1).tolist() == [[[11, 100]]]
    shared = max_pool_backward(row(1, 10, 100), x, 2, stride=1, padding=1, ties="share")
    assert shared.tolist() == [[[6, 105]]]


def test_nan_wins_its_window_and_gets_the_gradient():
    x = row(1, np.nan, 9, 3, 2, 4)
    for ties in ("first", "share"):
        assert max_pool_backward(row(1, 10), x, 3, ties=ties).tolist() == [[[0, 1, 0, 0, 0, 10]]]
        assert maxout_backward(row(1, 10), x, 3, axis=2, ties=ties).tolist() == [[[0, 1, 0, 0, 0, 10]]]
        assert adaptive_pool_backward(row(1, 10), x, 2, ties=ties).tolist() == [[[0, 1, 0, 0, 0, 10]]]
    two = row(np.nan, 5, np.nan)
    assert max_pool_backward(row(2), two, 3).tolist() == [[[2, 0, 0]]]
    assert max_pool_backward(row(2), two, 3, ties="share").tolist() == [[[1, 0, 1]]]
    assert global_pool_backward([[2]], two, ties="share").tolist() == [[[1, 0, 1]]]


@pytest.mark.parametrize("value", [np.inf, -np.inf, np.nan])
def test_a_gradient_that_is_not_finite_stays_with_the_winner(value):
    for ties in ("first", "share"):
        dx = max_pool_backward(row(value, 1), row(3, 4, 6, 5), 2, ties=ties)
        np.testing.assert_array_equal(dx, row(0, value, 1, 0))


def test_lp_by_hand():
    x = row(3, -4)
    assert lp_pool_backward(row(10), x, 2).tolist() == [[[6, -8]]]
    assert lp_pool_backward(row(10), x, 2, p=1).tolist() == [[[10, -10]]]
    assert lp_pool_backward(row(10), x, 2, p=np.inf).tolist() == [[[0, -10]]]
    for p in (1, 1.5, 2, 64, np.inf):  # where there is no derivative
        assert lp_pool_backward(row(10, 1), row(0, 0, 0, 2), 2, p=p).tolist() == [[[0, 0, 0, 1]]]


def test_lp_rules_for_nan_and_infinity():
    np.testing.assert_array_equal(lp_pool_backward(row(1), row(np.inf, 2), 2), row(np.nan, 0))
    np.testing.assert_array_equal(lp_pool_backward(row(1), row(np.nan, 2), 2), row(np.nan, np.nan))
    np.testing.assert_array_equal(lp_pool_backward(row(1), row(-np.inf, 2), 2, p=1), row(-1, 1))
    np.testing.assert_array_equal(lp_pool_backward(row(1), row(-np.inf, 2), 2, p=np.inf), row(-1, 0))


@pytest.mark.parametrize("value", [1e5, 1e-5])
def test_large_powers_have_a_gradient_in_single_precision(value):
    x = np.array([[[value, 0, -value]]], np.float32)
    part = 2 ** (-63 / 64)
    np.testing.assert_allclose(lp_pool_backward(row(1), x, 3, p=64), row(part, 0, -part), rtol=1e-5)


def difference_quotient(f, x, dy, step=1e-6):
    """Gradient of sum(f(x) * dy) by central differences."""
    found = np.zeros_like(x)
    for place in np.ndindex(*x.shape):
        moved = x.copy()
        moved[place] = x[place] + step
        up = f(moved)
        moved[place] = x[place] - step
        found[place] = ((up - f(moved)) * dy).sum() / (2 * step)
    return found


OPTIONS = [
    {"size": 2},
    {"size": (3, 2), "stride": (1, 2)},
    {"size": (2, 3), "stride": 3, "ceil": True},
    {"size": 3, "stride": 2, "padding": "same"},
    {"size": (2, 3), "stride": 1, "padding": ((1, 0), (0, 2)), "dilation": (2, 1)},
    {"size": 2, "stride": (2, 1), "dilation": (1, 3), "padding": "full"},
]
PAIRS = {
    "max": (max_pool, max_pool_backward),
    "max, share": (max_pool, partial(max_pool_backward, ties="share")),
    "average": (avg_pool, avg_pool_backward),
    "average with padding": tuple(partial(f, count_include_pad=True) for f in (avg_pool, avg_pool_backward)),
    **{f"lp {p}": (partial(lp_pool, p=p), partial(lp_pool_backward, p=p)) for p in (1, 1.5, 2, 5, np.inf)},
}
OTHERS = {
    "weighted": tuple(
        partial(f, weights=distance_weights((2, 3))) for f in (weighted_pool, weighted_pool_backward)
    ),
    "weighted, overlapping": tuple(
        partial(f, weights=[[1, -2, 3], [0, 5, 4]], stride=(1, 2))
        for f in (weighted_pool, weighted_pool_backward)
    ),
    "maxout": tuple(partial(f, pieces=2) for f in (maxout, maxout_backward)),
    "maxout of rows": tuple(partial(f, pieces=5, axis=-2) for f in (maxout, maxout_backward)),
    "maxout, share": (partial(maxout, pieces=2), partial(maxout_backward, pieces=2, ties="share")),
    **{
        f"adaptive {how} {bins}": tuple(
            partial(f, bins=bins, how=how) for f in (adaptive_pool, adaptive_pool_backward)
        )
        for how in ("max", "average")
        for bins in (2, (3, 2))
    },
    "adaptive, share": (
        partial(adaptive_pool, bins=2),
        partial(adaptive_pool_backward, bins=2, ties="share"),
    ),
    **{
        f"global {how}": tuple(partial(f, how=how) for f in (global_pool, global_pool_backward))
        for how in ("max", "average")
    },
}
CASES = {
    **{
        f"{name} {i}": tuple(partial(f, **options) for f in pair)
        for name, pair in PAIRS.items()
        for i, options in enumerate(OPTIONS)
    },
    **OTHERS,
}


def distinct(shape, seed):
    """Random signs, and magnitudes so far apart that a small step changes no order."""
    rng = np.random.default_rng(seed)
    numbers = rng.permutation(np.prod(shape)).reshape(shape) / 40 + 0.5
    return numbers * rng.choice([-1, 1], shape)


@pytest.mark.parametrize("name", CASES)
def test_gradient_by_central_differences(name):
    pool, backward = CASES[name]
    x = distinct((1, 2, 5, 6), seed=len(name))
    dy = np.random.default_rng(1).normal(size=pool(x).shape)
    for array in (x, dy):
        array.flags.writeable = False
    dx, expected = backward(dy, x), difference_quotient(pool, x, dy)
    assert np.abs(dx - expected).max() <= 1e-7 * np.abs(expected).max()


@pytest.mark.parametrize("name", [name for name in CASES if "average" in name or "weighted" in name])
def test_linear_pools_have_their_adjoint(name):
    pool, backward = CASES[name]
    rng = np.random.default_rng(0)
    x = rng.normal(size=(2, 3, 5, 6))
    y = pool(x)
    dy = rng.normal(size=y.shape)
    assert np.vdot(y, dy) == pytest.approx(np.vdot(x, backward(dy, x)), rel=1e-12)
    assert np.vdot(y, dy) == pytest.approx(np.vdot(x, backward(dy, np.zeros_like(x))), rel=1e-12)


@given(
    st.tuples(st.integers(1, 3), st.integers(1, 3)),
    st.tuples(st.integers(1, 3), st.integers(1, 3)),
    st.integers(1, 2),
    st.booleans(),
    st.booleans(),
    st.integers(0, 99),
)
@settings(max_examples=60)
def test_ties_by_plain_loops(size, stride, dilation, padded, ceil, seed):
    rng = np.random.default_rng(seed)
    x = rng.integers(0, 3, (2, 2, 6, 5)).astype(float)  # three values only: ties everywhere
    x[rng.random(x.shape) < 0.1] = np.nan
    padding = tuple((k - 1 if padded and dilation == 1 else 0, 0) for k in size)
    options = {"stride": stride, "dilation": dilation, "padding": padding, "ceil": ceil}
    y = max_pool(x, size, **options)
    dy = rng.normal(size=y.shape)
    expected = {"first": np.zeros_like(x), "share": np.zeros_like(x)}
    for n, c, *place in np.ndindex(*y.shape):
        places = []
        for tap in np.ndindex(*size):
            steps = zip(place, stride, tap, padding, strict=True)
            at = tuple(i * s + t * dilation - before for i, s, t, (before, _) in steps)
            if all(0 <= a < length for a, length in zip(at, (6, 5), strict=True)):
                places.append((n, c, *at))
        best = y[n, c, *place]
        winners = [at for at in places if x[at] == best or (np.isnan(best) and np.isnan(x[at]))]
        expected["first"][winners[0]] += dy[n, c, *place]
        for at in winners:
            expected["share"][at] += dy[n, c, *place] / len(winners)
    for ties, gradient in expected.items():
        found = max_pool_backward(dy, x, size, ties=ties, **options)
        np.testing.assert_allclose(found, gradient, atol=1e-13)
        assert found.sum() == pytest.approx(dy.sum())


@pytest.mark.parametrize("ties", ["first", "share"])
@pytest.mark.parametrize("cached", [1, 200, 10**9])
def test_a_few_images_at_a_time_give_the_same(ties, cached, monkeypatch):
    x = np.random.default_rng(0).integers(0, 4, (7, 2, 6, 5))
    dy = np.random.default_rng(1).normal(size=(7, 2, 2, 2))
    one_by_one = [
        max_pool_backward(d[None], a[None], 3, stride=2, ties=ties) for d, a in zip(dy, x, strict=True)
    ]
    monkeypatch.setattr(passes, "CACHED", cached)
    found = max_pool_backward(dy, x, 3, stride=2, ties=ties)
    np.testing.assert_array_equal(found, np.concatenate(one_by_one))


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize(("given_type", "expected"), [("f2", "f2"), ("f4", "f4"), ("i8", "f8"), ("?", "f8")])
def test_dtypes(name, given_type, expected):
    pool, backward = CASES[name]
    if name.startswith("weighted"):  # computed in the dtype of both
        weights = np.ones((2, 3), given_type)
        pool, backward = (partial(f.func, weights=weights) for f in (pool, backward))
    x = np.ones((1, 2, 5, 6), given_type)
    dx = backward(np.ones(pool(x).shape), x)
    assert (dx.dtype, dx.shape) == (np.dtype(expected), x.shape)


def test_many_ties_in_half_precision():
    x = np.zeros((1, 1, 5000), np.float16)  # beyond 2048 a count in float16 stands still
    for backward in (global_pool_backward, partial(max_pool_backward, size=5000)):
        dy = np.full((1, 1) if backward is global_pool_backward else (1, 1, 1), 5000.0)
        np.testing.assert_allclose(backward(dy, x, ties="share"), np.ones_like(x), rtol=1e-3)


@pytest.mark.parametrize("ties", ["first", "share"])
@pytest.mark.parametrize("shape", [(1, 16, 96, 96), (64, 16, 64, 64)])
def test_memory_beyond_the_gradient(ties, shape):
    x = np.random.default_rng(0).random(shape, np.float32)
    dy = max_pool(x, 3, stride=1)
    tracemalloc.start()
    try:
        dx = max_pool_backward(dy, x, 3, stride=1, ties=ties)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    at_once = min(4 * dy.nbytes, 4 * 4 * passes.CACHED)
    assert peak <= dx.nbytes + at_once + 220_000


X = np.ones((1, 2, 4, 6))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: max_pool_backward(X, X, 2),
            ValueError,
            r"dy must have shape \(1, 2, 2, 3\).*\(1, 2, 4, 6\)",
        ),
        (
            lambda: avg_pool_backward(X, X, 2),
            ValueError,
            r"dy must have shape \(1, 2, 2, 3\), that of the out",
        ),
        (lambda: lp_pool_backward(X, X, 2), ValueError, r"dy must have shape \(1, 2, 2, 3\)"),
        (lambda: lp_pool_backward(X, X, 1, p=0), ValueError, "p must be at least 1; got 0"),
        (lambda: weighted_pool_backward(X, X, [[1, 1]]), ValueError, r"dy must have shape \(1, 2, 4, 3\)"),
        (lambda: adaptive_pool_backward(X, X, 2), ValueError, r"dy must have shape \(1, 2, 2, 2\)"),
        (lambda: global_pool_backward(X, X), ValueError, r"dy must have shape \(1, 2\), .*\(1, 2, 4, 6\)"),
        (lambda: maxout_backward(X, X, 2), ValueError, r"dy must have shape \(1, 1, 4, 6\)"),
        (lambda: max_pool_backward(1j * X, X, 1), TypeError, "dy must hold real numbers"),
        (lambda: global_pool_backward([["a"]], X), TypeError, "dy must hold numbers"),
        (
            lambda: max_pool_backward(X, X, 1, ties="last"),
            ValueError,
            "ties must be one of 'first', 'share'; got",
        ),
        (lambda: maxout_backward(X, X, 1, ties=0), ValueError, "ties must be one of .* got 0"),
        (lambda: adaptive_pool_backward(X, X, (4, 6), ties=""), ValueError, "ties must be one of"),
        (
            lambda: adaptive_pool_backward(X, X, (4, 6), how="sum"),
            ValueError,
            "how must be one of 'max', 'av",
        ),
        (lambda: global_pool_backward([[1, 1]], X, how="sum"), ValueError, "how must be one of"),
        (lambda: global_pool_backward([[1, 1]], X, ties="all"), ValueError, "ties must be one of"),
        (
            lambda: avg_pool_backward(X, X, 1, count_include_pad=None),
            TypeError,
            "count_include_pad must be True",
        ),
    ],
)
def test_errors(call, error, message):
    with pytest.raises(error, match=message):
        call()
