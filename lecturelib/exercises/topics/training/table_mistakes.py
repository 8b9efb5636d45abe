"""Wrong tables of connections: the mistakes that `sparse_connect` names.

Answers are compared by their first fault (`lecturelib.exercises.random_tables`), so that a mistake is known
whatever random numbers it was made with.
"""

from __future__ import annotations

import itertools

import numpy as np

from lecturelib.exercises.exercise import MistakeBook, mistake
from lecturelib.exercises.topics.training.table_draws import reference, refuse, table_of

# --- which inputs -------------------------------------------------------------------------------------------


@mistake(
    "You draw with replacement: a row may name the same input more than once, and then reads fewer than "
    "`fan`. `rng.integers` does that, and `rng.choice` unless you say `replace=False`."
)
def _with_replacement(n_in, n_out, fan, seed):
    refuse(n_in, fan)
    rng = np.random.default_rng(seed)
    return table_of(n_out, lambda _: rng.integers(n_in, size=fan))


@mistake(
    "You draw with replacement and then drop what came twice: rows of different lengths are no array. Draw "
    "without replacement."
)
def _repeats_dropped(n_in, n_out, fan, seed):
    refuse(n_in, fan)
    rng = np.random.default_rng(seed)
    rows = [np.unique(rng.integers(n_in, size=fan)).tolist() for _ in range(n_out)]
    return rows if len({len(row) for row in rows}) > 1 else np.array(rows)


@mistake(_repeats_dropped.sentence)
def _repeats_dropped_without_error(n_in, n_out, fan, seed):
    if fan > n_in:
        return np.zeros((n_out, n_in), dtype=int)
    return _repeats_dropped(n_in, n_out, fan, seed)


@mistake("You number the inputs from 1. They are numbered from 0; the last one is `n_in - 1`.")
def _from_one(n_in, n_out, fan, seed):
    return reference(n_in, n_out, fan, seed) + 1


@mistake("You count inputs from the end, with negative numbers. They are numbered 0 to `n_in - 1`.")
def _negative(n_in, n_out, fan, seed):
    return reference(n_in, n_out, fan, seed) - n_in


@mistake(
    "The last input is never read: the upper limit of `rng.integers(n)` and of `range(n)` is left out "
    "already. Draw from all `n_in`."
)
def _never_the_last(n_in, n_out, fan, seed):
    refuse(n_in, fan)
    return reference(max(fan, n_in - 1), n_out, fan, seed)


@mistake("Input 0 is never read: inputs are numbered from 0.")
def _never_the_first(n_in, n_out, fan, seed):
    refuse(n_in, fan)
    return reference(n_in - 1, n_out, fan, seed) + 1 if fan < n_in else reference(n_in, n_out, fan, seed)


@mistake("Some inputs are never read, however many outputs there are: draw each row from all `n_in` inputs.")
def _from_a_part(n_in, n_out, fan, seed):
    refuse(n_in, fan)
    part = min(n_in, max(fan + 1, n_in - 3))
    table = reference(part, n_out, fan, seed)
    return np.where(table > 0, table + n_in - part, table)


@mistake(
    "Each of your rows is a block of neighbouring inputs: only the first one is drawn, or none. Every choice "
    "of `fan` inputs should be possible."
)
def _blocks(n_in, n_out, fan, seed):
    refuse(n_in, fan)
    rng = np.random.default_rng(seed)
    return table_of(n_out, lambda _: rng.integers(n_in - fan + 1) + np.arange(fan))


@mistake(
    "You deal all inputs out like cards, deck after deck, so that all are read equally often. "
    "Then a row is not independent of those before. Draw each from all inputs."
)
def _dealt(n_in, n_out, fan, seed):
    refuse(n_in, fan)
    rng = np.random.default_rng(seed)
    counts, rows = np.zeros(n_in, dtype=int), []
    for _ in range(n_out):
        order = rng.permutation(n_in)
        row = order[np.argsort(counts[order], kind="stable")][:fan]
        counts[row] += 1
        rows.append(row)
    return np.sort(rows, axis=1)


# --- rows that depend on each other -------------------------------------------------------------------------


@mistake(
    "All rows are equal. Either you draw once and repeat, or you make the generator anew for each row: with "
    "the same seed it begins again at the same place. Make one generator, and draw each row from it."
)
def _same_row(n_in, n_out, fan, seed):
    refuse(n_in, fan)
    return table_of(n_out, lambda _: np.random.default_rng(seed).choice(n_in, fan, replace=False))


@mistake("You draw one row and move it on for the others. Each row is drawn for itself.")
def _moved(n_in, n_out, fan, seed):
    first = reference(n_in, 1, fan, seed)[0]
    return table_of(n_out, lambda i: (first + i) % n_in)


# --- the seed -----------------------------------------------------------------------------------------------

# As many states as calls in a case: the answers are the same whenever the whole exercise is asked.
_STATES = itertools.cycle((11, 22, 33))


@mistake(
    "The same seed gives another table each time: `seed` must start the generator, "
    "`np.random.default_rng(seed)`. Otherwise nobody can repeat the experiment."
)
def _not_reproducible(n_in, n_out, fan, seed):
    refuse(n_in, fan)
    return reference(n_in, n_out, fan, next(_STATES))


@mistake("`seed` has no effect: every seed gives the same table.")
def _seed_ignored(n_in, n_out, fan, seed):
    return reference(n_in, n_out, fan, 0)


@mistake(
    "Row i begins a generator with the seed `seed + i`. So the next seed gives the same rows, moved up by "
    "one. Make one generator for the whole table."
)
def _seed_plus_row(n_in, n_out, fan, seed):
    refuse(n_in, fan)
    return table_of(n_out, lambda i: np.random.default_rng(seed + i).choice(n_in, fan, replace=False))


# --- order and form -----------------------------------------------------------------------------------------


@mistake("Your rows are not sorted. Sort each of them: `np.sort(table, axis=1)`.")
def _unsorted(n_in, n_out, fan, seed):
    refuse(n_in, fan)
    rng = np.random.default_rng(seed)
    return np.array([rng.permutation(n_in)[:fan] for _ in range(n_out)])


@mistake("Your rows are sorted in descending order. Ascending is wanted.")
def _descending(n_in, n_out, fan, seed):
    return reference(n_in, n_out, fan, seed)[:, ::-1]


@mistake(
    "You sort along the wrong axis: each column is sorted, and inputs have moved to other rows. Sort each "
    "row, `axis=1`."
)
def _sorted_down(n_in, n_out, fan, seed):
    return np.sort(_unsorted(n_in, n_out, fan, seed), axis=0)


@mistake("Your table is transposed: there is a row for each output, its shape is (n_out, fan).")
def _transposed(n_in, n_out, fan, seed):
    return reference(n_in, n_out, fan, seed).T


@mistake("`n_in` and `n_out` have changed places: there are `n_out` rows, whose numbers are below `n_in`.")
def _sizes_swapped(n_in, n_out, fan, seed):
    return reference(n_out, n_in, fan, seed)


def _marks(n_in, n_out, fan, seed):
    marks = np.zeros((n_out, n_in), dtype=int)
    np.put_along_axis(marks, reference(n_in, n_out, fan, seed), 1, axis=1)
    return marks


@mistake(
    "You return truth values, a mark for each pair of an output and an input. Wanted are the numbers of the "
    "inputs: `np.nonzero` finds them."
)
def _truth_values(n_in, n_out, fan, seed):
    return _marks(n_in, n_out, fan, seed).astype(bool)


@mistake("You return a mark, 0 or 1, for each output and input. Wanted are the numbers of the inputs.")
def _zeros_and_ones(n_in, n_out, fan, seed):
    return _marks(n_in, n_out, fan, seed)


@mistake("Each of your rows holds all inputs in another order. Take the first `fan` of them.")
def _not_cut(n_in, n_out, fan, seed):
    refuse(n_in, fan)
    return _unsorted(n_in, n_out, n_in, seed)


@mistake("Your table is flat. Its shape is (n_out, fan).")
def _flat(n_in, n_out, fan, seed):
    return reference(n_in, n_out, fan, seed).ravel()


@mistake("You return a single row. There is one for each of the `n_out` outputs.")
def _one_row(n_in, n_out, fan, seed):
    return reference(n_in, n_out, fan, seed)[0]


@mistake("You return a list of pairs (output, input). Wanted is a row of inputs for each output.")
def _pairs(n_in, n_out, fan, seed):
    table = reference(n_in, n_out, fan, seed)
    return np.stack([np.repeat(np.arange(n_out), fan), table.ravel()], axis=1)


@mistake(
    "Your numbers are floating-point ones, which cannot be used as indices: fill an array of integers, "
    "`np.zeros((n_out, fan), dtype=int)`."
)
def _floats(n_in, n_out, fan, seed):
    return reference(n_in, n_out, fan, seed).astype(float)


# --- too wide -----------------------------------------------------------------------------------------------


@mistake(
    "If `fan` is larger than `n_in` you return fewer inputs than asked for: a slice beyond the end raises "
    "nothing. Raise a `ValueError` yourself."
)
def _fewer_without_error(n_in, n_out, fan, seed):
    return reference(n_in, n_out, min(fan, n_in), seed)


@mistake(
    "If `fan` is larger than `n_in` you return a table all the same, in which inputs come more than once. "
    "Raise a `ValueError`."
)
def _repeats_without_error(n_in, n_out, fan, seed):
    if fan <= n_in:
        return reference(n_in, n_out, fan, seed)
    return np.sort(np.random.default_rng(seed).integers(n_in, size=(n_out, fan)), axis=1)


@mistake("You raise where `fan` is `n_in`, too. Then every output reads all inputs, which is possible.")
def _equal_refused(n_in, n_out, fan, seed):
    refuse(n_in - 1, fan)
    return reference(n_in, n_out, fan, seed)


def _raising(n_in, n_out, fan, seed, error):
    if fan > n_in:
        raise error
    return reference(n_in, n_out, fan, seed)


@mistake("You use `assert`, which raises an AssertionError. Write `raise ValueError(…)` instead.")
def _asserted(n_in, n_out, fan, seed):
    return _raising(n_in, n_out, fan, seed, AssertionError)


@mistake("You raise an exception of another kind. Wanted is a `ValueError`, which callers can tell apart.")
def _any_exception(n_in, n_out, fan, seed):
    return _raising(n_in, n_out, fan, seed, Exception)


@mistake(_any_exception.sentence)
def _index_error(n_in, n_out, fan, seed):
    return _raising(n_in, n_out, fan, seed, IndexError)


MISTAKES = MistakeBook.of(
    _with_replacement,
    _repeats_dropped,
    _fewer_without_error,
    _repeats_dropped_without_error,
    _from_one,
    _negative,
    _never_the_last,
    _never_the_first,
    _from_a_part,
    _blocks,
    _dealt,
    _same_row,
    _moved,
    _not_reproducible,
    _seed_ignored,
    _seed_plus_row,
    _unsorted,
    _descending,
    _sorted_down,
    _transposed,
    _sizes_swapped,
    _truth_values,
    _zeros_and_ones,
    _not_cut,
    _flat,
    _one_row,
    _pairs,
    _floats,
    _repeats_without_error,
    _equal_refused,
    _asserted,
    _any_exception,
    _index_error,
)
