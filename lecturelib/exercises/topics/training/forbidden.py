"""What the exercises on training may not call: the library's own answers."""

from __future__ import annotations


def ways_to(module: str, *names: str) -> tuple[str, ...]:
    """List the dotted names under which members of one of the library's modules are found."""
    room = module.split(".")[0]
    homes = ("lecturelib", f"lecturelib.{room}", f"lecturelib.{module}")
    return tuple(f"{home}.{name}" for name in names for home in homes)


COUNTED = ways_to("operators.shapes", "output_size")
CONVOLVED = (
    *ways_to("operators.conv", "conv", "conv_backward", "conv_transpose", "conv_transpose_backward"),
    *ways_to("operators.unshared", "tiled_conv_backward", "locally_connected_backward"),
    *ways_to("operators.connections", "partially_connected_backward"),
    *ways_to("networks.layers.convolution", "Conv", "ConvTranspose"),
)
POOLED = (
    *ways_to("operators.pooling", "max_pool_backward"),
    "lecturelib.operators.pooling.maximum.max_pool_backward",
)
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
