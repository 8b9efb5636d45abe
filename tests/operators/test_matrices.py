"""Convolution as a matrix."""

import numpy as np
import pytest
import scipy.linalg
from hypothesis import given, settings
from hypothesis import strategies as st

from lecturelib import (
    circulant,
    conv_matrix,
    convolve,
    cross_correlate,
    is_block_circulant,
    is_block_toeplitz,
    is_circulant,
    is_toeplitz,
    nearest_circulant,
    toeplitz,
)

MODES = ("full", "same", "valid")
BOUNDARIES = ("zeros", "circular", "reflect", "symmetric", "edge")


def test_toeplitz_by_hand():
    assert toeplitz([1, 10, 100], 5).tolist() == [[100, 10, 1, 0, 0], [0, 100, 10, 1, 0], [0, 0, 100, 10, 1]]
    assert toeplitz([1, 2], 2, "full").tolist() == [[1, 0], [2, 1], [0, 2]]
    assert toeplitz([1, 2, 3, 4], 2, "same").tolist() == [[2, 1], [3, 2]]
    assert toeplitz([1, 2, 3], 2, "valid").tolist() == [[2, 1], [3, 2]]  # the kernel is the longer one


def test_document_001s_tridiagonal_matrix():
    matrix = toeplitz([100, 10, 1], 6, "same")
    assert matrix[0].tolist() == [10, 100, 0, 0, 0, 0]
    assert matrix[1].tolist() == [1, 10, 100, 0, 0, 0]
    assert (matrix @ [1, 2, 3, 4, 5, 6]).tolist() == [210, 321, 432, 543, 654, 65]


@given(st.integers(1, 7), st.integers(1, 7), st.sampled_from(MODES), st.integers(0, 99))
def test_toeplitz_is_convolution(n, k, mode, seed):
    rng = np.random.default_rng(seed)
    x, kernel = rng.integers(-9, 10, n), rng.integers(-9, 10, k)
    matrix = toeplitz(kernel, n, mode)
    assert (matrix @ x).tolist() == convolve(x, kernel, mode).tolist()
    assert matrix.tolist() == conv_matrix(kernel, n, mode).tolist()
    assert matrix.dtype == kernel.dtype
    assert is_toeplitz(matrix)


def test_toeplitz_agrees_with_scipy():
    k = [1.0, -2.0, 5.0, 3.0]
    np.testing.assert_array_equal(toeplitz(k, 6, "full"), scipy.linalg.convolution_matrix(k, 6, "full"))
    np.testing.assert_array_equal(toeplitz(k, 6, "same"), scipy.linalg.convolution_matrix(k, 6, "same"))
    np.testing.assert_array_equal(toeplitz(k, 6), scipy.linalg.convolution_matrix(k, 6, "valid"))


def test_circulant_by_hand():
    matrix = circulant([1, 2, 4, 8, 16], 5)
    assert matrix[:, 0].tolist() == [1, 2, 4, 8, 16]
    assert (matrix @ [3, 1, 4, 1, 5]).tolist() == [65, 99, 74, 117, 79]
    assert (matrix.T @ [3, 1, 4, 1, 5]).tolist() == [109, 101, 66, 95, 63]
    assert circulant([1, 2], 3).tolist() == [[1, 0, 2], [2, 1, 0], [0, 2, 1]]


@pytest.mark.parametrize(("k", "n"), [(1, 4), (2, 5), (3, 5), (4, 6), (6, 6)])
def test_circulant_is_the_cyclic_convolution(k, n):
    rng = np.random.default_rng(k)
    kernel, x = rng.normal(size=k), rng.normal(size=n)
    cyclic = circulant(kernel, n) @ x
    np.testing.assert_allclose(cyclic, np.fft.ifft(np.fft.fft(x) * np.fft.fft(kernel, n)).real)
    centred = convolve(x, kernel, "same", boundary="circular")
    np.testing.assert_allclose(np.roll(cyclic, -((k - 1) // 2)), centred)
    period = np.append(kernel, np.zeros(n - k))
    np.testing.assert_array_equal(circulant(kernel, n), scipy.linalg.circulant(period))


SHAPES = [
    ((5,), (3,)),
    ((2,), (5,)),
    ((4, 5), (3, 2)),
    ((3, 4), (4, 4)),
    ((2, 3), (3, 5)),
    ((3, 2, 4), (2, 2, 3)),
]


@pytest.mark.parametrize("boundary", BOUNDARIES)
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("shape", "size"), SHAPES)
def test_columns_are_impulse_responses(shape, size, mode, boundary):
    k = np.random.default_rng(0).integers(-9, 10, size)
    matrix = conv_matrix(k, shape, mode, boundary=boundary)
    impulses = np.eye(np.prod(shape), dtype=int)
    responses = [convolve(e.reshape(shape), k, mode, boundary=boundary).ravel() for e in impulses]
    assert matrix.T.tolist() == np.array(responses).tolist()
    assert matrix.dtype == k.dtype


@given(st.integers(1, 4), st.integers(1, 4), st.integers(1, 4), st.integers(1, 4), st.integers(0, 99))
@settings(max_examples=40)
def test_the_transpose_is_cross_correlation(rows, columns, kh, kw, seed):
    rng = np.random.default_rng(seed)
    k = rng.normal(size=(kh, kw))
    y = rng.normal(size=(rows + kh - 1, columns + kw - 1))
    back = conv_matrix(k, (rows, columns), "full").T @ y.ravel()
    np.testing.assert_allclose(back, cross_correlate(y, k, "valid").ravel(), atol=1e-9)


def test_entries_of_a_five_by_five_image_and_three_by_three_kernel():
    k = np.arange(1.0, 10).reshape(3, 3)
    matrices = [conv_matrix(k, (5, 5), mode) for mode in ("same", "valid", "full")]
    matrices.append(conv_matrix(k, (5, 5), "same", boundary="circular"))
    assert [np.count_nonzero(m) for m in matrices] == [169, 81, 225, 225]
    assert [m.size for m in matrices] == [625, 225, 1225, 625]
    assert [
        is_block_toeplitz(m, (m.shape[0] // h, 5)) for m, h in zip(matrices, (5, 3, 7, 5), strict=True)
    ] == [True] * 4
    assert [
        is_block_circulant(m, (m.shape[0] // h, 5)) for m, h in zip(matrices, (5, 3, 7, 5), strict=True)
    ] == [False] * 3 + [True]


def test_block_shapes_of_images_that_are_not_square():
    k = [[1, 2, 3], [4, 5, 6]]
    assert is_block_toeplitz(conv_matrix(k, (4, 6), "full"), (8, 6))
    assert is_block_toeplitz(conv_matrix(k, (4, 6), "valid"), (4, 6))
    assert is_block_circulant(conv_matrix(k, (4, 6), "same", boundary="circular"), 6)
    assert not is_block_circulant(conv_matrix(k, (4, 6), "same", boundary="circular"), 4)
    assert not is_block_toeplitz(conv_matrix(k, (4, 6), "same", boundary="reflect"), 6)


def test_predicates_are_exact_and_see_one_wrong_entry():
    def doubly_toeplitz(m):
        return is_block_toeplitz(m, 2)

    def doubly_circulant(m):
        return is_block_circulant(m, 3)

    for matrix, predicate in (
        (toeplitz([1.0, 2, 3], 6, "same"), is_toeplitz),
        (circulant([1.0, 2, 3], 6), is_circulant),
        (conv_matrix(np.ones((2, 2)), (3, 2), "same"), doubly_toeplitz),
        (conv_matrix(np.ones((2, 2)), (3, 3), "same", boundary="circular"), doubly_circulant),
    ):
        assert predicate(matrix)
        for i, j in ((0, 0), (2, 3), (5, 0)):
            wrong = matrix.copy()
            wrong[i, j] += 1e-12
            # The corner entry is a whole diagonal by itself: the matrix is Toeplitz whatever it is.
            alone = (i, j) == (5, 0) and predicate in (is_toeplitz, doubly_toeplitz)
            assert predicate(wrong) == alone


def test_doubly_means_the_blocks_and_their_pattern():
    band, cycle = toeplitz([1, 2, 3], 4, "same"), circulant([1, 2, 3], 4)
    arbitrary = np.arange(16).reshape(4, 4)
    assert is_block_circulant(np.kron(cycle, cycle), 4)
    assert not is_block_circulant(np.kron(cycle, band), 4)
    assert not is_block_circulant(np.kron(band, cycle), 4)
    assert is_block_toeplitz(np.kron(band, cycle), 4)
    assert not is_block_toeplitz(np.kron(band, arbitrary), 4)
    assert not is_block_toeplitz(np.kron(arbitrary, band), 4)


def test_circulant_needs_the_corners():
    assert is_toeplitz(toeplitz([1, 2, 3], 5, "same"))
    assert not is_circulant(toeplitz([1, 2, 3], 5, "same"))
    assert not is_circulant(toeplitz([1, 2, 3], 5))
    assert is_circulant(circulant([1, 2, 3], 5))


def test_no_axes():
    assert conv_matrix(3, ()).tolist() == [[3]]


@pytest.mark.parametrize(
    ("function", "error", "message"),
    [
        (lambda: toeplitz([[1]], 3), ValueError, r"k must have one axis; got shape \(1, 1\)"),
        (lambda: toeplitz([], 3), ValueError, "k must not be empty"),
        (lambda: toeplitz([1], 0), ValueError, "n must be at least 1; got 0"),
        (lambda: toeplitz([1], 3, "circular"), ValueError, "mode must be one of 'full', 'same', 'valid'"),
        (
            lambda: circulant([1, 2, 3], 2),
            ValueError,
            "k must be at most n = 2 long, one period; got 3 values",
        ),
        (lambda: circulant([1], 2.0), TypeError, "n must be an integer; got 2.0"),
        (
            lambda: conv_matrix([1], (2, 3)),
            ValueError,
            r"shape must have a length for each of the 1 axes of k; got \(2, 3\)",
        ),
        (lambda: conv_matrix([1], (0,)), ValueError, "shape must be at least 1; got 0"),
        (lambda: conv_matrix(["a"], 3), TypeError, "k must hold numbers"),
        (lambda: conv_matrix([1], 3, boundary="wrap"), ValueError, "boundary must be one of"),
        (lambda: conv_matrix(np.ones((1, 3)), (3, 1)), ValueError, "larger one along every axis"),
        (lambda: is_toeplitz([1, 2]), ValueError, r"matrix must have two axes; got shape \(2,\)"),
        (lambda: is_circulant(5), ValueError, r"matrix must have two axes; got shape \(\)"),
        (
            lambda: is_block_toeplitz(np.ones((4, 6)), 4),
            ValueError,
            r"\(4, 4\) do not fill a matrix of shape \(4, 6\)",
        ),
        (
            lambda: is_block_circulant(np.ones((4, 4)), (2, 2, 2)),
            TypeError,
            "block_shape must be one or two integers",
        ),
        (lambda: is_block_circulant(np.ones((4, 4)), 0), ValueError, "block_shape must be at least 1"),
    ],
)
def test_errors(function, error, message):
    with pytest.raises(error, match=message):
        function()


def test_infinities_that_meet_in_one_entry_gave_a_warning():
    matrix = conv_matrix([np.inf, 1, -np.inf], (1,), "same", boundary="edge")
    assert np.isnan(matrix).all()


@pytest.mark.parametrize("shape", [[[1, 2], [3]], ([1], 2), None, "ab", 1.5])
def test_a_shape_that_is_none_is_named(shape):
    with pytest.raises(TypeError, match="shape must be an integer; got"):
        conv_matrix([[1]], shape)


def test_nearest_circulant():
    rng = np.random.default_rng(0)
    for n in (1, 2, 5, 6):
        m = rng.normal(size=(n, n))
        near = nearest_circulant(m)
        expected = np.array(
            [[np.mean([m[a, (a - (i - j)) % n] for a in range(n)]) for j in range(n)] for i in range(n)]
        )
        np.testing.assert_allclose(near, expected, atol=1e-14)
        np.testing.assert_allclose(nearest_circulant(near), near, atol=1e-14)
        for kernel in np.eye(n):  # what is left is orthogonal to every circulant matrix
            assert abs(((m - near) * circulant(kernel, n)).sum()) < 1e-12
    assert is_circulant(nearest_circulant(np.arange(9).reshape(3, 3)))


@pytest.mark.parametrize(
    ("matrix", "error", "message"),
    [
        (np.ones((2, 3)), ValueError, r"matrix must be square; got shape \(2, 3\)"),
        ([1, 2], ValueError, r"matrix must be square; got shape \(2,\)"),
        ([["a"]], TypeError, "matrix must hold numbers"),
    ],
)
def test_errors_of_the_nearest_circulant(matrix, error, message):
    with pytest.raises(error, match=message):
        nearest_circulant(matrix)
