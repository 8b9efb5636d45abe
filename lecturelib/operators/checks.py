"""Small checks of arguments, each with a message that says what was expected and what arrived."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral
from typing import Any

import numpy as np

MODES = ("full", "same", "valid")
BOUNDARIES = ("zeros", "circular", "reflect", "symmetric", "edge")


def one_of(name: str, value: Any, allowed: Sequence[str]) -> str:
    """Return `value` if it is one of the `allowed` words.

    Raises
    ------
    ValueError
        If it is anything else.
    """
    if not (isinstance(value, str) and value in allowed):
        choices = ", ".join(repr(word) for word in allowed)
        raise ValueError(f"{name} must be one of {choices}; got {value!r}")
    return value


def whole_number(name: str, value: Any, *, at_least: int) -> int:
    """Return `value` as a Python int.

    Raises
    ------
    TypeError
        If it is not a whole number (True and False are not numbers here).
    ValueError
        If it is smaller than `at_least`.
    """
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, Integral):
        raise TypeError(f"{name} must be an integer; got {value!r} of type {type(value).__name__}")
    if value < at_least:
        raise ValueError(f"{name} must be at least {at_least}; got {value}")
    return int(value)


def numeric_array(name: str, value: Any) -> np.ndarray:
    """Return `value` as an array of booleans, integers, reals or complex numbers that holds something.

    Raises
    ------
    TypeError
        If it holds anything but numbers.
    ValueError
        If it is empty (or ragged, which NumPy reports itself).
    """
    array = np.asarray(value)
    if array.dtype.kind not in "biufc":
        raise TypeError(f"{name} must hold numbers; got an array of dtype {array.dtype}")
    if array.size == 0:
        raise ValueError(f"{name} must not be empty; got an array of shape {array.shape}")
    return array
