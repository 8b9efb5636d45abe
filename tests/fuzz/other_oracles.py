"""Answers of signals, windows, shapes and losses, computed anew."""

from __future__ import annotations

from math import ceil as round_up

import numpy as np

from tests.fuzz.map_oracles import NUMPY
from tests.fuzz.oracles import (
    complaint,
    each,
    finite,
    floats,
    form,
    layer_type,
    pairs,
    views,
    whole_numbers,
)


def exact(result, expected: np.ndarray) -> str | None:
    """Compare exactly, dtype and bytes too."""
    expected = np.asarray(expected)
    if result.shape != expected.shape or result.dtype != expected.dtype:
        return (
            f"shape {result.shape} and dtype {result.dtype} instead of {expected.shape} and {expected.dtype}"
        )
    same = np.array_equal(result, expected, equal_nan=expected.dtype.kind in "fc")
    return None if same else f"{result!r} instead of {expected!r}"


# Signals.


def convolve(x, k, mode="full", boundary="zeros", method="auto"):
    """Look through windows at the padded signal: every output anew."""
    x, k, mode, boundary = np.asarray(x), np.asarray(k), str(mode), str(boundary)
    assert x.ndim == k.ndim
    dtype = np.result_type(x, k)
    if dtype.kind == "f":
        dtype = np.result_type(dtype, float)
    x, k = x.astype(dtype), k.astype(dtype)
    if mode == "valid":
        if any(n < m for n, m in zip(x.shape, k.shape, strict=True)):
            x, k = k, x
        assert all(n >= m for n, m in zip(x.shape, k.shape, strict=True))
        pads = [(0, 0)] * x.ndim
    elif mode == "full":
        pads = [(m - 1, m - 1) for m in k.shape]
    else:
        pads = [(m // 2, (m - 1) // 2) for m in k.shape]
    if x.ndim == 0:
        return x * k
    ones = (1,) * x.ndim
    inside = np.pad(np.ones(x.shape, bool), pads, constant_values=boundary != "zeros")
    x = np.pad(x, pads, mode=NUMPY[boundary])
    product = views(x, k.shape, ones, ones) * np.flip(k)
    if dtype.kind in "fc":  # what lies outside is absent: no 0 · ∞
        product = np.where(views(inside, k.shape, ones, ones), product, 0)
    axes = tuple(range(-k.ndim, 0))
    return product.any(axes) if dtype.kind == "b" else product.sum(axes, dtype=dtype)


def cross_correlate(x, k, mode="valid", boundary="zeros", method="auto"):
    return convolve(
        x, np.flip(np.conj(np.asarray(k)) if np.asarray(k).dtype.kind == "c" else k), mode, boundary
    )


def verify_signal(oracle):
    """Compare exactly for integers, up to rounding for the rest, and where finite."""

    def compare(result, arguments, thorough):
        x, k = np.asarray(arguments["x"]), np.asarray(arguments["k"])
        dtype = np.result_type(x, k).newbyteorder("=")
        expected = np.asarray(oracle(**arguments))
        if result.dtype != dtype or result.shape != expected.shape:
            return f"{result!r} of dtype {result.dtype} instead of {dtype}, {expected!r}"
        if dtype.kind in "biu":
            return None if np.array_equal(result, expected) else f"{result!r} instead of {expected!r}"
        if dtype.kind == "c" and not (np.isfinite(x).all() and np.isfinite(k).all()):
            return None
        if dtype.kind == "c":
            whole = dtype.itemsize // 2
            found = complaint("real part", result.real, expected.real, np.dtype(f"f{whole}"), 50)
            return found or complaint("imaginary part", result.imag, expected.imag, np.dtype(f"f{whole}"), 50)
        return complaint("y", result, expected, dtype, 50)

    return compare


def spreads(message, arguments):
    """Whether a warning is the documented one."""
    found = np.isfinite(np.asarray(arguments["x"])).all() and np.isfinite(np.asarray(arguments["k"])).all()
    return "FFT spreads" in message and str(arguments["method"]) == "fft" and not found


# Windows.


def _widths(of):
    return [whole_numbers(pair) for pair in of]


def verify_pad(result, arguments, thorough):
    x, widths, boundary = np.asarray(arguments["x"]), _widths(arguments["pairs"]), str(arguments["boundary"])
    widths = [(0, 0)] * (x.ndim - len(widths)) + widths
    more = {"constant_values": arguments["value"]} if boundary == "zeros" else {}
    if x.dtype.kind in "biu":
        assert complex(arguments["value"]) == complex(np.asarray(arguments["value"]).astype(x.dtype)), "held"
    return exact(result, np.pad(x, widths, mode=NUMPY[boundary], **more) if x.ndim else x)


def _cut(x, widths):
    widths = [(0, 0)] * (x.ndim - len(widths)) + widths
    x = x[tuple(slice(b, n - a) for n, (b, a) in zip(x.shape, widths, strict=True))]
    assert x.size
    return x


def verify_crop(result, arguments, thorough):
    return exact(result, _cut(np.asarray(arguments["x"]), _widths(arguments["pairs"])))


def verify_pad_adjoint(result, arguments, thorough):
    """Scatter every sample to where it was copied from."""
    y, widths, boundary = np.asarray(arguments["y"]), _widths(arguments["pairs"]), str(arguments["boundary"])
    inner = _cut(y, widths)
    if result.shape != inner.shape or result.dtype != y.dtype:
        return f"shape {result.shape} and dtype {result.dtype}"
    if boundary == "zeros":
        return exact(result, inner)
    if not np.isfinite(y).all() or y.dtype.kind in "b" or y.dtype.itemsize < 4 or np.abs(y).max() > 1e4:
        return None
    widths = [(0, 0)] * (y.ndim - len(widths)) + widths
    places = np.pad(np.arange(inner.size).reshape(inner.shape), widths, mode=NUMPY[boundary]) if y.ndim else 0
    expected = np.zeros(inner.size, complex)
    np.add.at(expected, np.ravel(places), y.ravel())
    same = np.allclose(result, expected.reshape(inner.shape), 1e-5, 1e-5)
    return None if same else f"{result!r} instead of {expected!r}"


def _steps(arguments, axes):
    return (each(arguments["stride"], axes), each(arguments["dilation"], axes)) if axes else ((), ())


def verify_windows(result, arguments, thorough):
    x, k = np.asarray(arguments["x"]), whole_numbers(arguments["size"])
    if result.flags.writeable:
        return "the view can be written to"
    return exact(result, views(x, k, *_steps(arguments, len(k))))


def verify_fold(result, arguments, thorough):
    y, n = np.asarray(arguments["y"]), whole_numbers(arguments["shape"])
    steps, lead = _steps(arguments, len(n)), y.ndim - 2 * len(n)
    k = y.shape[lead + len(n) :]
    if not np.isfinite(y).all() or y.dtype.itemsize < 4 or np.abs(y).max() > 1e4:
        return None if result.shape == (*y.shape[:lead], *n) else f"{result!r}"
    places = views(np.arange(int(np.prod(n))).reshape(n), k, *steps)
    assert places.shape == y.shape[lead:]
    expected = np.zeros((int(np.prod(y.shape[:lead])), int(np.prod(n))), complex)
    for row, values in zip(expected, y.reshape(len(expected), -1), strict=True):
        np.add.at(row, places.ravel(), values)
    expected = expected.reshape(*y.shape[:lead], *n)
    if (
        result.shape != expected.shape
        or result.dtype != y.dtype
        or not np.allclose(result, expected, 1e-5, 1e-5)
    ):
        return f"{result!r} instead of {expected!r}"
    return None


# Shapes.


def verify_size(result, arguments, thorough):
    n, k, s, t = (int(arguments[name]) for name in ("n", "k", "stride", "dilation"))
    padding = arguments["padding"]
    ((before, after),) = pairs([padding], (n,), (k,), (s,), (t,))
    room = n + before + after - t * (k - 1) - 1
    expected = (round_up(room / s) if arguments["ceil"] else room // s) + 1
    if arguments["ceil"] and (expected - 1) * s >= n + before:
        expected -= 1
    assert expected > 0
    return None if type(result) is int and result == expected else f"{result!r} instead of {expected}"


def verify_field(result, arguments, thorough):
    layers = arguments["layers"]
    if not isinstance(layers, (list, tuple)):
        return None if isinstance(result, tuple) else f"{result!r}"
    units, fields = 1, []
    for depth in range(1, len(layers) + 1):
        units = 1  # inputs that one unit of this layer sees, going down
        for k, s, t in reversed(layers[:depth]):
            units = (units - 1) * s + (k - 1) * t + 1
        fields.append(units)
    return None if result == tuple(fields) else f"{result!r} instead of {fields}"


# Losses.


def verify_cross_entropy(result, arguments, thorough):
    loss, gradient = result
    logits, labels = floats(arguments["logits"]), np.asarray(arguments["labels"])
    dtype, calm = layer_type(arguments["logits"]), finite(arguments["logits"])
    found = form("dlogits", gradient, logits.shape, dtype, calm)
    if found or not calm:
        return found or (None if isinstance(loss, float) else "the loss is no float")
    assert labels.dtype.kind in "iu" and labels.shape == (len(logits), *logits.shape[2:])
    right = np.moveaxis(np.eye(logits.shape[1])[labels], -1, 1)
    total = np.log(np.exp(logits).sum(1, keepdims=True))
    expected = float((total - logits)[right == 1].mean())
    if not (isinstance(loss, float) and abs(loss - expected) < (1e-9 if dtype.itemsize > 4 else 1e-2)):
        return f"the loss is {loss!r} instead of {expected}"
    return complaint("dlogits", gradient, (np.exp(logits - total) - right) / labels.size, dtype)


def verify_squares(result, arguments, thorough):
    loss, gradient = result
    dtype = layer_type(arguments["outputs"])
    difference = floats(arguments["outputs"]) - floats(arguments["targets"])
    assert np.shape(arguments["outputs"]) == np.shape(arguments["targets"])
    found = complaint("doutputs", gradient, 2 * difference / difference.size, dtype, 5)
    if found or not finite(difference):
        return found
    expected = np.mean(difference**2)
    close = isinstance(loss, float) and abs(loss - expected) <= 2e-2 * (1 + expected)
    return None if close else f"the loss is {loss!r} instead of {expected}"


def verify_connections(result, arguments, thorough):
    filters, channels, reads = (int(arguments[name]) for name in ("filters", "channels", "reads"))
    if result.dtype != bool or result.shape != (filters, channels) or (result.sum(1) != reads).any():
        return f"{result!r}"
    return None
