"""A convolution layer with three-tap kernels by Winograd's minimal filtering: fewer multiplications."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

import numpy as np

from lecturelib.operators.algorithms import im2col
from lecturelib.operators.algorithms.cost import Cost
from lecturelib.operators.algorithms.shifted import by_group
from lecturelib.operators.spec import ConvSpec
from lecturelib.operators.windows import crop, pad, windows

TAPS = 3

#: For m = 2 and m = 4 outputs at a time, the matrices (output, kernel, input) of F(m, 3):
#: ``y = output @ ((kernel @ k) * (input @ x))`` is the correlation of m + 2 samples with three taps, in
#: m + 2 multiplications instead of 3 m. They evaluate polynomials at 0, 1, -1 (, 2, -2) and infinity,
#: multiply the values, and interpolate.
MATRICES = {
    2: (
        np.array([[1, 1, 1, 0], [0, 1, -1, -1]], float),
        np.array([[2, 0, 0], [1, 1, 1], [1, -1, 1], [0, 0, 2]]) / 2,
        np.array([[1, 0, -1, 0], [0, 1, 1, 0], [0, -1, 1, 0], [0, 1, 0, -1]], float),
    ),
    4: (
        np.array([[1, 1, 1, 1, 1, 0], [0, 1, -1, 2, -2, 0], [0, 1, 1, 4, 4, 0], [0, 1, -1, 8, -8, 1]], float),
        np.array([[6, 0, 0], [-4, -4, -4], [-4, 4, -4], [1, 2, 4], [1, -2, 4], [0, 0, 24]]) / 24,
        np.array(
            [
                [4, 0, -5, 0, 1, 0],
                [0, -4, -4, 1, 1, 0],
                [0, 4, -4, -1, 1, 0],
                [0, -2, -1, 2, 1, 0],
                [0, 2, -1, -2, 1, 0],
                [0, 4, 0, -5, 0, 1],
            ],
            float,
        ),
    ),
}

#: Bytes that transformed tiles may take: as many images go at once as fit, and always one.
_BLOCK = 2**24


def forward(x: np.ndarray, w: np.ndarray, spec: ConvSpec, *, tile: int | None = None) -> np.ndarray:
    """Cross-correlate tile by tile: transform, multiply, transform back.

    Parameters
    ----------
    x : ndarray of shape (N, C, *S)
        Inputs.
    w : ndarray of shape (F, C // groups, *K)
        Kernels, three taps along every axis.
    spec : ConvSpec
        Shapes and options: strides and dilations of 1.
    tile : {2, 4}, optional
        Outputs of a tile along each axis. Four take fewer multiplications and lose about one decimal
        digit more; they are chosen where the output is at least four long along every axis.

    Returns
    -------
    ndarray of shape (N, F, *O)
        Outputs, without bias.

    Raises
    ------
    ValueError
        If the kernels do not have three taps along every axis, or a stride or dilation is not 1.

    Notes
    -----
    Each axis saves a factor of 1.5 (tile 2) or 2 (tile 4) in multiplications inside the matrix
    products [1]_. NaN and infinity reach every output of their tile. Scratch memory: the padded input
    twice, the transformed kernels (four or 2.25 times the kernels), and transformed tiles of 16 MB,
    or of one image, for input and output, three times over.

    References
    ----------
    .. [1] A. Lavin and S. Gray, "Fast algorithms for convolutional neural networks", CVPR 2016.
       https://doi.org/10.1109/CVPR.2016.435
    """
    _refuse(spec)
    tile = tile or _best_tile(spec)
    after, before, _ = MATRICES[tile]
    axes = len(spec.kernel)
    tiles = tuple(-(-n // tile) for n in spec.output)
    room = tuple(t * tile + TAPS - 1 - n for t, n in zip(tiles, spec.padded, strict=True))
    x = pad(x, [(b, a + more) for (b, a), more in zip(spec.padding, room, strict=True)])
    kernels = _transform(before, by_group(w, spec, axis=0), axes, spec)  # (G, F', C', *tile + 2)
    kernels = _frequencies_first(kernels, axes)
    y = np.empty((spec.batch, spec.filters, *(t * tile for t in tiles)), spec.dtype)
    for images in _blocks(spec, tile):
        samples = _frequencies_first(_transformed_tiles(x[images], tile, spec), axes)
        products = np.matmul(kernels, samples.reshape(*samples.shape[: axes + 2], -1))
        y[images] = _assembled(products, after, tiles, spec)
    return np.ascontiguousarray(y[(..., *(slice(n) for n in spec.output))])


def input_gradient(dy: np.ndarray, w: np.ndarray, spec: ConvSpec) -> np.ndarray:
    """Gradient by the input: a correlation too, with flipped kernels that swap filters and channels.

    Parameters
    ----------
    dy : ndarray of shape (N, F, *O)
        Gradient by the output.
    w : ndarray of shape (F, C // groups, *K)
        Kernels, three taps along every axis.
    spec : ConvSpec
        Shapes and options: strides and dilations of 1.

    Returns
    -------
    ndarray of shape (N, C, *S)
        Gradient by the input. Scratch memory as for :func:`forward`.

    Raises
    ------
    ValueError
        If the kernels do not have three taps along every axis, or a stride or dilation is not 1.
    """
    _refuse(spec)
    swapped = by_group(w, spec, axis=0).swapaxes(1, 2).reshape(spec.channels, -1, *spec.kernel)
    flipped = np.flip(swapped, range(2, swapped.ndim))
    back = ConvSpec.from_shapes(dy.shape, flipped.shape, spec.dtype, padding="full", groups=spec.groups)
    return crop(forward(dy, flipped, back), spec.padding)


def kernel_gradient(dy: np.ndarray, x: np.ndarray, spec: ConvSpec) -> np.ndarray:
    """Gradient by the kernels, by columns: its kernel, the output's gradient, does not have three taps.

    Parameters
    ----------
    dy : ndarray of shape (N, F, *O)
        Gradient by the output.
    x : ndarray of shape (N, C, *S)
        Inputs.
    spec : ConvSpec
        Shapes and options: strides and dilations of 1.

    Returns
    -------
    ndarray of shape (F, C // groups, *K)
        What :func:`lecturelib.operators.algorithms.im2col.kernel_gradient` gives.

    Raises
    ------
    ValueError
        If the kernels do not have three taps along every axis, or a stride or dilation is not 1.
    """
    _refuse(spec)
    return im2col.kernel_gradient(dy, x, spec)


def _refuse(spec: ConvSpec) -> None:
    """Raise the error that says why, where the algorithm does not apply."""
    reason = obstacle(spec)
    if reason:
        raise ValueError(reason)


def _best_tile(spec: ConvSpec) -> int:
    """Four outputs at a time where there are as many."""
    return 4 if min(spec.output) >= 4 else 2


def _transform(matrix: np.ndarray, a: np.ndarray, axes: int, spec: ConvSpec) -> np.ndarray:
    """Multiply a matrix into each of the last axes."""
    matrix = matrix.astype(spec.dtype)
    for axis in range(a.ndim - axes, a.ndim):
        a = np.moveaxis(np.tensordot(matrix, a, (1, axis)), 0, axis)
    return a


def _transformed_tiles(x: np.ndarray, tile: int, spec: ConvSpec) -> np.ndarray:
    """Overlapping tiles of the padded input, transformed: (G, C', N, *tiles, *tile + 2)."""
    axes = len(spec.kernel)
    view = windows(x, (tile + TAPS - 1,) * axes, stride=tile)
    return _transform(MATRICES[tile][2], np.moveaxis(by_group(view, spec), 0, 2), axes, spec)


def _frequencies_first(a: np.ndarray, axes: int) -> np.ndarray:
    """Put the last axes in front, so that one matrix product an entry is left."""
    return np.moveaxis(a, range(a.ndim - axes, a.ndim), range(axes))


def _assembled(products: np.ndarray, after: np.ndarray, tiles: tuple[int, ...], spec: ConvSpec) -> np.ndarray:
    """From products (*tile + 2, G, F', N · tiles) to outputs (N, F, *tiles · tile)."""
    axes = len(tiles)
    products = products.reshape(*products.shape[: axes + 2], -1, *tiles)
    last = np.moveaxis(products, range(axes), range(axes + 3, 2 * axes + 3))  # (G, F', N, *tiles, *tile + 2)
    outputs = np.moveaxis(_transform(after, last, axes, spec), 2, 0)  # (N, G, F', *tiles, *tile)
    order = [3 + i for axis in range(axes) for i in (axis, axes + axis)]
    lengths = (count * len(after) for count in tiles)
    return outputs.transpose(0, 1, 2, *order).reshape(len(outputs), spec.filters, *lengths)


def _blocks(spec: ConvSpec, tile: int) -> Iterator[slice]:
    """Images whose tiles are transformed at once."""
    images = max(1, _BLOCK // _bytes_of_tiles(spec, tile))
    for first in range(0, spec.batch, images):
        yield slice(first, first + images)


def _bytes_of_tiles(spec: ConvSpec, tile: int) -> int:
    """Bytes that one image's transformed tiles take, input and output together."""
    places = prod(-(-n // tile) for n in spec.output)
    numbers = places * (tile + TAPS - 1) ** len(spec.kernel)
    return (spec.channels + spec.filters) * numbers * spec.dtype.itemsize


def obstacle(spec: ConvSpec, w: np.ndarray | None = None) -> str | None:
    """Why this algorithm cannot be used, if it cannot.

    Parameters
    ----------
    spec : ConvSpec
        Shapes and options.
    w : ndarray, optional
        Kernels.

    Returns
    -------
    str or None
        The reason.
    """
    if any(k != TAPS for k in spec.kernel):
        return f"method 'winograd' needs kernels of 3 taps along every axis; got {spec.kernel}"
    if any(s != 1 for s in spec.stride) or any(d != 1 for d in spec.dilation):
        return (
            f"method 'winograd' needs strides and dilations of 1; got stride {spec.stride} "
            f"and dilation {spec.dilation}"
        )
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
        Multiply-adds of the products, and those of the transforms, which are matrix products too.
    """
    tile, axes = _best_tile(spec), len(spec.kernel)
    size = tile + TAPS - 1
    places = prod(-(-n // tile) for n in spec.output)
    products = spec.batch * places * size**axes * spec.filters * (spec.channels // spec.groups)
    tiles = _bytes_of_tiles(spec, tile)
    transforms = spec.batch * tiles // spec.dtype.itemsize * size * axes
    kernels = prod(spec.w_shape[:2]) * size**axes * spec.dtype.itemsize
    held = tiles * min(spec.batch, max(1, _BLOCK // tiles))
    frame = spec.batch * spec.channels * prod(spec.padded) * spec.dtype.itemsize
    return Cost(
        calls=(8 * axes + 12) * len(list(_blocks(spec, tile))) + 8 * axes,
        matrix=products + 4 * transforms,  # thin matrices run at about a quarter of the rate
        moved=2 * frame + kernels + 3 * axes * spec.batch * tiles,
        scratch=2 * frame + 3 * held + 2 * kernels,
    )
