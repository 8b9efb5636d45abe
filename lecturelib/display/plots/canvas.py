"""An empty figure in the house's size, with its axes: every plot starts here."""

from __future__ import annotations

from lecturelib.display.style import blank_figure

WIDTH = 9.0  # inches: about the width of a cell's output on a laptop, at 100 dots an inch


def new_figure(rows: int = 1, columns: int = 1, *, width: float = WIDTH, height: float = 3.4, **options):
    """Make a figure and its axes.

    Parameters
    ----------
    rows, columns : int
        Grid of axes.
    width, height : float
        Size in inches.
    **options
        Passed to ``Figure.subplots``.

    Returns
    -------
    figure : Figure
    axes : Axes or ndarray of Axes
    """
    figure = blank_figure(width, height)
    return figure, figure.subplots(rows, columns, **options)
