"""Convolution as a matrix: Toeplitz, circulant, and their doubly block versions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from lecturelib.operators.checks import MODES, each_axis, is_sequence, numeric_array, one_of, whole_number
from lecturelib.operators.shapes import boundary_pads, mode_length, mode_start
from lecturelib.operators.spec import SignalSpec
from lecturelib.operators.windows import pad, windows


def toeplitz(k: ArrayLike, n: int, mode: str = "valid") -> np.ndarray:
    """Matrix of the convolution of a signal of length `n` with the kernel `k`.

    Parameters
    ----------
    k : array_like of shape (K,)
        The kernel.
    n : int
        Length of the signals it is applied to.
    mode : {"valid", "same", "full"}
        As in :func:`~lecturelib.operators.signals.convolve`.

    Returns
    -------
    ndarray of shape (length of the output, n)
        ``M[i, j] = k[i + s - j]``, where s is where the mode starts within full and entries
        outside the kernel are 0: constant along every diagonal. ``M @ x == convolve(x, k, mode)``.

    Raises
    ------
    TypeError
        If `k` does not hold numbers or `n` is not an integer.
    ValueError
        If `k` is empty or has not one axis, `n` is smaller than 1, or the mode is unknown.

    Notes
    -----
    Each row holds the kernel *flipped*. The matrix that holds it unflipped belongs to
    cross-correlation.

    Examples
    --------
    >>> toeplitz([1, 10, 100], 5)
    array([[100,  10,   1,   0,   0],
           [  0, 100,  10,   1,   0],
           [  0,   0, 100,  10,   1]])
    """
    k = _kernel_of_one_axis(k)
    n = whole_number("n", n, at_least=1)
    one_of("mode", mode, MODES)
    rows = np.arange(mode_length(n, k.size, mode))[:, None]
    columns = np.arange(n)[None, :]
    lag = rows + mode_start(n, k.size, mode) - columns
    inside = (lag >= 0) & (lag < k.size)
    return np.where(inside, k[np.clip(lag, 0, k.size - 1)], np.zeros((), k.dtype))


def circulant(k: ArrayLike, n: int) -> np.ndarray:
    """Matrix of the cyclic convolution of a signal of length `n` with the kernel `k`.

    Parameters
    ----------
    k : array_like of shape (K,)
        The kernel, at most `n` long; its first value belongs to lag 0.
    n : int
        The period.

    Returns
    -------
    ndarray of shape (n, n)
        ``C[i, j] = k[(i - j) mod n]``, with `k` filled up with zeros: each column is the one before,
        moved down by one. ``C @ x == ifft(fft(x) * fft(k, n))``.

    Raises
    ------
    TypeError
        If `k` does not hold numbers or `n` is not an integer.
    ValueError
        If `k` is empty, has not one axis, or is longer than `n`.

    Notes
    -----
    ``convolve(x, k, "same", boundary="circular")`` centres the kernel instead: it is ``C @ x``
    rolled by ``-((K - 1) // 2)``.

    Examples
    --------
    >>> circulant([1, 2, 4, 8, 16], 5) @ [3, 1, 4, 1, 5]
    array([ 65,  99,  74, 117,  79])
    """
    k = _kernel_of_one_axis(k)
    n = whole_number("n", n, at_least=1)
    if k.size > n:
        raise ValueError(f"k must be at most n = {n} long, one period; got {k.size} values")
    period = np.zeros(n, k.dtype)
    period[: k.size] = k
    lag = np.arange(n)[:, None] - np.arange(n)[None, :]
    return period[lag % n]


def conv_matrix(
    k: ArrayLike, shape: int | Sequence[int], mode: str = "valid", *, boundary: str = "zeros"
) -> np.ndarray:
    """Matrix of the convolution of arrays of a given shape with the kernel `k`, in any dimension.

    Parameters
    ----------
    k : array_like of shape (*K)
        The kernel.
    shape : int or sequence of int
        Shape ``S`` of the arrays it is applied to, with as many axes as `k`.
    mode : {"valid", "same", "full"}
        As in :func:`~lecturelib.operators.signals.convolve`.
    boundary : {"zeros", "circular", "reflect", "symmetric", "edge"}
        As in :func:`~lecturelib.operators.signals.convolve`.

    Returns
    -------
    ndarray of shape (prod(O), prod(S))
        ``M @ x.ravel() == convolve(x, k, mode, boundary=boundary).ravel()``, in the dtype of `k`.

    Raises
    ------
    TypeError
        If `k` does not hold numbers or a length is not an integer.
    ValueError
        If shapes do not go together or an option is unknown.

    Notes
    -----
    For images it is doubly block Toeplitz with zeros beyond the border and doubly block circulant
    with ``boundary="circular"`` (mode ``same``). Other boundaries change the rows of border outputs,
    so those matrices are neither. Memory grows with the square of the number of samples: for a look,
    not for work.

    Examples
    --------
    >>> conv_matrix([[1, 10], [100, 1000]], (2, 3))
    array([[1000,  100,    0,   10,    1,    0],
           [   0, 1000,  100,    0,   10,    1]])
    """
    k = numeric_array("k", k)
    lengths = shape if is_sequence(shape) else (shape,)
    shape = each_axis("shape", lengths, len(lengths))
    if len(shape) != k.ndim:
        raise ValueError(f"shape must have a length for each of the {k.ndim} axes of k; got {shape}")
    SignalSpec.from_arguments(np.broadcast_to(np.float64(0), shape), k, mode, boundary, "fft")
    # Number the samples, pad the numbers as the samples would be, and look which number lies under
    # which tap. Beyond a border of zeros there is no sample: number -1.
    pairs = [boundary_pads(n, size, mode) for n, size in zip(shape, k.shape, strict=True)]
    numbers = np.arange(np.prod(shape, dtype=int)).reshape(shape)
    beyond = "zeros" if mode == "valid" else boundary
    under = windows(pad(numbers, pairs, boundary=beyond, value=-1), k.shape)
    outputs = np.prod(under.shape[: k.ndim], dtype=int)
    matrix = np.zeros((outputs, numbers.size), k.dtype)
    with np.errstate(invalid="ignore", over="ignore"):  # taps that meet in one sample: ∞ - ∞
        for position, tap in np.ndenumerate(np.flip(k)):
            column = under[(..., *position)].ravel()
            row = np.flatnonzero(column >= 0)
            matrix[row, column[row]] += tap
    return matrix


def is_toeplitz(matrix: ArrayLike) -> bool:
    """Whether a matrix is constant along every diagonal, exactly.

    Parameters
    ----------
    matrix : array_like of shape (R, C)
        Any matrix.

    Returns
    -------
    bool
        True if ``M[i + 1, j + 1] == M[i, j]`` throughout.

    Raises
    ------
    ValueError
        If it has not two axes.

    Examples
    --------
    >>> is_toeplitz([[2, 1, 0], [3, 2, 1]])
    True
    """
    m = _matrix(matrix)
    return bool((m[1:, 1:] == m[:-1, :-1]).all())


def is_circulant(matrix: ArrayLike) -> bool:
    """Whether each column of a square matrix is the one before moved down by one, exactly.

    Parameters
    ----------
    matrix : array_like of shape (R, C)
        Any matrix; only a square one can be circulant.

    Returns
    -------
    bool
        True if ``M[(i + 1) mod n, (j + 1) mod n] == M[i, j]`` throughout.

    Raises
    ------
    ValueError
        If it has not two axes.

    Examples
    --------
    >>> is_circulant([[1, 3, 2], [2, 1, 3], [3, 2, 1]])
    True
    """
    m = _matrix(matrix)
    return m.shape[0] == m.shape[1] and bool((np.roll(m, (1, 1), axis=(0, 1)) == m).all())


def nearest_circulant(matrix: ArrayLike) -> np.ndarray:
    """Circulant matrix nearest to a square one, in the sum of squared differences.

    Parameters
    ----------
    matrix : array_like of shape (n, n)
        Any square matrix of real or complex numbers.

    Returns
    -------
    ndarray of shape (n, n)
        Every entry is the mean of its cyclic diagonal: of all entries with the same ``(i - j) mod n``.

    Raises
    ------
    TypeError
        If it does not hold numbers.
    ValueError
        If it is not square.

    Notes
    -----
    It is the orthogonal projection onto the matrices that commute with the cyclic shift.

    Examples
    --------
    >>> nearest_circulant([[1, 0, 3], [0, 1, 0], [0, 3, 1]])
    array([[1., 0., 2.],
           [2., 1., 0.],
           [0., 2., 1.]])
    """
    m = numeric_array("matrix", matrix)
    if m.ndim != 2 or m.shape[0] != m.shape[1]:
        raise ValueError(f"matrix must be square; got shape {m.shape}")
    n = len(m)
    columns = np.stack([np.roll(m[:, j], -j) for j in range(n)])  # row j: from the diagonal down, and around
    return columns.mean(0)[(np.arange(n)[:, None] - np.arange(n)) % n]


def is_block_toeplitz(matrix: ArrayLike, block_shape: int | tuple[int, int]) -> bool:
    """Whether a matrix is doubly block Toeplitz (BTTB): Toeplitz blocks in a Toeplitz pattern, exactly.

    Parameters
    ----------
    matrix : array_like of shape (R, C)
        Any matrix.
    block_shape : int or (int, int)
        Rows and columns of one block: for images, the widths of the output and of the input.

    Returns
    -------
    bool
        True if neighbouring blocks along the diagonal are equal and each block is Toeplitz.

    Raises
    ------
    TypeError
        If `block_shape` is not one or two integers.
    ValueError
        If the blocks do not fill the matrix.

    Examples
    --------
    >>> is_block_toeplitz(conv_matrix([[1, 2], [3, 4]], (5, 6)), (5, 6))
    True
    """
    b = _blocks(matrix, block_shape)
    return bool((b[1:, :, 1:] == b[:-1, :, :-1]).all() and (b[:, 1:, :, 1:] == b[:, :-1, :, :-1]).all())


def is_block_circulant(matrix: ArrayLike, block_shape: int | tuple[int, int]) -> bool:
    """Whether a matrix is doubly block circulant (BCCB): circulant blocks in a circulant pattern, exactly.

    Parameters
    ----------
    matrix : array_like of shape (R, C)
        Any matrix; only a square one with square blocks can be block circulant.
    block_shape : int or (int, int)
        Rows and columns of one block: for images, their width.

    Returns
    -------
    bool
        True if moving all blocks, or the entries within all blocks, cyclically by one down and right
        changes nothing.

    Raises
    ------
    TypeError
        If `block_shape` is not one or two integers.
    ValueError
        If the blocks do not fill the matrix.

    Examples
    --------
    >>> k = [[1, 2], [3, 4]]
    >>> is_block_circulant(conv_matrix(k, (5, 6), "same", boundary="circular"), 6)
    True
    """
    b = _blocks(matrix, block_shape)
    if b.shape[0] != b.shape[2] or b.shape[1] != b.shape[3]:
        return False
    moved_blocks = np.roll(b, (1, 1), axis=(0, 2))
    moved_entries = np.roll(b, (1, 1), axis=(1, 3))
    return bool((moved_blocks == b).all() and (moved_entries == b).all())


def _kernel_of_one_axis(k: ArrayLike) -> np.ndarray:
    k = numeric_array("k", k)
    if k.ndim != 1:
        raise ValueError(f"k must have one axis; got shape {k.shape} (conv_matrix takes any)")
    return k


def _matrix(matrix: ArrayLike) -> np.ndarray:
    m = np.asarray(matrix)
    if m.ndim != 2:
        raise ValueError(f"matrix must have two axes; got shape {m.shape}")
    return m


def _blocks(matrix: ArrayLike, block_shape: int | tuple[int, int]) -> np.ndarray:
    """View of a matrix with axes (block row, row in block, block column, column in block)."""
    m = _matrix(matrix)
    pair = tuple(block_shape) if isinstance(block_shape, (tuple, list)) else (block_shape, block_shape)
    if len(pair) != 2:
        raise TypeError(f"block_shape must be one or two integers; got {block_shape!r}")
    rows, columns = (whole_number("block_shape", n, at_least=1) for n in pair)
    if m.shape[0] % rows or m.shape[1] % columns:
        raise ValueError(f"blocks of shape {(rows, columns)} do not fill a matrix of shape {m.shape}")
    return m.reshape(m.shape[0] // rows, rows, m.shape[1] // columns, columns)
