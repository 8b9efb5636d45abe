"""A volume and a sensor, computed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from lecturelib.operators.checks import whole_number


def volume(shape: Sequence[int] = (24, 32, 40)) -> np.ndarray:
    """Build a body to scan: a bright shell around a dim inside, with three small bright blobs.

    Parameters
    ----------
    shape : (int, int, int)
        Voxels along depth, height and width.

    Returns
    -------
    ndarray of that shape
        float64 from 0 (outside) to 1.

    Raises
    ------
    TypeError
        If `shape` is not three integers.
    ValueError
        If one is smaller than 1.

    Examples
    --------
    >>> volume().shape
    (24, 32, 40)
    """
    if not (isinstance(shape, (tuple, list)) and len(shape) == 3):
        raise TypeError(f"shape must be (depth, height, width); got {shape!r}")
    axes = [np.linspace(-1, 1, whole_number("shape", n, at_least=1)) for n in shape]
    depth, height, width = np.meshgrid(*axes, indexing="ij")
    radius = np.sqrt((depth / 0.85) ** 2 + (height / 0.9) ** 2 + (width / 0.8) ** 2)
    body = np.where(radius < 0.85, 0.3, np.where(radius < 1, 0.8, 0.0))
    for z, y, x, size in ((-0.2, -0.3, 0.2, 0.2), (0.3, 0.2, -0.25, 0.15), (0.0, 0.35, 0.3, 0.12)):
        distance = np.sqrt((depth - z) ** 2 + (height - y) ** 2 + (width - x) ** 2)
        body[distance < size] = 1.0
    return body


class SensorReading(NamedTuple):
    """What a noisy sensor recorded.

    Attributes
    ----------
    t : ndarray of shape (2000,)
        Times, in seconds.
    clean, noisy : ndarray of shape (2000,)
        What there was to measure, and what was measured.
    """

    t: np.ndarray
    clean: np.ndarray
    noisy: np.ndarray


def sensor(rng: np.random.Generator) -> SensorReading:
    """Measure a slow sine with a sensor that adds noise.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of the noise.

    Returns
    -------
    SensorReading
        ``(t, clean, noisy)``, three float64 arrays of shape (2000,): 20 seconds at 100 samples a
        second, ``sin(t)``, and the same with noise of standard deviation 0.5.

    Notes
    -----
    Smoothed with the causal weights ``exp(-age / tau)``, scaled to sum to 1, the root mean square
    error is, for the generator ``default_rng(11)``:

    ======  =====  =====  =====  =====  =====  =====
    tau     none   0.05   0.1    0.2    0.5    1
    error   0.501  0.162  0.131  0.158  0.317  0.493
    ======  =====  =====  =====  =====  =====  =====

    Less than tau = 0.1 s leaves noise, more lags behind the sine.
    Other generators give other digits, by a few per cent, and the same order.

    Examples
    --------
    >>> t, clean, noisy = sensor(np.random.default_rng(11))
    >>> f"{np.sqrt(np.mean((noisy - clean) ** 2)):.3f}"
    '0.501'
    """
    t = np.arange(2000) / 100
    clean = np.sin(t)
    return SensorReading(t, clean, clean + 0.5 * rng.normal(size=t.size))
