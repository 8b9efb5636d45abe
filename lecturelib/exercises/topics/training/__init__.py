"""Exercises of lecture 06, LeCun's example: shapes, stages without weights, random tables, tied copies."""

from lecturelib.exercises.topics.training.conv_backward import CONV_BACKWARD
from lecturelib.exercises.topics.training.lcn import LCN
from lecturelib.exercises.topics.training.lecun_shapes import LECUN_SHAPES
from lecturelib.exercises.topics.training.max_grad import MAX_GRAD
from lecturelib.exercises.topics.training.sparse_connect import SPARSE_CONNECT
from lecturelib.exercises.topics.training.tied_step import TIED_STEP

EXERCISES = (LECUN_SHAPES, MAX_GRAD, LCN, SPARSE_CONNECT, TIED_STEP, CONV_BACKWARD)

__all__ = ["EXERCISES"]
