"""Explorers: figures that follow your hand. Each is loaded when it is first used."""

from importlib import import_module

_HOMES = {
    "ConvolutionMatrix": "convolution_matrix",
    "DragSignals": "drag_signals",
    "LayerMatrix": "layer_matrix",
    "LearnShifts": "learn_shifts",
    "LocalContrast": "local_contrast",
    "PaddingDepth": "padding_depth",
    "PoolSeparation": "pool_separation",
    "ReceptiveCone": "receptive_cone",
    "ShapePipeline": "shape_pipeline",
    "ShiftAndPool": "shift_and_pool",
    "ShiftSquare": "shift_square",
    "SizeWalker": "size_walker",
    "SlidingKernel": "sliding_kernel",
    "SnapToBand": "snap_to_band",
    "TiedRun": "tied_run",
    "TurnKernel": "turn_kernel",
    "WarpImage": "warp_image",
    "Window2D": "window2d",
}

__all__ = [
    "ConvolutionMatrix",
    "DragSignals",
    "LayerMatrix",
    "LearnShifts",
    "LocalContrast",
    "PaddingDepth",
    "PoolSeparation",
    "ReceptiveCone",
    "ShapePipeline",
    "ShiftAndPool",
    "ShiftSquare",
    "SizeWalker",
    "SlidingKernel",
    "SnapToBand",
    "TiedRun",
    "TurnKernel",
    "WarpImage",
    "Window2D",
]


def __getattr__(name: str):
    """Import the module of an explorer when the explorer is first asked for."""
    if name in _HOMES:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    """List the lazy names too."""
    return sorted({*globals(), *__all__})
