"""Wrong locally connected layers: the mistakes that `local2d` names."""

from __future__ import annotations

import numpy as np

from lecturelib.exercises.exercise import MistakeBook, NoFit, mistake
from lecturelib.exercises.topics.variants.sums import beneath, places, shared, unshared
from lecturelib.exercises.topics.variants.unfilled import unfilled


def _looped(X, W, pixel, weight):
    """Add up, where `pixel` and `weight` say which indices of X and of W meet; they may run out of range."""
    result = np.zeros(W.shape[:3])
    for o, i, j, c, m, n in np.ndindex(W.shape):
        result[o, i, j] += X[pixel(c, i, j, m, n)] * W[weight(o, i, j, c, m, n)]
    return result


def _pixel(c, i, j, m, n):
    return c, i + m, j + n


# --- which weights ------------------------------------------------------------------------------------------


@mistake(
    "An index runs beyond its axis as soon as the kernel has several weights. The second and third axis of "
    "`W` are the place in the output, [i, j], not that of the pixel, [i + m, j + n]; and the output has "
    "fewer rows and columns than the image: as many as `W` has places."
)
def _by_pixel(X, W):
    return _looped(X, W, _pixel, lambda o, i, j, c, m, n: (o, i + m, j + n, c, m, n))


@mistake(
    "You take the weights of the pixel's place, [i + m, j + n], and leave out what is not in `W`. The "
    "second and third axis of `W` are the place in the output, [i, j], for the whole window."
)
def _by_pixel_left_out(X, W):
    result = np.zeros(W.shape[:3])
    for m, n in np.ndindex(W.shape[4:]):
        weights = W[:, m:, n:, :, m, n]
        size = weights.shape[1:3]
        result[:, : size[0], : size[1]] += np.einsum("cij,oijc->oij", beneath(X, m, n, size), weights)
    return result


@mistake(
    "You take the weights of the pixel's place, [i + m, j + n], or the last ones there are. The second and "
    "third axis of `W` are the place in the output, [i, j], for the whole window."
)
def _by_pixel_clipped(X, W):
    _, rows, columns, *_ = W.shape
    return _looped(
        X, W, _pixel, lambda o, i, j, c, m, n: (o, min(i + m, rows - 1), min(j + n, columns - 1), c, m, n)
    )


@mistake(
    "The places in `W` are transposed: W[o, i, j] belongs to row i and column j of the output. Where rows "
    "and columns differ in number, the other way does not even go together."
)
def _places_transposed(X, W):
    return _looped(X, W, _pixel, lambda o, i, j, c, m, n: (o, j, i, c, m, n))


@mistake(
    "The places in `W` are transposed, and the remainder hides it: W[o, i, j] belongs to row i and column j "
    "of the output. There is a kernel for each place, so no index needs a `%`."
)
def _places_transposed_wrapped(X, W):
    _, rows, columns, *_ = W.shape
    return _looped(X, W, _pixel, lambda o, i, j, c, m, n: (o, j % rows, i % columns, c, m, n))


@mistake("Places are in reverse order: W[o, 0, 0] belongs to the upper left number of the output.")
def _places_reversed(X, W):
    return unshared(X, W[:, ::-1, ::-1])


@mistake(
    "Every place uses the kernel of the first, W[o, 0, 0]: that is a convolutional layer. Use W[o, i, j]."
)
def _first_place(X, W):
    return shared(X, W[:, 0, 0])


@mistake(
    "Each place uses the sum of the kernels of all places. Place [i, j] has one of its own, `W[o, i, j]`: "
    "the letters i and j must be the same for X, W and Y."
)
def _places_summed(X, W):
    return shared(X, W.sum(axis=(1, 2)))


@mistake("You use the mean kernel of all places. Place [i, j] has one of its own, `W[o, i, j]`.")
def _mean_kernel(X, W):
    return shared(X, W.mean(axis=(1, 2)))


@mistake("All your kernels of a row are the same, those of column 0. Place [i, j] has one of its own.")
def _row_alike(X, W):
    return unshared(X, np.repeat(W[:, :, :1], W.shape[2], axis=2))


@mistake("All your kernels of a column are the same, those of row 0. Place [i, j] has one of its own.")
def _column_alike(X, W):
    return unshared(X, np.repeat(W[:, :1], W.shape[1], axis=1))


@mistake("All your output channels use the weights of the first. Output channel o has its own, `W[o]`.")
def _first_map(X, W):
    return unshared(X, np.repeat(W[:1], len(W), axis=0))


@mistake(
    "You read `W` as (C_out, C_in, rows, columns, KH, KW). The place comes before the input channel: W[o, "
    "i, j, c, m, n]."
)
def _channel_before_place(X, W):
    return _looped(X, W, _pixel, lambda o, i, j, c, m, n: (o, c, i, j, m, n))


@mistake(
    "You read `W` as (C_in, rows, columns, C_out, KH, KW). The first axis is the output channel, the fourth "
    "the input channel."
)
def _channels_swapped(X, W):
    return _looped(X, W, _pixel, lambda o, i, j, c, m, n: (c, i, j, o, m, n))


# --- within the window --------------------------------------------------------------------------------------


@mistake(
    "Your kernels are flipped along both axes. Here nothing is flipped: W[o, i, j, c, 0, 0] meets the upper "
    "left pixel of the window."
)
def _flipped(X, W):
    return unshared(X, W[..., ::-1, ::-1])


@mistake(
    "Your kernels are flipped along all axes, the channels too: `np.flip` without `axis` does that. Here "
    "nothing is flipped."
)
def _channels_flipped_too(X, W):
    return unshared(X, W[..., ::-1, ::-1, ::-1])


@mistake("The whole of `W` is reversed, along every axis. Nothing is reversed here.")
def _all_flipped(X, W):
    return unshared(X, np.flip(W))


@mistake("The rows of your kernels are turned over. Here nothing is flipped.")
def _rows_flipped(X, W):
    return unshared(X, W[..., ::-1, :])


@mistake("The columns of your kernels are turned over. Here nothing is flipped.")
def _columns_flipped(X, W):
    return unshared(X, W[..., ::-1])


@mistake("Your kernels are transposed: the last but one axis of `W` counts rows, the last one columns.")
def _taps_transposed(X, W):
    return _looped(X, W, _pixel, lambda o, i, j, c, m, n: (o, i, j, c, n, m))


@mistake("You read the image with rows and columns swapped: `X` has the axes (C_in, height, width).")
def _image_transposed(X, W):
    return _looped(X, W, lambda c, i, j, m, n: (c, j + n, i + m), lambda *index: index)


def _sliced(X, W, window):
    """Multiply each kernel by a window that is cut out of X, where `window` may reach beyond it.

    Slices are cut off at the end of an axis, and NumPy stretches a single row or column: it does not notice
    every window of another size than the kernel.
    """
    result = np.zeros(W.shape[:3])
    height, width = W.shape[4:]
    for o, i, j in np.ndindex(result.shape):
        try:
            products = window(X, i, j, height, width) * W[o, i, j]
        except ValueError as error:
            raise NoFit from error
        result[o, i, j] = products.sum()
    return result


@mistake(_image_transposed.sentence)
def _image_transposed_sliced(X, W):
    return _sliced(X, W, lambda X, i, j, h, w: X[:, j : j + w, i : i + h].swapaxes(1, 2))


@mistake(
    "Rows and columns of your window are swapped: it begins at row j and column i of the image. The window "
    "of place [i, j] begins at row i and column j."
)
def _window_at_column_row(X, W):
    return _sliced(X, W, lambda X, i, j, h, w: X[:, j : j + h, i : i + w])


@mistake(
    "Rows and columns of your window are swapped: you cut out rows from j on, KW of them, and columns from i "
    "on, KH of them. The window of place [i, j] has KH rows, from i on, and KW columns, from j on."
)
def _window_swapped(X, W):
    return _sliced(X, W, lambda X, i, j, h, w: X[:, j : j + w, i : i + h])


@mistake("Your window is KW rows high and KH columns wide: the last two axes of `W` are KH and KW.")
def _window_sizes_swapped(X, W):
    return _sliced(X, W, lambda X, i, j, h, w: X[:, i : i + w, j : j + h])


@mistake(
    "Your window is transposed before it meets the kernel. Both have the axes (C_in, rows, columns) already."
)
def _window_transposed(X, W):
    return _sliced(X, W, lambda X, i, j, h, w: X[:, i : i + h, j : j + w].swapaxes(1, 2))


@mistake(
    "Your window is centred on [i, j], and where that makes an index negative it counts from the end of the "
    "image. The window of place [i, j] begins at pixel [i, j]."
)
def _centred(X, W):
    height, width = W.shape[4:]
    return unshared(np.roll(X, (height // 2, width // 2), axis=(1, 2)), W)


@mistake(
    "Your window is centred on [i, j], with zeros outside the image. The window of place [i, j] begins at "
    "pixel [i, j], and no zeros are needed."
)
def _centred_with_zeros(X, W):
    height, width = W.shape[4:]
    return unshared(np.pad(X, ((0, 0), (height // 2, 0), (width // 2, 0))), W)


# --- sums and shapes ----------------------------------------------------------------------------------------


@mistake("Only the last input channel counts: each overwrites the one before. Add with `+=`.")
def _last_channel(X, W):
    return unshared(X[-1:], W[:, :, :, -1:])


@mistake("Only the first input channel counts. Add up what all C_in channels give.")
def _first_channel(X, W):
    return unshared(X[:1], W[:, :, :, :1])


@mistake("You return one map for each pair of channels. The sum runs over the input channels: C_out remain.")
def _not_summed(X, W):
    pairs = [unshared(X[c : c + 1], W[:, :, :, c : c + 1]) for c in range(len(X))]
    return np.stack(pairs, axis=1)


@mistake("You divide by the number of weights. The products are added up, no more.")
def _mean(X, W):
    return unshared(X, W) / W[0, 0, 0].size


@mistake("You add up all places: each has a number of its own in the result, at [o, i, j].")
def _all_places(X, W):
    return unshared(X, W).sum(axis=(1, 2))


@mistake("You add the output channels up into one map. Each has a map of its own.")
def _one_map(X, W):
    return unshared(X, W).sum(axis=0)


@mistake("Your channels come last. The result has the axes (C_out, rows, columns).")
def _channels_last(X, W):
    return np.moveaxis(unshared(X, W), 0, -1)


@mistake(
    "The last row and the last column are missing: there are height - KH + 1 rows, as many as `W` has along "
    "its second axis."
)
def _one_short(X, W):
    return unshared(X, W)[:, :-1, :-1]


@mistake(
    "Your result is as large as the image, and beyond the last window it is never filled. It has as many "
    "rows and columns as `W` has places."
)
def _size_of_image(X, W):
    result = np.zeros((len(W), *X.shape[1:]))
    rows, columns = places(X, W.shape)
    result[:, :rows, :columns] = unshared(X, W)
    return result


@mistake(
    "Your numbers are cut to whole numbers: the array that you fill has the dtype of `X`, which holds "
    "integers. The weights are not whole."
)
def _dtype_of_x(X, W):
    return unshared(X, W).astype(X.dtype)


MISTAKES = MistakeBook.of(
    _by_pixel,
    _by_pixel_left_out,
    _by_pixel_clipped,
    _places_transposed,
    _places_transposed_wrapped,
    _places_reversed,
    _first_place,
    _places_summed,
    _mean_kernel,
    _row_alike,
    _column_alike,
    _first_map,
    _channel_before_place,
    _channels_swapped,
    _flipped,
    _channels_flipped_too,
    _all_flipped,
    _rows_flipped,
    _columns_flipped,
    _taps_transposed,
    _image_transposed,
    _image_transposed_sliced,
    _window_at_column_row,
    _window_swapped,
    _window_sizes_swapped,
    _window_transposed,
    _centred,
    _centred_with_zeros,
    _last_channel,
    _first_channel,
    _not_summed,
    _mean,
    _all_places,
    _one_map,
    _channels_last,
    _one_short,
    _size_of_image,
    _dtype_of_x,
    *unfilled(unshared, "height - KH + 1 rows and width - KW + 1 columns, as many as `W` has places"),
)
