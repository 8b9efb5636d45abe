"""Plots: arrays in, a Figure out. They know no layer and no lecture."""

from lecturelib.display.plots.grids import equation, matrices
from lecturelib.display.plots.images import images
from lecturelib.display.plots.signals import curves, shifted_copies, stems
from lecturelib.display.plots.square import square
from lecturelib.display.plots.training import training

__all__ = ["curves", "equation", "images", "matrices", "shifted_copies", "square", "stems", "training"]
