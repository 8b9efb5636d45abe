"""The still picture of the explorer of tied weights."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from lecturelib.display.explorers.canvas import BLUE, GREEN, INK, ORANGE
from lecturelib.display.explorers.tied_words import Made
from lecturelib.display.explorers.words import steps_of
from lecturelib.display.style import MUTED, TEXT_COLORS, blank_figure, lecture_style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from lecturelib.display.explorers.tied_run import Run

WINDOW = 200  # steps that are visible
SCALE = (-3.0, 4.0)  # of the weights
DECADES = (-6, 6)  # of the losses
TRUTH = (1.0, -1.0, 2.0)
LOOKS = {  # colour, dashes, mark
    "none": ("#595959", (0, (1, 1.4)), "o"),
    "sum": (ORANGE, "-", "s"),
    "mean": (BLUE, (0, (5, 2)), "^"),
    "average": (GREEN, (0, (7, 2, 1.5, 2)), "D"),
}


def still(run: Run, made: Sequence[Made], words: tuple[str, str, str]) -> Figure:
    """Draw the copies, the losses and two large numbers.

    Parameters
    ----------
    run : Run
        What is drawn.
    made : list of (rule, optimizer, rate, first, last)
        How its steps were made.
    words : (str, str, str)
        Distance, spread and loss, as they are to be printed.

    Returns
    -------
    Figure
    """
    with lecture_style():
        figure = blank_figure(9, 4.8, layout="none")
        _copies(figure.add_axes((0.05, 0.35, 0.37, 0.56)), run)
        _losses(figure.add_axes((0.52, 0.35, 0.465, 0.47)), run, made)
        for left, title in (
            (0.235, "the 18 copies of each weight"),
            (0.75, f"loss after {steps_of(run.steps)}: {words[2]}"),
        ):
            figure.text(left, 0.955, title, fontsize=13.5, ha="center", va="center")
        key = "● a copy    ◆ their mean    ━ true weight", "○ the copy when the last rule began"
        for height, text in zip((0.265, 0.215), key, strict=True):
            figure.text(0.05, height, text, fontsize=12, va="center")
        if run.diverged:
            look = {"fontsize": 14, "fontweight": "bold", "color": TEXT_COLORS["highlight"], "va": "center"}
            figure.text(0.52, 0.2, "diverged: the steps are too large", **look)
        for left, value, label in (
            (0.05, words[0], "from the copies’ mean to the true kernel"),
            (0.52, words[1], "largest difference between two copies"),
        ):
            figure.text(left, 0.115, value, fontsize=23, fontweight="bold", va="center")
            figure.text(left, 0.035, label, fontsize=13, va="center")
    return figure


def sideways(copies: int) -> np.ndarray:
    """Return where the copies lie beside the middle of their column, output 0 to the left."""
    return (np.arange(copies) - (copies - 1) / 2) / copies * 0.8


def _copies(axes: Any, run: Run) -> None:
    low, high = SCALE
    for tap, true in enumerate(TRUTH):
        place = tap + sideways(len(run.copies))
        now, before = run.copies[:, tap], run.before[:, tap]
        axes.plot([tap - 0.45, tap + 0.45], [true, true], color=INK, linewidth=3, zorder=2)
        seen = (before >= low) & (before <= high)
        ring = {"markerfacecolor": "white", "markeredgecolor": "#8a8a8a", "markersize": 5, "zorder": 3}
        axes.plot(place[seen], before[seen], "o", **ring)
        seen = (now >= low) & (now <= high)
        axes.plot(place[seen], now[seen], "o", color=BLUE, markersize=5, zorder=4)
        axes.plot(place[now > high], np.full((now > high).sum(), high - 0.1), "^", color=BLUE, zorder=4)
        axes.plot(place[now < low], np.full((now < low).sum(), low + 0.1), "v", color=BLUE, zorder=4)
        mean = now.mean()
        mark = "^" if mean > high else "v" if mean < low else "D"
        height = float(np.clip(mean, low + 0.1, high - 0.1)) if mark != "D" else mean
        axes.plot([tap], [height], mark, color=ORANGE, markeredgecolor=INK, markersize=10, zorder=5)
    axes.set(xlim=(-0.55, 2.55), ylim=SCALE, xticks=range(3), xticklabels=["tap 0", "tap 1", "tap 2"])
    axes.set_yticks(range(-3, 5), [str(n).replace("-", "\N{MINUS SIGN}") for n in range(-3, 5)])
    axes.grid(False, axis="x")


def _losses(axes: Any, run: Run, made: Sequence[Made]) -> None:
    floor, roof = (10.0**power for power in DECADES)
    shown = np.clip(np.nan_to_num(run.losses, nan=roof, posinf=roof), floor, roof)
    first = max(run.steps - WINDOW, 0)
    for rule, optimizer, rate, start, stop in made:
        color, dashes, mark = LOOKS[rule]
        steps = np.arange(start, stop + 1)
        axes.plot(steps, shown[start : stop + 1], color=color, linestyle=dashes, linewidth=2.4)
        axes.plot([stop], [shown[stop]], mark, color=color, markersize=7)
        if start > first:
            axes.axvline(start, color=MUTED, linewidth=1)
        left, right = max(start, first), stop if stop < run.steps else first + WINDOW
        _label(axes, left, right - left, rule, f"{optimizer} {rate:g}")
    if not made:
        axes.plot([0], [shown[0]], "o", color=INK, markersize=7)
    axes.set(yscale="log", xlim=(first - 2, first + WINDOW + 2), ylim=(floor / 1.5, roof * 1.5))
    axes.set_yticks([1e-6, 1e-3, 1, 1e3, 1e6], ["10⁻⁶", "10⁻³", "1", "10³", "10⁶"])
    axes.minorticks_off()
    axes.set_xticks(range(-(-first // 50) * 50, first + WINDOW + 1, 50))
    axes.set_xlabel("steps", fontsize=12)


def _label(axes: Any, left: float, room: float, rule: str, how: str) -> None:
    """Name a segment above the plot: by a word or a letter, and its optimizer and rate, as room allows."""
    a_letter = 4.2  # steps
    name = next((text for text in (rule, rule[0].upper()) if len(text) * a_letter <= room), "")
    for height, text in ((1.12, name), (1.045, how if len(how) * a_letter <= room else "")):
        place = {"transform": axes.get_xaxis_transform(), "ha": "left", "va": "center"}
        axes.text(left, height, text, fontsize=12, **place)
