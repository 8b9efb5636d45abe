"""best_cardinality(a1, a2): how many places to pool so that two classes differ most."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable

import numpy as np

from lecturelib.exercises.exercise import Exercise, MistakeBook, Problem, mistake

STATEMENT = """\
A feature is 0 or 1 at every place, independently. In images of class 1 it is 1 with probability `a1`, in
those of class 2 with the smaller probability `a2`. Max pooling over `P` places gives 1 if any of them is 1,
which has the probability $1 - (1 - a)^P$. For large `P` both classes mostly give 1, and where features are
rare, both mostly give 0 for small `P`.

Write `best_cardinality(a1, a2)`: **the number of places `P` for which the two probabilities differ most**.

- `a1`, `a2`: floats with `0 < a2 < a1 < 1`.
- It returns an int, at least 1. Where two numbers of places are equally good, the smaller one. There is no
  upper limit: rare features want many places.

With `a1 = 0.05` and `a2 = 0.02` the answer is 30.
"""

STUB = '''\
def best_cardinality(a1, a2):
    """Number of places P at which max pooling tells probabilities a1 > a2 apart best."""
    raise NotImplementedError("Write best_cardinality here.")
'''

HINTS = (
    "The gap between the two probabilities grows with `P`, reaches one top, and then falls for ever. How do "
    "you notice that the top is behind you?",
    "Start at `P = 1` and go on while the next gap is strictly larger. Or set the derivative by `P` to 0; "
    "its root is no integer, so compare the gaps at the two integers around it.",
)


def _gap(P: float, a1: float, a2: float) -> float:
    return (1 - a2) ** P - (1 - a1) ** P


def _peak(a1: float, a2: float) -> float:
    """Give the real number at which the gap's derivative is 0."""
    one, two = math.log1p(-a1), math.log1p(-a2)
    return math.log(one / two) / (two - one)


def _climb(better: Callable[[int, int], bool]) -> int:
    """Go on from P = 1 while the next number is better."""
    P = 1
    while better(P + 1, P):
        P += 1
    return P


def reference(a1: float, a2: float) -> int:
    """Go on while the gap between the two probabilities grows."""
    return _climb(lambda after, before: _gap(after, a1, a2) > _gap(before, a1, a2))


# --- right, and different -----------------------------------------------------------------------------------


def _two_around_the_root(a1, a2):
    below = max(1, math.floor(_peak(a1, a2)))
    return max((below, below + 1), key=lambda P: _gap(P, a1, a2))


def _table(a1, a2):
    P = np.arange(1, 10_000)
    return 1 + np.argmax(np.abs((1 - a1) ** P - (1 - a2) ** P))


def _growth(a1, a2):
    # One place more adds a2 (1 - a2)^P more to the second probability, and a1 (1 - a1)^P to the first.
    P, first, second = 1, 1 - a1, 1 - a2
    while a1 * first > a2 * second:
        P, first, second = P + 1, first * (1 - a1), second * (1 - a2)
    return float(P)


# --- wrong --------------------------------------------------------------------------------------------------


@mistake(
    "The best real number is rounded down. The better of the two integers around it may be the upper one: "
    "compare their gaps."
)
def _rounded_down(a1, a2):
    return max(1, math.floor(_peak(a1, a2)))


@mistake(
    "The best real number is rounded up. The better of the two integers around it may be the lower one: "
    "compare their gaps."
)
def _rounded_up(a1, a2):
    return math.ceil(_peak(a1, a2))


@mistake(
    "The best real number is rounded to the nearest integer. The gap is not symmetric around its top, so the "
    "other neighbour may be better: compare their gaps."
)
def _rounded(a1, a2):
    return max(1, round(_peak(a1, a2)))


@mistake("You return the real number at which the derivative is 0. A number of places is an integer.")
def _real(a1, a2):
    return _peak(a1, a2)


@mistake(
    "The derivative is that of $e^{-aP}$, which stands for $(1 - a)^P$ only if `a` is small. Use "
    "logarithms of 1 - a."
)
def _small_a(a1, a2):
    P = max(1, math.floor(math.log(a1 / a2) / (a1 - a2)))
    return max((P, P + 1), key=lambda P: math.exp(-a2 * P) - math.exp(-a1 * P))


@mistake(
    "You return the index of the best entry, which is one less than its `P`: the list begins with P = 1."
)
def _index(a1, a2):
    return reference(a1, a2) - 1


@mistake("You return one more than the best `P`: the number at which the gap has begun to fall.")
def _first_worse(a1, a2):
    return reference(a1, a2) + 1


@mistake("You return the largest gap itself. Asked for is the number of places that has it.")
def _the_gap(a1, a2):
    return _gap(reference(a1, a2), a1, a2)


@mistake("Where two numbers are equally good you return the larger one: go on only if the gap really grows.")
def _last_of_equals(a1, a2):
    return _climb(lambda after, before: _gap(after, a1, a2) >= _gap(before, a1, a2))


@mistake(
    "Your answer is always 1. With mean pooling, `P` does not change the two expectations, and with a ratio "
    "of probabilities 1 is best. Here it is the difference of the probabilities of a 1."
)
def _always_one(a1, a2):
    return 1


@mistake(
    "You use $a^P$, the probability that all places are 1. The maximum is 1 as soon as any of them is: "
    "$1 - (1 - a)^P$."
)
def _all_are_one(a1, a2):
    return _climb(lambda after, before: a1**after - a2**after > a1**before - a2**before)


@mistake("You use the probability that exactly one place is 1. The maximum is 1 if several of them are, too.")
def _exactly_one(a1, a2):
    def gap(P):
        return P * abs(a1 * (1 - a1) ** (P - 1) - a2 * (1 - a2) ** (P - 1))

    return _climb(lambda after, before: gap(after) > gap(before))


@mistake("The search stops at 100. Rare features want more places: go on while the gap grows.")
def _stops_at_100(a1, a2):
    return min(reference(a1, a2), 100)


@mistake("The search stops at 1000. Rare features want more places: go on while the gap grows.")
def _stops_at_1000(a1, a2):
    return min(reference(a1, a2), 1000)


@mistake("You divide the gap by the standard deviations. Asked for is the largest difference itself.")
def _normalised(a1, a2):
    def distance(P):
        p1, p2 = 1 - (1 - a1) ** P, 1 - (1 - a2) ** P
        return (p1 - p2) / math.sqrt(p1 * (1 - p1) + p2 * (1 - p2))

    return _climb(lambda after, before: distance(after) > distance(before))


@mistake(
    "You look at one class only: there the probability of a 1 passes one half. Asked for is where the two "
    "probabilities differ most."
)
def _one_half(a1, a2):
    return max(1, math.ceil(-math.log(2) / math.log1p(-a1)))


MISTAKES = MistakeBook.of(
    _rounded_down,
    _rounded_up,
    _rounded,
    _real,
    _small_a,
    _index,
    _first_worse,
    _the_gap,
    _last_of_equals,
    _always_one,
    _all_are_one,
    _exactly_one,
    _stops_at_100,
    _stops_at_1000,
    _normalised,
    _one_half,
)

# --- problems -----------------------------------------------------------------------------------------------

_PER_CENT = [(i / 100, j / 100) for i in range(2, 99) for j in range(1, i)]
_RARE = [(i / 1000, j / 1000) for i in range(6, 10) for j in range(2, 5)]
_RARER = [(i / 10_000, j / 10_000) for i in range(6, 10) for j in range(2, 5)]
# Here both sides of the tie, P = 1 and P = 2, are exact in floating point.
_TIES = [(0.75, 0.25), (0.625, 0.375), (0.875, 0.125)]


def _clear(a1: float, a2: float) -> bool:
    """Tell whether the best number wins by so much that rounding cannot decide."""
    best = reference(a1, a2)
    others = [P for P in (best - 1, best + 1) if P >= 1]
    return all(_gap(best, a1, a2) > (1 + 1e-9) * _gap(P, a1, a2) for P in others)


def _pick(rng: np.random.Generator, pairs: list, count: int, wanted: Callable[[float, float], bool]) -> list:
    """Draw from these pairs until `count` of them are as wanted."""
    shuffled = (pairs[place] for place in rng.permutation(len(pairs)))
    return list(itertools.islice((pair for pair in shuffled if wanted(*pair) and _clear(*pair)), count))


def _problem(a1: float, a2: float) -> Problem:
    best, peak = reference(a1, a2), _peak(a1, a2)
    tie = _gap(best, a1, a2) == _gap(best + 1, a1, a2)
    traits = {
        "two numbers of places are equally good": tie,
        "one number of places is best": not tie,
        "the best real number is rounded down": best <= peak,
        "the best real number is rounded up": best > peak,
        "both features are rare": a1 < 0.1,
        "feature 1 is frequent": a1 >= 0.5,
        "more than 100 places are best": best > 100,
        "more than 1000 places are best": best > 1000,
    }
    return Problem((a1, a2), f"a1 = {a1}, a2 = {a2}", tuple(one for one, holds in traits.items() if holds))


def problems(rng: np.random.Generator) -> list[Problem]:
    """Draw some 22 pairs: frequent and rare features; ties; tops nearer to the worse integer."""
    pairs = [
        (0.05, 0.02),
        *_TIES,
        *_pick(rng, _PER_CENT, 3, lambda a1, a2: max(1, round(_peak(a1, a2))) < reference(a1, a2)),
        *_pick(rng, _PER_CENT, 3, lambda a1, a2: _peak(a1, a2) > reference(a1, a2) and a1 < 0.3),
        *_pick(rng, _PER_CENT, 3, lambda a1, a2: 0 < reference(a1, a2) - _peak(a1, a2) < 0.4 and a1 < 0.3),
        *_pick(rng, _PER_CENT, 3, lambda a1, a2: a1 + a2 > 1.1),
        *_pick(rng, _RARE, 3, lambda a1, a2: True),
        *_pick(rng, _RARER, 3, lambda a1, a2: True),
    ]
    return [_problem(*pair) for pair in dict.fromkeys(pairs)]


BEST_CARDINALITY = Exercise(
    name="best_cardinality",
    title="How many places to pool?",
    topic="pooling",
    statement=STATEMENT,
    stub=STUB,
    hints=HINTS,
    points=3,
    minutes=20,
    reference=reference,
    draw=problems,
    mistakes=MISTAKES,
    variants=(_two_around_the_root, _table, _growth),
)
