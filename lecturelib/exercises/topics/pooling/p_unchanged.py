"""p_unchanged(k): how often a maximum survives a step of its window, worked out by the student."""

from __future__ import annotations

from fractions import Fraction
from math import prod

import numpy as np

from lecturelib.exercises.exercise import Exercise, MistakeBook, Problem, mistake

STATEMENT = """\
Independent random numbers, all from the same continuous distribution, so that no two are equal. A window
gives its maximum, then moves on, and gives its maximum again. Write `p_unchanged(k)`: **the probability that
both maxima are the same number**.

- `k`: int, at least 1: a window of `k` neighbours in a row, which moves on by one place. One number leaves,
  one comes in. With `k = 1` nothing stays, and the answer is 0.
- Or `k`: a tuple `(rows, columns)` of two such ints: a window of `rows` × `columns` numbers in an image,
  which moves on **diagonally**: one row down and one column to the right.
- It returns a float between 0 and 1, exact up to rounding. It does not depend on the distribution.

`k`, `rows` and `columns` may be in the thousands: neither listing all orders of the numbers nor drawing
numbers will do. You know the answer for a row from the lecture. Find out why it holds, and the image
follows.
"""

STUB = '''\
def p_unchanged(k):
    """Probability that a window's maximum is the same after a step; k is an int or (rows, columns)."""
    raise NotImplementedError("Write p_unchanged here.")
'''

HINTS = (
    "How many numbers take part in all, in both windows together? Which of them is the largest is equally "
    "likely for each.",
    "Both maxima are the same number if the largest of all belongs to both windows. Draw two windows of "
    "2 × 2, one step apart on the diagonal: count the numbers in both, and those in at least one.",
)


def _sides(k: int | tuple[int, int]) -> tuple[int, ...]:
    """Give the sides of the window, one for each axis."""
    return k if isinstance(k, tuple) else (k,)


def _counts(k: int | tuple[int, int]) -> tuple[int, int]:
    """Count the numbers in both windows, and those in at least one."""
    shared = prod(side - 1 for side in _sides(k))
    return shared, 2 * prod(_sides(k)) - shared


def reference(k: int | tuple[int, int]) -> float:
    """Divide the numbers that both windows hold by those that either holds: any may be the largest."""
    shared, either = _counts(k)
    return shared / either


# --- right, and different -----------------------------------------------------------------------------------


def _counted_places(k):
    if not isinstance(k, tuple):
        shared = range(1, k)  # of the places 0 to k, the first window has 0 to k - 1, the second 1 to k
        return len(shared) / len(range(k + 1))
    rows, columns = k
    new = rows + columns - 1  # the last row and the last column, with one corner in common
    return (rows * columns - new) / (rows * columns + new)


def _complement(k):
    shared, either = _counts(k)
    leaves = comes = Fraction(either - shared, 2 * either)
    return float(1 - leaves - comes)


def _conditional(k):
    # The first maximum is one of the shared numbers, and then beats those that come in.
    window, (shared, either) = prod(_sides(k)), _counts(k)
    return np.float64(shared / window) * window / either


# --- wrong --------------------------------------------------------------------------------------------------


@mistake(
    "You consider the numbers that leave, and forget those that come in: one of them may be larger than all "
    "others."
)
def _newcomer_forgotten(k):
    return _counts(k)[0] / prod(_sides(k))


@mistake(
    "You consider the numbers that come in, and forget those that leave: one of them may have been the "
    "maximum."
)
def _leaver_forgotten(k):
    return prod(_sides(k)) / _counts(k)[1]


@mistake(
    "You multiply two probabilities that are not independent: that no number that leaves is the maximum of "
    "its window, and that none that comes in is that of its own."
)
def _as_if_independent(k):
    return _newcomer_forgotten(k) ** 2


@mistake(
    "Each of your two probabilities belongs to the numbers of one window, and you add them. Both windows "
    "together have more numbers, and only one of these is the largest of all."
)
def _over_k(k):
    return 1 - 2 * (1 - _newcomer_forgotten(k))


@mistake(
    "You treat the numbers that leave and come in as independent of each other. Only one of all the "
    "numbers can be the largest: the two events exclude each other."
)
def _independent_of_all(k):
    return _leaver_forgotten(k) ** 2


@mistake("You give the probability that the maximum changes. Asked for is that it stays.")
def _changes(k):
    return 1 - reference(k)


@mistake(
    "You give the probability that one particular number is the largest of all. Count the numbers that "
    "belong to both windows."
)
def _one_place(k):
    return 1 / _counts(k)[1]


@mistake("You give the probability that the maximum of the first window leaves.")
def _leaver_wins(k):
    return 1 - _newcomer_forgotten(k)


@mistake("The two windows together do not have twice as many numbers as one: they overlap.")
def _disjoint_windows(k):
    return _counts(k)[0] / (2 * prod(_sides(k)))


@mistake("The division is one of integers, and gives 0. Use `/`, not `//`.")
def _integer_division(k):
    shared, either = _counts(k)
    return shared // either


@mistake(
    "You count a number too many. How many do the two windows hold together, and how many belong to both?"
)
def _one_too_many(k):
    shared, either = _counts(k)
    return (shared + 1) / (either + 1)


@mistake("The fraction is upside down: a probability does not exceed 1.")
def _upside_down(k):
    shared, either = _counts(k)
    return either / shared


@mistake("Your answer is right, in per cent. Give a number between 0 and 1.")
def _per_cent(k):
    return 100 * reference(k)


@mistake("Your answer is rounded to few digits. Return it as it is.")
def _rounded(k):
    return round(reference(k), 2)


@mistake(
    "You put `rows * columns` in the place of `k`, as if a single number left the window of an image and a "
    "single one came in. Count them."
)
def _area_as_k(k):
    return reference(prod(_sides(k)))


@mistake("The window of an image moves to the right only. It moves diagonally: one row down as well.")
def _to_the_right(k):
    return reference(_sides(k)[-1])


@mistake("The window of an image moves down only. It moves diagonally: one column to the right as well.")
def _down(k):
    return reference(_sides(k)[0])


@mistake(
    "You multiply the answers for rows and for columns. That counts all numbers of the rectangle around both "
    "windows; two of its corners belong to neither."
)
def _corners(k):
    return prod(reference(side) for side in _sides(k))


@mistake("You use one side of the window for both axes: a window of an image need not be a square.")
def _square_only(k):
    return reference((k[0], k[0]) if isinstance(k, tuple) else k)


@mistake(
    "Your numbers lie near the right ones, and are not exact. Do you estimate the probability by drawing "
    "numbers, or by counting over a fixed set of draws? An exact value is wanted.",
    within=0.05,
)
def _estimated(k):
    shared, either = _counts(k)
    largest = np.random.default_rng(1).integers(either, size=4000)
    return np.mean(largest < shared)


MISTAKES = MistakeBook.of(
    _newcomer_forgotten,
    _leaver_forgotten,
    _as_if_independent,
    _over_k,
    _independent_of_all,
    _changes,
    _one_place,
    _leaver_wins,
    _disjoint_windows,
    _integer_division,
    _one_too_many,
    _upside_down,
    _per_cent,
    _rounded,
    _area_as_k,
    _to_the_right,
    _down,
    _corners,
    _square_only,
    _estimated,
)

# --- problems -----------------------------------------------------------------------------------------------

_FEW = 10  # numbers whose orders can still be listed


def _problem(k: int | tuple[int, int]) -> Problem:
    image, either = isinstance(k, tuple), _counts(k)[1]
    traits = {
        "k is an int": not image,
        "k is a tuple": image,
        "nothing stays": 1 in _sides(k),
        "something may stay": 1 not in _sides(k),
        f"at most {_FEW} numbers take part": either <= _FEW,
        f"more than {_FEW} numbers take part": either > _FEW,
    }
    return Problem((k,), f"k = {k}", tuple(trait for trait, holds in traits.items() if holds))


def problems(rng: np.random.Generator) -> list[Problem]:
    """Draw 14 windows, the small ones first: 8 in a row and 6 in an image, up to some thousands."""

    def within(*bounds: tuple[int, int]) -> list[int]:
        return [int(rng.integers(low, high)) for low, high in bounds]

    few = [2, 1, 3, *within((4, 6), (6, 9))]
    many = within((20, 100), (100, 999), (1000, 9999))
    low, wide, tall = within((3, 5), (4, 9), (5, 9))
    images = [
        (3, wide),
        (tall, tall - 2),
        tuple(within((10, 30), (40, 99))),
        tuple(within((1000, 4999), (2, 9))),
    ]
    return [_problem(k) for k in (*few, (2, 2), (1, low), *images, *many)]


P_UNCHANGED = Exercise(
    name="p_unchanged",
    title="How invariant is a maximum?",
    topic="pooling",
    statement=STATEMENT,
    stub=STUB,
    hints=HINTS,
    points=2,
    minutes=20,
    reference=reference,
    draw=problems,
    mistakes=MISTAKES,
    variants=(_counted_places, _complement, _conditional),
)
