"""A row of detector values moves, and pooling keeps some of its values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.colors import to_rgba
from matplotlib.patches import Patch, Polygon, Rectangle
from numpy.typing import ArrayLike

from lecturelib.display.explorers.base import KeptFigure, Scene
from lecturelib.display.explorers.controls import Choice, Control, Slider, Stops
from lecturelib.display.explorers.detector_rows import OWN, ROWS, SIZE, SUBJECTS, checked_row
from lecturelib.display.style import HIGHLIGHT, INK, INPUT, OUTPUT, TEXT_COLORS, blank_figure
from lecturelib.operators.pooling import avg_pool, max_pool

WINDOWS = (1, 2, 3, 4, 5, 6, 8, 9, 10, 12, 24)
DIVISORS = tuple(window for window in WINDOWS if SIZE % window == 0)  # side by side they close the circle
FARTHEST = 8
POOLINGS = ("max", "average")
BESIDE = ", side by side"
WAYS = tuple(pooling + way for way in ("", BESIDE) for pooling in POOLINGS)
LITTLE = 0.1  # a change below this share of the largest detector value
EXAMPLE = 11  # the place whose window is drawn; 24 places around it are the whole row
MOST = float(np.sqrt(2))  # relative change of a row without negative values
WIDTH, HEIGHT = 9.0, 4.9  # inches
LEFT, RIGHT, HIGH, LOW, TALL = 0.052, 0.7, 0.585, 0.085, 0.345  # shares of the figure


@dataclass(frozen=True)
class Moved:
    """A row and its pooled values, before and after a shift.

    Attributes
    ----------
    before, after : ndarray of shape (24,)
        Detector values.
    pooled_before, pooled_after : ndarray of shape (O,)
        24 values, or ``24 / window`` where the windows lie side by side.
    stays : ndarray of bool, shape (O,)
        Which pooled values are the same as before, up to rounding.
    much : ndarray of bool, shape (O,)
        Which of them change by more than a tenth of the largest detector value.
    detector_change, pooled_change : float
        ``‖after - before‖ / ‖before‖`` of each row.
    """

    before: np.ndarray
    after: np.ndarray
    pooled_before: np.ndarray
    pooled_after: np.ndarray
    stays: np.ndarray
    much: np.ndarray
    detector_change: float
    pooled_change: float


def pool(row: np.ndarray, window: int, beside: bool = False, pooling: str = "max") -> np.ndarray:
    """Pool a circular row.

    Parameters
    ----------
    row : ndarray of shape (N,)
        Detector values; after the last comes the first.
    window : int
        Values in a window, 1 to N.
    beside : bool
        True: windows side by side, the first at the first value; `window` must divide N. False: one window
        around each value, the extra value of an even window after it.
    pooling : {"max", "average"}
        What is kept of a window.

    Returns
    -------
    ndarray of shape (N,) or (N / window,)

    Examples
    --------
    >>> row = np.array([1, 5, 2, 0])
    >>> pool(row, 2).tolist(), pool(row, 3).tolist(), pool(row, 2, True, "average").tolist()
    ([5.0, 5.0, 2.0, 1.0], [5.0, 5.0, 5.0, 2.0], [3.0, 1.0])
    """
    operator = {"max": max_pool, "average": avg_pool}[pooling]
    ahead = (window - 1) // 2
    around = (0, 0) if beside else (ahead, window - 1 - ahead)
    closed = np.pad(row, around, mode="wrap")[None, None]
    return operator(closed, window, stride=window if beside else 1)[0, 0]


def compute(row: np.ndarray, shift: int, window: int, beside: bool = False, pooling: str = "max") -> Moved:
    """Pool a circular row, move it, and pool it again.

    Parameters
    ----------
    row : ndarray of shape (N,)
        Detector values.
    shift : int
        Places that the row moves to the right.
    window, beside, pooling
        As for `pool`.

    Returns
    -------
    Moved

    Examples
    --------
    >>> seen = compute(ROWS["noise"], 1, 3)
    >>> int(seen.stays.sum()), seen.pooled_change < seen.detector_change
    (12, True)
    """
    after = np.roll(row, shift)
    pooled = [pool(values, window, beside, pooling) for values in (row, after)]
    apart, largest = np.abs(pooled[1] - pooled[0]), np.abs(row).max(initial=0)
    stays, much = apart <= 1e-12 * largest, apart > LITTLE * (1 + 1e-12) * largest
    return Moved(row, after, *pooled, stays, much, _change(row, after), _change(*pooled, stays))


def _change(before: np.ndarray, after: np.ndarray, stays: np.ndarray | bool = False) -> float:
    return float(np.linalg.norm(np.where(stays, 0, after - before)) / (np.linalg.norm(before) or 1.0))


class ShiftAndPool(KeptFigure):
    """Move a row of detector values, and count which of the pooled values stay.

    Parameters
    ----------
    row : str or array_like of shape (24,), optional
        The row to begin with: one of "four edges" (the default), "noise", "smooth", "stripes"; or values that
        are not negative, which are then offered as "as given".

    Raises
    ------
    TypeError
        If `row` is neither a name nor real numbers.
    ValueError
        If the name is unknown, the shape is not (24,), or a value is negative or not finite.

    Notes
    -----
    The row is circular, so nothing gets lost at its ends. With one window at each place the pooled row as a
    whole moves along with the input; "stays" means that a pooled value is the same at the same place. Windows
    of 5, 9 and 10 do not fit side by side into 24 values: the nearest that does takes their place.
    ``explorer.values`` holds shift, window, row and pooling; the latter says how windows lie, too.

    Examples
    --------
    >>> explorer = ShiftAndPool("noise")
    >>> explorer.set(window=24)
    >>> explorer.sentence[-30:]
    'One window sees the whole row.'
    """

    title = "Shift it, and pool it"
    description = (
        "Above: 24 detector values as bars, before a shift in outline and after it filled. Below: the "
        "pooled values in the same way; those that stay are dotted, those that change a little hatched. "
        "Beside: how many stay, and the changes."
    )

    def __init__(self, row: str | ArrayLike = "four edges") -> None:
        self.row = checked_row(row)
        self._first = row if isinstance(row, str) else OWN
        self.rows = ({} if self._first in ROWS else {OWN: self.row}) | ROWS
        super().__init__()

    def controls_for(self, values: Mapping[str, Any]) -> Sequence[Control]:
        """Return the shift, the window, the row, and the pooling with how its windows lie."""
        beside = str(values.get("pooling", "")).endswith(BESIDE)
        return (
            Slider("shift", "Shift v", 0, FARTHEST, 1, play=700),
            Stops("window", "Window k", DIVISORS if beside else WINDOWS, 3),
            Choice("row", "Row", tuple(self.rows), self._first),
            Choice("pooling", "Pooling", WAYS, WAYS[0]),
        )

    def compute(self, values: Mapping[str, Any]) -> Moved:
        """Return the numbers shown for `values`."""
        return compute(self.rows[values["row"]], values["shift"], values["window"], *_way(values))

    def layout_key(self, values: Mapping[str, Any]) -> Any:
        """Everything but the shift: what was before stays as pixels while the input moves."""
        return values["window"], values["row"], values["pooling"]

    def build(self, values: Mapping[str, Any]) -> Scene:
        """Lay out both rows with their outlines before the shift, an example window, and the numbers."""
        figure = blank_figure(WIDTH, HEIGHT, layout="none")
        seen = self.compute({**values, "shift": 0})
        width = values["window"] if _way(values)[0] else 1
        top = _top(self.rows[values["row"]])
        detector, pooled = (_panel(figure, low, top) for low in (HIGH, LOW))
        _funnel(figure, detector, pooled, values)
        artists: dict[str, Any] = {
            "after": _bars(detector, seen.after, 1, facecolor=to_rgba(INPUT, 0.6), zorder=3),
            "before": _bars(detector, seen.before, 1, **_OUTLINE),
            "pooled after": _bars(pooled, seen.pooled_after, width, zorder=3),
            "pooled before": _bars(pooled, seen.pooled_before, width, **_OUTLINE),
            "title": detector.set_title("", loc="left", fontsize=13),
        }
        pooled.set_title(_pooled_title(values), loc="left", fontsize=13)
        pooled.set_xlabel("place", labelpad=1)
        return Scene(figure, artists | _numbers(figure))

    def update(self, scene: Scene, values: Mapping[str, Any]) -> str:
        """Put in the rows after this shift, what stays of them, and the sizes of the change."""
        seen, parts = self.compute(values), scene.artists
        for bar, height in zip(parts["after"], seen.after, strict=True):
            bar.set_height(height)
        looks = np.where(seen.stays, "stays", np.where(seen.much, "much", "little"))
        for bar, height, look in zip(parts["pooled after"], seen.pooled_after, looks, strict=True):
            bar.set(height=height, **_LOOKS[look])
        moved = "not moved" if values["shift"] == 0 else f"moved by {_places(values['shift'])}"
        parts["title"].set_text(f"detector values, {moved}")
        count, caption = _large(values, seen)
        parts["count"].set_text(count)
        parts["caption"].set_text(caption)
        parts["much"].set_text(f"{seen.much.sum()} change by more\nthan a tenth of the largest")
        sizes = seen.pooled_change, seen.detector_change
        for bar, text, size in zip(parts["sizes"], parts["size texts"], sizes, strict=True):
            bar.set_width(size)
            text.set_text(f"{size:.2f}")
        return _sentence(values, seen)


_OUTLINE = {"fill": False, "edgecolor": INK, "linewidth": 1.4, "zorder": 4}
_LOOKS = {
    "stays": {"facecolor": "#B5E2D5", "edgecolor": TEXT_COLORS["output"], "hatch": "..."},
    "little": {"facecolor": "#FBE3D3", "edgecolor": HIGHLIGHT, "hatch": "///"},
    "much": {"facecolor": to_rgba(HIGHLIGHT, 0.75), "edgecolor": HIGHLIGHT, "hatch": ""},
}


def _way(values: Mapping[str, Any]) -> tuple[bool, str]:
    """Return whether windows lie side by side, and what is kept of one."""
    return values["pooling"].endswith(BESIDE), values["pooling"].removesuffix(BESIDE)


def _top(row: np.ndarray) -> float:
    """Return the upper end of the axes: the same for all rows of this module."""
    named = max(one.max() for one in ROWS.values())
    return 1.12 * float(named if any(row is one for one in ROWS.values()) else row.max() or 1.0)


def _panel(figure, low: float, top: float):
    axes = figure.add_axes((LEFT, low, RIGHT - LEFT, TALL))
    axes.set(xlim=(-0.5, SIZE - 0.5), ylim=(0, top), xticks=range(0, SIZE, 2))
    axes.locator_params(axis="y", nbins=3)
    axes.grid(False, axis="x")
    axes.tick_params(pad=2)
    return axes


def _bars(axes, heights: np.ndarray, width: int, **look: Any) -> list[Rectangle]:
    """Add one bar a value; each leaves a little room to its neighbours."""
    lefts = np.arange(len(heights)) * width - 0.5 + 0.08
    return [
        axes.add_patch(Rectangle((left, 0), width - 0.16, height, **look))
        for left, height in zip(lefts, heights, strict=True)
    ]


def _funnel(figure, detector, pooled, values: Mapping[str, Any]) -> None:
    """Shade one window, and the way from it down to its pooled value."""
    window = values["window"]
    if _way(values)[0]:
        first = EXAMPLE // window * window
        target = first - 0.5, first + window - 0.5
    else:
        first = EXAMPLE - (window - 1) // 2
        target = EXAMPLE - 0.5, EXAMPLE + 0.5
    source = first - 0.5, first + window - 0.5
    shade = {"facecolor": "#E8E8E8", "edgecolor": "none"}
    for axes, ends in ((detector, source), (pooled, target)):
        axes.axvspan(*ends, zorder=0.5, **shade)
    share = lambda x: LEFT + (RIGHT - LEFT) * (x + 0.5) / SIZE  # noqa: E731
    under = HIGH - 0.055  # below the labels of the upper axis
    corners = [(share(source[0]), under), (share(source[1]), under)]
    corners += [(share(target[1]), LOW + TALL), (share(target[0]), LOW + TALL)]
    figure.add_artist(Polygon(corners, zorder=-1, **shade))  # under the title that it crosses


def _numbers(figure) -> dict[str, Any]:
    """Write the column on the right: the count, both sizes of change, and what the fillings mean."""
    middle, look = 0.86, {"ha": "center", "va": "center", "zorder": 5}
    big = {"fontsize": 24, "fontweight": "bold", "linespacing": 1.05, "color": INK}
    count = figure.text(middle, 0.912, "", **big, **look)
    caption = figure.text(middle, 0.8, "", fontsize=13, **look)
    much = figure.text(middle, 0.715, "", fontsize=12, linespacing=1.25, **look)
    figure.text(middle, 0.605, "size of the change", fontsize=13, **look)
    axes = figure.add_axes((0.812, 0.43, 0.11, 0.14))
    axes.set(xlim=(0, MOST), ylim=(1.6, -0.6), xticks=[])
    axes.set_yticks([0, 1], ["pooled", "detector"], fontsize=12)
    axes.tick_params(length=0)
    axes.grid(False)
    axes.spines[["bottom"]].set_visible(False)
    bars = axes.barh([0, 1], [0, 0], height=0.62, color=[OUTPUT, INPUT], zorder=3)
    texts = [
        axes.text(1.62, y, "", fontsize=14, fontweight="bold", va="center", zorder=5, clip_on=False)
        for y in (0, 1)
    ]
    kinds = [
        Patch(label="before", **{**_OUTLINE, "zorder": 1}),
        Patch(label="after: detector", facecolor=to_rgba(INPUT, 0.6)),
        Patch(label="after: stays", **_LOOKS["stays"]),
        Patch(label="changes a little", **_LOOKS["little"]),
        Patch(label="changes more", **_LOOKS["much"]),
    ]
    figure.legend(handles=kinds, loc="lower center", bbox_to_anchor=(middle, 0.035), handlelength=1.6)
    moving = {"count": count, "caption": caption, "much": much}
    return moving | {"sizes": list(bars), "size texts": texts}


def _large(values: Mapping[str, Any], seen: Moved) -> tuple[str, str]:
    """Return the large text, and what stands under it."""
    count, steps = f"{seen.stays.sum()} of {len(seen.stays)}", _steps(values)
    if steps:
        return f"same row,\nmoved by {steps}", f"in place, {count} stay"
    return count, "pooled values stay"


def _steps(values: Mapping[str, Any]) -> int:
    """Return by how many windows the pooled row has moved as a whole; 0 where it has not."""
    shift, window = values["shift"], values["window"]
    return shift // window if _way(values)[0] and window < SIZE and shift % window == 0 else 0


def _pooled_title(values: Mapping[str, Any]) -> str:
    beside, pooling = _way(values)
    return f"{pooling} of each window of {values['window']}, {_lie(beside)}"


def _lie(beside: bool) -> str:
    return "side by side" if beside else "one at each place"


def _places(shift: int) -> str:
    return "1 place" if shift == 1 else f"{shift} places"


def _sentence(values: Mapping[str, Any], seen: Moved) -> str:
    shift, total, stay = values["shift"], len(seen.stays), int(seen.stays.sum())
    beside, pooling = _way(values)
    moved = "has not moved" if shift == 0 else f"moves by {_places(shift)}"
    which = "The only value" if total == 1 else f"Of {total} values"
    verb = ("stays" if stay else "changes") if total == 1 else f"{stay} stay{'s' * (stay == 1)}"
    much = (
        f", {seen.much.sum()} change by more than a tenth of the largest detector value"
        if stay < total
        else ""
    )
    size = f"{seen.pooled_change:.2f} of its size, the detector row by {seen.detector_change:.2f}"
    return (
        f"{SUBJECTS[values['row']]} {moved}. {which} of {pooling} pooling (windows of {values['window']}, "
        f"{_lie(beside)}) {verb}{much}. The pooled row changes by {size}.{_remark(values)}"
    )


def _remark(values: Mapping[str, Any]) -> str:
    """Say what this setting has to tell, or nothing."""
    shift, window, steps = values["shift"], values["window"], _steps(values)
    if window == SIZE:
        return " One window sees the whole row."
    if steps:
        return f" The pooled row is the same, moved by {steps}."
    if window == 1:
        return " Windows of 1: no pooling."
    if values["row"] == "noise" and values["pooling"] == "max" and 0 < shift < window:
        expected = SIZE * (window - shift) / (window + shift)
        return f" Of noise, {expected:.1f} of {SIZE} are expected to stay."
    return ""
