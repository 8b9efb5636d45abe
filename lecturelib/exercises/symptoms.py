"""What a wrong array looks like beside the right one: reversed, transposed, late by one, scaled, rounded.

These symptoms serve where no classic mistake of the exercise fits. Each is a statement about every wrong
case, and says only what was measured.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from lecturelib.exercises.formatting import plain_number, shape_text

Pair = tuple[np.ndarray, np.ndarray]
_AXES = {1: ("",), 2: (" along its rows (axis 0)", " along its columns (axis 1)")}


def symptom(pairs: Sequence[Pair]) -> str | None:
    """Find one statement that is true of every wrong answer.

    Parameters
    ----------
    pairs : sequence of (ndarray, ndarray)
        Expected and given array of each wrong case.

    Returns
    -------
    str or None
        A sentence for the student.

    Examples
    --------
    >>> symptom([(np.array([1, 2, 3]), np.array([3, 2, 1]))])
    'Your answer is the right one read backwards.'
    """
    pairs = [(_numbers(right), _numbers(given)) for right, given in pairs]
    if not pairs or all(given.size == 0 and right.size == 0 for right, given in pairs):
        return None
    with np.errstate(all="ignore"):
        if any(right.dtype.kind == "c" for right, _ in pairs):
            finders = (_special_values, _shape, _arrangement)
        else:
            finders = (_special_values, _shape, _arrangement, _scale, _rounding, _place)
        for find in finders:
            found = find(pairs)
            if found is not None:
                return found
    return None


def _numbers(value: object) -> np.ndarray:
    """Make signed numbers of it: differences of booleans or unsigned integers are not what they seem."""
    array = np.asarray(value)
    return array.astype(float) if array.dtype.kind in "bu" else array


def _equal(one: np.ndarray, other: np.ndarray) -> bool:
    if one.shape != other.shape:
        return False
    if not one.size:
        return True
    finite = np.abs(one[np.isfinite(one)]) if one.dtype.kind != "b" else np.ones(1)
    size = float(finite.max()) if finite.size else 0.0
    return bool(np.allclose(one, other, rtol=1e-5, atol=1e-7 * size, equal_nan=True))


def _all(pairs: Sequence[Pair], change: Callable[[np.ndarray], np.ndarray]) -> bool:
    """Tell whether each given array is the expected one after `change`."""
    return all(_equal(change(right), given) for right, given in pairs)


def _special_values(pairs: Sequence[Pair]) -> str | None:
    if any(np.isnan(given).any() and not np.isnan(right).any() for right, given in pairs):
        return "Your answer holds NaN (not a number). Look for 0/0, or for an array that was never filled."
    if any(np.isinf(given).any() and not np.isinf(right).any() for right, given in pairs):
        return "Your answer holds infinity. Look for a division by zero."
    if all(given.dtype.kind == "c" and right.dtype.kind != "c" for right, given in pairs):
        if all(_equal(right, given.real) for right, given in pairs):
            return "Your answer is right but complex, with tiny imaginary parts: return its real part."
        return "Your answer is complex where real numbers are expected."
    if all(given.size and not given.any() for _, given in pairs):
        if all(given.ndim == 0 for _, given in pairs):
            return "You return 0 each time. Is the sum, or whatever you return, ever added to?"
        return "Your answer holds only zeros. Does the loop run, and does it write into the array you return?"
    return None


def _axes(pairs: Sequence[Pair]) -> Iterator[tuple[int, str]]:
    dimensions = {right.ndim for right, _ in pairs}
    for axis in range(min(dimensions)):
        where = _AXES.get(max(dimensions), ())
        yield axis, where[axis] if axis < len(where) and len(dimensions) == 1 else f" along axis {axis}"


def _shape(pairs: Sequence[Pair]) -> str | None:
    if all(right.shape == given.shape for right, given in pairs):
        return None
    if _all(pairs, lambda right: right.T):
        return "Your answer is the transpose of the right one: rows and columns are swapped."
    if all(right.size == given.size and _equal(right.ravel(), given.ravel()) for right, given in pairs):
        right, given = next(pair for pair in pairs if pair[0].shape != pair[1].shape)
        return (
            f"The numbers are right but not their shape: {shape_text(given)} instead of {shape_text(right)}."
        )
    for axis, where in _axes(pairs):
        for ends, cut, words in (
            ("last", slice(None, -1), "end"),
            ("first", slice(1, None), "beginning"),
        ):
            part = (slice(None),) * axis + (cut,)
            if all(_equal(right[part], given) for right, given in pairs):
                return f"Your answer lacks the {ends} entry{where}; all others are right."
            if all(given.ndim > axis and _equal(right, given[part]) for right, given in pairs):
                return f"Your answer has one entry too many at the {words}{where}; all others are right."
    return _sizes(pairs)


def _sizes(pairs: Sequence[Pair]) -> str | None:
    odd = [pair for pair in pairs if pair[0].shape != pair[1].shape]
    if any(right.ndim != given.ndim for right, given in odd):
        right, given = next(pair for pair in odd if pair[0].ndim != pair[1].ndim)
        return f"Your answer has {given.ndim} axes where {right.ndim} are expected."
    steps = {tuple(int(b - a) for a, b in zip(right.shape, given.shape, strict=True)) for right, given in odd}
    if len(steps) == 1 and len(odd) == len(pairs):
        (step,) = steps
        words = [
            f"{abs(size)} too {'long' if size > 0 else 'short'} along axis {a}"
            for a, size in enumerate(step)
            if size
        ]
        return f"Your answer has the wrong shape: {' and '.join(words)}."
    if any(right.size and not given.size for right, given in odd):
        return (
            "Your answer is empty in some cases. A slice such as x[a:-a] is empty when a is 0, "
            "because -0 is 0 and not the end."
        )
    right, given = odd[0]
    shapes = f"{shape_text(given)} instead of {shape_text(right)}"
    return f"Your answer has the wrong shape: {shapes} in the first such case."


def _arrangement(pairs: Sequence[Pair]) -> str | None:
    if all(right.size < 2 for right, _ in pairs):
        return None
    if _all(pairs, np.flip):
        return "Your answer is the right one read backwards" + (
            "." if all(right.ndim == 1 for right, _ in pairs) else " along every axis."
        )
    if _all(pairs, np.transpose):
        return "Your answer is the transpose of the right one: rows and columns are swapped."
    for axis, where in _axes(pairs):
        if _all(pairs, lambda right, axis=axis: np.flip(right, axis)):
            return f"Your answer is the right one reversed{where}."
        for step, words in ((1, "late"), (-1, "early")):
            if _all(pairs, lambda right, axis=axis, step=step: np.roll(right, step, axis)):
                return (
                    f"Your answer is the right one, one place too {words}{where}, wrapped around at the end."
                )
            if all(_shifted(right, given, axis, step) for right, given in pairs):
                return f"Your answer is the right one, one place too {words}{where}."
    if all(_equal(np.sort(right, axis=None), np.sort(given, axis=None)) for right, given in pairs):
        return "Your answer holds the right numbers in the wrong order."
    return None


def _shifted(right: np.ndarray, given: np.ndarray, axis: int, step: int) -> bool:
    """Tell whether `given` is `right` moved by one place, whatever has moved in at the end."""
    if right.shape[axis] < 3:
        return False
    front, back = ((slice(None),) * axis + (cut,) for cut in (slice(None, -1), slice(1, None)))
    return _equal(right[front], given[back]) if step > 0 else _equal(right[back], given[front])


def _scale(pairs: Sequence[Pair]) -> str | None:
    if _all(pairs, np.negative):
        return "Your answer has the opposite sign everywhere."
    if _all(pairs, np.abs):
        return "Your answer is the absolute value of the right one."
    if _all(pairs, lambda right: np.maximum(right, 0)):
        return "Your answer is right where it is positive, and 0 where the right one is negative."
    factors = [_factor(right, given) for right, given in pairs]
    if all(factor is not None for factor in factors):
        # Any two numbers are proportional: single ones say something by a factor that comes again.
        single = all(right.size == 1 for right, _ in pairs)
        if np.allclose(factors, factors[0], rtol=1e-6):
            if not single or len(factors) >= 3:
                return f"Your answer is {plain_number(factors[0])} times the right one."
        elif not single:
            return (
                "Your answer is proportional to the right one, by a factor that changes from case to case "
                f"({plain_number(factors[0])} in the first wrong one)."
            )
    offsets = [given - right for right, given in pairs if right.size > 1]
    if offsets and all(np.ptp(offset) <= 1e-9 * (1 + np.max(np.abs(offset))) for offset in offsets):
        first = plain_number(offsets[0].flat[0])
        return f"Your answer differs from the right one by a constant ({first} in the first)."
    return None


def _factor(right: np.ndarray, given: np.ndarray) -> float | None:
    if right.shape != given.shape or not right.any() or not given.any():
        return None
    largest = np.unravel_index(np.argmax(np.abs(right)), right.shape)
    factor = float(np.real(given[largest] / right[largest]))
    return factor if factor and np.isfinite(factor) and _equal(right * factor, given) else None


def _rounding(pairs: Sequence[Pair]) -> str | None:
    for change in (np.trunc, np.round, np.floor):
        if _all(pairs, change):
            return "Your numbers are cut to whole numbers: the array you fill has an integer dtype."
    if all(_whole_and_near(right, given) for right, given in pairs):
        return "Your numbers are all whole and near the right ones: has the array you fill an integer dtype?"
    apart = [
        float(np.max(np.abs(right.astype(float) - given)) / max(float(np.max(np.abs(right))), 1e-300))
        for right, given in pairs
        if right.size
    ]
    if apart and 0 < max(apart) < 1e-2:
        digits = int(max(1, np.floor(-np.log10(max(apart)))))
        whole = all(np.all(one == np.round(one)) for pair in pairs for one in pair)
        question = "is a term left out, or one added?" if whole else "is precision lost, or a term left out?"
        return f"Your answer is right to about {digits} digit{'s' * (digits > 1)} only: {question}"
    return None


def _whole_and_near(right: np.ndarray, given: np.ndarray) -> bool:
    """Tell whether fractions were lost on the way: once for each product that is added, for instance."""
    if right.shape != given.shape or not right.size or np.any(given != np.round(given)):
        return False
    return bool(np.any(right != np.round(right)) and np.ptp(given - right) <= 0.5 * np.max(np.abs(right)))


def _place(pairs: Sequence[Pair]) -> str | None:
    """Say where the wrong entries lie, if they keep to the border."""
    masks = [~np.isclose(right, given, rtol=1e-5, atol=1e-9) for right, given in pairs]
    if any(mask.ndim == 0 or min(mask.shape) < 3 for mask in masks):
        return None
    if all(mask.ndim == 1 for mask in masks):
        if all(not mask[1:].any() for mask in masks):
            return "Only the first entry of your answer is wrong."
        if all(not mask[:-1].any() for mask in masks):
            return "Only the last entry of your answer is wrong."
    if all(not mask[(slice(1, -1),) * mask.ndim].any() for mask in masks):
        return "Only the border of your answer is wrong; everything inside is right."
    return None
