"""conv2d(x, k, mode, boundary): convolution of an image, written by the student."""

from __future__ import annotations

import numpy as np

from lecturelib.exercises.drawing import halves, whole
from lecturelib.exercises.exercise import Exercise, MistakeBook, Problem, mistake
from lecturelib.exercises.topics.convolution.forbidden import BECAUSE, FORBIDDEN

STATEMENT = """\
Write `conv2d(x, k, mode, boundary)`, the **convolution** of an image,
$(x * k)[i,j] = \\sum_{m,n} x[i-m,\\, j-n]\\, k[m,n]$. The kernel is flipped along both axes.

- `x`: array of shape `(H, W)`; `k`: array of shape `(KH, KW)`, any mixture of even and odd sizes, integers or
  floating-point numbers. Both have at least one row and one column.
- `boundary`: what lies outside the image: `"zeros"`, or `"circular"`, the image repeated in all directions.
- `mode`:
    - `"full"`: shape `(H + KH - 1, W + KW - 1)`: the image is padded by `KH - 1` rows above and below
      and by `KW - 1` columns left and right.
    - `"same"`: shape `(H, W)`: it starts at row `(KH - 1) // 2` and column `(KW - 1) // 2` of `"full"`.
    - `"valid"`: shape `(H - KH + 1, W - KW + 1)`: nothing from outside is used, so `boundary` does not
      matter. The kernel is never larger than the image here; in the other two modes it may be.

It leaves `x` and `k` as they are.
"""

STUB = '''\
def conv2d(x, k, mode, boundary):
    """Convolve x of shape (H, W) with k; mode "full", "same" or "valid", boundary "zeros" or "circular"."""
    raise NotImplementedError("Write conv2d here.")
'''

HINTS = (
    "Separate two questions: pad the image as `mode` and `boundary` ask, then take the valid convolution of "
    "what you have.",
    "Along the rows, `full` needs KH - 1 extra rows above and as many below. `same` needs KH - 1 extra rows "
    "in total: with an even kernel, one side gets one more. The columns go alike.",
)

_Margins = tuple[tuple[int, int], tuple[int, int]]


def _valid(x: np.ndarray, k: np.ndarray) -> np.ndarray:
    height, width = (size - part + 1 for size, part in zip(x.shape, k.shape, strict=True))
    result = np.zeros((height, width), dtype=np.result_type(x, k))
    for (row, column), weight in np.ndenumerate(k[::-1, ::-1]):
        result += weight * x[row : row + height, column : column + width]
    return result


def _margins(shape: tuple[int, ...], mode: str) -> _Margins:
    return tuple(
        {"full": (s - 1, s - 1), "same": (s // 2, (s - 1) // 2), "valid": (0, 0)}[mode] for s in shape
    )


def _padded(x: np.ndarray, margins: _Margins, boundary: str) -> np.ndarray:
    return np.pad(x, margins, mode={"zeros": "constant", "circular": "wrap"}.get(boundary, boundary))


def reference(x: np.ndarray, k: np.ndarray, mode: str, boundary: str) -> np.ndarray:
    """Convolve x of shape (H, W) with k of shape (KH, KW)."""
    return _valid(_padded(x, _margins(k.shape, mode), boundary), k)


# --- right, and different -----------------------------------------------------------------------------------


def _four_loops(x, k, mode, boundary):
    (height, width), (rows, columns) = x.shape, k.shape
    top, left, out_height, out_width = {
        "full": (0, 0, height + rows - 1, width + columns - 1),
        "same": ((rows - 1) // 2, (columns - 1) // 2, height, width),
        "valid": (rows - 1, columns - 1, height - rows + 1, width - columns + 1),
    }[mode]
    result = [[0.0] * out_width for _ in range(out_height)]
    for i in range(out_height):
        for j in range(out_width):
            for m in range(rows):
                for n in range(columns):
                    row, column = i + top - m, j + left - n
                    if boundary == "circular":
                        row, column = row % height, column % width
                    if 0 <= row < height and 0 <= column < width:
                        result[i][j] += float(x[row, column]) * float(k[m, n])
    return result


def _window_view(x, k, mode, boundary):
    padded = _padded(x, _margins(k.shape, mode), boundary)
    return np.einsum("ijmn,mn", np.lib.stride_tricks.sliding_window_view(padded, k.shape), k[::-1, ::-1])


def _single_precision(x, k, mode, boundary):
    return reference(x.astype(np.float32), k.astype(np.float32), mode, boundary)


def _fourier(x, k, mode, boundary):
    padded = _padded(x, _margins(k.shape, mode), boundary)
    size = tuple(a + b - 1 for a, b in zip(padded.shape, k.shape, strict=True))
    full = np.fft.irfft2(np.fft.rfft2(padded, size) * np.fft.rfft2(k, size), size)
    return full[k.shape[0] - 1 : padded.shape[0], k.shape[1] - 1 : padded.shape[1]]


# --- wrong --------------------------------------------------------------------------------------------------


@mistake(
    "Your answer is the cross-correlation: the kernel slides over the image without being flipped. Which "
    "pixel meets k[0, 0] in the definition?"
)
def _no_flip(x, k, mode, boundary):
    return reference(x, k[::-1, ::-1], mode, boundary)


@mistake(
    "Your answer equals the right one with the kernel flipped along one axis only: its rows are turned "
    "over, its columns are not. Check which axes you reverse."
)
def _rows_flipped_only(x, k, mode, boundary):
    return reference(x, k[:, ::-1], mode, boundary)


@mistake(
    "Your answer equals the right one with the kernel flipped along one axis only: its columns are turned "
    "over, its rows are not. Check which axes you reverse."
)
def _columns_flipped_only(x, k, mode, boundary):
    return reference(x, k[::-1], mode, boundary)


@mistake("Your kernel is transposed: its rows and columns are swapped. Flipping is not transposing.")
def _transposed(x, k, mode, boundary):
    return reference(x, k.T, mode, boundary)


@mistake(
    "Your kernel is transposed and slides without being flipped: `k.T` is not the flipped kernel. Reverse "
    "each axis instead of swapping the two."
)
def _transposed_instead_of_flipped(x, k, mode, boundary):
    return reference(x, k.T[::-1, ::-1], mode, boundary)


@mistake("The boundary is always zero in your answer: `boundary='circular'` changes nothing.")
def _always_zeros(x, k, mode, boundary):
    return reference(x, k, mode, "zeros")


@mistake("The image always wraps around in your answer, also when `boundary` is 'zeros'.")
def _always_circular(x, k, mode, boundary):
    return reference(x, k, mode, "circular")


@mistake("Instead of repeating the image, `circular` mirrors it at its border.")
def _mirrored(x, k, mode, boundary):
    return reference(x, k, mode, "symmetric" if boundary == "circular" else boundary)


@mistake("Instead of repeating the image, `circular` repeats its outermost pixels.")
def _edge_repeated(x, k, mode, boundary):
    return reference(x, k, mode, "edge" if boundary == "circular" else boundary)


@mistake(
    "`same` is off by one place along axes where the kernel has an even size: the extra row or column of "
    "margin is on the wrong side."
)
def _same_late(x, k, mode, boundary):
    margins = _margins(k.shape, mode)
    if mode == "same":
        margins = tuple((after, before) for before, after in margins)
    return _valid(_padded(x, margins, boundary), k)


@mistake("`same` takes the upper left corner of `full`. It should be centred on the image.")
def _same_at_corner(x, k, mode, boundary):
    margins = tuple((size - 1, 0) for size in k.shape) if mode == "same" else _margins(k.shape, mode)
    return _valid(_padded(x, margins, boundary), k)


@mistake(
    "The margins of rows and columns are swapped: you pad rows by the kernel's width and columns by its "
    "height."
)
def _margins_swapped(x, k, mode, boundary):
    return _valid(_padded(x, _margins(k.shape, mode)[::-1], boundary), k)


@mistake("Your function returns `full` whatever `mode` is.")
def _always_full(x, k, mode, boundary):
    return reference(x, k, "full", boundary)


@mistake("Your function returns `same` whatever `mode` is.")
def _always_same(x, k, mode, boundary):
    return reference(x, k, "same", boundary)


@mistake("Your function returns `valid` whatever `mode` is.")
def _always_valid(x, k, mode, boundary):
    return reference(x, k, "valid", boundary)


@mistake(
    "`valid` misses its last row and its last column: there are H - KH + 1 positions along the rows, not H "
    "- KH."
)
def _valid_short(x, k, mode, boundary):
    result = reference(x, k, mode, boundary)
    return result[:-1, :-1] if mode == "valid" else result


@mistake(
    "Your numbers are cut to whole numbers whenever the image holds integers: the result takes over the "
    "dtype of `x`, but the weights are not whole."
)
def _dtype_of_x(x, k, mode, boundary):
    return reference(x, k, mode, boundary).astype(x.dtype)


@mistake("Your numbers are cut to whole numbers: the array that collects the sum has an integer dtype.")
def _integers_only(x, k, mode, boundary):
    return reference(x, k, mode, boundary).astype(int)


@mistake(
    "Your circular `full` repeats the circular `same`, which begins (KH - 1) // 2 rows and (KW - 1) // 2 "
    "columns later. `full` begins with the first weight on the first pixel: its origin is at the corner."
)
def _full_wraps_same(x, k, mode, boundary):
    if (mode, boundary) != ("full", "circular"):
        return reference(x, k, mode, boundary)
    return np.pad(reference(x, k, "same", boundary), [(0, size - 1) for size in k.shape], mode="wrap")


@mistake(
    "Your circular `same` begins at the first row and column of `full`. It should be centred, as with "
    "zeros: begin at row (KH - 1) // 2 and column (KW - 1) // 2."
)
def _same_wraps_corner(x, k, mode, boundary):
    if (mode, boundary) != ("same", "circular"):
        return reference(x, k, mode, boundary)
    return reference(x, k, "full", boundary)[: x.shape[0], : x.shape[1]]


@mistake(
    "Your answer is divided by the sum of the weights or by their number: convolution is a plain weighted "
    "sum."
)
def _mean(x, k, mode, boundary):
    return reference(x, k, mode, boundary) / k.size


MISTAKES = MistakeBook.of(
    _no_flip,
    _rows_flipped_only,
    _columns_flipped_only,
    _transposed,
    _transposed_instead_of_flipped,
    _always_zeros,
    _always_circular,
    _mirrored,
    _edge_repeated,
    _same_late,
    _same_at_corner,
    _margins_swapped,
    _always_full,
    _always_same,
    _always_valid,
    _valid_short,
    _dtype_of_x,
    _integers_only,
    _full_wraps_same,
    _same_wraps_corner,
    _mean,
)

# --- problems -----------------------------------------------------------------------------------------------


def _problem(x: np.ndarray, k: np.ndarray, mode: str, boundary: str, name: str = "") -> Problem:
    kinds = {"i": "integers", "f": "float32 numbers" if x.dtype == np.float32 else "numbers"}
    arrays = f"x of shape {x.shape} ({kinds[x.dtype.kind]}), k of shape {k.shape}"
    label = f"{name or arrays}, mode '{mode}', boundary '{boundary}'"
    traits = {
        f"mode is '{mode}'": True,
        f"boundary is '{boundary}'": True,
        "the kernel has an even number of rows or columns": any(size % 2 == 0 for size in k.shape),
        "the kernel has odd sizes": all(size % 2 for size in k.shape),
        "the kernel is not square": k.shape[0] != k.shape[1],
        "the kernel is larger than the image": any(a > b for a, b in zip(k.shape, x.shape, strict=True)),
        "the kernel has a single row": k.shape[0] == 1,
        "the kernel has a single column": k.shape[1] == 1,
        "x holds integers": x.dtype.kind == "i",
        "x holds floating-point numbers": x.dtype.kind == "f",
    }
    return Problem((x, k, mode, boundary), label, tuple(trait for trait, holds in traits.items() if holds))


def problems(rng: np.random.Generator) -> list[Problem]:
    """Draw 23 problems: the worked example; odd, even, flat, upright and oversized kernels."""
    wide = halves(rng, 5, 6)
    odd, even = halves(rng, 3, 3), halves(rng, 2, 4)
    counts = whole(rng, 6, 4)
    upright = halves(rng, 3, 2)
    single = halves(rng, 4, 5, dtype=np.float32)
    flat = halves(rng, 1, 3, dtype=np.float32)
    tiny, large = halves(rng, 2, 3), halves(rng, 4, 5)
    both = [(mode, boundary) for mode in ("full", "same") for boundary in ("zeros", "circular")]
    rows = [(wide, odd, *options) for options in both]
    rows += [(wide, even, *options) for options in both]
    rows += [(counts, upright, *options) for options in both]
    rows += [(tiny, large, *options) for options in both[1:3]]
    rows += [(single, flat, "same", "circular"), (wide.T, flat.T, "full", "zeros")]
    rows += [
        (wide, odd, "valid", "zeros"),
        (counts, upright, "valid", "circular"),
        (large, even, "valid", "zeros"),
    ]
    image, kernel = np.arange(1, 13).reshape(3, 4), np.array([[1, 10], [100, 1000]])
    options = [("valid", "zeros"), *both[:1], *both[2:]]
    example = [_problem(image, kernel, *option, "the worked example") for option in options]
    return [*example, *(_problem(*row) for row in rows)]


CONV2D = Exercise(
    name="conv2d",
    title="Convolve an image",
    topic="convolution",
    statement=STATEMENT,
    stub=STUB,
    hints=HINTS,
    points=4,
    minutes=25,
    may_not_call=FORBIDDEN,
    may_not_call_because=BECAUSE,
    reference=reference,
    draw=problems,
    mistakes=MISTAKES,
    variants=(_four_loops, _window_view, _single_precision, _fourier),
)
