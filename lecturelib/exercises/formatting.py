"""Numbers, arrays and problems as short text that is the same on every run and every NumPy version."""

from __future__ import annotations

import numpy as np

from lecturelib.exercises.answers import Unreadable, as_array

_LARGEST_SHOWN = 64


def plain_number(value: object) -> str:
    """Write one number with at most six significant digits.

    Examples
    --------
    >>> plain_number(np.float64(2.0)), plain_number(np.int64(3)), plain_number(1 / 3)
    ('2.0', '3', '0.333333')
    """
    if isinstance(value, bool | np.bool_):
        return str(bool(value))
    if isinstance(value, int | np.integer):
        return str(int(value))
    if isinstance(value, complex | np.complexfloating):
        return f"{value.real:.6g}{value.imag:+.6g}j"
    text = f"{float(value):.6g}"
    return text if any(mark in text for mark in ".en") else f"{text}.0"


def shape_text(value: object) -> str:
    """Write "shape (2, 3)", or "a single number".

    Examples
    --------
    >>> shape_text(np.zeros((2, 3))), shape_text(np.float64(1))
    ('shape (2, 3)', 'a single number')
    """
    shape = np.shape(value)
    return f"shape {tuple(int(size) for size in shape)}" if shape else "a single number"


def array_text(value: np.ndarray) -> str:
    """Write an array as nested lists, or its shape alone if it holds more than 64 numbers.

    Examples
    --------
    >>> array_text(np.array([[1, 2], [3, 4]]))
    '[[1, 2], [3, 4]]'
    """
    if value.size > _LARGEST_SHOWN:
        return f"array of {shape_text(value)}"

    def write(part: np.ndarray) -> str:
        if part.ndim == 0:
            return plain_number(part[()])
        return "[" + ", ".join(write(item) for item in part) + "]"

    return write(value)


def brief(value: object) -> str:
    """Write any settled value or problem argument on one line."""
    if isinstance(value, Unreadable):
        return f"an object of type {value.kind}"
    if value is Ellipsis:
        return "..."
    if isinstance(value, bool | str) or value is None:
        return repr(value)
    array = as_array(value)
    if array is None and isinstance(value, tuple):
        return "(" + ", ".join(brief(item) for item in value) + ")"
    if array is None:
        return (
            repr(value) if not isinstance(value, dict) else f"a dictionary with the keys {', '.join(value)}"
        )
    if isinstance(value, tuple) and array.ndim == 1 and array.size <= 4:
        return "(" + ", ".join(plain_number(number) for number in array) + ")"
    return array_text(array)
