"""Exercises of lecture 01, the mathematics of convolution. All of them flip the kernel."""

from lecturelib.exercises.topics.convolution.conv1d import CONV1D
from lecturelib.exercises.topics.convolution.conv2d import CONV2D
from lecturelib.exercises.topics.convolution.kernels import COMPOSE, XCORR_TO_CONV
from lecturelib.exercises.topics.convolution.toeplitz_matrix import TOEPLITZ_MATRIX
from lecturelib.exercises.topics.convolution.valid_range import VALID_RANGE

EXERCISES = (CONV1D, TOEPLITZ_MATRIX, CONV2D, XCORR_TO_CONV, COMPOSE, VALID_RANGE)

__all__ = ["EXERCISES"]
