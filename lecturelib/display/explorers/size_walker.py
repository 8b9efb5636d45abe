"""How long the output is: a window walks along a padded row, and some cells are never read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import traitlets
from numpy.typing import NDArray

from lecturelib.display.explorers.canvas import BLUE, INK, ORANGE, CanvasExplorer, read_beside, tidy
from lecturelib.display.style import HIGHLIGHT, TEXT_COLORS, blank_figure
from lecturelib.operators.shapes import output_size

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["RANGES", "SizeWalker", "Walk", "WalkState", "compute", "named_paddings"]

#: Smallest and largest value of each number.
RANGES = {"n": (4, 24), "k": (1, 5), "padding": (0, 8), "stride": (1, 4), "dilation": (1, 3)}
FEW = 4  # cells that are named one by one
MANY = 30  # cells that are too narrow, in the still, to write the place into each
FORMULA = "outputs = ⌊(n + 2p − d·(k − 1) − 1) / s⌋ + 1"


@dataclass(frozen=True)
class WalkState:
    """What the explorer shows: a row, a kernel, and the output whose window is drawn."""

    n: int = 6
    k: int = 3
    padding: int = 1
    stride: int = 2
    dilation: int = 1
    output: int = 0


@dataclass(frozen=True)
class Walk:
    """Where the windows lie, and what they read.

    Attributes
    ----------
    outputs : int
        How many windows fit; 0 where none does.
    extent : int
        Cells from the first tap to the last.
    room : int
        ``n + 2 padding - extent``, below 0 where no window fits.
    taps : ndarray of int, shape (outputs, k)
        The places that each output reads. Place 0 is the first input, so zeros lie below 0 and from n on.
    reads : ndarray of int, shape (n + 2 padding,)
        In how many windows each cell takes part, the first zero first.
    inputs_read : ndarray of int, shape (outputs,)
        How many of its k cells are inputs, for each output; the others are zeros.
    unused : tuple of int
        Places that no window reads.
    """

    outputs: int
    extent: int
    room: int
    taps: NDArray[np.int_]
    reads: NDArray[np.int_]
    inputs_read: NDArray[np.int_]
    unused: tuple[int, ...]


def compute(state: WalkState) -> Walk:
    """Return all windows of a row.

    Parameters
    ----------
    state : WalkState
        As many zeros are added before the row as behind it.

    Returns
    -------
    Walk

    Examples
    --------
    >>> walk = compute(WalkState(n=6, k=3, padding=1, stride=2))
    >>> walk.outputs, walk.taps[:, 0].tolist(), walk.reads.tolist(), walk.unused
    (3, [-1, 1, 3], [1, 1, 2, 1, 2, 1, 1, 0], (6,))
    """
    n, k, p = state.n, state.k, state.padding
    extent = state.dilation * (k - 1) + 1
    room = n + 2 * p - extent
    outputs = 0
    if room >= 0:
        outputs = output_size(n, k, stride=state.stride, padding=p, dilation=state.dilation)
    taps = np.arange(outputs)[:, None] * state.stride - p + np.arange(k) * state.dilation
    reads = np.bincount((taps + p).ravel(), minlength=n + 2 * p)
    inputs_read = ((taps >= 0) & (taps < n)).sum(axis=1)
    unused = tuple(int(place) - p for place in np.flatnonzero(reads == 0))
    return Walk(outputs, extent, room, taps, reads, inputs_read, unused)


def named_paddings(k: int, dilation: int = 1) -> dict[str, int]:
    """Return the paddings that have a name.

    Parameters
    ----------
    k, dilation : int
        Taps of the kernel, and the cells from one to the next.

    Returns
    -------
    dict of str to int
        Zeros on each side for "valid", "same" and "full". "same" gives ``ceil(n / stride)`` outputs; it is
        missing where as many zeros on both sides cannot do that.

    Examples
    --------
    >>> named_paddings(3), named_paddings(4)
    ({'valid': 0, 'same': 1, 'full': 2}, {'valid': 0, 'full': 3})
    """
    reach = dilation * (k - 1)
    return {"valid": 0} | ({} if reach % 2 else {"same": reach // 2}) | {"full": reach}


class SizeWalker(CanvasExplorer):
    """Drag a window along a row, count the outputs, and find the cells that no window reads.

    Parameters
    ----------
    n : int, default 6
        Inputs, 4 to 24.
    k : int, default 3
        Taps of the kernel, 1 to 5.
    padding : int, default 1
        Zeros on each side, 0 to 8.
    stride : int, default 2
        Cells from one window to the next, 1 to 4.
    dilation : int, default 1
        Cells from one tap to the next, 1 to 3.
    output : int, default 0
        The output whose window is shown.

    Attributes
    ----------
    n, k, padding, stride, dilation, output
        As they are now; assign to change one. An output that there is no more becomes the last one.
    walk : Walk
        The numbers of the picture.

    Raises
    ------
    TypeError
        If an argument is not an integer.
    ValueError
        If a number is out of range.

    Notes
    -----
    The browser draws and computes; it does not wait for Python. Places are counted from the first
    input, so that adding zeros renames no input: zeros lie at places below 0 and from n on.

    The padding "same" of `lecturelib.conv` adds only the zeros that are read, where a stride leaves some
    out; the "same" of this explorer adds as many before as behind.

    Examples
    --------
    >>> explorer = SizeWalker()
    >>> explorer.walk.outputs, explorer.walk.unused
    (3, (6,))
    >>> explorer.n = 7
    >>> explorer.walk.outputs, explorer.walk.unused
    (4, ())
    """

    _esm = read_beside("canvas.js", "size_walker.js")

    n = traitlets.Int(6).tag(sync=True)
    k = traitlets.Int(3).tag(sync=True)
    padding = traitlets.Int(1).tag(sync=True)
    stride = traitlets.Int(2).tag(sync=True)
    dilation = traitlets.Int(1).tag(sync=True)
    output = traitlets.Int(0).tag(sync=True)

    def __init__(
        self,
        n: int = 6,
        k: int = 3,
        *,
        padding: int = 1,
        stride: int = 2,
        dilation: int = 1,
        output: int = 0,
    ) -> None:
        # The row first, then the window on it.
        super().__init__(n=n, k=k, padding=padding, stride=stride, dilation=dilation)
        try:
            self.output = output
        except traitlets.TraitError as error:
            raise TypeError(str(error)) from error

    @traitlets.validate(*RANGES)
    def _check_number(self, proposal: dict[str, Any]) -> int:
        name, value = proposal["trait"].name, proposal["value"]
        low, high = RANGES[name]
        if not low <= value <= high:
            raise ValueError(f"{name} must lie between {low} and {high}; got {value}")
        return value

    @traitlets.validate("output")
    def _check_output(self, proposal: dict[str, Any]) -> int:
        last = max(self.walk.outputs - 1, 0)
        if not 0 <= proposal["value"] <= last:
            raise ValueError(f"output must lie between 0 and {last}; got {proposal['value']}")
        return proposal["value"]

    @traitlets.observe(*RANGES)
    def _keep_an_output(self, _: Any) -> None:
        self.output = min(self.output, max(self.walk.outputs - 1, 0))

    @property
    def state(self) -> WalkState:
        """The present state, as `compute` takes it."""
        return WalkState(self.n, self.k, self.padding, self.stride, self.dilation, self.output)

    @property
    def walk(self) -> Walk:
        """Where the windows lie, and what they read."""
        return compute(self.state)

    @property
    def sentence(self) -> str:
        """What the picture shows, in the words of the page."""
        return _sentence(self.state, self.walk)

    def frame(self) -> Figure:
        """Return the row, its windows and its outputs as a figure."""
        return _still(self.state, self.walk)


# Words ------------------------------------------------------------------------------------------------------


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _arithmetic(state: WalkState, walk: Walk) -> str:
    """Write the formula with the numbers put in, up to its result, and say so where that counts nothing."""
    inside = f"{state.n} + 2·{state.padding} − {state.dilation}·({state.k} − 1) − 1"
    value = walk.room // state.stride + 1
    none = "" if walk.outputs else " < 1: no window fits"
    return (
        f"⌊({inside}) / {state.stride}⌋ + 1 = ⌊{tidy(walk.room)} / {state.stride}⌋ + 1 = {tidy(value)}{none}"
    )


def _never_read(state: WalkState, walk: Walk) -> str:
    groups = {
        "input": [place for place in walk.unused if 0 <= place < state.n],
        "zero": [place for place in walk.unused if not 0 <= place < state.n],
    }
    if not walk.unused:
        return "Every cell is read."
    parts = []
    for noun, places in groups.items():
        if places and len(walk.unused) > FEW:
            parts.append(_count(len(places), noun))
        elif places:
            several = len(places) > 1
            where = f"place{'s' * several} {', '.join(map(tidy, places))}"
            parts.append(f"the {noun}{'s' * several} at {where}")
    return f"Never read: {' and '.join(parts)}."


def _headline(walk: Walk) -> str:
    return _count(walk.outputs, "output") if walk.outputs else "no output"


def _sentence(state: WalkState, walk: Walk) -> str:
    row = f"{state.n} inputs, {_count(state.padding, 'zero')} on each side"
    start = (
        f"{row}, kernel of {state.k}, stride {state.stride}, dilation {state.dilation}: "
        f"{_arithmetic(state, walk)}"
    )
    if not walk.outputs:
        cells = state.n + 2 * state.padding
        return f"{start}. The kernel covers {walk.extent} cells, the padded row has {cells}."
    inputs = int(walk.inputs_read[state.output])
    places = walk.taps[state.output]
    where = f"place{'s' * (len(places) > 1)} {', '.join(map(tidy, places))}"
    return (
        f"{start} {'output' if walk.outputs == 1 else 'outputs'}. Output {state.output} reads {where}: "
        f"{_count(inputs, 'input')}, {_count(state.k - inputs, 'zero')}. {_never_read(state, walk)}"
    )


# The still picture ------------------------------------------------------------------------------------------


def _still(state: WalkState, walk: Walk) -> Figure:
    """Draw what the page shows: counts, cells, windows, outputs, from above."""
    figure = blank_figure(9, 4.1, layout="none")
    axes = figure.add_axes((0.015, 0.0, 0.97, 1.0))
    left = -state.padding - 0.5
    cells = state.n + 2 * state.padding
    axes.set(xlim=(left - 0.08, left + max(cells, walk.extent, 15) + 0.08), ylim=(4.1, 0))
    axes.axis("off")
    place = {"transform": axes.get_yaxis_transform(), "va": "center"}
    axes.text(0, 0.24, _headline(walk), fontsize=22, fontweight="bold", **place)
    color = TEXT_COLORS["highlight" if walk.unused or not walk.outputs else "output"]
    axes.text(1, 0.24, _aside(state, walk), fontsize=14, fontweight="bold", color=color, ha="right", **place)
    axes.text(0, 0.58, FORMULA, fontsize=12, color=TEXT_COLORS["muted"], **place)
    axes.text(0, 0.82, f"outputs = {_arithmetic(state, walk)}", fontsize=12, **place)
    axes.text(0, 1.14, "in how many windows each cell takes part", fontsize=11, **place)
    _draw_cells(axes, state, walk)
    _draw_outputs(axes, state, walk)
    below = f"the kernel covers {walk.extent} cells, the padded row has {cells}"
    if walk.outputs:
        below = "below each output: how many of its cells are inputs"
    axes.text(0, 3.97, below, fontsize=11, **place)
    return figure


def _aside(state: WalkState, walk: Walk) -> str:
    if not walk.outputs:
        return "no window fits"
    if len(walk.unused) > 1:
        return f"{len(walk.unused)} cells are never read"
    noun = "input" if walk.unused and 0 <= walk.unused[0] < state.n else "zero"
    return (
        f"the {noun} at place {tidy(walk.unused[0])} is never read" if walk.unused else "every cell is read"
    )


BASE, CELLS, OUTPUTS = 1.93, (1.97, 2.42), (3.15, 3.57)  # inches from the top: of the bars, rows from and to


def _box(axes: Axes, x: float, rows: Sequence[float], width: float = 0.9, **look: Any) -> None:
    from matplotlib.patches import Rectangle

    low, high = rows
    axes.add_patch(Rectangle((x - width / 2, low), width, high - low, **look))


def _draw_cells(axes: Axes, state: WalkState, walk: Walk) -> None:
    chosen = set(walk.taps[state.output].tolist()) if walk.outputs else set()
    wide = len(walk.reads) < MANY
    small = {"ha": "center", "va": "center", "fontsize": 11 if wide else 9}
    for index, count in enumerate(walk.reads):
        x = index - state.padding
        inside = 0 <= x < state.n
        fill = "#F6C667" if x in chosen else "#D5E8F3" if inside and count else "white"
        look = {"facecolor": fill, "edgecolor": INK if inside else "#767676"}
        hatch = {"hatch": "////", "edgecolor": HIGHLIGHT} if not count and walk.outputs else {}
        _box(axes, x, CELLS, **look | {"linestyle": "-" if inside else "--", "zorder": 3} | hatch)
        _box(axes, x, (BASE - 0.1 * count, BASE), 0.6, facecolor=BLUE if inside else "#949494", label="reads")
        never = {"color": TEXT_COLORS["highlight"], "fontweight": "bold"} if not count else {}
        axes.text(x, BASE - 0.1 * count - 0.1, str(count), **small, **never)
        plate = {"boxstyle": "square,pad=0.15", "facecolor": "white", "edgecolor": "none"}
        bbox = {"bbox": plate} if not count and walk.outputs else {}
        if wide or x % 2 == 0:
            axes.text(x, sum(CELLS) / 2, tidy(x), **small, zorder=5, **bbox)


def _draw_outputs(axes: Axes, state: WalkState, walk: Walk) -> None:
    """Draw each output at the place of its window, with a line to each of its cells."""
    small = {"ha": "center", "va": "center", "fontsize": 11 if len(walk.reads) < MANY else 9}
    first = int(walk.taps[state.output, 0]) if walk.outputs else -state.padding
    middle = first + (walk.extent - 1) / 2
    frame = {"fill": False, "edgecolor": ORANGE if walk.outputs else HIGHLIGHT, "linewidth": 3, "zorder": 6}
    _box(axes, middle, (CELLS[0] - 0.03, CELLS[1] + 0.03), walk.extent, label="window", **frame)
    for number, taps in enumerate(walk.taps):
        x, mine = taps.mean(), number == state.output
        look = (
            {"color": ORANGE, "linewidth": 2, "zorder": 2} if mine else {"color": "#D0D0D0", "linewidth": 0.8}
        )
        for tap in taps:
            axes.plot([tap, x], [CELLS[1], OUTPUTS[0]], **look)
        look = (
            {"facecolor": "#F6C667", "linewidth": 2.5} if mine else {"facecolor": "#CFEBE2", "linewidth": 1}
        )
        _box(axes, x, OUTPUTS, edgecolor=INK, zorder=4, label="output", **look)
        weight = "bold" if mine else "normal"
        axes.text(x, sum(OUTPUTS) / 2, str(number), **small, zorder=5, fontweight=weight)
        axes.text(x, OUTPUTS[1] + 0.14, str(walk.inputs_read[number]), **small, fontweight=weight)
