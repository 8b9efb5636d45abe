"""Wrong class probabilities: the mistakes that `softmax_map` names."""

from __future__ import annotations

import numpy as np

from lecturelib.exercises.exercise import MistakeBook, mistake
from lecturelib.exercises.topics.variants.softmax_shares import largest, reference, share

# --- wrong: sums along other axes ---------------------------------------------------------------------------


@mistake(
    "You normalise over the places: each class adds up to 1 over its map. At each place, the classes must "
    "add up to 1."
)
def _over_places(scores):
    return share(np.exp(scores - scores.max(axis=(1, 2), keepdims=True)), (1, 2))


@mistake("You normalise over everything at once. Each place has a sum of its own, over the classes.")
def _over_everything(scores):
    return share(np.exp(scores - scores.max()), None)


@mistake(_over_everything.sentence)
def _largest_of_place_sum_of_all(scores):
    return share(np.exp(scores - largest(scores)), None)


@mistake("You normalise along the last axis, the columns. The classes are axis 0.")
def _over_columns(scores):
    return share(np.exp(scores - scores.max(axis=2, keepdims=True)), 2)


@mistake("You normalise along axis 1, the rows. The classes are axis 0.")
def _over_rows(scores):
    return share(np.exp(scores - scores.max(axis=1, keepdims=True)), 1)


@mistake(
    "The sum is taken over the places: each class adds up to 1 over its map. It is the classes that add up "
    "to 1, at each place."
)
def _largest_of_place_sum_of_map(scores):
    return share(np.exp(scores - largest(scores)), (1, 2))


# --- wrong: large scores ------------------------------------------------------------------------------------


@mistake(
    "Scores beyond 709 overflow: `np.exp` gives infinity, and infinity by infinity is NaN. Far below 0 all "
    "are 0, and 0/0 is NaN too. Adding one number to all scores of a place changes no probability."
)
def _overflow(scores):
    return share(np.exp(scores.astype(float)))


@mistake(
    "You subtract the largest score of the whole map. Where all scores of a place lie far below it, every "
    "exponential is 0, and 0/0 is NaN. Subtract the largest of each place."
)
def _largest_of_all(scores):
    return share(np.exp(scores - scores.max()))


@mistake(
    "You subtract the largest score of each class. That changes the differences between classes, and with "
    "them the probabilities: subtract the largest of each place."
)
def _largest_of_class(scores):
    return share(np.exp(scores - scores.max(axis=(1, 2), keepdims=True)))


@mistake(
    "You subtract the largest score along rows or columns. Places then lose their common number: subtract "
    "the largest of the classes, along axis 0, at each place."
)
def _largest_of_column(scores):
    return share(np.exp(scores - scores.max(axis=1, keepdims=True)))


@mistake(_largest_of_column.sentence)
def _largest_of_row(scores):
    return share(np.exp(scores - scores.max(axis=2, keepdims=True)))


@mistake(
    "You subtract the largest absolute value. Where scores are far below 0 that makes them smaller still, "
    "and 0/0 is NaN. Subtract the largest score of each place itself."
)
def _largest_magnitude(scores):
    return share(np.exp(scores - np.abs(scores).max(axis=0)))


@mistake(
    "You subtract the smallest score of each place: the others may then be far above 0, and overflow. "
    "Subtract the largest."
)
def _smallest(scores):
    return share(np.exp(scores - scores.min(axis=0)))


@mistake(
    "You subtract the mean of each place. A score may lie far above the mean, and overflows. Subtract the "
    "largest."
)
def _mean_subtracted(scores):
    return share(np.exp(scores - scores.mean(axis=0)))


@mistake(
    "You limit the scores. Two that differ become equal if both lie beyond the limit, and the probabilities "
    "with them. Subtract the largest of each place instead."
)
def _clipped(scores):
    return share(np.exp(np.clip(scores, -700, 700)))


@mistake(
    "You replace NaN by 0 afterwards: at such places the probabilities do not add up to 1. Let no NaN "
    "arise: subtract the largest score of each place first."
)
def _nan_to_zero(scores):
    return np.nan_to_num(_overflow(scores))


@mistake(
    "You add a small number to the sum. It hides 0/0: at places with scores far below 0 the probabilities "
    "no longer add up to 1. Subtract the largest score of each place instead."
)
def _small_number_added(scores):
    powers = np.exp(scores.astype(float))
    return powers / (powers.sum(axis=0) + 1e-8)


def _helped(scores, small):
    powers = np.exp(scores - largest(scores))
    return powers / (powers.sum(axis=0) + small)


@mistake(
    "You add a small number to the sum, and the probabilities no longer add up to 1. With the largest score "
    "subtracted the sum is at least 1, and needs no help."
)
def _small_number_still_added(scores):
    return _helped(scores, 1e-6)


@mistake(_small_number_still_added.sentence)
def _smaller_number_still_added(scores):
    return _helped(scores, 1e-8)


@mistake(
    "You divide the scores by a number to make them small. That changes their differences, and with them "
    "the probabilities. Subtract instead."
)
def _divided_by_largest(scores):
    with np.errstate(all="ignore"):
        return share(np.exp(scores / np.abs(scores).max()))


@mistake(_divided_by_largest.sentence)
def _divided_by_largest_of_place(scores):
    return share(np.exp(scores / np.abs(scores).max(axis=0)))


@mistake(
    "You standardise the scores of each place. Subtracting is harmless, dividing changes the probabilities."
)
def _standardised(scores):
    with np.errstate(all="ignore"):
        return share(np.exp((scores - scores.mean(axis=0)) / scores.std(axis=0)))


# --- wrong: other functions ---------------------------------------------------------------------------------


@mistake("You divide scores by their sum, without exponential: they may be negative. Take `np.exp` first.")
def _no_exponential(scores):
    with np.errstate(all="ignore"):
        return share(scores.astype(float))


@mistake("You divide absolute scores by their sum. Take the exponential of the scores first.")
def _magnitudes(scores):
    return share(np.abs(scores.astype(float)))


@mistake("You do not divide by the sum: the exponentials of a place do not add up to 1.")
def _not_divided(scores):
    return np.exp(scores - largest(scores))


@mistake("You return the logarithms of the probabilities. Take their exponential.")
def _logarithms(scores):
    shifted = scores - largest(scores)
    return shifted - np.log(np.exp(shifted).sum(axis=0))


@mistake(
    "You return the class with the largest score at each place. Return the probabilities of all classes."
)
def _labels(scores):
    return scores.argmax(axis=0)


@mistake("The largest score gets 1, all others 0. The softmax gives every class its share.")
def _hard(scores):
    return share((scores == largest(scores)).astype(float))


@mistake(
    "You take the logistic function of each score for itself: the probabilities of a place do not add up to "
    "1. The classes compete."
)
def _logistic(scores):
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-scores.astype(float)))


@mistake(
    "You return the probability of the best class only. All classes are wanted, in the shape of `scores`."
)
def _best_only(scores):
    return reference(scores).max(axis=0)


@mistake("Your signs are reversed: the largest score has the largest probability.")
def _negated(scores):
    return reference(-scores)


@mistake("Your base is 2; the base of the softmax is e: use `np.exp`.")
def _base_two(scores):
    return reference(scores * np.log(2))


@mistake("You take the exponential twice, or the softmax of the softmax. Once is enough.")
def _twice(scores):
    return reference(reference(scores))


@mistake("Your classes come last. The result has the axes of `scores`: (classes, rows, columns).")
def _classes_last(scores):
    return np.moveaxis(reference(scores), 0, -1)


@mistake(
    "Rows and columns of your result are swapped. It has the axes of `scores`: (classes, rows, columns)."
)
def _transposed(scores):
    return reference(scores).swapaxes(1, 2)


@mistake(
    "Your probabilities are cut to whole numbers: the array that you fill has the dtype of `scores`, which "
    "holds integers."
)
def _dtype_of_scores(scores):
    return reference(scores).astype(scores.dtype)


MISTAKES = MistakeBook.of(
    _over_places,
    _over_everything,
    _largest_of_place_sum_of_all,
    _over_columns,
    _over_rows,
    _largest_of_place_sum_of_map,
    _overflow,
    _largest_of_all,
    _largest_of_class,
    _largest_of_column,
    _largest_of_row,
    _largest_magnitude,
    _smallest,
    _mean_subtracted,
    _clipped,
    _nan_to_zero,
    _small_number_added,
    _small_number_still_added,
    _smaller_number_still_added,
    _divided_by_largest,
    _divided_by_largest_of_place,
    _standardised,
    _no_exponential,
    _magnitudes,
    _not_divided,
    _logarithms,
    _labels,
    _hard,
    _logistic,
    _best_only,
    _negated,
    _base_two,
    _twice,
    _classes_last,
    _transposed,
    _dtype_of_scores,
)
