"""What the exercises on layer variants may not call: finished convolutions and finished layers."""

from __future__ import annotations

from lecturelib.exercises.topics.convolution.forbidden import FORBIDDEN

_OPERATORS = {
    "conv": "conv",
    "convolve": "signals",
    "cross_correlate": "signals",
    "locally_connected": "unshared",
    "tiled_conv": "unshared",
}
_LAYERS = {"Conv": "convolution", "LocallyConnected": "unshared", "TiledConv": "unshared"}

LAYERS = (
    *FORBIDDEN,
    *(
        f"{home}.{name}"
        for name, module in _OPERATORS.items()
        for home in ("lecturelib", "lecturelib.operators", f"lecturelib.operators.{module}")
    ),
    *(
        f"{home}.{name}"
        for name, module in _LAYERS.items()
        for home in ("lecturelib", "lecturelib.networks", f"lecturelib.networks.layers.{module}")
    ),
)
BECAUSE = "It does the whole exercise in one call; write the sum yourself."
