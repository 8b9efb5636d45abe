"""What the explorers that draw on a canvas share: arrays that the browser edits, and a still picture.

The drawing is JavaScript (`canvas.js` and the explorer's own script beside its Python). The numbers stay in
step with Python: after a drag, the next cell reads the edited array from the explorer.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import numpy as np
import traitlets
from numpy.typing import ArrayLike, NDArray

from lecturelib.display.show import figure_bundle

if TYPE_CHECKING:
    from matplotlib.colors import Colormap
    from matplotlib.figure import Figure

__all__ = ["CanvasExplorer", "FiniteArray", "finite_array"]

_HERE = Path(__file__).parent
INK, BLUE, ORANGE, GREEN = "#1a1a1a", "#0173b2", "#de8f05", "#029e73"


def read_beside(*names: str) -> str:
    """Return the files `names` of this folder, one after the other, as one text."""
    return "\n".join((_HERE / name).read_text(encoding="utf-8") for name in names)


def finite_array(name: str, value: ArrayLike, *, ndim: int, longest: int) -> NDArray[np.float64]:
    """Return `value` as a read-only float64 array, or say what is wrong with it.

    Parameters
    ----------
    name : str
        The argument's name, for the message.
    value : array_like
        Real, finite numbers; at least one along each axis.
    ndim : int
        Number of axes it must have.
    longest : int
        Most entries along an axis that the canvas can show.

    Returns
    -------
    ndarray
        A copy that cannot be written to: an edit in place would not reach the picture.

    Raises
    ------
    TypeError
        If `value` does not hold real numbers.
    ValueError
        If it has the wrong number of axes, is empty, too long, or holds NaN or infinity.

    Examples
    --------
    >>> finite_array("x", [1, 2], ndim=1, longest=8)
    array([1., 2.])
    """
    try:
        array = np.asarray(value)
    except ValueError as error:  # rows of different lengths
        message = f"{name} must be a rectangular array of numbers; its rows differ in length"
        raise ValueError(message) from error
    if array.dtype.kind not in "biuf":
        raise TypeError(f"{name} must hold real numbers; got dtype {array.dtype}")
    if array.ndim != ndim:
        raise ValueError(f"{name} must have {ndim} axes; got shape {array.shape}")
    if min(array.shape) < 1 or max(array.shape) > longest:
        raise ValueError(f"{name} must have 1 to {longest} entries along each axis; got shape {array.shape}")
    if not np.isfinite(array).all():
        raise ValueError(f"{name} must be finite; got NaN or infinity")
    array = array.astype(np.float64)
    array.flags.writeable = False
    return array


class FiniteArray(traitlets.TraitType):
    """A trait that holds a small, finite, read-only float64 array and travels as nested lists.

    Parameters
    ----------
    ndim, longest : int
        As in `finite_array`.
    """

    def __init__(self, *, ndim: int, longest: int) -> None:
        super().__init__(default_value=np.zeros((1,) * ndim))
        self.ndim, self.longest = ndim, longest
        self.tag(sync=True, to_json=lambda array, _: array.tolist())

    def validate(self, obj: Any, value: ArrayLike) -> NDArray[np.float64]:
        """Return `value` as the array that is kept; see `finite_array` for the errors."""
        return finite_array(self.name, value, ndim=self.ndim, longest=self.longest)


class CanvasExplorer(anywidget.AnyWidget):
    """Base of the canvas explorers: the live view, a sentence, and a still picture of the present state.

    A subclass gives `_esm`, the traits, `sentence` and `frame`.

    Notes
    -----
    The output holds three forms: the widget for a page with a kernel or with widget state, HTML with the
    still picture for a page without, and the sentence as plain text. The sentence depends on the state
    alone, so it is the same in every run.
    """

    _css = read_beside("canvas.css")

    def __init__(self, **traits: Any) -> None:
        try:
            super().__init__(**traits)
        except traitlets.TraitError as error:
            raise TypeError(str(error)) from error

    @property
    def sentence(self) -> str:
        """One sentence that says what the still picture shows."""
        raise NotImplementedError

    def frame(self) -> Figure:
        """Return the present state as a Matplotlib figure."""
        raise NotImplementedError

    def __repr__(self) -> str:
        return self.sentence

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict, dict] | None:
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is None:
            return None
        data, metadata = bundle
        return {**data, **figure_bundle(self.frame(), self.sentence)}, metadata


def presets_with(named: dict[str, list], given: NDArray) -> dict[str, list]:
    """Return the presets `named`, with the reader's own array in front unless it is one of them."""
    known = any(np.array_equal(given, array) for array in named.values())
    return named if known else {"as given": given.tolist(), **named}


def diverging_map() -> Colormap:
    """Return the canvas's own colours for signed values: blue below zero, white, red above."""
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("blue_red", ["#2166ac", "#ffffff", "#b2182b"])


def tidy(value: float, digits: int = 2) -> str:
    """Return `value` with at most `digits` decimals and a true minus sign, as the canvas writes it.

    Halves are rounded away from zero, as JavaScript does here, not to even.

    Examples
    --------
    >>> tidy(-2.50), tidy(3.0), tidy(-0.001)
    ('−2.5', '3', '0')
    """
    scale = 10**digits
    shown = math.copysign(math.floor(abs(float(value)) * scale + 0.5) / scale, value) + 0.0
    text = f"{shown:.{digits}f}"
    text = text.rstrip("0").rstrip(".") if digits else text
    return text.replace("-", "\N{MINUS SIGN}")
