"""spatial_pyramid(x, grid): the maximum of each of grid x grid bins, written by the student."""

from __future__ import annotations

import numpy as np

from lecturelib.exercises.drawing import halves, whole
from lecturelib.exercises.exercise import Exercise, MistakeBook, Problem, mistake
from lecturelib.exercises.topics.pooling.forbidden import BECAUSE, POOLING

STATEMENT = """\
A spatial pyramid cuts images of any size into the same number of bins, so that what follows always gets as
many numbers. Write one level of it, `spatial_pyramid(x, grid)`: the largest number in each of `grid` × `grid`
bins.

- `x`: array of shape `(H, W)`, integers or floating-point numbers of any sign.
- `grid`: int, from 1 to the smaller side of the image. It need not divide `H` or `W`.
- Bin `[i, j]` has the rows from `floor(i * H / grid)` up to, but not including, `floor((i + 1) * H / grid)`,
  and likewise the columns. Each pixel is in exactly one bin.

It returns an array of shape `(grid, grid)`, and leaves `x` as it is.
"""

STUB = '''\
def spatial_pyramid(x, grid):
    """Largest number in each of grid x grid bins of x, of shape (H, W)."""
    raise NotImplementedError("Write spatial_pyramid here.")
'''

HINTS = (
    "Compute the `grid + 1` borders between bins first, for rows and for columns. Where must the "
    "last one lie?",
    "`i * H // grid` is the first row of bin `i`, in whole numbers throughout. With `i + 1` in place of `i` "
    "it is the end that a slice wants.",
)


def _edges(size: int, grid: int) -> np.ndarray:
    """List the grid + 1 borders between bins along an axis."""
    return np.arange(grid + 1) * size // grid


def _binned(x, rows, columns, pool=np.max):
    """Pool the bins between (first, end) pairs of rows and of columns."""
    return np.array([[pool(x[a:b, c:d]) for c, d in columns] for a, b in rows])


def _pairs(edges):
    return list(zip(edges[:-1], edges[1:], strict=True))


def _with(x, grid, edges=_edges, pool=np.max):
    """Pool with other edges or another pool in place of the right ones."""
    return _binned(x, *(_pairs(edges(size, grid)) for size in x.shape), pool)


def reference(x: np.ndarray, grid: int) -> np.ndarray:
    """Give the largest number in each of grid x grid disjoint bins of x (H, W)."""
    return _with(x, grid)


# --- right, and different -----------------------------------------------------------------------------------


def _reduceat(x, grid):
    for axis, size in enumerate(x.shape):
        x = np.maximum.reduceat(x, _edges(size, grid)[:-1], axis=axis)
    return x


def _pixel_by_pixel(x, grid):
    height, width = x.shape
    result = [[-float("inf")] * grid for _ in range(grid)]
    for row in range(height):
        for column in range(width):
            # The bin of a pixel: the largest i with i * size // grid <= row.
            i, j = ((grid * (at + 1) - 1) // size for at, size in ((row, height), (column, width)))
            result[i][j] = max(result[i][j], x[row, column].item())
    return result


def _split(x, grid):
    bands = np.split(x.astype(np.float32), _edges(x.shape[0], grid)[1:-1], axis=0)
    return [[part.max() for part in np.split(band, _edges(x.shape[1], grid)[1:-1], axis=1)] for band in bands]


def _membership(x, grid):
    rows, columns = (np.searchsorted(_edges(n, grid), np.arange(n), side="right") - 1 for n in x.shape)
    result = np.full((grid, grid), -np.inf)
    np.maximum.at(result, (rows[:, None], columns[None, :]), x)
    return result


# --- wrong --------------------------------------------------------------------------------------------------


@mistake(
    "Every bin has `H // grid` rows, so the remainder at the end belongs to none. Compute both borders of a "
    "bin from `i` and `i + 1`."
)
def _remainder_lost(x, grid):
    return _with(x, grid, lambda size, grid: np.arange(grid + 1) * (size // grid))


@mistake(
    "The last bin gets the whole remainder: all others have `H // grid` rows. Spread it as the formula does."
)
def _remainder_last(x, grid):
    return _with(x, grid, lambda size, grid: np.append(np.arange(grid) * (size // grid), size))


@mistake(
    "The first bins get the larger share, as in `np.array_split`. The formula puts the larger bins elsewhere."
)
def _larger_first(x, grid):
    return _with(
        x,
        grid,
        lambda size, grid: (
            np.minimum(np.arange(grid + 1), size % grid) + np.arange(grid + 1) * (size // grid)
        ),
    )


@mistake(
    "Your bins overlap: you round their ends up, as PyTorch's adaptive pooling does. Here the end of a bin "
    "is the beginning of the next one."
)
def _ends_rounded_up(x, grid):
    pairs = [[(i * n // grid, -(-(i + 1) * n // grid)) for i in range(grid)] for n in x.shape]
    return _binned(x, *pairs)


@mistake("Borders between bins are rounded up. Round them down.")
def _rounded_up(x, grid):
    return _with(x, grid, lambda size, grid: -(-np.arange(grid + 1) * size // grid))


@mistake("Borders between bins are rounded to the nearest integer. Round them down.")
def _rounded(x, grid):
    return _with(x, grid, lambda size, grid: (2 * np.arange(grid + 1) * size + grid) // (2 * grid))


@mistake(
    "The bins begin in the right places, but all have `H // grid` rows: where the next one begins later, "
    "rows between them are lost."
)
def _fixed_length(x, grid):
    pairs = [[(i * n // grid, i * n // grid + n // grid) for i in range(grid)] for n in x.shape]
    return _binned(x, *pairs)


@mistake(
    "The last row and column of each bin are missing. A slice does not include its end: no -1 is needed."
)
def _last_row_lost(x, grid):
    pairs = [[(i * n // grid, (i + 1) * n // grid - 1) for i in range(grid)] for n in x.shape]
    return _binned(x, *pairs)


@mistake("Each bin takes in the first row and column of the next. A slice does not include its end.")
def _one_row_more(x, grid):
    pairs = [[(i * n // grid, (i + 1) * n // grid + 1) for i in range(grid)] for n in x.shape]
    return _binned(x, *pairs)


@mistake("`grid` is taken for the side of a bin. It is the number of bins along each axis.")
def _grid_is_size(x, grid):
    pairs = [[(at, at + grid) for at in range(0, n - grid + 1, grid)] for n in x.shape]
    return _binned(x, *pairs)


@mistake("You give the mean of each bin; asked for is its largest number.")
def _mean(x, grid):
    return _with(x, grid, pool=np.mean)


@mistake("You give the smallest number of each bin; asked for is the largest.")
def _smallest(x, grid):
    return _with(x, grid, pool=np.min)


@mistake("You add up each bin; asked for is its largest number.")
def _sum(x, grid):
    return _with(x, grid, pool=np.sum)


@mistake(
    "Bins of negative numbers give 0: the result begins as zeros, and no number is larger. Begin with minus "
    "infinity, or with a number of the bin."
)
def _begins_at_zero(x, grid):
    return np.maximum(reference(x, grid), 0)


@mistake("You compare absolute values. Of -3 and 2, the larger is 2.")
def _magnitudes(x, grid):
    return reference(np.abs(x), grid)


@mistake("The result is transposed: entry [i, j] belongs to the rows of bin i and the columns of bin j.")
def _transposed(x, grid):
    return reference(x, grid).T


@mistake("The borders of the rows are used for the columns as well. The image is not square.")
def _square_only(x, grid):
    rows = _pairs(_edges(x.shape[0], grid))
    return _binned(x, rows, rows)


@mistake("The bins are right, and come as one row. Keep the grid: the result has shape `(grid, grid)`.")
def _flattened(x, grid):
    return reference(x, grid).ravel()


@mistake("Your numbers are cut to whole numbers: the array that you fill has an integer dtype.")
def _integers_only(x, grid):
    return reference(x, grid).astype(int)


MISTAKES = MistakeBook.of(
    _remainder_lost,
    _remainder_last,
    _larger_first,
    _ends_rounded_up,
    _rounded_up,
    _rounded,
    _fixed_length,
    _last_row_lost,
    _one_row_more,
    _grid_is_size,
    _mean,
    _smallest,
    _sum,
    _begins_at_zero,
    _magnitudes,
    _transposed,
    _square_only,
    _flattened,
    _integers_only,
)

# --- problems -----------------------------------------------------------------------------------------------


def _problem(x: np.ndarray, grid: int, name: str = "") -> Problem:
    divides = all(size % grid == 0 for size in x.shape)
    traits = {
        "grid is 1": grid == 1,
        "grid is 2": grid == 2,
        "grid is 3 or more": grid >= 3,
        "grid divides both sides": divides,
        "grid leaves a remainder": not divides,
        "some bin has a single row or column": min(x.shape) < 2 * grid,
        "the image is taller than wide": x.shape[0] > x.shape[1],
        "the image is wider than tall": x.shape[0] < x.shape[1],
        "all numbers are negative": bool(np.all(x < 0)),
        "x holds integers": x.dtype.kind == "i",
        "x holds floating-point numbers": x.dtype.kind == "f",
    }
    kind = "integers" if x.dtype.kind == "i" else "float32 numbers" if x.dtype == np.float32 else "numbers"
    sign = "negative " if np.all(x < 0) else ""
    label = name or f"x of shape {x.shape}, {sign}{kind}, grid = {grid}"
    return Problem((x, grid), label, tuple(trait for trait, holds in traits.items() if holds))


def _in_order(rng: np.random.Generator, *shape: int) -> np.ndarray:
    """Draw numbers that increase along rows, and down or up the columns: then every border shows."""
    steps = np.cumsum(rng.integers(1, 5, size=np.prod(shape))) / 2
    return (steps - steps.mean().round()).reshape(shape)[:: rng.choice([-1, 1])]


def problems(rng: np.random.Generator) -> list[Problem]:
    """Draw 13 problems: the worked example, prime sizes, grids that divide them or not, bins of one row."""
    return [
        _problem(np.array([[1, 8, 2, 0], [3, 4, 9, 5], [6, 7, -1, -2]]), 2, "the worked example"),
        _problem(halves(rng, 5, 7), 2),
        _problem(_in_order(rng, 7, 11), 3),
        _problem(-_in_order(rng, 11, 7), 4),
        _problem(whole(rng, 13, 8), 5),
        _problem(-np.abs(halves(rng, 7, 5)), 3),
        _problem(-np.abs(whole(rng, 5, 11)), 3),
        _problem(halves(rng, 6, 9), 3),
        _problem(halves(rng, 8, 5, dtype=np.float32), 3),
        _problem(halves(rng, 7, 3), 1),
        _problem(whole(rng, 4, 7), 4),
        _problem(_in_order(rng, 8, 13), 5),
        _problem(halves(rng, 3, 4), 3),
    ]


SPATIAL_PYRAMID = Exercise(
    name="spatial_pyramid",
    title="As many numbers for every size",
    topic="pooling",
    statement=STATEMENT,
    stub=STUB,
    hints=HINTS,
    points=3,
    minutes=15,
    may_not_call=POOLING,
    may_not_call_because=BECAUSE,
    reference=reference,
    draw=problems,
    mistakes=MISTAKES,
    variants=(_reduceat, _pixel_by_pixel, _split, _membership),
)
