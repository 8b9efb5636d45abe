"""pool2d(x, k, s, op, ceil): pool an image over windows, written by the student."""

from __future__ import annotations

import numpy as np

from lecturelib.exercises.drawing import halves, whole
from lecturelib.exercises.exercise import Exercise, MistakeBook, Problem, mistake
from lecturelib.exercises.topics.pooling.forbidden import BECAUSE, POOLING

STATEMENT = """\
Write `pool2d(x, k, s, op, ceil)`: replace each window of an image by one number. Window `[i, j]` has
`k` × `k` pixels, the first of them `x[i * s, j * s]`.

- `x`: array of shape `(H, W)`, integers or floating-point numbers of any sign.
- `k`: int, 1 to the smaller side of the image. `s`: int, at least 1; it may exceed `k`.
- `op`: `"max"`, the largest number of the window; `"mean"`, their mean; `"l2"`, the square root of the sum of
  their squares.
- `ceil`: bool. Along an axis of `H` pixels, `(H - k) / s + 1` windows fit.
    - `False`: this number is rounded down. All windows are whole.
    - `True`: it is rounded up. The last window may then reach beyond the image, and pools only the pixels
      that exist. A window that would begin beyond the image is left out.

It returns an array with one entry a window, and leaves `x` as it is. The mean of integers need not be one.
"""

STUB = '''\
def pool2d(x, k, s, op, ceil):
    """Pool x of shape (H, W) over k x k windows, s pixels apart; op is "max", "mean" or "l2"."""
    raise NotImplementedError("Write pool2d here.")
'''

HINTS = (
    "First list the rows at which windows begin, and likewise the columns. Only these lists depend on "
    "`ceil`.",
    "`x[i : i + k, j : j + k]` ends at the border by itself. For the lists, -(-a // b) rounds a / b up; then "
    "drop what is not below the image's size.",
)


def _starts(size: int, k: int, s: int, ceil: bool) -> list[int]:
    """List the places at which windows begin along an axis."""
    steps = -(-(size - k) // s) if ceil else (size - k) // s
    return [step * s for step in range(steps + 1) if step * s < size]


def _norm(window: np.ndarray) -> float:
    return np.sqrt(np.sum(np.square(window, dtype=float)))


_POOLS = {"max": np.max, "mean": np.mean, "l2": _norm}


def _pooled(x, rows, columns, k, pool):
    """Pool the windows that begin at these rows and columns."""
    return np.array([[pool(x[i : i + k, j : j + k]) for j in columns] for i in rows])


def reference(x: np.ndarray, k: int, s: int, op: str, ceil: bool) -> np.ndarray:
    """Pool x of shape (H, W) over k x k windows, s pixels apart."""
    rows, columns = (_starts(size, k, s, ceil) for size in x.shape)
    return _pooled(x, rows, columns, k, _POOLS[op])


def _with(x, k, s, op, ceil, **pools):
    """Pool with other functions in place of the right ones."""
    rows, columns = (_starts(size, k, s, ceil) for size in x.shape)
    return _pooled(x, rows, columns, k, (_POOLS | pools)[op])


# --- right, and different -----------------------------------------------------------------------------------


def _pixel_by_pixel(x, k, s, op, ceil):
    (height, width), result = x.shape, []
    for i in _starts(height, k, s, ceil):
        row = []
        for j in _starts(width, k, s, ceil):
            seen = [x[m, n].item() for m in range(i, min(i + k, height)) for n in range(j, min(j + k, width))]
            if op == "max":
                row.append(max(seen))
            elif op == "mean":
                row.append(sum(seen) / len(seen))
            else:
                row.append(sum(value * value for value in seen) ** 0.5)
        result.append(row)
    return result


def _filled_with_nan(x, k, s, op, ceil):
    rows, columns = (_starts(size, k, s, ceil) for size in x.shape)
    filled = np.full([size + k for size in x.shape], np.nan)
    filled[: x.shape[0], : x.shape[1]] = x
    windows = np.lib.stride_tricks.sliding_window_view(filled, (k, k))[np.ix_(rows, columns)]
    if op == "l2":
        return np.sqrt(np.nansum(windows**2, axis=(2, 3)))
    return (np.nanmax if op == "max" else np.nanmean)(windows, axis=(2, 3))


def _one_axis_at_a_time(x, k, s, op, ceil):
    result = x.astype(np.float32)
    for _ in range(2):
        parts = [_along(result[i : i + k], op) for i in _starts(len(result), k, s, ceil)]
        result = np.stack(parts).T
    return result


def _along(rows, op):
    if op == "l2":
        return np.sqrt(np.sum(rows**2, axis=0))
    return rows.max(axis=0) if op == "max" else rows.mean(axis=0)


# --- wrong --------------------------------------------------------------------------------------------------


@mistake(
    "In `max`, windows at the border of negative numbers give 0: you fill up with zeros, and a zero wins. "
    "What does not exist must not take part."
)
def _zeros_win(x, k, s, op, ceil):
    def largest(window):
        return np.max(window) if window.size == k * k else max(0, np.max(window))

    return _with(x, k, s, op, ceil, max=largest)


@mistake(
    "In `max`, windows of negative numbers give 0: the search begins at 0. Begin with a number of the window."
)
def _begins_at_zero(x, k, s, op, ceil):
    return _with(x, k, s, op, ceil, max=lambda window: max(0, np.max(window)))


@mistake("`ceil` has no effect: with `True` the number of windows is rounded up.")
def _floor_always(x, k, s, op, ceil):
    return reference(x, k, s, op, False)


@mistake("Windows that reach beyond the image appear without `ceil` too: with `False` round down.")
def _ceil_always(x, k, s, op, ceil):
    return reference(x, k, s, op, True)


@mistake("`ceil` works the wrong way round: `False` rounds down, `True` rounds up.")
def _ceil_inverted(x, k, s, op, ceil):
    return reference(x, k, s, op, not ceil)


@mistake(
    "With `ceil`, you take every window that begins inside the image. Only (H - k) / s + 1 of them, rounded "
    "up, are wanted: once all pixels are covered, no further one."
)
def _all_that_begin_inside(x, k, s, op, ceil):
    rows, columns = (range(0, size, s) if ceil else range(0, size - k + 1, s) for size in x.shape)
    return _pooled(x, rows, columns, k, _POOLS[op])


@mistake(
    "With `ceil`, a window that begins beyond the image is still there, and has no pixel. It occurs where "
    "`s` exceeds `k`; leave it out."
)
def _begins_beyond(x, k, s, op, ceil):
    if not ceil:
        return reference(x, k, s, op, ceil)
    rows, columns = (range(0, size - k + s, s) for size in x.shape)
    with np.errstate(all="ignore"):
        return _pooled(x, rows, columns, k, (_POOLS | {"mean": _plain_mean})[op])


def _plain_mean(window):
    return np.sum(window) / np.float64(window.size)


@mistake(
    "With `ceil`, the last window is moved back into the image. It begins where the stride puts it, and is "
    "cut off instead."
)
def _moved_back(x, k, s, op, ceil):
    rows, columns = ([min(i, size - k) for i in _starts(size, k, s, ceil)] for size in x.shape)
    return _pooled(x, rows, columns, k, _POOLS[op])


@mistake(
    "In `l2` you take the root of the mean of the squares. No division: the squares of the window are added."
)
def _root_mean_square(x, k, s, op, ceil):
    return _with(x, k, s, op, ceil, l2=lambda window: _norm(window) / window.size**0.5)


@mistake("In `l2` you divide by `k`. Asked for is the root of the sum itself.")
def _l2_over_k(x, k, s, op, ceil):
    return _with(x, k, s, op, ceil, l2=lambda window: _norm(window) / k)


@mistake("In `l2` you divide by the number of pixels. Asked for is the root of the sum itself.")
def _l2_over_count(x, k, s, op, ceil):
    return _with(x, k, s, op, ceil, l2=lambda window: _norm(window) / window.size)


@mistake("In `l2` the root is missing.")
def _no_root(x, k, s, op, ceil):
    return _with(x, k, s, op, ceil, l2=lambda window: _norm(window) ** 2)


@mistake("In `l2` you add absolute values, which is the 1-norm. Add the squares, then take the root.")
def _sum_of_magnitudes(x, k, s, op, ceil):
    return _with(x, k, s, op, ceil, l2=lambda window: np.sum(np.abs(window)))


@mistake(
    "In `mean`, windows that are cut off are divided by `k * k`. Divide by the number of pixels that exist."
)
def _divided_by_all(x, k, s, op, ceil):
    return _with(x, k, s, op, ceil, mean=lambda window: np.sum(window) / k**2)


@mistake("`mean` is a sum: divide by the number of pixels in the window.")
def _sum_for_mean(x, k, s, op, ceil):
    return _with(x, k, s, op, ceil, mean=np.sum)


@mistake("In `max` you compare absolute values: of -3 and 2, the larger is 2.")
def _largest_magnitude(x, k, s, op, ceil):
    return _with(x, k, s, op, ceil, max=lambda window: np.max(np.abs(window)))


@mistake("`max` gives the smallest number of the window.")
def _smallest(x, k, s, op, ceil):
    return _with(x, k, s, op, ceil, max=np.min)


@mistake("Your windows lie side by side: neighbours begin `s` pixels apart, not `k`.")
def _stride_is_size(x, k, s, op, ceil):
    return reference(x, k, k, op, ceil)


@mistake("Your windows begin at every pixel: neighbours begin `s` pixels apart.")
def _stride_one(x, k, s, op, ceil):
    return reference(x, k, 1, op, ceil)


@mistake("`k` and `s` have changed places: `k` is the window's side, `s` the step from one to the next.")
def _swapped(x, k, s, op, ceil):
    return reference(x, s, k, op, ceil)


@mistake("You count the windows along the rows and use that number for the columns: the image is not square.")
def _square_only(x, k, s, op, ceil):
    starts = _starts(x.shape[0], k, s, ceil)
    with np.errstate(all="ignore"):
        return _pooled(x, starts, starts, k, (_POOLS | {"mean": _plain_mean})[op])


@mistake(
    "Your numbers are cut to whole numbers: the array that you fill has the dtype of `x`, which holds "
    "integers. Means and roots need a floating-point one."
)
def _dtype_of_x(x, k, s, op, ceil):
    return reference(x, k, s, op, ceil).astype(x.dtype)


@mistake(
    "You fill up with zeros, and they take part: a zero beats negative numbers, and it counts in the mean. "
    "Pool only the pixels that exist."
)
def _zeros_take_part(x, k, s, op, ceil):
    return (_divided_by_all if op == "mean" else _zeros_win)(x, k, s, op, ceil)


@mistake(
    "You fill up with zeros, and they take part: a zero beats negative numbers, and it counts in the mean. "
    "Pool only the pixels that exist. Where `s` exceeds `k`, a window may even begin beyond the image and "
    "hold nothing but zeros: leave it out."
)
def _zeros_take_part_beyond(x, k, s, op, ceil):
    return _over_zeros(x, k, s, ceil, (_POOLS | {"mean": np.mean})[op])


@mistake(
    "In `max` you fill up with zeros, and a zero beats negative numbers: pool only the pixels that exist. "
    "Where `s` exceeds `k`, a window may even begin beyond the image and hold nothing but zeros: leave it "
    "out."
)
def _zeros_win_beyond(x, k, s, op, ceil):
    if op != "mean":
        return _over_zeros(x, k, s, ceil, _POOLS[op])
    inside = _over_zeros(np.ones(x.shape), k, s, ceil, np.sum)
    return _over_zeros(x, k, s, ceil, np.sum) / np.maximum(inside, 1)


def _over_zeros(x, k, s, ceil, pool):
    """Pool with zeros after the image, and all windows that its size asks for, pixels or none."""
    steps = [-(-(size - k) // s) if ceil else (size - k) // s for size in x.shape]
    rows, columns = (range(0, step * s + 1, s) for step in steps)
    return _pooled(np.pad(x, (0, k + s)), rows, columns, k, pool)


MISTAKES = MistakeBook.of(
    _zeros_win,
    _begins_at_zero,
    _floor_always,
    _ceil_always,
    _ceil_inverted,
    _all_that_begin_inside,
    _begins_beyond,
    _moved_back,
    _root_mean_square,
    _l2_over_k,
    _l2_over_count,
    _no_root,
    _sum_of_magnitudes,
    _divided_by_all,
    _sum_for_mean,
    _largest_magnitude,
    _smallest,
    _stride_is_size,
    _stride_one,
    _swapped,
    _square_only,
    _dtype_of_x,
    _zeros_take_part,
    _zeros_take_part_beyond,
    _zeros_win_beyond,
)

# --- problems -----------------------------------------------------------------------------------------------


def _problem(x: np.ndarray, k: int, s: int, op: str, ceil: bool, name: str = "") -> Problem:
    beyond = [-(-(size - k) // s) * s >= size for size in x.shape]
    traits = {
        f"op is '{op}'": True,
        "ceil is True": ceil,
        "ceil is False": not ceil,
        "whole windows cover the image": not any((size - k) % s for size in x.shape),
        "whole windows leave pixels over": any((size - k) % s for size in x.shape),
        "windows overlap": s < k,
        "there are gaps between windows": s > k,
        "a window would begin beyond the image": any(beyond),
        "all numbers are negative": bool(np.all(x < 0)),
        "x holds integers": x.dtype.kind == "i",
        "x holds floating-point numbers": x.dtype.kind == "f",
    }
    kind = "integers" if x.dtype.kind == "i" else "float32 numbers" if x.dtype == np.float32 else "numbers"
    label = name or f"x of shape {x.shape}, {kind}, k = {k}, s = {s}, op '{op}', ceil {ceil}"
    return Problem((x, k, s, op, ceil), label, tuple(trait for trait, holds in traits.items() if holds))


def problems(rng: np.random.Generator) -> list[Problem]:
    """Draw 31 problems: the worked example; each operation, rounded down and up, on five images."""
    images = [
        (-np.abs(halves(rng, 6, 5)), 3, 2),
        (whole(rng, 4, 6), 2, 3),
        (halves(rng, 5, 7, dtype=np.float32), 3, 2),
        (-np.abs(whole(rng, 7, 4)), 3, 3),
        (halves(rng, 5, 3), 1, 3),
    ]
    example = np.array([[1, -2, 3], [-4, 5, -6], [-7, -8, -9]]), 2, 2, "max", True
    drawn = [_problem(*one, op, ceil) for one in images for op in _POOLS for ceil in (False, True)]
    return [_problem(*example, "the worked example"), *drawn]


POOL2D = Exercise(
    name="pool2d",
    title="Pool an image",
    topic="pooling",
    statement=STATEMENT,
    stub=STUB,
    hints=HINTS,
    points=4,
    minutes=25,
    may_not_call=POOLING,
    may_not_call_because=BECAUSE,
    reference=reference,
    draw=problems,
    mistakes=MISTAKES,
    variants=(_pixel_by_pixel, _filled_with_nan, _one_axis_at_a_time),
)
