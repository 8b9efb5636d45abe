"""Answers of the pools, computed anew: all windows side by side, with a mask of the places that count."""

from __future__ import annotations

from math import ceil as round_up
from typing import Any

import numpy as np

from tests.fuzz.oracles import (
    complaint,
    each,
    finite,
    floats,
    form,
    layer_type,
    padded,
    pairs,
    views,
    whole_numbers,
)


class Windows:
    """Windows of a pool: values, places in the input, and which of them are inputs or padding."""

    def __init__(self, x, size, *, stride=None, padding=0, dilation=1, ceil=False) -> None:
        self.x = floats(x)
        n = self.x.shape[2:]
        axes = len(n)
        assert axes in (1, 2, 3)
        k, d = each(size, axes), each(dilation, axes)
        s = k if stride is None else each(stride, axes)
        zeros = pairs(padding, n, k, s, d)
        grown, mark = [], []
        for length, (before, after), taps, step, gap in zip(n, zeros, k, s, d, strict=True):
            room, reach = before + length + after, (taps - 1) * gap + 1
            places = (round_up((room - reach) / step) if ceil else (room - reach) // step) + 1
            if ceil and (places - 1) * step >= before + length:  # PyTorch's rule
                places -= 1
            assert places > 0
            missing = max(0, (places - 1) * step + reach - room)
            grown.append((before, after + missing))
            mark.append((room, (places - 1) * step + reach))
        window = (k, s, d)
        cut = (..., *(slice(reach) for _, reach in mark))
        self.values = self._flat(views(padded(self.x, grown)[cut], *window), axes)
        inside = padded(np.ones(n, bool), grown, False)
        room = np.ones([length for length, _ in mark], bool)
        room = padded(room, [(0, max(0, reach - length)) for length, reach in mark], False)
        places = padded(np.arange(inside.sum()).reshape(n), grown, -1)
        self.inside = self._flat(views(inside[cut], *window), axes)
        self.counted = self._flat(views(room[cut], *window), axes)
        self.places = self._flat(views(places[cut], *window), axes)
        assert self.inside.any(-1).all(), "a window without inputs"

    @staticmethod
    def _flat(seen: np.ndarray, axes: int) -> np.ndarray:
        """Lay the places of a window along one axis."""
        return seen.reshape(*seen.shape[: seen.ndim - axes], -1)

    def scattered(self, parts: np.ndarray) -> np.ndarray:
        """Add what each place of each window gets to the inputs there."""
        dx = np.zeros((self.x.shape[0] * self.x.shape[1], self.x[0, 0].size))
        flat = np.where(self.inside, parts, 0).reshape(len(dx), -1)
        where = np.maximum(self.places, 0).ravel()
        for row, part in zip(dx, flat, strict=True):
            np.add.at(row, where, part)
        return dx.reshape(self.x.shape)


def winners(values: np.ndarray, ties: str) -> np.ndarray:
    """Share of each place of a window in its maximum; NaN wins."""
    if ties == "first":
        return np.arange(values.shape[-1]) == np.argmax(values, -1)[..., None]
    top = values.max(-1, keepdims=True)
    best = np.where(np.isnan(top), np.isnan(values), values == top)
    return best / best.sum(-1, keepdims=True)


def max_pool(**options):
    w = Windows(**options)
    return np.where(w.inside, w.values, -np.inf).max(-1)


def max_pool_backward(dy, ties="first", **options):
    w = Windows(**options)
    masked = np.where(w.inside, w.values, -np.inf)
    if ties == "first":  # padding comes first where all inputs are minus infinity
        masked = np.where(w.inside, masked, np.nanmin(np.where(np.isinf(masked), 0, masked)) - 1)
    return w.scattered(winners(masked, str(ties)) * floats(dy)[..., None])


def avg_pool(count_include_pad=False, **options):
    w = Windows(**options)
    return np.where(w.inside, w.values, 0).sum(-1) / (w.counted if count_include_pad else w.inside).sum(-1)


def avg_pool_backward(dy, count_include_pad=False, **options):
    w = Windows(**options)
    parts = floats(dy) / (w.counted if count_include_pad else w.inside).sum(-1)
    return w.scattered(np.broadcast_to(parts[..., None], w.values.shape))


def lp_pool(p=2, **options):
    w = Windows(**options)
    sizes, p = np.where(w.inside, np.abs(w.values), 0), float(p)
    top = sizes.max(-1)
    if p == np.inf:
        return top
    safe = np.where((top > 0) & (top < np.inf), top, 1)
    return np.where(safe == top, ((sizes / safe[..., None]) ** p).sum(-1) ** (1 / p) * safe, top)


def lp_pool_backward(dy, p=2, **options):
    w = Windows(**options)
    sizes, p = np.where(w.inside, np.abs(w.values), 0), float(p)
    dy = floats(dy)[..., None]
    if p == np.inf:
        parts = winners(np.where(w.inside, sizes, -1), "first") * dy
    elif p == 1:
        parts = np.broadcast_to(dy, sizes.shape)
    else:
        norm = lp_pool(p, **options)[..., None]
        parts = (sizes / np.where(norm == 0, 1, norm)) ** (p - 1) * dy
    return w.scattered(parts) * np.sign(w.x)


def weighted_pool(x, weights, stride=None):
    weights = floats(weights)
    w = Windows(x, weights.shape, stride=stride)
    return (w.values * weights.ravel()).sum(-1)


def weighted_pool_backward(dy, x, weights, stride=None):
    weights = floats(weights)
    w = Windows(x, weights.shape, stride=stride)
    return w.scattered(weights.ravel() * floats(dy)[..., None])


def _bins(x: np.ndarray, bins: Any):
    """Give the place of each bin, and the part of x in it."""
    n = x.shape[2:]
    counts = each(bins, len(n))
    assert x.ndim in (3, 4, 5) and all(0 < b <= m for b, m in zip(counts, n, strict=True))
    for place in np.ndindex(*counts):
        edges = [(i * m // b, (i + 1) * m // b) for i, m, b in zip(place, n, counts, strict=True)]
        yield counts, place, (..., *(slice(*edge) for edge in edges))


def adaptive_pool(x, bins, how="max"):
    x, y = floats(x), None
    for counts, place, part in _bins(x, bins):
        y = np.zeros((*x.shape[:2], *counts)) if y is None else y
        flat = x[part].reshape(*x.shape[:2], -1)
        y[(..., *place)] = flat.max(-1) if how == "max" else flat.mean(-1)
    return y


def adaptive_pool_backward(dy, x, bins, how="max", ties="first"):
    x, dy = floats(x), floats(dy)
    dx = np.zeros(x.shape)
    for _, place, part in _bins(x, bins):
        flat = x[part].reshape(*x.shape[:2], -1)
        share = winners(flat, str(ties)) if how == "max" else np.full(flat.shape, 1 / flat.shape[-1])
        dx[part] = (share * dy[(..., *place)][..., None]).reshape(x[part].shape)
    return dx


def global_pool(x, how="max"):
    return adaptive_pool(x, 1, how).reshape(np.shape(x)[:2])


def global_pool_backward(dy, x, how="max", ties="first"):
    dy = floats(dy)
    return adaptive_pool_backward(dy.reshape(*dy.shape, *(1,) * (np.ndim(x) - 2)), x, 1, how, ties)


def _runs(x: np.ndarray, pieces: int, axis: int) -> np.ndarray:
    """Cut one axis into runs, laid along a last axis."""
    x = np.moveaxis(x, axis, -1)
    return x.reshape(*x.shape[:-1], -1, int(pieces))


def maxout(x, pieces, axis=1):
    return np.moveaxis(_runs(floats(x), pieces, axis).max(-1), -1, axis)


def maxout_backward(dy, x, pieces, axis=1, ties="first"):
    x = floats(x)
    share = winners(_runs(x, pieces, axis), str(ties)) * np.moveaxis(floats(dy), axis, -1)[..., None]
    return np.moveaxis(share.reshape(np.moveaxis(x, axis, -1).shape), -1, axis)


def distance_weights(size, sigma=1.0):
    size, sigma = whole_numbers(size), float(sigma)
    assert size
    squares = sum(
        (np.arange(k) - (k - 1) / 2).reshape(-1, *(1,) * (len(size) - 1 - axis)) ** 2
        for axis, k in enumerate(size)
    )
    bell = np.exp(-(squares - np.min(squares)) / 2 / sigma / sigma)
    return bell / np.sum(bell)


def verify(oracle):
    """Compare a pool with its oracle."""

    def compare(result, arguments, thorough):
        dtype = layer_type(arguments["x"])
        if not thorough:
            return None if result.dtype == dtype else f"dtype {result.dtype}"
        return complaint("y", result, oracle(**arguments), dtype)

    return compare


def verify_backward(oracle):
    """Compare a pool's gradient with its oracle's, where all numbers are finite."""

    def compare(result, arguments, thorough):
        x = np.asarray(arguments["x"])
        calm = finite(*(arguments[name] for name in ("dy", "x", "weights") if name in arguments))
        found = form("dx", result, x.shape, layer_type(x), calm)
        if found or not (thorough and calm):
            return found
        return complaint("dx", result, oracle(**arguments), layer_type(x), 4)

    return compare
