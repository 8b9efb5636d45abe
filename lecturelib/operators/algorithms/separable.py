"""A convolution layer whose kernels are outer products: one pass along each axis."""

from __future__ import annotations

import numpy as np

from lecturelib.operators.algorithms import shifted
from lecturelib.operators.algorithms.cost import Cost
from lecturelib.operators.algorithms.shifted import by_group
from lecturelib.operators.spec import ConvSpec
from lecturelib.operators.windows import crop, pad, tap_slices


def factors(w: np.ndarray, axes: int) -> list[np.ndarray] | None:
    """Write kernels as outer products of one vector an axis, where that is possible.

    Parameters
    ----------
    w : ndarray of shape (..., *K)
        Kernels, each over the last `axes` axes.
    axes : int
        Number of those axes.

    Returns
    -------
    list of ndarray of shape (..., K_i), or None
        One vector an axis for each kernel, their outer product the kernel up to rounding; None when
        some kernel is no outer product.

    Notes
    -----
    Along every axis but the last the vector is the first left singular vector of the kernel unfolded
    along that axis; what is left of the kernel after summing with them belongs to the last axis. A
    kernel is an outer product if and only if all its unfoldings have rank one.

    Examples
    --------
    >>> column, row = factors(np.array([[1.0, 0, -1], [2, 0, -2], [1, 0, -1]]), 2)
    >>> np.round(np.outer(column, row), 12).astype(int).tolist()
    [[1, 0, -1], [2, 0, -2], [1, 0, -1]]
    """
    lead = w.shape[: w.ndim - axes]
    work = w.astype(np.result_type(w.dtype, np.float32), copy=False)
    known = np.float32 if work.dtype == np.float32 else np.float64  # other precisions have no SVD
    vectors, left = [], work
    for axis in range(axes - 1):
        unfolded = np.moveaxis(work, len(lead) + axis, len(lead)).reshape(
            *lead, w.shape[len(lead) + axis], -1
        )
        vectors.append(np.linalg.svd(unfolded.astype(known, copy=False), full_matrices=False)[0][..., 0])
        left = (vectors[-1].reshape(*lead, -1, *(1 for _ in left.shape[len(lead) + 1 :])) * left).sum(
            len(lead)
        )
    vectors.append(left)
    outer = np.ones((*lead, *(1 for _ in range(axes))))
    for axis, vector in enumerate(vectors):
        outer = outer * vector.reshape(*lead, *(-1 if a == axis else 1 for a in range(axes)))
    largest = np.abs(work).max(axis=tuple(range(len(lead), w.ndim)), keepdims=True)
    # Rounding of a kernel made as an outer product, and of the decomposition.
    tolerance = 16 * np.finfo(w.dtype).eps * largest
    return [v.astype(w.dtype) for v in vectors] if (np.abs(outer - work) <= tolerance).all() else None


def forward(x: np.ndarray, w: np.ndarray, spec: ConvSpec) -> np.ndarray:
    """Cross-correlate along one axis after the other.

    Parameters
    ----------
    x : ndarray of shape (N, C, *S)
        Inputs.
    w : ndarray of shape (F, C // groups, *K)
        Kernels, each an outer product of one vector an axis.
    spec : ConvSpec
        Shapes and options.

    Returns
    -------
    ndarray of shape (N, F, *O)
        Outputs, without bias.

    Notes
    -----
    The sum of the kernel's lengths instead of their product in multiply-adds, for each filter and
    channel. Scratch memory: four times the padded input, and eight times the kernels.
    """
    x, vectors = by_group(pad(x, spec.padding), spec), _factors_by_group(w, spec)
    y = np.empty((spec.batch, spec.groups, spec.filters // spec.groups, *spec.output), spec.dtype)
    for f in range(y.shape[2]):
        z = x
        for axis, vector in enumerate(vectors):
            z = _along(z, vector[:, f], axis, spec)
        y[:, :, f] = z.sum(2)
    return y.reshape(spec.y_shape)


def input_gradient(dy: np.ndarray, w: np.ndarray, spec: ConvSpec) -> np.ndarray:
    """Gradient by the input: the transposed passes, along one axis after the other.

    Parameters
    ----------
    dy : ndarray of shape (N, F, *O)
        Gradient by the output.
    w : ndarray of shape (F, C // groups, *K)
        Kernels, each an outer product of one vector an axis.
    spec : ConvSpec
        Shapes and options.

    Returns
    -------
    ndarray of shape (N, C, *S)
        Gradient by the input. Scratch memory as for :func:`forward`.
    """
    dy, vectors = by_group(dy, spec), _factors_by_group(w, spec)
    dx = np.zeros((spec.batch, spec.groups, vectors[0].shape[2], *spec.padded), spec.dtype)
    for f in range(dy.shape[2]):
        z = dy[:, :, f, None]
        for axis, vector in enumerate(vectors):
            z = _back_along(z, vector[:, f], axis, spec)
        dx += z
    return crop(dx, spec.padding).reshape(spec.x_shape)


def kernel_gradient(dy: np.ndarray, x: np.ndarray, spec: ConvSpec) -> np.ndarray:
    """Gradient by the kernels, one tap at a time: it is no outer product even where the kernel is one.

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
        What :func:`lecturelib.operators.algorithms.shifted.kernel_gradient` gives.
    """
    return shifted.kernel_gradient(dy, x, spec)


def _factors_by_group(w: np.ndarray, spec: ConvSpec) -> list[np.ndarray]:
    """One array of vectors an axis, of shape (G, F', C', K_i)."""
    vectors = factors(by_group(w, spec, axis=0), len(spec.kernel))
    if vectors is None:
        raise ValueError(obstacle(spec, w))
    return vectors


def _along(z: np.ndarray, vector: np.ndarray, axis: int, spec: ConvSpec) -> np.ndarray:
    """Cross-correlate z (N, G, C', ...) along one spatial axis with vectors (G, C', K_axis)."""
    taps, total = _one_axis(axis, spec), 0
    for (tap,), (places,) in taps:
        part = z[(slice(None),) * (3 + axis) + (places,)]
        total = total + vector[..., tap].reshape(*vector.shape[:2], *(1 for _ in spec.kernel)) * part
    return total


def _back_along(z: np.ndarray, vector: np.ndarray, axis: int, spec: ConvSpec) -> np.ndarray:
    """Transpose of :func:`_along`."""
    channels = vector.shape[1]
    before = (spec.batch, spec.groups, channels)
    lengths = (*z.shape[3 : 3 + axis], spec.padded[axis], *z.shape[4 + axis :])
    back = np.zeros((*before, *lengths), spec.dtype)
    for (tap,), (places,) in _one_axis(axis, spec):
        scale = vector[..., tap].reshape(*vector.shape[:2], *(1 for _ in spec.kernel))
        back[(slice(None),) * (3 + axis) + (places,)] += scale * z
    return back


def _one_axis(axis: int, spec: ConvSpec):
    """Taps along one axis, with what each reads."""
    return tap_slices(
        spec.kernel[axis : axis + 1],
        spec.output[axis : axis + 1],
        spec.stride[axis : axis + 1],
        spec.dilation[axis : axis + 1],
    )


def obstacle(spec: ConvSpec, w: np.ndarray | None = None) -> str | None:
    """Why this algorithm cannot be used, if it cannot.

    Parameters
    ----------
    spec : ConvSpec
        Shapes and options.
    w : ndarray of shape (F, C // groups, *K), optional
        Kernels; without them the answer is for kernels that are outer products.

    Returns
    -------
    str or None
        The reason.
    """
    if w is not None and not np.isfinite(w).all():
        return "method 'separable' needs finite kernels; got NaN or infinity"
    # One kernel tells for most layers; only where it is an outer product are all looked at.
    if w is not None and any(factors(some, len(spec.kernel)) is None for some in (w[:1, :1], w)):
        return "method 'separable' needs every kernel to be an outer product of vectors; got others"
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
        Multiply-adds along one axis after the other, for each filter and channel.
    """
    lengths, multiply_adds, moved, largest = list(spec.padded), 0, 0, 0
    pairs, size = spec.batch * spec.filters * (spec.channels // spec.groups), spec.dtype.itemsize
    for axis, taps in enumerate(spec.kernel):
        lengths[axis] = spec.output[axis]
        samples = int(np.prod(lengths))
        multiply_adds += pairs * samples * taps
        moved += 2 * pairs * samples * taps * size
        largest = max(largest, samples)
    images = spec.batch * spec.channels * size
    return Cost(
        calls=2 * spec.filters // spec.groups * sum(spec.kernel) + 30 * len(spec.kernel),
        scaled=multiply_adds,
        moved=moved,
        scratch=images * (int(np.prod(spec.padded)) + 3 * largest) + 8 * int(np.prod(spec.w_shape)) * size,
    )
