"""conv_basis(n, k): the matrices of which every convolution is a sum, built by the student."""

from __future__ import annotations

import numpy as np

from lecturelib.exercises.exercise import Exercise, MistakeBook, Problem, mistake
from lecturelib.exercises.guard import ways_to

STATEMENT = """\
A dense layer from `n` inputs to `n - k + 1` outputs has a free number for each entry of its matrix. A
convolution may use only matrices $T(w) = \\sum_j w[j]\\, B_j$, with one number for each entry of a kernel
of length `k`. Write `conv_basis(n, k)`, **the matrices $B_j$**.

- `n`, `k`: ints with `1 <= k <= n`.
- It returns an array of shape `(k, n - k + 1, n)` whose entries are 0 and 1. For every kernel `w` of shape
  `(k,)` and every `x` of shape `(n,)`, `sum(w[j] * B[j] for j in range(k)) @ x` is the **convolution** of
  `x` with `w` where `w` lies inside `x` (`"valid"`). The kernel is flipped.

With `n = 3` and `k = 2` it is `[[[0, 1, 0], [0, 0, 1]], [[1, 0, 0], [0, 1, 0]]]`.
"""

STUB = '''\
def conv_basis(n, k):
    """Matrices (k, n - k + 1, n), one for each kernel entry, whose sums are the valid convolutions."""
    raise NotImplementedError("Write conv_basis here.")
'''

HINTS = (
    "Choose the kernel that is 1 at `j` and 0 elsewhere. What does convolution with it do to `x`, and which "
    "matrix does the same?",
    "Output `r` of the valid convolution is the sum of `w[j] * x[r + k - 1 - j]`. So row `r` of matrix `j` "
    "has a single 1; the formula says in which column.",
)


def _bands(n, k, rows, column, *, wrap=False):
    """Set a 1 in row r of matrix j at column(r, j); columns outside are left out, or wrapped."""
    basis = np.zeros((k, rows, n))
    for j in range(k):
        for r in range(rows):
            place = column(r, j) % n if wrap else column(r, j)
            if 0 <= place < n:
                basis[j, r, place] = 1
    return basis


def reference(n: int, k: int) -> np.ndarray:
    """Set row r of matrix j to 1 at column r + k - 1 - j."""
    return _bands(n, k, n - k + 1, lambda r, j: r + k - 1 - j)


# --- right, and different -----------------------------------------------------------------------------------


def _diagonals(n, k):
    return np.stack([np.eye(n - k + 1, n, k - 1 - j, dtype=np.float32) for j in range(k)])


def _impulse_kernels(n, k):
    """Convolve every impulse with every impulse."""
    basis = []
    for w in np.eye(k):
        columns = [np.convolve(x, w, "full")[k - 1 : n] for x in np.eye(n)]
        basis.append(np.stack(columns, axis=1))
    return np.array(basis)


def _compared(n, k):
    j, r, column = np.ogrid[:k, : n - k + 1, :n]
    return column + j == r + k - 1


def _lists(n, k):
    return [[[int(i == r + k - 1 - j) for i in range(n)] for r in range(n - k + 1)] for j in range(k)]


# --- wrong --------------------------------------------------------------------------------------------------


@mistake(
    "Your sums are the matrices of cross-correlation: `B[0]` picks the leftmost sample under the kernel. In "
    "a convolution the kernel is flipped, and w[0] meets the rightmost one."
)
def _correlation(n, k):
    return reference(n, k)[::-1]


@mistake(
    "All your matrices have their ones on the main diagonal. Each entry of the kernel meets another sample, "
    "so each matrix has a diagonal of its own."
)
def _main_diagonal(n, k):
    return _bands(n, k, n - k + 1, lambda r, j: r)


@mistake(
    'Your matrices have n + k - 1 rows: that is "full". Only n - k + 1 of them belong to places where the '
    "kernel lies inside the signal."
)
def _full(n, k):
    return _bands(n, k, n + k - 1, lambda r, j: r - j)


@mistake(
    'Your matrices have n rows, with zeros beyond the border: that is "same". Only n - k + 1 rows belong to '
    "places where the kernel lies inside the signal."
)
def _same(n, k):
    return _bands(n, k, n, lambda r, j: r + (k - 1) // 2 - j)


@mistake(_same.sentence)
def _square(n, k):
    return _bands(n, k, n, lambda r, j: r + k - 1 - j)


@mistake(_same.sentence)
def _causal(n, k):
    return _bands(n, k, n, lambda r, j: r - j)


@mistake(
    "Your matrices are circulant, of shape (n, n): what leaves at one end comes in at the other. A valid "
    "convolution does not wrap, and has n - k + 1 outputs."
)
def _circulant(n, k):
    return _bands(n, k, n, lambda r, j: r - j, wrap=True)


@mistake(_circulant.sentence)
def _circulant_shifted(n, k):
    return _bands(n, k, n, lambda r, j: r + k - 1 - j, wrap=True)


@mistake(
    "Your matrices have the right number of rows, but their ones start in column -j and wrap around: Python "
    "counts -1 from the end. In the first output the whole kernel lies inside the signal already."
)
def _negative_index(n, k):
    return _bands(n, k, n - k + 1, lambda r, j: r - j, wrap=True)


@mistake(
    "Your rows are the first of the full convolution, where the kernel still hangs over the start. In the "
    "first valid output it lies inside the signal."
)
def _first_rows(n, k):
    return _bands(n, k, n - k + 1, lambda r, j: r - j)


@mistake("Each of your matrices is transposed: they need a row for each output, a column for each input.")
def _transposed(n, k):
    return reference(n, k).transpose(0, 2, 1)


@mistake("The kernel's entries are counted by your last axis. They should be counted by the first.")
def _kernel_last(n, k):
    return np.moveaxis(reference(n, k), 0, -1)


@mistake("Your matrices are scaled to length 1. Then their sum with weights w is not the convolution with w.")
def _normalised(n, k):
    return reference(n, k) / np.sqrt(n - k + 1)


@mistake("A row is missing: the kernel has n - k + 1 places inside the signal, not n - k.")
def _one_row_short(n, k):
    return reference(n, k)[:, :-1]


@mistake(
    "Your ones go down from right to left. The next output meets the next samples, so its row has its 1 one "
    "column further right."
)
def _antidiagonals(n, k):
    return reference(n, k)[:, ::-1]


@mistake(
    "You return one matrix, the sum of all. It belongs to the kernel of ones; asked for are k matrices, one "
    "for each entry of the kernel."
)
def _summed(n, k):
    return reference(n, k).sum(axis=0)


@mistake(
    "You return one matrix for each place of the kernel. Asked for is one for each of its entries: the same "
    "number stands at every place, which is what makes it a convolution."
)
def _by_place(n, k):
    basis = np.zeros((n - k + 1, k, n))
    for place in range(n - k + 1):
        basis[place, :, place : place + k] = np.eye(k)
    return basis


@mistake(
    "You return a basis of all matrices, with a single 1 in each. Those span the dense layer; a convolution "
    "has only k free numbers."
)
def _dense(n, k):
    entries = (n - k + 1) * n
    return np.eye(entries).reshape(entries, n - k + 1, n)


@mistake(
    "Your matrices are laid out as vectors. Keep rows and columns apart: the shape is (k, n - k + 1, n)."
)
def _flattened(n, k):
    return reference(n, k).reshape(k, -1)


@mistake("Your matrix `j` holds j + 1 instead of 1. The weights come in later; here every entry is 0 or 1.")
def _numbered(n, k):
    return reference(n, k) * np.arange(1, k + 1)[:, None, None]


@mistake(
    "Only the first row of each matrix is filled. The kernel moves on by one sample from row to row, with "
    "the same entries."
)
def _first_row_only(n, k):
    basis = reference(n, k)
    basis[:, 1:] = 0
    return basis


@mistake("You have exchanged `n` and `k`: the signal has n samples, the kernel k entries.")
def _swapped(n, k):
    return np.zeros((n, k - n + 1, k))


@mistake(
    "Your ones stand one column too far right. The first output meets the samples 0 to k - 1, and the "
    "flipped kernel puts w[j] on sample k - 1 - j."
)
def _one_column_right(n, k):
    return _bands(n, k, n - k + 1, lambda r, j: r + k - j)


MISTAKES = MistakeBook.of(
    _correlation,
    _main_diagonal,
    _full,
    _same,
    _square,
    _causal,
    _circulant,
    _circulant_shifted,
    _first_rows,
    _negative_index,
    _transposed,
    _kernel_last,
    _normalised,
    _one_row_short,
    _one_column_right,
    _antidiagonals,
    _summed,
    _by_place,
    _dense,
    _flattened,
    _numbered,
    _first_row_only,
    _swapped,
)

# --- problems -----------------------------------------------------------------------------------------------


def _problem(n: int, k: int) -> Problem:
    traits = {
        "k is 1": k == 1,
        "k is above 1": k > 1,
        "k is even": k % 2 == 0,
        "k is odd": k % 2 == 1,
        "k is n": k == n,
        "k is smaller than n": k < n,
        "the kernel has several places": k < n,
        "the matrices are wider than high": 1 < k < n,
        "n is 1": n == 1,
    }
    return Problem((n, k), f"n = {n}, k = {k}", tuple(trait for trait, holds in traits.items() if holds))


def problems(rng: np.random.Generator) -> list[Problem]:
    """Draw 10 pairs: the example, kernels of 1 to 5 entries, one of them as long as the signal."""
    a, b, c, d, e = (int(number) for number in rng.integers(0, 3, 5))
    pairs = [
        (3, 2),
        (4, 3),
        (4 + a, 2),
        (5 + b, 3),
        (5 + c, 4),
        (6 + d % 2, 5),
        (2 + e, 1),
        (3, 3),
        (5, 5),
        (1, 1),
    ]
    return [_problem(n, k) for n, k in pairs]


CONV_BASIS = Exercise(
    name="conv_basis",
    title="The few matrices that convolve",
    topic="priors",
    statement=STATEMENT,
    stub=STUB,
    hints=HINTS,
    points=2,
    minutes=12,
    may_not_call=(
        "scipy.linalg.toeplitz",
        "scipy.linalg.circulant",
        "scipy.linalg.convolution_matrix",
        *ways_to("operators.matrices", "toeplitz", "conv_matrix", "circulant"),
    ),
    may_not_call_because="It builds each matrix in one call; find out yourself where its ones stand.",
    reference=reference,
    draw=problems,
    mistakes=MISTAKES,
    variants=(_diagonals, _impulse_kernels, _compared, _lists),
)
