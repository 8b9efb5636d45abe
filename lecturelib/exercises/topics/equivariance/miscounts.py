"""Wrong counts of what zero padding spoils: the mistakes that `bad_pixels` names."""

from __future__ import annotations

from lecturelib.exercises.exercise import MistakeBook, mistake
from lecturelib.exercises.topics.equivariance.spoilt import axes, reference


@mistake(
    "You count the pixels whose window reaches beyond the image, whatever the shift is. Padding alone does "
    "no harm: the two sides differ where the shift brings zeros in, and where it moves content out."
)
def _image_border(h, w, k, v):
    p = (k - 1) // 2
    return h * w - max(0, h - 2 * p) * max(0, w - 2 * p)


@mistake(
    "You count the side where zeros came in, and forget the opposite one: there content has left the image, "
    "and the filter that ran before the shift still saw it."
)
def _lost_side_forgotten(h, w, k, v):
    rows, columns = axes(h, w, k, v)
    return rows[1] * columns[1] - rows[0] * columns[0]


@mistake(
    "You count the side where content left, and forget the opposite one: there zeros came in, and a window "
    "that lies in them still reaches moved content."
)
def _zeros_side_forgotten(h, w, k, v):
    rows, columns = axes(h, w, k, v)
    return rows[0] * columns[0] - rows[2] * columns[2]


@mistake(
    "Pixels at the corners are counted twice: those that lie both in a bad row and in a bad column count "
    "once. In 16 x 16 pixels, k = 3 and v = (1, 1) spoil 60, not 64."
)
def _corners_twice(h, w, k, v):
    rows, columns = axes(h, w, k, v)
    return (rows[1] - rows[2]) * w + (columns[1] - columns[2]) * h


@mistake(_corners_twice.sentence)
def _seen_corners_twice(h, w, k, v):
    rows, columns = axes(h, w, k, v)
    return (rows[1] - rows[2]) * columns[1] + (columns[1] - columns[2]) * rows[1]


@mistake("You count pixels that are bad along both axes. A pixel is bad as soon as one axis makes it so.")
def _bad_along_both(h, w, k, v):
    rows, columns = axes(h, w, k, v)
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
    rows, columns = axes(h, w, k, v)
    return seen[0] * seen[1] - rows[2] * columns[2]


@mistake(
    "An axis along which nothing moves loses nothing: where a number of `v` is 0, no content leaves along "
    "that axis, and none of its pixels is bad for that reason."
)
def _still_axis(h, w, k, v):
    rows, columns = axes(h, w, k, v)
    good = [max(0, axis[0] - (k - 1) // 2) for axis in (rows, columns)]
    return rows[1] * columns[1] - good[0] * good[1]


@mistake(
    "You count all pixels into which zeros came. More than (k - 1) // 2 pixels away from moved content, the "
    "window sees nothing but zeros, and both sides are 0."
)
def _whole_strip(h, w, k, v):
    rows, columns = axes(h, w, k, v)
    return h * w - rows[2] * columns[2]


@mistake(
    "You count the pixels that the shift fills with zeros. What counts is where the two sides differ, and "
    "that depends on the kernel's size."
)
def _vacated(h, w, k, v):
    rows, columns = axes(h, w, k, v)
    return h * w - rows[0] * columns[0]


@mistake(
    "A number of pixels has gone below 0: where the shift or the kernel is large, sizes such as h - down - p "
    "are negative, and stand for no pixels. Two of them even make a positive product."
)
def _negative_sizes(h, w, k, v):
    rows, columns = axes(h, w, k, v)
    left = [size - abs(step) - (k - 1) // 2 for size, step in zip((h, w), v, strict=True)]
    good = [one if step else size for one, step, size in zip(left, v, (h, w), strict=True)]
    return rows[1] * columns[1] - good[0] * good[1]


@mistake(
    "You count places outside the image: moved content is seen (k - 1) // 2 pixels further, but no further "
    "than the image's own rows and columns."
)
def _outside(h, w, k, v):
    rows, columns = axes(h, w, k, v)
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


# Strips: the student adds up bad rows and bad columns, each across the whole image.


def _united(h, w, rows, columns):
    """Count these many whole rows and columns, their crossings once."""
    return h * w - max(0, h - rows) * max(0, w - columns)


def _added(h, w, rows, columns):
    """Count these many whole rows and columns, their crossings twice."""
    return rows * w + columns * h


def _gone(h, w, v):
    return abs(v[0]) >= h or abs(v[1]) >= w


def _strips(k, v, per_reach):
    return [per_reach * (k // 2) if step else 0 for step in v]


def _bad(h, w, k, v):
    return [seen - good for _, seen, good in axes(h, w, k, v)]


_SHORT_SHIFT = (
    "You count 2p rows (or columns) for an axis that moves, p = (k - 1) // 2, however short the move is. "
    "Where content left, the strip is p wide. Where zeros came in, it lies in these zeros, and is no wider "
    "than they are: min(p, |d|) after a move by d."
)


@mistake(_SHORT_SHIFT)
def _wide_for_a_short_shift(h, w, k, v):
    if _gone(h, w, v):
        return 0
    rows, columns = (
        _frame(size, step, (k - 1) // 2) if step else (size, size)
        for size, step in zip((h, w), v, strict=True)
    )
    return rows[0] * columns[0] - max(0, rows[1]) * max(0, columns[1])


@mistake(
    f"{_SHORT_SHIFT} And where both axes move, no strip runs across the whole image: deeper in the zeros, "
    "both sides are 0."
)
def _strips_of_2p(h, w, k, v):
    return 0 if _gone(h, w, v) else _united(h, w, *_strips(k, v, 2))


@mistake(f"{_strips_of_2p.sentence} {_beyond_the_image.sentence}")
def _strips_of_2p_always(h, w, k, v):
    return _united(h, w, *_strips(k, v, 2))


@mistake(f"{_strips_of_2p.sentence} Nor is a strip wider than the image.")
def _strips_of_2p_unlimited(h, w, k, v):
    if _gone(h, w, v):
        return 0
    rows, columns = _strips(k, v, 2)
    return _added(h, w, rows, columns) - rows * columns


@mistake(f"{_strips_of_2p_unlimited.sentence} {_beyond_the_image.sentence}")
def _strips_of_2p_as_they_come(h, w, k, v):
    rows, columns = _strips(k, v, 2)
    return _added(h, w, rows, columns) - rows * columns


@mistake(
    "Your strips run across the whole image. Where both axes move, they end p = (k - 1) // 2 pixels into the "
    "zeros: deeper in them, both sides are 0."
)
def _strips_across(h, w, k, v):
    return 0 if _gone(h, w, v) else _united(h, w, *_bad(h, w, k, v))


@mistake(
    "You count one strip for an axis that moves. There are two, at opposite ends: where content left, it is "
    "p = (k - 1) // 2 wide; where zeros came in, it is min(p, |d|) wide after a move by d."
)
def _one_strip(h, w, k, v):
    return 0 if _gone(h, w, v) else _united(h, w, *_strips(k, v, 1))


@mistake(f"{_one_strip.sentence} {_beyond_the_image.sentence}")
def _one_strip_always(h, w, k, v):
    return _united(h, w, *_strips(k, v, 1))


@mistake(f"{_one_strip.sentence} And pixels that lie both in a bad row and in a bad column count once.")
def _one_strip_with_corners(h, w, k, v):
    return 0 if _gone(h, w, v) else _added(h, w, *_strips(k, v, 1))


@mistake(_lost_side_forgotten.sentence)
def _zeros_side_alone(h, w, k, v):
    return 0 if _gone(h, w, v) else _united(h, w, *(min(k // 2, abs(step)) for step in v))


@mistake(_corners_twice.sentence)
def _corners_twice_in_strips(h, w, k, v):
    return 0 if _gone(h, w, v) else _added(h, w, *_bad(h, w, k, v))


@mistake(f"{_corners_twice.sentence} And where zeros came in, a strip is no wider than the shift.")
def _corners_twice_of_2p(h, w, k, v):
    return 0 if _gone(h, w, v) else _added(h, w, *_strips(k, v, 2))


MISTAKES = MistakeBook.of(
    _image_border,
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
    _wide_for_a_short_shift,
    _strips_of_2p,
    _strips_of_2p_always,
    _strips_of_2p_unlimited,
    _strips_of_2p_as_they_come,
    _strips_across,
    _one_strip,
    _one_strip_always,
    _one_strip_with_corners,
    _zeros_side_alone,
    _corners_twice_in_strips,
    _corners_twice_of_2p,
)
