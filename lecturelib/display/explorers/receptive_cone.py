"""What a unit sees and what it reaches: the cone of a convolutional network, beside a dense one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import traitlets
from numpy.typing import NDArray

from lecturelib.display.explorers.canvas import BLUE, INK, ORANGE, CanvasExplorer, read_beside
from lecturelib.display.style import TEXT_COLORS, blank_figure
from lecturelib.operators.shapes import output_size, padding_pair, receptive_field

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["KERNELS", "KINDS", "Cone", "ConeState", "ReceptiveCone", "compute", "taps"]

KINDS, KERNELS = ("plain", "stride 2", "doubling dilation", "dense"), (2, 3, 5)
FEWEST, MOST, DEEPEST = 9, 33, 5  # inputs, inputs, layers
ROOM = 2.5  # inputs; a unit is drawn no further to the right of the last input
SEEN, REACHED = "■", "▲"


@dataclass(frozen=True)
class ConeState:
    """What the explorer shows: a network in one dimension, and a unit of it as (layer, place)."""

    unit: tuple[int, int] = (3, 16)
    kind: str = "plain"
    kernel: int = 3
    inputs: int = 33
    layers: int = 5

    def steps(self) -> list[tuple[int, int, int]]:
        """Return kernel, stride and dilation of each layer, as `receptive_field` takes them."""
        stride, doubling = 1 + (self.kind == "stride 2"), self.kind == "doubling dilation"
        return [(self.kernel, stride, 2**layer if doubling else 1) for layer in range(self.layers)]

    def sizes(self) -> tuple[int, ...]:
        """Return the number of units of each row, the inputs first."""
        sizes = [self.inputs]
        for k, stride, dilation in self.steps():
            sizes.append(output_size(sizes[-1], k, stride=stride, padding="same", dilation=dilation))
        return tuple(sizes)


@dataclass(frozen=True)
class Cone:
    """What the unit sees and reaches, and what the network is made of.

    Attributes
    ----------
    sizes : tuple of int
        Units in each row, the inputs first.
    tables : tuple of ndarray of bool
        Of shape (units above, units below) for each layer: which unit reads which.
    seen, reached : tuple of ndarray of bool
        For each row: the units that the chosen one depends on, and those that depend on it. In its own row it
        is the only one of both; rows above see nothing, rows below are not reached.
    fields : tuple of int
        The receptive field after each layer by the formula, which knows no border.
    connections, weights, dense : tuple of int
        For each layer: connections, different weights, and the weights of a dense layer of the same size.
    centers : tuple of ndarray
        Where the units of each row lie, in inputs: each above the middle of its receptive field.
    """

    sizes: tuple[int, ...]
    tables: tuple[NDArray[np.bool_], ...]
    seen: tuple[NDArray[np.bool_], ...]
    reached: tuple[NDArray[np.bool_], ...]
    fields: tuple[int, ...]
    connections: tuple[int, ...]
    weights: tuple[int, ...]
    dense: tuple[int, ...]
    centers: tuple[NDArray[np.float64], ...]


def taps(n: int, k: int, stride: int = 1, dilation: int = 1) -> NDArray[np.bool_]:
    """Return which input each output of a layer with padding "same" reads.

    Parameters
    ----------
    n, k : int
        Lengths of the input and of the kernel.
    stride, dilation : int
        As in `lecturelib.conv`.

    Returns
    -------
    ndarray of bool, shape (ceil(n / stride), n)
        A tap that lands in the zeros around the input reads nothing.

    Raises
    ------
    TypeError
        If an argument is not an integer.
    ValueError
        If it is smaller than 1.

    Examples
    --------
    >>> taps(4, 3).astype(int)
    array([[1, 1, 0, 0],
           [1, 1, 1, 0],
           [0, 1, 1, 1],
           [0, 0, 1, 1]])
    """
    outputs = output_size(n, k, stride=stride, padding="same", dilation=dilation)
    before, _ = padding_pair("same", n, k, stride=stride, dilation=dilation)
    read = np.arange(outputs)[:, None] * stride - before + np.arange(k) * dilation
    return (read[:, :, None] == np.arange(n)).any(axis=1)


def compute(state: ConeState) -> Cone:
    """Return the cone of one unit, down to the inputs and up to the last layer.

    Parameters
    ----------
    state : ConeState
        Kinds are as in `ReceptiveCone`. All layers have the same kernel length and zero padding "same"; in a
        dense network every unit reads all of the row below.

    Returns
    -------
    Cone

    Examples
    --------
    >>> cone = compute(ConeState(unit=(3, 16)))
    >>> cone.fields, [int(row.sum()) for row in cone.seen], [int(row.sum()) for row in cone.reached]
    ((3, 5, 7, 9, 11), [7, 5, 3, 1, 0, 0], [0, 0, 0, 1, 3, 5])
    """
    sizes, steps, (layer, place) = state.sizes(), state.steps(), state.unit
    tables = [taps(n, *step) for n, step in zip(sizes, steps, strict=False)]
    dense = tuple(table.size for table in tables)
    if state.kind == "dense":
        tables = [np.ones_like(table) for table in tables]
    seen, reached = ([np.zeros(size, dtype=bool) for size in sizes] for _ in range(2))
    seen[layer][place] = reached[layer][place] = True
    for row in range(layer, 0, -1):
        seen[row - 1] = tables[row - 1][seen[row]].any(axis=0)
    for row in range(layer, state.layers):
        reached[row + 1] = tables[row][:, reached[row]].any(axis=1)
    return Cone(
        sizes=sizes,
        tables=tuple(tables),
        seen=tuple(seen),
        reached=tuple(reached),
        fields=(state.inputs,) * state.layers if state.kind == "dense" else receptive_field(steps),
        connections=tuple(int(table.sum()) for table in tables),
        weights=dense if state.kind == "dense" else (state.kernel,) * state.layers,
        dense=dense,
        centers=_centers(sizes, steps),
    )


def _centers(sizes: Sequence[int], steps: Sequence[tuple[int, int, int]]) -> tuple[NDArray[np.float64], ...]:
    """Return the middle of each unit's receptive field, counted in inputs."""
    spacing, offset, centers = 1, 0.0, [np.arange(sizes[0], dtype=float)]
    for n, above, (k, stride, dilation) in zip(sizes, sizes[1:], steps, strict=False):
        before, _ = padding_pair("same", n, k, stride=stride, dilation=dilation)
        offset += spacing * ((k - 1) * dilation / 2 - before)
        spacing *= stride
        centers.append(offset + spacing * np.arange(above))
    return tuple(centers)


class ReceptiveCone(CanvasExplorer):
    """Move a unit of a network, and see what it sees below and what it reaches above.

    Parameters
    ----------
    unit : (int, int), default (3, 16)
        Layer, 0 for the inputs, and place in its row from 0.
    kind : {"plain", "stride 2", "doubling dilation", "dense"}, default "plain"
        Convolutions of stride and dilation 1; of stride 2; of dilations 1, 2, 4, ...; or dense layers.
    kernel : {2, 3, 5}, default 3
        Taps of each convolution. Dense layers have none.
    inputs : int, default 33
        9 to 33; with 33, strides of 2 leave a symmetric picture where the kernel is odd.
    layers : int, default 5
        1 to 5.

    Attributes
    ----------
    unit, kind, kernel, inputs, layers
        As they are now; assign to change one. With another kind or kernel the unit moves to the middle of its
        row, with fewer inputs or layers only as far as it must.
    cone : Cone
        The numbers of the picture.

    Raises
    ------
    TypeError
        If `unit` is not a pair of integers, or another argument is of the wrong kind.
    ValueError
        If a number is out of range, or a word not one of its values.

    Notes
    -----
    The browser draws and computes; it does not wait for Python. Padding is zeros, "same": near the
    border a unit sees less than the formula says, for no path leads through the zeros beside a layer.

    Examples
    --------
    >>> explorer = ReceptiveCone()
    >>> explorer.cone.seen[0].sum(), explorer.cone.reached[5].sum()
    (np.int64(7), np.int64(5))
    >>> explorer.kind = "doubling dilation"
    >>> explorer.cone.fields
    (3, 7, 15, 31, 63)
    """

    _esm = read_beside("canvas.js", "receptive_cone.js")
    _hears_page = False

    unit = traitlets.Tuple(traitlets.Int(), traitlets.Int(), default_value=(0, 0)).tag(sync=True)
    kind = traitlets.Unicode("plain").tag(sync=True)
    kernel = traitlets.Int(3).tag(sync=True)
    inputs = traitlets.Int(33).tag(sync=True)
    layers = traitlets.Int(5).tag(sync=True)

    def __init__(
        self,
        unit: tuple[int, int] | None = None,
        *,
        kind: str = "plain",
        kernel: int = 3,
        inputs: int = 33,
        layers: int = 5,
    ) -> None:
        # The row first, then the unit in it.
        super().__init__(kind=kind, kernel=kernel, inputs=inputs, layers=layers)
        layer = min(3, self.layers)
        try:
            self.unit = (layer, self.sizes[layer] // 2) if unit is None else unit
        except traitlets.TraitError as error:
            raise TypeError(str(error)) from error

    @traitlets.validate("kind", "kernel")
    def _check_choice(self, proposal: dict[str, Any]) -> Any:
        name, value = proposal["trait"].name, proposal["value"]
        choices = {"kind": KINDS, "kernel": KERNELS}[name]
        if value not in choices:
            raise ValueError(f"{name} must be one of {', '.join(map(str, choices))}; got {value!r}")
        return value

    @traitlets.validate("inputs", "layers")
    def _check_number(self, proposal: dict[str, Any]) -> int:
        name, value = proposal["trait"].name, proposal["value"]
        low, high = {"inputs": (FEWEST, MOST), "layers": (1, DEEPEST)}[name]
        if not low <= value <= high:
            raise ValueError(f"{name} must lie between {low} and {high}; got {value}")
        return value

    @traitlets.validate("unit")
    def _check_unit(self, proposal: dict[str, Any]) -> tuple[int, int]:
        layer, place = proposal["value"]
        if not 0 <= layer <= self.layers:
            raise ValueError(f"the layer of unit must lie between 0 and {self.layers}; got {layer}")
        if not 0 <= place < self.sizes[layer]:
            last = self.sizes[layer] - 1
            raise ValueError(f"the place of unit must lie between 0 and {last} in layer {layer}; got {place}")
        return proposal["value"]

    @traitlets.observe("kind", "kernel", "inputs", "layers")
    def _place_unit(self, change: Any) -> None:
        layer = min(self.unit[0], self.layers)
        size = self.sizes[layer]
        anew = change["name"] in ("kind", "kernel") and not self._hears_page
        self.unit = (layer, size // 2 if anew else min(self.unit[1], size - 1))

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take over what the page sends; it has put the unit in its place already."""
        self._hears_page = True
        try:
            super().set_state(sync_data)
        finally:
            self._hears_page = False

    @property
    def state(self) -> ConeState:
        """The present state, as `compute` takes it."""
        return ConeState(self.unit, self.kind, self.kernel, self.inputs, self.layers)

    @property
    def sizes(self) -> tuple[int, ...]:
        """The number of units of each row, the inputs first."""
        return ConeState((0, 0), self.kind, self.kernel, self.inputs, self.layers).sizes()

    @property
    def cone(self) -> Cone:
        """What the unit sees and reaches."""
        return compute(self.state)

    @property
    def sentence(self) -> str:
        """What the picture shows, in the words of the page."""
        cone = self.cone
        return f"{_what_it_sees(self.unit, cone)} {_network(self.kind, cone)}"

    def frame(self) -> Figure:
        """Return the rows, the connections and the cone as a figure."""
        return _still(self.state, self.cone)


def _what_it_sees(unit: tuple[int, int], cone: Cone) -> str:
    (layer, place), top, inputs = unit, len(cone.sizes) - 1, cone.sizes[0]
    sees, reaches = int(cone.seen[0].sum()), int(cone.reached[top].sum())
    name = f"Unit {place} of layer {layer}" if layer else f"Input {place}"
    down = f" sees {sees} of {inputs} inputs" if layer else ""
    up = f" reaches {reaches} of {cone.sizes[top]} units of layer {top}" if layer < top else ""
    field = cone.fields[layer - 1] if layer else sees
    cut = f" The border cuts its field of {field} to {sees}." if field > sees and layer else ""
    return f"{name}{down}{' and' if down and up else ''}{up}.{cut}"


def _network(kind: str, cone: Cone) -> str:
    fields = f"Receptive field after each layer: {', '.join(map(str, cone.fields))} inputs."
    same = len(set(cone.connections)) == 1
    lines = f"{'Each layer has' if same else 'The layers have'} {_each(cone.connections)} connections and "
    if kind == "dense":
        return f"{fields} {lines}as many different weights."
    against = "a dense one has" if same else "dense ones have"
    weights = f"{cone.weights[0]} different weights{'' if same else ' each'}"
    return f"{fields} {lines}{weights}; {against} {_each(cone.dense)} of both."


def _each(numbers: Sequence[int]) -> str:
    """Write the numbers of the layers, equal ones as one."""
    return str(numbers[0]) if len(set(numbers)) == 1 else ", ".join(map(str, numbers))


def _still(state: ConeState, cone: Cone) -> Figure:
    """Draw what the page shows."""
    figure = blank_figure(9, 0.5 + 0.68 * len(cone.sizes), layout="none")
    axes = figure.add_axes((0.095, 0.0, 0.67, 1.0))
    top = len(cone.sizes) - 1
    axes.set(xlim=(-0.5, state.inputs - 0.5 + ROOM), ylim=(-0.5, top + 0.5))
    axes.axis("off")
    places = [np.minimum(row, state.inputs - 1 + ROOM) for row in cone.centers]
    _draw_connections(axes, state, cone, places)
    _draw_units(axes, state, cone, places)
    for row in range(top + 1):
        place = {"transform": axes.get_yaxis_transform(), "va": "center"}
        axes.text(-0.02, row, f"layer {row}" if row else "inputs", ha="right", fontsize=12, **place)
        text, color = _row_words(state.unit, cone, row)
        end = row in (0, top) and row != state.unit[0]
        style = {"fontsize": 14 if end else 12, "fontweight": "bold" if end else "normal"}
        axes.text(1.01, row, text, color=color, **place, **style)
    return figure


def _row_words(unit: tuple[int, int], cone: Cone, row: int) -> tuple[str, str]:
    if row == unit[0]:
        return f"◆ {'unit' if row else 'input'} {unit[1]}", INK
    below = row < unit[0]
    count = int((cone.seen if below else cone.reached)[row].sum())
    words = f"{SEEN} sees" if below else f"{REACHED} reaches"
    return f"{words} {count} of {cone.sizes[row]}", TEXT_COLORS["input" if below else "kernel"]


def _draw_connections(axes: Axes, state: ConeState, cone: Cone, places: Sequence[NDArray]) -> None:
    from matplotlib.collections import LineCollection

    groups: dict[str, list] = {"other": [], "seen": [], "reached": []}
    for row, table in enumerate(cone.tables):
        for above, below in np.argwhere(table):
            line = [(places[row][below], row), (places[row + 1][above], row + 1)]
            seen, reached = cone.seen[row + 1][above], cone.reached[row][below]
            groups["seen" if seen else "reached" if reached else "other"].append(line)
    thick = 0.35 if state.kind == "dense" else 2
    looks = {
        "other": {"colors": "#d0d0d0", "linewidths": 0.3 if state.kind == "dense" else 0.8},
        "seen": {"colors": BLUE, "linewidths": thick},
        "reached": {"colors": ORANGE, "linewidths": thick, "linestyles": (0, (3, 1.5))},
    }
    for name, lines in groups.items():
        axes.add_collection(LineCollection(lines, label=name, **looks[name]))


def _draw_units(axes: Axes, state: ConeState, cone: Cone, places: Sequence[NDArray]) -> None:
    for row, x in enumerate(places):
        mine = (np.arange(len(x)) == state.unit[1]) & (row == state.unit[0])
        seen, reached = cone.seen[row] & ~mine, cone.reached[row] & ~mine
        for which, marker, color, size in (
            (~(seen | reached | mine), "o", "white", 5),
            (seen, "s", BLUE, 8),
            (reached, "^", ORANGE, 9),
            (mine, "D", INK, 11),
        ):
            edge = "#767676" if marker == "o" else "white" if marker == "D" else color
            style = {"color": color, "markeredgecolor": edge, "markersize": size, "zorder": 4}
            axes.plot(x[which], np.full(which.sum(), row), marker, linestyle="", **style)
