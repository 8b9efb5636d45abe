"""Exercises of lecture 06: training and gradients."""

from __future__ import annotations

import numpy as np

from lecturelib.exercises.drawing import halves
from lecturelib.exercises.exercise import Exercise, MistakeBook, Problem, mistake

STATEMENT = """\
A convolutional layer computes the **cross-correlation** (no flip, as every library of neural networks does),
with stride 1 and no padding: $y[b,f,i,j] = \\sum_{c,m,n} x[b,c,i+m,j+n]\\, w[f,c,m,n]$. Write
`conv_backward(dy, x, w)`: given the gradient of the loss with respect to `y`, the gradients with respect to
`x` and `w`.

- `dy`: array of shape `(N, F, H - KH + 1, W - KW + 1)`.
- `x`: array of shape `(N, C, H, W)`; `w`: array of shape `(F, C, KH, KW)`, no larger than the image.
- It returns the pair `(dx, dw)`, with the shapes of `x` and `w`, and leaves its arguments as they are.
"""

STUB = '''\
def conv_backward(dy, x, w):
    """Gradients (dx, dw) of a cross-correlation layer, stride 1, no padding."""
    raise NotImplementedError("Write conv_backward here.")
'''

HINTS = (
    "Take one product x[b, c, i+m, j+n] * w[f, c, m, n] of the sum. What does it add to the gradient of "
    "that x, and of that w, when dy[b, f, i, j] is known?",
    "Loop over the kernel's offsets (m, n): each one pairs all of `dy` with one window of `x`. Axes that "
    "the result does not have are summed over.",
)

Gradients = tuple[np.ndarray, np.ndarray]


def _kernel_gradient(dy: np.ndarray, x: np.ndarray, w: np.ndarray) -> np.ndarray:
    gradient = np.zeros(w.shape, dtype=np.result_type(dy, x, w))
    height, width = dy.shape[2:]
    for m, n in np.ndindex(w.shape[2:]):
        gradient[:, :, m, n] = np.einsum("bfij,bcij->fc", dy, x[:, :, m : m + height, n : n + width])
    return gradient


def _input_gradient(dy: np.ndarray, x: np.ndarray, w: np.ndarray) -> np.ndarray:
    gradient = np.zeros(x.shape, dtype=np.result_type(dy, x, w))
    height, width = dy.shape[2:]
    for m, n in np.ndindex(w.shape[2:]):
        gradient[:, :, m : m + height, n : n + width] += np.einsum("bfij,fc->bcij", dy, w[:, :, m, n])
    return gradient


def reference(dy: np.ndarray, x: np.ndarray, w: np.ndarray) -> Gradients:
    """Give the gradients of the cross-correlation of x (N, C, H, W) with w (F, C, KH, KW)."""
    return _input_gradient(dy, x, w), _kernel_gradient(dy, x, w)


# --- right, and different -----------------------------------------------------------------------------------


def _output_by_output(dy, x, w):
    dx, dw = np.zeros(x.shape), np.zeros(w.shape)
    rows, columns = w.shape[2:]
    for b, f, i, j in np.ndindex(dy.shape):
        dx[b, :, i : i + rows, j : j + columns] += dy[b, f, i, j] * w[f]
        dw[f] += dy[b, f, i, j] * x[b, :, i : i + rows, j : j + columns]
    return [dx.tolist(), dw.tolist()]


def _window_views(dy, x, w):
    view = np.lib.stride_tricks.sliding_window_view
    dw = np.einsum("bfij,bcmnij->fcmn", dy, view(x, dy.shape[2:], axis=(2, 3)))
    margins = ((0, 0), (0, 0), *((size - 1, size - 1) for size in w.shape[2:]))
    dx = np.einsum(
        "bfijmn,fcmn->bcij", view(np.pad(dy, margins), w.shape[2:], axis=(2, 3)), w[:, :, ::-1, ::-1]
    )
    return dx, dw


def _single_precision(dy, x, w):
    return reference(*(one.astype(np.float32) for one in (dy, x, w)))


# --- wrong --------------------------------------------------------------------------------------------------


def _flip(w):
    return w[:, :, ::-1, ::-1]


@mistake(
    "`dx` uses the kernel the wrong way round. The layer does not flip its kernel; going backward, each "
    "weight sends dy back to where its pixel came from."
)
def _dx_flip_wrong(dy, x, w):
    return _input_gradient(dy, x, _flip(w)), _kernel_gradient(dy, x, w)


@mistake(
    "`dw` comes out flipped: you convolve `x` with `dy` where the layer's cross-correlation asks for "
    "another pairing."
)
def _dw_flipped(dy, x, w):
    return _input_gradient(dy, x, w), _flip(_kernel_gradient(dy, x, w))


@mistake(
    "Both gradients are those of a layer that flips its kernel. This layer computes the cross-correlation."
)
def _layer_flips(dy, x, w):
    return _input_gradient(dy, x, _flip(w)), _flip(_kernel_gradient(dy, x, w))


@mistake("The two gradients have changed places: first `dx`, then `dw`.")
def _swapped(dy, x, w):
    return reference(dy, x, w)[::-1]


@mistake(
    "`dw` is the mean over the images of the batch. The loss has its own mean, if any: here they are added "
    "up."
)
def _mean_over_batch(dy, x, w):
    dx, dw = reference(dy, x, w)
    return dx, dw / len(x)


@mistake("`dw` counts the last image of the batch only: each image must add to it, not overwrite it.")
def _last_image_only(dy, x, w):
    return _input_gradient(dy, x, w), _kernel_gradient(dy[-1:], x[-1:], w)


@mistake(
    "`dx` counts the last of the F outputs only: every output map sends its gradient back, and they add up."
)
def _last_map_only(dy, x, w):
    return _input_gradient(dy[:, -1:], x, w[-1:]), _kernel_gradient(dy, x, w)


@mistake("`dx` is the same for every input channel: each channel has weights of its own, w[f, c].")
def _channels_alike(dy, x, w):
    dx = np.broadcast_to(_input_gradient(dy, x, w).sum(axis=1, keepdims=True), x.shape)
    return dx, _kernel_gradient(dy, x, w)


@mistake(
    "`dw` is divided by the number of output positions. Each position uses the same weight, so they add up."
)
def _mean_over_positions(dy, x, w):
    dx, dw = reference(dy, x, w)
    return dx, dw / (dy.shape[2] * dy.shape[3])


@mistake(
    "Products overwrite each other in `dx`: neighbouring windows share pixels, whose gradients must be "
    "added up."
)
def _dx_overwritten(dy, x, w):
    dx = np.zeros(x.shape)
    rows, columns = w.shape[2:]
    for b, i, j in np.ndindex(len(dy), *dy.shape[2:]):
        dx[b, :, i : i + rows, j : j + columns] = np.einsum("f,fcmn->cmn", dy[b, :, i, j], w)
    return dx, _kernel_gradient(dy, x, w)


@mistake("`dx` is cut to the size of `dy`. Pixels at the border took part too: `dx` has the shape of `x`.")
def _dx_cut(dy, x, w):
    dx, dw = reference(dy, x, w)
    return dx[:, :, : dy.shape[2], : dy.shape[3]], dw


@mistake("Both gradients have the opposite sign. The step against the gradient belongs to the optimiser.")
def _negated(dy, x, w):
    dx, dw = reference(dy, x, w)
    return -dx, -dw


@mistake("The first two axes of `dw` are swapped: `w` has shape (F, C, KH, KW).")
def _channels_swapped(dy, x, w):
    dx, dw = reference(dy, x, w)
    return dx, dw.transpose(1, 0, 2, 3)


@mistake(
    "`dw` does not depend on `dy` as it should: you sum windows of `x` as if every entry of `dy` were 1."
)
def _dy_forgotten(dy, x, w):
    return _input_gradient(dy, x, w), _kernel_gradient(np.ones_like(dy), x, w)


MISTAKES = MistakeBook.of(
    _dx_flip_wrong,
    _dw_flipped,
    _layer_flips,
    _swapped,
    _mean_over_batch,
    _last_image_only,
    _last_map_only,
    _channels_alike,
    _mean_over_positions,
    _dx_overwritten,
    _dx_cut,
    _negated,
    _channels_swapped,
    _dy_forgotten,
)

# --- problems -----------------------------------------------------------------------------------------------


def _example() -> Problem:
    dy, x, w = np.array([[1, 10]]), np.array([[1, 2, 3]]), np.array([[4, 5]])
    args = tuple(one[None, None] for one in (dy, x, w))
    traits = ("there is one image", "the kernel is not square")
    return Problem(args, "one row: dy = [1, 10], x = [1, 2, 3], w = [4, 5]", traits)


def _problem(
    rng: np.random.Generator, batch: int, maps: int, channels: int, image: tuple, kernel: tuple
) -> Problem:
    dtype = np.float32 if batch == 3 else np.float64
    output = tuple(size - part + 1 for size, part in zip(image, kernel, strict=True))
    dy = halves(rng, batch, maps, *output, dtype=dtype)
    x = halves(rng, batch, channels, *image, dtype=dtype)
    w = halves(rng, maps, channels, *kernel, dtype=dtype)
    traits = {
        "there are several images": batch > 1,
        "there is one image": batch == 1,
        "there are several output maps": maps > 1,
        "there are several channels": channels > 1,
        "the kernel is not square": kernel[0] != kernel[1],
        "the kernel covers the whole image": image == kernel,
        "the kernel has a single weight per channel": kernel == (1, 1),
    }
    label = f"x of shape {x.shape}, w of shape {w.shape}{', float32' if batch == 3 else ''}"
    return Problem((dy, x, w), label, tuple(trait for trait, holds in traits.items() if holds))


def problems(rng: np.random.Generator) -> list[Problem]:
    """Draw 9 layers: a row of whole numbers; one or more images, maps, channels; kernels of all forms."""
    return [
        _example(),
        _problem(rng, 1, 1, 1, (4, 5), (2, 3)),
        _problem(rng, 1, 1, 1, (3, 3), (3, 3)),
        _problem(rng, 2, 1, 1, (3, 4), (2, 2)),
        _problem(rng, 1, 2, 1, (4, 3), (3, 2)),
        _problem(rng, 1, 1, 2, (3, 5), (1, 3)),
        _problem(rng, 2, 3, 2, (4, 5), (3, 2)),
        _problem(rng, 3, 2, 3, (3, 3), (2, 1)),
        _problem(rng, 2, 2, 3, (2, 3), (1, 1)),
    ]


CONV_BACKWARD = Exercise(
    name="conv_backward",
    title="The gradients of a convolutional layer",
    topic="training",
    statement=STATEMENT,
    stub=STUB,
    hints=HINTS,
    points=4,
    minutes=30,
    returns=("dx", "dw"),
    may_not_call=tuple(
        f"{home}.{name}"
        for home in ("lecturelib", "lecturelib.operators")
        for name in ("conv", "conv_backward", "conv_transpose")
    ),
    reference=reference,
    draw=problems,
    mistakes=MISTAKES,
    variants=(_output_by_output, _window_views, _single_precision),
)

EXERCISES = (CONV_BACKWARD,)
