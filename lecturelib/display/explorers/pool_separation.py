"""Two classes told apart by the maximum of a feature, or by its average."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle

from lecturelib.display.explorers.base import KeptFigure, Scene
from lecturelib.display.explorers.controls import Control, Stops
from lecturelib.display.explorers.separations import MOST_PLACES, Pooled, Separations, compute, pooled
from lecturelib.display.style import INK, INPUT, KERNEL, MUTED, TEXT_COLORS, blank_figure

FIRST_RATES, SECOND_RATES = (1, 2, 5, 10, 20, 40), (0, 1, 2, 5, 10, 20, 40)  # percent
PLACES = (1, 2, 3, 4, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 75, 100, 150, MOST_PLACES)
FACTORS = (1, 2, 4, 8)
RATIO = 2 + 3**0.5  # of rare rates, beyond which the maximum can win
WIDTH, HEIGHT = 9.0, 5.8  # inches
LEFT, RIGHT = 0.055, 0.715  # shares of the figure
POOLINGS = ("maximum", "average")
_COLORS = {"maximum": KERNEL, "average": INPUT}
_PALE = {"maximum": "#F6DDAE", "average": "#BBD9EC"}
_ROLES = {"maximum": "kernel", "average": "input"}
_WHOLE, _TOP = 1.16, 1.62  # where the bars end, and the panel
_RULER = 1.24, 0.16  # where the spread lies, and how high it is


class PoolSeparation(KeptFigure):
    """Separate two classes by a feature's maximum and by its average, over more and more places.

    Both poolings are drawn as distributions, one for each class, under a ruler: one spread, filled as far as
    the means of the classes lie apart. That share is the separation.

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
    >>> explorer.sentence[-72:]
    'o P up to 200. For rare features it can win only above a factor of 3.73.'
    """

    title = "Maximum or average"
    description = (
        "Two classes as distributions, of the maximum and of the average of a feature over P places, each "
        "under a ruler of one spread, filled as far as the means lie apart. Beside: both separations; below: "
        "both over P."
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
        """Return all that curves and axes depend on: only P moves within them."""
        return values["a1"], values["a2"], values["differ"]

    def build(self, values: Mapping[str, Any]) -> Scene:
        """Lay out a panel for each pooling, the curves, and room for the numbers at P."""
        figure = blank_figure(WIDTH, HEIGHT, layout="none")
        _class_key(figure, values)
        panels = {
            "maximum": figure.add_axes((LEFT, 0.685, RIGHT - LEFT, 0.215)),
            "average": figure.add_axes((LEFT, 0.375, RIGHT - LEFT, 0.215)),
        }
        panels["maximum"].set(xlim=(-0.14, 1.14))
        panels["maximum"].set_xticks([0, 1], ["off", "on"])
        end = _farthest(values)
        panels["average"].set(xlim=(-0.06 * end, 1.06 * end))
        artists: dict[str, Any] = {}
        for name, axes in panels.items():
            artists |= {f"{name} {part}": artist for part, artist in _panel(axes, name).items()}
        artists |= _bars(panels["maximum"]) | _steps(panels["average"])
        artists |= _curves(figure.add_axes((LEFT, 0.08, RIGHT - LEFT, 0.16)), self.compute(values))
        return Scene(figure, artists | _numbers(figure, values))

    def update(self, scene: Scene, values: Mapping[str, Any]) -> str:
        """Put in the distributions at P, their rulers, and both separations."""
        seen, places, parts = self.compute(values), values["places"], scene.artists
        found = dict(zip((*POOLINGS, "gap"), seen.at(places), strict=True))
        shown = pooled(values["a1"] / 100, values["a2"] / 100, places, values["differ"])
        for name, one in zip(POOLINGS, shown, strict=True):
            _rule(parts, name, one)
            parts[f"{name} title"].set_text(f"{name} of {_places(places)}")
            parts[f"{name} number"].set_text(_written(found[name]).replace("over ", "> "))
        _fill_bars(parts, shown[0])
        _fill_steps(parts, shown[1])
        parts["line"].set_xdata([places, places])
        top = parts["line"].axes.get_ylim()[1]
        for name in POOLINGS:
            parts[f"{name} mark"].set_data([places], [found[name]])
        parts["maximum mark"].set_visible(found["maximum"] <= top)
        parts["off the top"].set(visible=found["maximum"] > top)
        parts["off the top"].set_xdata([places])
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


_BETTER = {"facecolor": _PALE["maximum"], "edgecolor": KERNEL, "hatch": "///", "linewidth": 0}
_HATCH = "\\\\\\"
_PLAIN = {"boxstyle": "square,pad=0.05", "facecolor": "white", "edgecolor": "none", "alpha": 0.85}
_LOOKS = (  # of class 1 and class 2, whatever the pooling
    lambda name: {"facecolor": _COLORS[name], "edgecolor": _COLORS[name], "alpha": 0.65},
    lambda name: {"facecolor": "none", "edgecolor": TEXT_COLORS[_ROLES[name]], "hatch": _HATCH},
)
_MEANS = ({"linestyle": "-", "linewidth": 2}, {"linestyle": (0, (2, 1)), "linewidth": 2})


def _class_key(figure, values: Mapping[str, Any]) -> None:
    """Say above the panels what is filled and what hatched."""
    gray = {"facecolor": MUTED, "edgecolor": MUTED}, {"facecolor": "none", "edgecolor": INK, "hatch": _HATCH}
    handles = []
    for number, (look, line) in enumerate(zip(gray, _MEANS, strict=True), start=1):
        handles.append(Patch(label=f"class {number}: {values[f'a{number}']} % on", **look))
        handles.append(Line2D([], [], color=INK, label="its mean", **line))
    at = {"loc": "upper center", "bbox_to_anchor": ((LEFT + RIGHT) / 2, 1.0)}
    room = {"columnspacing": 1.6, "handlelength": 1.7, "handletextpad": 0.5}
    figure.legend(handles=handles, ncol=4, frameon=False, fontsize=12, **at, **room)


def _farthest(values: Mapping[str, Any]) -> float:
    """Return where the axis of the average ends: one place for all P."""
    differ = values["differ"]
    highest = max(values["a1"], values["a2"]) / 100 * 2 * differ / (1 + differ)
    return next((end for end in (0.1, 0.2, 0.5) if end >= 4 * highest), 1.0)


def _panel(axes, name: str) -> dict[str, Any]:
    """Prepare the panel of a pooling: its ruler, both means, and its texts."""
    axes.set(ylim=(0, _TOP), yticks=[])
    axes.grid(False)
    axes.spines[["left"]].set_visible(False)
    axes.tick_params(pad=2)
    low, high = _RULER
    size = {"height": high, "width": 0, "zorder": 4}
    frame = {**size, "fill": False, "edgecolor": INK, "linewidth": 1.4, "zorder": 4.5}
    ruler = axes.add_patch(Rectangle((0, low), **frame))
    filled = axes.add_patch(Rectangle((0, low), facecolor=_COLORS[name], edgecolor="none", **size))
    means = [axes.plot([0, 0], [0, low + high], color=INK, zorder=5, **look)[0] for look in _MEANS]
    look = {"ha": "center", "va": "center", "fontsize": 11, "zorder": 5}
    return {
        "filled": filled,
        "ruler": ruler,
        "means": means,
        "unit": axes.text(0, (low + high + _TOP) / 2, "one spread", clip_on=True, **look),
        "title": axes.set_title("", loc="left", fontsize=13),
        "distance": axes.set_title("", loc="right", fontsize=12),
    }


def _rule(parts: Mapping[str, Any], name: str, shown: Pooled) -> None:
    """Lay the ruler of one spread at the lower mean, and fill it as far as the other one."""
    low, high = sorted(shown.means.tolist())
    for part, width in (("ruler", shown.spread), ("filled", high - low)):
        parts[f"{name} {part}"].set(x=low, width=width)
    for line, mean in zip(parts[f"{name} means"], shown.means.tolist(), strict=True):
        line.set_xdata([mean, mean])
    ends = parts[f"{name} ruler"].axes.get_xlim()
    half = 0.08 * (ends[1] - ends[0])  # of the words
    middle = (low + min(low + shown.spread, ends[1])) / 2
    parts[f"{name} unit"].set_x(min(max(middle, ends[0] + half), ends[1] - half))
    parts[f"{name} distance"].set_text(f"means {high - low:.4f} apart, one spread is {shown.spread:.3f}")


def _bars(axes) -> dict[str, Any]:
    """Add two bars a class, for off and on, with room for their probabilities."""
    bars, texts = [], []
    for number, look in enumerate(_LOOKS):
        for place in (0, 1):
            left = place - 0.1 + 0.105 * number
            bars.append(axes.add_patch(Rectangle((left, 0), 0.095, 0, zorder=3, **look("maximum"))))
            at = {"ha": "center", "va": "bottom", "fontsize": 11, "zorder": 6, "bbox": _PLAIN}
            texts.append(axes.text(left + 0.0475, 0, "", **at))
    return {"bars": bars, "chances": texts}


def _fill_bars(parts: Mapping[str, Any], shown: Pooled) -> None:
    for bar, text, chance in zip(
        parts["bars"], parts["chances"], shown.chances.ravel().tolist(), strict=True
    ):
        bar.set_height(chance)
        text.set(text=f"{chance:.2f}", y=chance + 0.02)


def _steps(axes) -> dict[str, Any]:
    """Add the distribution of the average, a bar for each value and class."""
    lines = {"linewidth": 0}, {"linewidth": 1}
    runs = [
        axes.stairs([0], [0, 1], fill=True, zorder=3, **look("average"), **line)
        for look, line in zip(_LOOKS, lines, strict=True)
    ]
    axes.set_xlabel("share of the places that are on; heights relative to each class's peak", labelpad=0)
    axes.locator_params(axis="x", nbins=6)
    at = {"ha": "right", "va": "center", "fontsize": 11, "zorder": 6, "bbox": _PLAIN}
    return {"runs": runs, "beyond": axes.text(0.995, 0.5, "", transform=axes.transAxes, **at)}


def _fill_steps(parts: Mapping[str, Any], shown: Pooled) -> None:
    """Draw a bar a value, no broader than the eye needs, and say what lies beyond the axis."""
    end = parts["beyond"].axes.get_xlim()[1]
    step, values = float(shown.at[1]), len(shown.at)
    half = min(step, 0.1 * end) / 2
    edges = (shown.at[:, None] + [-half, half]).ravel()
    heights = np.zeros((2, 2 * values - 1))  # a bar, then the room to the next one
    heights[:, ::2] = shown.chances / shown.chances.max(axis=1, keepdims=True)
    for run, height in zip(parts["runs"], heights, strict=True):
        run.set_data(height, edges)
    shares = 100 * shown.chances[:, shown.at > end].sum(axis=1)
    text = f"beyond: {shares[0]:.0f} % and {shares[1]:.0f} %" if shares.max() >= 0.5 else ""
    parts["beyond"].set_text(text)


def _curves(axes, seen: Separations) -> dict[str, Any]:
    """Draw both separations over P, and the marks that move along them."""
    axes.set(xscale="log", xlim=(0.93, 215))
    axes.set_xticks([1, 2, 5, 10, 20, 50, 100, 200], ["1", "2", "5", "10", "20", "50", "100", "200"])
    axes.minorticks_off()
    axes.tick_params(pad=2)
    axes.set_xlabel("pooled places P", labelpad=0)
    axes.set_title("separation, in spreads, over P", loc="left", fontsize=13)
    highest = max(seen.average.max(), min(seen.maximum.max(), 1.3 * seen.average.max())) or 1.0
    top = 1.12 * highest
    axes.set_ylim(0, top)
    axes.locator_params(axis="y", nbins=3)
    if seen.wins().any():
        better = seen.maximum >= seen.average  # with P = 1, where both are the same
        area = seen.places, seen.average, seen.maximum
        axes.fill_between(*area, where=better, interpolate=True, **_BETTER, zorder=1)
        key = {"loc": "lower right", "bbox_to_anchor": (1.01, 0.97), "frameon": False, "fontsize": 11}
        axes.legend(handles=[Patch(label="maximum better", **_BETTER)], borderaxespad=0, **key)
    axes.plot(seen.places, seen.maximum, "-", color=KERNEL, zorder=2.5)
    axes.plot(seen.places, seen.average, "--", color=INPUT, zorder=2.4)
    mark = {"linestyle": "none", "markeredgecolor": "white", "zorder": 5, "clip_on": False}
    return {
        "line": axes.axvline(1, color=INK, linewidth=1.2, linestyle=":", zorder=3),
        "maximum mark": axes.plot([1], [0], "s", color=KERNEL, markersize=9, **mark)[0],
        "average mark": axes.plot([1], [0], "o", color=INPUT, markersize=9, **mark)[0],
        "off the top": axes.plot([1], [top], "^", color=KERNEL, markersize=11, **mark)[0],
    }


def _numbers(figure, values: Mapping[str, Any]) -> dict[str, Any]:
    """Write the column on the right: a number beside each panel, the winner beside the curves."""
    middle, look = 0.862, {"ha": "center", "va": "center", "zorder": 5}
    artists = {}
    for name, high, style in (("maximum", 0.8, "-s"), ("average", 0.485, "--o")):
        big = {"fontsize": 28, "fontweight": "bold", "color": TEXT_COLORS[_ROLES[name]], **look}
        artists[f"{name} number"] = figure.text(middle, high, "", **big)
        figure.text(middle, high - 0.065, "spreads apart", fontsize=13, **look)
        figure.text(middle + 0.03, high - 0.11, f"by the {name}", fontsize=12, **look)
        ends = [middle - 0.115, middle - 0.09, middle - 0.065], [high - 0.112] * 3
        drawn = {"color": _COLORS[name], "markevery": [1], "markersize": 7, "linewidth": 2.2}
        figure.add_artist(Line2D(*ends, linestyle=style[:-1], marker=style[-1], **drawn))
    figure.text(middle, 0.955, "a spread is the root of\nthe summed variances", fontsize=11, **look)
    edge = {"boxstyle": "round,pad=0.4", "facecolor": "white", "edgecolor": MUTED}
    artists["winner"] = figure.text(middle, 0.245, "", fontsize=15, linespacing=1.2, bbox=edge, **look)
    figure.text(middle, 0.095, _about_ratio(values), fontsize=11, linespacing=1.35, **look)
    return artists


def _about_ratio(values: Mapping[str, Any]) -> str:
    """Say by what factor the rates differ, and what factor it takes."""
    low, high = sorted((values["a1"], values["a2"]))
    if low == 0:
        return "never on in class 2:\nthe maximum wins\nfor every P above 1"
    return (
        f"rates {values['a1']} : {values['a2']}, a factor of {high / low:g};\n"
        f"rare features: the maximum\ncan win only above {RATIO:.2f}"
    )


def _places(places: int) -> str:
    return "1 place" if places == 1 else f"{places} places"


def _sentence(values: Mapping[str, Any], seen: Separations, found: Mapping[str, float]) -> str:
    low, high = sorted((values["a1"], values["a2"]))
    factor = f" (a factor of {high / low:g})" if low else ""
    differ = values["differ"]
    images = f" Half of the images have {differ} times the rate of the rest." if differ > 1 else ""
    winner = _WINNERS[_winner(found)].replace("\n", " ")
    return (
        f"A feature is on at {values['a1']} % of the places in class 1, {values['a2']} % in class 2{factor}."
        f"{images} Over {_places(values['places'])} the maximum separates them by "
        f"{_written(found['maximum'])} spreads (roots of summed variances), the average by "
        f"{_written(found['average'])}: {winner}. "
        f"{_range(seen)}{_needed(low)}"
    )


def _needed(low: int) -> str:
    return f" For rare features it can win only above a factor of {RATIO:.2f}." if low else ""


def _range(seen: Separations) -> str:
    """Say for which P the maximum separates better: one run of numbers, or none."""
    winning = seen.places[seen.wins()]
    if winning.size == 0:
        return f"The maximum wins for no P up to {MOST_PLACES}."
    return f"The maximum wins for P from {winning[0]} to {winning[-1]}."
