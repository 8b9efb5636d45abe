"""Ten thousand sets of arguments for every pool: the right answer, or a message that helps."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import lecturelib as L
from tests.fuzz import pool_oracles as oracles
from tests.fuzz.arguments import Dice, padding
from tests.fuzz.harness import SETS, Operator, run
from tests.fuzz.oracles import complaint, pairs
from tests.fuzz.spoiled import (
    other_array,
    other_dilation,
    other_flag,
    other_lengths,
    other_padding,
    per_axis,
    real,
    whole,
    word,
)

pytestmark = pytest.mark.slow

SPOIL = {
    "dy": other_array,
    "x": other_array,
    "size": per_axis(1, 4, 6),
    "stride": per_axis(1, 4, 10**6, none=True),
    "padding": other_padding,
    "dilation": other_dilation,
    "ceil": other_flag,
    "count_include_pad": other_flag,
    "ties": word("first", "share"),
    "how": word("max", "average"),
    "p": real(1, 2, 3.5, 50),
    "weights": other_array,
    "bins": per_axis(1, 4, 10**6),
    "pieces": whole(1, 10**6),
    "axis": whole(None, -9, 9),
}


def pool_set(d: Dice, *names: str, backward: bool = False) -> dict[str, Any]:
    """A pool whose windows all hold an input."""
    axes = d.pick((1, 1, 1, 2, 2, 3))
    k = d.some(axes, 1, 3 if axes < 3 else 2)
    stride, dilation = d.some(axes, 1, 3), (1,) * axes if d(2) else d.some(axes, 1, 2)
    ceil, with_stride = d(3) == 0, d(3) > 0
    stride = stride if with_stride else k
    pads = padding(d, axes)
    n = tuple(t * (m - 1) + 1 + d(3) for m, t in zip(k, dilation, strict=True))
    if axes == 3 and pads == "full":
        pads = "same"
    if not _every_window_holds_an_input(n, k, stride, dilation, pads, ceil):
        pads, ceil = 0, False
    found = {
        "x": d.array(1 + d(2), 1 + d(2), *n),
        "size": d.each(k),
        "padding": pads,
        "dilation": d.each(dilation),
        "ceil": ceil,
    }
    if with_stride:
        found["stride"] = d.each(stride)
    found |= {name: d.pick(VALUES[name]) for name in names}
    if backward:
        outputs = _places(n, k, stride, dilation, pads, ceil)
        found["dy"] = d.array(*found["x"].shape[:2], *(len(starts) for starts in outputs))
    return found


def _places(n, k, stride, dilation, pads, ceil) -> list[range]:
    """Where windows start, along each axis."""
    starts = []
    zeros = pairs(pads, n, k, stride, dilation)
    for m, (before, after), taps, step, gap in zip(n, zeros, k, stride, dilation, strict=True):
        last = m + after - (taps - 1) * gap - 1
        found = range(-before, last + 1 + (step - 1 if ceil else 0), step)
        starts.append(found[:-1] if ceil and found and found[-1] >= m else found)
    return starts


def _every_window_holds_an_input(n, k, stride, dilation, pads, ceil) -> bool:
    starts = _places(n, k, stride, dilation, pads, ceil)
    return all(
        places and all(any(0 <= p + t * gap < m for t in range(taps)) for p in places)
        for places, m, taps, gap in zip(starts, n, k, dilation, strict=True)
    )


VALUES = {
    "count_include_pad": (False, True),
    "ties": ("first", "share"),
    "p": (1, 2, 3, 1.5, 2.0, np.inf, 30),
    "how": ("max", "average"),
}


def weighted_set(d: Dice, *, backward: bool = False) -> dict[str, Any]:
    axes = d.pick((1, 1, 2, 2, 3))
    k, stride = d.some(axes, 1, 3), d.some(axes, 1, 3)
    n = tuple(m + d(3) for m in k)
    found = {"x": d.array(1 + d(2), 1 + d(2), *n), "weights": d.array(*k)}
    if d(2):
        found["stride"] = d.each(stride)
    else:
        stride = k
    if backward:
        found["dy"] = d.array(
            *found["x"].shape[:2], *((m - t) // s + 1 for m, t, s in zip(n, k, stride, strict=True))
        )
    return found


def bins_set(d: Dice, *, backward: bool = False) -> dict[str, Any]:
    axes = d.pick((1, 1, 1, 2, 2, 3))
    n = d.some(axes, 1, 5 if axes < 3 else 3)
    bins = tuple(1 + d(min(m, 3)) for m in n)
    found = {"x": d.array(1 + d(2), 1 + d(2), *n), "bins": d.each(bins), "how": d.pick(VALUES["how"])}
    if backward:
        found |= {"dy": d.array(*found["x"].shape[:2], *bins), "ties": d.pick(VALUES["ties"])}
    return found


def global_set(d: Dice, *, backward: bool = False) -> dict[str, Any]:
    found = {"x": d.array(*d.some(d.pick((3, 4, 5)), 1, 3)), "how": d.pick(VALUES["how"])}
    if backward:
        found |= {"dy": d.array(*found["x"].shape[:2]), "ties": d.pick(VALUES["ties"])}
    return found


def maxout_set(d: Dice, *, backward: bool = False) -> dict[str, Any]:
    shape = list(d.some(d.pick((2, 3, 4)), 1, 3))
    axis, pieces = d(2 * len(shape)) - len(shape), 1 + d(3)
    outputs = tuple(shape)
    shape[axis] *= pieces
    found = {"x": d.array(*shape), "pieces": pieces, "axis": axis}
    return found | {"dy": d.array(*outputs), "ties": d.pick(VALUES["ties"])} if backward else found


def weights_set(d: Dice) -> dict[str, Any]:
    sigma = d.pick((0.5, 1, 2.0, 1e-9, 1e9, np.inf, np.float32(3)))
    return {"size": d.pick((tuple, list, np.array))(d.some(1 + d(3), 1, 4)), "sigma": sigma}


def weights_verify(result, arguments, thorough):
    return complaint("weights", result, oracles.distance_weights(**arguments), np.dtype(float))


def _pool(function, oracle, valid, *names: str, **more) -> Operator:
    backward = function.__name__.endswith("_backward")
    verify = oracles.verify_backward(oracle) if backward else oracles.verify(oracle)
    names = (*(("dy",) if backward else ()), "x", *names)
    return Operator(function, valid, {name: SPOIL[name] for name in names}, verify, **more)


WINDOW = ("size", "stride", "padding", "dilation", "ceil")


def _pair(
    forward, backward, oracle, oracle_backward, valid, names: tuple, *more: str, ties=True
) -> list[Operator]:
    last = ("ties",) if ties else ()
    return [
        _pool(forward, oracle, lambda d: valid(d, backward=False), *names, *more),
        _pool(backward, oracle_backward, lambda d: valid(d, backward=True), *names, *more, *last, thorough=2),
    ]


def _windowed(*both: str, only_backward: tuple[str, ...] = ()):
    def valid(d: Dice, *, backward: bool) -> dict[str, Any]:
        return pool_set(d, *both, *(only_backward if backward else ()), backward=backward)

    return valid


OPERATORS = [
    *_pair(
        L.max_pool,
        L.max_pool_backward,
        oracles.max_pool,
        oracles.max_pool_backward,
        _windowed(only_backward=("ties",)),
        WINDOW,
    ),
    *_pair(
        L.avg_pool,
        L.avg_pool_backward,
        oracles.avg_pool,
        oracles.avg_pool_backward,
        _windowed("count_include_pad"),
        WINDOW,
        "count_include_pad",
        ties=False,
    ),
    *_pair(
        L.lp_pool,
        L.lp_pool_backward,
        oracles.lp_pool,
        oracles.lp_pool_backward,
        _windowed("p"),
        WINDOW,
        "p",
        ties=False,
    ),
    *_pair(
        L.weighted_pool,
        L.weighted_pool_backward,
        oracles.weighted_pool,
        oracles.weighted_pool_backward,
        weighted_set,
        ("weights", "stride"),
        ties=False,
    ),
    *_pair(
        L.adaptive_pool,
        L.adaptive_pool_backward,
        oracles.adaptive_pool,
        oracles.adaptive_pool_backward,
        bins_set,
        ("bins", "how"),
    ),
    *_pair(
        L.global_pool,
        L.global_pool_backward,
        oracles.global_pool,
        oracles.global_pool_backward,
        global_set,
        ("how",),
    ),
    *_pair(
        L.maxout,
        L.maxout_backward,
        oracles.maxout,
        oracles.maxout_backward,
        maxout_set,
        ("pieces", "axis"),
    ),
    Operator(
        L.distance_weights,
        weights_set,
        {"size": other_lengths, "sigma": real(1e-200)},
        weights_verify,
    ),
]


@pytest.mark.parametrize("operator", OPERATORS, ids=lambda o: o.name)
def test_every_set_ends_in_the_answer_or_in_a_message(operator):
    tally = run(operator)
    assert not tally.failures, f"{len(tally.failures)} of {SETS}:\n" + "\n".join(tally.failures[:3])
    assert tally.successes > SETS / 3 and tally.errors > SETS / 10
