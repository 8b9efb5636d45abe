"""p_unchanged(k): how often a maximum survives a step of its window, worked out by the student."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from lecturelib.exercises.exercise import Exercise, MistakeBook, Problem, mistake

STATEMENT = """\
A row of independent random numbers, all from the same continuous distribution, so that no two are equal. A
window of `k` neighbours gives their maximum. Now it moves on by one place: one number leaves, one comes in,
and the maximum is taken again. Write `p_unchanged(k)`: **the probability that both maxima are the same
number**.

- `k`: int, at least 1. With `k = 1` nothing stays, and the answer is 0.
- It returns a float between 0 and 1, exact up to rounding: an estimate by simulation is too coarse. It does
  not depend on the distribution.
"""

STUB = '''\
def p_unchanged(k):
    """Probability that the maximum over k neighbours is the same after a step by one place."""
    raise NotImplementedError("Write p_unchanged here.")
'''

HINTS = (
    "How many numbers take part in all, in both windows together? Which of them is the largest is equally "
    "likely for each.",
    "If the number that leaves is the largest of all, the maximum drops; if the one that comes in is, the "
    "maximum rises. What if it is one of the others?",
)


def reference(k: int) -> float:
    """Count the places, among k + 1, at which the largest number of all belongs to both windows."""
    return (k - 1) / (k + 1)


# --- right, and different -----------------------------------------------------------------------------------


def _counted_places(k):
    shared = range(1, k)  # of the places 0 to k, the first window has 0 to k - 1, the second 1 to k
    return len(shared) / len(range(k + 1))


def _complement(k):
    leaves = comes = Fraction(1, k + 1)
    return float(1 - leaves - comes)


def _conditional(k):
    # The first maximum is not the number that leaves, and then beats one more number.
    stays = np.float64(1 - 1 / k)
    return stays * k / (k + 1)


# --- wrong --------------------------------------------------------------------------------------------------


@mistake(
    "You consider the number that leaves, and forget the one that comes in: it may be larger than all others."
)
def _newcomer_forgotten(k):
    return 1 - 1 / k


@mistake(
    "You consider the number that comes in, and forget the one that leaves: it may have been the maximum."
)
def _leaver_forgotten(k):
    return k / (k + 1)


@mistake(
    "You multiply two probabilities that are not independent: that the number that leaves is not the "
    "maximum of its window, and that the one that comes in is not that of its own."
)
def _as_if_independent(k):
    return (1 - 1 / k) ** 2


@mistake(
    "Each of your two probabilities belongs to k numbers, and you add them. Both windows together have "
    "more numbers, and only one of these is the largest of all."
)
def _over_k(k):
    return 1 - 2 / k


@mistake(
    "You treat the numbers that leave and come in as independent of each other. Only one of all the "
    "numbers can be the largest: the two events exclude each other."
)
def _independent_of_all(k):
    return (1 - 1 / (k + 1)) ** 2


@mistake("You give the probability that the maximum changes. Asked for is that it stays.")
def _changes(k):
    return 2 / (k + 1)


@mistake(
    "You give the probability that one particular number is the largest of all. Count the numbers that "
    "belong to both windows."
)
def _one_place(k):
    return 1 / (k + 1)


@mistake("You give the probability that the number that leaves is the maximum of its window.")
def _leaver_wins(k):
    return 1 / k


@mistake("The two windows together do not have 2 k numbers: they overlap.")
def _disjoint_windows(k):
    return (k - 1) / (2 * k)


@mistake("The division is one of integers, and gives 0. Use `/`, not `//`.")
def _integer_division(k):
    return (k - 1) // (k + 1)


@mistake(
    "You count a number too many. How many do the two windows hold together, and how many belong to both?"
)
def _one_too_many(k):
    return k / (k + 2)


@mistake("The fraction is upside down: a probability does not exceed 1.")
def _upside_down(k):
    return (k + 1) / (k - 1)


@mistake("Your answer is right, in per cent. Give a number between 0 and 1.")
def _per_cent(k):
    return 100 * (k - 1) / (k + 1)


@mistake("Your answer is rounded to few digits. Return it as it is.")
def _rounded(k):
    return round((k - 1) / (k + 1), 2)


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
)

# --- problems -----------------------------------------------------------------------------------------------


def _problem(k: int) -> Problem:
    traits = {"k is 1": k == 1, "k is above 1": k > 1, "k is even": k % 2 == 0, "k is odd": k % 2 == 1}
    return Problem((k,), f"k = {k}", tuple(trait for trait, holds in traits.items() if holds))


def problems(rng: np.random.Generator) -> list[Problem]:
    """Draw 9 window sizes: 1, 2, 3, and six more up to some thousands."""
    drawn = [int(rng.integers(low, high)) for low, high in ((4, 7), (7, 10), (10, 40), (40, 100), (100, 999))]
    return [_problem(k) for k in (2, 1, 3, *drawn, int(rng.integers(1000, 9999)))]


P_UNCHANGED = Exercise(
    name="p_unchanged",
    title="How invariant is a maximum?",
    topic="pooling",
    statement=STATEMENT,
    stub=STUB,
    hints=HINTS,
    points=2,
    minutes=15,
    reference=reference,
    draw=problems,
    mistakes=MISTAKES,
    variants=(_counted_places, _complement, _conditional),
)
