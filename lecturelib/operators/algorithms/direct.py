"""The definition of a convolution layer, as loops: slow, plain, and what the others are tested against."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from lecturelib.operators.algorithms.cost import Cost
from lecturelib.operators.spec import ConvSpec
from lecturelib.operators.windows import crop, pad

Index = tuple[int, ...]


def products(spec: ConvSpec) -> Iterator[tuple[Index, Index, Index]]:
    """List every product of the definition, as three indices.

    Parameters
    ----------
    spec : ConvSpec
        Shapes and options.

    Yields
    ------
    output, weight, sample : tuple of int
        ``y[output]`` is the sum of all its ``w[weight] * x[sample]``, where x is padded.
    """
    channels_seen, filters_of_group = spec.channels // spec.groups, spec.filters // spec.groups
    for n, f in np.ndindex(spec.batch, spec.filters):
        first = f // filters_of_group * channels_seen
        for place in np.ndindex(*spec.output):
            for c, *tap in np.ndindex(channels_seen, *spec.kernel):
                steps = zip(place, spec.stride, tap, spec.dilation, strict=True)
                under = (i * s + t * d for i, s, t, d in steps)
                yield (n, f, *place), (f, c, *tap), (n, first + c, *under)


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
    One multiply-add a step, thousands of times slower than
    :mod:`~lecturelib.operators.algorithms.im2col`. Scratch memory: the padded input.
    """
    x = pad(x, spec.padding)
    y = np.zeros(spec.y_shape, spec.dtype)
    for output, weight, sample in products(spec):
        y[output] += w[weight] * x[sample]
    return y


def input_gradient(dy: np.ndarray, w: np.ndarray, spec: ConvSpec) -> np.ndarray:
    """Gradient by the input: every product sends its output's gradient back to its sample.

    Parameters
    ----------
    dy : ndarray of shape (N, F, *O)
        Gradient by the output.
    w : ndarray of shape (F, C // groups, *K)
        Kernels.
    spec : ConvSpec
        Shapes and options.

    Returns
    -------
    ndarray of shape (N, C, *S)
        The transpose of :func:`forward` as a map of the input.
    """
    dx = np.zeros((spec.batch, spec.channels, *spec.padded), spec.dtype)
    for output, weight, sample in products(spec):
        dx[sample] += w[weight] * dy[output]
    return crop(dx, spec.padding)


def kernel_gradient(dy: np.ndarray, x: np.ndarray, spec: ConvSpec) -> np.ndarray:
    """Gradient by the kernels: every product sends its output's gradient back to its weight.

    Parameters
    ----------
    dy : ndarray of shape (N, F, *O)
        Gradient by the output.
    x : ndarray of shape (N, C, *S)
        Inputs.
    spec : ConvSpec
        Shapes and options.

    Returns
    -------
    ndarray of shape (F, C // groups, *K)
        The transpose of :func:`forward` as a map of the kernels.
    """
    x = pad(x, spec.padding)
    dw = np.zeros(spec.w_shape, spec.dtype)
    for output, weight, sample in products(spec):
        dw[weight] += x[sample] * dy[output]
    return dw


def obstacle(spec: ConvSpec, w: np.ndarray | None = None) -> str | None:
    """Why this algorithm cannot be used: it always can.

    Parameters
    ----------
    spec : ConvSpec
        Shapes and options.
    w : ndarray, optional
        Kernels.

    Returns
    -------
    None
        There is no obstacle.
    """
    return None


def cost(spec: ConvSpec) -> Cost:
    """Count what the forward pass does.

    Parameters
    ----------
    spec : ConvSpec
        Shapes and options.

    Returns
    -------
    Cost
        One interpreted step for each multiply-add of the definition.
    """
    padded = spec.batch * spec.channels * int(np.prod(spec.padded)) * spec.dtype.itemsize
    return Cost(steps=spec.multiply_adds, moved=0, scratch=padded)
