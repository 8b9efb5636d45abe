"""Wrong divisors of local contrast: mistakes with sigma and c that `lcn` names."""

from __future__ import annotations

import numpy as np

from lecturelib.exercises.exercise import MistakeBook, mistake
from lecturelib.exercises.topics.training.lcn_steps import (
    centred,
    divided,
    least,
    means,
    quotient,
    spread,
    weighted,
)

# --- the divisor --------------------------------------------------------------------------------------------


def _with_c(x, omega, c, mode, c_of):
    return divided(centred(x, omega, mode), omega, c, mode, c_of=c_of)


@mistake("With `None` you use c = 1. It stands for the mean of sigma over all places of this picture.")
def _one_for_none(x, omega, c, mode):
    return _with_c(x, omega, c, mode, lambda sigma, c: 1.0 if c is None else c)


@mistake("With `None` you divide by sigma alone. It stands for the mean of sigma, the least divisor.")
def _zero_for_none(x, omega, c, mode):
    return _with_c(x, omega, c, mode, lambda sigma, c: 0.0 if c is None else c)


@mistake("You use the mean of sigma also where `c` is a number. Only None stands for the mean.")
def _mean_always(x, omega, c, mode):
    return _with_c(x, omega, c, mode, lambda sigma, c: sigma.mean())


@mistake("With `None` you take the median of sigma. It stands for the mean.")
def _median(x, omega, c, mode):
    return _with_c(x, omega, c, mode, lambda sigma, c: np.median(sigma) if c is None else c)


@mistake(
    "With `None` you take the root of the mean of sigma squared. It stands for the mean of sigma itself."
)
def _root_of_mean_square(x, omega, c, mode):
    return _with_c(x, omega, c, mode, lambda sigma, c: np.sqrt((sigma**2).mean()) if c is None else c)


@mistake("With `None` you take the standard deviation of the picture. It stands for the mean of sigma.")
def _deviation_of_picture(x, omega, c, mode):
    return _with_c(x, omega, c, mode, lambda sigma, c: x.std() if c is None else c)


@mistake("With `None` you take the standard deviation of v. It stands for the mean of sigma.")
def _deviation_of_v(x, omega, c, mode):
    v = centred(x, omega, mode)
    return divided(v, omega, v.std() if c is None else c, mode)


@mistake("You never use `c`: where sigma is below it, the divisor is `c`.")
def _no_c(x, omega, c, mode):
    return _with_c(x, omega, c, mode, lambda sigma, c: 0.0)


@mistake("You divide by `c` everywhere. Where sigma is above it, the divisor is sigma.")
def _no_sigma(x, omega, c, mode):
    v = centred(x, omega, mode)
    return quotient(v, least(spread(v, omega, mode), c))


@mistake("You divide by the sum of `c` and sigma. The divisor is the larger of the two.")
def _sum(x, omega, c, mode):
    return divided(centred(x, omega, mode), omega, c, mode, combine=np.add)


@mistake("You divide by the smaller of `c` and sigma. The divisor is the larger of the two.")
def _minimum(x, omega, c, mode):
    return divided(centred(x, omega, mode), omega, c, mode, combine=np.minimum)


@mistake("You divide by the root of c² + sigma². The divisor is the larger of `c` and sigma.")
def _root_of_squares(x, omega, c, mode):
    return divided(centred(x, omega, mode), omega, c, mode, combine=np.hypot)


@mistake("You divide only where sigma is above `c`, and leave v as it is elsewhere. There divide by `c`.")
def _divided_above_only(x, omega, c, mode):
    return divided(
        centred(x, omega, mode), omega, c, mode, combine=lambda c, sigma: np.where(sigma > c, sigma, 1.0)
    )


@mistake("Where sigma is below `c` you return 0. There the divisor is `c`.")
def _zero_below(x, omega, c, mode):
    return divided(
        centred(x, omega, mode), omega, c, mode, combine=lambda c, sigma: np.where(sigma > c, sigma, np.inf)
    )


@mistake("Where the divisor is 0 you divide by it: 0/0 is NaN. The answer there is 0.")
def _nan_at_zero(x, omega, c, mode):
    v = centred(x, omega, mode)
    sigma = spread(v, omega, mode)
    return v / np.maximum(least(sigma, c), sigma)


@mistake("You add a small number to the divisor. It is not needed: say what happens where the divisor is 0.")
def _small_number_added(x, omega, c, mode):
    combine = np.maximum
    return divided(centred(x, omega, mode), omega, c, mode, combine=lambda c, sigma: combine(c, sigma) + 1e-5)


# --- sigma --------------------------------------------------------------------------------------------------


def _with_sigma(x, omega, c, mode, sigma_of):
    return divided(centred(x, omega, mode), omega, c, mode, sigma_of)


@mistake("You forget the square root: sigma has the unit of the numbers themselves, not of their squares.")
def _no_root(x, omega, c, mode):
    return _with_sigma(x, omega, c, mode, lambda v, omega, mode: spread(v, omega, mode) ** 2)


@mistake("Your sigma is that of `x`. It is that of v, after the mean has been subtracted.")
def _sigma_of_x(x, omega, c, mode):
    return _with_sigma(x, omega, c, mode, lambda v, omega, mode: spread(x.astype(float), omega, mode))


@mistake("Your sigma is the weighted mean of absolute values. Square v, and take the root after the sum.")
def _mean_of_magnitudes(x, omega, c, mode):
    return _with_sigma(x, omega, c, mode, lambda v, omega, mode: means(np.abs(v), omega, mode))


@mistake("Your sigma sums v itself, without squares: positive and negative numbers cancel.")
def _not_squared(x, omega, c, mode):
    return _with_sigma(x, omega, c, mode, lambda v, omega, mode: np.abs(means(v, omega, mode)))


@mistake(
    "You square the sum over the maps. Square first, then sum: numbers of opposite sign must not cancel."
)
def _squared_after_maps(x, omega, c, mode):
    return _with_sigma(
        x, omega, c, mode, lambda v, omega, mode: np.sqrt(weighted(v.mean(axis=0) ** 2, omega, mode))
    )


@mistake("You square the weights too: the sum has omega as it is, times v squared.")
def _weights_squared(x, omega, c, mode):
    return _with_sigma(x, omega, c, mode, lambda v, omega, mode: spread(v, omega**2, mode))


@mistake("You take the root of the weights. The root is taken of the whole sum, once.")
def _root_of_weights(x, omega, c, mode):
    return _with_sigma(x, omega, c, mode, lambda v, omega, mode: spread(v, np.sqrt(omega), mode))


@mistake("In sigma you subtract the mean once more. v has had its mean subtracted: sum its squares.")
def _centred_again(x, omega, c, mode):
    def size(v, omega, mode):
        return np.sqrt(np.maximum(0, spread(v, omega, mode) ** 2 - means(v, omega, mode) ** 2))

    return _with_sigma(x, omega, c, mode, size)


@mistake("You use one sigma for the whole picture. Each place has that of its neighbourhood.")
def _one_sigma(x, omega, c, mode):
    return _with_sigma(x, omega, c, mode, lambda v, omega, mode: np.full(v.shape[1:], np.sqrt((v**2).mean())))


DIVISORS = MistakeBook.of(
    _one_for_none,
    _zero_for_none,
    _mean_always,
    _median,
    _root_of_mean_square,
    _deviation_of_picture,
    _deviation_of_v,
    _no_c,
    _no_sigma,
    _sum,
    _minimum,
    _root_of_squares,
    _divided_above_only,
    _zero_below,
    _nan_at_zero,
    _small_number_added,
    _no_root,
    _sigma_of_x,
    _mean_of_magnitudes,
    _not_squared,
    _squared_after_maps,
    _weights_squared,
    _root_of_weights,
    _centred_again,
    _one_sigma,
)
