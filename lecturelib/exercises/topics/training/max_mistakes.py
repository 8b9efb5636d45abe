"""Wrong gradients of a maximum: the mistakes that `max_grad` names."""

from __future__ import annotations

import numpy as np

from lecturelib.exercises.exercise import MistakeBook, mistake
from lecturelib.exercises.topics.training.max_shares import first, one_hot, reference, share, winners


def _compared(xs, better, combine):
    """Compare each number with all the others, and combine what comes out."""
    others = ~np.eye(len(xs), dtype=bool)
    return np.array([combine(better(x, xs[row])) for x, row in zip(xs, others, strict=True)])


def _in_share(xs, rule, answer):
    """Answer so in 'share', and be right in 'first'."""
    return answer(xs) if rule == "share" else reference(xs, rule)


def _in_first(xs, rule, answer):
    """Answer so in 'first', and be right in 'share'."""
    return answer(xs) if rule == "first" else reference(xs, rule)


# --- who is largest -----------------------------------------------------------------------------------------


@mistake(
    "You combine the comparisons with OR: whoever is larger than one of the others gets 1. For (2, 1, 3) "
    "that is the first too. The largest is larger than all of them: AND."
)
def _larger_than_any(xs, rule):
    return _compared(xs, np.greater, np.any).astype(float)


@mistake(_larger_than_any.sentence)
def _at_least_any(xs, rule):
    return _compared(xs, np.greater_equal, np.any).astype(float)


def _normalised(marks, rule):
    """Follow the rule among those who are marked, whoever they are."""
    if not marks.any():
        return np.zeros(len(marks))
    return (first if rule == "first" else share)(marks)


@mistake(
    "You combine the comparisons with OR, and then follow the rule among all who are larger than one of the "
    "others. Only who is largest of all takes part: AND."
)
def _larger_than_any_then_rule(xs, rule):
    return _normalised(_compared(xs, np.greater, np.any), rule)


@mistake(
    "Where the largest number occurs more than once, nobody gets anything: you ask who is larger than all "
    "others, and at a tie nobody is. The numbers must add up to 1."
)
def _zero_at_ties(xs, rule):
    return _compared(xs, np.greater, np.all).astype(float)


@mistake(
    "In 'share' nobody gets anything at a tie. Each of the largest gets an equal part. If you divide, look "
    "whether the fractions get lost: by `//`, or in an array of integers."
)
def _zero_at_ties_in_share(xs, rule):
    return _in_share(xs, rule, lambda xs: _compared(xs, np.greater, np.all).astype(float))


@mistake("In 'first' nobody gets anything at a tie. The first of the largest gets 1.")
def _zero_at_ties_in_first(xs, rule):
    return _in_first(xs, rule, lambda xs: _compared(xs, np.greater, np.all).astype(float))


def _against(xs, better, sides):
    """Compare each number with its neighbours alone."""
    wide = np.concatenate([[-np.inf], xs, [-np.inf]])
    return np.all([better(xs, wide[1 + side : 1 + side + len(xs)]) for side in sides], axis=0)


@mistake("You compare each number with its neighbours only. It must be the largest of all.")
def _neighbours(xs, rule):
    return _against(xs, np.greater, (-1, 1)).astype(float)


@mistake(_neighbours.sentence)
def _neighbours_at_least(xs, rule):
    return _against(xs, np.greater_equal, (-1, 1)).astype(float)


@mistake("You compare each number with the next one only. It must be the largest of all.")
def _next_only(xs, rule):
    return _against(xs, np.greater, (1,)).astype(float)


@mistake(
    "Every number that is larger than those before it keeps its 1. When a larger one comes, the earlier one "
    "must give it back."
)
def _records(xs, rule):
    before = np.concatenate([[-np.inf], np.maximum.accumulate(xs)[:-1]])
    return (xs > before).astype(float)


@mistake("The smallest number gets the gradient. The maximum depends on the largest.")
def _smallest(xs, rule):
    return reference(-xs, rule)


@mistake("You look for the largest absolute value. The maximum is the largest number, with its sign.")
def _magnitudes(xs, rule):
    return reference(np.abs(xs), rule)


@mistake("Your search begins at 0, so that negative numbers never win. Begin with the first number.")
def _from_zero(xs, rule):
    marks = xs == max(0, xs.max())
    return _normalised(marks, rule)


@mistake("You sort the numbers first. The gradient belongs to the places in `xs` itself.")
def _sorted(xs, rule):
    return reference(np.sort(xs), rule)


@mistake("You take numbers for equal that are only near each other. Compare with `==`.")
def _near(xs, rule):
    return _normalised(np.isclose(xs, xs.max()), rule)


# --- ties ---------------------------------------------------------------------------------------------------


@mistake("Every one of the largest gets 1, by both rules. What is given away must add up to 1.")
def _all_get_one(xs, rule):
    return winners(xs).astype(float)


@mistake("In 'share' each of the largest gets 1. They share: divide by how many they are.")
def _all_get_one_in_share(xs, rule):
    return _in_share(xs, rule, lambda xs: winners(xs).astype(float))


@mistake("In 'first' each of the largest gets 1. Only the first of them does.")
def _all_get_one_in_first(xs, rule):
    return _in_first(xs, rule, lambda xs: winners(xs).astype(float))


def _halved(xs):
    marks = winners(xs)
    return marks * (1.0 if marks.sum() == 1 else 0.5)


@mistake(
    "Each of several largest gets one half, however many they are: central differences give that. With "
    "three it adds up to 1.5. All shares together must be 1: see what `rule` says of ties."
)
def _half_each(xs, rule):
    return _halved(xs)


@mistake(_half_each.sentence)
def _half_each_in_share(xs, rule):
    return _in_share(xs, rule, _halved)


def _folded(xs):
    shares, best = np.zeros(len(xs)), -np.inf
    for place, x in enumerate(xs):
        if x == best:
            shares *= 0.5
            shares[place] = 0.5
        elif x > best:
            shares, best = one_hot(place, len(xs)), x
    return shares


@mistake(
    "You take the maximum of two numbers at a time and halve at each tie. Of three that are equal the last "
    "gets one half, the others a quarter. All of them should get equal parts."
)
def _pairwise(xs, rule):
    return _folded(xs)


@mistake(_pairwise.sentence)
def _pairwise_in_share(xs, rule):
    return _in_share(xs, rule, _folded)


@mistake("The last of the largest gets 1 where the first should: a later one replaces it only if larger.")
def _last(xs, rule):
    return _in_first(xs, rule, lambda xs: first(winners(xs)[::-1])[::-1])


@mistake("`rule` has no effect: you share always.")
def _share_always(xs, rule):
    return reference(xs, "share")


@mistake("`rule` has no effect: the first of the largest gets everything in 'share' too.")
def _first_always(xs, rule):
    return reference(xs, "first")


@mistake("The two rules have changed places.")
def _rules_swapped(xs, rule):
    return reference(xs, "share" if rule == "first" else "first")


@mistake("You divide by how many numbers there are. Only the largest share: divide by how many those are.")
def _over_all(xs, rule):
    return _in_share(xs, rule, lambda xs: winners(xs) / len(xs))


@mistake("You give every number the same part. That is the gradient of the mean.")
def _as_mean(xs, rule):
    return np.full(len(xs), 1 / len(xs))


@mistake(
    "You count all numbers that occur more than once. Those below the largest do not share: count how often "
    "the largest occurs."
)
def _all_repeats_counted(xs, rule):
    repeats = len(xs) - len(set(xs.tolist())) + 1
    return _in_share(xs, rule, lambda xs: winners(xs) / repeats)


@mistake("You share between the first and the last of the largest. Those between them take part too.")
def _ends_only(xs, rule):
    marks = winners(xs)
    return _in_share(xs, rule, lambda xs: (first(marks) + first(marks[::-1])[::-1]) / 2)


# --- what is returned ---------------------------------------------------------------------------------------


@mistake("You return the largest number at its place. Its gradient is 1: how fast the maximum grows.")
def _values(xs, rule):
    return reference(xs, rule) * xs


@mistake("You return the maximum itself. Its gradient has a number for each entry of `xs`.")
def _maximum(xs, rule):
    return xs.max()


@mistake("You return the place of the largest number. The gradient has a number for each entry of `xs`.")
def _place(xs, rule):
    return int(np.argmax(xs))


@mistake("Your signs are reversed: if the largest number grows, the maximum grows.")
def _negated(xs, rule):
    return -reference(xs, rule)


@mistake("You return the softmax, in which every number has a part. Only the largest gets any.")
def _softmax(xs, rule):
    powers = np.exp(xs - xs.max())
    return powers / powers.sum()


@mistake(
    "Your parts are cut to whole numbers: the array that you fill has the dtype of `xs`, which holds "
    "integers. Make one of floating-point numbers."
)
def _dtype_of_xs(xs, rule):
    return reference(xs, rule).astype(xs.dtype)


@mistake("Your answer has an extra axis. It has the shape of `xs`, (n,).")
def _extra_axis(xs, rule):
    return reference(xs, rule)[None]


MISTAKES = MistakeBook.of(
    _larger_than_any,
    _at_least_any,
    _larger_than_any_then_rule,
    _zero_at_ties,
    _zero_at_ties_in_share,
    _zero_at_ties_in_first,
    _neighbours,
    _neighbours_at_least,
    _next_only,
    _records,
    _smallest,
    _magnitudes,
    _from_zero,
    _sorted,
    _near,
    _all_get_one,
    _all_get_one_in_share,
    _all_get_one_in_first,
    _half_each,
    _half_each_in_share,
    _pairwise,
    _pairwise_in_share,
    _last,
    _share_always,
    _first_always,
    _rules_swapped,
    _over_all,
    _as_mean,
    _all_repeats_counted,
    _ends_only,
    _values,
    _maximum,
    _place,
    _negated,
    _softmax,
    _dtype_of_xs,
    _extra_axis,
)
