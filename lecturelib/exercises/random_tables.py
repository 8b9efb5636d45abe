"""What is wrong with a random table of connections, if anything: no two right ones need be alike.

Faults are looked for in a fixed order, and the first one found counts. What may also come about by chance is
a fault only where that chance is below one in 10⁹.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lecturelib.exercises.formatting import shape_text

_RARE = math.log(1e-9)


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong.

    Parameters
    ----------
    key : tuple
        What kind of fault it is; two answers with the same key are wrong in the same way.
    sentence : str
        For the student, without a full stop.
    """

    key: tuple
    sentence: str


_DEALT = Fault(("dealt",), "all inputs are read equally often; independent rows do not come out so")


@dataclass(frozen=True)
class Sizes:
    """How large the table is to be.

    Parameters
    ----------
    n_in, n_out, fan : int
        Each of `n_out` rows holds `fan` of `n_in` inputs.
    """

    n_in: int
    n_out: int
    fan: int

    @property
    def log_rows(self) -> float:
        """Logarithm of how many different rows there are."""
        return math.log(math.comb(self.n_in, self.fan))


def first_fault(n_in: int, n_out: int, fan: int, tables: Sequence[np.ndarray | None]) -> Fault | None:
    """Find what is wrong.

    Parameters
    ----------
    n_in, n_out, fan : int
        What was asked for.
    tables : sequence of ndarray or None
        A table alone; or three: of a seed, of the same seed again, of the next seed. None for what is none.

    Returns
    -------
    Fault or None
        None if the tables look as they should.
    """
    sizes = Sizes(n_in, n_out, fan)
    if fan > n_in:
        narrow = all(table is None or table.shape[1:] < (fan,) for table in tables)
        return Fault(("no error", narrow), "expected a ValueError")
    for find in (_form, _entries, _rows):
        for table in tables:
            fault = find(sizes, table)
            if fault is not None:
                return fault
    return _unread(sizes, tables) or (_seeds(sizes, *tables) if len(tables) == 3 else None)


def _form(sizes: Sizes, table: np.ndarray | None) -> Fault | None:
    """Look at the shape and the dtype."""
    wanted = sizes.n_out, sizes.fan
    if table is None:
        return Fault(("no array",), f"expected an array of shape {wanted}: all rows must be equally long")
    if table.dtype.kind == "b":
        return Fault(("truth values", table.shape), "expected the numbers of inputs, got truth values")
    if sizes.n_out == 1 and table.ndim == 2 and len(table) == 1 and table.shape[1] < sizes.fan:
        return Fault(("no array",), f"expected {sizes.fan} inputs in the row, got {table.shape[1]}")
    if table.shape != wanted:
        kind = _kind_of_rows(sizes, table)
        return Fault(("shape", table.shape, kind), f"expected shape {wanted}, got {shape_text(table)}")
    if table.dtype.kind not in "iu":
        return Fault(("no integers",), f"expected integers, got an array of {table.dtype}")
    return None


def _kind_of_rows(sizes: Sizes, table: np.ndarray) -> str:
    """Tell marks 0 and 1 from a whole permutation in each row."""
    if table.shape != (sizes.n_out, sizes.n_in):
        return "other"
    if np.isin(table, (0, 1)).all() and sizes.n_in > 2:
        return "marks"
    return (
        "all"
        if np.array_equal(np.sort(table, axis=1), np.tile(np.arange(sizes.n_in), (len(table), 1)))
        else ""
    )


def _entries(sizes: Sizes, table: np.ndarray) -> Fault | None:
    """Look at the numbers, and at their order within each row."""
    if table.min() < 0:
        return Fault(("negative",), f"inputs are numbered from 0; got {table.min()}")
    if table.max() >= sizes.n_in:
        return Fault(
            ("too large",), f"the last of {sizes.n_in} inputs is {sizes.n_in - 1}; got {table.max()}"
        )
    steps = np.diff(table.astype(np.int64), axis=1)
    if (steps > 0).all():
        return None
    if (
        np.ptp(table, axis=0).any()
        and (np.diff(table.astype(np.int64), axis=0) >= 0).all()
        and len(table) > 5
    ):
        return Fault(("sorted down",), "each column is sorted; each row should be")
    for i, row in enumerate(table.tolist()):
        if len(set(row)) < len(row):
            if _dealt(sizes, table):
                return _DEALT
            return Fault(("repeated",), f"row {i} names an input more than once: {_short(row)}")
    if (steps < 0).all():
        return Fault(("descending",), "the rows are sorted in descending order")
    i = int(np.argmax((steps < 0).any(axis=1)))
    return Fault(("unsorted",), f"row {i} is not sorted: {_short(table[i].tolist())}")


def _short(row: list[int]) -> str:
    shown = ", ".join(map(str, row[:12]))
    return f"[{shown}, …]" if len(row) > 12 else f"[{shown}]"


def _rows(sizes: Sizes, table: np.ndarray) -> Fault | None:
    """Look whether the rows have anything to do with each other."""
    others = (sizes.n_out - 1) * sizes.log_rows
    if -others < _RARE and (table == table[0]).all():
        return Fault(("one row",), "all rows are equal")
    neighbours = [_is_run(row, sizes.n_in) for row in table]
    if sizes.fan > 1 and sizes.n_out * (math.log(sizes.n_in) - sizes.log_rows) < _RARE and all(neighbours):
        return Fault(("runs",), "every row consists of neighbouring inputs")
    moved = (sizes.n_out - 1) * (math.log(sizes.n_in) - sizes.log_rows)
    if moved < _RARE and _all_moved(table, sizes.n_in):
        return Fault(("moved",), "every row is the first one moved on, with the last input before the first")
    return _DEALT if _dealt(sizes, table) else None


def _is_run(row: np.ndarray, n_in: int) -> bool:
    """Tell whether a sorted row holds neighbours, the last input being one of the first."""
    gaps = np.diff(np.append(row, row[0] + n_in))
    return int((gaps == 1).sum()) >= len(row) - 1


def _all_moved(table: np.ndarray, n_in: int) -> bool:
    """Tell whether every row is a cyclic shift of the first."""
    first = {tuple(sorted((table[0] + step) % n_in)) for step in range(n_in)}
    return all(tuple(row) in first for row in table.tolist())


def _unread(sizes: Sizes, tables: Sequence[np.ndarray]) -> Fault | None:
    """Look whether some input is read by nobody, in the tables of both seeds."""
    share, drawn = sizes.fan / sizes.n_in, np.concatenate((tables[0], tables[-1])[: len(tables)])
    if share == 1 or math.log(sizes.n_in) + len(drawn) * math.log1p(-share) >= _RARE:
        return None
    counts = np.bincount(drawn.ravel(), minlength=sizes.n_in)
    if counts.all():
        return None
    unread = int(np.argmin(counts))
    place = {0: "first", sizes.n_in - 1: "last"}.get(unread, "some")
    return Fault(("unread", place), f"input {unread} is never read, whatever the seed")


def _dealt(sizes: Sizes, table: np.ndarray) -> bool:
    """Tell whether no input is read more than once more than another, and not by chance."""
    counts = np.bincount(table.ravel(), minlength=sizes.n_in)
    return bool(np.ptp(counts) <= 1 and sizes.fan < sizes.n_in and _log_chance_of_even_use(sizes) < _RARE)


def _log_chance_of_even_use(sizes: Sizes) -> float:
    """Estimate the logarithm of the chance that no input is read more than once more than another."""
    share, reads = sizes.fan / sizes.n_in, sizes.n_out * sizes.fan
    low = reads // sizes.n_in
    allowed = (low,) if reads % sizes.n_in == 0 else (low, low + 1)
    one = sum(
        math.comb(sizes.n_out, count) * share**count * (1 - share) ** (sizes.n_out - count)
        for count in allowed
    )
    # As if the inputs were independent; that their reads add up to a known number makes it likelier.
    return sizes.n_in * math.log(one) + 0.5 * math.log(2 * math.pi * reads)


def _seeds(sizes: Sizes, table: np.ndarray, same: np.ndarray, other: np.ndarray) -> Fault | None:
    """Compare the tables of one seed and of two."""
    if not np.array_equal(table, same):
        return Fault(("not reproducible",), "asked twice with the same seed, gives two different tables")
    if -sizes.n_out * sizes.log_rows < _RARE and np.array_equal(table, other):
        return Fault(("seed ignored",), "another seed gives the same table")
    rows = [set(map(tuple, one.tolist())) for one in (table, other)]
    common = sum(tuple(row) in rows[1] for row in table.tolist())
    if common >= sizes.n_out / 2 and sizes.n_out / 2 * (math.log(sizes.n_out) + 1.7 - sizes.log_rows) < _RARE:
        return Fault(("seeds share rows",), f"the next seed gives {common} of the {sizes.n_out} rows again")
    return None
