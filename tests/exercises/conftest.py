"""Shared by the tests of the exercises."""

import numpy as np
import pytest

from lecturelib.exercises import Problem
from lecturelib.exercises.exercise import Exercise, MistakeBook


def toy(function=lambda x: 2 * x, *, mistakes=(), **fields):
    """An exercise of one argument: double x."""
    arrays = [
        np.array([1.5, -2.0, 3.0, 5.0]),
        np.array([4, 7, -1]),
        np.array([[1.0, 2.5], [3.0, 9.0], [5.0, 7.5]]),
    ]
    traits = [("x is short",), ("x is short", "x holds integers"), ("x has two axes",)]
    rows = list(zip(arrays, traits, strict=True))
    fields = {
        "name": "double",
        "title": "Double",
        "topic": "toy",
        "statement": "Double `x`.",
        "stub": "def double(x):\n    raise NotImplementedError\n",
        "hints": ("Add.", "Add `x` to itself."),
        "points": 1,
        "minutes": 1,
        "variants": (),
        **fields,
    }
    return Exercise(
        reference=function,
        draw=lambda rng: [Problem((x,), f"x of shape {x.shape}", t) for x, t in rows],
        mistakes=MistakeBook.of(*mistakes),
        **fields,
    )


@pytest.fixture(name="toy")
def toy_fixture():
    return toy
