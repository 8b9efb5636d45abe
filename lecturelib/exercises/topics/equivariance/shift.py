"""shift(x, v, mode): translate an image, written by the student."""

from __future__ import annotations

import numpy as np

from lecturelib.exercises.drawing import halves, whole
from lecturelib.exercises.exercise import Exercise, MistakeBook, Problem, mistake

STATEMENT = """\
Write `shift(x, v, mode)`: the image `x` moved by `v = (down, right)`. Entry `[i, j]` of the result is
`x[i - down, j - right]`.

- `x`: array of shape `(H, W)`, at least one row and one column, integers or floating-point numbers.
- `v`: pair of ints. A negative number moves the content up, or to the left. Both may exceed the image's size.
- `mode`: what stands where `x[i - down, j - right]` does not exist.
    - `"zeros"`: 0. What leaves the image is lost; a shift by `H` rows or more leaves nothing but zeros.
    - `"wrap"`, NumPy's word for a *circular* boundary: what leaves at one side comes in at the opposite one.
      Both indices count modulo `H` and `W`.

It returns an array of shape `(H, W)`, which holds integers if `x` does. It leaves `x` as it is. `np.roll`
may be called; it is circular.
"""

STUB = '''\
def shift(x, v, mode):
    """Move x of shape (H, W) by v = (down, right); mode is "zeros" or "wrap"."""
    raise NotImplementedError("Write shift here.")
'''

HINTS = (
    "Go through the places of the result, not through those of `x`: which pixel comes to `[i, j]`, and does "
    "it exist?",
    "Along each axis, list the source indices `np.arange(size) - step`. In `wrap` take them modulo the "
    "size. In `zeros` begin with an array of zeros of the dtype of `x`, and copy only where 0 <= index < "
    "size.",
)


def _taken(x: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Take x at these rows and columns; what lies outside counts as 0."""
    height, width = x.shape
    inside = np.outer((rows >= 0) & (rows < height), (columns >= 0) & (columns < width))
    return np.where(inside, x[np.ix_(rows % height, columns % width)], np.zeros((), x.dtype))


def _sources(x: np.ndarray, v: tuple[int, int]) -> list[np.ndarray]:
    return [np.arange(size) - step for size, step in zip(x.shape, v, strict=True)]


def reference(x: np.ndarray, v: tuple[int, int], mode: str) -> np.ndarray:
    """Move x of shape (H, W) by v = (down, right)."""
    rows, columns = _sources(x, v)
    if mode == "wrap":
        return x[np.ix_(rows % x.shape[0], columns % x.shape[1])]
    return _taken(x, rows, columns)


# --- right, and different -----------------------------------------------------------------------------------


def _pixel_by_pixel(x, v, mode):
    height, width = x.shape
    result = [[0] * width for _ in range(height)]
    for i in range(height):
        for j in range(width):
            row, column = i - v[0], j - v[1]
            if mode == "wrap":
                result[i][j] = x[row % height, column % width].item()
            elif 0 <= row < height and 0 <= column < width:
                result[i][j] = x[row, column].item()
    return result


def _roll_and_blank(x, v, mode):
    result = np.roll(x, v, axis=(0, 1))
    if mode == "zeros":
        for axis, step in enumerate(v):
            along = np.moveaxis(result, axis, 0)
            along[slice(0, step) if step >= 0 else slice(max(0, len(along) + step), None)] = 0
    return result


def _pad_and_cut(x, v, mode):
    if mode == "wrap":
        v = tuple(step % size for step, size in zip(v, x.shape, strict=True))
    margins = [(max(step, 0), max(-step, 0)) for step in v]
    padded = np.pad(x, margins, mode="wrap" if mode == "wrap" else "constant")
    height, width = x.shape
    return padded[margins[0][1] :, margins[1][1] :][:height, :width]


# --- wrong --------------------------------------------------------------------------------------------------


@mistake(
    "`zeros` is circular: what leaves at one side comes in at the other. There the result is 0; `np.roll` "
    "alone gives `wrap`."
)
def _wraps_always(x, v, mode):
    return reference(x, v, "wrap")


@mistake("`wrap` fills with zeros. There, what leaves at one side comes in again at the opposite one.")
def _zeros_always(x, v, mode):
    return reference(x, v, "zeros")


@mistake(
    "The two numbers of `v` have changed places: the first one moves the content down, along axis 0, the "
    "second one to the right, along axis 1."
)
def _axes_swapped(x, v, mode):
    return reference(x, v[::-1], mode)


@mistake(
    "The content moves the opposite way. The result at row i is `x` at row i - down: a positive number moves "
    "the content towards larger indices."
)
def _opposite(x, v, mode):
    return reference(x, (-v[0], -v[1]), mode)


@mistake("Only the rows move: the second number of `v` has no effect.")
def _rows_only(x, v, mode):
    return reference(x, (v[0], 0), mode)


@mistake("Only the columns move: the first number of `v` has no effect.")
def _columns_only(x, v, mode):
    return reference(x, (0, v[1]), mode)


@mistake("The sign of `v` is lost: a negative number must move the content up, or to the left.")
def _sign_lost(x, v, mode):
    return reference(x, (abs(v[0]), abs(v[1])), mode)


@mistake("Negative numbers in `v` have no effect: they must move the content up, or to the left.")
def _negative_ignored(x, v, mode):
    return reference(x, (max(v[0], 0), max(v[1], 0)), mode)


@mistake(
    "In `zeros`, content remains after a shift by the image's size or more: you take the shift modulo the "
    "size. That is right for `wrap`; in `zeros` everything has left."
)
def _large_modulo(x, v, mode):
    return reference(x, tuple(int(np.fmod(s, n)) for s, n in zip(v, x.shape, strict=True)), mode)


@mistake(
    "In `zeros`, your slices are written for positive numbers that are smaller than the image. In all other "
    "cases a start or an end is negative, and Python counts it from the far end. Limit both to 0 … size, "
    "with min and max."
)
def _positive_slices(x, v, mode):
    if mode == "wrap":
        return reference(x, v, mode)
    result = np.zeros_like(x)
    result[v[0] :, v[1] :] = x[: x.shape[0] - v[0], : x.shape[1] - v[1]]
    return result


@mistake(
    "In `zeros`, shifts larger than the image fail: the end of a slice becomes negative, Python counts it "
    "from the far end, and the two sides of the assignment differ in shape. Limit each number to the size."
)
def _large_raises(x, v, mode):
    if mode == "wrap":
        return reference(x, v, mode)
    result = np.zeros_like(x)
    (up, down), (left, right) = (_target_and_source(s, n) for s, n in zip(v, x.shape, strict=True))
    result[up, left] = x[down, right]
    return result


def _target_and_source(step, size):
    return slice(max(step, 0), size + min(step, 0)), slice(max(-step, 0), size - max(step, 0))


@mistake(
    "In `zeros`, a shift by 0 along an axis fails: the slice `x[:-0]` is `x[:0]`, which is empty. Write its "
    "end as size - step."
)
def _empty_slice(x, v, mode):
    if mode == "wrap":
        return reference(x, v, mode)
    result = np.zeros_like(x)
    (up, down), (left, right) = map(_ends, v)
    result[up, left] = x[down, right]
    return result


def _ends(step):
    return (slice(step, None), slice(-step)) if step >= 0 else (slice(step), slice(-step, None))


@mistake(
    "In `zeros`, the result is empty when a number of `v` is 0: the slice `padded[:-0]` is `padded[:0]`. "
    "Write its end as the size that should be left."
)
def _empty_result(x, v, mode):
    if mode == "wrap":
        return reference(x, v, mode)
    padded = np.pad(x, [(max(step, 0), max(-step, 0)) for step in v])
    return padded[tuple(_ends(step)[1] for step in v)]


@mistake(
    "In `zeros`, the outermost row or column is repeated into the part that the shift leaves free: indices "
    "outside `x` are clamped to its border. There the result is 0."
)
def _clamped(x, v, mode):
    if mode == "wrap":
        return reference(x, v, mode)
    rows, columns = (np.clip(at, 0, n - 1) for at, n in zip(_sources(x, v), x.shape, strict=True))
    return x[np.ix_(rows, columns)]


@mistake(
    "In `zeros`, the part that the shift leaves free keeps its old content. Begin with an array of zeros, "
    "not with a copy of `x`."
)
def _old_content(x, v, mode):
    moved = reference(x, v, mode)
    if mode == "wrap":
        return moved
    return np.where(reference(np.ones(x.shape, dtype=bool), v, mode), moved, x)


@mistake(
    "In `zeros`, the image grows by the shift. The result has the shape of `x`: what leaves the image is "
    "lost."
)
def _grown(x, v, mode):
    if mode == "wrap":
        return reference(x, v, mode)
    return np.pad(x, [(max(step, 0), max(-step, 0)) for step in v])


@mistake(
    "In `zeros`, a negative index has slipped in: i - down below 0 makes Python count from the far end, or "
    "fail. Check both ends: 0 <= index < size."
)
def _negative_index(x, v, mode):
    if mode == "wrap":
        return reference(x, v, mode)
    result = np.zeros_like(x)
    for i, j in np.ndindex(x.shape):
        if i - v[0] < x.shape[0] and j - v[1] < x.shape[1]:
            result[i, j] = x[i - v[0], j - v[1]]
    return result


@mistake(
    "In `wrap`, indices beyond the image fail: Python counts negative indices from the far end, once, and "
    "large ones not at all. Take each index modulo the size."
)
def _without_modulo(x, v, mode):
    if mode == "zeros":
        return reference(x, v, mode)
    result = np.zeros_like(x)
    for i, j in np.ndindex(x.shape):
        result[i, j] = x[i - v[0], j - v[1]]
    return result


@mistake(
    "You write into the image that you still read from, so a pixel may be overwritten before it has moved. "
    "Collect the result in another array."
)
def _in_place(x, v, mode):
    height, width = x.shape
    for i, j in np.ndindex(x.shape):
        row, column = i - v[0], j - v[1]
        inside = mode == "wrap" or (0 <= row < height and 0 <= column < width)
        x[i, j] = x[row % height, column % width] if inside else 0
    return x


@mistake(
    "Your numbers are cut to whole numbers: the array that you fill has an integer dtype. Give it that of "
    "`x`."
)
def _integers_only(x, v, mode):
    return reference(x, v, mode).astype(int)


@mistake(
    "The values are right, but integers come back as floating-point numbers: `np.zeros` makes such an array "
    "unless it is told the dtype of `x`."
)
def _float_result(x, v, mode):
    return reference(x, v, mode).astype(float)


MISTAKES = MistakeBook.of(
    _wraps_always,
    _zeros_always,
    _axes_swapped,
    _opposite,
    _rows_only,
    _columns_only,
    _sign_lost,
    _negative_ignored,
    _large_modulo,
    _positive_slices,
    _large_raises,
    _empty_slice,
    _empty_result,
    _clamped,
    _old_content,
    _grown,
    _negative_index,
    _without_modulo,
    _in_place,
    _integers_only,
    _float_result,
)

# --- problems -----------------------------------------------------------------------------------------------


def _problem(x: np.ndarray, v: tuple[int, int], mode: str) -> Problem:
    far = any(abs(step) >= size for step, size in zip(v, x.shape, strict=True))
    traits = {
        f"mode is '{mode}'": True,
        "a number of v is negative": min(v) < 0,
        "no number of v is negative": min(v) >= 0,
        "a number of v is 0": 0 in v,
        "the image moves along both axes": 0 not in v,
        "the shift is as large as the image or larger": far,
        "the shift is smaller than the image": not far,
        "x has a single row or column": 1 in x.shape,
        "x holds integers": x.dtype.kind in "iu",
        "x holds floating-point numbers": x.dtype.kind == "f",
    }
    kind = {"i": "integers", "u": "integers (uint8)", "f": "numbers"}[x.dtype.kind]
    kind += " (float32)" if x.dtype == np.float32 else ""
    label = f"x of shape {x.shape}, {kind}, v = {v}, mode '{mode}'"
    return Problem((x, v, mode), label, tuple(trait for trait, holds in traits.items() if holds))


def problems(rng: np.random.Generator) -> list[Problem]:
    """Draw 24 problems: both modes of the worked example and of 11 images, moved in all directions."""
    pairs = [
        (np.array([[1, 2, 3], [4, 5, 6]]), (1, -1)),
        (halves(rng, 4, 5), (1, 2)),
        (halves(rng, 5, 4), (-2, 1)),
        (whole(rng, 3, 6), (-1, -2)),
        (halves(rng, 4, 3), (0, 2)),
        (whole(rng, 5, 3), (-3, 0)),
        (halves(rng, 3, 4), (0, 0)),
        (halves(rng, 3, 5, dtype=np.float32), (int(rng.integers(4, 6)), 1)),
        (whole(rng, 4, 5), (1, -int(rng.integers(6, 9)))),
        (halves(rng, 4, 6), (-9, 8)),
        (np.abs(whole(rng, 4, 3)).astype(np.uint8), (4, 0)),
        (halves(rng, 1, 6), (0, int(rng.integers(1, 5)))),
    ]
    return [_problem(x, v, mode) for x, v in pairs for mode in ("zeros", "wrap")]


SHIFT = Exercise(
    name="shift",
    title="Move an image",
    topic="equivariance",
    statement=STATEMENT,
    stub=STUB,
    hints=HINTS,
    points=3,
    minutes=15,
    judge="close_whole",
    may_not_call=(
        "lecturelib.translate",
        "lecturelib.operators.translate",
        "lecturelib.operators.symmetry.translate",
        "scipy.ndimage.shift",
    ),
    may_not_call_because="It does the whole exercise in one call; say yourself which pixel goes where.",
    reference=reference,
    draw=problems,
    mistakes=MISTAKES,
    variants=(_pixel_by_pixel, _roll_and_blank, _pad_and_cut),
)
