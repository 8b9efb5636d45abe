"""conv1d(x, w, mode): convolution of two sequences, written by the student."""

from __future__ import annotations

import numpy as np

from lecturelib.exercises.drawing import halves, whole
from lecturelib.exercises.exercise import Exercise, MistakeBook, Problem, mistake
from lecturelib.exercises.topics.convolution.forbidden import BECAUSE, FORBIDDEN

STATEMENT = """\
Write `conv1d(x, w, mode)`, the **convolution** $(x * w)[n] = \\sum_i x[i]\\, w[n-i]$ of two sequences. The
kernel is flipped; samples outside an array count as 0.

- `x`: array of shape `(N,)`, the signal; `w`: array of shape `(M,)`, the kernel. Both have at least one
  sample. They may hold integers or floating-point numbers, and `w` may be longer than `x`.
- `mode`: which part of the sum is returned.
    - `"full"`: every position where the two overlap, shape `(N + M - 1,)`.
    - `"same"`: as long as `x`, shape `(N,)`: the part of `"full"` that starts at index `(M - 1) // 2`.
    - `"valid"`: only positions where the shorter one lies inside the longer one, shape
      `(max(N, M) - min(N, M) + 1,)`.

It leaves `x` and `w` as they are. With `x = [1, 2, 3, 5, 8]` and `w = [1, 10, 100]`,
`"full"` is `[1, 12, 123, 235, 358, 580, 800]`.
"""

STUB = '''\
def conv1d(x, w, mode):
    """Convolve x of shape (N,) with w of shape (M,); mode is "full", "same" or "valid"."""
    raise NotImplementedError("Write conv1d here.")
'''

HINTS = (
    "Write `full` first: go through all pairs of samples and ask which output each product belongs to. The "
    "other two modes are parts of it.",
    "The product `x[i] * w[j]` belongs to output `i + j`. Add up all products and you have `full`. For "
    "`valid`, keep the outputs in which the whole of the shorter array takes part: the first one is at "
    "index `min(N, M) - 1`.",
)


def _cut(full: np.ndarray, n: int, k: int, mode: str, same: int | None = None) -> np.ndarray:
    start, size = {
        "full": (0, n + k - 1),
        "same": ((k - 1) // 2 if same is None else same, n),
        "valid": (min(n, k) - 1, abs(n - k) + 1),
    }[mode]
    return full[start : start + size]


def _full(x: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Sum one shifted copy of x for each weight: NumPy's own routine may not be called here either."""
    full = np.zeros(len(x) + len(w) - 1, dtype=np.result_type(x, w))
    for shift, weight in enumerate(w):
        full[shift : shift + len(x)] += weight * x
    return full


def reference(x: np.ndarray, w: np.ndarray, mode: str) -> np.ndarray:
    """Convolve x of shape (n,) with w of shape (k,)."""
    return _cut(_full(x, w), len(x), len(w), mode)


# --- right, and different -----------------------------------------------------------------------------------


def _pairs_of_samples(x, w, mode):
    full = [0] * (len(x) + len(w) - 1)
    for j, sample in enumerate(x):
        for m, weight in enumerate(w):
            full[j + m] += sample * weight
    start, stop = 0, len(full)
    if mode == "same":
        start, stop = (len(w) - 1) // 2, (len(w) - 1) // 2 + len(x)
    elif mode == "valid":
        start, stop = min(len(x), len(w)) - 1, max(len(x), len(w))
    return full[start:stop]


def _sliding_windows(x, w, mode):
    n, k = len(x), len(w)
    if mode == "valid" and k > n:
        return _sliding_windows(w, x, mode)
    before = {"full": k - 1, "same": k // 2, "valid": 0}[mode]
    after = {"full": k - 1, "same": (k - 1) // 2, "valid": 0}[mode]
    return np.lib.stride_tricks.sliding_window_view(np.pad(x, (before, after)), k) @ w[::-1]


def _single_precision(x, w, mode):
    return reference(x.astype(np.float32), w.astype(np.float32), mode)


def _fourier(x, w, mode):
    size = len(x) + len(w) - 1
    return _cut(np.fft.irfft(np.fft.rfft(x, size) * np.fft.rfft(w, size), size), len(x), len(w), mode)


# --- wrong --------------------------------------------------------------------------------------------------


@mistake(
    "Your answer is the cross-correlation: the kernel slides over the signal without being flipped. Compare "
    "which sample of `x` meets the first weight of `w` with the definition."
)
def _no_flip(x, w, mode):
    return reference(x, w[::-1], mode)


@mistake(
    "Your answer is the right one read backwards. Which of the two arrays do you reverse, and over which "
    "does the window move?"
)
def _backwards(x, w, mode):
    return reference(x, w, mode)[::-1]


@mistake(
    "`same` is off by one place for kernels of even length: it starts at index M // 2 of the full "
    "convolution. An even kernel has no middle; the statement says which of the two places near it counts."
)
def _same_late(x, w, mode):
    return _cut(np.append(_full(x, w), 0), len(x), len(w), mode, same=len(w) // 2)


@mistake("`same` takes the first N values of the full convolution. It should be centred on `x`.")
def _same_at_start(x, w, mode):
    return _cut(_full(x, w), len(x), len(w), mode, same=0)


@mistake("`same` takes the last N values of the full convolution. It should be centred on `x`.")
def _same_at_end(x, w, mode):
    return _cut(_full(x, w), len(x), len(w), mode, same=len(w) - 1)


@mistake(
    "`same` comes out as long as the longer of the two arrays. Here it is as long as `x`, also when the "
    "kernel is longer (NumPy's own convolution differs in this)."
)
def _same_as_longer(x, w, mode):
    n, k = len(x), len(w)
    return _cut(_full(x, w), max(n, k), min(n, k), mode)


@mistake(
    "`valid` comes out empty when the kernel is longer than the signal. Then the roles swap: count the "
    "positions at which `x` lies inside `w`."
)
def _valid_empty(x, w, mode):
    if mode == "valid":
        return np.array([np.dot(x[i : i + len(w)], w[::-1]) for i in range(len(x) - len(w) + 1)])
    return reference(x, w, mode)


@mistake(
    "`valid` fails when the kernel is longer than the signal, because N - M + 1 is then no size for an "
    "array. Count the positions at which the shorter array lies inside the longer one."
)
def _valid_negative_size(x, w, mode):
    if mode == "valid":
        result = np.zeros(len(x) - len(w) + 1)
        for i in range(len(result)):
            result[i] = np.dot(x[i : i + len(w)], w[::-1])
        return result
    return reference(x, w, mode)


@mistake("`valid` misses its last position: there are max(N, M) - min(N, M) + 1 of them, not one fewer.")
def _valid_short(x, w, mode):
    result = reference(x, w, mode)
    return result[:-1] if mode == "valid" else result


@mistake("Your function returns the full convolution whatever `mode` is.")
def _always_full(x, w, mode):
    return _full(x, w)


@mistake("Your function returns what `same` should give, whatever `mode` is.")
def _always_same(x, w, mode):
    return reference(x, w, "same")


@mistake("Your function returns what `valid` should give, whatever `mode` is.")
def _always_valid(x, w, mode):
    return reference(x, w, "valid")


@mistake(
    "A negative index has slipped in: x[n - i] with n < i takes samples from the far end of `x`, where the "
    "definition says 0."
)
def _negative_index(x, w, mode):
    n, k = len(x), len(w)
    full = np.zeros(n + k - 1)
    for i in range(n + k - 1):
        for j in range(k):
            if i - j < n:
                full[i] += x[i - j] * w[j]
    return _cut(full, n, k, mode)


@mistake(
    "A negative index has slipped in: w[n - i] with n < i takes weights from the end of `w`, because Python "
    "counts negative indices from there, or fails with an IndexError when it counts too far. The definition "
    "has no such weight: that product is left out."
)
def _negative_kernel_index(x, w, mode):
    n, k = len(x), len(w)
    full = np.zeros(n + k - 1)
    for place in range(n + k - 1):
        for i in range(n):
            if place - i < k:
                full[place] += x[i] * w[place - i]
    return _cut(full, n, k, mode)


@mistake(
    "The signal wraps around: what leaves at one end comes in at the other. Outside `x` there are zeros here."
)
def _wraps(x, w, mode):
    n, k = len(x), len(w)
    size = max(n, k)
    full = np.fft.irfft(np.fft.rfft(x, size) * np.fft.rfft(w, size), size)
    return _cut(full, n, k, mode)


@mistake(
    "Your numbers are cut to whole numbers whenever `x` holds integers: the result takes over the dtype of "
    "`x`, but the weights are not whole."
)
def _dtype_of_x(x, w, mode):
    return reference(x, w, mode).astype(x.dtype)


@mistake("Your numbers are cut to whole numbers: the array that collects the sum has an integer dtype.")
def _integers_only(x, w, mode):
    return reference(x, w, mode).astype(int)


@mistake(
    "Your numbers are cut to whole numbers each time a product is added: the array that collects the sum "
    "has an integer dtype."
)
def _integers_kernel_first(x, w, mode):
    return _cut(_whole_sums(x, w, range(len(w))), len(x), len(w), mode)


@mistake(_integers_kernel_first.sentence)
def _integers_signal_first(x, w, mode):
    return _cut(_whole_sums(x, w, range(len(w) - 1, -1, -1)), len(x), len(w), mode)


def _whole_sums(x, w, order):
    full = np.zeros(len(x) + len(w) - 1, dtype=int)
    for m in order:
        for j, sample in enumerate(x):
            full[j + m] = int(full[j + m] + sample * w[m])
    return full


@mistake("The first weight `w[0]` never takes part. Where does your loop over the kernel begin?")
def _without_first_weight(x, w, mode):
    return reference(x, np.where(np.arange(len(w)) == 0, 0, w), mode)


@mistake("The last weight `w[-1]` never takes part. Where does your loop over the kernel end?")
def _without_last_weight(x, w, mode):
    return reference(x, np.where(np.arange(len(w)) == len(w) - 1, 0, w), mode)


@mistake("Your answer is divided by the kernel's length: convolution is a weighted sum, not a mean.")
def _mean(x, w, mode):
    return reference(x, w, mode) / len(w)


MISTAKES = MistakeBook.of(
    _no_flip,
    _backwards,
    _same_late,
    _same_at_start,
    _same_at_end,
    _same_as_longer,
    _valid_empty,
    _valid_negative_size,
    _valid_short,
    _always_full,
    _always_same,
    _always_valid,
    _negative_index,
    _negative_kernel_index,
    _wraps,
    _dtype_of_x,
    _integers_only,
    _integers_kernel_first,
    _integers_signal_first,
    _without_first_weight,
    _without_last_weight,
    _mean,
)

# --- problems -----------------------------------------------------------------------------------------------


def _problem(x: np.ndarray, w: np.ndarray, mode: str, name: str = "") -> Problem:
    n, k = len(x), len(w)
    kinds = {"i": "integers", "f": "numbers"}
    label = f"x of {n} {kinds[x.dtype.kind]}, w of {k} {kinds[w.dtype.kind]}"
    if np.float32 in (x.dtype, w.dtype):
        label += " (float32)"
    traits = {
        f"mode is '{mode}'": True,
        "the kernel has an even length": k % 2 == 0,
        "the kernel has an odd length": k % 2 == 1,
        "w is longer than x": k > n,
        "w is not longer than x": k <= n,
        "the kernel has a single weight": k == 1,
        "x has a single sample": n == 1,
        "x holds integers": x.dtype.kind == "i",
        "x holds floating-point numbers": x.dtype.kind == "f",
        "the arrays are float32": x.dtype == np.float32,
    }
    return Problem(
        (x, w, mode),
        f"{name or label}, mode '{mode}'",
        tuple(trait for trait, holds in traits.items() if holds),
    )


def problems(rng: np.random.Generator) -> list[Problem]:
    """Draw 24 problems: three modes of the worked example and of seven pairs with kernels of all kinds."""
    long, short = int(rng.integers(7, 10)), int(rng.integers(3, 5))
    pairs = [
        (halves(rng, long), halves(rng, 3)),
        (whole(rng, long - 1), whole(rng, 4)),
        (halves(rng, 6, dtype=np.float32), halves(rng, 2, dtype=np.float32)),
        (whole(rng, 6), halves(rng, 5)),
        (halves(rng, 5), halves(rng, 1)),
        (halves(rng, short), halves(rng, short + 3)),
        (halves(rng, 1), halves(rng, 2)),
    ]
    modes = ("full", "same", "valid")
    example = np.array([1, 2, 3, 5, 8]), np.array([1, 10])
    return [
        *(_problem(*example, mode, "the worked example") for mode in modes),
        *(_problem(x, w, mode) for x, w in pairs for mode in modes),
    ]


CONV1D = Exercise(
    name="conv1d",
    title="Convolve two sequences",
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
    variants=(_pairs_of_samples, _sliding_windows, _single_precision, _fourier),
)
