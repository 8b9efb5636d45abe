"""Exercises of lecture 02, equivariance: shifts, borders, strides and circulant matrices."""

from lecturelib.exercises.topics.equivariance.bad_pixels import BAD_PIXELS
from lecturelib.exercises.topics.equivariance.equivariance_error import EQUIVARIANCE_ERROR
from lecturelib.exercises.topics.equivariance.equivariant_under import EQUIVARIANT_UNDER
from lecturelib.exercises.topics.equivariance.project_circulant import PROJECT_CIRCULANT
from lecturelib.exercises.topics.equivariance.shift import SHIFT

EXERCISES = (SHIFT, EQUIVARIANCE_ERROR, BAD_PIXELS, EQUIVARIANT_UNDER, PROJECT_CIRCULANT)

__all__ = ["EXERCISES"]
