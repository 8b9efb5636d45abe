"""tiled2d(X, K, t): a tiled convolution, written by the student."""

from __future__ import annotations

import numpy as np

from lecturelib.exercises.drawing import halves, whole
from lecturelib.exercises.exercise import Exercise, Problem
from lecturelib.exercises.topics.variants.forbidden import BECAUSE, LAYERS
from lecturelib.exercises.topics.variants.sums import kind_of
from lecturelib.exercises.topics.variants.tiled_mistakes import MISTAKES
from lecturelib.exercises.topics.variants.tiled_sum import reference

STATEMENT = """\
In a tiled convolution `t` × `t` kernels take turns through the image, like the colours of tiles. Write
`tiled2d(X, K, t)`. Nothing is flipped, there is no padding, and windows begin at every pixel. Everything
counts from 0: the number in **row i and column j of the output** uses the kernel `[i % t, j % t]`,

$$Y[o,i,j] = \\sum_{c,m,n} X[c,\\; i + m,\\; j + n]\\; K[i \\bmod t,\\; j \\bmod t,\\; o, c, m, n].$$

- `X`: array of shape `(C_in, H, W)`; `K`: array of shape `(t, t, C_out, C_in, KH, KW)`. They hold integers or
  floating-point numbers. The kernel fits into the image.
- `t`: int, at least 1. With 1 the layer is a convolution. `t` may exceed the rows or columns of the output;
  some kernels then never have their turn.
- It returns `Y`, an array of shape `(C_out, H - KH + 1, W - KW + 1)`, and leaves `X` and `K` as they are.

The row `X = [[[1, 1, 1, 2, 1, 3, 1]]]`, `t = 2` and kernels of 1 × 2 with `K[0, 0] = [[[[1, 0]]]]` and
`K[0, 1] = [[[[1, 1]]]]` give `[[[1, 2, 1, 3, 1, 4]]]`. The kernels of odd rows have no turn here.
"""

STUB = '''\
def tiled2d(X, K, t):
    """Cross-correlate X (C_in, H, W) with t x t kernels in turns: K (t, t, C_out, C_in, KH, KW)."""
    raise NotImplementedError("Write tiled2d here.")
'''

HINTS = (
    "It is the sum of a convolutional layer; only the kernel depends on the place. The place is that in the "
    "output, and its row and its column are asked separately.",
    "For each i and j of the output: take `K[i % t, j % t]`, of shape (C_out, C_in, KH, KW), and the window "
    "`X[:, i : i + KH, j : j + KW]`; multiply, and add up the last three axes.",
)

# --- right, and different -----------------------------------------------------------------------------------


def _seven_loops(X, K, t):
    _, _, outputs, inputs, height, width = K.shape
    rows, columns = X.shape[1] - height + 1, X.shape[2] - width + 1
    result = [[[0.0] * columns for _ in range(rows)] for _ in range(outputs)]
    for o, i, j, c, m, n in np.ndindex(outputs, rows, columns, inputs, height, width):
        result[o][i][j] += float(X[c, i + m, j + n]) * float(K[i % t, j % t, o, c, m, n])
    return result


def _phase_by_phase(X, K, t):
    """Slide each kernel everywhere and keep the places at which it has its turn."""
    view = np.lib.stride_tricks.sliding_window_view(X, K.shape[4:], axis=(1, 2))
    result = np.zeros((K.shape[2], *view.shape[1:3]))
    for p, q in np.ndindex(t, t):
        result[:, p::t, q::t] = np.einsum("cijmn,ocmn->oij", view[:, p::t, q::t], K[p, q])
    return result


def _single_precision(X, K, t):
    X, K = X.astype(np.float32), K.astype(np.float32)
    rows, columns = X.shape[1] - K.shape[4] + 1, X.shape[2] - K.shape[5] + 1
    result = np.empty((K.shape[2], rows, columns), dtype=np.float32)
    for i, j in np.ndindex(rows, columns):
        window = X[:, i : i + K.shape[4], j : j + K.shape[5]]
        result[:, i, j] = (K[i % t, j % t] * window).sum(axis=(1, 2, 3))
    return result


def _laid_out(X, K, t):
    """Repeat the kernels until there is one for each place."""
    view = np.lib.stride_tricks.sliding_window_view(X, K.shape[4:], axis=(1, 2))
    turns = [-(-count // t) for count in view.shape[1:3]]
    each = np.tile(K, (*turns, 1, 1, 1, 1))[: view.shape[1], : view.shape[2]]
    return np.einsum("cijmn,ijocmn->oij", view, each)


# --- problems -----------------------------------------------------------------------------------------------


def _problem(X: np.ndarray, K: np.ndarray, name: str = "") -> Problem:
    t, (outputs, inputs, height, width) = K.shape[0], K.shape[2:]
    rows, columns = X.shape[1] - height + 1, X.shape[2] - width + 1
    traits = {
        "t is 1": t == 1,
        "t is 2": t == 2,
        "t is above 1": t > 1,
        "t is 3 or more": t >= 3,
        "t is at least as large as the output": t >= max(rows, columns),
        "the output is larger than t × t": t < rows and t < columns,
        "the output is larger than t × t along one axis only": min(rows, columns) <= t < max(rows, columns),
        "the output has as many rows as columns": rows == columns,
        "the output is not square": rows != columns,
        "the kernels are single weights": height == width == 1,
        "the kernels have several weights": height * width > 1,
        "the kernels are not square": height != width,
        "there are as many output channels as input channels": inputs == outputs,
        "the numbers of input and output channels differ": inputs != outputs,
        "there is one input channel": inputs == 1,
        "there are several input channels": inputs > 1,
        "X holds integers": X.dtype.kind == "i",
        "X holds floating-point numbers": X.dtype.kind == "f",
    }
    label = name or f"X {X.shape} ({kind_of(X)}), K {K.shape}, t = {t}"
    return Problem((X, K, t), label, tuple(trait for trait, holds in traits.items() if holds))


def problems(rng: np.random.Generator) -> list[Problem]:
    """Draw 14 layers: the example; one kernel, 2 × 2, 3 × 3, and as many as outputs or more."""
    example = np.array([[[1, 1, 1, 2, 1, 3, 1]]])
    kernels = np.array([[1, 0], [1, 1], [5, 7], [3, 9]]).reshape(2, 2, 1, 1, 1, 2)
    shapes = [
        ((2, 5, 6), (1, 1, 3, 2, 2, 3)),
        ((3, 4, 6), (1, 1, 2, 3, 3, 2)),
        ((2, 5, 7), (2, 2, 3, 2, 2, 3)),
        ((2, 7, 5), (2, 2, 2, 2, 3, 1)),
        ((1, 5, 7), (2, 2, 3, 1, 1, 2)),
        ((2, 6, 8), (3, 3, 2, 2, 3, 2)),
        ((2, 5, 9), (3, 3, 3, 2, 1, 3)),
        ((3, 4, 5), (3, 3, 2, 3, 2, 3)),
        ((2, 4, 4), (4, 4, 3, 2, 2, 1)),
        ((2, 5, 4), (2, 2, 3, 2, 1, 1)),
        ((2, 3, 8), (3, 3, 2, 2, 2, 2)),
    ]
    rows = [(halves(rng, *image), halves(rng, *weights)) for image, weights in shapes]
    single = [halves(rng, *shape, dtype=np.float32) for shape in ((3, 7, 6), (2, 2, 2, 3, 2, 3))]
    rows += [tuple(single), (whole(rng, 2, 5, 8), halves(rng, 3, 3, 2, 2, 2, 2))]
    return [_problem(example, kernels, "the example in the statement"), *(_problem(*row) for row in rows)]


TILED2D = Exercise(
    name="tiled2d",
    title="Kernels that take turns",
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
    variants=(_seven_loops, _phase_by_phase, _single_precision, _laid_out),
)
