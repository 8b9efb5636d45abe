"""What the specifications of pools promise to the pools."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lecturelib.operators.spec import BinSpec, PieceSpec, PoolSpec, weighted_spec


def line(n):
    return np.zeros((1, 1, n))


def places(spec):
    """For each output of a one-dimensional pool, the inputs of its window, as the taps list them."""
    found = [[] for _ in range(spec.output[0])]
    for _, (outputs,), (inputs,) in spec.taps():
        for output, position in zip(
            range(spec.output[0])[outputs], range(spec.spatial[0])[inputs], strict=True
        ):
            found[output].append(position)
    return found


@pytest.mark.parametrize(
    ("n", "size", "options", "expected"),
    [
        (6, 2, {}, [[0, 1], [2, 3], [4, 5]]),  # the stride is the size
        (6, 3, {"stride": 2}, [[0, 1, 2], [2, 3, 4]]),  # input 5 is never read
        (6, 3, {"stride": 2, "ceil": True}, [[0, 1, 2], [2, 3, 4], [4, 5]]),
        (5, 3, {"stride": 2, "ceil": True}, [[0, 1, 2], [2, 3, 4]]),  # it divides: nothing to round
        (4, 2, {"stride": 3, "ceil": True}, [[0, 1], [3]]),
        (3, 2, {"stride": 3, "ceil": True}, [[0, 1]]),  # the next window would start beyond the input
        (2, 3, {"stride": 2, "ceil": True}, [[0, 1]]),  # one window that does not even fit
        (3, 3, {"stride": 1, "padding": "same"}, [[0, 1], [0, 1, 2], [1, 2]]),
        (3, 2, {"stride": 1, "padding": "same"}, [[0, 1], [1, 2], [2]]),  # the extra place after
        (5, 3, {"stride": 2, "padding": "same"}, [[0, 1], [1, 2, 3], [3, 4]]),
        (3, 2, {"stride": 1, "padding": "full"}, [[0], [0, 1], [1, 2], [2]]),
        (3, 2, {"padding": "valid"}, [[0, 1]]),
        (4, 2, {"stride": 1, "padding": ((0, 1),)}, [[0, 1], [1, 2], [2, 3], [3]]),
        (5, 2, {"stride": 1, "dilation": 3}, [[0, 3], [1, 4]]),
        (3, 2, {"stride": 2, "dilation": 2, "padding": 2}, [[0], [0, 2], [2]]),
        (3, 2, {"stride": 3, "dilation": 2, "padding": (1,), "ceil": True}, [[1], [2]]),
    ],
)
def test_windows_by_hand(n, size, options, expected):
    spec = PoolSpec.from_arguments(line(n), size, **options)
    assert places(spec) == expected
    assert spec.places_of_windows().tolist() == [len(window) for window in expected]


@pytest.mark.parametrize(
    ("n", "size", "options", "expected"),
    [
        (3, 3, {"stride": 1, "padding": 1}, [3, 3, 3]),
        (6, 3, {"stride": 2, "ceil": True}, [3, 3, 2]),  # beyond the padding nothing counts
        (6, 4, {"stride": 3, "padding": 1, "ceil": True}, [4, 4, 2]),
        (7, 4, {"stride": 3, "padding": 1, "ceil": True}, [4, 4, 3]),  # 5, 6, one place of padding, nothing
        (3, 2, {"stride": 2, "dilation": 2, "padding": 2}, [2, 2, 2]),
    ],
)
def test_padding_counts_when_asked_and_what_lies_beyond_never(n, size, options, expected):
    spec = PoolSpec.from_arguments(line(n), size, **options)
    assert spec.places_of_windows(count_padding=True).tolist() == expected


AXIS = st.fixed_dictionaries(
    {
        "n": st.integers(1, 9),
        "size": st.integers(1, 4),
        "stride": st.integers(1, 4),
        "dilation": st.integers(1, 3),
        "padding": st.tuples(st.integers(0, 3), st.integers(0, 3)),
    }
)


def windows_by_definition(axis, ceil):
    """Windows as lists of places of the padded axis; those of padding are negative or n and more."""
    (before, after), size, stride = axis["padding"], axis["size"], axis["stride"]
    end, extent, start, starts = axis["n"] + after, axis["dilation"] * (size - 1) + 1, -before, []
    while start + extent <= end:
        starts.append(start)
        start += stride
    if ceil:
        if start - stride + extent < end:  # the last window that fits leaves something over
            starts.append(start)
        if starts and starts[-1] >= axis["n"]:
            starts.pop()
    return [[start + tap * axis["dilation"] for tap in range(size)] for start in starts]


@given(st.lists(AXIS, min_size=1, max_size=2), st.booleans())
@settings(max_examples=150)
def test_taps_and_counts_are_those_of_the_definition(axes, ceil):
    windows = [windows_by_definition(axis, ceil) for axis in axes]
    options = {name: tuple(axis[name] for axis in axes) for name in ("size", "stride", "dilation", "padding")}
    shape = tuple(axis["n"] for axis in axes)
    real = [
        [[place for place in window if 0 <= place < n] for window in of_axis]
        for n, of_axis in zip(shape, windows, strict=True)
    ]
    if not all(real) or not all(all(of_axis) for of_axis in real):
        with pytest.raises(ValueError, match=r"size must fit|at least one input"):
            PoolSpec.from_arguments(np.zeros((1, 1, *shape)), ceil=ceil, **options)
        return
    spec = PoolSpec.from_arguments(np.zeros((1, 1, *shape)), ceil=ceil, **options)
    assert spec.output == tuple(len(of_axis) for of_axis in windows)
    seen = {output: [] for output in np.ndindex(*spec.output)}
    for _, outputs, inputs in spec.taps():
        under = (
            itertools.product(*(range(n)[part] for n, part in zip(lengths, parts, strict=True)))
            for lengths, parts in ((spec.output, outputs), (shape, inputs))
        )
        for output, position in zip(*under, strict=True):
            seen[output].append(position)
    counts, padded = spec.places_of_windows(), spec.places_of_windows(count_padding=True)
    for output, positions in seen.items():  # row-major, each once
        by_axis = [of_axis[i] for i, of_axis in zip(output, real, strict=True)]
        assert positions == list(itertools.product(*by_axis))
        assert counts[output] == len(positions)
        inside = [
            sum(-axis["padding"][0] <= place < axis["n"] + axis["padding"][1] for place in of_axis[i])
            for i, axis, of_axis in zip(output, axes, windows, strict=True)
        ]
        assert padded[output] == np.prod(inside)


def test_spec_is_canonical_and_frozen():
    spec = PoolSpec.from_arguments(
        np.zeros((2, 3, 9, 8), "f4"), (3, 2), padding="same", dilation=[1, 3], ceil=np.True_
    )
    assert spec == PoolSpec(
        batch=2,
        channels=3,
        spatial=(9, 8),
        size=(3, 2),
        stride=(3, 2),
        padding=((0, 0), (1, 1)),
        dilation=(1, 3),
        output=(3, 4),
        dtype=np.dtype("f4"),
    )
    assert (spec.x_shape, spec.y_shape) == ((2, 3, 9, 8), (2, 3, 3, 4))
    with pytest.raises(AttributeError, match="cannot assign"):
        spec.size = 1


def test_weighted_spec_takes_its_size_from_the_weights_and_its_dtype_from_the_input():
    x = np.zeros((1, 1, 6, 6), "f4")
    spec = weighted_spec(x, np.ones((2, 3), "f4"), stride=None)
    assert (spec.size, spec.stride, spec.output, spec.dtype) == ((2, 3), (2, 3), (3, 2), np.dtype("f4"))
    assert weighted_spec(x, np.ones((2, 3)), stride=1).dtype == np.dtype("f4")


@pytest.mark.parametrize(("n", "bins"), [(5, 2), (7, 3), (4, 4), (9, 1), (11, 4)])
def test_bins_are_disjoint_and_hold_every_input(n, bins):
    spec = BinSpec.from_arguments(line(n), bins)
    found = [list(range(n)[inputs]) for _, (inputs,) in spec.places()]
    assert sum(found, []) == list(range(n))
    assert [len(part) for part in found] == [(i + 1) * n // bins - i * n // bins for i in range(bins)]


def test_bins_of_a_grid_come_in_row_major_order():
    spec = BinSpec.from_arguments(np.zeros((1, 1, 5, 7)), (2, 3))
    assert [place for place, _ in spec.places()] == list(np.ndindex(2, 3))
    assert dict(spec.places())[1, 2] == (slice(2, 5), slice(4, 7))


def test_pieces():
    spec = PieceSpec.from_arguments(np.zeros((2, 6, 5)), 3)
    assert (spec.y_shape, spec.run_shape, spec.run_axis) == ((2, 2, 5), (2, 2, 3, 5), 2)
    assert PieceSpec.from_arguments(np.zeros((2, 6)), 2, axis=-1) == PieceSpec((2, 6), 1, 2, np.dtype(float))


X = np.ones((1, 2, 5, 6))


@pytest.mark.parametrize(
    ("build", "error", "message"),
    [
        (
            lambda: PoolSpec.from_arguments(X[0, 0], 2),
            ValueError,
            r"x must have shape \(N, C, \*S\) .*\(5, 6\)",
        ),
        (lambda: PoolSpec.from_arguments(X * 1j, 2), TypeError, "x must hold real numbers.*complex128"),
        (lambda: PoolSpec.from_arguments(X[:0], 2), ValueError, "x must not be empty"),
        (lambda: PoolSpec.from_arguments(X, 0), ValueError, "size must be at least 1; got 0"),
        (lambda: PoolSpec.from_arguments(X, 2.0), TypeError, "size must be an integer; got 2.0"),
        (lambda: PoolSpec.from_arguments(X, (2,)), ValueError, r"size must be one integer or 2.*got \(2,\)"),
        (lambda: PoolSpec.from_arguments(X, 2, stride=0), ValueError, "stride must be at least 1; got 0"),
        (
            lambda: PoolSpec.from_arguments(X, 2, dilation="2"),
            TypeError,
            "dilation must be an integer; got '2'",
        ),
        (lambda: PoolSpec.from_arguments(X, 2, padding="wide"), ValueError, "padding must be one of 'valid'"),
        (lambda: PoolSpec.from_arguments(X, 2, padding=-1), ValueError, "padding must be at least 0; got -1"),
        (
            lambda: PoolSpec.from_arguments(X, 2, padding=None),
            TypeError,
            "padding must be an integer; got None",
        ),
        (lambda: PoolSpec.from_arguments(X, 2, ceil=1), TypeError, "ceil must be True or False; got 1"),
        (lambda: PoolSpec.from_arguments(X, 7), ValueError, "size must fit into .* got one that covers 7"),
        (
            lambda: PoolSpec.from_arguments(X, 2, padding=2),
            ValueError,
            r"padding must leave every window at least one input; got 2 for windows of \(2, 2\) with "
            r"dilation \(1, 1\) on an input of \(5, 6\)",
        ),
        (
            lambda: PoolSpec.from_arguments(line(2), 2, padding="same", dilation=4),
            ValueError,
            "at least one input; got 'same'",
        ),
        (
            lambda: PoolSpec.from_arguments(X, 2).checked_gradient(np.ones((1, 2, 3, 2))),
            ValueError,
            r"dy must have shape \(1, 2, 2, 3\), that of the output; got shape \(1, 2, 3, 2\)",
        ),
        (
            lambda: weighted_spec(X, [1, 2], stride=1),
            ValueError,
            r"each of the 2 spatial axes.*got shape \(2,\)",
        ),
        (lambda: weighted_spec(X, [["a"]], stride=1), TypeError, "weights must hold numbers"),
        (
            lambda: weighted_spec(X, np.ones((6, 1)), stride=1),
            ValueError,
            "weights must fit into .* got one that covers 6",
        ),
        (lambda: weighted_spec(X, np.ones((2, 2)), stride=1.5), TypeError, "stride must be an integer"),
        (lambda: BinSpec.from_arguments(X, 6), ValueError, r"bins must be at most \(5, 6\).* got 6"),
        (lambda: BinSpec.from_arguments(X, 0), ValueError, "bins must be at least 1; got 0"),
        (lambda: BinSpec.from_arguments(X, (1, 2, 3)), ValueError, "bins must be one integer or 2"),
        (lambda: BinSpec.from_arguments(X, 1.0), TypeError, "bins must be an integer; got 1.0"),
        (lambda: BinSpec.from_arguments(X[0, 0, 0], 1), ValueError, "1, 2 or 3 spatial axes"),
        (
            lambda: BinSpec.from_arguments(X, 2).checked_gradient(np.ones((1, 2, 2))),
            ValueError,
            r"dy must have shape \(1, 2, 2, 2\).*got shape \(1, 2, 2\)",
        ),
        (lambda: PieceSpec.from_arguments(3.0, 1), ValueError, "x must have at least one axis"),
        (lambda: PieceSpec.from_arguments(X, 2, axis=4), ValueError, "axis must be smaller than 4.*got 4"),
        (lambda: PieceSpec.from_arguments(X, 2, axis=-5), ValueError, "axis must be at least -4; got -5"),
        (lambda: PieceSpec.from_arguments(X, 2, axis=None), TypeError, "axis must be an integer; got None"),
        (lambda: PieceSpec.from_arguments(X, 0), ValueError, "pieces must be at least 1; got 0"),
        (
            lambda: PieceSpec.from_arguments(X, 2, axis=2),
            ValueError,
            "pieces must divide the 5 channels of x along axis 2; got 2",
        ),
        (
            lambda: PieceSpec.from_arguments(X, 2).checked_gradient(X),
            ValueError,
            r"dy must have shape \(1, 1, 5, 6\).*got shape \(1, 2, 5, 6\)",
        ),
    ],
)
def test_errors(build, error, message):
    with pytest.raises(error, match=message):
        build()
