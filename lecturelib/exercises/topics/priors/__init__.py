"""Exercises of lecture 04, strong priors: what a layer sees, what it has to learn, and what it assumes."""

from lecturelib.exercises.topics.priors.conv_basis import CONV_BASIS
from lecturelib.exercises.topics.priors.count import COUNT
from lecturelib.exercises.topics.priors.map_estimate import MAP_ESTIMATE
from lecturelib.exercises.topics.priors.nn_patch_ratio import NN_PATCH_RATIO
from lecturelib.exercises.topics.priors.prior_entropy import PRIOR_ENTROPY
from lecturelib.exercises.topics.priors.receptive_field import RECEPTIVE_FIELD

EXERCISES = (PRIOR_ENTROPY, RECEPTIVE_FIELD, CONV_BASIS, COUNT, NN_PATCH_RATIO, MAP_ESTIMATE)

__all__ = ["EXERCISES"]
