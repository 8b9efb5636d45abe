"""xcorr_to_conv(kernel) and compose(k1, k2): kernels from kernels, written by the student."""

from __future__ import annotations

import numpy as np

from lecturelib.exercises.drawing import halves, whole
from lecturelib.exercises.exercise import Exercise, MistakeBook, Problem, mistake
from lecturelib.exercises.topics.convolution.forbidden import BECAUSE, FORBIDDEN

# --- xcorr_to_conv ------------------------------------------------------------------------------------------

XCORR_STATEMENT = """\
Write `xcorr_to_conv(kernel)`: the kernel with which **convolution** (which flips it) gives what
**cross-correlation** (which does not) gives with `kernel`.

- `kernel`: array of real numbers with one, two or three axes, each of size at least 1.
- It returns an array of the same shape and leaves `kernel` as it is.
"""

XCORR_STUB = '''\
def xcorr_to_conv(kernel):
    """Kernel whose convolution equals the cross-correlation with `kernel` (one, two or three axes)."""
    raise NotImplementedError("Write xcorr_to_conv here.")
'''

XCORR_HINTS = (
    "Start with one axis: which weight meets the first sample of a window in cross-correlation, and which "
    "in convolution?",
    "What happens along one axis happens along every axis, however many there are.",
)


def xcorr_reference(kernel: np.ndarray) -> np.ndarray:
    """Reverse every axis."""
    return np.flip(kernel).copy()


def _reverse_each_axis(kernel):
    for axis in range(kernel.ndim):
        kernel = np.take(kernel, range(kernel.shape[axis] - 1, -1, -1), axis=axis)
    return kernel


def _reverse_flat(kernel):
    return kernel.astype(np.float32).ravel()[::-1].reshape(kernel.shape)


def _reverse_lists(kernel):
    def turn(part):
        return [turn(item) for item in reversed(part)] if isinstance(part, list) else part

    return turn(kernel.tolist())


@mistake("Your function returns the kernel as it was. Convolution flips it, so the answer must undo that.")
def _unchanged(kernel):
    return kernel.copy()


@mistake("Only the first axis is reversed. Convolution flips the kernel along all of its axes.")
def _first_axis(kernel):
    return kernel[::-1].copy()


@mistake("Only the last axis is reversed. Convolution flips the kernel along all of its axes.")
def _last_axis(kernel):
    return kernel[..., ::-1].copy()


@mistake("The axes are swapped instead of reversed: a transpose is no flip.")
def _transposed(kernel):
    return kernel.T.copy()


@mistake("The axes are reversed and swapped as well: leave out the transpose.")
def _transposed_and_flipped(kernel):
    return np.flip(kernel.T).copy()


@mistake("Your kernel is turned by a quarter. How many quarter turns reverse both axes of an image?")
def _quarter_turn(kernel):
    return np.rot90(kernel).copy()


@mistake("The weights have changed sign instead of place.")
def _negated(kernel):
    return -kernel


@mistake(
    "Your function keeps the first weight in place and reverses the rest: that is index -i counted around a "
    "circle. Here the whole axis is reversed."
)
def _around_circle(kernel):
    return np.roll(np.flip(kernel), 1, axis=tuple(range(kernel.ndim)))


@mistake("The weights are in the right order, but all in one row: give them back the shape of `kernel`.")
def _flat(kernel):
    return kernel.ravel()[::-1].copy()


@mistake(
    "Your function works for two axes only: with one axis it fails. Reverse however many axes there are."
)
def _two_axes_only(kernel):
    return kernel[::-1, ::-1].copy()


@mistake("Your weights are sorted, not reversed: the answer is the kernel read backwards along each axis.")
def _sorted(kernel):
    return np.flip(np.sort(kernel, axis=None)).reshape(kernel.shape)


def _kernel_problem(kernel: np.ndarray) -> Problem:
    kind = {"i": "integers", "f": "float32 numbers" if kernel.dtype == np.float32 else "numbers"}[
        kernel.dtype.kind
    ]
    axes = {1: "one axis", 2: "two axes", 3: "three axes"}[kernel.ndim]
    traits = [f"the kernel has {axes}"]
    if len(set(kernel.shape)) > 1:
        traits.append("the axes differ in size")
    return Problem((kernel,), f"kernel of shape {kernel.shape} ({kind})", tuple(traits))


def xcorr_problems(rng: np.random.Generator) -> list[Problem]:
    """Draw 11 kernels of one, two and three axes, the worked example first."""
    shapes = [(4,), (5,), (3, 3), (2, 4), (1, 3), (3, 2, 4), (2, 3, 1)]
    kernels = [halves(rng, *shape) for shape in shapes]
    examples = [np.array([1, 10, 100]), np.array([[1, 10], [100, 1000]])]
    return [
        _kernel_problem(one)
        for one in (*examples, *kernels, whole(rng, 4, 3), halves(rng, 3, 5, dtype=np.float32))
    ]


XCORR_TO_CONV = Exercise(
    name="xcorr_to_conv",
    title="From cross-correlation to convolution",
    topic="convolution",
    statement=XCORR_STATEMENT,
    stub=XCORR_STUB,
    hints=XCORR_HINTS,
    points=1,
    minutes=5,
    reference=xcorr_reference,
    draw=xcorr_problems,
    mistakes=MistakeBook.of(
        _unchanged,
        _first_axis,
        _last_axis,
        _transposed,
        _transposed_and_flipped,
        _quarter_turn,
        _negated,
        _around_circle,
        _flat,
        _two_axes_only,
        _sorted,
    ),
    variants=(_reverse_each_axis, _reverse_flat, _reverse_lists),
)

# --- compose ------------------------------------------------------------------------------------------------

COMPOSE_STATEMENT = """\
An image is **convolved** with `k1`, and the result with `k2`, both in mode `"full"` and with the kernels
flipped. Write `compose(k1, k2)`: the one kernel that does the work of both.

- `k1`: array of shape `(H1, W1)`; `k2`: array of shape `(H2, W2)`. All sizes are at least 1.
- It returns an array of shape `(H1 + H2 - 1, W1 + W2 - 1)` and leaves `k1` and `k2` as they are.
"""

COMPOSE_STUB = '''\
def compose(k1, k2):
    """Kernel of two convolutions in a row, first with k1, then with k2."""
    raise NotImplementedError("Write compose here.")
'''

COMPOSE_HINTS = (
    "What do the two layers answer to an image that is 1 at one pixel and 0 elsewhere? That answer is the "
    "kernel.",
    "Weight k1[a, b] sends a pixel on by (a, b), weight k2[c, d] by (c, d). Where does the product of the "
    "two weights go?",
)


def _full(k1: np.ndarray, k2: np.ndarray) -> np.ndarray:
    (h1, w1), (h2, w2) = k1.shape, k2.shape
    result = np.zeros((h1 + h2 - 1, w1 + w2 - 1), dtype=np.result_type(k1, k2))
    for (row, column), weight in np.ndenumerate(k2):
        result[row : row + h1, column : column + w1] += weight * k1
    return result


def compose_reference(k1: np.ndarray, k2: np.ndarray) -> np.ndarray:
    """Convolve the two kernels, of shapes (H1, W1) and (H2, W2)."""
    return _full(k1, k2)


def _four_loops(k1, k2):
    result = [[0.0] * (len(k1[0]) + len(k2[0]) - 1) for _ in range(len(k1) + len(k2) - 1)]
    for a, row1 in enumerate(k1.tolist()):
        for b, weight1 in enumerate(row1):
            for c, row2 in enumerate(k2.tolist()):
                for d, weight2 in enumerate(row2):
                    result[a + c][b + d] += weight1 * weight2
    return result


def _fourier(k1, k2):
    size = tuple(a + b - 1 for a, b in zip(k1.shape, k2.shape, strict=True))
    return np.fft.irfft2(np.fft.rfft2(k1, size) * np.fft.rfft2(k2, size), size)


def _windows(k1, k2):
    margins = tuple((size - 1, size - 1) for size in k2.shape)
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(k1.astype(np.float32), margins), k2.shape)
    return np.tensordot(windows, k2[::-1, ::-1].astype(np.float32), axes=2)


@mistake(
    "You cross-correlate the two kernels: the second slides over the first without being flipped. Two "
    "convolutions in a row are the convolution with which kernel?"
)
def _correlation(k1, k2):
    return _full(k1, k2[::-1, ::-1])


@mistake("You cross-correlate the two kernels, with the first one flipped instead of neither.")
def _first_flipped(k1, k2):
    return _full(k1[::-1, ::-1], k2)


@mistake("Both kernels are flipped in your answer. It is the right one read backwards along both axes.")
def _both_flipped(k1, k2):
    return _full(k1, k2)[::-1, ::-1]


@mistake(
    "You flip along one axis only when you combine the kernels: rows are treated right, columns are not."
)
def _columns_unflipped(k1, k2):
    return _full(k1, k2[:, ::-1])


@mistake(
    "You flip along one axis only when you combine the kernels: columns are treated right, rows are not."
)
def _rows_unflipped(k1, k2):
    return _full(k1, k2[::-1])


@mistake(
    "Your answer keeps only the part that is as large as `k1`. The combined kernel reaches further than "
    "either."
)
def _same_size(k1, k2):
    rows, columns = ((size - 1) // 2 for size in k2.shape)
    return _full(k1, k2)[rows : rows + k1.shape[0], columns : columns + k1.shape[1]]


@mistake(
    "Your answer is the kernel of the sum of the two layers. They follow each other, so the second acts on "
    "the first."
)
def _sum_of_layers(k1, k2):
    size = tuple(max(a, b) for a, b in zip(k1.shape, k2.shape, strict=True))
    return sum(np.pad(k, [(0, a - b) for a, b in zip(size, k.shape, strict=True)]) for k in (k1, k2))


@mistake(
    "You add the two kernels: that is what two layers side by side give, and it fails where the shapes "
    "differ. Here the second layer acts on what the first one gives."
)
def _plain_sum(k1, k2):
    return k1 + k2


@mistake("You multiply the kernels weight by weight. Every weight of one meets every weight of the other.")
def _product(k1, k2):
    return k1 * k2


@mistake(
    "You multiply the kernels as matrices. Every weight of one meets every weight of the other, at shifted "
    "places."
)
def _matrix_product(k1, k2):
    return k1 @ k2


@mistake(
    "The sizes are added without taking one off: two kernels that share a pixel reach H1 + H2 - 1, not H1 + "
    "H2."
)
def _one_too_large(k1, k2):
    return np.pad(_full(k1, k2), ((0, 1), (0, 1)))


@mistake("The second kernel is transposed: rows and columns have changed places.")
def _transposed(k1, k2):
    return _full(k1, k2.T)


@mistake(
    "Your products overwrite each other: several pairs of weights end at the same place and must be added up."
)
def _overwritten(k1, k2):
    result = np.zeros_like(_full(k1, k2))
    for (row, column), weight in np.ndenumerate(k2):
        result[row : row + k1.shape[0], column : column + k1.shape[1]] = weight * k1
    return result


@mistake(
    "Your answer wraps around: the products that do not fit come in again at the other end. Make room for "
    "them."
)
def _wraps(k1, k2):
    size = tuple(max(a, b) for a, b in zip(k1.shape, k2.shape, strict=True))
    return np.fft.irfft2(np.fft.rfft2(k1, size) * np.fft.rfft2(k2, size), size)


def _pair_problem(k1: np.ndarray, k2: np.ndarray) -> Problem:
    kind = "integers" if k1.dtype.kind == "i" else "float32 numbers" if k1.dtype == np.float32 else "numbers"
    traits = {
        "the two kernels have the same shape": k1.shape == k2.shape,
        "the two kernels differ in shape": k1.shape != k2.shape,
        "k2 is larger than k1": k2.size > k1.size,
        "a kernel has a single weight": 1 in (k1.size, k2.size),
        "the kernels hold integers": k1.dtype.kind == "i",
    }
    label = f"k1 of shape {k1.shape}, k2 of shape {k2.shape} ({kind})"
    return Problem((k1, k2), label, tuple(trait for trait, holds in traits.items() if holds))


def compose_problems(rng: np.random.Generator) -> list[Problem]:
    """Draw 9 pairs: the worked example; equal and different shapes, single rows, columns and weights."""
    shapes = [
        ((3, 3), (3, 3)),
        ((3, 4), (2, 3)),
        ((2, 2), (4, 3)),
        ((1, 3), (3, 1)),
        ((1, 4), (1, 3)),
        ((3, 2), (1, 1)),
    ]
    pairs = [(halves(rng, *one), halves(rng, *other)) for one, other in shapes]
    pairs.append((whole(rng, 3, 2), whole(rng, 2, 4)))
    pairs.append((halves(rng, 2, 3, dtype=np.float32), halves(rng, 3, 3, dtype=np.float32)))
    example = np.array([[1, 10]]), np.array([[1, 2, 3]])
    return [_pair_problem(*pair) for pair in (example, *pairs)]


COMPOSE = Exercise(
    name="compose",
    title="Two layers in one kernel",
    topic="convolution",
    statement=COMPOSE_STATEMENT,
    stub=COMPOSE_STUB,
    hints=COMPOSE_HINTS,
    points=2,
    minutes=10,
    may_not_call=FORBIDDEN,
    may_not_call_because=BECAUSE,
    reference=compose_reference,
    draw=compose_problems,
    mistakes=MistakeBook.of(
        _correlation,
        _first_flipped,
        _both_flipped,
        _columns_unflipped,
        _rows_unflipped,
        _same_size,
        _sum_of_layers,
        _plain_sum,
        _product,
        _matrix_product,
        _one_too_large,
        _transposed,
        _overwritten,
        _wraps,
    ),
    variants=(_four_loops, _fourier, _windows),
)
