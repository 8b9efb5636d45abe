"""Tied weights while they learn: copies of one kernel, four rules, and a rate that is changed on the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import traitlets
from numpy.typing import NDArray

from lecturelib.display.explorers.canvas import CanvasExplorer, read_beside
from lecturelib.display.explorers.tied_still import TRUTH, still
from lecturelib.display.explorers.tied_words import down, segments_made, short, tied_sentence
from lecturelib.networks.optimizers import SGD, Adam, Optimizer
from lecturelib.networks.tying import Tied
from lecturelib.operators.checks import one_of, whole_number
from lecturelib.operators.signals import cross_correlate
from lecturelib.operators.unshared import locally_connected, locally_connected_backward
from lecturelib.operators.windows import windows

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Run", "TiedRun", "compute", "largest_rate"]

RULES = ("none", "sum", "mean", "average")
OPTIMIZERS = {"SGD": SGD, "Adam": Adam}
RATES = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.08, 0.1, 0.2, 0.5, 1.0, 1.5, 2.0)
STARTS = ("equal", "different")
MOST = 2000  # steps
TOO_LARGE = 1e6  # a loss at which the run stops

X = np.random.default_rng(0).normal(size=20)
TARGET = cross_correlate(X, np.array(TRUTH), "valid")
COPIES = len(TARGET)
DIFFERENT = np.random.default_rng(1).normal(size=(COPIES, len(TRUTH)))

Step = tuple[str, str, float]


@dataclass(frozen=True)
class Run:
    """What has become of the copies.

    Attributes
    ----------
    losses : ndarray of shape (steps + 1,)
        Half the sum of the squared errors of the 18 outputs, before the first and after each step.
    copies : ndarray of shape (18, 3)
        The kernel of each output, now.
    before : ndarray of shape (18, 3)
        The same when the last rule took over.
    """

    losses: NDArray[np.float64]
    copies: NDArray[np.float64]
    before: NDArray[np.float64]

    @property
    def steps(self) -> int:
        """How many steps were made."""
        return len(self.losses) - 1

    @property
    def distance(self) -> float:
        """Distance of the mean of all copies from the true kernel."""
        return float(np.linalg.norm(self.copies.mean(axis=0) - TRUTH))

    @property
    def spread(self) -> float:
        """Largest difference between two copies, over the three taps."""
        return float(np.ptp(self.copies, axis=0).max())

    @property
    def diverged(self) -> bool:
        """Whether the loss is above 10⁶ or not finite."""
        return not self.losses[-1] <= TOO_LARGE


def compute(schedule: Sequence[Step], start: str = "equal") -> Run:
    """Let 18 copies of a kernel of three taps learn, one output each.

    Parameters
    ----------
    schedule : sequence of (rule, optimizer, rate)
        One entry a step. Rules are "none", "sum", "mean" and "average", optimizers "SGD" and "Adam".
    start : {"equal", "different"}
        Whether all copies begin at 0, or each with weights of its own.

    Returns
    -------
    Run
        It ends early, with the step after which the loss is above 10⁶.

    Raises
    ------
    TypeError
        If a rate is no number.
    ValueError
        If a name is unknown or a rate not positive and finite.

    Notes
    -----
    The rules are those of :class:`lecturelib.networks.tying.Tied`, "none" is the optimizer by itself. Adam's
    memory begins when Adam takes over from SGD; a new rule or rate does not empty it.

    Examples
    --------
    >>> for rule in ("none", "sum", "mean", "average"):
    ...     run = compute([(rule, "SGD", 0.05)] * 60)
    ...     print(f"{rule} {run.losses[-1]:.2f} {run.distance:.2f} {run.spread:.1f}")
    none 0.17 1.94 2.2
    sum 0.00 0.00 0.0
    mean 1.04 0.48 0.0
    average 1.04 0.48 0.0
    """
    one_of("start", start, STARTS)
    x = X[None, None]
    params = {"w": (DIFFERENT.copy() if start == "different" else np.zeros_like(DIFFERENT))[None, :, None]}
    before = params["w"].copy()
    losses = [_loss(x, params["w"])]
    maker: Optimizer | None = None
    last: tuple[str | None, str | None] = (None, None)
    for rule, optimizer, rate in schedule:
        one_of("rule", rule, RULES)
        kind = OPTIMIZERS[one_of("optimizer", optimizer, tuple(OPTIMIZERS))]
        fresh = kind(rate)  # also checks the rate
        if rule != last[0]:
            before = params["w"].copy()
        if maker is None or optimizer != last[1]:
            maker = fresh
        maker.rate, last = fresh.rate, (rule, optimizer)
        stepper = maker if rule == "none" else Tied(maker, {"w": (1,)}, rule=rule)
        error = locally_connected(x, params["w"]) - TARGET
        stepper.step(params, {"w": locally_connected_backward(error, x, params["w"])[1]})
        losses.append(_loss(x, params["w"]))
        if not losses[-1] <= TOO_LARGE:
            break
    return Run(np.array(losses), params["w"][0, :, 0], before[0, :, 0])


def _loss(x: NDArray, w: NDArray) -> float:
    return 0.5 * float(np.sum((locally_connected(x, w) - TARGET) ** 2))


@lru_cache(maxsize=8)
def largest_rate(rule: str) -> float:
    """Return the rate above which SGD diverges.

    Parameters
    ----------
    rule : {"none", "sum", "mean", "average"}
        For "sum" it is 2 / λ, λ the largest eigenvalue of the Hessian of the shared kernel; "mean" and
        "average" make steps a number of copies smaller.

    Returns
    -------
    float

    Examples
    --------
    >>> [round(largest_rate(rule), 3) for rule in ("none", "sum", "mean", "average")]
    [0.285, 0.089, 1.61, 1.61]
    """
    one_of("rule", rule, RULES)
    rows = windows(X, (len(TRUTH),))
    if rule == "none":
        return float(2 / (rows**2).sum(axis=1).max())
    shared = float(2 / np.linalg.eigvalsh(rows.T @ rows)[-1])
    return shared if rule == "sum" else COPIES * shared


class TiedRun(CanvasExplorer):
    """Watch 18 copies of a kernel learn, and change the rule that ties them while they do.

    Parameters
    ----------
    rule : {"none", "sum", "mean", "average"}, optional
        By which the first `steps` steps are made, and the next one will be. By default "none" makes them,
        and then "average" as many more.
    rate : float, default 0.05
        Size of the steps, one of ``tied_run.RATES``, from 0.001 to 2.
    optimizer : {"SGD", "Adam"}, default "SGD"
        What makes the steps.
    start : {"equal", "different"}, default "equal"
        Whether all copies begin at 0.
    steps : int, default 60
        How many have been made when the picture opens, 0 to 1000.

    Attributes
    ----------
    rule, rate, optimizer
        What the next step is made by; they may be changed at any time.
    segments : list of (rule, optimizer, rate, count)
        The steps that have been made.
    run : Run
        The copies and the losses.

    Raises
    ------
    TypeError
        If an argument is of the wrong kind.
    ValueError
        If it is not one of its values.

    Notes
    -----
    The browser draws and computes; it does not wait for Python.

    Examples
    --------
    >>> explorer = TiedRun("sum", rate=0.05, steps=20)
    >>> explorer.rule = "none"
    >>> explorer.advance(5)
    >>> explorer.segments
    [('sum', 'SGD', 0.05, 20), ('none', 'SGD', 0.05, 5)]
    """

    _esm = read_beside("canvas.js", "tied_run.js", "tied_run_page.js")

    rule = traitlets.Unicode("average").tag(sync=True)
    optimizer = traitlets.Unicode("SGD").tag(sync=True)
    rate = traitlets.Float(0.05).tag(sync=True)
    start = traitlets.Unicode("equal").tag(sync=True)
    segments = traitlets.List().tag(sync=True)
    _data = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        rule: str | None = None,
        *,
        rate: float = 0.05,
        optimizer: str = "SGD",
        start: str = "equal",
        steps: int = 60,
    ) -> None:
        steps = whole_number("steps", steps, at_least=0)
        if steps > MOST // 2:
            raise ValueError(f"steps must be at most {MOST // 2}; got {steps}")
        rules = ("none", "average") if rule is None else (rule,)
        made = [(each, optimizer, rate, steps) for each in rules if steps]
        super().__init__(
            rule=rules[-1], rate=rate, optimizer=optimizer, start=start, segments=made, _data=_data()
        )

    @traitlets.validate("rule", "optimizer", "start")
    def _check_choice(self, proposal: dict[str, Any]) -> str:
        name = proposal["trait"].name
        allowed = {"rule": RULES, "optimizer": tuple(OPTIMIZERS), "start": STARTS}[name]
        return one_of(name, proposal["value"], allowed)

    @traitlets.validate("rate")
    def _check_rate(self, proposal: dict[str, Any]) -> float:
        return _known_rate(proposal["value"])

    @traitlets.validate("segments")
    def _check_segments(self, proposal: dict[str, Any]) -> list[tuple[str, str, float, int]]:
        checked = [_checked_segment(segment) for segment in proposal["value"]]
        total = sum(segment[-1] for segment in checked)
        if total > MOST:
            raise ValueError(f"segments must hold at most {MOST} steps; got {total}")
        return checked

    def advance(self, steps: int = 1) -> None:
        """Make more steps by the present rule, optimizer and rate.

        Parameters
        ----------
        steps : int
            How many, at least 1. A run that has diverged goes no further.

        Raises
        ------
        TypeError
            If it is not an integer.
        ValueError
            If it is smaller than 1, or there would be more than 2000 steps in all.
        """
        steps = whole_number("steps", steps, at_least=1)
        made, how = list(self.segments), (self.rule, self.optimizer, self.rate)
        if made and made[-1][:3] == how:
            steps += made.pop()[-1]
        self.segments = [*made, (*how, steps)]

    @property
    def run(self) -> Run:
        """The copies and the losses, after the steps that have been made."""
        return _run(tuple(self.segments), self.start)

    @property
    def sentence(self) -> str:
        """What the picture shows, in words and numbers."""
        run = self.run
        made = segments_made(self.segments, run.steps)
        following = self.rule, self.optimizer, self.rate
        limit = down(largest_rate(made[-1][0])) if made else ""
        return tied_sentence(run, made, following, self.start, limit)

    def frame(self) -> Figure:
        """Return the copies, the losses and the two numbers as a figure."""
        run = self.run
        words = short(run.distance), short(run.spread), short(run.losses[-1])
        return still(run, segments_made(self.segments, run.steps), words)


def _data() -> dict[str, Any]:
    """Return what the browser is given once: the problem, and where it ends."""
    limits = {rule: down(largest_rate(rule)) for rule in RULES}
    return {
        "x": X.tolist(),
        "truth": list(TRUTH),
        "different": DIFFERENT.tolist(),
        "limits": limits,
        "rates": list(RATES),
        "most": MOST,
    }


def _known_rate(value: float) -> float:
    if value not in RATES:
        raise ValueError(f"rate must be one of {', '.join(f'{rate:g}' for rate in RATES)}; got {value}")
    return float(value)


def _checked_segment(segment: Any) -> tuple[str, str, float, int]:
    if not isinstance(segment, (list, tuple)) or len(segment) != 4:
        raise ValueError(f"segments must hold (rule, optimizer, rate, count); got {segment!r}")
    rule, optimizer, rate, count = segment
    one_of("rule", rule, RULES)
    one_of("optimizer", optimizer, tuple(OPTIMIZERS))
    return rule, optimizer, _known_rate(rate), whole_number("count", count, at_least=1)


@lru_cache(maxsize=16)
def _run(segments: tuple, start: str) -> Run:
    return compute([how for *how, count in segments for _ in range(count)], start)
