"""Exercises of lecture 07: efficient algorithms."""

from __future__ import annotations

import numpy as np

from lecturelib.exercises.drawing import halves, whole
from lecturelib.exercises.exercise import Exercise, MistakeBook, Problem, mistake

STATEMENT = """\
A kernel is separable if it is the outer product of a column and a row: then two short convolutions do the
work of one large one. Write `separate(k, tol)`.

- `k`: array of shape `(KH, KW)`, both at least 1, of real numbers; `tol`: a small number, at least 0.
- If there are two vectors with `norm(k - np.outer(u, v)) <= tol * norm(k)`, it returns such a pair: `u` of
  shape `(KH,)` and `v` of shape `(KW,)`. `norm` is the root of the sum of squares. Many pairs are right; any
  one will do.
- Otherwise it returns `None`.
- A kernel of zeros is separable: both vectors may be zeros. `k` stays as it is.

Multiplying `k` by a number does not change whether it is separable.
"""

STUB = '''\
def separate(k, tol):
    """Vectors u, v with np.outer(u, v) equal to k up to tol * norm(k), or None if there are none."""
    raise NotImplementedError("Write separate here.")
'''

HINTS = (
    "Every row of a separable kernel is a multiple of one row. The singular value decomposition finds that "
    "row, and how much is left over.",
    "The best pair comes from the first singular vectors and the first singular value. All other singular "
    "values together are what the pair misses.",
)

Pair = tuple[np.ndarray, np.ndarray]


def reference(k: np.ndarray, tol: float) -> Pair | None:
    """Take the first singular vectors of k of shape (KH, KW), if they carry all but tol of it."""
    columns, sizes, rows = np.linalg.svd(np.asarray(k, dtype=float), full_matrices=False)
    if np.linalg.norm(sizes[1:]) > max(tol, 1e-12) * np.linalg.norm(sizes):
        return None
    return columns[:, 0] * sizes[0], rows[0]


# --- right, and different -----------------------------------------------------------------------------------


def _largest_row(k, tol):
    """Power iteration from the largest row."""
    k = np.asarray(k, dtype=float)
    v = k[np.argmax(np.abs(k).sum(axis=1))]
    if not v.any():
        return [0.0] * k.shape[0], [0.0] * k.shape[1]
    for _ in range(200):
        v = k.T @ (k @ v)
        v = v / np.linalg.norm(v)
    u = k @ v
    missed = np.linalg.norm(k - np.outer(u, v))
    return (u.tolist(), v.tolist()) if missed <= max(tol, 1e-12) * np.linalg.norm(k) else None


def _shared_root(k, tol):
    pair = reference(k, tol)
    if pair is None:
        return None
    u, v = pair
    size = np.sqrt(np.linalg.norm(u))
    return (-u / size, -v * size) if size else pair


def _eigenvectors(k, tol):
    k = np.asarray(k, dtype=float)
    values, vectors = np.linalg.eigh(k @ k.T)
    u = vectors[:, -1]
    v = u @ k
    left = k - np.outer(u, v)
    if np.sum(left**2) > max(tol, 1e-12) ** 2 * max(np.sum(values), 0):
        return None
    return (u.astype(np.float32), v.astype(np.float32)) if k.any() and tol > 1e-3 else (u, v)


# --- wrong --------------------------------------------------------------------------------------------------


def _svd(k):
    return np.linalg.svd(np.asarray(k, dtype=float), full_matrices=True)


def _separable(k, tol):
    return reference(k, tol) is not None


@mistake(
    "The singular value is missing: your two vectors have length 1, so their outer product has the wrong "
    "size."
)
def _without_singular_value(k, tol):
    columns, _, rows = _svd(k)
    return (columns[:, 0], rows[0]) if _separable(k, tol) else None


@mistake("The singular value is in both of your vectors, so it counts twice in their outer product.")
def _singular_value_twice(k, tol):
    columns, sizes, rows = _svd(k)
    return (columns[:, 0] * sizes[0], rows[0] * sizes[0]) if _separable(k, tol) else None


@mistake(
    "The root of the singular value is in one of your vectors only: their outer product lacks the other root."
)
def _one_root(k, tol):
    columns, sizes, rows = _svd(k)
    return (columns[:, 0] * np.sqrt(sizes[0]), rows[0]) if _separable(k, tol) else None


@mistake(
    "Your function returns a pair for every kernel. Most kernels are not separable: then the answer is None."
)
def _never_none(k, tol):
    columns, sizes, rows = _svd(k)
    return columns[:, 0] * sizes[0], rows[0]


@mistake(
    "Your tolerance is absolute: it does not scale with the kernel. Multiplying a kernel by a number must "
    "not change whether it is separable."
)
def _absolute_tolerance(k, tol):
    columns, sizes, rows = _svd(k)
    return (columns[:, 0] * sizes[0], rows[0]) if np.linalg.norm(sizes[1:]) <= max(tol, 1e-12) else None


@mistake("You ignore `tol` and accept only kernels that are separable up to rounding.")
def _ignores_tolerance(k, tol):
    return reference(k, 1e-12)


@mistake(
    "The second vector is a column of the decomposition's last factor. NumPy returns that factor transposed."
)
def _column_of_last_factor(k, tol):
    columns, sizes, rows = _svd(k)
    return (columns[:, 0] * sizes[0], rows[:, 0]) if _separable(k, tol) else None


@mistake(
    "The two vectors have changed places: `u` has an entry for each row of `k`, `v` one for each column."
)
def _swapped(k, tol):
    pair = reference(k, tol)
    return None if pair is None else (pair[1], pair[0])


@mistake(
    "You add up rows and columns. That works only up to scale, and not at all where the entries of a kernel "
    "add up to 0, as those of a Sobel kernel do."
)
def _sums(k, tol):
    k = np.asarray(k, dtype=float)
    return (k.sum(axis=1) / k.sum(), k.sum(axis=0)) if _separable(k, tol) else None


@mistake(
    "Your outer product is built on the first row and the first column alone, which fails where they hold "
    "zeros."
)
def _first_row_and_column(k, tol):
    k = np.asarray(k, dtype=float)
    return (k[:, 0] / k[0, 0], k[0]) if _separable(k, tol) else None


@mistake("Your outer product is the first column times the first row: their common entry counts twice.")
def _corner_twice(k, tol):
    return (k[:, 0].copy(), k[0].copy()) if _separable(k, tol) else None


@mistake("Your function fails for a kernel with a single row or column: it has no second singular value.")
def _needs_second_value(k, tol):
    columns, sizes, rows = _svd(k)
    if sizes[1] > max(tol, 1e-12) * sizes[0]:
        return None
    return columns[:, 0] * sizes[0], rows[0]


@mistake("The sign is lost: a kernel with negative entries comes back positive.")
def _sign_lost(k, tol):
    pair = reference(k, tol)
    return None if pair is None else (np.abs(pair[0]), np.abs(pair[1]))


@mistake(
    "Your answer is None for every kernel that is not all positive. Separable kernels may hold negative "
    "entries."
)
def _positive_only(k, tol):
    return reference(k, tol) if np.all(np.asarray(k) > 0) else None


MISTAKES = MistakeBook.of(
    _without_singular_value,
    _singular_value_twice,
    _one_root,
    _never_none,
    _absolute_tolerance,
    _ignores_tolerance,
    _column_of_last_factor,
    _swapped,
    _sums,
    _first_row_and_column,
    _corner_twice,
    _needs_second_value,
    _sign_lost,
    _positive_only,
)

# --- problems -----------------------------------------------------------------------------------------------


def _problem(k: np.ndarray, tol: float, what: str) -> Problem:
    separable = _separable(k, tol)
    traits = {
        "the kernel is separable": separable,
        "the kernel is not separable": not separable,
        "the kernel has a single row or column": 1 in k.shape,
        "the kernel is square": k.shape[0] == k.shape[1],
        "the kernel is not square": k.shape[0] != k.shape[1],
        "the kernel is separable only up to tol": separable and not _separable(k, 1e-9),
        "the kernel holds only zeros": not k.any(),
    }
    label = f"{what} of shape {k.shape}, tol = {tol:g}"
    return Problem((k, tol), label, tuple(trait for trait, holds in traits.items() if holds))


def problems(rng: np.random.Generator) -> list[Problem]:
    """Draw 15 kernels: a small one; separable, nearly so and not; large, tiny; Sobel, a row, zeros."""
    u, v = halves(rng, 3), halves(rng, 5)
    product = np.outer(u, v)
    binomial = np.outer([1.0, 2.0, 1.0], [1.0, 4.0, 6.0, 4.0, 1.0])
    bump = np.zeros_like(product)
    bump[0, 1], bump[2, 3] = 0.25, -0.25
    rank_two = whole(rng, 4, 3) + 10 * np.eye(4, 3, dtype=np.int64)
    return [
        _problem(np.array([[1, 2, 3], [10, 20, 30]]), 1e-9, "[1, 10] times [1, 2, 3]"),
        _problem(product, 1e-9, "outer product"),
        _problem(np.outer(halves(rng, 4), halves(rng, 4)), 1e-9, "outer product"),
        _problem(np.outer(whole(rng, 4), whole(rng, 2)), 1e-9, "outer product of integers"),
        _problem(binomial, 1e-9, "binomial kernel"),
        _problem(np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]), 1e-9, "Sobel kernel"),
        _problem(product * 2.0**20, 1e-9, "large outer product"),
        _problem(rank_two, 1e-9, "kernel of higher rank"),
        _problem(rank_two * 2.0**-40, 1e-9, "tiny kernel of higher rank"),
        _problem(np.array([[0.0, 1.0, 0.0], [1.0, -4.0, 1.0], [0.0, 1.0, 0.0]]), 1e-9, "Laplacian kernel"),
        _problem(product + bump, 0.25, "nearly separable kernel"),
        _problem(product + bump, 1e-6, "nearly separable kernel"),
        _problem(halves(rng, 1, 4), 1e-9, "single row"),
        _problem(np.zeros((3, 2)), 1e-9, "kernel of zeros"),
        _problem(
            np.outer(halves(rng, 2), halves(rng, 3)).astype(np.float32), 1e-5, "outer product (float32)"
        ),
    ]


SEPARATE = Exercise(
    name="separate",
    title="Split a kernel into a column and a row",
    topic="efficient_algorithms",
    statement=STATEMENT,
    stub=STUB,
    hints=HINTS,
    points=3,
    minutes=20,
    judge="outer_product",
    returns=("u", "v"),
    reference=reference,
    draw=problems,
    mistakes=MISTAKES,
    variants=(_largest_row, _shared_root, _eigenvectors),
)

EXERCISES = (SEPARATE,)
