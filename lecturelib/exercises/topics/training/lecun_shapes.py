"""lecun_shapes(n): the sides of the maps in LeCun's example, counted by the student."""

from __future__ import annotations

import numpy as np

from lecturelib.exercises.exercise import Exercise, Problem
from lecturelib.exercises.topics.training.forbidden import COUNTED
from lecturelib.exercises.topics.training.shape_mistakes import MISTAKES
from lecturelib.exercises.topics.training.shape_steps import reference

STATEMENT = """\
LeCun's example sends a picture of `n` × `n` pixels through five stages.

1. Convolution with kernels of 9 × 9, without padding: the kernel stays inside the picture.
2. Pooling over windows of 10 × 10 with stride 1: a window at every place where it fits.
3. Subsampling: of the rows and of the columns, keep every fifth, **starting with the first**.
4. Convolution with kernels of 9 × 9, without padding.
5. Pooling over windows of 6 × 6 with stride 1.

All maps are square. Write `lecun_shapes(n)`: how many rows the maps have **after each stage**.

- `n`: int, at least 1.
- It returns a list of five whole numbers, in the order of the stages.
- If a stage has nothing left to give, not a single row, raise a `ValueError`. A map of one row is a map.

`lecun_shapes(83)` is `[75, 66, 14, 6, 1]`. Whether the kernels are flipped makes no difference here.
"""

STUB = '''\
def lecun_shapes(n):
    """Rows of the maps after the five stages of LeCun's example, for a picture of n x n pixels."""
    raise NotImplementedError("Write lecun_shapes here.")
'''

HINTS = (
    "At how many places does a window of 9 begin, if the last one must end at the last row? Which rows stay "
    "when every fifth is kept, starting with row 0?",
    "A window of k fits into s rows at s - k + 1 places. Of s rows, the rows 0, 5, 10, … stay: "
    "`len(range(0, s, 5))` of them. Look at each number, or at the last, before you return the list.",
)

# --- right, and different -----------------------------------------------------------------------------------


def _row_by_row(n):
    rows, sides = list(range(n)), []
    for kernel, step in ((9, 1), (10, 1), (1, 5), (9, 1), (6, 1)):
        rows = [row for row in range(0, len(rows), step) if row + kernel <= len(rows)]
        if not rows:
            raise ValueError(f"{n} x {n} pixels are too few")
        sides.append(len(rows))
    return sides


def _last_one_asked(n):
    first = n - 8
    second = first - 9
    third = (second - 1) // 5 + 1
    sides = (first, second, third, third - 8, third - 13)
    if sides[-1] < 1:
        raise ValueError
    return sides


def _real_maps(n):
    x, sides = np.zeros(n), []
    for kernel, step in ((9, 1), (10, 1), (1, 5), (9, 1), (6, 1)):
        x = np.lib.stride_tricks.sliding_window_view(x, kernel)[::step, 0]  # raises ValueError by itself
        sides.append(len(x))
    return np.array(sides)


def _rounded_up(n):
    if n < 83:
        raise ValueError("too small")
    third = np.ceil((n - 17) / 5)
    return [float(n - 8), float(n - 17), third, third - 8, third - 13]


# --- problems -----------------------------------------------------------------------------------------------


def _problem(n: int) -> Problem:
    second = n - 17
    third = -(-second // 5)
    traits = {
        "all five stages have something left": third >= 14,
        "some stage has nothing left": third < 14,
        "the first stage has nothing left": n < 9,
        "the second stage has nothing left": 9 <= n < 18,
        "the fourth stage has nothing left": n >= 18 and third < 9,
        "only the fifth stage has nothing left": 9 <= third < 14,
        "a single row is left at the end": third == 14,
        "several rows are left at the end": third > 14,
        "the number of rows before subsampling is a multiple of 5": second > 0 and second % 5 == 0,
        "the number of rows before subsampling is one more than a multiple of 5": second % 5 == 1,
    }
    return Problem((n,), f"n = {n}", tuple(trait for trait, holds in traits.items() if holds))


def problems(rng: np.random.Generator) -> list[Problem]:
    """Draw 23 sizes: the example, its neighbours, large ones, and some too small for each of the stages."""
    drawn = [int(rng.integers(*limits)) for limits in ((120, 160), (160, 240), (300, 400), (900, 1000))]
    small = [int(rng.integers(*limits)) for limits in ((2, 8), (10, 17), (19, 57), (63, 78))]
    fixed = (83, 84, 86, 87, 88, 92, 100, 512, 1, 8, 17, 18, 57, 58, 82)
    return [_problem(n) for n in dict.fromkeys((*fixed, *drawn, *small))]


LECUN_SHAPES = Exercise(
    name="lecun_shapes",
    title="From 83 to 1",
    topic="training",
    statement=STATEMENT,
    stub=STUB,
    hints=HINTS,
    points=2,
    minutes=10,
    may_not_call=COUNTED,
    may_not_call_because="The library counts for you; count yourself.",
    reference=reference,
    draw=problems,
    mistakes=MISTAKES,
    variants=(_row_by_row, _last_one_asked, _real_maps, _rounded_up),
)
