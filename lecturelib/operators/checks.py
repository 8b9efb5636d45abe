"""Small checks of arguments, each with a message that says what was expected and what arrived."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral, Real
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


def whole_number(name: str, value: Any, *, at_least: int | None = None) -> int:
    """Return `value` as a Python int, of any sign if there is no least one.

    Raises
    ------
    TypeError
        If it is not a whole number (True and False are not numbers here).
    ValueError
        If it is smaller than `at_least`.
    """
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, Integral):
        raise TypeError(f"{name} must be an integer; got {value!r} of type {type(value).__name__}")
    if at_least is not None and value < at_least:
        raise ValueError(f"{name} must be at least {at_least}; got {value}")
    return int(value)


def truth_value(name: str, value: Any) -> bool:
    """Return `value` as True or False.

    Raises
    ------
    TypeError
        If it is anything else, 0 and 1 included.
    """
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name} must be True or False; got {value!r}")
    return bool(value)


def real_number(name: str, value: Any) -> float:
    """Return `value` as a Python float, which leaves the dtype of an array alone.

    Raises
    ------
    TypeError
        If it is not a real number (True and False are not numbers here).
    ValueError
        If it is larger than any float.
    """
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, Real):
        raise TypeError(f"{name} must be a real number; got {value!r} of type {type(value).__name__}")
    try:
        return float(value)
    except OverflowError as error:  # an integer or a fraction
        raise ValueError(f"{name} must be within the range of a float; got one that is not") from error


def numeric_array(name: str, value: Any) -> np.ndarray:
    """Return `value` as an array of booleans, integers, reals or complex numbers that holds something.

    Raises
    ------
    TypeError
        If it holds anything but numbers.
    ValueError
        If it is empty or ragged.
    """
    try:
        array = np.asarray(value)
    except ValueError as error:  # NumPy does not say which argument it was
        raise ValueError(
            f"{name} must be an array, with all its rows equally long; got a {type(value).__name__}: {error}"
        ) from error
    if array.dtype.kind not in "biufc":
        raise TypeError(f"{name} must hold numbers; got an array of dtype {array.dtype}")
    if array.size == 0:
        raise ValueError(f"{name} must not be empty; got an array of shape {array.shape}")
    return array


def real_array(name: str, value: Any) -> np.ndarray:
    """Return `value` as an array of real numbers: complex ones have no agreed meaning in a layer.

    Raises
    ------
    TypeError
        If it holds anything but real numbers.
    ValueError
        If it is empty or ragged.
    """
    array = numeric_array(name, value)
    if array.dtype.kind == "c":
        raise TypeError(f"{name} must hold real numbers; got an array of dtype {array.dtype}")
    return array


def batch_array(name: str, value: Any) -> np.ndarray:
    """Return `value` as an array of shape (N, C, *S) with one, two or three spatial axes.

    Raises
    ------
    TypeError
        If it holds anything but real numbers.
    ValueError
        If it is empty, ragged, or has another number of axes.
    """
    array = real_array(name, value)
    if array.ndim not in (3, 4, 5):
        raise ValueError(
            f"{name} must have shape (N, C, *S) with 1, 2 or 3 spatial axes; got shape {array.shape}"
        )
    return array


def shaped_array(name: str, value: Any, shape: tuple[int, ...], meaning: str) -> np.ndarray:
    """Return `value` as an array of real numbers of exactly this shape.

    Raises
    ------
    TypeError
        If it holds anything but real numbers.
    ValueError
        If its shape is another one; the message tells the `meaning` of the expected one.
    """
    array = real_array(name, value)
    if array.shape != shape:
        raise ValueError(f"{name} must have shape {shape}, {meaning}; got shape {array.shape}")
    return array


def gradient_array(
    dy: Any, shape: tuple[int, ...], dtype: np.dtype, meaning: str = "that of the output"
) -> np.ndarray:
    """Return the gradient by an output of this shape, in the dtype in which a layer computes.

    Raises
    ------
    TypeError
        If it holds anything but real numbers.
    ValueError
        If its shape is another one.
    """
    dy = shaped_array("dy", dy, shape, meaning)
    with np.errstate(over="ignore"):  # what is too large for the dtype becomes infinite
        return dy.astype(dtype, copy=False)


def layer_dtype(*arrays: np.ndarray) -> np.dtype:
    """Type in which a layer computes: float types as they are, everything else counts as float64."""
    return np.result_type(*(a.dtype if a.dtype.kind == "f" else np.float64 for a in arrays))


def is_sequence(value: Any) -> bool:
    """Whether `value` is a tuple, a list or an array with axes: one entry for each axis."""
    return isinstance(value, (tuple, list)) or (isinstance(value, np.ndarray) and value.ndim > 0)


def each_axis(name: str, value: Any, axes: int) -> tuple[int, ...]:
    """One positive integer for each axis, from one for all or one each.

    Raises
    ------
    TypeError
        If one is not a whole number.
    ValueError
        If one is smaller than 1, or there are not `axes` of them.
    """
    if not is_sequence(value):
        return (whole_number(name, value, at_least=1),) * axes
    if len(value) != axes:
        raise ValueError(f"{name} must be one integer or {axes}, one for each axis; got {value!r}")
    return tuple(whole_number(name, v, at_least=1) for v in value)
