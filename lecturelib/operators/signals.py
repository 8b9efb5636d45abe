"""Convolution and cross-correlation of plain arrays: the definition, with modes and boundaries."""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import ArrayLike

from lecturelib.operators.shapes import boundary_pads, mode_length, mode_start
from lecturelib.operators.spec import SignalSpec
from lecturelib.operators.windows import pad


def convolve(
    x: ArrayLike, k: ArrayLike, mode: str = "full", *, boundary: str = "zeros", method: str = "auto"
) -> np.ndarray:
    """Convolution: the flipped kernel slides over the signal.

    Parameters
    ----------
    x : array_like of shape (*S)
        The signal: any number of axes, none included; booleans, integers, real or complex numbers.
    k : array_like of shape (*K)
        The kernel, with as many axes as `x`.
    mode : {"full", "same", "valid"}
        How much of the result is kept; see Returns.
    boundary : {"zeros", "circular", "reflect", "symmetric", "edge"}
        What lies beyond the border of `x`, as in :func:`~lecturelib.operators.windows.pad`.
        ``valid`` never looks there.
    method : {"auto", "direct", "fft"}
        Sum of shifted copies, or product of spectra (of pieces, where the signal is long). ``auto`` takes
        the cheaper one.

    Returns
    -------
    ndarray
        Its length along an axis of lengths n (signal) and k (kernel) is ``n + k - 1`` for ``full``;
        n for ``same``, starting ``(k - 1) // 2`` into full; ``|n - k| + 1`` for ``valid``.
        Its dtype is ``np.result_type(x, k)``. Two numbers (no axes) give a NumPy scalar.

    Raises
    ------
    TypeError
        If `x` or `k` does not hold numbers.
    ValueError
        If their numbers of axes differ, one is empty, an option is unknown, or ``valid`` is asked
        where neither contains the other.

    See Also
    --------
    cross_correlate : The same without the flip; what layers compute.

    Notes
    -----
    The definition is ``y[i] = sum over j of x[j] * k[i - j]``; terms outside either array are
    absent. It takes ``k.size`` multiply-adds an output. Agrees with :func:`scipy.signal.convolve` [1]_.

    Surprises. Integers are computed in their own type and wrap around, as everywhere in NumPy:
    convert photos to float first. One-dimensional booleans give "or" of "and"; with more axes they
    are refused, as in SciPy. ``full`` with ``circular`` is longer than one period: its ends repeat.
    An infinity or NaN reaches the outputs it contributes to when the method is direct, which ``auto``
    then chooses; the FFT spreads it over all of them and warns.

    References
    ----------
    .. [1] SciPy reference, ``scipy.signal.convolve``.

    Examples
    --------
    >>> convolve([1, 2, 3, 5, 8], [1, 10, 100])
    array([  1,  12, 123, 235, 358, 580, 800])
    >>> convolve([1, 2, 3, 5, 8], [1, 10, 100], "valid")
    array([123, 235, 358])
    """
    spec = SignalSpec.from_arguments(x, k, mode, boundary, method)
    return _convolve(np.asarray(x), np.asarray(k), spec)


def cross_correlate(
    x: ArrayLike, k: ArrayLike, mode: str = "valid", *, boundary: str = "zeros", method: str = "auto"
) -> np.ndarray:
    """Cross-correlation: the kernel slides over the signal as it is, without a flip.

    Parameters
    ----------
    x : array_like of shape (*S)
        The signal: any number of axes, none included; booleans, integers, real or complex numbers.
    k : array_like of shape (*K)
        The kernel, with as many axes as `x`. Complex values are conjugated.
    mode : {"valid", "full", "same"}
        How much of the result is kept, as in :func:`convolve`.
    boundary : {"zeros", "circular", "reflect", "symmetric", "edge"}
        What lies beyond the border of `x`, as in :func:`~lecturelib.operators.windows.pad`.
    method : {"auto", "direct", "fft"}
        Sum of shifted copies, or product of spectra (of pieces, where the signal is long). ``auto`` takes
        the cheaper one.

    Returns
    -------
    ndarray
        Shape and dtype as from :func:`convolve`.

    Raises
    ------
    TypeError
        If `x` or `k` does not hold numbers.
    ValueError
        If their numbers of axes differ, one is empty, an option is unknown, or ``valid`` is asked
        where neither contains the other.

    See Also
    --------
    convolve : The same with the kernel flipped.

    Notes
    -----
    ``y[i] = sum over j of x[i + j] * conj(k[j])``: the convolution with the flipped conjugate
    of `k`, and computed as that. Cost and surprises are those of :func:`convolve`; unlike it,
    cross-correlation does not commute. Agrees with :func:`scipy.signal.correlate` [1]_, whose
    default mode is ``full``.

    References
    ----------
    .. [1] SciPy reference, ``scipy.signal.correlate``.

    Examples
    --------
    >>> cross_correlate([1, 2, 3, 5, 8], [1, 10, 100])
    array([321, 532, 853])
    """
    spec = SignalSpec.from_arguments(x, k, mode, boundary, method)
    k = np.asarray(k)
    return _convolve(np.asarray(x), np.flip(k.conj() if k.dtype.kind == "c" else k), spec)


def _convolve(x: np.ndarray, k: np.ndarray, spec: SignalSpec) -> np.ndarray:
    """Convolution of checked arguments: pad, multiply and add, keep what the mode asks for."""
    mode = spec.mode
    if spec.boundary != "zeros" and mode != "valid":
        pairs = [boundary_pads(n, size, mode) for n, size in zip(x.shape, k.shape, strict=True)]
        x, mode = pad(x, pairs, boundary=spec.boundary), "valid"
    start = [mode_start(n, size, mode) for n, size in zip(x.shape, k.shape, strict=True)]
    length = [mode_length(n, size, mode) for n, size in zip(x.shape, k.shape, strict=True)]
    kept = tuple(slice(first, first + count) for first, count in zip(start, length, strict=True))
    method = spec.method if spec.method != "auto" else cheaper_method(x, k)
    full = _product_of_spectra(x, k) if method == "fft" and x.ndim > 0 else _sum_of_shifted_copies(x, k)
    return full[kept] if x.ndim == 0 else np.ascontiguousarray(full[kept])


def _sum_of_shifted_copies(x: np.ndarray, k: np.ndarray) -> np.ndarray:
    """Full convolution: every tap of the kernel adds one shifted, scaled copy of the signal."""
    dtype = np.result_type(x, k)
    if k.size > x.size:
        x, k = k, x  # convolution commutes, and one pass per tap is cheapest with few taps
    x, k = x.astype(dtype), k.astype(dtype)
    y = np.zeros([n + size - 1 for n, size in zip(x.shape, k.shape, strict=True)], dtype)
    with np.errstate(invalid="ignore", over="ignore"):  # 0 · ∞ and overflow are answers here
        for shift, tap in np.ndenumerate(k):
            y[tuple(slice(s, s + n) for s, n in zip(shift, x.shape, strict=True))] += tap * x
    return y


def _product_of_spectra(x: np.ndarray, k: np.ndarray) -> np.ndarray:
    """Full convolution by the convolution theorem: multiply the spectra, transform back.

    A long signal is cut into pieces, and the tails of their convolutions are added: overlap-add.
    """
    from scipy import fft  # here, because importing SciPy costs more than the rest of this package

    dtype = np.result_type(x, k)
    if not (np.isfinite(x).all() and np.isfinite(k).all()):
        message = "x or k holds NaN or infinity, which the FFT spreads over all outputs; use method='direct'"
        warnings.warn(message, RuntimeWarning, stacklevel=4)
    real = dtype.kind != "c"
    forward, inverse = (fft.rfftn, fft.irfftn) if real else (fft.fftn, fft.ifftn)
    # In one precision: a spectrum of single numbers would cost double ones half of their digits.
    working = dtype.newbyteorder("=") if dtype.kind in "fc" else np.float64
    x, k = x.astype(working, copy=False), k.astype(working, copy=False)
    if k.size > x.size:
        x, k = k, x
    shape = [n + size - 1 for n, size in zip(x.shape, k.shape, strict=True)]
    axis, step = _piece_length(x.shape, k.shape)
    longest = [n if a != axis else min(n, step) for a, n in enumerate(x.shape)]
    # A transform of at least this length leaves room for the tail, which would wrap around otherwise.
    lengths = [fft.next_fast_len(n + size - 1, real) for n, size in zip(longest, k.shape, strict=True)]
    spectrum = forward(k, lengths)
    y = np.zeros(shape, spectrum.real.dtype if real else spectrum.dtype)
    for start in range(0, x.shape[axis], step):
        piece = x[(slice(None),) * axis + (slice(start, start + step),)]
        part = inverse(forward(piece, lengths) * spectrum, lengths)
        places = [slice(n) for n in shape]
        places[axis] = slice(start, start + piece.shape[axis] + k.shape[axis] - 1)
        y[tuple(places)] += part[tuple(slice(p.stop - (p.start or 0)) for p in places)]
    if dtype.kind in "biu":
        y = np.rint(y).astype(np.int64)  # so that what does not fit wraps around, as in the direct method
    return y.astype(dtype)


def _piece_length(x: tuple[int, ...], k: tuple[int, ...]) -> tuple[int, int]:
    """Axis along which to cut the signal, and the length of a piece: all of it, unless it is long."""
    axis = max(range(len(x)), key=lambda a: x[a] / k[a])
    rest = int(np.prod(x)) // x[axis]
    step = max(_KERNELS_OF_A_PIECE * k[axis], _SAMPLES_OF_A_PIECE // rest)
    return axis, step if x[axis] >= 2 * step else x[axis]


# Measured: shorter pieces waste their tails, longer ones leave the cache.
_KERNELS_OF_A_PIECE, _SAMPLES_OF_A_PIECE = 9, 2**13

# Measured, in nanoseconds: one pass of the direct method and each of its multiply-adds; one product of
# spectra and each step of its transforms; and how long the direct method may take before it is left.
_PASS, _MULTIPLY_ADD, _SPECTRA, _TRANSFORM_STEP, _UNNOTICED = 5e3, 1.2, 1e5, 3.0, 2e6


def cheaper_method(x: np.ndarray, k: np.ndarray) -> str:
    """Choose how to convolve two arrays, by counting operations: what ``method="auto"`` does.

    Parameters
    ----------
    x, k : ndarray
        Signal and kernel.

    Returns
    -------
    str
        ``"direct"`` or ``"fft"``.

    Notes
    -----
    Small work stays direct even where the FFT would win: the sums of a few whole numbers come out
    whole, and a shifted input gives the shifted output to the last bit.
    """
    if x.ndim == 0 or np.result_type(x, k).kind not in "fc":
        return "direct"
    passes, samples = sorted((x.size, k.size))
    direct = passes * (_PASS + samples * _MULTIPLY_ADD)
    full = float(np.prod([n + size - 1 for n, size in zip(x.shape, k.shape, strict=True)]))
    spectra = _SPECTRA + _TRANSFORM_STEP * full * np.log2(full + 1)
    if direct <= max(spectra, _UNNOTICED):
        return "direct"
    return "fft" if np.isfinite(x).all() and np.isfinite(k).all() else "direct"
