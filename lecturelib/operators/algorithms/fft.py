"""A convolution layer as a product of spectra, piece by piece where the input is long."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import prod

import numpy as np

from lecturelib.operators.algorithms.cost import Cost
from lecturelib.operators.algorithms.shifted import by_group
from lecturelib.operators.spec import ConvSpec
from lecturelib.operators.windows import crop, pad

#: Samples along the first axis of a piece, at least: so many times the kernel's extent, so many in all.
_EXTENTS, _SAMPLES = 8, 2**14
#: Bytes that the kernels' spectra may take at once.
_BLOCK = 2**24


@dataclass(frozen=True)
class _Pieces:
    """How a padded input is cut along its first axis, and the transforms that a piece fits into."""

    outputs: tuple[slice, ...]  # places of the output, along the first axis
    inputs: tuple[slice, ...]  # what those outputs read: neighbouring pieces overlap
    lengths: tuple[int, ...]  # of the longest piece

    @property
    def transform(self) -> tuple[int, ...]:
        """Lengths of the transforms: none shorter than the pieces, all quick to transform."""
        from scipy import fft  # here, because importing SciPy costs more than the rest of the operators

        return tuple(fft.next_fast_len(n, True) for n in self.lengths)

    @property
    def spectrum(self) -> int:
        """Complex numbers in the spectrum of one real piece, about."""
        return prod(self.lengths[:-1]) * (self.lengths[-1] // 2 + 1)


def forward(x: np.ndarray, w: np.ndarray, spec: ConvSpec) -> np.ndarray:
    """Cross-correlate by the convolution theorem: multiply with the conjugate spectrum of the kernel.

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
    A transform as long as the padded input is long enough: what wraps around lands on places where the
    kernel sticks out of it, and those are no outputs. A long input is cut into pieces that overlap by
    the kernel's extent less one (overlap-save; its transpose, :func:`input_gradient`, is overlap-add),
    so the transforms stay short. Strides save nothing: all places are computed. NaN and infinity reach
    every output of their piece. Scratch memory: the padded input, its spectrum and the outputs'
    for one piece, three times over at most, and 32 MB for the kernels' spectra.
    """
    x, w, pieces = by_group(pad(x, spec.padding), spec), by_group(w, spec, axis=0), _cut(spec)
    y = np.empty((spec.batch, *w.shape[:2], *spec.output), spec.dtype)
    for some in _blocks(w.shape[1], w.shape[2], pieces, spec):
        kernels = _spectrum(_spread(w[:, some], spec.extent, spec.dilation), pieces).conj()
        for outputs, inputs in zip(pieces.outputs, pieces.inputs, strict=True):
            samples = _spectrum(x[:, :, :, inputs], pieces)
            for f in range(kernels.shape[1]):
                made = _signal((kernels[:, f] * samples).sum(2), pieces)
                wanted = _every(made, outputs, spec)
                y[:, :, some.start + f, outputs] = wanted
    return y.reshape(spec.y_shape)


def input_gradient(dy: np.ndarray, w: np.ndarray, spec: ConvSpec) -> np.ndarray:
    """Gradient by the input: the full convolution of the output's gradient with the kernels.

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

    Notes
    -----
    Overlap-add: each piece of the gradient is convolved in full, and the results are added where they
    overlap. Strides become zeros between the gradient's samples.
    """
    dy, w, pieces = by_group(dy, spec), by_group(w, spec, axis=0), _cut(spec)
    dx = np.zeros((spec.batch, spec.groups, w.shape[2], *spec.padded), spec.dtype)
    for some in _blocks(w.shape[2], w.shape[1], pieces, spec):
        kernels = _spectrum(_spread(w[:, :, some], spec.extent, spec.dilation), pieces)
        for outputs, inputs in zip(pieces.outputs, pieces.inputs, strict=True):
            gradients = _spectrum(_upsampled(dy[:, :, :, outputs], spec), pieces)
            covered = (inputs, *(slice(n) for n in spec.padded[1:]))
            here = tuple(slice(s.stop - (s.start or 0)) for s in covered)
            for c in range(kernels.shape[2]):
                made = _signal((kernels[:, :, c] * gradients).sum(2), pieces)
                dx[(slice(None), slice(None), some.start + c, *covered)] += made[(..., *here)]
    return crop(dx, spec.padding).reshape(spec.x_shape)


def kernel_gradient(dy: np.ndarray, x: np.ndarray, spec: ConvSpec) -> np.ndarray:
    """Gradient by the kernels: the cross-correlation of the input with the output's gradient.

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
        Gradient by the kernels. Scratch memory as for :func:`forward`.

    Notes
    -----
    The spectra's products are added over images and pieces; one inverse transform a kernel is left.
    """
    x, dy, pieces = by_group(pad(x, spec.padding), spec), by_group(dy, spec), _cut(spec)
    dw = np.empty((spec.groups, dy.shape[2], x.shape[2], *spec.kernel), spec.dtype)
    every = tuple(slice(0, extent, d) for extent, d in zip(spec.extent, spec.dilation, strict=True))
    for some in _blocks(dy.shape[2], x.shape[2], pieces, spec):
        total = 0
        for outputs, inputs in zip(pieces.outputs, pieces.inputs, strict=True):
            gradients = _spectrum(_upsampled(dy[:, :, some, outputs], spec), pieces).conj()
            samples = _spectrum(x[:, :, :, inputs], pieces)
            for image, gradient in zip(samples, gradients, strict=True):
                total = total + gradient[:, :, None] * image[:, None]
        dw[:, some] = _signal(total, pieces)[(..., *every)]
    return dw.reshape(spec.w_shape)


def _cut(spec: ConvSpec) -> _Pieces:
    """Cut along the first axis: pieces several kernels long, and not so short that calls would count."""
    rest = prod(spec.padded[1:])
    wanted = max(_EXTENTS * spec.extent[0], -(-_SAMPLES // rest))
    stride, extent, count = spec.stride[0], spec.extent[0], spec.output[0]
    step = max(1, (min(wanted, spec.padded[0]) - extent) // stride + 1)
    outputs = tuple(slice(i, min(i + step, count)) for i in range(0, count, step))
    inputs = tuple(slice(o.start * stride, (o.stop - 1) * stride + extent) for o in outputs)
    longest = max(i.stop - i.start for i in inputs)
    return _Pieces(outputs, inputs, (longest, *spec.padded[1:]))


def _blocks(count: int, partners: int, pieces: _Pieces, spec: ConvSpec) -> Iterator[slice]:
    """Cut the filters (or channels) of a group into those whose kernels' spectra are held at once."""
    each = spec.groups * partners * pieces.spectrum * 2 * spec.dtype.itemsize
    step = max(1, _BLOCK // each)
    for first in range(0, count, step):
        yield slice(first, min(first + step, count))


def _spectrum(a: np.ndarray, pieces: _Pieces) -> np.ndarray:
    """Spectrum over the last axes, with zeros added up to the lengths of the transforms."""
    from scipy import fft

    return fft.rfftn(a, pieces.transform, axes=range(-len(pieces.lengths), 0))


def _signal(spectrum: np.ndarray, pieces: _Pieces) -> np.ndarray:
    """Signal over the last axes that has this spectrum."""
    from scipy import fft

    return fft.irfftn(spectrum, pieces.transform, axes=range(-len(pieces.lengths), 0))


def _spread(a: np.ndarray, lengths: tuple[int, ...], steps: tuple[int, ...]) -> np.ndarray:
    """Put zeros between the samples of the last axes."""
    if all(step == 1 for step in steps):
        return a
    spread = np.zeros((*a.shape[: a.ndim - len(lengths)], *lengths), a.dtype)
    spread[(..., *(slice(None, None, step) for step in steps))] = a
    return spread


def _upsampled(dy: np.ndarray, spec: ConvSpec) -> np.ndarray:
    """Put zeros into a piece of the output's gradient where the stride left places out."""
    places = dy.shape[3:]
    return _spread(dy, tuple((n - 1) * s + 1 for n, s in zip(places, spec.stride, strict=True)), spec.stride)


def _every(made: np.ndarray, outputs: slice, spec: ConvSpec) -> np.ndarray:
    """Of all places computed, those that the strides ask for."""
    count = (outputs.stop - outputs.start, *spec.output[1:])
    return made[(..., *(slice(0, (n - 1) * s + 1, s) for n, s in zip(count, spec.stride, strict=True)))]


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
        Transforms of the pieces of input, kernels and outputs, and the products between them.
    """
    pieces = _cut(spec)
    count, channels = len(pieces.outputs), spec.channels // spec.groups
    samples = prod(pieces.lengths)
    kernels = prod(spec.w_shape[:2])
    blocks = len(list(_blocks(spec.filters // spec.groups, channels, pieces, spec)))
    transforms = kernels + count * spec.batch * (blocks * spec.channels + spec.filters)
    complex_bytes = 2 * spec.dtype.itemsize * pieces.spectrum
    held = spec.batch * (3 * spec.channels + 3 * spec.groups)
    return Cost(
        calls=blocks * (10 + count * (5 + 8 * spec.filters // spec.groups // blocks)),
        scaled=4 * count * spec.batch * kernels * pieces.spectrum,
        transform=int(transforms * samples * np.log2(samples + 1)),
        moved=count * spec.batch * (kernels + 2 * spec.channels + 2 * spec.filters) * complex_bytes,
        scratch=held * complex_bytes
        + min(2 * _BLOCK, 2 * kernels * complex_bytes)
        + spec.batch * spec.channels * prod(spec.padded) * spec.dtype.itemsize,
    )
