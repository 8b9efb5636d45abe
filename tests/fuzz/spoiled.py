"""What may be put in the place of a valid argument.

Each function takes dice, the valid value and all arguments of the set. It gives another value and how it
should end: a gentle one must work, a fatal one must be refused, an open one may do either.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from tests.fuzz.arguments import Dice

GENTLE, OPEN, FATAL = "gentle", "open", "fatal"
HUGE = 10**6

NOTHING = object()
NO_ARRAYS: tuple[Callable[[], Any], ...] = (
    lambda: "abc",
    lambda: b"abc",
    lambda: {},
    lambda: {1: 2},
    lambda: {1, 2},
    lambda: (i for i in range(3)),
    lambda: iter([1.0]),
    lambda: NOTHING,
    lambda: [[1.0, 2.0], [3.0]],
    lambda: [],
    lambda: [["1", "2"]],
    lambda: np.array([1, None], object),
    lambda: np.zeros(0),
    lambda: np.zeros((1, 0, 2)),
    lambda: np.zeros(3, "M8[D]"),
    lambda: np.zeros(3, [("a", float)]),
    lambda: len,
    lambda: ...,
    lambda: [[[None]]],
    lambda: Fraction(1, 2),
    lambda: slice(3),
)
DTYPES = ("f2", "f4", "i1", "u8", "?", ">f8", ">i4", "<f4", ">f2", "i8", "u1", "g")


def other_array(d: Dice, a: Any, known: dict) -> tuple[Any, str]:
    """Another array, or none."""
    if not isinstance(a, np.ndarray) or a.ndim == 0:
        return d.pick(NO_ARRAYS)(), FATAL
    kind = d(16)
    if kind < 3:  # outer products may be so no more
        return np.abs(a).astype(d.pick(DTYPES)), OPEN if str(known.get("method")) == "separable" else GENTLE
    if kind == 3:
        return a.tolist(), GENTLE
    if kind == 4:
        return _rearranged(d, a), GENTLE
    if kind == 5:
        return _with_infinities(d, a), OPEN
    if kind == 6:
        return a.astype(complex) if d(2) else a * 1j, FATAL
    if kind == 7:
        return a.astype(object) if d(2) else a.astype(str), FATAL
    if kind < 10:
        return d.pick(NO_ARRAYS)(), FATAL
    if kind < 14:
        return _of_another_shape(d, a), OPEN
    if kind == 14:
        return d.pick((1.5, 2, True, np.float32(3), np.array(1.0), range(3), [1, 2, 3], np.int8(4))), OPEN
    return np.ma.masked_array(a, mask=a > 1), OPEN


def other_complex_array(d: Dice, a: Any, known: dict) -> tuple[Any, str]:
    """Like :func:`other_array`, where complex numbers are welcome."""
    value, end = other_array(d, a, known)
    return (value, OPEN) if isinstance(value, np.ndarray) and value.dtype.kind in "cf?" else (value, end)


def _rearranged(d: Dice, a: np.ndarray) -> np.ndarray:
    """Equally shaped, with other strides or flags."""
    kind = d(5)
    if kind == 0:
        return a[::-1]
    if kind == 1:
        return np.repeat(a, 2, axis=-1)[..., ::2]
    if kind == 2:
        return np.asfortranarray(a)
    if kind == 3:
        return np.broadcast_to(a[..., :1], a.shape)
    return a.copy()  # writeable


def _with_infinities(d: Dice, a: np.ndarray) -> np.ndarray:
    a = a.astype(np.result_type(a, float))
    for _ in range(1 + d(2)):
        a.ravel()[d(a.size)] = d.pick((np.nan, np.inf, -np.inf, np.inf, -np.inf, 1e200))
    return a


def _of_another_shape(d: Dice, a: np.ndarray) -> np.ndarray:
    """One axis more or less, or one sample."""
    kind = d(6)
    if kind == 0:
        return a[None]
    if kind == 1:
        return a[..., None]
    if kind == 2:
        return a[0]
    if kind == 3:
        return a.ravel()
    axis = d(a.ndim)
    if kind == 4:
        return np.repeat(a, [2] + [1] * (a.shape[axis] - 1), axis)
    return a.take(range(a.shape[axis] - 1), axis)  # may leave nothing


NO_NUMBERS: tuple[Any, ...] = (
    "2",
    b"2",
    "abc",
    True,
    np.True_,
    1j,
    {},
    {1},
    NOTHING,
    len,
    ...,
    slice(1),
    None,
)
NO_INTEGERS = (*NO_NUMBERS, 2.0, 1.5, np.float32(1), Fraction(2), Fraction(1, 2), np.nan, np.inf)
WIDE = (np.int64, np.uint8, np.int16)


def whole(low: int | None, *more: Any) -> Callable:
    """Something else for one whole number, which must be at least `low`; `more` may or may not work."""

    def other(d: Dice, value: Any, _: dict) -> tuple[Any, str]:
        kind = d(6)
        if kind == 0 and isinstance(value, int):
            return (np.int16 if value < 0 else d.pick(WIDE))(value), GENTLE
        if kind < 3:
            return d.pick(NO_INTEGERS), FATAL
        if kind == 3:
            return d.pick(([], (1, 2), [2], np.array([1]), np.array([1, 2]), "", np.array([]))), FATAL
        if kind == 4 and low is not None:
            return low - 1 - d(3), FATAL
        return d.pick((0, 1, 2, 3, -1, 7, *more)), OPEN

    return other


def per_axis(low: int, *more: Any, none: bool = False) -> Callable:
    """Something else for one whole number for each axis; None is welcome if `none`."""
    single = whole(low, *more)

    def other(d: Dice, value: Any, known: dict) -> tuple[Any, str]:
        kind, many = d(8), isinstance(value, (tuple, list))
        if kind == 0 and many:
            return np.array(value, d.pick(("i8", "i1", ">i2"))), GENTLE
        if kind == 1:
            return (*value, 1) if many else (1,) * 5, FATAL
        if kind == 2 and many:
            return value[:-1], FATAL
        if kind == 3 and many:
            changed = list(value)
            changed[d(len(changed))] = d.pick((*NO_INTEGERS, (1,), [], low - 1, -5))
            return changed, FATAL
        if kind == 4:
            return d.pick(((), [], [[1, 1]] * 4, np.zeros((0,)), np.ones(7), (((1,),),))), FATAL
        if kind == 5 and none:
            return None, OPEN
        value, end = single(d, value, known)
        if isinstance(value, (tuple, list, np.ndarray)):
            end = OPEN  # one axis, or two
        return value, OPEN if none and value is None else end

    return other


def other_lengths(d: Dice, value: Any, known: dict) -> tuple[Any, str]:
    """Something else for a sequence of lengths, of which there may be any number."""
    value, end = per_axis(1, 4)(d, value, known)
    return value, end if end == GENTLE else OPEN if isinstance(value, (tuple, list, np.ndarray)) else FATAL


def other_padding(d: Dice, value: Any, known: dict) -> tuple[Any, str]:
    """Something else for padding."""
    kind = d(7) if known.get("dilation") is not HUGE else 2
    if kind == 0:
        return d.pick(("SAME", "reflect", "", "valid ", b"same", "circular")), FATAL
    if kind == 1:
        return d.pick((None, True, 1.0, {}, {1}, 1j, Fraction(1), np.nan, ..., len)), FATAL
    if kind == 2:
        return d.pick((-1, (-1,), [(1, -1)], [(-1, 1)] * 2, (1,) * 5, (), [((1, 1), (1, 1))])), FATAL
    if kind == 3:
        return d.pick(([(1, 2, 3)], [(1,)], [(1.0, 1)], [[True, 1]], ["saem"], [None], [()], ["", ""])), FATAL
    if kind == 4:
        return d.pick((np.int64(1), np.uint8(2))), OPEN
    return d.pick((0, 1, 4, 50, (1,), (1, 1), [(0, 1)], ["same"], ("full", 1), np.array([1]), "same")), OPEN


def other_dilation(d: Dice, value: Any, known: dict) -> tuple[Any, str]:
    """Something else for the dilation; a huge one never with padding that grows with it."""
    if d(8) or type(known["padding"]) is not int:
        return per_axis(1, 4, 12)(d, value, known)
    return HUGE, OPEN


def word(*allowed: str) -> Callable:
    """Something else for a word from a closed set."""

    def other(d: Dice, value: Any, _: dict) -> tuple[Any, str]:
        if d(3) == 0:
            return np.str_(value), GENTLE
        wrong = (
            allowed[0].upper(),
            "",
            allowed[0] + " ",
            b"auto",
            None,
            0,
            True,
            [],
            {},
            (allowed[0],),
            np.nan,
        )
        return d.pick((*wrong, np.array(allowed[0:1]), [allowed[0]], np.array([1, 2]), np.zeros(3))), FATAL

    return other


def other_flag(d: Dice, value: Any, _: dict) -> tuple[Any, str]:
    """Something else for True or False."""
    if d(4) == 0:
        return np.bool_(value), GENTLE
    return d.pick(
        (0, 1, None, "True", "", [], [True], np.array([True]), 1.0, np.nan, {}, np.array([1, 0]))
    ), FATAL


def real(*more: Any) -> Callable:
    """Something else for one real number; `more` may or may not work."""

    def other(d: Dice, value: Any, _: dict) -> tuple[Any, str]:
        kind = d(4)
        if kind == 0:
            return (d.pick((np.float32, np.float16, np.float64))(value) if abs(value or 0) < 100 else 7), OPEN
        if kind == 1:
            return d.pick((*NO_NUMBERS, [], [1.0], np.array([1.0, 2.0]), (1,), "")), FATAL
        return d.pick(
            (0, -1, np.nan, np.inf, -np.inf, 1e-300, 1e300, Fraction(3, 2), 10**400, 3, *more)
        ), OPEN

    return other


def maybe(other: Callable) -> Callable:
    """Something else for an argument that may also be None."""

    def changed(d: Dice, value: Any, known: dict) -> tuple[Any, str]:
        value, end = other(d, value, known)
        return value, GENTLE if value is None else end

    return changed
