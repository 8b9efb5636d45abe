"""Ten thousand sets of arguments for pointwise maps, normalizations, warps and p4 layers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import lecturelib as L
from tests.fuzz import map_oracles as oracles
from tests.fuzz.arguments import Dice, padding
from tests.fuzz.harness import SETS, Operator, run
from tests.fuzz.spoiled import (
    OPEN,
    maybe,
    other_array,
    other_complex_array,
    other_padding,
    per_axis,
    real,
    whole,
    word,
)

pytestmark = pytest.mark.slow

BOUNDARIES = ("zeros", "circular", "reflect", "symmetric", "edge")
boundary = word(*BOUNDARIES)


def contrast_c(d: Dice, value: Any, known: dict) -> tuple[Any, str]:
    """Something else for the least divisor."""
    return (word("mean")(d, "mean", known) if d(2) else real(2)(d, 2.0, known))[0], OPEN


def other_shift(d: Dice, value: Any, known: dict) -> tuple[Any, str]:
    """Something else for a shift; none at all moves nothing."""
    value, end = per_axis(0, -7, 10**6, 10**30)(d, value, known)
    return value, OPEN if type(value) in (int, tuple, list, np.ndarray) else end


SPOIL = {
    "dy": other_array,
    "x": other_array,
    "v": other_array,
    "w": other_array,
    "b": maybe(other_array),
    "window": other_array,
    "boundary": boundary,
    "c": contrast_c,
    "padding": other_padding,
    "shift": other_shift,
    "degrees": real(90, 720, -45),
    "factor": real(2, 0.5),
    "displacement": other_array,
    "turns": whole(None, 10**30, -5),
    "how": word("max", "average"),
    "ties": word("first", "share"),
}


def shape(d: Dice) -> tuple[int, ...]:
    return d.some(d(5), 1, 4)


def pointwise_set(d: Dice, *, backward: bool) -> dict[str, Any]:
    s = shape(d)
    return {"x": d.array(*s)} | ({"dy": d.array(*s)} if backward else {})


def contrast_set(d: Dice, *, backward: bool, name: str, divides: bool) -> dict[str, Any]:
    axes = d.pick((1, 1, 1, 2, 2, 3))
    s = (1 + d(2), 1 + d(2), *d.some(axes, 1, 5 if axes < 3 else 3))
    window = np.abs(d.array(*(d.pick((1, 3, 3, 5) if axes == 1 else (1, 3)) for _ in range(axes)))) + 1
    found = {name: d.array(*s), "window": window, "boundary": d.pick(BOUNDARIES)}
    if divides:
        found["c"] = d.pick(("mean", 0.5, 1, 2.0))
    return found | ({"dy": d.array(*s)} if backward else {})


def translate_set(d: Dice) -> dict[str, Any]:
    s = d.some(1 + d(3), 1, 5)
    shift = d.some(1 + d(len(s)), -7, 7)
    return {"x": d.array(*s), "shift": shift if d(3) else shift[0], "boundary": d.pick(BOUNDARIES)}


def image(d: Dice) -> dict[str, Any]:
    return {"x": d.array(*d.some(2 + d(2), 1, 5)), "boundary": d.pick(BOUNDARIES)}


def rotate_set(d: Dice) -> dict[str, Any]:
    return image(d) | {"degrees": d.pick((0, 90, -90, 180, 360.0, 450, 30, 45.0, 17.5, -123.0, 1000))}


def scale_set(d: Dice) -> dict[str, Any]:
    return image(d) | {"factor": d.pick((1, 2, 0.5, 1.3, 0.7, 3))}


def warp_set(d: Dice) -> dict[str, Any]:
    axes = 1 + d(3)
    s = d.some(axes, 1, 4)
    x = d.array(*d.some(d(2), 1, 2), *s)
    return {"x": x, "displacement": d.array(axes, *s), "boundary": d.pick(BOUNDARIES)}


def p4_set(d: Dice, *, lifted: bool, backward: bool) -> dict[str, Any]:
    k, pads = 1 + d(3), padding(d, 2)
    n = d.some(2, k, k + 2)
    batch, c, f, four = 1 + d(2), 1 + d(2), 1 + d(2), (4,) if lifted else ()
    found = {"x": d.array(batch, c, *four, *n), "w": d.array(f, c, *four, k, k), "padding": pads}
    if backward:
        return found | {"dy": d.array(batch, f, 4, *oracles.p4_places(n, k, pads))}
    return found | ({"b": d.array(f)} if d(2) else {})


def maps_set(d: Dice) -> dict[str, Any]:
    return {"x": d.array(1 + d(2), 1 + d(2), 4, *d.some(2, 1, 4))}


def p4_pool_set(d: Dice, *, backward: bool) -> dict[str, Any]:
    found = maps_set(d) | {"how": d.pick(("max", "average"))}
    if backward:
        n, c, _, *s = found["x"].shape
        found |= {"dy": d.array(n, c, *s), "ties": d.pick(("first", "share"))}
    return found


def p4_rotate_set(d: Dice) -> dict[str, Any]:
    return maps_set(d) | {"turns": d(13) - 6}


def _map(function, valid, verify, *names: str, **more) -> Operator:
    """One map; a gradient, by its name, takes dy first."""
    backward = function.__name__.endswith("_backward")
    names = (*(("dy",) if backward else ()), *names)
    return Operator(function, valid, {name: SPOIL[name] for name in names}, verify, **more)


def _contrast(name: str, kind: str, divides: bool) -> list[Operator]:
    forward = getattr(L, f"{kind}_normalization")
    backward = getattr(L, f"{kind}_normalization_backward")
    names = (name, "window", "boundary", *(("c",) if divides else ()))

    def valid(wants_dy):
        return lambda d: contrast_set(d, backward=wants_dy, name=name, divides=divides)

    oracle = getattr(oracles, kind)
    return [
        _map(forward, valid(False), oracles.verify_contrast(oracle, name), *names),
        _map(backward, valid(True), oracles.verify_contrast_backward(oracle, name), *names, thorough=10),
    ]


def _pointwise(kind: str) -> list[Operator]:
    forward, backward = getattr(L, kind), getattr(L, f"{kind}_backward")
    return [
        _map(
            forward, lambda d: pointwise_set(d, backward=False), oracles.verify(getattr(oracles, kind)), "x"
        ),
        _map(
            backward,
            lambda d: pointwise_set(d, backward=True),
            oracles.verify(getattr(oracles, f"{kind}_backward")),
            "x",
        ),
    ]


def _p4(kind: str, *, lifted: bool) -> list[Operator]:
    forward, backward = getattr(L, kind), getattr(L, f"{kind}_backward")
    oracle = getattr(oracles, kind)

    def valid(wants_dy):
        return lambda d: p4_set(d, lifted=lifted, backward=wants_dy)

    return [
        _map(forward, valid(False), oracles.verify_layer(oracle), "x", "w", "b", "padding", thorough=3),
        _map(
            backward,
            valid(True),
            oracles.verify_layer_backward(oracle, lambda dy, w: dy.sum((0, 2, 3, 4))),
            "x",
            "w",
            "padding",
            thorough=10,
        ),
    ]


OPERATORS = [
    *(operator for kind in ("relu", "rectify", "tanh") for operator in _pointwise(kind)),
    *_contrast("x", "subtractive", False),
    *_contrast("v", "divisive", True),
    *_contrast("x", "local_contrast", True),
    Operator(
        L.translate,
        translate_set,
        {"x": other_complex_array, "shift": SPOIL["shift"], "boundary": boundary},
        oracles.verify_translate,
    ),
    _map(L.rotate, rotate_set, oracles.verify_image(oracles.rotate), "x", "degrees", "boundary", thorough=3),
    _map(L.scale, scale_set, oracles.verify_image(oracles.scale), "x", "factor", "boundary", thorough=3),
    _map(L.warp, warp_set, oracles.verify_image(oracles.warp), "x", "displacement", "boundary", thorough=3),
    *_p4("p4_lift", lifted=False),
    *_p4("p4_conv", lifted=True),
    _map(L.p4_pool, lambda d: p4_pool_set(d, backward=False), oracles.verify(oracles.p4_pool), "x", "how"),
    _map(
        L.p4_pool_backward,
        lambda d: p4_pool_set(d, backward=True),
        oracles.verify_calm(oracles.p4_pool_backward),
        "x",
        "how",
        "ties",
    ),
    _map(L.p4_rotate, p4_rotate_set, oracles.verify_turn, "x", "turns"),
]


@pytest.mark.parametrize("operator", OPERATORS, ids=lambda o: o.name)
def test_every_set_ends_in_the_answer_or_in_a_message(operator):
    tally = run(operator)
    assert not tally.failures, f"{len(tally.failures)} of {SETS}:\n" + "\n".join(tally.failures[:3])
    assert tally.successes > SETS / 3 and tally.errors > SETS / 10
