"""A photo is turned, and the kernel with it or not; the square closes or not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from matplotlib.patches import Circle
from numpy.typing import ArrayLike

from lecturelib.data.pictures import photo
from lecturelib.display.explorers.base import KeptFigure, Scene
from lecturelib.display.explorers.controls import Choice, Control, Stops, Switch
from lecturelib.display.style import DIVERGING, GRAY, HIGHLIGHT, MUTED, TEXT_COLORS, blank_figure
from lecturelib.operators.checks import real_array
from lecturelib.operators.signals import cross_correlate
from lecturelib.operators.symmetry import rotate

ANGLES = tuple(range(0, 181, 15))  # degrees
KERNELS = ("derivative of a Gaussian", "Laplacian of a Gaussian", "Gaussian")
SIGMA, SIZE, ROOM = 1.5, 9, 2  # the kernel is 9 by 9, with room of 2 around it to turn in
FINE = 5  # places along each axis of a weight, so that turning the kernel hardly blurs it
LEAST, MOST = 48, 240  # pixels along a side of the image
WIDTH, HEIGHT = 9.0, 4.05  # inches


@dataclass(frozen=True)
class Turned:
    """The two ways round the square, for one angle and one kernel.

    Attributes
    ----------
    gx : ndarray of shape (N, N)
        The image, turned.
    fgx, gfx : ndarray of shape (N, N)
        Turned and then filtered; filtered and then turned.
    kernel, laid : ndarray of shape (13, 13)
        The kernel that filters x, and the one that filters g(x).
    inside : ndarray of bool, shape (N, N)
        Where no border has a say.
    gap : float
        ``‖fgx - gfx‖ / ‖gfx‖``, inside.
    """

    gx: np.ndarray
    fgx: np.ndarray
    gfx: np.ndarray
    kernel: np.ndarray
    laid: np.ndarray
    inside: np.ndarray
    gap: float


@lru_cache(maxsize=32)
def kernel_at(name: str, angle: int = 0) -> np.ndarray:
    """Return a kernel turned by `angle`, counterclockwise.

    Parameters
    ----------
    name : str
        One of `KERNELS`; all have σ = 1.5 and weights in a disc of diameter 9.
    angle : int
        Degrees.

    Returns
    -------
    ndarray of shape (13, 13)
        Absolute values sum to 1 at angle 0.

    Notes
    -----
    It is turned on a grid five times finer, by `lecturelib.rotate`, and then summed up to weights. Turned on
    its own grid it would be blurred so much that turning a round kernel, which should change nothing, would
    open the square.

    Examples
    --------
    >>> upright, turned = kernel_at(KERNELS[0]), kernel_at(KERNELS[0], 90)
    >>> bool(np.allclose(turned, np.rot90(upright)))
    True
    """
    n = SIZE * FINE
    place = (np.arange(n) - (n - 1) / 2) / FINE
    down, right = np.meshgrid(place, place, indexing="ij")
    square = down**2 + right**2
    disc = square <= (SIZE / 2) ** 2
    bell = disc * np.exp(-square / (2 * SIGMA**2))
    kernel = {KERNELS[0]: right * bell, KERNELS[1]: (square - 2 * SIGMA**2) * bell, KERNELS[2]: bell}[name]
    if name == KERNELS[1]:
        kernel = kernel - disc * kernel.sum() / disc.sum()  # a gray area gives nothing
    turned = rotate(np.pad(kernel / np.abs(kernel).sum(), ROOM * FINE), angle)
    side = SIZE + 2 * ROOM
    weights = turned.reshape(side, FINE, side, FINE).sum(axis=(1, 3))
    weights.flags.writeable = False
    return weights


def compute(image: np.ndarray, angle: int, kernel: str = KERNELS[0], turn: bool = False) -> Turned:
    """Turn and filter an image, in both orders.

    Parameters
    ----------
    image : ndarray of shape (N, N)
        The input x.
    angle : int
        Degrees; g turns counterclockwise.
    kernel : str
        One of `KERNELS`; f cross-correlates with it.
    turn : bool
        Whether the kernel that meets g(x) is turned as well.

    Returns
    -------
    Turned

    Examples
    --------
    >>> noise = np.random.default_rng(0).normal(size=(64, 64))
    >>> compute(noise, 90).gap > 1, compute(noise, 90, turn=True).gap < 1e-12
    (True, True)
    """
    upright = kernel_at(kernel)
    laid = kernel_at(kernel, angle) if turn else upright
    gx = rotate(image, angle)
    fgx = cross_correlate(gx, laid, "same")
    gfx = rotate(cross_correlate(image, upright, "same"), angle)
    radius = len(image) / 2 - (SIZE + 2 * ROOM) / 2 - 1.5
    from_middle = np.arange(len(image)) - (len(image) - 1) / 2
    inside = np.hypot(from_middle[:, None], from_middle) < radius
    gap = float(np.linalg.norm((fgx - gfx)[inside]) / (np.linalg.norm(gfx[inside]) or 1.0))
    return Turned(gx, fgx, gfx, upright, laid, inside, gap)


class TurnKernel(KeptFigure):
    """Turn a photo, and the kernel with it if you like, and see whether the square closes.

    Parameters
    ----------
    image : array_like of shape (N, N), optional
        Gray values from 0 to 1, N from 48 to 240. Default: the corner of a roof, 120 by 120.

    Raises
    ------
    TypeError
        If `image` does not hold real numbers.
    ValueError
        If its shape is not as said, or a value is not finite.

    Notes
    -----
    Outputs are compared inside the circle where neither border has a say. Quarter turns are exact; at other
    angles the interpolation of the photo leaves a small gap even where the square closes.
    ``explorer.values`` holds angle, kernel and turn.

    Examples
    --------
    >>> explorer = TurnKernel()
    >>> explorer.set(angle=90, turn=True)
    >>> explorer.sentence[-57:]
    'two ways agree up to rounding: the relative gap is 0.000.'
    """

    title = "Turn the photo, turn the kernel"
    description = (
        "Above: a turned photo, its filtered picture, the picture filtered first and turned afterwards, "
        "and their difference inside a circle. Below: the photo, both kernels, and the relative gap."
    )

    def __init__(self, image: ArrayLike | None = None) -> None:
        self.image = _checked_image(photo("china", gray=True)[60:180, 70:190] if image is None else image)
        super().__init__()

    def controls_for(self, values: Mapping[str, Any]) -> Sequence[Control]:
        """Angle, kernel, and whether the kernel turns too."""
        return (
            Stops("angle", "Turn by", ANGLES, 30, unit="degrees", play=700),
            Choice("kernel", "Kernel", KERNELS, KERNELS[0]),
            Switch("turn", "Turn the kernel too", False),
        )

    def compute(self, values: Mapping[str, Any]) -> Turned:
        """Return the numbers shown for `values`."""
        return compute(self.image, values["angle"], values["kernel"], values["turn"])

    def layout_key(self, values: Mapping[str, Any]) -> Any:
        """Each kernel has its own colours."""
        return values["kernel"]

    def build(self, values: Mapping[str, Any]) -> Scene:
        """Lay out four large panels, four small ones below, and a place for the number."""
        figure = blank_figure(WIDTH, HEIGHT, layout="none")
        upright = self.compute({**values, "angle": 0, "turn": False})
        limit = float(np.quantile(np.abs(upright.gfx[upright.inside]), 0.995)) or 1.0
        gray = {"cmap": GRAY, "vmin": 0, "vmax": 1}
        signed = {"cmap": DIVERGING, "vmin": -limit, "vmax": limit}
        largest = float(np.abs(upright.kernel).max())
        weights = {"cmap": DIVERGING, "vmin": -largest, "vmax": largest}
        output = gray if values["kernel"] == KERNELS[2] else signed
        side, step, low, high = 0.23, 0.2505, 0.03, 0.405
        small = 0.23 * 0.57
        panel = _Panels(figure)
        artists = {"gx": panel(0.009, high, side, "g(x)", gray, upright.gx)}
        artists["fgx"] = panel(0.009 + step, high, side, "g(x), filtered", output, upright.gx)
        artists["gfx"] = panel(0.009 + 2 * step, high, side, "x filtered, turned", output, upright.gx)
        artists["gap"] = panel(0.009 + 3 * step, high, side, "difference", signed, upright.gx)
        artists["circles"] = [_circle(image.axes, upright.inside) for image in list(artists.values())]
        inset = 0.009 + (side - small) / 2
        panel(inset, low, small, "x", gray, self.image)
        artists["laid"] = panel(inset + step, low, small, "kernel for g(x)", weights, upright.laid)
        panel(inset + 2 * step, low, small, "kernel for x", weights, upright.kernel)
        middle = 0.009 + 3 * step + side / 2
        look = {"ha": "center", "va": "center", "zorder": 5}
        figure.text(middle, 0.29, "relative gap", fontsize=13, **look)
        artists["number"] = figure.text(middle, 0.18, "", fontsize=26, fontweight="bold", **look)
        return Scene(figure, artists)

    def update(self, scene: Scene, values: Mapping[str, Any]) -> str:
        """Put in the pictures of this angle, and the gap as a number."""
        seen, parts = self.compute(values), scene.artists
        parts["gx"].set_data(seen.gx)
        for name, array in (("fgx", seen.fgx), ("gfx", seen.gfx), ("gap", seen.fgx - seen.gfx)):
            parts[name].set_data(np.ma.masked_where(~seen.inside, array))
        parts["laid"].set_data(seen.laid)
        color = TEXT_COLORS["output"] if seen.gap < 0.1 else TEXT_COLORS["highlight"]
        parts["number"].set(text=f"{seen.gap:.3f}", color=color)
        return _sentence(values, seen.gap)


class _Panels:
    """Draw images into a figure; places are shares of it, sides are shares of its width."""

    def __init__(self, figure) -> None:
        self.figure = figure

    def __call__(self, left: float, bottom: float, side: float, title: str, colors: dict, image):
        axes = self.figure.add_axes((left, bottom, side, side * WIDTH / HEIGHT))
        axes.set(xticks=[], yticks=[])
        axes.grid(False)
        axes.spines[:].set(visible=True, color=MUTED, linewidth=0.8)
        axes.set_title(title, fontsize=13)
        shown = axes.imshow(image, interpolation="nearest", zorder=3, **colors)
        border = 0.01 * len(image)  # or the image would lie on the frame around it
        axes.set(xlim=(-0.5 - border, len(image) - 0.5 + border))
        axes.set(ylim=(len(image) - 0.5 + border, -0.5 - border))
        return shown


def _circle(axes, inside: np.ndarray) -> Circle:
    n = len(inside)
    radius = inside[n // 2].sum() / 2
    look = {"fill": False, "edgecolor": HIGHLIGHT, "linewidth": 2, "zorder": 4}
    return axes.add_patch(Circle(((n - 1) / 2, (n - 1) / 2), radius, **look))


def _sentence(values: Mapping[str, Any], gap: float) -> str:
    how = "turned along" if values["turn"] else "left as it is"
    ways = "agree up to rounding" if gap < 1e-9 else "nearly agree" if gap < 0.1 else "differ"
    return (
        f"The photo is turned by {values['angle']} degrees, the kernel, a {values['kernel']}, "
        f"is {how}. Inside the circle the two ways {ways}: the relative gap is {gap:.3f}."
    )


def _checked_image(image: ArrayLike) -> np.ndarray:
    image = real_array("image", image).astype(np.float64)
    if image.ndim != 2 or image.shape[0] != image.shape[1] or not LEAST <= len(image) <= MOST:
        raise ValueError(
            f"image must have shape (N, N) with N from {LEAST} to {MOST}; got shape {image.shape}"
        )
    if not np.isfinite(image).all():
        raise ValueError("image must be finite; got NaN or infinity")
    image.flags.writeable = False
    return image
