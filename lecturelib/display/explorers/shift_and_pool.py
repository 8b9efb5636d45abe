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
from lecturelib.display.explorers.controls import Choice, Control, Slider, Stops, Switch
from lecturelib.display.style import HIGHLIGHT, INK, INPUT, OUTPUT, TEXT_COLORS, blank_figure
from lecturelib.operators.checks import real_array
from lecturelib.operators.pooling import avg_pool, max_pool

SIZE = 24
WINDOWS = (1, 2, 3, 4, 6, 8, 12, 24)  # all of them divide 24: windows side by side close the circle
FARTHEST = 8
POOLINGS = ("max", "average")
EXAMPLE = 11  # the place whose window is drawn; 24 places around it are the whole row
MOST = float(np.sqrt(2))  # relative change of a row without negative values
WIDTH, HEIGHT = 9.0, 4.9  # inches
LEFT, RIGHT, HIGH, LOW, TALL = 0.052, 0.7, 0.585, 0.085, 0.345  # shares of the figure


def _rows() -> dict[str, np.ndarray]:
    place = np.arange(SIZE)
    sparse = np.random.default_rng(0).uniform(0.05, 0.15, size=SIZE)
    sparse[[2, 9, 14, 20]] = 1.0, 0.6, 0.8, 0.45
    bumps = ((6.3, 2.4, 1.0), (16.7, 3.4, 0.7))
    smooth = 0.1 + sum(height * np.exp(-((place - at) ** 2) / (2 * s**2)) for at, s, height in bumps)
    noise = np.random.default_rng(2).uniform(size=SIZE)
    stripes = np.where(place % 2, 0.2, 0.9)
    return {"four edges": sparse, "noise": noise, "smooth": smooth, "stripes": stripes}


ROWS = _rows()


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
    detector_change, pooled_change : float
        ``‖after - before‖ / ‖before‖`` of each row.
    """

    before: np.ndarray
    after: np.ndarray
    pooled_before: np.ndarray
    pooled_after: np.ndarray
    stays: np.ndarray
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
    stays = np.abs(pooled[1] - pooled[0]) <= 1e-12 * np.abs(row).max(initial=0)
    return Moved(row, after, *pooled, stays, _change(row, after), _change(*pooled, stays))


def _change(before: np.ndarray, after: np.ndarray, stays: np.ndarray | bool = False) -> float:
    return float(np.linalg.norm(np.where(stays, 0, after - before)) / (np.linalg.norm(before) or 1.0))


class ShiftAndPool(KeptFigure):
    """Move a row of detector values, and count which of the pooled values stay.

    Parameters
    ----------
    row : str or array_like of shape (24,), optional
        One of "four edges" (the default), "noise", "smooth", "stripes"; or values that are not negative.

    Raises
    ------
    TypeError
        If `row` is neither a name nor real numbers.
    ValueError
        If the name is unknown, the shape is not (24,), or a value is negative or not finite.

    Notes
    -----
    The row is circular, so nothing gets lost at its ends. With one window at each place the pooled row as a
    whole moves along with the input; "stays" means that a pooled value is the same at the same place.
    ``explorer.values`` holds shift, window, beside and pooling.

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
        "pooled values in the same way, those that stay dotted. Beside: how many stay, and the changes."
    )

    def __init__(self, row: str | ArrayLike = "four edges") -> None:
        self.row = _checked_row(row)
        super().__init__()

    def controls_for(self, values: Mapping[str, Any]) -> Sequence[Control]:
        """Return the shift, the window, how windows lie, and the pooling."""
        return (
            Slider("shift", "Shift v", 0, FARTHEST, 1, play=700),
            Stops("window", "Window k", WINDOWS, 3),
            Switch("beside", "Windows side by side", False),
            Choice("pooling", "Pooling", POOLINGS, POOLINGS[0]),
        )

    def compute(self, values: Mapping[str, Any]) -> Moved:
        """Return the numbers shown for `values`."""
        return compute(self.row, values["shift"], values["window"], values["beside"], values["pooling"])

    def layout_key(self, values: Mapping[str, Any]) -> Any:
        """Everything but the shift: what was before stays as pixels while the input moves."""
        return values["window"], values["beside"], values["pooling"]

    def build(self, values: Mapping[str, Any]) -> Scene:
        """Lay out both rows with their outlines before the shift, an example window, and the numbers."""
        figure = blank_figure(WIDTH, HEIGHT, layout="none")
        seen = self.compute({**values, "shift": 0})
        top = 1.12 * (float(self.row.max()) or 1.0)
        width = values["window"] if values["beside"] else 1
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
        for bar, height, stays in zip(parts["pooled after"], seen.pooled_after, seen.stays, strict=True):
            bar.set(height=height, **(_STAYS if stays else _CHANGES))
        moved = "not moved" if values["shift"] == 0 else f"moved by {_places(values['shift'])}"
        parts["title"].set_text(f"detector values, {moved}")
        parts["count"].set_text(f"{seen.stays.sum()} of {len(seen.stays)}")
        sizes = seen.pooled_change, seen.detector_change
        for bar, text, size in zip(parts["sizes"], parts["size texts"], sizes, strict=True):
            bar.set_width(size)
            text.set_text(f"{size:.2f}")
        return _sentence(values, seen)


_OUTLINE = {"fill": False, "edgecolor": INK, "linewidth": 1.4, "zorder": 4}
_STAYS = {"facecolor": "#B5E2D5", "edgecolor": TEXT_COLORS["output"], "hatch": "..."}
_CHANGES = {"facecolor": to_rgba(HIGHLIGHT, 0.75), "edgecolor": HIGHLIGHT, "hatch": ""}


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
    if values["beside"]:
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
    count = figure.text(middle, 0.895, "", fontsize=28, fontweight="bold", color=INK, **look)
    figure.text(middle, 0.805, "pooled values stay", fontsize=13, **look)
    figure.text(middle, 0.69, "size of the change", fontsize=13, **look)
    axes = figure.add_axes((0.812, 0.49, 0.11, 0.16))
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
        Patch(label="after: stays", **_STAYS),
        Patch(label="after: changes", **_CHANGES),
    ]
    figure.legend(handles=kinds, loc="lower center", bbox_to_anchor=(middle, 0.075), handlelength=1.6)
    return {"count": count, "sizes": list(bars), "size texts": texts}


def _pooled_title(values: Mapping[str, Any]) -> str:
    how = "side by side" if values["beside"] else "one at each place"
    return f"{values['pooling']} of each window of {values['window']}, {how}"


def _places(shift: int) -> str:
    return "1 place" if shift == 1 else f"{shift} places"


def _sentence(values: Mapping[str, Any], seen: Moved) -> str:
    shift, total, stay = values["shift"], len(seen.stays), int(seen.stays.sum())
    moved = "The input has not moved." if shift == 0 else f"The input moves by {_places(shift)}."
    which = "The only value" if total == 1 else f"Of {total} values"
    verb = ("stays" if stay else "changes") if total == 1 else f"{stay} stay{'s' * (stay == 1)}"
    size = f"{seen.pooled_change:.2f} of its size, the detector row by {seen.detector_change:.2f}"
    return (
        f"{moved} {which} of {values['pooling']} pooling (windows of {values['window']}, "
        f"{'side by side' if values['beside'] else 'one at each place'}) {verb}. "
        f"The pooled row changes by {size}.{_remark(values)}"
    )


def _remark(values: Mapping[str, Any]) -> str:
    """Say what this setting has to tell, or nothing."""
    shift, window = values["shift"], values["window"]
    if window == SIZE:
        return " One window sees the whole row."
    if window == 1:
        return " Windows of 1: no pooling."
    if values["beside"] and shift and shift % window == 0:
        steps = shift // window
        whole = "one window" if steps == 1 else f"{steps} windows"
        return f" The row is the same, moved by {whole}."
    return ""


def _checked_row(row: str | ArrayLike) -> np.ndarray:
    if isinstance(row, str):
        if row not in ROWS:
            raise ValueError(f"row must be one of {', '.join(ROWS)}, or {SIZE} values; got {row!r}")
        row = ROWS[row]
    array = real_array("row", row).astype(np.float64)
    if array.shape != (SIZE,):
        raise ValueError(f"row must have shape ({SIZE},); got shape {array.shape}")
    if not np.isfinite(array).all() or array.min() < 0:
        raise ValueError(f"row must hold finite values of at least 0; got {array.min():g} as the smallest")
    array.flags.writeable = False
    return array
