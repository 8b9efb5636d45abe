"""conv_backward(dy, x, w): the gradients of a convolutional layer, written by the student."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from lecturelib.exercises.drawing import halves, whole
from lecturelib.exercises.exercise import Exercise, Problem
from lecturelib.exercises.topics.training.backward_mistakes import MISTAKES
from lecturelib.exercises.topics.training.conv_sums import reference
from lecturelib.exercises.topics.training.forbidden import CONVOLVED

STATEMENT = """\
A convolutional layer computes the **cross-correlation** (no flip, as every library of neural networks does),
with stride 1 and no padding: $y[b,f,i,j] = \\sum_{c,m,n} x[b,c,i+m,j+n]\\, w[f,c,m,n]$. Write
`conv_backward(dy, x, w)`: given the gradient of the loss with respect to `y`, the gradients with respect to
`x` and `w`.

- `dy`: array of shape `(N, F, H - KH + 1, W - KW + 1)`.
- `x`: array of shape `(N, C, H, W)`; `w`: array of shape `(F, C, KH, KW)`, no larger than the image.
  All three hold integers or floating-point numbers.
- It returns the pair `(dx, dw)`, with the shapes of `x` and `w`, and leaves its arguments as they are. What
  the images of the batch contribute is added up, not averaged.

One image, one channel and one row, `dy = [1, 10]`, `x = [1, 2, 3]`, `w = [4, 5]`, each with three axes of
length 1 before: `dx` is `[4, 45, 50]` and `dw` is `[21, 32]`.
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


# --- problems -----------------------------------------------------------------------------------------------


def _problem(dy: np.ndarray, x: np.ndarray, w: np.ndarray, name: str = "") -> Problem:
    (maps, channels, height, width), batch = w.shape, len(x)
    traits = {
        "there are several images": batch > 1,
        "there is one image": batch == 1,
        "there are several output maps": maps > 1,
        "there is one output map": maps == 1,
        "there are several channels": channels > 1,
        "there is one channel": channels == 1,
        "there are as many output maps as channels": maps == channels,
        "the kernel is square": height == width,
        "the kernel is not square": height != width,
        "the kernel covers the whole image": x.shape[2:] == w.shape[2:],
        "the kernel has a single weight per channel": height == width == 1,
        "the kernel has several weights per channel": height * width > 1,
        "x and w hold integers": x.dtype.kind == w.dtype.kind == "i",
        "x and w hold floating-point numbers": x.dtype.kind == w.dtype.kind == "f",
    }
    label = name or f"x of shape {x.shape}, w of shape {w.shape}, {x.dtype}"
    return Problem((dy, x, w), label, tuple(trait for trait, holds in traits.items() if holds))


def _drawn(draw_dy: Callable, draw: Callable, maps: int, images: tuple, kernel: tuple) -> Problem:
    """Draw a layer: `images` is (N, C, H, W), `kernel` is (KH, KW)."""
    output = tuple(size - part + 1 for size, part in zip(images[2:], kernel, strict=True))
    return _problem(draw_dy(images[0], maps, *output), draw(*images), draw(maps, images[1], *kernel))


def problems(rng: np.random.Generator) -> list[Problem]:
    """Draw 13 layers: the example; one or more images, maps, channels; kernels of all proportions."""
    example = (np.array([[[list(row)]]]) for row in ((1, 10), (1, 2, 3), (4, 5)))
    numbers, integers = partial(halves, rng), partial(whole, rng)
    single = partial(halves, rng, dtype=np.float32)
    return [
        _problem(*example, "one row: dy = [1, 10], x = [1, 2, 3], w = [4, 5]"),
        _drawn(numbers, numbers, 1, (1, 1, 4, 5), (2, 3)),
        _drawn(numbers, numbers, 1, (1, 1, 3, 3), (3, 3)),
        _drawn(numbers, numbers, 1, (2, 1, 3, 4), (2, 2)),
        _drawn(numbers, numbers, 2, (1, 1, 4, 3), (3, 2)),
        _drawn(numbers, numbers, 1, (1, 2, 3, 5), (1, 3)),
        _drawn(numbers, numbers, 3, (2, 2, 4, 5), (3, 2)),
        _drawn(single, single, 2, (3, 3, 3, 3), (2, 1)),
        _drawn(numbers, numbers, 2, (2, 3, 2, 3), (1, 1)),
        _drawn(numbers, numbers, 2, (3, 2, 5, 4), (2, 2)),
        _drawn(numbers, numbers, 3, (1, 3, 4, 4), (3, 3)),
        _drawn(numbers, integers, 2, (2, 3, 4, 3), (2, 2)),
        _drawn(numbers, integers, 3, (1, 2, 3, 5), (2, 3)),
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
    may_not_call=CONVOLVED,
    may_not_call_because="The library's layer does the whole exercise; write the sums yourself.",
    reference=reference,
    draw=problems,
    mistakes=MISTAKES,
    variants=(_output_by_output, _window_views, _single_precision),
)
