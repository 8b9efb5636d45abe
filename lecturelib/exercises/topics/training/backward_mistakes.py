"""Wrong gradients of a convolutional layer: the mistakes that `conv_backward` names."""

from __future__ import annotations

import numpy as np

from lecturelib.exercises.exercise import MistakeBook, NoFit, mistake
from lecturelib.exercises.topics.training.conv_sums import input_gradient, kernel_gradient, reference


def _flip(w):
    return w[:, :, ::-1, ::-1]


# --- dx: which way round ------------------------------------------------------------------------------------


@mistake(
    "`dx` uses the kernel the wrong way round. The layer does not flip its kernel; going backward, each "
    "weight sends dy back to where its pixel came from."
)
def _dx_flip_wrong(dy, x, w):
    return input_gradient(dy, x, _flip(w)), kernel_gradient(dy, x, w)


@mistake(
    "Both gradients are those of a layer that flips its kernel. This layer computes the cross-correlation."
)
def _layer_flips(dy, x, w):
    return input_gradient(dy, x, _flip(w)), _flip(kernel_gradient(dy, x, w))


@mistake("`dx` uses a kernel whose rows are turned over, and its columns are not.")
def _dx_rows_flipped(dy, x, w):
    return input_gradient(dy, x, w[:, :, ::-1]), kernel_gradient(dy, x, w)


@mistake("`dx` uses a kernel whose columns are turned over, and its rows are not.")
def _dx_columns_flipped(dy, x, w):
    return input_gradient(dy, x, w[..., ::-1]), kernel_gradient(dy, x, w)


@mistake("`dx` uses the transposed kernel: rows and columns of `w` have changed places.")
def _dx_transposed(dy, x, w):
    if w.shape[2] != w.shape[3]:
        raise NoFit
    return input_gradient(dy, x, w.swapaxes(2, 3)), kernel_gradient(dy, x, w)


@mistake(
    "For `dx` you take the kernel's channels as the outputs: the first axis of `w` belongs to `dy`, the "
    "second to `x`. Going backward the sum runs over the first."
)
def _dx_channels_swapped(dy, x, w):
    if w.shape[0] != w.shape[1]:
        raise NoFit
    return input_gradient(dy, x, w.swapaxes(0, 1)), kernel_gradient(dy, x, w)


@mistake(
    "For `dx`, `np.flip(w)` or `w[::-1]` has turned over the maps and channels too. Only rows and columns "
    "of a kernel may change their order."
)
def _dx_all_axes_flipped(dy, x, w):
    return input_gradient(dy, x, w[::-1, ::-1]), kernel_gradient(dy, x, w)


# --- dx: what adds up ---------------------------------------------------------------------------------------


@mistake(
    "`dx` counts the last of the F outputs only: every output map sends its gradient back, and they add up."
)
def _last_map_only(dy, x, w):
    return input_gradient(dy[:, -1:], x, w[-1:]), kernel_gradient(dy, x, w)


@mistake("`dx` is the mean over the F output maps. Every map sends its gradient back, and they add up.")
def _dx_mean_over_maps(dy, x, w):
    dx, dw = reference(dy, x, w)
    return dx / len(w), dw


@mistake("`dx` is the same for every input channel: each channel has weights of its own, w[f, c].")
def _channels_alike(dy, x, w):
    dx = np.broadcast_to(input_gradient(dy, x, w).sum(axis=1, keepdims=True), x.shape)
    return dx, kernel_gradient(dy, x, w)


@mistake("`dx` uses the weights of the first channel for all. Channel c has its own, w[f, c].")
def _dx_first_channel(dy, x, w):
    return input_gradient(dy, x, np.broadcast_to(w[:, :1], w.shape)), kernel_gradient(dy, x, w)


@mistake("`dx` is the same for all images: you add them up. Each image has a gradient of its own.")
def _dx_summed_over_batch(dy, x, w):
    dx, dw = reference(dy, x, w)
    return np.broadcast_to(dx.sum(axis=0), x.shape), dw


@mistake(
    "Products overwrite each other in `dx`: neighbouring windows share pixels, whose gradients must be "
    "added up."
)
def _dx_overwritten(dy, x, w):
    dx = np.zeros(x.shape)
    rows, columns = w.shape[2:]
    for b, i, j in np.ndindex(len(dy), *dy.shape[2:]):
        dx[b, :, i : i + rows, j : j + columns] = np.einsum("f,fcmn->cmn", dy[b, :, i, j], w)
    return dx, kernel_gradient(dy, x, w)


@mistake(_dx_overwritten.sentence)
def _dx_overwritten_by_maps_too(dy, x, w):
    dx = np.zeros(x.shape)
    rows, columns = w.shape[2:]
    for b, f, i, j in np.ndindex(dy.shape):
        dx[b, :, i : i + rows, j : j + columns] = dy[b, f, i, j] * w[f]
    return dx, kernel_gradient(dy, x, w)


@mistake(
    "Products overwrite each other in `dx`: of all weights of the kernel, the last one that meets a pixel "
    "wins. Add with `+=`."
)
def _dx_overwritten_by_weights(dy, x, w):
    dx = np.zeros(x.shape)
    rows, columns = dy.shape[2:]
    for m, n in np.ndindex(w.shape[2:]):
        dx[:, :, m : m + rows, n : n + columns] = np.einsum("bfij,fc->bcij", dy, w[:, :, m, n])
    return dx, kernel_gradient(dy, x, w)


@mistake("`dx` is divided by the number of weights. A pixel takes part in many products, which add up.")
def _dx_mean_over_kernel(dy, x, w):
    dx, dw = reference(dy, x, w)
    return dx / (w.shape[2] * w.shape[3]), dw


@mistake("`dx` does not depend on `dy` as it should: you count every entry of `dy` as 1.")
def _dy_forgotten_in_dx(dy, x, w):
    return input_gradient(np.ones_like(dy), x, w), kernel_gradient(dy, x, w)


# --- dx: which size -----------------------------------------------------------------------------------------


@mistake("`dx` is cut to the size of `dy`. Pixels at the border took part too: `dx` has the shape of `x`.")
def _dx_cut(dy, x, w):
    dx, dw = reference(dy, x, w)
    return dx[:, :, : dy.shape[2], : dy.shape[3]], dw


@mistake(
    "`dx` has the size of `dy`, as in mode 'same': the border is cut away all round. Pixels there took part "
    "too: the mode is 'full', and `dx` has the shape of `x`."
)
def _dx_same(dy, x, w):
    dx, dw = reference(dy, x, w)
    top, left = ((size - 1) // 2 for size in w.shape[2:])
    return dx[:, :, top : top + dy.shape[2], left : left + dy.shape[3]], dw


@mistake(
    "`dx` has the shape of `x`, but only the first H - KH + 1 rows and W - KW + 1 columns are filled. "
    "Pixels beyond them took part too."
)
def _dx_end_empty(dy, x, w):
    dx, dw = reference(dy, x, w)
    part = np.zeros_like(dx)
    part[:, :, : dy.shape[2], : dy.shape[3]] = dx[:, :, : dy.shape[2], : dy.shape[3]]
    return part, dw


@mistake(
    "`dx` goes round at the border: what leaves on one side comes back on the other. The layer had no "
    "neighbours there; pad `dy` with zeros."
)
def _dx_circular(dy, x, w):
    wide = np.zeros((*dy.shape[:2], *x.shape[2:]), dtype=np.result_type(dy, w))
    wide[:, :, : dy.shape[2], : dy.shape[3]] = dy
    dx = sum(
        np.einsum("bfij,fc->bcij", np.roll(wide, (-m, -n), axis=(2, 3)), w[:, :, m, n])
        for m, n in np.ndindex(w.shape[2:])
    )
    return dx, kernel_gradient(dy, x, w)


# --- dw -----------------------------------------------------------------------------------------------------


@mistake(
    "`dw` comes out flipped: you convolve `x` with `dy` where the layer's cross-correlation asks for "
    "another pairing."
)
def _dw_flipped(dy, x, w):
    return input_gradient(dy, x, w), _flip(kernel_gradient(dy, x, w))


@mistake(
    "For `dw` you flip `dy`: that is a convolution of `x` with `dy`. The pixel x[i + m, j + n] goes with "
    "dy[i, j], in the same order: cross-correlate."
)
def _dw_convolved(dy, x, w):
    return input_gradient(dy, x, w), kernel_gradient(_flip(dy), x, w)


@mistake("The last two axes of `dw` are swapped: `w` has shape (F, C, KH, KW), rows before columns.")
def _dw_transposed(dy, x, w):
    dx, dw = reference(dy, x, w)
    return dx, dw.swapaxes(2, 3)


@mistake("The first two axes of `dw` are swapped: `w` has shape (F, C, KH, KW).")
def _channels_swapped(dy, x, w):
    dx, dw = reference(dy, x, w)
    return dx, dw.transpose(1, 0, 2, 3)


@mistake(
    "`dw` is the mean over the images of the batch. The loss has its own mean, if any: here they are added "
    "up."
)
def _mean_over_batch(dy, x, w):
    dx, dw = reference(dy, x, w)
    return dx, dw / len(x)


@mistake("`dw` and `dx` are divided by the number of images. The loss has its own mean, if any.")
def _both_means_over_batch(dy, x, w):
    dx, dw = reference(dy, x, w)
    return dx / len(x), dw / len(x)


@mistake("`dw` counts the last image of the batch only: each image must add to it, not overwrite it.")
def _last_image_only(dy, x, w):
    return input_gradient(dy, x, w), kernel_gradient(dy[-1:], x[-1:], w)


@mistake("`dw` counts the first image of the batch only. All of them use the same weights.")
def _first_image_only(dy, x, w):
    return input_gradient(dy, x, w), kernel_gradient(dy[:1], x[:1], w)


@mistake(
    "`dw` has an axis for the images, one gradient for each. All images use the same weights: sum over that "
    "axis."
)
def _dw_per_image(dy, x, w):
    dw = np.array([kernel_gradient(one[None], image[None], w) for one, image in zip(dy, x, strict=True)])
    return input_gradient(dy, x, w), dw


@mistake("`dw` is the same for every input channel: you add the channels up. Weight w[f, c] met channel c.")
def _dw_channels_summed(dy, x, w):
    dx, dw = reference(dy, x, w)
    return dx, np.broadcast_to(dw.sum(axis=1, keepdims=True), w.shape)


@mistake("`dw` uses the first channel of `x` for all. Weight w[f, c] met channel c.")
def _dw_first_channel(dy, x, w):
    return input_gradient(dy, x, w), kernel_gradient(dy, np.broadcast_to(x[:, :1], x.shape), w)


@mistake("`dw` is the same for every output map: you add the maps of `dy` up. Weight w[f, c] made map f.")
def _dw_maps_summed(dy, x, w):
    dx, dw = reference(dy, x, w)
    return dx, np.broadcast_to(dw.sum(axis=0), w.shape)


@mistake(
    "`dw` is divided by the number of output positions. Each position uses the same weight, so they add up."
)
def _mean_over_positions(dy, x, w):
    dx, dw = reference(dy, x, w)
    return dx, dw / (dy.shape[2] * dy.shape[3])


@mistake(
    "`dw` counts the last position of the last image only: inside your loops each product overwrites the one "
    "before. Add with `+=`."
)
def _last_product_only(dy, x, w):
    last = np.zeros_like(dy)
    last[-1, :, -1, -1] = dy[-1, :, -1, -1]
    return input_gradient(dy, x, w), kernel_gradient(last, x, w)


@mistake("`dw` counts one position only, the last: all positions use the same weight, so they add up.")
def _last_position_only(dy, x, w):
    last = np.zeros_like(dy)
    last[:, :, -1, -1] = dy[:, :, -1, -1]
    return input_gradient(dy, x, w), kernel_gradient(last, x, w)


@mistake(
    "`dw` does not depend on `dy` as it should: you sum windows of `x` as if every entry of `dy` were 1."
)
def _dy_forgotten(dy, x, w):
    return input_gradient(dy, x, w), kernel_gradient(np.ones_like(dy), x, w)


# --- both ---------------------------------------------------------------------------------------------------


@mistake("The two gradients have changed places: first `dx`, then `dw`.")
def _swapped(dy, x, w):
    return reference(dy, x, w)[::-1]


@mistake("You return `dx` alone. Return both: `return dx, dw`.")
def _dx_alone(dy, x, w):
    return input_gradient(dy, x, w)


@mistake("You return `dw` alone. Return both: `return dx, dw`.")
def _dw_alone(dy, x, w):
    return kernel_gradient(dy, x, w)


@mistake("Both gradients have the opposite sign. The step against the gradient belongs to the optimiser.")
def _negated(dy, x, w):
    dx, dw = reference(dy, x, w)
    return -dx, -dw


@mistake(
    "Fractions are lost: the arrays that you fill have the dtypes of `x` and `w`, which hold integers. "
    "Gradients need floating-point ones."
)
def _dtypes_of_arguments(dy, x, w):
    dx, dw = reference(dy, x, w)
    return dx.astype(x.dtype), dw.astype(w.dtype)


@mistake(
    "Fractions are lost with each product that is added: the arrays that you fill have the dtypes of `x` "
    "and `w`, which hold integers. Gradients need floating-point ones."
)
def _cut_step_by_step(dy, x, w):
    dx, dw = np.zeros(x.shape), np.zeros(w.shape)
    rows, columns = w.shape[2:]
    for b, f, i, j in np.ndindex(dy.shape):
        part = np.s_[b, :, i : i + rows, j : j + columns]
        dx[part] = (dx[part] + dy[b, f, i, j] * w[f]).astype(x.dtype)
        dw[f] = (dw[f] + dy[b, f, i, j] * x[part]).astype(w.dtype)
    return dx, dw


MISTAKES = MistakeBook.of(
    _dx_flip_wrong,
    _layer_flips,
    _dx_rows_flipped,
    _dx_columns_flipped,
    _dx_transposed,
    _dx_channels_swapped,
    _dx_all_axes_flipped,
    _last_map_only,
    _dx_mean_over_maps,
    _channels_alike,
    _dx_first_channel,
    _dx_summed_over_batch,
    _dx_overwritten,
    _dx_overwritten_by_maps_too,
    _dx_overwritten_by_weights,
    _dx_mean_over_kernel,
    _dy_forgotten_in_dx,
    _dx_cut,
    _dx_same,
    _dx_end_empty,
    _dx_circular,
    _dw_flipped,
    _dw_convolved,
    _dw_transposed,
    _channels_swapped,
    _mean_over_batch,
    _both_means_over_batch,
    _last_image_only,
    _first_image_only,
    _dw_per_image,
    _dw_channels_summed,
    _dw_first_channel,
    _dw_maps_summed,
    _mean_over_positions,
    _last_product_only,
    _last_position_only,
    _dy_forgotten,
    _swapped,
    _dx_alone,
    _dw_alone,
    _negated,
    _dtypes_of_arguments,
    _cut_step_by_step,
)
