"""Wrong answers for pictures that are too small: mistakes that `lecun_shapes` names."""

from __future__ import annotations

from lecturelib.exercises.exercise import MistakeBook, mistake
from lecturelib.exercises.topics.training.shape_steps import STAGES, checked, reference, sides


@mistake(
    "Where the picture is too small you return numbers below 1. A map of no rows is none: raise a "
    "`ValueError`."
)
def _unchecked(n):
    return sides(n)


@mistake("Where nothing is left you return 0 instead of raising a `ValueError`.")
def _zeros(n):
    return sides(n, [lambda s, stage=stage: max(0, stage(s)) for stage in STAGES])


@mistake("Where a window does not fit you go on with 1 row. Nothing is left there: raise a `ValueError`.")
def _one_at_least(n):
    return sides(n, [lambda s, stage=stage: max(1, stage(s)) for stage in STAGES])


@mistake(
    "You raise only where a number is exactly 0. Below 0 it is too small as well: ask whether it is below 1."
)
def _only_zero(n):
    rows = sides(n)
    if 0 in rows:
        raise ValueError
    return rows


@mistake("You raise only where a number is below 0. A map of 0 rows has nothing left either.")
def _only_negative(n):
    rows = sides(n)
    if min(rows) < 0:
        raise ValueError
    return rows


@mistake("You look at the first stage only. A later one may have nothing left: look at all, or at the last.")
def _first_stage_only(n):
    rows = sides(n)
    if rows[0] < 1:
        raise ValueError
    return rows


@mistake("You look at the first pooling, and not at what comes after it: the later stages take rows too.")
def _first_pooling_only(n):
    rows = sides(n)
    if rows[1] < 1:
        raise ValueError
    return rows


@mistake("You raise where one row is left. A map of one row is a map; only below 1 nothing is left.")
def _one_refused(n):
    rows = reference(n)
    if 1 in rows:
        raise ValueError
    return rows


@mistake("Where a stage has nothing left you return the list as far as you have come. Raise a `ValueError`.")
def _broken_off(n):
    return [rows for rows in sides(n) if rows >= 1]


@mistake("Where a stage has nothing left you return an empty list. Write `raise ValueError(…)` instead.")
def _empty(n):
    rows = sides(n)
    return rows if min(rows) >= 1 else []


@mistake("You return the exception. `raise` it: what is returned looks like an answer to the caller.")
def _returned_error(n):
    rows = sides(n)
    return rows if min(rows) >= 1 else ValueError("too small")


def _raising(n, error):
    try:
        return checked(sides(n))
    except ValueError:
        raise error from None


@mistake("You use `assert`, which raises an AssertionError. Write `raise ValueError(…)` instead.")
def _asserted(n):
    return _raising(n, AssertionError)


@mistake("You raise an exception of another kind. Wanted is a `ValueError`, which callers can tell apart.")
def _any_exception(n):
    return _raising(n, Exception)


@mistake(_any_exception.sentence)
def _index_error(n):
    return _raising(n, IndexError)


@mistake(_any_exception.sentence)
def _type_error(n):
    return _raising(n, TypeError)


@mistake(_any_exception.sentence)
def _runtime_error(n):
    return _raising(n, RuntimeError)


TOO_SMALL = MistakeBook.of(
    _unchecked,
    _zeros,
    _one_at_least,
    _only_zero,
    _only_negative,
    _first_stage_only,
    _first_pooling_only,
    _one_refused,
    _broken_off,
    _empty,
    _returned_error,
    _asserted,
    _any_exception,
    _index_error,
    _type_error,
    _runtime_error,
)
