"""Answers computed anew in plain NumPy: pad, look through sliding windows, add up."""

from __future__ import annotations

from itertools import product
from math import ceil, prod
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from tests.fuzz.arguments import DIRECTIONS

TOLERANCES = {"f2": 2e-2, "f4": 2e-5, "f8": 1e-10, "f16": 1e-10}


def layer_type(*arrays: Any) -> np.dtype:
    """Type in which a layer answers."""
    kinds = (np.asarray(a).dtype for a in arrays)
    return np.result_type(*(t if t.kind == "f" else np.dtype(float) for t in kinds)).newbyteorder("=")


def floats(a: Any) -> np.ndarray:
    return np.asarray(np.asarray(a), float)


def complaint(
    name: str, result: Any, expected: np.ndarray, dtype: np.dtype, slack: float = 1.0
) -> str | None:
    """Say in which way a result differs from what it should be."""
    if not isinstance(result, (np.ndarray, np.generic)):
        return f"{name} is a {type(result).__name__}"
    if result.shape != expected.shape:
        return f"{name} has shape {result.shape} instead of {expected.shape}"
    if result.dtype != dtype or not result.dtype.isnative:
        return f"{name} has dtype {result.dtype} instead of {dtype}"
    tolerance = slack * TOLERANCES[f"f{dtype.itemsize}"]
    difference = np.abs(result - expected).max()
    if difference <= tolerance:
        return None
    expected = expected.astype(dtype)  # what is too large becomes infinite
    finite = np.isfinite(expected)
    if not finite.all():
        if not np.array_equal(result[~finite], expected[~finite], equal_nan=True):
            return f"{name} has NaN or infinity elsewhere: {result!r} instead of {expected!r}"
        if not finite.any():
            return None
        result, expected = result[finite], expected[finite]
        difference = np.abs(result - expected).max()
    if not difference <= tolerance * max(1.0, np.abs(expected).max()):
        return f"{name} is {result!r} instead of {expected!r}"
    return None


def form(name: str, result: Any, shape: tuple[int, ...], dtype: np.dtype, finite: bool) -> str | None:
    """Say whether shape and dtype are wrong, or finite numbers gave NaN."""
    if not isinstance(result, np.ndarray) or result.shape != shape or result.dtype != dtype:
        return f"{name} is {result!r}, not of shape {shape} and dtype {dtype}"
    if not result.dtype.isnative:
        return f"{name} has foreign bytes"
    if finite and not np.isfinite(result).all():
        return f"{name} is not finite: {result!r}"
    return None


def finite(*arrays: Any) -> bool:
    """Whether all numbers are finite, and none so large that a product might not be."""
    return all(bool((np.abs(floats(a)) < 1e4).all()) for a in arrays)


def direction(shape: tuple[int, ...], start: int) -> np.ndarray:
    """A direction in which to try a gradient."""
    size = prod(shape)
    start = start % (len(DIRECTIONS) - size)
    return DIRECTIONS[start : start + size].reshape(shape)


def along(name: str, gradient: np.ndarray, u: np.ndarray, change: float, scale: float) -> str | None:
    """Compare a gradient with the change of the loss in one direction."""
    got = float((floats(gradient) * u).sum())
    if abs(got - change) <= TOLERANCES[f"f{gradient.dtype.itemsize}"] * max(1.0, scale) * 5:
        return None
    return f"<{name}, u> is {got} instead of {change}"


# Options, read anew.


def each(value: Any, axes: int) -> tuple[int, ...]:
    if _many(value):
        assert len(value) == axes, "one entry for each axis"
        return tuple(int(v) for v in value)
    return (int(value),) * axes


def whole_numbers(values: Any) -> tuple[int, ...]:
    assert all(isinstance(v, (int, np.integer)) and not isinstance(v, bool) for v in values)
    return tuple(int(v) for v in values)


def pairs(padding: Any, n: tuple, k: tuple, stride: tuple, dilation: tuple) -> list[tuple[int, int]]:
    """Zeros before and after each axis."""
    values = list(padding) if _many(padding) else [padding] * len(n)
    found = []
    for p, length, taps, s, d in zip(values, n, k, stride, dilation, strict=True):
        reach = (taps - 1) * d
        if isinstance(p, str):
            missing = max(0, (ceil(length / s) - 1) * s + reach + 1 - length)
            named = {"valid": (0, 0), "full": (reach, reach), "same": (missing // 2, -(-missing // 2))}
            found.append(named[p])
        else:
            before, after = p if _many(p) else (p, p)
            found.append((int(before), int(after)))
    return found


def _many(value: Any) -> bool:
    return isinstance(value, (tuple, list)) or (isinstance(value, np.ndarray) and value.ndim > 0)


def padded(x: np.ndarray, before_after: list[tuple[int, int]], value: float = 0) -> np.ndarray:
    """Extend the last axes of x with one value."""
    lead = x.ndim - len(before_after)
    lengths = [n + b + a for n, (b, a) in zip(x.shape[lead:], before_after, strict=True)]
    y = np.full((*x.shape[:lead], *lengths), value, x.dtype)
    inside = (slice(b, b + n) for n, (b, _) in zip(x.shape[lead:], before_after, strict=True))
    y[(..., *inside)] = x
    return y


def views(x: np.ndarray, k: tuple, stride: tuple, dilation: tuple) -> np.ndarray:
    """Windows of the last axes: (..., *O, *K)."""
    lead = x.ndim - len(k)
    places = []
    for n, taps, s, d in zip(x.shape[lead:], k, stride, dilation, strict=True):
        assert n >= (taps - 1) * d + 1, "no window fits"
        places.append((n - (taps - 1) * d - 1) // s + 1)
    steps = x.strides[lead:]
    strides = (
        *x.strides[:lead],
        *(b * s for b, s in zip(steps, stride, strict=True)),
        *(b * d for b, d in zip(steps, dilation, strict=True)),
    )
    return as_strided(x, (*x.shape[:lead], *places, *k), strides, writeable=False)


# Layers.


def _letters(axes: int) -> tuple[str, str]:
    return "uvw"[:axes], "ijk"[:axes]


def conv_windows(x: Any, k: tuple, stride: Any = 1, padding: Any = 0, dilation: Any = 1) -> np.ndarray:
    """What each unit of a layer sees: (N, C, *O, *K)."""
    x, axes = floats(x), len(k)
    assert x.ndim == axes + 2 and axes in (1, 2, 3)
    stride, dilation = each(stride, axes), each(dilation, axes)
    return views(padded(x, pairs(padding, x.shape[2:], k, stride, dilation)), k, stride, dilation)


def conv(x, w, b=None, *, stride=1, padding=0, dilation=1, groups=1, method="auto"):
    w, groups = floats(w), int(groups)
    seen = conv_windows(x, w.shape[2:], stride, padding, dilation)
    o, k = _letters(w.ndim - 2)
    parts = zip(np.split(seen, groups, 1), np.split(w, groups), strict=True)
    y = np.concatenate([np.einsum(f"nc{o}{k},fc{k}->nf{o}", *part) for part in parts], 1)
    return y if b is None else y + _bias(b, (len(w),)).reshape(-1, *(1,) * len(o))


def _bias(b: Any, shape: tuple[int, ...]) -> np.ndarray:
    assert np.shape(b) == shape
    return floats(b)


def conv_transpose(
    x, w, b=None, *, stride=1, padding=0, output_padding=0, dilation=1, groups=1, method="auto"
):
    x, w, axes, groups = floats(x), floats(w), np.ndim(x) - 2, int(groups)
    k, n = w.shape[2:], x.shape[2:]
    assert axes in (1, 2, 3) and len(k) == axes
    s, d, extra = each(stride, axes), each(dilation, axes), each(output_padding, axes)
    full = [(m - 1) * t + (taps - 1) * r + 1 for m, t, taps, r in zip(n, s, k, d, strict=True)]
    parts = []
    for part, kernels in zip(np.split(x, groups, 1), np.split(w, groups), strict=True):
        y = np.zeros((len(x), w.shape[1], *full))
        for tap in product(*map(range, k)):
            here = (slice(t * r, t * r + (m - 1) * q + 1, q) for t, r, m, q in zip(tap, d, n, s, strict=True))
            y[(..., *here)] += np.einsum("nc...,cf->nf...", part, kernels[(..., *tap)])
        parts.append(y)
    y = np.concatenate(parts, 1)
    of = [m * t for m, t in zip(n, s, strict=True)]  # "same" is counted on the output
    cut = pairs(padding, of, k, s, d)
    names = list(padding) if _many(padding) else [padding] * axes
    for axis, (before, after) in enumerate(cut):
        size = of[axis] if names[axis] == "same" else full[axis] + extra[axis] - before - after
        assert size > 0
        y = padded(y, [(0, max(0, before + size - full[axis]) if a == axis else 0) for a in range(axes)])
        y = y.take(range(before, before + size), axis + 2)
    return y if b is None else y + _bias(b, (y.shape[1],)).reshape(-1, *(1,) * axes)


def locally_connected(x, w, b=None, *, stride=1, padding=0):
    w, axes = floats(w), np.ndim(x) - 2
    o, k = _letters(axes)
    seen = conv_windows(x, w.shape[axes + 2 :], stride, padding)
    assert seen.shape[2 : 2 + axes] == w.shape[1 : 1 + axes]
    y = np.einsum(f"nc{o}{k},f{o}c{k}->nf{o}", seen, w)
    return y if b is None else y + _bias(b, y.shape[1:])


def tiled_conv(x, w, b=None, *, stride=1, padding=0):
    w, axes = floats(w), np.ndim(x) - 2
    o, k = _letters(axes)
    seen = conv_windows(x, w.shape[axes + 2 :], stride, padding)
    turns = np.ix_(*(np.arange(m) % t for m, t in zip(seen.shape[2 : 2 + axes], w.shape, strict=False)))
    y = np.einsum(f"nc{o}{k},{o}fc{k}->nf{o}", seen, w[turns])
    return y if b is None else y + np.moveaxis(_bias(b, w.shape[: axes + 1])[turns], -1, 0)


def partially_connected(x, w, table, b=None, *, stride=1, padding=0, dilation=1, method="auto"):
    w, table = floats(w), np.asarray(table)
    assert table.dtype == bool and table.shape[1] == np.shape(x)[1] and table.sum() == len(w)
    seen = conv_windows(x, w.shape[1:], stride, padding, dilation)
    o, k = _letters(w.ndim - 1)
    kernels = np.split(w, np.cumsum(table.sum(1))[:-1])
    y = [
        np.einsum(f"nc{o}{k},c{k}->n{o}", seen[:, row], own) for row, own in zip(table, kernels, strict=True)
    ]
    y = np.stack(y, 1)
    return y if b is None else y + _bias(b, (len(table),)).reshape(-1, *(1,) * len(o))


def verify_layer(oracle):
    """Compare the output of a layer with its oracle's."""

    def verify(result, arguments, thorough):
        dtype = layer_type(arguments["x"], arguments["w"])
        if not thorough:
            return None if result.dtype == dtype else f"dtype {result.dtype}"
        return complaint("y", result, oracle(**arguments), dtype)

    return verify


def verify_layer_backward(oracle, bias_axes):
    """Compare gradients of a layer that is linear in x and in w with inner products."""

    def verify(result, arguments, thorough):
        rest = dict(arguments)
        dy, x, w = (np.asarray(rest.pop(name)) for name in ("dy", "x", "w"))
        dtype, calm = layer_type(x, w), finite(dy, x, w)
        dx, dw, db = result
        found = form("dx", dx, x.shape, dtype, calm) or form("dw", dw, w.shape, dtype, calm)
        found = found or complaint("db", db, bias_axes(floats(dy), w), dtype)
        if found or not (thorough and calm):
            return found
        dy, start = floats(dy), int(abs(floats(x).sum()) * 4)
        u, v = direction(x.shape, start), direction(w.shape, start + 1)
        for name, gradient, step, y in (
            ("dx", dx, u, oracle(u, w, **rest)),
            ("dw", dw, v, oracle(x, v, **rest)),
        ):
            assert y.shape == dy.shape
            found = found or along(
                name, gradient, step, float((dy * y).sum()), float(np.abs(dy * y).sum()) + 50
            )
        return found

    return verify
