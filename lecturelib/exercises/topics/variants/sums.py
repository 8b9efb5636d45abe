"""The sums of this topic: one kernel for all places, or one for each. Nothing is flipped, nothing padded."""

from __future__ import annotations

import numpy as np


def places(X: np.ndarray, taps: tuple[int, ...], stride: int = 1) -> tuple[int, int]:
    """Count the rows and columns of the result; 0 where the kernel does not fit."""
    return tuple(max(0, (size - k) // stride + 1) for size, k in zip(X.shape[-2:], taps[-2:], strict=True))


def beneath(X: np.ndarray, m: int, n: int, size: tuple[int, int], stride: int = 1) -> np.ndarray:
    """Give what lies below the tap (m, n), for all places at once."""
    rows, columns = (max(0, stride * (count - 1) + 1) for count in size)
    return X[..., m : m + rows : stride, n : n + columns : stride][..., : size[0], : size[1]]


def shared(X: np.ndarray, K: np.ndarray, stride: int = 1) -> np.ndarray:
    """Cross-correlate X (C_in, H, W) with K (C_out, C_in, KH, KW), the same at all places."""
    size = places(X, K.shape, stride)
    result = np.zeros((len(K), *size), dtype=np.result_type(X, K))
    for m, n in np.ndindex(K.shape[2:]):
        result += np.einsum("cij,oc->oij", beneath(X, m, n, size, stride), K[:, :, m, n])
    return result


def unshared(X: np.ndarray, W: np.ndarray) -> np.ndarray:
    """Cross-correlate X (C_in, H, W) with a kernel for each place, W (C_out, *places, C_in, KH, KW)."""
    size = W.shape[1:3]
    result = np.zeros((len(W), *size), dtype=np.result_type(X, W))
    for m, n in np.ndindex(W.shape[4:]):
        result += np.einsum("cij,oijc->oij", beneath(X, m, n, size), W[..., m, n])
    return result


def each_alone(X: np.ndarray, k: np.ndarray) -> np.ndarray:
    """Cross-correlate each channel of X (C, H, W) with the kernel of k (C, KH, KW) that has its number."""
    size = places(X, k.shape)
    result = np.zeros((len(X), *size), dtype=np.result_type(X, k))
    for m, n in np.ndindex(k.shape[1:]):
        result += beneath(X, m, n, size) * k[:, m, n][:, None, None]
    return result


def kind_of(x: np.ndarray) -> str:
    """Say in a label what an array holds."""
    return "integers" if x.dtype.kind == "i" else "float32 numbers" if x.dtype == np.float32 else "numbers"
