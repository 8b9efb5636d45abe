"""prior_entropy(sigma): how uncertain a Gaussian prior leaves a weight, by the student."""

from __future__ import annotations

import math

import numpy as np

from lecturelib.exercises.drawing import whole
from lecturelib.exercises.exercise import Exercise, MistakeBook, Problem, mistake

STATEMENT = """\
Before any data, a weight is Gaussian with mean 0 and standard deviation `sigma`. The smaller `sigma`, the
stronger the prior. Write `prior_entropy(sigma)`: the **differential entropy** of that density $p$, in
**nats**,

$$h = -\\int p(w) \\ln p(w)\\, dw = \\tfrac12 \\ln(2 \\pi e\\, \\sigma^2).$$

- `sigma`: a positive number, or an array of any shape of positive numbers, integers or floating-point.
- It returns a number, or an array of the same shape with the entropy of each entry, and leaves `sigma` as it
  is. An empty array gives an empty one.

For `[0.01, 1, 100]` it is about `[-3.186, 1.419, 6.024]`: of a density, the entropy may be negative.
"""

STUB = '''\
def prior_entropy(sigma):
    """Differential entropy, in nats, of a Gaussian with standard deviation sigma."""
    raise NotImplementedError("Write prior_entropy here.")
'''

HINTS = (
    "Which base has the logarithm if the result is in nats, and which NumPy function is that?",
    "sigma is squared inside the logarithm. The half stands in front of the whole logarithm. Inside, the "
    "constant is 2 pi e.",
)


def _entropy(sigma, constant=2 * math.pi * math.e):
    return np.log(constant * np.square(np.asarray(sigma, dtype=float))) / 2


def reference(sigma: float | np.ndarray) -> float | np.ndarray:
    """Take half the logarithm of 2 pi e sigma^2, entry by entry."""
    return _entropy(sigma)


# --- right, and different -----------------------------------------------------------------------------------


def _sum_of_logarithms(sigma):
    return np.log(sigma) + 0.5 * (1 + np.log(2 * np.pi))


def _numbers(sigma):
    """Entry by entry, with math, back as nested lists."""
    if np.ndim(sigma):
        return [_numbers(one) for one in sigma]
    return 0.5 * math.log(2 * math.pi * math.e * float(sigma) ** 2)


def _integrated(sigma):
    """Add up -p ln p in small steps of a tenth of sigma; for such a density that is exact to rounding."""
    sigma = np.asarray(sigma, dtype=float)[..., None]
    w = np.arange(-150, 151) / 10 * sigma
    log_p = -(w**2) / (2 * sigma**2) - np.log(sigma * np.sqrt(2 * np.pi))
    return np.sum(-np.exp(log_p) * log_p, axis=-1) * sigma[..., 0] / 10


# --- wrong --------------------------------------------------------------------------------------------------


@mistake("Your answer is in bits: you take the logarithm to base 2. Nats go with the natural one.")
def _bits(sigma):
    return _entropy(sigma) / np.log(2)


@mistake("You take the logarithm to base 10. Nats go with the natural one, which NumPy calls `np.log`.")
def _base_10(sigma):
    return _entropy(sigma) / np.log(10)


@mistake("The e is missing: your answer is smaller than the right one by 1/2.")
def _no_e(sigma):
    return _entropy(sigma, 2 * math.pi)


@mistake("The 2 pi is missing inside the logarithm.")
def _no_two_pi(sigma):
    return _entropy(sigma, math.e)


@mistake("The 2 is missing in 2 pi e: your answer is smaller than the right one by ln(2) / 2.")
def _no_two(sigma):
    return _entropy(sigma, math.pi * math.e)


@mistake("You take only the logarithm of sigma. The constant 2 pi e belongs to it.")
def _no_constant(sigma):
    return _entropy(sigma, 1)


@mistake(
    "You take `sigma` for the variance. It is the standard deviation: inside the logarithm it is squared."
)
def _sigma_as_variance(sigma):
    return _entropy(np.sqrt(sigma))


@mistake("The half in front of the logarithm is missing.")
def _no_half(sigma):
    return 2 * _entropy(sigma)


@mistake("The half stands inside your logarithm. In front, it means the square root of all that is inside.")
def _half_inside(sigma):
    return 2 * _entropy(sigma, math.pi * math.e)


@mistake("You square the logarithm instead of sigma.")
def _logarithm_squared(sigma):
    return 0.5 * np.log(2 * np.pi * np.e * np.asarray(sigma)) ** 2


@mistake("2 pi e is squared too in your answer. Only sigma is.")
def _all_squared(sigma):
    return _entropy(sigma, (2 * math.pi * math.e) ** 2)


@mistake("You return the absolute value. The entropy of a density may be negative: the weight is known well.")
def _absolute(sigma):
    return np.abs(_entropy(sigma))


@mistake("You cut negative entropies to 0. The entropy of a density may be negative, unlike that of a die.")
def _not_negative(sigma):
    return np.maximum(_entropy(sigma), 0)


@mistake("The sign is wrong: a wide prior leaves more uncertainty and has the larger entropy.")
def _sign(sigma):
    return -_entropy(sigma)


@mistake(
    "Your answer is ln p(0), the logarithm of the density at its peak. The entropy is the mean of -ln p(w), "
    "over all w."
)
def _log_of_the_peak(sigma):
    return -_entropy(sigma, 2 * math.pi)


@mistake("You add the entropies of all entries up. Asked for is each of them, in the shape of `sigma`.")
def _summed(sigma):
    return np.sum(_entropy(sigma))


@mistake("You return the mean over all entries. Asked for is the entropy of each, in the shape of `sigma`.")
def _mean(sigma):
    return np.mean(_entropy(sigma))


@mistake("Your answer is flat. It should have the shape of `sigma`.")
def _flat(sigma):
    return _entropy(sigma).ravel()


@mistake(
    "Your answers are cut to whole numbers where `sigma` holds integers: the result took over its dtype."
)
def _dtype_of_sigma(sigma):
    return _entropy(sigma).astype(np.asarray(sigma).dtype)


@mistake("Your function works for single numbers only: `math.log` takes no array. `np.log` takes both.")
def _scalars_only(sigma):
    return 0.5 * math.log(2 * math.pi * math.e * sigma**2)


@mistake("As a summand the e adds 1/2, not 1: the half stands in front of its logarithm too.")
def _one_for_e(sigma):
    return _entropy(sigma, 2 * math.pi) + 1


@mistake("You read e sigma^2 as a power of e. It is a product: e times the square of sigma.")
def _power_of_e(sigma):
    with np.errstate(over="ignore"):
        return np.log(2 * math.pi * np.exp(np.square(np.asarray(sigma, dtype=float)))) / 2


MISTAKES = MistakeBook.of(
    _bits,
    _base_10,
    _no_e,
    _no_two_pi,
    _no_two,
    _no_constant,
    _sigma_as_variance,
    _one_for_e,
    _power_of_e,
    _no_half,
    _half_inside,
    _logarithm_squared,
    _all_squared,
    _absolute,
    _not_negative,
    _sign,
    _log_of_the_peak,
    _summed,
    _mean,
    _flat,
    _dtype_of_sigma,
    _scalars_only,
)

# --- problems -----------------------------------------------------------------------------------------------


def _problem(sigma: float | np.ndarray, name: str = "") -> Problem:
    array, entropy = np.asarray(sigma), _entropy(sigma)
    traits = {
        "sigma is a single number": array.ndim == 0,
        "sigma is an array": array.ndim > 0,
        "sigma has several axes": array.ndim > 1,
        "sigma holds integers": array.dtype.kind == "i",
        "sigma holds floating-point numbers": array.dtype.kind == "f",
        "an entropy is negative": bool(np.any(entropy < 0)),
        "no entropy is negative": not np.any(entropy < 0),
        "sigma is empty": array.size == 0,
    }
    kind = {"i": "integers", "f": "float32 numbers" if array.dtype == np.float32 else "numbers"}[
        array.dtype.kind
    ]
    label = name or (f"sigma of shape {array.shape}, {kind}" if array.ndim else f"sigma = {sigma}")
    return Problem((sigma,), label, tuple(trait for trait, holds in traits.items() if holds))


def _widths(rng: np.random.Generator, *shape: int) -> np.ndarray:
    """Draw numbers from 0.01 to 100, in all orders of magnitude, with two digits."""
    return np.vectorize(lambda width: float(f"{width:.1e}"))(10 ** rng.uniform(-2, 2, shape))


def problems(rng: np.random.Generator) -> list[Problem]:
    """Draw 11 widths: 1, the lecture's three, numbers and arrays, narrow and wide, integers, none."""
    narrow, wide = (float(width) for width in (rng.integers(2, 20) / 100, rng.integers(21, 90) * 1.5))
    return [
        _problem(1),
        _problem(np.array([0.01, 1.0, 100.0]), "the lecture's three widths"),
        _problem(0.01),
        _problem(narrow),
        _problem(wide),
        _problem(int(rng.integers(2, 20)) * 10),
        _problem(_widths(rng, 5)),
        _problem(_widths(rng, 3, 4)),
        _problem(np.abs(whole(rng, 4))),
        _problem(_widths(rng, 2, 3).astype(np.float32)),
        _problem(np.zeros(0), "no sigma at all"),
    ]


PRIOR_ENTROPY = Exercise(
    name="prior_entropy",
    title="What a prior leaves open",
    topic="priors",
    statement=STATEMENT,
    stub=STUB,
    hints=HINTS,
    points=1,
    minutes=6,
    reference=reference,
    draw=problems,
    mistakes=MISTAKES,
    variants=(_sum_of_logarithms, _numbers, _integrated),
)
