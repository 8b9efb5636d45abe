"""bad_pixels(h, w, k, v): where zero padding breaks equivariance, counted by the student."""

from __future__ import annotations

import numpy as np

from lecturelib.exercises.exercise import Exercise, MistakeBook, Problem, mistake

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
- It returns one int.

With `h = w = 16`, `k = 3` and `v = (1, 0)` the answer is 32.
"""

STUB = '''\
def bad_pixels(h, w, k, v):
    """Count where a k x k filter with zero padding and a shift by v = (down, right) do not commute."""
    raise NotImplementedError("Write bad_pixels here.")
'''

HINTS = (
    "Both sides are sums over windows of `x`. At a given pixel, which pixels of `x` does one side still "
    "see, and the other not? Try a single row first. There are two kinds of places, at opposite ends.",
    "Where content has left: `s(f(x))` still holds what the window saw of it, `f(s(x))` does not. Where "
    "zeros came in: `s(f(x))` is 0, but the window of `f(s(x))` reaches content up to `p` pixels away. For "
    "each axis count the pixels whose window touches content that stayed, and those among them where "
    "neither of the two happens.",
)


def _along(size: int, step: int, reach: int) -> tuple[int, int, int]:
    """Count, along one axis, the pixels that hold moved content, those that see it, and the good ones."""
    held = max(0, size - abs(step))
    seen = min(size, held + reach) if held else 0
    good = max(0, held - reach) if step else size
    return held, seen, good


def _axes(h, w, k, v):
    return _along(h, v[0], (k - 1) // 2), _along(w, v[1], (k - 1) // 2)


def reference(h: int, w: int, k: int, v: tuple[int, int]) -> int:
    """Count all pixels that see moved content without those that are good along both axes.

    Along an axis, windows see moved content up to (k - 1) / 2 pixels into the zeros. Within the same reach of
    the end where content left, a pixel is not good: the shifted result still holds what the window saw of it.
    """
    (_, seen_rows, good_rows), (_, seen_columns, good_columns) = _axes(h, w, k, v)
    return seen_rows * seen_columns - good_rows * good_columns


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


# --- wrong --------------------------------------------------------------------------------------------------


@mistake(
    "You count the pixels whose window reaches beyond the image, whatever the shift is. Padding alone does "
    "no harm: the two sides differ where the shift brings zeros in, and where it moves content out."
)
def _image_border(h, w, k, v):
    p = (k - 1) // 2
    return h * w - max(0, h - 2 * p) * max(0, w - 2 * p)


@mistake(
    "You count strips along the image's border. Only the side where content left has its strip there: on the "
    "other side it lies at the edge of the moved content, as far inside as the image has moved."
)
def _strips_at_the_border(h, w, k, v):
    inside = [max(0, size - (2 * (k // 2) if step else 0)) for size, step in ((h, v[0]), (w, v[1]))]
    return h * w - inside[0] * inside[1]


@mistake(
    "You count the side where zeros came in, and forget the opposite one: there content has left the image, "
    "and the filter that ran before the shift still saw it."
)
def _lost_side_forgotten(h, w, k, v):
    rows, columns = _axes(h, w, k, v)
    return rows[1] * columns[1] - rows[0] * columns[0]


@mistake(
    "You count the side where content left, and forget the opposite one: there zeros came in, and a window "
    "that lies in them still reaches moved content."
)
def _zeros_side_forgotten(h, w, k, v):
    rows, columns = _axes(h, w, k, v)
    return rows[0] * columns[0] - rows[2] * columns[2]


@mistake(
    "Pixels at the corners are counted twice: those that lie both in a bad row and in a bad column count "
    "once."
)
def _corners_twice(h, w, k, v):
    rows, columns = _axes(h, w, k, v)
    return (rows[1] - rows[2]) * w + (columns[1] - columns[2]) * h


@mistake(_corners_twice.sentence)
def _seen_corners_twice(h, w, k, v):
    rows, columns = _axes(h, w, k, v)
    return (rows[1] - rows[2]) * columns[1] + (columns[1] - columns[2]) * rows[1]


@mistake("You count pixels that are bad along both axes. A pixel is bad as soon as one axis makes it so.")
def _bad_along_both(h, w, k, v):
    rows, columns = _axes(h, w, k, v)
    return (rows[1] - rows[2]) * (columns[1] - columns[2])


@mistake(
    "You let the window reach k pixels to each side. A window of k pixels reaches (k - 1) // 2 beyond its "
    "centre."
)
def _reach_k(h, w, k, v):
    return reference(h, w, 2 * k + 1, v)


@mistake(
    "You let the window reach k - 1 pixels to each side: that is both sides together. It reaches (k - 1) // "
    "2 beyond its centre."
)
def _reach_both_sides(h, w, k, v):
    return reference(h, w, 2 * k - 1, v)


@mistake(
    "A negative shift gives a count that does not fit: how many pixels the content moves is the absolute "
    "value of each number of `v`."
)
def _sign_kept(h, w, k, v):
    p, sizes = (k - 1) // 2, ((h, v[0]), (w, v[1]))
    held = [max(0, size - step) for size, step in sizes]
    seen = [min(size, one + p) if one else 0 for (size, _), one in zip(sizes, held, strict=True)]
    good = [max(0, one - p) if step else size for (size, step), one in zip(sizes, held, strict=True)]
    return seen[0] * seen[1] - good[0] * good[1]


@mistake(
    "A negative number in `v` counts as no shift at all. It moves the content up or to the left, and spoils "
    "as many pixels as the positive one."
)
def _negative_ignored(h, w, k, v):
    return reference(h, w, k, (max(v[0], 0), max(v[1], 0)))


@mistake("`h` and `w` have changed places: the first number of `v` moves the content along the `h` rows.")
def _sides_swapped(h, w, k, v):
    return reference(w, h, k, v)


@mistake(
    "When the shift is as large as the image, nothing is left of it: both sides are 0 everywhere, and the "
    "count is 0."
)
def _beyond_the_image(h, w, k, v):
    p = (k - 1) // 2
    held = [max(0, size - abs(step)) for size, step in zip((h, w), v, strict=True)]
    seen = [min(size, one + p) for size, one in zip((h, w), held, strict=True)]
    rows, columns = _axes(h, w, k, v)
    return seen[0] * seen[1] - rows[2] * columns[2]


@mistake(
    "An axis along which nothing moves loses nothing: where a number of `v` is 0, no content leaves along "
    "that axis, and none of its pixels is bad for that reason."
)
def _still_axis(h, w, k, v):
    rows, columns = _axes(h, w, k, v)
    good = [max(0, axis[0] - (k - 1) // 2) for axis in (rows, columns)]
    return rows[1] * columns[1] - good[0] * good[1]


@mistake(
    "You count all pixels into which zeros came. More than (k - 1) // 2 pixels away from moved content, the "
    "window sees nothing but zeros, and both sides are 0."
)
def _whole_strip(h, w, k, v):
    rows, columns = _axes(h, w, k, v)
    return h * w - rows[2] * columns[2]


@mistake(
    "You count the pixels that the shift fills with zeros. What counts is where the two sides differ, and "
    "that depends on the kernel's size."
)
def _vacated(h, w, k, v):
    rows, columns = _axes(h, w, k, v)
    return h * w - rows[0] * columns[0]


@mistake(
    "A number of pixels has gone below 0: where the shift or the kernel is large, sizes such as h - down - p "
    "are negative, and stand for no pixels. Two of them even make a positive product."
)
def _negative_sizes(h, w, k, v):
    rows, columns = _axes(h, w, k, v)
    left = [size - abs(step) - (k - 1) // 2 for size, step in zip((h, w), v, strict=True)]
    good = [one if step else size for one, step, size in zip(left, v, (h, w), strict=True)]
    return rows[1] * columns[1] - good[0] * good[1]


@mistake(
    "You count places outside the image: moved content is seen (k - 1) // 2 pixels further, but no further "
    "than the image's own rows and columns."
)
def _outside(h, w, k, v):
    rows, columns = _axes(h, w, k, v)
    seen = [axis[0] + (k - 1) // 2 if axis[0] else 0 for axis in (rows, columns)]
    return seen[0] * seen[1] - rows[2] * columns[2]


def _frame(n: int, step: int, p: int) -> tuple[int, int]:
    """Outer and inner length of the frame along one axis, as they come, without a look at limits."""
    return n - abs(step) + p, n - abs(step) - p


@mistake(
    "Your frame goes around both axes, whatever the shift. Along an axis that does not move, nothing is bad; "
    "and the frame never is longer than the image, nor its inside shorter than 0."
)
def _frame_as_it_comes(h, w, k, v):
    rows, columns = (_frame(size, step, (k - 1) // 2) for size, step in zip((h, w), v, strict=True))
    return rows[0] * columns[0] - rows[1] * columns[1]


@mistake(_negative_sizes.sentence)
def _frame_below_nothing(h, w, k, v):
    axes = zip((h, w), v, strict=True)
    rows, columns = (_frame(size, step, (k - 1) // 2) if step else (size, size) for size, step in axes)
    return min(h, rows[0]) * min(w, columns[0]) - rows[1] * columns[1]


@mistake(_outside.sentence)
def _frame_outside(h, w, k, v):
    if abs(v[0]) >= h or abs(v[1]) >= w:
        return 0
    axes = zip((h, w), v, strict=True)
    rows, columns = (_frame(size, step, (k - 1) // 2) if step else (size, size) for size, step in axes)
    return rows[0] * columns[0] - max(0, rows[1]) * max(0, columns[1])


@mistake(_corners_twice.sentence)
def _strips_with_corners(h, w, k, v):
    if abs(v[0]) >= h or abs(v[1]) >= w:
        return 0
    strip = 2 * (k // 2)
    return (strip * w if v[0] else 0) + (strip * h if v[1] else 0)


MISTAKES = MistakeBook.of(
    _image_border,
    _strips_at_the_border,
    _lost_side_forgotten,
    _zeros_side_forgotten,
    _corners_twice,
    _seen_corners_twice,
    _bad_along_both,
    _reach_k,
    _reach_both_sides,
    _sign_kept,
    _negative_ignored,
    _sides_swapped,
    _beyond_the_image,
    _still_axis,
    _whole_strip,
    _vacated,
    _negative_sizes,
    _outside,
    _frame_as_it_comes,
    _frame_below_nothing,
    _frame_outside,
    _strips_with_corners,
)

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
        "some of the image is left": not gone,
        "the image is not square": h != w,
        "the kernel is larger than the image": k > min(h, w),
        "the kernel has a single weight": k == 1,
        "the kernel is 3 x 3": k == 3,
        "the shift is longer than the window's reach": max(map(abs, v)) > k // 2,
    }
    label = f"h = {h}, w = {w}, k = {k}, v = {v}"
    return Problem((h, w, k, v), label, tuple(trait for trait, holds in traits.items() if holds))


def problems(rng: np.random.Generator) -> list[Problem]:
    """Draw 20 problems: the worked row; shifts in all directions and beyond the image; large kernels."""
    h, w = int(rng.integers(7, 10)), int(rng.integers(11, 15))
    step = int(rng.integers(1, 4))
    rows = [
        (1, 6, 3, (0, 2)),
        (16, 16, 3, (1, 0)),
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
