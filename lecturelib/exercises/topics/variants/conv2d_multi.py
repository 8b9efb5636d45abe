"""conv2d_multi(X, K, b, stride, pad): a convolutional layer, written by the student."""

from __future__ import annotations

import numpy as np

from lecturelib.exercises.drawing import halves, whole
from lecturelib.exercises.exercise import Exercise, Problem
from lecturelib.exercises.topics.variants.forbidden import BECAUSE, LAYERS
from lecturelib.exercises.topics.variants.multi_mistakes import MISTAKES
from lecturelib.exercises.topics.variants.multi_sum import padded, reference
from lecturelib.exercises.topics.variants.sums import kind_of, places

STATEMENT = """\
Write `conv2d_multi(X, K, b, stride, pad)`, a convolutional layer as libraries have it. It computes the
**cross-correlation**: the kernel is not flipped. With indices from 0,

$$Y[o,i,j] = b[o] + \\sum_{c,m,n} \\tilde X[c,\\; s i + m,\\; s j + n]\\; K[o,c,m,n],$$

where $s$ is `stride`, and $\\tilde X$ is `X` with `pad` rows of zeros above and below, and `pad` columns of
zeros left and right.

- `X`: array of shape `(C_in, H, W)`. `K`: array of shape `(C_out, C_in, KH, KW)`. `b`: array of shape
  `(C_out,)`. Each holds integers or floating-point numbers.
- `stride`: int, at least 1. `pad`: int, at least 0. The kernel fits into the padded image at least once; it
  may be larger than `X` itself.
- It returns `Y`, an array of shape `(C_out, rows, columns)`, with `(H + 2 * pad - KH) / stride + 1` rows,
  rounded down; the columns alike. Pixels that are left over at the end are not used.

It leaves `X`, `K` and `b` as they are.

Two channels of one row, `[[[1, 2, 3]], [[4, 5, 6]]]`, with `K = [[[[1, 10]], [[100, 1000]]]]`, `b = [5]`,
`stride = 1` and `pad = 0` give `[[[5426, 6537]]]`: the first number is 1 + 20 + 400 + 5000 + 5.
"""

STUB = '''\
def conv2d_multi(X, K, b, stride, pad):
    """Cross-correlate X (C_in, H, W) with K (C_out, C_in, KH, KW), then add b (C_out,)."""
    raise NotImplementedError("Write conv2d_multi here.")
'''

HINTS = (
    "First get a single number right, Y[o, i, j]: cut the window out of all channels of the padded image, "
    "multiply it by the kernel `K[o]`, add up, add the bias. Then three loops.",
    "`np.pad(X, ((0, 0), (pad, pad), (pad, pad)))` leaves the channels alone. The window is "
    "`[:, i * stride : i * stride + KH, j * stride : j * stride + KW]` of that: its shape is that of `K[o]`.",
)


# --- right, and different -----------------------------------------------------------------------------------


def _six_loops(X, K, b, stride, pad):
    (_, height, width), (_, _, rows, columns) = X.shape, K.shape
    result = []
    for kernel, bias in zip(K, b, strict=True):
        plane = []
        for top in range(-pad, height + pad - rows + 1, stride):
            row = []
            for left in range(-pad, width + pad - columns + 1, stride):
                total = float(bias)
                for c, m, n in np.ndindex(kernel.shape):
                    if 0 <= top + m < height and 0 <= left + n < width:
                        total += float(X[c, top + m, left + n]) * float(kernel[c, m, n])
                row.append(total)
            plane.append(row)
        result.append(plane)
    return result


def _window_view(X, K, b, stride, pad):
    view = np.lib.stride_tricks.sliding_window_view(padded(X, pad), K.shape[2:], axis=(1, 2))
    return np.einsum("cijmn,ocmn->oij", view[:, ::stride, ::stride], K) + b.reshape(-1, 1, 1)


def _single_precision(X, K, b, stride, pad):
    everywhere = reference(*(one.astype(np.float32) for one in (X, K, b)), 1, pad)
    return everywhere[:, ::stride, ::stride]


def _one_matrix(X, K, b, stride, pad):
    wide = padded(X, pad)
    size = places(wide, K.shape, stride)
    columns = [
        wide[:, i * stride : i * stride + K.shape[2], j * stride : j * stride + K.shape[3]].ravel()
        for i, j in np.ndindex(size)
    ]
    return (K.reshape(len(K), -1) @ np.transpose(columns) + b[:, None]).reshape(-1, *size)


# --- problems -----------------------------------------------------------------------------------------------


def _problem(X: np.ndarray, K: np.ndarray, b: np.ndarray, stride: int, pad: int, name: str = "") -> Problem:
    inputs, outputs = X.shape[0], K.shape[0]
    size = [side + 2 * pad for side in X.shape[1:]]
    over = any((side - k) % stride for side, k in zip(size, K.shape[2:], strict=True))
    traits = {
        "there are as many output channels as input channels": inputs == outputs,
        "the numbers of input and output channels differ": inputs != outputs,
        "there is one input channel": inputs == 1,
        "there are several input channels": inputs > 1,
        "there is one output channel": outputs == 1,
        "there are several output channels": outputs > 1,
        "stride is 1": stride == 1,
        "stride is above 1": stride > 1,
        "pad is 0": pad == 0,
        "pad is above 0": pad > 0,
        "the kernel is not square": K.shape[2] != K.shape[3],
        "the kernel is a single weight for each channel": K.shape[2:] == (1, 1),
        "the kernel has several weights for each channel": K.shape[2:] != (1, 1),
        "the kernel is larger than X": K.shape[2] > X.shape[1] or K.shape[3] > X.shape[2],
        "the stride leaves pixels over": over,
        "the stride leaves no pixels over": not over,
        "the result has a single place": places(padded(X, pad), K.shape, stride) == (1, 1),
        "X holds integers": X.dtype.kind == "i",
        "X holds floating-point numbers": X.dtype.kind == "f",
    }
    label = name or f"X {X.shape} ({kind_of(X)}), K {K.shape}, stride = {stride}, pad = {pad}"
    return Problem((X, K, b, stride, pad), label, tuple(trait for trait, holds in traits.items() if holds))


def problems(rng: np.random.Generator) -> list[Problem]:
    """Draw 16 layers: the example; strides 1 to 3, margins 0 to 3, kernels of all proportions."""
    example = np.arange(1, 7).reshape(2, 1, 3), 10 ** np.arange(4).reshape(1, 2, 1, 2), np.array([5]), 1, 0
    float_shapes = [
        ((3, 5, 6), (2, 3, 2, 3), 1, 0),
        ((2, 6, 5), (4, 2, 3, 2), 2, 1),
        ((2, 7, 6), (2, 2, 2, 3), 1, 1),
        ((2, 5, 8), (2, 2, 3, 1), 2, 0),
        ((4, 3, 4), (2, 4, 3, 4), 1, 0),
        ((2, 2, 3), (3, 2, 4, 3), 1, 2),
        ((3, 9, 8), (2, 3, 1, 1), 3, 0),
        ((3, 4, 5), (2, 3, 1, 4), 2, 3),
        ((2, 6, 7), (3, 2, 2, 3), 2, 0),
        ((2, 5, 6), (4, 2, 2, 3), 1, 0),
        ((3, 4, 6), (1, 3, 2, 2), 3, 1),
    ]
    rows = [
        (halves(rng, *image), halves(rng, *kernel), halves(rng, kernel[0]), stride, pad)
        for image, kernel, stride, pad in float_shapes
    ]
    single = [halves(rng, *shape, dtype=np.float32) for shape in ((3, 8, 7), (3, 3, 3, 2), (3,))]
    rows += [
        (*single, 3, 2),
        (whole(rng, 2, 5, 7), halves(rng, 3, 2, 3, 2), halves(rng, 3), 1, 1),
        (whole(rng, 1, 6, 5), whole(rng, 4, 1, 2, 2), halves(rng, 4), 2, 0),
        (whole(rng, 2, 7, 5), halves(rng, 2, 2, 2, 2), whole(rng, 2), 3, 1),
    ]
    return [_problem(*example, "the example in the statement"), *(_problem(*row) for row in rows)]


CONV2D_MULTI = Exercise(
    name="conv2d_multi",
    title="Many channels in, many channels out",
    topic="variants",
    statement=STATEMENT,
    stub=STUB,
    hints=HINTS,
    points=4,
    minutes=25,
    may_not_call=LAYERS,
    may_not_call_because=BECAUSE,
    reference=reference,
    draw=problems,
    mistakes=MISTAKES,
    variants=(_six_loops, _window_view, _single_precision, _one_matrix),
)
