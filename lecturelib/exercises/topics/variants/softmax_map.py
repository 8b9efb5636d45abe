"""softmax_map(scores): class probabilities at every place of a map, written by the student."""

from __future__ import annotations

import numpy as np

from lecturelib.exercises.drawing import halves, whole
from lecturelib.exercises.exercise import Exercise, Problem
from lecturelib.exercises.guard import ways_to
from lecturelib.exercises.topics.variants.softmax_mistakes import MISTAKES
from lecturelib.exercises.topics.variants.softmax_shares import largest, reference

STATEMENT = """\
A layer that labels every place of an image gives scores; probabilities are wanted. Write
`softmax_map(scores)`: at each place, the **softmax over the classes**,

$$P[c,i,j] = \\frac{e^{s[c,i,j]}}{\\sum_{c'} e^{s[c',i,j]}}.$$

- `scores`: array of shape `(classes, rows, columns)`, integers or floating-point numbers, each between -20000
  and 20000. There is at least one class.
- It returns an array of the same shape. At each place the probabilities of all classes add up to 1: they are
  exact to nine digits even where `np.exp` of the scores themselves would overflow, or be 0 for all of them.
  The result holds neither NaN nor infinity.

It leaves `scores` as they are. A place at which two classes have the scores 0 and 1 has the probabilities
0.268941 and 0.731059: 1 / (1 + e) and e / (1 + e). So has one at which they are 10000 and 10001.
"""

STUB = '''\
def softmax_map(scores):
    """Class probabilities at each place: scores of shape (classes, rows, columns), the same shape back."""
    raise NotImplementedError("Write softmax_map here.")
'''

HINTS = (
    "Along which axis must the sum be 1? And what happens to the probabilities of a place if the same number "
    "is added to all of its scores?",
    "Subtract from the scores of each place the largest of that place, `scores.max(axis=0)`: then the "
    "largest exponential is 1. Divide by the sum along the same axis. Leave `scores` itself alone: "
    "`scores -= …` changes it for the caller too.",
)


# --- right, and different -----------------------------------------------------------------------------------


def _place_by_place(scores):
    classes, rows, columns = scores.shape
    result = [[[0.0] * columns for _ in range(rows)] for _ in range(classes)]
    for i in range(rows):
        for j in range(columns):
            here = [float(score) for score in scores[:, i, j]]
            powers = [np.exp(score - max(here)) for score in here]
            for c, power in enumerate(powers):
                result[c][i][j] = power / sum(powers)
    return result


def _by_differences(scores):
    apart = scores[None].astype(float) - scores[:, None]  # [c, other] is other minus c
    with np.errstate(over="ignore"):
        return 1 / np.exp(apart).sum(axis=1)


def _through_logarithms(scores):
    total = np.logaddexp.reduce(scores.astype(float), axis=0)
    return np.exp(scores - total)


def _single_precision(scores):
    return reference((scores - largest(scores)).astype(np.float32)).astype(np.float32)


# --- problems -----------------------------------------------------------------------------------------------


def _problem(scores: np.ndarray, size: str, name: str = "") -> Problem:
    classes, rows, columns = scores.shape
    traits = {
        "there is one class": classes == 1,
        "there are several classes": classes > 1,
        "there is a single place": rows == columns == 1,
        "there are several places": rows * columns > 1,
        "the map has as many rows as columns": rows == columns,
        "there are scores in the thousands": bool(np.max(np.abs(scores)) > 1000),
        "the scores are small": bool(np.max(np.abs(scores)) < 100),
        "all scores are far above 0": bool(np.min(scores) > 1000),
        "all scores are far below 0": bool(np.max(scores) < -1000),
        "some places are far above others": size == "places far apart",
        "some classes are far above others": size == "classes far apart",
        "scores are integers": scores.dtype.kind == "i",
        "scores are floating-point numbers": scores.dtype.kind == "f",
    }
    kind = "integers" if scores.dtype.kind == "i" else str(scores.dtype)
    label = name or f"scores of shape {scores.shape}, {kind}, {size}"
    return Problem((scores,), label, tuple(trait for trait, holds in traits.items() if holds))


def _small(rng: np.random.Generator, *shape: int) -> np.ndarray:
    """Draw scores that give several classes a share."""
    return halves(rng, *shape) / 2


def problems(rng: np.random.Generator) -> list[Problem]:
    """Draw 17 maps: the example, small scores, scores about ±30 and ±10000, one class, one place."""
    far = np.where(np.indices((2, 3)).sum(axis=0) % 2, 10_000.0, -10_000.0)
    classes = rng.permutation([-10_000.0, 0.0, 10_000.0, 10_000.0]).reshape(4, 1, 1)
    example = np.array([[[0, 10_000]], [[1, 10_001]]])
    rows = [
        (_small(rng, 4, 2, 3), "small"),
        (_small(rng, 3, 3, 2), "small"),
        (_small(rng, 2, 3, 3), "small"),
        (_small(rng, 5, 2, 2).astype(np.float32), "small"),
        (whole(rng, 3, 2, 4), "small"),
        (whole(rng, 4, 3, 2), "small"),
        (_small(rng, 1, 3, 4), "small"),
        (_small(rng, 5, 1, 1), "small"),
        (_small(rng, 3, 2, 4) - 30, "about -30"),
        (_small(rng, 4, 2, 2) + 30, "about 30"),
        (_small(rng, 3, 2, 4) + 10_000, "about 10000"),
        (_small(rng, 4, 3, 2) - 10_000, "about -10000"),
        (whole(rng, 3, 3, 2) + 10_000, "about 10000"),
        (_small(rng, 4, 2, 3) + far, "places far apart"),
        (_small(rng, 4, 3, 2) + classes, "classes far apart"),
        (whole(rng, 2, 2, 3) + far.astype(int), "places far apart"),
    ]
    return [_problem(example, "mixed", "the example in the statement"), *(_problem(*row) for row in rows)]


SOFTMAX_MAP = Exercise(
    name="softmax_map",
    title="Probabilities at every place",
    topic="variants",
    statement=STATEMENT,
    stub=STUB,
    hints=HINTS,
    points=2,
    minutes=15,
    may_not_call=(
        "scipy.special.softmax",
        "scipy.special.log_softmax",
        *ways_to("networks.losses", "softmax"),
    ),
    may_not_call_because="It does the whole exercise in one call; write exponentials and sum yourself.",
    reference=reference,
    draw=problems,
    mistakes=MISTAKES,
    variants=(_place_by_place, _by_differences, _through_logarithms, _single_precision),
)
