"""Local contrast normalization of a photo: brightness goes, contrast goes, and so does a shadow, nearly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from lecturelib.data.pictures import photo
from lecturelib.display.explorers.base import KeptFigure, Scene
from lecturelib.display.explorers.controls import Choice, Control, Stops, Switch
from lecturelib.display.style import DIVERGING, GRAY, MUTED, SEQUENTIAL, TEXT_COLORS, blank_figure
from lecturelib.operators.checks import real_number, truth_value
from lecturelib.operators.kernels import gaussian
from lecturelib.operators.normalization import divisive_normalization, subtractive_normalization

CONTRASTS = (1, 2, 5, 10, 20, 50, 100)  # percent
BRIGHTNESSES = tuple(range(-50, 51, 10))  # percent of the way from black to white
LEAST = {"mean of σ": "mean", "0.01": 0.01, "0.05": 0.05, "0.1": 0.1, "0.5": 0.5}
DARKER = 0.2  # what the shadow leaves of the light
ROWS, COLUMNS, WINDOW, WIDE = 48, 72, 9, 2.0  # of the picture and of the Gaussian window, in pixels
REACH = WINDOW - 1  # how far y sees: half a window for the mean, half for the size
HALF = COLUMNS // 2
LIMITS = {"x": (0, 1), "v": (-0.4, 0.4), "sigma": (0, 0.2), "y": (-2.5, 2.5), "whole": (-2.5, 2.5)}
WIDTH, HEIGHT = 9.0, 4.62  # inches
PANEL, STEP, HIGH, LOW = 2.88, 2.99, 2.41, 0.08  # inches: width and spacing of the panels, and two bottoms


@dataclass(frozen=True)
class Normalized:
    """A picture, what becomes of it, and how much of its contrast and of its shadow is left.

    Attributes
    ----------
    x, v, sigma, y : ndarray of shape (48, 72)
        The input, less the mean around each pixel, the size of that around each pixel, and the quotient.
    whole : ndarray of shape (48, 72)
        The input less its mean, divided by its standard deviation: one mean and one size for all pixels.
    least : float
        c, the least divisor.
    clipped : float
        Share of the input below 0 or above 1.
    rms : float
        Root mean square of y inside: farther from the border than y sees.
    relative : float
        `rms` as a multiple of what it is at contrast 1 and brightness 0, with the same c and shadow.
    steps : tuple of two floats
        Mean of the right half less that of the left, in y and in `whole`, each as a multiple of its root mean
        square inside; the halves end farther from the border and from the middle than y sees.
    details : tuple of two floats
        Standard deviation of the left half (the same pixels) as a multiple of what it is without the shadow.
    """

    x: np.ndarray
    v: np.ndarray
    sigma: np.ndarray
    y: np.ndarray
    whole: np.ndarray
    least: float
    clipped: float
    rms: float
    relative: float
    steps: tuple[float, float]
    details: tuple[float, float]


@lru_cache(maxsize=1)
def picture() -> np.ndarray:
    """Return a corner of a roof against the sky, gray values from 0 to 1, of shape (48, 72).

    Examples
    --------
    >>> picture().shape
    (48, 72)
    """
    corner = photo("china", gray=True)[60 : 60 + 2 * ROWS, 180 : 180 + 2 * COLUMNS]
    small = corner.reshape(ROWS, 2, COLUMNS, 2).mean(axis=(1, 3))
    small.flags.writeable = False
    return small


def taken(contrast: float = 1.0, brightness: float = 0.0, shadow: bool = False) -> np.ndarray:
    """Return the picture as a camera might have taken it: ``contrast * (light - 0.5) + 0.5 + brightness``.

    Parameters
    ----------
    contrast, brightness : float
        Factor and offset.
    shadow : bool
        Whether a shadow leaves a fifth of the light in the left half.

    Returns
    -------
    ndarray of shape (48, 72)
        Not clipped.

    Examples
    --------
    >>> bool(np.allclose(taken(0.5, 0.25), picture() / 2 + 0.5))
    True
    """
    light = picture() * np.where(shadow & (np.arange(COLUMNS) < HALF), DARKER, 1.0)
    return contrast * (light - 0.5) + 0.5 + brightness


def normalize(x: np.ndarray, c: str | float = "mean", boundary: str = "reflect") -> dict[str, np.ndarray]:
    """Normalize a picture locally and, for comparison, globally.

    Parameters
    ----------
    x : ndarray of shape (H, W)
        The picture.
    c, boundary
        As for `lecturelib.local_contrast_normalization`.

    Returns
    -------
    dict of str to ndarray of shape (H, W)
        v, sigma, y and whole, as in `Normalized`.

    Notes
    -----
    What the subtraction takes away from v² is the mean of v² around each pixel, the square of sigma.

    Examples
    --------
    >>> maps = normalize(picture())
    >>> bool(np.allclose(maps["y"], maps["v"] / np.maximum(maps["sigma"], maps["sigma"].mean())))
    True
    """
    window = gaussian(WINDOW, WIDE)
    v = subtractive_normalization(x[None, None], window, boundary=boundary)
    square = v * v - subtractive_normalization(v * v, window, boundary=boundary)
    y = divisive_normalization(v, window, c=c, boundary=boundary)
    whole = (x - x.mean()) / x.std()
    return {"v": v[0, 0], "sigma": np.sqrt(np.maximum(square, 0))[0, 0], "y": y[0, 0], "whole": whole}


def compute(
    contrast: float = 1.0,
    brightness: float = 0.0,
    c: str | float = "mean",
    shadow: bool = False,
    *,
    boundary: str = "reflect",
) -> Normalized:
    """Take the picture, normalize it, and measure what contrast and shadow have left behind.

    Parameters
    ----------
    contrast, brightness, shadow
        As for `taken`; the contrast must be positive.
    c, boundary
        As for `lecturelib.local_contrast_normalization`.

    Returns
    -------
    Normalized

    Raises
    ------
    TypeError
        If an argument is of the wrong kind.
    ValueError
        If a number is not finite, the contrast or c is not positive, or the boundary is unknown.

    Examples
    --------
    >>> f"{compute(0.01).relative:.3f} {compute(0.01, c=0.05).relative:.3f}"
    '1.000 0.022'
    """
    contrast, brightness = real_number("contrast", contrast), real_number("brightness", brightness)
    if not 0 < contrast < np.inf:
        raise ValueError(f"contrast must be positive and finite; got {contrast}")
    if not np.isfinite(brightness):
        raise ValueError(f"brightness must be finite; got {brightness}")
    shadow = truth_value("shadow", shadow)
    x = taken(contrast, brightness, shadow)
    maps = normalize(x, c, boundary)
    full = normalize(taken(shadow=shadow), c, boundary)["y"]
    light = normalize(taken(contrast, brightness), c, boundary) if shadow else maps
    compared = ("y", "whole")
    return Normalized(
        x=x,
        **maps,
        least=float(maps["sigma"].mean() if isinstance(c, str) else c),
        clipped=float(((x < 0) | (x > 1)).mean()),
        rms=_rms(maps["y"]),
        relative=_rms(maps["y"]) / _rms(full),
        steps=tuple(_step(maps[name]) for name in compared),
        details=tuple(float(_left(maps[name]).std() / _left(light[name]).std()) for name in compared),
    )


def _rms(image: np.ndarray) -> float:
    inside = image[REACH:-REACH, REACH:-REACH]
    return float(np.sqrt(np.mean(inside**2)))


def _step(image: np.ndarray) -> float:
    return float(_right(image).mean() - _left(image).mean()) / _rms(image)


def _left(image: np.ndarray) -> np.ndarray:
    return image[REACH:-REACH, REACH : HALF - REACH]


def _right(image: np.ndarray) -> np.ndarray:
    return image[REACH:-REACH, HALF + REACH : -REACH]


class LocalContrast(KeptFigure):
    """Dim a photo, brighten it, lay a shadow on it, and see what local contrast normalization leaves of that.

    Parameters
    ----------
    boundary : {"reflect", "zeros", "circular", "symmetric", "edge"}
        What lies beyond the border.

    Raises
    ------
    ValueError
        If there is no such boundary.

    Notes
    -----
    The window is a Gaussian of 9 by 9 (σ = 2). Numbers are measured inside, farther from the border than y
    sees. Brightness goes exactly, for the mean around a pixel rises with it. With "zeros" it does so in v
    only farther than half a window from the border; from there it reaches the mean of σ.
    Contrast goes exactly if c is the mean of σ, which shrinks along; with another c what is fainter stays
    faint. The mean of σ is one number for the whole picture, so in a shaded half much lies below it.
    Colours have fixed limits, and what lies beyond is shown as the limit, but computed with as it is.
    ``explorer.values`` holds contrast and brightness (percent), c and shadow.

    Examples
    --------
    >>> explorer = LocalContrast()
    >>> explorer.set(contrast=1, c="0.05", shadow=False)
    >>> explorer.sentence[:83]
    'Contrast 1 %, brightness 0 %, no shadow, c = 0.05: y has 0.022 times the size that '
    """

    every_colour = True
    title = "Local contrast normalization"
    description = (
        "Five pictures: the input, the input less the mean around each pixel, the size of that around each "
        "pixel, their quotient, and the input normalized globally. Beside them: the size of the quotient "
        "relative to full contrast, and what the shadow does to both results."
    )

    def __init__(self, boundary: str = "reflect") -> None:
        self.boundary = boundary  # what normalizes checks it
        super().__init__()

    def controls_for(self, values: Mapping[str, Any]) -> Sequence[Control]:
        """Return contrast, brightness, the least divisor, and the shadow."""
        return (
            Stops("contrast", "Contrast", CONTRASTS, 20, unit="%"),
            Stops("brightness", "Brightness", BRIGHTNESSES, 0, unit="%"),
            Choice("c", "Least divisor c", tuple(LEAST), "mean of σ"),
            Switch("shadow", "Shadow on the left half", True),
        )

    def compute(self, values: Mapping[str, Any]) -> Normalized:
        """Return the numbers shown for `values`."""
        return compute(
            values["contrast"] / 100,
            values["brightness"] / 100,
            LEAST[values["c"]],
            values["shadow"],
            boundary=self.boundary,
        )

    def build(self, values: Mapping[str, Any]) -> Scene:
        """Lay out five panels, and the place for the numbers."""
        figure = blank_figure(WIDTH, HEIGHT, layout="none")
        artists: dict[str, Any] = {}
        artists["x"], artists["clipped"] = _panel(figure, 0, HIGH, "x", "input x", GRAY)
        artists["v"], _ = _panel(figure, 1, HIGH, "v", "v = x − mean", DIVERGING)
        artists["sigma"], artists["least"] = _panel(figure, 2, HIGH, "sigma", "σ = size of v", SEQUENTIAL)
        artists["y"], _ = _panel(figure, 0, LOW, "y", "y = v / max(c, σ)", DIVERGING)
        artists["whole"], _ = _panel(figure, 1, LOW, "whole", "normalized globally", DIVERGING)
        return Scene(figure, artists | _numbers(figure))

    def update(self, scene: Scene, values: Mapping[str, Any]) -> str:
        """Put in the pictures and the numbers."""
        seen, parts = self.compute(values), scene.artists
        for name in LIMITS:
            parts[name].set_data(getattr(seen, name))
        parts["clipped"].set_text(f"0 to 1, {100 * seen.clipped:.0f} % clipped")
        parts["least"].set_text(f"0 to 0.2, c = {_short(seen.least)}")
        kept = abs(seen.relative - 1) < 0.0005
        color = TEXT_COLORS["output" if kept else "highlight"]
        parts["relative"].set(text=f"{seen.relative:.3f}", color=color)
        for kind, pair in (("steps", seen.steps), ("details", seen.details)):
            for text, value in zip(parts[kind], pair, strict=True):
                text.set_text(_signed(value))
        return _sentence(values, seen)


def _panel(figure, column: int, bottom: float, name: str, title: str, colors: str) -> tuple[Any, Any]:
    """Draw a picture with its name and its limits; return the picture and the text of the limits."""
    tall = PANEL * ROWS / COLUMNS
    left = 0.06 + column * STEP
    axes = figure.add_axes((left / WIDTH, bottom / HEIGHT, PANEL / WIDTH, tall / HEIGHT))
    axes.set(xticks=[], yticks=[])
    axes.grid(False)
    axes.spines[:].set(visible=True, color=MUTED, linewidth=0.8)
    low, high = LIMITS[name]
    image = axes.imshow(picture(), cmap=colors, vmin=low, vmax=high, aspect="auto", zorder=3)
    axes.set(xlim=(-0.8, COLUMNS - 0.2), ylim=(ROWS - 0.3, -0.7))  # or it would lie on the frame
    line = (bottom + tall + 0.13) / HEIGHT
    figure.text(left / WIDTH, line, title, fontsize=12, fontweight="bold", va="center")
    range_ = f"{_short(low)} to {_short(high)}"
    look = {"fontsize": 10, "color": TEXT_COLORS["muted"], "ha": "right", "va": "center", "zorder": 4}
    return image, figure.text((left + PANEL) / WIDTH, line, range_, **look)


def _numbers(figure) -> dict[str, Any]:
    """Write what is measured, and make room for the numbers."""

    def write(x: float, y: float, text: str = "", **look):
        place = ((0.06 + 2 * STEP + x) / WIDTH, y / HEIGHT)
        return figure.text(*place, text, **{"va": "center", "fontsize": 11, "zorder": 4, **look})

    write(0.1, 2.13, "size of y, full contrast = 1", fontsize=12, fontweight="bold")
    columns = (2.0, 2.8)
    number = {"ha": "right", "fontsize": 13, "fontweight": "bold"}
    artists: dict[str, Any] = {"relative": write(0.1, 1.72, fontsize=28, fontweight="bold")}
    for x, name in zip(columns, ("y", "global"), strict=True):
        write(x, 1.22, name, ha="right", color=TEXT_COLORS["muted"])
    for kind, lines, y in (
        ("steps", "gap between\nthe halves", 0.88),
        ("details", "detail kept in\nthe left half", 0.36),
    ):
        write(0.1, y, lines, linespacing=1.2)
        artists[kind] = [write(x, y, **number) for x in columns]
    return artists


def _short(value: float) -> str:
    """Write a number in at most two digits after its leading zeros, with a true minus sign."""
    return f"{value:.2g}".replace("-", "−")


def _signed(value: float) -> str:
    """Write two decimals, without a minus sign before 0.00."""
    return f"{round(value, 2) + 0.0:.2f}".replace("-", "−")


def _sentence(values: Mapping[str, Any], seen: Normalized) -> str:
    brightness = f"{values['brightness']:+d}".replace("-", "−") if values["brightness"] else "0"
    least = _short(seen.least)
    c = f"c = {least}, the mean of σ" if LEAST[values["c"]] == "mean" else f"c = {least}"
    shade = "left half in shadow" if values["shadow"] else "no shadow"
    steps, details = ([_signed(value) for value in pair] for pair in (seen.steps, seen.details))
    kept = (
        f"; the shaded halves keep {details[0]} and {details[1]} of their detail" if values["shadow"] else ""
    )
    return (
        f"Contrast {values['contrast']} %, brightness {brightness} %, {shade}, {c}: y has "
        f"{seen.relative:.3f} times the size that it has at full contrast. Its right half lies above its "
        f"left by {steps[0]} of its own size, that of the globally normalized picture by {steps[1]}{kept}."
    )
