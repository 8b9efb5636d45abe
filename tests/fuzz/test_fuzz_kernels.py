"""Ten thousand sets of arguments for matrices of a convolution and for kernels."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import lecturelib as L
from tests.fuzz import kernel_oracles as oracles
from tests.fuzz.arguments import Dice
from tests.fuzz.harness import SETS, Operator, run
from tests.fuzz.spoiled import (
    OPEN,
    other_array,
    other_complex_array,
    other_flag,
    per_axis,
    real,
    whole,
    word,
)

pytestmark = pytest.mark.slow

MODES, BOUNDARIES = ("full", "same", "valid"), ("zeros", "circular", "reflect", "symmetric", "edge")


def matrix_set(d: Dice, name: str) -> dict[str, Any]:
    if name == "conv_matrix":
        axes = 1 + d(2)
        k = d.some(axes, 1, 3)
        mode = d.pick(MODES)
        found = {"k": d.array(*k), "shape": d.pick((tuple, list))(m + d(3) for m in k), "mode": mode}
        if axes == 1 and d(2):
            found["shape"] = found["shape"][0]
        return found | {"boundary": d.pick(BOUNDARIES)}
    k = d.array(1 + d(5))
    if name == "circulant":
        return {"k": k, "n": k.size + d(4)}
    return {"k": k, "n": 1 + d(8), "mode": d.pick(MODES)}


def kernel_set(d: Dice, name: str) -> dict[str, Any]:
    many = d.some(1 + d(3), 1, 4)
    return {
        "sobel": lambda: {"direction": d.pick(("x", "y"))},
        "box": lambda: {"size": many if d(2) else many[0], "ndim": 1 + d(3)},
        "gaussian": lambda: {"size": many[0], "sigma": d.pick((0.5, 1, 3.0, 1e-9, np.inf)), "ndim": 1 + d(3)},
        "laplacian": lambda: {"diagonals": d(2) == 1},
        "sharpen": lambda: {"amount": d.pick((0, 1, 2.5, -1))},
        "impulse": lambda: {"size": many[0], "ndim": 1 + d(3)},
        "gabor": lambda: (
            {"x": d.array(*many), "y": d.array(many[-1])}
            | {p: d.pick((0, 1, 0.5, 2.0)) for p in GABOR if d(2) or p in ("beta_x", "beta_y", "f")}
        ),
    }[name]()


def other_box(d: Dice, value: Any, known: dict) -> tuple[Any, str]:
    """Something else for one length, or several."""
    value, end = per_axis(1, 4)(d, value, known)
    return value, OPEN if isinstance(value, (tuple, list, np.ndarray)) else end


GABOR = ("alpha", "beta_x", "beta_y", "f", "phi", "x0", "y0", "tau")
MODE, BOUNDARY = word(*MODES), word(*BOUNDARIES)
SMALL, LENGTH = whole(1), whole(1, 12)


def _kernel(function, **spoil) -> Operator:
    oracle = getattr(oracles, function.__name__)
    return Operator(function, lambda d: kernel_set(d, function.__name__), spoil, oracles.verify(oracle))


def _matrix(function, **spoil) -> Operator:
    name = function.__name__
    verify = oracles.verify_circulant if name == "circulant" else oracles.verify_matrix
    return Operator(function, lambda d: matrix_set(d, name), spoil, verify)


OPERATORS = [
    _matrix(L.toeplitz, k=other_complex_array, n=LENGTH, mode=MODE),
    _matrix(L.circulant, k=other_complex_array, n=LENGTH),
    _matrix(L.conv_matrix, k=other_complex_array, shape=other_box, mode=MODE, boundary=BOUNDARY),
    _kernel(L.sobel, direction=word("x", "y")),
    _kernel(L.box, size=other_box, ndim=SMALL),
    _kernel(L.gaussian, size=SMALL, sigma=real(1), ndim=SMALL),
    _kernel(L.laplacian, diagonals=other_flag),
    _kernel(L.sharpen, amount=real(1)),
    _kernel(L.impulse, size=SMALL, ndim=SMALL),
    _kernel(L.gabor, x=other_array, y=other_array, **{name: real(1) for name in GABOR}),
]


@pytest.mark.parametrize("operator", OPERATORS, ids=lambda o: o.name)
def test_every_set_ends_in_the_answer_or_in_a_message(operator):
    tally = run(operator)
    assert not tally.failures, f"{len(tally.failures)} of {SETS}:\n" + "\n".join(tally.failures[:3])
    assert tally.successes > SETS / 3 and tally.errors > SETS / 10
