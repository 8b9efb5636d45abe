"""A dense layer that is shown shifted examples becomes a convolution."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from lecturelib.display.explorers.base import KeptFigure, Scene
from lecturelib.display.explorers.controls import Control, Stops, Switch
from lecturelib.display.explorers.words import steps_of
from lecturelib.display.style import DIVERGING, HIGHLIGHT, INK, MUTED, TEXT_COLORS, blank_figure
from lecturelib.operators.matrices import nearest_circulant

STEPS = (0, 1, 2, 5, 10, 20, 30, 40, 60, 80, 100, 150, 200, 300, 400)
SIZE, PAIRS, RATE = 8, 3, 0.02 / 3
LIMIT = 1.0  # of the colours, at every step; the few larger weights of the first steps are clipped
WIDTH, HEIGHT = 9.0, 3.1  # inches
SIDE = 0.27  # of a matrix, as a share of the width


@dataclass(frozen=True)
class Learned:
    """A layer in the course of its training.

    Attributes
    ----------
    weights : ndarray of shape (8, 8)
        W at this step.
    nearest : ndarray of shape (8, 8)
        The circulant matrix nearest to it.
    distance : float
        Size of what is no convolution in W, relative to W: ``‖W - nearest‖ / ‖W‖``.
    error : float
        Root mean square error on the examples it learns from.
    """

    weights: np.ndarray
    nearest: np.ndarray
    distance: float
    error: float


@lru_cache(maxsize=2)
def training(shifts: bool = True) -> tuple[Learned, ...]:
    """Train the layer for 400 steps of gradient descent, and keep every step.

    Parameters
    ----------
    shifts : bool
        True: three random examples (x, y) and all their cyclic shifts. False: the three alone.

    Returns
    -------
    tuple of Learned
        401 of them, the first before any step.
    """
    draws = np.random.default_rng(1)
    x, y = draws.normal(size=(PAIRS, SIZE)), draws.normal(size=(PAIRS, SIZE))
    weights = draws.normal(size=(SIZE, SIZE))
    copies = range(SIZE if shifts else 1)
    inputs, targets = (np.concatenate([np.roll(z, v, axis=1) for v in copies]) for z in (x, y))
    seen = []
    for _ in range(STEPS[-1] + 1):
        gap = inputs @ weights.T - targets
        seen.append(_learned(weights, gap))
        weights = weights - RATE * gap.T @ inputs
    return tuple(seen)


def _learned(weights: np.ndarray, gap: np.ndarray) -> Learned:
    nearest = nearest_circulant(weights)
    for array in (weights, nearest):
        array.flags.writeable = False
    share = float(np.linalg.norm(weights - nearest) / np.linalg.norm(weights))
    return Learned(weights, nearest, share, float(np.sqrt(np.mean(gap**2))))


def compute(step: int, shifts: bool = True) -> Learned:
    """Return the layer after `step` steps.

    Parameters
    ----------
    step : int
        0 to 400.
    shifts : bool
        As for `training`.

    Returns
    -------
    Learned

    Examples
    --------
    >>> f"{compute(0).distance:.2f} {compute(400).distance:.4f} {compute(400, shifts=False).distance:.2f}"
    '0.92 0.0001 0.95'
    """
    return training(shifts)[step]


class LearnShifts(KeptFigure):
    """Watch a dense layer learn from shifted examples: its matrix becomes circulant.

    Notes
    -----
    64 weights start at random and learn from three random examples, with all their shifts or without. The
    matrix is shown beside the nearest circulant one, and their relative distance as a curve.
    ``explorer.values`` holds step and shifts.

    Examples
    --------
    >>> explorer = LearnShifts()
    >>> explorer.set(step=400)
    >>> explorer.sentence[:100]
    'After 400 steps the distance of W, relative to its size, to the nearest circulant matrix is 5e-05. O'
    """

    title = "A dense layer learns from shifts"
    description = (
        "An 8 by 8 matrix of weights in colours, its nearest circulant matrix beside it, and a curve of "
        "the distance between them over the steps of the training, with a mark at the present step."
    )

    def controls_for(self, values: Mapping[str, Any]) -> Sequence[Control]:
        """Return the step of the training, and whether the shifts are shown."""
        return (
            Stops("step", "Training", STEPS, 30, unit="steps", play=500),
            Switch("shifts", "Show all shifts of the examples", True),
        )

    def build(self, values: Mapping[str, Any]) -> Scene:
        """Lay out the two matrices, their colour bar, and the curves."""
        figure = blank_figure(WIDTH, HEIGHT, layout="none")
        artists: dict[str, Any] = {}
        for name, left in (("weights", 0.012), ("nearest", 0.3)):
            axes = figure.add_axes((left, 0.04, SIDE, SIDE * WIDTH / HEIGHT))
            axes.set(xticks=[], yticks=[])
            axes.grid(False)
            axes.spines[:].set(visible=True, color=MUTED, linewidth=0.8)
            look = {"cmap": DIVERGING, "vmin": -LIMIT, "vmax": LIMIT, "zorder": 3}
            artists[name] = axes.imshow(np.zeros((SIZE, SIZE)), **look)
            axes.set(xlim=(-0.55, SIZE - 0.45), ylim=(SIZE - 0.45, -0.55))  # the frame stays in sight
            artists[f"{name} title"] = axes.set_title("nearest circulant matrix")
        _color_bar(figure)
        artists |= _curves(figure)
        return Scene(figure, artists)

    def update(self, scene: Scene, values: Mapping[str, Any]) -> str:
        """Show the matrices of this step, and mark it on the curve."""
        step, shifts, parts = values["step"], values["shifts"], scene.artists
        seen = compute(step, shifts)
        parts["weights"].set_data(seen.weights)
        parts["nearest"].set_data(seen.nearest)
        parts["weights title"].set_text(f"W after {steps_of(step)}")
        for curve, shown in zip(parts["curves"], (True, False), strict=True):
            strong = shown == shifts
            curve.set(color=INK if strong else MUTED, linewidth=2.6 if strong else 1.4)
        for name, shown in (("all shifts", True), ("three pairs", False)):
            parts[name].set_color(INK if shown == shifts else TEXT_COLORS["muted"])
        parts["mark"].set_data([step], [seen.distance])
        return _sentence(step, shifts, seen)


def _sentence(step: int, shifts: bool, seen: Learned) -> str:
    shown = "the three examples and all their shifts" if shifts else "the three examples alone"
    return (
        f"After {steps_of(step)} the distance of W, relative to its size, to the nearest circulant "
        f"matrix is {seen.distance:.2g}. "
        f"On {shown} its answers are off by {seen.error:.2f} (root mean square)."
    )


def _color_bar(figure) -> None:
    """Put one colour bar for both matrices between them and the curve."""
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize

    axes = figure.add_axes((0.585, 0.04, 0.013, SIDE * WIDTH / HEIGHT))
    colors = ScalarMappable(Normalize(-LIMIT, LIMIT), DIVERGING)
    bar = figure.colorbar(colors, cax=axes, ticks=[-1, 0, 1], extend="both")
    bar.ax.set_yticklabels(["−1", "0", "1"], fontsize=11)


def _curves(figure) -> dict[str, Any]:
    """Draw the distance over the steps for both trainings; the mark comes later."""
    axes = figure.add_axes((0.735, 0.185, 0.255, 0.64))
    steps = np.arange(STEPS[-1] + 1)
    curves = []
    for shifts, style in ((True, "-"), (False, "--")):
        distances = [seen.distance for seen in training(shifts)]
        curves += axes.plot(steps, distances, style, zorder=3)
    axes.set(yscale="log", ylim=(2e-5, 3), xlim=(-12, 412), xticks=[0, 200, 400], xlabel="steps")
    axes.set_yticks([1, 0.1, 0.01, 0.001, 0.0001], ["1", "0.1", "0.01", "0.001", "0.0001"], fontsize=11)
    axes.minorticks_off()
    axes.set_title("distance from a convolution", fontsize=12)
    look = {"fontsize": 12, "ha": "center", "va": "center", "zorder": 4}
    (mark,) = axes.plot([0], [1], "D", color=HIGHLIGHT, markersize=10, zorder=5)
    mark.set(markeredgecolor="white", markeredgewidth=1.2)
    return {
        "curves": curves,
        "all shifts": axes.text(150, 0.0004, "all shifts", **look),
        "three pairs": axes.text(265, 0.42, "three pairs only", **look),
        "mark": mark,
    }
