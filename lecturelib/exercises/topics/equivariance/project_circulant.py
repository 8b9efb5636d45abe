"""project_circulant(W): the nearest circulant matrix, written by the student."""

from __future__ import annotations

import numpy as np

from lecturelib.exercises.drawing import halves, whole
from lecturelib.exercises.exercise import Exercise, MistakeBook, Problem, mistake

STATEMENT = """\
A matrix commutes with the cyclic shift exactly if it is **circulant**: $C[i,j] = c[(i-j) \\bmod n]$, one
number for each cyclic diagonal. Write `project_circulant(W)`: the circulant matrix nearest to `W`. It has the
smallest sum of squared differences $\\sum_{i,j} (W[i,j] - C[i,j])^2$.

- `W`: array of shape `(n, n)`, `n >= 1`, integers or floating-point numbers, in general without any symmetry.
- It returns an array of shape `(n, n)` and leaves `W` as it is. A circulant matrix comes back with the same
  numbers.
"""

STUB = '''\
def project_circulant(W):
    """Circulant matrix nearest to W of shape (n, n) in the Frobenius norm."""
    raise NotImplementedError("Write project_circulant here.")
'''

HINTS = (
    "All entries with the same (i - j) mod n must become one number. Which single number is nearest to "
    "several given ones, by the sum of squared differences?",
    "Cyclic diagonal `d` holds the `n` entries `W[i, (i - d) % n]`, one in each row: after the first column "
    "it goes on at the last one. Replace each of them by their mean.",
)


def _diagonals(W: np.ndarray) -> np.ndarray:
    """Lay cyclic diagonal d of W (n, n) out as row d."""
    n = len(W)
    return np.array([[W[i, (i - d) % n] for i in range(n)] for d in range(n)])


def _circulant(c: np.ndarray) -> np.ndarray:
    n = len(c)
    return c[(np.arange(n)[:, None] - np.arange(n)) % n]


def reference(W: np.ndarray) -> np.ndarray:
    """Average W of shape (n, n) over each cyclic diagonal."""
    return _circulant(_diagonals(W).mean(axis=1))


# --- right, and different -----------------------------------------------------------------------------------


def _average_over_shifts(W):
    shifted = [np.roll(W, (step, step), axis=(0, 1)) for step in range(len(W))]
    return sum(shifted) / len(W)


def _entry_by_entry(W):
    n = len(W)
    sums = [0.0] * n
    for i in range(n):
        for j in range(n):
            sums[(i - j) % n] += float(W[i, j])
    return [[sums[(i - j) % n] / n for j in range(n)] for i in range(n)]


def _fourier(W):
    n = len(W)
    waves = np.exp(2j * np.pi * np.outer(np.arange(n), np.arange(n)) / n) / np.sqrt(n)
    eigenvalues = np.diag(np.diag(waves.conj().T @ W @ waves))
    return (waves @ eigenvalues @ waves.conj().T).real


def _least_squares(W):
    n = len(W)
    powers = [np.roll(np.eye(n), step, axis=0) for step in range(n)]
    basis = np.stack([one.ravel() for one in powers], axis=1)
    weights = np.linalg.lstsq(basis, W.ravel().astype(float), rcond=None)[0]
    return (basis @ weights).reshape(n, n)


# --- wrong --------------------------------------------------------------------------------------------------


@mistake(
    "You average the ordinary diagonals, each by itself. Your answer is a Toeplitz matrix: the two pieces of "
    "a cyclic diagonal, below and above the main one, must become the same number."
)
def _ordinary_diagonals(W):
    n = len(W)
    means = {k: np.diagonal(W, -k).mean() for k in range(1 - n, n)}
    return np.array([[means[i - j] for j in range(n)] for i in range(n)])


@mistake(
    "Your answer is the transpose of the right one: the averages of W[i, j] with (i - j) mod n = d have gone "
    "to the entries with (j - i) mod n = d."
)
def _transposed(W):
    return reference(W).T


@mistake(
    "You average along antidiagonals, on which i + j is constant. In a circulant matrix the difference i - j "
    "decides."
)
def _antidiagonals(W):
    return reference(W[:, ::-1])[:, ::-1]


@mistake("You add up each cyclic diagonal. The nearest number to its n entries is their mean, not their sum.")
def _sums(W):
    return reference(W) * len(W)


@mistake(
    "You divide by the length of an ordinary diagonal, n - d. A cyclic diagonal has n entries, whatever d is."
)
def _short_length(W):
    return _circulant(_diagonals(W).sum(axis=1) / (len(W) - np.arange(len(W))))


@mistake(
    "You average only the piece of each cyclic diagonal on and below the main one. It goes on above: at "
    "column 0 it continues in the last column."
)
def _lower_piece_only(W):
    return _circulant(np.array([np.diagonal(W, -d).mean() for d in range(len(W))]))


@mistake(
    "You average only the piece of each cyclic diagonal on and above the main one. It goes on below: after "
    "the last column it continues in column 0."
)
def _upper_piece_only(W):
    return _circulant(np.array([np.diagonal(W, -d % len(W)).mean() for d in range(len(W))]))


@mistake(
    "You repeat the first column of `W` cyclically. The result is circulant, but the other columns have no "
    "say in it, so it is not the nearest."
)
def _first_column(W):
    return _circulant(W[:, 0])


@mistake(
    "You repeat the first row of `W` cyclically. The result is circulant, but the other rows have no say in "
    "it, so it is not the nearest."
)
def _first_row(W):
    return _circulant(W[0]).T


@mistake("You take the median of each cyclic diagonal. The sum of squares is smallest at the mean.")
def _median(W):
    return _circulant(np.median(_diagonals(W), axis=1))


@mistake(
    "Your answer is the nearest symmetric matrix, (W + W.T) / 2. Symmetric and circulant are two things."
)
def _symmetric(W):
    return (W + W.T) / 2


@mistake(
    "Your answer is circulant and symmetric. A circulant matrix need not be symmetric: entries with i - j = "
    "d and with j - i = d have averages of their own."
)
def _symmetric_circulant(W):
    return (reference(W) + reference(W).T) / 2


@mistake("You replace every entry by the mean of all. There are n averages, one for each cyclic diagonal.")
def _overall_mean(W):
    return np.full(W.shape, W.mean())


@mistake("Only the main diagonal is filled. The other n - 1 cyclic diagonals have averages too.")
def _main_diagonal_only(W):
    return np.eye(len(W)) * np.diagonal(W).mean()


@mistake(
    "You return the n averages. Asked for is the matrix that has each of them along its cyclic diagonal."
)
def _averages_only(W):
    return _diagonals(W).mean(axis=1)


@mistake("You return what the projection takes away, W - C. Asked for is the circulant matrix C.")
def _remainder(W):
    return W - reference(W)


@mistake(
    "Your averages are cut to whole numbers where `W` holds integers: the result has taken over its dtype. "
    "The mean of integers need not be whole."
)
def _dtype_of_w(W):
    return reference(W).astype(W.dtype)


@mistake("Your averages are cut to whole numbers: the array that you fill has an integer dtype.")
def _integers_only(W):
    return reference(W).astype(int)


MISTAKES = MistakeBook.of(
    _ordinary_diagonals,
    _transposed,
    _antidiagonals,
    _sums,
    _short_length,
    _lower_piece_only,
    _upper_piece_only,
    _first_column,
    _first_row,
    _median,
    _symmetric,
    _symmetric_circulant,
    _overall_mean,
    _main_diagonal_only,
    _averages_only,
    _remainder,
    _dtype_of_w,
    _integers_only,
)

# --- problems -----------------------------------------------------------------------------------------------


def _problem(W: np.ndarray, name: str = "") -> Problem:
    n, circulant = len(W), np.array_equal(W, reference(W))
    traits = {
        "n is 1": n == 1,
        "n is 2": n == 2,
        "n is at least 3": n >= 3,
        "n is even": n % 2 == 0,
        "n is odd": n % 2 == 1,
        "W is circulant": circulant,
        "W is not circulant": not circulant,
        "W holds integers": W.dtype.kind == "i",
        "W holds floating-point numbers": W.dtype.kind == "f",
    }
    kind = "integers" if W.dtype.kind == "i" else "float32 numbers" if W.dtype == np.float32 else "numbers"
    label = name or f"W of shape {W.shape}, {kind}"
    return Problem((W,), label, tuple(trait for trait, holds in traits.items() if holds))


def problems(rng: np.random.Generator) -> list[Problem]:
    """Draw 11 matrices: the worked example, sizes from 1 to 6, integers, one that is circulant already."""
    return [
        _problem(np.array([[1, 4, 2], [1, 3, 4], [7, 6, 8]]), "the worked example"),
        _problem(halves(rng, 3, 3)),
        _problem(halves(rng, 4, 4)),
        _problem(whole(rng, 4, 4)),
        _problem(whole(rng, 5, 5)),
        _problem(halves(rng, 5, 5)),
        _problem(halves(rng, 6, 6, dtype=np.float32)),
        _problem(halves(rng, 2, 2)),
        _problem(halves(rng, 1, 1)),
        _problem(whole(rng, 2, 2)),
        _problem(_circulant(halves(rng, 4)), "W of shape (4, 4), circulant"),
    ]


PROJECT_CIRCULANT = Exercise(
    name="project_circulant",
    title="The nearest circulant matrix",
    topic="equivariance",
    statement=STATEMENT,
    stub=STUB,
    hints=HINTS,
    points=3,
    minutes=15,
    may_not_call=(
        "scipy.linalg.circulant",
        "lecturelib.circulant",
        "lecturelib.operators.matrices.circulant",
        "lecturelib.nearest_circulant",
        "lecturelib.operators.matrices.nearest_circulant",
    ),
    may_not_call_because="It builds the matrix in one call; put each average where it belongs yourself.",
    reference=reference,
    draw=problems,
    mistakes=MISTAKES,
    variants=(_average_over_shifts, _entry_by_entry, _fourier, _least_squares),
)
