"""What the exercises on layer variants may not call: finished convolutions and finished layers."""

from __future__ import annotations

from lecturelib.exercises.guard import ways_to
from lecturelib.exercises.topics.convolution.forbidden import FORBIDDEN

LAYERS = (
    *FORBIDDEN,
    *ways_to("operators.conv", "conv"),
    *ways_to("operators.signals", "convolve", "cross_correlate"),
    *ways_to("operators.unshared", "locally_connected", "tiled_conv"),
    *ways_to("networks.layers.convolution", "Conv"),
    *ways_to("networks.layers.unshared", "LocallyConnected", "TiledConv"),
)
BECAUSE = "It does the whole exercise in one call; write the sum yourself."
