"""Layers: parameters, and the operators' forward and backward passes, behind one pair of methods."""

from lecturelib.networks.layers.base import Layer
from lecturelib.networks.layers.convolution import Conv, ConvTranspose, PartiallyConnected
from lecturelib.networks.layers.dense import Dense, Flatten
from lecturelib.networks.layers.pointwise import (
    DivisiveNorm,
    LocalContrastNorm,
    Rectify,
    ReLU,
    SubtractiveNorm,
    Tanh,
)
from lecturelib.networks.layers.pools import (
    AdaptivePool,
    AveragePool,
    GlobalPool,
    LpPool,
    Maxout,
    MaxPool,
    WeightedPool,
)
from lecturelib.networks.layers.sequential import Sequential, Summary
from lecturelib.networks.layers.unshared import LocallyConnected, TiledConv

__all__ = [
    "AdaptivePool",
    "AveragePool",
    "Conv",
    "ConvTranspose",
    "Dense",
    "DivisiveNorm",
    "Flatten",
    "GlobalPool",
    "Layer",
    "LocalContrastNorm",
    "LocallyConnected",
    "LpPool",
    "MaxPool",
    "Maxout",
    "PartiallyConnected",
    "ReLU",
    "Rectify",
    "Sequential",
    "SubtractiveNorm",
    "Summary",
    "Tanh",
    "TiledConv",
    "WeightedPool",
]
