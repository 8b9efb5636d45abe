"""out_size(n, k, p, s, d, mode): how many outputs a layer has along an axis, counted by the student."""

from __future__ import annotations

import numpy as np

from lecturelib.exercises.exercise import Exercise, Problem
from lecturelib.exercises.guard import ways_to
from lecturelib.exercises.topics.variants.forbidden import LAYERS
from lecturelib.exercises.topics.variants.size_count import MODES, reference, span_of, zeros_of
from lecturelib.exercises.topics.variants.size_mistakes import MISTAKES

STATEMENT = """\
A kernel slides along an axis of `n` numbers. Write `out_size(n, k, p, s, d, mode)`: **how many numbers come
out**. First zeros are put around the input, as `mode` says. Then windows begin at the places 0, `s`, 2`s`, …
of what results, as long as the whole window fits; numbers left over at the end are not used.

- `n`: int, at least 1. `k`: int, at least 1, the number of weights. `s`: int, at least 1, the stride.
- `d`: int, at least 1, the dilation: neighbouring weights meet numbers that are `d` places apart. With 1 they
  meet neighbours.
- `mode`: how many zeros there are.
    - `None`: `p` zeros before the input and `p` after it.
    - `"valid"`: none.
    - `"same"`: as many as it takes to get `n / s` numbers out, rounded up.
    - `"full"`: `d * (k - 1)` zeros before the input and as many after it.
- `p`: int, at least 0. It matters only where `mode` is `None`; in the other modes ignore it.
- It returns one whole number. Where no window fits, it is 0.

For `n = 10`, `k = 3`, `p = 1`, `s = 2`, `d = 1` the answer is 5 with `None`, 4 with `"valid"`, 5 with
`"same"` and 6 with `"full"`. Whether the kernel is flipped makes no difference.
"""

STUB = '''\
def out_size(n, k, p, s, d, mode):
    """Numbers that come out of n: kernel k, zeros p, stride s, dilation d; mode None, valid, same, full."""
    raise NotImplementedError("Write out_size here.")
'''

HINTS = (
    "Ask three questions in turn: how long is the input with its zeros? From its first to its last weight, "
    "how many places does the kernel cover? At how many places can it begin, and which of them are used?",
    "The kernel covers d * (k - 1) + 1 places. If it can begin at places 0 to m, the windows begin at 0, s, "
    "2s, … up to m: m // s + 1 of them, and none where m is negative. The mode 'same' needs no zeros to be "
    "counted; n / s rounded up is -(-n // s).",
)

# --- right, and different -----------------------------------------------------------------------------------


def _places_listed(n, k, p, s, d, mode):
    if mode == "same":
        return len(range(0, n, s))
    length = n + 2 * {None: p, "valid": 0, "full": d * (k - 1)}[mode]
    return len([place for place in range(0, length, s) if place + d * (k - 1) < length])


def _window_view(n, k, p, s, d, mode):
    before, after = {"valid": (0, 0), "full": (d * (k - 1), d * (k - 1))}.get(mode, (p, p))
    if mode == "same":
        lacking = max(0, (int(np.ceil(n / s)) - 1) * s + d * (k - 1) + 1 - n)
        before, after = lacking // 2, lacking - lacking // 2
    padded = np.pad(np.ones(n), (before, after))
    window = d * (k - 1) + 1
    if window > len(padded):
        return 0
    return np.lib.stride_tricks.sliding_window_view(padded, window)[::s, ::d].shape[0]


def _with_ceil(n, k, p, s, d, mode):
    if mode == "same":
        return np.ceil(n / s)
    begins = n + {None: 2 * p, "valid": 0, "full": 2 * d * (k - 1)}[mode] - d * (k - 1)
    return max(0.0, np.ceil(begins / s))


# --- problems -----------------------------------------------------------------------------------------------


def _problem(n: int, k: int, p: int, s: int, d: int, mode: str | None) -> Problem:
    span, room = span_of(k, d), n + zeros_of(k, p, d, mode)
    explicit = mode != "same"
    traits = {
        "mode is None": mode is None,
        f"mode is '{mode}'": mode is not None,
        "mode is not 'same'": explicit,
        "the stride is 1": s == 1,
        "the stride is above 1": s > 1,
        "the dilation is 1": d == 1,
        "the dilation is above 1": d > 1,
        "k is even": k % 2 == 0,
        "k is odd": k % 2 == 1,
        "k is 1": k == 1,
        "p is 0": p == 0,
        "p is above 0": p > 0,
        "no window fits": explicit and room < span,
        "a window fits": not explicit or room >= span,
        "the kernel covers more than the n numbers": span > n,
        "numbers are left over at the end": explicit and room >= span and (room - span) % s > 0,
        "no numbers are left over": explicit and room >= span and (room - span) % s == 0,
        "s does not divide n": n % s > 0,
    }
    label = f"n = {n}, k = {k}, p = {p}, s = {s}, d = {d}, mode {mode!r}"
    return Problem((n, k, p, s, d, mode), label, tuple(trait for trait, holds in traits.items() if holds))


def problems(rng: np.random.Generator) -> list[Problem]:
    """Draw 56 layers: fourteen sizes in all modes, three of them random, some too small for the kernel."""

    def draw(first: int, last: int) -> int:
        return int(rng.integers(first, last + 1))

    sizes = [
        (10, 3, 1, 2, 1),
        (75, 10, 0, 5, 1),
        (13, 4, 1, 3, 1),
        (13, 4, 2, 1, 2),
        (9, 1, 2, 4, 3),
        (5, 6, 0, 3, 1),
        (8, 2, 1, 1, 1),
        (9, 2, 0, 3, 1),
        (3, 4, 1, 2, 3),
        (4, 7, 0, 1, 2),
        (11, 3, 3, 4, 2),
        (draw(14, 30), draw(2, 5), draw(1, 3), draw(2, 4), draw(2, 3)),
        (draw(14, 30), 2 * draw(1, 3), draw(1, 3), draw(3, 5), 1),
        (draw(31, 40), draw(3, 6), draw(1, 4), draw(2, 6), draw(2, 4)),
    ]
    return [_problem(*size, mode) for size in sizes for mode in MODES]


OUT_SIZE = Exercise(
    name="out_size",
    title="How many come out",
    topic="variants",
    statement=STATEMENT,
    stub=STUB,
    hints=HINTS,
    points=3,
    minutes=20,
    may_not_call=(*ways_to("operators.shapes", "output_size"), *LAYERS),
    may_not_call_because="The library counts for you; count yourself.",
    reference=reference,
    draw=problems,
    mistakes=MISTAKES,
    variants=(_places_listed, _window_view, _with_ceil),
)
