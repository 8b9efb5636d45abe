"""pad, windows and fold."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lecturelib import crop, fold, pad, pad_adjoint, windows

LETTERS = {"zeros": "0000 1234 0000", "circular": "1234 1234 1234", "reflect": "3432 1234 3212"}
LETTERS |= {"symmetric": "4321 1234 4321", "edge": "1111 1234 4444"}


@pytest.mark.parametrize("boundary", LETTERS)
def test_pad_as_its_docstring_draws_it(boundary):
    drawn = [int(digit) for digit in LETTERS[boundary].replace(" ", "")]
    assert pad(np.array([1, 2, 3, 4]), [(4, 4)], boundary=boundary).tolist() == drawn
    assert LETTERS[boundary] in pad.__doc__


def test_pad_touches_the_last_axes_only():
    x = np.arange(6).reshape(1, 2, 3)
    assert pad(x, [(1, 0)]).tolist() == [[[0, 0, 1, 2], [0, 3, 4, 5]]]
    assert pad(x, [(1, 0), (0, 2)]).shape == (1, 3, 5)
    assert pad(x, [(0, 1)], value=-9)[0, 0].tolist() == [0, 1, 2, -9]
    assert pad(x.astype("f4"), [(0, 1)]).dtype == np.float32
    assert pad(x, []).shape == x.shape


def test_windows_by_hand():
    x = np.array([1, 2, 3, 5, 8])
    assert windows(x, (3,)).tolist() == [[1, 2, 3], [2, 3, 5], [3, 5, 8]]
    assert windows(x, (2,), stride=2).tolist() == [[1, 2], [3, 5]]
    assert windows(x, (2,), dilation=3).tolist() == [[1, 5], [2, 8]]
    assert windows(x, (2,), dilation=2, stride=2).tolist() == [[1, 3], [3, 8]]


def test_windows_are_a_view_that_cannot_be_written_to():
    x = np.arange(12.0).reshape(3, 4)
    view = windows(x, (2, 3))
    assert np.shares_memory(view, x)
    assert view.shape == (2, 2, 2, 3)
    with pytest.raises(ValueError, match="read-only"):
        view[0, 0, 0, 0] = 1
    assert x.flags.writeable


GEOMETRY = st.tuples(st.integers(1, 3), st.integers(1, 3), st.integers(1, 2), st.integers(0, 3))


@given(GEOMETRY, GEOMETRY, st.integers(0, 99))
def test_fold_is_the_adjoint_of_windows(rows, columns, seed):
    (kh, sh, dh, more_h), (kw, sw, dw, more_w) = rows, columns
    rng = np.random.default_rng(seed)
    shape = (dh * (kh - 1) + 1 + more_h, dw * (kw - 1) + 1 + more_w)
    x = rng.normal(size=(2, *shape))
    options = {"stride": (sh, sw), "dilation": (dh, dw)}
    view = windows(x, (kh, kw), **options)
    for i, j, u, v in np.ndindex(view.shape[1:]):
        assert (view[:, i, j, u, v] == x[:, i * sh + u * dh, j * sw + v * dw]).all()
    y = rng.normal(size=view.shape)
    back = fold(y, shape, **options)
    assert back.shape == x.shape
    np.testing.assert_allclose(np.sum(view * y), np.sum(x * back), atol=1e-9)


def test_fold_counts_the_windows_over_each_sample():
    assert fold(np.ones((3, 3), np.float32), (5,)).tolist() == [1, 2, 3, 2, 1]
    assert fold(np.ones((3, 3), np.float32), (5,)).dtype == np.float32


@pytest.mark.parametrize(
    ("function", "error", "message"),
    [
        (lambda x: pad(x, [(1, 1)], boundary="wrap"), ValueError, "boundary must be one of 'zeros'"),
        (lambda x: pad(x, [(-1, 1)]), ValueError, "pairs must be at least 0; got -1"),
        (lambda x: pad(x, [(1.0, 1)]), TypeError, "pairs must be an integer"),
        (
            lambda x: pad(x, (1, 1)),
            TypeError,
            r"pairs must be a sequence of \(before, after\) pairs.*got \(1, 1\)",
        ),
        (lambda x: pad(x, [(1, 1)] * 3), ValueError, r"pairs must be at most 2 \(before, after\) pairs"),
        (lambda x: pad(x, [(1, 1, 1)]), ValueError, r"pairs must be at most 2 \(before, after\) pairs"),
        (
            lambda x: windows(x, (4, 1)),
            ValueError,
            r"size must fit .* x, \(3, 4\); got windows that cover \(4, 1\)",
        ),
        (lambda x: windows(x, (1, 1, 1)), ValueError, "size must be at most 2 integers"),
        (lambda x: windows(x, (2,), stride=(1, 1)), ValueError, "stride must be one integer or 1"),
        (lambda x: windows(x, (2,), dilation=0), ValueError, "dilation must be at least 1; got 0"),
        (lambda x: windows(x, (2.0,)), TypeError, "size must be an integer"),
        (lambda x: fold(x, (3, 4)), ValueError, "y must have at least 4 axes for a shape of 2; got 2"),
        (
            lambda x: fold(x, (9,)),
            ValueError,
            r"windows of size \(4,\) at the \(6,\) places that shape \(9,\) has; got \(3,\)",
        ),
    ],
)
def test_errors(function, error, message):
    with pytest.raises(error, match=message):
        function(np.ones((3, 4)))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda x: pad(x, None), TypeError, "pairs must be a sequence .*; got None"),
        (lambda x: pad_adjoint(x, 1), TypeError, "pairs must be a sequence .*; got 1"),
        (lambda x: crop(x, [(1, 1.0)]), TypeError, "pairs must be an integer; got 1.0"),
        (lambda x: crop(x, [(1, 1, 1)]), ValueError, "pairs must be at most 2"),
        (lambda x: crop(x, [(4, 0)]), ValueError, r"pairs must leave something .* of x, of shape \(3, 4\)"),
        (lambda x: pad_adjoint(x, [(4, 0)]), ValueError, "pairs must leave something .* of y, of shape"),
        (lambda x: windows(x, 3), TypeError, r"size must be one integer an axis, such as \(3, 3\); got 3"),
        (lambda x: windows(x, (), stride="a"), TypeError, "stride must be an integer; got 'a'"),
        (lambda x: fold(x, None), TypeError, "shape must be one integer an axis"),
        (lambda x: fold(x, (3.0,)), TypeError, "shape must be an integer; got 3.0"),
        (lambda x: pad("ab", []), TypeError, "x must hold numbers"),
        (lambda x: windows(None, (1,)), TypeError, "x must hold numbers"),
        (lambda x: fold([], (1,)), ValueError, "y must not be empty"),
        (lambda x: pad(x, [(1, 1)], value="0"), TypeError, "value must hold numbers"),
        (lambda x: pad(x, [(1, 1)], value=[1]), ValueError, r"value must be one number .*; got \[1\]"),
        (
            lambda x: pad(x, [(1, 1)], value=0.5),
            ValueError,
            "value must be one number that int64 can hold; got 0.5",
        ),
        (
            lambda x: pad(x, [(1, 1)], value=np.inf),
            ValueError,
            "value must be one number that int64 can hold",
        ),
    ],
)
def test_windows_let_numpy_complain(call, error, message):
    """A wrong argument met an error of NumPy or Python that named no argument, or was rounded in silence."""
    with pytest.raises(error, match=message):
        call(np.arange(12).reshape(3, 4))
