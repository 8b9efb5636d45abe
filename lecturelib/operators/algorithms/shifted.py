"""A convolution layer one tap at a time: each adds a shifted, scaled copy of the input."""

from __future__ import annotations

import numpy as np

from lecturelib.operators.algorithms.cost import Cost
from lecturelib.operators.spec import ConvSpec
from lecturelib.operators.windows import crop, pad, tap_slices


def forward(x: np.ndarray, w: np.ndarray, spec: ConvSpec) -> np.ndarray:
    """Cross-correlate in one pass over all outputs for each tap of the kernel.

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
    Under one tap a layer is a 1×1 layer: it mixes the channels of the shifted input. With one channel
    a group that is a scaled copy. Scratch memory: the padded input, one shifted copy of it, and one
    array of the output's size.
    """
    x, w = by_group(pad(x, spec.padding), spec), by_group(w, spec, axis=0)
    y = np.zeros((spec.batch, *w.shape[:2], *spec.output), spec.dtype)
    for tap, places in tap_slices(spec.kernel, spec.output, spec.stride, spec.dilation):
        y += _mix(w[(..., *tap)], x[(..., *places)])
    return y.reshape(spec.y_shape)


def input_gradient(dy: np.ndarray, w: np.ndarray, spec: ConvSpec) -> np.ndarray:
    """Gradient by the input: each tap adds the output's gradient to the places it read.

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
        Gradient by the input. Scratch memory: the padded input and one array of the output's places.
    """
    dy, w = by_group(dy, spec), by_group(w, spec, axis=0)
    dx = np.zeros((spec.batch, spec.groups, w.shape[2], *spec.padded), spec.dtype)
    for tap, places in tap_slices(spec.kernel, spec.output, spec.stride, spec.dilation):
        dx[(..., *places)] += _mix(w[(..., *tap)].swapaxes(1, 2), dy)
    return crop(dx, spec.padding).reshape(spec.x_shape)


def kernel_gradient(dy: np.ndarray, x: np.ndarray, spec: ConvSpec) -> np.ndarray:
    """Gradient by the kernels: each tap correlates the output's gradient with what it read.

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
        Gradient by the kernels. Scratch memory: the padded input and one shifted copy of it.
    """
    x = by_group(pad(x, spec.padding), spec)
    dy = by_group(dy, spec).reshape(spec.batch, spec.groups, spec.filters // spec.groups, -1)
    dw = np.empty(spec.w_shape, spec.dtype)
    for tap, places in tap_slices(spec.kernel, spec.output, spec.stride, spec.dilation):
        read = x[(..., *places)].reshape(spec.batch, spec.groups, x.shape[2], -1)
        dw[(..., *tap)] = np.matmul(dy, read.swapaxes(2, 3)).sum(0).reshape(spec.w_shape[:2])
    return dw


def by_group(a: np.ndarray, spec: ConvSpec, *, axis: int = 1) -> np.ndarray:
    """Split an axis of channels or filters into groups.

    Parameters
    ----------
    a : ndarray
        Any array with ``groups * m`` entries along `axis`.
    spec : ConvSpec
        Shapes and options.
    axis : int
        Axis of the channels or filters.

    Returns
    -------
    ndarray
        A view in which that axis has become two, of lengths ``groups`` and ``m``.
    """
    return a.reshape(*a.shape[:axis], spec.groups, -1, *a.shape[axis + 1 :])


def _mix(w: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Apply a 1×1 layer: w (G, F', C') times x (N, G, C', *O) is (N, G, F', *O)."""
    if w.shape[2] == 1:
        return w.reshape(*w.shape[:2], *(1 for _ in x.shape[3:])) * x
    mixed = np.matmul(w, x.reshape(*x.shape[:3], -1))
    return mixed.reshape(*mixed.shape[:3], *x.shape[3:])


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
        The multiply-adds of the definition; each tap reads and writes all outputs.
    """
    taps, size = int(np.prod(spec.kernel)), spec.dtype.itemsize
    outputs, padded = int(np.prod(spec.output)), int(np.prod(spec.padded))
    depthwise = spec.channels == spec.groups
    copies = 0 if depthwise else spec.batch * spec.channels * outputs * size
    mixed = int(np.prod(spec.y_shape)) * size
    frame = spec.batch * spec.channels * padded * size
    return Cost(
        calls=4 * taps,
        **{"scaled" if depthwise else "matrix": spec.multiply_adds},
        moved=frame + taps * (copies + 2 * mixed),
        scratch=frame + copies + mixed,
    )
