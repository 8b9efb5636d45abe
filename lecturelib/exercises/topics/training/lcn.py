"""lcn(x, omega, c, mode): local contrast normalization, written by the student."""

from __future__ import annotations

import numpy as np

from lecturelib.exercises.drawing import halves, whole
from lecturelib.exercises.exercise import Exercise, Problem
from lecturelib.exercises.topics.training.forbidden import NORMALIZED
from lecturelib.exercises.topics.training.lcn_mistakes import MISTAKES
from lecturelib.exercises.topics.training.lcn_steps import centred, reference, spread

STATEMENT = """\
Local contrast normalization compares every place with its neighbourhood, **in all maps at once**. Write
`lcn(x, omega, c, mode)`. With indices from 0 and $a, b$ the window's reach, `KH // 2` and `KW // 2`:

1. Subtract the weighted mean of the neighbourhood over all `C` maps:
   $v[i,j,k] = x[i,j,k] - \\frac1C \\sum_{i',p,q} \\omega[p,q]\\; x[i',\\, j + p - a,\\, k + q - b]$.
2. Compute the size of the neighbourhood of **v**, one number for each place, for all maps together:
   $\\sigma[j,k] = \\sqrt{\\frac1C \\sum_{i',p,q} \\omega[p,q]\\; v[i',\\, j + p - a,\\, k + q - b]^2}$.
3. Return $y[i,j,k] = v[i,j,k] \\,/\\, \\max(c, \\sigma[j,k])$, and 0 where that divisor is 0.

- `x`: array of shape `(C, H, W)`, integers or floating-point numbers; `C >= 1`.
- `omega`: array of shape `(KH, KW)`, both odd, none negative; its numbers add up to 1. The window is centred.
  It is **not** flipped: `omega[0, 0]` meets the upper left neighbour.
- `c`: a number above 0, or `None`. With `None`, $c$ is the mean of $\\sigma$ over all places.
- `mode`: what lies beyond the border, of `x` in step 1 and of `v` in step 2. `"zeros"`: zeros. `"reflect"`:
  the picture mirrored at its border pixels, which are **not** repeated: `1 2 3` goes on as
  `3 2 | 1 2 3 | 2 1`. The reach is smaller than the picture.
- It returns `y` of shape `(C, H, W)` and leaves its arguments as they are.

One map of one row, `[[[0, 0, 8, 0, 0]]]`, `omega = [[0.25, 0.5, 0.25]]`, `c = 4` and `"zeros"`: $v$ is
0, -2, 4, -2, 0, and $\\sigma^2$ is 1, 6, 10, 6, 1; no $\\sigma$ is above 4, so $y$ is 0, -0.5, 1, -0.5, 0.
"""

STUB = '''\
def lcn(x, omega, c, mode):
    """Normalize x (C, H, W) locally: window omega (KH, KW), least divisor c, mode zeros or reflect."""
    raise NotImplementedError("Write lcn here.")
'''

HINTS = (
    "First write a function that gives the weighted sum of the window around each place of one picture "
    "(H, W), with its border. Both steps use it: which single picture does each of them hand over?",
    "Step 1 hands over the mean of the maps, `x.mean(axis=0)`, step 2 the mean of the squares of `v`. "
    "`np.pad` knows both borders, as 'constant' and 'reflect'. Divide at the very end, and only where the "
    "divisor is not 0.",
)

# --- right, and different -----------------------------------------------------------------------------------


def _inside(index, length, mode):
    """Tell which pixel an index means; None for a zero."""
    if 0 <= index < length:
        return index
    if mode == "zeros":
        return None
    return -index if index < 0 else 2 * (length - 1) - index


def _place_by_place(x, omega, c, mode):
    channels, height, width = x.shape

    def around(maps, j, k):
        total = 0.0
        for p, q in np.ndindex(omega.shape):
            row = _inside(j + p - omega.shape[0] // 2, height, mode)
            column = _inside(k + q - omega.shape[1] // 2, width, mode)
            if row is not None and column is not None:
                total += omega[p, q] * sum(float(one[row, column]) for one in maps) / channels
        return total

    places = list(np.ndindex(height, width))
    mean = np.array([around(x, *place) for place in places]).reshape(height, width)
    v = [one - mean for one in x]
    squares = [one * one for one in v]
    sigma = np.array([around(squares, *place) for place in places]).reshape(height, width) ** 0.5
    least = sum(sigma.ravel()) / len(places) if c is None else c
    y = np.zeros(x.shape)
    for place in places:
        divisor = max(least, sigma[place])
        for i in range(channels):
            y[(i, *place)] = v[i][place] / divisor if divisor else 0
    return y.tolist()


def _window_view(x, omega, c, mode):
    kernel = np.broadcast_to(omega / len(x), (len(x), *omega.shape))

    def around(maps):
        margins = [(0, 0), *((side // 2,) * 2 for side in omega.shape)]
        wide = np.pad(maps, margins, mode="reflect" if mode == "reflect" else "constant")
        view = np.lib.stride_tricks.sliding_window_view(wide, omega.shape, axis=(1, 2))
        return np.einsum("ijkpq,ipq->jk", view, kernel)

    v = x - around(x)
    sigma = np.sqrt(around(v**2))
    divisor = np.maximum(sigma, np.mean(sigma) if c is None else c)
    divisor[divisor == 0] = 1
    return v / divisor


def _single_precision(x, omega, c, mode):
    return reference(x.astype(np.float32), omega.astype(np.float32), c, mode).astype(np.float32)


# --- problems -----------------------------------------------------------------------------------------------


def _problem(x: np.ndarray, omega: np.ndarray, c: float | None, mode: str, name: str = "") -> Problem:
    sigma = spread(centred(x, omega, mode), omega, mode)
    low = sigma.mean() if c is None else c
    traits = {
        "c is None": c is None,
        "c is a number": c is not None,
        f"mode is '{mode}'": True,
        "there is one map": len(x) == 1,
        "there are several maps": len(x) > 1,
        "the window is a single weight": omega.size == 1,
        "the window has several weights": omega.size > 1,
        "the window is not square": omega.shape[0] != omega.shape[1],
        "the picture is 0 everywhere": not x.any(),
        "c is above sigma everywhere": c is not None and bool(np.all(sigma < low)),
        "c is below sigma everywhere": c is not None and bool(np.all(sigma > low)),
        "c is above sigma in some places only": bool(np.any(sigma < low) and np.any(sigma > low)),
        "x holds integers": x.dtype.kind == "i",
        "x holds floating-point numbers": x.dtype.kind == "f",
    }
    kind = "integers" if x.dtype.kind == "i" else str(x.dtype)
    given = "None" if c is None else f"{c:g}"
    label = f"{name or f'x {x.shape}, {kind}'}, omega {omega.shape}, c = {given}, mode {mode!r}"
    return Problem((x, omega, c, mode), label, tuple(trait for trait, holds in traits.items() if holds))


def _window(rng: np.random.Generator, height: int, width: int) -> np.ndarray:
    """Draw weights without any symmetry that add up to 1."""
    weights = rng.permutation(np.arange(1, height * width + 1)).reshape(height, width)
    return weights / weights.sum()


def problems(rng: np.random.Generator) -> list[Problem]:
    """Draw 18 pictures: one map to four, both borders, c above, amid and below sigma or its mean."""
    pencil = np.array([[[0, 4, 2]], [[2, 8, 4]]]), np.array([[0, 0, 1]])
    example = np.array([[[0, 0, 8, 0, 0]]]), np.array([[0.25, 0.5, 0.25]])
    levels = np.broadcast_to(np.arange(4.0)[:, None, None], (4, 2, 3)).copy()
    sizes = [
        ((3, 4, 5), (3, 5), 4.0, "zeros"),
        ((2, 5, 3), (5, 3), None, "zeros"),
        ((2, 4, 5), (3, 3), 4.5, "reflect"),
        ((3, 3, 4), (3, 5), None, "reflect"),
        ((1, 5, 4), (3, 3), None, "reflect"),
        ((1, 3, 6), (1, 5), 3.0, "zeros"),
        ((4, 4, 3), (3, 1), None, "zeros"),
        ((2, 4, 4), (3, 3), 50.0, "zeros"),
        ((3, 4, 3), (3, 3), 0.01, "reflect"),
        ((2, 2, 4), (1, 1), 2.0, "zeros"),
    ]
    rows = [(halves(rng, *shape), _window(rng, *window), c, mode) for shape, window, c, mode in sizes]
    rows += [
        (whole(rng, 2, 4, 3), _window(rng, 3, 3), 3.5, "zeros"),
        (whole(rng, 2, 3, 5), _window(rng, 3, 3), None, "reflect"),
        (halves(rng, 2, 4, 4, dtype=np.float32), _window(rng, 5, 3).astype(np.float32), None, "zeros"),
    ]
    flat = _window(rng, 3, 3)
    faint = halves(rng, 2, 4, 3) / 64, _window(rng, 3, 3), None, "reflect"
    return [
        _problem(*pencil, 2, "zeros", "two maps of one row, the right neighbour alone"),
        _problem(*example, 4.0, "zeros", "the example in the statement"),
        _problem(levels + rng.integers(3), flat, 1.0, "reflect", "four constant maps"),
        _problem(np.zeros((2, 2, 3)), flat, None, "zeros", "x = 0, shape (2, 2, 3)"),
        _problem(*faint, "a faint picture, shape (2, 4, 3)"),
        *(_problem(*row) for row in rows),
    ]


LCN = Exercise(
    name="lcn",
    title="Local contrast",
    topic="training",
    statement=STATEMENT,
    stub=STUB,
    hints=HINTS,
    points=3,
    minutes=25,
    may_not_call=NORMALIZED,
    may_not_call_because="It does the whole exercise in one call; write the three steps yourself.",
    reference=reference,
    draw=problems,
    mistakes=MISTAKES,
    variants=(_place_by_place, _window_view, _single_precision),
)
