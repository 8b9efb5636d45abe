"""Wrong convolutional layers: the mistakes that `conv2d_multi` names."""

from __future__ import annotations

import numpy as np

from lecturelib.exercises.exercise import MistakeBook, NoFit, mistake
from lecturelib.exercises.topics.variants.multi_sum import biased, padded, reference
from lecturelib.exercises.topics.variants.multi_unfilled import UNFILLED
from lecturelib.exercises.topics.variants.sums import beneath, places, shared

# --- the kernel ---------------------------------------------------------------------------------------------


@mistake(
    "You read `K` as (C_in, C_out, KH, KW). The output channel comes first: the weight is K[o, c, m, n]. "
    "Where the two numbers of channels differ, the shapes do not even go together."
)
def _channels_swapped(X, K, b, stride, pad):
    if K.shape[0] != K.shape[1]:
        raise NoFit
    return reference(X, K.swapaxes(0, 1), b, stride, pad)


@mistake(
    "Your kernel is flipped along both axes, as in a convolution. Here nothing is flipped: the weight K[o, "
    "c, 0, 0] meets the upper left pixel of the window."
)
def _flipped(X, K, b, stride, pad):
    return reference(X, K[:, :, ::-1, ::-1], b, stride, pad)


@mistake(
    "Your kernel is flipped along all its axes, `np.flip` does that: the channels too are in reverse order. "
    "Here nothing is flipped."
)
def _channels_flipped_too(X, K, b, stride, pad):
    return reference(X, K[:, ::-1, ::-1, ::-1], b, stride, pad)


@mistake("Your input channels meet the kernel in reverse order: channel c goes with K[o, c].")
def _channels_reversed(X, K, b, stride, pad):
    return reference(X, K[:, ::-1], b, stride, pad)


@mistake("The rows of your kernel are turned over. Here nothing is flipped.")
def _rows_flipped(X, K, b, stride, pad):
    return reference(X, K[:, :, ::-1], b, stride, pad)


@mistake("The columns of your kernel are turned over. Here nothing is flipped.")
def _columns_flipped(X, K, b, stride, pad):
    return reference(X, K[..., ::-1], b, stride, pad)


@mistake("Your kernel is transposed: its third axis counts rows, the last one columns.")
def _transposed(X, K, b, stride, pad):
    return reference(X, K.swapaxes(2, 3), b, stride, pad)


@mistake("All your output channels use the same kernel, the first. Output channel o has its own, `K[o]`.")
def _first_kernel(X, K, b, stride, pad):
    return reference(X, np.broadcast_to(K[:1], K.shape), b, stride, pad)


# --- the bias -----------------------------------------------------------------------------------------------


def _with_bias(X, K, b, stride, pad, factor):
    return reference(X, K, b * factor, stride, pad)


@mistake("The bias is missing: each number of output channel o has `b[o]` added.")
def _no_bias(X, K, b, stride, pad):
    return _with_bias(X, K, b, stride, pad, 0)


@mistake(
    "The bias is added once for each weight of the kernel, KH * KW * C_in times in all. It belongs outside "
    "the sum: once for each number of the result."
)
def _bias_per_weight(X, K, b, stride, pad):
    return _with_bias(X, K, b, stride, pad, K[0].size)


@mistake(
    "The bias is added KH * KW times, once for each pixel under the kernel. It belongs outside the sum: "
    "once for each number of the result."
)
def _bias_per_pixel(X, K, b, stride, pad):
    return _with_bias(X, K, b, stride, pad, K[0, 0].size)


@mistake(
    "The bias is added once for each input channel. Add it after the sum over channels, once for each "
    "number of the result."
)
def _bias_per_channel(X, K, b, stride, pad):
    return _with_bias(X, K, b, stride, pad, K.shape[1])


@mistake("All your output channels get the same bias, `b[0]`. Output channel o has its own, `b[o]`.")
def _first_bias(X, K, b, stride, pad):
    return reference(X, K, np.full_like(b, b[0]), stride, pad)


@mistake("Every output channel gets the sum of all biases. Output channel o has one of its own, `b[o]`.")
def _all_biases(X, K, b, stride, pad):
    return reference(X, K, np.full_like(b, b.sum()), stride, pad)


@mistake(
    "`Y + b` lays the biases along the columns, the last axis. There is one for each output channel, the "
    "first axis: give `b` the shape (C_out, 1, 1)."
)
def _bias_along_columns(X, K, b, stride, pad):
    maps = shared(padded(X, pad), K, stride)
    if len(b) not in (1, maps.shape[2]) and maps.shape[2] > 1:
        raise NoFit
    return maps + b


# --- the channels -------------------------------------------------------------------------------------------


@mistake(
    "Only the last input channel counts: each overwrites the one before. Begin with zeros and add with `+=`."
)
def _last_channel(X, K, b, stride, pad):
    return reference(X[-1:], K[:, -1:], b, stride, pad)


@mistake("Only the first input channel counts. Add up what all C_in channels give.")
def _first_channel(X, K, b, stride, pad):
    return reference(X[:1], K[:, :1], b, stride, pad)


@mistake("You take the mean over the input channels. Their contributions are added up.")
def _mean_over_channels(X, K, b, stride, pad):
    return biased(shared(padded(X, pad), K, stride) / len(X), b)


@mistake(
    "You return one map for each pair of channels. The maps of all input channels are added up: C_out remain."
)
def _not_summed(X, K, b, stride, pad):
    wide = padded(X, pad)
    pairs = [shared(wide[c : c + 1], K[:, c : c + 1], stride) for c in range(len(X))]
    return np.stack(pairs, axis=1) + b[:, None, None, None]


@mistake("You add the output channels up into one map. Each kernel `K[o]` has a map of its own.")
def _one_map(X, K, b, stride, pad):
    return reference(X, K, b, stride, pad).sum(axis=0)


@mistake("Your channels come last. The result has the axes (C_out, rows, columns).")
def _channels_last(X, K, b, stride, pad):
    return np.moveaxis(reference(X, K, b, stride, pad), 0, -1)


# --- the padding --------------------------------------------------------------------------------------------


@mistake("`pad` has no effect: put that many zeros on all four sides of each channel first.")
def _no_pad(X, K, b, stride, pad):
    return reference(X, K, b, stride, 0)


@mistake(
    "Your channels are padded too: `np.pad(X, pad)` puts channels of zeros before the first, and channel c "
    "meets the wrong kernel. Pad rows and columns only."
)
def _channels_padded(X, K, b, stride, pad):
    return biased(shared(np.pad(X, pad)[: len(X)], K, stride), b)


@mistake("You pad above and to the left only. Zeros go on all four sides.")
def _pad_before(X, K, b, stride, pad):
    return biased(shared(np.pad(X, ((0, 0), (pad, 0), (pad, 0))), K, stride), b)


@mistake("You pad below and to the right only. Zeros go on all four sides.")
def _pad_after(X, K, b, stride, pad):
    return biased(shared(np.pad(X, ((0, 0), (0, pad), (0, pad))), K, stride), b)


@mistake("You put `pad` zeros on both sides together. That many go on each side.")
def _pad_in_all(X, K, b, stride, pad):
    margin = pad // 2, pad - pad // 2
    return biased(shared(np.pad(X, ((0, 0), margin, margin)), K, stride), b)


@mistake("You pad the rows only: `pad` columns of zeros go left and right as well.")
def _pad_rows_only(X, K, b, stride, pad):
    return biased(shared(np.pad(X, ((0, 0), (pad, pad), (0, 0))), K, stride), b)


@mistake("Your margin repeats the outermost pixels of the image. It holds zeros.")
def _pad_edge(X, K, b, stride, pad):
    return biased(shared(np.pad(X, ((0, 0), (pad, pad), (pad, pad)), mode="edge"), K, stride), b)


@mistake(
    "You take every `stride`-th pixel of the image first, then pad and slide. Pad first, then let the "
    "window move by `stride`: within a window, the pixels are neighbours."
)
def _thinned_out(X, K, b, stride, pad):
    return reference(X[:, ::stride, ::stride], K, b, 1, pad)


@mistake("You pad the result instead of the image: zeros go around `X`, before the kernel slides.")
def _result_padded(X, K, b, stride, pad):
    return padded(reference(X, K, b, stride, 0), pad)


@mistake(_result_padded.sentence)
def _result_padded_before_bias(X, K, b, stride, pad):
    return biased(padded(shared(X, K, stride), pad), b)


@mistake(
    "You count rows and columns as if there were no padding. The padded image has H + 2 * pad rows and W + "
    "2 * pad columns."
)
def _counted_without_pad(X, K, b, stride, pad):
    rows, columns = places(X, K.shape, stride)
    return reference(X, K, b, stride, pad)[:, :rows, :columns]


# --- the stride ---------------------------------------------------------------------------------------------


@mistake(
    "`stride` has no effect: from one number of the result to the next, the window moves by that many pixels."
)
def _stride_one(X, K, b, stride, pad):
    return reference(X, K, b, 1, pad)


@mistake(
    "Your result has the right size, but all its windows lie in the upper left part of the image, at "
    "neighbouring pixels. The window of [i, j] begins at row i * stride and column j * stride."
)
def _not_moved(X, K, b, stride, pad):
    rows, columns = places(padded(X, pad), K.shape, stride)
    return reference(X, K, b, 1, pad)[:, :rows, :columns]


@mistake("The window moves by `stride` along the rows' axis only. It moves so along the columns too.")
def _stride_down_only(X, K, b, stride, pad):
    return reference(X, K, b, 1, pad)[:, ::stride]


@mistake("The window moves by `stride` from column to column only. It moves so from row to row too.")
def _stride_right_only(X, K, b, stride, pad):
    return reference(X, K, b, 1, pad)[:, :, ::stride]


@mistake("Your windows lie side by side: they begin `stride` pixels apart, whatever the kernel's size is.")
def _stride_is_kernel(X, K, b, stride, pad):
    return reference(X, K, b, 1, pad)[:, :: K.shape[2], :: K.shape[3]]


@mistake(
    "You multiply the position within the kernel by `stride`, which is dilation. It multiplies the place of "
    "the window: the row is i * stride + m."
)
def _dilated(X, K, b, stride, pad):
    wide = padded(X, pad)
    size = places(wide, tuple((k - 1) * stride + 1 for k in K.shape))
    maps = np.zeros((len(K), *size))
    for m, n in np.ndindex(K.shape[2:]):
        maps += np.einsum("cij,oc->oij", beneath(wide, m * stride, n * stride, size), K[:, :, m, n])
    return biased(maps, b)


@mistake(
    "Your result has the rows and columns that belong to stride 1, and beyond the last window it is never "
    "filled: it has (H + 2 * pad - KH) / stride + 1 rows, rounded down."
)
def _never_filled(X, K, b, stride, pad):
    result = np.zeros((len(K), *places(padded(X, pad), K.shape)))
    part = reference(X, K, b, stride, pad)
    result[:, : part.shape[1], : part.shape[2]] = part
    return result


# --- the size -----------------------------------------------------------------------------------------------


@mistake(
    "The number of rows and columns is rounded up: a last window reaches beyond the padded image. Round "
    "down; pixels left over are not used."
)
def _rounded_up(X, K, b, stride, pad):
    more = np.pad(X, ((0, 0), (pad, pad + stride - 1), (pad, pad + stride - 1)))
    return biased(shared(more, K, stride), b)


@mistake(
    "The last row and the last column are missing: a kernel of 3 fits into 3 pixels once, so the count ends "
    "with + 1."
)
def _one_short(X, K, b, stride, pad):
    return reference(X, K, b, stride, pad)[:, :-1, :-1]


@mistake("You use the number of rows for the columns too: neither image nor kernel need be square.")
def _square_only(X, K, b, stride, pad):
    wide = padded(X, pad)
    (rows, columns), result = places(wide, K.shape, stride), reference(X, K, b, stride, pad)
    if rows > columns:
        raise NoFit
    return result[:, :, :rows]


@mistake("Rows and columns of your result are swapped: the axes are (C_out, rows, columns).")
def _result_transposed(X, K, b, stride, pad):
    return reference(X, K, b, stride, pad).swapaxes(1, 2)


@mistake(
    "Your numbers are cut to whole numbers: the array that you fill has the dtype of `X`, which holds "
    "integers. Weights and biases need not be whole."
)
def _dtype_of_x(X, K, b, stride, pad):
    return reference(X, K, b, stride, pad).astype(X.dtype)


MISTAKES = MistakeBook.of(
    _channels_swapped,
    _flipped,
    _channels_flipped_too,
    _channels_reversed,
    _rows_flipped,
    _columns_flipped,
    _transposed,
    _first_kernel,
    _no_bias,
    _bias_per_weight,
    _bias_per_pixel,
    _bias_per_channel,
    _first_bias,
    _all_biases,
    _bias_along_columns,
    _last_channel,
    _first_channel,
    _mean_over_channels,
    _not_summed,
    _one_map,
    _channels_last,
    _no_pad,
    _channels_padded,
    _pad_before,
    _pad_after,
    _pad_in_all,
    _pad_rows_only,
    _pad_edge,
    _thinned_out,
    _result_padded,
    _result_padded_before_bias,
    _counted_without_pad,
    _stride_one,
    _not_moved,
    _stride_down_only,
    _stride_right_only,
    _stride_is_kernel,
    _dilated,
    _never_filled,
    _rounded_up,
    _one_short,
    _square_only,
    _result_transposed,
    _dtype_of_x,
    *UNFILLED,
)
