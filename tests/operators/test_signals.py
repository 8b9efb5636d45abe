"""convolve and cross_correlate: by hand, against SciPy, and by their laws."""

import itertools
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import ndimage, signal

from lecturelib import convolve, cross_correlate

MODES = ("full", "same", "valid")
BOUNDARIES = ("zeros", "circular", "reflect", "symmetric", "edge")
PAIRS = ((convolve, signal.convolve), (cross_correlate, signal.correlate))
NAMES = ("convolve", "cross_correlate")
DTYPES = ("?", "i1", "u1", "i8", "f4", "f8", "c8", "c16")
SIZES = {  # signal, kernel: odd, even, longer than the signal, longer along every axis, one sample
    0: [((), ())],
    1: [((7,), (3,)), ((7,), (4,)), ((3,), (5,)), ((4,), (4,)), ((2,), (7,)), ((6,), (1,)), ((1,), (6,))],
    2: [((5, 8), (3, 2)), ((6, 5), (4, 3)), ((2, 3), (4, 5)), ((4, 1), (1, 3)), ((3, 3), (3, 3))],
    3: [((4, 3, 5), (2, 3, 1)), ((2, 2, 3), (3, 2, 4))],
    4: [((3, 2, 4, 3), (2, 2, 1, 3))],
}
SHAPES = [pair for pairs in SIZES.values() for pair in pairs]


def random_array(shape, dtype, seed=0):
    """Numbers of every sign that the type has; integers large enough to wrap around when multiplied."""
    rng = np.random.default_rng(seed)
    dtype = np.dtype(dtype)
    if dtype.kind == "b":
        return np.asarray(rng.random(shape) < 0.5)
    if dtype.kind in "iu":
        low = -100 if dtype.kind == "i" else 0
        return np.asarray(rng.integers(low, 100, shape)).astype(dtype)
    array = np.asarray(rng.normal(size=shape))
    if dtype.kind == "c":
        array = array + 1j * rng.normal(size=shape)
    return np.asarray(array).astype(dtype)


def outcome(function, *arguments, **options):
    """What a call gives: ("value", array) or ("error", type)."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return "value", function(*arguments, **options)
        except Exception as error:
            return "error", type(error)


def assert_same(ours, theirs):
    """Same kind of outcome, dtype, shape and values."""
    assert ours[0] == theirs[0], (ours, theirs)
    if ours[0] == "error":
        assert issubclass(ours[1], theirs[1])
        return
    a, b = ours[1], theirs[1]
    assert a.dtype == b.dtype
    assert a.shape == b.shape
    assert type(a) is type(b)
    if a.dtype.kind in "biu":
        np.testing.assert_array_equal(a, b)
    else:
        single = a.dtype in (np.float32, np.complex64)
        np.testing.assert_allclose(a, b, rtol=0, atol=1e-4 if single else 1e-10)


# By hand


def test_five_samples_three_taps():
    x, k = [1, 2, 3, 5, 8], [1, 10, 100]
    assert convolve(x, k).tolist() == [1, 12, 123, 235, 358, 580, 800]
    assert convolve(x, k, "same").tolist() == [12, 123, 235, 358, 580]
    assert convolve(x, k, "valid").tolist() == [123, 235, 358]
    assert cross_correlate(x, k).tolist() == [321, 532, 853]
    assert cross_correlate(x, k, "full").tolist() == [100, 210, 321, 532, 853, 85, 8]


def test_same_starts_half_a_kernel_into_full():
    # An even kernel has no middle: starting at k // 2 instead of (k - 1) // 2 would give [2, 3, 4, 0].
    assert convolve([1, 2, 3, 4], [1, 0], "same").tolist() == [1, 2, 3, 4]
    assert convolve([1, 2, 3, 4], [0, 1], "same").tolist() == [0, 1, 2, 3]
    assert cross_correlate([1, 2, 3, 4], [1, 0], "same").tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("boundary", "beyond"), [("zeros", 0), ("circular", 4), ("reflect", 2), ("symmetric", 1), ("edge", 1)]
)
def test_boundaries_by_hand(boundary, beyond):
    # The output at i is 10 x[i] + 100 x[i - 1]; the first one asks for the sample before the border.
    y = convolve([1, 2, 3, 4], [0, 10, 100, 0], "same", boundary=boundary)
    assert y.tolist() == [10 + 100 * beyond, 120, 230, 340]


def test_full_with_a_boundary_pads_k_minus_one_on_each_side():
    # 3 4 | 1 2 3 4 | 1 2, added up in threes
    assert convolve([1, 2, 3, 4], [1, 1, 1], boundary="circular").tolist() == [8, 7, 6, 9, 8, 7]


def test_boundary_wraps_a_short_signal_more_than_once():
    # 1 2 | 1 2 | 1 2: a kernel of five over two samples, split 2 before and 2 after
    assert convolve([1, 2], [1, 1, 1, 1, 1], "same", boundary="circular").tolist() == [7, 8]


def test_two_axes_flip_both():
    x, k = np.arange(1, 13).reshape(3, 4), [[1, 10], [100, 1000]]
    assert cross_correlate(x, k).tolist() == [[6521, 7632, 8743], [10965, 12076, 13187]]
    assert convolve(x, k, "valid").tolist() == [[1256, 2367, 3478], [5700, 6811, 7922]]


def test_cross_correlation_conjugates_the_kernel():
    assert cross_correlate([1j], [1j]).tolist() == [1]
    assert convolve([1j], [1j]).tolist() == [-1]


def test_integers_wrap_around_in_their_own_type():
    assert convolve(np.array([200], "u1"), np.array([2], "u1")).tolist() == [400 - 256]
    assert convolve(np.array([100, 100], "i1"), np.array([1, 1], "i1")).tolist() == [100, 200 - 256, 100]


def test_large_integers_are_exact():
    big = 2**53 + 1
    assert convolve(np.full(300, big), np.eye(1, 300, dtype=np.int64)[0])[:300].tolist() == [big] * 300


def test_no_axes_gives_a_number():
    assert convolve(3, 4) == 12
    assert convolve(3, 4.5).dtype == np.float64
    assert cross_correlate(1 + 1j, 2 + 3j, "full") == 5 - 1j


# Against SciPy


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("ours", "theirs"), PAIRS, ids=NAMES)
def test_agrees_with_scipy(ours, theirs, mode):
    for (n, k), a, b in itertools.product(SHAPES, DTYPES, DTYPES):
        x, kernel = random_array(n, a), random_array(k, b, seed=1)
        mine = outcome(ours, x, kernel, mode)
        assert_same(mine, outcome(theirs, x, kernel, mode, method="direct"))


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("ours", "theirs"), PAIRS, ids=NAMES)
def test_fft_agrees_with_scipy(ours, theirs, mode):
    for (n, k), (a, b) in itertools.product(
        SHAPES, [("i1", "i1"), ("u1", "f4"), ("i8", "f8"), ("c8", "?"), ("f8", "c16")]
    ):
        x, kernel = random_array(n, a), random_array(k, b, seed=1)
        mine = outcome(ours, x, kernel, mode, method="fft")
        assert_same(mine, outcome(theirs, x, kernel, mode, method="direct"))


def padded_by_definition(x, k_shape, mode, boundary):
    """Written out once more, from the contract and numpy.pad."""
    before = {"same": lambda k: k // 2, "full": lambda k: k - 1}[mode]
    after = {"same": lambda k: k - 1 - k // 2, "full": lambda k: k - 1}[mode]
    name = {"circular": "wrap", "zeros": "constant"}.get(boundary, boundary)
    return np.pad(x, [(before(k), after(k)) for k in k_shape], mode=name)


@pytest.mark.parametrize("boundary", BOUNDARIES)
@pytest.mark.parametrize("mode", ("full", "same"))
@pytest.mark.parametrize(("ours", "theirs"), PAIRS, ids=NAMES)
@pytest.mark.parametrize("dtype", ("i1", "u1", "i8", "f4", "f8", "c16"))
def test_boundaries_agree_with_numpy_pad_and_scipy(ours, theirs, mode, boundary, dtype):
    for n, k in SHAPES[1:]:
        x, kernel = random_array(n, dtype), random_array(k, dtype, seed=1)
        expected = theirs(padded_by_definition(x, k, mode, boundary), kernel, "valid", method="direct")
        assert_same(("value", ours(x, kernel, mode, boundary=boundary)), ("value", expected))
        if dtype != "i8":
            assert_same(
                ("value", ours(x, kernel, mode, boundary=boundary, method="fft")), ("value", expected)
            )


@pytest.mark.parametrize("boundary", BOUNDARIES)
def test_valid_ignores_the_boundary(boundary):
    x, k = random_array((6, 5), "f8"), random_array((2, 3), "f8", seed=1)
    np.testing.assert_array_equal(convolve(x, k, "valid", boundary=boundary), convolve(x, k, "valid"))


@pytest.mark.parametrize(
    ("boundary", "name"),
    [
        ("zeros", "constant"),
        ("circular", "wrap"),
        ("reflect", "mirror"),
        ("symmetric", "reflect"),
        ("edge", "nearest"),
    ],
)
def test_same_agrees_with_ndimage(boundary, name):
    x = random_array((6, 7, 4), "f8")
    for shape in ((3, 5, 1), (3, 3, 3), (5, 1, 3)):
        k = random_array(shape, "f8", seed=1)
        np.testing.assert_allclose(
            convolve(x, k, "same", boundary=boundary), ndimage.convolve(x, k, mode=name)
        )
        np.testing.assert_allclose(
            cross_correlate(x, k, "same", boundary=boundary), ndimage.correlate(x, k, mode=name)
        )


@pytest.mark.parametrize("shape", [(3000,), (60, 70), (12, 14, 13)])
def test_methods_agree_where_auto_takes_the_fft(shape):
    x, k = random_array(shape, "f8"), random_array(tuple(n // 2 for n in shape), "f8", seed=1)
    for mode in MODES:
        direct = convolve(x, k, mode, method="direct")
        np.testing.assert_allclose(convolve(x, k, mode), direct, atol=1e-9)
        np.testing.assert_allclose(convolve(x, k, mode, method="fft"), direct, atol=1e-9)


def test_auto_takes_the_fft_only_where_it_may(monkeypatch):
    from lecturelib.operators import signals

    def refuse(x, k):
        raise AssertionError("took the FFT")

    monkeypatch.setattr(signals, "_product_of_spectra", refuse)
    x = np.ones(3000)
    with pytest.raises(AssertionError, match="took the FFT"):
        convolve(x, x)
    broken = x.copy()
    broken[7] = np.nan
    for a, b in (
        (x.astype(int), x.astype(int)),
        (broken, x),
        (x, broken),
        (np.where(broken == 1, 1, np.inf), x),
    ):
        convolve(a, b)
    convolve(x, [1.0, 2.0, 3.0])


# NaN and infinity


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_nan_and_infinity_stay_where_the_definition_sends_them(bad):
    x = np.ones(100)
    x[40] = bad
    y = convolve(x, np.ones(50))
    assert np.flatnonzero(~np.isfinite(y)).tolist() == list(range(40, 90))
    y = convolve(np.ones((1, 3)), np.array([[bad, 1.0]]))
    assert np.isfinite(y).tolist() == [[False, False, False, True]]


def test_fft_warns_of_nan():
    with pytest.warns(RuntimeWarning, match="FFT spreads over all outputs; use method='direct'"):
        y = convolve([1.0, np.nan, 2.0], [1.0, 1.0], method="fft")
    assert np.isnan(y).all()


# Laws

FINITE = st.floats(-100, 100, width=32)
SIGNAL = hnp.arrays(float, st.integers(1, 12), elements=FINITE)
IMAGE = hnp.arrays(float, hnp.array_shapes(min_dims=2, max_dims=2, max_side=5), elements=FINITE)


def close(a, b):
    np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-6)


@given(SIGNAL, SIGNAL)
def test_full_commutes(x, k):
    close(convolve(x, k), convolve(k, x))


@given(IMAGE, IMAGE, IMAGE)
@settings(max_examples=50)
def test_full_associates(a, b, c):
    np.testing.assert_allclose(convolve(convolve(a, b), c), convolve(a, convolve(b, c)), rtol=1e-9, atol=1e-4)


@given(SIGNAL, st.floats(-3, 3), st.sampled_from(MODES), st.sampled_from(BOUNDARIES), st.integers(1, 5))
def test_linear(x, factor, mode, boundary, taps):
    z, k = x[::-1] + 1, np.arange(1.0, taps + 1)
    together = convolve(factor * x + z, k, mode, boundary=boundary)
    close(
        together, factor * convolve(x, k, mode, boundary=boundary) + convolve(z, k, mode, boundary=boundary)
    )


@given(IMAGE, IMAGE, st.integers(-3, 3), st.integers(-3, 3))
def test_circular_same_commutes_with_shifts(x, k, rows, columns):
    moved = convolve(np.roll(x, (rows, columns), (0, 1)), k, "same", boundary="circular")
    close(moved, np.roll(convolve(x, k, "same", boundary="circular"), (rows, columns), (0, 1)))


@given(IMAGE, IMAGE)
def test_cross_correlation_is_adjoint_to_convolution(x, k):
    y = np.cos(np.arange(convolve(x, k).size)).reshape(convolve(x, k).shape)
    close(np.vdot(convolve(x, k), y), np.vdot(x, cross_correlate(y, k)))


def test_adjoint_of_a_complex_kernel():
    x, k, y = random_array(8, "c16"), random_array(3, "c16", seed=1), random_array(10, "c16", seed=2)
    close(np.vdot(y, convolve(x, k)), np.vdot(cross_correlate(y, k), x))


def test_cross_correlation_does_not_commute():
    a, b = [1, 2, 3], [0, 1, 0.5]
    assert cross_correlate(a, b, "full").tolist() == [0.5, 2, 3.5, 3, 0]
    assert cross_correlate(b, a, "full").tolist() == [0, 3, 3.5, 2, 0.5]


# Manners


@pytest.mark.parametrize("function", (convolve, cross_correlate))
def test_inputs_are_left_alone(function):
    for dtype, mode, boundary, method in itertools.product(
        ("i1", "f4", "c16"), MODES, BOUNDARIES, ("direct", "fft")
    ):
        x, k = random_array((5, 6), dtype), random_array((2, 3), dtype, seed=1)
        copies = x.copy(), k.copy()
        x.flags.writeable = k.flags.writeable = False
        y = function(x, k, mode, boundary=boundary, method=method)
        np.testing.assert_array_equal(x, copies[0])
        np.testing.assert_array_equal(k, copies[1])
        assert not np.shares_memory(y, x)
        assert not np.shares_memory(y, k)
        y[...] = 0  # the answer is the caller's own


def test_lists_strided_and_fortran_arrays():
    x, k = random_array((8, 9), "f8"), random_array((3, 2), "f8", seed=1)
    expected = convolve(x, k)
    np.testing.assert_array_equal(convolve(x.tolist(), k.tolist()), expected)
    np.testing.assert_array_equal(convolve(np.asfortranarray(x), k), expected)
    np.testing.assert_array_equal(convolve(np.repeat(x, 2, axis=0)[::2], k), expected)


@pytest.mark.parametrize("function", (convolve, cross_correlate))
@pytest.mark.parametrize(
    ("x", "k", "options", "error", "message"),
    [
        ([1], [1], {"mode": "most"}, ValueError, "mode must be one of 'full', 'same', 'valid'; got 'most'"),
        ([1], [1], {"mode": None}, ValueError, "mode must be one of .* got None"),
        (
            [1],
            [1],
            {"boundary": "wrap"},
            ValueError,
            "boundary must be one of 'zeros', 'circular'.* got 'wrap'",
        ),
        (
            [1],
            [1],
            {"method": "fast"},
            ValueError,
            "method must be one of 'auto', 'direct', 'fft'; got 'fast'",
        ),
        ([[1]], [1], {}, ValueError, r"equally many axes; got 2 \(x\) and 1 \(k\)"),
        (1, [1], {}, ValueError, r"equally many axes; got 0 \(x\) and 1 \(k\)"),
        ([], [1], {}, ValueError, r"x must not be empty; got an array of shape \(0,\)"),
        ([1], [], {}, ValueError, "k must not be empty"),
        (["a"], [1], {}, TypeError, "x must hold numbers; got an array of dtype <U1"),
        ([1], [None], {}, TypeError, "k must hold numbers; got an array of dtype object"),
        (
            np.ones((2, 3)),
            np.ones((3, 2)),
            {"mode": "valid"},
            ValueError,
            r"larger one along every axis; got shapes \(2, 3\) \(x\) and \(3, 2\) \(k\)",
        ),
        (
            np.ones((2, 2), bool),
            np.ones((1, 1), bool),
            {},
            ValueError,
            "must not both be bool .* convert one to float",
        ),
        (np.ones((2, 2), "f2"), np.ones((1, 1), "f2"), {}, ValueError, "must not both be float16"),
    ],
)
def test_errors(function, x, k, options, error, message):
    with pytest.raises(error, match=message):
        function(x, k, **options)
