"""The kernel slides over the input: multiply where they overlap, add up, move on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

from lecturelib.display.explorers.base import KeptFigure, Scene
from lecturelib.display.explorers.controls import Choice, Control, Slider, Switch
from lecturelib.display.explorers.indices import full_start
from lecturelib.display.explorers.words import factor, number, products, signal
from lecturelib.display.show import DOTS_AN_INCH
from lecturelib.display.style import (
    HIGHLIGHT,
    INPUT,
    KERNEL,
    MUTED,
    OUTPUT,
    ROLE_MARKERS,
    TEXT_COLORS,
    blank_figure,
)
from lecturelib.operators.shapes import mode_length, mode_start
from lecturelib.operators.signals import convolve, cross_correlate

MODES = ("full", "same", "valid")
MOST_INPUT, MOST_KERNEL = 10, 5
FAINT = 0.3
WIDTH, HEIGHT = 9.0, 6.4  # inches
LEFT, RIGHT = 0.145, 0.985  # of the figure's width
LINE, LETTER = 18, 9.5  # pixels that a line and a letter of a label take


@dataclass(frozen=True)
class Step:
    """All numbers of one position of the kernel.

    Parameters
    ----------
    places : ndarray of shape (K,)
        Indices of the input that lie under the kernel, some of them outside it.
    laid : ndarray of shape (K,)
        The kernel as it lies there: flipped for convolution.
    inputs : ndarray of shape (K,)
        The input at `places`, 0 outside it.
    covered : ndarray of bool, shape (K,)
        Which of the places are inside the input.
    products : ndarray of shape (K,)
        ``inputs * laid``.
    outputs : ndarray of shape (N + K - 1,)
        The full output.
    belongs : ndarray of bool, shape (N + K - 1,)
        Which outputs belong to the mode.
    first : int
        Index n of the first full output: 0 for convolution, 1 - K for cross-correlation, whose n is where the
        kernel begins.
    """

    places: np.ndarray
    laid: np.ndarray
    inputs: np.ndarray
    covered: np.ndarray
    products: np.ndarray
    outputs: np.ndarray
    belongs: np.ndarray
    first: int


def compute(x: np.ndarray, w: np.ndarray, n: int, flip: bool = True, mode: str = "full") -> Step:
    """Compute what is seen while the kernel lies at output position `n`.

    Parameters
    ----------
    x : ndarray of shape (N,)
        The input.
    w : ndarray of shape (K,)
        The kernel.
    n : int
        Step, counted from the first overlap: 0 to N + K - 2.
    flip : bool
        True for convolution, False for cross-correlation.
    mode : {"full", "same", "valid"}
        Which outputs count as part of the result.

    Returns
    -------
    Step

    Examples
    --------
    >>> step = compute(np.array([1, 2, 3, 5, 8]), np.array([1, 10, 100]), 3)
    >>> step.inputs, step.laid, step.products.sum()
    (array([2, 3, 5]), array([100,  10,   1]), np.int64(235))
    """
    places = np.arange(n - w.size + 1, n + 1)
    covered = (places >= 0) & (places < x.size)
    inputs = np.where(covered, x[np.clip(places, 0, x.size - 1)], 0)
    laid = w[::-1] if flip else w
    outputs = (convolve if flip else cross_correlate)(x, w, mode="full")
    first = full_start(w.size, flip)
    return Step(places, laid, inputs, covered, inputs * laid, outputs, belongs(x.size, w.size, mode), first)


def belongs(n: int, k: int, mode: str) -> np.ndarray:
    """Tell which of the n + k - 1 full outputs belong to a mode.

    Parameters
    ----------
    n, k : int
        Lengths of input and kernel.
    mode : {"full", "same", "valid"}
        "same" starts (k - 1) // 2 into the full output and is as long as the input; "valid" is where the
        shorter of the two lies wholly inside the longer.

    Returns
    -------
    ndarray of bool, shape (n + k - 1,)

    Examples
    --------
    >>> belongs(4, 3, "same").astype(int), belongs(4, 3, "valid").astype(int)
    (array([0, 1, 1, 1, 1, 0]), array([0, 0, 1, 1, 0, 0]))
    """
    index, start = np.arange(n + k - 1), mode_start(n, k, mode)
    return (index >= start) & (index < start + mode_length(n, k, mode))


class SlidingKernel(KeptFigure):
    """Slide a kernel over an input and watch one output after the other come about.

    Parameters
    ----------
    x : array_like of shape (N,)
        The input, 1 to 10 real numbers.
    w : array_like of shape (K,)
        The kernel, 1 to 5 real numbers.

    Raises
    ------
    TypeError, ValueError
        If `x` or `w` is not such a signal.

    Notes
    -----
    Four rows over one index axis: the input, the kernel laid for output n, their products, and the full
    output, in which what has been computed is drawn strong and what is to come faint. With the flip off the
    kernel lies as written and the output is the cross-correlation, whose first n is 1 - K.
    ``explorer.values`` holds n (the step), flip and mode.

    Examples
    --------
    >>> explorer = SlidingKernel([1, 2, 3, 5, 8], [1, 10, 100])
    >>> explorer.set(n=3)
    >>> explorer.sentence[:37]
    'n = 3: 2·100 + 3·10 + 5·1 = 235. The '
    """

    title = "A kernel slides over an input"
    description = (
        "Four rows of stems over one index axis: the input, the kernel at its present place, "
        "their products, and the outputs so far."
    )

    def __init__(self, x: ArrayLike = (1, 2, 3, 5, 8), w: ArrayLike = (1, 10, 100)) -> None:
        self.x = signal(x, "x", MOST_INPUT)
        self.w = signal(w, "w", MOST_KERNEL)
        super().__init__()

    def controls_for(self, values: Mapping[str, Any]) -> Sequence[Control]:
        """Position, flip, and the mode that is shaded."""
        last = self.x.size + self.w.size - 2
        first = full_start(self.w.size, values.get("flip") is not False)
        return (
            Slider("n", "Output n", 0, last, min(self.w.size - 1, last), play=900, first=first),
            Switch("flip", "Flip (convolution)", True),
            Choice("mode", "Shade mode", MODES, "full"),
        )

    def compute(self, values: Mapping[str, Any]) -> Step:
        """Return the numbers shown for `values`."""
        return compute(self.x, self.w, values["n"], values["flip"], values["mode"])

    def build(self, values: Mapping[str, Any]) -> Scene:
        """Lay out four rows over a common index axis."""
        figure = blank_figure(WIDTH, HEIGHT, layout="none")
        rows = figure.subplots(4, 1, sharex=True, height_ratios=[1, 1, 1.3, 1.15])
        figure.subplots_adjust(left=LEFT, right=RIGHT, top=0.985, bottom=0.09, hspace=0.12)
        names = (
            ("input\nx[i]", "input"),
            ("kernel\nlaid at n", "kernel"),
            ("products", "highlight"),
            ("output\ny[n]", "output"),
        )
        places = np.arange(1 - self.w.size, self.x.size + self.w.size - 1)
        for axes, (name, role) in zip(rows, names, strict=True):
            _quiet(axes, name, TEXT_COLORS[role])
            axes.axhline(0, color=MUTED, linewidth=1, zorder=1)
        rows[-1].set(
            xlim=(places[0] - 0.6, places[-1] + 0.6),
            xticks=places,
            xlabel="index (i of the input, n of the output)",
        )
        _stems(rows[0], np.arange(self.x.size), self.x, INPUT, ROLE_MARKERS["input"], zorder=2)
        both = convolve(self.x, self.w, mode="full"), cross_correlate(self.x, self.w, mode="full")
        for axes, values, lines in zip(
            rows, (self.x, self.w, np.outer(self.x, self.w), both), (1, 1, 2, 1), strict=True
        ):
            _limits(axes, values, lines)
        return Scene(figure, _moving_artists(rows, self.x.size, self.w.size))

    def update(self, scene: Scene, values: Mapping[str, Any]) -> str:
        """Lay the kernel at n, multiply, and draw the outputs so far."""
        step, parts = self.compute(values), scene.artists
        for window in parts["windows"]:
            window.set_x(step.places[0] - 0.5)
        _move(parts["kernel"], step.places, step.laid, [number(value, 3) for value in step.laid])
        labels = product_labels(step, self._letters())
        _move(parts["products"], step.places, step.products, labels, shown=step.covered)
        _draw_outputs(parts, step, values["n"], self._letters())
        return self._sentence(step, values)

    def _letters(self) -> int:
        """Return how many letters fit side by side into one place of the index axis."""
        places = self.x.size + 2 * (self.w.size - 1) + 0.2
        return int(WIDTH * DOTS_AN_INCH * (RIGHT - LEFT) / places / LETTER)

    def _sentence(self, step: Step, values: Mapping[str, Any]) -> str:
        n = values["n"]
        inside = step.covered
        terms = products(zip(step.inputs[inside], step.laid[inside], strict=True))
        kind = "flipped kernel" if values["flip"] else "kernel as written"
        first, last = step.places[inside][[0, -1]]
        covers = f"x[{first}]" if first == last else f"x[{first}] to x[{last}]"
        outside = int((~inside).sum())
        rest = f" and {outside} zero{'s' * (outside > 1)} outside it" if outside else ""
        result = f"n = {number(n + step.first)}: {terms} = {number(step.outputs[n])}."
        sentence = f"{result} The {kind} covers {covers}{rest}."
        if values["mode"] == "full":  # to which every output belongs
            return sentence
        member = "belongs" if step.belongs[n] else "does not belong"
        return f"{sentence} This output {member} to the mode “{values['mode']}”."


def _quiet(axes, name: str, color: str) -> None:
    """Strip a row of everything but its name."""
    axes.set_ylabel(
        name, rotation=0, ha="right", va="center", color=color, fontsize=12, fontweight="bold", labelpad=14
    )
    axes.set_yticks([])
    axes.grid(False)
    axes.tick_params(axis="x", length=0, labelsize=11)
    for side in ("left", "bottom", "right", "top"):
        axes.spines[side].set_visible(False)


def _limits(axes, values, lines: int) -> None:
    """Fix the height of a row so that every value has room for a label of `lines` lines above or below it."""
    low, high = min(0.0, float(np.min(values))), max(0.0, float(np.max(values)))
    pixels = axes.get_window_extent().height
    above = 10 + LINE * lines
    below = above if low < 0 else 16  # room for the ring round an output near 0
    unit = ((high - low) or 1.0) / (pixels - above - below)
    axes.set_ylim(low - below * unit, high + above * unit)


def _stems(axes, places, values, color, marker, *, zorder: float) -> None:
    """Draw stems that stay, with their numbers."""
    axes.vlines(places, 0, values, color=color, linewidth=2.4, zorder=zorder)
    axes.plot(places, values, linestyle="none", marker=marker, color=color, markersize=8, zorder=zorder)
    for place, value in zip(places, values, strict=True):
        _label(axes, place, value, number(value, 3), zorder=zorder)


def _label(axes, place, value, text: str, *, zorder: float):
    up = value >= 0
    return axes.annotate(
        text,
        (place, value),
        (0, 8 if up else -8),
        textcoords="offset points",
        ha="center",
        va="bottom" if up else "top",
        fontsize=12,
        linespacing=1.1,
        zorder=zorder,
    )


def _moving_artists(rows, n: int, k: int) -> dict[str, Any]:
    """Make the artists that follow the controls; all lie above what stays."""
    artists: dict[str, Any] = {"windows": [], "shade": []}
    for axes in rows[:3]:
        artists["windows"].append(
            axes.add_patch(
                Rectangle(
                    (0, 0),
                    k,
                    1,
                    transform=axes.get_xaxis_transform(),
                    color=KERNEL,
                    alpha=0.13,
                    lw=0,
                    zorder=3,
                )
            )
        )
    for position in range(n + k - 1):
        transform = rows[3].get_xaxis_transform()
        cell = Rectangle(
            (position - 0.5, 0), 1, 1, transform=transform, color=OUTPUT, alpha=0.13, lw=0, zorder=3
        )
        artists["shade"].append(rows[3].add_patch(cell))
    artists["kernel"] = _moving_stems(rows[1], k, KERNEL, ROLE_MARKERS["kernel"])
    artists["products"] = _moving_stems(rows[2], k, HIGHLIGHT, ROLE_MARKERS["highlight"])
    artists["outputs"] = _moving_stems(rows[3], n + k - 1, OUTPUT, ROLE_MARKERS["output"])
    (now,) = rows[3].plot([0], [0], linestyle="none", marker="o", markersize=17, fillstyle="none", zorder=6)
    now.set(color=HIGHLIGHT, markeredgewidth=2.6)
    artists["now"] = now
    return artists


def _moving_stems(axes, count: int, color: str, marker: str) -> list:
    """Make `count` stems to be moved later, as one list: each sample's stem, head and number in turn."""
    stems = []
    for _ in range(count):
        (line,) = axes.plot([0, 0], [0, 0], color=color, linewidth=2.4, zorder=4)
        (head,) = axes.plot([0], [0], linestyle="none", marker=marker, color=color, markersize=8, zorder=5)
        stems += [line, head, _label(axes, 0, 0, "", zorder=5)]
    return stems


def _move(stems: list, places, values, labels, *, shown=None) -> None:
    """Put moving stems at `places` with heights `values`; where not `shown`, only the label stays."""
    for index, (place, value, text) in enumerate(zip(places, values, labels, strict=True)):
        line, head, label = stems[3 * index : 3 * index + 3]
        visible = shown is None or bool(shown[index])
        line.set(data=([place, place], [0, value]), visible=visible)
        head.set(data=([place], [value]), visible=visible)
        label.xy = (place, value)
        up = value >= 0
        label.set(
            text=text,
            position=(0, 8 if up else -8),
            va="bottom" if up else "top",
            color="#1A1A1A" if visible else "#6B6B6B",
        )


def product_labels(step: Step, letters: int) -> list[str]:
    """Spell each product out, or give its value alone where there is no room; mark the places outside."""
    spelled = [f"{factor(a, 3)}·{factor(b, 3)}" for a, b in zip(step.inputs, step.laid, strict=True)]
    results = [number(value, 3) for value in step.products]
    if max(map(len, spelled)) <= letters:
        results = [f"{text}\n= {result}" for text, result in zip(spelled, results, strict=True)]
    outside = "outside" if len("outside") <= letters else "0"
    return [text if inside else outside for text, inside in zip(results, step.covered, strict=True)]


def _draw_outputs(parts: dict[str, Any], step: Step, n: int, letters: int) -> None:
    """Draw the outputs so far strong and the rest faint, ring the present one, shade those of the mode."""
    positions = np.arange(step.outputs.size)
    texts = [number(value, 3) for value in step.outputs]
    crowded = max(map(len, texts)) > letters  # then only the present one carries its number
    _move(parts["outputs"], positions + step.first, step.outputs, texts)
    for position in positions:
        for artist in parts["outputs"][3 * position : 3 * position + 2]:
            artist.set_alpha(1.0 if position <= n else FAINT)
        visible = position == n or (position < n and not crowded)
        weight = "bold" if position == n else "normal"
        parts["outputs"][3 * position + 2].set(visible=bool(visible), fontweight=weight)
        parts["shade"][position].set(visible=bool(step.belongs[position]), x=position + step.first - 0.5)
    parts["now"].set_data([n + step.first], [step.outputs[n]])
