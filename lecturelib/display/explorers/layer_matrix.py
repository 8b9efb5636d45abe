"""Small layers as matrices, from dense to 1 × 1: which weights are kept, and which are the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.patches import Rectangle

from lecturelib.display.explorers.base import KeptFigure, Scene
from lecturelib.display.explorers.controls import Choice, Control, Slider
from lecturelib.display.style import INK, MUTED, OUTPUT, TEXT_COLORS, blank_figure
from lecturelib.operators.checks import one_of, whole_number
from lecturelib.operators.conv import conv
from lecturelib.operators.unshared import locally_connected, tiled_conv

LAYERS = (
    "dense",
    "locally connected",
    "tiled",
    "convolution",
    "dilated convolution",
    "strided convolution",
    "several channels",
    "grouped (depthwise)",
    "1 × 1",
)
OPTIONS = {
    "dilated convolution": {"dilation": 2},
    "strided convolution": {"stride": 2},
    "grouped (depthwise)": {"groups": 2},
}
CHANNELS = 2  # in and out, of the last three layers
SHORTEST, LONGEST, MOST_KERNEL, MOST_TILES = 6, 10, 4, 4
WIDTH, HEIGHT = 9.0, 5.3  # inches; everything is placed in inches from the upper left corner
LEFT, TOP, SIDE = 0.86, 0.72, 4.4  # of the matrix, which is always as wide
RIGHT, BAR = 5.68, 3.0  # where the numbers begin, and how long the bar of the dense layer is
# One hue a kernel (ten at most) and one tint a weight of it: Seaborn's "colorblind" cycle, mixed with white.
HUES = (
    "#0173B2", "#DE8F05", "#029E73", "#CC78BC", "#ECE133",
    "#D55E00", "#56B4E9", "#949494", "#CA9161", "#FBAFE4",
)  # fmt: skip
PALEST, STRONGEST = 0.22, 0.78


@dataclass(frozen=True)
class Layer:
    """A layer as a matrix, and what it costs.

    Attributes
    ----------
    matrix : ndarray of int, shape (C * M, C * N)
        The number of the weight, from 1, by which an input goes into an output; 0 for no connection. Rows
        and columns go channel by channel.
    channels : int
        C: 1 or 2, of the input and of the output.
    taps : int
        Weights of one kernel: kernel j has the numbers j * taps + 1 to j * taps + taps.
    free : int
        Weights that can be chosen.
    connections : int
        Entries that are not 0, and multiply-adds.
    unread : int
        Inputs that no output reads.
    """

    matrix: np.ndarray
    channels: int
    taps: int
    free: int
    connections: int
    unread: int

    @property
    def dense(self) -> int:
        """Weights and connections of a dense layer of this shape."""
        return self.matrix.size

    @property
    def lengths(self) -> tuple[int, int]:
        """Samples of one channel, of the input and of the output."""
        rows, columns = self.matrix.shape
        return columns // self.channels, rows // self.channels


def most_kernel(layer: str, n: int) -> int:
    """Return the length of the longest kernel that an input of `n` samples has room for, at most 4.

    Examples
    --------
    >>> most_kernel("convolution", 6), most_kernel("dilated convolution", 6)
    (4, 3)
    """
    return min(MOST_KERNEL, (n - 1) // OPTIONS.get(layer, {}).get("dilation", 1) + 1)


def compute(layer: str, n: int = 8, k: int = 3, tiles: int = 2) -> Layer:
    """Find the matrix of a layer by its answers to unit vectors.

    Parameters
    ----------
    layer : str
        One of `LAYERS`; it cross-correlates, without padding.
    n : int
        Samples of each input channel.
    k : int
        Weights along a kernel. A dense layer has as many outputs as the convolution; 1 × 1 takes no notice.
    tiles : int
        Kernels that take turns, for a tiled layer only.

    Returns
    -------
    Layer

    Raises
    ------
    TypeError
        If a size is not an integer.
    ValueError
        If there is no such layer, a size is smaller than 1, or the kernel or so many tiles do not fit.

    Examples
    --------
    >>> compute("tiled", 6, 3).matrix
    array([[1, 2, 3, 0, 0, 0],
           [0, 4, 5, 6, 0, 0],
           [0, 0, 1, 2, 3, 0],
           [0, 0, 0, 4, 5, 6]])
    >>> [compute(layer).free for layer in LAYERS]
    [48, 18, 6, 3, 3, 3, 12, 6, 4]
    """
    one_of("layer", layer, LAYERS)
    n, k = whole_number("n", n, at_least=1), whole_number("k", k, at_least=1)
    tiles = whole_number("tiles", tiles, at_least=1)
    if k > most_kernel(layer, n):
        raise ValueError(f"k must be at most {most_kernel(layer, n)} for {layer} and n = {n}; got {k}")
    if layer == "tiled" and tiles > n - k + 1:
        raise ValueError(f"tiles must be at most the number of outputs, {n - k + 1}; got {tiles}")
    shape = _kernel_shape(layer, n, k, tiles)
    channels = CHANNELS if layer in LAYERS[6:] else 1
    w = np.arange(1, prod(shape) + 1).reshape(shape)
    units = np.eye(channels * n).reshape(-1, channels, n)
    operator = {"locally connected": locally_connected, "tiled": tiled_conv}.get(layer, conv)
    answers = operator(units, w, **OPTIONS.get(layer, {}))
    matrix = np.rint(answers.reshape(len(units), -1).T).astype(np.int64)
    matrix.flags.writeable = False
    numbers = matrix[matrix > 0]
    unread = int((matrix == 0).all(axis=0).sum())
    return Layer(matrix, channels, shape[-1], int(np.unique(numbers).size), int(numbers.size), unread)


def _kernel_shape(layer: str, n: int, k: int, tiles: int) -> tuple[int, ...]:
    """Return the shape of the weights; a dense layer is a convolution whose kernels cover the input."""
    return {
        "dense": (n - k + 1, 1, n),
        "locally connected": (1, n - k + 1, 1, k),
        "tiled": (tiles, 1, 1, k),
        "several channels": (CHANNELS, CHANNELS, k),
        "grouped (depthwise)": (CHANNELS, 1, k),
        "1 × 1": (CHANNELS, CHANNELS, 1),
    }.get(layer, (1, 1, k))


def colors(seen: Layer) -> np.ndarray:
    """Return the colour of each cell: white without a connection, else its kernel's hue in its weight's tint.

    Parameters
    ----------
    seen : Layer

    Returns
    -------
    ndarray of shape (rows, columns, 3)
        Red, green and blue from 0 to 1, the same in two cells where their weights are.

    Examples
    --------
    >>> colors(compute("convolution"))[0, 3:5].tolist()
    [[1.0, 1.0, 1.0], [1.0, 1.0, 1.0]]
    """
    kernel, tap = np.divmod(np.maximum(seen.matrix - 1, 0), seen.taps)
    hues = np.array([to_rgb(hue) for hue in HUES])[kernel % len(HUES)]
    tints = np.linspace(PALEST, STRONGEST, seen.taps) if seen.taps > 1 else np.array([0.5])
    share = np.where(seen.matrix > 0, tints[tap], 0)[..., None]
    return share * hues + (1 - share)


class LayerMatrix(KeptFigure):
    """Compare layers by their matrices: dense, locally connected, tiled, convolution, and its relatives.

    Notes
    -----
    Every cell holds the number of its weight; cells with the same number, and so the same colour, share one
    weight. All layers cross-correlate, without padding; the dense layer has as many outputs as the
    convolution with a kernel of `k`. The last three have two channels in and two out.
    There are no biases. ``explorer.values`` holds layer, n, k and tiles; only the tiled layer heeds tiles,
    and 1 × 1 does not heed k.

    Examples
    --------
    >>> explorer = LayerMatrix()
    >>> explorer.sentence[:82]
    'A convolution of two channels to two, 2 × 8 samples to 2 × 6: 12 free weights in 7'
    >>> explorer.set(layer="grouped (depthwise)")
    >>> explorer.sentence[-53:]
    'Each channel has one kernel, and channels do not mix.'
    """

    every_colour = True
    title = "Layers as matrices"
    description = (
        "A matrix with an output in each row and an input in each column. Each connection is a coloured cell "
        "with the number of its weight, all others are white. Beside it: the numbers of free weights and of "
        "connections, as bars against those of a dense layer."
    )

    def controls_for(self, values: Mapping[str, Any]) -> Sequence[Control]:
        """Return the layer, the sizes of input and kernel, and the kernels of a tiled layer."""
        layer = Choice("layer", "Layer", LAYERS, "several channels")
        length = Slider("n", "Input length n", SHORTEST, LONGEST, 8, unit="samples")
        chosen, n = layer.nearest(values.get("layer")), length.nearest(values.get("n"))
        kernel = Slider("k", "Kernel size k", 1, most_kernel(chosen, n), 3)
        fitting = n - kernel.nearest(values.get("k")) + 1 if chosen == "tiled" else MOST_TILES
        return (
            layer,
            length,
            kernel,
            Slider("tiles", "Kernels in turn (tiled only)", 1, min(MOST_TILES, fitting), 2),
        )

    def compute(self, values: Mapping[str, Any]) -> Layer:
        """Return the numbers shown for `values`."""
        return compute(values["layer"], values["n"], values["k"], values["tiles"])

    def layout_key(self, values: Mapping[str, Any]) -> Any:
        """Every layer is another matrix."""
        tiles = values["tiles"] if values["layer"] == "tiled" else None
        k = None if values["layer"] == "1 × 1" else values["k"]
        return values["layer"], values["n"], k, tiles

    def build(self, values: Mapping[str, Any]) -> Scene:
        """Draw the matrix and, to its right, its rule and its numbers."""
        figure = blank_figure(WIDTH, HEIGHT, layout="none")
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set_axis_off()
        seen = self.compute(values)
        _draw_matrix(axes, seen)
        axes.set(xlim=(0, WIDTH), ylim=(HEIGHT, 0), aspect="auto")  # imshow has changed them
        axes.text(RIGHT, 0.42, _heading(values), fontsize=14, fontweight="bold", va="center")
        rule = "\n".join(_rule(values, seen))
        axes.text(RIGHT, 0.76, rule, fontsize=12, va="top", linespacing=1.3)
        bars = (("free weights", seen.free, 1.75), ("connections = multiply-adds", seen.connections, 3.15))
        for name, count, top in bars:
            _draw_count(axes, name, count, seen.dense, top)
        key = "Same number and colour: one weight.\nWhite: no connection."
        look = {"fontsize": 10, "color": TEXT_COLORS["muted"], "va": "top", "linespacing": 1.4}
        axes.text(RIGHT, 4.62, key, **look)
        return Scene(figure)

    def update(self, scene: Scene, values: Mapping[str, Any]) -> str:
        """Return the sentence: everything is drawn already."""
        return _sentence(values, self.compute(values))


def _draw_matrix(axes, seen: Layer) -> None:
    """Draw cells, numbers, lines between blocks, and the indices of inputs and outputs."""
    rows, columns = seen.matrix.shape
    cell = SIDE / columns
    bottom, right = TOP + rows * cell, LEFT + SIDE
    image = axes.imshow(colors(seen), interpolation="nearest", zorder=1)
    image.set_extent((LEFT, right, bottom, TOP))
    for axis, count in (("row", rows), ("column", columns)):
        places = (TOP if axis == "row" else LEFT) + cell * np.arange(count + 1)
        lines, ends = (axes.hlines, (LEFT, right)) if axis == "row" else (axes.vlines, (TOP, bottom))
        lines(places, *ends, color="#D0D0D0", linewidth=0.8, zorder=2)
        lines(places[:: count // seen.channels], *ends, color=INK, linewidth=1.3, zorder=3)
    size = 13 if cell > 0.4 else 10 if cell > 0.25 else 9
    middle = {"ha": "center", "va": "center"}
    for row, column in np.argwhere(seen.matrix):
        at = LEFT + (column + 0.5) * cell, TOP + (row + 0.5) * cell
        axes.text(*at, seen.matrix[row, column], fontsize=size, zorder=4, **middle)
    muted = {"fontsize": min(size, 11), "color": TEXT_COLORS["muted"], **middle}
    samples, outputs = seen.lengths
    for column in range(columns):
        axes.text(LEFT + (column + 0.5) * cell, TOP - 0.13, column % samples, **muted)
    for row in range(rows):
        axes.text(LEFT - 0.16, TOP + (row + 0.5) * cell, row % outputs, **muted)
    _name_channels(axes, seen, cell)


def _name_channels(axes, seen: Layer, cell: float) -> None:
    """Write what columns and rows are: the input and the output, or their channels."""
    samples, outputs = seen.lengths
    look = {"fontsize": 12, "fontweight": "bold", "ha": "center", "va": "center"}
    for channel in range(seen.channels):
        which = f", channel {channel + 1}" if seen.channels > 1 else ""
        across, down = (channel + 0.5) * samples * cell, (channel + 0.5) * outputs * cell
        name = f"input{which}"
        axes.text(LEFT + across, TOP - 0.42, name, color=TEXT_COLORS["input"], **look)
        name = f"channel {channel + 1}" if seen.channels > 1 else "output"
        down = max(down, 0.25) if seen.channels == 1 else down
        axes.text(LEFT - 0.42, TOP + down, name, color=TEXT_COLORS["output"], rotation=90, **look)
    if seen.channels > 1:
        down = outputs * cell
        axes.text(LEFT - 0.68, TOP + down, "output", color=TEXT_COLORS["output"], rotation=90, **look)


def _draw_count(axes, name: str, count: int, dense: int, top: float) -> None:
    """Write a count large, and draw it as a share of the dense layer's."""
    axes.text(RIGHT, top, name, fontsize=12, va="center")
    axes.text(
        RIGHT, top + 0.45, count, fontsize=30, fontweight="bold", va="center", color=TEXT_COLORS["output"]
    )
    beside = {"fontsize": 12, "color": TEXT_COLORS["muted"], "ha": "right", "va": "center"}
    axes.text(RIGHT + BAR, top + 0.53, f"a dense layer: {dense}", **beside)
    place = (RIGHT, top + 0.8)
    axes.add_patch(Rectangle(place, BAR * count / dense, 0.16, facecolor=OUTPUT, linewidth=0, zorder=2))
    axes.add_patch(Rectangle(place, BAR, 0.16, fill=False, edgecolor=MUTED, linewidth=1, zorder=3))


_SMALL = {1: "one", 2: "two", 3: "three", 4: "four"}
_ORDINAL = {2: "second", 3: "third", 4: "fourth"}


def _heading(values: Mapping[str, Any]) -> str:
    layer, k, tiles = values["layer"], values["k"], values["tiles"]
    return {
        "dense": "dense",
        "tiled": f"tiled: {tiles} kernel{'s' * (tiles > 1)} of {k}",
        "dilated convolution": f"dilation 2, k = {k}",
        "strided convolution": f"stride 2, k = {k}",
        "several channels": f"2 channels to 2, k = {k}",
        "grouped (depthwise)": f"2 groups (depthwise), k = {k}",
        "1 × 1": "1 × 1: 2 channels to 2",
    }.get(layer, f"{layer}, k = {k}")


def _rule(values: Mapping[str, Any], seen: Layer) -> tuple[str, str]:
    """Say in two lines which connections there are, and which of them share a weight."""
    layer, tiles = values["layer"], values["tiles"]
    if layer == "tiled" and tiles == 1:
        return "With one kernel there is nothing", "to take turns: a convolution."
    if layer == "tiled" and tiles == seen.lengths[1]:
        return "With a kernel for each output", "it is locally connected."
    return {
        "dense": ("Every output reads every input,", "each by a weight of its own."),
        "locally connected": ("An output reads its window only,", "each input by a weight of its own."),
        "tiled": (f"Every {_ORDINAL.get(tiles)} row holds", "the same weights."),
        "convolution": ("Every row holds the same weights,", "one place further on."),
        "dilated convolution": ("The taps of the kernel", "are two inputs apart."),
        "strided convolution": ("From row to row the kernel", "moves on by two inputs."),
        "several channels": ("A kernel for each pair of an input", "channel and an output channel."),
        "grouped (depthwise)": ("Each channel has one kernel,", "and channels do not mix."),
        "1 × 1": ("Only channels mix, by the same", "2 × 2 weights at every place."),
    }[layer]


def _sentence(values: Mapping[str, Any], seen: Layer) -> str:
    turns = (
        f"A tiled layer with {_SMALL[values['tiles']]} kernel{'s that take turns' * (values['tiles'] > 1)}"
    )
    name = {
        "dense": "A dense layer",
        "locally connected": "A locally connected layer",
        "tiled": turns,
        "convolution": "A convolution",
        "dilated convolution": "A convolution with dilation 2",
        "strided convolution": "A convolution with stride 2",
        "several channels": "A convolution of two channels to two",
        "grouped (depthwise)": "A convolution of two channels in two groups",
        "1 × 1": "A 1 × 1 convolution of two channels to two",
    }[values["layer"]]
    each = f"{seen.channels} × " if seen.channels > 1 else ""
    samples, outputs = seen.lengths
    free = f"{seen.free} free weight{'s' * (seen.free > 1)}"
    against = "" if values["layer"] == "dense" else f"; a dense layer has {seen.dense}"
    unread = {0: "", 1: " One input is not read."}.get(seen.unread, f" {seen.unread} inputs are not read.")
    return (
        f"{name}, {each}{samples} samples to {each}{outputs}: {free} in {seen.connections} "
        f"connections{against}. {' '.join(_rule(values, seen))}{unread}"
    )
