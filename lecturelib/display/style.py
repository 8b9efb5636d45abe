"""One look for every figure: the empty sheet, the style, and its colours by what they stand for."""

from __future__ import annotations

from importlib.resources import as_file, files
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from lecturelib.display.show import DOTS_AN_INCH

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Colours by role, from Seaborn's "colorblind" cycle: apart for every common kind of colour vision, and in
# gray too.
INPUT = "#0173B2"
KERNEL = "#DE8F05"
OUTPUT = "#029E73"
HIGHLIGHT = "#D55E00"
MUTED = "#949494"
INK = "#1A1A1A"
PAPER = "#FFFFFF"

# The same hues dark enough to read as letters on white (contrast of at least 4.5 to 1).
TEXT_COLORS = {
    "input": "#01659C",
    "kernel": "#8F5B00",
    "output": "#017355",
    "highlight": "#B34F00",
    "muted": "#6B6B6B",
}

# Colour is never the only difference: one marker and one hatch go with each.
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
HATCHES = ("", "///", "...", "xx", "\\\\\\", "++", "oo", "--")
ROLE_MARKERS = {"input": "o", "kernel": "s", "output": "^", "highlight": "D"}
ROLE_HATCHES = {"input": "", "kernel": "///", "output": "...", "highlight": "xx"}

# Colour maps by kind of data.
GRAY = "gray"  # images, with fixed limits (0, 1)
DIVERGING = "RdBu_r"  # kernels and signed maps, symmetric about 0: see `symmetric_limits`
SEQUENTIAL = "viridis"  # magnitudes, from 0


def use_style() -> None:
    """Load the house's style sheet into Matplotlib, for this and every later figure.

    Notes
    -----
    Images drawn by hand want ``axes.grid(False)``: the sheet's light grid would lie over them.

    Examples
    --------
    >>> use_style()
    >>> import matplotlib
    >>> matplotlib.rcParams["image.cmap"], matplotlib.rcParams["font.size"]
    ('gray', 12.0)
    """
    import matplotlib.style

    matplotlib.style.use(_style_sheet())


def lecture_style():
    """Return a context manager that applies the style sheet inside a ``with`` block only.

    Returns
    -------
    context manager
        For figures that must look the same whatever the notebook has set (the explorers).

    Examples
    --------
    >>> import matplotlib
    >>> with lecture_style():
    ...     size = matplotlib.rcParams["axes.titlesize"]
    >>> size
    13.0
    """
    import matplotlib.style

    return matplotlib.style.context(_style_sheet(), after_reset=True)


def blank_figure(width: float, height: float, *, layout: str = "constrained") -> Figure:
    """Return an empty white figure, not registered in pyplot, so that nothing is drawn twice.

    Parameters
    ----------
    width, height : float
        Size in inches.
    layout : {"constrained", "none"}
        Whether Matplotlib places the axes, or whoever draws.

    Returns
    -------
    Figure
        With a canvas of its own, ready to be drawn.

    Examples
    --------
    >>> blank_figure(4, 2).get_size_inches().tolist()
    [4.0, 2.0]
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), dpi=DOTS_AN_INCH, facecolor="white", layout=layout)
    FigureCanvasAgg(figure)
    return figure


def _style_sheet():
    from matplotlib import rc_params_from_file

    with as_file(files("lecturelib.display") / "lecture.mplstyle") as path:
        return rc_params_from_file(path, use_default_template=False)


def symmetric_limits(values: ArrayLike) -> tuple[float, float]:
    """Return colour limits that put 0 in the middle of a diverging map.

    Parameters
    ----------
    values : array_like of any shape
        What is drawn; NaN and infinity are left out.

    Returns
    -------
    lowest, highest : float
        ``(-m, m)``, m the largest absolute value, or 1 where all values are 0.

    Examples
    --------
    >>> symmetric_limits([[-3, 1], [2, 0]])
    (-3.0, 3.0)
    """
    magnitudes = np.abs(np.asarray(values, dtype=float))
    finite = magnitudes[np.isfinite(magnitudes)]
    largest = float(finite.max()) if finite.size else 0.0
    largest = largest or 1.0
    return -largest, largest
