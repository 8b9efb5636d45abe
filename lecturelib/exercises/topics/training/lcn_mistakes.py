"""Wrong local contrast: the mistakes that `lcn` names."""

from __future__ import annotations

import numpy as np

from lecturelib.exercises.exercise import MistakeBook, NoFit, mistake
from lecturelib.exercises.topics.training.divisor_mistakes import DIVISORS
from lecturelib.exercises.topics.training.lcn_steps import (
    beyond,
    centred,
    divided,
    least,
    means,
    quotient,
    reference,
    spread,
    weighted,
)

# --- over the maps ------------------------------------------------------------------------------------------


def _sums(x, omega, mode):
    return weighted(x.sum(axis=0), omega, mode)


def _size_of_sums(v, omega, mode):
    return np.sqrt(weighted((v**2).sum(axis=0), omega, mode))


@mistake(
    "You forget 1/C, in the mean and in sigma. The weights add up to 1 for one map; over C maps they add up "
    "to C, and C times the mean is subtracted."
)
def _weights_of_one_map(x, omega, c, mode):
    return divided(centred(x, omega, mode, _sums), omega, c, mode, _size_of_sums)


@mistake("In the mean you forget 1/C: what you subtract is C times the mean of the neighbourhood.")
def _mean_of_one_map(x, omega, c, mode):
    return divided(centred(x, omega, mode, _sums), omega, c, mode)


@mistake("In sigma you forget 1/C: the weights add up to 1 for one map, and to C over all maps.")
def _sigma_of_one_map(x, omega, c, mode):
    return divided(centred(x, omega, mode), omega, c, mode, _size_of_sums)


def _own_size(v, omega, mode):
    return np.sqrt(weighted(v**2, omega, mode))


@mistake(
    "You treat each map by itself. Mean and sigma are those of all maps together: what tells the maps apart "
    "must stay. Sum over the maps too."
)
def _map_by_map(x, omega, c, mode):
    return divided(centred(x, omega, mode, weighted), omega, c, mode, _own_size)


@mistake(
    "You treat each map by itself, from the mean to `c`. Mean, sigma and `c` are those of all maps together."
)
def _map_by_map_alone(x, omega, c, mode):
    return np.concatenate([reference(one[None], omega, c, mode) for one in x])


@mistake("You subtract from each map its own mean. The mean runs over all maps.")
def _own_means(x, omega, c, mode):
    return divided(centred(x, omega, mode, weighted), omega, c, mode)


@mistake("You divide each map by a sigma of its own. There is one sigma for each place, for all maps.")
def _own_sigmas(x, omega, c, mode):
    return divided(centred(x, omega, mode), omega, c, mode, _own_size)


@mistake("You return one map, the mean of all. As many maps as come in go out.")
def _maps_averaged(x, omega, c, mode):
    return reference(x, omega, c, mode).mean(axis=0, keepdims=True)


# --- the mean -----------------------------------------------------------------------------------------------


@mistake("You subtract nothing: first comes the mean of the neighbourhood, then the division.")
def _not_centred(x, omega, c, mode):
    return divided(x.astype(float), omega, c, mode)


@mistake("You stop after the first step. v is then divided by the larger of `c` and sigma.")
def _not_divided(x, omega, c, mode):
    return centred(x, omega, mode)


@mistake("You divide first and subtract afterwards. First subtract, then divide.")
def _wrong_order(x, omega, c, mode):
    return centred(divided(x.astype(float), omega, c, mode), omega, mode)


@mistake("You subtract the mean of the whole picture. Each place has the mean of its neighbourhood.")
def _global_mean(x, omega, c, mode):
    return divided(x - x.mean(), omega, c, mode)


@mistake(
    "You return the mean of the neighbourhood, divided. It is what is left of `x` without it that counts."
)
def _mean_itself(x, omega, c, mode):
    v = centred(x, omega, mode)
    sigma = spread(v, omega, mode)
    return quotient(np.broadcast_to(means(x, omega, mode), x.shape), np.maximum(least(sigma, c), sigma))


@mistake(
    "You overwrite the picture while you go through it: later places see neighbours whose mean has been "
    "subtracted already. Write into another array."
)
def _overwritten(x, omega, c, mode):
    v = x.astype(float)
    height, width = omega.shape
    for j, k in np.ndindex(v.shape[1:]):
        window = beyond(v, omega, mode)[:, j : j + height, k : k + width]
        v[:, j, k] -= (window.mean(axis=0) * omega).sum()
    return divided(v, omega, c, mode)


# --- window and border --------------------------------------------------------------------------------------


@mistake("You do not use the weights: every pixel of the window counts alike. Multiply by omega.")
def _no_weights(x, omega, c, mode):
    return reference(x, np.full(omega.shape, 1 / omega.size), c, mode)


@mistake("Your window is flipped, as in a convolution. `omega[0, 0]` meets the upper left neighbour.")
def _flipped(x, omega, c, mode):
    return reference(x, omega[::-1, ::-1], c, mode)


@mistake("Your window is transposed: its first axis counts rows.")
def _transposed(x, omega, c, mode):
    if any(side // 2 >= length for side, length in zip(omega.T.shape, x.shape[1:], strict=True)):
        raise NoFit
    return reference(x, omega.T, c, mode)


@mistake("Your window is not centred: it begins at the place itself. Half of it lies before, half behind.")
def _begins_there(x, omega, c, mode):
    def corner(maps):
        before = np.pad(maps, [(0, 0)] * (maps.ndim - 2) + [(0, side - 1) for side in omega.shape])
        (height, width), total = maps.shape[-2:], 0
        for p, q in np.ndindex(omega.shape):
            total = total + omega[p, q] * before[..., p : p + height, q : q + width]
        return total

    if mode == "reflect":
        raise NoFit
    v = x - corner(x.mean(axis=0))
    sigma = np.sqrt(corner((v**2).mean(axis=0)))
    return quotient(v, np.maximum(least(sigma, c), sigma))


@mistake("`mode` has no effect: you always put zeros beyond the border.")
def _zeros_always(x, omega, c, mode):
    return reference(x, omega, c, "zeros")


@mistake("`mode` has no effect: you always reflect.")
def _reflect_always(x, omega, c, mode):
    return reference(x, omega, c, "reflect")


def _border_for_reflect(x, omega, c, mode, border):
    return reference(x, omega, c, border if mode == "reflect" else mode)


@mistake("In 'reflect' you repeat the border pixel: 2 1 | 1 2 3. It is the mirror: 3 2 | 1 2 3.")
def _symmetric(x, omega, c, mode):
    return _border_for_reflect(x, omega, c, mode, "symmetric")


@mistake("In 'reflect' you continue the picture with its border pixel. It is to be mirrored.")
def _edge(x, omega, c, mode):
    return _border_for_reflect(x, omega, c, mode, "edge")


@mistake("In 'reflect' you continue the picture with its other side. It is to be mirrored.")
def _wrapped(x, omega, c, mode):
    return _border_for_reflect(x, omega, c, mode, "wrap")


@mistake("In 'zeros' you go round to the other side: a negative index counts from the end.")
def _wrapped_for_zeros(x, omega, c, mode):
    return reference(x, omega, c, "wrap" if mode == "zeros" else mode)


def _inside_only(maps, omega):
    """Mean over those pixels of the window that exist."""
    return weighted(maps, omega, "zeros") / weighted(np.ones(maps.shape), omega, "zeros")


@mistake(
    "In 'zeros' you divide by the weights inside the picture. Zeros count as neighbours: the weights stay as "
    "they are."
)
def _renormalised(x, omega, c, mode):
    if mode == "reflect":
        return reference(x, omega, c, mode)
    v = x - _inside_only(x.mean(axis=0), omega)
    sigma = np.sqrt(_inside_only((v**2).mean(axis=0), omega))
    return quotient(v, np.maximum(least(sigma, c), sigma))


@mistake("In step 2 you put zeros beyond the border in 'reflect' too. `mode` holds for v as for `x`.")
def _zeros_for_sigma(x, omega, c, mode):
    return divided(centred(x, omega, mode), omega, c, "zeros")


@mistake(
    "You compute v beyond the border as well: there you pad `x` first and work on the larger picture. "
    "Compute v inside, then pad v."
)
def _padded_once(x, omega, c, mode):
    wide = beyond(x, omega, mode)
    rows, columns = (side // 2 for side in omega.shape)
    height, width = x.shape[1:]
    v = centred(wide, omega, mode)
    sigma = spread(v, omega, "zeros")[rows : rows + height, columns : columns + width]
    return quotient(centred(x, omega, mode), np.maximum(least(sigma, c), sigma))


@mistake(
    "Your result is smaller than `x`: windows that reach beyond the border are left out. Every place has a "
    "window; `mode` says what lies beyond."
)
def _valid_only(x, omega, c, mode):
    rows, columns = (side // 2 for side in omega.shape)
    y = reference(x, omega, c, mode)
    return y[:, rows : y.shape[1] - rows, columns : y.shape[2] - columns]


@mistake(
    "Your numbers are cut to whole numbers: you fill an array with the dtype of `x`, which holds integers."
)
def _dtype_of_x(x, omega, c, mode):
    return reference(x, omega, c, mode).astype(x.dtype)


@mistake("v is cut to whole numbers: the array that you fill has the dtype of `x`, which holds integers.")
def _dtype_of_v(x, omega, c, mode):
    return divided(centred(x, omega, mode).astype(x.dtype), omega, c, mode)


_MAPS = MistakeBook.of(
    _weights_of_one_map,
    _mean_of_one_map,
    _sigma_of_one_map,
    _map_by_map,
    _map_by_map_alone,
    _own_means,
    _own_sigmas,
    _maps_averaged,
)
_PLACES = MistakeBook.of(
    _not_centred,
    _not_divided,
    _wrong_order,
    _global_mean,
    _mean_itself,
    _overwritten,
    _no_weights,
    _flipped,
    _transposed,
    _begins_there,
    _zeros_always,
    _reflect_always,
    _symmetric,
    _edge,
    _wrapped,
    _wrapped_for_zeros,
    _renormalised,
    _zeros_for_sigma,
    _padded_once,
    _valid_only,
    _dtype_of_x,
    _dtype_of_v,
)
MISTAKES = MistakeBook((*_MAPS, *DIVISORS, *_PLACES))
