"""Local contrast normalization: the answer of `lcn`, in steps that mistakes can replace."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

BORDERS = {"zeros": "constant", "reflect": "reflect"}


def beyond(maps: np.ndarray, omega: np.ndarray, mode: str) -> np.ndarray:
    """Continue maps (..., H, W) beyond the borders, as far as the window reaches."""
    margins = [(0, 0)] * (maps.ndim - 2) + [(side // 2, side // 2) for side in omega.shape]
    return np.pad(maps, margins, mode=BORDERS.get(mode, mode))


def weighted(maps: np.ndarray, omega: np.ndarray, mode: str) -> np.ndarray:
    """Sum up the window around each place of maps (..., H, W), with weights."""
    (height, width), wide = maps.shape[-2:], beyond(maps, omega, mode)
    result = np.zeros(maps.shape)
    for p, q in np.ndindex(omega.shape):
        result += omega[p, q] * wide[..., p : p + height, q : q + width]
    return result


def means(x: np.ndarray, omega: np.ndarray, mode: str) -> np.ndarray:
    """Give the weighted mean of the window, over all maps of x (C, H, W)."""
    return weighted(x.mean(axis=0), omega, mode)


def spread(v: np.ndarray, omega: np.ndarray, mode: str) -> np.ndarray:
    """Give sigma (H, W) of v (C, H, W)."""
    return np.sqrt(weighted((v**2).mean(axis=0), omega, mode))


def least(sigma: np.ndarray, c: float | None) -> float:
    """Give the least divisor."""
    return sigma.mean() if c is None else c


def quotient(v: np.ndarray, divisor: np.ndarray) -> np.ndarray:
    """Divide, with 0 where the divisor is 0."""
    divisor = np.broadcast_to(divisor, v.shape)
    return np.divide(v, divisor, out=np.zeros(v.shape), where=divisor != 0)


def divided(
    v: np.ndarray,
    omega: np.ndarray,
    c: float | None,
    mode: str,
    sigma_of: Callable = spread,
    c_of: Callable = least,
    combine: Callable = np.maximum,
) -> np.ndarray:
    """Divide v by max(c, sigma); wrong ingredients make wrong answers."""
    sigma = sigma_of(v, omega, mode)
    return quotient(v, combine(c_of(sigma, c), sigma))


def centred(x: np.ndarray, omega: np.ndarray, mode: str, mean_of: Callable = means) -> np.ndarray:
    """Subtract the mean of the window."""
    return x - mean_of(x, omega, mode)


def reference(x: np.ndarray, omega: np.ndarray, c: float | None, mode: str) -> np.ndarray:
    """Subtract the window's mean over all maps, then divide by its size, at least c."""
    return divided(centred(x, omega, mode), omega, c, mode)
