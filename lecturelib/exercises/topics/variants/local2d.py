"""local2d(X, W): a locally connected layer, written by the student."""

from __future__ import annotations

import numpy as np

from lecturelib.exercises.drawing import halves, whole
from lecturelib.exercises.exercise import Exercise, Problem
from lecturelib.exercises.topics.variants.forbidden import BECAUSE, LAYERS
from lecturelib.exercises.topics.variants.local_mistakes import MISTAKES
from lecturelib.exercises.topics.variants.sums import kind_of, unshared

STATEMENT = """\
A locally connected layer looks at the windows that a convolutional layer looks at, but each place has
**weights of its own**. Write `local2d(X, W)`. As everywhere in this homework nothing is flipped; there is no
padding, and windows begin at every pixel. With indices from 0,

$$Y[o,i,j] = \\sum_{c,m,n} X[c,\\; i + m,\\; j + n]\\; W[o,i,j,c,m,n].$$

- `X`: array of shape `(C_in, height, width)`, integers or floating-point numbers.
- `W`: array of shape `(C_out, rows, columns, C_in, KH, KW)`, in this order: output channel, place in the
  **output**, input channel, place in the kernel. `rows` is `height - KH + 1`, `columns` is
  `width - KW + 1`.
- It returns `Y`, an array of shape `(C_out, rows, columns)`, and leaves `X` and `W` as they are.

One row, `X = [[[1, 2, 3, 5]]]`, and three kernels, `W = [[[[[[1, 0]]], [[[0, 1]]], [[[10, 10]]]]]`, give
`[[[1, 3, 80]]]`: the first pixel of the first window, the second of the second, and ten times the sum of
the third.
"""

STUB = '''\
def local2d(X, W):
    """Locally connected layer: X (C_in, height, width), W (C_out, rows, columns, C_in, KH, KW)."""
    raise NotImplementedError("Write local2d here.")
'''

HINTS = (
    "For one number of the result, all that is needed is a window of X and a kernel. `W[o, i, j]` is that "
    "kernel: what is its shape, and which part of X has the same?",
    "`C_out, rows, columns, C_in, KH, KW = W.shape` gives all sizes. Then "
    "`Y[o, i, j]` is the sum of `X[:, i : i + KH, j : j + KW] * W[o, i, j]`, in three loops.",
)


def reference(X: np.ndarray, W: np.ndarray) -> np.ndarray:
    """Cross-correlate X with a kernel for each place, W (C_out, rows, columns, C_in, KH, KW)."""
    return unshared(X, W)


# --- right, and different -----------------------------------------------------------------------------------


def _six_loops(X, W):
    outputs, rows, columns, inputs, height, width = W.shape
    result = [[[0.0] * columns for _ in range(rows)] for _ in range(outputs)]
    for o, i, j, c, m, n in np.ndindex(outputs, rows, columns, inputs, height, width):
        result[o][i][j] += float(X[c, i + m, j + n]) * float(W[o, i, j, c, m, n])
    return result


def _window_view(X, W):
    view = np.lib.stride_tricks.sliding_window_view(X, W.shape[4:], axis=(1, 2))
    return np.einsum("cijmn,oijcmn->oij", view, W)


def _single_precision(X, W):
    X, W = X.astype(np.float32), W.astype(np.float32)
    outputs, rows, columns, _, height, width = W.shape
    result = np.empty((outputs, rows, columns), dtype=np.float32)
    for i, j in np.ndindex(rows, columns):
        result[:, i, j] = W[:, i, j].reshape(outputs, -1) @ X[:, i : i + height, j : j + width].ravel()
    return result


def _sent_by_pixels(X, W):
    """Let each pixel give to the places that see it."""
    outputs, rows, columns, inputs, height, width = W.shape
    result = np.zeros((outputs, rows, columns))
    for c, row, column in np.ndindex(X.shape):
        for m, n in np.ndindex(height, width):
            i, j = row - m, column - n
            if 0 <= i < rows and 0 <= j < columns:
                result[:, i, j] += X[c, row, column] * W[:, i, j, c, m, n]
    return result


# --- problems -----------------------------------------------------------------------------------------------


def _problem(X: np.ndarray, W: np.ndarray, name: str = "") -> Problem:
    outputs, rows, columns, inputs, height, width = W.shape
    alike = bool(np.all(W[:, :1, :1] == W))
    traits = {
        "all kernels of a map are equal": alike,
        "the kernels of a map differ": not alike,
        "the output is square": rows == columns,
        "the output is not square": rows != columns,
        "the kernel is square": height == width,
        "the kernel is not square": height != width,
        "the kernel is a single weight for each channel": height == width == 1,
        "the kernel has several weights for each channel": height * width > 1,
        "the kernel has one row or one column": min(height, width) == 1,
        "the kernel has several rows and columns": min(height, width) > 1,
        "there is a single place": rows == columns == 1,
        "there are several places": rows * columns > 1,
        "there is one input channel": inputs == 1,
        "there are several input channels": inputs > 1,
        "there are as many output channels as input channels": inputs == outputs,
        "the numbers of input and output channels differ": inputs != outputs,
        "X holds integers": X.dtype.kind == "i",
        "X holds floating-point numbers": X.dtype.kind == "f",
    }
    equal = ", equal kernels" if alike and rows * columns > 1 else ""
    label = name or f"X {X.shape} ({kind_of(X)}), W {W.shape}{equal}"
    return Problem((X, W), label, tuple(trait for trait, holds in traits.items() if holds))


def _shapes(inputs: int, size: tuple[int, int], outputs: int, kernel: tuple[int, int]) -> tuple:
    """Give the shapes of X and W for an output of this size."""
    image = (inputs, *(count + k - 1 for count, k in zip(size, kernel, strict=True)))
    return image, (outputs, *size, inputs, *kernel)


def problems(rng: np.random.Generator) -> list[Problem]:
    """Draw 16 layers: the example; oblong outputs and kernels, square ones, equal kernels."""
    example = np.array([[[1, 2, 3, 5]]]), np.array([[1, 0], [0, 1], [10, 10]]).reshape(1, 1, 3, 1, 1, 2)
    shapes = [
        _shapes(2, (3, 4), 3, (2, 3)),
        _shapes(3, (4, 2), 2, (3, 2)),
        _shapes(2, (3, 3), 3, (2, 4)),
        _shapes(1, (4, 4), 2, (3, 2)),
        _shapes(3, (3, 3), 3, (2, 3)),
        _shapes(2, (2, 2), 2, (3, 4)),
        _shapes(2, (3, 5), 2, (2, 2)),
        _shapes(3, (1, 1), 4, (3, 2)),
        _shapes(2, (4, 3), 3, (1, 1)),
        _shapes(2, (3, 3), 2, (2, 2)),
        _shapes(1, (2, 2), 3, (3, 3)),
    ]
    rows = [(halves(rng, *image), halves(rng, *weights)) for image, weights in shapes]
    image, weights = _shapes(2, (4, 3), 3, (2, 3))
    rows += [
        (halves(rng, *image, dtype=np.float32), halves(rng, *weights, dtype=np.float32)),
        (halves(rng, *image), _alike(halves(rng, 3, 1, 1, 2, 2, 3), (4, 3))),
    ]
    image, weights = _shapes(2, (3, 3), 2, (3, 1))
    rows += [
        (whole(rng, *image), halves(rng, *weights)),
        (whole(rng, *image), _alike(halves(rng, 2, 1, 1, 2, 3, 1), (3, 3))),
    ]
    return [_problem(*example, "the example in the statement"), *(_problem(*row) for row in rows)]


def _alike(kernels: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Repeat one kernel for each output channel at all places."""
    return np.tile(kernels, (1, *size, 1, 1, 1))


LOCAL2D = Exercise(
    name="local2d",
    title="Weights that are not shared",
    topic="variants",
    statement=STATEMENT,
    stub=STUB,
    hints=HINTS,
    points=3,
    minutes=20,
    may_not_call=LAYERS,
    may_not_call_because=BECAUSE,
    reference=reference,
    draw=problems,
    mistakes=MISTAKES,
    variants=(_six_loops, _window_view, _single_precision, _sent_by_pixels),
)
