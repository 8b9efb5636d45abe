"""The columns of the shape explorer: one for each stage, with its sheets, its numbers and its shares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from lecturelib.display.style import HIGHLIGHT, INK, INPUT, KERNEL, TEXT_COLORS

#: Heights of the rows in inches from below: of their middles.
ROWS = {"name": 4.56, "what": 4.34, "shape": 2.66, "parameters": 2.32, "work": 1.88, "sees": 1.48}
PICTURES = 3.5  # the middle of the sheets
SHEETS = {1: 1, 6: 3, 16: 4, 64: 5, 256: 7}  # drawn for so many maps
DEEP = 0.03  # inches from one sheet to the next
THIN = 0.025  # inches; no sheet is drawn smaller
FILLS = {"input": "#D5E8F3", "conv": "#F8E0B8", "pool": "#CFEBE2", "dense": "#E4E4E4"}
TALLEST = 1.1  # inches; of the bar for a dense stage of 120 units
SHARE = 0.84  # of a column's width is a bar of 100 %


def lay_column(axes: Axes, kind: str, sheets: int, left: float, wide: float) -> dict[str, Any]:
    """Make the artists of one column.

    Parameters
    ----------
    axes : Axes
        In inches.
    kind : str
        One of `FILLS`.
    sheets : int
        How many lie behind one another.
    left, wide : float
        Where the column begins, and its width.

    Returns
    -------
    dict of str to Artist or list of Artist
    """
    middle = left + wide / 2
    band = Rectangle((left + 0.02, 1.34), wide - 0.04, 3.38, facecolor="#FFF6E3", edgecolor=KERNEL, zorder=3)
    look = {"ha": "center", "va": "center", "fontsize": 11, "zorder": 5}
    texts = {name: axes.text(middle, y, "", **look) for name, y in ROWS.items()}
    texts["name"].set(fontsize=12, fontweight="bold")
    texts["what"].set_fontsize(10 if wide > 1.2 else 9)
    fill = {"facecolor": FILLS[kind], "edgecolor": INK, "linewidth": 0.9, "zorder": 4}
    stack = [axes.add_patch(Rectangle((middle, PICTURES), 0, 0, **fill)) for _ in range(sheets)]
    bars = {}
    for name in ("parameters", "work"):
        place = (left + wide * (1 - SHARE) / 2, ROWS[name] - 0.22)
        track = {"facecolor": "white", "edgecolor": "#B5B5B5", "linewidth": 0.7, "zorder": 4}
        bars[f"{name} track"] = axes.add_patch(Rectangle(place, wide * SHARE, 0.09, **track))
        bars[f"{name} bar"] = axes.add_patch(Rectangle(place, 0, 0.09, facecolor=INPUT, zorder=5))
    cross = [
        axes.add_line(Line2D([middle - 0.3, middle + 0.3], ends, color=HIGHLIGHT, linewidth=3, zorder=5))
        for ends in ((PICTURES - 0.3, PICTURES + 0.3), (PICTURES + 0.3, PICTURES - 0.3))
    ]
    return {"band": axes.add_patch(band), **texts, **bars, "sheets": stack, "cross": cross}


def show_column(parts: Mapping[str, Any], words: Mapping[str, str], shares: Mapping[str, float]) -> None:
    """Put words and shares into a column.

    Parameters
    ----------
    parts : dict
        From `lay_column`.
    words : dict of str to str
        Of each row in `ROWS`.
    shares : dict of str to float
        Of "parameters" and "work", 0 to 1; empty where the stage does not fit, which crosses it out.
    """
    for name in ROWS:
        parts[name].set(text=words[name], color=INK if shares else TEXT_COLORS["muted"])
    for name in ("parameters", "work"):
        parts[f"{name} bar"].set_width(shares.get(name, 0) * parts[f"{name} track"].get_width())
        for part in ("bar", "track"):
            parts[f"{name} {part}"].set_visible(bool(shares and words[name]))
    for line in parts["cross"]:
        line.set_visible(not shares)
    for sheet in parts["sheets"]:
        sheet.set_visible(bool(shares))
    if not shares:
        parts["shape"].set_color(TEXT_COLORS["highlight"])


def show_sheets(parts: Mapping[str, Any], width: float, height: float) -> tuple[float, float]:
    """Place a stack of sheets of this width and height around the middle of its column.

    Returns
    -------
    tuple of float
        The middle of the sheet in front.
    """
    sheets, (middle, _) = parts["sheets"], parts["name"].get_position()
    width, height = max(width, THIN), max(height, THIN)
    deep = DEEP * (len(sheets) - 1)
    left, low = middle - (width + deep) / 2, PICTURES - (height + deep) / 2
    for number, sheet in enumerate(sheets):
        back = deep - DEEP * number  # the first one lies at the back, up and to the right
        sheet.set(x=left + back, y=low + back, width=width, height=height)
    return left + width / 2, low + height / 2
