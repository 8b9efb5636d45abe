"""Lectures on convolutional networks in which every formula runs: the functions they call.

Plotting and exercises are separate: ``from lecturelib.display import show`` and
``from lecturelib.exercises import check``.
"""

from lecturelib import data
from lecturelib.operators import kernels
from lecturelib.operators.conv import conv
from lecturelib.operators.kernels import box, gabor, gaussian, impulse, laplacian, sharpen, sobel
from lecturelib.operators.matrices import (
    circulant,
    conv_matrix,
    is_block_circulant,
    is_block_toeplitz,
    is_circulant,
    is_toeplitz,
    toeplitz,
)
from lecturelib.operators.shapes import mode_length, mode_start, output_size, receptive_field
from lecturelib.operators.signals import convolve, cross_correlate
from lecturelib.operators.windows import fold, pad, windows

__version__ = "0.1.0"

__all__ = [
    "box",
    "circulant",
    "conv",
    "conv_matrix",
    "convolve",
    "cross_correlate",
    "data",
    "fold",
    "gabor",
    "gaussian",
    "impulse",
    "is_block_circulant",
    "is_block_toeplitz",
    "is_circulant",
    "is_toeplitz",
    "kernels",
    "laplacian",
    "mode_length",
    "mode_start",
    "output_size",
    "pad",
    "receptive_field",
    "sharpen",
    "sobel",
    "toeplitz",
    "windows",
]
