"""Ten thousand sets of arguments for every layer with kernels: the right answer, or a message that helps."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import lecturelib as L
from lecturelib.operators.conv import conv_transpose, conv_transpose_backward
from tests.fuzz import oracles
from tests.fuzz.arguments import Dice, lengths, padding
from tests.fuzz.harness import SETS, Operator, draw, rolls, run
from tests.fuzz.spoiled import (
    maybe,
    other_array,
    other_dilation,
    other_padding,
    per_axis,
    whole,
    word,
)

pytestmark = pytest.mark.slow

METHODS = ("auto", "shifted", "im2col", "fft", "separable", "winograd", "direct")
OFTEN = ("auto",) * 5 + METHODS


def base(d: Dice, *, plain: bool = False) -> dict[str, Any]:
    """Sizes and options of one layer."""
    axes = d.pick((1, 1, 1, 1, 2, 2, 3))
    three = d(4) == 0
    method = d.pick((*OFTEN, "winograd", "winograd") if three else OFTEN)
    if method == "winograd":
        axes = min(axes, 2) if plain else axes
        k, stride, dilation = (3,) * axes, (1,) * axes, (1,) * axes
    else:
        k = d.some(axes, 1, 3 if axes < 3 else 2)
        stride, dilation = (d.some(axes, 1, 3) if d(2) else (1,) * axes for _ in range(2))
    if plain:
        dilation = (1,) * axes
    pads = padding(d, axes)
    n = lengths(d, k, dilation, pads)
    return {
        "axes": axes,
        "k": k,
        "n": n,
        "stride": stride,
        "dilation": dilation,
        "padding": pads,
        "method": method,
        "batch": 1 + d(2),
        "groups": d.pick((1, 1, 1, 2)),
        "channels": 1 + d(2),
        "filters": 1 + d(2),
    }


def places(m: dict[str, Any]) -> tuple[int, ...]:
    """Lengths of the output's axes."""
    zeros = oracles.pairs(m["padding"], m["n"], m["k"], m["stride"], m["dilation"])
    options = zip(m["n"], zeros, m["k"], m["stride"], m["dilation"], strict=True)
    return tuple((n + sum(p) - t * (k - 1) - 1) // s + 1 for n, p, k, s, t in options)


def options(d: Dice, m: dict[str, Any], *names: str) -> dict[str, Any]:
    """Options, now and then left out where they are the default."""
    found = {"stride": d.each(m["stride"]), "dilation": d.each(m["dilation"])}
    found |= {name: m[name] for name in ("padding", "groups", "method")}
    return {name: found[name] for name in names}


def kernels(d: Dice, m: dict[str, Any], *lead: int) -> np.ndarray:
    """Kernels; outer products if the method wants them."""
    if m["method"] != "separable" or m["axes"] == 1:
        return d.array(*lead, *m["k"])
    w = np.ones((*lead, *(1,) * m["axes"]))
    for axis, k in enumerate(m["k"]):
        w = w * d.array(*lead, *(k if a == axis else 1 for a in range(m["axes"])))
    return w


def biased(d: Dice, arguments: dict[str, Any], *shape: int) -> dict[str, Any]:
    if d(3):
        arguments["b"] = d.array(*shape)
    return arguments


def conv_set(d: Dice) -> dict[str, Any]:
    m = base(d)
    g, c, f = m["groups"], m["channels"], m["filters"]
    found = {"x": d.array(m["batch"], g * c, *m["n"]), "w": kernels(d, m, g * f, c)}
    return biased(d, found | options(d, m, *CONV_OPTIONS), g * f)


def conv_backward_set(d: Dice) -> dict[str, Any]:
    m = base(d)
    g, c, f = m["groups"], m["channels"], m["filters"]
    found = {"dy": d.array(m["batch"], g * f, *places(m)), "x": d.array(m["batch"], g * c, *m["n"])}
    return found | {"w": kernels(d, m, g * f, c)} | options(d, m, *CONV_OPTIONS)


def transpose(d: Dice, *, backward: bool) -> dict[str, Any]:
    """A transposed layer: its output has the lengths of a layer's input."""
    m = base(d)
    n, g, c, f = places(m), m["groups"], m["channels"], m["filters"]
    if m["padding"] == "same":
        extra = (0,) * m["axes"]
        made = tuple(o * s for o, s in zip(n, m["stride"], strict=True))
    else:
        zeros = oracles.pairs(m["padding"], m["n"], m["k"], m["stride"], m["dilation"])
        sizes = zip(m["n"], zeros, m["k"], m["stride"], m["dilation"], strict=True)
        extra = tuple((a + sum(p) - t * (k - 1) - 1) % s for a, p, k, s, t in sizes)
        made = m["n"]
    found = {
        "x": d.array(m["batch"], g * c, *n),
        "w": kernels(d, m, g * c, f),
        "output_padding": d.each(extra),
    }
    found |= options(d, m, *CONV_OPTIONS)
    if backward:
        return {"dy": d.array(m["batch"], g * f, *made), **found}
    return biased(d, found, g * f)


def local_set(d: Dice, *, backward: bool = False) -> dict[str, Any]:
    m = base(d, plain=True)
    o, c, f = places(m), m["channels"], m["filters"]
    found = {"x": d.array(m["batch"], c, *m["n"]), "w": d.array(f, *o, c, *m["k"])}
    found |= options(d, m, "stride", "padding")
    return {"dy": d.array(m["batch"], f, *o), **found} if backward else biased(d, found, f, *o)


def tiled_set(d: Dice, *, backward: bool = False) -> dict[str, Any]:
    m = base(d, plain=True)
    c, f, tiles = m["channels"], m["filters"], d.pick(((1, 1, 1), (2, 1, 1), (2, 1, 1), (3, 1, 1), (1, 2, 1)))
    tiles = tiles[: m["axes"]]
    found = {"x": d.array(m["batch"], c, *m["n"]), "w": d.array(*tiles, f, c, *m["k"])}
    found |= options(d, m, "stride", "padding")
    return {"dy": d.array(m["batch"], f, *places(m)), **found} if backward else biased(d, found, *tiles, f)


def table_set(d: Dice, *, backward: bool = False) -> dict[str, Any]:
    m = base(d)
    if m["method"] == "separable" and m["axes"] > 1:
        m["method"] = "auto"
    c, f = m["channels"], m["filters"]
    table = d.array(f, c) > -2
    table[0, 0] = True
    found = {"x": d.array(m["batch"], c, *m["n"]), "w": d.array(int(table.sum()), *m["k"]), "table": table}
    found |= options(d, m, "stride", "padding", "dilation", "method")
    return {"dy": d.array(m["batch"], f, *places(m)), **found} if backward else biased(d, found, f)


def other_table(d: Dice, value: Any, known: dict) -> tuple[Any, str]:
    """Something else for a table of connections."""
    if d(3) == 0:
        return value.tolist(), "gentle"
    if d(2):
        return d.pick((value.astype(int), value.astype(float), value.astype(object), None, "ab")), "fatal"
    return d.pick((value[:, 1:], value[0], value[None], ~value, np.zeros_like(value), True)), "open"


def spreads(message: str, arguments: dict[str, Any]) -> bool:
    """Whether a warning is the documented one: NaN or infinity with a method that spreads it."""
    arrays = [arguments[name] for name in ("dy", "x", "w") if name in arguments]
    return (
        "holds NaN or infinity" in message
        and str(arguments["method"]) in ("fft", "winograd")
        and not all(np.isfinite(np.asarray(a, float)).all() for a in arrays)
    )


CONV_OPTIONS = ("stride", "padding", "dilation", "groups", "method")
STRIDES = per_axis(1, 4, 1000)
SPOIL = {
    "dy": other_array,
    "x": other_array,
    "w": other_array,
    "b": maybe(other_array),
    "table": other_table,
    "stride": STRIDES,
    "padding": other_padding,
    "dilation": other_dilation,
    "groups": whole(1, 10**6),
    "method": word(*METHODS),
    "output_padding": per_axis(0, 2),
}


def layer(function, valid, oracle, names, bias_axes=None, **more) -> Operator:
    """One layer, or its gradients if the axes of the bias are told."""
    first = ("dy", "x", "w") if bias_axes else ("x", "w", "b")
    verify = oracles.verify_layer_backward(oracle, bias_axes) if bias_axes else oracles.verify_layer(oracle)
    spoil = {name: SPOIL[name] for name in (*first, *names)}
    if "output_padding" in names:
        spoil["stride"] = spoil["dilation"] = per_axis(1, 4, 12)  # a large one makes a large output
    return Operator(function, valid, spoil, verify, warns=spreads, **more)


def per_filter(dy: np.ndarray, w: np.ndarray) -> np.ndarray:
    return dy.sum((0, *range(2, dy.ndim)))


def per_tile(dy: np.ndarray, w: np.ndarray) -> np.ndarray:
    axes = dy.ndim - 2
    db = np.zeros(w.shape[: axes + 1])
    for place in np.ndindex(*dy.shape[2:]):
        db[tuple(p % t for p, t in zip(place, w.shape, strict=False))] += dy[(..., *place)].sum(0)
    return db


PLAIN = ("stride", "padding")
TABLE = ("table", "stride", "padding", "dilation", "method")
TRANSPOSE = (*CONV_OPTIONS, "output_padding")
OPERATORS = [
    layer(L.conv, conv_set, oracles.conv, CONV_OPTIONS),
    layer(L.conv_backward, conv_backward_set, oracles.conv, CONV_OPTIONS, per_filter, thorough=3),
    layer(
        conv_transpose, lambda d: transpose(d, backward=False), oracles.conv_transpose, TRANSPOSE, thorough=3
    ),
    layer(
        conv_transpose_backward,
        lambda d: transpose(d, backward=True),
        oracles.conv_transpose,
        TRANSPOSE,
        per_filter,
        thorough=5,
    ),
    layer(L.locally_connected, local_set, oracles.locally_connected, PLAIN),
    layer(
        L.locally_connected_backward,
        lambda d: local_set(d, backward=True),
        oracles.locally_connected,
        PLAIN,
        lambda dy, w: dy.sum(0),
        thorough=3,
    ),
    layer(L.tiled_conv, tiled_set, oracles.tiled_conv, PLAIN),
    layer(
        L.tiled_conv_backward,
        lambda d: tiled_set(d, backward=True),
        oracles.tiled_conv,
        PLAIN,
        per_tile,
        thorough=3,
    ),
    layer(L.partially_connected, table_set, oracles.partially_connected, TABLE),
    layer(
        L.partially_connected_backward,
        lambda d: table_set(d, backward=True),
        oracles.partially_connected,
        TABLE,
        per_filter,
        thorough=5,
    ),
]


@pytest.mark.parametrize("operator", OPERATORS, ids=lambda o: o.name)
def test_every_set_ends_in_the_answer_or_in_a_message(operator):
    tally = run(operator)
    assert not tally.failures, f"{len(tally.failures)} of {SETS}:\n" + "\n".join(tally.failures[:3])
    assert tally.successes > SETS / 3 and tally.errors > SETS / 10


def test_every_method_of_conv_is_hit():
    numbers = rolls(OPERATORS[0])
    sets = (draw(OPERATORS[0], row) for row in numbers[:2000])
    methods = [arguments["method"] for arguments, ends in sets if not ends]
    assert min(methods.count(method) for method in METHODS) > 20
