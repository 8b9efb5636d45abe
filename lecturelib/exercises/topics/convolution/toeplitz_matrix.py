"""toeplitz_matrix(w, n, mode): the matrix that convolves, written by the student."""

from __future__ import annotations

import numpy as np

from lecturelib.exercises.drawing import halves, whole
from lecturelib.exercises.exercise import Exercise, MistakeBook, Problem, mistake
from lecturelib.exercises.topics.convolution.forbidden import BECAUSE, FORBIDDEN

STATEMENT = """\
Write `toeplitz_matrix(w, n, mode)`, the matrix `T` with `T @ x` equal to the **convolution** of `x` with `w`,
for every `x` of shape `(n,)`. The kernel is flipped: row `r` holds the weights that the samples of `x` get in
output `r`.

- `w`: array of shape `(M,)`, the kernel, `M >= 1`; `n`: int, at least 1.
- `mode`, and the shape of `T`:
    - `"full"`: `(n + M - 1, n)`.
    - `"same"`: `(n, n)`: the rows of `"full"` from index `(M - 1) // 2` on.
    - `"valid"`: `(max(n, M) - min(n, M) + 1, n)`: the rows of `"full"` in which the shorter of `x` and `w`
      lies inside the longer one.
    - `"circular"`: `(n, n)`: cyclic convolution $\\sum_i x[i]\\, w[(r-i) \\bmod n]$ with its origin at 0,
      where `w` is filled up with zeros to length `n`. Here `M <= n`.

It leaves `w` as it is. With `w = [1, 10, 100]`, `n = 5` and `"valid"`, the first row
is `[100, 10, 1, 0, 0]`.
"""

STUB = '''\
def toeplitz_matrix(w, n, mode):
    """Matrix of convolution with w for n samples; mode is "full", "same", "valid" or "circular"."""
    raise NotImplementedError("Write toeplitz_matrix here.")
'''

HINTS = (
    "Column `i` of the matrix is its answer to a signal that is 1 at `i` and 0 elsewhere. What is the "
    "convolution of that signal with `w`?",
    "Build `full` column by column. `same` and `valid` are some of its rows; in `circular`, rows beyond the "
    "last one start again at the top.",
)


def _full(w: np.ndarray, n: int) -> np.ndarray:
    matrix = np.zeros((n + len(w) - 1, n), dtype=np.asarray(w).dtype)
    for column in range(n):
        matrix[column : column + len(w), column] = w
    return matrix


def _cut(full: np.ndarray, n: int, k: int, mode: str, same: int | None = None) -> np.ndarray:
    start, size = {
        "full": (0, n + k - 1),
        "same": ((k - 1) // 2 if same is None else same, n),
        "valid": (min(n, k) - 1, abs(n - k) + 1),
    }[mode]
    return full[start : start + size]


def _circulant(w: np.ndarray, n: int) -> np.ndarray:
    matrix = np.zeros((n, n), dtype=w.dtype)
    for lag, weight in enumerate(w):
        matrix[(np.arange(n) + lag) % n, np.arange(n)] += weight
    return matrix


def reference(w: np.ndarray, n: int, mode: str) -> np.ndarray:
    """Build the matrix of convolution with w of shape (k,) for n samples."""
    return _circulant(w, n) if mode == "circular" else _cut(_full(w, n), n, len(w), mode)


# --- right, and different -----------------------------------------------------------------------------------


def _entry_by_entry(w, n, mode):
    k = len(w)
    start, size = {
        "full": (0, n + k - 1),
        "same": ((k - 1) // 2, n),
        "valid": (min(n, k) - 1, max(n, k) - min(n, k) + 1),
        "circular": (0, n),
    }[mode]
    rows = []
    for i in range(start, start + size):
        lags = [(i - j) % n if mode == "circular" else i - j for j in range(n)]
        rows.append([float(w[lag]) if 0 <= lag < k else 0.0 for lag in lags])
    return rows


def _lag_table(w, n, mode):
    k = len(w)
    start, size = (0, n) if mode == "circular" else (0, n + k - 1)
    lags = np.arange(start, size)[:, None] - np.arange(n)
    if mode == "circular":
        return np.pad(w, (0, n - k))[lags % n]
    inside = (lags >= 0) & (lags < k)
    return _cut(np.where(inside, np.asarray(w)[np.clip(lags, 0, k - 1)], 0), n, k, mode)


def _impulse_responses(w, n, mode):
    w = w.astype(np.float32)
    columns = []
    for impulse in np.eye(n, dtype=np.float32):
        if mode == "circular":
            columns.append(np.fft.ifft(np.fft.fft(impulse) * np.fft.fft(w, n)).real.astype(np.float32))
        else:
            full = sum(np.pad(weight * impulse, (m, len(w) - 1 - m)) for m, weight in enumerate(w))
            columns.append(_cut(full, n, len(w), mode))
    return np.stack(columns, axis=1)


# --- wrong --------------------------------------------------------------------------------------------------


@mistake(
    "Your rows hold the kernel as it stands, so `T @ x` is the cross-correlation. Compare row 0 of `valid` "
    "with the definition of convolution: which weight does x[0] get?"
)
def _rows_unflipped(w, n, mode):
    if mode == "circular":
        return _circulant(w, n).T
    return reference(w[::-1], n, mode)


@mistake(_rows_unflipped.sentence)
def _kernel_reversed(w, n, mode):
    return reference(w[::-1], n, mode)


@mistake(
    "Your circular matrix is the transpose of the right one: its first row is the kernel. In a convolution, "
    "the kernel is its first column."
)
def _circular_transposed(w, n, mode):
    return _circulant(w, n).T if mode == "circular" else reference(w, n, mode)


@mistake(
    "Your matrix is the transpose of the right one: it has a row for each sample and a column for each "
    "output."
)
def _transposed(w, n, mode):
    return reference(w, n, mode).T


@mistake(
    "`same` is off by one row for kernels of even length: it starts at row M // 2 of `full`. The statement "
    "says which row is the first."
)
def _same_late(w, n, mode):
    if mode == "circular":
        return _circulant(w, n)
    padded = np.vstack([_full(w, n), np.zeros((1, n), dtype=w.dtype)])
    return _cut(padded, n, len(w), mode, same=len(w) // 2)


@mistake("`same` takes the first n rows of `full`. It should be centred: which row is the first?")
def _same_at_start(w, n, mode):
    return _circulant(w, n) if mode == "circular" else _cut(_full(w, n), n, len(w), mode, same=0)


@mistake(
    "`circular` does not wrap around: weights that leave the matrix at the bottom must come in again at the "
    "top."
)
def _circular_without_wrap(w, n, mode):
    return _full(w, n)[:n] if mode == "circular" else reference(w, n, mode)


@mistake(
    "`circular` is centred like `same`. Its origin is at 0 here: entry (0, 0) is w[0], and the first column "
    "begins with the kernel as it stands."
)
def _circular_centred(w, n, mode):
    matrix = reference(w, n, mode)
    return np.roll(matrix, -((len(w) - 1) // 2), axis=0) if mode == "circular" else matrix


@mistake(_circular_centred.sentence)
def _circular_centred_late(w, n, mode):
    matrix = reference(w, n, mode)
    return np.roll(matrix, -(len(w) // 2), axis=0) if mode == "circular" else matrix


@mistake("`valid` misses its last row: there are max(n, M) - min(n, M) + 1 positions, not one fewer.")
def _valid_short(w, n, mode):
    matrix = reference(w, n, mode)
    return matrix[:-1] if mode == "valid" else matrix


@mistake(
    "`valid` comes out without rows when the kernel is longer than the signal. Count the positions at which "
    "the signal lies inside the kernel."
)
def _valid_empty(w, n, mode):
    if mode != "valid":
        return reference(w, n, mode)
    rows = [np.pad(w[::-1], (i, n - len(w) - i)) for i in range(n - len(w) + 1)]
    return np.array(rows).reshape(-1, n)


@mistake(
    "`valid` fails when the kernel is longer than the signal, because n - M + 1 is then no size for an "
    "array. Count the positions at which the signal lies inside the kernel."
)
def _valid_negative_size(w, n, mode):
    if mode != "valid":
        return reference(w, n, mode)
    matrix = np.zeros((n - len(w) + 1, n))
    for i in range(len(matrix)):
        matrix[i, i : i + len(w)] = w[::-1]
    return matrix


@mistake("Your function returns the full matrix whatever `mode` is.")
def _always_full(w, n, mode):
    return _full(w, n)


@mistake(
    "Your numbers are cut to whole numbers: the matrix has an integer dtype, but the weights are not whole."
)
def _integers_only(w, n, mode):
    return reference(w, n, mode).astype(int)


@mistake(
    "Weights whose column index would be negative land at the far end of the row: Python counts -1 from the "
    "end."
)
def _negative_index(w, n, mode):
    if mode == "circular":
        return _circulant(w, n)
    matrix = np.zeros((n + len(w) - 1, n))
    for i in range(len(matrix)):
        for m, weight in enumerate(w):
            if i - m < n:
                matrix[i, i - m] += weight
    return _cut(matrix, n, len(w), mode)


MISTAKES = MistakeBook.of(
    _rows_unflipped,
    _kernel_reversed,
    _circular_transposed,
    _transposed,
    _same_late,
    _same_at_start,
    _circular_without_wrap,
    _circular_centred,
    _circular_centred_late,
    _valid_short,
    _valid_empty,
    _valid_negative_size,
    _always_full,
    _integers_only,
    _negative_index,
)

# --- problems -----------------------------------------------------------------------------------------------


def _problem(w: np.ndarray, n: int, mode: str, name: str = "") -> Problem:
    k = len(w)
    kind = "integers" if w.dtype.kind == "i" else "float32 numbers" if w.dtype == np.float32 else "numbers"
    traits = {
        f"mode is '{mode}'": True,
        "the kernel has an even length": k % 2 == 0,
        "the kernel has an odd length": k % 2 == 1,
        "the kernel is longer than the signal": k > n,
        "the kernel is as long as the signal": k == n,
        "the kernel has a single weight": k == 1,
        "w holds integers": w.dtype.kind == "i",
        "w holds floating-point numbers": w.dtype.kind == "f",
    }
    label = f"{name or f'w of {k} {kind}, n = {n}'}, mode '{mode}'"
    return Problem((w, n, mode), label, tuple(trait for trait, holds in traits.items() if holds))


def problems(rng: np.random.Generator) -> list[Problem]:
    """Draw 27 problems: four modes of the example and of five pairs, three with a longer kernel."""
    pairs = [
        (halves(rng, 3), int(rng.integers(5, 8))),
        (whole(rng, 4), int(rng.integers(6, 9))),
        (halves(rng, 2, dtype=np.float32), 3),
        (halves(rng, 1), 2),
        (halves(rng, 4), 4),
    ]
    longer = halves(rng, int(rng.integers(6, 8)))
    modes = ("full", "same", "valid", "circular")
    example = [_problem(np.array([1, 10]), 3, mode, "the worked example") for mode in modes]
    inside = [_problem(w, n, mode) for w, n in pairs for mode in modes]
    return [*example, *inside, *(_problem(longer, 3, mode) for mode in modes[:3])]


TOEPLITZ_MATRIX = Exercise(
    name="toeplitz_matrix",
    title="Convolution as a matrix",
    topic="convolution",
    statement=STATEMENT,
    stub=STUB,
    hints=HINTS,
    points=3,
    minutes=15,
    may_not_call=FORBIDDEN,
    may_not_call_because=BECAUSE,
    reference=reference,
    draw=problems,
    mistakes=MISTAKES,
    variants=(_entry_by_entry, _lag_table, _impulse_responses),
)
