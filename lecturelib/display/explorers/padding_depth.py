"""What padding does to depth and to the border: the maps' sides layer by layer, and who is seen how often."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from matplotlib.patches import Rectangle

from lecturelib.display.explorers.base import KeptFigure, Scene
from lecturelib.display.explorers.controls import Choice, Control, Slider
from lecturelib.display.explorers.words import ten_to
from lecturelib.display.style import INK, INPUT, MUTED, SEQUENTIAL, TEXT_COLORS, blank_figure
from lecturelib.operators.conv import conv, conv_transpose
from lecturelib.operators.shapes import output_size, padding_pair

PADDINGS = ("valid", "same", "full")
SHOWN = ("influence of each input pixel", "inputs seen by each output pixel")
SIDE, DEEPEST = 16, 8  # of the input; most layers
PADDING = Choice("padding", "Padding", PADDINGS, "same")
KERNEL = Slider("kernel", "Side of the kernel k", 2, 6, 3, unit="pixels")
LAYERS = Slider("layers", "Layers", 0, DEEPEST, 4, play=700)
SHOW = Choice("show", "Show", SHOWN, SHOWN[0])
PLACES = ("corner", "edge", "centre")
WIDTH, HEIGHT = 9.0, 4.3  # inches
BAR = 0.6  # thickness of a map's bar, in rows
_MARKS = {"corner": "s", "edge": "^", "centre": "o"}


@dataclass(frozen=True)
class Depth:
    """A stack of layers on a map of 16 by 16.

    Attributes
    ----------
    sides : tuple of int
        Side of the input, and of the map after each layer that fits.
    possible : tuple of int
        The same for as many layers as fit, at most 8.
    influence : ndarray of shape (16, 16)
        By how many paths, ways through the layers, each input pixel reaches the last map.
    seen : ndarray of shape (M, M), M = sides[-1]
        How many input pixels each pixel of the last map depends on.
    """

    sides: tuple[int, ...]
    possible: tuple[int, ...]
    influence: np.ndarray
    seen: np.ndarray

    @property
    def layers(self) -> int:
        """How many layers there are."""
        return len(self.sides) - 1


def compute(padding: str, kernel: int, layers: int) -> Depth:
    """Stack layers of one kernel of ones, and count.

    Parameters
    ----------
    padding : {"valid", "same", "full"}
        Of each layer.
    kernel : int
        Side of the kernel, 2 to 6.
    layers : int
        How many are wanted, 0 to 8. Where fewer fit, there are fewer.

    Returns
    -------
    Depth
        Counts are exact: none exceeds 36 ** 8.

    Raises
    ------
    TypeError
        If a number is not an integer.
    ValueError
        If an argument is not one of its values.

    Notes
    -----
    With kernels of ones the gradient of the sum of the last map, by an input pixel, is the number of paths
    from that pixel to the map.

    Examples
    --------
    >>> compute("valid", 6, 8).sides
    (16, 11, 6, 1)
    >>> compute("same", 3, 1).influence[0, :3], compute("same", 3, 1).influence[8, 8]
    (array([4., 6., 6.]), np.float64(9.0))
    """
    return _stack(PADDING.check(padding), KERNEL.check(kernel), LAYERS.check(layers))


@lru_cache(maxsize=128)
def _stack(padding: str, kernel: int, layers: int) -> Depth:
    """Compute for checked values."""
    possible = [SIDE]
    while len(possible) <= DEEPEST and (padding != "valid" or possible[-1] >= kernel):
        possible.append(output_size(possible[-1], kernel, padding=padding))
    sides = possible[: layers + 1]
    ones = np.ones((1, 1, kernel, kernel))
    influence = np.ones((1, 1, sides[-1], sides[-1]))
    for _ in sides[1:]:
        influence = conv_transpose(influence, ones, padding=padding, method="shifted")
    depth = Depth(tuple(sides), tuple(possible), influence[0, 0], _seen(padding, kernel, sides))
    for array in (depth.influence, depth.seen):
        array.flags.writeable = False
    return depth


def _seen(padding: str, kernel: int, sides: Sequence[int]) -> np.ndarray:
    """Count inputs: the layers depend on what one layer with a window of their whole field reads."""
    layers = len(sides) - 1
    field = 1 + layers * (kernel - 1)
    before, after = padding_pair(padding, SIDE, kernel)
    pads = (layers * before, layers * after)
    window = np.ones((1, 1, 1, field))
    rows = conv(np.ones((1, 1, 1, SIDE)), window, padding=((0, 0), pads), method="shifted")[0, 0, 0]
    return np.outer(rows, rows)


def places(side: int) -> dict[str, tuple[int, int]]:
    """Return row and column of the first corner, the middle of the first edge, and the centre.

    Examples
    --------
    >>> places(16)
    {'corner': (0, 0), 'edge': (0, 8), 'centre': (8, 8)}
    """
    return {"corner": (0, 0), "edge": (0, side // 2), "centre": (side // 2, side // 2)}


class PaddingDepth(KeptFigure):
    """Stack layers with one padding, and see how deep it gets and what becomes of the border.

    Notes
    -----
    On a map of 16 by 16. Without padding each layer takes k - 1 of the side, so (16 - 1) // (k - 1) layers
    fit. Where "same" needs an odd number of zeros, the extra one goes after, as in :func:`lecturelib.conv`.
    ``explorer.values`` holds padding, kernel, layers and show.

    Examples
    --------
    >>> explorer = PaddingDepth()
    >>> explorer.set(padding="valid", kernel=6, layers=8)
    >>> explorer.sentence[:82]
    'Padding “valid”, 6 by 6 kernels: the side goes 16 → 11 → 6 → 1, and no more fits: '
    """

    title = "What padding does to depth and to the border"
    description = (
        "Left: one bar for each map, as long as the map's side, the input at the bottom. Right: the pixels "
        "of the input, or of the last map, coloured by a count, and that count at a corner, an edge and "
        "the centre."
    )

    def controls_for(self, values: Mapping[str, Any]) -> Sequence[Control]:
        """Return padding, side of the kernel, number of layers, and what the colours show."""
        return PADDING, KERNEL, LAYERS, SHOW

    def compute(self, values: Mapping[str, Any]) -> Depth:
        """Return the numbers shown for `values`."""
        return compute(values["padding"], values["kernel"], values["layers"])

    def build(self, values: Mapping[str, Any]) -> Scene:
        """Lay out the bars, the coloured map and the three numbers."""
        figure = blank_figure(WIDTH, HEIGHT, layout="none")
        return Scene(figure, {**_bars(figure), **_map(figure), **_numbers(figure)})

    def update(self, scene: Scene, values: Mapping[str, Any]) -> str:
        """Draw this stack, and say what it does."""
        depth, parts = self.compute(values), scene.artists
        _set_bars(parts, depth, values)
        of_inputs = values["show"] == SHOWN[0]
        counts = depth.influence if of_inputs else depth.seen
        parts["map"].set_data(counts / counts.max())
        parts["map title"].set_text("input: paths to the last map" if of_inputs else "last map: inputs seen")
        side = len(counts)
        for k, (row, column) in enumerate(places(side).values()):
            value = counts[row, column]
            parts["marks"][k].set_data([(column + 0.5) / side], [(row + 0.5) / side])
            parts["values"][k].set_text(_percent(value / counts.max()))
            parts["counts"][k].set_text(_things(value, "path" if of_inputs else "input"))
        return _sentence(values, depth)


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %" if share >= 0.005 else "< 1 %"


def _count(value: float) -> str:
    """Write a whole number; one of more than seven digits with a power of ten."""
    if value < 1e7:
        return f"{int(value):,}".replace(",", "\u2009")
    mantissa, exponent = f"{value:.1e}".split("e")
    return f"{mantissa}·{ten_to(int(exponent))}"


def _bars(figure) -> dict[str, Any]:
    """Lay out one row for each map: its bar, its side, and where the input ends."""
    axes = figure.add_axes((0.0, 0.02, 0.45, 0.86))
    axes.set(xlim=(-11.5, 11.5), ylim=(-1.1, DEEPEST + 0.6))
    axes.axis("off")
    figure.text(0.225, 0.93, "side of the map after each layer", ha="center", va="center", fontsize=13)
    axes.text(0, -0.85, "dotted: the side of the input", ha="center", va="center", fontsize=12)
    look = {"va": "center", "zorder": 5}
    rows = range(DEEPEST + 1)
    for row in rows:
        axes.text(-11.3, row, f"layer {row}" if row else "input", ha="left", fontsize=12, va="center")
    bars = [axes.add_patch(Rectangle((0, row - BAR / 2), 1, BAR, zorder=3)) for row in rows]
    sides = [axes.text(9, row, "", ha="right", fontsize=14, **look) for row in rows]
    borders = [axes.plot([0, 0], [-0.5, DEEPEST + 0.5], ":", color=INK, zorder=4)[0] for _ in range(2)]
    end = axes.text(0, 0, "", ha="center", fontsize=13, color=TEXT_COLORS["highlight"], **look)
    return {"bars": bars, "sides": sides, "borders": borders, "end": end}


def _set_bars(parts: Mapping[str, Any], depth: Depth, values: Mapping[str, Any]) -> None:
    """Give each map its length; in "full", where maps grow to 56, all lengths are drawn smaller."""
    largest = SIDE if values["padding"] != "full" else depth.possible[-1]
    unit = 13 / largest
    for row, (bar, label) in enumerate(zip(parts["bars"], parts["sides"], strict=True)):
        there = row < len(depth.possible)
        made = row <= depth.layers
        side = depth.possible[row] if there else 0
        bar.set(x=-side * unit / 2, width=side * unit, visible=there)
        bar.set(facecolor=INPUT if made else "white", edgecolor=INPUT if made else MUTED)
        bar.set(linestyle="-" if made else "--", linewidth=1.2)
        label.set(text=str(side) if there else "")
        label.set(color=INK if made else TEXT_COLORS["muted"], fontweight="bold" if made else "normal")
    for line, sign in zip(parts["borders"], (-1, 1), strict=True):
        line.set_xdata([sign * SIDE * unit / 2] * 2)
    first = len(depth.possible)
    ended = first <= DEEPEST
    parts["end"].set_visible(ended)
    if ended:
        side = depth.possible[-1]
        parts["end"].set(y=first, text=f"no layer fits: {side} < k = {values['kernel']}")


def _map(figure) -> dict[str, Any]:
    """Lay out the coloured map and its colour bar."""
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize

    side = 0.31
    axes = figure.add_axes((0.465, 0.21, side, side * WIDTH / HEIGHT))
    axes.set(xticks=[], yticks=[])
    axes.grid(False)
    axes.spines[:].set(visible=True, color=MUTED, linewidth=0.8)
    look = {"cmap": SEQUENTIAL, "vmin": 0, "vmax": 1, "zorder": 3, "interpolation": "nearest"}
    shown = axes.imshow(np.ones((SIDE, SIDE)), extent=(0, 1, 1, 0), **look)
    axes.set(xlim=(-0.01, 1.01), ylim=(1.01, -0.01))
    title = figure.text(0.465 + side / 2, 0.93, "", ha="center", va="center", fontsize=13, zorder=5)
    ink = {"markerfacecolor": "white", "markeredgecolor": INK, "markersize": 9, "zorder": 5}
    marks = [axes.plot([0], [0], _MARKS[name], clip_on=False, **ink)[0] for name in PLACES]
    below = figure.add_axes((0.465, 0.155, side, 0.028))
    colors = ScalarMappable(Normalize(0, 1), SEQUENTIAL)
    bar = figure.colorbar(colors, cax=below, orientation="horizontal", ticks=[0, 0.5, 1])
    bar.ax.set_xticklabels(["0 %", "50 %", "100 %"], fontsize=11)
    bar.ax.set_xlabel("share of the largest count", fontsize=12)
    return {"map": shown, "map title": title, "marks": marks}


def _numbers(figure) -> dict[str, Any]:
    """Lay out three numbers, large, each with the mark of its place."""
    axes = figure.add_axes((0.795, 0.0, 0.2, 1.0))
    axes.set(xlim=(0, 1), ylim=(0, 1))
    axes.axis("off")
    values, counts = [], []
    for name, height in zip(PLACES, (0.86, 0.6, 0.34), strict=True):
        axes.plot([0.06], [height], _MARKS[name], color="white", markeredgecolor=INK, markersize=9)
        axes.text(0.16, height, name, fontsize=13, va="center")
        look = {"va": "center", "zorder": 5}
        values.append(axes.text(0.16, height - 0.085, "", fontsize=22, fontweight="bold", **look))
        counts.append(axes.text(0.16, height - 0.16, "", fontsize=12, **look))
    return {"values": values, "counts": counts}


def _sentence(values: Mapping[str, Any], depth: Depth) -> str:
    kernel, padding = values["kernel"], values["padding"]
    start = f"Padding “{padding}”, {kernel} by {kernel} kernels: "
    return start + _depth_words(depth, padding, kernel) + _border_words(values, depth)


def _depth_words(depth: Depth, padding: str, kernel: int) -> str:
    if depth.layers == 0:
        path = f"no layer yet, the side is {SIDE}"
    elif padding == "same":
        path = f"the side stays {SIDE} through {_things(depth.layers, 'layer')}"
    else:
        path = f"the side goes {' → '.join(map(str, depth.sides))}"
    if padding != "valid":
        return f"{path}. "
    most = len(depth.possible) - 1
    if depth.layers == most and most < DEEPEST:
        return f"{path}, and no more fits: ({SIDE} − 1) // ({kernel} − 1) = {most} layers. "
    return f"{path}; at most {(SIDE - 1) // (kernel - 1)} layers fit. "


def _border_words(values: Mapping[str, Any], depth: Depth) -> str:
    of_inputs = values["show"] == SHOWN[0]
    counts = depth.influence if of_inputs else depth.seen
    corner, edge, centre = (counts[place] for place in places(len(counts)).values())
    if of_inputs:
        whose, does = "pixel of the input", f"reaches the last map by {_things(corner, 'path')}"
    else:
        whose, does = "pixel of the last map", f"sees {_things(corner, 'input')}"
    path = " A path is one way through the layers." if of_inputs and depth.layers else ""
    if counts.min() == counts.max():
        return f"Every {whose} {does}.{path}"
    others = f"the middle of an edge {_count(edge)}, the centre {_count(centre)}"
    far = f"; the last corner {_count(counts[-1, -1])}" if counts[-1, -1] != corner else ""
    return f"The first corner {does}, {others}{far}.{path}"


def _things(number: float, noun: str) -> str:
    return f"{_count(number)} {noun}{'' if number == 1 else 's'}"
