"""Pictures of one-dimensional signals: curves, stems and the copies that a convolution adds up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from lecturelib.display.plots.canvas import new_figure
from lecturelib.display.style import HIGHLIGHT, INPUT, KERNEL, MARKERS, MUTED, OUTPUT

ROLE_COLORS = {"input": INPUT, "kernel": KERNEL, "output": OUTPUT, "highlight": HIGHLIGHT, "muted": MUTED}


def curves(
    x: ArrayLike,
    series: Mapping[str, ArrayLike],
    *,
    xlabel: str,
    ylabel: str,
    muted: Sequence[str] = (),
    markers: bool = False,
    log_x: bool = False,
    height: float = 3.4,
) -> Figure:
    """Draw several curves over one axis.

    Parameters
    ----------
    x : array_like of shape (N,)
        Positions, shared by all curves.
    series : mapping of str to array_like of shape (N,)
        The curves by label, drawn in this order.
    xlabel, ylabel : str
        Axis labels, with units.
    muted : sequence of str
        Labels of curves drawn thin and gray, as a background for the others.
    markers : bool
        Mark every sample (a different marker for each curve).
    log_x : bool
        Logarithmic horizontal axis, labelled at every sample.
    height : float
        Height of the figure in inches.

    Returns
    -------
    Figure
        One axes; ``figure.axes[0].lines[i]`` is the i-th curve.
    """
    figure, axes = new_figure(height=height)
    styles = iter(["-", "--", "-.", ":"] * 3)
    for index, (label, values) in enumerate(series.items()):
        marker = MARKERS[index % len(MARKERS)] if markers else None
        if label in muted:
            axes.plot(x, values, color=MUTED, linewidth=0.8, label=label, marker=marker, zorder=1)
        else:
            axes.plot(x, values, linestyle=next(styles), linewidth=2.2, label=label, marker=marker)
    if log_x:
        axes.set_xscale("log")
        axes.set_xticks(list(np.asarray(x)), [f"{value:g}" for value in np.asarray(x)])
        axes.minorticks_off()
    axes.set(xlabel=xlabel, ylabel=ylabel)
    if len(series) > 1:
        columns = len(series) if len(series) <= 4 else -(-len(series) // 2)
        figure.legend(loc="outside upper center", ncols=columns, frameon=False)
    return figure


def stems(
    panels: Mapping[str, ArrayLike],
    *,
    roles: Sequence[str] = (),
    starts: Sequence[int] = (),
    xlabel: str = "index",
    height: float = 1.5,
) -> Figure:
    """Draw signals as stems, one panel each, over one common index axis.

    Parameters
    ----------
    panels : mapping of str to array_like of shape (N_i,)
        Signals by title, from top to bottom.
    roles : sequence of {"input", "kernel", "output", "highlight", "muted"}
        The colour of each panel by what it holds (default: all outputs).
    starts : sequence of int
        Index of the first sample of each panel (default 0).
    xlabel : str
        Label of the common axis.
    height : float
        Height of one panel in inches.

    Returns
    -------
    Figure
        One axes a panel; ``axes.containers[0].markerline`` holds the samples.
    """
    count = len(panels)
    roles = list(roles) or ["output"] * count
    starts = list(starts) or [0] * count
    figure, all_axes = new_figure(rows=count, height=height * count + 0.5, sharex=True)
    for axes, (title, values), role, start in zip(
        np.atleast_1d(all_axes), panels.items(), roles, starts, strict=True
    ):
        _stem(axes, np.arange(start, start + np.size(values)), np.asarray(values), ROLE_COLORS[role])
        axes.set_title(title, loc="left")
    np.atleast_1d(all_axes)[-1].set_xlabel(xlabel)
    return figure


def _stem(axes, positions, values, color, *, numbers=True, alpha=1.0) -> None:
    container = axes.stem(positions, values, basefmt=" ")
    container.markerline.set(color=color, markersize=8, alpha=alpha)
    container.stemlines.set(color=color, linewidth=2.2, alpha=alpha)
    axes.axhline(0, color=MUTED, linewidth=0.8, zorder=0)
    axes.margins(y=0.32, x=0.05)
    axes.set_xticks(positions)
    if numbers and values.size <= 16:
        for position, value in zip(positions, values, strict=True):
            offset = (0, 8) if value >= 0 else (0, -16)
            axes.annotate(f"{value:g}", (position, value), offset, textcoords="offset points", ha="center")


def shifted_copies(x: ArrayLike, w: ArrayLike) -> Figure:
    """Draw a full convolution as a sum: one shifted, scaled copy of the kernel for each input sample.

    Parameters
    ----------
    x : array_like of shape (N,)
        The input.
    w : array_like of shape (K,)
        The kernel.

    Returns
    -------
    Figure
        N panels with the copies ``x[i] * w`` shifted by i, and below them their sum,
        ``numpy.convolve(x, w)``.
    """
    x, w = np.asarray(x), np.asarray(w)
    length = x.size + w.size - 1
    figure, all_axes = new_figure(rows=x.size + 1, height=0.75 * x.size + 1.5, sharex=True)
    for i, axes in enumerate(all_axes[:-1]):
        copy = np.zeros(length, dtype=np.result_type(x, w))
        copy[i : i + w.size] = x[i] * w
        _number_row(axes, copy, KERNEL, slice(i, i + w.size))
        axes.set_ylabel(f"x[{i}] · w\n{x[i]:g} · w", rotation=0, ha="right", va="center")
    _number_row(all_axes[-1], np.convolve(x, w), OUTPUT, slice(0, length))
    all_axes[-1].set_ylabel("sum", rotation=0, ha="right", va="center", fontweight="bold")
    all_axes[-1].set_xticks(range(length))
    all_axes[-1].set_xlabel("output index n")
    return figure


def _number_row(axes, values, color, filled: slice) -> None:
    """Write one row of numbers as boxes; the boxes outside `filled` stay empty."""
    mask = np.zeros((1, values.size))
    mask[0, filled] = 1
    axes.pcolormesh(
        np.arange(values.size + 1) - 0.5,
        [0, 1],
        mask,
        cmap=_one_color(color),
        vmin=0,
        vmax=1,
        edgecolors="white",
        lw=3,
    )
    for position in range(values.size)[filled]:
        axes.text(
            position, 0.5, f"{values[position]:g}", ha="center", va="center", color="black", fontweight="bold"
        )
    axes.set(yticks=[], ylim=(0, 1))
    axes.tick_params(length=0)
    axes.grid(False)
    for spine in axes.spines.values():
        spine.set_visible(False)


def _one_color(color):
    from matplotlib.colors import LinearSegmentedColormap, to_rgb

    tint = [1 - 0.45 * (1 - channel) for channel in to_rgb(color)]
    return LinearSegmentedColormap.from_list("tint", ["#f4f4f4", tint])
