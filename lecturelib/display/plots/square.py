"""The commuting square: two ways from the upper left corner to the lower right one."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import ConnectionPatch
from numpy.typing import ArrayLike

from lecturelib.display.plots.canvas import WIDTH, new_figure
from lecturelib.display.plots.images import draw_image
from lecturelib.display.style import INK

SIGNS = {"x": "x", "fx": "f(x)", "gx": "g(x)", "fgx": "f(g(x))"}


def square(
    x: ArrayLike,
    fx: ArrayLike,
    gx: ArrayLike,
    fgx: ArrayLike,
    gfx: ArrayLike,
    *,
    f: str = "f",
    g: str = "g",
    kinds: tuple[str, str] = ("gray", "signed"),
    width: float = WIDTH,
) -> Figure:
    """Draw a commuting square of images, and beside it how far the two ways end apart.

    Parameters
    ----------
    x, gx : array_like of shape (H, W)
        The input, and the transformed input below it.
    fx, fgx : array_like of shape (H', W')
        What the map makes of them, on the right.
    gfx : array_like of shape (H', W')
        The other way to the lower right corner: first the map, then the transformation.
    f, g : str
        What the arrows say: the map goes right, the transformation goes down.
    kinds : pair of str
        Kinds of image (as for :func:`~lecturelib.display.plots.images`) on the left and on the right.
    width : float
        Width in inches.

    Returns
    -------
    Figure
        Five axes: x, f(x), g(x), f(g(x)), and the difference f(g(x)) - g(f(x)).

    Raises
    ------
    ValueError
        If the two results differ in shape.
    """
    fgx, gfx = np.asarray(fgx), np.asarray(gfx)
    if fgx.shape != gfx.shape:
        raise ValueError(f"fgx and gfx must have the same shape; got {fgx.shape} and {gfx.shape}")
    ratio = np.shape(x)[0] / np.shape(x)[1]
    height = 2 * (width / 3.5 * ratio + 0.5)
    figure, axes = new_figure(2, 3, width=width, height=height)
    figure.get_layout_engine().set(wspace=0.16)
    drawn = {"x": (axes[0, 0], x), "fx": (axes[0, 1], fx), "gx": (axes[1, 0], gx), "fgx": (axes[1, 1], fgx)}
    for name, (panel, array) in drawn.items():
        draw_image(panel, np.asarray(array), kinds[name.startswith("f")])
        panel.set_title(f"${SIGNS[name]}$")
    difference = fgx - gfx
    draw_image(axes[1, 2], difference if np.any(difference) else np.zeros(fgx.shape), "signed")
    axes[1, 2].set_title("$f(g(x)) - g(f(x))$")
    for start, end, text in (
        ((0, 0), (0, 1), f),
        ((1, 0), (1, 1), f),
        ((0, 0), (1, 0), g),
        ((0, 1), (1, 1), g),
    ):
        _arrow(figure, axes[start], axes[end], text)
    axes[0, 2].remove()
    return figure


def _arrow(figure: Figure, start, end, text: str) -> None:
    """Draw an arrow from one panel to another, with its name beside it."""
    across = start.get_subplotspec().rowspan.start == end.get_subplotspec().rowspan.start
    a, b = ((1.02, 0.5), (-0.02, 0.5)) if across else ((0.5, -0.03), (0.5, 1.16))
    style = {"arrowstyle": "-|>", "mutation_scale": 22, "linewidth": 2.2, "color": INK}
    arrow = ConnectionPatch(a, b, "axes fraction", "axes fraction", axesA=start, axesB=end, **style)
    figure.add_artist(arrow)
    place = (1.25, 0.56) if across else (0.55, -0.12)
    start.annotate(text, place, xycoords="axes fraction", ha="center" if across else "left", va="center")
