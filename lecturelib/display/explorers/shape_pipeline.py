"""The shapes of a network, stage by stage: what fits, what it costs, how far a unit sees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import prod
from typing import Any

import numpy as np
import traitlets
from matplotlib.patches import Rectangle

from lecturelib.display.explorers.base import KeptFigure, Scene
from lecturelib.display.explorers.controls import Choice, Control, Slider
from lecturelib.display.explorers.shape_columns import (
    ROWS,
    SHEETS,
    TALLEST,
    lay_column,
    show_column,
    show_sheets,
)
from lecturelib.display.explorers.shape_words import column_words, details, sentence_of
from lecturelib.display.style import HIGHLIGHT, MUTED, TEXT_COLORS, blank_figure
from lecturelib.networks import Conv, Dense, Flatten, MaxPool, PartiallyConnected, Sequential
from lecturelib.operators.checks import one_of, whole_number
from lecturelib.operators.connections import random_connections
from lecturelib.operators.shapes import output_size

WIDTH, HEIGHT = 9.0, 4.75  # inches; everything is placed in inches from the lower left corner
LABELS, LINE = 1.14, 1.26  # inches: width of the column of labels, height of the line above the formulas
ROOM = {5: 1.27, 8: 0.84}  # inches for the largest input, by the number of columns


@dataclass(frozen=True)
class Stage:
    """One stage: "conv" has `maps`, `size` and what each map reads, "pool" size and stride, "dense" maps."""

    kind: str
    maps: int = 1
    size: int = 1
    stride: int = 1
    reads: int = 1


@dataclass(frozen=True)
class Network:
    """Stages after the input, and the sides that its square input may have."""

    stages: tuple[Stage, ...]
    smallest: int
    largest: int
    usual: int

    def least(self) -> int:
        """Return the smallest side that all stages fit on."""
        side = 1
        for stage in reversed([stage for stage in self.stages if stage.kind != "dense"]):
            side = (side - 1) * stage.stride + stage.size
        return side


NETWORKS = {
    "LeCun's example": Network(
        (
            Stage("conv", 64, 9),
            Stage("pool", 64, 10, 5),
            Stage("conv", 256, 9, 1, 16),
            Stage("pool", 256, 6, 6),
        ),
        60,
        120,
        83,
    ),
    "LeNet": Network(
        (
            Stage("conv", 6, 5),
            Stage("pool", 6, 2, 2),
            Stage("conv", 16, 5, 1, 6),
            Stage("pool", 16, 2, 2),
            *(Stage("dense", units) for units in (120, 84, 10)),
        ),
        8,
        48,
        32,
    ),
}


@dataclass(frozen=True)
class Passed:
    """What one stage amounts to.

    Attributes
    ----------
    shape : tuple of int
        Of its output: (maps, side, side), or (units,).
    parameters, multiply_adds : int
        Of this stage.
    field, jump : int or None
        The side of what a unit sees of the input, and how many inputs further its neighbour sees; None where
        it sees everything.
    unread : int
        Rows at the end of its input that no window reads; as many columns.
    """

    shape: tuple[int, ...]
    parameters: int = 0
    multiply_adds: int = 0
    field: int | None = 1
    jump: int | None = 1
    unread: int = 0


@dataclass(frozen=True)
class Pipeline:
    """A network on one input.

    Attributes
    ----------
    passed : tuple of Passed
        The input, and the stages that fit.
    missing : int
        Inputs along a side that the next stage lacks; 0 where all stages fit.
    """

    passed: tuple[Passed, ...]
    missing: int

    @property
    def parameters(self) -> int:
        """Those of all the stages that fit."""
        return sum(stage.parameters for stage in self.passed)

    @property
    def multiply_adds(self) -> int:
        """Those of all the stages that fit."""
        return sum(stage.multiply_adds for stage in self.passed)


@lru_cache(maxsize=8)
def _sliding(stage: Stage, channels: int) -> Conv | PartiallyConnected | MaxPool:
    """Make a layer that takes inputs of any side; its weights are never used."""
    rng = np.random.default_rng(0)
    if stage.kind == "pool":
        return MaxPool(stage.size, stride=stage.stride)
    if stage.reads == channels:
        return Conv(channels, stage.maps, stage.size, rng=rng)
    return PartiallyConnected(random_connections(rng, stage.maps, channels, stage.reads), stage.size, rng=rng)


@lru_cache(maxsize=256, typed=True)
def compute(network: str, size: int) -> Pipeline:
    """Pass a square image through a network, as far as it goes.

    Parameters
    ----------
    network : str
        "LeCun's example" or "LeNet".
    size : int
        Side of the image.

    Returns
    -------
    Pipeline

    Raises
    ------
    TypeError
        If `size` is not an integer.
    ValueError
        If there is no such network, or the size is smaller than 1.

    Examples
    --------
    >>> through = compute("LeCun's example", 83)
    >>> [stage.shape[-1] for stage in through.passed], [stage.field for stage in through.passed]
    ([83, 75, 14, 6, 1], [1, 9, 18, 58, 83])
    >>> compute("LeCun's example", 80).missing
    1
    """
    stages = NETWORKS[one_of("network", network, tuple(NETWORKS))].stages
    shape = first = (1, whole_number("size", size, at_least=1), size)
    passed, layers, missing = [Passed(shape)], [], 0
    for stage in stages:
        unread = 0
        if stage.kind == "dense":
            rng = np.random.default_rng(0)
            layers += [Flatten(), Dense(prod(shape), stage.maps, rng=rng)]
        else:
            try:
                side = output_size(shape[1], stage.size, stride=stage.stride)
            except ValueError:  # it does not fit even once
                missing = stage.size - shape[1]
                break
            unread = shape[1] - stage.size - (side - 1) * stage.stride
            layers.append(_sliding(stage, shape[0]))
        row = Sequential(*layers).summary(first).rows[-1]
        sees = Sequential(*layers).windows(first)
        field, jump = (None, None) if sees is None else sees[0][:2]
        shape = row.output_shape
        passed.append(Passed(shape, row.parameters, row.multiply_adds, field, jump, unread))
    return Pipeline(tuple(passed), missing)


class _SizeSlider(Slider):
    """A size that is out of range belongs to another network: this one begins with its usual one."""

    def nearest(self, value: Any) -> int:
        nearest = super().nearest(value)
        return nearest if nearest == value else self.value


class ShapePipeline(KeptFigure):
    """Follow an image through a network: shapes, parameters, work and receptive fields of its stages.

    Notes
    -----
    LeCun's worked example: an image of 83 by 83, 64 convolutions of 9 by 9, pooling of 10 by 10 with
    stride 5, 256 convolutions of 9 by 9 that read 16 of 64 maps each, pooling of 6 by 6; rectification and
    normalisation in between change no shape and have no parameters. LeNet: all maps of its second
    convolution read all six. Pooling has no multiply-adds here: no product with a parameter.
    ``explorer.values`` holds network, size and stage; a click on a column chooses its stage.

    Examples
    --------
    >>> explorer = ShapePipeline()
    >>> explorer.set(stage=4)
    >>> explorer.sentence[:96]
    "LeCun's example, input 83 × 83. Stage 4, pooling 6 × 6 with stride 6: ⌊(6 − 6) / 6⌋ + 1 = 1, so "
    >>> explorer.set(network="LeNet")
    >>> explorer.values
    {'network': 'LeNet', 'size': 32, 'stage': 4}
    """

    clickable = traitlets.Bool(True).tag(sync=True)
    title = "Shapes through a network"
    description = (
        "The stages of a network from left to right as stacks of squares in proportion. Under each: its "
        "shape, parameters, multiply-adds and receptive field. Below: the formulas of the chosen stage."
    )

    def controls_for(self, values: Mapping[str, Any]) -> Sequence[Control]:
        """Return the network, the side of its input, and the stage to look at."""
        names = tuple(NETWORKS)
        network = NETWORKS[values.get("network", names[0]) if values.get("network") in names else names[0]]
        return (
            Choice("network", "Network", names, names[0]),
            _SizeSlider("size", "Input", network.smallest, network.largest, network.usual, unit="px"),
            Slider("stage", "Stage (or click it)", 0, len(network.stages), 1),
        )

    def clicked(self, values: Mapping[str, Any], x: float, y: float) -> Mapping[str, Any]:
        """Choose the stage whose column was clicked; beside the columns and below them, nothing."""
        stages = len(NETWORKS[values["network"]].stages) + 1
        column = int((x * WIDTH - LABELS) // _column_width(stages))
        return {"stage": column} if 0 <= column < stages and (1 - y) * HEIGHT > LINE else {}

    def layout_key(self, values: Mapping[str, Any]) -> Any:
        """Each network has its own columns."""
        return values["network"]

    def build(self, values: Mapping[str, Any]) -> Scene:
        """Lay out one column for each stage, and the lines below."""
        figure = blank_figure(WIDTH, HEIGHT, layout="none")
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set(xlim=(0, WIDTH), ylim=(0, HEIGHT))
        axes.axis("off")
        labels = {
            "shape": "shape",
            "parameters": "parameters",
            "work": "multiply-adds",
            "sees": "a unit sees",
        }
        for row, label in labels.items():
            axes.text(0.08, ROWS[row], label, va="center", fontsize=11, color=TEXT_COLORS["muted"])
        for row in ("parameters", "work"):
            look = {"va": "center", "fontsize": 10, "color": TEXT_COLORS["muted"]}
            axes.text(0.08, ROWS[row] - 0.185, "share of all", **look)
        axes.axhline(LINE, xmin=0.01, xmax=0.99, color=MUTED, linewidth=0.8)
        stages = _with_input(NETWORKS[values["network"]])
        wide = _column_width(len(stages))
        artists: dict[str, Any] = {}
        for number, stage in enumerate(stages):
            sheets = 1 if stage.kind == "dense" else SHEETS[stage.maps]
            column = lay_column(axes, stage.kind, sheets, LABELS + wide * number, wide)
            artists |= {f"{number} {name}": part for name, part in column.items()}
        look = {"va": "center", "zorder": 5}
        artists["large"] = axes.text(1.14, 0.8, "", fontsize=25, fontweight="bold", ha="center", **look)
        artists["what"] = axes.text(1.14, 0.33, "", fontsize=12, ha="center", **look)
        for n in range(4):
            artists[f"line {n}"] = axes.text(2.3, 1.05 - 0.28 * n, "", fontsize=12, **look)
        field = Rectangle((0, 0), 1, 1, fill=False, edgecolor=HIGHLIGHT, linewidth=2.4, zorder=6)
        artists["field"] = axes.add_patch(field)
        return Scene(figure, artists)

    def update(self, scene: Scene, values: Mapping[str, Any]) -> str:
        """Put in shapes and numbers for this input, and the formulas of the chosen stage."""
        network, chosen, parts = NETWORKS[values["network"]], values["stage"], scene.artists
        through = compute(values["network"], values["size"])
        stages = _with_input(network)
        inch = ROOM[len(stages)] / network.largest
        for number, stage in enumerate(stages):
            own = f"{number} "
            column = {name.removeprefix(own): part for name, part in parts.items() if name.startswith(own)}
            column["band"].set_visible(number == chosen)
            show_column(column, *column_words(number, stage, through))
            middle = show_sheets(column, *_sides(number, stage, through, inch))
            if number == 0:
                _show_field(parts["field"], through, chosen, middle, inch)
        large, what, lines = details(network, chosen, through)
        parts["large"].set_text(large)
        parts["what"].set_text(what)
        for n in range(4):
            parts[f"line {n}"].set_text(lines[n] if n < len(lines) else "")
        return sentence_of(values, network, through)


def _column_width(stages: int) -> float:
    """Inches; the input counts as a stage."""
    return (WIDTH - LABELS - 0.06) / stages


def _with_input(network: Network) -> tuple[Stage, ...]:
    return Stage("input"), *network.stages


# The picture ------------------------------------------------------------------------------------------------


def _sides(number: int, stage: Stage, through: Pipeline, inch: float) -> tuple[float, float]:
    """Width and height of a stage's sheets in inches; a dense stage is a bar."""
    if number >= len(through.passed):
        return 0, 0
    if stage.kind == "dense":
        return 0.1, TALLEST * stage.maps / 120
    side = through.passed[number].shape[1]
    return side * inch, side * inch


def _show_field(square: Rectangle, through: Pipeline, chosen: int, middle: tuple, inch: float) -> None:
    """Frame on the input what a unit of the chosen stage sees."""
    square.set_visible(0 < chosen < len(through.passed))
    if square.get_visible():
        side = (through.passed[chosen].field or through.passed[0].shape[1]) * inch
        square.set(x=middle[0] - side / 2, y=middle[1] - side / 2, width=side, height=side)
