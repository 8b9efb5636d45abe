"""The definition of a convolution layer, as loops: slow, plain, and what the others are tested against."""

from __future__ import annotations

import numpy as np

from lecturelib.operators.spec import ConvSpec
from lecturelib.operators.windows import pad


def forward(x: np.ndarray, w: np.ndarray, spec: ConvSpec) -> np.ndarray:
    """Cross-correlate by adding one product at a time.

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
    One multiply-add a step of the innermost loop, thousands of times slower than
    :mod:`~lecturelib.operators.algorithms.im2col`.
    """
    x = pad(x, spec.padding)
    y = np.zeros((spec.batch, spec.filters, *spec.output), spec.dtype)
    channels_seen = spec.channels // spec.groups
    filters_of_group = spec.filters // spec.groups
    for n in range(spec.batch):
        for f in range(spec.filters):
            first_channel = f // filters_of_group * channels_seen
            for place in np.ndindex(*spec.output):
                total = spec.dtype.type(0)
                for c in range(channels_seen):
                    for tap in np.ndindex(*spec.kernel):
                        at = _under_tap(place, tap, spec)
                        total += w[(f, c, *tap)] * x[(n, first_channel + c, *at)]
                y[(n, f, *place)] = total
    return y


def _under_tap(place: tuple[int, ...], tap: tuple[int, ...], spec: ConvSpec) -> tuple[int, ...]:
    """Index of the padded input that lies under a kernel tap when the window is at a place."""
    return tuple(i * s + t * d for i, s, t, d in zip(place, spec.stride, tap, spec.dilation, strict=True))
