"""What a function answered to one problem, as plain data.

An `Answer` holds arrays, numbers, strings and tuples only. It can therefore come from the same process
(`ask`), from a frozen file, or from a sandboxed kernel, and is judged the same way.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

_ADDRESS = re.compile(r" at 0x[0-9A-Fa-f]+")
_LONGEST_MESSAGE = 240
_DEEPEST = 8


@dataclass(frozen=True)
class Unreadable:
    """A returned object that is no array, number, string, tuple or dictionary of these.

    Parameters
    ----------
    kind : str
        Its type's name, for instance ``"generator"``.
    """

    kind: str


@dataclass(frozen=True)
class Failure:
    """An exception that a function raised.

    Parameters
    ----------
    kind : str
        Name of the exception's type.
    lineage : tuple of str
        Names of the type and of all its bases, so that a subclass counts as its base.
    message : str
        What the exception says, without memory addresses.
    line : int or None
        Line in the student's cell or file; None if the call itself failed, as with a wrong number of
        arguments.
    code : str
        That line's text where it is known, else the empty string.
    """

    kind: str
    lineage: tuple[str, ...] = ()
    message: str = ""
    line: int | None = None
    code: str = ""

    @property
    def negative_index(self) -> bool:
        """Whether an index counted from the end went beyond the beginning."""
        return self.kind == "IndexError" and self.message.startswith("index -")

    @classmethod
    def of(cls, error: BaseException, *, line: int | None = None, code: str = "") -> Failure:
        """Describe an exception, with messages that do not change from run to run."""
        message = _ADDRESS.sub("", " ".join(str(error).split()))
        if len(message) > _LONGEST_MESSAGE:
            message = message[: _LONGEST_MESSAGE - 1] + "…"
        lineage = tuple(base.__name__ for base in type(error).__mro__ if base is not object)
        return cls(type(error).__name__, lineage, message, line, code)


@dataclass(frozen=True, eq=False)
class Answer:
    """The answer to one problem.

    Parameters
    ----------
    value : object
        What was returned, settled (see `settle`).
    failure : Failure or None
        The exception, if one was raised.
    damaged : tuple of str
        Names of the arguments that the function changed in place.
    forbidden : str or None
        The function that was called although the exercise forbids it.
    printed : bool
        Whether the function printed something.
    """

    value: object = None
    failure: Failure | None = None
    damaged: tuple[str, ...] = ()
    forbidden: str | None = None
    printed: bool = False


def settle(value: object, _depth: int = 0) -> object:
    """Copy a returned object into plain data.

    Parameters
    ----------
    value : object
        Anything a student's function may return.

    Returns
    -------
    object
        None, Ellipsis, bool, int, float, complex, str, ndarray (a copy), a tuple or dict of these, or
        `Unreadable`.

    Notes
    -----
    Lists become tuples; whether a tuple is a vector or several results is for the judge to say, who knows
    what was expected.

    Examples
    --------
    >>> settle([1, 2.5])
    (1, 2.5)
    >>> settle(number for number in (1, 2))
    Unreadable(kind='generator')
    """
    if value is None or value is Ellipsis:
        return value
    if isinstance(value, bool | int | float | complex | str) and not isinstance(value, np.generic):
        return value
    if _depth > _DEEPEST:
        return Unreadable(type(value).__name__)
    if isinstance(value, list | tuple):
        return tuple(settle(item, _depth + 1) for item in value)
    if isinstance(value, dict):
        return {str(key): settle(item, _depth + 1) for key, item in value.items()}
    if isinstance(value, np.ndarray | np.generic) or hasattr(value, "__array__"):
        return _settle_array(value)
    return Unreadable(type(value).__name__)


def _settle_array(value: object) -> object:
    array = np.array(value, subok=False)
    if array.dtype == object:  # np.array([None, ...]) or ragged rows: numbers inside are still worth reading
        try:
            return np.array(array.tolist(), dtype=float)
        except (TypeError, ValueError):
            return Unreadable("array of objects")
    if array.dtype.kind in "biufc":
        return array
    return Unreadable(f"array of {array.dtype.name}")


def as_array(value: object) -> np.ndarray | None:
    """Read a settled value as an array of numbers; None where it is not one.

    Parameters
    ----------
    value : object
        A settled value: a number, an array, or a tuple nested like an array.

    Returns
    -------
    ndarray or None
        None for None, text, ragged tuples and everything else that holds no numbers.

    Examples
    --------
    >>> as_array(((1, 2), (3, 4))).shape
    (2, 2)
    >>> as_array(((1, 2), (3,))) is None
    True
    """
    if isinstance(value, np.ndarray):
        return value
    if isinstance(value, str) or value is None or value is Ellipsis:
        return None
    try:
        array = np.array(value)
    except (TypeError, ValueError):
        return None
    return array if array.dtype.kind in "biufc" else None
