"""Networks: layers with parameters, losses, optimizers, training, and automatic differentiation."""

from lecturelib.networks.gradients import gradient_check, numerical_gradient
from lecturelib.networks.layers import (
    AdaptivePool,
    AveragePool,
    Conv,
    ConvTranspose,
    Dense,
    DivisiveNorm,
    Flatten,
    GlobalPool,
    Layer,
    LocalContrastNorm,
    LocallyConnected,
    LpPool,
    Maxout,
    MaxPool,
    PartiallyConnected,
    Rectify,
    ReLU,
    Sequential,
    SubtractiveNorm,
    Summary,
    Tanh,
    TiledConv,
    WeightedPool,
)
from lecturelib.networks.linear import fit_linear
from lecturelib.networks.losses import mean_squared_error, softmax, softmax_cross_entropy
from lecturelib.networks.optimizers import SGD, Adam, Momentum, Optimizer
from lecturelib.networks.scores import intersection_over_union
from lecturelib.networks.training import History, evaluate, fit
from lecturelib.networks.transforms import RandomShift
from lecturelib.networks.tying import Tied, average_copies

__all__ = [
    "SGD",
    "Adam",
    "AdaptivePool",
    "AveragePool",
    "Conv",
    "ConvTranspose",
    "Dense",
    "DivisiveNorm",
    "Flatten",
    "GlobalPool",
    "History",
    "Layer",
    "LocalContrastNorm",
    "LocallyConnected",
    "LpPool",
    "MaxPool",
    "Maxout",
    "Momentum",
    "Optimizer",
    "PartiallyConnected",
    "RandomShift",
    "ReLU",
    "Rectify",
    "Sequential",
    "SubtractiveNorm",
    "Summary",
    "Tanh",
    "Tied",
    "TiledConv",
    "WeightedPool",
    "average_copies",
    "evaluate",
    "fit",
    "fit_linear",
    "gradient_check",
    "intersection_over_union",
    "mean_squared_error",
    "numerical_gradient",
    "softmax",
    "softmax_cross_entropy",
]
