"""What the explorer of tied weights says: numbers in two digits, and one sentence for each state."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from lecturelib.display.explorers.words import steps_of, ten_to

if TYPE_CHECKING:
    from lecturelib.display.explorers.tied_run import Run

Made = tuple[str, str, float, int, int]


def segments_made(segments: Sequence[tuple[str, str, float, int]], steps: int) -> list[Made]:
    """Say which steps were made how, as far as a run has come.

    Parameters
    ----------
    segments : sequence of (rule, optimizer, rate, count)
        What was asked for.
    steps : int
        How many steps were made; fewer than asked for, where the run diverged.

    Returns
    -------
    list of (rule, optimizer, rate, first, last)
        Steps `first` + 1 to `last` were made so; neighbours differ.

    Examples
    --------
    >>> segments_made([("sum", "SGD", 0.1, 4), ("none", "SGD", 0.1, 9)], 6)
    [('sum', 'SGD', 0.1, 0, 4), ('none', 'SGD', 0.1, 4, 6)]
    """
    every = [tuple(how) for *how, count in segments for _ in range(count)][:steps]
    made, first = [], 0
    for how, group in groupby(every):
        last = first + len(list(group))
        made.append((*how, first, last))
        first = last
    return made


def short(value: float) -> str:
    """Write a number that is not negative in about two digits, small and large ones as powers of ten.

    Examples
    --------
    >>> [short(value) for value in (0, 3e-12, 0.000042, 0.1, 2.34, 140.2, 3e7)]
    ['0', 'below 10⁻⁹', '4·10⁻⁵', '0.10', '2.3', '140', '3·10⁷']
    """
    if not math.isfinite(value):
        return "infinite"
    if value == 0:
        return "0"
    if 1e-3 <= value < 1e5:
        return f"{value:#.2g}" if value < 1 else f"{value:.{int(value < 100)}f}"
    if value < 1e-9:
        return "below 10⁻⁹"
    mantissa, exponent = f"{value:.0e}".split("e")
    return f"{mantissa}·{ten_to(int(exponent))}"


def down(value: float) -> str:
    """Write a positive number in two digits, rounded down.

    Examples
    --------
    >>> down(0.0894), down(1.61)
    ('0.089', '1.6')
    """
    unit = 10.0 ** (math.floor(math.log10(value)) - 1)
    return f"{math.floor(value / unit) * unit:.2g}"


def tied_sentence(
    run: Run, made: Sequence[Made], following: tuple[str, str, float], start: str, limit: str
) -> str:
    """Say what a run has come to.

    Parameters
    ----------
    run : Run
        As computed.
    made : list of (rule, optimizer, rate, first, last)
        See `segments_made`.
    following : (rule, optimizer, rate)
        What the next step will be made by.
    start : str
        "equal" or "different".
    limit : str
        The rate above which the last rule diverges with SGD.

    Returns
    -------
    str
    """
    if made:
        rule, optimizer, rate, first, last = made[-1]
        part = f", the last {last - first}" if first else ""
        when = f"After {steps_of(last)}{part} by “{rule}” with {optimizer} and rate {rate:g}"
    else:
        when = f"Before the first step, from {start} copies"
    numbers = (
        f"{when}, the mean of the 18 copies lies {short(run.distance)} from the true kernel (1, −1, 2), "
        f"{_apart(run.spread)}, and the loss is {short(run.losses[-1])}."
    )
    if run.diverged:
        remedy = f"a rate below {limit} for “{rule}”" if optimizer == "SGD" else "a smaller rate"
        return f"{numbers} Diverged: the steps are too large. Choose {remedy} and press Reset."
    lesson = _lesson(rule, optimizer, run.spread) if made else ""
    changes = not made or following != made[-1][:3]
    coming = f" Next: “{following[0]}” with {following[1]} and rate {following[2]:g}." if changes else ""
    return f"{numbers}{lesson}{coming}"


def _lesson(rule: str, optimizer: str, spread: float) -> str:
    if rule == "none":
        return " Each copy fits its own output; nothing makes them agree."
    if rule == "average":
        same = "with SGD what “mean” does" if optimizer == "SGD" else "with Adam not what “mean” does"
        return f" Each makes its own step, then all become their mean: {same} to equal copies."
    if spread > 1e-9:
        return " All make the same step, so their differences stay."
    if optimizer == "Adam":
        return " All make the same step; Adam hardly tells “sum” from “mean”."
    step = "the step of one shared kernel" if rule == "sum" else "1/18 of the step of one shared kernel"
    return f" All make the same step: {step}."


def _apart(spread: float) -> str:
    """Say how far apart the copies are."""
    return f"two copies differ by up to {short(spread)}" if spread > 1e-9 else "all copies are equal"
