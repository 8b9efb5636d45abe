"""Exercises of lecture 03, pooling: windows, gradients, bins, invariance and cardinality."""

from lecturelib.exercises.topics.pooling.best_cardinality import BEST_CARDINALITY
from lecturelib.exercises.topics.pooling.channel_max import CHANNEL_MAX
from lecturelib.exercises.topics.pooling.max_pool_backward import MAX_POOL_BACKWARD
from lecturelib.exercises.topics.pooling.p_unchanged import P_UNCHANGED
from lecturelib.exercises.topics.pooling.pool2d import POOL2D
from lecturelib.exercises.topics.pooling.spatial_pyramid import SPATIAL_PYRAMID

EXERCISES = (POOL2D, MAX_POOL_BACKWARD, SPATIAL_PYRAMID, P_UNCHANGED, BEST_CARDINALITY, CHANNEL_MAX)

__all__ = ["EXERCISES"]
