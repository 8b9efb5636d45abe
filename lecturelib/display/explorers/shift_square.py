"""The square of shifts: drag an image, and see where shifting and filtering disagree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import traitlets
from numpy.typing import ArrayLike, NDArray

from lecturelib.display.explorers.canvas import (
    INK,
    CanvasExplorer,
    FiniteArray,
    diverging_map,
    finite_array,
    presets_with,
    read_beside,
    tidy,
)
from lecturelib.display.explorers.window2d import DIGIT
from lecturelib.display.explorers.window2d import KERNELS as WINDOW_KERNELS
from lecturelib.display.plots.square import square
from lecturelib.display.style import TEXT_COLORS
from lecturelib.operators.signals import cross_correlate
from lecturelib.operators.symmetry import translate

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["IMAGES", "KERNELS", "BothWays", "ShiftSquare", "SquareState", "compute"]

LONGEST_IMAGE, LONGEST_KERNEL = 24, 7
REACH = 11  # pixels by which the image can be moved
BOUNDARIES, STRIDES = ("zeros", "circular"), (1, 2)
SHAPE = (12, 14)


def _images() -> dict[str, list]:
    digit, dot, bar = (np.zeros(SHAPE, dtype=int) for _ in range(3))
    digit[3:11, 5:13] = DIGIT
    dot[9, 10] = 16
    bar[2:10, 3:5] = 16
    noise = np.random.default_rng(0).integers(0, 17, SHAPE)
    return {name: a.tolist() for name, a in {"digit": digit, "dot": dot, "noise": noise, "bar": bar}.items()}


IMAGES = _images()
KERNELS = {name: WINDOW_KERNELS[name] for name in ("Sobel x", "blur", "Laplacian", "letter L")}


@dataclass(frozen=True)
class SquareState:
    """What the explorer shows: the image, the kernel of f, and the shift v (rows down, columns right)."""

    image: NDArray[np.float64]
    kernel: NDArray[np.float64]
    v: tuple[int, int] = (2, 1)
    boundary: str = "zeros"
    stride: int = 1


@dataclass(frozen=True)
class BothWays:
    """The corners of the square, and where the two ways to the last one differ.

    Attributes
    ----------
    v_out : tuple of two int
        The shift g' of the output: v // stride.
    gx : ndarray of shape (H, W)
        The shifted image.
    fx, fgx, gfx : ndarray of shape (ceil(H / stride), ceil(W / stride))
        f(x), f(g(x)) and g'(f(x)).
    gap : ndarray, same shape
        ``fgx - gfx``.
    wrong : ndarray of bool, same shape
        Where the gap is more than rounding.
    """

    v_out: tuple[int, int]
    gx: NDArray[np.float64]
    fx: NDArray[np.float64]
    fgx: NDArray[np.float64]
    gfx: NDArray[np.float64]
    gap: NDArray[np.float64]
    wrong: NDArray[np.bool_]


def compute(state: SquareState) -> BothWays:
    """Return both ways round the square for `state`.

    Parameters
    ----------
    state : SquareState
        f is the cross-correlation of mode "same", of which every `stride`-th row and column is kept.

    Returns
    -------
    BothWays

    Examples
    --------
    >>> image = np.ones((4, 5))
    >>> both = compute(SquareState(image, np.array([[1.0, 1, 1]]), v=(0, 2)))
    >>> both.gap[0], int(both.wrong.sum())
    (array([ 0.,  1.,  0.,  0., -1.]), 8)
    """

    def f(x: NDArray) -> NDArray:
        filtered = cross_correlate(x, state.kernel, "same", boundary=state.boundary, method="direct")
        return filtered[:: state.stride, :: state.stride]

    v_out = (state.v[0] // state.stride, state.v[1] // state.stride)
    gx = translate(state.image, state.v, boundary=state.boundary)
    fx, fgx = f(state.image), f(gx)
    gfx = translate(fx, v_out, boundary=state.boundary)
    least = 1e-9 * max(1.0, np.abs(fx).max(), np.abs(fgx).max())
    return BothWays(v_out, gx, fx, fgx, gfx, fgx - gfx, np.abs(fgx - gfx) > least)


class ShiftSquare(CanvasExplorer):
    """Drag an image by whole pixels, and see at which outputs the square does not close.

    Parameters
    ----------
    image : array_like of shape (H, W), optional
        The input x, at most 24 by 24. Default: a digit near the border of 12 by 14 pixels.
    kernel : array_like of shape (KH, KW), optional
        Of the cross-correlation f; at most 7 by 7 and no larger than the image. Default: Sobel's derivative
        along a row.
    v : (int, int), default (2, 1)
        The shift of the input: rows down and columns to the right, each from -11 to 11.
    boundary : {"zeros", "circular"}, default "zeros"
        What lies beyond the border, for f and for the shifts.
    stride : {1, 2}, default 1
        2: f keeps every second row and column, and the output is shifted by half of v, rounded down.

    Attributes
    ----------
    image, kernel, v, boundary, stride
        As they are now; assign to change one.
    wrong : ndarray of bool
        The outputs at which the two ways differ.
    gap : ndarray of float64
        ``f(g(x)) - g'(f(x))``.

    Raises
    ------
    TypeError
        If an array does not hold real numbers, or v is not a pair of integers.
    ValueError
        If an array is empty, too large or not finite, the kernel is larger than the image, or another
        argument is not one of its values.

    Notes
    -----
    The browser draws and computes; it does not wait for Python.

    Examples
    --------
    >>> explorer = ShiftSquare()
    >>> int(explorer.wrong.sum())
    7
    >>> explorer.v = (1, -4)
    >>> int(explorer.wrong.sum())
    0
    """

    _esm = read_beside("canvas.js", "shift_square.js")

    image = FiniteArray(ndim=2, longest=LONGEST_IMAGE)
    kernel = FiniteArray(ndim=2, longest=LONGEST_KERNEL)
    v = traitlets.Tuple(traitlets.Int(), traitlets.Int(), default_value=(0, 0)).tag(sync=True)
    boundary = traitlets.Unicode("zeros").tag(sync=True)
    stride = traitlets.Int(1).tag(sync=True)
    _images = traitlets.Dict().tag(sync=True)
    _kernels = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        image: ArrayLike | None = None,
        kernel: ArrayLike | None = None,
        *,
        v: tuple[int, int] = (2, 1),
        boundary: str = "zeros",
        stride: int = 1,
    ) -> None:
        image = finite_array(
            "image", IMAGES["digit"] if image is None else image, ndim=2, longest=LONGEST_IMAGE
        )
        kernel = finite_array(
            "kernel", KERNELS["Sobel x"] if kernel is None else kernel, ndim=2, longest=LONGEST_KERNEL
        )
        _must_fit(image, kernel)
        super().__init__(
            image=image,
            kernel=kernel,
            v=v,
            boundary=boundary,
            stride=stride,
            _images={name: a for name, a in presets_with(IMAGES, image).items() if _fits(a, kernel)},
            _kernels={name: a for name, a in presets_with(KERNELS, kernel).items() if _fits(image, a)},
        )

    @traitlets.validate("image", "kernel")
    def _check_fit(self, proposal: dict[str, Any]) -> NDArray[np.float64]:
        arrays = {"image": self.image, "kernel": self.kernel, proposal["trait"].name: proposal["value"]}
        # Before __init__ has set both, one of them still is the 1 by 1 default.
        if self.trait_has_value("image") and self.trait_has_value("kernel"):
            _must_fit(**arrays)
        return proposal["value"]

    @traitlets.validate("v")
    def _check_shift(self, proposal: dict[str, Any]) -> tuple[int, int]:
        if any(abs(step) > REACH for step in proposal["value"]):
            raise ValueError(f"v must lie between {-REACH} and {REACH} on both axes; got {proposal['value']}")
        return proposal["value"]

    @traitlets.validate("boundary", "stride")
    def _check_choice(self, proposal: dict[str, Any]) -> Any:
        name, value = proposal["trait"].name, proposal["value"]
        choices = {"boundary": BOUNDARIES, "stride": STRIDES}[name]
        if value not in choices:
            raise ValueError(f"{name} must be one of {', '.join(map(str, choices))}; got {value!r}")
        return value

    @property
    def state(self) -> SquareState:
        """The present state, as `compute` takes it."""
        return SquareState(self.image, self.kernel, self.v, self.boundary, self.stride)

    @property
    def wrong(self) -> NDArray[np.bool_]:
        """The outputs at which the two ways differ."""
        return compute(self.state).wrong

    @property
    def gap(self) -> NDArray[np.float64]:
        """The difference of the two ways."""
        return compute(self.state).gap

    @property
    def sentence(self) -> str:
        """What the picture shows, in the words of the page."""
        both = compute(self.state)
        beyond = "zeros beyond the border" if self.boundary == "zeros" else "a circular boundary"
        half = f"With stride 2, g′ shifts the output by half of v, {_pair(both.v_out)}. "
        if any(step % self.stride for step in self.v):
            half = (
                "Stride 2 and an odd number in v: no shift of the output is half of v, "
                f"so g′ rounds down to {_pair(both.v_out)}. "
            )
        end = f"The square closes: all {both.gap.size} outputs agree."
        if both.wrong.any():
            end = f"{_verdict(both)}, by up to {tidy(np.abs(both.gap).max())}."
        start = f"The image is shifted by v = {_pair(self.v)}, with {beyond}. "
        return start + (half if self.stride == 2 else "") + end

    def frame(self) -> Figure:
        """Return the square, the difference and the verdict as a figure."""
        both = compute(self.state)
        white = float(np.abs(self.image).max()) or 1.0
        panels = self.image / white, both.fx, both.gx / white, both.fgx, both.gfx
        figure = square(*panels, f="f", g="g")
        limit = float(np.abs(both.fx).max() or np.abs(both.fgx).max()) or 1.0
        x, fx, gx, fgx, gap = figure.axes
        for axes in (fx, fgx, gap):
            axes.images[0].set(clim=(-limit, limit), cmap=diverging_map())
        gx.set_title(f"$g(x)$, shifted by {_pair(self.v)}")
        fx.texts[-1].set_text("g′")
        gap.set_title("$f(g(x)) - g'(f(x))$")
        _mark(gap, both.wrong)
        look = {"ha": "center", "fontsize": 15, "fontweight": "bold"}
        color = TEXT_COLORS["highlight" if both.wrong.any() else "output"]
        gap.text(0.5, 1.22, _verdict(both), transform=gap.transAxes, color=color, **look)
        return figure


def _pair(values: tuple[int, int]) -> str:
    return f"({tidy(values[0])}, {tidy(values[1])})"


def _verdict(both: BothWays) -> str:
    count = int(both.wrong.sum())
    return f"{count} of {both.gap.size} outputs differ" if count else "the square closes"


def _mark(axes: Any, wrong: NDArray[np.bool_]) -> None:
    """Put a box around each output that differs, however little."""
    from matplotlib.patches import Rectangle

    for row, column in np.argwhere(wrong):
        place = (column - 0.42, row - 0.42)
        axes.add_patch(Rectangle(place, 0.84, 0.84, fill=False, edgecolor=INK, linewidth=1.1))


def _fits(image: ArrayLike, kernel: ArrayLike) -> bool:
    return all(k <= n for k, n in zip(np.shape(kernel), np.shape(image), strict=True))


def _must_fit(image: NDArray, kernel: NDArray) -> None:
    if not _fits(image, kernel):
        raise ValueError(f"kernel must fit inside the image of shape {image.shape}; got shape {kernel.shape}")
