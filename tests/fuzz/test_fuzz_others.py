"""Ten thousand sets of arguments for signals, windows, shapes and losses."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import lecturelib as L
from lecturelib.networks import mean_squared_error, softmax_cross_entropy
from lecturelib.operators.shapes import output_size, receptive_field
from tests.fuzz import other_oracles as oracles
from tests.fuzz.arguments import Dice
from tests.fuzz.harness import SETS, Operator, run
from tests.fuzz.spoiled import (
    FATAL,
    GENTLE,
    OPEN,
    other_array,
    other_complex_array,
    other_flag,
    other_lengths,
    other_padding,
    per_axis,
    real,
    whole,
    word,
)

pytestmark = pytest.mark.slow

MODES, BOUNDARIES = ("full", "same", "valid"), ("zeros", "circular", "reflect", "symmetric", "edge")


def signal_array(d: Dice, shape: tuple[int, ...]) -> np.ndarray:
    """Numbers of any kind that a signal may hold."""
    a = d.array(*shape)
    kind = d(8)
    if kind < 3:
        return a
    if kind == 3:
        return a + 1j * d.array(*shape)
    return (4 * a).astype(("f4", "i8", "i1", "i4")[kind - 4])


def signal_set(d: Dice) -> dict[str, Any]:
    axes = d(4)
    n, k = d.some(axes, 1, 5), d.some(axes, 1, 4)
    mode = d.pick(MODES)
    if mode == "valid":
        n = tuple(max(pair) for pair in zip(n, k, strict=True))
    x, k = signal_array(d, n), signal_array(d, k)
    if d(2):
        x, k = (x, k) if mode != "valid" or d(2) else (k, x)
    found = {"x": x, "k": k, "mode": mode, "boundary": d.pick(BOUNDARIES)}
    return found | {"method": d.pick(("auto", "auto", "direct", "fft"))}


def other_signal(d: Dice, value: Any, known: dict) -> tuple[Any, str]:
    """Something else for a signal; narrow dtypes are not for every mode."""
    value, end = other_complex_array(d, value, known)
    narrow = isinstance(value, np.ndarray) and value.dtype.kind in "fbu"
    return value, OPEN if narrow or end == FATAL and not isinstance(value, str) else end


def other_pairs(d: Dice, value: Any, known: dict) -> tuple[Any, str]:
    """Something else for pairs of widths."""
    kind = d(5)
    if kind == 0:
        return [list(pair) for pair in value], GENTLE
    if kind == 1:
        return d.pick(
            (None, 1, (1, 1), "ab", [1], [(1,)], [(1, 2, 3)], {1}, {(1, 1)}, [None], 1.5, ...)
        ), FATAL
    if kind == 2:
        return d.pick(
            ([(-1, 1)], [(1.0, 1)], [("1", 1)], [(True, 1)], [(1, 1)] * 9, [(None, 1)], [{1, 2}])
        ), FATAL
    if kind == 3:
        return np.array(value), OPEN
    return d.pick(([], (), [(0, 0)], [(50, 0)], [(1, 0)] * 2, [(0, 9)])), OPEN


def pad_set(d: Dice) -> dict[str, Any]:
    axes = 1 + d(3)
    pairs = [d.some(2, 0, 5 if axes < 3 else 2) for _ in range(d(axes + 1))]
    return {
        "x": d.array(*d.some(axes, 1, 4)),
        "pairs": pairs,
        "boundary": d.pick(BOUNDARIES),
        "value": d.pick((0, 1, 1.0)),
    }


def other_value(d: Dice, value: Any, known: dict) -> tuple[Any, str]:
    """Something else to fill with; any array may hold True, some hold complex numbers."""
    value, end = real(1, -3)(d, value, known)
    return value, OPEN if isinstance(value, (bool, np.bool_, complex)) else end


def cut_set(d: Dice, name: str) -> dict[str, Any]:
    """Pairs that leave something."""
    shape = d.some(1 + d(3), 1, 6)
    pairs = [(first := d(n), d(n - first)) for n in shape[d(len(shape) + 1) :]]
    return {name: d.array(*shape), "pairs": tuple(pairs)}


def windows_set(d: Dice, *, folded: bool) -> dict[str, Any]:
    axes, lead = 1 + d(2), d.some(d(3), 1, 2)
    k, stride, dilation = d.some(axes, 1, 3), d.some(axes, 1, 3), d.some(axes, 1, 2)
    n = tuple(t * (m - 1) + 1 + d(4) for m, t in zip(k, dilation, strict=True))
    found = {"stride": d.each(stride), "dilation": d.each(dilation)}
    if not folded:
        return {"x": d.array(*lead, *n), "size": d.pick((list, tuple))(k)} | found
    o = ((m - t * (j - 1) - 1) // s + 1 for m, j, s, t in zip(n, k, stride, dilation, strict=True))
    return {"y": d.array(*lead, *o, *k), "shape": n} | found


def size_set(d: Dice) -> dict[str, Any]:
    k, t = 1 + d(4), 1 + d(3)
    pads = d.pick((0, 1, 3, "valid", "same", "full", (0, 2), [1, 0]))
    return {
        "n": t * (k - 1) + 1 + d(9),
        "k": k,
        "stride": 1 + d(4),
        "padding": pads,
        "dilation": t,
        "ceil": d(2) == 1,
    }


def other_layers(d: Dice, value: Any, known: dict) -> tuple[Any, str]:
    """Something else for a list of layers."""
    if d(3) == 0:
        return d.pick(
            (None, 3, 1.5, [3], [(3, 1)], [(3, 0, 1)], [(3, 1.0, 1)], "abc", [(True, 1, 1)], len)
        ), FATAL
    return d.pick(
        ([], (), iter([(3, 1, 1)]), [[3, 1, 1]], [(10**6, 10**6, 10**6)] * 3, (t for t in value))
    ), OPEN


def labels_set(d: Dice) -> dict[str, Any]:
    n, classes, s = 1 + d(3), 1 + d(4), d.some(d(3), 1, 3)
    return {"logits": d.array(n, classes, *s), "labels": (np.abs(d.array(n, *s)) * 4).astype(int) % classes}


def other_labels(d: Dice, value: np.ndarray, known: dict) -> tuple[Any, str]:
    """Something else for labels."""
    if d(3) == 0:
        return d.pick((value.tolist(), value.astype("u1"), value.astype(">i4"), value[:])), GENTLE
    return d.pick((value - 1, value + 1, value[None], value[:-1], value * 10**6, -value)) if d(2) else d.pick(
        (value.astype(float), None, "a", value.astype(bool), value.astype(complex), {}, value.astype(object))
    ), OPEN


def squares_set(d: Dice) -> dict[str, Any]:
    s = d.some(d(4), 1, 4)
    return {"outputs": d.array(*s), "targets": d.array(*s)}


def table_set(d: Dice) -> dict[str, Any]:
    channels = 1 + d(5)
    rng = np.random.Generator(np.random.PCG64(d(100)))
    return {"rng": rng, "filters": 1 + d(5), "channels": channels, "reads": 1 + d(channels)}


def other_rng(d: Dice, value: Any, known: dict) -> tuple[Any, str]:
    return d.pick(
        (None, 0, np.random.RandomState(0), np.random, "rng", np.random.PCG64(0), np.random.default_rng)
    ), FATAL


MODE, BOUNDARY = word(*MODES), word(*BOUNDARIES)
SIGNAL = {
    "x": other_signal,
    "k": other_signal,
    "mode": MODE,
    "boundary": BOUNDARY,
    "method": word("auto", "direct", "fft"),
}
STEPS = {"stride": per_axis(1, 4, 10**6), "dilation": per_axis(1, 4, 10**6)}
SMALL, LENGTH = whole(1), whole(1, 12)


def _signal(function, oracle) -> Operator:
    return Operator(function, signal_set, SIGNAL, oracles.verify_signal(oracle), warns=oracles.spreads)


OPERATORS = [
    _signal(L.convolve, oracles.convolve),
    _signal(L.cross_correlate, oracles.cross_correlate),
    Operator(
        L.pad,
        pad_set,
        {"x": other_complex_array, "pairs": other_pairs, "boundary": BOUNDARY, "value": other_value},
        oracles.verify_pad,
    ),
    Operator(
        L.pad_adjoint,
        lambda d: cut_set(d, "y") | {"boundary": d.pick(BOUNDARIES)},
        {"y": other_complex_array, "pairs": other_pairs, "boundary": BOUNDARY},
        oracles.verify_pad_adjoint,
    ),
    Operator(
        L.crop,
        lambda d: cut_set(d, "x"),
        {"x": other_complex_array, "pairs": other_pairs},
        oracles.verify_crop,
        view=True,
    ),
    Operator(
        L.windows,
        lambda d: windows_set(d, folded=False),
        {"x": other_complex_array, "size": other_lengths, **STEPS},
        oracles.verify_windows,
        view=True,
    ),
    Operator(
        L.fold,
        lambda d: windows_set(d, folded=True),
        {"y": other_complex_array, "shape": other_lengths, **STEPS},
        oracles.verify_fold,
    ),
    Operator(
        output_size,
        size_set,
        {
            "n": whole(1, 10**6),
            "k": whole(1, 10**6),
            "stride": whole(1, 10**6),
            "padding": other_padding,
            "dilation": whole(1, 10**6),
            "ceil": other_flag,
        },
        oracles.verify_size,
    ),
    Operator(
        receptive_field,
        lambda d: {"layers": [d.some(3, 1, 5) for _ in range(d(5))]},
        {"layers": other_layers},
        oracles.verify_field,
    ),
    Operator(
        softmax_cross_entropy,
        labels_set,
        {"logits": other_array, "labels": other_labels},
        oracles.verify_cross_entropy,
    ),
    Operator(
        mean_squared_error,
        squares_set,
        {"outputs": other_array, "targets": other_array},
        oracles.verify_squares,
    ),
    Operator(
        L.random_connections,
        table_set,
        {"rng": other_rng, "filters": LENGTH, "channels": LENGTH, "reads": LENGTH},
        oracles.verify_connections,
    ),
]


@pytest.mark.parametrize("operator", OPERATORS, ids=lambda o: o.name)
def test_every_set_ends_in_the_answer_or_in_a_message(operator):
    tally = run(operator)
    assert not tally.failures, f"{len(tally.failures)} of {SETS}:\n" + "\n".join(tally.failures[:3])
    assert tally.successes > SETS / 3 and tally.errors > SETS / 10
