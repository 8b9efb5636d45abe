"""A convolution layer as one matrix product: every window becomes a column."""

from __future__ import annotations

import numpy as np

from lecturelib.operators.spec import ConvSpec
from lecturelib.operators.windows import pad, windows


def forward(x: np.ndarray, w: np.ndarray, spec: ConvSpec) -> np.ndarray:
    """Cross-correlate by multiplying the matrix of kernels with the matrix of windows.

    Parameters
    ----------
    x : ndarray of shape (N, C, *S)
        Inputs.
    w : ndarray of shape (F, C // groups, *K)
        Kernels.
    spec : ConvSpec
        Shapes and options.

    Returns
    -------
    ndarray of shape (N, F, *O)
        Outputs, without bias.

    Notes
    -----
    The columns take ``prod(K)`` times the memory of the input (divided by the strides).
    """
    columns = _columns(pad(x, spec.padding), spec)
    kernels = w.reshape(spec.groups, spec.filters // spec.groups, -1)
    y = np.matmul(kernels, columns)  # (N, groups, filters of a group, places)
    return y.reshape(spec.batch, spec.filters, *spec.output)


def _columns(x: np.ndarray, spec: ConvSpec) -> np.ndarray:
    """Matrix of windows, of shape (N, groups, channels of a group · taps, places)."""
    view = windows(x, spec.kernel, stride=spec.stride, dilation=spec.dilation)  # (N, C, *O, *K)
    axes = len(spec.kernel)
    places, taps = range(2, 2 + axes), range(2 + axes, 2 + 2 * axes)
    view = view.transpose(0, 1, *taps, *places)
    rows = spec.channels // spec.groups * int(np.prod(spec.kernel))
    return view.reshape(spec.batch, spec.groups, rows, int(np.prod(spec.output)))
