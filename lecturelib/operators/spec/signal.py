"""Options of a convolution of two plain arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from lecturelib.operators.checks import BOUNDARIES, MODES, numeric_array, one_of

SIGNAL_METHODS = ("auto", "direct", "fft")


@dataclass(frozen=True)
class SignalSpec:
    """The options of a convolution of two plain arrays, checked.

    Attributes
    ----------
    mode : {"full", "same", "valid"}
        Which part of the full convolution is kept.
    boundary : {"zeros", "circular", "reflect", "symmetric", "edge"}
        What lies beyond the border of the signal.
    method : {"auto", "direct", "fft"}
        How it is computed.
    """

    mode: str
    boundary: str
    method: str

    @classmethod
    def from_arguments(cls, x: ArrayLike, k: ArrayLike, mode: str, boundary: str, method: str) -> SignalSpec:
        """Check a user's arguments.

        Parameters
        ----------
        x, k : array_like
            Signal and kernel, with equally many axes.
        mode, boundary, method : str
            Options of :func:`~lecturelib.operators.signals.convolve`.

        Returns
        -------
        SignalSpec
            The options.

        Raises
        ------
        TypeError
            If `x` or `k` does not hold numbers.
        ValueError
            If a shape or an option is impossible.
        """
        x, k = numeric_array("x", x), numeric_array("k", k)
        one_of("mode", mode, MODES)
        one_of("boundary", boundary, BOUNDARIES)
        one_of("method", method, SIGNAL_METHODS)
        if x.ndim != k.ndim:
            raise ValueError(f"x and k must have equally many axes; got {x.ndim} (x) and {k.ndim} (k)")
        _refuse_what_scipy_refuses(x, k, mode, boundary, method)
        if mode == "valid":
            contains = [n >= size for n, size in zip(x.shape, k.shape, strict=True)]
            contained = [n <= size for n, size in zip(x.shape, k.shape, strict=True)]
            if not (all(contains) or all(contained)):
                raise ValueError(
                    "mode 'valid' needs x or k to be the larger one along every axis; "
                    f"got shapes {x.shape} (x) and {k.shape} (k)"
                )
        return cls(mode, boundary, method)


def _refuse_what_scipy_refuses(x: np.ndarray, k: np.ndarray, mode: str, boundary: str, method: str) -> None:
    """Booleans alone, and half precision, work only where SciPy hands the work to NumPy's own routine."""
    dtype = np.result_type(x, k)
    longer_kernel = mode == "same" and boundary == "zeros" and k.size > x.size
    if (
        dtype in (np.bool_, np.float16)
        and method != "fft"
        and (x.ndim > 1 or (x.ndim == 1 and longer_kernel))
    ):
        raise ValueError(
            f"x and k must not both be {dtype} with more than one axis, "
            "or in mode 'same' with the longer kernel: convert one to float; "
            f"got shapes {x.shape} and {k.shape}"
        )
