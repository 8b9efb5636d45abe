"""max_grad(xs, rule): the gradient of the largest number, written by the student."""

from __future__ import annotations

import numpy as np

from lecturelib.exercises.drawing import halves, whole
from lecturelib.exercises.exercise import Exercise, Problem
from lecturelib.exercises.topics.training.forbidden import POOLED
from lecturelib.exercises.topics.training.max_mistakes import MISTAKES
from lecturelib.exercises.topics.training.max_shares import reference

STATEMENT = """\
The maximum of some numbers has no weights to learn, but the gradient must pass through it. It grows as fast
as the largest number does, and does not care for the others. Where the largest number occurs more than once,
there is no derivative, and one agrees on a rule.

Write `max_grad(xs, rule)`: the gradient of `max(xs)` with respect to each number of `xs`.

- `xs`: array of shape `(n,)`, `n >= 1`, integers or floating-point numbers of any sign.
- `rule`: who gets the gradient where the largest number occurs more than once.
    - `"first"`: the first of them gets 1.
    - `"share"`: each of them gets an equal part.
- It returns an array of shape `(n,)` and leaves `xs` as it is. By either rule its numbers **add up to 1**.
- Numbers count as equal only if they are exactly equal.

For `xs = [1, 5, 5, 0, 5]` the answer is `[0, 1, 0, 0, 0]` by `"first"` and `[0, 1/3, 1/3, 0, 1/3]` by
`"share"`.
"""

STUB = '''\
def max_grad(xs, rule):
    """Gradient of max(xs) by each number of xs (n,); rule 'first' or 'share' where several are largest."""
    raise NotImplementedError("Write max_grad here.")
'''

HINTS = (
    "With three numbers: what must hold for the first one to be the largest? Being larger than one of the "
    "others is not enough. And what must hold if there are ties?",
    "`xs == xs.max()` marks all that are largest. For 'share', divide the marks by their number; for "
    "'first', put a 1 at `np.argmax(xs)`, which is the first of them, into an array of floating-point zeros.",
)

# --- right, and different -----------------------------------------------------------------------------------


def _one_after_another(xs, rule):
    best, winners = None, []
    for place, x in enumerate(xs):
        if best is None or x > best:
            best, winners = x, [place]
        elif x == best and rule == "share":
            winners.append(place)
    return [1 / len(winners) if place in winners else 0 for place in range(len(xs))]


def _all_comparisons(xs, rule):
    at_least = np.all(xs[:, None] >= xs, axis=1)
    if rule == "first":
        return at_least & (np.cumsum(at_least) == 1)
    return at_least / at_least.sum()


def _single_precision(xs, rule):
    return reference(xs, rule).astype(np.float32)


# --- problems -----------------------------------------------------------------------------------------------


def _problem(xs: np.ndarray, rule: str, name: str) -> Problem:
    tied = int(np.sum(xs == xs.max()))
    traits = {
        f"rule is '{rule}'": True,
        "one number is largest": tied == 1,
        "several numbers are largest": tied > 1,
        "exactly two numbers are largest": tied == 2,
        "three numbers or more are largest": tied > 2,
        "numbers below the largest are equal": len(set(xs.tolist())) < len(xs) - tied + 1,
        "all numbers are negative": xs.max() < 0,
        "all numbers are equal": len(xs) > 1 and tied == len(xs),
        "there is a single number": len(xs) == 1,
        "two numbers are very near each other": name.startswith("near"),
        "xs holds integers": xs.dtype.kind == "i",
        "xs holds floating-point numbers": xs.dtype.kind == "f",
    }
    label = f"{name}, rule {rule!r}"
    return Problem((xs, rule), label, tuple(trait for trait, holds in traits.items() if holds))


def _tied(rng: np.random.Generator, others: np.ndarray, count: int) -> np.ndarray:
    """Mix the numbers with a larger one that occurs `count` times; neither the first nor the last is one."""
    inner = [*rng.permutation(others)[2:], *[others.max() + 1] * count]
    return np.array([others[0], *rng.permutation(inner), others[1]], dtype=others.dtype)


def problems(rng: np.random.Generator) -> list[Problem]:
    """Draw 34 problems, 17 lists by both rules: no ties, ties of two to four, below the top, one number."""
    low = -np.abs(halves(rng, 5)) - 1
    numbers = {
        "the example in the statement": np.array([1, 5, 5, 0, 5]),
        "2, 1, 3": np.array([2, 1, 3]),
        "no ties": halves(rng, 6),
        "no ties, integers": whole(rng, 5),
        "no ties, all negative": -np.abs(halves(rng, 5)) - 0.5,
        "two tied": _tied(rng, halves(rng, 6), 2),
        "two tied, integers": _tied(rng, whole(rng, 4), 2),
        "three tied": _tied(rng, halves(rng, 5), 3),
        "three tied, float32": _tied(rng, halves(rng, 6, dtype=np.float32), 3),
        "four tied, all negative": _tied(rng, low - low.max() - 2, 4),
        "two tied, integers below 0": np.array([-7, -2, -9, -2, -4]) - rng.integers(3),
        "a tie below the largest": np.array([1, 4, 1, 6, 4, 1]) + rng.integers(5) / 2,
        "ties at and below the largest": np.array([3, 8, 3, 8, 1, 3]) - rng.integers(10),
        "all equal": np.full(4, halves(rng, 1)[0]),
        "two equal integers": np.full(2, rng.integers(2, 9)),
        "a single number": -np.abs(halves(rng, 1)),
        "near the largest": np.array([0.5, 1.0, 1.0 + 1e-9, 0.25]) + rng.integers(1, 4),
    }
    return [_problem(xs, rule, name) for name, xs in numbers.items() for rule in ("first", "share")]


MAX_GRAD = Exercise(
    name="max_grad",
    title="Who made the maximum?",
    topic="training",
    statement=STATEMENT,
    stub=STUB,
    hints=HINTS,
    points=2,
    minutes=10,
    may_not_call=POOLED,
    may_not_call_because="It decides the ties for you; decide them yourself.",
    reference=reference,
    draw=problems,
    mistakes=MISTAKES,
    variants=(_one_after_another, _all_comparisons, _single_precision),
)
