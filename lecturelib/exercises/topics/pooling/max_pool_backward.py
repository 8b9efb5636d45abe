"""max_pool_backward(dy, x, size, stride, ties): the gradient goes to the winners, written by the student."""

from __future__ import annotations

import numpy as np

from lecturelib.exercises.drawing import halves
from lecturelib.exercises.exercise import Exercise, MistakeBook, Problem, mistake
from lecturelib.exercises.topics.pooling.forbidden import BECAUSE, POOLING

STATEMENT = """\
Max pooling takes `y[i, j]`, the largest number of the window of `size` × `size` pixels whose first one is
`x[i * stride, j * stride]`. Write `max_pool_backward(dy, x, size, stride, ties)`: given the gradient of the
loss with respect to `y`, the gradient with respect to `x`.

- `dy`: array of shape `((H - size) // stride + 1, (W - size) // stride + 1)`: all windows are whole.
- `x`: array of shape `(H, W)`, integers or floating-point numbers of any sign.
- `size`: int, 1 to the smaller side of the image. `stride`: int, at least 1. Windows overlap where it is
  below `size`.
- `ties`: who gets the gradient of a window whose largest number occurs more than once.
    - `"first"`: the first of them, in the order of reading: row by row, each from left to right.
    - `"share"`: an equal part for each of them.

It returns an array of shape `(H, W)`. A pixel that wins in several windows gets the sum; one that wins
nowhere gets 0. All arguments stay as they are.
"""

STUB = '''\
def max_pool_backward(dy, x, size, stride, ties):
    """Gradient by x of shape (H, W), given dy by the output of max pooling; ties is "first" or "share"."""
    raise NotImplementedError("Write max_pool_backward here.")
'''

HINTS = (
    "Go through the entries of `dy`. Each belongs to one window: find that window again in `x`, and who won "
    "it. Where, in all of `x`, does the winner stand?",
    "`np.argmax` gives the first of equal winners, counted through the flattened window; `np.unravel_index` "
    "makes row and column of it. Add the window's start, and use `+=`.",
)


def _windows(dy: np.ndarray, x: np.ndarray, size: int, stride: int):
    """Yield, for each entry of dy, its place, the slices of its window and the window."""
    for i, j in np.ndindex(dy.shape):
        part = np.s_[i * stride : i * stride + size, j * stride : j * stride + size]
        yield (i, j), part, x[part]


def _shares(window: np.ndarray, ties: str) -> np.ndarray:
    """Give each pixel's share in the gradient of its window."""
    winners = window == window.max()
    if ties == "share":
        return winners / winners.sum()
    return _only(winners, np.argmax(winners))


def _only(winners: np.ndarray, place: int) -> np.ndarray:
    """Keep one pixel, counted through the flattened window."""
    return (np.arange(winners.size) == place).reshape(winners.shape) * 1.0


def _sent(dy, x, size, stride, shares):
    """Add up what the windows send back, if `shares(window)` says to whom."""
    dx = np.zeros(x.shape)
    for place, part, window in _windows(dy, x, size, stride):
        dx[part] += dy[place] * shares(window)
    return dx


def reference(dy: np.ndarray, x: np.ndarray, size: int, stride: int, ties: str) -> np.ndarray:
    """Send each entry of dy to the pixel of x (H, W) that won its window."""
    return _sent(dy, x, size, stride, lambda window: _shares(window, ties))


# --- right, and different -----------------------------------------------------------------------------------


def _pixel_by_pixel(dy, x, size, stride, ties):
    dx = [[0.0] * x.shape[1] for _ in range(x.shape[0])]
    for i in range(dy.shape[0]):
        for j in range(dy.shape[1]):
            places = [(i * stride + m, j * stride + n) for m in range(size) for n in range(size)]
            largest = max(x[place] for place in places)
            winners = [place for place in places if x[place] == largest]
            if ties == "first":
                winners = winners[:1]
            for row, column in winners:
                dx[row][column] += dy[i, j] / len(winners)
    return dx


def _offset_by_offset(dy, x, size, stride, ties):
    (rows, columns), dx = dy.shape, np.zeros(x.shape)
    parts = [
        np.s_[m : m + stride * (rows - 1) + 1 : stride, n : n + stride * (columns - 1) + 1 : stride]
        for m, n in np.ndindex(size, size)
    ]
    largest = np.max([x[part] for part in parts], axis=0)
    count = np.sum([x[part] == largest for part in parts], axis=0)
    open_ = np.ones(dy.shape, dtype=bool)
    for part in parts:
        won = (x[part] == largest) & open_
        dx[part] += won * (dy if ties == "first" else dy / count)
        open_ &= ~won | (ties == "share")
    return dx


def _one_matrix(dy, x, size, stride, ties):
    numbers = np.arange(x.size).reshape(x.shape)
    view = np.lib.stride_tricks.sliding_window_view
    at, seen = (
        view(one, (size, size))[::stride, ::stride].reshape(dy.size, size * size) for one in (numbers, x)
    )
    shares = (seen == seen.max(axis=1, keepdims=True)).astype(np.float32)
    if ties == "first":
        shares *= np.cumsum(shares, axis=1) == 1
    matrix = np.zeros((dy.size, x.size), dtype=np.float32)
    np.put_along_axis(matrix, at, shares / shares.sum(axis=1, keepdims=True), axis=1)
    return (dy.ravel().astype(np.float32) @ matrix).reshape(x.shape)


# --- wrong --------------------------------------------------------------------------------------------------


@mistake(
    "Where the largest number occurs more than once, nobody gets the gradient: you ask who is larger than "
    "all others. At a tie nobody is."
)
def _lost_at_ties(dy, x, size, stride, ties):
    return _sent(dy, x, size, stride, lambda w: (w == w.max()) * (np.sum(w == w.max()) == 1))


@mistake(
    "A pixel that wins in several windows keeps the gradient of the last one only: add with `+=` instead of "
    "overwriting."
)
def _overwritten(dy, x, size, stride, ties):
    dx = np.zeros(x.shape)
    for place, part, window in _windows(dy, x, size, stride):
        shares = _shares(window, ties)
        dx[part] = np.where(shares > 0, dy[place] * shares, dx[part])
    return dx


@mistake(
    "Each window wipes out what earlier windows have sent to its other pixels: you assign the whole window. "
    "Add to it."
)
def _wiped_out(dy, x, size, stride, ties):
    dx = np.zeros(x.shape)
    for place, part, window in _windows(dy, x, size, stride):
        dx[part] = dy[place] * _shares(window, ties)
    return dx


@mistake(
    "In `share`, every winner gets the whole gradient. What a window sends out must add up to its entry of "
    "`dy`: divide by the number of winners."
)
def _all_winners(dy, x, size, stride, ties):
    if ties == "first":
        return reference(dy, x, size, stride, ties)
    return _sent(dy, x, size, stride, lambda window: window == window.max())


@mistake("Every winner gets the whole gradient, for both kinds of `ties`. One gets it, or each gets a part.")
def _all_winners_always(dy, x, size, stride, ties):
    return _sent(dy, x, size, stride, lambda window: window == window.max())


@mistake(
    "In `first`, the last of equal winners gets the gradient: a later one may replace it only if larger."
)
def _last(dy, x, size, stride, ties):
    if ties == "share":
        return reference(dy, x, size, stride, ties)
    return _sent(dy, x, size, stride, lambda w: _only(w, w.size - 1 - np.argmax(w[::-1, ::-1])))


@mistake(
    "In `first`, you go down the columns: the first of equal winners is the first in the order of reading, "
    "row by row."
)
def _column_by_column(dy, x, size, stride, ties):
    if ties == "share":
        return reference(dy, x, size, stride, ties)
    return _sent(dy, x, size, stride, lambda w: _only(w, np.argmax(w.T)).T)


@mistake("`ties` has no effect: you share always.")
def _share_always(dy, x, size, stride, ties):
    return reference(dy, x, size, stride, "share")


@mistake("`ties` has no effect: the first winner gets everything in `share` too.")
def _first_always(dy, x, size, stride, ties):
    return reference(dy, x, size, stride, "first")


@mistake("In `share`, you divide by the number of pixels of the window. Divide by the number of winners.")
def _over_the_window(dy, x, size, stride, ties):
    if ties == "first":
        return reference(dy, x, size, stride, ties)
    return _sent(dy, x, size, stride, lambda window: (window == window.max()) / window.size)


@mistake(
    "All pixels of a window get the same part of its gradient. That is the gradient of the mean; here only "
    "winners get any."
)
def _as_mean(dy, x, size, stride, ties):
    return _sent(dy, x, size, stride, lambda window: np.full(window.shape, 1 / window.size))


@mistake("Every pixel of a window gets its whole gradient. Only winners get any.")
def _to_all(dy, x, size, stride, ties):
    return _sent(dy, x, size, stride, lambda window: np.ones(window.shape))


@mistake("You compare with the largest number of all of `x`. Each window has a winner of its own.")
def _global_maximum(dy, x, size, stride, ties):
    largest = x.max()
    return _sent(dy, x, size, stride, lambda w: _shares(w, ties) * (w.max() == largest))


@mistake("The gradient goes to the first pixel of each window, whoever won it.")
def _to_the_corner(dy, x, size, stride, ties):
    return _sent(dy, x, size, stride, lambda window: _only(window, 0))


@mistake(
    "The gradient stands at the winner's place within its window, near the corner of the image: add the "
    "window's start."
)
def _start_forgotten(dy, x, size, stride, ties):
    dx = np.zeros(x.shape)
    for place, _, window in _windows(dy, x, size, stride):
        dx[:size, :size] += dy[place] * _shares(window, ties)
    return dx


@mistake("You look for the largest absolute value; the forward pass took the largest number.")
def _magnitudes(dy, x, size, stride, ties):
    return reference(dy, np.abs(x), size, stride, ties)


@mistake("You mark who won, and never multiply by `dy`.")
def _dy_forgotten(dy, x, size, stride, ties):
    return reference(np.ones_like(dy), x, size, stride, ties)


@mistake("Your windows begin at every pixel: window [i, j] begins `stride` pixels after its neighbour.")
def _stride_one(dy, x, size, stride, ties):
    return reference(dy, x, size, 1, ties)


@mistake(
    "Fractions are lost: the array that you add to has the dtype of `x`, which holds integers. Gradients "
    "need a floating-point one."
)
def _dtype_of_x(dy, x, size, stride, ties):
    return _filled(dy, x, size, stride, ties, x.dtype)


def _filled(dy, x, size, stride, ties, dtype):
    """Send the gradient into an array of this dtype."""
    dx = np.zeros(x.shape, dtype)
    for place, part, window in _windows(dy, x, size, stride):
        dx[part] = (dx[part] + dy[place] * _shares(window, ties)).astype(dtype)
    return dx


@mistake(
    "Fractions are lost: you fill an array of integers, also where `x` holds none. Gradients need a "
    "floating-point one."
)
def _integers_always(dy, x, size, stride, ties):
    return _filled(dy, x, size, stride, ties, int)


@mistake("Fractions are lost: you make integers of the gradient that you return. Leave it as it is.")
def _cut_at_the_end(dy, x, size, stride, ties):
    return reference(dy, x, size, stride, ties).astype(int)


MISTAKES = MistakeBook.of(
    _lost_at_ties,
    _overwritten,
    _wiped_out,
    _all_winners,
    _all_winners_always,
    _last,
    _column_by_column,
    _share_always,
    _first_always,
    _over_the_window,
    _as_mean,
    _to_all,
    _global_maximum,
    _to_the_corner,
    _start_forgotten,
    _magnitudes,
    _dy_forgotten,
    _stride_one,
    _dtype_of_x,
    _integers_always,
    _cut_at_the_end,
)

# --- problems -----------------------------------------------------------------------------------------------


def _problem(dy: np.ndarray, x: np.ndarray, size: int, stride: int, ties: str, name: str = "") -> Problem:
    tied = [np.sum(window == window.max()) > 1 for _, _, window in _windows(dy, x, size, stride)]
    traits = {
        f"ties is '{ties}'": True,
        "some window has several winners": any(tied),
        "every window has a single winner": not any(tied),
        "windows overlap": stride < size,
        "windows do not overlap": stride >= size,
        "there are gaps between windows": stride > size,
        "there is a single window": dy.size == 1,
        "x holds integers": x.dtype.kind == "i",
        "x holds floating-point numbers": x.dtype.kind == "f",
    }
    kind = "integers" if x.dtype.kind == "i" else "float32 numbers" if x.dtype == np.float32 else "numbers"
    label = f"{name or f'x of shape {x.shape}, {kind}, size = {size}, stride = {stride}'}, ties '{ties}'"
    return Problem((dy, x, size, stride, ties), label, tuple(one for one, holds in traits.items() if holds))


def _few_values(rng: np.random.Generator, *shape: int) -> np.ndarray:
    """Draw from -5, -1 and 2, so that most windows hold their largest number more than once."""
    return rng.choice([-5, -1, 2], shape)


def problems(rng: np.random.Generator) -> list[Problem]:
    """Draw 18 problems, for both kinds of ties: the worked example, few values and many, strides 1 to 3."""
    images = [
        (_few_values(rng, 3, 4), 2, 1),
        (_few_values(rng, 5, 7), 3, 2),
        (_few_values(rng, 4, 6) / 2, 2, 2),
        (halves(rng, 5, 6), 3, 1),
        (np.sort(halves(rng, 20)).reshape(4, 5), 2, 1),
        (halves(rng, 6, 5, dtype=np.float32), 3, 2),
        (-np.abs(_few_values(rng, 4, 5)), 3, 1),
        (_few_values(rng, 7, 6), 2, 3),
    ]
    example = np.array([[6, 12]]), np.array([[1, 2, 2], [0, 2, 1]]), 2, 1
    rows = [_problem(*example, ties, "the worked example") for ties in ("first", "share")]
    for x, size, stride in images:
        dy = halves(rng, *((side - size) // stride + 1 for side in x.shape), dtype=_type_for(x))
        rows.extend(_problem(dy, x, size, stride, ties) for ties in ("first", "share"))
    return rows


def _type_for(x: np.ndarray) -> type:
    return np.float32 if x.dtype == np.float32 else np.float64


MAX_POOL_BACKWARD = Exercise(
    name="max_pool_backward",
    title="Send the gradient to the winners",
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
    variants=(_pixel_by_pixel, _offset_by_offset, _one_matrix),
)
