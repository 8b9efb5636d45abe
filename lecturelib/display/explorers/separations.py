"""Two classes told apart by a feature's maximum or average: the numbers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import comb

import numpy as np

from lecturelib.operators.checks import real_number, whole_number

MOST_PLACES = 200


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


@dataclass(frozen=True)
class Pooled:
    """What a pooled feature may be, and how likely, in each of two classes.

    Attributes
    ----------
    at : ndarray of shape (V,)
        The values it may have: 0 and 1 for a maximum, shares of the places for an average.
    chances : ndarray of shape (2, V)
        The probability of each value, a row a class.
    """

    at: np.ndarray
    chances: np.ndarray

    @property
    def means(self) -> np.ndarray:
        """The mean of each class, shape (2,)."""
        return self.chances @ self.at

    @property
    def spread(self) -> float:
        """The square root of the summed variances of both classes."""
        return float(np.sqrt(np.sum(self.chances * (self.at - self.means[:, None]) ** 2)))


@lru_cache(maxsize=64)
def pooled(a1: float, a2: float, places: int, differ: int = 1) -> tuple[Pooled, Pooled]:
    """Give the distributions of the maximum and of the average over `places` places.

    Parameters
    ----------
    a1, a2, differ
        As for `compute`.
    places : int
        P, 1 to 200.

    Returns
    -------
    (Pooled, Pooled)
        Of the maximum and of the average.

    Raises
    ------
    TypeError, ValueError
        As for `compute`; and if `places` is no whole number or outside its range.

    Examples
    --------
    >>> maximum, average = pooled(0.5, 0.25, 2)
    >>> maximum.chances.tolist(), average.chances[0].tolist()
    ([[0.25, 0.75], [0.5625, 0.4375]], [0.25, 0.5, 0.25])
    """
    rates, differ = _checked(a1, a2, differ)
    places = whole_number("places", places, at_least=1)
    if places > MOST_PLACES:
        raise ValueError(f"places must be at most {MOST_PLACES}; got {places}")
    factors = 2 / (1 + differ), 2 * differ / (1 + differ)
    counts = np.array([[_chances(rate * factor, places) for factor in factors] for rate in rates]).mean(
        axis=1
    )
    off = counts[:, :1]
    maximum = Pooled(np.array([0.0, 1.0]), np.hstack([off, 1 - off]))
    return maximum, Pooled(np.arange(places + 1) / places, counts)


def _chances(rate: float, places: int) -> list[float]:
    """Return the probability that 0, 1, ... of the places are on."""
    return [comb(places, on) * rate**on * (1 - rate) ** (places - on) for on in range(places + 1)]
