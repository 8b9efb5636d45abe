"""A convolution is a matrix: each output is one row of it against the input."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.colors import Normalize
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

from lecturelib.display.explorers.base import KeptFigure, Scene
from lecturelib.display.explorers.controls import Choice, Control, Slider, Switch
from lecturelib.display.explorers.indices import full_start
from lecturelib.display.explorers.words import number, signal, tuple_of
from lecturelib.display.style import DIVERGING, HIGHLIGHT, INK, MUTED, PAPER, TEXT_COLORS, blank_figure
from lecturelib.operators.matrices import circulant, toeplitz
from lecturelib.operators.shapes import mode_start

MODES = ("full", "same", "valid", "circular")
SHORTEST_INPUT, LONGEST_INPUT, MOST_KERNEL = 4, 12, 5
INPUT_VALUES = (1, 2, 3, 5, 8, 4, 7, 6, 9, 2, 5, 1)
WIDTH, HEIGHT = 9.0, 5.6  # inches
MARGIN = 0.3  # inches around the drawing
GAP = 1.1  # cells between matrix, input and output


@dataclass(frozen=True)
class Row:
    """All numbers of one product of a convolution matrix and an input.

    Parameters
    ----------
    matrix : ndarray of shape (M, N)
        The convolution as a matrix.
    pattern : ndarray of bool, shape (M, N)
        Where the matrix holds an entry of the kernel, be it 0.
    x : ndarray of shape (N,)
        The input.
    y : ndarray of shape (M,)
        ``matrix @ x``.
    columns : ndarray of shape (at most K,)
        Columns of the chosen row that hold an entry of the kernel.
    weights : ndarray, same shape
        These entries.
    first : int
        Index n of the output that the first row gives: rows keep the numbers they have in "full", so that
        one sees which of them "same" and "valid" leave out.
    """

    matrix: np.ndarray
    pattern: np.ndarray
    x: np.ndarray
    y: np.ndarray
    columns: np.ndarray
    weights: np.ndarray
    first: int


def matrix_of(k: np.ndarray, n: int, mode: str, flip: bool = True) -> np.ndarray:
    """Return the matrix that convolves an input of length `n` with `k`.

    Parameters
    ----------
    k : ndarray of shape (K,)
        The kernel, no longer than the input.
    n : int
        Length of the input.
    mode : {"full", "same", "valid", "circular"}
        "circular" is the cyclic convolution with its origin at 0, a square matrix.
    flip : bool
        True for convolution, False for cross-correlation.

    Returns
    -------
    ndarray of shape (M, n)
        M is n + K - 1, n, n - K + 1 or n.

    Examples
    --------
    >>> matrix_of(np.array([1, 10, 100]), 4, "valid")
    array([[100,  10,   1,   0],
           [  0, 100,  10,   1]])
    """
    if mode == "circular":
        matrix = circulant(k, n)
        return matrix if flip else matrix.T
    return toeplitz(k if flip else k[::-1], n, mode)


def compute(k: np.ndarray, x: np.ndarray, row: int, mode: str = "valid", flip: bool = True) -> Row:
    """Compute what is seen while `row` is chosen.

    Parameters
    ----------
    k : ndarray of shape (K,)
        The kernel.
    x : ndarray of shape (N,)
        The input.
    row : int
        Which output, 0 to M - 1.
    mode, flip
        As for `matrix_of`.

    Returns
    -------
    Row

    Examples
    --------
    >>> seen = compute(np.array([1, 10, 100]), np.array([1, 2, 3, 5, 8]), 1)
    >>> seen.weights, seen.columns, seen.y[1]
    (array([100,  10,   1]), array([1, 2, 3]), np.int64(235))
    """
    matrix = matrix_of(k, x.size, mode, flip)
    pattern = matrix_of(np.ones_like(k), x.size, mode, flip) != 0
    columns = np.flatnonzero(pattern[row])
    first = first_output(k.size, x.size, mode, flip)
    return Row(matrix, pattern, x, matrix @ x, columns, matrix[row, columns], first)


def first_output(k: int, n: int, mode: str, flip: bool = True) -> int:
    """Return the index, in the full output, of a mode's first: a correlation's begins at 1 - k."""
    return 0 if mode == "circular" else mode_start(n, k, mode) + full_start(k, flip)


class ConvolutionMatrix(KeptFigure):
    """See a convolution as a matrix, one row of it at a time.

    Parameters
    ----------
    k : array_like of shape (K,)
        The kernel, 1 to 5 real numbers.
    n : int
        Length of the input at first, 4 to 12 (and at least K).
    x : array_like of shape (12,), optional
        Where the input is cut from: its first n numbers are used.

    Raises
    ------
    TypeError, ValueError
        If an argument is not of that kind.

    Notes
    -----
    Entries outside the kernel's band are left blank: they are zeros whatever the kernel. With the flip off
    the matrix is that of the cross-correlation. ``explorer.values`` holds n, mode, flip and row.

    Examples
    --------
    >>> explorer = ConvolutionMatrix([1, 10, 100], 5)
    >>> explorer.set(mode="full", row=2)
    >>> explorer.sentence[:46]
    'n = 2: (100, 10, 1) against x[0..2] gives 123.'
    """

    title = "A convolution as a matrix"
    description = (
        "A band matrix with one row framed, the input as a column beside it with the entries framed "
        "that the row meets, and the output as a column with one entry framed."
    )

    def __init__(self, k: ArrayLike = (1, 10, 100), n: int = 5, *, x: ArrayLike = INPUT_VALUES) -> None:
        self.k = signal(k, "k", MOST_KERNEL)
        self.x = signal(x, "x", LONGEST_INPUT)
        shortest = max(SHORTEST_INPUT, self.k.size)
        if self.x.size < LONGEST_INPUT:
            raise ValueError(
                f"x must hold {LONGEST_INPUT} numbers, of which the first n are used, got {self.x.size}"
            )
        self._length = Slider("n", "Input length N", shortest, LONGEST_INPUT, LONGEST_INPUT, unit="samples")
        start = self._length.check(n)
        self._length = Slider("n", "Input length N", shortest, LONGEST_INPUT, start, unit="samples")
        super().__init__()

    def controls_for(self, values: Mapping[str, Any]) -> Sequence[Control]:
        """Length, mode, flip, and the row, whose range follows from the length and the mode."""
        mode = Choice("mode", "Mode", MODES, "full")
        n, chosen = self._length.nearest(values.get("n")), mode.nearest(values.get("mode"))
        last = self._rows(n, chosen) - 1
        first = first_output(self.k.size, n, chosen, values.get("flip") is not False)
        return (
            self._length,
            mode,
            Switch("flip", "Flip (convolution)", True),
            Slider("row", "Row n", 0, last, min(2, last), first=first),
        )

    def _rows(self, n: int, mode: str) -> int:
        return {"full": n + self.k.size - 1, "valid": n - self.k.size + 1}.get(mode, n)

    def compute(self, values: Mapping[str, Any]) -> Row:
        """Return the numbers shown for `values`."""
        return compute(self.k, self.x[: values["n"]], values["row"], values["mode"], values["flip"])

    def layout_key(self, values: Mapping[str, Any]) -> Any:
        """Only another row keeps the matrix as it is."""
        return values["n"], values["mode"], values["flip"]

    def build(self, values: Mapping[str, Any]) -> Scene:
        """Draw the matrix, the input and the output as columns of boxes, rows downwards."""
        seen = self.compute({**values, "row": 0})
        figure, axes, place = _sheet(*seen.matrix.shape)
        _draw_matrix(axes, seen)
        _draw_column(axes, place["x"], seen.x, "input")
        _draw_column(axes, place["y"], seen.y, "output")
        rows, columns = seen.matrix.shape
        titles = {"matrix": ((columns - 1) / 2, f"matrix, {rows} × {columns}", "kernel")}
        titles |= {"x": (place["x"], "x", "input"), "y": (place["y"], "y", "output")}
        for x, text, role in titles.values():
            axes.text(
                x,
                -1.45,
                text,
                color=TEXT_COLORS[role],
                fontweight="bold",
                fontsize=13,
                ha="center",
                va="center",
            )
        middle = (max(rows, columns) - 1) / 2
        for x, sign in ((place["x"] - 0.5 - GAP / 2, "·"), (place["y"] - 0.5 - GAP / 2, "=")):
            axes.text(x, middle, sign, fontsize=20, ha="center", va="center")
        return Scene(figure, _moving_artists(axes, place, rows, columns, self.k.size))

    def update(self, scene: Scene, values: Mapping[str, Any]) -> str:
        """Frame the row, the input entries that it meets, and the output that they give."""
        seen, row, parts = self.compute(values), values["row"], scene.artists
        above, below = parts["veils"]
        above.set_height(row)
        below.set(y=row + 0.5, height=seen.matrix.shape[0] - row - 1)
        parts["row"].set_y(row - 0.5)
        parts["output"].set_y(row - 0.5)
        for index, box in enumerate(parts["inputs"]):
            box.set_visible(index < seen.columns.size)
            if index < seen.columns.size:
                box.set_y(seen.columns[index] - 0.5)
        return _sentence(seen, row, values["mode"])


def _sentence(seen: Row, row: int, mode: str) -> str:
    rows, columns = seen.matrix.shape
    wrap = " and wraps around" if mode == "circular" else ""
    return (
        f"n = {number(row + seen.first)}: {tuple_of(seen.weights)} against {_ranges(seen.columns)} "
        f"gives {number(seen.y[row])}. "
        f"The matrix has {rows} rows and {columns} columns; each diagonal holds one number{wrap}."
    )


def _ranges(columns: np.ndarray) -> str:
    """Write columns as a range of x where they are neighbours, and one by one where they wrap around."""
    if columns.size == 1:
        return f"x[{columns[0]}]"
    if columns[-1] - columns[0] == columns.size - 1:
        return f"x[{columns[0]}..{columns[-1]}]"
    return ", ".join(f"x[{column}]" for column in columns)


class _BandColors(Normalize):
    """Map signed values to a diverging map, 0 in the middle, pale enough to read black numbers on.

    Even the smallest entry gets some tint, or a kernel such as (1, 10, 100) would seem to hold one number
    only.
    """

    def __call__(self, value, clip=None):
        value = np.ma.asarray(value, dtype=float)
        return 0.5 + np.sign(value) * (0.07 + 0.23 * np.abs(value) / self.vmax)


def _sheet(rows: int, columns: int):
    """Make the figure: one axes whose unit is a cell, wide for few cells and narrow for many."""
    figure = blank_figure(WIDTH, HEIGHT, layout="none")
    axes = figure.add_axes((MARGIN / WIDTH, MARGIN / HEIGHT, 1 - 2 * MARGIN / WIDTH, 1 - 2 * MARGIN / HEIGHT))
    axes.set_axis_off()
    place = {"x": columns + GAP, "y": columns + 2 * GAP + 1}
    left, right = -1.6, place["y"] + 1.0
    top, bottom = -1.9, max(rows, columns) - 0.4
    cells_wide = max(right - left, (WIDTH - 2 * MARGIN) / 0.85)
    cells_high = max(bottom - top, (HEIGHT - 2 * MARGIN) / 0.58)
    spare = (cells_wide - (right - left)) / 2
    axes.set(xlim=(left - spare, right + spare), ylim=(top + cells_high, top))
    return figure, axes, place


def _draw_matrix(axes, seen: Row) -> None:
    rows, columns = seen.matrix.shape
    shown = np.ma.masked_where(~seen.pattern, seen.matrix)
    largest = float(np.max(np.abs(seen.matrix))) or 1.0
    image = axes.imshow(shown, cmap=DIVERGING, norm=_BandColors(-largest, largest), aspect="auto", zorder=1)
    image.set_extent((-0.5, columns - 0.5, rows - 0.5, -0.5))
    axes.hlines(np.arange(rows + 1) - 0.5, -0.5, columns - 0.5, color="#D9D9D9", linewidth=0.8, zorder=2)
    axes.vlines(np.arange(columns + 1) - 0.5, -0.5, rows - 0.5, color="#D9D9D9", linewidth=0.8, zorder=2)
    size = _size(axes, [number(value, 3) for value in seen.matrix[seen.pattern]])
    for row, column in np.argwhere(seen.pattern):
        axes.text(
            column,
            row,
            number(seen.matrix[row, column], 3),
            fontsize=size,
            ha="center",
            va="center",
            zorder=2,
        )
    for row in range(rows):
        axes.text(
            -0.75,
            row,
            f"n = {number(row + seen.first)}" if rows <= 8 else number(row + seen.first),
            color=TEXT_COLORS["muted"],
            fontsize=11,
            ha="right",
            va="center",
        )
    for column in range(columns):
        axes.text(column, -0.82, column, color=TEXT_COLORS["muted"], fontsize=11, ha="center", va="center")


def _draw_column(axes, x: float, values: np.ndarray, role: str) -> None:
    size = _size(axes, [number(value, 3) for value in values])
    for index, value in enumerate(values):
        axes.add_patch(
            Rectangle((x - 0.5, index - 0.5), 1, 1, facecolor=PAPER, edgecolor=MUTED, linewidth=0.8, zorder=1)
        )
        axes.text(
            x,
            index,
            number(value, 3),
            color=TEXT_COLORS[role],
            fontsize=size,
            ha="center",
            va="center",
            zorder=2,
        )


def _size(axes, texts: list[str]) -> float:
    """Return the largest of a few type sizes at which the longest text fits into a cell."""
    low, high = axes.get_xlim()
    cell = axes.get_window_extent().width / (high - low)
    letters = max(map(len, texts), default=1)
    return next((size for size in (15, 13, 12, 11, 10) if letters * size * 0.92 <= cell - 2), 9)


def _moving_artists(axes, place: Mapping[str, float], rows: int, columns: int, k: int) -> dict[str, Any]:
    """Make the frames, and the veils that dim the rows above and below the chosen one."""

    def box(x: float, y: float, width: float, height: float, **look):
        return axes.add_patch(Rectangle((x, y), width, height, **look))

    frame = {"fill": False, "edgecolor": HIGHLIGHT, "linewidth": 3.2, "zorder": 4}
    veil = {"facecolor": PAPER, "alpha": 0.5, "linewidth": 0, "zorder": 3}
    return {
        "veils": [box(-0.5, -0.5, columns, 0, **veil), box(-0.5, rows - 0.5, columns, 0, **veil)],
        "row": box(-0.5, -0.5, columns, 1, **frame),
        "inputs": [box(place["x"] - 0.5, -0.5, 1, 1, **{**frame, "edgecolor": INK}) for _ in range(k)],
        "output": box(place["y"] - 0.5, -0.5, 1, 1, **frame),
    }
