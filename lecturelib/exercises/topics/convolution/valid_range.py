"""valid_range(n, lo, hi): where a kernel fits, written by the student."""

from __future__ import annotations

import numpy as np

from lecturelib.exercises.exercise import Exercise, MistakeBook, Problem, mistake

STATEMENT = """\
A signal is indexed $x[1], …, x[n]$ and a kernel $K[lo], …, K[hi]$, both ends included. Write `valid_range(n,
lo, hi)`: the first and the last index $i$ at which the **convolution** $\\sum_{j=lo}^{hi} x[i-j]\\, K[j]$
uses only samples that exist.

- `n`: int, at least 1; `lo`, `hi`: int, `lo <= hi`. They may be negative or positive.
- It returns the pair `(first, last)` of ints, `first <= last`, counted in the same 1-based indices.
- It returns `None` if there is no such index, because the kernel is longer than the signal.

With `n = 10` and a kernel centred at 0, `lo = -2` and `hi = 2`, the answer is `(3, 8)`.
"""

STUB = '''\
def valid_range(n, lo, hi):
    """First and last index where a kernel indexed lo..hi fits into x indexed 1..n; None if nowhere."""
    raise NotImplementedError("Write valid_range here.")
'''

HINTS = (
    "Write down the smallest and the largest index of `x` that the sum uses at a given `i`.",
    "Both of these must lie between 1 and n. Each gives one end of the range.",
)


def _unless_empty(first: int, last: int) -> tuple[int, int] | None:
    return (first, last) if first <= last else None


def reference(n: int, lo: int, hi: int) -> tuple[int, int] | None:
    """Solve 1 <= i - hi and i - lo <= n for i."""
    return _unless_empty(1 + hi, n + lo)


# --- right, and different -----------------------------------------------------------------------------------


def _try_all(n, lo, hi):
    far = n + abs(lo) + abs(hi) + 1
    fits = [i for i in range(-far, far + 1) if all(1 <= i - j <= n for j in range(lo, hi + 1))]
    return [fits[0], fits[-1]] if fits else None


def _by_length(n, lo, hi):
    count = n - (hi - lo)
    return None if count < 1 else np.array([hi + 1, hi + count])


def _by_sets(n, lo, hi):
    samples = np.arange(1, n + 1)
    common = set(samples + lo)
    for lag in range(lo, hi + 1):
        common &= set(samples + lag)
    return (float(min(common)), float(max(common))) if common else None


# --- wrong --------------------------------------------------------------------------------------------------


@mistake(
    "Your range belongs to the cross-correlation, in which the sum uses x[i + j]. Here it uses x[i - j]."
)
def _correlation(n, lo, hi):
    return _unless_empty(1 - lo, n - hi)


@mistake("Your indices count from 0. The signal starts at x[1] here.")
def _zero_based(n, lo, hi):
    return _unless_empty(hi, n + lo - 1)


@mistake("`lo` and `hi` have changed places: at a given i, which of the two reaches the oldest sample?")
def _ends_swapped(n, lo, hi):
    return _unless_empty(1 + lo, n + hi)


@mistake("Your last index is one too large: the end belongs to the range here, unlike in Python's `range`.")
def _end_excluded(n, lo, hi):
    return None if 1 + hi > n + lo else (1 + hi, n + lo + 1)


@mistake(
    "When the kernel fits nowhere, the answer is None, not a pair whose first index is larger than its last."
)
def _pair_when_empty(n, lo, hi):
    return (1 + hi, n + lo)


@mistake(
    "Your range has the right length but starts at 1: an off-centre kernel shifts the indices at which it "
    "fits."
)
def _starts_at_one(n, lo, hi):
    return _unless_empty(1, n - (hi - lo))


@mistake(
    "Your range is that of a kernel centred at 0. A kernel indexed lo..hi fits at other indices unless lo = "
    "-hi."
)
def _always_centred(n, lo, hi):
    reach = (hi - lo) // 2
    return _unless_empty(1 + reach, n - (hi - lo - reach))


@mistake("A range with a single index is a range: only when not even one index fits is the answer None.")
def _single_is_none(n, lo, hi):
    return (1 + hi, n + lo) if 1 + hi < n + lo else None


@mistake(
    "Your range is cut to 1…n. The index i counts outputs, not samples of x: with an off-centre kernel it "
    "may lie outside."
)
def _clipped(n, lo, hi):
    return _unless_empty(max(1, 1 + hi), min(n, n + lo))


@mistake("Your first index is one too small: at i = hi the sum would use x[0], which does not exist.")
def _first_too_small(n, lo, hi):
    return None if 1 + hi > n + lo else (hi, n + lo)


@mistake("Your last index is one too small: at i = n + lo the sum still uses only samples that exist.")
def _last_too_small(n, lo, hi):
    return _unless_empty(1 + hi, n + lo - 1)


@mistake(
    "Your answer drops the signs of `lo` and `hi`, and so returns None or too short a range where the "
    "kernel lies to one side of 0. Put negative numbers through the two conditions as they are."
)
def _absolute_values(n, lo, hi):
    return _unless_empty(1 + abs(hi), n - abs(lo))


@mistake("You return how many indices there are. Asked for are the first and the last of them.")
def _count(n, lo, hi):
    return max(0, n - (hi - lo)) or None


MISTAKES = MistakeBook.of(
    _correlation,
    _zero_based,
    _ends_swapped,
    _end_excluded,
    _pair_when_empty,
    _starts_at_one,
    _always_centred,
    _single_is_none,
    _clipped,
    _first_too_small,
    _last_too_small,
    _absolute_values,
    _count,
)

# --- problems -----------------------------------------------------------------------------------------------


def _problem(n: int, lo: int, hi: int) -> Problem:
    room = n - (hi - lo)
    traits = {
        "the kernel fits nowhere": room < 1,
        "the kernel fits somewhere": room >= 1,
        "the kernel fits at a single index": room == 1,
        "the kernel is centred at 0": lo == -hi,
        "the kernel is off-centre": lo != -hi,
        "lo is positive": lo > 0,
        "hi is negative": hi < 0,
        "the kernel has an even length": (hi - lo) % 2 == 1,
    }
    return Problem(
        (n, lo, hi),
        f"n = {n}, lo = {lo}, hi = {hi}",
        tuple(trait for trait, holds in traits.items() if holds),
    )


def problems(rng: np.random.Generator) -> list[Problem]:
    """Draw 15 problems: the worked example; centred and off-centre kernels; room for many, one or none."""
    n, reach = int(rng.integers(9, 15)), int(rng.integers(1, 4))
    rows = [
        (5, 0, 2),
        (n, -reach, reach),
        (n, 0, reach + 1),
        (n + 1, 1, 2 * reach + 1),
        (n, -reach - 1, 0),
        (n + 2, -2 * reach - 1, -1),
        (n, -reach, reach + 2),
        (n, -reach - 3, reach),
        (n + 3, 3, 5),
        (n, 0, 0),
        (reach + 4, -1, reach + 2),
        (2 * reach + 1, -reach, reach),
        (1, 2, 2),
        (reach + 1, -reach, reach),
        (3, 1, 6),
    ]
    return [_problem(*row) for row in rows]


VALID_RANGE = Exercise(
    name="valid_range",
    title="Where the kernel fits",
    topic="convolution",
    statement=STATEMENT,
    stub=STUB,
    hints=HINTS,
    points=2,
    minutes=10,
    returns=("first", "last"),
    reference=reference,
    draw=problems,
    mistakes=MISTAKES,
    variants=(_try_all, _by_length, _by_sets),
)
