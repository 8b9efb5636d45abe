"""How many rows each stage of LeCun's example leaves: the answer of `lecun_shapes`, in replaceable steps."""

from __future__ import annotations

from collections.abc import Callable, Sequence


def fitted(k: int) -> Callable[[int], int]:
    """Count the places at which a window of k fits."""
    return lambda rows: rows - k + 1


def kept(rows: int) -> int:
    """Count the rows 0, 5, 10 and so on."""
    return (rows - 1) // 5 + 1


STAGES = (fitted(9), fitted(10), kept, fitted(9), fitted(6))


def sides(n: int, stages: Sequence[Callable[[int], int]] = STAGES) -> list[int]:
    """List the rows after each stage, without asking whether any are left."""
    result = []
    for stage in stages:
        n = stage(n)
        result.append(n)
    return result


def checked(rows: list[int]) -> list[int]:
    """Return the list, or raise where nothing is left."""
    if min(rows) < 1:
        raise ValueError("the picture is too small")
    return rows


def chain(n: int, stages: Sequence[Callable[[int], int]]) -> list[int]:
    """List the rows after each of these stages; wrong stages make wrong answers."""
    return checked(sides(n, stages))


def reference(n: int) -> list[int]:
    """List the rows after each stage; ValueError where one has none left."""
    return chain(n, STAGES)
