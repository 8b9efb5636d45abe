"""bad_pixels(h, w, k, v): where zero padding breaks equivariance, counted by the student."""

from __future__ import annotations

import numpy as np

from lecturelib.exercises.exercise import Exercise, Problem
from lecturelib.exercises.topics.equivariance.miscounts import MISTAKES
from lecturelib.exercises.topics.equivariance.spoilt import reference

STATEMENT = """\
A filter $f$ is the **cross-correlation** (no flip) of an image with a kernel of `k` × `k` weights, with zeros
outside the image; its result is as large as the image:

$$f(x)[i,j] = \\sum_{m,n} x[i+m-p,\\, j+n-p]\\; \\text{kernel}[m,n], \\qquad p = (k-1)/2 .$$

A shift $s$ moves the image by `v = (down, right)` and fills with zeros. Write `bad_pixels(h, w, k, v)`: **at
how many pixels** $f(s(x))$ and $s(f(x))$ can differ. A pixel counts if the two sides are different sums of
products there. With random real numbers in image and kernel they then do differ.

- `h`, `w`: ints, at least 1: the image's rows and columns.
- `k`: odd int, at least 1. The kernel may be larger than the image.
- `v`: pair of ints, positive, negative or 0. Where one of them is as large as the image or larger, nothing is
  left of the image on either side, and the count is 0.
- It returns one whole number.

With `h = w = 16` and `v = (1, 0)` the answer is 32 for `k = 3`, and 48 for `k = 5`.
"""

STUB = '''\
def bad_pixels(h, w, k, v):
    """Count where a k x k filter with zero padding and a shift by v = (down, right) do not commute."""
    raise NotImplementedError("Write bad_pixels here.")
'''

HINTS = (
    "Both sides are sums over windows of `x`. At a given pixel, which pixels of `x` does one side still "
    "see, and the other not? Try a single row first. There are two kinds of places, at opposite ends.",
    "Where content has left: `s(f(x))` still holds what the window saw of it, `f(s(x))` does not. That strip "
    "is `p` wide. Where zeros came in: `s(f(x))` is 0, but the window of `f(s(x))` reaches content up to `p` "
    "pixels away. That strip lies in the zeros: after a move by `d` it is `min(p, abs(d))` wide. For each "
    "axis count the pixels whose window touches content that stayed, and those among them in neither strip.",
)


# --- right, and different -----------------------------------------------------------------------------------


def _moved(x, v):
    rows, columns = (np.arange(size) - step for size, step in zip(x.shape, v, strict=True))
    inside = np.outer((rows >= 0) & (rows < x.shape[0]), (columns >= 0) & (columns < x.shape[1]))
    return np.where(inside, x[np.ix_(rows % x.shape[0], columns % x.shape[1])], 0)


def _measured(h, w, k, v):
    rng = np.random.default_rng(123)
    x, kernel = rng.normal(size=(h, w)), rng.normal(size=(k, k))

    def filtered(image):
        windows = np.lib.stride_tricks.sliding_window_view(np.pad(image, (k - 1) // 2), (k, k))
        return np.tensordot(windows, kernel, axes=2)

    return int(np.sum(np.abs(filtered(_moved(x, v)) - _moved(filtered(x), v)) > 1e-12))


def _by_sets(h, w, k, v):
    reach = range(-(k // 2), k // 2 + 1)
    image = {(i, j) for i in range(h) for j in range(w)}
    moved = {(i + v[0], j + v[1]) for i, j in image}
    count = 0
    for i, j in image:
        window = {(i + a, j + b) for a in reach for b in reach}
        filter_last = window & image & moved
        shift_last = window & moved if (i, j) in moved else set()
        count += filter_last != shift_last
    return count


def _masks(h, w, k, v):
    p, seen, good = k // 2, [], []
    for size, step in ((h, v[0]), (w, v[1])):
        places = np.arange(size)
        first, last = max(0, step), min(size, size + step) - 1
        seen.append((places >= first - p) & (places <= last + p) & (first <= last))
        lost = (places > last - p) if step > 0 else (places < first + p) if step < 0 else places < 0
        good.append((places >= first) & (places <= last) & ~lost)
    return np.count_nonzero(np.outer(*seen) & ~np.outer(*good))


# --- problems -----------------------------------------------------------------------------------------------


def _problem(h: int, w: int, k: int, v: tuple[int, int]) -> Problem:
    gone = abs(v[0]) >= h or abs(v[1]) >= w
    traits = {
        "the image moves along one axis": (v[0] == 0) != (v[1] == 0),
        "the image moves along both axes": 0 not in v,
        "nothing moves": v == (0, 0),
        "a number of v is negative": min(v) < 0,
        "no number of v is negative": min(v) >= 0,
        "the shift is as large as the image or larger": gone,
        "the image is not square": h != w,
        "the kernel is larger than the image": k > min(h, w),
        "the kernel has a single weight": k == 1,
        "the kernel is 3 x 3": k == 3,
        "the shift is longer than the window's reach": max(map(abs, v)) > k // 2,
        "the image moves by less than the window's reach": not gone and any(0 < abs(d) < k // 2 for d in v),
    }
    label = f"h = {h}, w = {w}, k = {k}, v = {v}"
    return Problem((h, w, k, v), label, tuple(trait for trait, holds in traits.items() if holds))


def problems(rng: np.random.Generator) -> list[Problem]:
    """Draw 22 problems: the worked rows; shifts in all directions and beyond the image; large kernels."""
    h, w = int(rng.integers(7, 10)), int(rng.integers(11, 15))
    step = int(rng.integers(1, 4))
    rows = [
        (1, 6, 3, (0, 2)),
        (1, 6, 5, (0, 1)),
        (16, 16, 3, (1, 0)),
        (16, 16, 5, (1, 0)),
        (16, 16, 3, (1, 1)),
        (16, 16, 3, (2, 3)),
        (h, w, 3, (0, step)),
        (h, w, 5, (-step, 0)),
        (w, h, 5, (1, -1)),
        (h, w, 5, (3, 4)),
        (h, w, 7, (-2, step + 1)),
        (w, h, 3, (-5, -4)),
        (h, w, 1, (step, 2)),
        (h + 1, w, 5, (0, 0)),
        (h, w + 1, 3, (h, 0)),
        (w, h, 5, (-1, -h - 2)),
        (h, h + 2, 3, (h + 1, h + 3)),
        (3, 5, 7, (1, -1)),
        (4, 2, 9, (-2, 0)),
        (5, 1, 3, (1, 0)),
        (6, 9, 9, (1, 2)),
        (7, 8, 11, (3, 4)),
    ]
    return [_problem(*row) for row in rows]


BAD_PIXELS = Exercise(
    name="bad_pixels",
    title="Count what zero padding spoils",
    topic="equivariance",
    statement=STATEMENT,
    stub=STUB,
    hints=HINTS,
    points=4,
    minutes=25,
    reference=reference,
    draw=problems,
    mistakes=MISTAKES,
    variants=(_measured, _by_sets, _masks),
)
