"""What the exercises on training may not call: the library's own answers."""

from __future__ import annotations

from lecturelib.exercises.guard import ways_to

COUNTED = ways_to("operators.shapes", "output_size")
CONVOLVED = (
    *ways_to("operators.conv", "conv", "conv_backward", "conv_transpose", "conv_transpose_backward"),
    *ways_to("operators.unshared", "tiled_conv_backward", "locally_connected_backward"),
    *ways_to("operators.connections", "partially_connected_backward"),
    *ways_to("networks.layers.convolution", "Conv", "ConvTranspose"),
)
POOLED = ways_to("operators.pooling.maximum", "max_pool_backward")
NORMALIZED = (
    *ways_to(
        "operators.normalization",
        "subtractive_normalization",
        "divisive_normalization",
        "local_contrast_normalization",
    ),
    *ways_to("networks.layers.pointwise", "SubtractiveNorm", "DivisiveNorm", "LocalContrastNorm"),
)
CONNECTED = ways_to("operators.connections", "random_connections")
TIED = ways_to("networks.tying", "Tied", "average_copies")
