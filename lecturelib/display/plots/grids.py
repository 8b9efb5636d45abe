"""Small arrays as what they are: numbers (or letters) in boxes, joined into equations, and matrices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.colors import LinearSegmentedColormap, to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

from lecturelib.display.plots.canvas import WIDTH, new_figure
from lecturelib.display.style import DIVERGING, HIGHLIGHT, INPUT, KERNEL, MUTED, OUTPUT, symmetric_limits

_ROLES = {"input": INPUT, "kernel": KERNEL, "output": OUTPUT, "plain": MUTED}


def draw_numbers(
    axes, array: ArrayLike, *, role: str = "plain", lit: ArrayLike | None = None, fontsize=None
) -> None:
    """Write a small array into `axes`, one box an entry.

    Parameters
    ----------
    axes : Axes
    array : array_like of shape (H, W) or (N,)
        Numbers, or strings; a vector is written as a column.
    role : {"input", "kernel", "output", "plain"}
        Tint of the boxes.
    lit : array_like of bool, same shape
        Boxes to fill; the others stay pale (default: all filled).
    fontsize : float
        Size of the text in points (default: fitted to the number of characters).
    """
    cells = np.asarray(array)
    cells = cells[:, None] if cells.ndim == 1 else cells
    lit = np.ones(cells.shape) if lit is None else np.asarray(lit, dtype=float).reshape(cells.shape)
    tint = [1 - 0.42 * (1 - channel) for channel in to_rgb(_ROLES[role])]
    cmap = LinearSegmentedColormap.from_list("tint", ["#f7f7f7", tint])
    axes.imshow(lit, cmap=cmap, vmin=0, vmax=1, aspect="equal")
    for (row, column), value in np.ndenumerate(cells):
        text = value if isinstance(value, str) else f"{value:g}"
        axes.text(
            column, row, text, ha="center", va="center", fontsize=fontsize or (13 if len(text) < 5 else 10)
        )
    axes.set_xticks(np.arange(cells.shape[1] + 1) - 0.5, minor=True)
    axes.set_yticks(np.arange(cells.shape[0] + 1) - 0.5, minor=True)
    axes.grid(False)
    axes.grid(which="minor", color="white", linewidth=2)
    axes.tick_params(which="both", length=0, labelbottom=False, labelleft=False)
    axes.set_frame_on(False)


def frame(axes, row: int, column: int, height: int, width: int, color: str = HIGHLIGHT) -> None:
    """Draw a thick frame around a block of boxes of `axes`."""
    axes.add_patch(
        Rectangle(
            (column - 0.5, row - 0.5), width, height, fill=False, edgecolor=color, linewidth=3.5, zorder=5
        )
    )


def equation(
    parts: Sequence[ArrayLike | str],
    titles: Sequence[str] | None = None,
    *,
    roles: Sequence[str] | None = None,
    frames: Mapping[int, tuple[int, int, int, int]] | None = None,
    width: float = WIDTH,
    fontsize: float | None = None,
) -> Figure:
    """Draw an equation between small arrays, such as ``x ⋆ k = y``.

    Parameters
    ----------
    parts : sequence of array_like or str
        Arrays of numbers or letters, with operator signs (strings) between them.
    titles : sequence of str
        A title for each array (signs are not counted).
    roles : sequence of {"input", "kernel", "output", "plain"}
        Tint of each array.
    frames : mapping of int to (row, column, height, width)
        A block of the i-th array to frame.
    width : float
        Largest width in inches.
    fontsize : float
        Size of the numbers in points.

    Returns
    -------
    Figure
        One axes a part, in order; an array's axes hold its entries as ``axes.texts``.
    """
    grids = [part if isinstance(part, str) else _column(part) for part in parts]
    widths = [0.7 if isinstance(part, str) else part.shape[1] for part in grids]
    tallest = max(part.shape[0] for part in grids if not isinstance(part, str))
    box = min(0.62, width / sum(widths))
    figure, all_axes = new_figure(
        1, len(grids), width=box * sum(widths) + 0.4, height=box * tallest + 0.6, width_ratios=widths
    )
    counter = 0
    for axes, part in zip(np.atleast_1d(all_axes), grids, strict=True):
        if isinstance(part, str):
            axes.set_axis_off()
            axes.text(0.5, 0.5, part, transform=axes.transAxes, ha="center", va="center", fontsize=22)
            continue
        role = roles[counter] if roles else "plain"
        draw_numbers(axes, part, role=role, fontsize=fontsize)
        if titles:
            axes.set_title(titles[counter], fontsize=12)
        if frames and counter in frames:
            frame(axes, *frames[counter])
        counter += 1
    return figure


def _column(part: ArrayLike) -> np.ndarray:
    cells = np.asarray(part)
    return cells[:, None] if cells.ndim == 1 else cells


def matrices(
    arrays: Sequence[ArrayLike],
    titles: Sequence[str],
    *,
    numbers: bool | None = None,
    columns: int | None = None,
    block: tuple[int, int] | None = None,
) -> Figure:
    """Draw matrices as maps: white for zero, a diverging colour for the rest.

    Parameters
    ----------
    arrays : sequence of array_like of shape (M_i, N_i)
        The matrices.
    titles : sequence of str
        One title each.
    numbers : bool
        Write the entries that are not zero (default: for matrices up to 8 by 8).
    columns : int
        Matrices in a row (default: all).
    block : (int, int)
        Rows and columns of a block; lines are drawn between blocks.

    Returns
    -------
    Figure
        One axes a matrix; ``axes.images[0].get_array()`` is the matrix.
    """
    arrays = [np.asarray(array, dtype=float) for array in arrays]
    columns = columns or len(arrays)
    rows = -(-len(arrays) // columns)
    ratio = max(array.shape[0] / array.shape[1] for array in arrays)
    height = rows * min(WIDTH / columns * ratio + 0.5, 5.5)
    figure, all_axes = new_figure(rows, columns, height=height)
    for axes, array, title in zip(np.atleast_1d(all_axes).ravel(), arrays, titles, strict=True):
        low, high = (1.6 * limit for limit in symmetric_limits(array))  # pale enough to read numbers on
        axes.imshow(array, cmap=DIVERGING, vmin=low, vmax=high, interpolation="nearest")
        if numbers or (numbers is None and max(array.shape) <= 8):
            for (row, column), value in np.ndenumerate(array):
                if value:
                    axes.text(column, row, f"{value:g}", ha="center", va="center")
        axes.set(xticks=[], yticks=[])
        axes.set_title(title)
        axes.grid(False)
        axes.spines[:].set_visible(True)
        if block:
            lines = {"color": MUTED, "linewidth": 0.8}
            for row in range(block[0], array.shape[0], block[0]):
                axes.axhline(row - 0.5, **lines)
            for column in range(block[1], array.shape[1], block[1]):
                axes.axvline(column - 0.5, **lines)
    return figure
