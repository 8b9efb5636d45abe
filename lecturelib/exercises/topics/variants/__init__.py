"""Exercises of lecture 05, layer variants: channels, unshared and tiled weights, sizes, maps of labels."""

from lecturelib.exercises.topics.variants.conv2d_multi import CONV2D_MULTI
from lecturelib.exercises.topics.variants.depthwise import DEPTHWISE
from lecturelib.exercises.topics.variants.local2d import LOCAL2D
from lecturelib.exercises.topics.variants.out_size import OUT_SIZE
from lecturelib.exercises.topics.variants.softmax_map import SOFTMAX_MAP
from lecturelib.exercises.topics.variants.tiled2d import TILED2D

EXERCISES = (OUT_SIZE, CONV2D_MULTI, DEPTHWISE, LOCAL2D, TILED2D, SOFTMAX_MAP)

__all__ = ["EXERCISES"]
