"""The two-dimensional window: an image, a kernel and the sum of products, all editable by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import traitlets
from numpy.typing import ArrayLike, NDArray

from lecturelib.display.explorers.canvas import (
    INK,
    ORANGE,
    CanvasExplorer,
    FiniteArray,
    diverging_map,
    finite_array,
    presets_with,
    read_beside,
    tidy,
)
from lecturelib.display.style import blank_figure
from lecturelib.operators.signals import convolve, cross_correlate

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["IMAGES", "KERNELS", "Window2D", "WindowState", "WindowSum", "compute"]

LONGEST_IMAGE, LONGEST_KERNEL = 28, 7

DIGIT = [
    [0, 0, 6, 14, 13, 5, 0, 0],
    [0, 5, 16, 9, 10, 15, 1, 0],
    [0, 3, 6, 0, 4, 16, 3, 0],
    [0, 0, 0, 0, 9, 13, 0, 0],
    [0, 0, 0, 4, 16, 4, 0, 0],
    [0, 0, 3, 15, 7, 0, 0, 0],
    [0, 1, 14, 14, 8, 9, 5, 0],
    [0, 4, 14, 16, 16, 16, 11, 0],
]


def _block(rows: slice, columns: slice) -> list[list[int]]:
    image = np.zeros((8, 8), dtype=int)
    image[rows, columns] = 16
    return image.tolist()


IMAGES = {
    "digit": DIGIT,
    "edge": _block(slice(None), slice(4, None)),
    "dot": _block(slice(3, 4), slice(3, 4)),
    "square": _block(slice(2, 6), slice(2, 6)),
    "blank": _block(slice(0), slice(0)),
}
KERNELS = {
    "identity": [[0, 0, 0], [0, 1, 0], [0, 0, 0]],
    "shift": [[1, 0, 0], [0, 0, 0], [0, 0, 0]],
    "blur": [[0, 0.2, 0], [0.2, 0.2, 0.2], [0, 0.2, 0]],
    "sharpen": [[0, -1, 0], [-1, 5, -1], [0, -1, 0]],
    "Sobel x": [[1, 0, -1], [2, 0, -2], [1, 0, -1]],
    "Sobel y": [[1, 2, 1], [0, 0, 0], [-1, -2, -1]],
    "Laplacian": [[0, 1, 0], [1, -4, 1], [0, 1, 0]],
    "letter L": [[1, 0, 0], [2, 0, 0], [3, 4, 5]],
}


@dataclass(frozen=True)
class WindowState:
    """What the explorer shows: the arrays, where the window is, and whether the kernel is flipped."""

    image: NDArray[np.float64]
    kernel: NDArray[np.float64]
    row: int = 0
    column: int = 0
    flip: bool = True


@dataclass(frozen=True)
class WindowSum:
    """The output and how one of its cells comes about.

    Attributes
    ----------
    output : ndarray of shape (H - KH + 1, W - KW + 1)
        The valid output.
    laid : ndarray of shape (KH, KW)
        The kernel as it lies on the image: flipped along both axes for a convolution.
    window : ndarray of shape (KH, KW)
        The pixels under the kernel.
    value : float
        The sum of `laid * window`; equal to `output[row, column]`.
    """

    output: NDArray[np.float64]
    laid: NDArray[np.float64]
    window: NDArray[np.float64]
    value: float


def compute(state: WindowState) -> WindowSum:
    """Return the valid output for `state`, and the sum of products under the window.

    Parameters
    ----------
    state : WindowState
        image (H, W), kernel (KH, KW), and the output's cell (row, column).

    Returns
    -------
    WindowSum

    Examples
    --------
    >>> image, kernel = np.arange(12.0).reshape(3, 4), np.array([[1.0, 10.0]])
    >>> result = compute(WindowState(image, kernel, row=1, column=2))
    >>> result.window, result.laid, result.value
    (array([[6., 7.]]), array([[10.,  1.]]), 67.0)
    """
    operator = convolve if state.flip else cross_correlate
    laid = state.kernel[::-1, ::-1] if state.flip else state.kernel
    rows, columns = state.kernel.shape
    window = state.image[state.row : state.row + rows, state.column : state.column + columns]
    return WindowSum(
        output=operator(state.image, state.kernel, "valid"),
        laid=laid,
        window=window,
        value=float((laid * window).sum()),
    )


class Window2D(CanvasExplorer):
    """A window on an image: drag it, paint pixels, edit the kernel, and read the sum it makes.

    Parameters
    ----------
    image : array_like of shape (H, W), optional
        Pixels, at most 28 by 28. Default: a digit of 8 by 8 with values from 0 to 16.
    kernel : array_like of shape (KH, KW), optional
        Weights, at most 7 by 7 and no larger than the image. Default: Sobel's derivative along a row.
    row, column : int, optional
        The cell of the output that is spelled out. Default: the middle.
    flip : bool, default True
        True: convolution, the kernel lies flipped on the image. False: cross-correlation.
    tool : {"move", "draw"}, default "move"
        What dragging on the image does.

    Attributes
    ----------
    image, kernel : ndarray
        As they are now, edits included; read-only, so assign a new array to change one.
    output : ndarray of shape (H - KH + 1, W - KW + 1)
        The valid output of the present image and kernel.
    value : float
        The output's cell under the window.

    Raises
    ------
    TypeError
        If an array does not hold real numbers.
    ValueError
        If an array is empty, too large or not finite, the kernel is larger than the image, the cell lies
        outside the output, or `tool` is unknown.

    Notes
    -----
    The browser draws and computes; it does not wait for Python. Python hears of every edit and computes
    `output` again with `lecturelib.convolve` or `lecturelib.cross_correlate` when it is read.

    Examples
    --------
    >>> explorer = Window2D([[1, 2, 3], [4, 5, 6]], [[1, 10]])
    >>> explorer.output
    array([[12., 23.],
           [45., 56.]])
    """

    _esm = read_beside("canvas.js", "window2d.js")

    image = FiniteArray(ndim=2, longest=LONGEST_IMAGE)
    kernel = FiniteArray(ndim=2, longest=LONGEST_KERNEL)
    row = traitlets.Int(0).tag(sync=True)
    column = traitlets.Int(0).tag(sync=True)
    flip = traitlets.Bool(True).tag(sync=True)
    tool = traitlets.Unicode("move").tag(sync=True)
    _limit = traitlets.Float(1.0).tag(sync=True)
    _images = traitlets.Dict().tag(sync=True)
    _kernels = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        image: ArrayLike | None = None,
        kernel: ArrayLike | None = None,
        *,
        row: int | None = None,
        column: int | None = None,
        flip: bool = True,
        tool: str = "move",
    ) -> None:
        image = finite_array("image", DIGIT if image is None else image, ndim=2, longest=LONGEST_IMAGE)
        kernel = finite_array(
            "kernel", KERNELS["Sobel x"] if kernel is None else kernel, ndim=2, longest=LONGEST_KERNEL
        )
        _must_fit(image, kernel)
        rows, columns = _output_shape(image, kernel)
        super().__init__(
            image=image,
            kernel=kernel,
            row=rows // 2 if row is None else row,
            column=columns // 2 if column is None else column,
            flip=flip,
            tool=tool,
            _limit=float(np.abs(image).max()) or 16.0,
            _images=presets_with(IMAGES, image),
            _kernels=presets_with(KERNELS, kernel),
        )

    @traitlets.validate("image", "kernel")
    def _check_fit(self, proposal: dict[str, Any]) -> NDArray[np.float64]:
        arrays = {"image": self.image, "kernel": self.kernel, proposal["trait"].name: proposal["value"]}
        # Before __init__ has set both, one of them still is the 1 by 1 default.
        if self.trait_has_value("image") and self.trait_has_value("kernel"):
            _must_fit(**arrays)
        return proposal["value"]

    @traitlets.validate("row", "column")
    def _check_cell(self, proposal: dict[str, Any]) -> int:
        name, value = proposal["trait"].name, proposal["value"]
        size = _output_shape(self.image, self.kernel)[("row", "column").index(name)]
        if not 0 <= value < size:
            raise ValueError(f"{name} must be from 0 to {size - 1}, inside the output; got {value}")
        return value

    @traitlets.validate("tool")
    def _check_tool(self, proposal: dict[str, Any]) -> str:
        if proposal["value"] not in ("move", "draw"):
            raise ValueError(f"tool must be 'move' or 'draw'; got {proposal['value']!r}")
        return proposal["value"]

    @traitlets.observe("image", "kernel")
    def _stay_inside(self, change: dict[str, Any]) -> None:
        rows, columns = _output_shape(self.image, self.kernel)
        self.row, self.column = min(self.row, rows - 1), min(self.column, columns - 1)

    @property
    def state(self) -> WindowState:
        """The present state, as `compute` takes it."""
        return WindowState(self.image, self.kernel, self.row, self.column, self.flip)

    @property
    def output(self) -> NDArray[np.float64]:
        """The valid output of the present image and kernel."""
        return compute(self.state).output

    @property
    def value(self) -> float:
        """The output's cell under the window."""
        return compute(self.state).value

    @property
    def sentence(self) -> str:
        """One sentence that says what the still picture shows."""
        (height, width), (rows, columns) = self.image.shape, self.kernel.shape
        how = "flipped, which is convolution" if self.flip else "not flipped, which is cross-correlation"
        return (
            f"A {rows} × {columns} kernel lies on an image of {height} × {width}, {how}; "
            f"the products under the window add up to output[{self.row}, {self.column}] = {tidy(self.value)}."
        )

    def frame(self) -> Figure:
        """Return image with window, kernel as it lies, and output with the lit cell, as a figure."""
        result = compute(self.state)
        shapes = [self.image.shape, self.kernel.shape, result.output.shape]
        total = sum(shape[1] for shape in shapes)
        figure = blank_figure(9.5, max(2.4, 9.0 * max(s[0] for s in shapes) / (total + 3) + 0.6))
        axes = figure.subplots(1, 3, width_ratios=[shape[1] for shape in shapes])
        _draw_grid(axes[0], self.image, f"image {shapes[0][0]} × {shapes[0][1]}", "gray", (0, self._limit))
        _draw_grid(axes[1], result.laid, "kernel, flipped" if self.flip else "kernel, not flipped")
        _draw_grid(axes[2], result.output, f"output {shapes[2][0]} × {shapes[2][1]}")
        _frame_cells(axes[0], self.row, self.column, self.kernel.shape)
        _frame_cells(axes[2], self.row, self.column, (1, 1))
        return figure


def _output_shape(image: NDArray, kernel: NDArray) -> tuple[int, int]:
    return image.shape[0] - kernel.shape[0] + 1, image.shape[1] - kernel.shape[1] + 1


def _must_fit(image: NDArray, kernel: NDArray) -> None:
    if min(_output_shape(image, kernel)) < 1:
        raise ValueError(f"kernel must fit inside the image of shape {image.shape}; got shape {kernel.shape}")


def _draw_grid(
    axes: Axes,
    values: NDArray,
    title: str,
    colours: str | None = None,
    limits: tuple[float, float] | None = None,
) -> None:
    largest = float(np.abs(values).max()) or 1.0
    low, high = limits or (-largest, largest)
    shown = axes.imshow(values, cmap=colours or diverging_map(), vmin=low, vmax=high)
    axes.set_title(title, fontsize=11, color=INK)
    axes.set(xticks=[], yticks=[])
    if max(values.shape) > 8:
        return
    for (row, column), value in np.ndenumerate(values):
        dark = np.dot(shown.to_rgba(value)[:3], (0.2126, 0.7152, 0.0722)) > 0.5
        style = {"ha": "center", "va": "center", "fontsize": 9, "color": INK if dark else "white"}
        axes.text(column, row, tidy(value), **style)


def _frame_cells(axes: Axes, row: int, column: int, shape: tuple[int, int]) -> None:
    from matplotlib.patches import Rectangle

    for colour, thickness in ((INK, 5), (ORANGE, 3)):
        style = {"fill": False, "edgecolor": colour, "linewidth": thickness, "clip_on": False}
        axes.add_patch(Rectangle((column - 0.5, row - 0.5), shape[1], shape[0], **style))
