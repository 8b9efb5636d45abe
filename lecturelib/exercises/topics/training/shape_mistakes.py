"""Wrong sides of the maps in LeCun's example: the mistakes that `lecun_shapes` names."""

from __future__ import annotations

import math

from lecturelib.exercises.exercise import MistakeBook, mistake
from lecturelib.exercises.topics.training.shape_steps import (
    STAGES,
    chain,
    fitted,
    kept,
    reference,
)
from lecturelib.exercises.topics.training.small_mistakes import TOO_SMALL


def _replaced(**stages):
    """Give the five stages, some of them replaced: `third=…`."""
    names = ("first", "second", "third", "fourth", "fifth")
    return [stages.get(name, right) for name, right in zip(names, STAGES, strict=True)]


# --- convolution and pooling --------------------------------------------------------------------------------


@mistake(
    "Your first number is 64. That is how many maps the first layer has, one for each kernel; each of them "
    "has n - 8 rows: 75 where n is 83."
)
def _number_of_maps(n):
    return [64, *reference(n)[1:]]


@mistake("You count one place too few in every stage: a window of 9 fits into 9 rows once, n - 9 + 1.")
def _one_short(n):
    return chain(n, _replaced(first=lambda s: s - 9, second=lambda s: s - 10, fourth=lambda s: s - 9,
                              fifth=lambda s: s - 6))  # fmt: skip


@mistake(
    "Your convolutions lose a row too many: a kernel of 9 fits into 9 rows once. Of n rows, n - 9 + 1 are "
    "places where it begins."
)
def _convolutions_one_short(n):
    return chain(n, _replaced(first=lambda s: s - 9, fourth=lambda s: s - 9))


@mistake("Your pooling loses a row too many: a window of 10 fits into 10 rows once. That is s - 10 + 1.")
def _poolings_one_short(n):
    return chain(n, _replaced(second=lambda s: s - 10, fifth=lambda s: s - 6))


@mistake("You count one place too many: a window of k begins at s - k + 1 places, not at s - k + 2.")
def _one_long(n):
    return chain(n, _replaced(first=fitted(8), second=fitted(9), fourth=fitted(8), fifth=fitted(5)))


@mistake(
    "Your convolutions leave the size as it is, as if zeros were put around the picture. Without padding a "
    "kernel of 9 takes 8 rows away."
)
def _same_convolutions(n):
    return chain(n, _replaced(first=lambda s: s, fourth=lambda s: s))


@mistake("Only the subsampling changes the size of your maps. Without padding every window takes some.")
def _all_same(n):
    return chain(n, [kept if stage is kept else (lambda s: s) for stage in STAGES])


@mistake("Your pooling leaves the size as it is. A window of 10 with stride 1 fits at s - 9 places.")
def _poolings_keep(n):
    return chain(n, _replaced(second=lambda s: s, fifth=lambda s: s))


@mistake("Your convolutions make the maps larger, as with full padding. Here the kernel stays inside.")
def _full_convolutions(n):
    return chain(n, _replaced(first=lambda s: s + 8, fourth=lambda s: s + 8))


@mistake("You take 8 rows away at each side. In all a kernel of 9 takes 8 rows away: 4 at each side.")
def _both_sides(n):
    return chain(n, _replaced(first=lambda s: s - 16, fourth=lambda s: s - 16))


@mistake(
    "Your first pooling puts its windows side by side. Its stride is 1: a window of 10 at every place where "
    "it fits. The thinning out comes after it, as a stage of its own."
)
def _pooling_side_by_side(n):
    return chain(n, _replaced(second=lambda s: s // 10))


@mistake(
    "Both poolings put their windows side by side. Their stride is 1: a window at every place where it fits."
)
def _poolings_side_by_side(n):
    return chain(n, _replaced(second=lambda s: s // 10, fifth=lambda s: s // 6))


@mistake("Your second pooling puts its windows side by side. Its stride is 1.")
def _last_pooling_side_by_side(n):
    return chain(n, _replaced(fifth=lambda s: s // 6))


@mistake("Both of your poolings use windows of 10. Those of the last stage are 6 × 6.")
def _pooling_ten_twice(n):
    return chain(n, _replaced(fifth=fitted(10)))


@mistake("Both of your poolings use windows of 6. Those of the second stage are 10 × 10.")
def _pooling_six_twice(n):
    return chain(n, _replaced(second=fitted(6)))


@mistake("The windows of the two poolings have changed places: first 10 × 10, at the end 6 × 6.")
def _windows_swapped(n):
    return chain(n, _replaced(second=fitted(6), fifth=fitted(10)))


# --- subsampling --------------------------------------------------------------------------------------------


@mistake(
    "You divide by 5 and round down: of 66 rows that leaves 13. The rows 0, 5, 10, …, 65 are 14: the first "
    "one counts too."
)
def _rounded_down(n):
    return chain(n, _replaced(third=lambda s: s // 5))


@mistake(
    "You divide by 5, round up and add 1. Rounding up counts the first row already, or add 1 after rounding "
    "(s - 1) / 5 down."
)
def _up_and_one(n):
    return chain(n, _replaced(third=lambda s: math.ceil(s / 5) + 1))


@mistake("You round (s - 1) / 5 up. The last step of 5 must end at an existing row: round down, then add 1.")
def _steps_rounded_up(n):
    return chain(n, _replaced(third=lambda s: math.ceil((s - 1) / 5) + 1))


@mistake("You add 1 to s / 5 rounded down. Where s is a multiple of 5 that is one too many: 5 rows leave 1.")
def _down_and_one(n):
    return chain(n, _replaced(third=lambda s: s // 5 + 1))


@mistake("You round s / 5 to the nearest whole number. Count the rows 0, 5, 10, … below s instead.")
def _rounded(n):
    return chain(n, _replaced(third=lambda s: round(s / 5)))


@mistake("You round the number of steps to the nearest whole number. Round (s - 1) / 5 down, then add 1.")
def _steps_rounded(n):
    return chain(n, _replaced(third=lambda s: round((s - 1) / 5) + 1))


@mistake("Your numbers are no whole numbers: round the division by 5 down, `//`.")
def _not_rounded(n):
    return chain(n, _replaced(third=lambda s: (s - 1) / 5 + 1))


@mistake("You treat the subsampling as a window of 5 that moves by 1. It keeps every fifth row only.")
def _window_of_five(n):
    return chain(n, _replaced(third=fitted(5)))


@mistake("You leave the subsampling out: the number of rows does not change in your third stage.")
def _no_subsampling(n):
    return chain(n, _replaced(third=lambda s: s))


@mistake("You leave five rows out between those that you keep. Every fifth row: 0, 5, 10, …")
def _every_sixth(n):
    return chain(n, _replaced(third=lambda s: (s - 1) // 6 + 1))


@mistake("You take every fifth row away. Every fifth row is kept, and the others go.")
def _fifth_dropped(n):
    return chain(n, _replaced(third=lambda s: s - kept(s)))


@mistake("You subsample before you pool. The windows of 10 meet neighbouring rows; thin out after that.")
def _subsampled_first(n):
    return chain(n, (fitted(9), kept, fitted(10), fitted(9), fitted(6)))


# --- what is returned ---------------------------------------------------------------------------------------


@mistake("You return four numbers: pooling and subsampling are two stages, each with a number of its own.")
def _merged(n):
    rows = reference(n)
    return [rows[0], *rows[2:]]


@mistake("Your list begins with `n` itself. It begins with what the first stage leaves.")
def _input_too(n):
    return [n, *reference(n)]


@mistake("You list what enters each stage, beginning with `n`. Asked for is what each stage leaves.")
def _inputs(n):
    return [n, *reference(n)[:-1]]


@mistake("The last stage is missing from your list: there are five.")
def _last_missing(n):
    return reference(n)[:-1]


@mistake("You return the last number only. All five are wanted, in a list.")
def _last_only(n):
    return reference(n)[-1]


@mistake("You return the number of pixels of each map. Asked for is the number of rows, one side.")
def _pixels(n):
    return [rows * rows for rows in reference(n)]


@mistake("You return pairs of rows and columns. The maps are square: one number for each stage is enough.")
def _pairs(n):
    return [(rows, rows) for rows in reference(n)]


@mistake("Your list runs backwards: the first stage comes first.")
def _backwards(n):
    return reference(n)[::-1]


@mistake("You return the numbers of the example whatever `n` is. Compute them from `n`.")
def _example_always(n):
    return reference(83)


_SIZES = MistakeBook.of(
    _number_of_maps,
    _one_short,
    _convolutions_one_short,
    _poolings_one_short,
    _one_long,
    _same_convolutions,
    _all_same,
    _poolings_keep,
    _full_convolutions,
    _both_sides,
    _pooling_side_by_side,
    _poolings_side_by_side,
    _last_pooling_side_by_side,
    _pooling_ten_twice,
    _pooling_six_twice,
    _windows_swapped,
    _rounded_down,
    _up_and_one,
    _steps_rounded_up,
    _down_and_one,
    _rounded,
    _steps_rounded,
    _not_rounded,
    _window_of_five,
    _no_subsampling,
    _every_sixth,
    _fifth_dropped,
    _subsampled_first,
    _merged,
    _input_too,
    _inputs,
    _last_missing,
    _last_only,
    _pixels,
    _pairs,
    _backwards,
    _example_always,
)
MISTAKES = MistakeBook((*_SIZES, *TOO_SMALL))
