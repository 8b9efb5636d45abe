"""A convolution layer as one matrix product: every window becomes a column."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

import numpy as np

from lecturelib.operators.algorithms.cost import Cost
from lecturelib.operators.spec import ConvSpec
from lecturelib.operators.windows import crop, fold, pad, windows

#: Bytes that the columns may take: as many images are unfolded at once as fit, or rows of one image.
BLOCK = 2**23

#: Images, rows of the output (along its first axis), and what those rows read.
Block = tuple[slice, slice, slice]


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
    The columns take ``prod(K)`` times the memory of the input (divided by the strides), so they are
    made and used block by block. Scratch memory: the padded input, columns of 8 MB, or of one row of one
    image where these are more, and the outputs of a block.
    """
    x, kernels = pad(x, spec.padding), _kernel_matrix(w, spec)
    y = np.empty(spec.y_shape, spec.dtype)
    for images, rows, inputs in _blocks(spec):
        made = np.matmul(kernels, _columns(x[images, :, inputs], spec))
        y[images, :, rows] = made.reshape(len(made), spec.filters, -1, *spec.output[1:])
    return y


def input_gradient(dy: np.ndarray, w: np.ndarray, spec: ConvSpec) -> np.ndarray:
    """Gradient by the input: by the columns, by the transposed matrix, then folded back.

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
        Gradient by the input. Scratch memory as for :func:`forward`.
    """
    kernels = _kernel_matrix(w, spec).swapaxes(1, 2)
    dx = np.zeros((spec.batch, spec.channels, *spec.padded), spec.dtype)
    for images, rows, inputs in _blocks(spec):
        read = dx[images, :, inputs]
        read += _folded(np.matmul(kernels, _as_matrix(dy[images, :, rows], spec)), read.shape[2:], spec)
    return crop(dx, spec.padding)


def kernel_gradient(dy: np.ndarray, x: np.ndarray, spec: ConvSpec) -> np.ndarray:
    """Gradient by the kernels: the output's gradient times the transposed columns.

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
        Gradient by the kernels. Scratch memory as for :func:`forward`, and the kernels once for each
        image of a block.
    """
    x = pad(x, spec.padding)
    dw = np.zeros((spec.groups, spec.filters // spec.groups, _rows(spec)), spec.dtype)
    for images, rows, inputs in _blocks(spec):
        rows_of_places = _columns(x[images, :, inputs], spec).swapaxes(2, 3)
        dw += np.matmul(_as_matrix(dy[images, :, rows], spec), rows_of_places).sum(0)
        del rows_of_places  # before the next block is made
    return dw.reshape(spec.w_shape)


def _rows(spec: ConvSpec) -> int:
    """Count the samples that one output reads: the rows of the columns."""
    return spec.channels // spec.groups * prod(spec.kernel)


def _kernel_matrix(w: np.ndarray, spec: ConvSpec) -> np.ndarray:
    """Kernels as one matrix a group, of shape (groups, filters of a group, rows)."""
    return w.reshape(spec.groups, spec.filters // spec.groups, _rows(spec))


def _as_matrix(dy: np.ndarray, spec: ConvSpec) -> np.ndarray:
    """Return a block of the gradient by the output as (N, groups, filters of a group, places)."""
    return dy.reshape(len(dy), spec.groups, spec.filters // spec.groups, -1)


def _bytes_of_columns(spec: ConvSpec) -> int:
    """Bytes that the columns of one image take."""
    return spec.groups * _rows(spec) * prod(spec.output) * spec.dtype.itemsize


def _blocks(spec: ConvSpec) -> Iterator[Block]:
    """Whole images whose columns fit into a block, or rows of one image where not even one does."""
    size, height = _bytes_of_columns(spec), spec.output[0]
    images = max(1, BLOCK // size)
    rows = height if size <= BLOCK else max(1, height * BLOCK // size)
    for n in range(0, spec.batch, images):
        for first in range(0, height, rows):
            last = min(first + rows, height) - 1
            read = slice(first * spec.stride[0], last * spec.stride[0] + spec.extent[0])
            yield slice(n, n + images), slice(first, last + 1), read


def _columns(x: np.ndarray, spec: ConvSpec) -> np.ndarray:
    """Matrix of windows, of shape (N, groups, rows, places)."""
    view = windows(x, spec.kernel, stride=spec.stride, dilation=spec.dilation)  # (N, C, *O, *K)
    axes = len(spec.kernel)
    view = np.moveaxis(view, range(2 + axes, 2 + 2 * axes), range(2, 2 + axes))
    return view.reshape(len(x), spec.groups, _rows(spec), -1)


def _folded(columns: np.ndarray, lengths: tuple[int, ...], spec: ConvSpec) -> np.ndarray:
    """Add columns back to the samples they were taken from: (N, C, *lengths)."""
    axes = len(spec.kernel)
    columns = columns.reshape(len(columns), spec.channels, *spec.kernel, -1, *spec.output[1:])
    view = np.moveaxis(columns, range(2, 2 + axes), range(2 + axes, 2 + 2 * axes))
    return fold(view, lengths, stride=spec.stride, dilation=spec.dilation)


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
        The multiply-adds of the definition, in matrix products, and the columns.
    """
    padded = spec.batch * spec.channels * prod(spec.padded) * spec.dtype.itemsize
    columns, blocks = _bytes_of_columns(spec), len(list(_blocks(spec)))
    held = min(max(BLOCK, columns // spec.output[0]), spec.batch * columns)
    return Cost(
        calls=6 * blocks + spec.batch * spec.groups,
        matrix=spec.multiply_adds,
        moved=padded + spec.batch * columns,
        scratch=padded + held + held * spec.filters // (_rows(spec) * spec.groups),
    )
