"""Numbers as a sentence or a small figure writes them."""

from __future__ import annotations

from collections.abc import Iterable
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number(value: Any, digits: int = 4) -> str:
    """Write a number in a few significant digits, whole numbers in full, with a true minus sign.

    Parameters
    ----------
    value : number
    digits : int
        Significant digits of a number that is not whole.

    Returns
    -------
    str

    Examples
    --------
    >>> number(235), number(-0.5), number(1 / 3), number(np.int64(-12))
    ('235', '−0.5', '0.3333', '−12')
    """
    value = value.item() if isinstance(value, np.generic) else value
    text = str(value) if isinstance(value, Integral) else _short(float(value), digits)
    return text.replace("-", "−")


def _short(value: float, digits: int) -> str:
    if value == int(value) and abs(value) < 1e6:
        return str(int(value))
    return f"{value:.{digits}g}"


def factor(value: Any, digits: int = 4) -> str:
    """Write a number as a factor of a product: a negative one in parentheses.

    Examples
    --------
    >>> factor(3), factor(-3)
    ('3', '(−3)')
    """
    text = number(value, digits)
    return f"({text})" if text.startswith("−") else text


def power(value: Any, digits: int = 2) -> str:
    """Write a positive number in a few significant digits, one below 0.001 with a power of ten.

    Examples
    --------
    >>> power(0.14), power(8.2e-6), power(1e-5)
    ('0.14', '8.2·10⁻⁶', '10⁻⁵')
    """
    mantissa, _, exponent = f"{value:.{digits - 1}e}".partition("e")
    if int(exponent) >= -3:
        return number(value, digits)
    shown = mantissa.rstrip("0").rstrip(".")
    return ten_to(int(exponent)) if shown == "1" else f"{shown}·{ten_to(int(exponent))}"


def ten_to(exponent: int) -> str:
    """Write a power of ten.

    Examples
    --------
    >>> ten_to(-12)
    '10⁻¹²'
    """
    return f"10{str(exponent).translate(_RAISED)}"


def steps_of(count: int) -> str:
    """Write a number of steps.

    Examples
    --------
    >>> steps_of(1), steps_of(40)
    ('1 step', '40 steps')
    """
    return "1 step" if count == 1 else f"{count} steps"


def products(pairs: Iterable[tuple[Any, Any]]) -> str:
    """Write a sum of products.

    Examples
    --------
    >>> products([(2, 100), (3, -10)])
    '2·100 + 3·(−10)'
    """
    return " + ".join(f"{factor(first)}·{factor(second)}" for first, second in pairs)


def tuple_of(values: Iterable[Any]) -> str:
    """Write values as a tuple, a single value as itself.

    Examples
    --------
    >>> tuple_of([100, 10, -1])
    '(100, 10, −1)'
    """
    texts = [number(value) for value in values]
    return f"({', '.join(texts)})" if len(texts) != 1 else texts[0]


def signal(values: ArrayLike, name: str, longest: int) -> np.ndarray:
    """Return `values` as a read-only copy, after checking that it is a short real signal.

    Parameters
    ----------
    values : array_like of shape (N,)
        1 to `longest` finite real numbers.
    name : str
        The argument's name, for the message.
    longest : int
        Most samples that the picture has room for.

    Returns
    -------
    ndarray of shape (N,)
        int64 for integers, float64 otherwise.

    Raises
    ------
    TypeError
        If the values are not real numbers.
    ValueError
        If the shape, the length or a value is not as wanted.
    """
    array = np.array(values)
    if array.dtype.kind not in "biuf":
        raise TypeError(f"{name} must hold real numbers, got dtype {array.dtype}")
    if array.ndim != 1 or not 1 <= array.size <= longest:
        raise ValueError(f"{name} must have shape (N,) with N from 1 to {longest}, got shape {array.shape}")
    if not np.isfinite(array).all():
        raise ValueError(f"{name} must be finite, got {array}")
    array = array.astype(np.int64 if array.dtype.kind in "biu" else np.float64)
    array.flags.writeable = False
    return array
