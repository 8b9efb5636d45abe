"""Pictures of images: photos, feature maps and kernels, each with the colours its kind of data asks for."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from lecturelib.display.plots.canvas import WIDTH, new_figure
from lecturelib.display.plots.grids import draw_numbers
from lecturelib.display.style import DIVERGING, SEQUENTIAL

KINDS = ("gray", "rgb", "signed", "magnitude", "numbers")


def images(
    arrays: Sequence[ArrayLike],
    titles: Sequence[str],
    *,
    kinds: str | Sequence[str] = "gray",
    columns: int | None = None,
    width: float = WIDTH,
    limit: float | None = None,
) -> Figure:
    """Draw images side by side, rows downwards.

    Parameters
    ----------
    arrays : sequence of array_like of shape (H, W) or (H, W, 3)
        The images.
    titles : sequence of str
        One title each.
    kinds : {"gray", "rgb", "signed", "magnitude", "numbers"} or one for each image
        "gray": 0 is black and 1 white, clipped. "rgb": colour. "signed": a diverging map, zero in the
        middle. "magnitude": a sequential map from 0. "numbers": a small array written out as numbers, in a
        narrow panel. The two maps end at the 99th percentile, or a few extreme pixels would pale the rest.
    columns : int
        Images in a row (default: all).
    width : float
        Width in inches.
    limit : float
        Where both maps end in every panel, so that colours may be compared; a bar shows them. Larger values
        are clipped.

    Returns
    -------
    Figure
        One axes an image; ``axes.images[0].get_array()`` is the data.

    Raises
    ------
    ValueError
        If a title or a kind is missing, or a kind is unknown.
    """
    arrays = [np.asarray(array) for array in arrays]
    kinds = [kinds] * len(arrays) if isinstance(kinds, str) else list(kinds)
    if not len(arrays) == len(titles) == len(kinds):
        raise ValueError(
            f"arrays, titles and kinds must be equally many, got {len(arrays)}, {len(titles)}, {len(kinds)}"
        )
    columns = columns or len(arrays)
    rows = -(-len(arrays) // columns)
    shares = [0.4 if kind == "numbers" else 1.0 for kind in kinds[:columns]]
    ratio = max(
        a.shape[0] / a.shape[1] * (0.4 if k == "numbers" else 1) for a, k in zip(arrays, kinds, strict=True)
    )
    height = rows * (width / sum(shares) * ratio + 0.45)
    figure, all_axes = new_figure(rows, columns, width=width, height=height, width_ratios=shares)
    flat = np.atleast_1d(all_axes).ravel()
    for axes, array, title, kind in zip(flat, arrays, titles, kinds, strict=False):
        draw_image(axes, array, kind)
        axes.set_title(title)
        if limit is not None and kind in ("signed", "magnitude"):
            axes.images[0].set_clim(-limit if kind == "signed" else 0, limit)
    for axes in flat[len(arrays) :]:
        axes.set_axis_off()
    if limit is not None:
        mapped = [
            axes.images[0] for axes, kind in zip(flat, kinds, strict=False) if kind in ("signed", "magnitude")
        ]
        figure.colorbar(mapped[-1], ax=list(flat), shrink=0.8, aspect=15, pad=0.01)
    return figure


def draw_image(axes, array: np.ndarray, kind: str = "gray") -> None:
    """Draw one image into `axes` with the colour map of its kind (see `images`)."""
    if kind not in KINDS:
        raise ValueError(f"kind must be one of {', '.join(KINDS)}, got {kind!r}")
    if kind == "numbers":
        draw_numbers(axes, array, role="kernel")
        return
    extreme = float(np.quantile(np.abs(array), 0.99)) or 1.0
    limits = {"gray": (0, 1), "rgb": (0, 1), "signed": (-extreme, extreme), "magnitude": (0, extreme)}[kind]
    cmap = {"gray": "gray", "rgb": None, "signed": DIVERGING, "magnitude": SEQUENTIAL}[kind]
    axes.imshow(array, cmap=cmap, vmin=limits[0], vmax=limits[1], interpolation="nearest")
    axes.set(xticks=[], yticks=[])
    axes.grid(False)
