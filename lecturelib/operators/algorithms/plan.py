"""The choice of an algorithm, made before anything is computed, and the reasons for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import ModuleType

import numpy as np
from numpy.typing import ArrayLike

from lecturelib.operators.algorithms import direct, fft, im2col, separable, shifted, winograd
from lecturelib.operators.algorithms.cost import Cost
from lecturelib.operators.checks import one_of
from lecturelib.operators.spec import ConvSpec

ALGORITHMS: dict[str, ModuleType] = {
    "direct": direct,
    "shifted": shifted,
    "im2col": im2col,
    "fft": fft,
    "separable": separable,
    "winograd": winograd,
}

#: These spread NaN and infinity beyond the windows that hold them.
SPREADING = ("fft", "winograd")
#: An algorithm that loses digits, or depends on the kernels' values, has to be this much faster.
_WORTHWHILE = 0.7


@dataclass(frozen=True)
class Candidate:
    """An algorithm, what it would cost, and why it cannot be used, if it cannot.

    Attributes
    ----------
    method : str
        A key of ``ALGORITHMS``.
    cost : Cost or None
        Operations and bytes; None where the algorithm does not apply.
    seconds : float
        Predicted time, infinite where it does not apply.
    obstacle : str or None
        The reason why it does not apply.
    """

    method: str
    cost: Cost | None
    seconds: float
    obstacle: str | None


@dataclass(frozen=True)
class Plan:
    """A choice among algorithms for one layer.

    Attributes
    ----------
    method : str
        The algorithm that will run.
    spec : ConvSpec
        The layer.
    candidates : tuple of Candidate
        All algorithms, the cheapest first.
    """

    method: str
    spec: ConvSpec
    candidates: tuple[Candidate, ...]

    def explain(self) -> str:
        """Say what was chosen and what stood for choice.

        Returns
        -------
        str
            A table: for each algorithm its operations, the bytes it moves and holds besides inputs and
            output, and the predicted time relative to the chosen one; or why it does not apply.

        Examples
        --------
        >>> print(plan(np.ones((1, 1, 32, 32)), np.ones((1, 1, 2, 2))).explain().splitlines()[0])
        x (1, 1, 32, 32) and w (1, 1, 2, 2) give (1, 1, 31, 31): im2col
        """
        spec = self.spec
        chosen = next(c.seconds for c in self.candidates if c.method == self.method)
        lines = [f"x {spec.x_shape} and w {spec.w_shape} give {spec.y_shape}: {self.method}"]
        lines.append(f"{'method':<10} {'operations':>11} {'MB moved':>9} {'MB held':>8} {'time':>8}")
        for c in self.candidates:
            if c.cost is None:
                lines.append(f"{c.method:<10} {c.obstacle}")
            else:
                size = f"{c.cost.operations:>11.3g} {c.cost.moved / 1e6:>9.2f} {c.cost.scratch / 1e6:>8.2f}"
                lines.append(f"{c.method:<10} {size} {c.seconds / chosen:>7.3g}×")
        return "\n".join(lines)


def plan(
    x: ArrayLike,
    w: ArrayLike,
    *,
    stride: int | Sequence[int] = 1,
    padding: int | str | Sequence = 0,
    dilation: int | Sequence[int] = 1,
    groups: int = 1,
    method: str = "auto",
) -> Plan:
    """Choose how to compute a convolution layer, without computing it.

    Parameters
    ----------
    x : array_like of shape (N, C, *S)
        Inputs. Only their shape and dtype count, and whether they are finite.
    w : array_like of shape (F, C // groups, *K)
        Kernels. Their values tell whether they are outer products.
    stride, padding, dilation, groups
        As for :func:`~lecturelib.operators.conv.conv`.
    method : str
        ``"auto"``, or a method to be used whatever it costs.

    Returns
    -------
    Plan
        The choice; its ``explain()`` gives the reasons.

    Raises
    ------
    TypeError
        If an array does not hold real numbers or an option is of the wrong kind.
    ValueError
        If shapes do not go together, an option is out of range, or the method does not exist or apply.

    Notes
    -----
    The time of each algorithm is predicted from counts of operations, calls and bytes and from rates
    measured once on one machine. It orders the algorithms; it does not tell the time on yours.

    Examples
    --------
    >>> plan(np.ones((8, 16, 30, 30)), np.ones((32, 16, 1, 1))).method
    'im2col'
    """
    one_of("method", method, ("auto", *ALGORITHMS))
    spec = ConvSpec.from_arguments(x, w, stride=stride, padding=padding, dilation=dilation, groups=groups)
    x, w = np.asarray(x, spec.dtype), np.asarray(w, spec.dtype)
    found = (_candidate(name, spec, w) for name in ALGORITHMS)
    candidates = tuple(sorted(found, key=lambda c: c.seconds))
    return Plan(choose(method, spec, x, w), spec, candidates)


def choose(method: str, spec: ConvSpec, x: np.ndarray, w: np.ndarray) -> str:
    """Choose an algorithm for checked arguments.

    Parameters
    ----------
    method : str
        ``"auto"`` or a key of ``ALGORITHMS``.
    spec : ConvSpec
        What is to be computed.
    x, w : ndarray
        Inputs (or the gradient by the output) and kernels.

    Returns
    -------
    str
        A key of ``ALGORITHMS``.

    Raises
    ------
    ValueError
        If there is no such method, or it does not apply.
    """
    one_of("method", method, ("auto", *ALGORITHMS))
    if method == "auto":
        return _cheapest(_by_shape(spec), spec, x, w)
    obstacle = ALGORITHMS[method].obstacle(spec, w)
    if obstacle:
        raise ValueError(obstacle)
    return method


def _candidate(name: str, spec: ConvSpec, w: np.ndarray | None) -> Candidate:
    """Weigh one algorithm."""
    obstacle = ALGORITHMS[name].obstacle(spec, w)
    if obstacle:
        return Candidate(name, None, np.inf, obstacle)
    cost = ALGORITHMS[name].cost(spec)
    return Candidate(name, cost, cost.seconds(spec.dtype.itemsize), None)


@lru_cache(maxsize=1024)
def _by_shape(spec: ConvSpec) -> tuple[Candidate, ...]:
    """Weigh the algorithms by shapes alone, which a network asks again at every step: the cheapest first."""
    return tuple(sorted((_candidate(name, spec, None) for name in ALGORITHMS), key=lambda c: c.seconds))


def _cheapest(candidates: tuple[Candidate, ...], spec: ConvSpec, x: np.ndarray, w: np.ndarray) -> str:
    """Take the first that applies, unless a plain one is nearly as fast or the numbers forbid it."""
    plain = next(c for c in candidates if c.method in ("shifted", "im2col"))
    for candidate in candidates:
        if candidate is plain or candidate.seconds >= _WORTHWHILE * plain.seconds:
            break
        if ALGORITHMS[candidate.method].obstacle(spec, w):
            continue
        if candidate.method not in SPREADING or (np.isfinite(x).all() and np.isfinite(w).all()):
            return candidate.method
    return plain.method
