"""A prior that grows infinitely strong: a dense matrix of weights snaps to a band of equal diagonals."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from lecturelib.display.explorers.base import KeptFigure, Scene
from lecturelib.display.explorers.controls import Choice, Control, Slider, Stops
from lecturelib.display.explorers.words import power
from lecturelib.display.style import DIVERGING, HIGHLIGHT, INK, MUTED, TEXT_COLORS, blank_figure
from lecturelib.operators.checks import one_of, real_array, real_number, whole_number
from lecturelib.operators.matrices import toeplitz

STRENGTHS = (0, 0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000, 1e4, 1e6, math.inf)  # λ
NAMES = ("0", "0.1", "0.3", "1", "3", "10", "30", "100", "300", "1000", "10⁴", "10⁶", "∞")
TRUTHS = ("a convolution", "its own kernel at each place", "a convolution of shuffled inputs")
EXAMPLES = (6, 10, 20, 40, 200)
INPUTS, TAPS, NOISE = 8, 3, 0.5
OUTPUTS = INPUTS - TAPS + 1
ORDER = (3, 6, 0, 5, 2, 7, 1, 4)  # of the shuffled inputs
NEW = "on new inputs without noise"
WIDTH, HEIGHT, CELL = 9.0, 3.8, 0.038  # inches; the side of a cell of a matrix, as a share of the width
LIMIT = 2.5  # of the colours; larger weights are clipped, their numbers are not


def _basis(inputs: int, taps: int) -> np.ndarray:
    """Return orthonormal matrices as columns: first a basis of the valid convolutions, then all others."""
    bands = np.stack([toeplitz(tap, inputs).ravel() for tap in np.eye(taps)], axis=1)
    return np.linalg.qr(bands, mode="complete")[0]


def projector(inputs: int, taps: int) -> np.ndarray:
    """Return the projector of all matrices onto those that are valid convolutions with few taps.

    Parameters
    ----------
    inputs, taps : int
        Lengths of the signal and of the kernel; 1 <= taps <= inputs.

    Returns
    -------
    ndarray of shape (M, M), M = (inputs - taps + 1) * inputs
        ``P @ W.ravel()`` is the nearest band of equal diagonals: each of them the mean of what was there.

    Raises
    ------
    TypeError
        If a length is not an integer.
    ValueError
        If it is smaller than 1, or the kernel longer than the signal.

    Examples
    --------
    >>> (projector(3, 2) @ [1, 2, 9, 8, 3, 4]).reshape(2, 3)
    array([[2., 3., 0.],
           [0., 2., 3.]])
    """
    inputs, taps = _lengths(inputs, taps)
    bands = _basis(inputs, taps)[:, :taps]
    return bands @ bands.T


def map_estimate(x: ArrayLike, y: ArrayLike, strength: float, taps: int = TAPS) -> np.ndarray:
    """Fit a matrix under a prior that pulls it towards the valid convolutions.

    Parameters
    ----------
    x : array_like of shape (N, inputs)
        Examples.
    y : array_like of shape (N, inputs - taps + 1)
        Their targets.
    strength : float
        λ, from 0 (least squares) to infinity (least squares over the taps alone).
    taps : int, default 3
        Length of the kernel.

    Returns
    -------
    ndarray of shape (inputs - taps + 1, inputs)
        W of the smallest ``‖Y - X Wᵀ‖² + λ ‖(I - P) vec W‖²``, P from `projector`; if several, the shortest.

    Raises
    ------
    TypeError
        If an array does not hold real numbers, or a number is of the wrong kind.
    ValueError
        If shapes do not go together, λ is negative or NaN, or a value is not finite.

    Notes
    -----
    In an orthonormal basis, a for the convolutions and b for the rest, the prior is ``λ ‖b‖²``. With
    ``b = c / √(1 + λ)`` the least squares problem is well conditioned for every λ, infinity included, where
    b is 0.

    Examples
    --------
    >>> x = np.random.default_rng(0).normal(size=(9, 4))
    >>> y = x @ toeplitz([1, 10, 100], 4).T + [0, 1]
    >>> map_estimate(x, y, math.inf).round(1)
    array([[100. ,   9.8,   1.2,   0. ],
           [  0. , 100. ,   9.8,   1.2]])
    """
    x, y, taps = _examples(x, y, taps)
    strength = real_number("strength", strength)
    if not strength >= 0:
        raise ValueError(f"strength must be at least 0; got {strength}")
    basis = _basis(x.shape[1], taps)
    share = strength / (1 + strength) if strength < math.inf else 1.0
    scale = np.where(np.arange(len(basis)) < taps, 1.0, math.sqrt(1 / (1 + strength)))
    fit = np.kron(np.eye(y.shape[1]), x) @ (basis * scale)
    prior = math.sqrt(share) * np.eye(len(basis))[taps:]
    target = np.concatenate([y.T.ravel(), np.zeros(len(prior))])
    found = np.linalg.lstsq(np.concatenate([fit, prior]), target, rcond=None)[0]
    return (basis @ (scale * found)).reshape(y.shape[1], x.shape[1])


@lru_cache(maxsize=len(TRUTHS))
def true_matrix(truth: str) -> np.ndarray:
    """Return the matrix that the examples come from; all three have a Frobenius norm of 6.

    Parameters
    ----------
    truth : str
        One of `TRUTHS`.

    Returns
    -------
    ndarray of shape (6, 8)

    Examples
    --------
    >>> true_matrix("a convolution")[:2].astype(int)
    array([[ 1, -2,  1,  0,  0,  0,  0,  0],
           [ 0,  1, -2,  1,  0,  0,  0,  0]])
    """
    matrix = toeplitz([1.0, -2.0, 1.0], INPUTS)
    if one_of("truth", truth, TRUTHS) == TRUTHS[1]:
        kernels = np.random.default_rng(1).normal(size=(OUTPUTS, TAPS))
        kernels *= math.sqrt(6) / np.linalg.norm(kernels, axis=1, keepdims=True)
        for row, kernel in enumerate(kernels):
            matrix[row, row : row + TAPS] = kernel
    elif truth == TRUTHS[2]:
        matrix = matrix[:, ORDER]
    matrix.flags.writeable = False
    return matrix


def draw_examples(truth: str, examples: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Draw normal inputs, and their targets with noise of standard deviation 0.5.

    Parameters
    ----------
    truth : str
        One of `TRUTHS`.
    examples, seed : int
        How many, and from which generator.

    Returns
    -------
    x, y : ndarray of shape (examples, 8) and (examples, 6)
    """
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(whole_number("examples", examples, at_least=1), INPUTS))
    return x, x @ true_matrix(truth).T + NOISE * rng.normal(size=(examples, OUTPUTS))


@dataclass(frozen=True)
class Snapped:
    """What the prior of one strength makes of the examples.

    Attributes
    ----------
    weights : ndarray of shape (6, 8)
        W.
    apart : float
        ``‖W - W∞‖``: how far it is from the convolution that λ = ∞ gives.
    missed : float
        ``‖W - truth‖``.
    test : float
        Root of the mean square error of an output on new inputs without noise, exactly: `missed` / √6.
    train : float
        The same on the examples, noise included, so that it may be larger.
    """

    weights: np.ndarray
    apart: float
    missed: float
    test: float
    train: float


@lru_cache(maxsize=64)
def path(truth: str = TRUTHS[0], examples: int = 10, seed: int = 0) -> tuple[Snapped, ...]:
    """Fit the same examples with each strength of the prior.

    Parameters
    ----------
    truth, examples, seed
        As for `draw_examples`.

    Returns
    -------
    tuple of Snapped
        One for each of `STRENGTHS`.

    Examples
    --------
    >>> seen = path(TRUTHS[0], 40)
    >>> [f"{seen[index].apart:.2g}" for index in (0, 5, 7, 11)]
    ['0.54', '0.4', '0.14', '2.1e-05']
    >>> f"{seen[0].missed:.3f} {seen[-1].missed:.3f}"
    '0.547 0.103'
    """
    x, y = draw_examples(truth, examples, seed)
    fitted = [map_estimate(x, y, strength) for strength in STRENGTHS]
    seen = []
    for weights in fitted:
        weights.flags.writeable = False
        missed = float(np.linalg.norm(weights - true_matrix(truth)))
        train = float(np.sqrt(np.mean((y - x @ weights.T) ** 2)))
        apart = float(np.linalg.norm(weights - fitted[-1]))
        seen.append(Snapped(weights, apart, missed, missed / math.sqrt(OUTPUTS), train))
    return tuple(seen)


def _lengths(inputs: Any, taps: Any) -> tuple[int, int]:
    inputs, taps = whole_number("inputs", inputs, at_least=1), whole_number("taps", taps, at_least=1)
    if taps > inputs:
        raise ValueError(f"taps must be at most inputs, {inputs}; got {taps}")
    return inputs, taps


def _examples(x: ArrayLike, y: ArrayLike, taps: Any) -> tuple[np.ndarray, np.ndarray, int]:
    x, y = (real_array(name, a).astype(np.float64) for name, a in (("x", x), ("y", y)))
    if x.ndim != 2:
        raise ValueError(f"x must have shape (N, inputs); got shape {x.shape}")
    inputs, taps = _lengths(x.shape[1], taps)
    expected = (len(x), inputs - taps + 1)
    if y.shape != expected:
        raise ValueError(f"y must have shape {expected}, an output for each place; got shape {y.shape}")
    for name, array in (("x", x), ("y", y)):
        if not np.isfinite(array).all():
            raise ValueError(f"{name} must be finite; got NaN or infinity")
    return x, y, taps


class SnapToBand(KeptFigure):
    """Raise the strength of a prior, and see a dense matrix become a convolution.

    Notes
    -----
    48 weights are fitted to noisy examples under a prior of strength λ that pulls them towards the valid
    convolutions with three taps. ``explorer.values`` holds strength (a place in `STRENGTHS`), truth and
    examples. Errors are root mean squares; that on new inputs is exact and leaves the noise out.

    Examples
    --------
    >>> explorer = SnapToBand()
    >>> explorer.set(strength=12)
    >>> explorer.sentence[:86]
    'λ = ∞, 10 examples: W is a convolution. Its error on new inputs without noise is 0.08;'
    """

    title = "A prior that grows infinitely strong"
    description = (
        "A fitted 6 by 8 matrix of weights in colours and numbers beside the true one, both with the band of "
        "a convolution outlined, and curves of test and training error over the strength λ of the prior."
    )

    def controls_for(self, values: Mapping[str, Any]) -> Sequence[Control]:
        """Return the strength of the prior, what is true, and the number of examples."""
        last = len(STRENGTHS) - 1
        return (
            Slider("strength", "Strength of the prior", 0, last, 0, unit=f"of {last}", play=700),
            Choice("truth", "The truth", TRUTHS, TRUTHS[0]),
            Stops("examples", "Examples", EXAMPLES, 10),
        )

    def layout_key(self, values: Mapping[str, Any]) -> Any:
        """Each truth has its own picture of it."""
        return values["truth"]

    def build(self, values: Mapping[str, Any]) -> Scene:
        """Lay out the two matrices, the numbers below them, and the curves."""
        figure = blank_figure(WIDTH, HEIGHT, layout="none")
        weights = _matrix(figure, 0.012, "fitted matrix W", np.zeros((OUTPUTS, INPUTS)))
        title = "the truth" if values["truth"] == TRUTHS[0] else "the truth (black frame: the belief)"
        _matrix(figure, 0.34, title, true_matrix(values["truth"]))
        look = {"ha": "center", "va": "center", "zorder": 5}
        figure.text(0.164, 0.27, "strength of the prior", fontsize=13, **look)
        figure.text(0.492, 0.27, "error on new inputs", fontsize=13, **look)
        large = {**look, "fontsize": 25, "fontweight": "bold"}
        artists = {f"weights {name}": artist for name, artist in weights.items()}
        artists["lambda"] = figure.text(0.164, 0.165, "", **large)
        artists["test"] = figure.text(0.492, 0.165, "", **large)
        artists["train"] = figure.text(0.492, 0.06, "", fontsize=11, linespacing=1.25, **look)
        return Scene(figure, artists | _curves(figure))

    def update(self, scene: Scene, values: Mapping[str, Any]) -> str:
        """Show the matrix and the errors of this strength, and mark it on the curves."""
        seen, parts = path(values["truth"], values["examples"]), scene.artists
        index, now = values["strength"], seen[values["strength"]]
        parts["weights image"].set_data(now.weights)
        for text, weight in zip(parts["weights numbers"], now.weights.flat, strict=True):
            text.set(text=_short(weight), color=_ink(weight))
        parts["lambda"].set_text(f"λ = {NAMES[index]}")
        parts["test"].set(text=f"{now.test:.2f}", color=_verdict(now.test, seen[0].test))
        parts["train"].set_text(f"without noise\non the examples, with noise: {now.train:.2f}")
        parts["test curve"].set_ydata([one.test for one in seen])
        parts["train curve"].set_ydata([one.train for one in seen])
        parts["mark"].set_data([_place(index)], [now.test])
        parts["line"].set_xdata([_place(index)] * 2)
        return _sentence(values, seen)


def _place(index: int) -> float:
    """Return where on the axis a strength lies: at its logarithm, 0 and infinity at the ends."""
    strength = STRENGTHS[index]
    return -2.0 if strength == 0 else 7.5 if strength == math.inf else math.log10(strength)


def _short(weight: float) -> str:
    """Write a weight with one decimal, a whole one without, and no minus before a zero."""
    text = f"{round(weight):d}" if abs(weight - round(weight)) < 1e-9 else f"{round(weight, 1) + 0.0:.1f}"
    return text.replace("-", "−")


def _verdict(now: float, before: float) -> str:  # green where the prior has helped, orange where it harmed
    return INK if now == before else TEXT_COLORS["output" if now < before else "highlight"]


def _ink(weight: float) -> str:
    return "white" if abs(weight) > 0.62 * LIMIT else INK


def _matrix(figure, left: float, title: str, matrix: np.ndarray) -> dict[str, Any]:
    """Draw a matrix in colours and numbers, and outline the band; return what lies over the background."""
    from matplotlib.collections import LineCollection
    from matplotlib.patches import Polygon

    rows, columns = matrix.shape
    height = rows * CELL * WIDTH / HEIGHT
    axes = figure.add_axes((left, 0.9 - height, columns * CELL, height))
    axes.set(xticks=[], yticks=[])
    axes.grid(False)
    axes.spines[:].set_visible(False)
    axes.set_title(title, fontsize=13)
    image = axes.imshow(matrix, cmap=DIVERGING, vmin=-LIMIT, vmax=LIMIT, aspect="auto", zorder=3)
    borders = [[(c - 0.5, -0.5), (c - 0.5, rows - 0.5)] for c in range(columns + 1)]
    borders += [[(-0.5, r - 0.5), (columns - 0.5, r - 0.5)] for r in range(rows + 1)]
    look = {"colors": MUTED, "linewidths": 0.6, "zorder": 4, "clip_on": False}
    grid = axes.add_collection(LineCollection(borders, **look))
    right = [(r + TAPS - 0.5, y) for r in range(rows) for y in (r - 0.5, r + 0.5)]
    down = [(r - 0.5, y) for r in reversed(range(rows)) for y in (r + 0.5, r - 0.5)]
    band = Polygon(right + down, fill=False, edgecolor=INK, linewidth=2.4, zorder=5, clip_on=False)
    style = {"ha": "center", "va": "center", "fontsize": 9, "zorder": 6}
    entries = np.ndenumerate(matrix)
    numbers = [axes.text(c, r, _short(weight), color=_ink(weight), **style) for (r, c), weight in entries]
    axes.set(xlim=(-0.5, columns - 0.5), ylim=(rows - 0.5, -0.5))
    return {"image": image, "grid": grid, "band": axes.add_patch(band), "numbers": numbers}


def _curves(figure) -> dict[str, Any]:
    """Lay out the axes of the errors; the curves' heights come with the numbers."""
    axes = figure.add_axes((0.735, 0.185, 0.25, 0.6))
    places = [_place(index) for index in range(len(STRENGTHS))]
    line = axes.axvline(places[0], color=HIGHLIGHT, linewidth=1.2, zorder=3)
    ones = np.ones(len(places))
    (train,) = axes.plot(places, ones, "s--", color=MUTED, markersize=5, zorder=4, label="on the examples")
    (test,) = axes.plot(places, ones, "o-", color=INK, markersize=5, zorder=5, label=NEW)
    (mark,) = axes.plot([0], [1], "D", color=HIGHLIGHT, markersize=10, zorder=6)
    mark.set(markeredgecolor="white", markeredgewidth=1.2)
    axes.set(yscale="log", ylim=(0.01, 5), xlim=(-2.5, 8), xlabel="strength λ")
    axes.set_yticks([0.01, 0.1, 1], ["0.01", "0.1", "1"], fontsize=11)
    axes.set_xticks([-2, 0, 2, 4, 6, 7.5], ["0", "1", "100", "10⁴", "10⁶", "∞"], fontsize=11)
    axes.minorticks_off()
    axes.set_title("root mean square error", fontsize=12, pad=44)
    place = {"loc": "lower center", "bbox_to_anchor": (0.38, 1.0), "frameon": False, "handlelength": 2.6}
    axes.legend(handles=[test, train], borderaxespad=0.2, labelspacing=0.2, **place)
    return {"line": line, "train curve": train, "test curve": test, "mark": mark}


def _sentence(values: Mapping[str, Any], seen: Sequence[Snapped]) -> str:
    index, now = values["strength"], seen[values["strength"]]
    last = index == len(seen) - 1
    apart = f"{power(now.apart)} away from the convolution that λ = ∞ gives"
    other = "" if index == 0 else f"; without the prior (λ = 0) it is {seen[0].test:.2f}"
    other += "" if last else f"; at λ = ∞ it is {seen[-1].test:.2f}"
    return (
        f"λ = {NAMES[index]}, {values['examples']} examples: W is {'a convolution' if last else apart}. "
        f"Its error {NEW} is {now.test:.2f}{other}. On the examples, noise included, it is {now.train:.2f}. "
        f"The truth {'has' if values['truth'] == TRUTHS[1] else 'is'} {values['truth']}."
    )
