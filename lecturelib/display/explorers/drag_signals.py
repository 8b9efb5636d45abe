"""A signal and a kernel whose samples are dragged: the output is a sum of scaled, shifted copies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import traitlets
from numpy.typing import ArrayLike, NDArray

from lecturelib.display.explorers.canvas import (
    BLUE,
    INK,
    ORANGE,
    CanvasExplorer,
    FiniteArray,
    finite_array,
    presets_with,
    read_beside,
    tidy,
)
from lecturelib.display.explorers.indices import full_start
from lecturelib.display.style import blank_figure
from lecturelib.operators.signals import convolve, cross_correlate

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["KERNELS", "DragSignals", "SignalCopies", "SignalState", "compute", "signals"]

LONGEST_SIGNAL, LONGEST_KERNEL = 24, 12
MODES = ("full", "same", "valid")
PANELS = ("x", "w", "y")

KERNELS = {
    "decay": [1, 0.75, 0.5, 0.25],
    "identity": [1, 0, 0, 0],
    "shift by 2": [0, 0, 1, 0],
    "moving average": [0.25, 0.25, 0.25, 0.25],
    "difference": [1, -1, 0, 0],
    "echo": [1, 0, 0, 0.5],
}


def signals(n: int = 10) -> dict[str, list[float]]:
    """Return the named signals of `n` samples; the noise is the same every time.

    Parameters
    ----------
    n : int
        Number of samples, at least 1.

    Returns
    -------
    dict of str to list of float

    Examples
    --------
    >>> signals(5)["step"]
    [0.0, 0.0, 1.0, 1.0, 1.0]
    """
    i = np.arange(n)
    noise = np.random.default_rng(0).normal(scale=0.4, size=n)
    named = {
        "three impulses": 2.0 * (i == n // 10) - (i == n // 2) + 1.5 * (i == (7 * n) // 10),
        "impulse": 1.0 * (i == n // 4),
        "box": 1.0 * ((i >= n // 4) & (i < n // 4 + max(1, n // 3))),
        "step": 1.0 * (i >= n // 2),
        "ramp": 2.0 * i / max(1, n - 1),
        "noisy sine": 1.5 * np.sin(2 * np.pi * i / n) + noise,
    }
    return {name: np.round(values, 1).tolist() for name, values in named.items()}


@dataclass(frozen=True)
class SignalState:
    """What the explorer shows: both sequences, the operation and the part of the output that is kept."""

    x: NDArray[np.float64]
    w: NDArray[np.float64]
    flip: bool = True
    mode: str = "full"


@dataclass(frozen=True)
class SignalCopies:
    """The output, and the copies that it is the sum of.

    Attributes
    ----------
    full : ndarray of shape (n + m - 1,)
        The output wherever the sequences overlap at all.
    output : ndarray
        The part of it that the mode keeps.
    copies : ndarray of shape (n, n + m - 1)
        Row i is the kernel times x[i], at the place where it is added; the rows add up to `full`.
    first : int
        Index of ``full[0]``: 0 for a convolution, -(m - 1) for a cross-correlation.
    """

    full: NDArray[np.float64]
    output: NDArray[np.float64]
    copies: NDArray[np.float64]
    first: int


def compute(state: SignalState) -> SignalCopies:
    """Return the output for `state` and the scaled, shifted copies of the kernel that add up to it.

    Parameters
    ----------
    state : SignalState
        x (n,), w (m,), the operation and the mode.

    Returns
    -------
    SignalCopies

    Examples
    --------
    >>> result = compute(SignalState(np.array([2.0, 0, -1]), np.array([1.0, 3])))
    >>> result.copies[0], result.copies[2], result.full
    (array([2., 6., 0., 0.]), array([ 0.,  0., -1., -3.]), array([ 2.,  6., -1., -3.]))
    """
    n, m = len(state.x), len(state.w)
    operator = convolve if state.flip else cross_correlate
    copy = state.w if state.flip else state.w[::-1]
    copies = np.zeros((n, n + m - 1))
    for i, value in enumerate(state.x):
        copies[i, i : i + m] = value * copy
    return SignalCopies(
        full=operator(state.x, state.w, "full"),
        output=operator(state.x, state.w, state.mode),
        copies=copies,
        first=full_start(m, state.flip),
    )


class DragSignals(CanvasExplorer):
    """A signal against a kernel: drag the heads of their stems and watch the output follow.

    Parameters
    ----------
    x : array_like of shape (n,), optional
        The signal, 1 to 24 samples. Default: ten samples with three impulses.
    w : array_like of shape (m,), optional
        The kernel, 1 to 12 samples. Default: 1, 0.75, 0.5, 0.25.
    flip : bool, default True
        True: convolution. False: cross-correlation.
    mode : {"full", "same", "valid"}, default "full"
        The part of the output that is kept; the rest is drawn, and marked as left out.

    Attributes
    ----------
    x, w : ndarray
        As they are now, edits included; read-only, so assign a new array to change one.
    output : ndarray
        The output in the chosen mode, with the lengths of `lecturelib.convolve`.
    panel, index : str, int
        The chosen sample: a panel ("x", "w" or "y") and the place in it, counted from 0.

    Raises
    ------
    TypeError
        If `x` or `w` does not hold real numbers.
    ValueError
        If one is empty, too long or not finite, or `mode` or `panel` is unknown.

    Notes
    -----
    The copy of the chosen sample lies on the axis, so that its shape is the kernel's; the other copies are
    stacked on it. Choose a sample of w and the copies are those of x: convolution commutes.

    Examples
    --------
    >>> DragSignals([1, 2, 3], [0, 1, 0.5], mode="same").output
    array([1. , 2.5, 4. ])
    """

    _esm = read_beside("canvas.js", "drag_signals.js", "drag_signals_page.js")

    x = FiniteArray(ndim=1, longest=LONGEST_SIGNAL)
    w = FiniteArray(ndim=1, longest=LONGEST_KERNEL)
    flip = traitlets.Bool(True).tag(sync=True)
    mode = traitlets.Unicode("full").tag(sync=True)
    panel = traitlets.Unicode("x").tag(sync=True)
    index = traitlets.Int(0).tag(sync=True)
    _signals = traitlets.Dict().tag(sync=True)
    _kernels = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        x: ArrayLike | None = None,
        w: ArrayLike | None = None,
        *,
        flip: bool = True,
        mode: str = "full",
    ) -> None:
        x = finite_array("x", signals()["three impulses"] if x is None else x, ndim=1, longest=LONGEST_SIGNAL)
        w = finite_array("w", KERNELS["decay"] if w is None else w, ndim=1, longest=LONGEST_KERNEL)
        super().__init__(
            x=x,
            w=w,
            flip=flip,
            mode=mode,
            index=int(np.argmax(np.abs(x))),
            _signals=presets_with(signals(len(x)), x),
            _kernels=presets_with(KERNELS, w),
        )

    @traitlets.validate("mode", "panel")
    def _check_choice(self, proposal: dict[str, Any]) -> str:
        name, value = proposal["trait"].name, proposal["value"]
        choices = {"mode": MODES, "panel": PANELS}[name]
        if value not in choices:
            raise ValueError(f"{name} must be one of {', '.join(choices)}; got {value!r}")
        return value

    @traitlets.validate("index")
    def _check_index(self, proposal: dict[str, Any]) -> int:
        last = self._length - 1
        if not 0 <= proposal["value"] <= last:
            raise ValueError(f"index must be from 0 to {last} in panel {self.panel}; got {proposal['value']}")
        return proposal["value"]

    @traitlets.observe("x", "w", "panel")
    def _stay_inside(self, change: dict[str, Any]) -> None:
        self.index = min(self.index, self._length - 1)

    @property
    def _length(self) -> int:
        """Number of samples in the chosen panel."""
        n, m = len(self.x), len(self.w)
        return {"x": n, "w": m, "y": n + m - 1}[self.panel]

    @property
    def state(self) -> SignalState:
        """The present state, as `compute` takes it."""
        return SignalState(self.x, self.w, self.flip, self.mode)

    @property
    def output(self) -> NDArray[np.float64]:
        """The output in the chosen mode."""
        return compute(self.state).output

    @property
    def sentence(self) -> str:
        """One sentence that says what the still picture shows."""
        n, m, i = len(self.x), len(self.w), self._source
        name = "convolution x ∗ w" if self.flip else "cross-correlation x ⋆ w"
        first = compute(self.state).first + i
        return (
            f"The {name} of {n} samples with {m} is the sum of {n} shifted copies of w, "
            f"each times a sample of x; the copy of x[{i}] = {tidy(self.x[i])} covers "
            f"y[{first}] to y[{first + m - 1}]."
        )

    @property
    def _source(self) -> int:
        return self.index if self.panel == "x" else int(np.argmax(np.abs(self.x)))

    def frame(self) -> Figure:
        """Return x, w and the stacked copies that make the output, as a figure."""
        result, source = compute(self.state), self._source
        figure = blank_figure(9.5, 5.0)
        width_ratios = [len(result.full), len(self.w) + 1]
        (left, right), (axes, unused) = figure.subplots(
            2, 2, width_ratios=width_ratios, height_ratios=[2, 3], squeeze=False
        )
        unused.remove()
        index = result.first + np.arange(len(result.full))
        _draw_stems(left, np.arange(len(self.x)), self.x, "signal x", BLUE, source)
        _draw_stems(right, np.arange(len(self.w)), self.w, "kernel w", ORANGE, None)
        _draw_stack(axes, index, result, source)
        for aligned in (left, axes):  # x[i] stands above y[i], as on the canvas
            aligned.set_xlim(index[0] - 0.6, index[-1] + 0.6)
        return figure


def _draw_stems(
    axes: Axes, index: NDArray, values: NDArray, title: str, colour: str, strong: int | None
) -> None:
    axes.axhline(0, color=INK, linewidth=0.8)
    axes.vlines(index, 0, values, color=colour, linewidth=2)
    axes.plot(index, values, "o", color=colour, markersize=7)
    if strong is not None:
        ring = {"markersize": 13, "markerfacecolor": "none", "markeredgecolor": INK}
        axes.plot(index[strong], values[strong], "o", **ring)
    axes.set_title(title, fontsize=11)
    axes.set_xticks(index)
    axes.margins(y=0.25)


def _draw_stack(axes: Axes, index: NDArray, result: SignalCopies, source: int) -> None:
    order = [source, *(i for i in range(len(result.copies)) if i != source)]
    above, below = np.zeros(len(index)), np.zeros(len(index))
    for i in order:
        copy = result.copies[i]
        base = np.where(copy < 0, below, above)
        style = {"facecolor": ORANGE, "hatch": "//"} if i == source else {"facecolor": "#dcdcdc"}
        axes.bar(index, copy, bottom=base, width=0.7, edgecolor=INK, linewidth=0.6, **style)
        above, below = above + np.maximum(copy, 0), below + np.minimum(copy, 0)
    axes.axhline(0, color=INK, linewidth=0.8)
    reach = 1.12 * max(above.max(), -below.min(), 1e-9)
    axes.set_ylim(min(-0.1 * reach, 1.12 * below.min()), max(0.1 * reach, 1.12 * above.max()))
    axes.plot(index, result.full, "D", color=INK, markersize=6)
    axes.set_title(f"output y (diamonds) = sum of the copies; hatched: x[{source}]·w", fontsize=11)
    axes.set_xticks(index)
