"""Matrices, by what they do to a signal, and kernels, computed anew."""

from __future__ import annotations

import numpy as np

from tests.fuzz.oracles import _many, complaint, floats, whole_numbers
from tests.fuzz.other_oracles import convolve, exact


def verify(oracle):
    """Compare a kernel with an oracle."""

    def compare(result, arguments, thorough):
        return complaint("kernel", result, oracle(**arguments), np.dtype(float))

    return compare


# Matrices: what they do to a signal.


def verify_matrix(result, arguments, thorough):
    k = np.asarray(arguments["k"])
    shape = arguments.get("shape", arguments.get("n"))
    shape = whole_numbers(shape if _many(shape) else (shape,))
    assert len(shape) == k.ndim
    if result.dtype.newbyteorder("=") != k.dtype.newbyteorder("=") or result.shape[1] != int(np.prod(shape)):
        return f"dtype {result.dtype} and shape {result.shape}"
    if not np.isfinite(k).all() or np.abs(k).max() > 1e4:
        return None
    k = k.astype(complex)
    x = np.arange(1.0, 1 + int(np.prod(shape))).reshape(shape)
    expected = convolve(x, k, arguments["mode"], arguments.get("boundary", "zeros")).ravel()
    got = result.astype(complex) @ x.ravel()
    wraps = result.dtype.kind in "biu" or result.dtype.itemsize < 4  # sums that wrap, or are rounded
    if got.shape != expected.shape:
        return f"{got.shape} outputs instead of {expected.shape}"
    return None if wraps or np.allclose(got, expected, 1e-5, 1e-5) else f"{got} instead of {expected}"


def verify_circulant(result, arguments, thorough):
    k, n = np.asarray(arguments["k"]), int(arguments["n"])
    assert k.ndim == 1 and k.size <= n
    column = np.concatenate([k, np.zeros(n - k.size, k.dtype)])
    return exact(result, np.stack([np.roll(column, j) for j in range(n)], 1).astype(k.dtype))


# Kernels.


def sobel(direction):
    across = np.array([[1, 0, -1], [2, 0, -2], [1, 0, -1]])
    return across if direction == "x" else across.T


def box(size, ndim):
    shape = whole_numbers(size) if _many(size) else (int(size),) * int(ndim)
    assert shape
    return np.ones(shape) / np.prod(shape)


def gaussian(size, sigma, ndim):
    squares = np.sum((np.indices((int(size),) * int(ndim)) - (int(size) - 1) / 2) ** 2, 0)
    bell = np.exp(-(squares - squares.min()) / float(sigma) / float(sigma) / 2)
    assert float(sigma) > 0
    return bell / bell.sum()


def laplacian(diagonals):
    corner = int(diagonals)
    return np.array([[corner, 1, corner], [1, -4 - 4 * corner, 1], [corner, 1, corner]])


def sharpen(amount):
    amount = float(amount)
    return np.array([[0, -amount, 0], [-amount, 1 + 4 * amount, -amount], [0, -amount, 0]])


def impulse(size, ndim):
    kernel = np.zeros((int(size),) * int(ndim))
    kernel[((int(size) - 1) // 2,) * int(ndim)] = 1
    return kernel


def gabor(x, y, beta_x, beta_y, f, alpha=1, phi=0, x0=0, y0=0, tau=0):
    x, y = floats(x) - float(x0), floats(y) - float(y0)
    tau = float(tau)
    u, v = x * np.cos(tau) + y * np.sin(tau), -x * np.sin(tau) + y * np.cos(tau)
    window = np.exp(-float(beta_x) * u**2 - float(beta_y) * v**2)
    return float(alpha) * window * np.cos(float(f) * u + float(phi))
