"""Random valid arguments, and the dice that draw them.

A set of arguments is drawn from one row of random numbers, so that its seed and its index give it again.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

#: Random numbers for one set of arguments.
ROLLS = 64


def _read_only(a: np.ndarray) -> np.ndarray:
    a.flags.writeable = False
    return a


#: Quarters, exact in half precision, with zeros and many ties.
NUMBERS = _read_only(np.random.default_rng(0).integers(-12, 13, 20_000) / 4)
#: Directions in which gradients are tried.
DIRECTIONS = _read_only(np.random.default_rng(1).uniform(-1, 1, 20_000))


class Dice:
    """One row of random numbers, used up from left to right."""

    __slots__ = ("place", "rolls")

    def __init__(self, rolls: list[float]) -> None:
        self.rolls, self.place = rolls, -1

    def __call__(self, n: int) -> int:
        """Draw a whole number from 0 to n - 1."""
        self.place = (self.place + 1) % ROLLS
        return int(self.rolls[self.place] * n)

    def pick(self, choices: Sequence) -> Any:
        return choices[self(len(choices))]

    def some(self, axes: int, low: int, high: int) -> tuple[int, ...]:
        """Draw one whole number from low to high for each axis."""
        return tuple(low + self(high + 1 - low) for _ in range(axes))

    def array(self, *shape: int) -> np.ndarray:
        """Take a read-only array of quarters."""
        size = prod(shape)
        start = self(len(NUMBERS) - size)
        return NUMBERS[start : start + size].reshape(shape)

    def each(self, values: tuple[int, ...]) -> Any:
        """Write one number for each axis in one of the allowed forms."""
        form = self(4)
        if form < 2 and len(set(values)) == 1:
            return values[0]
        return list(values) if form == 2 else values


def padding(d: Dice, axes: int) -> Any:
    """Padding in any of its forms."""
    form = d(9)
    if form < 3:
        return ("valid", "same", "full")[form]
    if form < 6:
        return d(3)
    if form == 6:
        return d.some(axes, 0, 2)
    if form == 7:
        return [d.some(2, 0, 2) for _ in range(axes)]
    return tuple(d.pick((0, 1, (0, 2), [1, 0])) for _ in range(axes))


def lengths(d: Dice, kernel: Sequence[int], dilation: Sequence[int], pads: Any) -> tuple[int, ...]:
    """Lengths of axes on which such a kernel finds a place."""
    if pads in ("same", "full"):
        return d.some(len(kernel), 1, 5 if len(kernel) < 3 else 3)
    return tuple(
        t * (k - 1) + 1 + d(3 if len(kernel) < 3 else 2) for k, t in zip(kernel, dilation, strict=True)
    )
