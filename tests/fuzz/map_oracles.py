"""Answers of pointwise maps, normalizations, warps and p4 layers, computed anew."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from tests.fuzz.oracles import (
    _many,
    complaint,
    conv,
    direction,
    finite,
    floats,
    form,
    layer_type,
    pairs,
    verify_layer,
    verify_layer_backward,
    views,
    whole_numbers,
)
from tests.fuzz.pool_oracles import winners

__all__ = ["verify_layer", "verify_layer_backward"]

NUMPY = {
    "circular": "wrap",
    "reflect": "reflect",
    "symmetric": "symmetric",
    "edge": "edge",
    "zeros": "constant",
}
SCIPY = {
    "circular": "grid-wrap", "reflect": "mirror", "symmetric": "reflect", "edge": "nearest",
    "zeros": "grid-constant",
}  # fmt: skip


def relu(x):
    return np.where(floats(x) < 0, 0, floats(x))


def relu_backward(dy, x):
    x = floats(x)
    return np.where(np.isnan(x), np.nan, np.where(x > 0, _same(dy, x), 0))


def rectify(x):
    return np.where(floats(x) < 0, -floats(x), floats(x))


def rectify_backward(dy, x):
    x, dy = floats(x), _same(dy, floats(x))
    return np.where(np.isnan(x), np.nan, np.where(x > 0, dy, np.where(x < 0, -dy, 0)))


def tanh(x):
    x = floats(x)
    e = np.exp(-2 * np.abs(x))
    return np.sign(x) * (1 - e) / (1 + e)


def tanh_backward(dy, x):
    x = floats(x)
    return _same(dy, x) / np.cosh(x) ** 2 if (np.abs(x) < 300).all() else _same(dy, x) * (1 - tanh(x) ** 2)


def _same(dy, x):
    assert np.shape(dy) == x.shape
    return floats(dy)


def verify(oracle, name="x"):
    """Compare with an oracle that has the same arguments."""

    def compare(result, arguments, thorough):
        if not thorough:
            return None
        return complaint("y", result, oracle(**arguments), layer_type(arguments[name]), 5)

    return compare


def verify_calm(oracle):
    """Compare with an oracle where all numbers are finite."""

    def compare(result, arguments, thorough):
        if finite(arguments["x"], arguments["dy"]):
            return verify(oracle)(result, arguments, thorough)
        return None

    return compare


# Local contrast.


def _mean_around(maps, window, boundary):
    window = floats(window)
    pads = [(0, 0), (0, 0), *((k // 2, k // 2) for k in window.shape)]
    seen = views(
        np.pad(maps, pads, mode=NUMPY[str(boundary)]), window.shape, (1,) * window.ndim, (1,) * window.ndim
    )
    total = (seen * (window / window.sum())).sum(tuple(range(-window.ndim, 0)))
    return total.mean(1, keepdims=True)


def subtractive(x, window, boundary="zeros"):
    x = floats(x)
    return x - _mean_around(x, window, boundary)


def sigma_and_c(v, window, c, boundary):
    sigma = np.sqrt(_mean_around(v * v, window, boundary))
    return sigma, sigma.mean(tuple(range(1, v.ndim)), keepdims=True) if isinstance(c, str) else float(c)


def divisive(v, window, c="mean", boundary="zeros"):
    v = floats(v)
    divisor = np.maximum(*sigma_and_c(v, window, c, boundary))
    return np.where(divisor == 0, 0, v / np.where(divisor == 0, 1, divisor))


def local_contrast(x, window, c="mean", boundary="zeros"):
    return divisive(subtractive(x, window, boundary), window, c, boundary)


def verify_contrast(oracle, name):
    """Compare with an oracle, unless rounding errors of an image that vanishes are divided by their size."""

    def compare(result, arguments, thorough):
        if name == "x" and "c" in arguments and finite(arguments["x"]):
            x, window, c, boundary = (arguments[n] for n in ("x", "window", "c", "boundary"))
            divisor = np.maximum(*sigma_and_c(subtractive(x, window, boundary), window, c, boundary))
            if divisor.min() < 1e-3 * np.abs(floats(x)).max():
                return form("y", result, np.shape(x), layer_type(x), True)
        return verify(oracle, name)(result, arguments, thorough)

    return compare


def verify_contrast_backward(oracle, name):
    """Compare a gradient with a central difference, away from kinks."""

    def compare(result, arguments, thorough):
        rest = dict(arguments)
        dy, x = floats(rest.pop("dy")), floats(rest.pop(name))
        dtype, calm = layer_type(arguments[name]), finite(dy, x, rest["window"])
        found = form("dx", result, x.shape, dtype, calm)
        if found or not (thorough and calm) or dtype.itemsize != 8:
            return found
        if "c" in rest:
            v = subtractive(x, rest["window"], rest["boundary"]) if name == "x" else x
            sigma, c = sigma_and_c(v, rest["window"], rest["c"], rest["boundary"])
            if np.min(np.abs(sigma - c)) < 1e-2 or np.min(sigma) < 1e-1 or np.min(c) < 1e-1:
                return None
        u, h = direction(x.shape, int(abs(x.sum()) * 4)), 1e-5
        change = ((oracle(x + h * u, **rest) - oracle(x - h * u, **rest)) / (2 * h) * dy).sum()
        got = (result * u).sum()
        return None if abs(got - change) <= 1e-6 * (1 + np.abs(dy).sum()) else f"<dx, u> {got}, not {change}"

    return compare


# Movements.


def verify_translate(result, arguments, thorough):
    x, shift, mode = np.asarray(arguments["x"]), arguments["shift"], NUMPY[str(arguments["boundary"])]
    shifts = whole_numbers(shift if _many(shift) else (shift,))
    y = x
    for axis, step in enumerate(shifts, start=x.ndim - len(shifts)):
        n = x.shape[axis]
        period = 2 * n * max(1, n - 1)
        step = max(-n, min(n, step)) if mode in ("constant", "edge") else int(step % period)
        pads = [(0, 0)] * x.ndim
        pads[axis] = (max(step, 0), max(-step, 0))
        y = np.pad(y, pads, mode=mode).take(range(max(-step, 0), max(-step, 0) + n), axis)
    if result.dtype != x.dtype or result.shape != x.shape:
        return f"y has shape {result.shape} and dtype {result.dtype}"
    return (
        None if np.array_equal(result, y, equal_nan=x.dtype.kind in "fc") else f"y is {result} instead of {y}"
    )


def _looked_up(x, places, boundary):
    """Interpolate every image at the same places."""
    x, d = floats(x), len(places)
    images = x.reshape(-1, *x.shape[x.ndim - d :])
    mode = SCIPY[str(boundary)]
    found = [ndimage.map_coordinates(i, places, order=1, mode=mode, prefilter=False) for i in images]
    return np.stack(found).reshape(*x.shape[: x.ndim - d], *np.shape(places)[1:])


def _about_centre(x, matrix, boundary):
    shape = np.shape(x)[-2:]
    centre = (np.array(shape).reshape(2, 1, 1) - 1) / 2
    return _looked_up(x, np.einsum("ij,jab->iab", matrix, np.indices(shape) - centre) + centre, boundary)


def rotate(x, degrees, boundary):
    degrees = float(degrees)
    if degrees % 90 == 0:
        return np.rot90(floats(x), int(degrees % 360 // 90), axes=(-2, -1))
    t = np.deg2rad(degrees % 360)
    return _about_centre(x, [[np.cos(t), np.sin(t)], [-np.sin(t), np.cos(t)]], boundary)


def scale(x, factor, boundary):
    return _about_centre(x, np.eye(2) / float(factor), boundary)


def warp(x, displacement, boundary):
    displacement = floats(displacement)
    return _looked_up(x, np.indices(displacement.shape[1:]) - displacement, boundary)


def verify_image(oracle):
    """Compare with SciPy's interpolation where it is sound: finite images, places not far away."""

    def compare(result, arguments, thorough):
        x = np.asarray(arguments["x"])
        calm, turned = finite(x), "degrees" in arguments and float(arguments["degrees"]) % 180 == 90
        shape = (*x.shape[:-2], x.shape[-1], x.shape[-2]) if turned else x.shape
        found = form("y", result, shape, layer_type(x), calm)
        far = "factor" in arguments and not float(arguments["factor"]) > 1e-3
        far = far or ("displacement" in arguments and not finite(arguments["displacement"]))
        if found or far or not (calm and thorough):
            return found
        return complaint("y", result, oracle(**arguments), layer_type(x), 1000)

    return compare


# The group p4.


def p4_places(n, k, padding):
    zeros = pairs(padding, n, (k, k), (1, 1), (1, 1))
    return tuple(m + sum(p) - k + 1 for m, p in zip(n, zeros, strict=True))


def turned(maps, r):
    """Maps (..., 4, H, W) after r quarter turns, one orientation at a time."""
    return np.stack([np.rot90(maps[..., (o - r) % 4, :, :], r, axes=(-2, -1)) for o in range(4)], -3)


def p4_lift(x, w, b=None, padding=0):
    w = floats(w)
    assert np.ndim(x) == 4 and w.ndim == 4 and w.shape[-1] == w.shape[-2]
    return np.stack([conv(x, np.rot90(w, r, axes=(-2, -1)), b, padding=padding) for r in range(4)], 2)


def p4_conv(x, w, b=None, padding=0):
    x, w = floats(x), floats(w)
    assert x.ndim == 5 and w.ndim == 5 and x.shape[2] == w.shape[2] == 4 and w.shape[-1] == w.shape[-2]
    assert x.shape[1] == w.shape[1]
    x = x.reshape(len(x), -1, *x.shape[-2:])
    kernels = (turned(w, r).reshape(len(w), -1, *w.shape[-2:]) for r in range(4))
    return np.stack([conv(x, kernel, b, padding=padding) for kernel in kernels], 2)


def p4_pool(x, how="max"):
    assert np.ndim(x) == 5 and np.shape(x)[2] == 4
    parts = [floats(x)[:, :, r] for r in range(4)]
    return np.stack(parts).max(0) if how == "max" else sum(parts) / 4


def p4_pool_backward(dy, x, how="max", ties="first"):
    x, dy = np.moveaxis(floats(x), 2, -1), floats(dy)[..., None]
    share = winners(x, str(ties)) if how == "max" else np.full(x.shape, 0.25)
    return np.moveaxis(share * dy, -1, 2)


def verify_turn(result, arguments, thorough):
    x = np.asarray(arguments["x"])
    expected = turned(x, int(arguments["turns"] % 4))
    if result.dtype != x.dtype or result.shape != expected.shape:
        return f"y has shape {result.shape} and dtype {result.dtype}"
    return None if np.array_equal(result, expected, equal_nan=x.dtype.kind == "f") else f"y is {result}"
