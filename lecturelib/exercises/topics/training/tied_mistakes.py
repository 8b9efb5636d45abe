"""Wrong steps of tied copies: the mistakes that `tied_step` names."""

from __future__ import annotations

import numpy as np

from lecturelib.exercises.exercise import MistakeBook, NoFit, mistake
from lecturelib.exercises.topics.training.tied_rules import equal, mean, moved, reference, total


def _after(w, grads, lr, rule, answer):
    """Answer so by 'average_after', and be right by the other rules."""
    return answer(w) if rule == "average_after" else reference(w, grads, lr, rule)


def _before(w, grads, lr, rule, answer):
    """Answer so by 'sum' and 'mean', and be right by 'average_after'."""
    return reference(w, grads, lr, rule) if rule == "average_after" else answer(w)


# --- what is averaged, and when -----------------------------------------------------------------------------


@mistake(
    "In 'average_after' you average the copies before the step: after it each has gone its own way again. "
    "First the steps, then the mean."
)
def _averaged_before(w, grads, lr, rule):
    return _after(w, grads, lr, rule, lambda w: moved(equal(w), grads, lr))


@mistake(
    "In 'average_after' you average the gradients and not the copies: that is the rule 'mean'. Copies that "
    "start different stay so. Let each make its own step, then average the copies."
)
def _mean_for_after(w, grads, lr, rule):
    return _after(w, grads, lr, rule, lambda w: moved(w, mean(grads), lr))


@mistake(
    "In 'average_after' you average the copies but step by the sum of the gradients, N times too far. Each "
    "copy makes a step by its own gradient."
)
def _sum_then_average(w, grads, lr, rule):
    return _after(w, grads, lr, rule, lambda w: equal(moved(w, total(grads), lr)))


@mistake(
    "In 'average_after' each copy makes its own step, and then nothing more happens. Replace all copies by "
    "their mean."
)
def _not_averaged(w, grads, lr, rule):
    return _after(w, grads, lr, rule, lambda w: moved(w, grads, lr))


@mistake("In 'average_after' all copies become the first one. They become the mean of all.")
def _first_copy(w, grads, lr, rule):
    return _after(w, grads, lr, rule, lambda w: np.broadcast_to(moved(w, grads, lr)[0], w.shape))


@mistake("In 'average_after' you add the copies up. They become the mean of all: divide by N.")
def _copies_summed(w, grads, lr, rule):
    return _after(w, grads, lr, rule, lambda w: len(w) * equal(moved(w, grads, lr)))


@mistake(
    "In 'average_after' you average the old copies with the new ones. Take the mean of the N new copies "
    "alone."
)
def _old_and_new(w, grads, lr, rule):
    return _after(w, grads, lr, rule, lambda w: equal((w + moved(w, grads, lr)) / 2))


@mistake(
    "In 'sum' and 'mean' you average the copies too. By these rules only the gradients are combined: copies "
    "that start different stay different."
)
def _always_averaged(w, grads, lr, rule):
    return equal(reference(w, grads, lr, rule))


@mistake("In 'sum' you average the copies too. Only the gradients are combined there.")
def _averaged_in_sum(w, grads, lr, rule):
    result = reference(w, grads, lr, rule)
    return equal(result) if rule == "sum" else result


@mistake("In 'mean' you average the copies too. Only the gradients are combined there.")
def _averaged_in_mean(w, grads, lr, rule):
    result = reference(w, grads, lr, rule)
    return equal(result) if rule == "mean" else result


@mistake("Each copy makes its own step by all rules: the copies drift apart. They are tied.")
def _never_tied(w, grads, lr, rule):
    return moved(w, grads, lr)


@mistake("In 'sum' and 'mean' each copy makes a step by its own gradient. All gradients are combined first.")
def _own_steps(w, grads, lr, rule):
    return _before(w, grads, lr, rule, lambda w: moved(w, grads, lr))


@mistake(
    "You combine gradients only in 'average_after', where each copy should make its own step; in 'sum' and "
    "'mean' you do not. It is the other way round."
)
def _combined_in_after(w, grads, lr, rule):
    return moved(w, mean(grads) if rule == "average_after" else grads, lr)


# --- which factor -------------------------------------------------------------------------------------------


@mistake("In 'sum' you step by the mean: a factor N is missing. A shared kernel has the sum as its gradient.")
def _mean_for_sum(w, grads, lr, rule):
    return reference(w, grads, lr, "mean" if rule == "sum" else rule)


@mistake("In 'mean' you step by the sum, N times too far: divide by the number of copies.")
def _sum_for_mean(w, grads, lr, rule):
    return reference(w, grads, lr, "sum" if rule == "mean" else rule)


@mistake("The rules 'sum' and 'mean' have changed places.")
def _sum_and_mean(w, grads, lr, rule):
    return reference(w, grads, lr, {"sum": "mean", "mean": "sum"}.get(rule, rule))


@mistake(
    "The rules 'mean' and 'average_after' have changed places: the former averages gradients, the latter "
    "copies."
)
def _mean_and_after(w, grads, lr, rule):
    return reference(w, grads, lr, {"mean": "average_after", "average_after": "mean"}.get(rule, rule))


@mistake("`rule` has no effect: you always step by the sum.")
def _always_sum(w, grads, lr, rule):
    return reference(w, grads, lr, "sum")


@mistake("`rule` has no effect: you always step by the mean.")
def _always_mean(w, grads, lr, rule):
    return reference(w, grads, lr, "mean")


@mistake("`rule` has no effect: you always average the copies after their own steps.")
def _always_after(w, grads, lr, rule):
    return reference(w, grads, lr, "average_after")


@mistake("In 'sum' you multiply by N once more. The sum of N gradients has its factor N already.")
def _factor_twice(w, grads, lr, rule):
    return reference(w, grads * len(w) if rule == "sum" else grads, lr, rule)


@mistake("In 'mean' you divide by N - 1. Divide by the number of copies, N.")
def _one_less(w, grads, lr, rule):
    if rule != "mean" or len(w) == 1:
        return reference(w, grads, lr, rule)
    return moved(w, total(grads) / (len(w) - 1), lr)


@mistake("In 'mean' you divide by all numbers of `grads`. Divide by the number of copies, N.")
def _over_all_numbers(w, grads, lr, rule):
    return moved(w, total(grads) / grads.size, lr) if rule == "mean" else reference(w, grads, lr, rule)


# --- which axis ---------------------------------------------------------------------------------------------


@mistake(
    "You sum and average over all axes, so that every weight of the kernel makes the same step. The copies "
    "lie along axis 0: name it, `axis=0`."
)
def _all_axes(w, grads, lr, rule):
    if rule == "average_after":
        return np.full(w.shape, moved(w, grads, lr).mean())
    return moved(w, grads.sum() if rule == "sum" else grads.mean(), lr)


@mistake(_all_axes.sentence)
def _all_axes_one_number(w, grads, lr, rule):
    if rule == "average_after":
        return moved(w, grads, lr).mean()
    return moved(w, grads.sum() if rule == "sum" else grads.mean(), lr)


@mistake("You sum and average the gradients over all axes. The copies lie along axis 0: name it, `axis=0`.")
def _gradients_over_all_axes(w, grads, lr, rule):
    return _before(w, grads, lr, rule, lambda w: moved(w, grads.sum() if rule == "sum" else grads.mean(), lr))


@mistake("In 'average_after' you average over all axes: all weights become one number. Only axis 0 is meant.")
def _copies_over_all_axes(w, grads, lr, rule):
    return _after(w, grads, lr, rule, lambda w: np.full(w.shape, moved(w, grads, lr).mean()))


def _along(w, grads, lr, rule, axis):
    if w.ndim == 1:
        raise NoFit
    return np.moveaxis(reference(np.moveaxis(w, axis, 0), np.moveaxis(grads, axis, 0), lr, rule), 0, axis)


@mistake("You combine along the last axis. The copies lie along the first: `axis=0`.")
def _last_axis(w, grads, lr, rule):
    return _along(w, grads, lr, rule, -1)


@mistake("You combine along axis 1. The copies lie along the first axis: `axis=0`.")
def _axis_one(w, grads, lr, rule):
    return _along(w, grads, lr, rule, 1)


# --- the step -----------------------------------------------------------------------------------------------


@mistake("You step with the gradient, uphill. Against it the loss falls: subtract.")
def _uphill(w, grads, lr, rule):
    return reference(w, -grads, lr, rule)


@mistake("In 'average_after' you step uphill. Against the gradient the loss falls: subtract.")
def _uphill_in_after(w, grads, lr, rule):
    return _after(w, grads, lr, rule, lambda w: equal(moved(w, -grads, lr)))


@mistake("`lr` is missing: multiply the gradient by it.")
def _no_rate(w, grads, lr, rule):
    return reference(w, grads, 1.0, rule)


@mistake("You divide by `lr`. Multiply the gradient by it.")
def _divided_by_rate(w, grads, lr, rule):
    return reference(w, grads, 1 / lr, rule)


@mistake("You multiply by `lr` twice.")
def _rate_twice(w, grads, lr, rule):
    return reference(w, grads, lr**2, rule)


@mistake("You multiply `w` by `lr` too: a bracket is in the wrong place. Only the gradient is multiplied.")
def _rate_on_all(w, grads, lr, rule):
    return lr * reference(w, grads, 1.0, rule)


@mistake("You return the step itself. Add it to the copies.")
def _step_only(w, grads, lr, rule):
    return np.broadcast_to(reference(np.zeros(w.shape), grads, lr, rule), w.shape)


@mistake("You return combined gradients. Step with them: `w` minus `lr` times that.")
def _gradients_only(w, grads, lr, rule):
    return np.broadcast_to(total(grads) if rule == "sum" else mean(grads), w.shape)


@mistake(
    "Each copy gets the gradients up to its own: you add them up and step in the same loop. First add up "
    "all, then step."
)
def _running_total(w, grads, lr, rule):
    if rule == "average_after":
        return reference(w, grads, lr, rule)
    running = np.cumsum(grads, axis=0)
    return moved(w, running if rule == "sum" else running / len(w), lr)


@mistake("In 'sum' each copy gets the gradients of the others only. Its own counts as well.")
def _others_only(w, grads, lr, rule):
    return moved(w, total(grads) - grads, lr) if rule == "sum" else reference(w, grads, lr, rule)


@mistake("All copies step by the gradient of the last one. All gradients count.")
def _last_gradient(w, grads, lr, rule):
    return _before(w, grads, lr, rule, lambda w: moved(w, grads[-1], lr))


@mistake("All copies step by the gradient of the first one. All gradients count.")
def _first_gradient(w, grads, lr, rule):
    return _before(w, grads, lr, rule, lambda w: moved(w, grads[0], lr))


# --- what is returned ---------------------------------------------------------------------------------------


@mistake("In 'sum' you return one kernel. All N copies are wanted, in the shape of `w`.")
def _one_kernel_in_sum(w, grads, lr, rule):
    result = reference(w, grads, lr, rule)
    return result[0] if rule == "sum" else result


@mistake("In 'average_after' you return one kernel. All N copies are wanted, in the shape of `w`.")
def _one_kernel_in_after(w, grads, lr, rule):
    return _after(w, grads, lr, rule, lambda w: equal(moved(w, grads, lr))[0])


@mistake(
    "In 'average_after' you return one kernel, with an axis of length 1 for the copies. All N are wanted."
)
def _axis_kept_in_after(w, grads, lr, rule):
    return _after(w, grads, lr, rule, lambda w: equal(moved(w, grads, lr))[:1])


@mistake("You return one kernel by all rules. All N copies are wanted, in the shape of `w`.")
def _one_kernel(w, grads, lr, rule):
    return reference(w, grads, lr, rule)[0]


@mistake(
    "Your copies are cut to whole numbers: you write into an array with the dtype of `w`, which holds "
    "integers."
)
def _dtype_of_w(w, grads, lr, rule):
    return reference(w, grads, lr, rule).astype(w.dtype)


MISTAKES = MistakeBook.of(
    _averaged_before,
    _mean_for_after,
    _sum_then_average,
    _not_averaged,
    _first_copy,
    _copies_summed,
    _old_and_new,
    _always_averaged,
    _averaged_in_sum,
    _averaged_in_mean,
    _never_tied,
    _own_steps,
    _combined_in_after,
    _mean_for_sum,
    _sum_for_mean,
    _sum_and_mean,
    _mean_and_after,
    _always_sum,
    _always_mean,
    _always_after,
    _factor_twice,
    _one_less,
    _over_all_numbers,
    _all_axes,
    _all_axes_one_number,
    _gradients_over_all_axes,
    _copies_over_all_axes,
    _last_axis,
    _axis_one,
    _uphill,
    _uphill_in_after,
    _no_rate,
    _divided_by_rate,
    _rate_twice,
    _rate_on_all,
    _step_only,
    _gradients_only,
    _running_total,
    _others_only,
    _last_gradient,
    _first_gradient,
    _one_kernel_in_sum,
    _one_kernel_in_after,
    _axis_kept_in_after,
    _one_kernel,
    _dtype_of_w,
)
