"""Functions that may stand among a problem's arguments, by name.

A problem holds arrays and JSON only, so that it can be frozen in a file or sent to another process. Where an
exercise takes a function ("is `f` equivariant?"), the problem holds a `NamedFunction`, and both sides look it
up in this table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

# Asymmetric along both axes and under transposition: no symmetry can make a wrong answer look right.
_KERNEL = np.array([[1, 2, -1], [0, 3, 1], [-2, 0, 4]])


def _circular_conv(x: np.ndarray) -> np.ndarray:
    return sum(
        _KERNEL[row, column].astype(x.dtype) * np.roll(x, (row, column), axis=(0, 1))
        for row, column in np.ndindex(3, 3)
    )


def _zero_conv(x: np.ndarray) -> np.ndarray:
    padded = np.pad(x, 1)
    height, width = x.shape
    return sum(
        _KERNEL[row, column].astype(x.dtype)
        * padded[2 - row : 2 - row + height, 2 - column : 2 - column + width]
        for row, column in np.ndindex(3, 3)
    )


def _row_ramp(x: np.ndarray) -> np.ndarray:
    return x * np.arange(x.shape[0], dtype=x.dtype)[:, None]


_TABLE: dict[str, Callable] = {
    "identity": lambda x: np.array(x),
    "negate": lambda x: -x,
    "relu": lambda x: np.maximum(x, 0),
    "circular_conv": _circular_conv,
    "zero_conv": _zero_conv,
    "stride2_conv": lambda x: _circular_conv(x)[::2, ::2],
    "row_ramp": _row_ramp,
    "global_max": lambda x: np.max(x),
    "roll_rows": lambda x: np.roll(x, 1, axis=0),
    "roll_rows_2": lambda x: np.roll(x, 2, axis=0),
    "roll_columns": lambda x: np.roll(x, 1, axis=1),
    "roll_columns_2": lambda x: np.roll(x, 2, axis=1),
    "flip_rows": lambda x: np.array(x[::-1]),
    "quarter_turn": lambda x: np.rot90(x).copy(),
}

FUNCTIONS: Mapping[str, Callable] = MappingProxyType(_TABLE)
"""The table: name -> a pure function of one array of shape (H, W)."""


@dataclass(frozen=True)
class NamedFunction:
    """A function of the table that is called like the function and stored like its name.

    Parameters
    ----------
    name : str
        One of the names in `FUNCTIONS`.

    Raises
    ------
    ValueError
        If no function has that name.

    Examples
    --------
    >>> import numpy as np
    >>> NamedFunction("roll_rows")(np.array([[1], [2], [3]])).ravel().tolist()
    [3, 1, 2]
    """

    name: str

    def __post_init__(self) -> None:
        """Refuse a name that is not in the table."""
        if self.name not in FUNCTIONS:
            raise ValueError(f"name must be one of {', '.join(sorted(FUNCTIONS))}; got {self.name!r}")

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """Apply the function to `x` of shape (H, W)."""
        return FUNCTIONS[self.name](x)

    def __repr__(self) -> str:
        """Show the name alone."""
        return self.name
