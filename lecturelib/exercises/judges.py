"""Named comparisons between a right answer and a given one.

Students receive this file too: a frozen exercise names its judge. A judge says *whether* an answer is right
and *where* it first differs; what the difference means is the business of `diagnosis`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

import numpy as np

from lecturelib.exercises.answers import Unreadable, as_array
from lecturelib.exercises.formatting import brief, plain_number, shape_text
from lecturelib.exercises.random_tables import first_fault

if TYPE_CHECKING:
    from lecturelib.exercises.exercise import Problem

_TOLERANCE = {"double": 1e-9, "single": 1e-5}


@dataclass(frozen=True, eq=False)
class Difference:
    """The first place where an answer is not the expected one.

    Parameters
    ----------
    kind : str
        ``"none"``, ``"type"``, ``"shape"``, ``"complex"``, ``"nan"``, ``"value"`` or ``"property"``.
    sentence : str
        What was expected and what arrived.
    index : tuple of int or None
        0-based position within the array.
    part : str
        Name of the returned part, where several are returned.
    """

    kind: str
    sentence: str
    index: tuple[int, ...] | None = None
    part: str = ""


class Judge(Protocol):
    """A comparison with a name."""

    def difference(
        self, problem: Problem, expected: object, answer: object, returns: tuple[str, ...] = ()
    ) -> Difference | None:
        """Return the first difference from a right answer, or None where the answer is right."""

    def same(self, problem: Problem, one: object, other: object) -> bool:
        """Tell whether two answers, right or wrong, come to the same."""

    def visible(self, problem: Problem, value: object) -> object:
        """Return what symptoms are looked for in, where the answer itself may take many forms."""


def tolerance(problem: Problem, *arrays: np.ndarray) -> float:
    """Relative tolerance: 1e-9, or 1e-5 where single precision takes part.

    Parameters
    ----------
    problem : Problem
        Its float32 arguments permit a float32 answer.
    *arrays : ndarray
        The answer.
    """
    given = (*(one for one in problem.args if isinstance(one, np.ndarray)), *arrays)
    single = any(one.dtype in (np.float32, np.complex64) or one.dtype == np.float16 for one in given)
    return _TOLERANCE["single" if single else "double"]


def magnitude(problem: Problem, *arrays: np.ndarray) -> float:
    """Largest finite absolute value among the arguments and `arrays`: what the tolerance is relative to.

    Notes
    -----
    The arguments count because a right answer may be 0 where large numbers cancel.
    """
    sizes = [0.0]
    for one in (*problem.args, *arrays):
        if isinstance(one, np.ndarray) and one.size and one.dtype.kind in "iufc":
            finite = np.abs(one.astype(complex if one.dtype.kind == "c" else float))
            finite = finite[np.isfinite(finite)]
            sizes.append(float(finite.max()) if finite.size else 0.0)
    return max(sizes)


def near(problem: Problem, expected: np.ndarray, answer: np.ndarray) -> np.ndarray:
    """Compare two arrays of one shape entry by entry.

    Returns
    -------
    ndarray of bool
        True where both are NaN, the same infinity, or closer than the tolerance.
    """
    with np.errstate(all="ignore"):
        apart = np.abs(np.subtract(answer, expected, dtype=np.result_type(answer, expected, np.float64)))
        close = apart <= tolerance(problem, answer) * magnitude(problem, expected)
    return close | (expected == answer) | ((expected != expected) & (answer != answer))


class Close:
    """The answer has the expected structure and shape, and every number is near the expected one."""

    def difference(
        self, problem: Problem, expected: object, answer: object, returns: tuple[str, ...] = ()
    ) -> Difference | None:
        """Return the first difference; see `Judge.difference`."""
        if expected is None or isinstance(expected, str | bool) or expected is Ellipsis:
            same = (
                answer is expected
                if expected is None
                else (type(answer) is type(expected) and answer == expected)
            )
            return None if same else Difference("type", f"expected {expected!r}, got {brief(answer)}")
        if answer is None or answer is Ellipsis:
            return Difference("none", f"expected {brief(expected)}, got {brief(answer)}")
        if isinstance(expected, tuple) and not returns and as_array(expected) is not None:
            expected = as_array(expected)
        if isinstance(expected, tuple):
            return self._parts(problem, expected, answer, returns)
        return self._array(problem, np.asarray(expected), answer)

    def same(self, problem: Problem, one: object, other: object) -> bool:
        """Tell whether two answers are near each other; see `Judge.same`."""
        if isinstance(one, tuple) and as_array(one) is None:
            return (
                isinstance(other, tuple)
                and len(one) == len(other)
                and all(self.same(problem, *pair) for pair in zip(one, other, strict=True))
            )
        if isinstance(one, Unreadable):
            return one == other
        return self.difference(problem, one, other) is None

    def visible(self, problem: Problem, value: object) -> object:
        """Return the value itself; see `Judge.visible`."""
        return value

    def _parts(
        self, problem: Problem, expected: tuple, answer: object, returns: tuple[str, ...]
    ) -> Difference | None:
        names = returns or tuple(f"part {place}" for place in range(len(expected)))
        if isinstance(answer, np.ndarray) and answer.ndim:
            answer = tuple(answer)
        if not isinstance(answer, tuple) or len(answer) != len(expected):
            wanted = f"{len(expected)} results ({', '.join(names)})"
            return Difference("type", f"expected {wanted}, got {brief(answer)}")
        for name, right, given in zip(names, expected, answer, strict=True):
            found = self.difference(problem, right, given)
            if found is not None:
                return Difference(found.kind, found.sentence, found.index, name)
        return None

    def _array(self, problem: Problem, expected: np.ndarray, answer: object) -> Difference | None:
        array = as_array(answer)
        if array is None:
            return Difference("type", f"expected {brief(expected)}, got {brief(answer)}")
        if array.shape != expected.shape:
            return Difference("shape", f"expected {shape_text(expected)}, got {shape_text(array)}")
        if array.dtype.kind == "c" and expected.dtype.kind != "c":
            return Difference("complex", "expected real numbers, got complex ones")
        wrong = np.argwhere(~near(problem, expected, array))
        if not len(wrong):
            return None
        index = tuple(int(place) for place in wrong[0])
        right, given = expected[index], array[index]
        kind = "nan" if given != given else "value"
        where = f"at index {index[0] if len(index) == 1 else index}: " if index else ""
        return Difference(kind, f"{where}expected {plain_number(right)}, got {plain_number(given)}", index)


class CloseWhole(Close):
    """As `Close`, and where whole numbers are expected the answer's dtype is one of whole numbers too."""

    def difference(
        self, problem: Problem, expected: object, answer: object, returns: tuple[str, ...] = ()
    ) -> Difference | None:
        """Return the first difference; see `Judge.difference`."""
        found = super().difference(problem, expected, answer, returns)
        right, given = as_array(expected), as_array(answer)
        if found is not None or right is None or given is None:
            return found
        if right.dtype.kind in "biu" and given.dtype.kind not in "biu":
            return Difference("type", "expected integers, got floating-point numbers of the same values")
        return None

    def same(self, problem: Problem, one: object, other: object) -> bool:
        """Tell whether the values are near each other, whatever their dtypes; see `Judge.same`."""
        return Close().same(problem, one, other)


class OuterProduct:
    """The answer is a pair of vectors whose outer product is the kernel, or None where there is no such pair.

    Problems are ``(kernel, tol)`` with a kernel of shape (KH, KW); any pair with
    ``norm(kernel - outer(u, v)) <= tol * norm(kernel)`` is right.
    """

    def difference(
        self, problem: Problem, expected: object, answer: object, returns: tuple[str, ...] = ()
    ) -> Difference | None:
        """Return the first difference; see `Judge.difference`."""
        kernel, tol = np.asarray(problem.args[0], dtype=float), float(problem.args[1])
        if expected is None:
            return None if answer is None else Difference("property", f"expected None, got {brief(answer)}")
        if answer is None or answer is Ellipsis:
            return Difference("none", f"expected a pair (u, v), got {brief(answer)}")
        pair = self._pair(answer)
        if pair is None:
            return Difference("type", f"expected a pair (u, v), got {brief(answer)}")
        height, width = kernel.shape
        for name, vector, length in zip("uv", pair, (height, width), strict=True):
            if vector.shape != (length,):
                return Difference("shape", f"expected shape ({length},), got {shape_text(vector)}", part=name)
            if vector.dtype.kind == "c":
                return Difference("complex", "expected real numbers, got complex ones", part=name)
        with np.errstate(all="ignore"):
            product = np.outer(*pair).astype(float)
            distance, allowed = np.linalg.norm(kernel - product), np.linalg.norm(kernel)
        if not np.isfinite(product).all():
            return Difference("nan", "np.outer(u, v) holds NaN or infinity")
        if distance <= max(tol * (1 + 1e-6), tolerance(problem, *pair)) * allowed:
            return None
        index = tuple(
            int(place) for place in np.unravel_index(np.argmax(np.abs(kernel - product)), kernel.shape)
        )
        values = f"expected {plain_number(kernel[index])}, got {plain_number(product[index])}"
        sentence = f"np.outer(u, v) at index {index}: {values}"
        return Difference("property", sentence, index)

    def same(self, problem: Problem, one: object, other: object) -> bool:
        """Tell whether two pairs have the same outer product; see `Judge.same`."""
        products = [self.visible(problem, value) for value in (one, other)]
        return Close().same(problem, *products)

    def visible(self, problem: Problem, value: object) -> object:
        """Return the pair's outer product; see `Judge.visible`."""
        pair = self._pair(value)
        if pair is None or any(vector.ndim > 1 for vector in pair):
            return value
        with np.errstate(all="ignore"):
            return np.outer(*pair)

    @staticmethod
    def _pair(value: object) -> tuple[np.ndarray, np.ndarray] | None:
        if isinstance(value, np.ndarray) and value.ndim:
            value = tuple(value)
        if not isinstance(value, tuple) or len(value) != 2:
            return None
        pair = tuple(as_array(vector) for vector in value)
        return None if any(vector is None for vector in pair) else pair


class RandomTable:
    """The answer is a random table of connections: any that looks drawn as it should is right.

    Problems are ``(n_in, n_out, fan, seed)``, asked again with the same seed and with another one.
    """

    def difference(
        self, problem: Problem, expected: object, answer: object, returns: tuple[str, ...] = ()
    ) -> Difference | None:
        """Return the first fault; see `Judge.difference`."""
        fault = first_fault(*problem.args[:3], self._tables(problem, answer))
        return None if fault is None else Difference("property", fault.sentence)

    def same(self, problem: Problem, one: object, other: object) -> bool:
        """Tell whether two answers have the same first fault, or none; see `Judge.same`."""
        faults = [first_fault(*problem.args[:3], self._tables(problem, value)) for value in (one, other)]
        return len({None if fault is None else fault.key for fault in faults}) == 1

    def visible(self, problem: Problem, value: object) -> None:
        """Return nothing: beside another random table there is nothing to be seen; see `Judge.visible`."""

    @staticmethod
    def _tables(problem: Problem, value: object) -> list[np.ndarray | None]:
        """Read what the calls of one problem returned."""
        several = isinstance(value, tuple) and len(value) == 1 + len(problem.again)
        return [as_array(one) for one in (value if problem.again and several else (value,))]


JUDGES: Mapping[str, Judge] = MappingProxyType(
    {
        "close": Close(),
        "close_whole": CloseWhole(),
        "outer_product": OuterProduct(),
        "random_table": RandomTable(),
    }
)
"""The table: name -> judge."""


def judge_named(name: str) -> Judge:
    """Look a judge up.

    Parameters
    ----------
    name : str
        A name in `JUDGES`.

    Raises
    ------
    ValueError
        If there is no such judge.
    """
    try:
        return JUDGES[name]
    except KeyError:
        raise ValueError(f"judge must be one of {', '.join(JUDGES)}; got {name!r}") from None
