"""Loops that end a place early or begin a place late: rows and columns of the result are never filled."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from lecturelib.exercises.exercise import mistake

_ENDS = "There are {counts}, and `range(n)` ends at n - 1."
_BEGINS = "Rows and columns count from 0."
# Name, what is not filled, how the loops err, which rows and columns are filled.
_CASES = (
    ("last_row_and_column", "The last row and the last column", "stay", "your loops end one early", _ENDS),
    ("last_row", "The last row", "stays", "your loop over the rows ends one early", _ENDS),
    ("last_column", "The last column", "stays", "your loop over the columns ends one early", _ENDS),
    ("first_row_and_column", "The first row and the first column", "stay", "your loops begin at 1", _BEGINS),
    ("first_row", "The first row", "stays", "your loop over the rows begins at 1", _BEGINS),
    ("first_column", "The first column", "stays", "your loop over the columns begins at 1", _BEGINS),
)


def hollow(result: np.ndarray, rows: slice, columns: slice, begun: np.ndarray | int = 0) -> np.ndarray:
    """Keep these rows and columns of a result; the rest of it stays as it was begun."""
    hollowed = np.zeros_like(result) + begun
    hollowed[..., rows, columns] = result[..., rows, columns]
    return hollowed


def unfilled(
    right: Callable,
    counts: str,
    *,
    begun: Callable | None = None,
    ends: Callable | None = None,
    suffix: str = "",
) -> list[Callable]:
    """Return the mistakes of loops that miss the last or the first row, column, or both.

    Parameters
    ----------
    right : callable
        Gives the right answer, whose last two axes are rows and columns.
    counts : str
        How many rows and columns there are, to follow "There are".
    begun : callable or None
        Gives the biases, where they are added to all places; None for zeros.
    ends : callable or None
        How many rows and columns a loop fills that ends early; None for all but one.
    suffix : str
        Of the names of the mistakes.

    Returns
    -------
    list of callable
        Six wrong implementations, marked with `mistake`.
    """
    functions = [_one(case, right, counts, begun, ends) for case in _CASES]
    for function, (name, *_) in zip(functions, _CASES, strict=True):
        function.__name__ = f"{name}_{'zero' if begun is None else 'bias_alone'}{suffix}"
    return functions


def _one(case: tuple[str, ...], right: Callable, counts: str, begun: Callable | None, ends: Callable | None):
    name, what, stays, how, why = case
    left = "0" if begun is None else "nothing but the bias"
    verb = stays if begun is None else {"stay": "hold", "stays": "holds"}[stays]

    @mistake(f"{what} of your result {verb} {left}: {how}. {why.format(counts=counts)}")
    def wrong(*args):
        result = right(*args)
        height, width = ends(*args) if ends else (size - 1 for size in result.shape[-2:])
        rows, columns = (slice(1, None),) * 2 if name.startswith("first") else (slice(height), slice(width))
        return hollow(
            result,
            rows if "row" in name else slice(None),
            columns if "column" in name else slice(None),
            begun(*args) if begun else 0,
        )

    return wrong
