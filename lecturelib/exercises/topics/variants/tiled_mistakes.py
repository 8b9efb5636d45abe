"""Wrong tiled convolutions: the mistakes that `tiled2d` names."""

from __future__ import annotations

import numpy as np

from lecturelib.exercises.exercise import MistakeBook, mistake
from lecturelib.exercises.topics.variants.sums import beneath, places, shared
from lecturelib.exercises.topics.variants.tiled_sum import chosen, reference
from lecturelib.exercises.topics.variants.unfilled import unfilled

# --- whose turn it is ---------------------------------------------------------------------------------------


@mistake(
    "Row and column use the same turn, that of the row: all kernels of a row are equal. The kernel is K[i % "
    "t, j % t], with a turn of its own for each axis."
)
def _row_phase_twice(X, K, t):
    return chosen(X, K, lambda i, j: (i % t, i % t))


@mistake(
    "Row and column use the same turn, that of the column: all kernels of a column are equal. The kernel is "
    "K[i % t, j % t], with a turn of its own for each axis."
)
def _column_phase_twice(X, K, t):
    return chosen(X, K, lambda i, j: (j % t, j % t))


@mistake(
    "You use the kernels on the diagonal of `K` only, by the sum of row and column. Each axis has a turn of "
    "its own: K[i % t, j % t]."
)
def _sum_phase(X, K, t):
    return chosen(X, K, lambda i, j: ((i + j) % t, (i + j) % t))


@mistake(
    "Your turns begin with the second kernel: you count places from 1. Here row 0 and column 0 use K[0, 0]."
)
def _one_based(X, K, t):
    return chosen(X, K, lambda i, j: ((i + 1) % t, (j + 1) % t))


@mistake("Your turns begin with the last kernel: row 0 and column 0 use K[0, 0].")
def _one_early(X, K, t):
    return chosen(X, K, lambda i, j: ((i - 1) % t, (j - 1) % t))


@mistake("The turns of row and column are swapped: the kernel is K[i % t, j % t], the row's turn first.")
def _phases_swapped(X, K, t):
    return chosen(X, K, lambda i, j: (j % t, i % t))


@mistake(
    "The turn depends on the pixel, [(i + m) % t, (j + n) % t], so that a window mixes several kernels. It "
    "depends on the place in the output: one kernel for the whole window."
)
def _phase_of_pixel(X, K, t):
    size = places(X, K.shape)
    result = np.zeros((K.shape[2], *size))
    i, j = np.indices(size)
    for m, n in np.ndindex(K.shape[4:]):
        weights = K[(i + m) % t, (j + n) % t, :, :, m, n]
        result += np.einsum("cij,ijoc->oij", beneath(X, m, n, size), weights)
    return result


@mistake(
    "The turn is that of the last pixel of the window. It is that of the output: place [i, j] uses K[i % t, "
    "j % t]."
)
def _phase_of_last_pixel(X, K, t):
    height, width = K.shape[4:]
    return chosen(X, K, lambda i, j: ((i + height - 1) % t, (j + width - 1) % t))


@mistake(
    "The turn is that of the pixel in the middle of the window. It is that of the output: place [i, j] uses "
    "K[i % t, j % t]."
)
def _phase_of_middle_pixel(X, K, t):
    height, width = K.shape[4:]
    return chosen(X, K, lambda i, j: ((i + height // 2) % t, (j + width // 2) % t))


@mistake(
    "Your kernels keep their turn for `t` places: you divide by `t` where the remainder is wanted, % and "
    "not //."
)
def _blocks(X, K, t):
    return chosen(X, K, lambda i, j: (i // t % t, j // t % t))


@mistake(_blocks.sentence)
def _quotients(X, K, t):
    return chosen(X, K, lambda i, j: (i // t, j // t))


@mistake(
    "You split the output into t × t regions, one kernel each. The kernels take turns from place to place: "
    "neighbours use different ones."
)
def _regions(X, K, t):
    rows, columns = places(X, K.shape)
    return chosen(X, K, lambda i, j: (i * t // rows, j * t // columns))


@mistake(
    "An index runs beyond its axis. There are t × t kernels however large the output is: [i % t, j % t] "
    "stays among them. And the output has only H - KH + 1 rows and W - KW + 1 columns; where `t` does not "
    "divide these, the last turn stops in the middle."
)
def _no_remainder(X, K, t):
    return chosen(X, K, lambda i, j: (i, j))


@mistake(_no_remainder.sentence)
def _all_pixels(X, K, t):
    if X.shape[1:] != places(X, K.shape):
        raise IndexError("a place lies beyond the output")
    return reference(X, K, t)


@mistake("From place `t` on you keep the last kernel. After the last comes the first again: K[i % t, j % t].")
def _stuck_at_last(X, K, t):
    return chosen(X, K, lambda i, j: (np.minimum(i, t - 1), np.minimum(j, t - 1)))


@mistake(
    "You count the kernels along the output, row after row, as if they stood in one line. Rows and columns "
    "have turns of their own: K[i % t, j % t]."
)
def _counted_along(X, K, t):
    columns = places(X, K.shape)[1]

    def in_line(i, j):
        number = (i * columns + j) % t**2
        return number // t, number % t

    return chosen(X, K, in_line)


@mistake("The kernels take turns along the columns only: every row uses those of row 0, K[0, j % t].")
def _columns_only(X, K, t):
    return chosen(X, K, lambda i, j: (0 * i, j % t))


@mistake("The kernels take turns along the rows only: every column uses those of column 0, K[i % t, 0].")
def _rows_only(X, K, t):
    return chosen(X, K, lambda i, j: (i % t, 0 * j))


@mistake("The turns run backwards: row 0 and column 0 use K[0, 0], the next ones K[1, 1].")
def _backwards(X, K, t):
    return chosen(X, K, lambda i, j: (-i % t, -j % t))


@mistake("Your kernels are in reverse order: row 0 and column 0 use K[0, 0], not K[t - 1, t - 1].")
def _reversed(X, K, t):
    return chosen(X, K[::-1, ::-1], lambda i, j: (i % t, j % t))


@mistake("All places use the first kernel, K[0, 0]. Place [i, j] uses K[i % t, j % t].")
def _first_kernel(X, K, t):
    return shared(X, K[0, 0])


@mistake("You add up all t × t kernels at each place. One has its turn there, the others elsewhere.")
def _all_kernels(X, K, t):
    return shared(X, K.sum(axis=(0, 1)))


@mistake("You use the mean of the t × t kernels at each place. One has its turn there, the others elsewhere.")
def _mean_kernel(X, K, t):
    return shared(X, K.mean(axis=(0, 1)))


# --- places -------------------------------------------------------------------------------------------------


@mistake(
    "Your window moves by `t`, and each window gives one number. Only the kernel changes with `t`: windows "
    "begin at every pixel."
)
def _stride_t(X, K, t):
    return shared(X, K[0, 0], t)


@mistake(
    "Your window moves by `t` and stays there for t × t kernels: a block of the output sees the same "
    "pixels. Place [i, j] sees the window that begins at pixel [i, j]."
)
def _same_window_in_a_block(X, K, t):
    size = places(X, K.shape)
    i, j = np.indices(size)
    result = np.zeros((K.shape[2], *size))
    for m, n in np.ndindex(K.shape[4:]):
        pixels = X[:, i // t * t + m, j // t * t + n]
        result += np.einsum("cij,ijoc->oij", pixels, K[i % t, j % t, :, :, m, n])
    return result


@mistake(
    "Where `t` does not divide the output, the last places are missing: the last turn may stop in the middle."
)
def _whole_tiles(X, K, t):
    rows, columns = places(X, K.shape)
    return reference(X, K, t)[:, : rows // t * t, : columns // t * t]


@mistake(_whole_tiles.sentence)
def _last_turn_empty(X, K, t):
    result = np.zeros_like(reference(X, K, t))
    part = _whole_tiles(X, K, t)
    result[:, : part.shape[1], : part.shape[2]] = part
    return result


@mistake("The last row and the last column are missing: there are H - KH + 1 rows and W - KW + 1 columns.")
def _one_short(X, K, t):
    return reference(X, K, t)[:, :-1, :-1]


@mistake("Your channels come last. The result has the axes (C_out, rows, columns).")
def _channels_last(X, K, t):
    return np.moveaxis(reference(X, K, t), 0, -1)


# --- kernels and channels -----------------------------------------------------------------------------------


@mistake("Your kernels are flipped along both axes. Here nothing is flipped.")
def _flipped(X, K, t):
    return reference(X, K[..., ::-1, ::-1], t)


@mistake(
    "Your kernels are flipped along all axes, the channels too: `np.flip` without `axis` does that. Here "
    "nothing is flipped."
)
def _channels_flipped_too(X, K, t):
    return reference(X, K[..., ::-1, ::-1, ::-1], t)


@mistake("The rows of your kernels are turned over. Here nothing is flipped.")
def _rows_flipped(X, K, t):
    return reference(X, K[..., ::-1, :], t)


@mistake("The columns of your kernels are turned over. Here nothing is flipped.")
def _columns_flipped(X, K, t):
    return reference(X, K[..., ::-1], t)


def _mixed_up(X, K, t, one, other):
    """Exchange two axes of K; where they differ in length, a loop runs out of range."""
    if K.shape[one] != K.shape[other]:
        raise IndexError("an index is out of bounds")
    return reference(X, K.swapaxes(one, other), t)


@mistake("Your kernels are transposed: the last but one axis of `K` counts rows, the last one columns.")
def _transposed(X, K, t):
    return _mixed_up(X, K, t, 4, 5)


@mistake(
    "You read `K` as (t, t, C_in, C_out, KH, KW). The output channel comes before the input channel: K[i % "
    "t, j % t, o, c, m, n]."
)
def _channels_swapped(X, K, t):
    return _mixed_up(X, K, t, 2, 3)


@mistake("Only the last input channel counts: each overwrites the one before. Add with `+=`.")
def _last_channel(X, K, t):
    return reference(X[-1:], K[:, :, :, -1:], t)


@mistake("Only the first input channel counts. Add up what all C_in channels give.")
def _first_channel(X, K, t):
    return reference(X[:1], K[:, :, :, :1], t)


@mistake("You return one map for each pair of channels. The sum runs over the input channels: C_out remain.")
def _not_summed(X, K, t):
    pairs = [reference(X[c : c + 1], K[:, :, :, c : c + 1], t) for c in range(len(X))]
    return np.stack(pairs, axis=1)


@mistake(
    "Your numbers are cut to whole numbers: the array that you fill has the dtype of `X`, which holds "
    "integers. The weights are not whole."
)
def _dtype_of_x(X, K, t):
    return reference(X, K, t).astype(X.dtype)


MISTAKES = MistakeBook.of(
    _row_phase_twice,
    _column_phase_twice,
    _sum_phase,
    _one_based,
    _one_early,
    _phases_swapped,
    _phase_of_pixel,
    _phase_of_last_pixel,
    _phase_of_middle_pixel,
    _blocks,
    _quotients,
    _regions,
    _no_remainder,
    _all_pixels,
    _stuck_at_last,
    _counted_along,
    _columns_only,
    _rows_only,
    _backwards,
    _reversed,
    _first_kernel,
    _all_kernels,
    _mean_kernel,
    _stride_t,
    _same_window_in_a_block,
    _whole_tiles,
    _last_turn_empty,
    _one_short,
    _channels_last,
    _flipped,
    _channels_flipped_too,
    _rows_flipped,
    _columns_flipped,
    _transposed,
    _channels_swapped,
    _last_channel,
    _first_channel,
    _not_summed,
    _dtype_of_x,
    *unfilled(reference, "H - KH + 1 rows and W - KW + 1 columns"),
)
