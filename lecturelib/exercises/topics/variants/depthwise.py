"""depthwise(X, k): one kernel for each channel, written by the student."""

from __future__ import annotations

import numpy as np

from lecturelib.exercises.drawing import halves, whole
from lecturelib.exercises.exercise import Exercise, MistakeBook, Problem, mistake
from lecturelib.exercises.topics.variants.forbidden import BECAUSE, LAYERS
from lecturelib.exercises.topics.variants.sums import beneath, each_alone, kind_of, places, shared
from lecturelib.exercises.topics.variants.unfilled import unfilled

STATEMENT = """\
A depthwise layer filters each channel by itself. Write `depthwise(X, k)`: channel `c` of the result is the
**cross-correlation** (no flip, no padding, windows at every pixel) of channel `c` of the image with the
kernel `k[c]`. With indices from 0,

$$Y[c,i,j] = \\sum_{m,n} X[c,\\; i + m,\\; j + n]\\; k[c,m,n].$$

- `X`: array of shape `(C, H, W)`; `k`: array of shape `(C, KH, KW)`. They hold integers or floating-point
  numbers. The kernels fit into the image.
- It returns `Y`, an array of shape `(C, H - KH + 1, W - KW + 1)`, and leaves `X` and `k` as they are.

Two channels of one row, `X = [[[1, 2, 3]], [[4, 5, 6]]]`, with the kernels `k = [[[1, 10]], [[100, 1000]]]`,
give `[[[21, 32]], [[5400, 6500]]]`: 1 + 20 and 2 + 30; 400 + 5000 and 500 + 6000.
"""

STUB = '''\
def depthwise(X, k):
    """Cross-correlate each channel of X (C, H, W) with its own kernel, k of shape (C, KH, KW)."""
    raise NotImplementedError("Write depthwise here.")
'''

HINTS = (
    "Which axes does the sum run over, and which does it leave alone? Compare with the layer of many "
    "channels in and many out.",
    "For each i and j, multiply `X[:, i : i + KH, j : j + KW]` by `k`, which has the same shape, and add up "
    "the last two axes only.",
)


def reference(X: np.ndarray, k: np.ndarray) -> np.ndarray:
    """Cross-correlate each channel of X (C, H, W) with its own kernel, k of shape (C, KH, KW)."""
    return each_alone(X, k)


# --- right, and different -----------------------------------------------------------------------------------


def _five_loops(X, k):
    channels, height, width = k.shape
    rows, columns = X.shape[1] - height + 1, X.shape[2] - width + 1
    result = [[[0.0] * columns for _ in range(rows)] for _ in range(channels)]
    for c, i, j, m, n in np.ndindex(channels, rows, columns, height, width):
        result[c][i][j] += float(X[c, i + m, j + n]) * float(k[c, m, n])
    return result


def _window_view(X, k):
    return np.einsum(
        "cijmn,cmn->cij", np.lib.stride_tricks.sliding_window_view(X, k.shape[1:], axis=(1, 2)), k
    )


def _block_diagonal(X, k):
    """Use the kernel of a full layer that is zero between different channels."""
    full = np.zeros((len(k), *k.shape), dtype=np.float32)
    full[np.arange(len(k)), np.arange(len(k))] = k
    return shared(X.astype(np.float32), full)


def _window_by_window(X, k):
    size = places(X, k.shape)
    result = np.empty((len(X), *size))
    for i, j in np.ndindex(size):
        result[:, i, j] = np.sum(X[:, i : i + k.shape[1], j : j + k.shape[2]] * k, axis=(1, 2))
    return result


# --- wrong --------------------------------------------------------------------------------------------------


@mistake(
    "You add up the channels, which leaves one map. In a depthwise layer each channel keeps to itself: C "
    "maps come in, C go out."
)
def _channels_summed(X, k):
    return reference(X, k).sum(axis=0)


@mistake(_channels_summed.sentence)
def _channels_summed_axis_kept(X, k):
    return reference(X, k).sum(axis=0, keepdims=True)


@mistake(
    "Every channel of your result is the sum over all channels. Channel c comes from channel c of `X` and "
    "`k` alone."
)
def _sum_in_all(X, k):
    result = reference(X, k)
    return np.broadcast_to(result.sum(axis=0), result.shape)


@mistake(
    "You use each kernel on all channels and add up. The kernel `k[c]` meets channel c only: as a full "
    "layer, its weights between different channels are 0."
)
def _each_kernel_on_all(X, k):
    return shared(X, np.repeat(k[:, None], len(X), axis=1))


@mistake("You use all kernels on each channel and add up. Channel c meets the kernel `k[c]` only.")
def _all_kernels_on_each(X, k):
    return reference(X, np.broadcast_to(k.sum(axis=0), k.shape))


@mistake(
    "You return a map for each pair of a channel and a kernel. Only equal numbers belong together: C maps, "
    "not C × C."
)
def _all_pairs(X, k):
    return np.array([[shared(plane[None], one[None, None])[0] for plane in X] for one in k])


@mistake("You use the first kernel for all channels. Channel c has a kernel of its own, `k[c]`.")
def _first_kernel(X, k):
    return reference(X, np.broadcast_to(k[0], k.shape))


@mistake("You use the last kernel for all channels. Channel c has a kernel of its own, `k[c]`.")
def _last_kernel(X, k):
    return reference(X, np.broadcast_to(k[-1], k.shape))


@mistake("You use the mean kernel for all channels. Channel c has a kernel of its own, `k[c]`.")
def _mean_kernel(X, k):
    return reference(X, np.broadcast_to(k.mean(axis=0), k.shape))


@mistake("You filter the first channel with all kernels. The kernel `k[c]` is for channel c.")
def _first_image(X, k):
    return reference(np.broadcast_to(X[0], X.shape), k)


@mistake("You take the mean over the channels. Each keeps to itself.")
def _channels_averaged(X, k):
    return reference(X, k).mean(axis=0)


@mistake("Your kernels are flipped along both axes. Here nothing is flipped.")
def _flipped(X, k):
    return reference(X, k[:, ::-1, ::-1])


@mistake(
    "`np.flip(k)` reverses all axes, so that the channels meet each other's kernels. And here nothing is "
    "flipped at all."
)
def _all_flipped(X, k):
    return reference(X, np.flip(k))


@mistake("Your kernels come in reverse order: channel 0 meets `k[0]`.")
def _kernels_reversed(X, k):
    return reference(X, k[::-1])


@mistake("The rows of your kernels are turned over. Here nothing is flipped.")
def _rows_flipped(X, k):
    return reference(X, k[:, ::-1])


@mistake("The columns of your kernels are turned over. Here nothing is flipped.")
def _columns_flipped(X, k):
    return reference(X, k[..., ::-1])


@mistake("Your kernels are transposed: the second axis of `k` counts rows, the last one columns.")
def _transposed(X, k):
    return reference(X, k.swapaxes(1, 2))


@mistake("Rows and columns of your result are swapped: the axes are (C, rows, columns).")
def _result_transposed(X, k):
    return reference(X, k).swapaxes(1, 2)


@mistake("Your channels come last. The result has the axes (C, rows, columns).")
def _channels_last(X, k):
    return np.moveaxis(reference(X, k), 0, -1)


@mistake(
    "The last row and the last column are missing: there are H - KH + 1 rows. A kernel of 3 fits into 3 "
    "pixels once."
)
def _one_short(X, k):
    return reference(X, k)[:, :-1, :-1]


def _padded(X, k):
    """Put zeros around X so that the result is as large as X."""
    return np.pad(X, ((0, 0), *(((size - 1) // 2, size // 2) for size in k.shape[1:])))


@mistake("Your result is as large as the image: you pad with zeros. Here the kernel stays inside the image.")
def _same_size(X, k):
    return reference(_padded(X, k), k)


@mistake(
    "Your result is as large as the image, and beyond the last window it is never filled. It has H - KH + 1 "
    "rows and W - KW + 1 columns."
)
def _never_filled(X, k):
    result = np.zeros(X.shape)
    part = reference(X, k)
    result[:, : part.shape[1], : part.shape[2]] = part
    return result


@mistake(
    "Your window is centred on [i, j], and where that makes an index negative it counts from the end of the "
    "image. The window of [i, j] begins at pixel [i, j]."
)
def _centred(X, k):
    return reference(np.roll(X, [size // 2 for size in k.shape[1:]], axis=(1, 2)), k)


@mistake("Your windows lie side by side. They begin at every pixel.")
def _side_by_side(X, k):
    return reference(X, k)[:, :: k.shape[1], :: k.shape[2]]


@mistake("You divide by the number of weights. The products are added up, no more.")
def _mean(X, k):
    return reference(X, k) / k[0].size


@mistake("You divide by the sum of the weights. The products are added up, no more.")
def _normalised(X, k):
    return reference(X, k) / k.sum(axis=(1, 2), keepdims=True)


@mistake("You add up the pixels and multiply by the sum of the weights. Each pixel has a weight of its own.")
def _sums_multiplied(X, k):
    return reference(X, np.ones_like(k)) * k.sum(axis=(1, 2))[:, None, None]


@mistake("Only the last weight of each kernel counts: each overwrites the one before. Add with `+=`.")
def _last_weight(X, k):
    m, n = k.shape[1] - 1, k.shape[2] - 1
    return beneath(X, m, n, places(X, k.shape)) * k[:, m, n][:, None, None]


@mistake("Only the last channel of your result is filled. Write to `Y[c]` for each c.")
def _only_last_channel(X, k):
    result = np.zeros_like(reference(X, k))
    result[-1] = reference(X, k)[-1]
    return result


@mistake(
    "Your numbers are cut to whole numbers: the array that you fill has the dtype of `X`, which holds "
    "integers. The weights are not whole."
)
def _dtype_of_x(X, k):
    return reference(X, k).astype(X.dtype)


MISTAKES = MistakeBook.of(
    _channels_summed,
    _channels_summed_axis_kept,
    _sum_in_all,
    _each_kernel_on_all,
    _all_kernels_on_each,
    _all_pairs,
    _first_kernel,
    _last_kernel,
    _mean_kernel,
    _first_image,
    _channels_averaged,
    _flipped,
    _all_flipped,
    _kernels_reversed,
    _rows_flipped,
    _columns_flipped,
    _transposed,
    _result_transposed,
    _channels_last,
    _one_short,
    _same_size,
    _never_filled,
    _centred,
    _side_by_side,
    _mean,
    _normalised,
    _sums_multiplied,
    _last_weight,
    _only_last_channel,
    _dtype_of_x,
    *unfilled(reference, "H - KH + 1 rows and W - KW + 1 columns"),
)

# --- problems -----------------------------------------------------------------------------------------------


def _problem(X: np.ndarray, k: np.ndarray, name: str = "") -> Problem:
    channels, height, width = k.shape
    rows, columns = places(X, k.shape)
    traits = {
        "there is one channel": channels == 1,
        "there are several channels": channels > 1,
        "the kernels are square": height == width,
        "the kernels are not square": height != width,
        "the kernels are single weights": height == width == 1,
        "the kernels have several weights": height * width > 1,
        "the kernels are as large as the image": rows == columns == 1,
        "the kernels fit at several places": rows * columns > 1,
        "the result is square": rows == columns,
        "the result is not square": rows != columns,
        "X holds integers": X.dtype.kind == "i",
        "X holds floating-point numbers": X.dtype.kind == "f",
    }
    label = name or f"X {X.shape} ({kind_of(X)}), k {k.shape}"
    return Problem((X, k), label, tuple(trait for trait, holds in traits.items() if holds))


def problems(rng: np.random.Generator) -> list[Problem]:
    """Draw 11 layers: the example; one channel to five, kernels of all proportions."""
    example = np.arange(1, 7).reshape(2, 1, 3), 10 ** np.arange(4).reshape(2, 1, 2)
    shapes = [
        ((3, 5, 6), (3, 2, 3)),
        ((2, 6, 5), (2, 3, 2)),
        ((1, 4, 6), (1, 2, 3)),
        ((4, 5, 4), (4, 3, 1)),
        ((3, 4, 3), (3, 1, 1)),
        ((2, 3, 4), (2, 3, 4)),
        ((3, 6, 7), (3, 3, 3)),
    ]
    rows = [(halves(rng, *image), halves(rng, *kernel)) for image, kernel in shapes]
    rows += [
        tuple(halves(rng, *shape, dtype=np.float32) for shape in ((5, 4, 6), (5, 2, 2))),
        (whole(rng, 3, 6, 4), halves(rng, 3, 2, 3)),
        (whole(rng, 2, 4, 7), halves(rng, 2, 2, 4)),
    ]
    return [_problem(*example, "the example in the statement"), *(_problem(*row) for row in rows)]


DEPTHWISE = Exercise(
    name="depthwise",
    title="Each channel by itself",
    topic="variants",
    statement=STATEMENT,
    stub=STUB,
    hints=HINTS,
    points=2,
    minutes=10,
    may_not_call=LAYERS,
    may_not_call_because=BECAUSE,
    reference=reference,
    draw=problems,
    mistakes=MISTAKES,
    variants=(_five_loops, _window_view, _block_diagonal, _window_by_window),
)
