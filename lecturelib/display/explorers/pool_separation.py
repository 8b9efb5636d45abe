"""Two classes told apart by the maximum of a feature, or by its average."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from lecturelib.display.explorers.base import KeptFigure, Scene
from lecturelib.display.explorers.controls import Control, Stops
from lecturelib.display.style import HIGHLIGHT, INK, INPUT, KERNEL, MUTED, TEXT_COLORS, blank_figure
from lecturelib.operators.checks import real_number, whole_number

FIRST_RATES, SECOND_RATES = (1, 2, 5, 10, 20, 40), (0, 1, 2, 5, 10, 20, 40)  # percent
PLACES = (1, 2, 3, 4, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 75, 100, 150, 200)
FACTORS = (1, 2, 4, 8)
MOST_PLACES = PLACES[-1]
WIDTH, HEIGHT = 9.0, 4.7  # inches
LEFT, RIGHT = 0.07, 0.715  # shares of the figure


@dataclass(frozen=True)
class Separations:
    """How far apart two classes are, for 1 to 200 places.

    Attributes
    ----------
    places : ndarray of int, shape (200,)
        P.
    maximum, average : ndarray of shape (200,)
        Distance of the classes' means, relative to the spread, of the maximum and of the average.
    gap : ndarray of shape (200,)
        Distance of the means of the maximum alone.
    best : int or None
        P of the largest gap; None where the gap is 0 throughout or still grows at 200 places.
    """

    places: np.ndarray
    maximum: np.ndarray
    average: np.ndarray
    gap: np.ndarray
    best: int | None

    def at(self, places: int) -> tuple[float, float, float]:
        """Return maximum, average and gap for `places` places."""
        return tuple(float(curve[places - 1]) for curve in (self.maximum, self.average, self.gap))

    def wins(self) -> np.ndarray:
        """Return where the maximum separates better, bool of shape (200,)."""
        return self.maximum > self.average * (1 + 1e-9)


def compute(a1: float, a2: float, differ: int = 1) -> Separations:
    """Separate two classes by one feature, pooled.

    Parameters
    ----------
    a1, a2 : float
        Rates: the probability, 0 to 1, that the feature is on at a place, in the one and the other class,
        averaged over images.
    differ : int
        In half of the images of either class the rate is `differ` times that in the other half. With 1 all
        images are alike.

    Returns
    -------
    Separations

    Raises
    ------
    TypeError
        If an argument is no real number, or `differ` no whole one.
    ValueError
        If a rate lies outside 0 to 1, in some images too, both are 0 or 1, or `differ` is below 1.

    Notes
    -----
    Given its rate a, the places of an image are independent. The maximum of P of them is on with probability
    ``m = 1 - (1 - a)^P``, and its variance is ``m (1 - m)``; the average has mean a and variance
    ``a (1 - a) / P``. The separation is ``|mean1 - mean2| / sqrt(variance1 + variance2)``. Where images
    differ, m is averaged over them first, and the variance of a is added to that of the average.

    Were each place repeated c times, both separations at P would be those at P / c: repeated neighbours move
    along the curves, and neither curve up nor down.

    Examples
    --------
    >>> maximum, average, gap = compute(0.05, 0.02).at(30)
    >>> f"{maximum:.3f} {average:.3f} {gap:.4f}", compute(0.05, 0.02).best
    ('0.513 0.634 0.3308', 30)
    """
    return _curves(*_checked(a1, a2, differ))


@lru_cache(maxsize=64)
def _curves(rates: tuple[float, float], differ: int) -> Separations:
    places = np.arange(1, MOST_PLACES + 1)
    spread = 2 * np.array([1, differ]) / (1 + differ)  # mean 1
    (off1, mean1), (off2, mean2) = (_off_and_average(a * spread, places) for a in rates)
    gap = np.abs(off2 - off1)
    spread_of_max = np.sqrt(off1 * (1 - off1) + off2 * (1 - off2))
    with np.errstate(divide="ignore"):  # infinite where rounding leaves nothing of the spread
        maximum = np.divide(gap, spread_of_max, out=np.zeros(MOST_PLACES), where=gap > 0)
    average = abs(rates[0] - rates[1]) / np.sqrt(mean1 + mean2)
    best = int(gap.argmax()) + 1
    inside = gap.max() > 0 and 0 not in rates and best < MOST_PLACES
    for curve in (places, maximum, average, gap):
        curve.flags.writeable = False
    return Separations(places, maximum, average, gap, best if inside else None)


def _off_and_average(rates: np.ndarray, places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the probability that all places are off, and the variance of the average, for each P."""
    off = ((1 - rates) ** places[:, None]).mean(axis=1)
    variance = (rates * (1 - rates)).mean() / places + rates.var()
    return off, variance


def _checked(a1: float, a2: float, differ: int) -> tuple[tuple[float, float], int]:
    differ = whole_number("differ", differ, at_least=1)
    rates = real_number("a1", a1), real_number("a2", a2)
    for name, rate in zip(("a1", "a2"), rates, strict=True):
        if not 0 <= rate * 2 * differ / (1 + differ) <= 1:
            raise ValueError(f"{name} must be a probability in all images, whose rates differ; got {rate:g}")
    if set(rates) <= {0, 1}:
        raise ValueError(f"a1 and a2 must not both be 0 or 1: then nothing varies; got {a1:g} and {a2:g}")
    return rates, differ


class PoolSeparation(KeptFigure):
    """Separate two classes by a feature's maximum and by its average, over more and more places.

    Notes
    -----
    The analysis is that of Boureau, Ponce and LeCun (2010). The maximum wins where the feature is many times
    as frequent in one class as in the other. In the limit of rare features it takes a factor of more than
    ``2 + sqrt(3)``, 3.73, for the maximum to win at any P; where a rate is 0 it always wins.

    The measure is one of means and spreads, as a linear classifier sees them that adds many features. Among
    all functions of one feature's places their number on, and so the average, loses nothing: with a threshold
    of its own for each P a classifier does at least as well by the average as by the maximum.
    ``explorer.values`` holds a1 and a2 in percent, places and differ.

    Examples
    --------
    >>> explorer = PoolSeparation()
    >>> explorer.sentence[-73:]
    '0.634: the average separates better. The maximum wins for no P up to 200.'
    """

    title = "Maximum or average"
    description = (
        "Curves over the number of pooled places: how well the maximum and the average separate two "
        "classes, and below the gap between the maxima, its peak marked. Beside: both separations at P."
    )

    def controls_for(self, values: Mapping[str, Any]) -> Sequence[Control]:
        """Return both rates, the number of places, and how much images differ."""
        return (
            Stops("a1", "On in class 1", FIRST_RATES, 5, unit="%"),
            Stops("a2", "On in class 2", SECOND_RATES, 2, unit="%"),
            Stops("places", "Places P", PLACES, 30, play=500),
            Stops("differ", "Images differ by", FACTORS, 1, unit="×"),
        )

    def compute(self, values: Mapping[str, Any]) -> Separations:
        """Return the curves shown for `values`."""
        return compute(values["a1"] / 100, values["a2"] / 100, values["differ"])

    def layout_key(self, values: Mapping[str, Any]) -> Any:
        """Return all that the curves depend on: only P moves along them."""
        return values["a1"], values["a2"], values["differ"]

    def build(self, values: Mapping[str, Any]) -> Scene:
        """Draw the curves, and make room for the numbers at P."""
        figure = blank_figure(WIDTH, HEIGHT, layout="none")
        seen = self.compute(values)
        upper = figure.add_axes((LEFT, 0.42, RIGHT - LEFT, 0.51))
        lower = figure.add_axes((LEFT, 0.115, RIGHT - LEFT, 0.17))
        for axes in (upper, lower):
            axes.set(xscale="log", xlim=(0.93, 215))
            axes.set_xticks([1, 2, 5, 10, 20, 50, 100, 200], ["1", "2", "5", "10", "20", "50", "100", "200"])
            axes.minorticks_off()
        top = _separation_curves(upper, seen)
        _gap_curve(lower, seen)
        look = {"color": INK, "linewidth": 1.2, "linestyle": ":", "zorder": 3}
        artists: dict[str, Any] = {"lines": [axes.axvline(1, **look) for axes in (upper, lower)]}
        mark = {"linestyle": "none", "markersize": 9, "markeredgecolor": "white", "zorder": 5}
        for name, axes, shape, color in (
            ("maximum", upper, "s", KERNEL),
            ("average", upper, "o", INPUT),
        ):
            (artists[name],) = axes.plot([1], [0], shape, color=color, clip_on=False, **mark)
        ring = {"markersize": 14, "markerfacecolor": "none", "markeredgewidth": 1.6, "zorder": 5}
        artists["gap"] = lower.plot([1], [0], "o", color=INK, clip_on=False, **ring)[0]
        return Scene(figure, artists | _numbers(figure) | {"off the top": _off_the_top(upper, top)})

    def update(self, scene: Scene, values: Mapping[str, Any]) -> str:
        """Mark P on the curves, and write both separations."""
        seen, places, parts = self.compute(values), values["places"], scene.artists
        for line in parts["lines"]:
            line.set_xdata([places, places])
        found = dict(zip(("maximum", "average", "gap"), seen.at(places), strict=True))
        for name, value in found.items():
            parts[name].set_data([places], [value])
        top = parts["maximum"].axes.get_ylim()[1]
        parts["maximum"].set_visible(found["maximum"] <= top)
        parts["off the top"].set(visible=found["maximum"] > top)
        parts["off the top"].set_xdata([places])
        parts["heading"].set_text(f"pooled over P = {places}")
        for name in ("maximum", "average"):
            parts[f"{name} number"].set_text(_written(found[name]).replace("over ", "> "))
        parts["winner"].set_text(_WINNERS[_winner(found)])
        return _sentence(values, seen, found)


_WINNERS = {
    "maximum": "the maximum\nseparates better",
    "average": "the average\nseparates better",
    "both": "both poolings\nseparate alike",
    "neither": "neither pooling\nseparates them",
}


def _winner(found: Mapping[str, float]) -> str:
    maximum, average = found["maximum"], found["average"]
    if average == 0:
        return "neither"
    if abs(maximum - average) <= 1e-9 * average:
        return "both"
    return "maximum" if maximum > average else "average"


def _written(separation: float) -> str:
    if separation >= 1000:
        return "over 1000"
    return f"{separation:.3f}" if separation < 10 else f"{separation:.1f}"


_BETTER = {"facecolor": "#F6DDAE", "edgecolor": KERNEL, "hatch": "///", "linewidth": 0}


def _separation_curves(axes, seen: Separations) -> float:
    """Draw both separations; return the upper end of the axis, which the maximum may leave."""
    highest = max(seen.average.max(), min(seen.maximum.max(), 1.3 * seen.average.max())) or 1.0
    axes.set_ylim(0, 1.08 * highest)
    axes.locator_params(axis="y", nbins=5)
    axes.set_title("separation: distance of the classes / spread", loc="left", fontsize=13)
    better = (seen.maximum >= seen.average) & seen.wins().any()  # with P = 1, where both are the same
    axes.fill_between(
        seen.places,
        seen.average,
        seen.maximum,
        where=better,
        interpolate=True,
        **_BETTER,
        zorder=1,
    )
    axes.plot(seen.places, seen.maximum, "-", color=KERNEL, zorder=2.5)
    axes.plot(seen.places, seen.average, "--", color=INPUT, zorder=2.4)
    return 1.08 * highest


def _gap_curve(axes, seen: Separations) -> None:
    """Draw the distance of the maxima's means, and mark its peak."""
    axes.set(ylim=(0, 1.08), yticks=[0, 0.5, 1])
    axes.set_xlabel("pooled places P", labelpad=1)
    axes.set_title("gap between the mean maxima", loc="left", fontsize=13)
    axes.plot(seen.places, seen.gap, color=INK, linewidth=1.3, zorder=2.5)
    if seen.best is not None:
        peak = seen.at(seen.best)[2]
        axes.plot([seen.best], [peak], "D", color=HIGHLIGHT, markersize=8, zorder=2.7)
        title = f"largest at P = {seen.best}: {peak:.4f}"
        axes.set_title(title, loc="right", fontsize=12, color=TEXT_COLORS["highlight"])


def _off_the_top(axes, top: float):
    """Return the mark for a maximum beyond the axis."""
    look = {"color": KERNEL, "markersize": 11, "markeredgecolor": "white", "zorder": 5, "clip_on": False}
    return axes.plot([1], [top], "^", **look)[0]


def _numbers(figure) -> dict[str, Any]:
    """Write the column on the right, which is the legend too."""
    middle, look = 0.862, {"ha": "center", "va": "center", "zorder": 5}
    artists = {"heading": figure.text(middle, 0.9, "", fontsize=14, **look)}
    kinds = (("maximum", 0.775, "kernel", KERNEL, "-s"), ("average", 0.565, "input", INPUT, "--o"))
    for name, high, role, color, line in kinds:
        big = {"fontsize": 27, "fontweight": "bold", "color": TEXT_COLORS[role], **look}
        artists[f"{name} number"] = figure.text(middle, high, "", **big)
        figure.text(middle + 0.03, high - 0.08, f"by the {name}", fontsize=13, **look)
        ends = [middle - 0.115, middle - 0.09, middle - 0.065], [high - 0.083] * 3
        drawn = {"color": color, "markevery": [1], "markersize": 7, "linewidth": 2.2}
        figure.add_artist(Line2D(*ends, linestyle=line[:-1], marker=line[-1], **drawn))
    edge = {"boxstyle": "round,pad=0.5", "facecolor": "white", "edgecolor": MUTED}
    artists["winner"] = figure.text(middle, 0.325, "", fontsize=15, linespacing=1.3, bbox=edge, **look)
    patch = Rectangle((middle - 0.115, 0.118), 0.05, 0.045, transform=figure.transFigure, **_BETTER)
    figure.add_artist(patch)
    figure.text(middle + 0.03, 0.14, "maximum better", fontsize=12, **look)
    return artists


def _sentence(values: Mapping[str, Any], seen: Separations, found: Mapping[str, float]) -> str:
    places = "1 place" if values["places"] == 1 else f"{values['places']} places"
    differ = values["differ"]
    images = f" Half of the images have {differ} times the rate of the rest." if differ > 1 else ""
    winner = _WINNERS[_winner(found)].replace("\n", " ")
    return (
        f"A feature is on at {values['a1']} % of the places in class 1, {values['a2']} % in class 2.{images} "
        f"Over {places} the maximum separates them by {_written(found['maximum'])} spreads, "
        f"the average by {_written(found['average'])}: {winner}. {_range(seen)}"
    )


def _range(seen: Separations) -> str:
    """Say for which P the maximum separates better: one run of numbers, or none."""
    winning = seen.places[seen.wins()]
    if winning.size == 0:
        return f"The maximum wins for no P up to {MOST_PLACES}."
    return f"The maximum wins for P from {winning[0]} to {winning[-1]}."
