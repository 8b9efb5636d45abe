"""Bend an image by hand, and see which answers change with the bend and which with the place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import traitlets
from numpy.typing import ArrayLike, NDArray

from lecturelib.display.explorers.canvas import (
    BLUE,
    INK,
    ORANGE,
    CanvasExplorer,
    FiniteArray,
    finite_array,
    presets_with,
    read_beside,
    tidy,
)
from lecturelib.display.explorers.window2d import DIGIT
from lecturelib.display.style import MUTED, TEXT_COLORS, blank_figure
from lecturelib.operators.conv import conv
from lecturelib.operators.kernels import sobel
from lecturelib.operators.pointwise import relu
from lecturelib.operators.pooling import max_pool
from lecturelib.operators.symmetry import scale, warp

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["ANSWERS", "Bent", "WarpImage", "WarpState", "compute", "displacement", "images"]

SHORTEST, LONGEST = 8, 32  # sides of the image
REACHES = (3, 6, 12, 0)  # pixels; 0: the whole picture moves
FARTHEST = 8.0  # pixels by which the hand can pull
ANSWERS = ("pixels", "edges", "best of 4 × 4", "average of all")


def images() -> dict[str, list]:
    """Return the images on offer, of 28 by 28 pixels with values from 0 to 16."""
    digit, ring, cross = (np.zeros((28, 28)) for _ in range(3))
    digit[6:22, 6:22] = scale(np.pad(np.array(DIGIT, dtype=float), 4), 2)
    rows, columns = np.indices(ring.shape) - 13.5
    ring[:] = 16 * np.clip(2.5 - np.abs(np.hypot(rows, columns) - 7), 0, 1)
    cross[12:16, 6:22] = cross[6:22, 12:16] = 16
    return {name: a.round(1).tolist() for name, a in {"digit": digit, "ring": ring, "cross": cross}.items()}


@dataclass(frozen=True)
class WarpState:
    """An image, the place where it is taken, how far it is pulled, and how far around that is felt.

    Places and pulls are (rows down, columns right), in pixels; a reach of 0 moves the whole picture.
    """

    image: NDArray[np.float64]
    grab: tuple[float, float] = (14.0, 14.0)
    pull: tuple[float, float] = (0.0, 0.0)
    reach: int = 6


@dataclass(frozen=True)
class Bent:
    """What the bend does.

    Attributes
    ----------
    warped : ndarray of shape (H, W)
        The bent image, ``f(x - tau(x))``.
    slope : float
        Largest slope of tau, by the norm of its Jacobian: ``|pull| exp(-1/2) / reach``, or 0.
    changes : dict of str to float
        For each of `ANSWERS` the size of its change, relative to its size before.
    """

    warped: NDArray[np.float64]
    slope: float
    changes: dict[str, float]


def displacement(state: WarpState) -> NDArray[np.float64]:
    """Return tau of shape (2, H, W): the pull, fading as a Gaussian with the distance from the grab."""
    pull = np.asarray(state.pull, dtype=float)[:, None, None]
    if not state.reach:
        return pull * np.ones(state.image.shape)
    away = np.indices(state.image.shape) - np.asarray(state.grab, dtype=float)[:, None, None]
    return pull * np.exp(-np.sum(away**2, axis=0) / (2 * state.reach**2))


def answers(image: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    """Return what each of `ANSWERS` says about an image of shape (H, W).

    The edges are four detectors, ReLU of Sobel's derivatives along a row and a column and their negatives;
    then the maximum over blocks of 4 by 4, and the average over the whole of each map.
    """
    kernels = np.stack([sign * sobel(axis) for axis in "xy" for sign in (1, -1)])[:, None]
    edges = relu(conv(image[None, None], kernels, padding=1))
    return dict(zip(ANSWERS, (image, edges, max_pool(edges, 4), edges.mean(axis=(2, 3))), strict=True))


def compute(state: WarpState) -> Bent:
    """Bend the image of `state` and compare the answers.

    Parameters
    ----------
    state : WarpState

    Returns
    -------
    Bent

    Examples
    --------
    >>> ring = np.array(images()["ring"])
    >>> shifted = compute(WarpState(ring, pull=(0, 3), reach=0))
    >>> shifted.slope, f"{shifted.changes['pixels']:.2f} {shifted.changes['average of all']:.2f}"
    (0.0, '0.93 0.00')
    """
    warped = warp(state.image, displacement(state))
    pulled = float(np.hypot(*state.pull))
    slope = pulled * float(np.exp(-0.5)) / state.reach if state.reach else 0.0
    before, after = answers(state.image), answers(warped)
    changes = {name: _relative(after[name] - before[name], before[name]) for name in ANSWERS}
    return Bent(warped, slope, changes)


def _relative(difference: NDArray, original: NDArray) -> float:
    size = float(np.linalg.norm(original))
    return float(np.linalg.norm(difference)) / size if size else 0.0


class WarpImage(CanvasExplorer):
    """Bend an image by hand, and see how much four answers change.

    Parameters
    ----------
    image : array_like of shape (H, W), optional
        The signal f, 8 to 32 pixels a side. Default: a digit of 28 by 28.
    grab : (float, float), optional
        Where the image is taken, in rows and columns. Default: its middle.
    pull : (float, float), default (0, 3)
        By how many pixels, down and to the right, it is pulled there; each from -8 to 8.
    reach : {6, 3, 12, 0}
        Standard deviation of the bend around that place in pixels; 0: the whole picture is shifted.

    Attributes
    ----------
    image, grab, pull, reach
        As they are now; assign to change one.
    slope : float
        Largest slope of the displacement.
    changes : dict of str to float
        Relative change of the pixels, the edges, their maxima over blocks, their averages.

    Raises
    ------
    TypeError
        If the image does not hold real numbers, or a place is not a pair of numbers.
    ValueError
        If the image's shape is not as said or it is not finite, or another argument is out of range.

    Notes
    -----
    The browser draws and computes; it does not wait for Python.

    Examples
    --------
    >>> explorer = WarpImage(pull=(0, 4), reach=0)
    >>> explorer.changes["average of all"] < 1e-12 < 0.5 < explorer.changes["pixels"]
    True
    """

    _esm = read_beside("canvas.js", "warp_image.js")

    image = FiniteArray(ndim=2, longest=LONGEST)
    grab = traitlets.Tuple(traitlets.Float(), traitlets.Float(), default_value=(0.0, 0.0)).tag(sync=True)
    pull = traitlets.Tuple(traitlets.Float(), traitlets.Float(), default_value=(0.0, 0.0)).tag(sync=True)
    reach = traitlets.Int(6).tag(sync=True)
    _images = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        image: ArrayLike | None = None,
        *,
        grab: tuple[float, float] | None = None,
        pull: tuple[float, float] = (0, 3),
        reach: int = 6,
    ) -> None:
        named = images()
        image = finite_array("image", named["digit"] if image is None else image, ndim=2, longest=LONGEST)
        if grab is None:
            grab = (image.shape[0] / 2, image.shape[1] / 2)
        super().__init__(image=image, grab=grab, pull=pull, reach=reach, _images=presets_with(named, image))

    @traitlets.validate("image")
    def _check_image(self, proposal: dict[str, Any]) -> NDArray[np.float64]:
        image = proposal["value"]
        if min(image.shape) < SHORTEST:
            raise ValueError(
                f"image must have {SHORTEST} to {LONGEST} pixels a side; got shape {image.shape}"
            )
        return image

    @traitlets.validate("grab", "pull")
    def _check_place(self, proposal: dict[str, Any]) -> tuple[float, float]:
        name, value = proposal["trait"].name, proposal["value"]
        low, high = (0, LONGEST) if name == "grab" else (-FARTHEST, FARTHEST)
        if not all(low <= entry <= high for entry in value):
            raise ValueError(f"{name} must hold two numbers from {tidy(low)} to {tidy(high)}; got {value}")
        return value

    @traitlets.validate("reach")
    def _check_reach(self, proposal: dict[str, Any]) -> int:
        if proposal["value"] not in REACHES:
            raise ValueError(f"reach must be one of 3, 6, 12 and 0; got {proposal['value']!r}")
        return proposal["value"]

    @property
    def state(self) -> WarpState:
        """The present state, as `compute` takes it."""
        return WarpState(self.image, self.grab, self.pull, self.reach)

    @property
    def slope(self) -> float:
        """Largest slope of the displacement."""
        return compute(self.state).slope

    @property
    def changes(self) -> dict[str, float]:
        """Relative change of each answer."""
        return compute(self.state).changes

    @property
    def sentence(self) -> str:
        """What the picture shows, in the words of the page."""
        bent = compute(self.state)
        by = f"({tidy(self.pull[0], 1)}, {tidy(self.pull[1], 1)})"
        if self.reach:
            start = f"Pulled by {by}, felt {self.reach} pixels around: the slope of τ is {tidy(bent.slope)}. "
        else:
            start = f"The whole picture is shifted by {by}: τ is constant, its slope is 0. "
        listed = ", ".join(f"{name} {tidy(change)}" for name, change in bent.changes.items())
        end = "."
        if bent.slope:
            end = f"; the last is {tidy(bent.changes[ANSWERS[-1]] / bent.slope)} of the slope."
        return f"{start}Relative change: {listed}{end}"

    def frame(self) -> Figure:
        """Return the bent image with its grid, and the changes as bars, as a figure."""
        bent = compute(self.state)
        figure = blank_figure(9.0, 3.9)
        picture, bars = figure.subplots(1, 2, width_ratios=[1, 1.15])
        picture.imshow(bent.warped, cmap="gray", vmin=0, vmax=float(np.abs(self.image).max()) or 1.0)
        for line in _grid(self.state):
            picture.plot(line[1], line[0], color=ORANGE, linewidth=0.8)
        (down, right), (by_down, by_right) = self.grab, self.pull
        tip = {"arrowstyle": "-|>", "color": ORANGE, "linewidth": 2.5}
        picture.annotate("", (right + by_right, down + by_down), (right, down), arrowprops=tip)
        height, width = self.image.shape
        picture.set(xticks=[], yticks=[], xlim=(-0.5, width - 0.5), ylim=(height - 0.5, -0.5))
        picture.set_title("the bent picture")
        values = list(bent.changes.values())
        drawn = bars.barh(range(len(ANSWERS)), values, color=[MUTED, MUTED, MUTED, BLUE])
        bars.bar_label(drawn, [tidy(value) for value in values], padding=4, color=INK)
        bars.set(yticks=range(len(ANSWERS)), yticklabels=ANSWERS, xlim=(0, max(1.6, 1.15 * max(values))))
        bars.invert_yaxis()
        bars.grid(False)
        bars.set_xlabel("relative change")
        folds = " (above 1: the picture folds)" if bent.slope > 1 else ""
        look = {"color": TEXT_COLORS["kernel"], "fontweight": "bold"}
        bars.set_title(f"slope of τ: {tidy(bent.slope)}{folds}", **look)
        if bent.slope:
            ratio = f"average of all ÷ slope: {tidy(bent.changes[ANSWERS[-1]] / bent.slope)}"
            bars.text(0.98, 0.06, ratio, transform=bars.transAxes, ha="right", fontweight="bold")
        return figure


def _grid(state: WarpState) -> list[NDArray[np.float64]]:
    """Where the lines of a square grid on the image go, each of shape (2, points)."""
    height, width = state.image.shape
    down, right = np.arange(height, dtype=float), np.arange(width, dtype=float)
    lines = [np.stack([np.full(width, r), right]) for r in down[2::4]]
    lines += [np.stack([down, np.full(height, c)]) for c in right[2::4]]
    return [_arrived(line, state) for line in lines]


def _arrived(points: NDArray[np.float64], state: WarpState) -> NDArray[np.float64]:
    """Solve x - tau(x) = points for x by repetition, which converges while the slope is below 1."""
    x = points.copy()
    for _ in range(20):
        fade = 1.0
        if state.reach:
            away = x - np.array(state.grab)[:, None]
            fade = np.exp(-np.sum(away**2, axis=0) / (2 * state.reach**2))
        x = points + np.array(state.pull)[:, None] * fade
    return x
